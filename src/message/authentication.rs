//! Why authentication failed, from the header of the original message that a report carries (RFC 8601, RFC 7208, RFC 7489).

use core::fmt;

use super::mime::parameter;
use crate::syntax::dsn::bare_address;
use crate::syntax::field::Fields;

/// What is wrong with the authentication of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Problem {
    /// The envelope sender's domain publishes no SPF record.
    NoSpfRecord = 1,
    /// The sending host is not among those that the envelope sender's domain allows.
    SpfFailed = 2,
    /// The domain in From publishes no DMARC record.
    NoDmarcRecord = 3,
    /// The message carries no DKIM signature.
    NoDkimSignature = 4,
    /// A DKIM signature did not verify.
    DkimFailed = 5,
    /// The domains of envelope (P1) and From (P2) are not aligned.
    NotAligned = 6,
    /// SPF held where the message was sent and failed after it was forwarded.
    ForwardingBrokeSpf = 7,
    /// The signature held where the message was sent and failed after it was forwarded.
    ForwardingBrokeDkim = 8,
}

crate::names! { Problem {
    NoSpfRecord => "no-spf-record", SpfFailed => "spf-failed", NoDmarcRecord => "no-dmarc-record",
    NoDkimSignature => "no-dkim-signature", DkimFailed => "dkim-failed", NotAligned => "not-aligned",
    ForwardingBrokeSpf => "forwarding-broke-spf", ForwardingBrokeDkim => "forwarding-broke-dkim",
} }

impl Problem {
    /// What to do about it, in a sentence.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::NoSpfRecord => {
                "Publish an SPF record (a TXT record that begins with v=spf1) that names every host which sends for this domain."
            }
            Self::SpfFailed => "Add the sending host to the SPF record of this domain, or send through a host that it names.",
            Self::NoDmarcRecord => "Publish a DMARC record (a TXT record at _dmarc under the domain); p=none is a start.",
            Self::NoDkimSignature => "Sign outgoing mail with DKIM for this domain, and publish the public key.",
            Self::DkimFailed => {
                "Check that the public key in DNS is the one that signs, and that nothing changes the message after signing."
            }
            Self::NotAligned => "Send with an envelope sender of the domain in From, or sign with DKIM for the domain in From.",
            Self::ForwardingBrokeSpf => {
                "The forwarder's host is not in this domain's SPF record: have the message signed with DKIM, which survives, or the forwarder rewrite the envelope sender (SRS) or add ARC."
            }
            Self::ForwardingBrokeDkim => {
                "Something on the way changed the signed message, such as a footer or a new subject: have the forwarder leave it as it is or add ARC."
            }
        }
    }
}

/// A problem and the domain that it concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding<'a> {
    /// What is wrong.
    pub problem: Problem,
    /// The domain that has to be mended, as it stands in the header.
    pub domain: &'a [u8],
}

impl fmt::Display for Finding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.problem, crate::syntax::reply::Loggable(self.domain))
    }
}

/// The most findings that one header can give: each problem once.
const MAX_FINDINGS: usize = 8;

/// What the header of an original message tells about its authentication.
///
/// ```
/// use nondelivery::{Authentication, Problem};
///
/// let header = b"Authentication-Results: mx.example.net; spf=fail smtp.mailfrom=example.com; dkim=none\r\nFrom: a@example.com\r\n";
/// let found = Authentication::of(header);
/// let problems: Vec<Problem> = found.findings().iter().map(|finding| finding.problem).collect();
/// assert_eq!(problems, [Problem::SpfFailed, Problem::NoDkimSignature]);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Authentication<'a> {
    findings: [Finding<'a>; MAX_FINDINGS],
    count: usize,
}

impl<'a> Authentication<'a> {
    /// Reads `header`: Authentication-Results in the form of RFC 8601 and in Microsoft's, Received-SPF, From, Sender and
    /// Return-Path. Where several fields speak of one method, the uppermost counts, as the last receiver wrote it.
    #[must_use]
    pub fn of(header: &'a [u8]) -> Self {
        Self::of_fields(Fields::new(header))
    }

    pub(super) fn of_fields(fields: Fields<'a>) -> Self {
        Facts::read(fields).conclude()
    }

    /// What is wrong; empty when nothing was found.
    #[must_use]
    pub fn findings(&self) -> &[Finding<'a>] {
        &self.findings[..self.count]
    }

    fn add(&mut self, problem: Problem, domain: Option<&'a [u8]>) {
        if let Some(free) = self.findings.get_mut(self.count) {
            *free = Finding { problem, domain: domain.unwrap_or_default() };
            self.count += 1;
        }
    }
}

/// The result of one method, and the domain it is about.
#[derive(Debug, Clone, Copy, Default)]
struct MethodResult<'a> {
    result: &'a [u8],
    domain: Option<&'a [u8]>,
}

impl MethodResult<'_> {
    fn is(&self, results: &[&[u8]]) -> bool {
        results.iter().any(|r| self.result.eq_ignore_ascii_case(r))
    }
}

