//! Addresses of recipients as text.

use nondelivery::{Encoded, Recipient};

/// The address that the message was not delivered to.
pub(crate) fn address(recipient: &Recipient<'_>) -> String {
    decoded(recipient.address(), &recipient.decoded_address())
}

/// The address that the sender wrote to.
pub(crate) fn original_address(recipient: &Recipient<'_>) -> Option<String> {
    let typed = recipient.original_recipient()?;
    recipient.decoded_original().map(|encoded| decoded(typed.address(), &encoded))
}

/// What is no UTF-8 becomes U+FFFD, as in all other texts. What breaks the syntax of its encoding is left as it is.
fn decoded(address: &[u8], encoded: &Encoded<'_>) -> String {
    let mut buffer = vec![0; address.len()];
    match encoded.decode(&mut buffer) {
        Ok(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Err(_) => encoded.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ok_decoded() {
        let plain = |address| decoded(address, &Encoded::plain(address));
        assert_eq!(plain(b"j\xf6rg@example.com"), "j\u{fffd}rg@example.com");
        assert_eq!(plain(b"a\x1b@example.com"), "a\u{1b}@example.com");
        assert_eq!(plain("jörg@example.com".as_bytes()), "jörg@example.com");
        assert_eq!(decoded(b"a+2Bb@x", &Encoded::xtext(b"a+2Bb@x")), "a+b@x");
        assert_eq!(decoded(b"a+2Bb=c@x", &Encoded::xtext(b"a+2Bb=c@x")), "a+b=c@x");
    }
}
