//! The parts of a message (RFC 2045, RFC 2046): a walk over its lines, once.

use crate::syntax::field::{Fields, Lines};
use crate::syntax::reply::{trim, trim_end};

/// How deeply multiparts are followed. Reports nest three deep; what lies deeper is left undivided.
pub(super) const MAX_DEPTH: usize = 8;

/// How the body of a part is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// 7bit, 8bit, binary, or something unknown.
    Identity,
    QuotedPrintable,
    Base64,
}

/// The header fields of a part that matter here.
#[derive(Debug, Clone, Copy)]
pub(super) struct PartHeader<'a> {
    /// The value of Content-Type, or empty.
    pub(super) content_type: &'a [u8],
    pub(super) encoding: Encoding,
}

impl<'a> PartHeader<'a> {
    pub(super) fn of(header: &'a [u8]) -> Self {
        let mut part = Self { content_type: b"", encoding: Encoding::Identity };
        for field in Fields::new(header) {
            if field.is(b"Content-Type") && part.content_type.is_empty() {
                part.content_type = field.value;
            } else if field.is(b"Content-Transfer-Encoding") {
                part.encoding = encoding(field.value);
            }
        }
        part
    }

    /// Whether the type is `name` (`type/subtype`, in lower case), which the value only has to begin with.
    pub(super) fn is(&self, name: &[u8]) -> bool {
        self.content_type.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
    }

    pub(super) fn parameter(&self, name: &[u8]) -> Option<&'a [u8]> {
        parameter(self.content_type, name)
    }
}

fn encoding(value: &[u8]) -> Encoding {
    if value.eq_ignore_ascii_case(b"quoted-printable") {
        Encoding::QuotedPrintable
    } else if value.eq_ignore_ascii_case(b"base64") {
        Encoding::Base64
    } else {
        Encoding::Identity
    }
}

/// A parameter of a structured field (RFC 2045, section 5.1): `; name=value` or `; name="value"`, blanks around the equals sign let
/// pass, and the semicolon too, as some servers leave it out before a new line.
pub(super) fn parameter<'a>(field: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let mut rest = field;
    while let Some(equals) = memchr::memchr(b'=', rest) {
        let before = trim_end(&rest[..equals]);
        let start = before.iter().rposition(|b| b.is_ascii_whitespace() || *b == b';').map_or(0, |at| at + 1);
        let (value, after) = parameter_value(&rest[equals + 1..]);
        if before[start..].eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = after;
    }
    None
}

/// The value at the start of `text`, and what follows it.
fn parameter_value(text: &[u8]) -> (&[u8], &[u8]) {
    let text = text.trim_ascii_start();
    match text.strip_prefix(b"\"") {
        Some(quoted) => {
            let end = memchr::memchr(b'"', quoted).unwrap_or(quoted.len());
            (&quoted[..end], quoted.get(end + 1..).unwrap_or_default())
        }
        None => {
            let end = text.iter().position(|b| b.is_ascii_whitespace() || *b == b';').unwrap_or(text.len());
            text.split_at(end)
        }
    }
}

/// A part that is not divided further.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) header: PartHeader<'a>,
    pub(super) body: &'a [u8],
}

/// Calls `visit` for every leaf part of a message, in order, and says whether multiparts were nested too deeply. What is inside
/// an attached message is not visited: it is the original, not the report.
pub(super) fn walk<'a>(header: &'a [u8], body: &'a [u8], mut visit: impl FnMut(Part<'a>)) -> bool {
    let mut walk = Walk { boundaries: [b""; MAX_DEPTH], depth: 0, too_deep: false };
    walk.enter(PartHeader::of(header), body, &mut visit);
    walk.too_deep
}

struct Walk<'a> {
    /// The boundaries of the multiparts that are open, outermost first.
    boundaries: [&'a [u8]; MAX_DEPTH],
    depth: usize,
    too_deep: bool,
}

/// What a line that begins with two hyphens is.
enum Delimiter {
    /// A new part of the multipart at this depth.
    Part(usize),
    /// The end of it.
    Close(usize),
}

