//! Encoded text made readable in the caller's buffer: quoted-printable, base64, HTML, charsets. Nothing grows but text in another charset,
//! which is converted where there is room; so a buffer as long as the message holds all of its parts.

use super::charset::to_utf8;
use super::mime::{Encoding, Part};
use crate::syntax::reply::{begins_with, trim};

/// The caller's buffer, handed out from its start.
pub(super) struct Scratch<'a> {
    rest: &'a mut [u8],
}

/// There was no room in the scratch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

impl<'a> Scratch<'a> {
    pub(super) fn new(buffer: &'a mut [u8]) -> Self {
        Self { rest: buffer }
    }

    /// The readable text of a part: the part itself where nothing is encoded. Of the buffer `reserved` bytes are kept for later parts:
    /// where a charset would need them, the text stays in its charset.
    pub(super) fn text_of(&mut self, part: &Part<'a>, reserved: usize) -> Result<&'a [u8], Full> {
        let html = part.header.is(b"text/html") || (part.header.content_type.is_empty() && looks_like_html(part.body));
        let charset = part.header.parameter(b"charset").map(trim);
        if part.header.encoding == Encoding::Identity && !html && !charset.is_some_and(|c| may_need_charset(c, part.body)) {
            return Ok(part.body);
        }
        let text = self.take(part.body.len())?;
        let mut length = transfer_decode(part, text);
        let room = self.rest.len().saturating_sub(reserved);
        let converted = charset.and_then(|charset| to_utf8(charset, &text[..length], &mut self.rest[..room]));
        let text = match converted {
            Some(converted) => {
                length = converted;
                self.take(converted)?
            }
            None => text,
        };
        if html {
            length = html_to_text(&mut text[..length]);
        }
        if converted.is_none() && charset.is_some_and(is_iso_2022) {
            length = iso_2022_to_eight_bits(&mut text[..length]);
        }
        windows_quotes(&mut text[..length]);
        let (text, unused) = text.split_at_mut(length);
        // What a part did not need is lost when another part lies behind it; there is always enough.
        if unused.len() > self.rest.len() {
            self.rest = unused;
        }
        Ok(text)
    }

    /// So many bytes from the start of the buffer.
    fn take(&mut self, length: usize) -> Result<&'a mut [u8], Full> {
        if length > self.rest.len() {
            return Err(Full);
        }
        let (taken, rest) = core::mem::take(&mut self.rest).split_at_mut(length);
        self.rest = rest;
        Ok(taken)
    }
}

/// Undoes the transfer encoding of a part into `out`, which is as long as its body. Returns the length of the result.
fn transfer_decode(part: &Part<'_>, out: &mut [u8]) -> usize {
    match part.header.encoding {
        Encoding::QuotedPrintable => quoted_printable(part.body, out),
        Encoding::Base64 => base64(part.body, out),
        Encoding::Identity => {
            out.copy_from_slice(part.body);
            out.len()
        }
    }
}

/// Whether a text that is not encoded otherwise can need its charset: what is ASCII without escapes is the same in all of them.
fn may_need_charset(charset: &[u8], text: &[u8]) -> bool {
    is_iso_2022(charset) || (cfg!(feature = "charset") && !charset.eq_ignore_ascii_case(b"utf-8") && !text.is_ascii())
}

/// Whether the charset is one of the seven-bit encodings of East Asia.
fn is_iso_2022(charset: &[u8]) -> bool {
    begins_with(charset, b"iso-2022")
}

fn looks_like_html(body: &[u8]) -> bool {
    let start = body.trim_ascii_start();
    begins_with(start, b"<html") || begins_with(start, b"<!doc")
}

/// RFC 2045, section 6.7. What is no escape is left as it is. Returns the length of the result in `out`.
pub(super) fn quoted_printable(text: &[u8], out: &mut [u8]) -> usize {
    let mut length = 0;
    let mut rest = text;
    while !rest.is_empty() {
        if rest[0] == b'=' {
            let (decoded, taken) = escape(rest);
            if let Some(byte) = decoded {
                out[length] = byte;
                length += 1;
            }
            rest = &rest[taken..];
        } else {
            let (plain, behind) = rest.split_at(memchr::memchr(b'=', rest).unwrap_or(rest.len()));
            out[length..length + plain.len()].copy_from_slice(plain);
            length += plain.len();
            rest = behind;
        }
    }
    length
}

/// The byte that the equals sign at the start of `text` stands for, and how long the escape is; a soft line break stands for none.
fn escape(text: &[u8]) -> (Option<u8>, usize) {
    match text {
        [_, b'\r', b'\n', ..] => (None, 3),
        [_, b'\n' | b'\r', ..] | [_] => (None, 2.min(text.len())),
        [_, high, low, ..] => match (hex(*high), hex(*low)) {
            (Some(high), Some(low)) => (Some(high << 4 | low), 3),
            _ => (Some(b'='), 1),
        },
        _ => (Some(b'='), 1),
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|d| d as u8)
}

