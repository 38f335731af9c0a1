//! Bytes looked at several at a time: as numbers of eight bytes, and as bits of sixty-four.

/// How many bytes a number holds.
pub(crate) const CHUNK: usize = 8;

/// How many bytes a block tells about.
pub(crate) const BLOCK: usize = 64;

/// Every byte of a chunk is this one.
const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; CHUNK])
}

/// The bytes of `text` from `at` on, as many as a chunk holds, the first one lowest; zeros behind the end.
#[inline]
pub(crate) fn chunk_at(text: &[u8], at: usize) -> u64 {
    let rest = &text[at..];
    match rest.first_chunk() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => match text.last_chunk() {
            // The last bytes of the text, without those before `at`.
            Some(_) if rest.is_empty() => 0,
            Some(bytes) => u64::from_le_bytes(*bytes) >> (8 * (CHUNK - rest.len())),
            None => rest.iter().rev().fold(0, |chunk, byte| chunk << 8 | u64::from(*byte)),
        },
    }
}

/// `chunk` with its ASCII letters in lower case.
pub(crate) const fn fold(chunk: u64) -> u64 {
    let capitals = between(chunk, b'A', b'Z') & !chunk;
    chunk | capitals >> 2
}

/// The first `count` bytes of `chunk`, at most all of them: ASCII letters and digits, the letters in lower case. The bit that makes capitals
/// small is set in digits already.
#[inline]
pub(crate) const fn fold_word(chunk: u64, count: usize) -> u64 {
    let behind = CHUNK.saturating_sub(count) as u32;
    (chunk | each(b' ')) & u64::MAX.unbounded_shr(8 * behind)
}

/// The highest bit of every byte of `chunk` that is from `low` to `high`, both below 0x80. Bytes above ASCII have to be sorted out.
const fn between(chunk: u64, low: u8, high: u8) -> u64 {
    let ascii = chunk & each(0x7f);
    (ascii + each(0x80 - low)) & !(ascii + each(0x7f - high)) & each(0x80)
}

/// What the bytes of a block are: the lowest bit is about the first byte. Behind the end of the text no bit is set.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Block {
    /// ASCII letters and digits, and what is above ASCII.
    pub(crate) word: u64,
    /// What is above ASCII.
    pub(crate) wide: u64,
}

impl Block {
    /// The block at the start of `text`.
    pub(crate) fn of(text: &[u8]) -> Self {
        match text.first_chunk() {
            Some(bytes) => Self::of_bytes(bytes),
            None if text.is_empty() => Self::default(),
            None => {
                let mut bytes = [0; BLOCK];
                bytes[..text.len()].copy_from_slice(text);
                Self::of_bytes(&bytes)
            }
        }
    }

    fn of_bytes(bytes: &[u8; BLOCK]) -> Self {
        let is_ascii_word = |byte: u8| ((byte | 0x20).wrapping_sub(b'a') < 26) | (byte.wrapping_sub(b'0') < 10);
        let wide = if bytes.is_ascii() { 0 } else { gather(bytes) };
        Self { word: wide | gather(&bytes.map(|byte| u8::from(is_ascii_word(byte)) << 7)), wide }
    }
}

/// The highest bits of all bytes, side by side. Those of a chunk are moved to their places among the highest eight by one of the eight
/// summands of the factor each; what the others move elsewhere meets nothing there.
fn gather(bytes: &[u8; BLOCK]) -> u64 {
    let (chunks, _) = bytes.as_chunks();
    chunks.iter().rev().fold(0, |bits, chunk| {
        let highest = u64::from_le_bytes(*chunk) >> 7 & each(1);
        bits << CHUNK | highest.wrapping_mul(0x0102_0408_1020_4080) >> (64 - CHUNK)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ok_chunks() {
        let text = b"0123456789";
        for at in 0..=text.len() {
            let expected = text[at..].iter().take(CHUNK).rev().fold(0, |all, byte| all << 8 | u64::from(*byte));
            assert_eq!(chunk_at(text, at), expected, "{at}");
        }
        assert_eq!(chunk_at(b"abc", 1), u64::from(b'b') | u64::from(b'c') << 8);
        assert_eq!(chunk_at(b"", 0), 0);
    }

    #[test]
    fn ok_folded() {
        for byte in 0..=255u8 {
            let bytes = u64::from_le_bytes([b'a', b'Z', b'0', b'9', byte, b'z', b'A', b'.']);
            let small = [b'a', b'z', b'0', b'9', byte.to_ascii_lowercase(), b'z', b'a', b'.'];
            assert_eq!(fold(bytes).to_le_bytes(), small, "{byte}");
        }
        assert_eq!(fold_word(chunk_at(b"Ab1Cdef!", 0), 7), chunk_at(b"ab1cdef", 0));
    }

    #[test]
    fn ok_blocks() {
        for byte in 0..=255u8 {
            for length in [1, 7, 8, 63, 64, 65] {
                let mut text = vec![b' '; length];
                text[length / 2] = byte;
                let block = Block::of(&text);
                let bit = |yes: bool| u64::from(yes) << (length / 2);
                assert_eq!(block.wide, bit(byte >= 0x80), "{byte} in {length}");
                assert_eq!(block.word, bit(byte >= 0x80 || byte.is_ascii_alphanumeric()), "{byte} in {length}");
            }
        }
        assert_eq!(Block::of(&[b'x'; 100]).word, u64::MAX);
        assert_eq!(Block::of(b"").word, 0);
    }
}
