//! The index of all phrases by two adjacent words of each, the rarest it has: two words of a text that stand beside each other lead to
//! the few phrases that are worth a look there. Phrases that have no two certain words beside each other are found by one word. Vague phrases
//! have an index of their own, since they are looked for only where nothing else has decided.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::phrase::{Piece, Slot};
use crate::syntax::words::{key, pair_hash};

/// What a phrase means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Output {
    /// This rule speaks.
    Rule(u16),
    /// The name of this block list.
    Blocklist(u16),
    /// Words that only this provider says.
    Speaker(u8),
    /// The end of the name of a host of this provider.
    Host(u8),
}

pub(crate) struct Phrase {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) output: Output,
    /// Whether a specific code and any decisive phrase outrank what it means.
    pub(crate) vague: bool,
}

/// Numbers of words that stand for kinds of words; real words begin at [`FIRST_WORD`].
pub(crate) const UNKNOWN: u16 = 0;
const NUMBER: u16 = 1;
const ADDRESS: u16 = 2;
const START: u16 = 3;
const END: u16 = 4;
const FIRST_WORD: u16 = 5;

/// Numbers from here on are those of sets of words.
const FIRST_SET: u16 = 0x8000;

/// The numbers that have a name, for the tables.
pub(crate) const NAMED_NUMBERS: [(&str, u16); 7] = [
    ("UNKNOWN", UNKNOWN),
    ("NUMBER", NUMBER),
    ("ADDRESS", ADDRESS),
    ("START", START),
    ("END", END),
    ("FIRST_WORD", FIRST_WORD),
    ("FIRST_SET", FIRST_SET),
];

/// The slots of the hash table of words: a power of two, several times the number of words.
const SLOTS_PER_WORD: usize = 4;

/// How many pairs share a bucket, at most on average, and how many bits there are for each to tell quickly that a pair leads nowhere. The
/// numbers of buckets and bits are powers of two.
const PAIRS_PER_BUCKET: usize = 2;
const BITS_PER_PAIR: usize = 8;

/// The tables, in the shape that `src/verdict/phrases.rs` reads them.
#[derive(Default)]
pub(crate) struct Index {
    /// Open addressing by the highest bits of the key: the number of a word, or 0.
    pub(crate) slots: Vec<u16>,
    /// The key of every word by its number; 0 where the number is that of a kind.
    pub(crate) keys: Vec<u64>,
    /// The words of all sets, one set after the other, and where each begins; for every set the bits of its words.
    pub(crate) set_bits: Vec<u64>,
    pub(crate) set_words: Vec<u16>,
    pub(crate) set_starts: Vec<u16>,
    /// The numbers of all ways, one way after the other.
    pub(crate) way_words: Vec<u16>,
    /// The pieces of all phrases that have several.
    pub(crate) pieces: Vec<Row>,
    /// The words that the ways of pieces begin with, piece by piece and in order, each with its way.
    pub(crate) openings: Vec<(u16, Way)>,
    /// All candidates, each once.
    pub(crate) candidates: Vec<Candidate>,
    /// What leads to decisive phrases, and what to vague ones.
    pub(crate) decisive: Leads,
    pub(crate) vague: Leads,
    /// How many words before and behind a word a candidate may reach.
    pub(crate) reach: usize,
}

/// What words lead to.
#[derive(Default)]
pub(crate) struct Leads {
    /// What pairs of adjacent words lead to, bucket by bucket of their hash, and where each bucket begins.
    pub(crate) pairs: Vec<Pair>,
    pub(crate) pair_starts: Vec<u16>,
    /// A bit for the hash of every pair.
    pub(crate) pair_bits: Vec<u64>,
    /// What single words lead to, word by word, and where each begins.
    pub(crate) singles: Vec<u16>,
    pub(crate) single_starts: Vec<u16>,
}

/// Where a way stands among the numbers of all ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Way {
    pub(crate) start: u16,
    pub(crate) length: u8,
}

/// A piece of a phrase that has several.
pub(crate) struct Row {
    /// The rows of its openings, from the first to behind the last.
    pub(crate) first: u16,
    pub(crate) last: u16,
    /// The words of its longest way.
    pub(crate) longest: u8,
    pub(crate) gap: u8,
    /// The bits of the words that its ways begin with.
    pub(crate) bits: u64,
}

/// A phrase that may stand where one or two of its words turned up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
    pub(crate) output: Output,
}

/// Two adjacent words that lead to a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pair {
    pub(crate) words: (u16, u16),
    pub(crate) candidate: u16,
}

