//! Several phrases sought in a text at once, whatever their letter case.

use crate::syntax::reply::begins_with;

/// Phrases in lower case, with how far a search may skip (Wu and Manber, 1994): a window as long as the shortest phrase moves over the
/// text, and the two letters at its end tell how far it may move before any phrase can begin in it.
pub(super) struct Phrases<const N: usize> {
    phrases: [&'static [u8]; N],
    shortest: usize,
    skips: [u8; PAIRS],
    /// The pairs with which a phrase begins, one bit each.
    beginnings: [u64; PAIRS / 64],
}

/// How many pairs are told apart: five bits of each of the two bytes, which are the same for both cases of a letter.
const PAIRS: usize = 1 << 10;

const fn pair(first: u8, second: u8) -> usize {
    (first as usize & 31) << 5 | (second as usize & 31)
}

impl<const N: usize> Phrases<N> {
    pub(super) const fn new(phrases: [&'static [u8]; N]) -> Self {
        let mut shortest = u8::MAX as usize;
        let mut number = 0;
        while number < N {
            if phrases[number].len() < shortest {
                shortest = phrases[number].len();
            }
            number += 1;
        }
        assert!(shortest >= 2, "a phrase has two letters at least");
        let mut skips = [shortest as u8 - 1; PAIRS];
        let mut beginnings = [0; PAIRS / 64];
        number = 0;
        while number < N {
            let phrase = phrases[number];
            let mut end = 2;
            while end <= shortest {
                let place = pair(phrase[end - 2], phrase[end - 1]);
                let skip = (shortest - end) as u8;
                if skip < skips[place] {
                    skips[place] = skip;
                }
                end += 1;
            }
            let place = pair(phrase[0], phrase[1]);
            beginnings[place / 64] |= 1 << (place % 64);
            number += 1;
        }
        Self { phrases, shortest, skips, beginnings }
    }

    /// Where the first of them begins.
    pub(super) fn find(&self, text: &[u8]) -> Option<usize> {
        let mut end = self.shortest;
        while let Some(&[first, second]) = text.get(end.wrapping_sub(2)..end) {
            let skip = self.skips[pair(first, second)];
            if skip == 0 && self.begins(&text[end - self.shortest..]) {
                return Some(end - self.shortest);
            }
            end += usize::from(skip.max(1));
        }
        None
    }

    pub(super) fn are_in(&self, text: &[u8]) -> bool {
        self.find(text).is_some()
    }

    /// Whether `text`, which is at least as long as the shortest phrase, begins with one.
    fn begins(&self, text: &[u8]) -> bool {
        let beginning = pair(text[0], text[1]);
        self.beginnings[beginning / 64] >> (beginning % 64) & 1 == 1
            && self.phrases.iter().any(|phrase| begins_with(text, phrase))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ok_any_of_several() {
        const PHRASES: Phrases<3> = Phrases::new([b"mail failed", b"bounce", b"not sent"]);
        let find = |text: &str| PHRASES.find(text.as_bytes());
        assert_eq!(find("It was NOT SENT, the mail failed"), Some(7));
        assert_eq!(find("bounce"), Some(0));
        assert_eq!(find("a bOuNcE"), Some(2));
        assert_eq!(find("bounc"), None);
        assert_eq!(find("the\u{2}ouncer"), None);
        assert_eq!(find(""), None);
        for length in 0..40 {
            let text = "b".repeat(length) + "bounce";
            assert_eq!(find(&text), Some(length));
        }
    }
}
