//! Replies: a strict one comes in pieces, prints and reads back, and is found in any text by the lenient reader too.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../oracles.rs"]
mod oracles;

fuzz_target!(|data: &[u8]| oracles::reply(data));
