//! Writes the model as Rust source: `static` tables and `phf` maps, nothing that runs.

use std::collections::BTreeMap;
use std::fmt::{Display, Write};

use super::index::{self, Candidate, Index, Leads, Output, Pair, Row, Way};
use super::model::{Entry, Model, Rule, TIME_ROLES, TimeWord, entries_for, single_codes};
use super::schema::When;
use crate::syntax::reply_code::Stage;
use crate::syntax::status::{Class, StatusCode, StatusPattern, pack};
use crate::vocabulary::Source;

/// The whole of `tables.rs`.
pub(crate) fn tables(model: &Model) -> String {
    let mut out = String::from("// Made by build.rs from data/*.toml; do not edit.\n");
    let o = &mut out;
    entries(o, model);
    codes(o, &model.entries);
    categories(o, model);
    providers(o, model);
    blocklists(o, model);
    rules(o, model);
    phrases(o, &index::build(&model.phrases, model.time_words.keys()));
    let word = |w: &TimeWord| format!("TimeWord{{unit:{},number:{},roles:{}}}", w.unit, w.number, w.roles);
    for (bit, role) in TIME_ROLES.iter().enumerate() {
        let name = role.to_uppercase().replace('-', "_");
        line(o, format_args!("pub(crate) const {name}: u8 = {};", 1 << bit));
    }
    table(o, "TIME_WORDS", "TimeWord", model.time_words.values().map(word));
    out
}

fn line(out: &mut String, text: impl Display) {
    writeln!(out, "{text}").expect("a String takes everything");
}

/// `static NAME: [TYPE; n] = [a, b, …];`
fn table<T: Display>(out: &mut String, name: &str, of: &str, values: impl IntoIterator<Item = T>) {
    let values: Vec<String> = values.into_iter().map(|v| v.to_string()).collect();
    line(out, format_args!("pub(crate) static {name}: [{of}; {}] = [{}];", values.len(), values.join(",")));
}

/// A static text with the NUL that C needs behind it.
fn text(text: &str) -> String {
    format!("Text::new({:?})", format!("{text}\0"))
}

fn option<T: Display>(value: Option<T>) -> String {
    value.map_or("None".into(), |value| format!("Some({value})"))
}

fn pattern(status: &StatusPattern) -> String {
    let class = option(status.class().map(|c| format!("Class::{c:?}")));
    format!("StatusPattern::from_parts({class},{:?},{:?})", ends(status.subjects()), ends(status.details()))
}

fn ends(range: std::ops::RangeInclusive<u16>) -> (u16, u16) {
    (*range.start(), *range.end())
}

fn entries(out: &mut String, model: &Model) {
    table(out, "ENTRIES", "Entry", model.entries.iter().map(entry));
}

fn entry(e: &Entry) -> String {
    let code = e.status.map(|s| s.to_string()).or(e.reply.map(|r| r.to_string())).unwrap_or_default();
    let limits: Vec<String> =
        e.limits.iter().map(|(n, v, u)| format!("Limit{{name:{},value:{v},unit:{}}}", text(n), text(u))).collect();
    format!(
        "Entry{{source:Source::{:?},status:{},reply:{},code:{},title:{},category:Category::{:?},action:Action::{:?},\
         responsible:Party::{:?},summary:{},remedies:[{},{},{}],limits:&[{}],reference:{}}}",
        e.source,
        option(e.status.as_ref().map(pattern)),
        option(e.reply.map(ReplyLiteral)),
        text(&code),
        text(&e.title),
        e.category,
        e.action,
        e.responsible,
        text(&e.summary),
        text(&e.remedies[0]),
        text(&e.remedies[1]),
        text(&e.remedies[2]),
        limits.join(","),
        text(&e.reference),
    )
}

struct ReplyLiteral(crate::syntax::reply_code::ReplyCode);

impl Display for ReplyLiteral {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "reply_code({})", self.0)
    }
}

/// Lists of entries, one after the other; a list is a place in it.
#[derive(Default)]
struct Lists(Vec<u16>);

impl Lists {
    fn add(&mut self, list: &[u16]) -> String {
        let start = self.0.windows(list.len().max(1)).position(|w| w == list).unwrap_or_else(|| {
            self.0.extend(list);
            self.0.len() - list.len()
        });
        format!("({start},{})", list.len())
    }
}

