//! Authentication-Results (RFC 8601, section 2.2) and Received-SPF (RFC 7208, section 9.1): what a receiver found, method by
//! method.

use super::domain::domain_of_value;
use super::tokens::{Name, Tokens};

/// A method that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Spf,
    Dkim,
    Dmarc,
}

impl Method {
    fn named(name: &Name<'_>) -> Option<Self> {
        let methods: [(&[u8], Self); 3] = [(b"spf", Self::Spf), (b"dkim", Self::Dkim), (b"dmarc", Self::Dmarc)];
        methods.into_iter().find_map(|(known, method)| name.is_plain(known).then_some(method))
    }
}

/// What came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Passed,
    /// No record is published, and one of the usual kind would have been met.
    BestGuessPassed,
    Failed,
    Neutral,
    /// Nothing is published, or nothing is signed.
    Nothing,
    /// Not found out, or a word that is not known.
    Unknown,
}

impl Outcome {
    /// The word at the start of `value`.
    fn of(value: &[u8]) -> Self {
        let length = value.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let word = value.get(..length).unwrap_or_default();
        let outcomes: [(&[u8], Self); 8] = [
            (b"pass", Self::Passed),
            (b"bestguesspass", Self::BestGuessPassed),
            (b"fail", Self::Failed),
            (b"softfail", Self::Failed),
            (b"hardfail", Self::Failed),
            (b"permerror", Self::Failed),
            (b"neutral", Self::Neutral),
            (b"none", Self::Nothing),
        ];
        outcomes
            .into_iter()
            .find_map(|(known, outcome)| word.eq_ignore_ascii_case(known).then_some(outcome))
            .unwrap_or(Self::Unknown)
    }

    pub(super) const fn is_pass(self) -> bool {
        matches!(self, Self::Passed | Self::BestGuessPassed)
    }
}

/// The result of one method, and the domain it is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct MethodResult<'a> {
    pub(super) method: Method,
    pub(super) outcome: Outcome,
    pub(super) domain: Option<&'a [u8]>,
    /// Whether SPF looked at the HELO identity only.
    pub(super) is_of_helo: bool,
}

/// The properties that tell which domain a result is about.
#[derive(Default)]
struct Properties<'a> {
    mail_from: Option<&'a [u8]>,
    helo: Option<&'a [u8]>,
    signer: Option<&'a [u8]>,
    signer_user: Option<&'a [u8]>,
    from: Option<&'a [u8]>,
}

impl<'a> Properties<'a> {
    /// Of properties that are said twice the first counts.
    fn take(&mut self, name: &Name<'_>, value: &'a [u8]) {
        let property = if name.is(b"smtp", b"mailfrom") || name.is(b"smtp", b"mail") {
            &mut self.mail_from
        } else if name.is(b"smtp", b"helo") {
            &mut self.helo
        } else if name.is(b"header", b"d") {
            &mut self.signer
        } else if name.is(b"header", b"i") {
            &mut self.signer_user
        } else if name.is(b"header", b"from") {
            &mut self.from
        } else {
            return;
        };
        property.get_or_insert(value);
    }

    fn result(&self, method: Method, outcome: Outcome) -> MethodResult<'a> {
        let is_of_helo = method == Method::Spf && self.mail_from.is_none() && self.helo.is_some();
        let domain = match method {
            Method::Spf => self.spf_domain(),
            // The user of a signature is of its domain or below it (RFC 6376, section 3.5); Gmail tells nothing else.
            Method::Dkim => domain(self.signer).or_else(|| domain(self.signer_user)),
            Method::Dmarc => domain(self.from),
        };
        MethodResult { method, outcome, domain, is_of_helo }
    }

    /// A null sender has the domain of HELO as its MAIL FROM identity (RFC 7208, section 2.4).
    fn spf_domain(&self) -> Option<&'a [u8]> {
        domain(self.mail_from).or_else(|| domain(self.helo))
    }
}

fn domain(value: Option<&[u8]>) -> Option<&[u8]> {
    domain_of_value(value?)
}

/// The results in a field: `authserv-id *(";" method "=" result *(property "=" value))`. Microsoft leaves the authserv-id out, writes
/// properties without a type, which tell of no domain, and blanks take the place of some semicolons.
#[derive(Debug, Clone)]
pub(super) struct Results<'a> {
    /// Who found them.
    pub(super) authserv_id: Option<&'a [u8]>,
    tokens: Tokens<'a>,
}

impl<'a> Results<'a> {
    pub(super) fn new(field: &'a [u8]) -> Self {
        let mut tokens = Tokens::new(field);
        Self { authserv_id: tokens.authserv_id(), tokens }
    }

    /// The properties up to the next semicolon, or to the next method.
    fn properties(&mut self) -> Properties<'a> {
        let mut properties = Properties::default();
        let mut behind = self.tokens;
        while let Some(name) = self.tokens.named() {
            if Method::named(&name).is_some() {
                self.tokens = behind;
                break;
            }
            properties.take(&name, self.tokens.value());
            behind = self.tokens;
        }
        properties
    }
}

