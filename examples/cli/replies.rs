//! Replies, one a line.

use std::io::{self, BufRead};

use super::bounded::read_line;

/// The longest line that is read whole: no server sends a reply of a mebibyte.
pub(crate) const MAX_LINE: usize = 1 << 20;

/// One line of the input.
pub(crate) struct Line {
    /// The reply: `\n` written as two characters has become a line break.
    pub(crate) text: Vec<u8>,
    /// The number of the line, from 1.
    pub(crate) number: usize,
    /// Whether the line was longer than [`MAX_LINE`] and its end is missing.
    pub(crate) is_cut: bool,
}

/// Reads replies line by line in constant memory.
pub(crate) struct Lines<R> {
    input: R,
    number: usize,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input, number: 0 }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<io::Result<Line>> {
        let line = match read_line(&mut self.input, b'\n', MAX_LINE) {
            Ok(line) => line?,
            Err(e) => return Some(Err(e)),
        };
        self.number += 1;
        let text = line.bytes.strip_suffix(b"\r").unwrap_or(&line.bytes);
        Some(Ok(Line { text: with_line_breaks(text), number: self.number, is_cut: line.is_cut }))
    }
}

/// Turns the two characters `\n` into a line break.
pub(crate) fn with_line_breaks(line: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.windows(2).position(|pair| pair == br"\n") {
        text.extend_from_slice(&rest[..at]);
        text.push(b'\n');
        rest = &rest[at + 2..];
    }
    text.extend_from_slice(rest);
    text
}
