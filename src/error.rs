//! What a parser expected, and where.

use core::fmt;

/// Input that does not follow the grammar: what was expected, and at which byte.
///
/// ```
/// use nondelivery::{Expected, StatusCode};
///
/// let error = StatusCode::parse(b"5.7.01").unwrap_err();
/// assert_eq!(error.expected(), Expected::Detail);
/// assert_eq!(error.at(), 4);
/// assert_eq!(error.to_string(), "expected a detail of 0 to 999 without leading zeros at byte 4");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected} at byte {at}")]
pub struct ParseError {
    pub(crate) expected: Expected,
    pub(crate) at: usize,
}

impl ParseError {
    pub(crate) const fn new(expected: Expected, at: usize) -> Self {
        Self { expected, at }
    }

    /// What would have been right at [`at`](Self::at).
    #[must_use]
    pub const fn expected(&self) -> Expected {
        self.expected
    }

    /// The offset in bytes, into the slice that was given to the parser, of the first byte that does not fit.
    /// It equals the length of the slice when the input ended too soon.
    #[must_use]
    pub const fn at(&self) -> usize {
        self.at
    }
}

/// The element of a grammar that was missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Expected {
    /// The class of a status code: `2`, `4` or `5`; in a pattern also `x`.
    Class,
    /// The dot between two parts of a status code.
    Dot,
    /// The subject of a status code: 0 to 999, without leading zeros.
    Subject,
    /// The detail of a status code: 0 to 999, without leading zeros.
    Detail,
    /// The upper end of a range of details, not below the lower one.
    RangeEnd,
    /// Nothing more: the value was complete.
    End,
    /// A reply code of three digits, 200 to 559.
    ReplyCode,
    /// The code of the lines before: all lines of a reply carry the same one.
    SameReplyCode,
    /// A hyphen, a space or the end of the line behind the reply code.
    Separator,
    /// A carriage return and a line feed.
    LineEnd,
    /// A tab or a printable character of ASCII.
    Text,
    /// Two hexadecimal digits.
    HexDigits,
    /// A character that this encoding may carry unencoded.
    Unencoded,
    /// A type before a semicolon, as in `rfc822; user@example.com`.
    ValueType,
    /// The semicolon between type and value.
    Semicolon,
    /// A date-time of RFC 5322.
    DateTime,
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Class => "a class of 2, 4 or 5",
            Self::Dot => "a dot",
            Self::Subject => "a subject of 0 to 999 without leading zeros",
            Self::Detail => "a detail of 0 to 999 without leading zeros",
            Self::RangeEnd => "the end of a range, not below its start",
            Self::End => "the end",
            Self::ReplyCode => "a reply code of three digits from 200 to 559",
            Self::SameReplyCode => "the reply code of the first line",
            Self::Separator => "a hyphen, a space or the end of the line",
            Self::LineEnd => "a line end (CR LF)",
            Self::Text => "a tab or a printable ASCII character",
            Self::HexDigits => "two hexadecimal digits",
            Self::Unencoded => "a character that needs no encoding",
            Self::ValueType => "a type before a semicolon",
            Self::Semicolon => "a semicolon",
            Self::DateTime => "a date and time",
        })
    }
}
