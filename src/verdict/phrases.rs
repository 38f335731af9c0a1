//! Finds the phrases of the catalogue in a text: two adjacent words, or one, lead to the few phrases in which they are the rarest, and
//! these are compared in place.

use core::ops::Range;

use super::hints::TimeSense;
use crate::catalog::{
    ADDRESS, CANDIDATES, Candidate, DECISIVE, END, FIRST_SET, Leads, Meaning, NUMBER, OPENINGS, PIECES, Pair, Piece, REACH,
    RULES, SET_BITS, SET_STARTS, SET_WORDS, START, Strength, UNKNOWN, VAGUE, WAY_WORDS, Way, number_of,
};
use crate::syntax::words::{Kind, Words, bytes_with, pair_hash};

/// How many matched rules are kept. A reply matches one to ten; what a longer text has beyond is passed over.
const MAX_RULES: usize = 64;

/// How many words are looked at together. A phrase never reaches farther than [`REACH`] words before or behind the words
/// that lead to it.
const WINDOW: usize = 128;
const _: () = assert!(WINDOW >= 5 * REACH / 2, "phrases with so many gaps need a larger window");

/// How many bytes around a word are looked at to see whether it is part of a host name or a link.
const MAX_TOKEN: usize = 128;

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
            time: TimeSense::new(),
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

/// The provider that a host of this name belongs to.
pub(super) fn provider_of_host(name: &[u8]) -> Option<u8> {
    let mut search = Search::new(name, &[]);
    search.read_lead(None);
    search.look(&DECISIVE, search.count);
    search.findings.host()
}

/// As much of a text as has places of 32 bits: 4 GiB.
fn bounded(text: &[u8]) -> &[u8] {
    text.get(..u32::MAX as usize).unwrap_or(text)
}

/// What a word of the text is.
#[derive(Debug, Clone, Copy)]
struct Token {
    /// The number of the word or mark, or [`UNKNOWN`] when no phrase has it.
    number: u16,
    /// The number of its kind, or [`UNKNOWN`] when it is a plain word or a mark.
    kind: u16,
}

/// Where a word of the text is.
#[derive(Debug, Clone, Copy)]
struct Place {
    start: u32,
    length: u32,
}

/// Places of words in the window.
struct Places {
    places: [u8; WINDOW],
    count: usize,
}

const _: () = assert!(WINDOW <= u8::MAX as usize, "a place in the window takes a byte");

impl Places {
    const fn new() -> Self {
        Self { places: [0; WINDOW], count: 0 }
    }

    /// Adds a place, without a branch; there are never more than words in the window.
    #[inline(always)]
    fn add_if(&mut self, at: usize, counts: bool) {
        self.places[self.count % WINDOW] = at as u8;
        self.count += usize::from(counts);
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        self.places[..self.count].iter().map(|at| usize::from(*at))
    }
}

/// The search for phrases, block lists and providers in a reply.
pub(super) struct Search<'a> {
    lead: &'a [u8],
    text: &'a [u8],
    tokens: [Token; WINDOW],
    places: [Place; WINDOW],
    /// How many words are there.
    count: usize,
    /// How many of the words were looked at.
    done: usize,
    /// How many of the words stand before the reply.
    in_lead: usize,
    /// A bit for every number and kind that is there, modulo 64.
    present: u64,
    findings: Findings,
}

impl<'a> Search<'a> {
    /// A search in `lead`, the words before the codes, and in `text`, those behind.
    // Inlined, so that it is made where it stays.
    #[inline(always)]
    pub(super) fn new(lead: &'a [u8], text: &'a [u8]) -> Self {
        Self {
            lead: bounded(lead),
            text: bounded(text),
            tokens: [Token { number: UNKNOWN, kind: UNKNOWN }; WINDOW],
            places: [Place { start: 0, length: 0 }; WINDOW],
            count: 0,
            done: 0,
            in_lead: 0,
            present: 0,
            findings: Findings::new(),
        }
    }

    /// Finds what decides, who speaks and the block list that is named. `code` is the reply code, whose repetition at the head of lines is
    /// no word.
    pub(super) fn look_for_decisive(&mut self, code: Option<[u8; 3]>) {
        if self.lead.is_empty() && self.text.is_empty() {
            return;
        }
        self.read_lead(code);
        self.push_mark(START);
        self.findings.words = 0;
        self.read(self.text, code);
        self.push_mark(END);
        self.look(&DECISIVE, self.count);
    }

    /// Finds the vague phrases too, for want of anything better.
    pub(super) fn look_for_vague(&mut self) {
        self.look(&VAGUE, self.count);
    }

    pub(super) const fn findings(&self) -> &Findings {
        &self.findings
    }

