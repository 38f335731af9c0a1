//! What holds for any bytes that are taken for a message: cut anywhere, damaged anywhere, spliced, and the worst that one can think of.

use std::fs;
use std::path::Path;

use nondelivery::Bounce;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

#[path = "../fuzz/message.rs"]
mod oracle;
#[path = "messages/variants.rs"]
#[allow(dead_code, reason = "only some of the variants are used here")]
mod variants;
#[path = "../benches/messages/worst.rs"]
mod worst;

use oracle::{MAX_NAMED, message as check};

fn examples() -> Vec<Vec<u8>> {
    files("examples/bounces")
}

fn files(folder: &str) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).expect(folder);
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("the folder can be read").path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("the file can be read")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn ok_cut_anywhere(file in any::<Index>(), from in any::<Index>(), to in any::<Index>()) {
        let examples = examples();
        let message = file.get(&examples);
        let (from, to) = (from.index(message.len()), to.index(message.len() + 1));
        let whole = check(message);
        prop_assert!(check(&message[..to]) <= whole.max(MAX_NAMED));
        check(&message[from..]);
        check(message.get(from..to).unwrap_or_default());
    }

    #[test]
    fn ok_any_byte_changed(file in any::<Index>(), changes in vec((any::<Index>(), any::<u8>()), 1..8)) {
        let mut message = file.get(&examples()).clone();
        for (at, byte) in changes {
            let at = at.index(message.len());
            message[at] = byte;
        }
        check(&message);
    }

    #[test]
    fn ok_spliced(
        files in vec((any::<Index>(), any::<Index>(), any::<Index>()), 2..4),
        end in prop_oneof!["\n", "\r\n", "\r"],
    ) {
        let examples = examples();
        let mut message = Vec::new();
        for (file, from, to) in files {
            let file = file.get(&examples);
            let (a, b) = (from.index(file.len()), to.index(file.len() + 1));
            message.extend_from_slice(&file[a.min(b)..a.max(b)]);
        }
        check(&message);
        check(&variants::with_line_ends(&message, &end));
    }

    #[test]
    fn ok_lines_shuffled(file in any::<Index>(), lines in vec(any::<Index>(), 1..60)) {
        let message = file.get(&examples()).clone();
        let all: Vec<&[u8]> = message.split_inclusive(|b| *b == b'\n').collect();
        let shuffled: Vec<u8> = lines.iter().flat_map(|line| line.get(&all).iter()).copied().collect();
        check(&shuffled);
        check(&[&message[..], &shuffled].concat());
    }

    #[test]
    fn ok_any_bytes(message in vec(any::<u8>(), 0..300)) {
        check(&message);
    }
}

#[test]
fn ok_every_prefix() {
    let step = if cfg!(debug_assertions) { 5 } else { 1 };
    for message in examples() {
        for end in (0..message.len()).step_by(step) {
            check(&message[..end]);
        }
    }
}

/// Nothing is timed here, but whatever is not linear in the length would not come to an end in time.
/// The seeds of the fuzz target, so that what fuzzing has found stays found without nightly.
#[test]
fn ok_fuzz_seeds() {
    let seeds = files("fuzz/seeds/message");
    assert!(seeds.len() >= 10, "only {} seeds", seeds.len());
    for seed in &seeds {
        check(seed);
    }
}

#[test]
fn ok_worst_inputs() {
    // Without optimisation a megabyte of each takes minutes.
    let bytes = if cfg!(debug_assertions) { 1 << 16 } else { 1 << 20 };
    for (name, message) in worst::all(bytes) {
        println!("{name}");
        check(&message);
    }
}

#[test]
fn ok_deeply_nested() {
    for depth in [1, 8, 9, 1000] {
        let mut message = Vec::new();
        for level in 0..depth {
            message.extend(format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n").bytes());
        }
        message.extend(b"Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; kim@example.net\nAction: failed\n");
        check(&message);
        let mut scratch = vec![0; message.len()];
        let bounce = Bounce::parse(&message, &mut scratch).expect("the length of the message suffices");
        assert_eq!(bounce.is_truncated(), depth > 8, "{depth} deep");
    }
}

/// A hundred thousand groups are a hundred thousand recipients; addresses in words are counted up to a bound, and the rest is told.
#[test]
fn ok_many_recipients() {
    let count = if cfg!(debug_assertions) { 2_000 } else { 100_000 };
    let header = "From: MAILER-DAEMON@example.com\nSubject: failure notice\n";
    let groups: String =
        (0..count).map(|n| format!("\nFinal-Recipient: rfc822; k{n}@example.net\nAction: failed\nStatus: 5.1.1\n")).collect();
    let message = format!("{header}Content-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\n{groups}");
    assert_eq!(check(message.as_bytes()), count);
    let addresses: String = (0..count / 2).map(|n| format!("<k{n}@example.net>:\n550 5.1.1 no\n\n")).collect();
    let message = format!("{header}\n{addresses}").into_bytes();
    assert_eq!(check(&message), MAX_NAMED);
    let mut scratch = vec![0; message.len()];
    assert!(Bounce::parse(&message, &mut scratch).expect("the length of the message suffices").is_truncated());
}
