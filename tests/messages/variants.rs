//! The same message written otherwise: other line ends, other transfer encodings.

use std::fmt::Write;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    QuotedPrintable,
    Base64,
}

impl Encoding {
    fn name(self) -> &'static str {
        match self {
            Self::QuotedPrintable => "quoted-printable",
            Self::Base64 => "base64",
        }
    }

    pub(crate) fn occurs_in(self, message: &[u8]) -> bool {
        let field = format!("Content-Transfer-Encoding: {}", self.name());
        message.windows(field.len()).any(|w| w == field.as_bytes())
    }

    fn encode(self, body: &[u8]) -> Vec<u8> {
        match self {
            Self::QuotedPrintable => quoted_printable(body),
            Self::Base64 => base64(body),
        }
    }
}

/// The message with these line ends, whichever it had.
pub(crate) fn with_line_ends(message: &[u8], end: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for line in message.split_inclusive(|b| *b == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(line) => {
                out.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
                out.extend_from_slice(end.as_bytes());
            }
            None => out.extend_from_slice(line),
        }
    }
    out
}

/// The message, its line ends LF, with the body of every part encoded that is no multipart and not encoded yet.
pub(crate) fn encoded(message: &[u8], encoding: Encoding) -> Vec<u8> {
    let boundaries = boundaries(message);
    let is_delimiter = |line: &[u8]| {
        let line = line.trim_ascii_end();
        line.strip_prefix(b"--").is_some_and(|rest| boundaries.iter().any(|b| rest == b || rest.strip_suffix(b"--") == Some(b)))
    };
    let mut out = Vec::new();
    let mut part = Vec::new();
    for line in message.split_inclusive(|b| *b == b'\n') {
        if is_delimiter(line) {
            out.extend(encode_part(&part, encoding));
            out.extend_from_slice(line);
            part.clear();
        } else {
            part.extend_from_slice(line);
        }
    }
    out.extend(encode_part(&part, encoding));
    out
}

fn boundaries(message: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(message).into_owned();
    let values = text.match_indices("boundary=").map(|(at, name)| &text[at + name.len()..]);
    values
        .map(|value| match value.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next().unwrap_or_default(),
            None => value.split([';', '\n', ' ']).next().unwrap_or_default(),
        })
        .map(|boundary| boundary.as_bytes().to_vec())
        .collect()
}

/// Encodes a part; what has no header, is a multipart or is encoded already stays as it is. So does an attached message, which must
/// not be encoded (RFC 2046, section 5.2.1).
fn encode_part(part: &[u8], encoding: Encoding) -> Vec<u8> {
    let Some(blank) = part.windows(2).position(|w| w == b"\n\n") else { return part.to_vec() };
    let (header, body) = (&part[..=blank], &part[blank + 2..]);
    let lower = String::from_utf8_lossy(header).to_ascii_lowercase();
    let content_type =
        lower.split("\ncontent-type:").nth(1).or(lower.strip_prefix("content-type:")).unwrap_or_default().trim_start();
    let field = |name: &str| lower.starts_with(name) || lower.contains(&format!("\n{name}"));
    let is_header = field("content-") || field("from:") || field("subject:");
    let done = ["quoted-printable", "base64"].iter().any(|name| lower.contains(&format!("content-transfer-encoding: {name}")));
    if !is_header || done || content_type.starts_with("multipart/") || content_type.starts_with("message/rfc822") {
        return part.to_vec();
    }
    let mut out = without_field(header, "content-transfer-encoding:");
    out.extend(format!("Content-Transfer-Encoding: {}\n\n", encoding.name()).bytes());
    out.extend(encoding.encode(body));
    out.push(b'\n');
    out
}

fn without_field(header: &[u8], name: &str) -> Vec<u8> {
    let lines = header.split_inclusive(|b| *b == b'\n');
    lines.filter(|line| !line.to_ascii_lowercase().starts_with(name.as_bytes())).flatten().copied().collect()
}

fn quoted_printable(body: &[u8]) -> Vec<u8> {
    const WIDTH: usize = 72;
    let mut out = String::new();
    let mut column = 0;
    for (at, byte) in body.iter().enumerate() {
        let ends_line = body.get(at + 1).is_none_or(|next| *next == b'\n');
        match byte {
            b'\n' => {
                out.push('\n');
                column = 0;
                continue;
            }
            b' ' | b'\t' if ends_line => write!(out, "={byte:02X}").expect("a string takes everything"),
            b' '..=b'~' if *byte != b'=' => out.push(char::from(*byte)),
            byte => write!(out, "={byte:02X}").expect("a string takes everything"),
        }
        column += 3;
        if column >= WIDTH {
            out.push_str("=\n");
            column = 0;
        }
    }
    out.into_bytes()
}

fn base64(body: &[u8]) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const LINE: usize = 57;
    let mut out = Vec::new();
    for line in body.chunks(LINE) {
        for group in line.chunks(3) {
            let bits = group.iter().chain([0, 0].iter()).take(3).fold(0usize, |bits, byte| bits << 8 | usize::from(*byte));
            for place in 0..4 {
                out.push(if place <= group.len() { LETTERS[bits >> (18 - 6 * place) & 63] } else { b'=' });
            }
        }
        out.push(b'\n');
    }
    out
}
