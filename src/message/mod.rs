//! Where in a message is it said? A bounce message becomes recipients, each with its verdict.

mod authentication;
mod charset;
mod decode;
mod delivery_status;
mod encoded_word;
mod exchange;
mod header;
mod kind;
mod mime;
mod phrases;
mod prose;
mod recipient;
mod ses;

use core::fmt;

pub use authentication::{Authentication, Finding, Problem};
pub use exchange::ExchangeDetails;
pub use kind::Kind;
pub use recipient::{Recipient, Recipients, Repairs};

use decode::Scratch;
use delivery_status::Groups;
use header::ReportHeader;
use mime::{Part, PartHeader, Role};
use prose::Named;

use crate::syntax::date::Date;
use crate::syntax::dsn::{Typed, bare_address};
use crate::syntax::field::{Fields, split_line};
use crate::syntax::reply::trim;
use crate::verdict::Context;

/// The scratch was too small to decode the message into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the scratch is too small: this message needs at most {needed} bytes")]
pub struct ScratchTooSmall {
    /// How many bytes are enough: the length of the message.
    pub needed: usize,
}

/// A message that came back, taken apart.
///
/// ```
/// use nondelivery::{Bounce, Category, Kind};
///
/// let message = b"From: MAILER-DAEMON@example.com\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
///     --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n\
///     Final-Recipient: rfc822; kim@example.net\r\nAction: failed\r\nStatus: 5.0.0\r\n\
///     Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n--b--\r\n";
/// let mut scratch = vec![0; message.len()];
/// let bounce = Bounce::parse(message, &mut scratch)?;
/// assert_eq!(bounce.kind(), Kind::Dsn);
/// let recipient = bounce.recipients().next().unwrap();
/// assert_eq!(recipient.address(), b"kim@example.net");
/// assert_eq!(recipient.verdict().category, Category::UnknownRecipient);
/// # Ok::<(), nondelivery::ScratchTooSmall>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Bounce<'a> {
    kind: Kind,
    header: &'a [u8],
    subject: Option<&'a [u8]>,
    /// What the report says to a person, without the copy of the original message.
    text: &'a [u8],
    /// The fields of delivery-status that are about the message.
    message_fields: &'a [u8],
    /// The recipients' groups of delivery-status.
    groups: &'a [u8],
    /// The original message, as far as the report returns it; it is not read before somebody asks for its header.
    original: &'a [u8],
    /// What the text says to administrators of Exchange.
    exchange: Option<exchange::Section<'a>>,
    /// The recipients of a report without groups.
    named: Named<'a>,
    truncated: bool,
    /// Nothing, at the end of the message.
    end: &'a [u8],
}

/// The leaf parts of a message that a report can consist of.
#[derive(Default)]
struct Parts<'a> {
    /// Whether the message is a multipart/report (RFC 6522, section 3).
    is_report: bool,
    text: Option<Part<'a>>,
    html: Option<Part<'a>>,
    status: Option<Part<'a>>,
    /// Whether that part has a recipient's group, once that was asked.
    names_recipient: Option<bool>,
    original: Option<Part<'a>>,
    feedback: bool,
    disposition: bool,
    too_deep: bool,
}

impl<'a> Parts<'a> {
    fn of(header: PartHeader<'a>, body: &'a [u8]) -> Self {
        let mut parts = Self { is_report: header.is(b"multipart/report"), ..Self::default() };
        let mut any = false;
        parts.too_deep = mime::walk(header, body, |part| {
            any = true;
            parts.take(part);
        });
        if !any {
            // A multipart without a single boundary is all text.
            parts.text = Some(Part { header: PartHeader { content_type: b"text/plain", ..PartHeader::NONE }, body });
        }
        parts
    }

    /// The first part of each role counts, of machine-readable ones the first that names a recipient.
    fn take(&mut self, part: Part<'a>) {
        let place = match part.header.role() {
            Role::Text if trim(part.body).is_empty() => return,
            // Some label the machine-readable part of a report as text.
            Role::Text if self.is_report && self.text.is_some() && names_recipient(&part) => return self.take_status(part),
            Role::Text => &mut self.text,
            Role::Html => &mut self.html,
            Role::Status => return self.take_status(part),
            Role::Original => &mut self.original,
            Role::Feedback => return self.feedback = true,
            Role::Disposition => return self.disposition = true,
            Role::Other => return,
        };
        place.get_or_insert(part);
    }

