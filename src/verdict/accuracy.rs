//! The data against the golden lines of `tests/accuracy/`: replies, each with what it has to be taken for.

use super::judge::{Case, Rank};
use super::phrases::{Findings, Search};
use super::{Context, Evidence, Severity, Verdict, classify};
use crate::catalog::{Category, RULE_SOURCES, RULES, Rule, Strength};
use crate::syntax::reply::Reply;
use crate::syntax::reply_code::ReplyCode;

/// How many golden lines there are at least.
const MIN_LINES: usize = 500;

/// How much prose is made out of the paragraphs.
const PROSE: usize = 1 << 20;

/// Categories that tell of the address itself.
const SUPPRESSING: [Category; 5] = [
    Category::UnknownRecipient,
    Category::UnknownDomain,
    Category::BadAddress,
    Category::MailboxMoved,
    Category::MailboxInactive,
];

/// Categories that tell of the sender, the message or the systems, and never give an address up.
const KEEPING: [Category; 20] = [
    Category::MailboxFull,
    Category::MessageTooLarge,
    Category::ContentRejected,
    Category::SpamContent,
    Category::MalwareDetected,
    Category::SenderRejected,
    Category::AuthenticationFailed,
    Category::ReverseDns,
    Category::IpBlocked,
    Category::DomainBlocked,
    Category::PolicyRejected,
    Category::RateLimited,
    Category::TooManyRecipients,
    Category::SenderQuota,
    Category::Greylisted,
    Category::RelayDenied,
    Category::LoginRequired,
    Category::TlsFailed,
    Category::ConnectionFailed,
    Category::SystemError,
];

struct Golden {
    place: String,
    category: String,
    status: String,
    suppress: bool,
    action: String,
    retry: Option<u32>,
    text: String,
}

fn golden_lines() -> Vec<Golden> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/accuracy");
    let mut lines = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|e| e == "tsv") {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            lines.extend(text.lines().enumerate().filter_map(|(n, line)| golden(&format!("{name}:{}", n + 1), line)));
        }
    }
    lines
}

/// One line: category, status, suppress, action, retry, text; `None` for comments and headings.
fn golden(place: &str, line: &str) -> Option<Golden> {
    if line.trim().is_empty() || line.starts_with(['#', 'c']) {
        return None;
    }
    let fields: Vec<&str> = line.split('\t').collect();
    let [category, status, suppress, action, retry, text] = fields[..] else { panic!("{place}: six columns") };
    assert!(matches!(suppress, "y" | "n"), "{place}: suppress is y or n");
    let retry = (retry != "-").then(|| retry.parse().unwrap_or_else(|_| panic!("{place}: retry is seconds or -")));
    Some(Golden {
        place: place.into(),
        category: category.into(),
        status: status.into(),
        suppress: suppress == "y",
        action: action.into(),
        retry,
        text: text.replace("\\n", "\n"),
    })
}

/// What is wrong with the verdict, or nothing.
fn differences(line: &Golden, verdict: &Verdict) -> Vec<String> {
    let mut found = Vec::new();
    let mut differ = |what: &str, got: String, wanted: &str| {
        if got != wanted {
            found.push(format!("{what} {got} for {wanted}"));
        }
    };
    differ("category", format!("{}", verdict.category), &line.category);
    differ("status", verdict.status.map_or("-".into(), |s| format!("{s}")), &line.status);
    differ("suppress", format!("{}", verdict.suppress), &format!("{}", line.suppress));
    differ("retry", format!("{:?}", verdict.retry_after), &format!("{:?}", line.retry));
    if line.action != "-" {
        differ("action", format!("{}", verdict.action), &line.action);
    }
    found
}

fn findings(reply: &Reply<'_>) -> Findings {
    let mut search = Search::new(reply.lead(), reply.text());
    search.look_for_decisive(reply.code().map(ReplyCode::digits));
    search.look_for_vague();
    search.findings().clone()
}

/// The golden line's reply, and those that it quotes.
fn replies(text: &[u8]) -> Vec<Reply<'_>> {
    let mut all = Vec::new();
    let mut next = Some(text);
    while let Some(text) = next {
        let reply = Reply::find(text);
        next = reply.quoted();
        all.push(reply);
    }
    all
}

/// Fails with all of the problems, one in a line.
fn none(problems: &[String]) {
    for problem in problems {
        eprintln!("{problem}");
    }
    assert!(problems.is_empty(), "{} problems, listed above", problems.len());
}

#[test]
fn ok_golden_lines() {
    let lines = golden_lines();
    assert!(lines.len() >= MIN_LINES, "{} golden lines", lines.len());
    let mut problems = Vec::new();
    for line in &lines {
        let verdict = classify(line.text.as_bytes());
        let found = differences(line, &verdict);
        if !found.is_empty() {
            problems.push(format!("tests/accuracy/{}: {} ({}): {}", line.place, found.join("; "), verdict.evidence, line.text));
        }
    }
    println!("{} of {} golden lines", lines.len() - problems.len(), lines.len());
    none(&problems);
}