impl<'a> Iterator for Results<'a> {
    type Item = MethodResult<'a>;

    fn next(&mut self) -> Option<MethodResult<'a>> {
        loop {
            if let Some(name) = self.tokens.named() {
                let outcome = Outcome::of(self.tokens.value());
                let properties = self.properties();
                if let Some(method) = Method::named(&name) {
                    return Some(properties.result(method, outcome));
                }
            } else if !self.tokens.eat(b';') {
                return None;
            }
        }
    }
}

/// A field of Received-SPF: `result *(key "=" value ";")`.
#[derive(Debug)]
pub(super) struct ReceivedSpf<'a> {
    /// Who found it.
    pub(super) receiver: Option<&'a [u8]>,
    pub(super) result: MethodResult<'a>,
}

impl<'a> ReceivedSpf<'a> {
    pub(super) fn new(field: &'a [u8]) -> Self {
        let mut tokens = Tokens::new(field);
        let outcome = Outcome::of(tokens.rest());
        let mut properties = Properties::default();
        let (mut receiver, mut identity) = (None, None);
        loop {
            if let Some(name) = tokens.named() {
                let key = if name.is_plain(b"envelope-from") {
                    &mut properties.mail_from
                } else if name.is_plain(b"helo") {
                    &mut properties.helo
                } else if name.is_plain(b"receiver") {
                    &mut receiver
                } else if name.is_plain(b"identity") {
                    &mut identity
                } else {
                    tokens.value();
                    continue;
                };
                key.get_or_insert(tokens.value());
            } else if !tokens.eat(b';') {
                break;
            }
        }
        Self { receiver, result: properties.received(outcome, identity) }
    }
}

