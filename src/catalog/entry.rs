//! The rows of the catalogue as its users see them.

use core::ffi::CStr;
use core::fmt;

use super::tables::{CATEGORIES, CategoryRow, PROVIDERS};
use super::vocabulary::{Action, Category, Party, Source};
use crate::syntax::reply_code::ReplyCode;
use crate::syntax::status::StatusPattern;

/// A static text, ended by NUL underneath so that C can read it in place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Text(&'static str);

impl Text {
    pub(crate) const fn new(with_nul: &'static str) -> Self {
        assert!(CStr::from_bytes_with_nul(with_nul.as_bytes()).is_ok());
        Self(with_nul)
    }

    /// The text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self.0.split_at_checked(self.0.len() - 1) {
            Some((text, _)) => text,
            None => "",
        }
    }

    /// The text for C.
    #[must_use]
    pub const fn as_c_str(self) -> &'static CStr {
        match CStr::from_bytes_with_nul(self.0.as_bytes()) {
            Ok(text) => text,
            Err(_) => c"",
        }
    }

    /// The text, or `None` when it is empty.
    #[must_use]
    pub const fn non_empty(self) -> Option<&'static str> {
        let text = self.as_str();
        if text.is_empty() { None } else { Some(text) }
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What one source says about one code, or a range of codes.
#[derive(Debug)]
pub struct Entry {
    pub(crate) source: Source,
    pub(crate) status: Option<StatusPattern>,
    pub(crate) reply: Option<ReplyCode>,
    pub(crate) code: Text,
    pub(crate) title: Text,
    pub(crate) category: Category,
    pub(crate) action: Action,
    pub(crate) responsible: Party,
    pub(crate) summary: Text,
    pub(crate) remedies: [Text; 3],
    pub(crate) limits: &'static [Limit],
    pub(crate) reference: Text,
}

impl Entry {
    /// Who says so.
    #[must_use]
    pub const fn source(&self) -> Source {
        self.source
    }

    /// The status codes it is about; `None` for an entry of words only or of a reply code.
    #[must_use]
    pub const fn status(&self) -> Option<StatusPattern> {
        self.status
    }

    /// The reply code that comes with it, as far as the source names one.
    #[must_use]
    pub const fn reply(&self) -> Option<ReplyCode> {
        self.reply
    }

    /// The code as the source writes it: `5.7.606-649`, `x.1.1`, `550`; empty for an entry of words only.
    #[must_use]
    pub const fn code(&self) -> Text {
        self.code
    }

    /// The words that the server says, or the name of the code; empty when the source gives none.
    #[must_use]
    pub const fn title(&self) -> Text {
        self.title
    }

    /// Why a message with this code was not delivered.
    #[must_use]
    pub const fn category(&self) -> Category {
        self.category
    }

    /// What the sending system should do.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }

    /// Who can put it right.
    #[must_use]
    pub const fn responsible(&self) -> Party {
        self.responsible
    }

    /// What it means, in a sentence or two.
    #[must_use]
    pub const fn summary(&self) -> Text {
        self.summary
    }

    /// What `audience` can do about it; empty when nothing.
    #[must_use]
    pub const fn remedy(&self, audience: Audience) -> Text {
        self.remedies[audience as usize]
    }

    /// Numbers that matter: how long it is retried, how many are allowed.
    #[must_use]
    pub const fn limits(&self) -> &'static [Limit] {
        self.limits
    }

    /// Where to read more: an RFC and section, or the address of a page.
    #[must_use]
    pub const fn reference(&self) -> Text {
        self.reference
    }
}

/// Entries are the same when they are the same row.
impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        core::ptr::eq(self, other)
    }
}

impl Eq for Entry {}

#[cfg(feature = "serde")]
impl serde::Serialize for Entry {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut entry = serializer.serialize_struct("Entry", 3)?;
        entry.serialize_field("code", &self.code.non_empty())?;
        entry.serialize_field("title", &self.title.non_empty())?;
        entry.serialize_field("source", &self.source)?;
        entry.end()
    }
}

/// Whom a remedy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Audience {
    /// The person who sent the message.
    Sender = 0,
    /// The owner of the group that it was sent to.
    GroupOwner = 1,
    /// An administrator of the party that can put it right.
    Admin = 2,
}

crate::names! { Audience { Sender => "sender", GroupOwner => "group-owner", Admin => "admin" } }

