//! What does this code mean? Entries for every code, made at build time from `data/*.toml`.

mod entry;
mod lookup;
mod numbers;
mod tables;
mod vocabulary;

pub use entry::{Audience, Blocklist, Entry, Limit, Provider, Text};
pub use lookup::{Entries, entries, lookup, lookup_reply};
pub(crate) use numbers::{number_of, time_letters, time_word};
pub(crate) use tables::*;
pub use vocabulary::{Action, Category, Party, Source};

/// The version of the catalogue's data: the date of its last change.
///
/// ```
/// assert_eq!(nondelivery::catalog::VERSION.len(), "2026-11-22".len());
/// ```
pub const VERSION: &str = "2026-11-30";
