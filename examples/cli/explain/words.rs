//! Numbers and names in plain words.

use crate::cli::terminal::printable;
use anstyle::{AnsiColor, Style};
use nondelivery::catalog::Limit;
use nondelivery::{Action, Audience, Blocklist, Evidence, Reply, Severity, Source, Stage, Verdict};

/// More of a reply than this nobody reads.
const MAX_QUOTE: usize = 600;

/// `UnknownRecipient` as `Unknown recipient`, `IpBlocked` as `IP blocked`.
pub(crate) fn spaced(name: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for letter in name.chars() {
        match words.last_mut() {
            Some(word) if !letter.is_uppercase() => word.push(letter),
            _ => words.push(letter.into()),
        }
    }
    let written = words.iter().enumerate().map(|(place, word)| match word.as_str() {
        "Ip" | "Tls" | "Dns" => word.to_uppercase(),
        _ if place > 0 => word.to_lowercase(),
        _ => word.clone(),
    });
    written.collect::<Vec<_>>().join(" ")
}

/// Foreign text as it can be shown, as much of it as is read.
pub(crate) fn shown(bytes: &[u8]) -> String {
    shorten(&printable(bytes))
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTE) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// What a server said, in one line: a sentence, and a reply that it quotes, codes and all.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) words: String,
    pub(crate) quoted: Option<String>,
}

impl Said {
    /// Finds in `text` what is said, without what stands around it: codes, what a log or another server put before and behind it.
    pub(crate) fn of(text: &[u8]) -> Self {
        let lead = Reply::find(text).lead();
        let text = without_signatures(inside(lead, only_reply(text, lead.len())));
        let reply = Reply::find(text);
        let quoted = reply.quoted().map(|quoted| shown(without_signatures(inside(b"<([", quoted))));
        let words = shown(reply.to_string().as_bytes());
        let words = words.trim_start_matches(|c: char| " )]>:;,-".contains(c)).trim_end_matches([' ', '#']);
        let words = match quoted {
            Some(_) => words.trim_end_matches(|c: char| " <>([{\"'`:;-".contains(c)),
            None => words,
        };
        let words = if words.contains(char::is_alphanumeric) { words.to_owned() } else { words_before(reply.lead()) };
        Self { words, quoted }
    }
}

/// The words before a code that ends its sentence: `Sorry, no mailbox here by that name. (#5.1.1)`. What introduces a reply is
/// none of it: `host mx.example.net said: 550`.
fn words_before(lead: &[u8]) -> String {
    let words = shown(lead);
    let words = words.trim_end_matches([' ', '(', '[', '<', '{', '#']);
    if words.ends_with([':', ';', '=']) { String::new() } else { words.to_owned() }
}

/// A text up to the end of the reply that begins at `start`: the lines behind that have its code, or are indented, or come behind
/// a code with a hyphen.
fn only_reply(text: &[u8], start: usize) -> &[u8] {
    let Some(code) = Reply::find(text).code().map(|code| code.to_string()) else { return text };
    let mut end = start;
    let mut goes_on = true;
    for line in text[start..].split_inclusive(|b| *b == b'\n') {
        let behind_code = line.trim_ascii_start().strip_prefix(code.as_bytes());
        if !goes_on && behind_code.is_none() && !line[0].is_ascii_whitespace() {
            break;
        }
        end += line.len();
        goes_on = behind_code.is_some_and(|text| text.starts_with(b"-"));
    }
    text[..end].trim_ascii_end()
}

/// A text without what follows the bracket or the quotation mark that closes what `lead` has opened: `<… smtp;530 no> #SMTP#`.
fn inside<'t>(lead: &[u8], text: &'t [u8]) -> &'t [u8] {
    let own = if text.starts_with(lead) { lead.len() } else { 0 };
    let end = match lead.trim_ascii_end().last() {
        Some(mark @ (b'\'' | b'"')) => text[own..].iter().rposition(|b| b == mark),
        _ => BRACKETS.iter().filter(|pair| depth(lead, pair) > 0).filter_map(|pair| closing(&text[own..], pair)).min(),
    };
    &text[..end.map_or(text.len(), |end| own + end)]
}

const BRACKETS: [[u8; 2]; 3] = [*b"()", *b"<>", *b"[]"];

/// How many brackets are open at the end of a text.
fn depth(text: &[u8], [open, close]: &[u8; 2]) -> usize {
    text.iter().fold(0, |depth, b| if b == open { depth + 1 } else { depth.saturating_sub(usize::from(b == close)) })
}

/// Where a bracket is closed that is not opened in the text. The point of an arrow, `->`, is none.
fn closing(text: &[u8], [open, close]: &[u8; 2]) -> Option<usize> {
    let mut depth = 0;
    for (at, b) in text.iter().enumerate() {
        if b == open {
            depth += 1;
        } else if b == close && !text[..at].ends_with(b"-") {
            if depth == 0 {
                return Some(at);
            }
            depth -= 1;
        }
    }
    None
}

