//! From a word to its number in the tables.

use super::tables::{FIRST_WORD, HEADS, LETTERS, SLOTS, TIME_WORDS, TimeWord, UNKNOWN, WORD_STARTS};
use crate::syntax::words::{CHUNK, Word, hash, head};

/// The number of a word of `text`, or [`UNKNOWN`].
#[inline]
pub(crate) fn number_of(text: &[u8], word: &Word) -> u16 {
    find(&text[word.start..word.end], word.head, word.hash)
}

/// The number of a word with its head and hash, or [`UNKNOWN`].
#[inline]
fn find(word: &[u8], head: u64, hash: u32) -> u16 {
    let mask = SLOTS.len() - 1;
    let mut slot = hash as usize & mask;
    loop {
        let number = SLOTS[slot];
        if number == UNKNOWN || is_word(number, word, head) {
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
    time_word(find(letters, head(letters), hash(letters)))
}