/// Indexes the phrases. The words of times are given the first numbers, in their order.
pub(crate) fn build<'a>(phrases: &'a [Phrase], time_words: impl IntoIterator<Item = &'a Vec<u8>>) -> Index {
    let vocabulary = vocabulary(phrases, time_words);
    let mut builder = Builder {
        index: Index::default(),
        word_frequency: frequency(phrases, 1, &vocabulary),
        pair_frequency: frequency(phrases, 2, &vocabulary),
        ways: HashMap::new(),
        sets: HashMap::new(),
        candidates: HashMap::new(),
        vocabulary,
    };
    builder.index.store_words(&builder.vocabulary);
    builder.index.decisive = builder.leads(phrases.iter().filter(|phrase| !phrase.vague));
    builder.index.vague = builder.leads(phrases.iter().filter(|phrase| phrase.vague));
    builder.finish()
}

/// The words of a phrase, those of its sets included.
fn words_of(phrase: &Phrase) -> impl Iterator<Item = &Vec<u8>> {
    phrase.pieces.iter().flat_map(|piece| &piece.ways).flatten().flat_map(Slot::words)
}

/// Every word with its number; sorted, so that the same data gives the same tables.
fn vocabulary<'a>(phrases: &'a [Phrase], time_words: impl IntoIterator<Item = &'a Vec<u8>>) -> BTreeMap<Vec<u8>, u16> {
    let mut vocabulary = BTreeMap::new();
    let in_phrases: BTreeSet<&Vec<u8>> = phrases.iter().flat_map(words_of).collect();
    for word in time_words.into_iter().chain(in_phrases) {
        let number = FIRST_WORD + row(vocabulary.len());
        vocabulary.entry(word.clone()).or_insert(number);
    }
    assert!(vocabulary.len() < usize::from(FIRST_SET - FIRST_WORD), "fewer than 32,000 words");
    vocabulary
}

/// In how many phrases each word is, or each pair of adjacent words.
fn frequency(phrases: &[Phrase], adjacent: usize, vocabulary: &BTreeMap<Vec<u8>, u16>) -> HashMap<Key, usize> {
    let mut frequency = HashMap::new();
    for phrase in phrases {
        let ways = phrase.pieces.iter().flat_map(|piece| &piece.ways);
        let keys: BTreeSet<Key> = ways.flat_map(|way| way.windows(adjacent)).flat_map(|slots| keys(slots, vocabulary)).collect();
        for key in keys {
            *frequency.entry(key).or_default() += 1;
        }
    }
    frequency
}

/// What leads to a phrase: one number, or two that stand beside each other.
type Key = Vec<u16>;

/// All ways to fill adjacent slots with certain words; none when one takes any number or address.
fn keys(slots: &[Slot], vocabulary: &BTreeMap<Vec<u8>, u16>) -> Vec<Key> {
    slots.iter().fold(vec![Key::new()], |keys, slot| {
        let certain = if matches!(slot, Slot::Number | Slot::Address) { Vec::new() } else { fillers(slot, vocabulary) };
        keys.iter().flat_map(|key| certain.iter().map(move |number| [key.as_slice(), &[*number]].concat())).collect()
    })
}

/// The numbers of what can fill a slot.
fn fillers(slot: &Slot, vocabulary: &BTreeMap<Vec<u8>, u16>) -> Vec<u16> {
    match slot {
        Slot::Word(_) | Slot::OneOf(_) => slot.words().map(|word| vocabulary[word]).collect(),
        Slot::Number => vec![NUMBER],
        Slot::Address => vec![ADDRESS],
        Slot::Start => vec![START],
        Slot::End => vec![END],
    }
}

struct Builder {
    index: Index,
    vocabulary: BTreeMap<Vec<u8>, u16>,
    word_frequency: HashMap<Key, usize>,
    pair_frequency: HashMap<Key, usize>,
    ways: HashMap<Vec<u16>, Way>,
    sets: HashMap<Vec<u16>, u16>,
    candidates: HashMap<Candidate, u16>,
}

/// What leads to the phrases of one index, while it is collected.
#[derive(Default)]
struct Collected {
    pairs: BTreeSet<Pair>,
    singles: BTreeMap<u16, BTreeSet<u16>>,
}

