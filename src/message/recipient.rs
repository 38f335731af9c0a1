//! One recipient of a bounce: what the machine-readable part, the prose and Exchange's attributes say, reconciled.

use super::delivery_status::{Groups, RecipientFields};
use super::exchange::{ExchangeDetails, Section};
use super::prose::MAX_RECIPIENTS;
use super::{Bounce, kind, prose, ses};
use crate::catalog::Category;
use crate::syntax::date::Date;
use crate::syntax::dsn::{DsnAction, Encoded, Typed};
use crate::syntax::field::Fields;
use crate::syntax::reply::{Reply, trim};
use crate::syntax::reply_code::ReplyCode;
use crate::syntax::status::{Class, StatusCode};
use crate::verdict::{Context, Evidence, Severity, Verdict, classify_with};

/// For how many recipients of a machine-readable part the prose is searched, so that time stays linear in the message. A report without
/// one is searched for all that it names, which are at most [`MAX_RECIPIENTS`].
const MAX_SEARCHES: u32 = 32;

/// What had to be repaired to read a recipient's fields.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repairs {
    /// Action is missing or no word that RFC 3464 has; it was inferred from the class of the status.
    pub action_inferred: bool,
    /// Status is missing, empty or no code; the code in the diagnostic counts.
    pub status_missing: bool,
    /// Status was generic (`5.0.0`) and a finer code stands in the diagnostic or the text.
    pub status_refined: bool,
    /// The recipient has no type, or brackets around it.
    pub address_untyped: bool,
    /// The diagnostic comes from the text for people.
    pub diagnostic_from_text: bool,
}

/// One recipient of a bounce. What no verdict needs is only read when it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Recipient<'a> {
    group: &'a [u8],
    final_recipient: Typed<'a>,
    original: Option<Typed<'a>>,
    action: Option<DsnAction>,
    remote_mta: Option<Typed<'a>>,
    diagnostic: Option<Typed<'a>>,
    last_attempt: Option<&'a [u8]>,
    will_retry_until: Option<&'a [u8]>,
    final_log_id: Option<&'a [u8]>,
    /// What Exchange's section for administrators says about this recipient.
    exchange: Option<Section<'a>>,
    reporting_host: Option<&'a [u8]>,
    repairs: Repairs,
    verdict: Verdict,
}

