//! Codes and patterns: what is printed reads back as the same, and the lenient reader agrees with the strict one.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../oracles.rs"]
mod oracles;

fuzz_target!(|data: &[u8]| oracles::status(data));
