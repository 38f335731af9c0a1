//! What a report says to a person: which recipients it names, and what it says about each. Recognised by structure, so that
//! it works for every mail server and language.

use super::mime::without_last_line_end;
use crate::syntax::dsn::bare_address;
use crate::syntax::field::{Lines, field_colon, split_line};
use crate::syntax::reply::{Reply, begins_with, trim, trim_start};
use crate::syntax::words::{behind_wide_marks, bytes_with, has_wide_marks};

/// How many recipients of a report without a machine-readable part are told apart.
pub(super) const MAX_RECIPIENTS: usize = 64;

/// The longest address that a transcript is searched for (RFC 5321, section 4.5.3.1.3, and brackets).
const MAX_ADDRESS: usize = 256;

/// How many lines behind the last word on a recipient still belong to it.
const MAX_SECTION: usize = 60;

/// Field names with which a copy of the original message begins.
const ORIGINAL_FIELDS: [&[u8]; 17] = [
    b"Received",
    b"Return-Path",
    b"Message-ID",
    b"DKIM-Signature",
    b"DomainKey-Signature",
    b"ARC-Seal",
    b"Authentication-Results",
    b"MIME-Version",
    b"Delivered-To",
    b"From",
    b"To",
    b"Subject",
    b"Date",
    b"Sender",
    b"Reply-To",
    b"Content-Type",
    b"Envelope-To",
];

/// How many field lines make a header rather than a few lines that have colons.
const MIN_FIELDS: usize = 3;

/// Splits the text of a report at the header of the original message that many servers append; the second half is empty when
/// there is none.
pub(super) fn split_original(text: &[u8]) -> (&[u8], &[u8]) {
    let Some(telling) = find_field(text, &TELLING) else { return (text, &[]) };
    let mut run_start = None;
    let mut run = Run::default();
    let mut lines = Lines::new(text);
    lines.seek(paragraph_start(text, telling));
    for (start, line) in lines {
        let folded = matches!(line.first(), Some(b' ' | b'\t')) && !trim(line).is_empty();
        if folded && run_start.is_some() {
            continue;
        }
        let name = field_colon(line).map(|colon| trim(&line[..colon]));
        match name.filter(|_| !folded) {
            Some(name) if run_start.is_some() || is_original(name) => {
                run_start.get_or_insert(start);
                run.add(name);
            }
            _ => {
                run_start = None;
                run = Run::default();
            }
        }
        if let Some(start) = run_start.filter(|_| run.is_header()) {
            return (without_announcement(&text[..start]), &text[start..]);
        }
    }
    (text, &[])
}

/// Without the lines at the end that announce the copy: `--- Below this line is a copy of the message.`, `Original message headers:`.
fn without_announcement(report: &[u8]) -> &[u8] {
    let mut report = report.trim_ascii_end();
    loop {
        let start = memchr::memrchr2(b'\n', b'\r', report).map_or(0, |end| end + 1);
        let line = trim(&report[start..]);
        if line.is_empty()
            || !(line.starts_with(b"--") || line.starts_with(b"|--") || line.ends_with(b":") || line.ends_with("：".as_bytes()))
        {
            return report;
        }
        report = report[..start].trim_ascii_end();
    }
}

fn is_original(name: &[u8]) -> bool {
    ORIGINAL_FIELDS.iter().any(|known| name.eq_ignore_ascii_case(known)) || begins_with(name, b"X-")
}

/// The fields that only real messages have.
const TELLING: [&[u8]; 5] = [b"Received", b"Return-Path", b"Message-ID", b"DKIM-Signature", b"MIME-Version"];

/// Where the first line begins that has a field of one of these names. Colons are rarer than lines.
pub(super) fn find_field(text: &[u8], names: &[&[u8]]) -> Option<usize> {
    memchr::memchr_iter(b':', text).find_map(|colon| {
        let before = &text[..colon];
        let blank = before.iter().rev().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let before = &before[..colon - blank];
        names.iter().find_map(|name| {
            let start = before.len().checked_sub(name.len())?;
            let begins_line = start == 0 || matches!(before[start - 1], b'\n' | b'\r');
            (begins_line && before[start..].eq_ignore_ascii_case(name)).then_some(start)
        })
    })
}

