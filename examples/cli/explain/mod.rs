//! Explanations for a person at a terminal.

mod message;
pub(crate) mod page;
mod picture;
pub(crate) mod subject;
pub(crate) mod words;

use nondelivery::catalog::{self, Limit};
use nondelivery::{
    Action, Audience, Category, Entry, Evidence, Party, Reply, ReplyCode, Severity, Source, StatusCode, Verdict, classify,
};

use page::Page;
use subject::Subject;
use words::{
    Said, action_words, audience_label, duration, evidence_words, in_quotes, limit_words, severity_words, source_words, spaced,
};

/// Explains one thing.
pub(crate) fn explain(page: &mut Page, subject: &Subject) {
    match subject {
        Subject::Status(status) => explain_status(page, *status),
        Subject::ReplyCode(code) => explain_reply_code(page, *code),
        Subject::Reply(text) => explain_reply(page, text),
        Subject::Message { text, number } => message::explain(page, text, *number),
    }
}

/// A status code without words: every entry that has this very code, and in a line each those that cover more.
fn explain_status(page: &mut Page, status: StatusCode) {
    let code = status.to_string();
    let verdict = classify(code.as_bytes());
    let (leading, covering) = entries_of(status);
    if leading.len() > 1 {
        page.heading("", &format!("{code} has {} meanings", leading.len()));
        page.paragraph("The words of the reply choose among them: explain the whole reply to know which one it is.");
    }
    for (number, entry) in leading.iter().enumerate() {
        let codes = if leading.len() > 1 { format!("{} of {}", number + 1, leading.len()) } else { code.clone() };
        if leading.len() > 1 {
            page.gap();
        }
        explain_entry(page, &codes, entry, &verdict);
    }
    list_entries(page, "More general entries", covering);
}

/// The entries that have the code itself (when none has, the narrowest that covers it), and the rest of those that apply.
fn entries_of(status: StatusCode) -> (Vec<&'static Entry>, Vec<&'static Entry>) {
    let names_it = |entry: &&Entry| {
        entry.status().is_some_and(|s| {
            s.subjects() == (status.subject()..=status.subject()) && s.details() == (status.detail()..=status.detail())
        })
    };
    let (mut leading, mut covering): (Vec<_>, Vec<_>) = catalog::lookup(status).partition(names_it);
    if leading.is_empty() && !covering.is_empty() {
        leading.push(covering.remove(0));
    }
    (leading, covering)
}

/// A three-digit code without words.
fn explain_reply_code(page: &mut Page, code: ReplyCode) {
    let text = code.to_string();
    match catalog::lookup_reply(code) {
        Some(entry) => explain_entry(page, &text, entry, &classify(text.as_bytes())),
        None => explain_reply(page, text.as_bytes()),
    }
}

/// One entry of the catalogue. `verdict` is what the bare code means to a mail system: it knows the class, the entry may not.
fn explain_entry(page: &mut Page, codes: &str, entry: &'static Entry, verdict: &Verdict) {
    let chosen = verdict.entry == Some(entry);
    let judgement = Judgement {
        severity: verdict.severity,
        category: entry.category(),
        action: if chosen { verdict.action } else { entry.action() },
        responsible: if chosen { verdict.responsible } else { entry.responsible() },
        suppress: entry.category().suppresses() && verdict.severity == Severity::Permanent,
        entry: Some(entry).filter(|_| verdict.severity != Severity::Success || !says_nothing(verdict.status)),
    };
    judgement.introduce(page, codes);
    page.gap();
    judgement.list(page);
    if !judgement.worked() {
        limits(page, entry.limits());
        remedies(page, entry);
    }
    page.field("Source", &source_words(entry.source(), entry.code().as_str()));
    reference(page, entry);
}

/// A whole reply: the verdict, and what it rests on.
fn explain_reply(page: &mut Page, text: &[u8]) {
    explain_verdict(page, &classify(text), text, Speaker::Unknown);
}

