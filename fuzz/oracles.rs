//! What has to hold for any bytes: the oracles of the fuzz targets, and of `tests/fuzz_seeds.rs`, which replays the seeds.

#![allow(dead_code, reason = "each fuzz target uses one of them")]

use nondelivery::{
    Class, Context, Evidence, ParseError, Progress, Reply, ReplyCode, Severity, StatusCode, StatusPattern, Verdict, catalog,
    classify as judge, classify_with,
};

/// The longest line that a verdict prints: names of the catalogue and two numbers.
const MAX_VERDICT: usize = 300;

/// The subjects that RFC 3463 defines; the lenient reader takes no other for a status code.
const MAX_SUBJECT: u16 = 7;

pub(crate) fn status(input: &[u8]) {
    match StatusCode::parse(input) {
        Ok(status) => right_status(input, status),
        Err(error) => wrong(input, error),
    }
    match StatusPattern::parse(input) {
        Ok(pattern) => right_pattern(&pattern),
        Err(error) => wrong(input, error),
    }
}

fn right_status(input: &[u8], status: StatusCode) {
    assert_eq!(status.to_string().as_bytes(), input, "a strict code has one spelling");
    assert_eq!(StatusCode::new(status.class(), status.subject(), status.detail()), Some(status));
    assert_eq!(StatusPattern::parse(input), Ok(StatusPattern::exactly(status)));
    let last = catalog::lookup(status).last().expect("every code has a class");
    assert_eq!(last.status().and_then(|pattern| pattern.class()), Some(status.class()));
    assert!(catalog::lookup(status).all(|entry| entry.status().is_some()));
    if status.subject() <= MAX_SUBJECT {
        assert_eq!(Reply::find(input).status(), Some(status));
        let verdict = judge(input);
        assert_eq!((verdict.status, verdict.severity), (Some(status), Severity::from(status.class())));
    }
}

fn right_pattern(pattern: &StatusPattern) {
    assert_eq!(StatusPattern::parse(pattern.to_string().as_bytes()), Ok(*pattern));
    let class = pattern.class().unwrap_or(Class::Permanent);
    let (subjects, details) = (pattern.subjects(), pattern.details());
    for (subject, detail) in [(*subjects.start(), *details.start()), (*subjects.end(), *details.end())] {
        assert!(pattern.matches(StatusCode::new(class, subject, detail).expect("a pattern is of codes")));
    }
    let above = StatusCode::new(class, *subjects.end(), details.end() + 1);
    assert!(above.is_none_or(|status| !pattern.matches(status)));
}

/// The bytes before the one that does not fit are no reason to complain.
fn wrong(input: &[u8], error: ParseError) {
    assert!(error.at() <= input.len(), "{error} of {}", input.len());
    assert!(!error.to_string().is_empty());
}

pub(crate) fn reply(input: &[u8]) {
    match Reply::parse(input) {
        Ok(Progress::Complete { value, consumed }) => right_reply(&input[..consumed], &value),
        Ok(Progress::Incomplete) => incomplete(input),
        Err(error) => {
            wrong(input, error);
            assert_eq!(Reply::parse(&input[..error.at()]), Ok(Progress::Incomplete), "{error}");
        }
    }
    found_reply(input);
}

fn right_reply(input: &[u8], reply: &Reply<'_>) {
    let whole = Progress::Complete { value: *reply, consumed: input.len() };
    assert_eq!(Reply::parse(input), Ok(whole), "what follows a reply does not change it");
    for length in 0..input.len().min(300) {
        assert_eq!(Reply::parse(&input[..length]), Ok(Progress::Incomplete), "the first {length} bytes");
    }
    let printed = as_session(reply);
    let Ok(Progress::Complete { value: again, consumed }) = Reply::parse(&printed) else {
        panic!("{:?} is no reply", String::from_utf8_lossy(&printed))
    };
    assert_eq!(consumed, printed.len());
    assert_eq!((again.code(), again.status()), (reply.code(), reply.status()));
    assert!(again.lines().eq(reply.lines()), "{:?}", String::from_utf8_lossy(&printed));
    assert_eq!(again.to_string(), reply.to_string());
    agrees(input, reply);
}

/// A reply as a server sends it.
fn as_session(reply: &Reply<'_>) -> Vec<u8> {
    let code = reply.code().expect("a strict reply has a code");
    let lines: Vec<&[u8]> = reply.lines().collect();
    let mut out = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let separator = if number + 1 == lines.len() { ' ' } else { '-' };
        let status = reply.status().map(|status| format!("{status} ")).unwrap_or_default();
        out.extend(format!("{code}{separator}{status}").bytes());
        out.extend_from_slice(line);
        out.extend(b"\r\n");
    }
    out
}