/// A reply without the attributes in brackets at its end that Exchange signs it with; they are told apart from it.
fn without_signatures(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii_end();
    let Some(inner) = text.strip_suffix(b"]") else { return text };
    let Some(start) = inner.iter().rposition(|b| *b == b'[') else { return text };
    if start > 0 && is_signature(&inner[start + 1..]) { without_signatures(&text[..start]) } else { text }
}

/// `Message=Socket error code 10061`, `Stage: CreateMessage`, a server with a time.
fn is_signature(inner: &[u8]) -> bool {
    let attribute = inner.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let is_date = |word: &[u8]| word.len() > 16 && word[4] == b'-' && word[10] == b'T';
    (attribute > 0 && inner.get(attribute) == Some(&b'='))
        || inner.starts_with(b"Stage:")
        || inner.split(u8::is_ascii_whitespace).any(is_date)
}

pub(crate) fn in_quotes(text: &str) -> String {
    format!("“{text}”")
}

pub(crate) fn severity_words(severity: Severity) -> String {
    let (style, meaning) = match severity {
        Severity::Success => (AnsiColor::Green.on_default(), "it worked"),
        Severity::Transient => (AnsiColor::Yellow.on_default(), "it may work later"),
        Severity::Permanent => (AnsiColor::Red.on_default(), "it will fail again until something is changed"),
        Severity::Unknown => (Style::new(), "no code tells whether it may work later"),
    };
    format!("{style}{severity}{style:#}: {meaning}")
}

pub(crate) fn action_words(action: Action) -> &'static str {
    match action {
        Action::Nothing => "Nothing is to be done.",
        Action::Retry => "Try again later, as a mail queue does by itself.",
        Action::SlowDown => "Try again later, with fewer messages and connections at a time.",
        Action::SplitRecipients => "Send to fewer recipients at a time.",
        Action::Suppress => "Stop writing to this address.",
        Action::FixAddress => "Correct the recipient's address.",
        Action::FixMessage => "Change the message, then send it again.",
        Action::FixSender => "Mend the sending side: its DNS records, authentication, TLS or configuration.",
        Action::SecureAccount => "Find and secure the account or system that is being abused.",
        Action::RequestDelisting => "Remove the cause of the listing, then ask the list to remove the sender.",
        Action::AskRecipient => "Ask the recipient's side, by another way than this one, to change something.",
        Action::Investigate => "Let a person look into it: the reply does not tell what to do.",
        _ => "See the reference.",
    }
}

pub(crate) fn audience_label(audience: Audience) -> &'static str {
    match audience {
        Audience::Sender => "Sender",
        Audience::GroupOwner => "Group owner",
        Audience::Admin => "Administrator",
    }
}

pub(crate) fn source_words(source: Source, code: &str) -> String {
    let name = match source {
        Source::Registry => "the IANA registry of enhanced status codes",
        Source::Reply => "the reply codes of SMTP",
        Source::ExchangeOnline => "the documentation of Exchange Online",
        _ => source.name(),
    };
    if code.is_empty() { name.to_owned() } else { format!("{name}, {code}") }
}

/// Why we think so. Strong evidence first, as in [`Evidence`].
pub(crate) fn evidence_words(verdict: &Verdict, stage: Option<Stage>) -> String {
    match verdict.evidence {
        Evidence::SiteRule => "A rule of this site's own says so.".to_owned(),
        Evidence::Provider => match verdict.provider {
            Some(provider) => format!("The wording is one that is used for this by {}.", provider.title()),
            None => "The wording is one that only one provider uses.".to_owned(),
        },
        Evidence::Entry => "Words and code are those of one entry of the catalogue.".to_owned(),
        Evidence::Phrase => "The wording settles it; the code alone would not.".to_owned(),
        Evidence::Code => "The code has an entry of its own in the catalogue.".to_owned(),
        Evidence::Range => range_words(verdict),
        Evidence::WeakPhrase => "The wording points to it, but is vague, and the code says no more.".to_owned(),
        Evidence::Cue => cue_words(verdict),
        Evidence::Bare => "The words say what was refused, and not why.".to_owned(),
        Evidence::Wrapper => "The words are those which servers put around another reply.".to_owned(),
        Evidence::Stage => stage_words(stage),
        Evidence::Subject => "The status code tells the subject, and the words add nothing that is known.".to_owned(),
        Evidence::Reply => {
            "Only the three-digit code tells: there is no telling status code, and no wording that is known.".to_owned()
        }
        Evidence::Class => "Only the class of the code tells: its finer reason and the wording are not known.".to_owned(),
        Evidence::None => "None: there is no code, and no wording that is known.".to_owned(),
        other => other.to_string(),
    }
}

