//! Enhanced status codes (RFC 3463, section 2) and patterns of them.

use core::fmt;
use core::ops::RangeInclusive;

use nom::IResult;
use nom::Parser;
use nom::bytes::complete::{tag, take_while, take_while_m_n};
use nom::combinator::opt;

use crate::error::{Expected, ParseError};

/// Subject and detail have at most three digits (RFC 3463, section 2).
const MAX_DIGITS: usize = 3;

/// The largest subject or detail.
pub(crate) const MAX_PART: u16 = 999;

/// The first number of a status code: how permanent the answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Class {
    /// `2`: it worked.
    Success = 2,
    /// `4`: *persistent transient failure*: it failed and may work later.
    Transient = 4,
    /// `5`: it failed and will fail again unless something is changed.
    Permanent = 5,
}

impl Class {
    /// The class that a digit stands for.
    #[must_use]
    pub const fn from_digit(digit: u8) -> Option<Self> {
        match digit {
            b'2' => Some(Self::Success),
            b'4' => Some(Self::Transient),
            b'5' => Some(Self::Permanent),
            _ => None,
        }
    }

    /// 2, 4 or 5.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }
}

/// An enhanced status code, such as `5.7.606`.
///
/// ```
/// use nondelivery::{Class, StatusCode};
///
/// let status = StatusCode::parse(b"5.7.606")?;
/// assert_eq!((status.class(), status.subject(), status.detail()), (Class::Permanent, 7, 606));
/// assert_eq!(status.to_string(), "5.7.606");
/// # Ok::<(), nondelivery::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatusCode {
    class: Class,
    subject: u16,
    detail: u16,
}

impl StatusCode {
    /// A code from its parts, or `None` when subject or detail is above 999.
    #[must_use]
    pub const fn new(class: Class, subject: u16, detail: u16) -> Option<Self> {
        if subject > MAX_PART || detail > MAX_PART {
            return None;
        }
        Some(Self { class, subject, detail })
    }

    /// Parses a code strictly: the whole of `input`, nothing around it, no leading zeros (RFC 3463, section 2).
    ///
    /// # Errors
    /// Says which part is missing and the byte offset into `input`.
    pub fn parse(input: &[u8]) -> Result<Self, ParseError> {
        let at = |rest: &[u8]| input.len() - rest.len();
        let fail = |expected| move |e: nom::Err<nom::error::Error<&[u8]>>| ParseError::new(expected, at(rest_of(&e)));
        let (rest, class) = class(input).map_err(fail(Expected::Class))?;
        let (rest, _) = dot(rest).map_err(fail(Expected::Dot))?;
        let (rest, subject) = strict_part(rest).map_err(fail(Expected::Subject))?;
        let (rest, _) = dot(rest).map_err(fail(Expected::Dot))?;
        let (rest, detail) = strict_part(rest).map_err(fail(Expected::Detail))?;
        if rest.is_empty() { Ok(Self { class, subject, detail }) } else { Err(ParseError::new(Expected::End, at(rest))) }
    }

    /// Reads a code at the very start of `input`, and says how many bytes it took. Leading zeros are let pass; what follows
    /// must not make it something else: a fourth part (an address), a fourth digit, a letter.
    pub(crate) fn read_prefix(input: &[u8]) -> Option<(Self, usize)> {
        let (rest, (class, _, subject, _, detail)) = (class, dot, lenient_part, dot, lenient_part).parse(input).ok()?;
        let ends = match rest {
            [b'.', next, ..] => !next.is_ascii_alphanumeric(),
            [next, ..] => !next.is_ascii_alphanumeric(),
            [] => true,
        };
        ends.then_some((Self { class, subject, detail }, input.len() - rest.len()))
    }

    /// How permanent it is.
    #[must_use]
    pub const fn class(self) -> Class {
        self.class
    }

    /// What it is about: 1 address, 2 mailbox, 3 system, 4 network, 5 protocol, 6 content, 7 security and policy.
    #[must_use]
    pub const fn subject(self) -> u16 {
        self.subject
    }

    /// The finer reason within the subject.
    #[must_use]
    pub const fn detail(self) -> u16 {
        self.detail
    }

    /// Whether the detail says nothing, or so many different things in practice that words count for more: `x.y.0` and `x.7.1`.
    #[must_use]
    pub const fn is_generic(self) -> bool {
        self.detail == 0 || (self.subject == 7 && self.detail == 1)
    }

    /// The code as one number that sorts like the code: class, subject and detail in 4, 10 and 10 bits.
    #[must_use]
    pub const fn packed(self) -> u32 {
        pack(self.class.number(), self.subject, self.detail)
    }
}

/// Class 0 stands for any class in the catalogue's tables.
pub(crate) const fn pack(class: u8, subject: u16, detail: u16) -> u32 {
    (class as u32) << 20 | (subject as u32) << 10 | detail as u32
}

impl fmt::Display for StatusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class.number(), self.subject, self.detail)
    }
}

impl core::str::FromStr for StatusCode {
    type Err = ParseError;

    fn from_str(s: &str) -> Result<Self, ParseError> {
        Self::parse(s.as_bytes())
    }
}

