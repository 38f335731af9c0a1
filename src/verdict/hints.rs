//! When to try again, as far as a reply says so.

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
    let mut reader = Reader { text, before: [&[]; LOOK_BACK], count: 0, asked: None, waited: None, greylisted: false };
    let mut words = Words::new(text, code).peekable();
    while let Some(word) = words.next() {
        if let Some((seconds, end)) = time_at(text, &word, &mut words).filter(|_| !is_in_link(text, word.start)) {
            let seconds = add_smaller_units(text, seconds, end, &mut words);
            let asked_behind = words.clone().take(LOOK_AHEAD).any(|next| is_one_of(&text[next.start..next.end], &ASKING_BEHIND));
            reader.take(seconds, asked_behind);
        }
        reader.push(&text[word.start..word.end]);
    }
    reader.asked.or(reader.waited).filter(|seconds| PLAUSIBLE.contains(seconds))
}

/// Whether the words of a reply have a time among them, told word by word at little cost: when they have none, there is no hint.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TimeSense {
    pub(super) behind_number: bool,
    pub(super) sensed: bool,
}

impl TimeSense {
    /// Takes the next word: `rest` begins with it.
    pub(super) fn feel(&mut self, rest: &[u8], length: usize, kind: Kind) {
        let word = &rest[..length];
        let number = match word[0] {
            b'0'..=b'9' => {
                self.sensed |= kind == Kind::Plain || rest.get(length) == Some(&b':');
                true
            }
            first => {
                length <= MAX_NUMBER_WORD
                    && matches!(first | 0x20, b'a' | b'o' | b't' | b'f' | b's')
                    && number_word(word).is_some()
            }
        };
        self.sensed |= self.behind_number && (unit(word).is_some() || word[0] >= 0x80);
        // A bare number is seconds behind `retry-after`.
        self.sensed |= length == 5 && word.eq_ignore_ascii_case(b"after");
        self.behind_number = number;
    }
}

/// The longest number in letters: `fifteen`.
const MAX_NUMBER_WORD: usize = 7;

type Peekable<'a> = core::iter::Peekable<Words<'a>>;

/// What was read so far.
struct Reader<'a> {
    text: &'a [u8],
    /// The last words, the latest last.
    before: [&'a [u8]; LOOK_BACK],
    count: usize,
    /// The time that the reply asks to wait.
    asked: Option<u32>,
    /// The time that it says something lasts.
    waited: Option<u32>,
    greylisted: bool,
}

/// Words that ask to come again.
const ASKING: [&[u8]; 31] = [
    b"again",
    b"retry",
    b"retrying",
    b"back",
    b"wait",
    b"waiting",
    b"later",
    b"reconnect",
    b"resend",
    b"greylisted",
    b"graylisted",
    b"greylisting",
    b"graylisting",
    b"greylist",
    b"graylist",
    b"erneut",
    b"dans",
    "réessayez".as_bytes(),
    "réessayer".as_bytes(),
    b"intente",
    b"intentar",
    b"nuevo",
    b"novamente",
    b"tente",
    b"riprovare",
    b"riprova",
    b"opnieuw",
    b"ponownie",
    b"za",
    "через".as_bytes(),
    "повторите".as_bytes(),
];

/// Words that ask to come again and stand behind the time: `in 5 Minuten erneut`.
const ASKING_BEHIND: [&[u8]; 7] = [b"erneut", b"einmal", b"nochmals", b"wieder", b"opnieuw", b"nogmaals", b"ponownie"];

/// Words that say that something lasts for a time.
const LASTING: [&[u8]; 12] = [
    b"blocked",
    b"banned",
    b"delayed",
    b"deferred",
    b"expires",
    b"expire",
    b"removed",
    b"unblock",
    b"unblocked",
    b"suspended",
    b"restricted",
    b"throttled",
];

/// Words that make a time the age of a message, a limit or an idle time.
const OTHERWISE: [&[u8]; 27] = [
    b"deliver",
    b"delivered",
    b"delivery",
    b"undelivered",
    b"undeliverable",
    b"queued",
    b"queue",
    b"idle",
    b"inactive",
    b"unused",
    b"been",
    b"attempts",
    b"unable",
    b"retried",
    b"continue",
    b"max",
    b"maximum",
    b"older",
    b"than",
    b"limit",
    b"exceeded",
    b"letters",
    b"per",
    b"every",
    b"timeout",
    b"last",
    b"reply",
];

fn is_one_of(word: &[u8], words: &[&[u8]]) -> bool {
    words.iter().any(|known| word.eq_ignore_ascii_case(known))
}

impl<'a> Reader<'a> {
    fn push(&mut self, word: &'a [u8]) {
        self.before.rotate_left(1);
        self.before[LOOK_BACK - 1] = word;
        self.count += 1;
        self.greylisted |= word.len() >= 8 && matches!(word[0], b'g' | b'G') && is_one_of(word, &ASKING);
    }

    fn take(&mut self, seconds: u32, asked_behind: bool) {
        let before = &self.before[LOOK_BACK - self.count.min(LOOK_BACK)..];
        let asked = before.iter().rposition(|word| is_one_of(word, &ASKING));
        let otherwise = before.iter().rposition(|word| is_one_of(word, &OTHERWISE));
        if asked_behind || (asked.is_some() && asked >= otherwise) {
            self.asked = self.asked.max(Some(seconds));
        } else if otherwise.is_none() && (self.greylisted || before.iter().any(|word| is_one_of(word, &LASTING))) {
            self.waited = self.waited.max(Some(seconds));
        } else if self.follows_in_chinese_or_japanese() {
            self.asked = self.asked.max(Some(seconds));
        }
    }

