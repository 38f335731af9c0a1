//! Dates (RFC 5322, section 3.3), and the other forms that delivery reports have them in.

use core::fmt;

use crate::error::{Expected, ParseError};

/// A point in time: seconds since 1970-01-01 UTC, and the offset of the clock it was read from.
///
/// ```
/// use nondelivery::Date;
///
/// let date = Date::parse(b"Wed, 22 Mar 2023 21:14:22 +0900 (JST)")?;
/// assert_eq!(date.unix_time(), 1_679_487_262);
/// assert_eq!(date.to_string(), "2023-03-22T21:14:22+09:00");
/// # Ok::<(), nondelivery::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    seconds: i64,
    offset_minutes: i16,
}

const MONTHS: [&[u8; 3]; 12] = [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];

/// The tokens a date can have: day name, day, month, year, time, zone, comment, and some to spare.
const MAX_TOKENS: usize = 10;

impl Date {
    /// Parses a date-time: RFC 5322 with its obsolete zones and two-digit years, ctime's order (`Thu Apr 29 23:34:45 2010`),
    /// RFC 3339. Comments and what follows the zone are ignored; without a zone UTC is meant.
    ///
    /// # Errors
    /// [`Expected::DateTime`] at byte 0: nothing is guessed about a date that is not understood.
    pub fn parse(text: &[u8]) -> Result<Self, ParseError> {
        Self::read(text).ok_or(ParseError::new(Expected::DateTime, 0))
    }

    fn read(text: &[u8]) -> Option<Self> {
        let mut parts = Parts::default();
        let mut in_comment = false;
        let separators = |b: &u8| b.is_ascii_whitespace() || *b == b',';
        for token in text.split(separators).filter(|t| !t.is_empty()).take(MAX_TOKENS) {
            // A comment is passed over, wherever it stands (RFC 5322, section 3.3).
            in_comment |= token.starts_with(b"(");
            if in_comment {
                in_comment = !token.ends_with(b")");
                continue;
            }
            if parts.is_complete() && parts.zone.is_some() {
                break;
            }
            parts.take(token);
        }
        parts.date()
    }

    /// Seconds since 1970-01-01T00:00:00 UTC, leap seconds not counted.
    #[must_use]
    pub const fn unix_time(self) -> i64 {
        self.seconds
    }

    /// Minutes that the clock was ahead of UTC.
    #[must_use]
    pub const fn offset_minutes(self) -> i16 {
        self.offset_minutes
    }
}

