//! The words of a structured field, with comments and quoted strings as what they are (RFC 5322, section 3.2).

use crate::syntax::quoted::{behind_comment, split_quoted};
use crate::syntax::reply::trim_start;

/// What is still to be read of a structured field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tokens<'a> {
    rest: &'a [u8],
}

/// `method ["/" version]` or `ptype "." property` (RFC 8601, section 2.2).
#[derive(Debug, Clone, Copy)]
pub(super) struct Name<'a> {
    /// The method, the type of the property, or a name of a dialect that has no types.
    pub(super) keyword: &'a [u8],
    /// What stands behind the dot.
    pub(super) property: Option<&'a [u8]>,
}

impl Name<'_> {
    /// Whether this is `ptype.property`.
    pub(super) fn is(&self, ptype: &[u8], property: &[u8]) -> bool {
        self.keyword.eq_ignore_ascii_case(ptype) && self.property.is_some_and(|p| p.eq_ignore_ascii_case(property))
    }

    /// Whether this is `name` without a type.
    pub(super) fn is_plain(&self, name: &[u8]) -> bool {
        self.property.is_none() && self.keyword.eq_ignore_ascii_case(name)
    }
}

/// The types of properties that are registered with IANA.
const PTYPES: [&[u8]; 5] = [b"smtp", b"header", b"body", b"policy", b"dns"];

impl<'a> Tokens<'a> {
    pub(super) const fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    /// What was not read yet, behind comments and blanks.
    pub(super) fn rest(&mut self) -> &'a [u8] {
        self.skip_cfws();
        self.rest
    }

    /// `CFWS`: comments and blanks, which mean nothing (RFC 5322, section 3.2.2).
    fn skip_cfws(&mut self) {
        self.rest = trim_start(self.rest);
        while let Some(comment) = self.rest.strip_prefix(b"(") {
            // One that is not closed takes the rest, which no other one then reads again.
            self.rest = trim_start(behind_comment(comment).unwrap_or_default());
        }
    }

    /// Reads this byte, when it is the next behind comments and blanks.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        self.rest().strip_prefix(&[byte]).map(|rest| self.rest = rest).is_some()
    }

    /// Reads up to a byte that `ends` it.
    fn word(&mut self, ends: impl Fn(u8) -> bool) -> &'a [u8] {
        let text = self.rest();
        let length = text.iter().position(|b| ends(*b)).unwrap_or(text.len());
        let (word, rest) = text.split_at(length);
        self.rest = rest;
        word
    }

    fn keyword(&mut self) -> &'a [u8] {
        self.word(|b| b.is_ascii_whitespace() || b";=(./\"".contains(&b))
    }

    fn name(&mut self) -> Name<'a> {
        let keyword = self.keyword();
        let property = self.eat(b'.').then(|| self.keyword());
        if property.is_none() && self.eat(b'/') {
            self.keyword();
        }
        Name { keyword, property }
    }

    /// The next name with an equals sign behind it, up to the next semicolon. Words without one are passed over.
    pub(super) fn named(&mut self) -> Option<Name<'a>> {
        while !matches!(self.rest(), [] | [b';', ..]) {
            let name = self.name();
            if self.eat(b'=') {
                return Some(name);
            }
            // No name can begin with it.
            if self.rest().starts_with(b"\"") {
                self.value();
            }
        }
        None
    }

    /// `authserv-id`: a word that is not yet the method, as the identifier is left out by Microsoft.
    pub(super) fn authserv_id(&mut self) -> Option<&'a [u8]> {
        let mut ahead = *self;
        let id = match ahead.rest().strip_prefix(b"\"") {
            Some(_) => ahead.value(),
            None => ahead.word(|b| b.is_ascii_whitespace() || b";=(\"".contains(&b)),
        };
        let is_method = matches!(ahead.rest(), [b'=' | b'/', ..]);
        if is_method || id.is_empty() {
            return None;
        }
        *self = ahead;
        Some(id)
    }

    /// The value behind an equals sign. It is empty when, behind a blank, the next property follows at once.
    pub(super) fn value(&mut self) -> &'a [u8] {
        let before = self.rest.len();
        let text = self.rest();
        if text.len() < before && self.is_at_property() {
            return &[];
        }
        let Some(quoted) = text.strip_prefix(b"\"") else {
            return self.word(ends_value);
        };
        let (content, after) = split_quoted(quoted).unwrap_or((quoted, &[]));
        self.rest = after;
        if !after.starts_with(b"@") {
            return content;
        }
        // Only the local part is quoted.
        self.word(ends_value);
        text.get(..text.len() - self.rest.len()).unwrap_or(content)
    }

    fn is_at_property(mut self) -> bool {
        let name = self.name();
        name.property.is_some() && PTYPES.iter().any(|ptype| name.keyword.eq_ignore_ascii_case(ptype)) && self.eat(b'=')
    }

    /// The next byte that is in no comment and no quoted string.
    pub(super) fn next_special(&mut self) -> Option<u8> {
        while let Some(quoted) = self.rest().strip_prefix(b"\"") {
            self.rest = split_quoted(quoted).map_or(&[], |(_, after)| after);
        }
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }
}

/// Whether a value that is not quoted ends before this byte. Microsoft leaves an `=` unquoted.
const fn ends_value(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b';' | b'(')
}
