//! Text as words: what a phrase is matched against.
//!
//! Servers break lines anywhere, quote, bracket and hyphenate at will, and repeat the reply code on every line. None of that
//! changes what is said, so phrases are matched on words alone. A word is a run of letters and digits; everything else
//! between two words is one separator. Numbers, dotted ones included (`10.0.0.1`, `5.7.1`), and mail addresses are words of
//! their own kind, so that a phrase can leave a place for them and no part of an address is ever mistaken for what the server
//! says. A character of a script that has no spaces (Chinese, Japanese) is a word by itself.

use super::chunk::{BLOCK, Block, CHUNK, chunk_at, fold, fold_word};

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

/// One word: where it is in the text, and its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) key: u64,
    pub(crate) kind: Kind,
}

/// The key of no bytes.
const NO_BYTES: u64 = 0;

/// Makes the key of a word from its chunks, one after the other. Each step can be undone, so that words of one chunk have keys of their own.
const fn key_step(key: u64, folded: u64) -> u64 {
    (key.rotate_left(29) ^ folded).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The key that [`Words`] gives to a word: the same for the same letters, large or small. Words of up to eight bytes have no key in
/// common; longer ones have one by an accident of one in 2^64, and who makes such a word up could as well write the other. Its highest bits are
/// mixed best.
pub(crate) fn key(word: &[u8]) -> u64 {
    word.chunks(CHUNK).fold(NO_BYTES, |key, bytes| key_step(key, fold(chunk_at(bytes, 0))))
}

/// The hash of two adjacent words by their numbers, its highest bits mixed best.
pub(crate) const fn pair_hash(before: u16, behind: u16) -> u32 {
    ((before as u32) << 16 | behind as u32).wrapping_mul(0x9e37_79b1)
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
    /// What the bytes from `block_start` on are.
    block: Block,
    block_start: usize,
    /// The next mail address: start and end; both at the end of the text when there is none.
    address: (usize, usize),
    /// The reply code whose repetition at the head of continuation lines is no word.
    repeated_code: Option<[u8; 3]>,
}

/// What begins where a word may begin.
enum Begun {
    Word(Word),
    /// So many bytes that are no word: a separator above ASCII, the repetition of the reply code.
    Nothing(usize),
}

impl<'a> Words<'a> {
    /// The words of `text`. With `repeated_code`, the prefixes `550-`, `550-5.7.1` and, at the head of a line or before a
    /// status code, `550 ` are passed over wherever they stand, because logs join the lines of a reply.
    pub(crate) fn new(text: &'a [u8], repeated_code: Option<[u8; 3]>) -> Self {
        let mut words = Self { text, at: 0, block: Block::of(text), block_start: 0, address: (0, 0), repeated_code };
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
                let local = behind_wide_marks(&self.text[at - local..at]).len();
                return (at - local, at + 1 + domain);
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

    /// What begins at `start` with a digit or with a byte above ASCII; `ascii` is the end of the letters and digits there, if there is nothing else
    /// among them.
    #[inline(never)]
    fn number_or_wide(&self, start: usize, ascii: Option<usize>) -> Begun {
        if self.text[start].is_ascii_digit()
            && let Some(number) = self.number_word(start)
        {
            return self.continuation_prefix(&number).map_or(Begun::Word(number), Begun::Nothing);
        }
        match (ascii, wide(&self.text[start..])) {
            (Some(end), _) => Begun::Word(self.plain_word(start, end)),
            (None, Wide::Separator(length)) => Begun::Nothing(length),
            (None, Wide::Letter | Wide::Ideograph) => Begun::Word(self.wide_word(start)),
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
        Word { start, end, key: key(&self.text[start..end]), kind }
    }

    /// Where the next letter, digit or byte above ASCII is; the end of the text when there is none.
    #[inline(always)]
    fn next_start(&mut self) -> usize {
        loop {
            let offset = self.at.wrapping_sub(self.block_start);
            if offset < BLOCK {
                let ahead = self.block.word >> offset;
                if ahead != 0 {
                    return self.at + ahead.trailing_zeros() as usize;
                }
                self.at = self.block_start + BLOCK;
            }
            if self.at >= self.text.len() {
                return self.text.len();
            }
            self.read_block(self.at);
        }
    }

    /// Where the letters and digits end that begin at `start`, in this block; `None` when a byte above ASCII is among them or behind
    /// them. They end before an address, since what an address begins with stands behind a separator.
    #[inline(always)]
    fn end_of_ascii(&mut self, start: usize) -> Option<usize> {
        let mut end = start;
        loop {
            let offset = end - self.block_start;
            let length = (!(self.block.word >> offset)).trailing_zeros();
            if self.block.wide >> offset & !u64::MAX.unbounded_shl(length) != 0 {
                return None;
            }
            end += length as usize;
            if end < self.block_start + BLOCK {
                return Some(end);
            }
            self.read_block(end);
        }
    }

    #[inline(never)]
    fn read_block(&mut self, start: usize) {
        self.block = Block::of(&self.text[start..]);
        self.block_start = start;
    }

    /// The word of ASCII letters and digits from `start` to `end`.
    #[inline(always)]
    fn plain_word(&self, start: usize, end: usize) -> Word {
        let mut key = key_step(NO_BYTES, fold_word(chunk_at(self.text, start), end - start));
        let mut at = start + CHUNK;
        while at < end {
            key = key_step(key, fold_word(chunk_at(self.text, at), end - at));
            at += CHUNK;
        }
        Word { start, end, key, kind: Kind::Plain }
    }

    /// The word that begins at `start` and has bytes above ASCII in it or behind it.
    #[inline(never)]
    fn wide_word(&self, start: usize) -> Word {
        let limit = self.address.0.max(start + 1).min(self.text.len());
        let mut end = start;
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

    // The matcher spends much of its time here; what is rare stays behind calls.
    #[inline(always)]
    fn next(&mut self) -> Option<Word> {
        loop {
            let start = self.next_start();
            if start >= self.address.0 {
                return if self.address.0 < self.text.len() { Some(self.address_word()) } else { None };
            }
            let ascii = self.end_of_ascii(start);
            if let Some(end) = ascii
                && !self.text[start].is_ascii_digit()
            {
                self.at = end;
                return Some(self.plain_word(start, end));
            }
            match self.number_or_wide(start, ascii) {
                Begun::Word(word) => {
                    self.at = word.end;
                    return Some(word);
                }
                Begun::Nothing(length) => self.at = start + length,
            }
        }
    }
}

/// Whether an East Asian punctuation mark is in `text`, which is in no address.
pub(crate) fn has_wide_marks(text: &[u8]) -> bool {
    behind_wide_marks(text).len() < text.len()
}

/// What follows the last East Asian punctuation mark in a local part, which is not part of the address: U+3000 to U+303F, U+FF00 to U+FF0F,
/// U+FF1A to U+FF20.
pub(crate) fn behind_wide_marks(local: &[u8]) -> &[u8] {
    let is_mark = |bytes: &[u8]| matches!(bytes, [0xe3, 0x80, _] | [0xef, 0xbc, 0x80..=0x8f | 0x9a..=0xa0]);
    let mark = if local.is_ascii() { None } else { local.windows(3).rposition(is_mark) };
    &local[mark.map_or(0, |mark| mark + 3)..]
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
    fn ok_keys() {
        let keys = |s: &str| Words::new(s.as_bytes(), None).map(|w| w.key).collect::<Vec<_>>();
        assert_eq!(keys("User UNKNOWN"), [key(b"user"), key(b"unknown")]);
        assert_eq!(
            keys("Undeliverable@ 16LettersAndMore eightlet x 450 Ünzustellbar"),
            [&b"undeliverable"[..], b"16lettersandmore", b"eightlet", b"x", b"450", "Ünzustellbar".as_bytes()].map(key)
        );
        assert_ne!(key(b"undeliverable"), key(b"undelivered"));
    }

    /// Where a block ends makes no difference.
    #[test]
    fn ok_anywhere_in_a_block() {
        let texts = [
            "don’t mail a@example.net, 550-5.7.1 no 550 5.7.1 user at 192.0.2.1 for 300s".to_owned(),
            "该用户不存在 Почтовый ящик переполнен：kim@example.net ÜÄÖ9 9Ü 550é".to_owned(),
            format!("{} {}@{} {}é{}", "long".repeat(30), "x".repeat(70), "y".repeat(70), "z".repeat(63), "0".repeat(64)),
        ];
        for text in &texts {
            let expected: Vec<Word> = Words::new(text.as_bytes(), Some(*b"550")).collect();
            for pad in 0..2 * BLOCK {
                let padded = format!("{}{text}", " ".repeat(pad));
                let words = Words::new(padded.as_bytes(), Some(*b"550"));
                let moved: Vec<Word> = words.map(|w| Word { start: w.start - pad, end: w.end - pad, ..w }).collect();
                assert_eq!(moved, expected, "{pad}");
            }
        }
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
