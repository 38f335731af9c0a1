//! Replies, one a line.

use std::io::{self, BufRead};

/// The longest line that is read whole: no server sends a reply of a mebibyte.
pub(crate) const MAX_LINE: usize = 1 << 20;

/// One line of the input.
pub(crate) struct Line {
    /// The reply: `\n` written as two characters has become a line break.
    pub(crate) text: Vec<u8>,
    /// The number of the line, from 1.
    pub(crate) number: usize,
    /// Whether the line was longer than [`MAX_LINE`] and its end is missing.
    pub(crate) cut: bool,
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

    /// The bytes up to the next line end, at most [`MAX_LINE`] of them; `None` at the end of the input.
    fn read_line(&mut self) -> io::Result<Option<(Vec<u8>, bool)>> {
        let mut line = Vec::new();
        let mut length = 0usize;
        loop {
            let chunk = self.input.fill_buf()?;
            if chunk.is_empty() {
                return Ok((length > 0).then_some((line, length > MAX_LINE)));
            }
            let end = chunk.iter().position(|b| *b == b'\n');
            let part = &chunk[..end.unwrap_or(chunk.len())];
            let room = MAX_LINE - line.len();
            line.extend_from_slice(&part[..part.len().min(room)]);
            length += part.len();
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                return Ok(Some((line, length > MAX_LINE)));
            }
        }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<io::Result<Line>> {
        let (line, cut) = match self.read_line() {
            Ok(line) => line?,
            Err(e) => return Some(Err(e)),
        };
        self.number += 1;
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        Some(Ok(Line { text: with_line_breaks(line), number: self.number, cut }))
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
