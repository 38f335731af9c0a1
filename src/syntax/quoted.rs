//! What a structured field sets apart from its words: comments and quoted strings (RFC 5322, section 3.2).

/// What follows a comment whose opening parenthesis is read; comments nest. `None` when it is not closed.
pub(crate) fn behind_comment(text: &[u8]) -> Option<&[u8]> {
    let mut depth = 1_usize;
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => _ = bytes.next(),
            b'(' => depth += 1,
            b')' if depth == 1 => return Some(bytes.as_slice()),
            b')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The content of a quoted string whose opening quotation mark is read, and what follows it. `None` when it is not closed.
pub(crate) fn split_quoted(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => _ = bytes.next(),
            b'"' => {
                let after = bytes.as_slice();
                return Some((text.get(..text.len() - after.len() - 1)?, after));
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ok_comments() {
        assert_eq!(behind_comment(b"a (b) \\) c) d"), Some(&b" d"[..]));
        assert_eq!(behind_comment(b"a (b) c"), None);
        assert_eq!(behind_comment(b"a\\"), None);
    }

    #[test]
    fn ok_quoted_strings() {
        assert_eq!(split_quoted(b"a \\\" b\"@c"), Some((&b"a \\\" b"[..], &b"@c"[..])));
        assert_eq!(split_quoted(b"a"), None);
    }
}
