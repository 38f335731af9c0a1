//! Finds the phrases of the catalogue in a text: a word leads to the few phrases in which it is the rarest word, and these are
//! compared in place.

use super::hints::TimeSense;
use crate::catalog::{
    CANDIDATE_STARTS, CANDIDATES, Candidate, LETTERS, Meaning, NEEDS, PIECE_WAYS, PIECES, Piece, REACH, RULES, SET_STARTS, SET_WORDS,
    SLOTS, Strength, WAY_STARTS, WAY_WORDS, WORD_STARTS,
};
use crate::syntax::words::{Kind, Word, Words};

/// How many matched rules are kept. A reply matches one to ten; what a longer text has beyond is passed over.
const MAX_RULES: usize = 64;

/// How many words are looked at together. A phrase never reaches farther than [`REACH`] words before or behind its rarest one.
const WINDOW: usize = 128;
const _: () = assert!(WINDOW >= 5 * REACH / 2, "phrases with so many gaps need a larger window");

/// How many bytes around a word are looked at to see whether it is part of a host name or a link.
const MAX_TOKEN: usize = 128;

/// Numbers of words that stand for kinds of words: the same as in `build/index.rs`.
const UNKNOWN: u16 = 0;
const NUMBER: u16 = 1;
const ADDRESS: u16 = 2;
const START: u16 = 3;
const END: u16 = 4;
const FIRST_WORD: u16 = 5;
const FIRST_SET: u16 = 0x8000;

/// What was found in a text.
#[derive(Debug, Clone)]
pub(super) struct Findings {
    rules: [u16; MAX_RULES],
    rule_count: usize,
    /// Whether there is a time among the words.
    pub(super) time: TimeSense,
    /// How many words stand behind the codes.
    pub(super) words: u32,
    /// The block list with the longest matching name: its row and the number of words.
    pub(super) blocklist: Option<(u16, u8)>,
    /// The provider that only these words are from.
    pub(super) speaker: Option<u8>,
    /// The provider whose host is named before the reply, and the words of the name that matched.
    host: Option<(u8, u8)>,
}

impl Findings {
    const fn new() -> Self {
        Self {
            rules: [0; MAX_RULES],
            rule_count: 0,
            time: TimeSense { behind_number: false, sensed: false },
            words: 0,
            blocklist: None,
            speaker: None,
            host: None,
        }
    }

    /// The provider whose host is named before the reply.
    pub(super) fn host(&self) -> Option<u8> {
        self.host.map(|(provider, _)| provider)
    }

    /// The rows of the rules that matched, some perhaps twice.
    pub(super) fn rules(&self) -> &[u16] {
        &self.rules[..self.rule_count]
    }

    fn add_rule(&mut self, row: u16) {
        if let Some(free) = self.rules.get_mut(self.rule_count) {
            *free = row;
            self.rule_count += 1;
        }
    }
}

/// Finds phrases, block lists and providers in a reply: in `lead`, the words before the codes, and in `text`, those behind.
/// `code` is the reply code, whose repetition at the head of lines is no word.
pub(super) fn find(lead: &[u8], text: &[u8], code: Option<[u8; 3]>) -> Findings {
    let mut search = Search::new(lead, text);
    search.read(lead, code, true);
    search.findings.words = 0;
    search.push(Token { general: START, ..Token::NONE });
    search.read(text, code, false);
    search.push(Token { general: END, ..Token::NONE });
    search.finish()
}

/// The provider that a host of this name belongs to.
pub(super) fn provider_of_host(name: &[u8]) -> Option<u8> {
    let mut search = Search::new(name, &[]);
    search.read(name, None, true);
    search.finish().host()
}

/// One word of the text.
#[derive(Debug, Clone, Copy)]
struct Token {
    start: usize,
    length: usize,
    /// The number of the word, or [`UNKNOWN`] when no phrase has it.
    number: u16,
    /// The number of its kind, or [`UNKNOWN`] for plain words.
    general: u16,
    in_lead: bool,
}

impl Token {
    const NONE: Self = Self { start: 0, length: 0, number: UNKNOWN, general: UNKNOWN, in_lead: false };

