//! The domains in a header: which one an address names, and whether two are aligned.

use super::tokens::Tokens;
use crate::syntax::reply::begins_with;

/// The longest domain name (RFC 1035, section 2.3.4). What is longer is none.
const MAX_NAME: usize = 255;

/// The domain name at the start of `text`.
fn domain_name(text: &[u8]) -> Option<&[u8]> {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || *b >= 0x80 || b".-_".contains(b);
    let length = text.iter().take(MAX_NAME + 1).take_while(|b| is_part(b)).count();
    let name = text.get(..length).filter(|name| name.len() <= MAX_NAME)?;
    Some(name.strip_suffix(b".").unwrap_or(name)).filter(|name| !name.is_empty())
}

/// The domain in the value of a property: `[[local-part] "@"] domain-name` (RFC 8601, section 2.2). Microsoft writes `none` for no
/// domain.
pub(super) fn domain_of_value(value: &[u8]) -> Option<&[u8]> {
    let behind_at = memchr::memrchr(b'@', value).and_then(|at| value.get(at + 1..));
    domain_name(behind_at.unwrap_or(value)).filter(|name| !name.eq_ignore_ascii_case(b"none"))
}

/// The domain of the first mailbox in From, Sender or Return-Path: `[display-name] "<" addr-spec ">"` or `addr-spec` (RFC 5322,
/// section 3.4). What a comment or a quoted name says is no address, and brackets tell more than an unquoted name with an `@`.
pub(super) fn domain_of_mailbox(value: &[u8]) -> Option<&[u8]> {
    let mut tokens = Tokens::new(value);
    let (mut bare, mut bracketed) = (None, None);
    let mut is_bracketed = false;
    while let Some(special) = tokens.next_special() {
        match special {
            b'<' => is_bracketed = true,
            b'>' if bracketed.is_some() => break,
            b'>' => is_bracketed = false,
            // Behind a source route stands the address (RFC 5322, section 4.4).
            b'@' if is_bracketed => bracketed = domain_name(tokens.rest()),
            b'@' => bare = bare.or(domain_name(tokens.rest())),
            _ => {}
        }
    }
    bracketed.or(bare)
}

/// Whether two domains are aligned or cannot be told apart, as one of them is not known, or is written in other letters.
pub(super) fn may_be_aligned(one: Option<&[u8]>, other: Option<&[u8]>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => is_aligned(one, other) || are_incomparable(one, other),
        _ => true,
    }
}

/// Whether both have labels beyond ASCII, and one of them as U-labels (RFC 5890, section 2.3.2.1): what the same label is as an
/// A-label, in another case or in another normal form, only the rules of IDNA tell.
fn are_incomparable(one: &[u8], other: &[u8]) -> bool {
    !(one.is_ascii() && other.is_ascii()) && is_internationalised(one) && is_internationalised(other)
}

fn is_internationalised(name: &[u8]) -> bool {
    let is_a_label = |label: &[u8]| begins_with(label, b"xn--");
    !name.is_ascii() || name.split(|b| *b == b'.').any(is_a_label)
}

/// Relaxed alignment (RFC 7489, section 3.1.1): the same organisational domain by the public suffix list.
#[cfg(feature = "psl")]
fn is_aligned(one: &[u8], other: &[u8]) -> bool {
    is_suffix(one, other) && psl_domain(one).is_none()
        || one.eq_ignore_ascii_case(other)
        || matches!((psl_domain(one), psl_domain(other)), (Some(a), Some(b)) if a.eq_ignore_ascii_case(b))
}

/// Domains under which every name is another organisation's, though the list does not say so.
#[cfg(feature = "psl")]
const OF_TENANTS: [&[u8]; 1] = [b"onmicrosoft.com"];

