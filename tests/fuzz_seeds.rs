//! Replays the seeds of the fuzz targets, so that what fuzzing has found stays found without nightly.

use std::fs;
use std::path::{Path, PathBuf};

#[path = "../fuzz/oracles.rs"]
mod oracles;

/// Puts every seed of `target` to its oracle.
fn replay(target: &str, oracle: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("the folder can be read").path()).collect();
    paths.sort();
    for path in &paths {
        let input = fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        println!("{}", path.display());
        oracle(&input);
    }
    assert!(paths.len() >= 10, "{}: only {} seeds", folder.display(), paths.len());
}

#[test]
fn ok_status() {
    replay("status", oracles::status);
}

#[test]
fn ok_reply() {
    replay("reply", oracles::reply);
}

#[test]
fn ok_classify() {
    replay("classify", oracles::classify);
}

/// The examples are seeds too, for all targets.
#[test]
fn ok_examples() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/replies.txt");
    let replies = fs::read_to_string(path).expect("examples/replies.txt is there");
    for reply in replies.lines().map(|line| line.replace("\\n", "\r\n") + "\r\n") {
        println!("{reply}");
        oracles::status(reply.as_bytes());
        oracles::reply(reply.as_bytes());
        oracles::classify(reply.as_bytes());
    }
}