/// RFC 2045, section 6.8. Characters outside the alphabet are passed over. Returns the length of the result in `out`.
pub(super) fn base64(text: &[u8], out: &mut [u8]) -> usize {
    let mut length = 0;
    let (mut bits, mut count) = (0u32, 0);
    let mut rest = text;
    while let Some((&byte, behind)) = rest.split_first() {
        if count == 0
            && let Some((four, behind)) = rest.split_first_chunk()
            && let Some(three) = base64_group(four)
        {
            out[length..length + 3].copy_from_slice(&three);
            length += 3;
            rest = behind;
            continue;
        }
        rest = behind;
        match BASE64[usize::from(byte)] {
            IGNORED if byte == b'=' => break,
            IGNORED => continue,
            value => bits = bits << 6 | u32::from(value),
        }
        count += 6;
        if count >= 8 {
            count -= 8;
            out[length] = (bits >> count) as u8;
            length += 1;
        }
    }
    length
}

/// The three bytes of four characters that are all of the alphabet.
fn base64_group(four: &[u8; 4]) -> Option<[u8; 3]> {
    let values = four.map(|byte| BASE64[usize::from(byte)]);
    // No value of the alphabet has this bit.
    if values.iter().fold(0, |all, value| all | value) & IGNORED != 0 {
        return None;
    }
    let bits = values.iter().fold(0, |bits, value| bits << 6 | u32::from(*value));
    let [_, first, second, third] = bits.to_be_bytes();
    Some([first, second, third])
}

/// What is no character of the alphabet.
const IGNORED: u8 = 64;

/// The value of each character of the alphabet.
static BASE64: [u8; 256] = {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut values = [IGNORED; 256];
    let mut value = 0;
    while value < alphabet.len() {
        values[alphabet[value] as usize] = value as u8;
        value += 1;
    }
    values
};

/// Elements whose content is not shown.
const HIDDEN: [&[u8]; 3] = [b"style", b"script", b"title"];

/// Whether an element begins a line; `name` in lower case.
fn begins_line(name: &[u8]) -> bool {
    matches!(
        name,
        b"td"
            | b"br"
            | b"p"
            | b"div"
            | b"tr"
            | b"li"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"table"
            | b"ul"
            | b"ol"
            | b"pre"
            | b"hr"
            | b"dd"
            | b"dt"
    )
}

/// The longest element that is understood; a `<` without its `>` must not be searched for to the end of the text.
const MAX_TAG: usize = 4096;

/// The longest name of an element that means anything here: `script`.
const MAX_NAME: usize = 6;

/// An element in angle brackets, or a comment.
struct Tag {
    length: usize,
    begins_line: bool,
    /// The element of [`HIDDEN`] that it opens.
    hides: Option<usize>,
}

/// Turns HTML into text in place: without elements and comments, line breaks where a browser shows them, entities resolved.
/// Returns the new length.
fn html_to_text(text: &mut [u8]) -> usize {
    let mut length = 0;
    let mut at = 0;
    while at < text.len() {
        let (written, taken) = match text[at] {
            b'<' => match tag(&text[at..]) {
                Some(Tag { length, hides: Some(element), .. }) => (None, length + hidden(&text[at + length..], element)),
                Some(tag) => (tag.begins_line.then_some(b'\n'), tag.length),
                None => (Some(b'<'), 1),
            },
            b'&' => entity(&text[at..]),
            _ => {
                let plain = memchr::memchr2(b'<', b'&', &text[at..]).unwrap_or(text.len() - at);
                text.copy_within(at..at + plain, length);
                length += plain;
                (None, plain)
            }
        };
        if let Some(byte) = written {
            text[length] = byte;
            length += 1;
        }
        at += taken;
    }
    length
}

/// The element or comment at the start of `html`. An address in angle brackets is none.
fn tag(html: &[u8]) -> Option<Tag> {
    if html.starts_with(b"<!--") {
        let length = memchr::memmem::find(html, b"-->").map_or(html.len(), |end| end + 3);
        return Some(Tag { length, begins_line: false, hides: None });
    }
    let name_start = if html.get(1) == Some(&b'/') { 2 } else { 1 };
    let name_length = html[name_start..].iter().take(MAX_TAG).take_while(|b| b.is_ascii_alphanumeric()).count();
    let name = &html[name_start..name_start + name_length];
    let ends_name = matches!(html.get(name_start + name_length), Some(b'>' | b' ' | b'/' | b'\t' | b'\n' | b'\r' | b':'));
    if !(ends_name && !name.is_empty() || matches!(html.get(1), Some(b'!' | b'?'))) {
        return None;
    }
    let length = memchr::memchr(b'>', &html[..html.len().min(MAX_TAG)])? + 1;
    let mut lower = [0; MAX_NAME];
    let Some(lower) = lower.get_mut(..name.len()) else { return Some(Tag { length, begins_line: false, hides: None }) };
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    let hides = HIDDEN.iter().position(|hidden| name_start == 1 && lower == *hidden);
    Some(Tag { length, begins_line: begins_line(lower), hides })
}

