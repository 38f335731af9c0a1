//! What holds for all codes, all replies and all bytes.

use nondelivery::{
    Class, Context, DsnAction, Entry, Progress, Reply, ReplyCode, Source, Stage, StatusCode, StatusPattern, catalog, classify,
    classify_with,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

#[path = "../fuzz/oracles.rs"]
mod oracles;

const CLASSES: [Class; 3] = [Class::Success, Class::Transient, Class::Permanent];

fn statuses() -> impl Strategy<Value = StatusCode> {
    let parts = (select(&CLASSES[..]), prop_oneof![3 => 0u16..=7, 1 => 0u16..=999], 0u16..=999);
    parts.prop_map(|(class, subject, detail)| StatusCode::new(class, subject, detail).expect("parts go to 999"))
}

/// Patterns as a person writes them.
fn patterns() -> impl Strategy<Value = String> {
    let class = prop_oneof!["[245]", Just("x".to_owned())];
    let number = || (0u16..=999).prop_map(|n| n.to_string());
    let hundreds = || (1u16..=9).prop_map(|n| format!("{n}xx"));
    let any = || prop_oneof![Just("x".to_owned()), Just("X".to_owned())];
    let range = (0u16..=999, 0u16..=999).prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b)));
    let subject = prop_oneof![number(), hundreds(), any()];
    let detail = prop_oneof![number(), hundreds(), any(), range];
    (class, subject, detail).prop_map(|(class, subject, detail)| format!("{class}.{subject}.{detail}"))
}

fn reply_codes() -> impl Strategy<Value = ReplyCode> {
    (2u16..=5, 0u16..=5, 0u16..=9).prop_map(|(a, b, c)| ReplyCode::new(a * 100 + b * 10 + c).expect("200 to 559"))
}

/// A line of reply text: words, and what servers put around them. No digits, which could make codes, no bracket or colon, behind
/// which a code would be a quotation, and none of the words that introduce one (`said`, `error`).
fn text_lines() -> impl Strategy<Value = String> {
    const WORDS: [&str; 24] = [
        "user",
        "unknown",
        "mailbox",
        "full",
        "<kim@example.com>",
        "the",
        "recipient's",
        "message",
        "is",
        "too",
        "large",
        "spam",
        "blocked",
        "by",
        "zen.spamhaus.org",
        "host",
        "(policy)",
        "greylisted,",
        "try",
        "again",
        "later.",
        "over-quota",
        "不存在",
        "gesperrt!",
    ];
    vec(select(&WORDS[..]), 1..8).prop_map(|words| words.join(" "))
}

/// A reply as a server sends it, with its parts.
#[derive(Debug, Clone)]
struct Session {
    code: ReplyCode,
    status: Option<StatusCode>,
    lines: Vec<String>,
}

impl Session {
    fn print(&self, status_on: impl Fn(usize) -> bool) -> String {
        let last = self.lines.len() - 1;
        let line = |(number, text): (usize, &String)| {
            let separator = if number == last { ' ' } else { '-' };
            let status = self.status.filter(|_| status_on(number)).map(|status| format!("{status} ")).unwrap_or_default();
            format!("{}{separator}{status}{text}\r\n", self.code)
        };
        self.lines.iter().enumerate().map(line).collect()
    }
}

/// Replies with a status of the same class.
fn coded_sessions() -> impl Strategy<Value = Session> {
    let codes = reply_codes().prop_filter("a class", |code| code.class().is_some());
    (codes, 0u16..=7, 0u16..=999, vec(text_lines(), 1..5)).prop_map(|(code, subject, detail, lines)| {
        let status = code.class().and_then(|class| StatusCode::new(class, subject, detail));
        Session { code, status, lines }
    })
}

/// Replies with a code that the catalogue knows, and perhaps no status.
/// Replies of the codes that the catalogue has, but for 3xx, which no report is about.
fn known_sessions() -> impl Strategy<Value = Session> {
    let known: Vec<ReplyCode> = catalog::entries()
        .filter(|e| e.source() == Source::Reply)
        .filter_map(Entry::reply)
        .filter(|code| code.class().is_some())
        .collect();
    (select(known), text_lines()).prop_map(|(code, text)| Session { code, status: None, lines: vec![text] })
}

