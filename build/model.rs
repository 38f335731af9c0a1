//! The data with its names resolved and its rules checked.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::index::{Output, Phrase};
use super::phrase;
use super::schema::{self, Texts, When};
use super::source::{File, Files, Problems};
use crate::syntax::reply_code::{ReplyCode, Stage};
use crate::syntax::status::{Class, StatusCode, StatusPattern, pack};
use crate::syntax::words::{Word, Words};
use crate::vocabulary::{Action, Category, Party, Source};

/// How strongly a phrase speaks; the order of the design, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Strength {
    Strong,
    Weak,
    Cue,
    Bare,
    Wrapper,
}

impl Strength {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "strong" => Self::Strong,
            "weak" => Self::Weak,
            "cue" => Self::Cue,
            "bare" => Self::Bare,
            "wrapper" => Self::Wrapper,
            _ => return None,
        })
    }
}

pub(crate) struct Entry {
    pub(crate) source: Source,
    pub(crate) status: Option<StatusPattern>,
    pub(crate) reply: Option<ReplyCode>,
    pub(crate) title: String,
    pub(crate) category: Category,
    pub(crate) action: Action,
    pub(crate) responsible: Party,
    pub(crate) summary: String,
    pub(crate) remedies: [String; 3],
    pub(crate) limits: Vec<(String, u32, String)>,
    pub(crate) reference: String,
}

pub(crate) struct Rule {
    pub(crate) category: Category,
    pub(crate) strength: Strength,
    pub(crate) action: Option<Action>,
    pub(crate) responsible: Option<Party>,
    pub(crate) suppress: Option<bool>,
    pub(crate) retry_after: u32,
    pub(crate) provider: Option<u8>,
    pub(crate) own: bool,
    pub(crate) entry: Option<u16>,
    pub(crate) when: When,
    pub(crate) phrase: String,
    pub(crate) place: String,
    /// Letters of the phrase's shortest way, for the order among rules of one strength.
    pub(crate) weight: u16,
}

pub(crate) struct Provider {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) reference: String,
}

pub(crate) struct Model {
    pub(crate) categories: Vec<schema::Category>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) providers: Vec<Provider>,
    pub(crate) blocklists: Vec<schema::Blocklist>,
    pub(crate) phrases: Vec<Phrase>,
    pub(crate) exchange_provider: Option<u8>,
    /// What words mean where a time is told.
    pub(crate) time_words: BTreeMap<Vec<u8>, TimeWord>,
}

/// What a word means where a time is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TimeWord {
    /// The seconds of a unit, or 0.
    pub(crate) unit: u32,
    /// A number in letters, or 0.
    pub(crate) number: u32,
    /// A bit for every one of [`TIME_ROLES`].
    pub(crate) roles: u8,
}

/// The names of what a word can do to a time; the tables have a bit for each.
pub(crate) const TIME_ROLES: [&str; 6] = ["asks", "greylists", "asks-behind", "lasts", "otherwise", "after"];

impl Model {
    pub(crate) fn build(files: &Files, problems: &mut Problems) -> Self {
        let mut builder = Builder {
            model: Self {
                categories: Vec::new(),
                entries: Vec::new(),
                rules: Vec::new(),
                providers: Vec::new(),
                blocklists: Vec::new(),
                phrases: Vec::new(),
                exchange_provider: None,
                time_words: BTreeMap::new(),
            },
            problems,
            seen: HashMap::new(),
        };
        builder.categories(files.categories.as_ref());
        for file in &files.providers {
            builder.provider(file);
        }
        builder.catalog(Source::Registry, files.registry.as_ref());
        builder.catalog(Source::Reply, files.replies.as_ref());
        builder.catalog(Source::ExchangeOnline, files.exchange_online.as_ref());
        if let Some(file) = &files.phrases {
            builder.rules(file, None);
        }
        for (index, file) in files.providers.iter().enumerate() {
            builder.rules(file, Some(index as u8));
        }
        if let Some(file) = &files.blocklists {
            builder.blocklists(file);
        }
        if let Some(file) = &files.times {
            builder.times(file);
        }
        builder.model
    }
}

struct Builder<'p> {
    model: Model,
    problems: &'p mut Problems,
    /// The place of each phrase under its conditions, to find what was written twice.
    seen: HashMap<(String, When, Option<u8>, Option<u16>), String>,
}

