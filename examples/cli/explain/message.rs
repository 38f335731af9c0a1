//! A whole message that came back: what happened, to whom, and what to do.

use nondelivery::{Action, Bounce, DsnAction, ExchangeDetails, Kind, Recipient, Severity, classify};

use super::Speaker;
use super::page::Page;
use super::words::{Said, action_words, in_quotes, others_words, problem_words, shown};
use crate::cli::address::{address, original_address};
use crate::cli::messages::scratch_for;

/// How many recipients are explained; the others are counted.
const MAX_EXPLAINED: usize = 20;

/// Explains a message; one of a mailbox says which one it is.
pub(super) fn explain(page: &mut Page, message: &[u8], number: Option<usize>) {
    let mut scratch = scratch_for(message);
    let bounce = match Bounce::parse(message, &mut scratch) {
        Ok(bounce) => bounce,
        Err(e) => return page.paragraph(&e.to_string()),
    };
    let number = number.map(|number| format!("Message {number}")).unwrap_or_default();
    page.heading(&number, kind_words(bounce.kind()));
    original(page, &bounce);
    recipients(page, &bounce);
    authentication(page, &bounce);
    if bounce.is_truncated() {
        page.gap();
        page.paragraph("The message is nested too deeply, or names too many recipients, to look at all of it.");
    }
}

fn recipients(page: &mut Page, bounce: &Bounce<'_>) {
    let mut recipients = bounce.recipients().peekable();
    if recipients.peek().is_none() {
        return explain_nobody(page, bounce);
    }
    for (number, recipient) in recipients.by_ref().take(MAX_EXPLAINED).enumerate() {
        if number == 0 {
            page.gap();
        } else {
            page.rule();
        }
        explain_recipient(page, &recipient);
    }
    let others = recipients.count();
    if others > 0 {
        page.gap();
        page.paragraph(&others_words(others, bounce.is_truncated()));
    }
}

/// A bounce that names nobody: what it says, and what that means.
fn explain_nobody(page: &mut Page, bounce: &Bounce<'_>) {
    if !bounce.kind().is_bounce() {
        return;
    }
    page.gap();
    page.paragraph("The report names no recipient.");
    if bounce.text().trim_ascii().is_empty() {
        return;
    }
    page.gap();
    page.field("It says", &in_quotes(&shown(bounce.text())));
    page.gap();
    // The words are shown already.
    super::explain_verdict(page, &classify(bounce.text()), b"", Speaker::Other);
}

/// What the message is, in a sentence.
fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Dsn => "A delivery status notification",
        Kind::ExchangeNdr => "A non-delivery report of Exchange",
        Kind::PlainBounce => "A bounce in words, without a machine-readable part",
        Kind::Feedback => "A complaint about a message, not a bounce",
        Kind::Disposition => "A notice of what was done with a message, such as a read receipt; not a bounce",
        Kind::AutoReply => "An automatic answer, not a bounce",
        _ => "No bounce: nothing in it tells of a message that was not delivered",
    }
}

/// Which message came back.
fn original(page: &mut Page, bounce: &Bounce<'_>) {
    if !bounce.kind().is_bounce() {
        return;
    }
    for (label, name) in [("Subject", &b"Subject"[..]), ("From", b"From"), ("Sent", b"Date"), ("Message-ID", b"Message-ID")] {
        if let Some(value) = bounce.original_header(name) {
            page.field(label, &shown(value));
        }
    }
    if let Some(mta) = bounce.reporting_mta() {
        page.field("Reported by", &shown(mta.host()));
    }
}

fn explain_recipient(page: &mut Page, recipient: &Recipient<'_>) {
    page.heading("To", &shown(address(recipient).as_bytes()));
    if let Some(original) = original_address(recipient).filter(|original| *original != address(recipient)) {
        page.field("Addressed to", &shown(original.as_bytes()));
    }
    let success = recipient.action().filter(|_| recipient.verdict().severity == Severity::Success);
    if let Some(explanation) = success.and_then(success_words) {
        return explain_success(page, recipient, explanation);
    }
    if let Some(action) = recipient.action() {
        page.field("Outcome", outcome(action));
    }
    if let Some(until) = recipient.will_retry_until() {
        page.field("Tried until", &until.to_string());
    }
    if let Some(host) = recipient.rejected_by() {
        page.field("Refused by", &shown(host));
    }
    if let Some(details) = recipient.exchange() {
        exchange(page, &details);
    }
    page.gap();
    let said = recipient.diagnostic().map(|d| d.value).unwrap_or_default();
    let speaker = if recipient.exchange().is_some() { Speaker::Exchange } else { Speaker::Other };
    super::explain_verdict(page, recipient.verdict(), said, speaker);
}

/// What was done, and that nothing is left to do.
fn explain_success(page: &mut Page, recipient: &Recipient<'_>, [outcome, meaning]: [&str; 2]) {
    page.heading(&super::codes_of(recipient.verdict()), outcome);
    page.paragraph(meaning);
    page.gap();
    if let Some(said) = recipient.diagnostic().map(|d| Said::of(d.value).words).filter(|words| !words.is_empty()) {
        page.field("Reply", &in_quotes(&said));
    }
    page.field("Action", action_words(Action::Nothing));
}

fn success_words(action: DsnAction) -> Option<[&'static str; 2]> {
    match action {
        DsnAction::Delivered => Some(["Delivered", "The message is in the recipient's mailbox."]),
        DsnAction::Relayed => Some([
            "Passed on",
            "The message went on to a system that sends no such reports. Only if it fails later, a bounce will come.",
        ]),
        DsnAction::Expanded => Some([
            "Sent on to several addresses",
            "The message reached a list or an alias and went on to the addresses behind it.",
        ]),
        DsnAction::Failed | DsnAction::Delayed => None,
    }
}

fn outcome(action: DsnAction) -> &'static str {
    match action {
        DsnAction::Failed => "given up",
        DsnAction::Delayed => "not delivered yet, and still being tried",
        DsnAction::Delivered => "delivered",
        DsnAction::Relayed => "passed to a system that sends no reports",
        DsnAction::Expanded => "sent on to several addresses",
    }
}

fn exchange(page: &mut Page, details: &ExchangeDetails<'_>) {
    let fields = [
        ("Made by", details.generating_server),
        ("Component", details.component),
        ("Underneath", details.message),
        ("Last tried", details.last_attempted_server.or(details.last_attempted_ip)),
        ("Stage", details.stage),
    ];
    for (label, value) in fields {
        if let Some(value) = value {
            page.field(label, &shown(value));
        }
    }
}

/// What the returned header tells about authentication, and the advice.
fn authentication(page: &mut Page, bounce: &Bounce<'_>) {
    let found = bounce.authentication();
    if found.findings().is_empty() || !bounce.kind().is_bounce() {
        return;
    }
    page.gap();
    page.subheading("Authentication of the message that came back");
    for finding in found.findings() {
        let problem = problem_words(finding.problem.name());
        page.item(&format!("{}: {problem}. {}", shown(finding.domain), finding.problem.advice()));
    }
}
