//! A whole message that came back: what happened, to whom, and what to do.

use nondelivery::{Bounce, DsnAction, ExchangeDetails, Kind, Recipient};

use super::page::Page;
use super::words::printable;

/// How many recipients are explained; the others are counted.
const MAX_EXPLAINED: usize = 20;

/// Explains a message.
pub(super) fn explain(page: &mut Page, message: &[u8]) {
    let mut scratch = vec![0; message.len()];
    let bounce = match Bounce::parse(message, &mut scratch) {
        Ok(bounce) => bounce,
        Err(e) => return page.paragraph(&e.to_string()),
    };
    page.heading("", kind_words(bounce.kind()));
    original(page, &bounce);
    let mut recipients = bounce.recipients();
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
        page.paragraph(&format!("{others} more recipients are in this report."));
    }
    authentication(page, &bounce);
    if bounce.is_truncated() {
        page.gap();
        page.paragraph("The message is nested too deeply, or names too many recipients, to look at all of it.");
    }
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
    page.gap();
    for (label, name) in [("Subject", &b"Subject"[..]), ("From", b"From"), ("Sent", b"Date"), ("Message-ID", b"Message-ID")] {
        if let Some(value) = bounce.original_header(name) {
            page.field(label, &one_line(value));
        }
    }
    if let Some(mta) = bounce.reporting_mta() {
        page.field("Reported by", &one_line(mta.host()));
    }
}

fn explain_recipient(page: &mut Page, recipient: &Recipient<'_>) {
    page.heading("To", &recipient.decoded_address().to_string());
    if let Some(original) = recipient.decoded_original().filter(|o| o.to_string() != recipient.decoded_address().to_string()) {
        page.field("Addressed to", &original.to_string());
    }
    if let Some(action) = recipient.action() {
        page.field("Outcome", outcome(action));
    }
    if let Some(until) = recipient.will_retry_until() {
        page.field("Tried until", &until.to_string());
    }
    if let Some(host) = recipient.rejected_by() {
        page.field("Refused by", &one_line(host));
    }
    if let Some(details) = recipient.exchange() {
        exchange(page, &details);
    }
    page.gap();
    let said = recipient.diagnostic().map(|d| d.value).unwrap_or_default();
    super::explain_verdict(page, recipient.verdict(), said);
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
            page.field(label, &one_line(value));
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
        let problem = finding.problem.name().replace('-', " ");
        page.paragraph(&format!("• {}: {problem}. {}", printable(finding.domain), finding.problem.advice()));
    }
}

/// A field's value without line breaks.
fn one_line(value: &[u8]) -> String {
    printable(value).split_whitespace().collect::<Vec<_>>().join(" ")
}
