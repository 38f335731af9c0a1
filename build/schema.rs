//! The shape of the data files, as `serde` reads them.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// A text in one language or more; English is a must.
pub(crate) type Texts = BTreeMap<String, String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CatalogFile {
    /// The provider whose words these entries are.
    pub(crate) provider: Option<String>,
    #[serde(default)]
    pub(crate) class: Vec<Class>,
    #[serde(default)]
    pub(crate) entry: Vec<Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Class {
    pub(crate) code: u8,
    pub(crate) title: String,
    pub(crate) action: String,
    pub(crate) responsible: String,
    pub(crate) summary: Texts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) status: Option<String>,
    pub(crate) reply: Option<u16>,
    #[serde(default)]
    pub(crate) replies: Vec<u16>,
    #[serde(default)]
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) phrases: Vec<Spanned<String>>,
    /// Whether the phrases are only said around another reply, which decides.
    #[serde(default)]
    pub(crate) wrapper: bool,
    pub(crate) category: Option<String>,
    pub(crate) action: String,
    pub(crate) responsible: String,
    pub(crate) summary: Texts,
    #[serde(default)]
    pub(crate) remedies: BTreeMap<String, Texts>,
    #[serde(default)]
    pub(crate) limits: Vec<Limit>,
    pub(crate) reference: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limit {
    pub(crate) name: String,
    pub(crate) value: u32,
    pub(crate) unit: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CategoryFile {
    pub(crate) category: Vec<Spanned<Category>>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct Category {
    pub(crate) name: String,
    pub(crate) summary: Texts,
    #[serde(default)]
    pub(crate) suppress: bool,
    pub(crate) responsible: String,
    pub(crate) transient: String,
    pub(crate) permanent: String,
    pub(crate) sisimai: String,
    pub(crate) kumomta: String,
    pub(crate) powermta: String,
    pub(crate) ses: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleFile {
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) hosts: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) words: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) reference: String,
    #[serde(default)]
    pub(crate) rule: Vec<Spanned<Rule>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    pub(crate) category: String,
    pub(crate) strength: String,
    pub(crate) phrases: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) own: bool,
    #[serde(default)]
    pub(crate) when: When,
    pub(crate) action: Option<String>,
    pub(crate) responsible: Option<String>,
    pub(crate) suppress: Option<bool>,
    #[serde(default)]
    pub(crate) retry_after: u32,
    /// For readers only.
    #[serde(default)]
    pub(crate) languages: Vec<String>,
    /// For readers only.
    #[serde(default)]
    pub(crate) note: String,
}

#[derive(Deserialize, Default, PartialEq, Eq, Hash, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct When {
    #[serde(default)]
    pub(crate) class: u8,
    #[serde(default)]
    pub(crate) reply: Vec<u16>,
    #[serde(default)]
    pub(crate) status: Vec<String>,
    #[serde(default)]
    pub(crate) stage: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BlocklistFile {
    pub(crate) blocklist: Vec<Spanned<Blocklist>>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct Blocklist {
    pub(crate) name: String,
    pub(crate) words: Vec<Spanned<String>>,
    pub(crate) lists: Vec<String>,
    #[serde(default)]
    pub(crate) delisting: String,
    #[serde(default)]
    pub(crate) closed: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TimeFile {
    pub(crate) unit: Vec<Spanned<Unit>>,
    pub(crate) number: Vec<Spanned<NumberWords>>,
    pub(crate) role: Vec<Spanned<RoleWords>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unit {
    pub(crate) seconds: u32,
    pub(crate) words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NumberWords {
    pub(crate) value: u32,
    pub(crate) words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleWords {
    pub(crate) role: String,
    pub(crate) words: Vec<String>,
}