#[test]
fn ok_every_phrase_has_a_line() {
    let mut matched = vec![false; RULES.len()];
    for line in golden_lines() {
        for reply in replies(line.text.as_bytes()) {
            for row in findings(&reply).rules() {
                matched[usize::from(*row)] = true;
            }
        }
    }
    let missing = RULE_SOURCES.iter().zip(matched).filter(|(_, matched)| !matched);
    let problems: Vec<String> = missing
        .map(|((place, phrase), _)| format!("{place}: no line in tests/accuracy/ matches \"{phrase}\"; add one"))
        .collect();
    none(&problems);
}

/// The rules that are best among those of the strength that decided: more than one when they are of equal rank.
fn best(reply: &Reply<'_>, findings: &Findings, strength: Strength) -> Vec<(usize, &'static Rule)> {
    let case = Case::new(&Context::default(), reply, findings);
    let rows = findings.rules().iter().map(|row| usize::from(*row));
    let ranked: Vec<(Rank, usize)> =
        rows.filter(|row| RULES[*row].strength == strength).filter_map(|row| Some((case.rank(&RULES[row])?, row))).collect();
    let top = ranked.iter().map(|(rank, _)| *rank).max();
    ranked.into_iter().filter(|(rank, _)| Some(*rank) == top).map(|(_, row)| (row, &RULES[row])).collect()
}

/// What stands far before a reply changes nothing, wherever the windows end in which a text is looked at.
#[test]
fn ok_long_leads_change_nothing() {
    let lines = golden_lines();
    let logged: Vec<&Golden> = lines.iter().filter(|line| line.text.starts_with("host ")).collect();
    assert!(logged.len() > 100, "{} lines of logs", logged.len());
    for line in logged {
        let alone = classify(line.text.as_bytes());
        for words in [40, 81, 82, 83, 126, 127, 128, 129, 300] {
            let long = "zq ".repeat(words) + &line.text;
            assert_eq!(classify(long.as_bytes()), alone, "{}: behind {words} words: {}", line.place, line.text);
        }
    }
}

fn deciding_strength(evidence: Evidence) -> Option<Strength> {
    match evidence {
        Evidence::Provider | Evidence::Entry | Evidence::Phrase => Some(Strength::Strong),
        Evidence::WeakPhrase => Some(Strength::Weak),
        Evidence::Cue => Some(Strength::Cue),
        Evidence::Bare => Some(Strength::Bare),
        Evidence::Wrapper => Some(Strength::Wrapper),
        _ => None,
    }
}

#[test]
fn ok_no_phrase_wins_by_its_place() {
    let mut problems = Vec::new();
    for line in golden_lines() {
        let reply = Reply::find(line.text.as_bytes());
        let Some(strength) = deciding_strength(classify(line.text.as_bytes()).evidence) else { continue };
        let findings = findings(&reply);
        let best = best(&reply, &findings, strength);
        if best.iter().any(|(_, rule)| rule.category != best[0].1.category) {
            let sources: Vec<String> = best.iter().map(|(row, _)| format!("{:?}", RULE_SOURCES[*row])).collect();
            problems.push(format!("tests/accuracy/{}: equal rank: {}; make one longer", line.place, sources.join(", ")));
        }
    }
    none(&problems);
}

#[test]
fn ok_only_addresses_are_suppressed() {
    for category in Category::ALL {
        assert_eq!(category.suppresses(), SUPPRESSING.contains(category), "{category}");
    }
    for line in golden_lines() {
        let verdict = classify(line.text.as_bytes());
        if verdict.suppress {
            assert!(!KEEPING.contains(&verdict.category), "{}: {verdict}", line.place);
            assert_ne!(verdict.severity, Severity::Transient, "{}: {verdict}", line.place);
        }
    }
}

/// A generator of numbers that is the same everywhere (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

/// Ordinary prose: the paragraphs of `prose.txt` in any order, and their sentences in any order.
fn prose(paragraphs: &[&str], dice: &mut Dice) -> String {
    let paragraph = paragraphs[dice.below(paragraphs.len())];
    if dice.below(2) == 0 {
        return paragraph.into();
    }
    let sentences: Vec<&str> = paragraphs.iter().flat_map(|p| p.split_inclusive(". ")).collect();
    (0..4 + dice.below(8)).map(|_| sentences[dice.below(sentences.len())]).collect::<Vec<_>>().join(" ")
}

#[test]
fn ok_prose_is_no_refusal() {
    let file = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/accuracy/prose.txt")).unwrap();
    let paragraphs: Vec<&str> = file.split("\n\n").filter(|p| !p.trim().is_empty()).collect();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut found = std::collections::BTreeMap::new();
    let mut made = 0;
    while made < PROSE {
        let text = prose(&paragraphs, &mut dice);
        made += text.len() + 1;
        let reply = Reply::find(text.as_bytes());
        let findings = findings(&reply);
        let case = Case::new(&Context::default(), &reply, &findings);
        for row in findings.rules().iter().map(|row| usize::from(*row)) {
            if RULES[row].strength == Strength::Strong && case.rank(&RULES[row]).is_some() {
                found.entry(RULE_SOURCES[row]).or_insert_with(|| text.clone());
            }
        }
    }
    let problems: Vec<String> = found
        .iter()
        .map(|((place, phrase), text)| format!("{place}: \"{phrase}\" is found in prose; make it stricter: {text}"))
        .collect();
    none(&problems);
}
