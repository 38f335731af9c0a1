//! The tables that `build.rs` makes from the data, and the shape of their rows.

use super::entry::{Blocklist, Entry, Limit, Text};
use super::vocabulary::{Action, Category, Party, Source};
use crate::syntax::reply_code::{ReplyCode, Stage};
use crate::syntax::status::{Class, StatusPattern};

include!(concat!(env!("OUT_DIR"), "/tables.rs"));

/// A stretch of [`LISTS`]: where it begins and how long it is.
pub(crate) type List = (u16, u16);

/// A reply code that the data compiler has checked.
const fn reply_code(number: u16) -> ReplyCode {
    match ReplyCode::new(number) {
        Some(code) => code,
        None => panic!("the data compiler checks reply codes"),
    }
}

pub(crate) struct CategoryRow {
    pub(crate) summary: Text,
    pub(crate) suppress: bool,
    pub(crate) responsible: Party,
    pub(crate) transient: Action,
    pub(crate) permanent: Action,
    pub(crate) sisimai: &'static str,
    pub(crate) kumomta: &'static str,
    pub(crate) powermta: &'static str,
    pub(crate) ses: &'static str,
}

pub(crate) struct ProviderRow {
    pub(crate) name: Text,
    pub(crate) title: Text,
    pub(crate) reference: Text,
}

/// How strongly the phrases of a rule speak, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Strength {
    /// The wording settles it whatever generic code stands before it.
    Strong,
    /// Believed when neither a strong phrase nor a specific code speaks.
    Weak,
    /// A single distinctive word.
    Cue,
    /// Said around another reply.
    Wrapper,
}

impl Strength {
    /// How many strengths there are.
    pub(crate) const COUNT: usize = 4;
}

/// What the phrases of one rule mean.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) category: Category,
    pub(crate) strength: Strength,
    /// The letters of its words: among rules of one strength the longer one wins.
    pub(crate) weight: u16,
    pub(crate) action: Option<Action>,
    pub(crate) responsible: Option<Party>,
    pub(crate) suppress: Option<bool>,
    /// Seconds, or 0.
    pub(crate) retry_after: u32,
    /// Row of [`PROVIDERS`] whose words these are.
    pub(crate) provider: Option<u8>,
    /// Whether nobody else says so.
    pub(crate) own: bool,
    /// Row of [`ENTRIES`] that the words select.
    pub(crate) entry: Option<u16>,
    /// Row of [`CONDITIONS`].
    pub(crate) when: u16,
}

/// What has to hold beside the words.
pub(crate) struct Condition {
    /// First digit of the status or reply, or 0 for any.
    pub(crate) class: u8,
    pub(crate) replies: &'static [u16],
    pub(crate) statuses: &'static [StatusPattern],
    pub(crate) stages: &'static [Stage],
}

/// A phrase that may stand where one of its words turned up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    /// The way that holds the word, and how many of its words stand before.
    pub(crate) way: u16,
    pub(crate) offset: u8,
    /// The piece that holds the way, and how many pieces stand before and behind.
    pub(crate) piece: u16,
    pub(crate) before: u8,
    pub(crate) behind: u8,
    /// The fewest words of the whole phrase.
    pub(crate) words: u8,
    pub(crate) meaning: Meaning,
}

/// What tells quickly that a candidate does not match: bits of the words that it needs, one for the number of each, modulo 64.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Filter {
    /// All of these have to be in the text.
    pub(crate) needs: u64,
    /// One of these has to be the word before, the word behind or anywhere: three lists in [`CANDIDATE_STARTS`] for every word.
    pub(crate) beside: u64,
}

/// A stretch of a phrase before or behind a gap.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece {
    /// The rows of its ways in [`OPENINGS`], from the first to behind the last, ordered by the word that they begin with.
    pub(crate) first: u16,
    pub(crate) last: u16,
    /// The words of its longest way.
    pub(crate) longest: u8,
    /// How many words may stand between the piece before and this one.
    pub(crate) gap: u8,
    /// The bits of the words that its ways begin with, as in [`Filter`].
    pub(crate) bits: u64,
}

/// What a phrase tells.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Meaning {
    /// That row of [`RULES`] speaks.
    Rule(u16),
    /// A name of that row of [`BLOCKLISTS`].
    Blocklist(u16),
    /// Words that only that row of [`PROVIDERS`] says.
    Speaker(u8),
    /// The end of a host name of that row of [`PROVIDERS`].
    Host(u8),
}

/// What a word means where a time is told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeWord {
    /// The seconds of a unit, or 0.
    pub(crate) unit: u32,
    /// A number in letters, or 0.
    pub(crate) number: u32,
    /// What it does to a time, as in `src/verdict/hints.rs`.
    pub(crate) roles: u8,
}

impl TimeWord {
    /// A word that means nothing there.
    pub(crate) const NONE: Self = Self { unit: 0, number: 0, roles: 0 };
}