/// How many bytes of `html` belong to the hidden element that is open: up to its end, or all.
fn hidden(html: &[u8], element: usize) -> usize {
    let name = HIDDEN[element];
    memchr::memmem::find_iter(html, b"</")
        .find(|at| html.get(at + 2..at + 2 + name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name)))
        .unwrap_or(html.len())
}

/// The character of an entity, as far as it is one byte, and the entity's length.
fn entity(html: &[u8]) -> (Option<u8>, usize) {
    const NAMED: [(&[u8], u8); 7] =
        [(b"lt", b'<'), (b"gt", b'>'), (b"amp", b'&'), (b"quot", b'"'), (b"apos", b'\''), (b"nbsp", b' '), (b"rsquo", b'\'')];
    let length = html[1..].iter().take(10).take_while(|b| b.is_ascii_alphanumeric() || **b == b'#').count();
    if html.get(1 + length) != Some(&b';') {
        return (Some(b'&'), 1);
    }
    let name = &html[1..=length];
    let taken = length + 2;
    if let Some((_, byte)) = NAMED.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)) {
        return (Some(*byte), taken);
    }
    let number = match name {
        [b'#', b'x' | b'X', digits @ ..] => digits.iter().try_fold(0, |n: u32, b| Some(n * 16 + u32::from(hex(*b)?))),
        [b'#', digits @ ..] => digits.iter().try_fold(0, |n: u32, b| Some(n * 10 + char::from(*b).to_digit(10)?)),
        _ => None,
    };
    match number {
        Some(n @ 0x20..=0x7e) => (Some(n as u8), taken),
        Some(0xa0) => (Some(b' '), taken),
        Some(0x2018 | 0x2019) => (Some(b'\''), taken),
        _ => (Some(b'&'), 1),
    }
}

/// Turns ISO-2022-JP into EUC-JP in place: the bytes of two-byte characters get their high bit, so that none of them is
/// mistaken for a bracket or an `@`. Returns the new length.
fn iso_2022_to_eight_bits(text: &mut [u8]) -> usize {
    let mut length = 0;
    let mut at = 0;
    let mut wide = false;
    while at < text.len() {
        match &text[at..] {
            [0x1b, b'$', b'@' | b'B', ..] => (wide, at) = (true, at + 3),
            [0x1b, b'(', b'B' | b'J' | b'I', ..] => (wide, at) = (false, at + 3),
            [byte, ..] if wide => {
                let byte = *byte;
                wide = !matches!(byte, b'\n' | b'\r');
                text[length] = if byte > b' ' { byte | 0x80 } else { byte };
                length += 1;
                at += 1;
            }
            [_, behind @ ..] => {
                let plain = 1 + memchr::memchr(0x1b, behind).unwrap_or(behind.len());
                text.copy_within(at..at + plain, length);
                length += plain;
                at += plain;
            }
            [] => break,
        }
    }
    length
}

/// Replaces the single quotation marks of windows-1252 between letters, which are no UTF-8.
fn windows_quotes(text: &mut [u8]) {
    let mut from = 0;
    while let Some(found) = memchr::memchr2(0x91, 0x92, &text[from..]) {
        let at = from + found;
        let is_letter = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(u8::is_ascii_alphabetic);
        if is_letter(at.checked_sub(1)) && is_letter(Some(at + 1)) {
            text[at] = b'\'';
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &[u8], f: impl Fn(&[u8], &mut [u8]) -> usize) -> String {
        let mut out = vec![0; text.len()];
        let length = f(text, &mut out);
        String::from_utf8_lossy(&out[..length]).into_owned()
    }

    #[test]
    fn ok_quoted_printable() {
        assert_eq!(with(b"a=3Db=\r\nc=\nd =zz=", quoted_printable), "a=bcd =zz");
    }

    #[test]
    fn ok_base64() {
        assert_eq!(with(b"aGVs\r\nbG8=ignored", base64), "hello");
        assert_eq!(with(b"aGVsbG", base64), "hell");
    }

    #[test]
    fn ok_html() {
        let html = |s: &str| {
            let mut text = s.as_bytes().to_vec();
            let length = html_to_text(&mut text);
            String::from_utf8_lossy(&text[..length]).into_owned()
        };
        assert_eq!(
            html("<html><head><title>x</title></head><body>a<br>b &lt;c@d&gt; &#39;e&#x27; &nbsp;&#8217;"),
            "a\nb <c@d> 'e'  '"
        );
        assert_eq!(
            html("<a href='x'>user</a> <user@example.com> 1 < 2 &unknown; <!-- no --> <style>p {"),
            "user <user@example.com> 1 < 2 &unknown;  "
        );
    }

    #[test]
    fn ok_japanese() {
        let mut text = b"a \x1b$B\x40\x3c\x1b(B b".to_vec();
        let length = iso_2022_to_eight_bits(&mut text);
        assert_eq!(&text[..length], b"a \xc0\xbc b");
    }
}
