//! The parts of a message (RFC 2045, RFC 2046): a walk over its lines, once.

use memchr::memmem::Finder;

use crate::syntax::field::{Lines, Names, read_header};
use crate::syntax::reply::{begins_with, trim_end, without_prefix};

/// How deeply multiparts are followed. Reports nest three deep; what lies deeper is left undivided.
pub(super) const MAX_DEPTH: usize = 8;

/// How the body of a part is encoded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    /// 7bit, 8bit, binary, or something unknown.
    #[default]
    Identity,
    QuotedPrintable,
    Base64,
}

/// The header fields of a part that matter here.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PartHeader<'a> {
    /// The value of Content-Type, or empty.
    pub(super) content_type: &'a [u8],
    pub(super) encoding: Encoding,
}

impl<'a> PartHeader<'a> {
    /// The header of what has none: text as it is.
    pub(super) const NONE: Self = Self { content_type: b"", encoding: Encoding::Identity };

    /// The first Content-Type that says anything counts.
    pub(super) fn take_type(&mut self, value: &'a [u8]) {
        if self.content_type.is_empty() {
            self.content_type = value;
        }
    }

    pub(super) fn take_encoding(&mut self, value: &[u8]) {
        self.encoding = encoding(value);
    }

    /// Reads the header at which `lines` stand: up to the empty line behind it, or to the next boundary, when the part has no body.
    fn read(lines: &mut Lines<'a>) -> Self {
        let mut part = Self::NONE;
        read_header(
            lines,
            |line| line.starts_with(b"--"),
            &NAMES,
            |name, value| match name {
                Name::Type => part.take_type(value),
                Name::TransferEncoding => part.take_encoding(value),
            },
        );
        part
    }

    /// Whether the type is `name` (`type/subtype`, in lower case), which the value only has to begin with.
    pub(super) fn is(&self, name: &[u8]) -> bool {
        begins_with(self.content_type, name)
    }

    pub(super) fn parameter(&self, name: &[u8]) -> Option<&'a [u8]> {
        parameter(self.content_type, name)
    }
}

#[derive(Clone, Copy)]
enum Name {
    Type,
    TransferEncoding,
}

const NAMES: Names<Name, 2> = Names::new([(b"Content-Type", Name::Type), (b"Content-Transfer-Encoding", Name::TransferEncoding)]);

/// `mechanism` (RFC 2045, section 6.1), a comment behind it let pass.
fn encoding(value: &[u8]) -> Encoding {
    let length = value.iter().take_while(|b| !b.is_ascii_whitespace() && !matches!(b, b'(' | b';')).count();
    let value = &value[..length];
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
        let (value, after) = parameter_value(&rest[equals + 1..]);
        if let Some((before, found)) = before.split_at_checked(before.len().wrapping_sub(name.len()))
            && found.eq_ignore_ascii_case(name)
            && before.last().is_none_or(|b| b.is_ascii_whitespace() || *b == b';')
        {
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
pub(super) fn walk<'a>(header: PartHeader<'a>, body: &'a [u8], mut visit: impl FnMut(Part<'a>)) -> bool {
    let mut walk = Walk { boundaries: [b""; MAX_DEPTH], depth: 0, too_deep: false };
    walk.enter(header, body, &mut visit);
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
        let is_open = self.open(&header);
        if is_open && self.divide(body, visit) {
            return;
        }
        // The header may name another boundary, or name it in pieces (RFC 2231, section 3).
        let inferred = if header.is(b"multipart/") { inferred_boundary(HyphenLines::new(body)) } else { None };
        match inferred {
            Some(boundary) => {
                (self.boundaries[0], self.depth) = (boundary, 1);
                self.divide(body, visit);
            }
            None if is_open => {}
            None => visit(Part { header, body }),
        }
    }

    /// Divides the body of a multipart at the boundaries; `false` when there is none.
    fn divide(&mut self, body: &'a [u8], visit: &mut impl FnMut(Part<'a>)) -> bool {
        let mut lines = HyphenLines::new(body);
        let mut part: Option<(PartHeader<'a>, usize)> = None;
        let mut any = false;
        while let Some((start, line)) = lines.next() {
            let Some(delimiter) = self.delimiter(line) else { continue };
            any = true;
            if let Some((header, from)) = part.take() {
                visit(Part { header, body: without_last_line_end(&body[from..start]) });
            }
            let (Delimiter::Part(depth) | Delimiter::Close(depth)) = delimiter;
            self.depth = depth + usize::from(matches!(delimiter, Delimiter::Part(_)));
            if matches!(delimiter, Delimiter::Close(_)) {
                continue;
            }
            let inner = PartHeader::read(&mut lines.lines);
            if !self.open(&inner) {
                part = Some((inner, lines.lines.at()));
            }
        }
        if let Some((header, from)) = part {
            visit(Part { header, body: &body[from..] });
        }
        any
    }

    /// Opens the multipart that `header` announces; `false` when it is none, or too deep.
    fn open(&mut self, header: &PartHeader<'a>) -> bool {
        if !header.is(b"multipart/") {
            return false;
        }
        let Some(boundary) = header.parameter(b"boundary").map(trim_end).filter(|b| !b.is_empty()) else { return false };
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

/// The lines of a body that begin with two hyphens, as boundaries do. The other lines are not looked at one by one: most of a
/// message is the original, or what was attached to it.
#[derive(Clone)]
struct HyphenLines<'a> {
    lines: Lines<'a>,
    hyphens: Finder<'static>,
}

impl<'a> HyphenLines<'a> {
    fn new(body: &'a [u8]) -> Self {
        Self { lines: Lines::new(body), hyphens: Finder::new(b"--") }
    }
}

impl<'a> Iterator for HyphenLines<'a> {
    /// Where the line begins, and the line.
    type Item = (usize, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.lines.rest();
            let at = self.hyphens.find(rest)?;
            self.lines.seek(self.lines.at() + at);
            let line = self.lines.next()?;
            if at == 0 || matches!(rest[at - 1], b'\n' | b'\r') {
                return Some(line);
            }
        }
    }
}

