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

/// One word: where it is in the text, and a hash of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) hash: u32,
    pub(crate) kind: Kind,
}

/// The hash of no bytes, and the step from byte to byte (FNV-1a); ASCII letters are hashed in lower case.
const HASH_START: u32 = 0x811c_9dc5;

const fn hash_step(hash: u32, byte: u8) -> u32 {
    (hash ^ byte as u32).wrapping_mul(0x0100_0193)
}

/// The hash that [`Words`] gives to a word, for those who build tables of words.
pub(crate) fn hash(word: &[u8]) -> u32 {
    word.iter().fold(HASH_START, |hash, byte| hash_step(hash, FOLDED[usize::from(*byte)]))
}

const SEPARATOR: u8 = 0;

/// An IPv4 address has three dots; more in one number are not followed, so that no text is read over and over.
const MAX_DOTS: u32 = 3;

/// Every byte in lower case where it can be part of a word, and [`SEPARATOR`] where it cannot.
static FOLDED: [u8; 256] = {
    let mut table = [SEPARATOR; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        if b.is_ascii_alphanumeric() || b >= 0x80 {
            table[byte] = b.to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

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

    fn address_word(&mut self) -> Word {
        let (start, end) = self.address;
        self.at = end;
        self.address = self.next_address(end);
        Word { start, end, hash: hash(&self.text[start..end]), kind: Kind::Address }
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
        let ends = self.text.get(end).is_none_or(|b| FOLDED[usize::from(*b)] == SEPARATOR || *b >= 0x80);
        ends.then(|| Word { start, end, hash: hash(&self.text[start..end]), kind: Kind::Number })
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

    fn plain_word(&self, start: usize) -> Word {
        let limit = self.address.0.max(start + 1).min(self.text.len());
        let rest = &self.text[start..limit];
        let mut hash = HASH_START;
        for (at, byte) in rest.iter().enumerate() {
            let folded = FOLDED[usize::from(*byte)];
            if folded == SEPARATOR {
                return Word { start, end: start + at, hash, kind: Kind::Plain };
            }
            if *byte >= 0x80 {
                return self.wide_word(start, start + at, hash);
            }
            hash = hash_step(hash, folded);
        }
        Word { start, end: limit, hash, kind: Kind::Plain }
    }

    /// The word that begins at `start` and has its first byte above ASCII at `at`; `hash` is that of the bytes before.
    fn wide_word(&self, start: usize, at: usize, mut hash: u32) -> Word {
        let limit = self.address.0.max(start + 1).min(self.text.len());
        let mut end = at;
        while end < limit {
            let folded = FOLDED[usize::from(self.text[end])];
            if folded == SEPARATOR {
                break;
            }
            if self.text[end] >= 0x80 {
                match wide(&self.text[end..]) {
                    Wide::Letter => {}
                    Wide::Separator(_) => break,
                    Wide::Ideograph if end > start => break,
                    Wide::Ideograph => {
                        end += 3;
                        return Word { start, end, hash: self::hash(&self.text[start..end]), kind: Kind::Plain };
                    }
                }
            }
            hash = hash_step(hash, folded);
            end += 1;
        }
        Word { start, end, hash, kind: Kind::Plain }
    }
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        while let Some(&byte) = self.text.get(self.at) {
            if self.at >= self.address.0 {
                return Some(self.address_word());
            }
            if FOLDED[usize::from(byte)] == SEPARATOR {
                self.at += 1;
                continue;
            }
            if byte >= 0x80
                && let Wide::Separator(length) = wide(&self.text[self.at..])
            {
                self.at += length;
                continue;
            }
            if byte.is_ascii_digit()
                && let Some(number) = self.number_word(self.at)
            {
                if let Some(length) = self.continuation_prefix(&number) {
                    self.at += length;
                    continue;
                }
                self.at = number.end;
                return Some(number);
            }
            let word = self.plain_word(self.at);
            self.at = word.end;
            return Some(word);
        }
        None
    }
}

/// The characters that hold a mail address together. Quoted local parts are not looked for.
fn is_atom(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || b"!#$%&*+-./=?^_{|}~".contains(&byte)
}

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
