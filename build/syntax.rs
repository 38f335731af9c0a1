//! The parts of `src/syntax/` that the data is read with.

#[path = "../src/syntax/chunk.rs"]
pub(crate) mod chunk;
#[path = "../src/syntax/reply_code.rs"]
pub(crate) mod reply_code;
#[path = "../src/syntax/status.rs"]
pub(crate) mod status;
#[path = "../src/syntax/words.rs"]
pub(crate) mod words;