/// Where the paragraph begins that the line at `at` belongs to.
pub(super) fn paragraph_start(text: &[u8], mut at: usize) -> usize {
    while at > 0 {
        let line = without_last_line_end(&text[..at]);
        let start = memchr::memrchr2(b'\n', b'\r', line).map_or(0, |end| end + 1);
        if trim(&line[start..]).is_empty() {
            break;
        }
        at = start;
    }
    at
}

/// Field lines one after the other.
#[derive(Default)]
struct Run {
    fields: usize,
    /// Whether there was a field that only real messages have.
    telling: bool,
}

impl Run {
    fn add(&mut self, name: &[u8]) {
        self.fields += usize::from(is_original(name));
        self.telling |= TELLING.iter().any(|known| name.eq_ignore_ascii_case(known));
    }

    fn is_header(&self) -> bool {
        self.fields >= MIN_FIELDS && self.telling
    }
}

/// How a line names a recipient, from the clearest way to the vaguest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Clarity {
    /// The line begins with the address, and little follows: a heading or an item of a list.
    Heading,
    /// The line begins with the address, and the reason follows.
    Start,
    /// A label before the address that says what it is: `Recipient: …`.
    Label,
    /// In angle brackets inside a sentence.
    Inside,
    /// A bare address inside a sentence.
    Bare,
}

/// The recipients that a report without a machine-readable part names, as far as they can be told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named<'a> {
    addresses: [&'a [u8]; MAX_RECIPIENTS],
    count: usize,
    /// Whether there were more than fit.
    pub(super) truncated: bool,
}

impl<'a> Named<'a> {
    pub(super) const NONE: Self = Self { addresses: [b""; MAX_RECIPIENTS], count: 0, truncated: false };

    pub(super) fn addresses(&self) -> &[&'a [u8]] {
        &self.addresses[..self.count]
    }

    pub(super) fn add(&mut self, address: &'a [u8]) {
        if self.addresses().iter().any(|known| known.eq_ignore_ascii_case(address)) {
            return;
        }
        match self.addresses.get_mut(self.count) {
            Some(free) => {
                *free = address;
                self.count += 1;
            }
            None => self.truncated = true,
        }
    }

    fn clear(&mut self) {
        (self.count, self.truncated) = (0, false);
    }

    /// The recipients that `text` names in the clearest of the ways that it uses. `is_other` tells addresses that are no
    /// recipients: the sender's, a postmaster's.
    pub(super) fn find(text: &'a [u8], is_other: impl Fn(&[u8]) -> bool) -> Self {
        let mut found = Self::NONE;
        let mut clearest = Clarity::Bare;
        for (_, line) in lines_with_at(text) {
            let Some((address, clarity)) = naming(line).filter(|(address, _)| !is_other(address)) else { continue };
            // Addresses at the start of a line are all the same, whether the reason follows or not.
            let clarity = clarity.max(Clarity::Start);
            if clarity < clearest {
                clearest = clarity;
                found.clear();
            }
            if clarity == clearest {
                found.add(address);
            }
        }
        found
    }
}

/// The lines of `text` that hold an `@`, without which there is no address, and where they begin.
fn lines_with_at(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut lines = Lines::new(text);
    core::iter::from_fn(move || {
        let rest = lines.rest();
        let at = memchr::memchr(b'@', rest)?;
        let start = memchr::memrchr2(b'\n', b'\r', &rest[..at]).map_or(0, |end| end + 1);
        lines.seek(lines.at() + start);
        lines.next()
    })
}