impl Builder {
    /// What leads to these phrases.
    fn leads<'a>(&mut self, phrases: impl Iterator<Item = &'a Phrase>) -> Leads {
        let mut collected = Collected::default();
        for phrase in phrases {
            self.phrase(phrase, &mut collected);
        }
        let mut leads = Leads::default();
        leads.store_singles(collected.singles, FIRST_WORD + row(self.vocabulary.len()));
        leads.store_pairs(collected.pairs);
        leads
    }

    /// Adds a candidate for every way to say one piece of a phrase, under the rarest words by which it can be found.
    fn phrase(&mut self, phrase: &Phrase, collected: &mut Collected) {
        let first = self.pieces(&phrase.pieces);
        let by_pairs = self.rarest(&phrase.pieces, 2);
        let (adjacent, rarest) = match by_pairs {
            Some(rarest) => (2, rarest),
            None => (1, self.rarest(&phrase.pieces, 1).expect("every way has a word")),
        };
        for way in &phrase.pieces[rarest].ways {
            let (_, offset) = self.rarest_in(way, adjacent).expect("this piece was chosen for it");
            let candidate = self.candidate(phrase, rarest, way, offset + adjacent - 1, first);
            for key in keys(&way[offset..offset + adjacent], &self.vocabulary) {
                match key[..] {
                    [before, behind] => _ = collected.pairs.insert(Pair { words: (before, behind), candidate }),
                    _ => _ = collected.singles.entry(key[0]).or_default().insert(candidate),
                }
            }
        }
        self.index.reach = self.index.reach.max(reach(&phrase.pieces));
    }

    /// The row of a candidate; equal ones share it.
    fn candidate(&mut self, phrase: &Phrase, piece: usize, way: &[Slot], last: usize, first: u16) -> u16 {
        let others = phrase.pieces.iter().enumerate().filter(|(n, _)| *n != piece);
        let candidate = Candidate {
            needs: others.fold(self.needs(&[way.to_vec()]), |needs, (_, piece)| needs | self.needs(&piece.ways)),
            way: self.way(way),
            offset: last as u8,
            piece: first + row(piece),
            before: piece as u8,
            behind: (phrase.pieces.len() - 1 - piece) as u8,
            words: fewest_words(&phrase.pieces),
            output: phrase.output,
        };
        let next = row(self.index.candidates.len());
        let number = *self.candidates.entry(candidate.clone()).or_insert(next);
        if number == next {
            self.index.candidates.push(candidate);
        }
        number
    }

    /// The piece by which a phrase is found most rarely, by so many adjacent words; `None` when no piece has them in all its ways.
    fn rarest(&self, pieces: &[Piece], adjacent: usize) -> Option<usize> {
        let cost = |piece: &Piece| piece.ways.iter().map(|way| Some(self.rarest_in(way, adjacent)?.0)).sum::<Option<usize>>();
        pieces.iter().enumerate().filter_map(|(n, piece)| Some((cost(piece)?, n))).min().map(|(_, n)| n)
    }

    /// Where the rarest adjacent words of a way stand, behind the number of phrases that they would be looked up for.
    fn rarest_in(&self, way: &[Slot], adjacent: usize) -> Option<(usize, usize)> {
        let frequency = if adjacent == 1 { &self.word_frequency } else { &self.pair_frequency };
        let cost = |slots: &[Slot]| keys(slots, &self.vocabulary).iter().map(|key| frequency[key]).sum::<usize>();
        // One word has to be a word: marks are everywhere.
        let fit = |slots: &[Slot]| adjacent > 1 || slots[0].words().len() > 0;
        let costs = way.windows(adjacent).enumerate().filter(|(_, slots)| fit(slots)).map(|(at, slots)| (cost(slots), at));
        costs.filter(|(cost, _)| *cost > 0).min()
    }

    /// Adds the pieces of a phrase that has several, and says where the first one is.
    fn pieces(&mut self, pieces: &[Piece]) -> u16 {
        let first = row(self.index.pieces.len());
        if pieces.len() > 1 {
            for piece in pieces {
                self.piece(piece);
            }
        }
        first
    }

    fn piece(&mut self, piece: &Piece) {
        let mut openings = Vec::new();
        for way in &piece.ways {
            let place = self.way(way);
            openings.extend(fillers(&way[0], &self.vocabulary).into_iter().map(|number| (number, place)));
        }
        openings.sort_unstable();
        let first = row(self.index.openings.len());
        self.index.openings.extend(&openings);
        self.index.pieces.push(Row {
            first,
            last: row(self.index.openings.len()),
            longest: piece.ways.iter().map(Vec::len).max().unwrap_or_default() as u8,
            gap: piece.gap,
            bits: openings.iter().fold(0, |bits, (number, _)| bits | bit(*number)),
        });
    }

    /// The bits of what can fill a slot.
    fn bits(&self, slot: &Slot) -> u64 {
        bits(&fillers(slot, &self.vocabulary))
    }

    /// The bits of the words that are in all of these ways.
    fn needs(&self, ways: &[Vec<Slot>]) -> u64 {
        let sure = |way: &Vec<Slot>| {
            let slots = way.iter().filter(|slot| !matches!(slot, Slot::OneOf(_)));
            slots.fold(0, |all, slot| all | self.bits(slot))
        };
        ways.iter().map(sure).fold(u64::MAX, |all, bits| all & bits)
    }

    /// The place of a way; equal ones share it.
    fn way(&mut self, way: &[Slot]) -> Way {
        let numbers: Vec<u16> = way.iter().map(|slot| self.number(slot)).collect();
        if let Some(place) = self.ways.get(&numbers) {
            return *place;
        }
        let place = Way { start: row(self.index.way_words.len()), length: numbers.len() as u8 };
        self.index.way_words.extend(&numbers);
        self.ways.insert(numbers, place);
        place
    }

    /// The number of a slot: of its word or kind, or of its set of words; equal sets share one.
    fn number(&mut self, slot: &Slot) -> u16 {
        let fillers = fillers(slot, &self.vocabulary);
        if !matches!(slot, Slot::OneOf(_)) {
            return fillers[0];
        }
        if let Some(number) = self.sets.get(&fillers) {
            return *number;
        }
        let number = FIRST_SET + row(self.index.set_starts.len());
        self.index.set_starts.push(row(self.index.set_words.len()));
        self.index.set_words.extend(&fillers);
        self.index.set_bits.push(bits(&fillers));
        self.sets.insert(fillers, number);
        number
    }

    fn finish(mut self) -> Index {
        self.index.set_starts.push(row(self.index.set_words.len()));
        self.index
    }
}

