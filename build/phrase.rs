//! The phrase language: what `data/*.toml` says about words.
//!
//! `phrase = ["^"] part *("…" part) ["$"]`; a part is a list of words, groups `(a|b c|)`, numbers `#` and addresses `@`.

use crate::syntax::words::{Kind, Words};

/// How many combinations of groups one piece of a part may have. What has more is cut into pieces that have to be adjacent,
/// so that the tables do not grow with the product of all groups.
const MAX_WAYS: usize = 16;

/// How many combinations a piece may have that cannot be cut, because its groups are optional.
const MAX_UNCUT: usize = 1024;

/// The words that a gap (`…`) may skip.
const MAX_GAP: u8 = 12;

/// A place in a phrase that exactly one word of the text has to fill.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Slot {
    /// This word, in lower case.
    Word(Vec<u8>),
    /// One of these words.
    OneOf(Vec<Vec<u8>>),
    /// Any number.
    Number,
    /// Any mail address.
    Address,
    /// The start of the reply's text.
    Start,
    /// The end of the reply's text.
    End,
}

impl Slot {
    /// The words that fill it, as far as it is about words.
    pub(crate) fn words(&self) -> std::slice::Iter<'_, Vec<u8>> {
        match self {
            Self::Word(word) => std::slice::from_ref(word).iter(),
            Self::OneOf(words) => words.iter(),
            Self::Number | Self::Address | Self::Start | Self::End => [].iter(),
        }
    }
}

/// The ways to say one piece: each a list of adjacent words.
pub(crate) type Ways = Vec<Vec<Slot>>;

/// A piece of a phrase, and how many words may stand between the piece before and this one.
pub(crate) struct Piece {
    pub(crate) ways: Ways,
    pub(crate) gap: u8,
}

/// Reads a phrase into its pieces.
pub(crate) fn parse(phrase: &str) -> Result<Vec<Piece>, String> {
    let phrase = phrase.trim();
    let (anchored_start, phrase) = phrase.strip_prefix('^').map_or((false, phrase), |rest| (true, rest));
    let (anchored_end, phrase) = phrase.strip_suffix('$').map_or((false, phrase), |rest| (true, rest));
    let mut parts = phrase.split('…').map(groups).collect::<Result<Vec<Vec<Ways>>, String>>()?;
    if anchored_start && let Some(first) = parts.first_mut() {
        first.insert(0, vec![vec![Slot::Start]]);
    }
    if anchored_end && let Some(last) = parts.last_mut() {
        last.push(vec![vec![Slot::End]]);
    }
    let mut pieces = Vec::new();
    for part in parts {
        let cut = cut(part)?;
        pieces.extend(cut.into_iter().enumerate().map(|(n, ways)| Piece { ways, gap: if n == 0 { MAX_GAP } else { 0 } }));
    }
    Ok(pieces)
}

/// Combines the groups of a part, and cuts where the combinations become many.
fn cut(groups: Vec<Ways>) -> Result<Vec<Ways>, String> {
    let mut pieces = Vec::new();
    let mut ways: Ways = vec![Vec::new()];
    for group in groups {
        let product = ways.len() * group.len();
        if product > MAX_WAYS && ways.iter().all(|way| has_word(way)) && group.iter().all(|way| has_word(way)) {
            pieces.push(std::mem::replace(&mut ways, group));
            continue;
        }
        if product > MAX_UNCUT {
            return Err(format!("its optional groups combine to {product} phrases; split it"));
        }
        ways = ways.iter().flat_map(|way| group.iter().map(move |choice| [way.as_slice(), choice].concat())).collect();
    }
    pieces.push(ways);
    for ways in &mut pieces {
        ways.sort();
        ways.dedup();
        if !ways.iter().all(|way| has_word(way)) {
            return Err("a part without any word would match everywhere; give it a word".into());
        }
    }
    Ok(pieces)
}

fn has_word(way: &[Slot]) -> bool {
    way.iter().any(|slot| slot.words().len() > 0)
}

/// `part = *(words / group)`; words are a group with one choice.
fn groups(text: &str) -> Result<Vec<Ways>, String> {
    let mut groups = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (plain, group, after) = split_group(rest)?;
        let plain = slots(plain);
        if !plain.is_empty() {
            groups.push(vec![plain]);
        }
        if let Some(group) = group {
            groups.push(one_of_words(group.split('|').map(slots).collect()));
        }
        rest = after;
    }
    Ok(groups)
}

/// The choices of a group with those of one word put together into one slot.
fn one_of_words(choices: Ways) -> Ways {
    let (single, mut choices): (Ways, Ways) = choices.into_iter().partition(|way| matches!(way[..], [Slot::Word(_)]));
    let mut words: Vec<Vec<u8>> = single.iter().flatten().flat_map(Slot::words).cloned().collect();
    words.sort();
    words.dedup();
    match words.len() {
        0 => {}
        1 => choices.extend(single.into_iter().take(1)),
        _ => choices.push(vec![Slot::OneOf(words)]),
    }
    choices
}

/// What stands before the first group, the inside of the group, and what follows it.
fn split_group(text: &str) -> Result<(&str, Option<&str>, &str), String> {
    let Some(open) = text.find('(') else {
        let stray = text.contains([')', '|']);
        return if stray { Err("`)` or `|` without `(`; write groups as `(a|b)`".into()) } else { Ok((text, None, "")) };
    };
    let close = text[open..].find(')').ok_or("`(` without `)`; write groups as `(a|b)`")? + open;
    let inside = &text[open + 1..close];
    if inside.contains('(') || text[..open].contains(['|', ')']) {
        return Err("groups cannot be nested; write the combinations out".into());
    }
    Ok((&text[..open], Some(inside), &text[close + 1..]))
}

fn slots(text: &str) -> Vec<Slot> {
    text.replace('#', " # ")
        .split_whitespace()
        .flat_map(|token| match token.trim_matches(|c: char| !c.is_alphanumeric() && c != '#' && c != '@') {
            "#" => vec![Slot::Number],
            "@" => vec![Slot::Address],
            _ => Words::new(token.as_bytes(), None).map(|w| word(&token.as_bytes()[w.start..w.end], w.kind)).collect(),
        })
        .collect()
}

fn word(bytes: &[u8], kind: Kind) -> Slot {
    debug_assert!(kind != Kind::Number || bytes[0].is_ascii_digit());
    Slot::Word(bytes.to_ascii_lowercase())
}