fn sessions() -> impl Strategy<Value = Session> {
    (coded_sessions(), any::<bool>()).prop_map(|(session, coded)| Session { status: session.status.filter(|_| coded), ..session })
}

/// Bytes that look like mail here and there.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    const PIECES: [&[u8]; 40] = [
        b"550",
        b"421",
        b"250",
        b"5.7.1",
        b"4.4.7",
        b"5.1.10",
        b"-",
        b" ",
        b"\r\n",
        b"\n",
        b"\t",
        b"<",
        b">",
        b"(",
        b")",
        b"#",
        b":",
        b";",
        b"@",
        b".",
        b"\"",
        b"said:",
        b"smtp;",
        b"(in reply to RCPT TO command)",
        b"(in reply to ",
        b"user unknown",
        b"mailbox is full",
        b"message expired",
        b"spamhaus.org",
        b"mx1.mail.protection.outlook.com",
        b"192.0.2.1",
        b"12:45:50",
        b"\xc2\xa0",
        b"\xe2\x80\x99",
        b"\xe9\x82\xae",
        b"\xff",
        b"\0",
        b"a",
        b"9",
        b"try again later",
    ];
    let piece = prop_oneof![
        8 => select(&PIECES[..]).prop_map(<[u8]>::to_vec),
        2 => vec(any::<u8>(), 1..4),
    ];
    vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// `lookup` as its documentation says it, in the slowest way.