impl Builder<'_> {
    fn categories(&mut self, file: Option<&File<schema::CategoryFile>>) {
        let Some(file) = file else { return };
        let mut named: BTreeMap<u8, schema::Category> = BTreeMap::new();
        for category in &file.content.category {
            let place = file.place(category.span().start);
            let category = category.get_ref();
            let what = format!("{place}: category `{}`", category.name);
            self.named::<Action>(&what, "transient", &category.transient, Action::from_name, Action::ALL);
            self.named::<Action>(&what, "permanent", &category.permanent, Action::from_name, Action::ALL);
            self.named::<Party>(&what, "responsible", &category.responsible, Party::from_name, Party::ALL);
            self.english(&what, &category.summary);
            let known = self.named::<Category>(&what, "name", &category.name, Category::from_name, Category::ALL);
            if let Some(known) = known {
                named.insert(known.number(), category.clone());
            }
        }
        for category in Category::ALL {
            if !named.contains_key(&category.number()) {
                self.problems.add(format!("{}: `{category}` is missing; add a [[category]] of that name", file.name));
            }
        }
        self.model.categories = named.into_values().collect();
    }

    fn provider(&mut self, file: &File<schema::RuleFile>) {
        let index = self.model.providers.len() as u8;
        let content = &file.content;
        let name = content.name.clone().unwrap_or_default();
        if name.is_empty() || file.name != format!("data/providers/{name}.toml") {
            self.problems.add(format!("{}:1: `name` has to be the name of the file without `.toml`", file.name));
        }
        if content.title.is_empty() {
            self.problems.add(format!("{}:1: `title` is empty; say who this is", file.name));
        }
        for host in &content.hosts {
            let suffix = host.get_ref().trim_start_matches('.');
            self.phrase(&file.place(host.span().start), suffix, Output::Host(index), false);
        }
        for words in &content.words {
            self.phrase(&file.place(words.span().start), words.get_ref(), Output::Speaker(index), false);
        }
        let (title, reference) = (content.title.clone(), content.reference.clone());
        self.model.providers.push(Provider { name, title, reference });
    }

    fn catalog(&mut self, source: Source, file: Option<&File<schema::CatalogFile>>) {
        let Some(file) = file else { return };
        let provider = self.catalog_provider(file);
        for class in &file.content.class {
            self.class(file, class);
        }
        let mut titles = HashSet::new();
        for spanned in &file.content.entry {
            let (place, entry) = (file.place(spanned.span().start), spanned.get_ref());
            let what = format!("{place}: entry {}", entry_name(entry));
            if !titles.insert((entry.status.clone(), entry.reply, entry.title.clone())) {
                self.problems.add(format!("{what}: the same code and title stand above already; merge the two"));
            }
            self.entry(source, file, &what, entry, provider);
        }
    }

    /// The number of the provider whose words the entries of `file` are.
    fn catalog_provider(&mut self, file: &File<schema::CatalogFile>) -> Option<u8> {
        let name = file.content.provider.as_ref()?;
        let found = self.model.providers.iter().position(|p| p.name == *name).map(|index| index as u8);
        if found.is_none() {
            self.problems.add(format!("{}: provider `{name}` has no file data/providers/{name}.toml; add it", file.name));
        }
        self.model.exchange_provider = found;
        found
    }

    fn class(&mut self, file: &File<schema::CatalogFile>, class: &schema::Class) {
        let what = format!("{}: class {}", file.name, class.code);
        let known = Class::from_digit(b'0' + class.code.min(9));
        if known.is_none() {
            self.problems.add(format!("{what}: no such class; 2, 4 and 5 exist (RFC 3463, section 2)"));
        }
        let action = self.named(&what, "action", &class.action, Action::from_name, Action::ALL);
        let responsible = self.named(&what, "responsible", &class.responsible, Party::from_name, Party::ALL);
        let summary = self.english(&what, &class.summary);
        self.model.entries.push(Entry {
            source: Source::Registry,
            status: Some(StatusPattern::from_parts(known, (0, 999), (0, 999))),
            reply: None,
            title: class.title.clone(),
            category: Category::Undetermined,
            action: action.unwrap_or(Action::Nothing),
            responsible: responsible.unwrap_or(Party::Nobody),
            summary,
            remedies: Default::default(),
            limits: Vec::new(),
            reference: "RFC 3463, section 2".into(),
        });
    }

    fn entry(
        &mut self,
        source: Source,
        file: &File<schema::CatalogFile>,
        what: &str,
        entry: &schema::Entry,
        provider: Option<u8>,
    ) {
        let category = match &entry.category {
            None => Some(Category::Undetermined),
            Some(name) => self.named(what, "category", name, Category::from_name, Category::ALL),
        };
        let action = self.named(what, "action", &entry.action, Action::from_name, Action::ALL);
        let responsible = self.named(what, "responsible", &entry.responsible, Party::from_name, Party::ALL);
        let summary = self.english(what, &entry.summary);
        let status = entry.status.as_ref().and_then(|status| self.status(what, status));
        let reply = entry.reply.and_then(|reply| self.reply(what, reply));
        let remedies = self.remedies(what, &entry.remedies);
        let (Some(category), Some(action), Some(responsible)) = (category, action, responsible) else { return };
        let index = self.model.entries.len() as u16;
        let strength = if entry.wrapper { Strength::Bare } else { Strength::Strong };
        for phrase in &entry.phrases {
            self.rule(Rule {
                category,
                strength,
                action: Some(action),
                responsible: Some(responsible),
                suppress: None,
                retry_after: 0,
                provider,
                own: false,
                entry: Some(index),
                when: When::default(),
                phrase: phrase.get_ref().clone(),
                place: file.place(phrase.span().start),
                weight: 0,
            });
        }
        let limits = entry.limits.iter().map(|l| (l.name.clone(), l.value, l.unit.clone())).collect();
        let (title, reference) = (entry.title.clone(), entry.reference.clone());
        let made = Entry { source, status, reply, title, category, action, responsible, summary, remedies, limits, reference };
        self.model.entries.push(made);
    }

    fn remedies(&mut self, what: &str, remedies: &BTreeMap<String, Texts>) -> [String; 3] {
        const AUDIENCES: [&str; 3] = ["sender", "group-owner", "admin"];
        for audience in remedies.keys().filter(|a| !AUDIENCES.contains(&a.as_str())) {
            self.problems.add(format!("{what}: nobody is called `{audience}`; remedies are for {}", AUDIENCES.join(", ")));
        }
        AUDIENCES.map(|audience| remedies.get(audience).map(|texts| self.english(what, texts)).unwrap_or_default())
    }

    fn rules(&mut self, file: &File<schema::RuleFile>, provider: Option<u8>) {
        for spanned in &file.content.rule {
            let what = format!("{}: rule", file.place(spanned.span().start));
            let rule = spanned.get_ref();
            let category = self.named(&what, "category", &rule.category, Category::from_name, Category::ALL);
            let strength = Strength::from_name(&rule.strength);
            if strength.is_none() {
                self.problems
                    .add(format!("{what}: strength `{}` is not known; write strong, weak, cue, bare or wrapper", rule.strength));
            }
            let action = rule.action.as_ref().and_then(|a| self.named(&what, "action", a, Action::from_name, Action::ALL));
            let responsible = &rule.responsible;
            let responsible =
                responsible.as_ref().and_then(|p| self.named(&what, "responsible", p, Party::from_name, Party::ALL));
            self.when(&what, &rule.when);
            if rule.own && provider.is_none() {
                self.problems.add(format!("{what}: `own` is for the files of providers; leave it out"));
            }
            let (Some(category), Some(strength)) = (category, strength) else { continue };
            for phrase in &rule.phrases {
                let place = file.place(phrase.span().start);
                self.rule(Rule {
                    category,
                    strength,
                    action,
                    responsible,
                    suppress: rule.suppress,
                    retry_after: rule.retry_after,
                    provider,
                    own: rule.own,
                    entry: None,
                    when: rule.when.clone(),
                    phrase: phrase.get_ref().clone(),
                    place: place.clone(),
                    weight: 0,
                });
            }
        }
    }

    fn when(&mut self, what: &str, when: &When) {
        if !matches!(when.class, 0 | 2 | 4 | 5) {
            self.problems.add(format!("{what}: class {} does not exist; 2, 4 and 5 do", when.class));
        }
        for reply in &when.reply {
            self.reply(what, *reply);
        }
        for status in &when.status {
            self.status(what, status);
        }
        for stage in &when.stage {
            self.named(what, "stage", stage, Stage::from_name, Stage::ALL);
        }
    }

    /// Adds a rule and its phrase, which gives the rule its weight, unless the phrase is wrong or was written before.
    fn rule(&mut self, mut rule: Rule) {
        let index = self.model.rules.len() as u16;
        // A phrase that nobody else says tells who speaks, however vague it is.
        let vague = rule.strength != Strength::Strong && !rule.own;
        rule.weight = self.phrase(&rule.place, &rule.phrase, Output::Rule(index), vague).unwrap_or_default();
        let key = (rule.phrase.to_lowercase(), rule.when.clone(), rule.provider, rule.entry);
        if let Some(before) = self.seen.insert(key, rule.place.clone()) {
            let (place, text) = (&rule.place, &rule.phrase);
            self.problems.add(format!("{place}: phrase \"{text}\" stands at {before} already; remove one"));
        }
        self.model.rules.push(rule);
    }

    /// Adds a phrase. Gives the letters of its shortest way.
    fn phrase(&mut self, place: &str, text: &str, output: Output, vague: bool) -> Option<u16> {
        let pieces = match phrase::parse(text) {
            Ok(pieces) => pieces,
            Err(mend) => {
                self.problems.add(format!("{place}: phrase \"{text}\": {mend}"));
                return None;
            }
        };
        let weight = pieces.iter().map(|piece| piece.ways.iter().map(|way| letters(way)).min().unwrap_or_default()).sum();
        self.model.phrases.push(Phrase { pieces, output, vague });
        Some(weight)
    }

    fn blocklists(&mut self, file: &File<schema::BlocklistFile>) {
        for spanned in &file.content.blocklist {
            let list = spanned.get_ref();
            let what = format!("{}: block list `{}`", file.place(spanned.span().start), list.name);
            for kind in list.lists.iter().filter(|kind| !["ip", "domain", "uri"].contains(&kind.as_str())) {
                self.problems.add(format!("{what}: lists cannot hold `{kind}`; write ip, domain or uri"));
            }
            let index = self.model.blocklists.len() as u16;
            for words in &list.words {
                self.phrase(&file.place(words.span().start), words.get_ref(), Output::Blocklist(index), false);
            }
            self.model.blocklists.push(list.clone());
        }
    }

    fn times(&mut self, file: &File<schema::TimeFile>) {
        for unit in &file.content.unit {
            let place = file.place(unit.span().start);
            if unit.get_ref().seconds == 0 {
                self.problems.add(format!("{place}: a unit of 0 seconds; write how long it is"));
            }
            self.time_words(&place, &unit.get_ref().words, |word| &mut word.unit, unit.get_ref().seconds);
        }
        for number in &file.content.number {
            let place = file.place(number.span().start);
            self.time_words(&place, &number.get_ref().words, |word| &mut word.number, number.get_ref().value);
        }
        for role in &file.content.role {
            let place = file.place(role.span().start);
            let name = &role.get_ref().role;
            let Some(bit) = TIME_ROLES.iter().position(|known| known == name) else {
                self.problems.add(format!("{place}: role `{name}` is not known; write one of {}", TIME_ROLES.join(", ")));
                continue;
            };
            for word in &role.get_ref().words {
                if let Some(letters) = self.time_word(&place, word) {
                    self.model.time_words.entry(letters).or_default().roles |= 1 << bit;
                }
            }
        }
    }

    /// Gives words a value that they cannot have twice.
    fn time_words(&mut self, place: &str, words: &[String], field: fn(&mut TimeWord) -> &mut u32, value: u32) {
        for word in words {
            let Some(letters) = self.time_word(place, word) else { continue };
            let slot = field(self.model.time_words.entry(letters).or_default());
            if *slot != 0 && *slot != value {
                self.problems.add(format!("{place}: `{word}` stands above for {slot} already; remove one"));
            }
            *slot = value;
        }
    }

    /// The letters of one word as texts are taken apart.
    fn time_word(&mut self, place: &str, word: &str) -> Option<Vec<u8>> {
        let words: Vec<Word> = Words::new(word.as_bytes(), None).collect();
        match words[..] {
            [Word { start: 0, end, .. }] if end == word.len() => Some(word.to_ascii_lowercase().into_bytes()),
            _ => {
                self.problems.add(format!("{place}: `{word}` is not one word; write words one by one"));
                None
            }
        }
    }

    fn named<T: Copy + std::fmt::Display>(
        &mut self,
        what: &str,
        field: &str,
        name: &str,
        from_name: fn(&str) -> Option<T>,
        all: &[T],
    ) -> Option<T> {
        let found = from_name(name);
        if found.is_none() {
            let known: Vec<String> = all.iter().map(ToString::to_string).collect();
            self.problems.add(format!("{what}: {field} `{name}` is not known; write one of {}", known.join(", ")));
        }
        found
    }

    fn english(&mut self, what: &str, texts: &Texts) -> String {
        for language in texts.keys().filter(|l| !["en", "ja"].contains(&l.as_str())) {
            self.problems.add(format!("{what}: texts are in `en` and `ja`, not in `{language}`"));
        }
        let english = texts.get("en").map(|text| text.trim().to_owned()).unwrap_or_default();
        if english.is_empty() {
            self.problems.add(format!("{what}: the English text (`en`) is empty; write a sentence"));
        }
        english
    }

    fn status(&mut self, what: &str, status: &str) -> Option<StatusPattern> {
        StatusPattern::parse(status.as_bytes()).map_err(|e| self.problems.add(format!("{what}: status \"{status}\": {e}"))).ok()
    }

    fn reply(&mut self, what: &str, reply: u16) -> Option<ReplyCode> {
        let code = ReplyCode::new(reply);
        if code.is_none() {
            self.problems.add(format!("{what}: {reply} is no reply code; they go from 200 to 559"));
        }
        code
    }
}

