//! Mailboxes: many messages in one file, each behind a line with its sender and the time of its arrival (RFC 4155).

use std::io::{self, BufRead};

use super::bounded::{Bounded, read_line};
use super::format::remove_preamble;
use super::messages::MAX_MESSAGE;

/// A line before a message is never longer.
const MAX_ENVELOPE: usize = 1 << 10;

/// Iterates over the messages of a mailbox, one in memory at a time. Behind an error comes nothing.
pub(crate) struct Mbox<R> {
    input: R,
    line_end: u8,
    max_message: usize,
    /// The line before the next message.
    envelope: Vec<u8>,
    ended: bool,
}

impl<R: BufRead> Mbox<R> {
    pub(crate) fn new(input: R, line_end: u8) -> Self {
        Self { input, line_end, max_message: MAX_MESSAGE, envelope: Vec::new(), ended: false }
    }

    /// The lines up to the next message, or to the end.
    fn read_message(&mut self) -> io::Result<Bounded> {
        let mut message = Bounded { bytes: std::mem::take(&mut self.envelope), is_cut: false };
        let mut blank_before = true;
        loop {
            let room = self.max_message.saturating_sub(message.bytes.len());
            let Some(mut line) = read_line(&mut self.input, self.line_end, room.max(MAX_ENVELOPE))? else {
                self.ended = true;
                return Ok(message);
            };
            let parts = if blank_before { is_envelope(&line.bytes) } else { is_exact_envelope(&line.bytes) };
            line.bytes.push(self.line_end);
            if parts && !message.bytes.is_empty() {
                self.envelope = line.bytes;
                return Ok(message);
            }
            blank_before = line.bytes.trim_ascii().is_empty();
            let line_bytes = unquoted(&line.bytes);
            let kept = line_bytes.len().min(room);
            message.bytes.extend_from_slice(&line_bytes[..kept]);
            message.is_cut |= line.is_cut || kept < line_bytes.len();
            if message.bytes.len() <= MAX_ENVELOPE {
                remove_preamble(&mut message.bytes);
            }
        }
    }
}

impl<R: BufRead> Iterator for Mbox<R> {
    type Item = io::Result<Bounded>;

    fn next(&mut self) -> Option<io::Result<Bounded>> {
        if self.ended {
            return None;
        }
        let message = self.read_message();
        self.ended |= message.is_err();
        match message {
            Ok(message) if message.bytes.is_empty() => None,
            message => Some(message),
        }
    }
}

/// `>From ` at the start of a line was `From ` before it came into the mailbox.
fn unquoted(line: &[u8]) -> &[u8] {
    let quotes = line.iter().take_while(|b| **b == b'>').count();
    if quotes > 0 && line[quotes..].starts_with(b"From ") { &line[1..] } else { line }
}

/// Whether a line can stand before a message: `From kim@example.com Mon Sep 14 08:15:31 2026`. Texts have lines that begin with
/// `From ` too, but hardly with a time and a year behind it.
pub(crate) fn is_envelope(line: &[u8]) -> bool {
    words(line).any(is_time) && words(line).any(is_year)
}

/// The same of a line without an empty one before it: its date has to be exactly as `asctime` writes it, but that a zone may stand
/// around the year.
fn is_exact_envelope(line: &[u8]) -> bool {
    let words: Vec<&[u8]> = words(line).collect();
    words.windows(5).take(2).any(|date| {
        let [day, month, number, time, _] = date else { return false };
        is_one_of(day, "Mon Tue Wed Thu Fri Sat Sun")
            && is_one_of(month, "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")
            && (1..=2).contains(&number.len())
            && number.iter().all(u8::is_ascii_digit)
            && is_time(time)
            && words.iter().rev().take(2).any(|word| is_year(word))
    })
}

/// The words behind `From `; none of another line.
fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let words = line.strip_prefix(b"From ").unwrap_or_default().split(u8::is_ascii_whitespace);
    words.filter(|word| !word.is_empty())
}

