//! The index of all phrases by their rarest words: a word of a text leads to the few phrases that are worth a look there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::phrase::{Piece, Slot};
use crate::syntax::words::{hash, head};

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

/// The tables, in the shape that `src/verdict/phrases.rs` reads them.
#[derive(Default)]
pub(crate) struct Index {
    /// Open addressing by hash: the number of a word, or 0.
    pub(crate) slots: Vec<u16>,
    /// The letters of all words, one after the other, and where each begins.
    pub(crate) letters: Vec<u8>,
    pub(crate) word_starts: Vec<u32>,
    /// The first bytes of every word.
    pub(crate) heads: Vec<u64>,
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
    /// What every word leads to, and where the candidates of each word begin: first those that ask about the word before, then
    /// those that ask about the word behind, then the others.
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) candidate_starts: Vec<u16>,
    /// How many words before and behind a word a candidate may reach.
    pub(crate) reach: usize,
}

/// Where a way stands among the numbers of all ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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

/// A phrase that may stand where one of its words turned up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Candidate {
    /// The words that have to be in the text, a bit for the number of each, modulo 64.
    pub(crate) needs: u64,
    /// The way that holds the word, and how many of its words stand before.
    pub(crate) way: Way,
    pub(crate) offset: u8,
    /// The piece that holds the way, and how many pieces stand before and behind.
    pub(crate) piece: u16,
    pub(crate) before: u8,
    pub(crate) behind: u8,
    /// What can be asked about one place: how far from the word it is (0 for anywhere), and the bits of which one has to be there.
    pub(crate) beside: (i8, u64),
    /// The fewest words of the whole phrase.
    pub(crate) words: u8,
    pub(crate) output: Output,
}

/// Indexes the phrases. The words of times are given the first numbers, in their order.
pub(crate) fn build<'a>(phrases: &'a [Phrase], time_words: impl IntoIterator<Item = &'a Vec<u8>>) -> Index {
    let vocabulary = vocabulary(phrases, time_words);
    let mut builder = Builder {
        index: Index::default(),
        frequency: frequency(phrases),
        ways: HashMap::new(),
        sets: HashMap::new(),
        vocabulary,
    };
    builder.index.store_words(&builder.vocabulary);
    let mut candidates: BTreeMap<u16, Vec<Candidate>> = BTreeMap::new();
    for phrase in phrases {
        builder.phrase(phrase, &mut candidates);
    }
    builder.finish(candidates)
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

/// In how many phrases each word is.
fn frequency(phrases: &[Phrase]) -> HashMap<Vec<u8>, usize> {
    let mut frequency = HashMap::new();
    for phrase in phrases {
        let words: BTreeSet<&Vec<u8>> = words_of(phrase).collect();
        for word in words {
            *frequency.entry(word.clone()).or_default() += 1;
        }
    }
    frequency
}

struct Builder {
    index: Index,
    vocabulary: BTreeMap<Vec<u8>, u16>,
    frequency: HashMap<Vec<u8>, usize>,
    ways: HashMap<Vec<u16>, Way>,
    sets: HashMap<Vec<u16>, u16>,
}