fn entry_name(entry: &schema::Entry) -> String {
    let status = entry.status.clone().or(entry.reply.map(|r| r.to_string())).unwrap_or_else(|| "without a code".into());
    format!("{status} \"{}\"", entry.title)
}

fn letters(way: &[phrase::Slot]) -> u16 {
    way.iter().map(|slot| slot.words().map(|word| word.len() as u16).min().unwrap_or(1)).sum()
}

/// The entries that answer for one code, most specific first: exact ones of a provider, its ranges from narrow to wide, the
/// registry's own row, the row of the subject, the class.
pub(crate) fn entries_for(entries: &[Entry], status: StatusCode) -> Vec<u16> {
    let matching = |rank: &dyn Fn(&Entry) -> Option<u32>| {
        let mut found: Vec<(u32, u16)> = entries.iter().enumerate().filter_map(|(i, e)| rank(e).map(|r| (r, i as u16))).collect();
        found.sort();
        found.into_iter().map(|(_, index)| index).collect::<Vec<u16>>()
    };
    let covers = |e: &Entry| e.status.is_some_and(|s| s.matches(status));
    let width = |e: &Entry| e.status.map_or(0, |s| u32::from(s.details().end() - s.details().start()));
    let provider = |e: &Entry| (e.source != Source::Registry && covers(e)).then(|| width(e));
    let registry = |e: &Entry| (e.source == Source::Registry && covers(e)).then(|| width(e));
    let subject = StatusCode::new(status.class(), status.subject(), 0).filter(|s| *s != status);
    let generic = |e: &Entry| {
        let row =
            e.source == Source::Registry && width(e) == 0 && e.status.is_some_and(|s| subject.is_some_and(|c| s.matches(c)));
        row.then_some(0)
    };
    let mut rows = matching(&registry);
    let class: Vec<u16> = rows.iter().copied().filter(|i| width(&entries[usize::from(*i)]) > 0).collect();
    rows.retain(|i| !class.contains(i));
    [matching(&provider), rows, matching(&generic), class].concat()
}

/// All codes that an entry names singly, under every class that it can have.
pub(crate) fn single_codes(entries: &[Entry]) -> Vec<StatusCode> {
    let mut codes = BTreeMap::new();
    for status in entries.iter().filter_map(|e| e.status) {
        if status.details().start() != status.details().end() {
            continue;
        }
        for class in [Class::Success, Class::Transient, Class::Permanent] {
            let code = StatusCode::new(class, *status.subjects().start(), *status.details().start());
            if let Some(code) = code.filter(|c| status.matches(*c)) {
                codes.insert(pack(class.number(), code.subject(), code.detail()), code);
            }
        }
    }
    codes.into_values().collect()
}