/// `8:15`, `08:15:31`.
fn is_time(word: &[u8]) -> bool {
    let parts = word.split(|b| *b == b':');
    (2..=3).contains(&parts.clone().count())
        && parts.into_iter().all(|part| (1..=2).contains(&part.len()) && part.iter().all(u8::is_ascii_digit))
}

fn is_year(word: &[u8]) -> bool {
    word.len() == 4 && word.iter().all(u8::is_ascii_digit)
}

fn is_one_of(word: &[u8], names: &str) -> bool {
    names.split(' ').any(|name| name.as_bytes() == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufReader, Read};

    const ENVELOPE: &str = "From kim@example.com Mon Sep 14 08:15:31 2026\n";

    fn messages(mailbox: &str) -> Vec<String> {
        let mailbox = Mbox::new(mailbox.as_bytes(), b'\n');
        mailbox.map(|message| String::from_utf8(message.unwrap().bytes).unwrap()).collect()
    }

    #[test]
    fn ok_envelopes() {
        let exact = [
            "From kim@example.com Mon Sep 14 08:15:31 2026",
            "From - Mon Sep  4 08:15:31 2026",
            "From MAILER-DAEMON Mon Sep 14 08:15:31 +0200 2026",
            "From MAILER-DAEMON Mon Sep 14 08:15:31 2026 +0200",
        ];
        for line in exact {
            assert!(is_envelope(line.as_bytes()) && is_exact_envelope(line.as_bytes()), "{line}");
        }
        assert!(is_envelope(b"From kim@example.com Mon, 14 Sep 2026 08:15"));
        for line in ["From the mail system at example.com:", "From 2026 on", "From here at 10:30", ">From a 08:15 2026", "From "]
        {
            assert!(!is_envelope(line.as_bytes()) && !is_exact_envelope(line.as_bytes()), "{line}");
        }
        assert!(!is_exact_envelope(b"From my notes at 10:30 in 2026"));
    }

    #[test]
    fn ok_messages() {
        let mailbox = format!("\n\n{ENVELOPE}A: b\n\nFrom the start:\n\nx\n{ENVELOPE}C: d\n\n>From me\n>>From you\n\n{ENVELOPE}");
        let expected = [
            format!("{ENVELOPE}A: b\n\nFrom the start:\n\nx\n"),
            format!("{ENVELOPE}C: d\n\nFrom me\n>From you\n\n"),
            ENVELOPE.to_owned(),
        ];
        assert_eq!(messages(&mailbox), expected);
        assert_eq!(messages("A: b\n\nx"), ["A: b\n\nx\n"]);
        assert!(messages("\n\n").is_empty() && messages("").is_empty());
    }

    #[test]
    fn ok_carriage_returns() {
        let mailbox = format!("{ENVELOPE}A: b\n\nx\n\n{ENVELOPE}C: d\n").replace('\n', "\r");
        assert_eq!(Mbox::new(mailbox.as_bytes(), b'\r').count(), 2);
    }

    #[test]
    fn ok_long_messages_are_cut() {
        let mailbox = format!("{ENVELOPE}A: b\n\n{}\n{}\n\n{ENVELOPE}C: d\n", "x".repeat(900), "y".repeat(2000));
        for max_message in [60, 500, 1500] {
            let mailbox = Mbox { max_message, ..Mbox::new(mailbox.as_bytes(), b'\n') };
            let lengths: Vec<_> = mailbox.map(|m| m.unwrap()).map(|m| (m.bytes.len(), m.is_cut)).collect();
            assert_eq!(lengths, [(max_message, true), (ENVELOPE.len() + 5, false)]);
        }
    }

    #[test]
    fn err_nothing_comes_behind_an_error() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("broken"))
            }
        }
        let text = format!("{ENVELOPE}A: b\n\n{ENVELOPE}C: d\n");
        let mailbox = Mbox::new(BufReader::new(text.as_bytes().chain(Broken)), b'\n');
        let read: Vec<_> = mailbox.take(9).map(|message| message.is_ok()).collect();
        assert_eq!(read, [true, false]);
    }
}