/// The address that a line names, and how.
fn naming(line: &[u8]) -> Option<(&[u8], Clarity)> {
    memchr::memchr(b'@', line)?;
    let text = trim_bullets(line);
    if let Some((address, rest)) = address_at_start(text) {
        let rest = trim(rest);
        let heading = rest.is_empty()
            || matches!(rest, b":" | b"," | b"." | b";" | b")")
            || rest.starts_with(b"(")
            || rest.starts_with(b"[")
            || rest.starts_with(b"<mailto:")
            || rest.starts_with(b"on ")
            || rest.starts_with(b":")
            || rest.starts_with(b"...");
        return Some((address, if heading { Clarity::Heading } else { Clarity::Start }));
    }
    if text.starts_with(b">>>") || is_reply(line, text) {
        return bracketed(text).map(|address| (address, Clarity::Inside));
    }
    if let Some((address, label)) = labelled(text) {
        let telling = [&b"recip"[..], b"address", b"failed", b"rcpt"].iter().any(|word| contains_ignoring_case(label, word));
        return Some((address, if telling { Clarity::Label } else { Clarity::Inside }));
    }
    bracketed(text).map(|a| (a, Clarity::Inside)).or_else(|| bare(text).map(|a| (a, Clarity::Bare)))
}

/// Whether a line, which is `text` without its bullets, begins with a reply code.
fn is_reply(line: &[u8], text: &[u8]) -> bool {
    match text.first() {
        // What refuses at the start of a line has a code in any case.
        Some(b'0'..=b'9') => refusing_code(line).is_some() || Reply::find(line).code().is_some(),
        Some(b'<') => Reply::find(line).code().is_some(),
        _ => false,
    }
}

/// Without blanks, bullets, quotation marks and comment signs at its start.
fn trim_bullets(line: &[u8]) -> &[u8] {
    let text = trim(line);
    let bullets = text.iter().take_while(|b| matches!(b, b'*' | b'-' | b'"' | b'\'' | b' ' | b'\t' | b'|' | b'#')).count();
    // `<<<` and `>>>` are lines of a session.
    &text[bullets..]
}

/// The address at the start of `text`, in brackets or bare, and what follows it.
fn address_at_start(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.strip_prefix(b"<mailto:").unwrap_or(text);
    let (inside, close) = match text {
        [b'<', inside @ ..] => (inside, b'>'),
        [b'[', inside @ ..] => (inside, b']'),
        _ => {
            let length = text.iter().take_while(|b| is_address_byte(**b)).count();
            let address = text[..length].strip_suffix(b".").unwrap_or(&text[..length]);
            return is_address(address).then(|| (address, &text[address.len()..]));
        }
    };
    let end = memchr::memchr(close, inside)?;
    is_address(&inside[..end]).then(|| (&inside[..end], &inside[end + 1..]))
}

/// `Label: address`, with nothing behind it; the address and the label.
fn labelled(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = memchr::memchr(b':', text)?;
    let label = trim(&text[..colon]);
    let value = trim(&text[colon + 1..]);
    let value = value.strip_prefix(b"rfc822;").map_or(value, trim);
    let excluded: [&[u8]; 8] = [b"From", b"Sender", b"Reply-To", b"Return-Path", b"Cc", b"Subject", b"Received", b"In-Reply-To"];
    let is_id = label.len() > 3 && label[label.len() - 3..].eq_ignore_ascii_case(b"-id");
    let plausible =
        !label.is_empty() && label.len() < 40 && !is_id && !excluded.iter().any(|name| label.eq_ignore_ascii_case(name));
    let (address, rest) = address_at_start(value).filter(|_| plausible)?;
    trim(rest).is_empty().then_some((address, label))
}

/// The first address in angle brackets.
fn bracketed(text: &[u8]) -> Option<&[u8]> {
    let mut rest = text;
    while let Some(open) = memchr::memchr(b'<', rest) {
        let inside = &rest[open + 1..];
        let inside = inside.strip_prefix(b"mailto:").unwrap_or(inside);
        let length = inside.iter().take_while(|b| is_address_byte(**b)).count();
        if inside.get(length) == Some(&b'>') && is_address(&inside[..length]) {
            return Some(&inside[..length]);
        }
        rest = inside;
    }
    None
}

