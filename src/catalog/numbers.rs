//! From a word to its number in the tables.

use super::tables::{FIRST_WORD, KEYS, SLOTS, TIME_WORDS, TimeWord, UNKNOWN};
use crate::syntax::words::{Word, key};

/// The number of a word, or [`UNKNOWN`].
#[inline]
pub(crate) fn number_of(word: &Word) -> u16 {
    find(word.key)
}

/// The number of the word with this key, or [`UNKNOWN`].
#[inline]
fn find(key: u64) -> u16 {
    let mut slot = (key >> (u64::BITS - SLOTS.len().ilog2())) as usize;
    loop {
        let number = SLOTS[slot];
        // One question, not two: which of them ends the search cannot be foretold.
        if (number == UNKNOWN) | (KEYS[usize::from(number)] == key) {
            return number;
        }
        slot = (slot + 1) % SLOTS.len();
    }
}

/// What the word of this number means where a time is told.
#[inline]
pub(crate) fn time_word(number: u16) -> Option<&'static TimeWord> {
    TIME_WORDS.get(usize::from(number.wrapping_sub(FIRST_WORD)))
}

/// What these letters mean where a time is told.
pub(crate) fn time_letters(letters: &[u8]) -> Option<&'static TimeWord> {
    time_word(find(key(letters)))
}
