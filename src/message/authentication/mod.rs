//! Why authentication failed, from the header of the original message that a report carries (RFC 8601, RFC 7208, RFC 7489).

mod domain;
mod facts;
mod results;
mod tokens;

use core::fmt;

use domain::may_be_aligned;
use facts::{Counted, Facts};
use results::Outcome;

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
    /// Return-Path. Comments in them say nothing.
    ///
    /// Of each method that result counts which the last receiver wrote: in the uppermost field that speaks of it, or below in
    /// one of the same receiver, with no Received between them. Received-SPF counts where Authentication-Results tell nothing of
    /// SPF, or only below a Received. Where one receiver gives several results,
    ///
    /// - of SPF that of MAIL FROM counts before that of HELO, which stands for it when the sender is null;
    /// - of DKIM that of the author's domain counts before those of others, and a signature that verified before one that did
    ///   not.
    ///
    /// What failed was broken by forwarding when it passed before, for an aligned domain: in a field further down that another
    /// receiver wrote, in Authentication-Results-Original, or in any ARC set. The oldest set tells most, and the newest repeats
    /// only what the last receiver found, so that they need no order.
    ///
    /// Envelope and From are taken for aligned when DMARC or a signature of the author's domain passed, and when two domains
    /// cannot be compared, as one is written with A-labels and the other with U-labels.
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

