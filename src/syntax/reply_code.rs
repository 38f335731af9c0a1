//! Three-digit reply codes, and the commands that they answer.

use core::fmt;

use crate::syntax::status::Class;

/// A three-digit reply code. The first digit is 2 to 5, the second 0 to 5 (RFC 5321, section 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct ReplyCode(u16);

impl ReplyCode {
    /// The code with this number, or `None` when no reply can carry it.
    #[must_use]
    pub const fn new(number: u16) -> Option<Self> {
        if number >= 200 && number < 600 && number / 10 % 10 <= 5 { Some(Self(number)) } else { None }
    }

    /// The code as a number, 200 to 559.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }

    /// How permanent it is; `None` for 3xx, which asks for more.
    #[must_use]
    pub const fn class(self) -> Option<Class> {
        match self.0 / 100 {
            2 => Some(Class::Success),
            4 => Some(Class::Transient),
            5 => Some(Class::Permanent),
            _ => None,
        }
    }

    /// The three digits as they stand in a reply.
    pub(crate) const fn digits(self) -> [u8; 3] {
        [b'0' + (self.0 / 100) as u8, b'0' + (self.0 / 10 % 10) as u8, b'0' + (self.0 % 10) as u8]
    }

    /// The code in the first three bytes, where the fourth is no digit.
    pub(crate) fn read_prefix(input: &[u8]) -> Option<Self> {
        let [a @ b'2'..=b'5', b @ b'0'..=b'5', c @ b'0'..=b'9', rest @ ..] = input else { return None };
        if rest.first().is_some_and(u8::is_ascii_digit) {
            return None;
        }
        Self::new(u16::from(a - b'0') * 100 + u16::from(b - b'0') * 10 + u16::from(c - b'0'))
    }
}

impl fmt::Display for ReplyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The point of an SMTP session at which a reply came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Stage {
    /// The greeting, in answer to the connection.
    Connect = 1,
    /// EHLO or HELO, STARTTLS and AUTH.
    Ehlo = 2,
    /// MAIL FROM: the envelope sender.
    Mail = 3,
    /// RCPT TO: one recipient.
    Rcpt = 4,
    /// DATA or BDAT, before the message.
    Data = 5,
    /// The message has been sent: the answer to the final dot.
    EndOfData = 6,
}

crate::names! { Stage {
    Connect => "connect", Ehlo => "ehlo", Mail => "mail", Rcpt => "rcpt", Data => "data", EndOfData => "end-of-data",
} }
