//! Runs the words of a text through the automaton of all phrases, in one pass.

use super::hints::TimeSense;
use crate::catalog::{
    ALSO, EDGE_STARTS, EDGES, FAIL, LETTERS, MARKS, Match, Meaning, OUTPUT_STARTS, OUTPUTS, ROOT, RULES, SLOTS, Strength,
    WORD_STARTS,
};
use crate::syntax::words::{Kind, Word, Words};

/// How many matched rules are kept. A reply matches one to ten; what a longer text has beyond is passed over.
const MAX_RULES: usize = 64;

/// After so many words the marks are forgotten, so that their numbers of 16 bits never run over.
const MAX_COUNT: u16 = 1 << 15;

/// How many bytes around a word are looked at to see whether it is part of a host name or a link.
const MAX_TOKEN: usize = 128;

/// Numbers of words that stand for kinds of words: the same as in `build/automaton.rs`.
const UNKNOWN: u16 = 0;
const NUMBER: u16 = 1;
const ADDRESS: u16 = 2;
const START: u16 = 3;
const END: u16 = 4;
const FIRST_WORD: u16 = 5;

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

    /// The rows of the rules that matched, in the order of the text, some perhaps twice.
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
    let mut run = Run::new();
    run.read(lead, code, true);
    run.step(START);
    run.findings.words = 0;
    run.read(text, code, false);
    run.step(END);
    run.findings
}

/// The provider that a host of this name belongs to.
pub(super) fn provider_of_host(name: &[u8]) -> Option<u8> {
    let mut run = Run::new();
    run.read(name, None, true);
    run.findings.host()
}

struct Run {
    state: u16,
    /// How many words have been read, since the marks were last forgotten.
    count: u16,
    /// For every mark: how many words had been read at its end, or 0 when it has not been seen.
    marks: [u16; MARKS],
    findings: Findings,
}

/// The place of the last word that was read.
struct Place<'a> {
    text: &'a [u8],
    word: Word,
    in_lead: bool,
}

impl Run {
    fn new() -> Self {
        Self { state: 0, count: 0, marks: [0; MARKS], findings: Findings::new() }
    }

    fn read(&mut self, text: &[u8], code: Option<[u8; 3]>, in_lead: bool) {
        for word in Words::new(text, code) {
            self.count_word();
            self.findings.words = self.findings.words.saturating_add(1);
            self.findings.time.feel(&text[word.start..], word.end - word.start, word.kind);
            let number = number_of(&text[word.start..word.end], word.hash);
            let general = match word.kind {
                Kind::Plain => UNKNOWN,
                Kind::Number => NUMBER,
                Kind::Address => ADDRESS,
            };
            self.state = next_state(self.state, number, general);
            self.report(Some(&Place { text, word, in_lead }));
        }
    }

    fn count_word(&mut self) {
        if self.count == MAX_COUNT {
            self.count = 0;
            self.marks.fill(0);
        }
        self.count += 1;
    }

    /// Reads a word that is no word: the start or the end of the text.
    fn step(&mut self, number: u16) {
        self.state = next_state(self.state, number, UNKNOWN);
        self.report(None);
    }

    fn report(&mut self, place: Option<&Place<'_>>) {
        let mut state = usize::from(self.state);
        while state != 0 {
            let (start, end) = (usize::from(OUTPUT_STARTS[state]), usize::from(OUTPUT_STARTS[state + 1]));
            for found in &OUTPUTS[start..end] {
                if self.is_near(found) {
                    self.take(found, place);
                }
            }
            state = usize::from(ALSO[state]);
        }
    }

    /// Whether the part before the gap has been seen, and not too long ago.
    fn is_near(&self, found: &Match) -> bool {
        if found.behind == 0 {
            return true;
        }
        let seen = self.marks[usize::from(found.behind)];
        let begins = self.count.saturating_sub(u16::from(found.words));
        seen != 0 && seen <= begins && begins - seen <= u16::from(found.gap)
    }

    fn take(&mut self, found: &Match, place: Option<&Place<'_>>) {
        match found.meaning {
            Meaning::Mark(mark) => self.marks[usize::from(mark)] = self.count,
            Meaning::Rule(row) => self.take_rule(row, found, place),
            Meaning::Blocklist(row) => {
                if self.findings.blocklist.is_none_or(|(_, words)| words < found.words) {
                    self.findings.blocklist = Some((row, found.words));
                }
            }
            Meaning::Speaker(provider) => self.findings.speaker = Some(provider),
            Meaning::Host(provider) => {
                let longer = self.findings.host.is_none_or(|(_, words)| words <= found.words);
                if longer && place.is_some_and(|p| p.in_lead && p.ends_host()) {
                    self.findings.host = Some((provider, found.words));
                }
            }
        }
    }

    fn take_rule(&mut self, row: u16, found: &Match, place: Option<&Place<'_>>) {
        let rule = &RULES[usize::from(row)];
        if rule.strength == Strength::Cue && found.words == 1 && place.is_some_and(Place::is_in_name) {
            return;
        }
        self.findings.add_rule(row);
    }
}

impl Place<'_> {
    /// Whether the word is the last label of a host name.
    fn ends_host(&self) -> bool {
        !matches!(self.text.get(self.word.end), Some(b'.' | b'-' | b'_' | b'@'))
            || !self.text.get(self.word.end + 1).is_some_and(u8::is_ascii_alphanumeric)
    }

    /// Whether the word is part of a host name or a link, where it says nothing.
    fn is_in_name(&self) -> bool {
        let is_token = |b: &&u8| b.is_ascii_alphanumeric() || b".-_/:=?&%".contains(b);
        let before = self.text[..self.word.start].iter().rev().take(MAX_TOKEN).take_while(is_token).count();
        let after = self.text[self.word.end..].iter().take(MAX_TOKEN).take_while(is_token).count();
        let token = &self.text[self.word.start - before..self.word.end + after];
        token.windows(3).any(|w| w == b"://" || (w[1] == b'.' && w[0].is_ascii_alphanumeric() && w[2].is_ascii_alphabetic()))
    }
}

/// The number of a word, or [`UNKNOWN`].
fn number_of(word: &[u8], hash: u32) -> u16 {
    let mask = SLOTS.len() - 1;
    let mut slot = hash as usize & mask;
    loop {
        let number = SLOTS[slot];
        if number == UNKNOWN || letters(number).eq_ignore_ascii_case(word) {
            return number;
        }
        slot = (slot + 1) & mask;
    }
}

fn letters(number: u16) -> &'static [u8] {
    let row = usize::from(number - FIRST_WORD);
    &LETTERS[WORD_STARTS[row] as usize..WORD_STARTS[row + 1] as usize]
}

/// The state behind `state` when a word of this number comes, or, where no phrase goes on with it, one of its kind.
fn next_state(mut state: u16, number: u16, general: u16) -> u16 {
    loop {
        if state == 0 {
            let target = ROOT[usize::from(number)];
            return if target == 0 { ROOT[usize::from(general)] } else { target };
        }
        if let Some(target) = edge(state, number).or_else(|| edge(state, general)) {
            return target;
        }
        state = FAIL[usize::from(state)];
    }
}

fn edge(state: u16, number: u16) -> Option<u16> {
    if number == UNKNOWN {
        return None;
    }
    let (start, end) = (usize::from(EDGE_STARTS[usize::from(state)]), usize::from(EDGE_STARTS[usize::from(state) + 1]));
    let edges = &EDGES[start..end];
    edges.binary_search_by_key(&number, |edge| edge.0).ok().map(|found| edges[found].1)
}
