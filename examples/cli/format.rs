//! What a text is: a message, a mailbox or replies. All programs ask here.

use std::io::{self, BufRead, Read};

use clap::ValueEnum;
use nondelivery::Fields;

use super::mbox::is_envelope;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One message.
    Message,
    /// Many messages, each behind a line such as `From kim@example.com Mon Sep 14 08:15:31 2026`.
    Mbox,
    /// Replies, one a line.
    Replies,
}

/// How much is looked at to find the format.
const MAX_LOOKED_AT: usize = 64 << 10;

/// The beginning of an input, as far as it had to be read.
pub(crate) struct Beginning {
    pub(crate) text: Vec<u8>,
    pub(crate) format: Format,
}

impl Beginning {
    /// Reads no line more than it takes, so that whoever writes replies is answered at once. `lone_line` is what a text of one
    /// line or none is that could be the header of a message.
    pub(crate) fn read(input: &mut impl BufRead, lone_line: Format) -> io::Result<Self> {
        let mut guess = Guess::new(lone_line);
        let mut text = Vec::new();
        loop {
            let start = text.len();
            input.take((MAX_LOOKED_AT - start) as u64).read_until(b'\n', &mut text)?;
            if text.len() == start {
                return Ok(Self { text, format: guess.at_end() });
            }
            if let Some(format) = guess.take(&text[start..]) {
                return Ok(Self { text, format });
            }
        }
    }

    /// The byte that ends a line: CR where there is no other.
    pub(crate) fn line_end(&self) -> u8 {
        if !self.text.contains(&b'\n') && self.text.contains(&b'\r') { b'\r' } else { b'\n' }
    }
}

/// The format of a text that has been read already.
pub(crate) fn of(text: &[u8], lone_line: Format) -> Format {
    let mut guess = Guess::new(lone_line);
    let mut lines = text[..text.len().min(MAX_LOOKED_AT)].split_inclusive(|b| *b == b'\n');
    lines.find_map(|line| guess.take(line)).unwrap_or_else(|| guess.at_end())
}

/// Removes what some programs put before a message: a byte order mark and empty lines.
pub(crate) fn remove_preamble(message: &mut Vec<u8>) {
    let mut rest = message.strip_prefix(BYTE_ORDER_MARK).unwrap_or(message);
    while let [b'\r' | b'\n', behind @ ..] = rest {
        rest = behind;
    }
    message.drain(..message.len() - rest.len());
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Looks at one line after the other until it is clear what they are.
struct Guess {
    lone_line: Format,
    all_blank: bool,
    /// Whether there were fields, of whatever name.
    in_header: bool,
    /// Whether there was a field that messages have.
    like_message: bool,
}

impl Guess {
    fn new(lone_line: Format) -> Self {
        Self { lone_line, all_blank: true, in_header: false, like_message: false }
    }

    /// Takes what stands before the next LF. There may be CRs in it that end lines.
    fn take(&mut self, lines: &[u8]) -> Option<Format> {
        let lines = lines.strip_suffix(b"\n").unwrap_or(lines);
        let lines = lines.strip_suffix(b"\r").unwrap_or(lines);
        lines.split(|b| *b == b'\r').find_map(|line| self.line(line))
    }

    fn line(&mut self, line: &[u8]) -> Option<Format> {
        if self.like_message {
            return Some(Format::Message);
        }
        let line = if self.all_blank { line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line) } else { line };
        let is_blank = line.trim_ascii().is_empty();
        self.all_blank &= is_blank;
        if !self.in_header {
            if is_envelope(line) {
                return Some(Format::Mbox);
            }
            if is_blank || line.starts_with(b"From ") || line.starts_with(b">From ") {
                return None;
            }
        }
        match Fields::new(line).next() {
            Some(field) if is_of_messages(field.name) => {
                self.like_message = true;
                (self.lone_line == Format::Message).then_some(Format::Message)
            }
            Some(_) => {
                self.in_header = true;
                None
            }
            None if self.in_header && !is_blank && line[0].is_ascii_whitespace() => None,
            None => Some(Format::Replies),
        }
    }

    /// What it is when nothing comes any more.
    fn at_end(&self) -> Format {
        if self.like_message || self.all_blank { self.lone_line } else { Format::Replies }
    }
}

/// Whether messages have such a field. `smtp: 550 5.1.1 User unknown` looks like one, and is a reply.
fn is_of_messages(name: &[u8]) -> bool {
    let begins = |start: &[u8]| name.get(..start.len()).is_some_and(|name| name.eq_ignore_ascii_case(start));
    FIELDS.iter().any(|field| name.eq_ignore_ascii_case(field.as_bytes())) || begins(b"ARC-") || begins(b"Resent-")
}

