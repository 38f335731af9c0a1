//! Numbers and names in plain words.

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

/// Foreign bytes as they can be shown: on one line, and without what controls a terminal or turns the writing round.
pub(crate) fn printable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let shown: String = text.chars().map(|c| if is_hostile(c) { '\u{fffd}' } else { c }).collect();
    shorten(&shown.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn is_hostile(c: char) -> bool {
    let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (c.is_control() && !c.is_whitespace())
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTE) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The words of a reply in one line, without its codes and what it quotes.
pub(crate) fn own_words(reply: &Reply<'_>) -> String {
    let words = printable(reply.to_string().as_bytes());
    match reply.quoted() {
        Some(_) => words.trim_end_matches(|c: char| c == ' ' || "<([{\"'`:;".contains(c)).to_owned(),
        None => words,
    }
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
            Some(provider) => format!("The wording is one that {} uses for this.", provider.title()),
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
    fn ok_printable() {
        assert_eq!(printable(b" a\r\n\tb  c "), "a b c");
        assert_eq!(printable(b"\x1b[31mred\x07\xff"), "\u{fffd}[31mred\u{fffd}\u{fffd}");
        assert_eq!(printable("a\u{202e}b\u{9b}".as_bytes()), "a\u{fffd}b\u{fffd}");
        assert_eq!(printable("ä".repeat(2000).as_bytes()).chars().count(), MAX_QUOTE + 1);
    }

    #[test]
    fn ok_own_words() {
        let own = |text: &str| own_words(&Reply::find(text.as_bytes()));
        assert_eq!(own("554 4.4.7 Message expired <421 4.4.2 Connection timed out>"), "Message expired");
        assert_eq!(own("550-5.1.1 No such\n550 5.1.1 user: <a@example.com>"), "No such user: <a@example.com>");
        assert_eq!(own("550"), "");
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
