//! When to try again, as far as a reply says so. The words are in `data/times.toml`.

use crate::catalog::{AFTER, ASKS, ASKS_BEHIND, GREYLISTS, LASTS, OTHERWISE, TimeWord, number_of, time_letters, time_word};
use crate::syntax::words::{Kind, Word, Words};

/// Hints below a second or above a week are not believed.
const PLAUSIBLE: core::ops::RangeInclusive<u32> = 1..=7 * 86_400;

/// How many words before a time are looked at to see what it is about.
const LOOK_BACK: usize = 6;

/// How many words behind a time are looked at for one that asks.
const LOOK_AHEAD: usize = 2;

/// How many bytes before a word are looked at to see whether it is part of a link.
const MAX_LINK: usize = 128;

/// The seconds after which `text` asks to try again: `try again in 5 minutes`, `greylisted for 300s`, `come back in 00:05:00`,
/// `retry-after: 60`. Of several the longest counts; a time that an asking word stands before wins over one without. What tells
/// the age of a message, a limit or a size is no hint.
pub(super) fn retry_after(text: &[u8], code: Option<[u8; 3]>) -> Option<u32> {
    let mut reader = Reader { before: [0; LOOK_BACK], asked: None, waited: None, greylisted: false };
    let mut words = TimedWords(Words::new(text, code)).peekable();
    while let Some(word) = words.next() {
        if let Some((seconds, end)) = time_at(text, &word, &mut words).filter(|_| !is_in_link(text, word.word.start)) {
            let seconds = add_smaller_units(text, seconds, end, &mut words);
            let asked_behind = words.clone().take(LOOK_AHEAD).any(|next| next.roles() & ASKS_BEHIND != 0);
            reader.take(seconds, asked_behind);
        }
        reader.push(word.roles());
    }
    reader.asked.or(reader.waited).filter(|seconds| PLAUSIBLE.contains(seconds))
}

/// Whether the words of a reply have a time among them, and one that makes a hint of it, told word by word at little cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimeSense {
    behind_number: bool,
    time: bool,
    /// What the words so far do to times.
    roles: u8,
}

impl TimeSense {
    pub(super) const fn new() -> Self {
        Self { behind_number: false, time: false, roles: 0 }
    }

    /// Takes the next word and its number: `rest` begins with it.
    #[inline]
    pub(super) fn feel(&mut self, rest: &[u8], word: &Word, number: u16) {
        let digit = rest[0].is_ascii_digit();
        let time = time_word(number);
        // Most words are neither.
        if !digit && !self.behind_number && time.is_none() {
            return;
        }
        let time = time.copied().unwrap_or(TimeWord::NONE);
        let glued = digit && (word.kind == Kind::Plain || rest.get(word.end - word.start) == Some(&b':'));
        let unit = self.behind_number && (time.unit > 0 || rest[0] >= 0x80);
        self.time |= glued || unit;
        self.roles |= time.roles;
        self.behind_number = digit || time.number > 0;
    }

    /// Whether there can be a hint. A bare number is seconds behind `retry-after`.
    pub(super) const fn may_hint(self) -> bool {
        const ASKS_FOR_TIME: u8 = ASKS | GREYLISTS | ASKS_BEHIND | LASTS;
        (self.time && self.roles & ASKS_FOR_TIME != 0) || self.roles & AFTER != 0
    }
}

/// A word, and what it means where a time is told.
#[derive(Clone, Copy)]
struct Timed {
    word: Word,
    time: Option<&'static TimeWord>,
}

impl Timed {
    fn roles(&self) -> u8 {
        self.time.map_or(0, |time| time.roles)
    }

    /// Seconds, when the word is a unit.
    fn unit(&self) -> Option<u32> {
        self.time.map(|time| time.unit).filter(|unit| *unit > 0)
    }

    /// The value, when the word is a number in letters.
    fn number(&self) -> Option<u32> {
        self.time.map(|time| time.number).filter(|number| *number > 0)
    }
}

#[derive(Clone)]
struct TimedWords<'a>(Words<'a>);

impl Iterator for TimedWords<'_> {
    type Item = Timed;

    fn next(&mut self) -> Option<Timed> {
        let word = self.0.next()?;
        Some(Timed { word, time: time_word(number_of(&word)) })
    }
}