    /// Hardly any message has several, so that only then it is asked what they name.
    fn take_status(&mut self, part: Part<'a>) {
        let Some(first) = self.status else { return self.status = Some(part) };
        if !*self.names_recipient.get_or_insert_with(|| names_recipient(&first)) && names_recipient(&part) {
            self.status = Some(part);
            self.names_recipient = Some(true);
        }
    }
}

impl<'a> Bounce<'a> {
    /// Takes `message` apart: raw bytes, header first, as they came. What has to be decoded is written into `scratch`, for which
    /// the length of the message always suffices; most messages need none or a little. Text in another charset than UTF-8 is made UTF-8
    /// (feature `charset`) where there is room for what it becomes: four times the length always is.
    ///
    /// # Errors
    /// [`ScratchTooSmall`] says how much is enough. Nothing else fails: what is damaged or cut off is read as far as it goes.
    pub fn parse(message: &'a [u8], scratch: &'a mut [u8]) -> Result<Self, ScratchTooSmall> {
        let (fields, header, body) = ReportHeader::read(without_envelope_line(message));
        let parts = Parts::of(fields.part, body);
        let mut scratch = Scratch::new(scratch);
        let mut decode = |part: Option<Part<'a>>, later: usize| match part {
            Some(part) => scratch.text_of(&part, later).map_err(|_| ScratchTooSmall { needed: message.len() }),
            None => Ok(&[][..]),
        };
        let length = |part: Option<Part<'a>>| part.map_or(0, |part| part.body.len());
        let text = decode(parts.text.or(parts.html), length(parts.status) + length(parts.original))?;
        let status = decode(parts.status, length(parts.original))?;
        let original = decode(parts.original, 0)?;
        let (text, appended) = prose::split_original(text);
        let original = if parts.original.is_some() { original.trim_ascii_start() } else { appended };
        let has_status = !trim(status).is_empty();
        let (message_fields, groups) = Groups::split(if has_status { status } else { fields_in(text) });
        let mut bounce = Self {
            kind: Kind::Other,
            header,
            subject: fields.subject,
            text,
            message_fields,
            groups: groups.remaining(),
            original,
            exchange: None,
            named: Named::NONE,
            truncated: parts.too_deep,
            end: &message[message.len()..],
        };
        bounce.assemble(&fields, &parts, has_status);
        Ok(bounce)
    }

    /// Finds what the parts say together.
    fn assemble(&mut self, fields: &ReportHeader<'a>, parts: &Parts<'a>, has_status: bool) {
        if !(parts.feedback || parts.disposition) {
            self.exchange = exchange::section(self.text);
        }
        let has_groups = self.groups().any();
        self.kind = Kind::of(self, fields, parts, has_groups, has_status);
        if self.kind.is_bounce() && !has_groups {
            self.named = self.find_named(fields);
            if self.named.addresses().is_empty() {
                self.take_forwarded_report();
            }
            if self.named.addresses().is_empty() && !self.groups().any() {
                self.named = self.guess_named();
            }
            self.truncated |= self.named.truncated;
        }
    }

    /// A report that names nobody and has another one below it only passes that one on.
    fn take_forwarded_report(&mut self) {
        let (forwarded, ..) = ReportHeader::read(self.original);
        if kind::reports_delivery(&forwarded.part) {
            let (message_fields, groups) = Groups::split(fields_in(self.original));
            (self.message_fields, self.groups) = (message_fields, groups.remaining());
        }
    }

    /// What the message is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// What the report says to a person: decoded, HTML as text, without the copy of the original message.
    #[must_use]
    pub const fn text(&self) -> &'a [u8] {
        self.text
    }

    /// The value of a field of the report's own header, still folded.
    #[must_use]
    pub fn header(&self, name: &[u8]) -> Option<&'a [u8]> {
        Fields::new(self.header).find(name)
    }

    /// The value of a field of the original message's header, still folded, as far as the report returns it.
    #[must_use]
    pub fn original_header(&self, name: &[u8]) -> Option<&'a [u8]> {
        self.original_fields().find(name)
    }

    /// All fields of the original message's header.
    #[must_use]
    pub const fn original_fields(&self) -> Fields<'a> {
        Fields::of_message(self.original)
    }

    /// The fields of delivery-status that are about the message, extension fields included.
    #[must_use]
    pub const fn message_fields(&self) -> Fields<'a> {
        Fields::new(self.message_fields)
    }

    /// Original-Envelope-Id (RFC 3464, section 2.2.1).
    #[must_use]
    pub fn original_envelope_id(&self) -> Option<&'a [u8]> {
        self.message_fields().find(b"Original-Envelope-Id")
    }

    /// Reporting-MTA (RFC 3464, section 2.2.2): who tried to deliver.
    #[must_use]
    pub fn reporting_mta(&self) -> Option<Typed<'a>> {
        self.message_fields().find(b"Reporting-MTA").map(Typed::parse_lenient)
    }

    /// DSN-Gateway (RFC 3464, section 2.2.3).
    #[must_use]
    pub fn dsn_gateway(&self) -> Option<Typed<'a>> {
        self.message_fields().find(b"DSN-Gateway").map(Typed::parse_lenient)
    }

    /// Received-From-MTA (RFC 3464, section 2.2.4): the previous hop.
    #[must_use]
    pub fn received_from_mta(&self) -> Option<Typed<'a>> {
        self.message_fields().find(b"Received-From-MTA").map(Typed::parse_lenient)
    }

    /// Arrival-Date (RFC 3464, section 2.2.5); `None` also when it is no date.
    #[must_use]
    pub fn arrival_date(&self) -> Option<Date> {
        self.message_fields().find(b"Arrival-Date").and_then(|date| Date::parse(date).ok())
    }

    /// The identifier of the mailing list that the original message went through: what stands in brackets in List-Id.
    #[must_use]
    pub fn list_id(&self) -> Option<&'a [u8]> {
        self.original_header(b"List-Id").map(bare_address)
    }

    /// What the original header tells about the authentication of the message.
    #[must_use]
    pub fn authentication(&self) -> Authentication<'a> {
        Authentication::of_fields(self.original_fields())
    }

    /// Whether a bound was reached, so that some of the message was not looked at: multiparts nested too deeply, too many recipients
    /// in a report without a machine-readable part.
    #[must_use]
    pub const fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// The recipients that the report is about, each with its verdict. Empty when the message is no bounce, or names nobody.
    #[must_use]
    pub fn recipients(&self) -> Recipients<'a> {
        Recipients::new(*self, Context::default())
    }

    /// The same, with a site's own rules and whatever else the caller knows; the report's fields take the place of the context's
    /// where they speak.
    #[must_use]
    pub fn recipients_with(&self, context: &Context<'a>) -> Recipients<'a> {
        Recipients::new(*self, *context)
    }

    /// Whether the message ends right behind this, so that more of it may have been cut off.
    fn may_be_cut(&self, text: &[u8]) -> bool {
        text.as_ptr_range().end == self.end.as_ptr()
    }

    fn groups(&self) -> Groups<'a> {
        Groups::new(self.groups)
    }

    /// What the subject of the report says itself: without the subject of the original message, which many repeat.
    fn own_subject(&self) -> &'a [u8] {
        let subject = self.subject.unwrap_or_default();
        let repeated = self.original_header(b"Subject").filter(|original| !original.is_empty());
        repeated.and_then(|original| subject.strip_suffix(original)).unwrap_or(subject)
    }

    /// The recipients that a report without groups names.
    fn find_named(&self, fields: &ReportHeader<'a>) -> Named<'a> {
        let mut named = Named::NONE;
        for address in fields.failed_recipients.into_iter().flat_map(prose::addresses) {
            named.add(address);
        }
        for recipient in ses::Bounced::new(self.text) {
            named.add(recipient.address);
        }
        if named.addresses().is_empty() {
            let senders = self.senders(fields);
            named = Named::find(self.text, |address| {
                is_of_mail_system(address) || senders.addresses().iter().any(|known| known.eq_ignore_ascii_case(address))
            });
        }
        named
    }

    /// The recipients of a report that names nobody: those that the original message was for, but no mailing list.
    fn guess_named(&self) -> Named<'a> {
        let mut named = Named::NONE;
        let list = MailingList::of(self.original_fields());
        let to = self.original_header(b"To").into_iter().flat_map(prose::addresses);
        for address in to.filter(|address| !list.is(address)) {
            named.add(address);
        }
        // Who writes to himself is both sender and recipient.
        if named.addresses().is_empty() { Named::find(self.text, is_of_mail_system) } else { named }
    }

    /// The addresses of the sender, who got the report, and of who wrote it.
    fn senders(&self, fields: &ReportHeader<'a>) -> Named<'a> {
        let (original, ..) = ReportHeader::read(self.original);
        let fields = [fields.to, fields.from, original.from, original.return_path];
        let mut senders = Named::NONE;
        for address in fields.into_iter().flatten().flat_map(prose::addresses).take(prose::MAX_RECIPIENTS) {
            senders.add(address);
        }
        senders
    }
}

