//! One automaton over words for all phrases (Aho and Corasick, 1975, with words in place of letters).

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::phrase::Element;

/// What a match means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Output {
    /// A part of a phrase that goes on behind a gap.
    Mark(u16),
    /// A phrase of this rule.
    Rule(u16),
    /// The name of this block list.
    Blocklist(u16),
    /// Words that only this provider says.
    Speaker(u8),
    /// The end of the name of a host of this provider.
    Host(u8),
}

/// Adjacent words to look for.
pub(crate) struct Pattern {
    pub(crate) elements: Vec<Element>,
    /// The mark that has to stand before, or 0.
    pub(crate) behind: u16,
    /// How many words may stand between that mark and this pattern.
    pub(crate) gap: u8,
    pub(crate) output: Output,
}

/// A pattern that ends in a state: its words, the mark before it, the gap between, its meaning.
pub(crate) type Found = (u8, u16, u8, Output);

/// Numbers of words that stand for kinds of words; real words begin at [`FIRST_WORD`].
pub(crate) const UNKNOWN: u16 = 0;
const NUMBER: u16 = 1;
const ADDRESS: u16 = 2;
const START: u16 = 3;
const END: u16 = 4;
const FIRST_WORD: u16 = 5;

/// The slots of the hash table of words: a power of two, several times the number of words.
const SLOTS_PER_WORD: usize = 4;

#[derive(Default)]
pub(crate) struct Automaton {
    /// Open addressing by hash: the number of a word, or 0.
    pub(crate) slots: Vec<u16>,
    /// The letters of all words, one after the other, and where each begins.
    pub(crate) letters: Vec<u8>,
    pub(crate) word_starts: Vec<u32>,
    /// From the root: the state for every word.
    pub(crate) root: Vec<u16>,
    /// From the others: where the edges of a state begin, the words of the edges and their targets.
    pub(crate) edge_starts: Vec<u16>,
    pub(crate) edges: Vec<(u16, u16)>,
    pub(crate) fail: Vec<u16>,
    /// The next shorter suffix of a state that means something, or 0.
    pub(crate) also: Vec<u16>,
    pub(crate) output_starts: Vec<u16>,
    /// What the states have found.
    pub(crate) outputs: Vec<Found>,
}

struct Node {
    edges: BTreeMap<u16, u16>,
    fail: u16,
    also: u16,
    outputs: Vec<Found>,
}

impl Node {
    fn new() -> Self {
        Self { edges: BTreeMap::new(), fail: 0, also: 0, outputs: Vec::new() }
    }
}

pub(crate) fn build(patterns: &[Pattern]) -> Automaton {
    let words = vocabulary(patterns);
    let mut nodes = trie(patterns, &words);
    link(&mut nodes);
    let mut automaton = Automaton::default();
    store_words(&mut automaton, &words);
    store_nodes(&mut automaton, &nodes, words.len() + usize::from(FIRST_WORD));
    automaton
}

/// Every word with its number; sorted, so that the same data gives the same tables.
fn vocabulary(patterns: &[Pattern]) -> BTreeMap<Vec<u8>, (u16, u32)> {
    let mut words = BTreeMap::new();
    for element in patterns.iter().flat_map(|p| &p.elements) {
        if let Element::Word(word, hash) = element {
            words.insert(word.clone(), (UNKNOWN, *hash));
        }
    }
    for (number, value) in words.values_mut().enumerate() {
        value.0 = FIRST_WORD + u16::try_from(number).expect("fewer than 65,000 words");
    }
    words
}

fn trie(patterns: &[Pattern], words: &BTreeMap<Vec<u8>, (u16, u32)>) -> Vec<Node> {
    let mut nodes = vec![Node::new()];
    for pattern in patterns {
        let mut at = 0usize;
        for element in &pattern.elements {
            let word = match element {
                Element::Word(word, _) => words[word].0,
                Element::Number => NUMBER,
                Element::Address => ADDRESS,
                Element::Start => START,
                Element::End => END,
            };
            let fresh = u16::try_from(nodes.len()).expect("fewer than 65,536 states");
            let next = *nodes[at].edges.entry(word).or_insert(fresh);
            if next == fresh {
                nodes.push(Node::new());
            }
            at = usize::from(next);
        }
        let length = pattern.elements.iter().filter(|e| !matches!(e, Element::Start | Element::End)).count();
        nodes[at].outputs.push((length as u8, pattern.behind, pattern.gap, pattern.output));
    }
    nodes
}

/// Adds to every state the longest proper suffix that is a state too, and the longest one that means something.
fn link(nodes: &mut [Node]) {
    let mut queue: VecDeque<u16> = nodes[0].edges.values().copied().collect();
    while let Some(state) = queue.pop_front() {
        let edges: Vec<(u16, u16)> = nodes[usize::from(state)].edges.iter().map(|(w, n)| (*w, *n)).collect();
        for (word, next) in edges {
            let mut fail = nodes[usize::from(state)].fail;
            let target = loop {
                if let Some(target) = nodes[usize::from(fail)].edges.get(&word) {
                    break *target;
                }
                if fail == 0 {
                    break 0;
                }
                fail = nodes[usize::from(fail)].fail;
            };
            nodes[usize::from(next)].fail = target;
            queue.push_back(next);
        }
        let fail = nodes[usize::from(state)].fail;
        let suffix = &nodes[usize::from(fail)];
        nodes[usize::from(state)].also = if suffix.outputs.is_empty() { suffix.also } else { fail };
    }
    for node in nodes {
        node.outputs.sort();
        node.outputs.dedup();
    }
}

fn store_words(automaton: &mut Automaton, words: &BTreeMap<Vec<u8>, (u16, u32)>) {
    let size = (words.len() * SLOTS_PER_WORD).next_power_of_two();
    automaton.slots = vec![UNKNOWN; size];
    for (word, (number, hash)) in words {
        automaton.word_starts.push(automaton.letters.len() as u32);
        automaton.letters.extend(word);
        let mut slot = *hash as usize & (size - 1);
        while automaton.slots[slot] != UNKNOWN {
            slot = (slot + 1) & (size - 1);
        }
        automaton.slots[slot] = *number;
    }
    automaton.word_starts.push(automaton.letters.len() as u32);
}

fn store_nodes(automaton: &mut Automaton, nodes: &[Node], words: usize) {
    let dense: HashMap<u16, u16> = nodes[0].edges.iter().map(|(w, n)| (*w, *n)).collect();
    automaton.root = (0..words as u16).map(|word| dense.get(&word).copied().unwrap_or(0)).collect();
    for (number, node) in nodes.iter().enumerate() {
        automaton.edge_starts.push(automaton.edges.len() as u16);
        if number > 0 {
            automaton.edges.extend(node.edges.iter().map(|(w, n)| (*w, *n)));
        }
        automaton.fail.push(node.fail);
        automaton.also.push(node.also);
        automaton.output_starts.push(u16::try_from(automaton.outputs.len()).expect("fewer than 65,536 outputs"));
        automaton.outputs.extend(&node.outputs);
    }
    automaton.edge_starts.push(automaton.edges.len() as u16);
    automaton.output_starts.push(automaton.outputs.len() as u16);
}