impl<'a> Recipient<'a> {
    /// The address that the message was not delivered to, as it stands in the report, without type, brackets and comments.
    #[must_use]
    pub fn address(&self) -> &'a [u8] {
        self.final_recipient.address()
    }

    /// The same address, its encoding resolved when it is printed: `\x{F6}` of type `utf-8` (RFC 6533).
    #[must_use]
    pub fn decoded_address(&self) -> Encoded<'a> {
        decoded(&self.final_recipient)
    }

    /// Final-Recipient with its type; for a report without fields the type is empty.
    #[must_use]
    pub const fn final_recipient(&self) -> Typed<'a> {
        self.final_recipient
    }

    /// Original-Recipient: the address that the sender wrote to, before aliases and forwarding.
    #[must_use]
    pub const fn original_recipient(&self) -> Option<Typed<'a>> {
        self.original
    }

    /// The address of [`original_recipient`](Self::original_recipient), decoded when it is printed. Some servers leave it in xtext, as it
    /// came in SMTP (RFC 3461, section 4): it is taken for that when `+2B` or `+3D` stands wherever a plus sign does.
    #[must_use]
    pub fn decoded_original(&self) -> Option<Encoded<'a>> {
        let original = self.original.as_ref()?;
        let address = original.address();
        Some(if original.is(b"rfc822") && is_xtext(address) { Encoded::xtext(address) } else { decoded(original) })
    }

    /// What was done; [`Repairs::action_inferred`] says when it is a guess.
    #[must_use]
    pub const fn action(&self) -> Option<DsnAction> {
        self.action
    }

    /// Remote-MTA: who gave the diagnostic.
    #[must_use]
    pub const fn remote_mta(&self) -> Option<Typed<'a>> {
        self.remote_mta
    }

    /// Diagnostic-Code; without one, what the text for people says about this recipient, with an empty type.
    #[must_use]
    pub const fn diagnostic(&self) -> Option<Typed<'a>> {
        self.diagnostic
    }

    /// Last-Attempt-Date.
    #[must_use]
    pub fn last_attempt_date(&self) -> Option<Date> {
        self.last_attempt.and_then(|date| Date::parse(date).ok())
    }

    /// Will-Retry-Until: until when a delayed message is tried.
    #[must_use]
    pub fn will_retry_until(&self) -> Option<Date> {
        self.will_retry_until.and_then(|date| Date::parse(date).ok())
    }

    /// Final-Log-ID.
    #[must_use]
    pub const fn final_log_id(&self) -> Option<&'a [u8]> {
        self.final_log_id
    }

    /// All fields of the recipient's group, extension fields included; empty for a report without fields.
    #[must_use]
    pub const fn fields(&self) -> Fields<'a> {
        Fields::new(self.group)
    }

    /// What Exchange says for administrators.
    #[must_use]
    pub fn exchange(&self) -> Option<ExchangeDetails<'a>> {
        let diagnostic = self.diagnostic.map(|d| d.value);
        let Some(section) = self.exchange else { return diagnostic.and_then(ExchangeDetails::parse_signed) };
        let said = Some(section.text).filter(|text| text.len() <= MAX_DETAILS).and_then(ExchangeDetails::parse);
        let details = said.or_else(|| diagnostic.and_then(ExchangeDetails::parse)).unwrap_or_default();
        let remote_server = section.remote_server.or(details.remote_server);
        Some(ExchangeDetails { generating_server: Some(section.generating_server), remote_server, ..details })
    }

    /// The host that refused the message, as far as the report tells: its operator has to act when the verdict makes the
    /// recipient's side responsible. `None` where no host did: the recipient's could not be found or reached.
    #[must_use]
    pub fn rejected_by(&self) -> Option<&'a [u8]> {
        if self.verdict.severity == Severity::Success {
            return None;
        }
        // As it is named by whoever is nearest to it.
        let remote = self.remote_mta.map(|mta| mta.host()).filter(|host| !host.is_empty());
        remote.or_else(|| {
            let details = self.exchange().unwrap_or_default();
            let said_by = || self.diagnostic.and_then(|d| Reply::find(d.value).host());
            let own = details.generating_server.or(self.reporting_host).filter(|_| !self.reached_nobody());
            details.remote_server.or_else(said_by).or(own)
        })
    }

    /// Whether who reports has found nobody to talk to, so that it has not refused the message either.
    fn reached_nobody(&self) -> bool {
        let Verdict { category, reply, cause, .. } = self.verdict;
        match category {
            Category::ConnectionFailed | Category::DnsFailed => true,
            Category::Expired => cause.is_some_and(|c| matches!(c.category, Category::ConnectionFailed | Category::DnsFailed)),
            // A server that says so itself has looked the domain up for its client.
            Category::UnknownDomain => reply.is_none(),
            _ => false,
        }
    }

    /// What was repaired.
    #[must_use]
    pub const fn repairs(&self) -> Repairs {
        self.repairs
    }

    /// What it means.
    #[must_use]
    pub const fn verdict(&self) -> &Verdict {
        &self.verdict
    }
}

fn decoded<'a>(recipient: &Typed<'a>) -> Encoded<'a> {
    let address = recipient.address();
    if recipient.is(b"utf-8") { Encoded::utf8_address(address) } else { Encoded::plain(address) }
}

/// Whether all plus signs of an address stand for one, or for an equals sign, and there are any.
fn is_xtext(address: &[u8]) -> bool {
    let mut escapes =
        memchr::memchr_iter(b'+', address).map(|at| matches!(address.get(at + 1..at + 3), Some(b"2B" | b"3D"))).peekable();
    escapes.peek().is_some() && escapes.all(|escape| escape)
}

/// Iterates over the recipients of a bounce.
#[derive(Debug, Clone)]
pub struct Recipients<'a> {
    bounce: Bounce<'a>,
    groups: Groups<'a>,
    /// How many recipients were given.
    given: usize,
    searches_left: u32,
    /// The reply of the last session in the text, once it was sought.
    reply: Option<Option<&'a [u8]>>,
    /// Whether the text may have a status, once that was asked.
    may_have_status: Option<bool>,
    /// What a notice says was done, once that was asked.
    told: Option<DsnAction>,
    context: Context<'a>,
    /// Read once, for the fields about the message may be many.
    reporting_host: Option<&'a [u8]>,
}

