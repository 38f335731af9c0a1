//! The values of a delivery status notification (RFC 3464) and their encodings (RFC 3461, RFC 6533).

use core::fmt;

use nom::Parser;
use nom::bytes::complete::{tag, take_while1};

use crate::error::{Expected, ParseError};
use crate::syntax::quoted::{behind_comment, split_quoted};
use crate::syntax::reply::{Loggable, trim};

/// What a delivery status notification says was done (RFC 3464, section 2.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum DsnAction {
    /// Given up.
    Failed = 1,
    /// Still being tried.
    Delayed = 2,
    /// In the mailbox, or handed to a list.
    Delivered = 3,
    /// Passed to a system that reports no success.
    Relayed = 4,
    /// Sent on to several addresses.
    Expanded = 5,
}

crate::names! { DsnAction {
    Failed => "failed", Delayed => "delayed", Delivered => "delivered", Relayed => "relayed", Expanded => "expanded",
} }

impl DsnAction {
    /// Reads the value of an Action field: the first word, in any letter case. Words that some servers use instead of the five
    /// (`failure`, `error`, `expired`, `deliverable`) are understood.
    #[must_use]
    pub fn parse_lenient(value: &[u8]) -> Option<Self> {
        let length = value.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let word = &value[..length];
        let known = [
            (&b"failed"[..], Self::Failed),
            (b"failure", Self::Failed),
            (b"error", Self::Failed),
            (b"expired", Self::Failed),
            (b"delayed", Self::Delayed),
            (b"delivered", Self::Delivered),
            (b"deliverable", Self::Delivered),
            (b"relayed", Self::Relayed),
            (b"expanded", Self::Expanded),
        ];
        known.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, action)| *action)
    }
}

/// A value with a type before it: `rfc822; user@example.com`, `dns; mx.example.com`, `smtp; 550 no` (RFC 3464, section 2.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Typed<'a> {
    /// The type as it came; empty when there is none. Compare it without letter case.
    pub kind: &'a [u8],
    /// The value, trimmed, still folded.
    pub value: &'a [u8],
}

impl<'a> Typed<'a> {
    /// Parses `type ";" value` strictly.
    ///
    /// # Errors
    /// Says which of the two is missing, and at which byte of `field`.
    ///
    /// ```
    /// use nondelivery::Typed;
    ///
    /// let typed = Typed::parse(b"rfc822; user@example.com")?;
    /// assert_eq!((typed.kind, typed.value), (&b"rfc822"[..], &b"user@example.com"[..]));
    /// assert_eq!(Typed::parse(b"user@example.com").unwrap_err().to_string(), "expected a semicolon at byte 4");
    /// # Ok::<(), nondelivery::ParseError>(())
    /// ```
    pub fn parse(field: &'a [u8]) -> Result<Self, ParseError> {
        let start = trim(field);
        let at = |rest: &[u8]| field.len() - rest.len();
        let (rest, kind) = atom(start).map_err(|_| ParseError::new(Expected::ValueType, at(start)))?;
        let rest = rest.trim_ascii_start();
        match tag::<_, _, nom::error::Error<&[u8]>>(";").parse(rest) {
            Ok((value, _)) => Ok(Self { kind, value: trim(value) }),
            Err(_) => Err(ParseError::new(Expected::Semicolon, at(rest))),
        }
    }

    /// The same, taking a value without a type as it is.
    #[must_use]
    pub fn parse_lenient(field: &'a [u8]) -> Self {
        // A slash occurs in the type in practice: `rfc/822`.
        let length = field.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'/' | b'_')).count();
        let rest = field[length..].trim_ascii_start();
        match rest.strip_prefix(b";") {
            Some(value) if length > 0 => Self { kind: &field[..length], value: trim(value) },
            _ => Self { kind: &[], value: trim(field) },
        }
    }

    /// Whether it has this type, in any letter case.
    #[must_use]
    pub fn is(&self, kind: &[u8]) -> bool {
        self.kind.eq_ignore_ascii_case(kind)
    }

    /// The value as the name of a host: up to the first blank, bracket or trailing dot. Of an address literal (RFC 5321, section 4.1.3)
    /// it is the address.
    #[must_use]
    pub fn host(&self) -> &'a [u8] {
        let value = behind_comments(self.value);
        let value = value.strip_prefix(b"[").map_or(value, |literal| literal.strip_prefix(b"IPv6:").unwrap_or(literal));
        let length =
            value.iter().take_while(|b| !b.is_ascii_whitespace() && !matches!(b, b'(' | b'[' | b']' | b',' | b';')).count();
        let name = &value[..length];
        name.strip_suffix(b".").unwrap_or(name)
    }

    /// The value as a mail address: without angle brackets and comments. An X.400 address, which has blanks and brackets of its own, is the
    /// whole value.
    #[must_use]
    pub fn address(&self) -> &'a [u8] {
        if self.is(b"x400") { trim(self.value) } else { bare_address(self.value) }
    }
}

