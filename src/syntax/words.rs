//! Text as words: what a phrase is matched against.
//!
//! Servers break lines anywhere, quote, bracket and hyphenate at will, and repeat the reply code on every line. None of that
//! changes what is said, so phrases are matched on words alone. A word is a run of letters and digits; everything else
//! between two words is one separator. Numbers, dotted ones included (`10.0.0.1`, `5.7.1`), and mail addresses are words of
//! their own kind, so that a phrase can leave a place for them and no part of an address is ever mistaken for what the server
//! says. A character of a script that has no spaces (Chinese, Japanese) is a word by itself.

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters, or letters and digits.
    Plain,
    /// Digits, with dots between them or without.
    Number,
    /// Something with an `@` inside.
    Address,
}

/// One word: where it is in the text, its first bytes, and a hash of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The first [`CHUNK`] bytes in lower case, the first one lowest; zeros behind a shorter word.
    pub(crate) head: u64,
    pub(crate) hash: u32,
    pub(crate) kind: Kind,
}

/// Words are read so many bytes at a time.
pub(crate) const CHUNK: usize = 8;

/// Every byte of a chunk is this one.
const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; CHUNK])
}

/// The bytes at the start of `text`, as many as a chunk holds; zeros behind the end.
fn chunk(text: &[u8]) -> u64 {
    match text.first_chunk::<CHUNK>() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => text.iter().rev().fold(0, |chunk, byte| chunk << 8 | u64::from(*byte)),
    }
}

/// The highest bit of every byte of `chunk` that is from `low` to `high`, both below 0x80. Bytes above ASCII have to be sorted out.
const fn between(chunk: u64, low: u8, high: u8) -> u64 {
    let ascii = chunk & each(0x7f);
    (ascii + each(0x80 - low)) & !(ascii + each(0x7f - high)) & each(0x80)
}

/// `chunk` with its ASCII letters in lower case.
const fn fold(chunk: u64) -> u64 {
    let capitals = between(chunk, b'A', b'Z') & !chunk;
    chunk | capitals >> 2
}

/// How many bytes at the start of `chunk` are ASCII letters and digits.
const fn leading_word_bytes(chunk: u64) -> usize {
    let letters = between(chunk | each(0x20), b'a', b'z');
    let others = !((letters | between(chunk, b'0', b'9')) & !chunk) & each(0x80);
    others.trailing_zeros() as usize / 8
}

/// The first bytes of `chunk`.
const fn first_bytes(chunk: u64, count: usize) -> u64 {
    if count == CHUNK { chunk } else { chunk & ((1 << (8 * count)) - 1) }
}

/// The hash of no bytes, and the step from chunk to chunk.
const HASH_START: u64 = 0;

const fn hash_step(hash: u64, chunk: u64) -> u64 {
    (hash.rotate_left(29) ^ chunk).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// What is kept of a hash: the best mixed bits.
const fn hash_end(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// The hash that [`Words`] gives to a word, for those who build tables of words.
pub(crate) fn hash(word: &[u8]) -> u32 {
    hash_end(word.chunks(CHUNK).fold(HASH_START, |hash, bytes| hash_step(hash, fold(chunk(bytes)))))
}

/// The hash of two adjacent words by their numbers, its highest bits mixed best.
pub(crate) const fn pair_hash(before: u16, behind: u16) -> u32 {
    ((before as u32) << 16 | behind as u32).wrapping_mul(0x9e37_79b1)
}

/// What [`Word::head`] is for this word.
pub(crate) fn head(word: &[u8]) -> u64 {
    fold(chunk(&word[..word.len().min(CHUNK)]))
}

/// An IPv4 address has three dots; more in one number are not followed, so that no text is read over and over.
const MAX_DOTS: u32 = 3;

/// A table of bytes: letters, digits and `others`, with or without all bytes above ASCII.
pub(crate) const fn bytes_with(others: &[u8], above_ascii: bool) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = (byte as u8).is_ascii_alphanumeric() || (above_ascii && byte >= 0x80);
        byte += 1;
    }
    let mut n = 0;
    while n < others.len() {
        table[others[n] as usize] = true;
        n += 1;
    }
    table
}