/// The first bare address.
fn bare(text: &[u8]) -> Option<&[u8]> {
    let at = memchr::memchr(b'@', text)?;
    let local = text[..at].iter().rev().take_while(|b| is_address_byte(**b) && **b != b'@').count();
    let domain = text[at + 1..].iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-')).count();
    let local = behind_wide_marks(&text[at - local..at]).len();
    let address = &text[at - local..at + 1 + domain];
    let address = address.strip_suffix(b".").unwrap_or(address);
    let address = address.strip_prefix(b"'").unwrap_or(address);
    is_address(address).then_some(address)
}

fn is_address_byte(byte: u8) -> bool {
    IN_ADDRESSES[usize::from(byte)]
}

/// The bytes of addresses without quotation: letters, digits, and those that RFC 5322 lets pass, with `@` and `.`.
static IN_ADDRESSES: [bool; 256] = bytes_with(b"!#$%&'*+-./=?@^_`{|}~", true);

/// `local@domain`, the domain with a letter in it.
pub(super) fn is_address(text: &[u8]) -> bool {
    let Some(at) = memchr::memchr(b'@', text) else { return false };
    let (local, domain) = (&text[..at], &text[at + 1..]);
    !local.is_empty()
        && !has_wide_marks(text)
        && domain.len() > 1
        && domain.iter().all(|b| IN_DOMAINS[usize::from(*b)])
        && domain.iter().any(u8::is_ascii_alphabetic)
        && local.iter().all(|b| is_address_byte(*b) || matches!(b, b'"' | b' ' | b'\\'))
}

/// The bytes of domains: letters, digits, dots and hyphens.
static IN_DOMAINS: [bool; 256] = bytes_with(b".-", true);

/// What the text says about `address`: from the line that names it to the line that names somebody else, or the reply in a
/// transcript that names it. `None` when it is not named. `recipients` are all that the report is about, as far as its text names them;
/// `has_replies` is false when the text has no line that [`any_reply`] finds.
pub(super) fn about<'a>(text: &'a [u8], address: &[u8], recipients: &[&[u8]], has_replies: bool) -> Option<&'a [u8]> {
    let section = section(text, address, recipients);
    let reply = if has_replies { transcript(text, address) } else { None };
    // Whether the section has a code counts only where a transcript says something else.
    let Some(reply) = reply else { return section };
    section.filter(|s| refusing_code(first_line(s)).is_none() && has_code(s)).or(Some(reply))
}

fn has_code(text: &[u8]) -> bool {
    let reply = Reply::find(text);
    reply.code().is_some() || reply.status().is_some()
}

/// Where the line begins that names `address` in the clearest way, and that way.
fn clearest_naming(text: &[u8], address: &[u8]) -> Option<(usize, Clarity)> {
    let mut clearest: Option<(usize, Clarity)> = None;
    let may_name = |line: &[u8]| address.len() > MAX_ADDRESS || contains_ignoring_case(line, address);
    for (start, line) in lines_with_at(text).filter(|(_, line)| may_name(line)) {
        let Some((_, clarity)) = naming(line).filter(|(named, _)| named.eq_ignore_ascii_case(address)) else { continue };
        if clearest.is_none_or(|(_, best)| clarity < best) {
            clearest = Some((start, clarity));
        }
        if clarity == Clarity::Heading {
            break;
        }
    }
    clearest
}

/// The last line above the one that names `address` in the clearest way that is not empty; none that itself names somebody, or ends
/// with a colon, for that only announces what follows.
pub(super) fn line_above<'a>(text: &'a [u8], address: &[u8]) -> Option<&'a [u8]> {
    let (start, _) = clearest_naming(text, address)?;
    let above = text[..start].trim_ascii_end();
    let line = &above[memchr::memrchr2(b'\n', b'\r', above).map_or(0, |end| end + 1)..];
    let says = !line.is_empty() && !line.ends_with(b":") && memchr::memchr(b'@', line).is_none();
    says.then_some(line)
}