/// The organisational domain. The list is in lower case.
#[cfg(feature = "psl")]
fn psl_domain(name: &[u8]) -> Option<&[u8]> {
    let mut buffer = [0; MAX_NAME];
    let lower = buffer.get_mut(..name.len())?;
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    let length = psl::domain(lower)?.as_bytes().len();
    let start = name.len().checked_sub(length)?;
    let is_of_tenants = OF_TENANTS.contains(&lower.get(start..)?);
    let tenant = lower.get(..start)?.strip_suffix(b".").filter(|_| is_of_tenants);
    let start = tenant.map_or(start, |tenant| memchr::memrchr(b'.', tenant).map_or(0, |dot| dot + 1));
    name.get(start..)
}

/// Without the public suffix list: the same domain, or one below the other.
#[cfg(not(feature = "psl"))]
fn is_aligned(one: &[u8], other: &[u8]) -> bool {
    one.eq_ignore_ascii_case(other) || is_suffix(one, other)
}

/// Whether one of the two is a subdomain of the other.
fn is_suffix(one: &[u8], other: &[u8]) -> bool {
    let (long, short) = if one.len() > other.len() { (one, other) } else { (other, one) };
    let (front, back) = long.split_at(long.len() - short.len());
    front.ends_with(b".") && back.eq_ignore_ascii_case(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ok_domain_of_mailbox() {
        let long = format!("a@{}", "x".repeat(256));
        for (value, expected) in [
            ("a@example.com", Some("example.com")),
            ("<a@example.com>", Some("example.com")),
            ("A B <a@Example.COM.>", Some("Example.COM")),
            // A quoted name or a comment is not the address, even when it looks like one.
            ("\"Bob <bob@other.example>\" <a@example.com>", Some("example.com")),
            ("\"Bob \\\" <bob@other.example>\" <a@example.com>", Some("example.com")),
            ("a@example.com (Al at <x@other.example>)", Some("example.com")),
            ("(x@other.example (y@other.example)\\) z@other.example) a@example.com", Some("example.com")),
            ("x@other.example <a@example.com>", Some("example.com")),
            ("\"a@b>c\"@example.com", Some("example.com")),
            ("<\"a@b>c\"@example.com>", Some("example.com")),
            ("<@one.example,@two.example:a@example.com> <b@other.example>", Some("example.com")),
            ("a (at) @ (the) example.com", Some("example.com")),
            ("<nobody> <a@example.com>", Some("example.com")),
            ("a@example.com, b@other.example", Some("example.com")),
            ("Team: a@example.com, b@other.example;", Some("example.com")),
            ("Team: ;", None),
            ("<>", None),
            ("a@[192.0.2.1]", None),
            ("a", None),
            ("", None),
            (&long, None),
        ] {
            assert_eq!(domain_of_mailbox(value.as_bytes()), expected.map(str::as_bytes), "{value}");
        }
    }

    #[test]
    fn ok_may_be_aligned() {
        let is = |one: &str, other: &str| {
            let both_ways = [(one, other), (other, one)].map(|(a, b)| may_be_aligned(Some(a.as_bytes()), Some(b.as_bytes())));
            assert_eq!(both_ways[0], both_ways[1], "{one} {other}");
            both_ways[0]
        };
        assert!(is("example.com", "Example.COM"));
        assert!(is("example.com", "b.example.com"));
        assert!(!is("example.com", "badexample.com"));
        assert!(!is("example.com", "example.net"));
        assert!(is("bücher.example", "xn--bcher-kva.example"));
        assert!(is("bücher.example", "bÜcher.example"));
        assert!(!is("bücher.example", "example.net"));
        assert!(!is("xn--bcher-kva.example", "xn--caf-dma.example"));
        assert!(!is("xn--bcher-kva.example", "example.net"));
        assert!(is("shop.co.uk", "a.SHOP.CO.UK"));
        assert!(!is("shop.CO.UK", "mailer.CO.UK"));
        assert_eq!(is("a.shop.co.uk", "B.SHOP.CO.UK"), cfg!(feature = "psl"));
        assert!(may_be_aligned(None, Some(b"example.com")));
    }
}