type Peekable<'a> = core::iter::Peekable<TimedWords<'a>>;

/// What was read so far.
struct Reader {
    /// What the last words do to a time, the latest last.
    before: [u8; LOOK_BACK],
    /// The time that the reply asks to wait.
    asked: Option<u32>,
    /// The time that it says something lasts.
    waited: Option<u32>,
    greylisted: bool,
}

impl Reader {
    fn push(&mut self, roles: u8) {
        self.before.rotate_left(1);
        self.before[LOOK_BACK - 1] = roles;
        self.greylisted |= roles & GREYLISTS != 0;
    }

    fn take(&mut self, seconds: u32, asked_behind: bool) {
        let last = |role: u8| self.before.iter().rposition(|roles| roles & role != 0);
        let (asked, otherwise) = (last(ASKS | GREYLISTS), last(OTHERWISE));
        if asked_behind || (asked.is_some() && asked >= otherwise) {
            self.asked = self.asked.max(Some(seconds));
        } else if otherwise.is_none() && (self.greylisted || last(LASTS).is_some()) {
            self.waited = self.waited.max(Some(seconds));
        }
    }
}

/// The seconds of a time that begins with a word, and where it ends: a number and its unit, glued together or apart, or a clock.
fn time_at(text: &[u8], first: &Timed, rest: &mut Peekable<'_>) -> Option<(u32, usize)> {
    let word = &first.word;
    if let Some(number) = first.number() {
        let unit = rest.peek().and_then(Timed::unit)?;
        return Some((number.saturating_mul(unit), rest.next()?.word.end));
    }
    if !text[word.start].is_ascii_digit() {
        return None;
    }
    if let Some((seconds, length)) = clock(&text[word.start..]) {
        while rest.next_if(|next| next.word.start < word.start + length).is_some() {}
        return Some((seconds, word.start + length));
    }
    if word.kind == Kind::Plain {
        return glued_at(text, word, rest);
    }
    let number = number(&text[word.start..word.end])?;
    if let Some(unit) = rest.peek().and_then(Timed::unit) {
        return Some((seconds(number, unit), rest.next()?.word.end));
    }
    follows_retry_after(&text[..word.start]).then(|| (seconds(number, 1), word.end))
}

/// `5min`, `31.4s` at a word that begins with digits.
fn glued_at(text: &[u8], word: &Word, rest: &mut Peekable<'_>) -> Option<(u32, usize)> {
    let fraction = rest.peek().map(|next| next.word).filter(|next| next.start == word.end + 1 && text[word.end] == b'.');
    if let Some(next) = fraction
        && let Some(seconds) = glued(&text[word.start..next.end])
    {
        rest.next();
        return Some((seconds, next.end));
    }
    glued(&text[word.start..word.end]).map(|seconds| (seconds, word.end))
}

/// Whether a bare number behind `before` is seconds.
fn follows_retry_after(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    let before = before.strip_suffix(b":").unwrap_or(before);
    [&b"retry-after"[..], b"retry after"]
        .iter()
        .any(|w| before.len() >= w.len() && before[before.len() - w.len()..].eq_ignore_ascii_case(w))
}

/// Whether a link goes on at `start`: a time in it asks for nothing.
fn is_in_link(text: &[u8], start: usize) -> bool {
    let begin = text[..start].iter().rev().take(MAX_LINK).take_while(|b| !b.is_ascii_whitespace()).count();
    memchr::memmem::find(&text[start - begin..start], b"://").is_some()
}

/// `1 hour 30 minutes`: adds the times that follow directly.
fn add_smaller_units(text: &[u8], mut total: u32, mut end: usize, rest: &mut Peekable<'_>) -> u32 {
    while let Some(next) = rest.peek().copied() {
        let between = text[end..next.word.start].iter().all(|b| b.is_ascii_whitespace() || *b == b',');
        if !between || next.word.kind != Kind::Number {
            break;
        }
        let mut ahead = rest.clone();
        ahead.next();
        let Some((seconds, after)) = time_at(text, &next, &mut ahead) else { break };
        *rest = ahead;
        total = total.saturating_add(seconds);
        end = after;
    }
    total
}