/// The bytes that can be part of a word.
static IN_WORDS: [bool; 256] = bytes_with(b"", true);

/// Iterates over the words of a text, in order and in time linear in its length.
#[derive(Debug, Clone)]
pub(crate) struct Words<'a> {
    text: &'a [u8],
    at: usize,
    /// The next mail address: start and end; both at the end of the text when there is none.
    address: (usize, usize),
    /// The reply code whose repetition at the head of continuation lines is no word.
    repeated_code: Option<[u8; 3]>,
}

/// What a digit begins.
enum Number {
    /// A number.
    Word(Word),
    /// The repetition of the reply code, and its length: no word.
    Repeated(usize),
    /// A plain word, such as `5min`.
    Plain,
}

impl<'a> Words<'a> {
    /// The words of `text`. With `repeated_code`, the prefixes `550-`, `550-5.7.1` and, at the head of a line or before a
    /// status code, `550 ` are passed over wherever they stand, because logs join the lines of a reply.
    pub(crate) fn new(text: &'a [u8], repeated_code: Option<[u8; 3]>) -> Self {
        let mut words = Self { text, at: 0, address: (0, 0), repeated_code };
        words.address = words.next_address(0);
        words
    }

    /// The mail address that comes next at or behind `from`.
    fn next_address(&self, from: usize) -> (usize, usize) {
        let mut search = from;
        while let Some(found) = self.text.get(search..).and_then(|rest| memchr::memchr(b'@', rest)) {
            let at = search + found;
            let local = self.text[from..at].iter().rev().take_while(|b| is_atom(**b)).count();
            let domain = self.text[at + 1..].iter().take_while(|b| is_atom(**b)).count();
            if local > 0 && domain > 0 {
                // A full-width colon before an address is not part of it.
                let colon =
                    memchr::memmem::rfind(&self.text[at - local..at], "：".as_bytes()).map_or(0, |colon| colon + "：".len());
                return (at - local + colon, at + 1 + domain);
            }
            search = at + 1;
        }
        (self.text.len(), self.text.len())
    }

    #[inline(never)]
    fn address_word(&mut self) -> Word {
        let (start, end) = self.address;
        self.at = end;
        self.address = self.next_address(end);
        self.word(start, end, Kind::Address)
    }

    /// What the digit at `start` begins.
    #[inline(never)]
    fn number(&self, start: usize) -> Number {
        match self.number_word(start) {
            None => Number::Plain,
            Some(word) => self.continuation_prefix(&word).map_or(Number::Word(word), Number::Repeated),
        }
    }

    /// The number at `start`, dots between digits included; `None` when letters follow, so that it is a plain word.
    fn number_word(&self, start: usize) -> Option<Word> {
        let mut end = start;
        let mut dots = 0;
        while let Some(byte) = self.text.get(end) {
            match byte {
                b'0'..=b'9' => {}
                b'.' if dots < MAX_DOTS && self.text.get(end + 1).is_some_and(u8::is_ascii_digit) => dots += 1,
                _ => break,
            }
            end += 1;
        }
        let ends = self.text.get(end).is_none_or(|b| !IN_WORDS[usize::from(*b)] || *b >= 0x80);
        ends.then(|| self.word(start, end, Kind::Number))
    }

    /// How many bytes of a repeated reply code stand at `number`, which begins there: `550-`, `550-5.7.1`, `550 5.7.1`.
    fn continuation_prefix(&self, number: &Word) -> Option<usize> {
        let code = self.repeated_code?;
        let rest = &self.text[number.start..];
        if number.end - number.start != code.len() || !rest.starts_with(&code) {
            return None;
        }
        let after = &rest[code.len()..];
        let status = after.get(1..).and_then(super::status::StatusCode::read_prefix).map(|(_, length)| length);
        match (after.first(), status) {
            (Some(b'-' | b' ' | b'\t'), Some(length)) => Some(code.len() + 1 + length),
            (Some(b'-'), None) => Some(code.len() + 1),
            (Some(b' ' | b'\t'), None) if self.begins_line(number.start) => Some(code.len() + 1),
            _ => None,
        }
    }