/// What the header says, before anything is concluded.
#[derive(Default)]
struct Facts<'a> {
    spf: Option<MethodResult<'a>>,
    dkim: Option<MethodResult<'a>>,
    dmarc: Option<MethodResult<'a>>,
    /// What an earlier receiver found, before the message was forwarded.
    earlier_spf: Option<MethodResult<'a>>,
    earlier_dkim: Option<MethodResult<'a>>,
    from: Option<&'a [u8]>,
    sender: Option<&'a [u8]>,
    return_path: Option<&'a [u8]>,
}

const FAILED: [&[u8]; 4] = [b"fail", b"softfail", b"hardfail", b"permerror"];
const PASSED: [&[u8]; 2] = [b"pass", b"bestguesspass"];

impl<'a> Facts<'a> {
    fn read(fields: Fields<'a>) -> Self {
        let mut facts = Self::default();
        let mut received_spf = None;
        for field in fields {
            let domain = || domain_of(bare_address(field.value));
            if field.is(b"Authentication-Results") {
                facts.results(field.value);
            } else if field.is(b"Authentication-Results-Original") || field.is(b"ARC-Authentication-Results") {
                facts.earlier(field.value);
            } else if field.is(b"Received-SPF") {
                received_spf = received_spf.or(Some(field.value));
            } else if field.is(b"From") {
                facts.from = facts.from.or_else(domain);
            } else if field.is(b"Sender") {
                facts.sender = facts.sender.or_else(domain);
            } else if field.is(b"Return-Path") {
                facts.return_path = facts.return_path.or_else(domain);
            }
        }
        if facts.spf.is_none() {
            facts.spf = received_spf.map(|value| facts.received_spf(value));
        }
        facts
    }

    /// `Received-SPF: fail (…) …`: the first word is the result (RFC 7208, section 9.1).
    fn received_spf(&self, value: &'a [u8]) -> MethodResult<'a> {
        let length = value.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let domain = parameter(value, b"envelope-from").and_then(|a| domain_of(bare_address(a)));
        MethodResult { result: &value[..length], domain: domain.or(self.return_path) }
    }

    fn results(&mut self, value: &'a [u8]) {
        let method = |name, property| method(value, name, property);
        let (spf, dkim, dmarc) =
            (method(b"spf", b"smtp.mailfrom"), method(b"dkim", b"header.d"), method(b"dmarc", b"header.from"));
        if self.spf.is_some() {
            self.earlier_spf = self.earlier_spf.or(spf);
        }
        if self.dkim.is_some() {
            self.earlier_dkim = self.earlier_dkim.or(dkim);
        }
        self.spf = self.spf.or(spf);
        self.dkim = self.dkim.or(dkim);
        self.dmarc = self.dmarc.or(dmarc);
    }

    fn earlier(&mut self, value: &'a [u8]) {
        self.earlier_spf = self.earlier_spf.or(method(value, b"spf", b"smtp.mailfrom"));
        self.earlier_dkim = self.earlier_dkim.or(method(value, b"dkim", b"header.d"));
    }

    fn conclude(&self) -> Authentication<'a> {
        let mut found =
            Authentication { findings: [Finding { problem: Problem::NoSpfRecord, domain: b"" }; MAX_FINDINGS], count: 0 };
        let from = self.from.or(self.dmarc.and_then(|d| d.domain));
        let envelope = self.spf.and_then(|s| s.domain).or(self.return_path);
        self.conclude_spf(&mut found, envelope);
        if self.dmarc.is_some_and(|d| d.is(&[b"none", b"permerror"])) {
            found.add(Problem::NoDmarcRecord, self.dmarc.and_then(|d| d.domain).or(from));
        }
        self.conclude_dkim(&mut found, from);
        let other = envelope.or(self.sender);
        if let (Some(from), Some(other)) = (from, other)
            && !is_aligned(from, other)
        {
            found.add(Problem::NotAligned, Some(from));
        }
        found
    }

    fn conclude_spf(&self, found: &mut Authentication<'a>, envelope: Option<&'a [u8]>) {
        let Some(spf) = self.spf else { return };
        if spf.is(&[b"none"]) {
            found.add(Problem::NoSpfRecord, envelope);
        } else if spf.is(&FAILED) {
            let forwarded = self.earlier_spf.is_some_and(|s| s.is(&PASSED));
            found.add(if forwarded { Problem::ForwardingBrokeSpf } else { Problem::SpfFailed }, envelope);
        }
    }

    fn conclude_dkim(&self, found: &mut Authentication<'a>, from: Option<&'a [u8]>) {
        let Some(dkim) = self.dkim else { return };
        if dkim.is(&[b"none"]) {
            found.add(Problem::NoDkimSignature, from);
        } else if dkim.is(&FAILED) || dkim.is(&[b"neutral"]) {
            let forwarded = self.earlier_dkim.is_some_and(|d| d.is(&PASSED));
            let problem = if forwarded { Problem::ForwardingBrokeDkim } else { Problem::DkimFailed };
            found.add(problem, dkim.domain.or(from));
        }
    }
}