    /// `5分後`, `5 分钟后`: the word that asks comes behind.
    fn follows_in_chinese_or_japanese(&self) -> bool {
        ["後に", "后重试", "后再", "後再", "分後", "秒後", "時間後"]
            .iter()
            .any(|w| memchr::memmem::find(self.text, w.as_bytes()).is_some())
    }
}

/// The seconds of a time that begins with `word`, and where it ends: a number and its unit, glued together or apart, or a clock.
fn time_at(text: &[u8], word: &Word, rest: &mut Peekable<'_>) -> Option<(u32, usize)> {
    let bytes = &text[word.start..word.end];
    if let Some((seconds, length)) = clock(&text[word.start..]) {
        while rest.next_if(|next| next.start < word.start + length).is_some() {}
        return Some((seconds, word.start + length));
    }
    if word.kind == Kind::Plain {
        if let Some(next) = rest.peek().copied().filter(|next| next.start == word.end + 1 && text[word.end] == b'.')
            && let Some(seconds) = glued(&text[word.start..next.end])
        {
            rest.next();
            return Some((seconds, next.end));
        }
        if let Some(seconds) = glued(bytes) {
            return Some((seconds, word.end));
        }
        let number = number_word(bytes)?;
        let unit = rest.peek().and_then(|next| unit(&text[next.start..next.end]))?;
        return Some((number.saturating_mul(unit), rest.next()?.end));
    }
    let number = number(bytes)?;
    if let Some(next) = rest.peek().copied()
        && let Some(unit) = unit(&text[next.start..next.end])
    {
        rest.next();
        return Some((seconds(number, unit), next.end));
    }
    let before = text[..word.start].trim_ascii_end();
    let before = before.strip_suffix(b":").unwrap_or(before);
    let asks = [&b"retry-after"[..], b"retry after"]
        .iter()
        .any(|w| before.len() >= w.len() && before[before.len() - w.len()..].eq_ignore_ascii_case(w));
    asks.then(|| (seconds(number, 1), word.end))
}

/// Whether a link goes on at `start`: a time in it asks for nothing.
fn is_in_link(text: &[u8], start: usize) -> bool {
    let begin = text[..start].iter().rev().take(MAX_LINK).take_while(|b| !b.is_ascii_whitespace()).count();
    memchr::memmem::find(&text[start - begin..start], b"://").is_some()
}

/// `1 hour 30 minutes`: adds the times that follow directly.
fn add_smaller_units(text: &[u8], mut total: u32, mut end: usize, rest: &mut Peekable<'_>) -> u32 {
    while let Some(next) = rest.peek().copied() {
        let between = text[end..next.start].iter().all(|b| b.is_ascii_whitespace() || *b == b',');
        if !between || next.kind != Kind::Number {
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

fn number_word(word: &[u8]) -> Option<u32> {
    const WORDS: [(&[u8], u32); 12] = [
        (b"a", 1),
        (b"an", 1),
        (b"one", 1),
        (b"two", 2),
        (b"three", 3),
        (b"four", 4),
        (b"five", 5),
        (b"ten", 10),
        (b"fifteen", 15),
        (b"twenty", 20),
        (b"thirty", 30),
        (b"sixty", 60),
    ];
    WORDS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, n)| *n)
}

/// Seconds in a unit.
fn unit(word: &[u8]) -> Option<u32> {
    const UNITS: [(&[&[u8]], u32); 4] = [
        (
            &[
                b"s",
                b"sec",
                b"secs",
                b"second",
                b"seconds",
                b"sekunden",
                b"secondes",
                b"segundos",
                b"secondi",
                b"seconden",
                b"sekund",
                "секунд".as_bytes(),
                "秒".as_bytes(),
            ],
            1,
        ),
        (
            &[
                b"m",
                b"min",
                b"mins",
                b"minute",
                b"minutes",
                b"minuten",
                b"minutos",
                b"minuti",
                b"minut",
                b"minuty",
                "минут".as_bytes(),
                "минуты".as_bytes(),
                "分".as_bytes(),
            ],
            60,
        ),
        (
            &[
                b"h",
                b"hr",
                b"hrs",
                b"hour",
                b"hours",
                b"stunde",
                b"stunden",
                b"heure",
                b"heures",
                b"hora",
                b"horas",
                b"ora",
                b"ore",
                b"uur",
                b"godzin",
                "час".as_bytes(),
                "часа".as_bytes(),
                "часов".as_bytes(),
                "小".as_bytes(),
                "時".as_bytes(),
            ],
            3600,
        ),
        (&[b"d", b"day", b"days"], 86_400),
    ];
    UNITS.iter().find(|(names, _)| is_one_of(word, names)).map(|(_, seconds)| *seconds)
}

/// `300s`, `5min`, `1h30m`.
fn glued(word: &[u8]) -> Option<u32> {
    let mut total = 0u32;
    let mut rest = word;
    while !rest.is_empty() {
        let digits = rest.iter().take_while(|b| b.is_ascii_digit() || **b == b'.').count();
        let letters = rest[digits..].iter().take_while(|b| !b.is_ascii_digit()).count();
        let number = number(&rest[..digits])?;
        total = total.saturating_add(seconds(number, unit(&rest[digits..digits + letters])?));
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
