//! Whole messages are read without allocating: `Bounce::parse` and everything that a bounce offers.

use std::fs;
use std::path::{Path, PathBuf};

use nondelivery::{Authentication, Bounce, Category, Context, ExchangeDetails, Rule};

mod counting;
#[path = "messages/visit.rs"]
mod visit;

use counting::allocations;

fn examples() -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/bounces");
    let entries = fs::read_dir(folder).expect("examples/bounces is there");
    let paths = entries.map(|entry| entry.expect("the folder can be read").path());
    paths.map(|path| (path.clone(), fs::read(path).expect("the file can be read"))).collect()
}

#[test]
fn ok_control_is_counted() {
    assert_eq!(allocations(|| Box::new(1u8)), 1);
}

#[test]
fn ok_everything_of_every_example() {
    let examples = examples();
    assert!(examples.len() > 15);
    for (path, message) in &examples {
        let mut scratch = vec![0; message.len()];
        let count = allocations(|| {
            let bounce = Bounce::parse(message, &mut scratch).expect("the length of the message suffices");
            visit::everything(&bounce)
        });
        assert_eq!(count, 0, "{}", path.display());
        assert_eq!(allocations(|| Bounce::parse(message, &mut []).is_ok()), 0, "{}", path.display());
    }
}

#[test]
fn ok_with_rules() {
    let rules = [Rule { phrase: Some(b"user unknown"), category: Some(Category::MailboxInactive), ..Rule::default() }];
    let context = Context { rules: &rules, ..Context::default() };
    for (path, message) in &examples() {
        let mut scratch = vec![0; message.len()];
        let bounce = Bounce::parse(message, &mut scratch).expect("the length of the message suffices");
        let count = allocations(|| bounce.recipients_with(&context).filter(|recipient| recipient.verdict().suppress).count());
        assert_eq!(count, 0, "{}", path.display());
    }
}

#[test]
fn ok_parts_alone() {
    let header =
        b"Authentication-Results: mx.example.net; spf=fail smtp.mailfrom=example.com; dkim=none\r\nFrom: a@example.com\r\n";
    assert_eq!(allocations(|| Authentication::of(header).findings().len()), 0);
    let text = b"#550 4.4.7 QUEUE.Expired; message expired [LastAttemptedServerName=mx.example.net] ##";
    assert_eq!(allocations(|| ExchangeDetails::parse(text).is_some()), 0);
}
