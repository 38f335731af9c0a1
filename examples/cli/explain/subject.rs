//! What a person asks about.

use std::fmt;

use crate::cli::format::{self, Format};
use nondelivery::{Evidence, ParseError, Reply, ReplyCode, StatusCode, classify};

/// What an argument is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// An enhanced status code without words.
    Status(StatusCode),
    /// A three-digit code without words.
    ReplyCode(ReplyCode),
    /// Anything else: a reply, a line of a log, a Diagnostic-Code.
    Reply(Vec<u8>),
    /// A whole message, header first; one of a mailbox has a number.
    Message { text: Vec<u8>, number: Option<usize> },
}

/// Why an argument is nothing that could be explained.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// There is no text.
    Empty,
    /// Three digits that no reply begins with.
    ReplyCode,
    /// Numbers and dots that are no status code.
    Status(ParseError),
    /// A word that says nothing about mail.
    Word,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there is nothing to explain: give a status code, a reply code or a reply"),
            Self::ReplyCode => f.write_str("no reply code: the first digit is 2 to 5, the second 0 to 5"),
            Self::Status(e) => write!(f, "no status code such as 5.1.1: {e}"),
            Self::Word => f.write_str("neither a code nor a known word; a reply of several words has to be in quotes"),
        }
    }
}

impl Subject {
    /// Decides what an argument, or the text from standard input, is. Whatever else can be explained gets its case here.
    pub(crate) fn of(argument: &[u8]) -> Result<Self, Wrong> {
        let text = argument.trim_ascii();
        if text.is_empty() {
            return Err(Wrong::Empty);
        }
        if format::of(argument, Format::Replies) != Format::Replies {
            return Ok(Self::Message { text: argument.to_vec(), number: None });
        }
        if text.len() == 3 && text.iter().all(u8::is_ascii_digit) {
            return reply_code(text).map(Self::ReplyCode).ok_or(Wrong::ReplyCode);
        }
        match StatusCode::parse(text) {
            Ok(status) => Ok(Self::Status(status)),
            Err(e) if looks_like_code(text) => Err(Wrong::Status(e)),
            Err(_) if says_nothing(text) => Err(Wrong::Word),
            Err(_) => Ok(Self::Reply(text.to_vec())),
        }
    }
}

fn reply_code(digits: &[u8]) -> Option<ReplyCode> {
    std::str::from_utf8(digits).ok()?.parse().ok().and_then(ReplyCode::new)
}

/// Whether this was meant as a code and is none: `5.7`, `5.7.6066`, `x.7.1`, `5.7.606-649`; `550-5.1.1` has codes.
fn looks_like_code(text: &[u8]) -> bool {
    let reply = Reply::find(text);
    let has_code = reply.code().is_some() || reply.status().is_some();
    !has_code && text.iter().all(|b| b.is_ascii_digit() || b".-xX".contains(b))
}

/// Whether this is one word, and unknown. Several unknown words are a reply that has to be looked into.
fn says_nothing(text: &[u8]) -> bool {
    !text.iter().any(u8::is_ascii_whitespace) && classify(text).evidence == Evidence::None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(argument: &str) -> Result<Subject, Wrong> {
        Subject::of(argument.as_bytes())
    }

    #[test]
    fn ok_subjects() {
        assert_eq!(of("5.7.606"), Ok(Subject::Status("5.7.606".parse().unwrap())));
        assert_eq!(of(" 550\n"), Ok(Subject::ReplyCode(ReplyCode::new(550).unwrap())));
        for reply in ["550 5.1.1", "550-5.1.1", "#5.1.1", "user unknown", "what is this", "[550]", "greylisted"] {
            assert_eq!(of(reply), Ok(Subject::Reply(reply.into())));
        }
    }

    #[test]
    fn ok_messages() {
        for text in ["From: a@example.com\nSubject: x\n\ntext", "X_Spam: no\nSubject: x\n\ntext"] {
            assert_eq!(of(text), Ok(Subject::Message { text: text.into(), number: None }));
        }
        assert_eq!(of("smtp: 550 no\n\nsmtp: 452 full"), Ok(Subject::Reply("smtp: 550 no\n\nsmtp: 452 full".into())));
    }

    #[test]
    fn err_subjects() {
        assert_eq!(of(" \r\n"), Err(Wrong::Empty));
        for code in ["999", "199", "560"] {
            assert_eq!(of(code), Err(Wrong::ReplyCode), "{code}");
        }
        assert_eq!(of("hello"), Err(Wrong::Word));
        for code in ["5.7", "5.7.6066", "3.1.1", "x.7.1", "5.7.x", "192.0.2.1", "5", "12345"] {
            assert!(matches!(of(code), Err(Wrong::Status(_))), "{code}");
        }
    }
}