/// The section that the clearest naming of `address` opens.
fn section<'a>(text: &'a [u8], address: &[u8], recipients: &[&[u8]]) -> Option<&'a [u8]> {
    let (start, clarity) = clearest_naming(text, address)?;
    let from = &text[start..];
    let next_at = |offset: usize| memchr::memchr(b'@', &from[offset..]).map_or(from.len(), |at| offset + at);
    let mut at = 0;
    for (count, (offset, line)) in Lines::new(from).skip(1).enumerate() {
        if at < offset {
            at = next_at(offset);
        }
        let other = || {
            naming(line).is_some_and(|(named, c)| {
                // A sentence names many an address; only that of a recipient opens the next section.
                let counts = if c == Clarity::Inside { recipients.iter().any(|r| r.eq_ignore_ascii_case(named)) } else { true };
                c <= Clarity::Start.max(clarity) && counts && !named.eq_ignore_ascii_case(address)
            })
        };
        let holds_at = at < offset + line.len();
        if count >= MAX_SECTION || trim_start(line).starts_with(b"-----") || (holds_at && other()) {
            return Some(&from[..offset]);
        }
    }
    Some(from)
}

/// What a transcript of sessions says of `address`: the reply to the command that named it; else what its own line quotes
/// (`554 <kim@example.com>... 550 Host unknown`); else the reply to the message, which is about all recipients of a session; else its
/// own line, with the lines of the same reply behind it.
pub(super) fn transcript<'a>(text: &'a [u8], address: &[u8]) -> Option<&'a [u8]> {
    let mut asked = false;
    let mut asked_message = false;
    let mut message_refused = None;
    for (start, line) in Lines::new(text) {
        let trimmed = trim(line);
        if trimmed.starts_with(b">>>") {
            asked = contains_ignoring_case(trimmed, address);
            asked_message = trim(&trimmed[3..]).eq_ignore_ascii_case(b"DATA") || trim(&trimmed[3..]) == b".";
        } else if message_refused.is_some() && begins_session(trimmed) {
            message_refused = None;
        } else if let Some(code) = refusing_code(trimmed) {
            // Read only where it counts: many lines may carry the same code.
            let reply = || reply_lines(&text[start..], code);
            if asked {
                return Some(reply());
            }
            if contains_ignoring_case(trimmed, address) {
                return quoted_in(trimmed).or(message_refused).or_else(|| Some(reply()));
            }
            if asked_message && trimmed.starts_with(b"<<<") {
                message_refused.get_or_insert_with(reply);
            }
        }
    }
    None
}

/// The refusal behind the address in Sendmail's line of a recipient: `554 <kim@example.com>... 550 Host unknown`.
fn quoted_in(line: &[u8]) -> Option<&[u8]> {
    let dots = memchr::memmem::find(line, b"... ")?;
    let quoted = &line[dots + 4..];
    refusing_code(quoted).map(|_| quoted)
}

/// The code with which a line of a session refuses: `<<< 550 …`, or without the arrows.
fn refusing_code(line: &[u8]) -> Option<&[u8]> {
    if !matches!(trim_start(line).first(), Some(b'4' | b'5' | b'<')) {
        return None;
    }
    let answer = answer(line);
    matches!(answer, [b'4' | b'5', b'0'..=b'5', b'0'..=b'9', b' ' | b'-', ..]).then(|| &answer[..3])
}

/// A line of a session without the arrows that mark an answer.
fn answer(line: &[u8]) -> &[u8] {
    let line = trim(line);
    line.strip_prefix(b"<<<").map_or(line, trim)
}