    fn begins_line(&self, at: usize) -> bool {
        self.text[..at].iter().rev().find(|b| !matches!(b, b' ' | b'\t')).is_none_or(|b| matches!(b, b'\n' | b'\r'))
    }

    fn word(&self, start: usize, end: usize, kind: Kind) -> Word {
        let bytes = &self.text[start..end];
        Word { start, end, head: head(bytes), hash: hash(bytes), kind }
    }

    /// The word of ASCII letters and digits that begins at `start`. It ends before an address, since what an address begins with
    /// stands behind a separator.
    #[inline(always)]
    fn plain_word(&self, start: usize) -> Word {
        let mut end = start;
        let mut hash = HASH_START;
        let mut head = 0;
        loop {
            let bytes = chunk(&self.text[end..]);
            let count = leading_word_bytes(bytes);
            if count > 0 {
                // Letters and digits: the bit that makes capitals small is set in digits already.
                let folded = first_bytes(bytes | each(0x20), count);
                head = if end == start { folded } else { head };
                hash = hash_step(hash, folded);
                end += count;
            }
            if count < CHUNK {
                break;
            }
        }
        if self.text.get(end).is_some_and(|byte| *byte >= 0x80) {
            return self.wide_word(start, end);
        }
        Word { start, end, head, hash: hash_end(hash), kind: Kind::Plain }
    }

    /// Goes to where the next word may begin: at a letter, a digit or a byte above ASCII.
    fn skip_separators(&mut self) {
        let before_address = &self.text[..self.address.0.max(self.at)];
        while self.at < before_address.len() && !IN_WORDS[usize::from(before_address[self.at])] {
            self.at += 1;
        }
    }

    /// The word that begins at `start` and has its first byte above ASCII at `at`.
    #[inline(never)]
    fn wide_word(&self, start: usize, at: usize) -> Word {
        let limit = self.address.0.max(start + 1).min(self.text.len());
        let mut end = at;
        while end < limit && IN_WORDS[usize::from(self.text[end])] {
            if self.text[end] >= 0x80 {
                match wide(&self.text[end..]) {
                    Wide::Letter => {}
                    Wide::Separator(_) => break,
                    Wide::Ideograph if end > start => break,
                    Wide::Ideograph => return self.word(start, end + 3, Kind::Plain),
                }
            }
            end += 1;
        }
        self.word(start, end, Kind::Plain)
    }
}

impl Iterator for Words<'_> {
    type Item = Word;

    // The matcher spends a third of its time here; what is rare stays behind calls.
    #[inline(always)]
    fn next(&mut self) -> Option<Word> {
        loop {
            self.skip_separators();
            let byte = *self.text.get(self.at)?;
            if self.at >= self.address.0 {
                return Some(self.address_word());
            }
            if byte >= 0x80
                && let Wide::Separator(length) = wide(&self.text[self.at..])
            {
                self.at += length;
                continue;
            }
            if byte.is_ascii_digit() {
                match self.number(self.at) {
                    Number::Word(word) => {
                        self.at = word.end;
                        return Some(word);
                    }
                    Number::Repeated(length) => {
                        self.at += length;
                        continue;
                    }
                    Number::Plain => {}
                }
            }
            let word = self.plain_word(self.at);
            self.at = word.end;
            return Some(word);
        }
    }
}

/// The characters that hold a mail address together. Quoted local parts are not looked for.
fn is_atom(byte: u8) -> bool {
    ATOMS[usize::from(byte)]
}

static ATOMS: [bool; 256] = bytes_with(b"!#$%&*+-./=?^_{|}~", true);

/// What a byte above ASCII begins, as UTF-8.
enum Wide {
    /// Part of a word; also what is no UTF-8.
    Letter,
    /// A character of a script without spaces: three bytes.
    Ideograph,
    /// Punctuation or a space, and its length in bytes.
    Separator(usize),
}

