//! Codes and replies: how long one takes, beside a set of regular expressions of the same phrases, and whether the time per byte
//! stays the same however long a text is and whatever it is made of.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nondelivery::{Category, Reply, StatusCode, catalog, classify};
use regex::bytes::{RegexSet, RegexSetBuilder};
use toml::Value;

#[path = "replies/phrases.rs"]
mod phrases;
#[path = "replies/texts.rs"]
mod texts;

fn in_crate(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The replies of `examples/replies.txt`, with their line breaks.
fn replies() -> Vec<Vec<u8>> {
    let text = fs::read_to_string(in_crate("examples/replies.txt")).expect("examples/replies.txt is there");
    text.lines().map(|line| line.replace("\\n", "\n").into_bytes()).collect()
}

fn throughput(texts: &[Vec<u8>]) -> Throughput {
    let bytes = texts.iter().map(|text| text.len() as u64).sum();
    Throughput::ElementsAndBytes { elements: texts.len() as u64, bytes }
}

/// `status/parse+lookup`: one code, read strictly and looked up, down to the first entry.
fn status(c: &mut Criterion) {
    const CODES: [&[u8]; 8] = [b"5.1.1", b"5.7.606", b"4.4.7", b"5.2.2", b"4.7.500", b"5.7.26", b"2.0.0", b"5.4.316"];
    let mut group = c.benchmark_group("status");
    group.throughput(Throughput::Elements(CODES.len() as u64));
    group.bench_function("parse+lookup", |b| {
        b.iter(|| {
            for code in CODES {
                let status = StatusCode::parse(black_box(code)).expect("the codes are right");
                assert!(catalog::lookup(status).next().is_some());
            }
        });
    });
    group.finish();
}

/// `reply/find`: the codes of a reply, without a judgement.
fn reply(c: &mut Criterion) {
    let replies = replies();
    let coded = |replies: &[Vec<u8>]| replies.iter().filter(|text| Reply::find(text).code().is_some()).count();
    let expected = coded(&replies);
    assert!(expected * 10 > replies.len() * 8, "{expected} of {} replies have a code", replies.len());
    let mut group = c.benchmark_group("reply");
    group.throughput(throughput(&replies));
    group.bench_function("find", |b| b.iter(|| assert_eq!(coded(black_box(&replies)), expected)));
    group.finish();
}

/// `classify/replies` and its peer: every phrase as a regular expression, all of them in one `RegexSet`. The peer only tells which
/// phrases match; it reads no code, weighs no evidence and finds no quotation. It builds its automaton while it runs: with a cache
/// that is large enough it has seen every text of this bench before, and no state is missing.
fn classification(c: &mut Criterion) {
    let replies = replies();
    let decided = |replies: &[Vec<u8>]| replies.iter().filter(|text| classify(text).category != Category::Undetermined).count();
    let expected = decided(&replies);
    assert!(expected * 10 > replies.len() * 9, "{expected} of {} replies are understood", replies.len());
    let mut group = c.benchmark_group("classify");
    group.throughput(throughput(&replies));
    group.bench_function("replies", |b| b.iter(|| assert_eq!(decided(black_box(&replies)), expected)));

    group.sample_size(10);
    for (name, cache) in [("regex-set", None), ("regex-set-large-cache", Some(1 << 28))] {
        let matched = |set: &RegexSet, replies: &[Vec<u8>]| replies.iter().filter(|text| set.matches(text).matched_any()).count();
        // It takes seconds to make: only when it is asked for.
        let made = OnceCell::new();
        let make = || {
            let set = regex_set(cache);
            let start = Instant::now();
            let expected = matched(&set, &replies);
            println!("classify/{name}: the first pass over the replies takes {:?}", start.elapsed());
            assert!(expected * 10 > replies.len() * 8, "{expected} of {} replies match a regular expression", replies.len());
            (set, expected)
        };
        group.bench_function(name, |b| {
            let (set, expected) = made.get_or_init(make);
            b.iter(|| assert_eq!(matched(set, black_box(&replies)), *expected));
        });
    }
    group.finish();
}

/// With a `cache` of so many bytes for the states of its automaton, or what the crate gives it.
fn regex_set(cache: Option<usize>) -> RegexSet {
    let patterns: Vec<String> = data_phrases().iter().map(|phrase| phrases::as_regex(phrase)).collect();
    println!("regex-set: {} regular expressions", patterns.len());
    let mut builder = RegexSetBuilder::new(patterns);
    builder.case_insensitive(true).unicode(false).size_limit(1 << 31);
    if let Some(cache) = cache {
        builder.dfa_size_limit(cache);
    }
    builder.build().expect("phrases become regular expressions")
}

/// All phrases of `data/phrases.toml`, `data/exchange-online.toml` and `data/providers/`.
fn data_phrases() -> Vec<String> {
    let mut files = vec![in_crate("data/phrases.toml"), in_crate("data/exchange-online.toml")];
    let providers = fs::read_dir(in_crate("data/providers")).expect("data/providers is there");
    files.extend(
        providers.map(|entry| entry.expect("it can be read").path()).filter(|p| p.extension().is_some_and(|e| e == "toml")),
    );
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("data can be read");
        let table: BTreeMap<String, Value> = toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        for key in ["rule", "entry"] {
            let rows = table.get(key).and_then(Value::as_array).into_iter().flatten();
            let phrases = rows.filter_map(|row| row.get("phrases")).filter_map(Value::as_array).flatten();
            found.extend(phrases.filter_map(Value::as_str).map(str::to_owned));
        }
    }
    found
}

/// `classify/length`: an ordinary reply, as it is and a thousand times over.
/// `classify/worst`: texts that would be slow if anything were read over and over.
fn length(c: &mut Criterion) {
    let mut group = c.benchmark_group("classify");
    group.sample_size(10).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_millis(1000));
    for (size, bytes) in [("1k", 1 << 10), ("1M", 1 << 20)] {
        for (name, text) in texts::all(bytes) {
            group.throughput(Throughput::Bytes(text.len() as u64));
            let id = match name {
                "ordinary" => BenchmarkId::new("length", size),
                name => BenchmarkId::new(format!("worst/{name}"), size),
            };
            let expected = classify(&text);
            group.bench_with_input(id, &text, |b, text| {
                b.iter_batched(|| expected, |expected| assert_eq!(classify(black_box(text)), expected), BatchSize::SmallInput);
            });
        }
    }
    group.finish();
}

criterion_group!(benches, status, reply, classification, length);
criterion_main!(benches);