/// Who said what is explained.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Speaker {
    Exchange,
    Other,
    /// A reply without the message that it is about.
    Unknown,
}

/// A verdict, and the text that it was made of.
fn explain_verdict(page: &mut Page, verdict: &Verdict, text: &[u8], speaker: Speaker) {
    let said = Said::of(text);
    let judgement = Judgement::of(verdict, explaining_entry(verdict, &said, speaker));
    judgement.introduce(page, &codes_of(verdict));
    page.gap();
    tell_reply(page, &said, &judgement.title());
    judgement.list(page);
    if judgement.worked() {
        return judgement.entry.into_iter().for_each(|entry| reference(page, entry));
    }
    circumstances(page, verdict, &said, judgement.entry);
    if let Some(entry) = judgement.entry {
        remedies(page, entry);
        reference(page, entry);
    }
    page.field("Evidence", &evidence_words(verdict, Reply::find(text).stage()));
    if verdict.truncated {
        page.field(
            "",
            "Not all of it was looked at: replies are nested in it too deeply, or the report has too many recipients.",
        );
    }
    list_entries(page, &other_entries_title(verdict), other_entries(verdict, judgement.entry));
}

fn codes_of(verdict: &Verdict) -> String {
    let codes = [verdict.reply.map(|r| r.to_string()), verdict.status.map(|s| s.to_string())];
    codes.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What is told in the same way of an entry and of a verdict.
struct Judgement {
    severity: Severity,
    category: Category,
    action: Action,
    responsible: Party,
    suppress: bool,
    /// The entry that explains the category.
    entry: Option<&'static Entry>,
}

impl Judgement {
    fn of(verdict: &Verdict, entry: Option<&'static Entry>) -> Self {
        Self {
            severity: verdict.severity,
            category: verdict.category,
            action: verdict.action,
            responsible: verdict.responsible,
            suppress: verdict.suppress,
            entry,
        }
    }

    fn worked(&self) -> bool {
        self.severity == Severity::Success
    }

    fn title(&self) -> String {
        let said = self.entry.and_then(|entry| entry.title().non_empty());
        match said {
            Some(title) => title.to_owned(),
            None if self.worked() => "It worked".to_owned(),
            None => spaced(self.category.name()),
        }
    }

    /// The title, the meaning, and who has to act.
    fn introduce(&self, page: &mut Page, codes: &str) {
        page.heading(codes, &self.title());
        match self.entry {
            Some(entry) => page.paragraph(entry.summary().as_str()),
            None if self.worked() => page.paragraph("The message, or the command, was accepted."),
            None => page.paragraph(self.category.summary().as_str()),
        }
        if !self.worked() {
            page.gap();
            page.verbatim(&picture::draw(self.responsible, page.width()));
        }
    }

    fn list(&self, page: &mut Page) {
        page.field("Severity", &severity_words(self.severity));
        if self.worked() {
            return page.field("Action", action_words(Action::Nothing));
        }
        let told = self.entry.is_some();
        let summary = if told { format!(": {}", self.category.summary()) } else { String::new() };
        page.field("Category", &format!("{}{summary}", self.category));
        let stop = if self.suppress && self.action != Action::Suppress {
            " The address that failed should not be written to any more."
        } else {
            ""
        };
        page.field("Action", &format!("{}{stop}", action_words(self.action)));
    }
}

/// The entry whose texts fit the verdict. What Exchange Online means by a code is no explanation of what others say with it: where
/// Exchange did not speak, that of a standard goes first, and Exchange's own only explain a bare code, or its own words, that nobody is
/// known to have said.
fn explaining_entry(verdict: &Verdict, said: &Said, speaker: Speaker) -> Option<&'static Entry> {
    if verdict.severity == Severity::Success {
        return verdict.entry.filter(|entry| entry.category() == verdict.category && !says_nothing(verdict.status));
    }
    let found = verdict.entry.filter(|entry| entry.category() == verdict.category);
    let is_of_exchange = |entry: &&Entry| entry.source() == Source::ExchangeOnline;
    let exchange_spoke = speaker == Speaker::Exchange || verdict.provider.is_some_and(|p| p.name().as_str() == "microsoft");
    if exchange_spoke || found.is_some_and(|entry| !is_of_exchange(&entry)) {
        return found;
    }
    let standard = verdict.status.into_iter().flat_map(catalog::lookup).filter(|entry| !is_of_exchange(entry));
    let is_bare = said.words.is_empty() && matches!(verdict.evidence, Evidence::Code | Evidence::Range);
    let may_be_exchange = speaker == Speaker::Unknown && (is_bare || verdict.evidence == Evidence::Entry);
    let mut standard = standard.filter(|entry| entry.category() == verdict.category && verdict.entry.is_some());
    standard.next().or(found.filter(|_| may_be_exchange))
}

