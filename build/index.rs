//! The index of all phrases by their rarest words: a word of a text leads to the few phrases that are worth a look there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::phrase::{Piece, Slot, Word};
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

/// Numbers of words that stand for kinds of words, the same as in `src/verdict/phrases.rs`; real words begin at [`FIRST_WORD`].
pub(crate) const UNKNOWN: u16 = 0;
const NUMBER: u16 = 1;
const ADDRESS: u16 = 2;
const START: u16 = 3;
const END: u16 = 4;
const FIRST_WORD: u16 = 5;

/// Numbers from here on are those of sets of words.
const FIRST_SET: u16 = 0x8000;

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
fn words_of(phrase: &Phrase) -> impl Iterator<Item = &Word> {
    phrase.pieces.iter().flat_map(|piece| &piece.ways).flatten().flat_map(Slot::words)
}

/// Every word with its number and hash; sorted, so that the same data gives the same tables.
fn vocabulary<'a>(phrases: &'a [Phrase], time_words: impl IntoIterator<Item = &'a Vec<u8>>) -> BTreeMap<Vec<u8>, (u16, u32)> {
    let mut vocabulary = BTreeMap::new();
    let in_phrases: BTreeSet<&Vec<u8>> = phrases.iter().flat_map(words_of).map(|word| &word.letters).collect();
    for word in time_words.into_iter().chain(in_phrases) {
        let number = FIRST_WORD + row(vocabulary.len());
        vocabulary.entry(word.clone()).or_insert((number, hash(word)));
    }
    assert!(vocabulary.len() < usize::from(FIRST_SET - FIRST_WORD), "fewer than 32,000 words");
    vocabulary
}

/// In how many phrases each word is.
fn frequency(phrases: &[Phrase]) -> HashMap<Vec<u8>, usize> {
    let mut frequency = HashMap::new();
    for phrase in phrases {
        let mut words: Vec<&[u8]> = words_of(phrase).map(|word| word.letters.as_slice()).collect();
        words.sort_unstable();
        words.dedup();
        for word in words {
            *frequency.entry(word.to_vec()).or_default() += 1;
        }
    }
    frequency
}

struct Builder {
    index: Index,
    vocabulary: BTreeMap<Vec<u8>, (u16, u32)>,
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
            for word in way[offset].words() {
                candidates.entry(self.vocabulary[&word.letters].0).or_default().push(candidate.clone());
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
            let mut numbers: Vec<u16> = way[0].words().map(|word| self.vocabulary[&word.letters].0).collect();
            if numbers.is_empty() {
                numbers.push(self.number(&way[0]));
            }
            openings.extend(numbers.into_iter().map(|number| (number, place)));
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

    /// The bits of what can fill a slot.
    fn bits(&self, slot: &Slot) -> u64 {
        match slot {
            Slot::OneOf(words) => words.iter().fold(0, |bits, word| bits | bit(self.vocabulary[&word.letters].0)),
            slot => bit(self.number(slot)),
        }
    }

    /// How often the words turn up by which a piece would be found.
    fn cost(&self, piece: &Piece) -> usize {
        piece.ways.iter().map(|way| self.slot_cost(&way[self.rarest_slot(way)])).sum()
    }

    fn slot_cost(&self, slot: &Slot) -> usize {
        let cost = slot.words().map(|word| self.frequency[&word.letters]).sum();
        if cost == 0 { usize::MAX / 2 } else { cost }
    }

    fn rarest_slot(&self, way: &[Slot]) -> usize {
        (0..way.len()).min_by_key(|n| self.slot_cost(&way[*n])).expect("a way has slots")
    }

    /// The bits of the words that are in all of these ways.
    fn needs(&self, ways: &[Vec<Slot>]) -> u64 {
        let bits = |way: &Vec<Slot>| {
            way.iter().fold(0u64, |bits, slot| match slot {
                Slot::OneOf(_) => bits,
                slot => bits | bit(self.number(slot)),
            })
        };
        ways.iter().map(bits).fold(u64::MAX, |all, bits| all & bits)
    }

    fn number(&self, slot: &Slot) -> u16 {
        match slot {
            Slot::Word(word) => self.vocabulary[&word.letters].0,
            Slot::OneOf(words) => {
                let words: Vec<u16> = words.iter().map(|word| self.vocabulary[&word.letters].0).collect();
                self.sets[&words]
            }
            Slot::Number => NUMBER,
            Slot::Address => ADDRESS,
            Slot::Start => START,
            Slot::End => END,
        }
    }

    /// The place of a way; equal ones share it.
    fn way(&mut self, way: &[Slot]) -> Way {
        for slot in way {
            if let Slot::OneOf(words) = slot {
                self.set(words);
            }
        }
        let numbers: Vec<u16> = way.iter().map(|slot| self.number(slot)).collect();
        if let Some(place) = self.ways.get(&numbers) {
            return *place;
        }
        let place = Way { start: row(self.index.way_words.len()), length: numbers.len() as u8 };
        self.index.way_words.extend(&numbers);
        self.ways.insert(numbers, place);
        place
    }

    fn set(&mut self, words: &[Word]) {
        let numbers: Vec<u16> = words.iter().map(|word| self.vocabulary[&word.letters].0).collect();
        if self.sets.contains_key(&numbers) {
            return;
        }
        let number = FIRST_SET + row(self.index.set_starts.len());
        self.index.set_starts.push(row(self.index.set_words.len()));
        self.index.set_words.extend(&numbers);
        self.index.set_bits.push(numbers.iter().fold(0, |bits, number| bits | bit(*number)));
        self.sets.insert(numbers, number);
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
    fn store_words(&mut self, words: &BTreeMap<Vec<u8>, (u16, u32)>) {
        let size = (words.len() * SLOTS_PER_WORD).next_power_of_two();
        self.slots = vec![UNKNOWN; size];
        let mut by_number: Vec<(&Vec<u8>, &(u16, u32))> = words.iter().collect();
        by_number.sort_by_key(|(_, (number, _))| *number);
        for (word, (number, hash)) in by_number {
            self.word_starts.push(self.letters.len() as u32);
            self.letters.extend(word);
            self.heads.push(head(word));
            let mut slot = *hash as usize & (size - 1);
            while self.slots[slot] != UNKNOWN {
                slot = (slot + 1) & (size - 1);
            }
            self.slots[slot] = *number;
        }
        self.word_starts.push(self.letters.len() as u32);
    }
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
