//! Messages: no bytes make the parser panic, allocate more scratch than they are long, or contradict itself.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../message.rs"]
mod message;

fuzz_target!(|data: &[u8]| {
    message::message(data);
});