/// `atom = 1*<any CHAR except specials, SPACE and CTLs>` (RFC 822, section 3.3), the semicolon being a special.
fn atom(input: &[u8]) -> nom::IResult<&[u8], &[u8]> {
    take_while1(|b: u8| b.is_ascii_graphic() && !b"()<>@,;:\\\".[]".contains(&b)).parse(input)
}

/// An address without what stands around it: brackets, comments, a name, quotation marks.
pub(crate) fn bare_address(value: &[u8]) -> &[u8] {
    let value = behind_comments(value);
    if let Some(open) = open_bracket(value) {
        let inside = &value[open + 1..];
        let end = memchr::memchr(b'>', inside).unwrap_or(inside.len());
        return without_scheme(trim(&inside[..end]));
    }
    let quoted = value.first() == Some(&b'"');
    let length = value.iter().take_while(|b| quoted || (!b.is_ascii_whitespace() && **b != b'(')).count();
    let address = trim(&value[..length]);
    without_scheme(address.strip_suffix(b",").unwrap_or(address))
}

/// Where the angle bracket opens that is neither in a comment nor in a quoted name (RFC 5322, section 3.4). Where one of these does not
/// close, it is the first bracket.
fn open_bracket(value: &[u8]) -> Option<usize> {
    let first = memchr::memchr(b'<', value)?;
    let mut rest = value;
    while let Some(found) = memchr::memchr3(b'<', b'"', b'(', rest) {
        let behind = &rest[found + 1..];
        let closed = match rest[found] {
            b'<' => return Some(value.len() - behind.len() - 1),
            b'(' => behind_comment(behind),
            _ => split_quoted(behind).map(|(_, after)| after),
        };
        let Some(after) = closed else { return Some(first) };
        rest = after;
    }
    None
}

/// Without the comments at the start.
fn behind_comments(value: &[u8]) -> &[u8] {
    let mut value = trim(value);
    while let Some(after) = value.strip_prefix(b"(").and_then(behind_comment) {
        value = trim(after);
    }
    value
}

fn without_scheme(address: &[u8]) -> &[u8] {
    address.strip_prefix(b"mailto:").unwrap_or(address)
}

/// Text in which some characters are written with other characters: xtext (RFC 3461, section 4) or a `utf-8` address
/// (RFC 6533, section 3).
///
/// ```
/// use nondelivery::Encoded;
///
/// assert_eq!(Encoded::xtext(b"a+2Bb@example.com").to_string(), "a+b@example.com");
/// assert_eq!(Encoded::utf8_address(br"j\x{F6}rg@example.com").to_string(), "jörg@example.com");
///
/// let mut buffer = [0; 32];
/// assert_eq!(Encoded::xtext(b"a+2Bb").decode(&mut buffer)?, b"a+b");
/// # Ok::<(), nondelivery::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoded<'a> {
    text: &'a [u8],
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Xtext,
    Utf8,
}

impl<'a> Encoded<'a> {
    /// Text as it is.
    #[must_use]
    pub const fn plain(text: &'a [u8]) -> Self {
        Self { text, form: Form::Plain }
    }

    /// `xtext = *( xchar / hexchar )`, `hexchar = "+" 2HEXDIG`.
    #[must_use]
    pub const fn xtext(text: &'a [u8]) -> Self {
        Self { text, form: Form::Xtext }
    }

    /// An address of type `utf-8` in any of its three spellings: with `\x{HEX}` for some characters, or plain.
    #[must_use]
    pub const fn utf8_address(text: &'a [u8]) -> Self {
        Self { text, form: Form::Utf8 }
    }