impl<'a> Recipients<'a> {
    pub(super) fn new(bounce: Bounce<'a>, context: Context<'a>) -> Self {
        let groups = if bounce.kind.is_bounce() { bounce.groups() } else { Groups::new(&[]) };
        let reporting_mta = bounce.reporting_mta().filter(|_| bounce.kind.is_bounce());
        Self {
            reporting_host: reporting_mta.map(|mta| mta.host()).filter(|host| !host.is_empty()),
            searches_left: if groups.any() { MAX_SEARCHES } else { MAX_RECIPIENTS as u32 },
            bounce,
            groups,
            given: 0,
            reply: None,
            may_have_status: None,
            told: None,
            context,
        }
    }

    /// Whether the recipient that is being judged is the only one, so that the whole text is about it.
    fn is_only_one(&self) -> bool {
        self.given <= 1 && !self.groups.any() && self.bounce.named.addresses().len() <= 1
    }

    /// The next recipient, judged with `context` in place of the one that was given for all.
    pub(crate) fn next_with(&mut self, context: &Context<'_>) -> Option<Recipient<'a>> {
        if let Some((group, fields)) = self.groups.next() {
            self.given += 1;
            return Some(self.of_group(context, group, fields));
        }
        let address = *self.bounce.named.addresses().get(self.given)?;
        self.given += 1;
        Some(self.of_prose(context, address))
    }

    /// What the prose says about a recipient, while it may still be searched; it is searched once.
    fn prose_about(&mut self, draft: &mut Draft<'a>) -> Option<&'a [u8]> {
        if draft.prose.is_none() {
            let left = self.searches_left.checked_sub(1);
            draft.is_unsearched = left.is_none();
            self.searches_left = left?;
            draft.prose = Some(self.search_prose(draft.final_recipient.address()));
        }
        draft.prose?
    }

    fn search_prose(&mut self, address: &[u8]) -> Option<&'a [u8]> {
        if let Some(bounced) = ses::Bounced::new(self.bounce.text).find(|bounced| bounced.address == address) {
            return Some(bounced.object);
        }
        if let Some(section) = self.bounce.exchange.filter(|section| section.is_newer) {
            return Some(section.text);
        }
        let has_replies = self.any_reply().is_some();
        let recipients = self.bounce.named.addresses();
        let about = |text: &'a [u8]| prose::about(text, address, recipients, has_replies);
        self.bounce.exchange.and_then(|section| about(section.text)).or_else(|| about(self.bounce.text))
    }

    /// The reply of the last session in the text, which is read for it once.
    fn any_reply(&mut self) -> Option<&'a [u8]> {
        let text = self.bounce.text;
        *self.reply.get_or_insert_with(|| prose::any_reply(text))
    }

    /// Whether nothing that the text says could change the verdict: words or a fine code decided, the reply code is known, and so is a fine
    /// status, or the text has none.
    fn is_settled(&mut self, verdict: &Verdict) -> bool {
        let text = self.bounce.text;
        verdict.evidence < Evidence::WeakPhrase
            && verdict.reply.is_some()
            && (verdict.status.is_some_and(|s| s.detail() != 0)
                || !*self.may_have_status.get_or_insert_with(|| prose::may_have_status(text)))
    }

    fn of_group(&mut self, context: &Context<'_>, group: &'a [u8], fields: RecipientFields<'a>) -> Recipient<'a> {
        // A Final-Recipient can be the name of a queue, or an address of another network.
        let recipients = [fields.final_recipient, fields.actual_recipient, fields.original_recipient];
        let mailbox = recipients.into_iter().flatten().find(|recipient| memchr::memchr(b'@', recipient).is_some());
        let named = mailbox.or(recipients.into_iter().flatten().next()).unwrap_or_default();
        let final_recipient = Typed::parse_lenient(named);
        self.judged(context, Draft::new(final_recipient, &fields), group, &fields)
    }

    fn of_prose(&mut self, context: &Context<'_>, address: &'a [u8]) -> Recipient<'a> {
        // Amazon SES has the fields of delivery-status in its notification.
        let bounced = ses::Bounced::new(self.bounce.text).find(|bounced| bounced.address == address);
        let fields = bounced.map_or_else(RecipientFields::default, |bounced| RecipientFields {
            action: bounced.action().and_then(DsnAction::parse_lenient),
            status: bounced.status(),
            diagnostic: bounced.diagnostic(),
            ..RecipientFields::default()
        });
        let mut draft = Draft::new(Typed { kind: &[], value: address }, &fields);
        draft.told = Some(*self.told.get_or_insert_with(|| kind::told_action(self.bounce.text, self.bounce.subject)));
        self.judged(context, draft, &[], &fields)
    }