fn codes(out: &mut String, entries: &[Entry]) {
    let mut lists = Lists::default();
    let mut exact = phf_codegen::Map::new();
    for code in single_codes(entries) {
        let list = lists.add(&entries_for(entries, code));
        exact.entry(code.packed(), list);
    }
    let mut families = phf_codegen::Map::new();
    for (key, ranges) in family_ranges(entries) {
        let ranges: Vec<String> = ranges.iter().map(|(low, high, list)| format!("({low},{high},{})", lists.add(list))).collect();
        families.entry(key, format!("&[{}]", ranges.join(",")));
    }
    let mut replies = phf_codegen::Map::new();
    for (index, entry) in entries.iter().enumerate().filter(|(_, e)| e.source == Source::Reply) {
        if let Some(reply) = entry.reply {
            replies.entry(reply.get(), index.to_string());
        }
    }
    let classes: Vec<String> = [2, 4, 5].iter().map(|digit| lists.add(&class_rows(entries, *digit))).collect();
    line(out, format_args!("pub(crate) static EXACT: phf::Map<u32, List> = {};", exact.build()));
    line(out, format_args!("pub(crate) static FAMILIES: phf::Map<u32, &'static [(u16, u16, List)]> = {};", families.build()));
    line(out, format_args!("pub(crate) static REPLIES: phf::Map<u16, u16> = {};", replies.build()));
    table(out, "CLASSES", "List", classes);
    table(out, "LISTS", "u16", &lists.0);
}

fn class_rows(entries: &[Entry], digit: u8) -> Vec<u16> {
    let unused = StatusCode::new(Class::from_digit(b'0' + digit).expect("2, 4 and 5 are classes"), 999, 999);
    entries_for(entries, unused.expect("999 is in bounds"))
}

/// Entries of a stretch of details: lower end, upper end, entries.
type Stretch = (u16, u16, Vec<u16>);

/// For every class and subject that has entries: the stretches of details, without gaps from 0 to 999, with what answers for
/// a code in them that has no entry of its own.
fn family_ranges(entries: &[Entry]) -> BTreeMap<u32, Vec<Stretch>> {
    let mut families = BTreeMap::new();
    for class in [Class::Success, Class::Transient, Class::Permanent] {
        for subject in 0..=7 {
            let ranges = entries.iter().filter_map(|e| e.status).filter(|s| {
                s.details().start() != s.details().end()
                    && s.subjects().contains(&subject)
                    && s.class().is_none_or(|c| c == class)
            });
            let mut cuts: Vec<u16> = ranges.flat_map(|s| [*s.details().start(), *s.details().end() + 1]).collect();
            cuts.extend([0, 1000]);
            cuts.sort_unstable();
            cuts.dedup();
            let singles = single_codes(entries);
            let stretches = cuts.windows(2).filter_map(|cut| {
                let detail = (cut[0]..cut[1])
                    .find(|d| !singles.iter().any(|s| s.class() == class && s.subject() == subject && s.detail() == *d))?;
                let code = StatusCode::new(class, subject, detail)?;
                Some((cut[0], cut[1] - 1, entries_for(entries, code)))
            });
            families.insert(pack(class.number(), subject, 0), stretches.collect());
        }
    }
    families
}

fn categories(out: &mut String, model: &Model) {
    let rows = model.categories.iter().map(|c| {
        format!(
            "CategoryRow{{summary:{},suppress:{},responsible:{},transient:{},permanent:{},sisimai:{:?},kumomta:{:?},powermta:{:?},ses:{:?}}}",
            text(c.summary.get("en").map_or("", |t| t.trim())),
            c.suppress,
            format_args!("Party::{:?}", crate::vocabulary::Party::from_name(&c.responsible).expect("checked")),
            format_args!("Action::{:?}", crate::vocabulary::Action::from_name(&c.transient).expect("checked")),
            format_args!("Action::{:?}", crate::vocabulary::Action::from_name(&c.permanent).expect("checked")),
            c.sisimai,
            c.kumomta,
            c.powermta,
            c.ses,
        )
    });
    table(out, "CATEGORIES", "CategoryRow", rows);
}

fn providers(out: &mut String, model: &Model) {
    let rows = model
        .providers
        .iter()
        .map(|p| format!("ProviderRow{{name:{},title:{},reference:{}}}", text(&p.name), text(&p.title), text(&p.reference)));
    table(out, "PROVIDERS", "ProviderRow", rows);
    line(out, format_args!("pub(crate) const EXCHANGE_PROVIDER: Option<u8> = {};", option(model.exchange_provider)));
}

fn blocklists(out: &mut String, model: &Model) {
    let rows = model.blocklists.iter().map(|b| {
        let holds = |kind: &str| b.lists.iter().any(|l| l == kind);
        format!(
            "Blocklist{{name:{},delisting:{},ip:{},domain:{},uri:{},closed:{}}}",
            text(&b.name),
            text(&b.delisting),
            holds("ip"),
            holds("domain"),
            holds("uri"),
            b.closed
        )
    });
    table(out, "BLOCKLISTS", "Blocklist", rows);
}

