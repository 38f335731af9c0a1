//! Header fields (RFC 5322, section 2.2), folding included; the same form serves message headers and delivery-status groups.

use crate::syntax::reply::{trim, trim_end, trim_start};

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
    /// Whether a body may follow, which begins behind an empty line.
    before_body: bool,
}

impl<'a> Fields<'a> {
    /// The fields of `block`, which holds no body.
    #[must_use]
    pub const fn new(block: &'a [u8]) -> Self {
        Self { rest: block, before_body: false }
    }

    /// The fields of the header that `message` begins with.
    pub(crate) const fn of_message(message: &'a [u8]) -> Self {
        Self { rest: message, before_body: true }
    }

    /// The value of the first field of this name.
    #[must_use]
    pub fn find(mut self, name: &[u8]) -> Option<&'a [u8]> {
        self.find_map(|field| field.is(name).then_some(field.value))
    }

    /// Where the field whose first line ends at `end` ends: behind the lines that go on with it.
    fn end_of_field(&self, mut end: usize) -> usize {
        while end < self.rest.len() {
            let next = &self.rest[end..];
            if field_colon(next).is_some() {
                break;
            }
            let (line, behind) = split_line(next);
            if !continues(line) {
                break;
            }
            end = self.rest.len() - behind.len();
        }
        end
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        while !self.rest.is_empty() {
            let (line, after) = split_line(self.rest);
            if let Some(colon) = field_colon(line) {
                let end = self.end_of_field(self.rest.len() - after.len());
                let field = Field { name: trim_end(&line[..colon]), value: trim(&self.rest[colon + 1..end]) };
                self.rest = &self.rest[end..];
                return Some(field);
            }
            self.rest = if self.before_body && line.is_empty() { &[] } else { after };
        }
        None
    }
}

/// Whether a line goes on with the field before it: it is indented, or is no field itself, as some servers fold.
#[inline]
pub(crate) fn continues(line: &[u8]) -> bool {
    let indented = matches!(line.first(), Some(b' ' | b'\t'));
    (indented || field_colon(line).is_none()) && !trim_start(line).is_empty()
}

/// Where the value begins when `line` is the first of the field `name`. Nothing of a line of another field is read but two letters.
#[inline]
fn value_of(line: &[u8], name: &[u8]) -> Option<usize> {
    let last = name.len() - 1;
    if line.get(last)? | 0x20 != name[last] | 0x20 || !line[..last].eq_ignore_ascii_case(&name[..last]) {
        return None;
    }
    let blank = line[name.len()..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let colon = name.len() + blank;
    (line.get(colon) == Some(&b':')).then_some(colon + 1)
}

/// Names of fields that are asked for. Most lines begin with none of them, which two of their bytes tell.
pub(crate) struct Names<N: 'static, const COUNT: usize> {
    names: [(&'static [u8], N); COUNT],
    /// For the third byte of a line the first bytes that it may have with it, one bit each: five bits of a byte tell it apart, and are
    /// the same for both cases of a letter.
    beginnings: [u32; 32],
}

impl<N: Copy, const COUNT: usize> Names<N, COUNT> {
    pub(crate) const fn new(names: [(&'static [u8], N); COUNT]) -> Self {
        let mut beginnings = [0; 32];
        let mut number = 0;
        while number < COUNT {
            let name = names[number].0;
            // Behind a name of two letters.
            let thirds: &[u8] = if name.len() > 2 { &[name[2]] } else { b": \t" };
            let mut third = 0;
            while third < thirds.len() {
                beginnings[(thirds[third] & 31) as usize] |= 1 << (name[0] & 31);
                third += 1;
            }
            number += 1;
        }
        Self { names, beginnings }
    }

    /// The name of the field that `line` begins, when it is one of these, and where its value begins.
    #[inline]
    pub(crate) fn find(&self, line: &[u8]) -> Option<(N, usize)> {
        let &[first, _, third, ..] = line else { return None };
        if self.beginnings[usize::from(third & 31)] >> (first & 31) & 1 == 0 {
            return None;
        }
        let begins = |name: &[u8]| (name[0] ^ first) & 31 == 0;
        self.names.iter().filter(|(name, _)| begins(name)).find_map(|(name, known)| Some((*known, value_of(line, name)?)))
    }
}

/// Reads the header at which `lines` stand, and the empty line behind it, in one pass. `take` gets the values of the fields that are
/// `asked` for. A line for which `ends` holds ends the header too, and is not read.
#[inline]
pub(crate) fn read_header<'a, N: Copy, const COUNT: usize>(
    lines: &mut Lines<'a>,
    ends: impl Fn(&[u8]) -> bool,
    asked: &Names<N, COUNT>,
    mut take: impl FnMut(N, &'a [u8]),
) -> &'a [u8] {
    let text = lines.text;
    let from = lines.at();
    let mut end = text.len();
    let mut open: Option<N> = None;
    let mut value = 0..0;
    while let Some((start, line)) = lines.next() {
        if line.is_empty() || ends(line) {
            end = start;
            if !line.is_empty() {
                lines.seek(start);
            }
            break;
        }
        let next = asked.find(line);
        if next.is_none() {
            if open.is_none() {
                continue;
            }
            if continues(line) {
                value.end = start + line.len();
                continue;
            }
        }
        if let Some(name) = open.take() {
            take(name, trim(&text[value.clone()]));
        }
        if let Some((name, at)) = next {
            open = Some(name);
            value = start + at..start + line.len();
        }
    }
    if let Some(name) = open {
        take(name, trim(&text[value]));
    }
    &text[from..end]
}

/// The line at the start of `text` without its end (CR LF, LF or CR), and what follows.
pub(crate) fn split_line(text: &[u8]) -> (&[u8], &[u8]) {
    let mut lines = Lines::new(text);
    let line = lines.next().map_or(&[][..], |(_, line)| line);
    (line, lines.rest())
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

    /// The lines that were not read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        &self.text[self.at..]
    }

    /// Goes on at this offset.
    pub(crate) const fn seek(&mut self, at: usize) {
        self.at = at;
    }
}

impl<'a> Iterator for Lines<'a> {
    /// Where the line begins, and the line.
    type Item = (usize, &'a [u8]);

    #[inline]
    fn next(&mut self) -> Option<(usize, &'a [u8])> {
        let start = self.at;
        let rest = self.text.get(start..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let (line, end) = rest.split_at(length);
        let end_length = match end {
            [b'\r', b'\n', ..] => 2,
            [_, ..] => 1,
            [] => 0,
        };
        self.at = start + length + end_length;
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
            let mut lines = Lines::new(message.as_bytes());
            let mut values = Vec::new();
            let header = read_header(&mut lines, |_| false, &Names::new([(b"c", ())]), |(), value| values.push(value));
            assert_eq!(Fields::new(header).count(), 2);
            assert_eq!(Fields::of_message(message.as_bytes()).count(), 2);
            assert_eq!(values, [b"d"]);
            assert_eq!(lines.rest(), format!("body{end}").as_bytes());
        }
    }
}