fn slow_lookup(status: StatusCode) -> Vec<&'static Entry> {
    let about = |entry: &Entry, status| entry.status().is_some_and(|pattern| pattern.matches(status));
    let width = |entry: &Entry| entry.status().map_or(0, |pattern| pattern.details().end() - pattern.details().start());
    let registry = |entry: &Entry| entry.source() == Source::Registry;
    let mut of_providers: Vec<&Entry> = catalog::entries().filter(|e| !registry(e) && about(e, status)).collect();
    of_providers.sort_by_key(|entry| width(entry));
    let rows = |status| catalog::entries().filter(move |e| registry(e) && width(e) == 0 && about(e, status));
    let own = rows(status);
    let subject = StatusCode::new(status.class(), status.subject(), 0).filter(|subject| *subject != status);
    let class = catalog::entries().filter(|e| registry(e) && width(e) > 0 && about(e, status));
    of_providers.into_iter().chain(own).chain(subject.into_iter().flat_map(rows)).chain(class).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1024) })]

    #[test]
    fn ok_status_prints_and_reads_back(status in statuses()) {
        let printed = status.to_string();
        prop_assert_eq!(StatusCode::parse(printed.as_bytes()), Ok(status));
        prop_assert_eq!(printed.parse::<StatusCode>(), Ok(status));
        oracles::status(printed.as_bytes());
    }

    #[test]
    fn ok_packed_codes_sort_like_codes(a in statuses(), b in statuses()) {
        prop_assert_eq!(a.packed().cmp(&b.packed()), a.cmp(&b));
    }

    #[test]
    fn ok_pattern_prints_and_reads_back(text in patterns(), status in statuses()) {
        let pattern = StatusPattern::parse(text.as_bytes());
        prop_assert!(pattern.is_ok(), "{}: {:?}", text, pattern);
        oracles::status(text.as_bytes());
        let pattern = pattern.expect("it was checked");
        let inside = pattern.class().is_none_or(|class| class == status.class())
            && pattern.subjects().contains(&status.subject())
            && pattern.details().contains(&status.detail());
        prop_assert_eq!(pattern.matches(status), inside);
    }

    #[test]
    fn ok_fast_lookup_equals_slow_one(status in statuses()) {
        prop_assert!(catalog::lookup(status).eq(slow_lookup(status)), "{}", status);
    }

    #[test]
    fn ok_session_reads_back(session in sessions()) {
        let printed = session.print(|_| true);
        let Ok(Progress::Complete { value, consumed }) = Reply::parse(printed.as_bytes()) else {
            return Err(TestCaseError::fail(format!("{printed:?} is no reply")));
        };
        prop_assert_eq!((value.code(), value.status(), consumed), (Some(session.code), session.status, printed.len()));
        let lines: Vec<String> = value.lines().map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        prop_assert_eq!(&lines, &session.lines);
        prop_assert_eq!(value.to_string(), session.lines.join(" "));
        oracles::reply(printed.as_bytes());
    }

    #[test]
    fn ok_session_may_come_in_pieces(session in sessions(), next in sessions()) {
        let printed = session.print(|line| line == 0);
        for length in 0..printed.len() {
            prop_assert_eq!(Reply::parse(&printed.as_bytes()[..length]), Ok(Progress::Incomplete), "{} bytes", length);
        }
        let whole = Reply::parse(printed.as_bytes());
        let pipelined = printed.clone() + &next.print(|_| true);
        let ends = matches!(whole, Ok(Progress::Complete { consumed, .. }) if consumed == printed.len());
        prop_assert!(ends, "{:?}", whole);
        prop_assert_eq!(whole, Reply::parse(pipelined.as_bytes()));
    }

    /// A strict reply is found by the lenient reader, bare or in the line of a log, whatever the code when a status follows.
    #[test]
    fn ok_strict_reply_is_found_in_text(session in prop_oneof![coded_sessions(), known_sessions()]) {
        for text in [session.print(|_| true), format!("host mx.example.net[192.0.2.1] said: {}", session.print(|_| true))] {
            let found = Reply::find(text.as_bytes());
            prop_assert_eq!((found.code(), found.status()), (Some(session.code), session.status), "{}", text);
        }
    }

    /// Line breaks, repeated codes and the joining of lines by a log do not change what is said.
    #[test]
    fn ok_joining_lines_does_not_matter(session in coded_sessions()) {
        let split = session.print(|_| true);
        let expected = classify(split.as_bytes());
        let line_feeds = split.replace("\r\n", "\n");
        let joined = split.trim_end().replace("\r\n", " ");
        let one = Session { lines: vec![session.lines.join(" ")], ..session }.print(|_| true);
        for other in [line_feeds, joined, one] {
            prop_assert_eq!(classify(other.as_bytes()), expected, "{:?} against {:?}", other, split);
            prop_assert_eq!(Reply::find(other.as_bytes()).to_string(), Reply::find(split.as_bytes()).to_string());
        }
    }

    #[test]
    fn ok_any_bytes(text in prop_oneof![noise(), vec(any::<u8>(), 0..200)]) {
        oracles::status(&text);
        oracles::reply(&text);
        oracles::classify(&text);
    }

    #[test]
    fn ok_any_context(
        text in noise(),
        host in option::of(noise()),
        stage in option::of(select(Stage::ALL)),
        status in option::of(statuses()),
        action in option::of(select(DsnAction::ALL)),
    ) {
        let context = Context { remote_host: host.as_deref(), stage, status, action, ..Context::default() };
        let verdict = classify_with(&context, &text);
        prop_assert!(!verdict.to_string().is_empty());
        prop_assert!(!(verdict.suppress && verdict.severity.number() == 4), "{}", verdict);
    }
}

/// Every number that a code can have in a known subject, and one subject beyond.
#[test]
fn ok_fast_lookup_equals_slow_one_around_every_boundary() {
    for entry in catalog::entries() {
        let Some(pattern) = entry.status() else { continue };
        let (low, high) = pattern.details().into_inner();
        for class in CLASSES {
            for subject in [*pattern.subjects().start(), 7, 8, 999] {
                for detail in [low.saturating_sub(1), low, low + 1, high.saturating_sub(1), high, high + 1] {
                    let Some(status) = StatusCode::new(class, subject, detail) else { continue };
                    assert!(catalog::lookup(status).eq(slow_lookup(status)), "{status}");
                }
            }
        }
    }
}
