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
    /// Says what was refused, or only that it was, and not why.
    Bare,
    /// Said around another reply.
    Wrapper,
}

impl Strength {
    /// How many strengths there are.
    pub(crate) const COUNT: usize = 5;
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

/// A phrase that may stand where one or two of its words turned up; [`Leads`] says which do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    /// The words that have to be in the text, a bit for the number of each, modulo 64.
    pub(crate) needs: u64,
    /// The way that holds the words, and how many of its words stand before the last of them.
    pub(crate) way: Way,
    pub(crate) offset: u8,
    /// The piece that holds the way, and how many pieces stand before and behind.
    pub(crate) piece: u16,
    pub(crate) before: u8,
    pub(crate) behind: u8,
    /// The fewest words of the whole phrase.
    pub(crate) words: u8,
    pub(crate) meaning: Meaning,
}

/// Adjacent words of a phrase: where they stand in [`WAY_WORDS`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way {
    pub(crate) start: u16,
    pub(crate) length: u8,
}

/// Which words lead to phrases: [`DECISIVE`] to those that come before a specific code or tell who speaks, [`VAGUE`] to the others.
pub(crate) struct Leads {
    /// What two adjacent words lead to, by the beginning of their hash.
    pub(crate) pairs: &'static [Pair],
    /// Where the pairs begin whose hash begins with a number.
    pub(crate) pair_starts: &'static [u16],
    /// A bit for the beginning of the hash of every pair.
    pub(crate) pair_bits: &'static [u64],
    /// The rows of the candidates that one word leads to.
    pub(crate) singles: &'static [u16],
    /// Where the singles begin that a word of a number leads to.
    pub(crate) single_starts: &'static [u16],
}

/// Two adjacent words that lead to a row of [`CANDIDATES`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    pub(crate) words: (u16, u16),
    pub(crate) candidate: u16,
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
    /// The bits of the words that its ways begin with, one for the number of each, modulo 64.
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
    /// What it does to a time: [`ASKS`], [`LASTS`] and so on.
    pub(crate) roles: u8,
}

impl TimeWord {
    /// A word that means nothing there.
    pub(crate) const NONE: Self = Self { unit: 0, number: 0, roles: 0 };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::entry::Audience;

    /// The bytes of the texts that entries, providers and block lists point to.
    fn texts() -> usize {
        let entry = |e: &Entry| {
            let texts = [e.code(), e.title(), e.summary(), e.reference()];
            let limits: usize =
                e.limits().iter().map(|l| size_of::<Limit>() + l.name().as_str().len() + l.unit().as_str().len() + 2).sum();
            texts.iter().map(|t| t.as_str().len() + 1).sum::<usize>()
                + Audience::ALL.iter().map(|a| e.remedy(*a).as_str().len() + 1).sum::<usize>()
                + limits
        };
        let provider = |p: &ProviderRow| [&p.name, &p.title, &p.reference].iter().map(|t| t.as_str().len() + 1).sum::<usize>();
        ENTRIES.iter().map(entry).sum::<usize>()
            + PROVIDERS.iter().map(provider).sum::<usize>()
            + BLOCKLISTS.iter().map(|b| b.name().as_str().len() + b.delisting().as_str().len() + 2).sum::<usize>()
            + CATEGORIES.iter().map(|c| c.summary.as_str().len() + 1).sum::<usize>()
    }

    fn leads(leads: &Leads) -> usize {
        size_of_val(leads.pairs)
            + size_of_val(leads.pair_starts)
            + size_of_val(leads.pair_bits)
            + size_of_val(leads.singles)
            + size_of_val(leads.single_starts)
    }

    #[test]
    fn ok_tables_take_less_than_a_mebibyte() {
        let catalog = size_of_val(&ENTRIES)
            + size_of_val(&LISTS)
            + size_of_val(&CATEGORIES)
            + size_of_val(&PROVIDERS)
            + size_of_val(&BLOCKLISTS)
            + size_of_val(&RULES)
            + size_of_val(&CONDITIONS)
            + EXACT.len() * size_of::<(u32, List)>()
            + FAMILIES.values().map(|rows| size_of_val(*rows)).sum::<usize>()
            + REPLIES.len() * size_of::<(u16, u16)>();
        let words = size_of_val(&SLOTS) + size_of_val(&KEYS) + size_of_val(&TIME_WORDS);
        let phrases = size_of_val(&SET_BITS)
            + size_of_val(&SET_WORDS)
            + size_of_val(&SET_STARTS)
            + size_of_val(&WAY_WORDS)
            + size_of_val(&PIECES)
            + size_of_val(&OPENINGS)
            + size_of_val(&CANDIDATES)
            + [&DECISIVE, &VAGUE].map(leads).iter().sum::<usize>();
        println!("catalog {catalog}, texts {}, words {words}, phrases {phrases} bytes", texts());
        assert!(catalog + texts() + words + phrases < 1 << 20);
    }
}