impl<'a> Properties<'a> {
    /// Without an `identity` it is that of MAIL FROM, which alone goes without saying.
    fn received(mut self, outcome: Outcome, identity: Option<&[u8]>) -> MethodResult<'a> {
        let is_of_helo = identity.is_some_and(|identity| identity.eq_ignore_ascii_case(b"helo"));
        if is_of_helo {
            self.mail_from = None;
        } else if self.mail_from.is_none() {
            // HELO is always told, and says nothing of a sender that is not told.
            self.helo = None;
        }
        MethodResult { is_of_helo, ..self.result(Method::Spf, outcome) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(result: MethodResult<'_>) -> String {
        let MethodResult { method, outcome, domain, is_of_helo } = result;
        let domain = domain.map_or("-".into(), String::from_utf8_lossy);
        format!("{method:?} {outcome:?} {domain}{}", if is_of_helo { " HELO" } else { "" })
    }

    #[test]
    fn ok_results() {
        for (field, expected) in [
            ("a.example; spf=pass smtp.mailfrom=a@example.com", &["Spf Passed example.com"][..]),
            ("a.example 1; spf/1=fail; dkim / 1 = none", &["Spf Failed -", "Dkim Nothing -"]),
            ("\"a.example; spf=none\" 1; spf=\"fail\"", &["Spf Failed -"]),
            ("a.example; none", &[]),
            ("a.example", &[]),
            ("", &[]),
            // Comments anywhere, nested, with quoted pairs.
            (
                "(spf=fail) a.example (dkim=fail;x); spf (a (b\\) c)) = (d) pass(e) smtp (f) . (g) mailfrom (h) = (i) a@example.com(j)",
                &["Spf Passed example.com"],
            ),
            ("a.example; arc=pass (i=1 spf=pass dkim=pass); spf=fail (dkim=none", &["Spf Failed -"]),
            // Quoted strings.
            ("a.example; dkim=none reason=\"x; spf=pass \\\"dmarc=none\"; spf=fail", &["Dkim Nothing -", "Spf Failed -"]),
            ("a.example; spf=fail smtp.mailfrom=\"a b;c\"@example.com", &["Spf Failed example.com"]),
            ("a.example; spf=fail smtp.mailfrom=\"a@example.com\" x", &["Spf Failed example.com"]),
            ("a.example; \"spf=pass\"; dkim=fail \"x\" header.d=example.com", &["Dkim Failed example.com"]),
            // Several of one method.
            (
                "x; dkim=pass header.d=b.example; dkim=fail header.d=c.example",
                &["Dkim Passed b.example", "Dkim Failed c.example"],
            ),
            // Microsoft leaves the authserv-id out.
            (
                "spf=fail (sender IP is 192.0.2.1)\r\n smtp.mailfrom=b.example; dkim=none (message not signed)\r\n header.d=none;dmarc=fail action=oreject\r\n header.from=c.example;compauth=fail reason=000",
                &["Spf Failed b.example", "Dkim Nothing -", "Dmarc Failed c.example"],
            ),
            ("spf/1=fail; dkim=none", &["Spf Failed -", "Dkim Nothing -"]),
            // A semicolon that is not there, and words that are none of the grammar.
            (
                "x spf=fail smtp.mailfrom=b.example dkim=none words dmarc=none",
                &["Spf Failed b.example", "Dkim Nothing -", "Dmarc Nothing -"],
            ),
            ("x; spf=fail policy.dkim=none policy.spf=pass", &["Spf Failed -"]),
            ("i=1; x; spf=softfail", &["Spf Failed -"]),
            // An empty value does not take the next property, and a value behind a blank is one.
            ("x; spf=none smtp.mailfrom= smtp.helo=b.example", &["Spf Nothing b.example"]),
            ("x; spf=none smtp.mailfrom = smtp.helo = b.example", &["Spf Nothing b.example"]),
            ("x; spf=none smtp.mailfrom=; dkim=none", &["Spf Nothing -", "Dkim Nothing -"]),
            ("x; spf=none smtp.mailfrom = prvs=1=a@b.example smtp.helo=c.example", &["Spf Nothing b.example"]),
            ("x; spf=none smtp.mailfrom= smtp.example smtp.helo=c.example", &["Spf Nothing smtp.example"]),
            ("x; spf=none smtp.mailfrom=<> smtp.helo=b.example", &["Spf Nothing b.example"]),
            ("x; spf=none smtp.mailfrom= first.last=a@b.example smtp.helo=c.example", &["Spf Nothing b.example"]),
            ("x; dkim=fail header.d= header.i=@b.example", &["Dkim Failed b.example"]),
            // The identities of SPF.
            ("x; spf=pass smtp.helo=b.example", &["Spf Passed b.example HELO"]),
            ("x; spf=pass smtp.helo=b.example smtp.mail=c.example", &["Spf Passed c.example"]),
            ("x; spf=fail smtp.mailfromage=b.example xsmtp.mailfrom=c.example", &["Spf Failed -"]),
            // The domain of a signature.
            ("x; dkim=fail header.i=@b.example", &["Dkim Failed b.example"]),
            ("x; dkim=fail header.i=u@a.b.example header.d=b.example", &["Dkim Failed b.example"]),
            ("x; dkim=fail header.b=a/b+c== header.d=b.example header.d=c.example", &["Dkim Failed b.example"]),
            // Words in any case, and words that only begin as one.
            ("X; SPF=SoftFail SMTP.MailFrom=B.example", &["Spf Failed B.example"]),
            (
                "x; dmarc=bestguesspass; dmarc=passed; spf=temperror",
                &["Dmarc BestGuessPassed -", "Dmarc Unknown -", "Spf Unknown -"],
            ),
            ("x; spf=hardfail; spf=permerror; spf=neutral", &["Spf Failed -", "Spf Failed -", "Spf Neutral -"]),
            ("x; xspf=fail; spfx=fail; spf", &[]),
            // Not even a field.
            (";;==;=spf=;./\"", &[]),
            ("= . / \"\" spf=none", &["Spf Nothing -"]),
        ] {
            let results: Vec<String> = Results::new(field.as_bytes()).map(text).collect();
            assert_eq!(results, expected, "{field}");
        }
    }

    #[test]
    fn ok_authserv_id() {
        for (field, expected) in [
            ("mx.example.net; none", Some("mx.example.net")),
            ("(x) mx.example.net(y) 1; none", Some("mx.example.net")),
            ("\"mx.example.net\"; none", Some("mx.example.net")),
            ("spf=none", None),
            ("spf = none", None),
            ("spf / 1 = none", None),
            ("i=1; mx.example.net", None),
            ("; spf=none", None),
        ] {
            assert_eq!(Results::new(field.as_bytes()).authserv_id, expected.map(str::as_bytes), "{field}");
        }
    }

    #[test]
    fn ok_received_spf() {
        for (field, expected) in [
            ("Fail (x: domain of a@b.example) envelope-from=\"a@c.example\"; helo=d.example", "Spf Failed c.example"),
            ("(x) pass envelope-from=<a@c.example>;", "Spf Passed c.example"),
            ("pass identity=mailfrom; envelope-from=a@c.example", "Spf Passed c.example"),
            ("pass identity=helo; envelope-from=a@c.example; helo=d.example", "Spf Passed d.example HELO"),
            // The null sender, and a sender that is not told.
            ("none identity=mailfrom; envelope-from=\"\"; helo=d.example", "Spf Nothing d.example"),
            ("none (envelope-from=a@b.example) helo=d.example", "Spf Nothing -"),
            ("none x-envelope-from=a@b.example; problem=\"envelope-from=c\"", "Spf Nothing -"),
            ("", "Spf Unknown -"),
        ] {
            assert_eq!(text(ReceivedSpf::new(field.as_bytes()).result), expected, "{field}");
        }
        let field = b"pass (receiver=a) client-ip=192.0.2.1; receiver=mx.example.net; receiver=b";
        assert_eq!(ReceivedSpf::new(field).receiver, Some(&b"mx.example.net"[..]));
    }
}