impl<'a> Facts<'a> {
    fn conclude(&self) -> Authentication<'a> {
        let mut found =
            Authentication { findings: [Finding { problem: Problem::NoSpfRecord, domain: b"" }; MAX_FINDINGS], count: 0 };
        let dmarc = self.dmarc.map(|counted| counted.result);
        let from = self.mailboxes.from.or(dmarc.and_then(|dmarc| dmarc.domain));
        self.conclude_spf(&mut found);
        // Microsoft's word for what would have passed, had a record been published.
        if dmarc.is_some_and(|dmarc| matches!(dmarc.outcome, Outcome::Nothing | Outcome::BestGuessPassed)) {
            found.add(Problem::NoDmarcRecord, dmarc.and_then(|dmarc| dmarc.domain).or(from));
        }
        self.conclude_dkim(&mut found, from);
        if !self.is_aligned(from) {
            found.add(Problem::NotAligned, from);
        }
        found
    }

    fn conclude_spf(&self, found: &mut Authentication<'a>) {
        let Some(spf) = self.spf else { return };
        let domain = if spf.result.is_of_helo { spf.result.domain } else { self.envelope() };
        match spf.result.outcome {
            // Few publish a record for the name of a host, and nothing asks for it.
            Outcome::Nothing if !spf.result.is_of_helo => found.add(Problem::NoSpfRecord, domain),
            Outcome::Failed if self.held_before(&spf) => found.add(Problem::ForwardingBrokeSpf, domain),
            Outcome::Failed => found.add(Problem::SpfFailed, domain),
            _ => {}
        }
    }

    fn conclude_dkim(&self, found: &mut Authentication<'a>, from: Option<&'a [u8]>) {
        let Some(dkim) = self.dkim else { return };
        let domain = dkim.result.domain.or(from);
        match dkim.result.outcome {
            Outcome::Nothing => found.add(Problem::NoDkimSignature, from),
            Outcome::Failed | Outcome::Neutral if self.held_before(&dkim) => found.add(Problem::ForwardingBrokeDkim, domain),
            Outcome::Failed | Outcome::Neutral => found.add(Problem::DkimFailed, domain),
            _ => {}
        }
    }

    /// The domain of the envelope sender, as the last receiver saw it.
    fn envelope(&self) -> Option<&'a [u8]> {
        let spf = self.spf.map(|counted| counted.result).filter(|spf| !spf.is_of_helo);
        spf.and_then(|spf| spf.domain).or(self.mailboxes.return_path)
    }

    /// Whether a domain that authenticates the message may be that of From: one is enough (RFC 7489, section 4.2), and who
    /// passed DMARC has one.
    fn is_aligned(&self, from: Option<&[u8]>) -> bool {
        let passed = |counted: Option<Counted<'_>>| counted.is_some_and(|counted| counted.result.outcome.is_pass());
        let is_signed = self.dkim.is_some_and(|dkim| passed(Some(dkim)) && may_be_aligned(dkim.result.domain, from));
        passed(self.dmarc) || is_signed || may_be_aligned(self.envelope().or(self.mailboxes.sender), from)
    }
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

    /// What stands in a header, one field a line, and what is found.
    fn assert_findings(cases: &[(&str, &[&str])]) {
        for (header, expected) in cases {
            assert_eq!(findings(header), *expected, "{header}");
        }
    }

    #[test]
    fn ok_comments_say_nothing() {
        assert_findings(&[
            (
                "Authentication-Results: mx.google.com;\n arc=pass (i=1 spf=pass spfdomain=example.com dkim=pass dkdomain=example.com);\n dkim=fail header.i=@example.com; spf=fail smtp.mailfrom=a@example.com\nFrom: a@example.com\n",
                &["spf-failed (example.com)", "dkim-failed (example.com)"],
            ),
            ("From: a@example.com (Al at <x@other.example>)\nReturn-Path: <a@example.com>\n", &[]),
            ("From: \"Bob <bob@other.example>\" <a@example.com>\nReturn-Path: <a@example.com>\n", &[]),
            ("From: a@example.com\nReturn-Path: <a@other.example>\n", &["not-aligned (example.com)"]),
        ]);
    }

    /// One aligned identifier is enough (RFC 7489, section 4.2).
    #[test]
    fn ok_aligned_by_one() {
        assert_findings(&[
            (
                "Authentication-Results: x; dkim=pass header.i=@example.com; spf=pass smtp.mailfrom=b@esp.example\nFrom: a@example.com\n",
                &[],
            ),
            (
                "Authentication-Results: x; dkim=pass header.d=other.example; spf=pass smtp.mailfrom=b@esp.example\nFrom: a@example.com\n",
                &["not-aligned (example.com)"],
            ),
            // A signature that failed aligns nothing.
            (
                "Authentication-Results: x; dkim=fail header.d=example.com; spf=pass smtp.mailfrom=b@esp.example\nFrom: a@example.com\n",
                &["dkim-failed (example.com)", "not-aligned (example.com)"],
            ),
            ("Authentication-Results: x; dmarc=pass; spf=pass smtp.mailfrom=b@esp.example\nFrom: a@example.com\n", &[]),
            (
                "Authentication-Results: x; dmarc=fail; spf=pass smtp.mailfrom=b@esp.example\nFrom: a@example.com\n",
                &["not-aligned (example.com)"],
            ),
            // Whose envelope HELO is not known.
            ("Authentication-Results: x; spf=pass smtp.helo=mail.isp.example\nFrom: a@example.com\n", &[]),
            (
                "Authentication-Results: x; spf=pass smtp.mailfrom=<> smtp.helo=mail.isp.example\nFrom: a@example.com\n",
                &["not-aligned (example.com)"],
            ),
            // The same domain as A-label and as U-label.
            ("Return-Path: <b@xn--bcher-kva.example>\nFrom: a@bücher.example\n", &[]),
            ("Return-Path: <b@esp.example>\nFrom: a@bücher.example\n", &["not-aligned (bücher.example)"]),
        ]);
    }

    #[test]
    fn ok_several_results() {
        assert_findings(&[
            // The signature of the author before those of others, and one that verified before one that did not.
            (
                "Authentication-Results: x; dkim=pass header.d=esp.example; dkim=fail header.d=example.com\nFrom: a@example.com\n",
                &["dkim-failed (example.com)"],
            ),
            (
                "Authentication-Results: x; dkim=fail header.d=esp.example; dkim=fail header.d=example.com\nFrom: a@example.com\n",
                &["dkim-failed (example.com)"],
            ),
            (
                "Authentication-Results: x; dkim=fail header.d=esp.example; dkim=pass header.d=example.com\nFrom: a@example.com\n",
                &[],
            ),
            (
                "Authentication-Results: x; dkim=fail header.d=example.com; dkim=pass header.d=example.com header.s=two\nFrom: a@example.com\n",
                &[],
            ),
            (
                "Authentication-Results: x; dkim=fail header.d=one.example; dkim=pass header.d=esp.example\nFrom: a@example.com\n",
                &[],
            ),
            (
                "Authentication-Results: x; dkim=temperror header.d=one.example; dkim=fail header.d=esp.example\nFrom: a@example.com\n",
                &["dkim-failed (esp.example)"],
            ),
            // No more than neutral is a signature that did not verify; what SPF leaves open is no failure.
            (
                "Authentication-Results: x; dkim=neutral header.d=example.com; spf=neutral smtp.mailfrom=a@example.com\nFrom: a@example.com\n",
                &["dkim-failed (example.com)"],
            ),
            // MAIL FROM before HELO.
            (
                "Authentication-Results: x; spf=none smtp.helo=b.example; spf=fail smtp.mailfrom=a@example.com\n",
                &["spf-failed (example.com)"],
            ),
            ("Authentication-Results: x; spf=pass smtp.mailfrom=a@example.com; spf=fail smtp.helo=b.example\n", &[]),
            ("Authentication-Results: x; spf=fail smtp.helo=b.example\n", &["spf-failed (b.example)"]),
            ("Authentication-Results: x; spf=none smtp.helo=b.example\nReturn-Path: <a@example.com>\n", &[]),
            (
                "Authentication-Results: x; spf=none smtp.mailfrom= smtp.helo=b.example.com\nFrom: MAILER-DAEMON@example.com\n",
                &["no-spf-record (b.example.com)"],
            ),
            // Fields of one receiver, and of several.
            (
                "Authentication-Results: x; spf=pass smtp.helo=b.example\nAuthentication-Results: X; spf=fail smtp.mailfrom=example.com\n",
                &["spf-failed (example.com)"],
            ),
            (
                "Authentication-Results: x; spf=pass smtp.helo=b.example\nAuthentication-Results: y; spf=fail smtp.mailfrom=example.com\n",
                &[],
            ),
            (
                "Authentication-Results: x; dkim=pass header.d=example.com\nReceived: by x\nAuthentication-Results: x; dkim=fail header.d=example.com\nFrom: a@example.com\n",
                &[],
            ),
            (
                "Received-SPF: Pass identity=helo; helo=b.example; receiver=x\nReceived-SPF: Fail identity=mailfrom; envelope-from=a@example.com; receiver=x\n",
                &["spf-failed (example.com)"],
            ),
            // Received-SPF beside Authentication-Results, and above the server that got them.
            (
                "Received-SPF: Fail\nAuthentication-Results: x; spf=softfail smtp.mailfrom=a@example.com\n",
                &["spf-failed (example.com)"],
            ),
            (
                "Received-SPF: Pass envelope-from=a@example.com\nReceived: by x\nAuthentication-Results: y; spf=fail smtp.mailfrom=a@example.com\n",
                &[],
            ),
        ]);
    }

    #[test]
    fn ok_forwarded_more_than_once() {
        const FAILED: &str = "Authentication-Results: x; spf=fail smtp.mailfrom=a@example.com; dkim=fail header.i=@example.com\nReturn-Path: <a@example.com>\nFrom: a@example.com\n";
        let broke = &["forwarding-broke-spf (example.com)", "forwarding-broke-dkim (example.com)"][..];
        let failed = &["spf-failed (example.com)", "dkim-failed (example.com)"][..];
        for (earlier, expected) in [
            // Any ARC set, wherever it stands.
            (
                "ARC-Authentication-Results: i=2; x; spf=fail; dkim=fail\nARC-Authentication-Results: i=1; y; spf=pass smtp.mailfrom=a@example.com; dkim=pass header.d=example.com\n",
                broke,
            ),
            ("ARC-Authentication-Results: i=1; y; spf=fail smtp.mailfrom=a@example.com; dkim=none\n", failed),
            ("ARC-Authentication-Results: i=1; y; none (spf=pass dkim=pass)\n", failed),
            // What passed was of another domain or of another identity.
            (
                "Authentication-Results-Original: y; spf=pass smtp.mailfrom=a@esp.example; dkim=pass header.d=esp.example\n",
                failed,
            ),
            ("Authentication-Results-Original: y; spf=pass smtp.helo=example.com; dkim=pass\n", &[failed[0], broke[1]]),
            ("Authentication-Results-Original: y; spf=pass; dkim=pass\n", broke),
        ] {
            assert_eq!(findings(&format!("{earlier}{FAILED}")), expected, "{earlier}");
            assert_eq!(findings(&format!("{FAILED}{earlier}")), expected, "{earlier}");
        }
        for (earlier, expected) in [
            (
                "Authentication-Results: y; spf=fail\nAuthentication-Results: z; spf=pass smtp.mailfrom=a@example.com; dkim=pass\n",
                broke,
            ),
            // The same receiver's other results are not earlier, but for what it got a second time.
            ("Authentication-Results: X; spf=pass smtp.mailfrom=a@example.com\n", failed),
            (
                "Received: by x\nAuthentication-Results: X; spf=pass smtp.mailfrom=a@example.com; dkim=pass header.d=example.com\n",
                broke,
            ),
            ("Received-SPF: pass envelope-from=a@example.com\n", &[broke[0], failed[1]]),
        ] {
            assert_eq!(findings(&format!("{FAILED}{earlier}")), expected, "{earlier}");
        }
        assert_findings(&[
            (
                "Received-SPF: fail envelope-from=a@example.com\nReceived-SPF: pass envelope-from=a@example.com\n",
                &["forwarding-broke-spf (example.com)"],
            ),
            (
                "Received-SPF: fail envelope-from=a@example.com\nReceived-SPF: pass envelope-from=a@b.example\n",
                &["spf-failed (example.com)"],
            ),
        ]);
    }

    #[test]
    fn ok_dmarc() {
        assert_findings(&[
            ("Authentication-Results: x; dmarc=none header.from=example.com\n", &["no-dmarc-record (example.com)"]),
            ("Authentication-Results: x; dmarc=none\nFrom: a@example.com\n", &["no-dmarc-record (example.com)"]),
            // No record, though the message would have passed with one; nobody is told to align what is aligned.
            (
                "Authentication-Results: dmarc=bestguesspass action=none header.from=example.com\nReturn-Path: <b@esp.example>\nFrom: a@example.com\n",
                &["no-dmarc-record (example.com)"],
            ),
            // A record that cannot be read is there (RFC 7489, section 11.2).
            ("Authentication-Results: x; dmarc=permerror header.from=example.com\n", &[]),
        ]);
    }

    /// Whatever is repeated, and however often: read in one go, or this takes minutes.
    #[test]
    fn ok_linear_time() {
        let bytes = if cfg!(debug_assertions) { 1 << 16 } else { 1 << 20 };
        let ends = ["", "spf=fail", "\nFrom: a@example.com\n"];
        for name in ["Authentication-Results: ", "ARC-Authentication-Results: ", "Received-SPF: ", "From: ", "Return-Path: "] {
            for part in [
                ";",
                "(",
                ")",
                "()",
                "(\\",
                "\"",
                "\"\\",
                "\"\" ",
                "=",
                "= ",
                ". ",
                "/ ",
                "spf=",
                "spf ",
                "dkim=fail;",
                "dkim=fail ",
                "x dkim ",
                "a=(b) ",
                "= smtp.a",
                "= smtp.",
                "= smtp (",
                "smtp.a= ",
                "@",
                "@a",
                "<",
                "<@a>",
                "a@b,",
                "spf=fail smtp.mailfrom=@",
            ] {
                let repeated = part.repeat(bytes / part.len());
                for end in ends {
                    findings(&format!("{name}{repeated}{end}"));
                }
            }
        }
        for field in [
            "Authentication-Results: x; dkim=fail header.d=example.com\n",
            "Authentication-Results: x; dkim=pass\nReceived: by x\n",
            "Received-SPF: fail\n",
            "Received-SPF: pass receiver=x\n",
        ] {
            findings(&format!("{}From: a@{}", field.repeat(bytes / field.len()), "x.".repeat(bytes)));
        }
    }
}
