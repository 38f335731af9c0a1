//! One message, and the memory that it may take.

use std::io::{self, Read};

use super::bounded::{Bounded, read_all};
use super::format::remove_preamble;

/// The longest message that is read whole; of others the start is.
pub(crate) const MAX_MESSAGE: usize = 64 << 20;

/// Reads the message that an input consists of.
pub(crate) fn read_message(input: impl Read) -> io::Result<Bounded> {
    let mut message = read_all(input, MAX_MESSAGE)?;
    remove_preamble(&mut message.bytes);
    Ok(message)
}

/// What is said of a message that is too long.
pub(crate) fn too_long() -> String {
    format!("longer than {} MiB; only its start was read", MAX_MESSAGE >> 20)
}

/// A buffer that suffices to decode `message`, whatever its charset: always the same for the same message, so that its verdicts are.
pub(crate) fn scratch_for(message: &[u8]) -> Vec<u8> {
    vec![0; 4 * message.len()]
}