impl fmt::Display for ExchangeDetails<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = crate::syntax::reply::Loggable;
        let mut separator = "";
        for (name, value) in
            [("generated by", self.generating_server), ("refused by", self.remote_server), ("component", self.component)]
        {
            if let Some(value) = value {
                write!(f, "{separator}{name} {}", show(value))?;
                separator = ", ";
            }
        }
        Ok(())
    }
}

/// The mailing list that the original message went through, as far as its header tells.
#[derive(Default)]
struct MailingList<'a> {
    /// The address in List-Post (RFC 2369, section 3.4), and in X-BeenThere of older lists.
    addresses: [&'a [u8]; 2],
    /// The identifier in List-Id (RFC 2919, section 3): the address with a dot for the `@`, by custom.
    id: &'a [u8],
}

impl<'a> MailingList<'a> {
    fn of(fields: Fields<'a>) -> Self {
        let mut list = Self::default();
        for field in fields {
            if field.is(b"List-Post") {
                let post = bare_address(field.value);
                list.addresses[0] = post.strip_prefix(b"mailto:").unwrap_or(post);
            } else if field.is(b"X-BeenThere") {
                list.addresses[1] = field.value;
            } else if field.is(b"List-Id") {
                list.id = bare_address(field.value);
            }
        }
        list
    }