const FIELDS: [&str; 28] = [
    "Return-Path",
    "Received",
    "Received-SPF",
    "Delivered-To",
    "Delivery-Date",
    "Envelope-To",
    "X-Original-To",
    "X-Failed-Recipients",
    "DKIM-Signature",
    "DomainKey-Signature",
    "Authentication-Results",
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Auto-Submitted",
    "Precedence",
    "List-Id",
    "X-Mailer",
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    /// The format of a file, however its bytes arrive.
    fn of_file(text: &[u8]) -> Format {
        let format = of(text, Format::Message);
        for capacity in [1, 3, 8192] {
            let mut input = BufReader::with_capacity(capacity, text);
            assert_eq!(Beginning::read(&mut input, Format::Message).unwrap().format, format);
        }
        format
    }

    #[test]
    fn ok_messages() {
        let texts = [
            "From: a@example.com\r\nSubject: x\r\n\r\ntext\r\n",
            "From: a@example.com\rSubject: x\r\rtext\r",
            "\u{feff}Return-Path: <>\nSubject: x\n\ntext\n",
            "\n\r\nSubject: x\n\ntext\n",
            "X_Spam: no\nX-Other: a\n folded\nSubject: x\n\ntext\n",
            "Return-Path : <>\n\ntext\n",
            ">From kim@example.com Mon Sep 14 08:15:31 2026\nSubject: x\n\ntext\n",
            "From kim@example.com\nSubject: x\n\ntext\n",
            "From: a@example.com\n",
            "ARC-Seal: i=1\n\ntext\n",
        ];
        for text in texts {
            assert_eq!(of_file(text.as_bytes()), Format::Message, "{text:?}");
        }
        let long = format!("X-Long: {}\nSubject: x\n\ntext\n", "a".repeat(20_000));
        assert_eq!(of_file(long.as_bytes()), Format::Message);
    }

    #[test]
    fn ok_mailboxes() {
        for text in ["From - Mon Sep 14 08:15:31 2026\nSubject: x\n", "\u{feff}\n\nFrom a@b Mon Sep 14 08:15 2026\n"] {
            assert_eq!(of_file(text.as_bytes()), Format::Mbox, "{text:?}");
        }
    }

    #[test]
    fn ok_replies() {
        let texts = [
            "550 5.1.1 User unknown\n",
            "smtp: 550 5.1.1 User unknown\nsmtp: 452 4.2.2 over quota\n",
            "Error: 550 5.1.1 User unknown\n452 4.2.2 over quota\nSubject: x\n",
            "From address rejected: 550 5.1.8\n452 4.2.2 over quota\n",
            "From the mail system: 550 no\n",
            "SMTP: 550 5.1.1 User unknown\n\nSMTP: 452 4.2.2 over quota\n",
            "Remote host said: 550 no\n",
        ];
        for text in texts {
            assert_eq!(of_file(text.as_bytes()), Format::Replies, "{text:?}");
            assert_eq!(of(text.as_bytes(), Format::Replies), Format::Replies, "{text:?}");
        }
        let endless = "x: y\n".repeat(MAX_LOOKED_AT);
        assert_eq!(of_file(endless.as_bytes()), Format::Replies);
    }

    #[test]
    fn ok_a_lone_line_is_what_the_caller_says() {
        for text in ["", "\n", "Subject: 550 no", "Subject: 550 no\n"] {
            assert_eq!(of(text.as_bytes(), Format::Replies), Format::Replies, "{text:?}");
            assert_eq!(of(text.as_bytes(), Format::Message), Format::Message, "{text:?}");
        }
        assert_eq!(of(b"Subject: x\nTo: a@example.com", Format::Replies), Format::Message);
    }

    #[test]
    fn ok_no_line_is_read_that_need_not_be() {
        let mut input = BufReader::with_capacity(4, &b"550 5.1.1 no\n452 full\n"[..]);
        let beginning = Beginning::read(&mut input, Format::Replies).unwrap();
        assert_eq!(beginning.text, b"550 5.1.1 no\n");
    }

    #[test]
    fn ok_line_end() {
        let end = |text: &[u8]| Beginning { text: text.to_vec(), format: Format::Mbox }.line_end();
        assert_eq!([end(b"a\rb\r"), end(b"a\r\nb"), end(b"a\nb"), end(b"a")], [b'\r', b'\n', b'\n', b'\n']);
    }

    #[test]
    fn ok_remove_preamble() {
        let removed = |text: &str| {
            let mut message = text.as_bytes().to_vec();
            remove_preamble(&mut message);
            String::from_utf8(message).unwrap()
        };
        assert_eq!(removed("\u{feff}\r\n\nA: b\n\n"), "A: b\n\n");
        assert_eq!(removed(" \nA: b"), " \nA: b");
        assert_eq!(removed("\n"), "");
    }
}