/// The boundary of a multipart whose header names another one, as a gateway may have rewritten it: the first line that begins with two
/// hyphens and stands before a field of MIME.
fn inferred_boundary(mut lines: HyphenLines<'_>) -> Option<&[u8]> {
    while let Some((_, line)) = lines.next() {
        let boundary = trim_end(&line[2..]);
        let next = lines.lines.rest().get(..8);
        if !boundary.is_empty() && next.is_some_and(|next| next.eq_ignore_ascii_case(b"Content-")) {
            return Some(boundary);
        }
    }
    None
}

/// The line end before a boundary belongs to the boundary (RFC 2046, section 5.1.1).
pub(super) fn without_last_line_end(body: &[u8]) -> &[u8] {
    let body = body.strip_suffix(b"\n").unwrap_or(body);
    body.strip_suffix(b"\r").unwrap_or(body)
}

/// What a part is in a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Text,
    Html,
    /// The machine-readable part.
    Status,
    /// The original message, or its header.
    Original,
    /// A complaint about the original.
    Feedback,
    Disposition,
    /// Anything else, such as an attachment.
    Other,
}

impl PartHeader<'_> {
    pub(super) fn role(&self) -> Role {
        let kind = self.content_type;
        if let Some(subtype) = without_prefix(kind, b"text/") {
            match subtype {
                _ if begins_with(subtype, b"html") => Role::Html,
                // `text/rfc822-headers`, and `text/rfc822`.
                _ if begins_with(subtype, b"rfc822") => Role::Original,
                _ => Role::Text,
            }
        } else if let Some(subtype) = without_prefix(kind, b"message/") {
            role_of_message(subtype)
        } else if memchr::memchr(b'/', kind).is_none() {
            Role::Text
        } else {
            Role::Other
        }
    }
}

/// The role of a part of type `message/…`.
fn role_of_message(subtype: &[u8]) -> Role {
    // `xdelivery-status` and `global-delivery-status` mean the same as `delivery-status`.
    const ROLES: [(&[u8], Role); 10] = [
        (b"delivery-status", Role::Status),
        (b"xdelivery-status", Role::Status),
        (b"global-delivery-status", Role::Status),
        (b"feedback-report", Role::Feedback),
        (b"disposition-notification", Role::Disposition),
        (b"global-disposition", Role::Disposition),
        (b"global-d", Role::Other),
        (b"global", Role::Original),
        (b"rfc822", Role::Original),
        (b"partial", Role::Original),
    ];
    ROLES.iter().find(|(name, _)| begins_with(subtype, name)).map_or(Role::Other, |(_, role)| *role)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Header and body of a message.
    fn split(message: &[u8]) -> (PartHeader<'_>, &[u8]) {
        let mut lines = Lines::new(message);
        let header = PartHeader::read(&mut lines);
        (header, lines.rest())
    }

    fn parts(message: &str) -> Vec<(String, String)> {
        let (header, body) = split(message.as_bytes());
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
        let (header, body) = split(message.as_bytes());
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
