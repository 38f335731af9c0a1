//! Header fields (RFC 5322, section 2.2), folding included; the same form serves message headers and delivery-status groups.

use crate::syntax::reply::{trim, trim_end};

/// One field, its value still folded as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// The name, without the colon and blanks around it.
    pub name: &'a [u8],
    /// The value, trimmed; line breaks of folding are still inside.
    pub value: &'a [u8],
}

impl Field<'_> {
    /// Whether the field has this name, in any letter case.
    #[must_use]
    pub fn is(&self, name: &[u8]) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// Iterates over the fields of a header or a group. What is no field is passed over, except that a line without indentation and
/// without a field name goes to the field before it, as some servers fold.
#[derive(Debug, Clone)]
pub struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// The fields of `block`, which holds no body.
    #[must_use]
    pub const fn new(block: &'a [u8]) -> Self {
        Self { rest: block }
    }

    /// The value of the first field of this name.
    #[must_use]
    pub fn find(mut self, name: &[u8]) -> Option<&'a [u8]> {
        self.find_map(|field| field.is(name).then_some(field.value))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let (line, after) = split_line(self.rest);
            let Some(colon) = field_colon(line) else {
                self.rest = after;
                continue;
            };
            let mut end = self.rest.len() - after.len();
            while end < self.rest.len() {
                let (next, behind) = split_line(&self.rest[end..]);
                let folded = matches!(next.first(), Some(b' ' | b'\t')) || field_colon(next).is_none();
                if !folded || trim(next).is_empty() {
                    break;
                }
                end = self.rest.len() - behind.len();
            }
            let field = Field { name: trim_end(&line[..colon]), value: trim(&self.rest[colon + 1..end]) };
            self.rest = &self.rest[end..];
            return Some(field);
        }
    }
}

/// The line at the start of `text` without its end (CR LF, LF or CR), and what follows.
pub(crate) fn split_line(text: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr2(b'\n', b'\r', text) {
        None => (text, &[]),
        Some(end) => {
            let crlf = text[end] == b'\r' && text.get(end + 1) == Some(&b'\n');
            (&text[..end], &text[end + 1 + usize::from(crlf)..])
        }
    }
}

/// The lines of a text, without their ends.
#[derive(Debug, Clone)]
pub(crate) struct Lines<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    pub(crate) const fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// Where the next line begins.
    pub(crate) const fn at(&self) -> usize {
        self.at
    }

    /// Goes on at this offset.
    pub(crate) const fn seek(&mut self, at: usize) {
        self.at = at;
    }
}

impl<'a> Iterator for Lines<'a> {
    /// Where the line begins, and the line.
    type Item = (usize, &'a [u8]);

    fn next(&mut self) -> Option<(usize, &'a [u8])> {
        if self.at >= self.text.len() {
            return None;
        }
        let start = self.at;
        let (line, rest) = split_line(&self.text[start..]);
        self.at = self.text.len() - rest.len();
        Some((start, line))
    }
}

/// The longest field name: RFC 5322 allows a line of 998.
const MAX_NAME: usize = 76;

/// Where the colon behind a field name stands: `field-name = 1*ftext`, blanks before the colon let pass.
pub(crate) fn field_colon(line: &[u8]) -> Option<usize> {
    let name = line.iter().take(MAX_NAME).take_while(|b| b.is_ascii_graphic() && **b != b':').count();
    let blank = line[name..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    (name > 0 && line.get(name + blank) == Some(&b':')).then_some(name + blank)
}

/// Splits a message or part into its header block and its body at the first empty line.
pub(crate) fn split_header(message: &[u8]) -> (&[u8], &[u8]) {
    for (start, line) in Lines::new(message) {
        if line.is_empty() {
            let (_, body) = split_line(&message[start..]);
            return (&message[..start], body);
        }
    }
    (message, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ok_fields() {
        let block = b"Status : 5.0.0\r\nDiagnostic-Code: smtp; 550 one\r\n two\nthree\nFinal-Recipient:rfc822;a@b\n";
        let fields: Vec<(String, String)> = Fields::new(block)
            .map(|f| (String::from_utf8_lossy(f.name).into(), String::from_utf8_lossy(f.value).into()))
            .collect();
        assert_eq!(fields[0], ("Status".into(), "5.0.0".into()));
        assert_eq!(fields[1], ("Diagnostic-Code".into(), "smtp; 550 one\r\n two\nthree".into()));
        assert_eq!(fields[2], ("Final-Recipient".into(), "rfc822;a@b".into()));
        assert_eq!(Fields::new(block).find(b"status"), Some(&b"5.0.0"[..]));
    }

    #[test]
    fn ok_header_and_body() {
        for end in ["\n", "\r\n", "\r"] {
            let message = format!("A: b{end}C: d{end}{end}body{end}");
            let (header, body) = split_header(message.as_bytes());
            assert_eq!(Fields::new(header).count(), 2);
            assert_eq!(body, format!("body{end}").as_bytes());
        }
    }
}
