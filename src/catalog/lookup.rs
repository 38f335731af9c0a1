//! From a code to the entries that are about it.

use super::entry::Entry;
use super::tables::{CLASSES, ENTRIES, EXACT, FAMILIES, LISTS, List, REPLIES};
use crate::syntax::reply_code::ReplyCode;
use crate::syntax::status::{Class, StatusCode, pack};

/// All entries of the catalogue.
pub fn entries() -> impl ExactSizeIterator<Item = &'static Entry> + Clone {
    ENTRIES.iter()
}

/// The entries that are about `status`, most specific first: exact ones of a provider, its ranges from narrow to wide, the
/// registry's row, the row of the subject (`x.7.0`), the class. It is never empty, and words choose among entries of one code.
///
/// ```
/// use nondelivery::{Source, catalog};
///
/// let codes: Vec<&str> = catalog::lookup("5.7.606".parse()?).map(|entry| entry.code().as_str()).collect();
/// assert_eq!(codes, ["5.7.606-649", "5.7.500-699", "5.7.x", "x.7.0", "5.x.x"]);
/// assert_eq!(catalog::lookup("5.2.2".parse()?).map(|entry| entry.source()).next(), Some(Source::ExchangeOnline));
/// # Ok::<(), nondelivery::ParseError>(())
/// ```
#[must_use]
pub fn lookup(status: StatusCode) -> Entries {
    Entries { rest: list(find(status)) }
}

/// The entry of a three-digit reply code.
///
/// ```
/// use nondelivery::{Category, ReplyCode, catalog};
///
/// let entry = ReplyCode::new(552).and_then(catalog::lookup_reply).unwrap();
/// assert_eq!(entry.category(), Category::MailboxFull);
/// ```
#[must_use]
pub fn lookup_reply(reply: ReplyCode) -> Option<&'static Entry> {
    REPLIES.get(&reply.get()).map(|row| &ENTRIES[usize::from(*row)])
}

fn find(status: StatusCode) -> List {
    if let Some(exact) = EXACT.get(&status.packed()) {
        return *exact;
    }
    let family = pack(status.class().number(), status.subject(), 0);
    let stretch = FAMILIES
        .get(&family)
        .and_then(|stretches| stretches.iter().find(|(low, high, _)| (*low..=*high).contains(&status.detail())));
    stretch.map_or_else(|| class_rows(status.class()), |(_, _, list)| *list)
}

/// The rows of a class, for a subject that the registry does not have.
fn class_rows(class: Class) -> List {
    match class {
        Class::Success => CLASSES[0],
        Class::Transient => CLASSES[1],
        Class::Permanent => CLASSES[2],
    }
}

fn list((start, length): List) -> &'static [u16] {
    &LISTS[usize::from(start)..usize::from(start) + usize::from(length)]
}

/// Iterates over the entries of a code; see [`lookup`].
#[derive(Debug, Clone)]
pub struct Entries {
    rest: &'static [u16],
}

impl Iterator for Entries {
    type Item = &'static Entry;

    fn next(&mut self) -> Option<&'static Entry> {
        let (row, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(&ENTRIES[usize::from(*row)])
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.rest.len(), Some(self.rest.len()))
    }
}

impl ExactSizeIterator for Entries {}