/// A set of status codes: `5.7.606`, `5.7.606-649`, `5.7.5xx`, `x.7.1`, `5.7.x`.
///
/// ```
/// use nondelivery::{StatusCode, StatusPattern};
///
/// let banned = StatusPattern::parse(b"5.7.606-649")?;
/// assert!(banned.matches(StatusCode::parse(b"5.7.649")?));
/// assert!(!banned.matches(StatusCode::parse(b"5.7.650")?));
/// # Ok::<(), nondelivery::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatusPattern {
    class: Option<Class>,
    subject: (u16, u16),
    detail: (u16, u16),
}

impl StatusPattern {
    /// The pattern that only `status` matches.
    #[must_use]
    pub const fn exactly(status: StatusCode) -> Self {
        Self { class: Some(status.class), subject: (status.subject, status.subject), detail: (status.detail, status.detail) }
    }

    pub(crate) const fn from_parts(class: Option<Class>, subject: (u16, u16), detail: (u16, u16)) -> Self {
        Self { class, subject, detail }
    }

    /// Parses a pattern: the whole of `input`. `x` stands for any class, subject or detail, `5xx` for 500 to 599, and
    /// two details with a hyphen for a range that includes both.
    ///
    /// # Errors
    /// Says which part is missing and the byte offset into `input`.
    pub fn parse(input: &[u8]) -> Result<Self, ParseError> {
        let at = |rest: &[u8]| input.len() - rest.len();
        let fail = |expected| move |e: nom::Err<nom::error::Error<&[u8]>>| ParseError::new(expected, at(rest_of(&e)));
        let (rest, class) = class_or_any(input).map_err(fail(Expected::Class))?;
        let (rest, _) = dot(rest).map_err(fail(Expected::Dot))?;
        let (rest, subject) = part_pattern(rest).map_err(fail(Expected::Subject))?;
        let (rest, _) = dot(rest).map_err(fail(Expected::Dot))?;
        let (rest, detail) = part_pattern(rest).map_err(fail(Expected::Detail))?;
        let (rest, hyphen) = opt(tag("-")).parse(rest).map_err(fail(Expected::End))?;
        let (rest, detail) = match hyphen {
            None => (rest, detail),
            Some(_) => {
                let (after, end) = strict_part(rest).map_err(fail(Expected::RangeEnd))?;
                if detail.0 != detail.1 || end < detail.0 {
                    return Err(ParseError::new(Expected::RangeEnd, at(rest)));
                }
                (after, (detail.0, end))
            }
        };
        if rest.is_empty() { Ok(Self { class, subject, detail }) } else { Err(ParseError::new(Expected::End, at(rest))) }
    }

    /// Whether `status` is one of the codes meant.
    #[must_use]
    pub const fn matches(&self, status: StatusCode) -> bool {
        let class = match self.class {
            None => true,
            Some(class) => class.number() == status.class.number(),
        };
        class
            && self.subject.0 <= status.subject
            && status.subject <= self.subject.1
            && self.detail.0 <= status.detail
            && status.detail <= self.detail.1
    }

    /// The class, or `None` for any.
    #[must_use]
    pub const fn class(&self) -> Option<Class> {
        self.class
    }

    /// The subjects meant.
    #[must_use]
    pub const fn subjects(&self) -> RangeInclusive<u16> {
        RangeInclusive::new(self.subject.0, self.subject.1)
    }

    /// The details meant.
    #[must_use]
    pub const fn details(&self) -> RangeInclusive<u16> {
        RangeInclusive::new(self.detail.0, self.detail.1)
    }
}

impl fmt::Display for StatusPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.class {
            Some(class) => write!(f, "{}.", class.number())?,
            None => f.write_str("x.")?,
        }
        display_part(f, self.subject)?;
        f.write_str(".")?;
        display_part(f, self.detail)
    }
}

fn display_part(f: &mut fmt::Formatter<'_>, (low, high): (u16, u16)) -> fmt::Result {
    match (low, high) {
        (0, MAX_PART) => f.write_str("x"),
        (low, high) if low == high => write!(f, "{low}"),
        (low, high) if low % 100 == 0 && low >= 100 && high == low + 99 => write!(f, "{}xx", low / 100),
        (low, high) => write!(f, "{low}-{high}"),
    }
}

impl core::str::FromStr for StatusPattern {
    type Err = ParseError;

    fn from_str(s: &str) -> Result<Self, ParseError> {
        Self::parse(s.as_bytes())
    }
}

fn rest_of<'a>(error: &nom::Err<nom::error::Error<&'a [u8]>>) -> &'a [u8] {
    match error {
        nom::Err::Error(e) | nom::Err::Failure(e) => e.input,
        nom::Err::Incomplete(_) => &[],
    }
}

fn reject<T>(input: &[u8]) -> IResult<&[u8], T> {
    Err(nom::Err::Error(nom::error::Error::new(input, nom::error::ErrorKind::Verify)))
}

fn dot(input: &[u8]) -> IResult<&[u8], &[u8]> {
    tag(".").parse(input)
}

