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
    action_words, audience_label, duration, evidence_words, in_quotes, limit_words, own_words, printable, severity_words,
    source_words, spaced,
};

/// Explains one thing.
pub(crate) fn explain(page: &mut Page, subject: &Subject) {
    match subject {
        Subject::Status(status) => explain_status(page, *status),
        Subject::ReplyCode(code) => explain_reply_code(page, *code),
        Subject::Reply(text) => explain_reply(page, text),
        Subject::Message(message) => message::explain(page, message),
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
        entry: Some(entry),
    };
    judgement.introduce(page, codes);
    page.gap();
    judgement.list(page);
    limits(page, entry.limits());
    remedies(page, entry);
    page.field("Source", &source_words(entry.source(), entry.code().as_str()));
    reference(page, entry);
}

/// A whole reply: the verdict, and what it rests on.
fn explain_reply(page: &mut Page, text: &[u8]) {
    explain_verdict(page, &classify(text), text);
}

/// A verdict, and the text that it was made of.
fn explain_verdict(page: &mut Page, verdict: &Verdict, text: &[u8]) {
    let reply = Reply::find(text);
    let judgement = Judgement::of(verdict);
    judgement.introduce(page, &codes_of(verdict));
    page.gap();
    said(page, &reply, &judgement.title());
    judgement.list(page);
    circumstances(page, verdict, &reply);
    if let Some(entry) = judgement.entry {
        remedies(page, entry);
        reference(page, entry);
    }
    page.field("Evidence", &evidence_words(verdict, reply.stage()));
    if verdict.truncated {
        page.field("", "Replies are nested in this one too deeply to look at all of them.");
    }
    list_entries(page, &other_entries_title(verdict), other_entries(verdict));
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
    fn of(verdict: &Verdict) -> Self {
        Self {
            severity: verdict.severity,
            category: verdict.category,
            action: verdict.action,
            responsible: verdict.responsible,
            suppress: verdict.suppress,
            entry: verdict.entry.filter(|entry| explains(entry, verdict)),
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
            return;
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

/// Whether the texts of an entry fit the verdict. What Exchange Online means by a code is no explanation of what others say
/// with it.
fn explains(entry: &Entry, verdict: &Verdict) -> bool {
    let decided = matches!(verdict.evidence, Evidence::Entry | Evidence::Code | Evidence::Range);
    let speaks = verdict.provider.is_some_and(|provider| provider.name().as_str() == "microsoft");
    entry.category() == verdict.category && (entry.source() != Source::ExchangeOnline || decided || speaks)
}

/// The reply itself, where the heading does not already repeat it.
fn said(page: &mut Page, reply: &Reply<'_>, title: &str) {
    let text = own_words(reply);
    if !text.is_empty() && !text.eq_ignore_ascii_case(title) {
        page.field("Reply", &in_quotes(&text));
    }
}

/// What the reply tells beyond its meaning: when to try again, who lists, who speaks, what it quotes.
fn circumstances(page: &mut Page, verdict: &Verdict, reply: &Reply<'_>) {
    if let Some(seconds) = verdict.retry_after {
        page.field("Try again", &format!("after {}", duration(seconds)));
    }
    if let Some(entry) = Judgement::of(verdict).entry {
        limits(page, entry.limits());
    }
    if let Some(list) = verdict.blocklist {
        page.field("Block list", &words::blocklist_words(list));
    }
    if let Some(provider) = verdict.provider {
        let page_of_theirs = provider.reference().non_empty().map(|url| format!(", {url}")).unwrap_or_default();
        page.field("Provider", &format!("{}{page_of_theirs}", provider.title()));
    }
    cause(page, verdict, reply);
}

/// The reply that is quoted, and what it tells.
fn cause(page: &mut Page, verdict: &Verdict, reply: &Reply<'_>) {
    let quoted = reply.quoted().map(|quoted| in_quotes(printable(quoted).trim_end_matches(['>', ' '])));
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
fn other_entries(verdict: &Verdict) -> Vec<&'static Entry> {
    let explained = Judgement::of(verdict).entry;
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