/// `method=result … property=value` in a field of Authentication-Results; Microsoft leaves the authserv-id out, and blanks take the
/// place of some semicolons.
fn method<'a>(field: &'a [u8], name: &[u8], property: &[u8]) -> Option<MethodResult<'a>> {
    let result = parameter(field, name)?;
    let length = result.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let value = parameter(field, property).filter(|value| !value.eq_ignore_ascii_case(b"none"));
    let domain = value.map(|value| domain_of(value).unwrap_or_else(|| domain_name(value))).filter(|d| !d.is_empty());
    Some(MethodResult { result: &result[..length], domain })
}

/// What stands behind the last `@`.
fn domain_of(address: &[u8]) -> Option<&[u8]> {
    let at = memchr::memrchr(b'@', address)?;
    Some(domain_name(&address[at + 1..])).filter(|domain| !domain.is_empty())
}

fn domain_name(text: &[u8]) -> &[u8] {
    let length = text.iter().take_while(|b| b.is_ascii_alphanumeric() || **b >= 0x80 || b".-_".contains(b)).count();
    let name = &text[..length];
    name.strip_suffix(b".").unwrap_or(name)
}

/// Relaxed alignment (RFC 7489, section 3.1.1): the same organisational domain by the public suffix list.
#[cfg(feature = "psl")]
fn is_aligned(one: &[u8], other: &[u8]) -> bool {
    is_suffix(one, other) && psl_domain(one).is_none()
        || one.eq_ignore_ascii_case(other)
        || matches!((psl_domain(one), psl_domain(other)), (Some(a), Some(b)) if a.eq_ignore_ascii_case(b))
}

#[cfg(feature = "psl")]
fn psl_domain(name: &[u8]) -> Option<&[u8]> {
    psl::domain(name).map(|domain| domain.as_bytes())
}

/// Without the public suffix list: the same domain, or one below the other.
#[cfg(not(feature = "psl"))]
fn is_aligned(one: &[u8], other: &[u8]) -> bool {
    one.eq_ignore_ascii_case(other) || is_suffix(one, other)
}

/// Whether one of the two is a subdomain of the other.
fn is_suffix(one: &[u8], other: &[u8]) -> bool {
    let (long, short) = if one.len() > other.len() { (one, other) } else { (other, one) };
    let split = long.len() - short.len();
    split > 0 && long[split..].eq_ignore_ascii_case(short) && long[split - 1] == b'.'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(header: &str) -> Vec<String> {
        Authentication::of(header.as_bytes()).findings().iter().map(ToString::to_string).collect()
    }

    /// The first sample of Microsoft's article on DMARC failures: no SPF record, no signature, domains that differ.
    #[test]
    fn ok_spf_and_dkim_failure() {
        let header = "Authentication-Results: spf=none (sender IP is 40.95.88.73)\n smtp.mailfrom=o365e083.onmicrosoft.com; dkim=none (message not signed)\n header.d=none;dmarc=fail action=oreject\n header.from=o365e.onmicrosoft.com;compauth=fail reason=000\nReceived-SPF: None (protection.outlook.com: o365e.onmicrosoft.com does\n not designate permitted sender hosts)\nAuthentication-Results-Original: dkim=none (message not signed)\n header.d=none; dmarc=none action=none\n header.from=o365e.onmicrosoft.com;\nFrom: admin@o365e.onmicrosoft.com\nSender: \"admin@o365e.onmicrosoft.com\"\n    <admin@o365e.onmicrosoft.com>\n";
        assert_eq!(
            findings(header),
            [
                "no-spf-record (o365e083.onmicrosoft.com)",
                "no-dkim-signature (o365e.onmicrosoft.com)",
                "not-aligned (o365e.onmicrosoft.com)",
            ]
        );
    }

    /// The second sample: an automatic forward whose envelope sender is of another domain than From.
    #[test]
    fn ok_not_aligned() {
        let header = "From: admin@o365e083.onmicrosoft.com\nSender: \"admin@o365e039.onmicrosoft.com\"\n    <admin@o365e039.onmicrosoft.com>\nReturn-Path: admin@o365e039.onmicrosoft.com\n";
        assert_eq!(findings(header), ["not-aligned (o365e083.onmicrosoft.com)"]);
    }

    #[test]
    fn ok_forwarded() {
        let header = "Authentication-Results: mx.example.org; spf=softfail smtp.mailfrom=a@example.com; dkim=fail (body hash) header.d=example.com\nAuthentication-Results: relay.example.net; spf=pass smtp.mailfrom=a@example.com; dkim=pass header.d=example.com\nFrom: a@example.com\n";
        assert_eq!(findings(header), ["forwarding-broke-spf (example.com)", "forwarding-broke-dkim (example.com)"]);
    }

    #[test]
    fn ok_nothing_wrong() {
        assert_eq!(
            findings(
                "Authentication-Results: x; spf=pass smtp.mailfrom=a@b.example.com; dkim=pass header.d=example.com; dmarc=pass header.from=example.com\nFrom: A <a@example.com>\n"
            ),
            Vec::<String>::new()
        );
        assert_eq!(findings("Subject: none\n"), Vec::<String>::new());
    }
}