    /// Judges what is said about one recipient, from the source that is nearest to the refusal to the farthest, until something is
    /// settled.
    fn judge(&mut self, context: &Context<'_>, draft: &mut Draft<'a>, supplementary: Option<&'a [u8]>) -> Verdict {
        let host = draft.remote_mta.map(|mta| mta.host());
        let context = Context { remote_host: host, status: draft.status, action: draft.action.or(draft.told), ..*context };
        let mut verdict = classify_with(&context, draft.diagnostic.map_or(&[][..], |d| d.value));
        if let Some(info) = supplementary {
            refine(&mut verdict, &context, info);
        }
        // The exit status of a local program: its type tells more than the number.
        if let Some(diagnostic) = draft.diagnostic.filter(|diagnostic| diagnostic.is(b"x-unix")) {
            refine(&mut verdict, &context, diagnostic.kind);
        }
        if self.is_settled(&verdict) {
            return self.with_status(draft, verdict);
        }
        let section = self.prose_about(draft);
        if let Some(section) = section {
            draft.take_diagnostic(section);
            refine(&mut verdict, &context, section);
            self.take_transcript(draft.final_recipient.address(), &mut verdict);
        }
        if !self.is_settled(&verdict) && self.is_only_one() {
            if let Some(reply) = self.any_reply() {
                refine(&mut verdict, &context, reply);
            }
            refine_by_notice(&mut verdict, &context, self.bounce.text);
            draft.take_diagnostic(prose::first_line(self.bounce.text));
        }
        // The text is searched for a line above the recipient only while it is searched for the recipient.
        if section.is_some() && verdict.category == Category::UnknownRecipient && verdict.evidence != Evidence::SiteRule {
            self.take_introduction(&context, draft.final_recipient.address(), &mut verdict);
        }
        if verdict.evidence > Evidence::Wrapper && self.is_only_one() {
            refine_by_notice(&mut verdict, &context, self.bounce.own_subject());
        }
        self.with_status(draft, verdict)
    }

    /// Sendmail gives its own status in the transcript alone, below what it says of the recipient: `550 5.1.2 <kim@example.com>... Host unknown`.
    fn take_transcript(&mut self, address: &[u8], verdict: &mut Verdict) {
        let has_replies = verdict.status.is_none() && self.any_reply().is_some();
        if let Some(reply) = if has_replies { prose::transcript(self.bounce.text, address) } else { None } {
            take_codes_of(verdict, reply);
        }
    }

    /// The line above a recipient may know better what the host behind only calls unknown: `The user(s) account is disabled.`
    fn take_introduction(&self, context: &Context<'_>, address: &[u8], verdict: &mut Verdict) {
        let Some(line) = prose::line_above(self.bounce.text, address).filter(|line| line.len() <= MAX_INTRODUCTION) else {
            return;
        };
        let said = classify_with(context, line);
        if said.category == Category::MailboxInactive && said.evidence <= Evidence::Phrase {
            *verdict = Verdict { reply: verdict.reply, status: verdict.status, ..said };
        }
    }

    /// The Status field, unless it is generic and something finer was found (RFC 3464, section 2.3.4: `5.0.0` says that there is no
    /// fitting code, not that there is no reason).
    fn with_status(&self, draft: &mut Draft<'a>, mut verdict: Verdict) -> Verdict {
        if let Some(status) = draft.status {
            let stands = |found| fineness(found) < fineness(status) || fineness(status) == FINE || !agree(found, status);
            if verdict.status.is_none_or(stands) {
                verdict.status = Some(status);
            } else {
                draft.repairs.status_refined = verdict.status != Some(status);
            }
        }
        verdict.truncated |= draft.is_unsearched;
        if draft.action.is_none() {
            draft.repairs.action_inferred = true;
            draft.action = match verdict.severity {
                Severity::Success => Some(DsnAction::Delivered),
                Severity::Permanent => Some(DsnAction::Failed),
                Severity::Transient | Severity::Unknown => draft.told,
            };
        }
        verdict
    }