    /// Whether it fills a place that asks for the word, kind or set of words of that number.
    fn fills(&self, slot: u16) -> bool {
        if slot < FIRST_SET {
            return slot == self.number || slot == self.general;
        }
        let set = usize::from(slot - FIRST_SET);
        SET_WORDS[usize::from(SET_STARTS[set])..usize::from(SET_STARTS[set + 1])].contains(&self.number)
    }

    /// A bit for its number, and one for its kind.
    fn bits(&self) -> u64 {
        1 << (self.number % 64) | 1 << (self.general % 64)
    }
}

struct Search<'a> {
    lead: &'a [u8],
    text: &'a [u8],
    tokens: [Token; WINDOW],
    /// How many of the tokens are there.
    count: usize,
    /// How many of the tokens were looked at.
    done: usize,
    /// The bits of all tokens.
    present: u64,
    findings: Findings,
}

impl<'a> Search<'a> {
    fn new(lead: &'a [u8], text: &'a [u8]) -> Self {
        Self { lead, text, tokens: [Token::NONE; WINDOW], count: 0, done: 0, present: 0, findings: Findings::new() }
    }

    fn read(&mut self, text: &[u8], code: Option<[u8; 3]>, in_lead: bool) {
        for word in Words::new(text, code) {
            self.findings.words = self.findings.words.saturating_add(1);
            self.findings.time.feel(&text[word.start..], word.end - word.start, word.kind);
            self.push(Token {
                start: word.start,
                length: word.end - word.start,
                number: number_of(text, &word),
                general: match word.kind {
                    Kind::Plain => UNKNOWN,
                    Kind::Number => NUMBER,
                    Kind::Address => ADDRESS,
                },
                in_lead,
            });
        }
    }

    fn push(&mut self, token: Token) {
        if self.count == WINDOW {
            self.look(WINDOW - REACH);
            self.forget(WINDOW - 2 * REACH);
        }
        self.tokens[self.count] = token;
        self.count += 1;
        self.present |= token.bits();
    }

    /// Forgets the first `gone` tokens, which no phrase reaches any more.
    fn forget(&mut self, gone: usize) {
        self.tokens.copy_within(gone..self.count, 0);
        self.count -= gone;
        self.done -= gone;
        self.present = self.tokens[..self.count].iter().fold(0, |bits, token| bits | token.bits());
    }

    fn finish(mut self) -> Findings {
        self.look(self.count);
        self.findings
    }

    /// Tries what the words lead to, up to the token `end`.
    fn look(&mut self, end: usize) {
        for at in self.done..end {
            let number = usize::from(self.tokens[at].number);
            let (first, last) = (usize::from(CANDIDATE_STARTS[number]), usize::from(CANDIDATE_STARTS[number + 1]));
            for (row, needs) in (first..last).zip(&NEEDS[first..last]) {
                if needs & !self.present == 0 {
                    self.attempt(&CANDIDATES[row], at);
                }
            }
        }
        self.done = end;
    }

    fn attempt(&mut self, candidate: &Candidate, at: usize) {
        let Some(end) = self.end_of(candidate, at) else { return };
        match candidate.meaning {
            Meaning::Rule(row) => self.take_rule(row, candidate, at),
            Meaning::Blocklist(row) => {
                if self.findings.blocklist.is_none_or(|(_, words)| words < candidate.words) {
                    self.findings.blocklist = Some((row, candidate.words));
                }
            }
            Meaning::Speaker(provider) => self.findings.speaker = Some(provider),
            Meaning::Host(provider) => {
                let longer = self.findings.host.is_none_or(|(_, words)| words <= candidate.words);
                if longer && self.ends_host(&self.tokens[end - 1]) {
                    self.findings.host = Some((provider, candidate.words));
                }
            }
        }
    }

    fn take_rule(&mut self, row: u16, candidate: &Candidate, at: usize) {
        let cue = RULES[usize::from(row)].strength == Strength::Cue && candidate.words == 1;
        if !(cue && self.is_in_name(&self.tokens[at])) {
            self.findings.add_rule(row);
        }
    }