fn wide(rest: &[u8]) -> Wide {
    match rest {
        // U+00A0 to U+00BF: no-break space, quotation marks.
        [0xc2, 0xa0..=0xbf, ..] => Wide::Separator(2),
        // U+2000 to U+206F: spaces, dashes, quotation marks; U+3000 to U+303F: East Asian punctuation; U+FF00 to U+FF0F, U+FF1A to U+FF20.
        [0xe2, 0x80 | 0x81, 0x80..=0xbf, ..] | [0xe3, 0x80, 0x80..=0xbf, ..] | [0xef, 0xbc, 0x80..=0x8f | 0x9a..=0xa0, ..] => {
            Wide::Separator(3)
        }
        // U+3040 to U+D7FF: kana, ideographs, Hangul.
        [0xe3..=0xed, 0x80..=0xbf, 0x80..=0xbf, ..] => Wide::Ideograph,
        _ => Wide::Letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        Words::new(text.as_bytes(), Some(*b"550")).map(|w| &text[w.start..w.end]).collect()
    }

    #[test]
    fn ok_separators_are_one() {
        assert_eq!(words("over-quota: it's\tfull!"), ["over", "quota", "it", "s", "full"]);
        assert_eq!(words("doesn’t exist"), ["doesn", "t", "exist"]);
    }

    #[test]
    fn ok_numbers_and_addresses_are_opaque() {
        assert_eq!(words("[192.0.2.1] in 300s, 5.7.1."), ["192.0.2.1", "in", "300s", "5.7.1"]);
        assert_eq!(words("<spam.trap@full.example>: no@ @no"), ["spam.trap@full.example", "no", "no"]);
        let kinds: Vec<Kind> = Words::new(b"a@b 1.2 x1", None).map(|w| w.kind).collect();
        assert_eq!(kinds, [Kind::Address, Kind::Number, Kind::Plain]);
    }

    #[test]
    fn ok_repeated_codes_are_passed_over() {
        assert_eq!(words("550-5.7.26 mail is 550-5.7.26 not 550 5.7.26 signed"), ["mail", "is", "not", "signed"]);
        assert_eq!(words("550-no\r\n550 such user"), ["no", "such", "user"]);
        assert_eq!(words("550 of 550 users"), ["of", "550", "users"]);
        assert_eq!(words("551-no"), ["551", "no"]);
    }

    #[test]
    fn ok_scripts_without_spaces() {
        assert_eq!(words("该用户、被"), ["该", "用", "户", "被"]);
        assert_eq!(words("Почтовый ящик"), ["Почтовый", "ящик"]);
    }

    #[test]
    fn ok_hash_folds_ascii_case() {
        let hashes = |s: &str| Words::new(s.as_bytes(), None).map(|w| w.hash).collect::<Vec<_>>();
        assert_eq!(hashes("User UNKNOWN"), [hash(b"user"), hash(b"unknown")]);
        assert_eq!(
            hashes("Undeliverable@ 16LettersAndMore eightlet"),
            [hash(b"undeliverable"), hash(b"16lettersandmore"), hash(b"eightlet")]
        );
        let heads: Vec<u64> = Words::new("OK Undeliverable".as_bytes(), None).map(|w| w.head).collect();
        assert_eq!(heads, [head(b"ok"), head(b"undelive")]);
    }

    #[test]
    fn ok_chunks() {
        for byte in 0..=255u8 {
            let bytes = u64::from_le_bytes([b'a', b'Z', b'0', b'9', byte, b'z', b'A', b'.']);
            let length = if byte.is_ascii_alphanumeric() { 7 } else { 4 };
            assert_eq!(leading_word_bytes(bytes), length, "{byte}");
            assert_eq!(
                fold(bytes).to_le_bytes(),
                [b'a', b'z', b'0', b'9', byte.to_ascii_lowercase(), b'z', b'a', b'.'],
                "{byte}"
            );
        }
        assert_eq!(leading_word_bytes(each(b'a')), CHUNK);
    }

    #[test]
    fn ok_any_bytes() {
        for byte in 0..=255u8 {
            let text = [byte, b'a', byte, 0xe4, byte];
            let end = Words::new(&text, None).fold(0, |end, w| {
                assert!(w.start >= end && w.end > w.start, "{text:?}");
                w.end
            });
            assert!(end <= text.len());
        }
    }
}
