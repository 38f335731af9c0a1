//! What is it? A bounce, something near to one, or somebody's letter about one.

use super::encoded_word::Decoded;
use super::header::ReportHeader;
use super::mime::PartHeader;
use super::phrases::Phrases;
use super::{Bounce, Parts, prose, ses};
use crate::syntax::dsn::DsnAction;
use crate::syntax::reply::{begins_with, trim};

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Kind {
    /// None of the others.
    Other = 0,
    /// A delivery status notification with its machine-readable part (RFC 3464).
    Dsn = 1,
    /// A non-delivery report of Exchange without a machine-readable part.
    ExchangeNdr = 2,
    /// A bounce in words only.
    PlainBounce = 3,
    /// A complaint (RFC 5965).
    Feedback = 4,
    /// A disposition notification, such as a read receipt (RFC 8098).
    Disposition = 5,
    /// An automatic answer (RFC 3834).
    AutoReply = 6,
}

crate::names! { Kind {
    Other => "other", Dsn => "dsn", ExchangeNdr => "exchange-ndr", PlainBounce => "plain-bounce", Feedback => "feedback",
    Disposition => "disposition", AutoReply => "auto-reply",
} }

impl Kind {
    /// Whether it tells of a message that was not delivered, or not yet, or (a DSN) that was.
    #[must_use]
    pub const fn is_bounce(self) -> bool {
        matches!(self, Self::Dsn | Self::ExchangeNdr | Self::PlainBounce)
    }
}

impl Kind {
    /// What `bounce` is, of which all but this is known.
    pub(super) fn of(
        bounce: &Bounce<'_>,
        fields: &ReportHeader<'_>,
        parts: &Parts<'_>,
        has_groups: bool,
        has_status: bool,
    ) -> Self {
        let announced = report_type(&fields.part);
        if parts.feedback || announced.eq_ignore_ascii_case(b"feedback-report") {
            return Self::Feedback;
        }
        if parts.disposition || announced.eq_ignore_ascii_case(b"disposition-notification") {
            let is_refusal = REJECTIONS.are_in(looked_at(bounce.text));
            return if is_refusal { Self::PlainBounce } else { Self::Disposition };
        }
        if has_groups && has_status {
            return Self::Dsn;
        }
        let form = match bounce.exchange {
            _ if has_groups => Self::Dsn,
            Some(_) => Self::ExchangeNdr,
            None => Self::PlainBounce,
        };
        if announced.eq_ignore_ascii_case(DELIVERY_STATUS) {
            return form;
        }
        // Who wrote it is asked only where that decides.
        let author = Author::of(fields);
        if author.reports_failure(bounce) {
            form
        } else if ses::is_bounce(bounce.text) {
            Self::PlainBounce
        } else if author.is_automatic() {
            Self::AutoReply
        } else {
            Self::Other
        }
    }
}

/// What a message with this header reports (RFC 6522, section 3); empty when it is no report.
fn report_type<'a>(part: &PartHeader<'a>) -> &'a [u8] {
    part.parameter(b"report-type").unwrap_or_default()
}

const DELIVERY_STATUS: &[u8] = b"delivery-status";

/// Whether a message with this header is a report on delivery.
pub(super) fn reports_delivery(part: &PartHeader<'_>) -> bool {
    report_type(part).eq_ignore_ascii_case(DELIVERY_STATUS)
}

/// Where mail about a failed delivery is sent back to: nowhere, so that no bounce bounces (RFC 5321, section 4.5.5).
#[derive(Clone, Copy, PartialEq, Eq)]
enum ReturnPath {
    Unknown,
    Empty,
    Named,
}

/// Who wrote a message, as far as its header tells.
struct Author<'h> {
    fields: &'h ReportHeader<'h>,
    path: ReturnPath,
    /// Whether the sender is called as mail systems are.
    is_daemon: bool,
    /// Whether the sender does not read what is answered.
    is_deaf: bool,
    subject: Subject,
}

/// The subject of a message, decoded.
struct Subject(Decoded);

impl<'h> Author<'h> {
    fn of(fields: &'h ReportHeader<'h>) -> Self {
        let from = looked_at(fields.from.unwrap_or_default());
        let path = match fields.return_path.map(trim) {
            None | Some(b"") => ReturnPath::Unknown,
            // Some systems give the empty path a name, and what passes a bounce on gives it one of its own.
            Some(path) if path == b"<>" || is_mailer_daemon(path) => ReturnPath::Empty,
            Some(_) if MAILER_DAEMON.are_in(from) => ReturnPath::Empty,
            Some(_) => ReturnPath::Named,
        };
        let subject = Subject(Decoded::of(fields.subject.unwrap_or_default()));
        Self { fields, path, is_daemon: DAEMONS.are_in(from), is_deaf: NO_REPLY.are_in(from), subject }
    }