/// Prints RFC 3339: `2023-03-22T21:14:22+09:00`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.seconds + i64::from(self.offset_minutes) * 60;
        let (year, month, day) = civil_from_days(local.div_euclid(86_400));
        let second = local.rem_euclid(86_400);
        let (h, m, s) = (second / 3600, second / 60 % 60, second % 60);
        let (sign, offset) = if self.offset_minutes < 0 { ('-', -self.offset_minutes) } else { ('+', self.offset_minutes) };
        write!(f, "{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}{sign}{:02}:{:02}", offset / 60, offset % 60)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Date {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What the tokens said so far.
#[derive(Default)]
struct Parts {
    day: Option<i64>,
    month: Option<i64>,
    year: Option<i64>,
    seconds: Option<i64>,
    zone: Option<i16>,
}

impl Parts {
    fn is_complete(&self) -> bool {
        self.day.is_some() && self.month.is_some() && self.year.is_some() && self.seconds.is_some()
    }

    fn take(&mut self, token: &[u8]) {
        if token.len() >= 10 && token[4] == b'-' && token[7] == b'-' {
            return self.take_iso(token);
        }
        if token.contains(&b'/') {
            return self.take_american(token);
        }
        if (token.eq_ignore_ascii_case(b"PM") || token.eq_ignore_ascii_case(b"AM")) && self.zone.is_none() {
            return self.take_half(token);
        }
        if matches!(token.first(), Some(b'+' | b'-')) && self.seconds.is_some() {
            self.zone = self.zone.or_else(|| zone(token));
        } else if token.contains(&b':') {
            self.take_clock(token);
        } else if let Some(number) = number(token) {
            if self.day.is_none() && token.len() <= 2 {
                self.day = Some(number);
            } else if self.year.is_none() {
                self.year = Some(full_year(number, token.len()));
            }
        } else if let Some(month) = month(token) {
            self.month = self.month.or(Some(month));
        } else if self.seconds.is_some() {
            self.zone = self.zone.or_else(|| zone(token));
        } else if token.contains(&b'-') {
            // 29-Apr-2010
            token.split(|b| *b == b'-').for_each(|part| self.take(part));
        }
    }

    /// `2010-04-29` or `2010-04-29T23:34:45Z`, with an offset or without.
    fn take_iso(&mut self, token: &[u8]) {
        self.year = number(&token[..4]);
        self.month = number(&token[5..7]);
        self.day = number(&token[8..10]);
        let Some((b'T' | b't', clock)) = token.get(10..).and_then(|t| t.split_first()).map(|(t, c)| (*t, c)) else { return };
        let length = clock.iter().take_while(|b| b.is_ascii_digit() || matches!(b, b':' | b'.')).count();
        self.seconds = time(&clock[..length]);
        self.zone = zone(&clock[length..]);
    }

    /// `23:34:45`, with an offset right behind it or without.
    fn take_clock(&mut self, token: &[u8]) {
        let length = token.iter().take_while(|b| b.is_ascii_digit() || matches!(b, b':' | b'.')).count();
        if self.seconds.is_none() {
            self.seconds = time(&token[..length]);
            self.zone = self.zone.or_else(|| zone(&token[length..]));
        }
    }

    /// `9/16/2026`, as Exchange's message tracking writes it.
    fn take_american(&mut self, token: &[u8]) {
        let mut fields = token.split(|b| *b == b'/').map(number);
        if let (Some(Some(month)), Some(Some(day)), Some(Some(year)), None) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        {
            (self.month, self.day, self.year) = (Some(month), Some(day), Some(year));
        }
    }

    /// The half of the day behind a time of twelve hours.
    fn take_half(&mut self, token: &[u8]) {
        const NOON: i64 = 12 * 3600;
        self.seconds = self.seconds.map(|seconds| match (token[0] | 0x20, seconds / 3600) {
            (b'p', 0..=11) => seconds + NOON,
            (b'a', 12) => seconds - NOON,
            _ => seconds,
        });
    }

    fn date(&self) -> Option<Date> {
        let (year, month, day) = (self.year?, self.month?, self.day?);
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(1900..=9999).contains(&year) {
            return None;
        }
        let days = days_from_civil(year, month, day);
        // No month has a 31 February in it.
        if civil_from_days(days) != (year, month, day) {
            return None;
        }
        let offset_minutes = self.zone.unwrap_or(0);
        Some(Date { seconds: days * 86_400 + self.seconds? - i64::from(offset_minutes) * 60, offset_minutes })
    }
}

fn number(token: &[u8]) -> Option<i64> {
    let digits = !token.is_empty() && token.len() <= 4 && token.iter().all(u8::is_ascii_digit);
    digits.then(|| token.iter().fold(0, |n, b| n * 10 + i64::from(b - b'0')))
}

/// Years of two digits: RFC 5322, section 4.3.
fn full_year(year: i64, digits: usize) -> i64 {
    match (digits, year) {
        (2, 0..=49) => year + 2000,
        (2 | 3, _) => year + 1900,
        _ => year,
    }
}

fn month(token: &[u8]) -> Option<i64> {
    let start = token.get(..3)?;
    let known = MONTHS.iter().position(|name| start.eq_ignore_ascii_case(*name));
    known.filter(|_| token.iter().all(u8::is_ascii_alphabetic)).map(|index| index as i64 + 1)
}

/// `hh:mm[:ss[.fraction]]`
fn time(token: &[u8]) -> Option<i64> {
    let mut fields = token.split(|b| *b == b':');
    let hour = number(fields.next()?)?;
    let minute = number(fields.next()?)?;
    let second = match fields.next() {
        None => 0,
        Some(second) => number(second.split(|b| *b == b'.').next()?)?,
    };
    (hour < 24 && minute < 60 && second <= 60).then_some(hour * 3600 + minute * 60 + second)
}

/// `zone = (("+" / "-") 4DIGIT) / obs-zone`, also with a colon.
fn zone(token: &[u8]) -> Option<i16> {
    let named: [(&[u8], i16); 14] = [
        (b"ut", 0),
        (b"gmt", 0),
        (b"utc", 0),
        (b"z", 0),
        (b"est", -300),
        (b"edt", -240),
        (b"cst", -360),
        (b"cdt", -300),
        (b"mst", -420),
        (b"mdt", -360),
        (b"pst", -480),
        (b"pdt", -420),
        (b"jst", 540),
        (b"cet", 60),
    ];
    if let Some((_, minutes)) = named.iter().find(|(name, _)| token.eq_ignore_ascii_case(name)) {
        return Some(*minutes);
    }
    // `GMT+0200`
    let token = token.strip_prefix(b"GMT").or_else(|| token.strip_prefix(b"UTC")).unwrap_or(token);
    let (sign, digits) = match token.split_first()? {
        (b'+', digits) => (1, digits),
        (b'-', digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.len() {
        4 => (number(&digits[..2])?, number(&digits[2..])?),
        5 if digits[2] == b':' => (number(&digits[..2])?, number(&digits[3..])?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) as i16)
}

/// Days since 1970-01-01 of a date in the Gregorian calendar (Howard Hinnant's algorithm).
const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`days_from_civil`].
const fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    (year_of_era + era * 400 + if month <= 2 { 1 } else { 0 }, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(text: &str) -> String {
        Date::parse(text.as_bytes()).map_or("-".into(), |d| d.to_string())
    }

    #[test]
    fn ok_forms() {
        assert_eq!(print("Thu, 29 Apr 2010 23:34:45 +0900 (JST)"), "2010-04-29T23:34:45+09:00");
        assert_eq!(print("29 Apr 99 23:34 EST"), "1999-04-29T23:34:00-05:00");
        assert_eq!(print("Thu Apr 29 23:34:45 2010"), "2010-04-29T23:34:45+00:00");
        assert_eq!(print("9/16/2026 10:29:58 PM"), "2026-09-16T22:29:58+00:00");
        assert_eq!(print("2023-02-28T08:00:00.123Z"), "2023-02-28T08:00:00+00:00");
        assert_eq!(print("29-Apr-2010 23:34:45 -0330"), "2010-04-29T23:34:45-03:30");
        assert_eq!(print("3 Jun 2025 10:15:41 +02:00"), "2025-06-03T10:15:41+02:00");
        assert_eq!(print("2025-06-03 10:15:41 -03:30"), "2025-06-03T10:15:41-03:30");
        assert_eq!(print("2025-06-03 10:15:41+02:00"), "2025-06-03T10:15:41+02:00");
        assert_eq!(print("2025-06-03 10:15:41Z"), "2025-06-03T10:15:41+00:00");
        assert_eq!(print("3 Jun 2025 10:15:41+0200"), "2025-06-03T10:15:41+02:00");
        assert_eq!(print("(local) Tue, 3 Jun (the third day) 2025 10:15:41 GMT+0200"), "2025-06-03T10:15:41+02:00");
        assert_eq!(Date::parse(b"1 Jan 1970 00:00:00 +0000").unwrap().unix_time(), 0);
        assert_eq!(Date::parse(b"29 Feb 2024 12:00:00 +0000").unwrap().unix_time(), 1_709_208_000);
    }

    #[test]
    fn err_no_dates() {
        for text in [
            "",
            "soon",
            "99 Apr 2010 23:34:45",
            "29 Apr 2010",
            "29 Xyz 2010 10:00:00",
            "29 Apr 2010 25:00:00",
            "31 Jun 2026 10:00",
        ] {
            assert_eq!(print(text), "-", "{text}");
        }
    }
}