/// A number in tenths, so that `31.4` keeps its fraction; at most six digits before the dot.
fn number(word: &[u8]) -> Option<u32> {
    let mut fields = word.split(|b| *b == b'.');
    let whole = fields.next().filter(|w| (1..=6).contains(&w.len()))?;
    let fraction = fields.next().unwrap_or(b"0");
    let tenth = fraction.first().filter(|_| fraction.iter().all(u8::is_ascii_digit)).map(|digit| u32::from(digit - b'0'))?;
    let digits = whole.iter().all(u8::is_ascii_digit) && fields.next().is_none();
    digits.then(|| whole.iter().fold(0, |n, digit| n * 10 + u32::from(digit - b'0')) * 10 + tenth)
}

fn seconds(tenths: u32, unit: u32) -> u32 {
    u32::try_from(u64::from(tenths) * u64::from(unit) / 10).unwrap_or(u32::MAX)
}

/// `300s`, `5min`, `1h30m`.
fn glued(word: &[u8]) -> Option<u32> {
    let mut total = 0u32;
    let mut rest = word;
    while !rest.is_empty() {
        let digits = rest.iter().take_while(|b| b.is_ascii_digit() || **b == b'.').count();
        let letters = rest[digits..].iter().take_while(|b| !b.is_ascii_digit()).count();
        let number = number(&rest[..digits])?;
        let unit = time_letters(&rest[digits..digits + letters]).map(|time| time.unit).filter(|unit| *unit > 0)?;
        total = total.saturating_add(seconds(number, unit));
        rest = &rest[digits + letters..];
    }
    (total > 0).then_some(total)
}

/// `HH:MM:SS`, and its length.
fn clock(text: &[u8]) -> Option<(u32, usize)> {
    let [a, b, b':', c, d, b':', e, f, ..] = text else { return None };
    let digits = [a, b, c, d, e, f].map(|digit| char::from(*digit).to_digit(10));
    let [Some(a), Some(b), Some(c), Some(d), Some(e), Some(f)] = digits else { return None };
    let ends = text.get(8).is_none_or(|next| !next.is_ascii_alphanumeric() && *next != b':');
    ends.then_some(((a * 10 + b) * 3600 + (c * 10 + d) * 60 + e * 10 + f, 8))
}

#[cfg(test)]
mod tests {
    fn hint(text: &str) -> Option<u32> {
        super::retry_after(text.as_bytes(), Some(*b"450"))
    }

    #[test]
    fn ok_hints() {
        assert_eq!(hint("450 4.7.1 Greylisted, please try again in 300 seconds"), Some(300));
        assert_eq!(hint("Greylisting in action, please come back in 00:05:00"), Some(300));
        assert_eq!(hint("greylisted for 5 minutes"), Some(300));
        assert_eq!(hint("retry-after: 60"), Some(60));
        assert_eq!(hint("please retry in 1 hour 30 minutes"), Some(5400));
        assert_eq!(hint("try again in 1h30m"), Some(5400));
        assert_eq!(hint("wait 31.44s before you retry"), Some(31));
        assert_eq!(hint("try again in an hour"), Some(3600));
        assert_eq!(hint("your address is blocked for 10 mins"), Some(600));
        assert_eq!(hint("versuchen Sie es in 5 Minuten erneut, erneut in 10 Minuten"), Some(600));
        assert_eq!(hint("versuchen Sie es in 5 Minuten noch einmal"), Some(300));
        assert_eq!(hint("probeer het over 5 minuten opnieuw"), Some(300));
        assert_eq!(hint("请5分钟后重试"), Some(300));
    }

    #[test]
    fn ok_no_hints() {
        for text in [
            "could not be delivered for 5 days",
            "message has been delayed for 4 hours",
            "will be retried for 3 more days",
            "max 25 connections, 50 letters per 15 minutes",
            "try again in reply to RCPT TO",
            "sitting idle for 300 seconds",
            "try again in 0 seconds",
            "wait 900 days",
            "Greylisted, see https://example.org/wait?after=5minutes",
            "inactive for more than 3 months",
        ] {
            assert_eq!(hint(text), None, "{text}");
        }
    }
}