impl<'a> Walk<'a> {
    fn enter(&mut self, header: PartHeader<'a>, body: &'a [u8], visit: &mut impl FnMut(Part<'a>)) {
        if !self.open(&header) {
            return visit(Part { header, body });
        }
        if !self.occurs(body)
            && let Some(boundary) = inferred_boundary(body)
        {
            self.boundaries[self.depth - 1] = boundary;
        }
        let mut part: Option<(PartHeader<'a>, usize)> = None;
        let mut lines = Lines::new(body);
        while let Some((start, line)) = lines.next() {
            let Some(delimiter) = self.delimiter(line) else { continue };
            if let Some((header, from)) = part.take() {
                visit(Part { header, body: without_last_line_end(&body[from..start]) });
            }
            let (Delimiter::Part(depth) | Delimiter::Close(depth)) = delimiter;
            self.depth = depth + usize::from(matches!(delimiter, Delimiter::Part(_)));
            if matches!(delimiter, Delimiter::Close(_)) {
                continue;
            }
            let (inner, offset) = part_header(body, &mut lines);
            if !self.open(&inner) {
                part = Some((inner, offset));
            }
        }
        if let Some((header, from)) = part {
            visit(Part { header, body: &body[from.min(body.len())..] });
        }
    }

    /// Whether the boundary of the innermost multipart is there at all.
    fn occurs(&self, body: &[u8]) -> bool {
        Lines::new(body).any(|(_, line)| self.delimiter(line).is_some())
    }

    /// Opens the multipart that `header` announces; `false` when it is none, or too deep.
    fn open(&mut self, header: &PartHeader<'a>) -> bool {
        let boundary = header.parameter(b"boundary").map(trim_end).filter(|b| !b.is_empty());
        let Some(boundary) = boundary.filter(|_| header.is(b"multipart/")) else { return false };
        let Some(free) = self.boundaries.get_mut(self.depth) else {
            self.too_deep = true;
            return false;
        };
        *free = boundary;
        self.depth += 1;
        true
    }

    /// `"--" boundary ["--"]`, of the innermost multipart that has it.
    fn delimiter(&self, line: &[u8]) -> Option<Delimiter> {
        let line = line.strip_prefix(b"--")?;
        let open = self.boundaries[..self.depth].iter().enumerate().rev();
        for (depth, boundary) in open {
            match line.strip_prefix(*boundary).map(trim_end) {
                Some(b"") => return Some(Delimiter::Part(depth)),
                Some(b"--") => return Some(Delimiter::Close(depth)),
                _ => {}
            }
        }
        None
    }
}

/// The boundary of a multipart whose header names another one, as a gateway may have rewritten it: the first line that begins with two
/// hyphens and stands before a field of MIME.
fn inferred_boundary(body: &[u8]) -> Option<&[u8]> {
    let mut lines = Lines::new(body);
    while let Some((_, line)) = lines.next() {
        let next = body[lines.at()..].get(..8);
        if let Some(boundary) = line.strip_prefix(b"--").map(trim_end)
            && !boundary.is_empty()
            && next.is_some_and(|next| next.eq_ignore_ascii_case(b"Content-"))
        {
            return Some(boundary);
        }
    }
    None
}

/// Reads the header of the part whose boundary line was just read; gives it and the offset of its body.
fn part_header<'a>(body: &'a [u8], lines: &mut Lines<'a>) -> (PartHeader<'a>, usize) {
    let from = lines.at();
    for (start, line) in lines.by_ref() {
        if line.is_empty() {
            return (PartHeader::of(&body[from..start]), lines.at());
        }
        if line.starts_with(b"--") {
            // A boundary right behind a boundary: a part without header and body.
            lines.seek(start);
            return (PartHeader::of(&body[from..start]), start);
        }
    }
    (PartHeader::of(&body[from..]), body.len())
}

/// The line end before a boundary belongs to the boundary (RFC 2046, section 5.1.1).
fn without_last_line_end(body: &[u8]) -> &[u8] {
    let body = body.strip_suffix(b"\n").unwrap_or(body);
    body.strip_suffix(b"\r").unwrap_or(body)
}

/// Whether a Content-Type names a part that holds the original message, or its header.
pub(super) fn holds_original(header: &PartHeader<'_>) -> bool {
    [&b"message/rfc822"[..], b"text/rfc822-header", b"message/global", b"message/partial", b"text/rfc822"]
        .iter()
        .any(|name| header.is(name))
        && !header.is(b"message/global-d")
}

/// Whether the charset is one of Japan's seven-bit encoding.
pub(super) fn is_iso_2022(header: &PartHeader<'_>) -> bool {
    header.parameter(b"charset").is_some_and(|c| trim(c).get(..8).is_some_and(|c| c.eq_ignore_ascii_case(b"iso-2022")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::field::split_header;

    fn parts(message: &str) -> Vec<(String, String)> {
        let (header, body) = split_header(message.as_bytes());
        let mut found = Vec::new();
        walk(header, body, |part| {
            let name = part.header.content_type.split(|b| *b == b';').next().unwrap_or_default();
            found.push((String::from_utf8_lossy(name).into_owned(), String::from_utf8_lossy(part.body).into_owned()));
        });
        found
    }

    #[test]
    fn ok_nested() {
        let message = "Content-Type: multipart/report; report-type=x;\n boundary=\"a\"\n\npreamble\n--a\n\
                       Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nhello\n--b\n\
                       Content-Type: text/html\n\n<p>\n--b--\n\n--a\nContent-Type: message/delivery-status\n\nS: 1\n--a--\nepilogue\n";
        let expected = [("text/plain", "hello"), ("text/html", "<p>"), ("message/delivery-status", "S: 1")];
        for end in ["\n", "\r\n", "\r"] {
            let found = parts(&message.replace('\n', end));
            let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            assert_eq!(found, expected, "{end:?}");
        }
    }

    #[test]
    fn ok_damaged() {
        let unclosed = "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: text/plain\n\nhello\n";
        assert_eq!(parts(unclosed), [("text/plain".to_owned(), "hello\n".to_owned())]);
        let empty = "Content-Type: multipart/mixed; boundary=a\n\n--a\n--a\nContent-Type: text/plain\n\nhi\n--a--";
        assert_eq!(parts(empty).last().unwrap().1, "hi");
        assert_eq!(parts("Content-Type: multipart/mixed; boundary=a\n\n"), []);
        assert_eq!(parts("Subject: x\n\nhello"), [(String::new(), "hello".to_owned())]);
    }

    #[test]
    fn ok_too_deep() {
        let mut message = String::new();
        for depth in 0..20 {
            message += &format!("Content-Type: multipart/mixed; boundary=b{depth}\n\n--b{depth}\n");
        }
        let (header, body) = split_header(message.as_bytes());
        assert!(walk(header, body, |_| {}));
    }

    #[test]
    fn ok_parameters() {
        assert_eq!(parameter(b"text/plain\n charset=\"utf-8\"", b"charset"), Some(&b"utf-8"[..]));
        assert_eq!(parameter(b"x; a=1; boundary = b", b"BOUNDARY"), Some(&b"b"[..]));
        assert_eq!(parameter(b"x; a=\"unclosed", b"a"), Some(&b"unclosed"[..]));
        assert_eq!(parameter(b"x", b"a"), None);
    }
}