/// The lines at the start of `text` that carry the same reply code.
fn reply_lines<'a>(text: &'a [u8], code: &[u8]) -> &'a [u8] {
    let same = |line: &[u8]| answer(line).starts_with(code);
    let end = Lines::new(text).find(|(_, line)| !same(line)).map_or(text.len(), |(start, _)| start);
    &text[..end]
}

/// A refusing reply of a session in the text, with its continuation: the first one of the last session, as other hosts were only tried before.
pub(super) fn any_reply(text: &[u8]) -> Option<&[u8]> {
    let mut earlier = None;
    let mut found = None;
    for (start, line) in Lines::new(text) {
        if found.is_none() {
            found = refusing_code(line).map(|code| reply_lines(&text[start..], code));
        } else if begins_session(line) {
            earlier = found.take();
        }
    }
    found.or(earlier)
}

/// Whether a status code may stand in the text: a digit of a class between something that is no part of a number and a dot with a digit.
pub(super) fn may_have_status(text: &[u8]) -> bool {
    memchr::memchr_iter(b'.', text).any(|dot| match (&text[..dot], text.get(dot + 1)) {
        ([before @ .., b'2' | b'4' | b'5'], Some(b'0'..=b'9')) => {
            before.last().is_none_or(|last| !last.is_ascii_alphanumeric() && *last != b'.')
        }
        _ => false,
    })
}

/// Sendmail's line before a session: `... while talking to mx.example.net.:`.
fn begins_session(line: &[u8]) -> bool {
    trim(line).ends_with(b":") && contains_ignoring_case(line, b"while talking to")
}

/// Whether `wanted` occurs in `text`; it is looked for where its `@` is, or its first letter when it has none.
fn contains_ignoring_case(text: &[u8], wanted: &[u8]) -> bool {
    let Some(first) = wanted.first().filter(|_| wanted.len() <= MAX_ADDRESS) else { return false };
    let (offset, byte) = memchr::memchr(b'@', wanted).map_or((0, *first), |at| (at, b'@'));
    memchr::memchr2_iter(byte.to_ascii_lowercase(), byte.to_ascii_uppercase(), text).any(|at| {
        let found = at.checked_sub(offset).and_then(|start| text.get(start..start + wanted.len()));
        found.is_some_and(|found| found.eq_ignore_ascii_case(wanted))
    })
}

/// The addresses of a field such as To or X-Failed-Recipients, one after the other.
pub(super) fn addresses(field: &[u8]) -> impl Iterator<Item = &[u8]> {
    field.split(|b| *b == b',').map(bare_address).filter(|address| is_address(address))
}