    fn read_lead(&mut self, code: Option<[u8; 3]>) {
        if !self.lead.is_empty() {
            self.in_lead = usize::MAX;
            self.read(self.lead, code);
            self.in_lead = self.count;
        }
    }

    fn read(&mut self, text: &[u8], code: Option<[u8; 3]>) {
        for word in Words::new(text, code) {
            self.findings.words = self.findings.words.saturating_add(1);
            let number = number_of(&word);
            self.findings.time.feel(&text[word.start..], &word, number);
            let kind = match word.kind {
                Kind::Plain => UNKNOWN,
                Kind::Number => NUMBER,
                Kind::Address => ADDRESS,
            };
            let place = Place { start: word.start as u32, length: (word.end - word.start) as u32 };
            self.push(Token { number, kind }, place);
        }
    }

    /// Adds a word that is no word: the start or the end of the reply.
    fn push_mark(&mut self, number: u16) {
        self.push(Token { number, kind: UNKNOWN }, Place { start: 0, length: 0 });
    }

    #[inline]
    fn push(&mut self, token: Token, place: Place) {
        if self.count == WINDOW {
            self.make_room();
        }
        self.tokens[self.count] = token;
        self.places[self.count] = place;
        self.count += 1;
        self.present |= token.bits();
    }

    /// Tries what all but the last words lead to, and forgets those that no phrase reaches any more.
    #[cold]
    fn make_room(&mut self) {
        self.look(&DECISIVE, WINDOW - REACH);
        self.look(&VAGUE, WINDOW - REACH);
        self.done = WINDOW - REACH;
        let gone = WINDOW - 2 * REACH;
        self.tokens.copy_within(gone..self.count, 0);
        self.places.copy_within(gone..self.count, 0);
        self.count -= gone;
        self.done -= gone;
        self.in_lead = self.in_lead.saturating_sub(gone);
        self.present = self.tokens[..self.count].iter().fold(0, |bits, token| bits | token.bits());
    }

    /// Tries what the words lead to, from those on that were not looked at up to the word `end`. All words are asked where they lead before the
    /// first phrase is looked at, so that nothing depends on the answers, which cannot be foretold.
    fn look(&mut self, leads: &'static Leads, end: usize) {
        let (mut pairs, mut singles) = (Places::new(), Places::new());
        let mut before = self.number_before(self.done);
        for at in self.done..end {
            let number = self.tokens[at].number;
            pairs.add_if(at, leads.is_pair(before, number));
            singles.add_if(at, leads.has_singles(number));
            before = number;
        }
        for at in pairs.iter() {
            self.look_up_pair(leads, self.number_before(at), self.tokens[at].number, at);
        }
        for at in singles.iter() {
            for row in leads.singles_of(self.tokens[at].number) {
                self.attempt(&CANDIDATES[usize::from(*row)], at..at + 1);
            }
        }
    }

    /// The number of the word before the one at `at`.
    fn number_before(&self, at: usize) -> u16 {
        at.checked_sub(1).map_or(UNKNOWN, |before| self.tokens[before].number)
    }

    /// Tries what two adjacent words lead to, the second of which is at `at`.
    #[inline(never)]
    fn look_up_pair(&mut self, leads: &'static Leads, before: u16, behind: u16, at: usize) {
        for pair in leads.bucket_of(before, behind) {
            if pair.words == (before, behind) {
                self.attempt(&CANDIDATES[usize::from(pair.candidate)], at - 1..at + 1);
            }
        }
    }

    /// Takes the phrase when it stands here; most need words that are not there. The words at `found` have led to it.
    #[inline(always)]
    fn attempt(&mut self, candidate: &Candidate, found: Range<usize>) {
        if candidate.needs & !self.present == 0 {
            self.compare(candidate, found);
        }
    }

    /// Takes the phrase when all of its words stand where they have to.
    fn compare(&mut self, candidate: &Candidate, found: Range<usize>) {
        let way = words_of(candidate.way);
        let Some(start) = (found.end - 1).checked_sub(usize::from(candidate.offset)) else { return };
        let (before, behind) = (&way[..found.start - start], &way[found.end - start..]);
        if !self.stands(before, start) || !self.stands(behind, found.end) {
            return;
        }
        let whole = candidate.before == 0 && candidate.behind == 0;
        if let Some(span) = if whole { Some(start..start + way.len()) } else { self.span_of(candidate, start) } {
            self.take(candidate, span);
        }
    }