    /// Whether a mail system wrote the message to tell of a failure: its sender and its subject say so, or a field that only
    /// bounces have. Where these say little, the text has to tell of it too, or the message comes back with it.
    fn reports_failure(&self, bounce: &Bounce<'_>) -> bool {
        if self.fields.failed_recipients.is_some() || self.fields.is_ndr {
            return true;
        }
        let fails = self.subject.tells_of_failure();
        if self.passes_on(fails) || (self.subject.is_automatic() && !self.is_daemon) {
            return false;
        }
        if bounce.exchange.is_some() && (self.is_daemon || self.path == ReturnPath::Empty || fails) {
            return true;
        }
        let returns = !bounce.original.is_empty();
        let speaks = || OPENINGS.are_in(looked_at(bounce.text));
        let answers = || prose::any_reply(bounce.text).is_some();
        // The first line may be far behind blank ones.
        let tells = || speaks() || OPENINGS.are_in(looked_at(prose::first_line(bounce.text))) || answers();
        match (self.path, self.is_daemon, fails) {
            // Who sends from an address of his own sends other notices too.
            (ReturnPath::Named, true, false) | (ReturnPath::Named, false, true) => returns && tells(),
            (ReturnPath::Unknown, false, true) => answers() || (returns && tells()),
            (ReturnPath::Empty, false, true) => returns || tells(),
            (_, true, true) => true,
            (_, true, false) => tells(),
            (ReturnPath::Empty, false, false) => returns && speaks() && (!self.is_reply() || answers()),
            (_, false, false) => returns && self.is_deaf && speaks(),
        }
    }

    /// Whether somebody answers or forwards what a mail system has written, or it goes to a list. A mail system that nobody can answer does
    /// neither, whatever subject it repeats; and what it writes to a list's owner can come through the list.
    fn passes_on(&self, fails: bool) -> bool {
        let to_list = self.fields.is_for_list || self.fields.precedence.is_some_and(|v| v.eq_ignore_ascii_case(b"list"));
        let is_mailer = self.is_daemon && self.path != ReturnPath::Named;
        !is_mailer && (self.subject.begins_answer() || (to_list && !(self.is_daemon && fails)))
    }

    /// Whether it answers some message by itself (RFC 3834, section 5).
    fn is_reply(&self) -> bool {
        self.fields.auto_submitted.is_some_and(|v| begins_with(v, b"auto-replied"))
    }

    /// Whether a program answered for somebody who is away, or so.
    fn is_automatic(&self) -> bool {
        let submitted = self.fields.auto_submitted.is_some_and(|v| !begins_with(v, b"no"));
        let precedence = self.fields.precedence.is_some_and(|v| AUTOMATIC_PRECEDENCE.are_in(looked_at(v)));
        submitted || precedence || self.fields.is_autoreply || self.subject.is_automatic()
    }
}

/// `<MAILER-DAEMON@example.com>`, or without a domain.
fn is_mailer_daemon(path: &[u8]) -> bool {
    begins_with(path.strip_prefix(b"<").unwrap_or(path), MAILER_DAEMON_NAME)
}

impl Subject {
    fn tells_of_failure(&self) -> bool {
        SUBJECTS.are_in(self.0.as_bytes())
    }

    fn is_automatic(&self) -> bool {
        let subject = self.0.as_bytes();
        AUTOMATIC_SUBJECTS.are_in(subject) || begins_with(subject, b"auto:")
    }

    /// Whether it begins as an answer or a forwarded message does: `Re: `, `[list] Fwd: `.
    fn begins_answer(&self) -> bool {
        let subject = trim(self.0.as_bytes());
        let tag = subject.strip_prefix(b"[").and_then(|inside| Some(trim(&inside[memchr::memchr(b']', inside)? + 1..])));
        let subject = tag.unwrap_or(subject);
        ANSWERS.iter().any(|prefix| begins_with(subject, prefix))
    }
}

/// What a report without fields says was done: it warns that the message is late, or says that it was not delivered.
pub(super) fn told_action(text: &[u8], subject: Option<&[u8]>) -> DsnAction {
    let warns = |text: &[u8]| DELAYS.are_in(looked_at(text));
    if warns(text) || subject.is_some_and(|subject| warns(Decoded::of(subject).as_bytes())) {
        DsnAction::Delayed
    } else {
        DsnAction::Failed
    }
}

/// The name that nobody but a mail system has.
const MAILER_DAEMON_NAME: &[u8] = b"mailer-daemon";
static MAILER_DAEMON: Phrases<1> = Phrases::new([MAILER_DAEMON_NAME]);

/// Mail systems as they sign their reports.
static DAEMONS: Phrases<17> = Phrases::new([
    b"mdaemon",
    b"post_master",
    b"mailer-daemon",
    b"mail-daemon",
    b"maildaemon",
    b"mailerdaemon",
    b"postmaster",
    b"mail delivery",
    b"mail administrator",
    b"delivery subsystem",
    b"delivery system",
    b"mail deliver system",
    b"mail system",
    b"mailsystem",
    b"microsoft exchange",
    b"microsoftexchange",
    b"system administrator",
]);