/// The first line of a text that is not empty.
pub(super) fn first_line(text: &[u8]) -> &[u8] {
    split_line(text.trim_ascii_start()).0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<&str> {
        let found = Named::find(text.as_bytes(), |a| a.starts_with(b"sender@"));
        found
            .addresses()
            .iter()
            .map(|a| core::str::from_utf8(a).unwrap())
            .map(|a| &text[text.find(a).unwrap()..][..a.len()])
            .collect()
    }

    #[test]
    fn ok_recipients_of_lists() {
        assert_eq!(
            named("Hi sender@example.com\n\n<a@example.net>:\nno\n\n<b@example.net>:\nSorry, <c@example.net> is away"),
            ["a@example.net", "b@example.net"]
        );
        assert_eq!(named("failed:\n\n  a@example.net\n    SMTP error <a@example.net>: host mx.example.net"), ["a@example.net"]);
        assert_eq!(named("There was an error delivering your mail to <a@example.net>.\n"), ["a@example.net"]);
        assert_eq!(named("   ----- addresses -----\na@example.net [User unknown]\n"), ["a@example.net"]);
        assert_eq!(named("Recipient: a@example.net\nReason: see sender@example.com"), ["a@example.net"]);
        assert_eq!(named("* [a@example.net]: 550 5.2.2 full\n\nDetails:\n* To: b@example.net"), ["a@example.net"]);
        assert_eq!(named("mail to 'a@example.net' was not collected"), ["a@example.net"]);
    }

    #[test]
    fn ok_sections() {
        let text = "<a@example.net>:\nbusy\n<b@example.net>:\n550 no\n";
        let about = |address| about(text.as_bytes(), address, &[], any_reply(text.as_bytes()).is_some());
        assert_eq!(about(b"a@example.net"), Some(&b"<a@example.net>:\nbusy\n"[..]));
        assert_eq!(about(b"B@example.net"), Some(&b"<b@example.net>:\n550 no\n"[..]));
        assert_eq!(about(b"c@example.net"), None);
    }

    #[test]
    fn ok_transcript() {
        let text = b"<a@example.net>\n\n ----- Transcript -----\n>>> RCPT To:<a@example.net>\n<<< 550 5.1.1 no\n550 5.1.1 <a@example.net>... unknown\n";
        assert_eq!(transcript(text, b"a@example.net"), Some(&b"<<< 550 5.1.1 no\n550 5.1.1 <a@example.net>... unknown\n"[..]));
    }

    #[test]
    fn ok_transcript_of_a_refused_message() {
        let text = b" ----- Transcript -----\nWhile talking to example.net:\n>>> DATA\n<<< 554 no\n554 <a@example.net>... Remote protocol error\n\
            550 example.org (smtp)... 550 Host unknown\n554 <b@example.org>... 550 Host unknown\n\
            While talking to mx.example.com:\n>>> QUIT\n<<< 421 bye\n550 <c@example.com>... User unknown\n";
        assert_eq!(transcript(text, b"a@example.net"), Some(&b"<<< 554 no\n554 <a@example.net>... Remote protocol error\n"[..]));
        assert_eq!(transcript(text, b"b@example.org"), Some(&b"550 Host unknown"[..]));
        assert_eq!(transcript(text, b"c@example.com"), Some(&b"550 <c@example.com>... User unknown\n"[..]));
    }

    #[test]
    fn ok_status_in_a_text() {
        for text in ["5.1.1 no", "no (#4.2.2)", "no:5.7.1"] {
            assert!(may_have_status(text.as_bytes()), "{text}");
        }
        for text in ["192.0.2.5", "550 no.", "It is 5. Then 4.", "x5.1", "12.5.1"] {
            assert!(!may_have_status(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn ok_reply_of_the_last_session() {
        let sessions = b"451 4.4.1 reply: read error from mx1.example.net.\n... while talking to mx2.example.net.:\n>>> DATA\n<<< 554 no\n554 5.0.0 Service unavailable\n";
        assert_eq!(any_reply(sessions), Some(&b"<<< 554 no\n554 5.0.0 Service unavailable\n"[..]));
        assert_eq!(any_reply(b"550 no\nwhile talking to mx.example.net:\n>>> QUIT\n"), Some(&b"550 no\n"[..]));
        assert_eq!(any_reply(b"nothing\n"), None);
    }

    #[test]
    fn ok_line_above() {
        let above = |text| line_above(text, b"a@example.net");
        assert_eq!(
            above(b"Hi.\n\nThe account is disabled.\n\n<a@example.net>: 550 no\n"),
            Some(&b"The account is disabled."[..])
        );
        assert_eq!(above(b"The following addresses failed:\n\n<a@example.net>: 550 no\n"), None);
        assert_eq!(above(b"<b@example.net>: 550 no\n<a@example.net>: 550 no\n"), None);
        assert_eq!(above(b"<a@example.net>: 550 no\n"), None);
    }

    #[test]
    fn ok_original() {
        let text = b"It failed.\nTo: a\nSubject: b\n\n--- copy ---\nReceived: x\n by y\nFrom: z\nDate: now\n\nbody";
        let (report, original) = split_original(text);
        assert!(report.ends_with(b"Subject: b"));
        assert!(original.starts_with(b"Received: x"));
        assert_eq!(split_original(b"Reason: x\nStatus: y\n").1, b"");
    }
}