/// The lenient reader sees in a strict reply the same code and, when the first line has one, the same status: or a finer one, where
/// that says nothing (`550 5.1.0 no mailbox here (#5.1.1)`). Where only a later line has one, the lenient reader may have found
/// another in the text before. A code that nobody is known to send is not looked for in text.
fn agrees(input: &[u8], strict: &Reply<'_>) {
    if strict.code().and_then(catalog::lookup_reply).is_none() {
        return;
    }
    let lenient = Reply::find(input);
    if overtakes(lenient.code(), strict.code()) {
        return;
    }
    assert_eq!(lenient.code(), strict.code());
    let Some(first) = status_of_first_line(input).filter(|status| status.subject() <= MAX_SUBJECT) else { return };
    let Some(found) = lenient.status() else { panic!("{first} was not found") };
    assert!(found == first || (first.detail() == 0 && found.class() == first.class()), "{found} is not {first}");
}

/// In text, a refusal behind a greeting is what counts: `220 mx.example.net 421 4.3.2 Not now`.
fn overtakes(lenient: Option<ReplyCode>, strict: Option<ReplyCode>) -> bool {
    lenient.is_some_and(|code| code.get() >= 400) && strict.is_some_and(|code| code.get() < 400)
}

fn status_of_first_line(reply: &[u8]) -> Option<StatusCode> {
    let mut line = reply.split_inclusive(|b| *b == b'\n').next()?.to_vec();
    if line.get(3) == Some(&b'-') {
        line[3] = b' ';
    }
    match Reply::parse(&line) {
        Ok(Progress::Complete { value, .. }) => value.status(),
        _ => None,
    }
}

/// More can come: a reply that ends here and now is complete, unless its text must not be ended.
fn incomplete(input: &[u8]) {
    assert!(input.is_empty() || input[0].is_ascii_digit());
}

fn found_reply(input: &[u8]) {
    let found = Reply::find(input);
    for part in [Some(found.lead()), Some(found.text()), found.quoted()].into_iter().flatten() {
        assert!(part.is_empty() || input.as_ptr_range().contains(&part.as_ptr()), "a reply borrows from the text");
    }
    let printed = found.to_string();
    assert!(!printed.contains(char::is_control), "{printed:?}");
    assert!(printed.len() <= 7 * found.text().len() + 1, "{} bytes of {}", printed.len(), found.text().len());
    if found.code().is_none() && found.status().is_none() {
        assert_eq!((found.lead().len(), found.quoted()), (0, None));
    }
    if let Some(quoted) = found.quoted() {
        assert!(Reply::find(quoted).code().is_some(), "a quoted reply has a code");
        assert!(quoted.len() < input.len());
    }
}

pub(crate) fn classify(input: &[u8]) {
    let verdict = judge(input);
    consistent(&verdict);
    assert_eq!(classify_with(&Context::default(), input), verdict);
    let known = Context { status: verdict.status, ..Context::default() };
    assert_eq!(classify_with(&known, input), verdict, "a status that the text has already");
    for end in ["\n", "\r\n", " "] {
        assert_eq!(judge(&[input, end.as_bytes()].concat()), verdict, "with {end:?} at the end");
    }
    let reply = Reply::find(input);
    assert_eq!((verdict.reply, reply.status().is_none_or(|status| verdict.status == Some(status))), (reply.code(), true));
}

fn consistent(verdict: &Verdict) {
    let class = verdict.status.map(StatusCode::class).or(verdict.reply.and_then(ReplyCode::class));
    assert_eq!(verdict.severity, class.map_or(Severity::Unknown, Severity::from));
    if verdict.suppress {
        assert!(matches!(verdict.severity, Severity::Permanent | Severity::Unknown), "{verdict}: nothing to suppress");
    }
    if verdict.evidence == Evidence::None {
        assert_eq!((verdict.reply, verdict.status), (None, None));
    }
    // With a cause, category and entry may be those of a quoted reply.
    if let (Some(entry), Some(status), None) = (verdict.entry, verdict.status, verdict.cause) {
        let matches = entry.status().is_none_or(|pattern| pattern.matches(status) || is_subject_of(&pattern, status));
        assert!(matches, "{verdict}: {}", entry.code());
    }
    assert_ne!(verdict.retry_after, Some(0));
    let printed = verdict.to_string();
    assert!(printed.len() <= MAX_VERDICT && !printed.contains(char::is_control), "{printed:?}");
}

/// Whether the pattern is the row `x.7.0` above `5.7.99`.
fn is_subject_of(pattern: &StatusPattern, status: StatusCode) -> bool {
    StatusCode::new(status.class(), status.subject(), 0).is_some_and(|subject| pattern.matches(subject))
}