impl Builder {
    /// Adds a candidate for every way to say the rarest piece of a phrase, under its rarest word.
    fn phrase(&mut self, phrase: &Phrase, candidates: &mut BTreeMap<u16, Vec<Candidate>>) {
        let pieces = &phrase.pieces;
        let first = self.pieces(pieces);
        let rarest = (0..pieces.len()).min_by_key(|n| self.cost(&pieces[*n])).expect("a phrase has pieces");
        let others = pieces.iter().enumerate().filter(|(n, _)| *n != rarest);
        let needs = others.fold(0, |needs, (_, piece)| needs | self.needs(&piece.ways));
        for way in &pieces[rarest].ways {
            let offset = self.rarest_slot(way);
            let candidate = Candidate {
                needs: needs | self.needs(std::slice::from_ref(way)),
                way: self.way(way),
                offset: offset as u8,
                piece: first + row(rarest),
                before: rarest as u8,
                behind: (pieces.len() - 1 - rarest) as u8,
                beside: self.beside(phrase, rarest, way, offset),
                words: fewest_words(pieces),
                output: phrase.output,
            };
            for number in self.fillers(&way[offset]) {
                candidates.entry(number).or_default().push(candidate.clone());
            }
        }
        self.index.reach = self.index.reach.max(reach(pieces));
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
            openings.extend(self.fillers(&way[0]).into_iter().map(|number| (number, place)));
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

    /// The place beside the word that fewest words can fill: the one before or the one behind, else one in another piece.
    fn beside(&self, phrase: &Phrase, piece: usize, way: &[Slot], offset: usize) -> (i8, u64) {
        let before = offset.checked_sub(1).map(|at| (-1, self.bits(&way[at])));
        let behind = way.get(offset + 1).map(|slot| (1, self.bits(slot)));
        let others = phrase.pieces.iter().enumerate().filter(|(n, _)| *n != piece);
        let elsewhere = others.map(|(_, piece)| (0, piece.ways.iter().fold(0, |bits, way| bits | self.bits(&way[0]))));
        let fewest = |places: &mut dyn Iterator<Item = (i8, u64)>| places.min_by_key(|(_, bits)| bits.count_ones());
        let adjacent = fewest(&mut before.into_iter().chain(behind));
        adjacent.or_else(|| fewest(&mut elsewhere.into_iter())).unwrap_or((0, u64::MAX))
    }

    /// The numbers of what can fill a slot.
    fn fillers(&self, slot: &Slot) -> Vec<u16> {
        match slot {
            Slot::Word(_) | Slot::OneOf(_) => slot.words().map(|word| self.vocabulary[word]).collect(),
            Slot::Number => vec![NUMBER],
            Slot::Address => vec![ADDRESS],
            Slot::Start => vec![START],
            Slot::End => vec![END],
        }
    }

    /// The bits of what can fill a slot.
    fn bits(&self, slot: &Slot) -> u64 {
        bits(&self.fillers(slot))
    }

    /// How often the words turn up by which a piece would be found.
    fn cost(&self, piece: &Piece) -> usize {
        piece.ways.iter().map(|way| self.slot_cost(&way[self.rarest_slot(way)])).sum()
    }

    fn slot_cost(&self, slot: &Slot) -> usize {
        let cost = slot.words().map(|word| self.frequency[word]).sum();
        if cost == 0 { usize::MAX / 2 } else { cost }
    }

    fn rarest_slot(&self, way: &[Slot]) -> usize {
        (0..way.len()).min_by_key(|n| self.slot_cost(&way[*n])).expect("a way has slots")
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
        let fillers = self.fillers(slot);
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

    fn finish(mut self, mut candidates: BTreeMap<u16, Vec<Candidate>>) -> Index {
        let index = &mut self.index;
        index.set_starts.push(row(index.set_words.len()));
        for number in 0..FIRST_WORD + row(self.vocabulary.len()) {
            let mut own = candidates.remove(&number).unwrap_or_default();
            own.sort();
            own.dedup();
            for place in [-1, 1, 0] {
                index.candidate_starts.push(row(index.candidates.len()));
                index.candidates.extend(own.iter().filter(|candidate| candidate.beside.0 == place).cloned());
            }
        }
        index.candidate_starts.push(row(index.candidates.len()));
        self.index
    }
}

impl Index {
    fn store_words(&mut self, words: &BTreeMap<Vec<u8>, u16>) {
        let size = (words.len() * SLOTS_PER_WORD).next_power_of_two();
        self.slots = vec![UNKNOWN; size];
        let mut by_number: Vec<(&Vec<u8>, &u16)> = words.iter().collect();
        by_number.sort_by_key(|(_, number)| *number);
        for (word, number) in by_number {
            self.word_starts.push(self.letters.len() as u32);
            self.letters.extend(word);
            self.heads.push(head(word));
            let mut slot = hash(word) as usize & (size - 1);
            while self.slots[slot] != UNKNOWN {
                slot = (slot + 1) & (size - 1);
            }
            self.slots[slot] = *number;
        }
        self.word_starts.push(self.letters.len() as u32);
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
