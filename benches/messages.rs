//! Whole messages: how long parsing and all verdicts take, beside `mail-parser` doing MIME alone on the same bytes, and whether the time
//! per byte stays the same however long a message is and whatever it is made of.
//!
//! `NONDELIVERY_CORPUS=folder` adds the messages of a folder.

use std::env;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use mail_parser::MessageParser;
use nondelivery::Bounce;

#[path = "messages/whole.rs"]
mod whole;
#[path = "messages/worst.rs"]
mod worst;

/// The files of a folder, and of the folders in it.
fn files(folder: &Path) -> Vec<Vec<u8>> {
    let mut folders = vec![folder.to_owned()];
    let mut paths: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        for path in entries.map(|entry| entry.expect("the folder can be read").path()) {
            if path.is_dir() { folders.push(path) } else { paths.push(path) }
        }
    }
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("the file can be read")).collect()
}

/// The messages to be measured, with the name of their collection.
fn collections() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let examples = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/bounces"));
    let whole = whole::all(&examples);
    let mut all = vec![("examples", examples), ("whole", whole)];
    if let Some(folder) = env::var_os("NONDELIVERY_CORPUS") {
        all.push(("corpus", files(Path::new(&folder))));
    }
    all
}

/// Parses every message and judges every recipient; how many there are.
fn judged(messages: &[Vec<u8>], scratch: &mut [u8]) -> usize {
    let judged = |message: &Vec<u8>, scratch: &mut [u8]| {
        let bounce = Bounce::parse(message, scratch).expect("the scratch suffices");
        bounce
            .recipients()
            .inspect(|recipient| {
                black_box(*recipient.verdict());
            })
            .count()
    };
    messages.iter().map(|message| judged(message, scratch)).sum()
}

/// `messages/nondelivery` and its peer `messages/mail-parser`. The peer divides a message into its parts and decodes all of them; it
/// knows nothing of bounces.
fn throughput(c: &mut Criterion) {
    for (name, messages) in collections() {
        let longest = messages.iter().map(Vec::len).max().expect("there are messages");
        let mut scratch = vec![0; longest];
        let expected = judged(&messages, &mut scratch);
        assert!(expected * 2 > messages.len(), "{expected} recipients in {} messages", messages.len());
        println!(
            "{name}: {} messages, {} bytes, {expected} recipients",
            messages.len(),
            messages.iter().map(Vec::len).sum::<usize>()
        );
        let mut group = c.benchmark_group("messages");
        let bytes = messages.iter().map(|message| message.len() as u64).sum();
        group.throughput(Throughput::ElementsAndBytes { elements: messages.len() as u64, bytes });
        group.bench_function(BenchmarkId::new("nondelivery", name), |b| {
            b.iter(|| assert_eq!(judged(black_box(&messages), &mut scratch), expected));
        });
        let parser = MessageParser::default();
        group.bench_function(BenchmarkId::new("mail-parser", name), |b| {
            b.iter(|| {
                black_box(&messages).iter().filter_map(|message| parser.parse(message)).map(|m| m.parts.len()).sum::<usize>()
            });
        });
        group.finish();
    }
}

/// `messages/worst/…`: messages that would be slow if anything were read over and over.
fn worst_inputs(c: &mut Criterion) {
    let mut group = c.benchmark_group("messages");
    group.sample_size(10).warm_up_time(Duration::from_millis(100)).measurement_time(Duration::from_millis(500));
    for (size, bytes) in [("64k", 1 << 16), ("1M", 1 << 20)] {
        for (name, message) in worst::all(bytes) {
            let messages = [message];
            let mut scratch = vec![0; messages[0].len()];
            let expected = judged(&messages, &mut scratch);
            group.throughput(Throughput::Bytes(messages[0].len() as u64));
            group.bench_function(BenchmarkId::new(format!("worst/{name}"), size), |b| {
                b.iter(|| assert_eq!(judged(black_box(&messages), &mut scratch), expected));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, throughput, worst_inputs);
criterion_main!(benches);