/// `class = "2" / "4" / "5"`
fn class(input: &[u8]) -> IResult<&[u8], Class> {
    match input.split_first().and_then(|(digit, rest)| Some((rest, Class::from_digit(*digit)?))) {
        Some(found) => Ok(found),
        None => reject(input),
    }
}

fn any(input: &[u8]) -> IResult<&[u8], &[u8]> {
    take_while_m_n(1, 1, |b: u8| b.eq_ignore_ascii_case(&b'x')).parse(input)
}

fn class_or_any(input: &[u8]) -> IResult<&[u8], Option<Class>> {
    match any(input) {
        Ok((rest, _)) => Ok((rest, None)),
        Err(_) => class(input).map(|(rest, class)| (rest, Some(class))),
    }
}

/// `part = 1*3DIGIT`, whatever it begins with. A fourth digit is an error: a number is never cut.
fn lenient_part(input: &[u8]) -> IResult<&[u8], u16> {
    let (rest, digits) = take_while(|b: u8| b.is_ascii_digit()).parse(input)?;
    if digits.is_empty() || digits.len() > MAX_DIGITS {
        return reject(input);
    }
    Ok((rest, digits.iter().fold(0, |n, digit| n * 10 + u16::from(digit - b'0'))))
}

/// `part = "0" / (%x31-39 *2DIGIT)`: as above, without leading zeros.
fn strict_part(input: &[u8]) -> IResult<&[u8], u16> {
    let (rest, part) = lenient_part(input)?;
    let zero_led = input.len() - rest.len() > 1 && input.first() == Some(&b'0');
    if zero_led { reject(input) } else { Ok((rest, part)) }
}

/// `part-pattern = part / "x" / (%x31-39 "xx")`
fn part_pattern(input: &[u8]) -> IResult<&[u8], (u16, u16)> {
    if let Ok((rest, _)) = any(input) {
        return Ok((rest, (0, MAX_PART)));
    }
    if let [digit @ b'1'..=b'9', b'x' | b'X', b'x' | b'X', rest @ ..] = input {
        let low = u16::from(digit - b'0') * 100;
        return Ok((rest, (low, low + 99)));
    }
    strict_part(input).map(|(rest, part)| (rest, (part, part)))
}

#[cfg(feature = "serde")]
impl serde::Serialize for StatusCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn err(input: &str) -> String {
        StatusCode::parse(input.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn ok_strict() {
        for code in ["2.0.0", "4.4.7", "5.7.606", "5.999.999"] {
            assert_eq!(StatusCode::parse(code.as_bytes()).unwrap().to_string(), code);
        }
    }

    #[test]
    fn err_strict() {
        assert_eq!(err(""), "expected a class of 2, 4 or 5 at byte 0");
        assert_eq!(err("3.1.1"), "expected a class of 2, 4 or 5 at byte 0");
        assert_eq!(err("+5.1.1"), "expected a class of 2, 4 or 5 at byte 0");
        assert_eq!(err("5-1.1"), "expected a dot at byte 1");
        assert_eq!(err("5.+1.1"), "expected a subject of 0 to 999 without leading zeros at byte 2");
        assert_eq!(err("5.1.1000"), "expected a detail of 0 to 999 without leading zeros at byte 4");
        assert_eq!(err("5.1."), "expected a detail of 0 to 999 without leading zeros at byte 4");
        assert_eq!(err("5.1.1 "), "expected the end at byte 5");
    }

    #[test]
    fn ok_prefix() {
        let read = |s: &str| StatusCode::read_prefix(s.as_bytes()).map(|(c, n)| (c.to_string(), n));
        assert_eq!(read("5.1.1 x"), Some(("5.1.1".into(), 5)));
        assert_eq!(read("5.1.1. Next"), Some(("5.1.1".into(), 5)));
        assert_eq!(read("5.01.001\t"), Some(("5.1.1".into(), 8)));
        assert_eq!(read("5.1.1.1"), None);
        assert_eq!(read("5.1.1000"), None);
        assert_eq!(read("5.1.1b"), None);
    }

    #[test]
    fn ok_pattern() {
        for pattern in ["5.7.606", "5.7.606-649", "5.7.5xx", "x.7.1", "5.7.x", "x.x.x"] {
            assert_eq!(StatusPattern::parse(pattern.as_bytes()).unwrap().to_string(), pattern);
        }
        let all = StatusPattern::parse(b"5.7.0-999").unwrap();
        assert_eq!(all, StatusPattern::parse(b"5.7.x").unwrap());
    }

    #[test]
    fn err_pattern() {
        let err = |s: &str| StatusPattern::parse(s.as_bytes()).unwrap_err().to_string();
        assert_eq!(err("5.7.9-1"), "expected the end of a range, not below its start at byte 6");
        assert_eq!(err("y.7.1"), "expected a class of 2, 4 or 5 at byte 0");
        assert_eq!(err("5.7.0xx"), "expected the end at byte 5");
    }

    #[test]
    fn packed_sorts_like_the_code() {
        let code = |s: &str| StatusCode::parse(s.as_bytes()).unwrap();
        assert!(code("5.1.999").packed() < code("5.2.0").packed());
        assert!(code("4.999.999").packed() < code("5.0.0").packed());
    }
}
