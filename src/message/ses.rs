//! Amazon SES's notifications, which arrive as JSON inside a message, sometimes escaped once more.

/// Whether the text is a notification about a bounce.
pub(super) fn is_bounce(text: &[u8]) -> bool {
    let start = &text[..text.len().min(MAX_START)];
    let kind = memchr::memmem::find(start, b"notificationType").map(|at| &start[at..(at + 40).min(start.len())]);
    kind.is_some_and(|kind| memchr::memmem::find(kind, b"Bounce").is_some())
}

/// How far into the text the type of the notification may stand.
const MAX_START: usize = 4096;

/// The bounced recipients: each address, and the JSON object that speaks of it.
pub(super) struct Bounced<'a> {
    rest: &'a [u8],
}

impl<'a> Bounced<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        // Without a brace it is no JSON, and needs no search.
        let json = memchr::memchr(b'{', text).map_or(&[][..], |at| &text[at..]);
        let list = memchr::memmem::find(json, b"bouncedRecipients").map(|at| &json[at..]);
        let list = list.map(|list| &list[..memchr::memchr(b']', list).unwrap_or(list.len())]);
        Self { rest: list.unwrap_or_default() }
    }
}

impl<'a> Iterator for Bounced<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        const KEY: &[u8] = b"emailAddress";
        let start = memchr::memmem::find(self.rest, KEY)? + KEY.len();
        let object = &self.rest[start..];
        let object = &object[..memchr::memchr(b'}', object).unwrap_or(object.len())];
        self.rest = &self.rest[start + object.len()..];
        let skip = object.iter().take_while(|b| b"\\\": ".contains(b)).count();
        let value = &object[skip..];
        let length = value.iter().take_while(|b| !b"\\\"".contains(b)).count();
        Some((&value[..length], &value[length..]))
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
            let addresses: Vec<&[u8]> = Bounced::new(text.as_bytes()).map(|(address, _)| address).collect();
            assert_eq!(addresses, [b"a@example.com", b"b@example.com"]);
        }
        assert!(!is_bounce(br#"{"notificationType":"Delivery"}"#));
    }
}