    /// Decodes into `out`, which the length of the text always suffices for.
    ///
    /// # Errors
    /// Says at which byte of the text an escape is malformed; [`Expected::End`] at the place where `out` was full.
    pub fn decode<'o>(&self, out: &'o mut [u8]) -> Result<&'o [u8], ParseError> {
        let mut length = 0;
        let mut at = 0;
        while at < self.text.len() {
            let (bytes, taken) = self.next_char(at)?;
            let bytes = &bytes.0[..bytes.1];
            let room = out.get_mut(length..length + bytes.len()).ok_or(ParseError::new(Expected::End, at))?;
            room.copy_from_slice(bytes);
            length += bytes.len();
            at += taken;
        }
        Ok(&out[..length])
    }

    /// The character at `at`: its bytes, how many of them, and how many bytes of the text it took.
    fn next_char(&self, at: usize) -> Result<(([u8; 4], usize), usize), ParseError> {
        let rest = &self.text[at..];
        match (self.form, rest) {
            (Form::Xtext, [b'+', high, low, ..]) => {
                let digit = |b: &u8| char::from(*b).to_digit(16).ok_or(ParseError::new(Expected::HexDigits, at + 1));
                let byte = digit(high)? * 16 + digit(low)?;
                Ok((([byte as u8, 0, 0, 0], 1), 3))
            }
            (Form::Xtext, [b'+', ..]) => Err(ParseError::new(Expected::HexDigits, at + 1)),
            (Form::Xtext, [b'=', ..]) => Err(ParseError::new(Expected::Unencoded, at)),
            (Form::Utf8, [b'\\', b'x', b'{', hex @ ..]) => {
                let length = hex.iter().take(7).take_while(|b| b.is_ascii_hexdigit()).count();
                let value = hex[..length].iter().fold(0, |n, b| n * 16 + char::from(*b).to_digit(16).unwrap_or(0));
                let character = char::from_u32(value).filter(|_| (2..=6).contains(&length) && hex.get(length) == Some(&b'}'));
                let character = character.ok_or(ParseError::new(Expected::HexDigits, at + 3))?;
                let mut bytes = [0; 4];
                let used = character.encode_utf8(&mut bytes).len();
                Ok(((bytes, used), length + 4))
            }
            (_, [byte, ..]) => Ok((([*byte, 0, 0, 0], 1), 1)),
            (_, []) => Err(ParseError::new(Expected::End, at)),
        }
    }
}

/// Prints the decoded text; what breaks the syntax is left as it is (RFC 6533, section 3).
impl fmt::Display for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut plain = 0;
        let mut at = 0;
        while at < self.text.len() {
            match self.next_char(at) {
                Ok((_, 1)) | Err(_) => at += 1,
                Ok(((bytes, length), taken)) => {
                    write!(f, "{}{}", Loggable(&self.text[plain..at]), Loggable(&bytes[..length]))?;
                    at += taken;
                    plain = at;
                }
            }
        }
        write!(f, "{}", Loggable(&self.text[plain..]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ok_actions() {
        assert_eq!(DsnAction::parse_lenient(b"Failed (no such user)"), Some(DsnAction::Failed));
        assert_eq!(DsnAction::parse_lenient(b"deliverable"), Some(DsnAction::Delivered));
        assert_eq!(DsnAction::parse_lenient(b"ailed"), None);
    }

    #[test]
    fn ok_typed() {
        let lenient = |s: &'static str| {
            let t = Typed::parse_lenient(s.as_bytes());
            (String::from_utf8_lossy(t.kind).into_owned(), String::from_utf8_lossy(t.value).into_owned())
        };
        assert_eq!(lenient("RFC822;a@b"), ("RFC822".into(), "a@b".into()));
        assert_eq!(lenient("rfc/822 ; <a@b>"), ("rfc/822".into(), "<a@b>".into()));
        assert_eq!(lenient("<a@b>"), (String::new(), "<a@b>".into()));
        assert_eq!(Typed::parse_lenient(b"dns; mx.example.net. (192.0.2.1)").host(), b"mx.example.net");
        assert_eq!(Typed::parse_lenient(b"rfc822; <a@b> (c)").address(), b"a@b");
    }

    #[test]
    fn err_encoded() {
        let mut out = [0; 64];
        let mut err = |e: Encoded<'_>| e.decode(&mut out).unwrap_err().to_string();
        assert_eq!(err(Encoded::xtext(b"a+2")), "expected two hexadecimal digits at byte 2");
        assert_eq!(err(Encoded::xtext(b"a=b")), "expected a character that needs no encoding at byte 1");
        assert_eq!(err(Encoded::utf8_address(br"a\x{D800}")), "expected two hexadecimal digits at byte 4");
        assert_eq!(Encoded::xtext(b"abc").decode(&mut [0; 2]).unwrap_err().expected(), Expected::End);
    }
}