    /// The recipient that `draft` and the fields of its group make.
    fn judged(
        &mut self,
        context: &Context<'_>,
        mut draft: Draft<'a>,
        group: &'a [u8],
        fields: &RecipientFields<'a>,
    ) -> Recipient<'a> {
        let mut verdict = self.judge(context, &mut draft, fields.supplementary);
        // Half an address is another one.
        let address = draft.final_recipient.address();
        if address.is_empty() || self.bounce.may_be_cut(draft.final_recipient.value) {
            verdict.suppress = false;
            verdict.truncated |= !address.is_empty();
        }
        let exchange =
            self.bounce.exchange.map(|section| Section { text: self.prose_about(&mut draft).unwrap_or(section.text), ..section });
        Recipient {
            group,
            final_recipient: draft.final_recipient,
            original: fields.original_recipient.map(Typed::parse_lenient),
            action: draft.action,
            remote_mta: draft.remote_mta,
            diagnostic: draft.diagnostic,
            last_attempt: fields.last_attempt,
            will_retry_until: fields.will_retry_until,
            final_log_id: fields.log_id,
            exchange,
            reporting_host: self.reporting_host,
            repairs: draft.repairs,
            verdict,
        }
    }
}

/// The longest line that can introduce a recipient.
const MAX_INTRODUCTION: usize = 80;

/// How much text about one recipient is searched for Exchange's attributes.
const MAX_DETAILS: usize = 1 << 16;

impl<'a> Iterator for Recipients<'a> {
    type Item = Recipient<'a>;

    fn next(&mut self) -> Option<Recipient<'a>> {
        let context = self.context;
        self.next_with(&context)
    }
}

/// What is known about a recipient before it is judged.
struct Draft<'a> {
    final_recipient: Typed<'a>,
    action: Option<DsnAction>,
    /// What the notice says was done, where no field does.
    told: Option<DsnAction>,
    status: Option<StatusCode>,
    remote_mta: Option<Typed<'a>>,
    diagnostic: Option<Typed<'a>>,
    /// What the prose says about it, once that was searched for.
    prose: Option<Option<&'a [u8]>>,
    /// Whether the prose had been searched for too many others.
    is_unsearched: bool,
    repairs: Repairs,
}

impl<'a> Draft<'a> {
    fn new(final_recipient: Typed<'a>, fields: &RecipientFields<'a>) -> Self {
        let status = fields.status.and_then(status_in);
        // Some write into Status what belongs into Diagnostic-Code.
        let diagnostic = fields.diagnostic.or(fields.status.filter(|status| !has_code_alone(status)));
        Self {
            final_recipient,
            action: fields.action,
            told: None,
            status,
            remote_mta: fields.remote_mta.map(Typed::parse_lenient),
            diagnostic: diagnostic.map(Typed::parse_lenient).filter(|d| !d.value.is_empty()),
            prose: None,
            is_unsearched: false,
            repairs: Repairs {
                status_missing: status.is_none(),
                address_untyped: final_recipient.kind.is_empty(),
                ..Repairs::default()
            },
        }
    }

    /// Takes a text for people in place of a missing diagnostic.
    fn take_diagnostic(&mut self, text: &'a [u8]) {
        if self.diagnostic.is_some() {
            return;
        }
        let text = without_heading(trim(text), self.final_recipient.address());
        if !text.is_empty() {
            self.diagnostic = Some(Typed { kind: &[], value: text });
            self.repairs.diagnostic_from_text = true;
        }
    }
}

/// The code in a Status field, at its start or somewhere in it.
fn status_in(field: &[u8]) -> Option<StatusCode> {
    StatusCode::read_prefix(trim(field)).map(|(status, _)| status).or_else(|| Reply::find(field).status())
}

