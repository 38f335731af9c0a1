//! Amazon SES's notifications, which arrive as JSON inside a message, sometimes escaped once more.

/// Whether the text is a notification about a bounce.
pub(super) fn is_bounce(text: &[u8]) -> bool {
    let start = &text[..text.len().min(MAX_START)];
    let kind = memchr::memmem::find(start, b"notificationType").map(|at| &start[at..(at + 40).min(start.len())]);
    kind.is_some_and(|kind| memchr::memmem::find(kind, b"Bounce").is_some())
}

/// How far into the text the type of the notification may stand.
const MAX_START: usize = 4096;

/// A bounced recipient, as far as the notification tells of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recipient<'a> {
    pub(super) address: &'a [u8],
    /// The rest of the JSON object.
    pub(super) object: &'a [u8],
}

impl<'a> Recipient<'a> {
    pub(super) fn action(&self) -> Option<&'a [u8]> {
        value(self.object, b"action")
    }

    pub(super) fn status(&self) -> Option<&'a [u8]> {
        value(self.object, b"status")
    }

    pub(super) fn diagnostic(&self) -> Option<&'a [u8]> {
        value(self.object, b"diagnosticCode")
    }
}

/// The string that `object` holds under `key`.
fn value<'a>(object: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let found = memchr::memmem::find_iter(object, key)
        .find(|at| object[..*at].ends_with(b"\"") && matches!(object.get(at + key.len()), Some(b'"' | b'\\')))?;
    string(&object[found + key.len()..]).map(|(string, _)| string)
}

/// The string behind the end of a key, and what follows it. Where the notification is itself in a string, backslashes stand before its
/// quotation marks, and more of them before those inside.
fn string(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = memchr::memchr(b':', &text[..text.len().min(MAX_BETWEEN)])?;
    let behind = text[colon + 1..].trim_ascii_start();
    let backslashes = behind.iter().take_while(|b| **b == b'\\').count();
    let inside = behind[backslashes..].strip_prefix(b"\"")?;
    let end = memchr::memchr_iter(b'"', inside)
        .find(|end| inside[..*end].iter().rev().take(backslashes + 1).take_while(|b| **b == b'\\').count() == backslashes);
    let end = end.map_or(inside.len(), |end| end - backslashes);
    Some((&inside[..end], &inside[end..]))
}

/// How much may stand between a key and its value.
const MAX_BETWEEN: usize = 16;

/// The bounced recipients.
pub(super) struct Bounced<'a> {
    rest: &'a [u8],
}

impl<'a> Bounced<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        // Without a brace it is no JSON, and needs no search.
        let json = memchr::memchr(b'{', text).map_or(&[][..], |at| &text[at..]);
        let list = memchr::memmem::find(json, b"bouncedRecipients").map(|at| &json[at..]);
        let list = list.map(|list| &list[..end_of_list(list).unwrap_or(list.len())]);
        Self { rest: list.unwrap_or_default() }
    }
}

/// Where the list of objects ends; diagnostics have brackets too.
fn end_of_list(list: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b']', list).find(|at| matches!(list[..*at].trim_ascii_end().last(), Some(b'}' | b'[')))
}

impl<'a> Iterator for Bounced<'a> {
    type Item = Recipient<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        const KEY: &[u8] = b"emailAddress";
        let start = memchr::memmem::find(self.rest, KEY)? + KEY.len();
        let object = &self.rest[start..];
        let object = &object[..memchr::memchr(b'}', object).unwrap_or(object.len())];
        self.rest = &self.rest[start + object.len()..];
        let skip = object.iter().take_while(|b| b"\\\": ".contains(b)).count();
        let length = object[skip..].iter().take_while(|b| !b"\\\"".contains(b)).count();
        let (address, object) = object[skip..].split_at(length);
        Some(Recipient { address, object })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ok_plain_and_escaped() {
        let plain = r#"{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"a@example.com","status":"5.1.1"},{"emailAddress":"b@example.com"}]},"mail":{}}"#;
        for text in [plain.to_owned(), plain.replace('"', "\\\"")] {
            assert!(is_bounce(text.as_bytes()));
            let addresses: Vec<&[u8]> = Bounced::new(text.as_bytes()).map(|recipient| recipient.address).collect();
            assert_eq!(addresses, [b"a@example.com", b"b@example.com"]);
        }
        assert!(!is_bounce(br#"{"notificationType":"Delivery"}"#));
    }

    #[test]
    fn ok_fields() {
        let plain = r#"{"bouncedRecipients" : [ {"emailAddress" : "a@example.com","action" : "failed","status" : "5.1.1","diagnosticCode" : "smtp; 550 [192.0.2.1] \"a\" unknown"},{"emailAddress":"b@example.com"} ]}"#;
        for text in [plain.to_owned(), plain.replace('\\', r"\\").replace('"', r#"\""#)] {
            let mut recipients = Bounced::new(text.as_bytes());
            let first = recipients.next().unwrap();
            assert_eq!((first.action(), first.status()), (Some(&b"failed"[..]), Some(&b"5.1.1"[..])), "{text}");
            let diagnostic = String::from_utf8_lossy(first.diagnostic().unwrap());
            assert_eq!(diagnostic.replace('\\', ""), r#"smtp; 550 [192.0.2.1] "a" unknown"#);
            let second = recipients.next().unwrap();
            assert_eq!((second.action(), second.status(), second.diagnostic()), (None, None, None));
        }
    }
}