/// Whether a status tells its class only.
fn says_nothing(status: Option<StatusCode>) -> bool {
    status.is_some_and(|status| status.subject() == 0 && status.detail() == 0)
}

/// The reply itself, where the heading does not already repeat it.
fn tell_reply(page: &mut Page, said: &Said, title: &str) {
    if !said.words.is_empty() && !said.words.eq_ignore_ascii_case(title) {
        page.field("Reply", &in_quotes(&said.words));
    }
}

/// What the reply tells beyond its meaning: when to try again, who lists, who speaks, what it quotes.
fn circumstances(page: &mut Page, verdict: &Verdict, said: &Said, entry: Option<&Entry>) {
    if let Some(seconds) = verdict.retry_after {
        page.field("Try again", &format!("after {}", duration(seconds)));
    }
    if let Some(entry) = entry {
        limits(page, entry.limits());
    }
    if let Some(list) = verdict.blocklist {
        page.field("Block list", &words::blocklist_words(list));
    }
    if let Some(provider) = verdict.provider {
        let page_of_theirs = provider.reference().non_empty().map(|url| format!(", {url}")).unwrap_or_default();
        page.field("Provider", &format!("{}{page_of_theirs}", provider.title()));
    }
    cause(page, verdict, said);
}

/// The reply that is quoted, and what it tells.
fn cause(page: &mut Page, verdict: &Verdict, said: &Said) {
    let quoted = said.quoted.as_deref().map(in_quotes);
    match (verdict.cause, quoted) {
        (Some(cause), quoted) => {
            let status = cause.status.map(|s| format!(" ({s})")).unwrap_or_default();
            let quoted = quoted.map(|quoted| format!(" The reply quoted is {quoted}.")).unwrap_or_default();
            page.field("Cause", &format!("{}{status}: {}{quoted}", cause.category, cause.category.summary()));
        }
        (None, Some(quoted)) => page.field("Quotes", &quoted),
        (None, None) => {}
    }
}

fn limits(page: &mut Page, limits: &[Limit]) {
    for (number, limit) in limits.iter().enumerate() {
        page.field(if number == 0 { "Limits" } else { "" }, &limit_words(limit));
    }
}

fn remedies(page: &mut Page, entry: &Entry) {
    for audience in Audience::ALL {
        if let Some(remedy) = entry.remedy(*audience).non_empty() {
            page.field(audience_label(*audience), remedy);
        }
    }
}

fn reference(page: &mut Page, entry: &Entry) {
    if let Some(reference) = entry.reference().non_empty() {
        page.field("Reference", reference);
    }
}

/// What else the catalogue has under the codes of a verdict, most specific first.
fn other_entries(verdict: &Verdict, explained: Option<&Entry>) -> Vec<&'static Entry> {
    let by_status = verdict.status.into_iter().flat_map(catalog::lookup);
    let by_reply = verdict.reply.and_then(catalog::lookup_reply);
    by_status.chain(by_reply).filter(|entry| Some(*entry) != explained).collect()
}