/// Whether a Status field holds nothing but a code, and perhaps a comment (RFC 3464, section 2.3.4).
fn has_code_alone(field: &[u8]) -> bool {
    let field = trim(field);
    let code = field.iter().take_while(|b| b.is_ascii_digit() || matches!(b, b'.' | b'#')).count();
    let behind = trim(&field[code..]);
    behind.is_empty() || behind.starts_with(b"(")
}

/// Without the address that heads a section, when anything follows it.
fn without_heading<'a>(text: &'a [u8], address: &[u8]) -> &'a [u8] {
    let bare = text.strip_prefix(b"<").unwrap_or(text);
    let Some((start, rest)) = bare.split_at_checked(address.len()) else { return text };
    let rest = rest.strip_prefix(b">").unwrap_or(rest);
    let rest = trim(rest.strip_prefix(b":").unwrap_or(rest));
    if start.eq_ignore_ascii_case(address) && !rest.is_empty() { rest } else { text }
}

/// The fineness of a code that tells subject and detail.
const FINE: u8 = 2;

/// How much a code tells: nothing (`5.0.0`), the subject (`5.7.0`), or the detail too.
fn fineness(status: StatusCode) -> u8 {
    match (status.subject(), status.detail()) {
        (0, 0) => 0,
        (_, 0) => 1,
        _ => FINE,
    }
}

/// Whether both tell of a success, or neither does: what was delivered has not failed, whatever is told beside it.
fn agree(one: StatusCode, other: StatusCode) -> bool {
    (one.class() == Class::Success) == (other.class() == Class::Success)
}

/// Takes over what `text` adds: codes that are missing or generic, and the judgement when its evidence is stronger.
fn refine(verdict: &mut Verdict, context: &Context<'_>, text: &[u8]) {
    // Words nearer to the refusal have decided: nothing but codes is missing.
    if verdict.evidence <= Evidence::Phrase {
        return take_codes_of(verdict, text);
    }
    let found = classify_as_severe(verdict.severity, context, text);
    let is_stronger = found.evidence < verdict.evidence;
    take(verdict, found, is_stronger);
}

/// The same, of what is not said about one recipient, but about all of them or to whoever reads it: it counts where nothing else has said
/// why, and single words do not, since notices speak of headers that follow and of scanners that have found nothing.
fn refine_by_notice(verdict: &mut Verdict, context: &Context<'_>, text: &[u8]) {
    if verdict.evidence <= Evidence::Wrapper {
        return take_codes_of(verdict, text);
    }
    let found = classify_as_severe(verdict.severity, context, text);
    let tells_why = found.evidence <= Evidence::WeakPhrase;
    take(verdict, found, tells_why);
}

/// What `text` means; where it does not say how severe it is, it is as severe as what is known.
fn classify_as_severe(known: Severity, context: &Context<'_>, text: &[u8]) -> Verdict {
    let found = classify_with(context, text);
    let action = match known {
        Severity::Permanent => DsnAction::Failed,
        Severity::Transient => DsnAction::Delayed,
        Severity::Success | Severity::Unknown => return found,
    };
    if found.severity != Severity::Unknown { found } else { classify_with(&Context { action: Some(action), ..*context }, text) }
}

/// Takes over what was found elsewhere: the judgement, or only what is missing of what surrounds it, and codes that are finer.
fn take(verdict: &mut Verdict, found: Verdict, judgement: bool) {
    let (reply, status) = (verdict.reply.or(found.reply), verdict.status);
    if judgement {
        *verdict = found;
    } else {
        verdict.blocklist = verdict.blocklist.or(found.blocklist);
        verdict.provider = verdict.provider.or(found.provider);
        verdict.retry_after = verdict.retry_after.or(found.retry_after);
    }
    verdict.status = status;
    take_codes(verdict, reply, found.status);
}

/// Takes over the codes of a reply in `text`.
fn take_codes_of(verdict: &mut Verdict, text: &[u8]) {
    let said = Reply::find(text);
    take_codes(verdict, verdict.reply.or(said.code()), said.status());
}

/// Sets the reply code, and the status when it is finer than what is known.
fn take_codes(verdict: &mut Verdict, reply: Option<ReplyCode>, status: Option<StatusCode>) {
    verdict.reply = reply;
    if verdict.status.is_none_or(|known| status.is_some_and(|found| fineness(found) > fineness(known) && agree(found, known))) {
        verdict.status = status.or(verdict.status);
    }
}
