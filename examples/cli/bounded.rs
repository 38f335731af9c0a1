//! Reading what may be longer than memory: its start is kept, the rest passed over.

use std::io::{self, BufRead, Read};

/// What was read, and whether there was more of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Bounded {
    pub(crate) bytes: Vec<u8>,
    /// Whether the end is missing.
    pub(crate) is_cut: bool,
}

/// The next line without the byte that `ends` it, at most `max` bytes; `None` at the end of the input.
pub(crate) fn read_line(input: &mut impl BufRead, ends: u8, max: usize) -> io::Result<Option<Bounded>> {
    let mut line = Bounded { bytes: Vec::new(), is_cut: false };
    let mut began = false;
    loop {
        let chunk = match input.fill_buf() {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            chunk => chunk?,
        };
        if chunk.is_empty() {
            return Ok(began.then_some(line));
        }
        began = true;
        let end = memchr::memchr(ends, chunk);
        let part = &chunk[..end.unwrap_or(chunk.len())];
        let kept = part.len().min(max - line.bytes.len());
        line.bytes.extend_from_slice(&part[..kept]);
        line.is_cut |= kept < part.len();
        let used = part.len() + usize::from(end.is_some());
        input.consume(used);
        if end.is_some() {
            return Ok(Some(line));
        }
    }
}

/// All of the input, at most `max` bytes.
pub(crate) fn read_all(input: impl Read, max: usize) -> io::Result<Bounded> {
    let mut bytes = Vec::new();
    input.take(max as u64 + 1).read_to_end(&mut bytes)?;
    let is_cut = bytes.len() > max;
    bytes.truncate(max);
    Ok(Bounded { bytes, is_cut })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    #[test]
    fn ok_lines() {
        let mut input = BufReader::with_capacity(2, &b"12345\n123456\n\nend"[..]);
        let mut next = || read_line(&mut input, b'\n', 5).unwrap().map(|line| (line.bytes, line.is_cut));
        assert_eq!(next(), Some((b"12345".to_vec(), false)));
        assert_eq!(next(), Some((b"12345".to_vec(), true)));
        assert_eq!(next(), Some((vec![], false)));
        assert_eq!(next(), Some((b"end".to_vec(), false)));
        assert_eq!(next(), None);
    }

    #[test]
    fn ok_all() {
        assert_eq!(read_all(&b"12345"[..], 5).unwrap(), Bounded { bytes: b"12345".to_vec(), is_cut: false });
        assert_eq!(read_all(&b"123456"[..], 5).unwrap(), Bounded { bytes: b"12345".to_vec(), is_cut: true });
    }
}
