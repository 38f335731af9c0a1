//! Which of the results in a header count: those of the last receiver, and before it those of earlier ones.

use super::domain::{domain_of_mailbox, may_be_aligned};
use super::results::{Method, MethodResult, Outcome, ReceivedSpf, Results};
use crate::syntax::field::Fields;

/// What the header says, before anything is concluded.
pub(super) struct Facts<'a> {
    fields: Fields<'a>,
    pub(super) mailboxes: Mailboxes<'a>,
    pub(super) spf: Option<Counted<'a>>,
    pub(super) dkim: Option<Counted<'a>>,
    pub(super) dmarc: Option<Counted<'a>>,
}

/// The domains of those who sent the message.
#[derive(Default)]
pub(super) struct Mailboxes<'a> {
    pub(super) from: Option<&'a [u8]>,
    pub(super) sender: Option<&'a [u8]>,
    pub(super) return_path: Option<&'a [u8]>,
}

impl<'a> Mailboxes<'a> {
    fn read(fields: Fields<'a>) -> Self {
        let mut mailboxes = Self::default();
        for field in fields {
            let mailbox = if field.is(b"From") {
                &mut mailboxes.from
            } else if field.is(b"Sender") {
                &mut mailboxes.sender
            } else if field.is(b"Return-Path") {
                &mut mailboxes.return_path
            } else {
                continue;
            };
            *mailbox = mailbox.or_else(|| domain_of_mailbox(field.value));
        }
        mailboxes
    }
}

/// The field that a result stands in.
#[derive(Clone, Copy)]
struct Origin<'a> {
    /// How many fields stand above it.
    above: usize,
    /// How many of these are Received, which every server puts above what it got (RFC 5321, section 4.4).
    received_above: usize,
    receiver: Option<&'a [u8]>,
}

impl Origin<'_> {
    /// Whether one receiver wrote both fields: they tell of the same name, and no server stands between them.
    fn is_of_same_receiver(&self, other: &Self) -> bool {
        let has_same_name = matches!((self.receiver, other.receiver), (Some(a), Some(b)) if a.eq_ignore_ascii_case(b));
        self.above == other.above || has_same_name && self.received_above == other.received_above
    }
}

/// The field that tells the results.
enum Source<'a> {
    Results(Origin<'a>),
    ReceivedSpf(Origin<'a>),
    /// One that keeps what a receiver found before the message was sent on.
    Kept,
}

fn each_result<'a>(fields: Fields<'a>, mut take: impl FnMut(&Source<'a>, MethodResult<'a>)) {
    let mut received_above = 0;
    for (above, field) in fields.enumerate() {
        let origin = |receiver| Origin { above, received_above, receiver };
        if field.is(b"Received") {
            received_above += 1;
        } else if field.is(b"Authentication-Results") {
            let results = Results::new(field.value);
            let source = Source::Results(origin(results.authserv_id));
            results.for_each(|result| take(&source, result));
        } else if field.is(b"Received-SPF") {
            let received = ReceivedSpf::new(field.value);
            take(&Source::ReceivedSpf(origin(received.receiver)), received.result);
        } else if field.is(b"Authentication-Results-Original") || field.is(b"ARC-Authentication-Results") {
            Results::new(field.value).for_each(|result| take(&Source::Kept, result));
        }
    }
}

/// The result of a method that counts.
#[derive(Clone, Copy)]
pub(super) struct Counted<'a> {
    pub(super) result: MethodResult<'a>,
    rank: u8,
    origin: Origin<'a>,
}

impl<'a> Counted<'a> {
    /// The uppermost result stays, but for a more important one of the same receiver.
    fn or(counted: Option<Self>, next: Self) -> Option<Self> {
        match counted {
            Some(first) if next.rank <= first.rank || !next.origin.is_of_same_receiver(&first.origin) => Some(first),
            _ => Some(next),
        }
    }

    /// SPF from Received-SPF, only where Authentication-Results tell nothing of it or a server stands between, who wrote them
    /// before.
    fn or_received(results: Option<Self>, received: Option<Self>) -> Option<Self> {
        let is_later = |later: &Self, earlier: &Self| later.origin.received_above < earlier.origin.received_above;
        match (results, received) {
            (Some(results), Some(received)) if is_later(&received, &results) => Some(received),
            (results, received) => results.or(received),
        }
    }
}

/// How much a result matters among those of its method.
fn rank(result: &MethodResult<'_>, from: Option<&[u8]>) -> u8 {
    match result.method {
        // MAIL FROM is the envelope sender; HELO is only looked at besides (RFC 7208, section 2.3).
        Method::Spf => u8::from(!result.is_of_helo),
        Method::Dkim => signature_rank(result.outcome, may_be_aligned(result.domain, from)),
        Method::Dmarc => 0,
    }
}

/// A signature that does not verify is as good as none beside one that does (RFC 6376, section 6.1), but for the author's.
const fn signature_rank(outcome: Outcome, is_of_author: bool) -> u8 {
    match outcome {
        Outcome::Passed if is_of_author => 5,
        Outcome::Failed | Outcome::Neutral if is_of_author => 4,
        Outcome::Passed => 3,
        Outcome::Failed | Outcome::Neutral => 2,
        Outcome::Nothing => 1,
        Outcome::BestGuessPassed | Outcome::Unknown => 0,
    }
}

impl<'a> Facts<'a> {
    pub(super) fn read(fields: Fields<'a>) -> Self {
        let mailboxes = Mailboxes::read(fields.clone());
        let mut facts = Self { fields: fields.clone(), mailboxes, spf: None, dkim: None, dmarc: None };
        let mut received_spf = None;
        each_result(fields, |source, result| {
            let (origin, counted) = match (source, result.method) {
                (Source::Results(origin), Method::Spf) => (origin, &mut facts.spf),
                (Source::Results(origin), Method::Dkim) => (origin, &mut facts.dkim),
                (Source::Results(origin), Method::Dmarc) => (origin, &mut facts.dmarc),
                (Source::ReceivedSpf(origin), _) => (origin, &mut received_spf),
                (Source::Kept, _) => return,
            };
            let rank = rank(&result, facts.mailboxes.from);
            *counted = Counted::or(*counted, Counted { result, rank, origin: *origin });
        });
        facts.spf = Counted::or_received(facts.spf, received_spf);
        facts
    }

    /// Whether the method that failed held before, for the same domain: in a field that keeps what an earlier receiver found, or
    /// in one further down of another receiver.
    pub(super) fn held_before(&self, failed: &Counted<'a>) -> bool {
        let mut held = false;
        each_result(self.fields.clone(), |source, result| {
            let is_earlier = match source {
                Source::Results(origin) | Source::ReceivedSpf(origin) => {
                    origin.above > failed.origin.above && !origin.is_of_same_receiver(&failed.origin)
                }
                Source::Kept => true,
            };
            held |= is_earlier
                && result.outcome.is_pass()
                && (result.method, result.is_of_helo) == (failed.result.method, failed.result.is_of_helo)
                && may_be_aligned(result.domain, failed.result.domain);
        });
        held
    }
}