    /// Takes the phrase that stands in `span`.
    fn take(&mut self, candidate: &Candidate, span: Range<usize>) {
        match candidate.meaning {
            Meaning::Rule(row) => self.take_rule(row, span),
            Meaning::Blocklist(row) => {
                if self.findings.blocklist.is_none_or(|(_, words)| words < candidate.words) {
                    self.findings.blocklist = Some((row, candidate.words));
                }
            }
            Meaning::Speaker(provider) => self.findings.speaker = Some(provider),
            Meaning::Host(provider) => {
                let longer = self.findings.host.is_none_or(|(_, words)| words <= candidate.words);
                if longer && self.ends_host(span.end - 1) {
                    self.findings.host = Some((provider, candidate.words));
                }
            }
        }
    }

    fn take_rule(&mut self, row: u16, span: Range<usize>) {
        let rule = &RULES[usize::from(row)];
        let strength = rule.strength;
        let is_cue = span.len() == 1 && matches!(strength, Strength::Cue | Strength::Bare);
        // What was asked is no part of the refusal: `after MAIL FROM:<kim@example.com>: 550 …`.
        let is_lead = strength == Strength::Bare && span.start < self.in_lead;
        // Providers link to pages about the reason, and cues of several words are names of block lists in links.
        let says_nothing = || match strength {
            Strength::Strong => false,
            _ if is_cue => self.is_in_name(span.start),
            Strength::Cue => false,
            _ => rule.provider.is_none() && self.is_in_link(&span),
        };
        if !is_lead && !says_nothing() {
            self.findings.add_rule(row);
        }
    }

    /// Where the phrase stands of which one piece begins at `start`, or `None` when the others are not around it.
    #[inline(never)]
    fn span_of(&self, candidate: &Candidate, mut start: usize) -> Option<Range<usize>> {
        let mut end = start + usize::from(candidate.way.length);
        let (before, behind) = (usize::from(candidate.before), usize::from(candidate.behind));
        let own = usize::from(candidate.piece);
        let pieces = &PIECES[own - before..=own + behind];
        for (n, piece) in pieces[..before].iter().enumerate().rev() {
            start = self.find_before(piece, start, pieces[n + 1].gap)?;
        }
        for piece in &pieces[before + 1..] {
            end = self.find_behind(piece, end)?;
        }
        Some(start..end)
    }

    /// Where the nearest way of `piece` begins that ends at most `gap` words before `start`.
    fn find_before(&self, piece: &Piece, start: usize, gap: u8) -> Option<usize> {
        if piece.bits & self.present == 0 {
            return None;
        }
        let lowest = start.saturating_sub(usize::from(gap));
        let farthest = lowest.saturating_sub(usize::from(piece.longest));
        (farthest..start).rev().find(|at| self.way_at(piece, *at, |end| lowest <= end && end <= start).is_some())
    }

    /// Where the nearest way of `piece` ends that begins at most its gap behind `end`.
    fn find_behind(&self, piece: &Piece, end: usize) -> Option<usize> {
        if piece.bits & self.present == 0 {
            return None;
        }
        let farthest = (end + usize::from(piece.gap) + 1).min(self.count);
        (end..farthest).find_map(|at| self.way_at(piece, at, |_| true))
    }

    /// Where a way of `piece` ends that begins at `at` and ends where it may.
    fn way_at(&self, piece: &Piece, at: usize, may_end: impl Fn(usize) -> bool) -> Option<usize> {
        let token = self.tokens[at];
        if token.bits() & piece.bits == 0 {
            return None;
        }
        let openings = &OPENINGS[usize::from(piece.first)..usize::from(piece.last)];
        [token.number, token.kind].into_iter().filter(|number| *number != UNKNOWN).find_map(|number| {
            let first = openings.partition_point(|(opening, _)| *opening < number);
            let ways = openings[first..].iter().take_while(|(opening, _)| *opening == number);
            let mut ends = ways.filter_map(|(_, way)| {
                let words = words_of(*way);
                self.stands(&words[1..], at + 1).then_some(at + words.len())
            });
            ends.find(|end| may_end(*end))
        })
    }

    /// Whether the words of `way` stand at `start`. Mostly there is none, since others have been found.
    #[inline(always)]
    fn stands(&self, way: &[u16], start: usize) -> bool {
        way.is_empty() || self.all_stand(way, start)
    }

    #[inline(never)]
    fn all_stand(&self, way: &[u16], start: usize) -> bool {
        let Some(tokens) = self.tokens[..self.count].get(start..) else { return false };
        tokens.len() >= way.len() && tokens.iter().zip(way).all(|(token, slot)| token.fills(*slot))
    }

    /// The word at `at`, with the text that it is in.
    fn word(&self, at: usize) -> (&'a [u8], Range<usize>) {
        let place = self.places[at];
        let text = if at < self.in_lead { self.lead } else { self.text };
        (text, place.start as usize..(place.start + place.length) as usize)
    }