/// What the subjects of bounces have in them.
static SUBJECTS: Phrases<61> = Phrases::new([
    b"failed mail",
    b"mail failed",
    b"undeliver",
    b"returned mail",
    b"returned to sender",
    b"return to sender",
    b"failure notice",
    b"delivery status",
    b"delivery failure",
    b"delivery failed",
    b"delivery error",
    b"delivery problem",
    b"delivery report",
    b"delivery notification",
    b"delivery has failed",
    b"could not send message",
    b"could not be delivered",
    b"could not be sent",
    b"couldn't be delivered",
    b"failed delivery",
    b"non remis",
    b"not delivered",
    b"nondeliver",
    b"non-deliver",
    b"non delivery",
    b"error sending your mail",
    b"message delay",
    b"delayed mail",
    b"mail failure",
    b"mail error",
    b"mail system error",
    b"mail rejected",
    b"rejected mail",
    b"unzustellbar",
    b"bounce",
    b"message not sent",
    b"delivery delayed",
    b"delivery is delayed",
    b"systems bounce",
    b"email is returned",
    b"onbestelbaar",
    b"no se puede entregar",
    b"no se pudo entregar",
    b"impossibile recapitare",
    b"recapito non riuscito",
    b"olevererbar",
    b"teslim edilemedi",
    "não é possível entregar".as_bytes(),
    "não entregue".as_bytes(),
    "配信不能".as_bytes(),
    "系统退信".as_bytes(),
    "无法投递".as_bytes(),
    "无法传递".as_bytes(),
    "無法傳遞".as_bytes(),
    "未传递".as_bytes(),
    "не удается доставить".as_bytes(),
    "недоставленное".as_bytes(),
    "배달되지 않음".as_bytes(),
    "배달할 수 없음".as_bytes(),
    "nie można dostarczyć".as_bytes(),
    "niedostarczone".as_bytes(),
]);

/// How bounces begin, or what they say somewhere.
static OPENINGS: Phrases<38> = Phrases::new([
    b"not yet been delivered",
    b"has been returned because",
    b"has been postponed",
    b"attempts will continue",
    b"delivery is delayed to",
    b"mail is returned",
    b"failed recipients",
    b"no such user",
    b"user not found",
    b"mailbox unavailable",
    b"automatically rejected",
    "не может быть доставлено".as_bytes(),
    b"this is the mail system",
    b"created automatically by",
    b"could not be delivered",
    b"couldn't be delivered",
    b"wasn't able to deliver",
    b"was unable to deliver",
    b"unable to deliver",
    b"undeliverable",
    b"delivery has failed",
    b"delivery to the following",
    b"did not reach the following",
    b"was not delivered",
    b"wasn't delivered",
    b"not be delivered",
    b"error delivering",
    b"error occurred while",
    b"trouble delivering",
    b"delivery failed",
    b"failed to deliver",
    b"failed delivery",
    b"permanent fatal errors",
    b"had delivery errors",
    b"failure reasons",
    b"user unknown",
    b"user(s) account",
    b"is the qmail",
]);

/// How a notice says that a message is only late.
static DELAYS: Phrases<21> = Phrases::new([
    b"not yet been delivered",
    b"not been delivered yet",
    b"not yet delivered",
    b"has been delayed",
    b"delivery is delayed",
    b"delivery delayed",
    b"message delayed",
    b"delayed delivery",
    b"will be retried",
    b"attempts will continue",
    b"will continue to attempt",
    b"will keep trying",
    b"warning message only",
    b"do not need to resend",
    b"could not send message for",
    b"has been postponed",
    b"(delay)",
    b"delivery incomplete",
    b"temporary problem delivering",
    b"gmail will retry",
    b"will continue to be attempted",
]);

/// How programs that sort mail for a recipient say that they have refused it (RFC 5429, section 2.1.2).
static REJECTIONS: Phrases<2> = Phrases::new([b"automatically rejected", b"refused by the recipient's mail filtering program"]);

/// Senders who do not read what is answered.
static NO_REPLY: Phrases<2> = Phrases::new([b"no-reply", b"noreply"]);

static AUTOMATIC_PRECEDENCE: Phrases<2> = Phrases::new([b"auto_reply", b"auto-reply"]);

/// What the subjects of automatic answers have in them.
static AUTOMATIC_SUBJECTS: Phrases<4> = Phrases::new([b"out of office", b"automatic reply", b"autoreply", b"auto-reply"]);

/// How the subjects of answers and of forwarded messages begin, in the languages of usual mail programs.
const ANSWERS: [&[u8]; 24] = [
    b"re:",
    b"fw:",
    b"fwd:",
    b"aw:",
    b"wg:",
    b"sv:",
    b"vs:",
    b"vb:",
    b"vl:",
    b"tr:",
    b"rv:",
    b"enc:",
    b"res:",
    b"rif:",
    b"r:",
    b"i:",
    b"odp:",
    b"pd:",
    b"antw:",
    b"doorst:",
    b"ynt:",
    b"ilt:",
    "回复".as_bytes(),
    "转发".as_bytes(),
];

/// The part of a text that tells what kind of message it is.
fn looked_at(text: &[u8]) -> &[u8] {
    &text[..text.len().min(MAX_LOOKED_AT)]
}

/// How much of a text is looked at to tell what kind of message it is.
const MAX_LOOKED_AT: usize = 4096;