fn range_words(verdict: &Verdict) -> String {
    match verdict.entry {
        Some(entry) => format!("The code lies in a range that has an entry: {}.", entry.code()),
        None => "The code lies in a range that has an entry.".to_owned(),
    }
}

fn cue_words(verdict: &Verdict) -> String {
    match verdict.blocklist {
        Some(list) => format!("The reply names a block list, {}.", list.name()),
        None => "A single telling word points to it.".to_owned(),
    }
}

fn stage_words(stage: Option<Stage>) -> String {
    let refused = match stage {
        Some(Stage::Connect) => "the connection itself: the server turns away the address of the sending host",
        Some(Stage::Ehlo) => "EHLO, the sending host's name",
        Some(Stage::Mail) => "MAIL FROM, the sender",
        Some(Stage::Rcpt) => "RCPT TO, the recipient",
        Some(Stage::Data | Stage::EndOfData) => "DATA, the message",
        None => "that command",
    };
    format!("The server refused {refused}; the reply says no more.")
}

/// What is wrong with the authentication of a message: `no-spf-record` as `no SPF record`.
pub(crate) fn problem_words(name: &str) -> String {
    let words = name.split('-').map(|word| match word {
        "spf" | "dkim" | "dmarc" => word.to_uppercase(),
        _ => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// How many recipients are left that are not explained.
pub(crate) fn others_words(count: usize, is_truncated: bool) -> String {
    match (count, is_truncated) {
        (count, true) => {
            format!("At least {count} more are in this report. There may be more still: not all of it was looked at.")
        }
        (1, false) => "One more recipient is in this report.".to_owned(),
        (count, false) => format!("{count} more recipients are in this report."),
    }
}

/// A block list, what it lists, and where to be removed.
pub(crate) fn blocklist_words(list: &Blocklist) -> String {
    let kinds = [(list.lists_ips(), "IP addresses"), (list.lists_domains(), "domains"), (list.lists_uris(), "links")];
    let kinds: Vec<_> = kinds.iter().filter(|(lists, _)| *lists).map(|(_, kind)| *kind).collect();
    let what = if kinds.is_empty() { String::new() } else { format!(", which lists {}", kinds.join(" and ")) };
    let how = match (list.is_closed(), list.delisting().non_empty()) {
        (true, _) => ". It has been closed: whoever still asks it gets wrong answers.".to_owned(),
        (false, Some(url)) => format!(". Removal: {url}"),
        (false, None) => ". It has no page for removal.".to_owned(),
    };
    format!("{}{what}{how}", list.name())
}

/// `retry window: 48 hours`; `TCP port to open: 25`.
pub(crate) fn limit_words(limit: &Limit) -> String {
    let (name, value, unit) = (limit.name().as_str(), limit.value(), limit.unit().as_str());
    if unit.is_empty() || name.contains(unit) {
        return format!("{name}: {value}");
    }
    format!("{name}: {}", counted(value, unit))
}

/// `1 hour`, `2 hours`.
fn counted(value: u32, unit: &str) -> String {
    match unit.strip_suffix('s') {
        Some(single) if value == 1 => format!("{value} {single}"),
        _ => format!("{value} {unit}"),
    }
}

/// Seconds in the units that one would say: `90 seconds`, `5 minutes`, `1 hour 30 minutes`.
pub(crate) fn duration(seconds: u32) -> String {
    if seconds < 120 {
        return counted(seconds, "seconds");
    }
    let parts =
        [(seconds / 86_400, "days"), (seconds / 3600 % 24, "hours"), (seconds / 60 % 60, "minutes"), (seconds % 60, "seconds")];
    let told = parts.iter().filter(|(value, _)| *value > 0).take(2);
    told.map(|(value, unit)| counted(*value, unit)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use nondelivery::catalog;
    use nondelivery::classify;

    #[test]
    fn ok_spaced() {
        assert_eq!(spaced("UnknownRecipient"), "Unknown recipient");
        assert_eq!(spaced("IpBlocked"), "IP blocked");
        assert_eq!(spaced("ReverseDns"), "Reverse DNS");
        assert_eq!(spaced(""), "");
    }

    #[test]
    fn ok_shown() {
        assert_eq!(shown(b"\x1b[31m a\n b"), "\u{fffd}[31m a b");
        assert_eq!(shown("ä".repeat(2000).as_bytes()).chars().count(), MAX_QUOTE + 1);
    }

    fn said(text: &str) -> (String, Option<String>) {
        let Said { words, quoted } = Said::of(text.as_bytes());
        (words, quoted)
    }

    #[test]
    fn ok_said() {
        let cases = [
            ("550", ""),
            ("550 5.1.1", ""),
            ("550-5.1.1 No such\n550 5.1.1 user: <a@example.com>", "No such user: <a@example.com>"),
            ("550-5.1.1 No such\nuser\nGood bye", "No such user"),
            ("550 5.1.1 <a@example.com>: Recipient\n    unknown", "<a@example.com>: Recipient unknown"),
            ("host mx.example.net said: 550 5.1.1", ""),
            ("host mx.example.net[192.0.2.1] said: 550 5.1.1 no [x] (in reply to RCPT TO command)", "no [x]"),
            ("Sorry, no mailbox here by that name. (#5.1.1)", "Sorry, no mailbox here by that name."),
            ("Rate exceeded (451)", "Rate exceeded"),
            ("Remote host said: 550 5.7.1 <a@b>: Relay access denied\nGiving up on 192.0.2.41.", "<a@b>: Relay access denied"),
            ("mx #<mx2 #5.7.1 smtp;530 5.7.1 Client was not authenticated> #SMTP#", "Client was not authenticated"),
            ("#550 4.4.7 QUEUE.Expired; message expired ##", "QUEUE.Expired; message expired"),
            ("(reason: 550 5.1.1 <a@b>... User unknown)", "<a@b>... User unknown"),
            ("(reason: 552 5.3.4 Too big (30 MB) for us)", "Too big (30 MB) for us"),
            ("Remote Server returned '550 5.7.1 Isn't allowed [Stage: CreateMessage]'\n[{LED=x}]", "Isn't allowed"),
            ("550 5.7.509 Denied. [A.example.net 2026-09-15T12:00:07.310Z 08DE]", "Denied."),
            ("(expanded by mailing list)", "(expanded by mailing list)"),
            ("User theo not listed in\r\n Directory", "User theo not listed in Directory"),
        ];
        for (text, words) in cases {
            assert_eq!(said(text), (words.to_owned(), None), "{text}");
        }
    }

    #[test]
    fn ok_quoted() {
        let both = |words: &str, quoted: &str| (words.to_owned(), Some(quoted.to_owned()));
        let expired = "554 4.4.7 Message expired <421 4.4.2 Connection timed out>";
        assert_eq!(said(expired), both("Message expired", "421 4.4.2 Connection timed out"));
        let tracking = "Remote Server returned '550 5.4.300 Message expired -> 450 4.4.316 Connection refused [Message=x 1] \
                        [LastAttemptedServerName=mx] [DB5.example.com 2026-09-16T10:31:05.214Z 08DE]'\r\n[{LED=450 4.4.316 no]";
        assert_eq!(said(tracking), both("Message expired", "450 4.4.316 Connection refused"));
    }

    #[test]
    fn ok_said_survives_any_cut() {
        let text = "Remote 'x' (<[ said: '550-5.1.1 a (b\r\n550 5.1.1 c) -> 450 4.4.1 d] > [Stage: x]' \"\n\n e (#5.1.1)";
        for start in 0..text.len() {
            for end in start..text.len() {
                Said::of(&text.as_bytes()[start..end]);
            }
        }
    }

    #[test]
    fn ok_problems() {
        let words = ["no-spf-record", "forwarding-broke-dkim", "dmarc"].map(problem_words);
        assert_eq!(words, ["no SPF record", "forwarding broke DKIM", "DMARC"]);
    }

    #[test]
    fn ok_others() {
        assert_eq!(others_words(1, false), "One more recipient is in this report.");
        assert_eq!(others_words(2, false), "2 more recipients are in this report.");
        assert!(others_words(44, true).starts_with("At least 44 more"));
    }

    #[test]
    fn ok_duration() {
        let cases = [(1, "1 second"), (90, "90 seconds"), (300, "5 minutes"), (3600, "1 hour"), (5400, "1 hour 30 minutes")];
        for (seconds, words) in cases.into_iter().chain([(86_400, "1 day"), (90_061, "1 day 1 hour"), (0, "0 seconds")]) {
            assert_eq!(duration(seconds), words);
        }
    }

    #[test]
    fn ok_limits_read_well() {
        for limit in catalog::entries().flat_map(|entry| entry.limits()) {
            let words = limit_words(limit);
            assert!(!words.ends_with("port") && !words.contains(": 1 hours"), "{words}");
        }
    }

    #[test]
    fn ok_every_value_has_words_of_its_own() {
        let mut verdict = classify(b"550 5.7.606 x");
        let words: std::collections::BTreeSet<String> = Evidence::ALL
            .iter()
            .map(|evidence| {
                verdict.evidence = *evidence;
                evidence_words(&verdict, Some(Stage::Rcpt))
            })
            .chain(Action::ALL.iter().map(|action| action_words(*action).to_owned()))
            .collect();
        assert_eq!(words.len(), Evidence::ALL.len() + Action::ALL.len());
        assert!(words.iter().all(|words| words.ends_with('.') && !words.contains("See the reference")));
    }
}
