//! The core does not allocate: every function is run under an allocator that counts.

mod counting;

use std::fmt::{self, Write};
use std::fs;
use std::path::Path;

use counting::allocations;
use nondelivery::{
    Blocklist, Category, Context, DsnAction, Expected, Progress, Provider, Reply, ReplyCode, Rule, Stage, StatusCode,
    StatusPattern, catalog, classify, classify_with,
};

/// A place to print to that is as large as it is.
struct Fixed {
    bytes: [u8; 1 << 16],
    length: usize,
}

impl Fixed {
    const fn new() -> Self {
        Self { bytes: [0; 1 << 16], length: 0 }
    }

    fn print(&mut self, value: impl fmt::Display) -> &[u8] {
        self.length = 0;
        write!(self, "{value}").expect("it fits");
        &self.bytes[..self.length]
    }
}

impl Write for Fixed {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        let end = self.length + s.len();
        self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?.copy_from_slice(s.as_bytes());
        self.length = end;
        Ok(())
    }
}

/// The replies of the examples, and some that are wrong.
fn texts() -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/replies.txt");
    let replies = fs::read_to_string(path).expect("examples/replies.txt is there");
    let mut texts: Vec<Vec<u8>> = replies.lines().map(|line| line.replace("\\n", "\r\n").into_bytes()).collect();
    texts.extend([b"".to_vec(), b"\xff\0".to_vec(), b"550-5.7.1 a\r\n551 b\r\n".to_vec(), b"user unknown ".repeat(1000)]);
    texts.push(b"554 5.4.7 expired <554 5.4.7 <550 5.1.1 <421 4.4.2 <450 4.2.1 <550 5.1.1 user unknown".to_vec());
    texts
}

#[test]
fn ok_control_is_counted() {
    assert_eq!(allocations(|| Box::new(1u8)), 1);
    assert!(allocations(|| format!("{}", StatusCode::parse(b"5.1.1").expect("right"))) > 0);
    assert!(
        allocations(|| {
            let mut v = vec![0u8];
            v.reserve(100);
            v
        }) >= 2
    );
    assert_eq!(allocations(|| vec![0u8; 10]), 1);
}

#[test]
fn ok_codes() {
    for text in ["5.7.606", "2.0.0", "5.01.1", "5.7.606-649", "x.7.1", "5.7.5xx", "5.7.9-1", "", "x", "5.7.1000", "\u{e9}"] {
        let text = text.as_bytes();
        assert_eq!(allocations(|| StatusCode::parse(text)), 0, "{text:?}");
        assert_eq!(allocations(|| StatusPattern::parse(text)), 0, "{text:?}");
    }
    let text = "5.7.606";
    assert_eq!(allocations(|| text.parse::<StatusCode>()), 0);
    assert_eq!(allocations(|| text.parse::<StatusPattern>()), 0);
}

#[test]
fn ok_lookup() {
    for text in ["5.7.606", "5.1.1", "5.7.1", "2.0.0", "4.999.999"] {
        let status = StatusCode::parse(text.as_bytes()).expect(text);
        assert_eq!(allocations(|| catalog::lookup(status).map(|entry| entry.summary().as_str().len()).sum::<usize>()), 0);
    }
    for number in 200..=559 {
        let Some(reply) = ReplyCode::new(number) else { continue };
        assert_eq!(allocations(|| catalog::lookup_reply(reply)), 0);
    }
    assert_eq!(
        allocations(|| catalog::entries()
            .filter(|entry| entry.remedy(nondelivery::Audience::Admin).non_empty().is_some())
            .count()),
        0
    );
    assert_eq!(allocations(|| Provider::all().map(|provider| provider.title().as_str().len()).sum::<usize>()), 0);
    assert_eq!(allocations(|| Category::ALL.iter().map(|category| category.as_sisimai().len()).sum::<usize>()), 0);
}

#[test]
fn ok_replies() {
    for text in texts() {
        assert_eq!(allocations(|| Reply::parse(&text).is_ok()), 0, "{text:?}");
        assert_eq!(allocations(|| Reply::find(&text)), 0, "{text:?}");
        assert_eq!(allocations(|| Reply::find(&text).lines().map(<[u8]>::len).sum::<usize>()), 0, "{text:?}");
    }
    let complete = b"550-5.1.1 No such\r\n550 5.1.1 user\r\n";
    assert_eq!(allocations(|| assert!(matches!(Reply::parse(complete), Ok(Progress::Complete { .. })))), 0);
}

#[test]
fn ok_classify() {
    let hosts: [Option<&[u8]>; 3] = [None, Some(b"mx1.example.mail.protection.outlook.com"), Some(b"")];
    let rules = [
        Rule { phrase: Some("mailbox … full".as_bytes()), host_suffix: Some(b".example.net"), ..Rule::default() },
        Rule { status: StatusPattern::parse(b"5.7.x").ok(), category: Some(Category::IpBlocked), label: 7, ..Rule::default() },
    ];
    for text in texts() {
        assert_eq!(allocations(|| classify(&text)), 0, "{text:?}");
        assert_eq!(allocations(|| classify_with(&Context { rules: &rules, ..Context::default() }, &text)), 0, "{text:?}");
        for remote_host in hosts {
            for stage in Stage::ALL.iter().copied().map(Some).chain([None]) {
                let status = StatusCode::parse(b"4.7.1").ok();
                let action = Some(DsnAction::Delayed);
                let context = Context { remote_host, stage, status, action, ..Context::default() };
                assert_eq!(allocations(|| classify_with(&context, &text)), 0, "{context:?} {text:?}");
            }
        }
    }
}

#[test]
fn ok_printing() {
    let mut fixed = Box::new(Fixed::new());
    for text in texts() {
        let verdict = classify(&text);
        assert_eq!(allocations(|| fixed.print(verdict).len()), 0, "{text:?}");
        assert_eq!(allocations(|| fixed.print(Reply::find(&text)).len()), 0, "{text:?}");
        let blocklist = verdict.blocklist.map(Blocklist::name);
        assert_eq!(allocations(|| blocklist.map(|name| fixed.print(name).len())), 0, "{text:?}");
        if let Err(error) = Reply::parse(&text) {
            assert_eq!(allocations(|| fixed.print(error).len()), 0, "{text:?}");
        }
    }
    for text in ["5.7.606", "5.7.606-649", "5.7.5xx", "x.x.x"] {
        let pattern = StatusPattern::parse(text.as_bytes()).expect(text);
        assert_eq!(allocations(|| assert_eq!(fixed.print(pattern), text.as_bytes())), 0);
    }
    let status = StatusCode::parse(b"5.7.606").expect("right");
    assert_eq!(allocations(|| assert_eq!(fixed.print(status), b"5.7.606")), 0);
    assert_eq!(allocations(|| assert_eq!(fixed.print(Expected::Dot), b"a dot")), 0);
    for category in Category::ALL {
        assert_eq!(allocations(|| assert_eq!(fixed.print(category), category.name().as_bytes())), 0);
    }
}
