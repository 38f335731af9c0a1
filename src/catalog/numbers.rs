//! From a word to its number in the tables.

use super::tables::{HEADS, LETTERS, SLOTS, TIME_WORDS, TimeWord, WORD_STARTS};
use crate::syntax::words::{CHUNK, Word, hash, head};

/// The number of a word that no phrase has.
pub(crate) const UNKNOWN: u16 = 0;

/// Numbers below stand for kinds of words: the same as in `build/index.rs`.
pub(crate) const FIRST_WORD: u16 = 5;

/// The number of a word of `text`, or [`UNKNOWN`].
#[inline]
pub(crate) fn number_of(text: &[u8], word: &Word) -> u16 {
    let mask = SLOTS.len() - 1;
    let mut slot = word.hash as usize & mask;
    loop {
        let number = SLOTS[slot];
        if number == UNKNOWN || is_word(number, &text[word.start..word.end], word.head) {
            return number;
        }
        slot = (slot + 1) & mask;
    }
}

#[inline]
fn is_word(number: u16, word: &[u8], head: u64) -> bool {
    let row = usize::from(number - FIRST_WORD);
    HEADS[row] == head && (word.len() < CHUNK || is_long_word(row, word))
}

/// Whether a word is the one of that row, when their first bytes agree.
fn is_long_word(row: usize, word: &[u8]) -> bool {
    let letters = &LETTERS[WORD_STARTS[row] as usize..WORD_STARTS[row + 1] as usize];
    word.len() == letters.len() && word[CHUNK..].eq_ignore_ascii_case(&letters[CHUNK..])
}

/// What the word of this number means where a time is told.
#[inline]
pub(crate) fn time_word(number: u16) -> Option<&'static TimeWord> {
    TIME_WORDS.get(usize::from(number.wrapping_sub(FIRST_WORD)))
}

/// What these letters mean where a time is told.
pub(crate) fn time_letters(letters: &[u8]) -> Option<&'static TimeWord> {
    let word =
        Word { start: 0, end: letters.len(), head: head(letters), hash: hash(letters), kind: crate::syntax::words::Kind::Plain };
    time_word(number_of(letters, &word))
}