fn rules(out: &mut String, model: &Model) {
    let mut conditions: Vec<&When> = Vec::new();
    let none = When::default();
    conditions.push(&none);
    let mut rows = Vec::new();
    for rule in &model.rules {
        let when = conditions.iter().position(|w| **w == rule.when).unwrap_or_else(|| {
            conditions.push(&rule.when);
            conditions.len() - 1
        });
        rows.push(rule_row(rule, when));
    }
    table(out, "RULES", "Rule", rows);
    table(out, "CONDITIONS", "Condition", conditions.into_iter().map(condition));
    let sources = model.rules.iter().map(|r| format!("({:?},{:?})", r.place, r.phrase));
    let sources: Vec<String> = sources.collect();
    line(
        out,
        format_args!("#[cfg(test)] pub(crate) static RULE_SOURCES: [(&str, &str); {}] = [{}];", sources.len(), sources.join(",")),
    );
}

fn rule_row(r: &Rule, when: usize) -> String {
    format!(
        "Rule{{category:Category::{:?},strength:Strength::{:?},weight:{},action:{},responsible:{},suppress:{:?},\
         retry_after:{},provider:{:?},own:{},entry:{:?},when:{when}}}",
        r.category,
        r.strength,
        r.weight,
        option(r.action.map(|a| format!("Action::{a:?}"))),
        option(r.responsible.map(|p| format!("Party::{p:?}"))),
        r.suppress,
        r.retry_after,
        r.provider,
        r.own,
        r.entry,
    )
}

fn condition(when: &When) -> String {
    let statuses: Vec<String> =
        when.status.iter().map(|s| pattern(&StatusPattern::parse(s.as_bytes()).expect("checked"))).collect();
    let stages: Vec<String> = when.stage.iter().map(|s| format!("Stage::{:?}", Stage::from_name(s).expect("checked"))).collect();
    format!(
        "Condition{{class:{},replies:&{:?},statuses:&[{}],stages:&[{}]}}",
        when.class,
        when.reply,
        statuses.join(","),
        stages.join(",")
    )
}

fn phrases(out: &mut String, index: &Index) {
    table(out, "SLOTS", "u16", &index.slots);
    table(out, "KEYS", "u64", &index.keys);
    table(out, "SET_BITS", "u64", &index.set_bits);
    table(out, "SET_WORDS", "u16", &index.set_words);
    table(out, "SET_STARTS", "u16", &index.set_starts);
    table(out, "WAY_WORDS", "u16", &index.way_words);
    let piece =
        |p: &Row| format!("Piece{{first:{},last:{},longest:{},gap:{},bits:{}}}", p.first, p.last, p.longest, p.gap, p.bits);
    table(out, "PIECES", "Piece", index.pieces.iter().map(piece));
    table(out, "OPENINGS", "(u16, Way)", index.openings.iter().map(|(word, w)| format!("({word},{})", way(*w))));
    table(out, "CANDIDATES", "Candidate", index.candidates.iter().map(candidate));
    line(out, format_args!("pub(crate) static DECISIVE: Leads = {};", leads(&index.decisive)));
    line(out, format_args!("pub(crate) static VAGUE: Leads = {};", leads(&index.vague)));
    line(out, format_args!("pub(crate) const REACH: usize = {};", index.reach));
    for (name, number) in index::NAMED_NUMBERS {
        line(out, format_args!("pub(crate) const {name}: u16 = {number};"));
    }
}

fn leads(leads: &Leads) -> String {
    let pair = |p: &Pair| format!("Pair{{words:{:?},candidate:{}}}", p.words, p.candidate);
    let pairs: Vec<String> = leads.pairs.iter().map(pair).collect();
    format!(
        "Leads{{pairs:&[{}],pair_starts:&{:?},pair_bits:&{:?},singles:&{:?},single_starts:&{:?}}}",
        pairs.join(","),
        leads.pair_starts,
        leads.pair_bits,
        leads.singles,
        leads.single_starts
    )
}

fn way(way: Way) -> String {
    format!("Way{{start:{},length:{}}}", way.start, way.length)
}

fn candidate(c: &Candidate) -> String {
    let meaning = match c.output {
        Output::Rule(rule) => format!("Meaning::Rule({rule})"),
        Output::Blocklist(list) => format!("Meaning::Blocklist({list})"),
        Output::Speaker(provider) => format!("Meaning::Speaker({provider})"),
        Output::Host(provider) => format!("Meaning::Host({provider})"),
    };
    format!(
        "Candidate{{needs:{},way:{},offset:{},piece:{},before:{},behind:{},words:{},meaning:{meaning}}}",
        c.needs,
        way(c.way),
        c.offset,
        c.piece,
        c.before,
        c.behind,
        c.words
    )
}