    /// Whether the word is the last label of a host name before the reply.
    fn ends_host(&self, at: usize) -> bool {
        let (text, word) = self.word(at);
        let goes_on = matches!(text[word.end..], [b'.' | b'-' | b'_' | b'@', next, ..] if next.is_ascii_alphanumeric());
        at < self.in_lead && !goes_on
    }

    /// Whether the word is part of a host name or a link, or the label of a value (`helo=<mail.example.com>`), where it says nothing.
    fn is_in_name(&self, at: usize) -> bool {
        let (text, word) = self.word(at);
        if text.get(word.end) == Some(&b'=') {
            return true;
        }
        let token = token_around(text, &word);
        // Most words stand between blanks.
        token.len() > word.len()
            && (is_link(token)
                || token.windows(3).any(|w| w[1] == b'.' && w[0].is_ascii_alphanumeric() && w[2].is_ascii_alphabetic()))
    }

    /// Whether all of these words are in one link.
    fn is_in_link(&self, span: &Range<usize>) -> bool {
        let (text, first) = self.word(span.start);
        let token = token_around(text, &first);
        let last = &self.places[span.end - 1];
        let end = last.start as usize + last.length as usize;
        let said = || text.get(first.start..end).is_some_and(|said| said.iter().all(is_of_token));
        token.len() > first.len() && is_link(token) && said()
    }
}

/// Whether a byte goes on with a host name or a link.
fn is_of_token(byte: &u8) -> bool {
    IN_TOKENS[usize::from(*byte)]
}

static IN_TOKENS: [bool; 256] = bytes_with(b".-_/:=?&%#", false);

/// The host name or link that a word is part of, as far as [`MAX_TOKEN`] bytes before and behind.
fn token_around<'a>(text: &'a [u8], word: &Range<usize>) -> &'a [u8] {
    let before = text[..word.start].iter().rev().take(MAX_TOKEN).take_while(|b| is_of_token(b)).count();
    let after = text[word.end..].iter().take(MAX_TOKEN).take_while(|b| is_of_token(b)).count();
    &text[word.start - before..word.end + after]
}

fn is_link(token: &[u8]) -> bool {
    token.starts_with(b"www.") || token.windows(3).any(|bytes| bytes == b"://")
}

impl Token {
    /// Whether it can stand where a phrase asks for `slot`: a word, a kind or a set of words.
    #[inline]
    fn fills(self, slot: u16) -> bool {
        slot == self.number || slot == self.kind || (slot >= FIRST_SET && self.is_in_set(slot))
    }

    fn is_in_set(self, slot: u16) -> bool {
        let set = usize::from(slot - FIRST_SET);
        bit(self.number) & SET_BITS[set] != 0
            && SET_WORDS[usize::from(SET_STARTS[set])..usize::from(SET_STARTS[set + 1])].contains(&self.number)
    }

    fn bits(self) -> u64 {
        bit(self.number) | bit(self.kind)
    }
}

impl Leads {
    /// Whether some phrase may be found by these two words.
    #[inline(always)]
    fn is_pair(&self, before: u16, behind: u16) -> bool {
        let bit = leading_bits(pair_hash(before, behind), 64 * self.pair_bits.len());
        self.pair_bits[bit / 64] >> (bit % 64) & 1 != 0
    }

    /// The pairs whose hash begins as that of these two words.
    #[inline(always)]
    fn bucket_of(&self, before: u16, behind: u16) -> &'static [Pair] {
        let bucket = leading_bits(pair_hash(before, behind), self.pair_starts.len() - 1);
        &self.pairs[usize::from(self.pair_starts[bucket])..usize::from(self.pair_starts[bucket + 1])]
    }

    /// Whether some phrase is found by this word alone.
    #[inline(always)]
    fn has_singles(&self, number: u16) -> bool {
        self.single_starts[usize::from(number)] != self.single_starts[usize::from(number) + 1]
    }

    /// The rows of the candidates that this word alone leads to.
    #[inline(always)]
    fn singles_of(&self, number: u16) -> &'static [u16] {
        let [first, last] = [0, 1].map(|next| usize::from(self.single_starts[usize::from(number) + next]));
        &self.singles[first..last]
    }
}

/// The first bits of a hash, as many as number `count` places: a power of two.
#[inline]
const fn leading_bits(hash: u32, count: usize) -> usize {
    (hash >> (u32::BITS - count.ilog2())) as usize
}

/// Words are told apart quickly, though not surely, by one of 64 bits.
fn bit(number: u16) -> u64 {
    1 << (number % 64)
}

fn words_of(way: Way) -> &'static [u16] {
    &WAY_WORDS[usize::from(way.start)..][..usize::from(way.length)]
}
