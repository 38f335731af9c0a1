//! Encoded words in header fields (RFC 2047): `=?utf-8?Q?Unzustellbar?=`.

use super::charset::to_utf8;
use super::decode::{base64, quoted_printable};

/// How much of a field is decoded. A subject that tells of a bounce does so at its beginning.
const MAX_DECODED: usize = 512;

/// The longest text of one word that is decoded: RFC 2047, section 2 allows 75 bytes for all of it, and some write whole lines.
const MAX_TEXT: usize = 256;

/// The value of a field with its encoded words made readable, as far as [`MAX_DECODED`] bytes.
pub(super) struct Decoded {
    bytes: [u8; MAX_DECODED],
    length: usize,
}

impl Decoded {
    /// Decodes `field`; what is no encoded word stays as it is.
    pub(super) fn of(field: &[u8]) -> Self {
        let mut decoded = Self { bytes: [0; MAX_DECODED], length: 0 };
        let mut rest = field;
        let mut behind_word = false;
        while decoded.length < MAX_DECODED && !rest.is_empty() {
            let plain = memchr::memmem::find(rest, b"=?").unwrap_or(rest.len());
            let (before, word) = rest.split_at(plain);
            let found = EncodedWord::read(word);
            // Blanks between two encoded words are none of the text (RFC 2047, section 6.2).
            let separates = behind_word && found.is_some() && before.trim_ascii().is_empty();
            if !separates {
                decoded.push(before);
            }
            behind_word = found.is_some();
            rest = match found {
                Some((encoded, behind)) => {
                    encoded.decode(&mut decoded);
                    behind
                }
                None => {
                    let (start, behind) = word.split_at(word.len().min(2));
                    decoded.push(start);
                    behind
                }
            };
        }
        decoded
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// Adds as much of `text` as there is room for.
    fn push(&mut self, text: &[u8]) {
        let room = &mut self.bytes[self.length..];
        let length = text.len().min(room.len());
        room[..length].copy_from_slice(&text[..length]);
        self.length += length;
    }
}

/// `encoded-word = "=?" charset "?" encoding "?" encoded-text "?="` (RFC 2047, section 2).
struct EncodedWord<'a> {
    charset: &'a [u8],
    is_base64: bool,
    text: &'a [u8],
}

impl<'a> EncodedWord<'a> {
    /// The word at the start of `text`, and what follows it.
    fn read(text: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let inside = text.strip_prefix(b"=?")?;
        let (charset, inside) = split_at_mark(inside)?;
        let (encoding, inside) = split_at_mark(inside)?;
        let is_base64 = match encoding {
            b"B" | b"b" => true,
            b"Q" | b"q" => false,
            _ => return None,
        };
        let (text, inside) = split_at_mark(inside)?;
        let behind = inside.strip_prefix(b"=")?;
        // RFC 2231, section 5: a language may follow the charset.
        let charset = charset.split(|b| *b == b'*').next().unwrap_or_default();
        Some((Self { charset, is_base64, text }, behind))
    }

    fn decode(&self, into: &mut Decoded) {
        let text = &self.text[..self.text.len().min(MAX_TEXT)];
        let mut bytes = [0; MAX_TEXT];
        let length = if self.is_base64 { base64(text, &mut bytes) } else { self.unquote(text, &mut bytes) };
        let bytes = &bytes[..length];
        match to_utf8(self.charset, bytes, &mut into.bytes[into.length..]) {
            Some(converted) => into.length += converted,
            None => into.push(bytes),
        }
    }

    /// The encoding `Q`: quoted-printable with an underscore for a blank (RFC 2047, section 4.2).
    fn unquote(&self, text: &[u8], out: &mut [u8; MAX_TEXT]) -> usize {
        let mut blanks = [0; MAX_TEXT];
        let blanks = &mut blanks[..text.len()];
        blanks.copy_from_slice(text);
        blanks.iter_mut().filter(|b| **b == b'_').for_each(|b| *b = b' ');
        quoted_printable(blanks, out)
    }
}

/// What stands before the next question mark near the start of `text`, and what behind it.
fn split_at_mark(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b'?', &text[..text.len().min(2 * MAX_DECODED)])?;
    Some((&text[..end], &text[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(field: &str) -> String {
        String::from_utf8_lossy(Decoded::of(field.as_bytes()).as_bytes()).into_owned()
    }

    #[test]
    fn ok_words() {
        assert_eq!(decoded("=?utf-8?Q?Unzustellbar:_Gr=C3=BC=C3=9Fe?="), "Unzustellbar: Grüße");
        assert_eq!(decoded("Re: =?UTF-8*en?b?VW5kZWxpdmVyYWJsZQ==?= mail"), "Re: Undeliverable mail");
        assert_eq!(decoded("=?us-ascii?Q?a?=\r\n =?us-ascii?Q?b?= =?us-ascii?Q?c?= d"), "abc d");
        #[cfg(feature = "charset")]
        assert_eq!(decoded("=?GBK?B?z7XNs83L0MU=?="), "系统退信");
    }

    #[test]
    fn ok_no_words() {
        for field in ["plain", "1 =? 2", "=?utf-8?X?a?=", "=?utf-8?Q?a", "=?=?=?", "a=?b?q?c?", ""] {
            assert_eq!(decoded(field), field);
        }
    }

    #[test]
    fn ok_bounded() {
        let long = "x".repeat(2 * MAX_DECODED);
        assert_eq!(decoded(&long).len(), MAX_DECODED);
        assert_eq!(decoded(&format!("=?utf-8?Q?{}?=", &long[..MAX_TEXT + 1])), &long[..MAX_TEXT]);
        let words = "=?utf-8?Q?abc?= ".repeat(1000);
        assert_eq!(decoded(&words).len(), MAX_DECODED);
    }
}