impl Index {
    fn store_words(&mut self, words: &BTreeMap<Vec<u8>, u16>) {
        let size = (words.len() * SLOTS_PER_WORD).next_power_of_two();
        self.slots = vec![UNKNOWN; size];
        self.keys = vec![0; usize::from(FIRST_WORD) + words.len()];
        for (word, number) in words {
            let key = key(word);
            assert!(key != 0 && !self.keys.contains(&key), "every word has a key of its own");
            self.keys[usize::from(*number)] = key;
            let mut slot = (key >> (u64::BITS - size.ilog2())) as usize;
            while self.slots[slot] != UNKNOWN {
                slot = (slot + 1) % size;
            }
            self.slots[slot] = *number;
        }
    }
}

impl Leads {
    /// Stores what the words of all numbers below `count` lead to by themselves.
    fn store_singles(&mut self, mut singles: BTreeMap<u16, BTreeSet<u16>>, count: u16) {
        for number in 0..count {
            self.single_starts.push(row(self.singles.len()));
            self.singles.extend(singles.remove(&number).unwrap_or_default());
        }
        self.single_starts.push(row(self.singles.len()));
    }

    fn store_pairs(&mut self, pairs: BTreeSet<Pair>) {
        let buckets = (pairs.len() / PAIRS_PER_BUCKET).next_power_of_two();
        let bits = (pairs.len() * BITS_PER_PAIR).next_power_of_two();
        let mut sorted: BTreeMap<usize, Vec<Pair>> = BTreeMap::new();
        self.pair_bits = vec![0; bits / 64];
        for pair in pairs {
            let hash = pair_hash(pair.words.0, pair.words.1);
            let bit = hash >> (32 - bits.ilog2());
            self.pair_bits[bit as usize / 64] |= 1 << (bit % 64);
            sorted.entry((hash >> (32 - buckets.ilog2())) as usize).or_default().push(pair);
        }
        for bucket in 0..buckets {
            self.pair_starts.push(row(self.pairs.len()));
            self.pairs.extend(sorted.remove(&bucket).unwrap_or_default());
        }
        self.pair_starts.push(row(self.pairs.len()));
    }
}

/// The bits of words, one for the number of each, modulo 64.
fn bits(numbers: &[u16]) -> u64 {
    numbers.iter().fold(0, |bits, number| bits | bit(*number))
}

fn bit(number: u16) -> u64 {
    1 << (number % 64)
}

fn row(number: usize) -> u16 {
    u16::try_from(number).expect("tables of fewer than 65,536 rows")
}

/// The words of the shortest way to say a phrase.
fn fewest_words(pieces: &[Piece]) -> u8 {
    let words = |way: &Vec<Slot>| way.iter().filter(|slot| !matches!(slot, Slot::Start | Slot::End)).count() as u8;
    pieces.iter().map(|piece| piece.ways.iter().map(words).min().unwrap_or_default()).sum()
}

/// How many words a phrase may span, those in its gaps included.
fn reach(pieces: &[Piece]) -> usize {
    let longest = |piece: &Piece| piece.ways.iter().map(Vec::len).max().unwrap_or_default();
    pieces.iter().map(|piece| longest(piece) + usize::from(piece.gap)).sum()
}