    /// Whether this is the address of the list.
    fn is(&self, address: &[u8]) -> bool {
        let same = |(id, byte): (&u8, &u8)| id.eq_ignore_ascii_case(byte) || (*id, *byte) == (b'.', b'@');
        self.addresses.iter().any(|list| list.eq_ignore_ascii_case(address))
            || (self.id.len() == address.len() && self.id.iter().zip(address).all(same))
    }
}

/// Whether a machine-readable part has a recipient's group; what is encoded is not looked into.
fn names_recipient(part: &Part<'_>) -> bool {
    prose::find_field(part.body, &[b"Final-Recipient"]).is_some()
}

fn is_of_mail_system(address: &[u8]) -> bool {
    let local = address.split(|b| *b == b'@').next().unwrap_or_default();
    let names =
        [&b"mailer-daemon"[..], b"postmaster", b"abuse", b"mail-daemon", b"noreply", b"no-reply", b"support", b"helpdesk"];
    names.iter().any(|name| local.eq_ignore_ascii_case(name))
}

/// Without the `From ` line that mailboxes put before a message.
fn without_envelope_line(message: &[u8]) -> &[u8] {
    if message.starts_with(b"From ") || message.starts_with(b">From ") { split_line(message).1 } else { message }
}

/// The delivery-status fields that some systems write into the text itself: the paragraph of the first recipient's field, and
/// what follows.
fn fields_in(text: &[u8]) -> &[u8] {
    prose::find_field(text, &[b"Final-Recipient"]).map_or(&[], |recipient| &text[prose::paragraph_start(text, recipient)..])
}