fn other_entries_title(verdict: &Verdict) -> String {
    match verdict.evidence {
        Evidence::None => "Entries".to_owned(),
        _ => format!("Other entries of {}", codes_of(verdict)),
    }
}

fn list_entries(page: &mut Page, title: &str, entries: Vec<&'static Entry>) {
    if entries.is_empty() {
        return;
    }
    page.gap();
    page.subheading(title);
    for entry in entries {
        let name = entry.title().non_empty().map_or_else(|| spaced(entry.category().name()), str::to_owned);
        page.row(entry.code().as_str(), &name, entry.source().name());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An explanation as it is read.
    fn explained(text: &str) -> String {
        let mut page = Page::new(100);
        explain(&mut page, &Subject::of(text.as_bytes()).unwrap());
        anstream::adapter::strip_str(page.text()).to_string()
    }

    /// The report of one recipient by a server that is no Exchange.
    fn report(action: &str, status: &str, diagnostic: &str) -> String {
        format!(
            "From: MAILER-DAEMON@example.com\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
             --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\n\
             Final-Recipient: rfc822; kim@example.net\nAction: {action}\nStatus: {status}\n\
             Diagnostic-Code: smtp; {diagnostic}\n--b--\n"
        )
    }

    #[test]
    fn ok_exchange_explains_its_own_codes_only() {
        let expired = "550 4.4.7 Message expired: unable to deliver in 840 minutes";
        for text in [expired.to_owned(), report("failed", "4.4.7", expired)] {
            let text = explained(&text);
            assert!(text.contains("Delivery time expired") && !text.contains("Exchange Online tries"), "{text}");
        }
        for text in ["5.7.606", "550 5.7.606"] {
            assert!(explained(text).contains("banned sending IP"), "{text}");
        }
        assert!(explained("550 5.4.1 Recipient address rejected: Access denied").contains("Exchange Online"));
        let signed = "550 5.7.606 Access denied, banned sending IP [192.0.2.1] [A.prod.protection.outlook.com 2026-09-15T12:00:07.310Z 08DE]";
        assert!(explained(&report("failed", "5.7.606", signed)).contains("delist"));
        assert!(!explained(&report("failed", "5.7.606", "550 5.7.606 Oh no")).contains("delist.messaging"));
    }

    #[test]
    fn ok_success_needs_no_remedy() {
        let replies = ["2.0.0", "2.1.5", "250 2.1.5 OK", "250 OK"].map(String::from);
        let reports = ["delivered", "relayed", "expanded"].map(|action| report(action, "2.0.0", "250 2.0.0 OK"));
        for text in replies.iter().chain(&reports) {
            let text = explained(text);
            assert!(text.contains("Nothing is to be done."), "{text}");
            for word in ["Evidence", "Administrator", "cause", "log", "▲"] {
                assert!(!text.contains(word), "{word}: {text}");
            }
        }
    }

    #[test]
    fn ok_a_report_that_names_nobody_shows_its_text() {
        let text = explained(
            "From: MAILER-DAEMON@x.example\nSubject: failure notice\n\nYour message could not be delivered.\nThe disk is full.\n",
        );
        assert!(text.contains("names no recipient") && text.contains("The disk is full."), "{text}");
    }

    #[test]
    fn ok_nothing_controls_the_terminal() {
        let reply = "550 5.1.1 \u{1b}[31mno such user\u{1b}]0;x\u{7}";
        let address = report("failed", "5.1.1", reply).replace("kim@", "k\u{1b}[2J\u{202e}m@");
        for text in [reply, &address] {
            let mut page = Page::new(100);
            explain(&mut page, &Subject::of(text.as_bytes()).unwrap());
            assert!(!page.text().contains(['\u{7}', '\u{202e}']) && !page.text().contains("\u{1b}[2J"));
            assert!(!page.text().contains("\u{1b}[31mno"));
        }
    }
}