    /// Where the phrase ends whose rarest word stands at `at`, or `None` when it does not stand there.
    fn end_of(&self, candidate: &Candidate, at: usize) -> Option<usize> {
        let way = words_of(candidate.way);
        let mut start = at.checked_sub(usize::from(candidate.offset))?;
        if !self.stands(way, start) {
            return None;
        }
        let mut end = start + way.len();
        let piece = usize::from(candidate.piece);
        let first = piece - usize::from(candidate.before);
        for row in (first..piece).rev() {
            start = self.find_before(&PIECES[row], start, PIECES[row + 1].gap)?;
        }
        for row in piece + 1..=piece + usize::from(candidate.behind) {
            end = self.find_behind(&PIECES[row], end)?;
        }
        Some(end)
    }

    /// Where the nearest way of `piece` begins that ends at most `gap` tokens before `start`.
    fn find_before(&self, piece: &Piece, start: usize, gap: u8) -> Option<usize> {
        (start.saturating_sub(usize::from(gap))..=start).rev().find_map(|end| {
            ways_of(piece).find_map(|way| {
                let start = end.checked_sub(way.len())?;
                self.stands(way, start).then_some(start)
            })
        })
    }

    /// Where the nearest way of `piece` ends that begins at most its gap behind `end`.
    fn find_behind(&self, piece: &Piece, end: usize) -> Option<usize> {
        (end..=end + usize::from(piece.gap))
            .find_map(|start| ways_of(piece).find(|way| self.stands(way, start)).map(|way| start + way.len()))
    }

    /// Whether the words of `way` stand at `start`.
    fn stands(&self, way: &[u16], start: usize) -> bool {
        let tokens = self.tokens[..self.count].get(start..start + way.len());
        tokens.is_some_and(|tokens| tokens.iter().zip(way).all(|(token, slot)| token.fills(*slot)))
    }

    fn text_of(&self, token: &Token) -> &'a [u8] {
        if token.in_lead { self.lead } else { self.text }
    }

    /// Whether the word is the last label of a host name before the reply.
    fn ends_host(&self, token: &Token) -> bool {
        let behind = &self.lead[(token.start + token.length).min(self.lead.len())..];
        let goes_on = matches!(behind, [b'.' | b'-' | b'_' | b'@', next, ..] if next.is_ascii_alphanumeric());
        token.in_lead && !goes_on
    }

    /// Whether the word is part of a host name or a link, where it says nothing.
    fn is_in_name(&self, token: &Token) -> bool {
        let text = self.text_of(token);
        let end = token.start + token.length;
        let is_token = |b: &&u8| b.is_ascii_alphanumeric() || b".-_/:=?&%".contains(b);
        let before = text[..token.start].iter().rev().take(MAX_TOKEN).take_while(is_token).count();
        let after = text[end..].iter().take(MAX_TOKEN).take_while(is_token).count();
        let token = &text[token.start - before..end + after];
        token.windows(3).any(|w| w == b"://" || (w[1] == b'.' && w[0].is_ascii_alphanumeric() && w[2].is_ascii_alphabetic()))
    }
}

fn words_of(way: u16) -> &'static [u16] {
    let way = usize::from(way);
    &WAY_WORDS[usize::from(WAY_STARTS[way])..usize::from(WAY_STARTS[way + 1])]
}

fn ways_of(piece: &Piece) -> impl Iterator<Item = &'static [u16]> {
    PIECE_WAYS[usize::from(piece.ways)..usize::from(piece.end)].iter().map(|way| words_of(*way))
}

/// The number of a word, or [`UNKNOWN`].
fn number_of(text: &[u8], word: &Word) -> u16 {
    let mask = SLOTS.len() - 1;
    let mut slot = word.hash as usize & mask;
    loop {
        let number = SLOTS[slot];
        if number == UNKNOWN || letters(number).eq_ignore_ascii_case(&text[word.start..word.end]) {
            return number;
        }
        slot = (slot + 1) & mask;
    }
}

fn letters(number: u16) -> &'static [u8] {
    let row = usize::from(number - FIRST_WORD);
    &LETTERS[WORD_STARTS[row] as usize..WORD_STARTS[row + 1] as usize]
}