/// A number that matters for an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    pub(crate) name: Text,
    pub(crate) value: u32,
    pub(crate) unit: Text,
}

impl Limit {
    /// What is limited: `retry window`.
    #[must_use]
    pub const fn name(&self) -> Text {
        self.name
    }

    /// How much, in [`unit`](Self::unit)s.
    #[must_use]
    pub const fn value(&self) -> u32 {
        self.value
    }

    /// The unit: `hours`, `recipients`.
    #[must_use]
    pub const fn unit(&self) -> Text {
        self.unit
    }
}

/// A mail provider or filter whose answers are known by their words.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Provider(pub(crate) u8);

impl Provider {
    fn row(self) -> &'static super::tables::ProviderRow {
        &PROVIDERS[usize::from(self.0)]
    }

    /// All providers.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..PROVIDERS.len()).map(|row| Self(row as u8))
    }

    /// The short name, as in JSON: `google`.
    #[must_use]
    pub fn name(self) -> Text {
        self.row().name
    }

    /// The full name.
    #[must_use]
    pub fn title(self) -> Text {
        self.row().title
    }

    /// Where the provider explains its answers.
    #[must_use]
    pub fn reference(self) -> Text {
        self.row().reference
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Provider({})", self.name())
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.name(), f)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Provider {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name().as_str())
    }
}

/// A public list of addresses or domains that replies refer to.
#[derive(Debug)]
pub struct Blocklist {
    pub(crate) name: Text,
    pub(crate) delisting: Text,
    pub(crate) ip: bool,
    pub(crate) domain: bool,
    pub(crate) uri: bool,
    pub(crate) closed: bool,
}

impl Blocklist {
    /// The name of the list.
    #[must_use]
    pub const fn name(&self) -> Text {
        self.name
    }

    /// The page where one asks to be removed; empty when there is none.
    #[must_use]
    pub const fn delisting(&self) -> Text {
        self.delisting
    }

    /// Whether it lists addresses of hosts.
    #[must_use]
    pub const fn lists_ips(&self) -> bool {
        self.ip
    }

    /// Whether it lists domains.
    #[must_use]
    pub const fn lists_domains(&self) -> bool {
        self.domain
    }

    /// Whether it lists what links in a message point to.
    #[must_use]
    pub const fn lists_uris(&self) -> bool {
        self.uri
    }

    /// Whether the list has been given up: who still uses it gets wrong answers.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.closed
    }
}

/// Lists are the same when they are the same row.
impl PartialEq for Blocklist {
    fn eq(&self, other: &Self) -> bool {
        core::ptr::eq(self, other)
    }
}

impl Eq for Blocklist {}

#[cfg(feature = "serde")]
impl serde::Serialize for Blocklist {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut list = serializer.serialize_struct("Blocklist", 2)?;
        list.serialize_field("name", self.name.as_str())?;
        list.serialize_field("delisting", &self.delisting.non_empty())?;
        list.end()
    }
}

impl Category {
    pub(crate) const fn row(self) -> &'static CategoryRow {
        &CATEGORIES[self as usize]
    }

    /// What it says, in a sentence.
    #[must_use]
    pub const fn summary(self) -> Text {
        self.row().summary
    }

    /// Whether a permanent failure of this kind means that the address should not be written to again.
    ///
    /// | it does | it does not |
    /// | --- | --- |
    /// | `UnknownRecipient`, `UnknownDomain`, `BadAddress`, `MailboxMoved`, `MailboxInactive` | all others, whatever the class: a block list, a quota, TLS, policy or a relay says nothing about the address |
    #[must_use]
    pub const fn suppresses(self) -> bool {
        self.row().suppress
    }

    /// The nearest reason of Sisimai 5.6, in lower case as it prints it.
    #[must_use]
    pub const fn as_sisimai(self) -> &'static str {
        self.row().sisimai
    }

    /// The nearest of KumoMTA's predefined bounce classes.
    #[must_use]
    pub const fn as_kumomta(self) -> &'static str {
        self.row().kumomta
    }

    /// The nearest of PowerMTA's bounce categories.
    #[must_use]
    pub const fn as_powermta(self) -> &'static str {
        self.row().powermta
    }

    /// The nearest bounce type and subtype of Amazon SES, with a slash between them.
    #[must_use]
    pub const fn as_ses(self) -> &'static str {
        self.row().ses
    }
}
