//! The checks of the catalogue's data speak: each mistake is told with file and line, the entry, and how to mend it. The compiler is
//! the one of `build.rs`; it is given copies of `data/` with one mistake each.

#![allow(dead_code, unreachable_pub, reason = "of the crate's modules the compiler needs only a part")]

#[path = "../src/error.rs"]
mod error;
#[path = "../src/names.rs"]
mod names;
#[path = "../build/syntax.rs"]
mod syntax;
#[path = "../src/catalog/vocabulary.rs"]
mod vocabulary;

#[path = "../build/compiler.rs"]
mod compiler;

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A copy of `data/` that a test may spoil, and a place for tables.
struct Copy {
    root: PathBuf,
}

impl Copy {
    fn new(test: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("data_checks").join(test);
        let _ = fs::remove_dir_all(&root);
        let copy = Self { root };
        fs::create_dir_all(copy.path("providers")).expect("the target folder can be written");
        fs::create_dir_all(copy.tables()).expect("the target folder can be written");
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
        for folder in ["", "providers"] {
            for entry in fs::read_dir(data.join(folder)).expect("data/ is there") {
                let from = entry.expect("data/ can be read").path();
                if from.is_file() {
                    let name = from.file_name().expect("files have names");
                    fs::copy(&from, copy.path(folder).join(name)).expect("data/ can be copied");
                }
            }
        }
        copy
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.join("data").join(name)
    }

    fn tables(&self) -> PathBuf {
        self.root.join("out")
    }

    /// Adds lines at the end of a file, and says how many lines it had before.
    fn append(&self, name: &str, lines: &str) -> usize {
        let path = self.path(name);
        let text = fs::read_to_string(&path).unwrap_or_default();
        assert!(text.is_empty() || text.ends_with('\n'), "{name} ends with a line end");
        fs::write(&path, format!("{text}{lines}")).expect("the copy can be written");
        text.lines().count()
    }

    fn problems(&self) -> Vec<String> {
        compiler::compile(&self.path(""), &self.tables()).err().unwrap_or_default()
    }
}

/// One mistake: what is added to which file, the line of it that the message has to name, and what the message has to say.
struct Mistake {
    name: &'static str,
    file: &'static str,
    lines: String,
    at: usize,
    says: &'static [&'static str],
}

/// An entry that is right; a mistake changes one part.
const ENTRY: &str = r#"
[[entry]]
status = "5.7.998"
reply = 550
title = "Quite new words"
phrases = ["quite new wordsworth"]
category = "PolicyRejected"
action = "investigate"
responsible = "sender-admin"
summary = { en = "It is refused." }
remedies.sender = { en = "Ask." }
reference = "RFC 5321"
"#;

/// A rule that is right.
const RULE: &str = r#"
[[rule]]
category = "PolicyRejected"
strength = "strong"
phrases = ["quite new wordsworth"]
"#;

/// A category whose words are right; its name is not.
const CATEGORY: &str = r#"
[[category]]
name = "Novelty"
summary = { en = "Something new." }
responsible = "sender"
transient = "retry"
permanent = "investigate"
sisimai = "rejected"
kumomta = "Uncategorized"
powermta = "other"
ses = "Undetermined"
"#;

const EXCHANGE: &str = "exchange-online.toml";
const PHRASES: &str = "phrases.toml";

/// `text` with one part changed.
fn with(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.replace(from, to)
}

fn entry(name: &'static str, from: &str, to: &str, says: &'static [&'static str]) -> Mistake {
    Mistake { name, file: EXCHANGE, lines: with(ENTRY, from, to), at: 2, says }
}

fn rule(name: &'static str, from: &str, to: &str, at: usize, says: &'static [&'static str]) -> Mistake {
    Mistake { name, file: PHRASES, lines: with(RULE, from, to), at, says }
}

fn entry_mistakes() -> Vec<Mistake> {
    vec![
        entry(
            "category",
            "PolicyRejected",
            "PolicyRejectd",
            &[
                "entry 5.7.998 \"Quite new words\"",
                "category `PolicyRejectd` is not known",
                "write one of Undetermined",
                "PolicyRejected",
            ],
        ),
        entry("action", "investigate", "inquire", &["entry 5.7.998", "action `inquire` is not known", "suppress"]),
        entry("party", "sender-admin", "admin", &["entry 5.7.998", "responsible `admin` is not known", "sender-admin"]),
        entry(
            "status",
            "5.7.998",
            "5.7.9-1",
            &["entry 5.7.9-1", "status \"5.7.9-1\"", "the end of a range, not below its start at byte 6"],
        ),
        entry("status-zero", "5.7.998", "5.7.098", &["entry 5.7.098", "without leading zeros at byte 4"]),
        entry("reply", "reply = 550", "reply = 650", &["entry 5.7.998", "650 is no reply code", "from 200 to 559"]),
        entry("summary", "It is refused.", " ", &["entry 5.7.998", "`en`) is empty; write a sentence"]),
        entry(
            "language",
            "{ en = \"It is refused.\" }",
            "{ en = \"It is refused.\", fr = \"Non.\" }",
            &["entry 5.7.998", "not in `fr`", "`en` and `ja`"],
        ),
        entry(
            "audience",
            "remedies.sender",
            "remedies.reader",
            &["entry 5.7.998", "nobody is called `reader`", "sender, group-owner, admin"],
        ),
        entry("remedy", "Ask.", "", &["entry 5.7.998", "is empty; write a sentence"]),
        Mistake {
            name: "twice",
            file: EXCHANGE,
            lines: ENTRY.to_owned() + &with(ENTRY, "wordsworth", "words again"),
            at: 14,
            says: &["entry 5.7.998 \"Quite new words\"", "stand above already; merge the two"],
        },
        Mistake {
            name: "no-category-summary",
            file: "categories.toml",
            lines: with(CATEGORY, "Something new.", ""),
            at: 2,
            says: &["category `Novelty`", "is empty; write a sentence"],
        },
        Mistake {
            name: "category-name",
            file: "categories.toml",
            lines: CATEGORY.into(),
            at: 2,
            says: &["category `Novelty`", "name `Novelty` is not known"],
        },
        Mistake {
            name: "category-action",
            file: "categories.toml",
            lines: with(CATEGORY, "retry", "again"),
            at: 2,
            says: &["transient `again` is not known", "retry"],
        },
    ]
}

fn unreadable() -> Vec<Mistake> {
    vec![
        Mistake {
            name: "key",
            file: EXCHANGE,
            lines: with(ENTRY, "summary", "sumary"),
            at: 10,
            says: &["unknown field `sumary`", "expected one of", "summary"],
        },
        rule("toml", "strong", "str\"ong", 4, &[]),
        Mistake { name: "empty", file: "providers/novelty.toml", lines: "name = novelty\n".into(), at: 1, says: &[] },
    ]
}

fn rule_mistakes() -> Vec<Mistake> {
    vec![
        rule("rule-category", "PolicyRejected", "Policy", 2, &["rule", "category `Policy` is not known", "PolicyRejected"]),
        rule(
            "strength",
            "strong",
            "mighty",
            2,
            &["rule", "strength `mighty` is not known", "strong, weak, cue, bare or wrapper"],
        ),
        rule("own", "strength", "own = true\nstrength", 2, &["rule", "`own` is for the files of providers; leave it out"]),
        rule("when-class", "strength", "when = { class = 3 }\nstrength", 2, &["rule", "class 3 does not exist; 2, 4 and 5 do"]),
        rule(
            "when-status",
            "strength",
            "when = { status = [\"5.7\"] }\nstrength",
            2,
            &["rule", "status \"5.7\"", "expected a dot at byte 3"],
        ),
        rule(
            "when-stage",
            "strength",
            "when = { stage = [\"rcpt-to\"] }\nstrength",
            2,
            &["rule", "stage `rcpt-to` is not known", "rcpt"],
        ),
        rule(
            "nested",
            "quite new wordsworth",
            "a ((b|c) d|e)",
            5,
            &["phrase \"a ((b|c) d|e)\"", "groups cannot be nested; write the combinations out"],
        ),
        rule("unclosed", "quite new wordsworth", "a (b|c", 5, &["phrase \"a (b|c\"", "`(` without `)`"]),
        rule("unopened", "quite new wordsworth", "a b|c", 5, &["phrase \"a b|c\"", "without `(`; write groups as `(a|b)`"]),
        rule("wordless", "quite new wordsworth", "#", 5, &["phrase \"#\"", "would match everywhere; give it a word"]),
        rule(
            "twice-phrase",
            "[\"quite new wordsworth\"]",
            "[\n\"quite new wordsworth\",\n\"Quite new Wordsworth\",\n]",
            7,
            &["phrase \"Quite new Wordsworth\" stands at data/phrases.toml:", "already; remove one"],
        ),
        Mistake {
            name: "blocklist",
            file: "blocklists.toml",
            lines: "\n[[blocklist]]\nname = \"Novelty\"\nwords = [\"novelty list\"]\nlists = [\"asn\"]\n".into(),
            at: 2,
            says: &["block list `Novelty`", "lists cannot hold `asn`; write ip, domain or uri"],
        },
        Mistake {
            name: "provider-name",
            file: "providers/novelty.toml",
            lines: "name = \"new\"\ntitle = \"New\"\nhosts = []\nwords = []\nreference = \"\"\n".into(),
            at: 1,
            says: &["`name` has to be the name of the file without `.toml`"],
        },
        Mistake {
            name: "provider-title",
            file: "providers/untitled.toml",
            lines: "name = \"untitled\"\nhosts = []\nwords = []\nreference = \"\"\n".into(),
            at: 1,
            says: &["`title` is empty; say who this is"],
        },
        Mistake {
            name: "provider-host",
            file: "providers/hosts.toml",
            lines: "name = \"hosts\"\ntitle = \"New\"\nhosts = [\n\"mx.(a\",\n]\n".into(),
            at: 4,
            says: &["phrase \"mx.(a\"", "`(` without `)`"],
        },
    ]
}

fn time_mistakes() -> Vec<Mistake> {
    let time = |name, lines: &str, says| Mistake { name, file: "times.toml", lines: format!("\n{lines}\n"), at: 2, says };
    vec![
        time("unit-zero", "[[unit]]\nseconds = 0\nwords = [\"jiffy\"]", &["a unit of 0 seconds; write how long it is"]),
        time("unit-twice", "[[unit]]\nseconds = 7\nwords = [\"minute\"]", &["`minute` stands above for 60 already; remove one"]),
        time(
            "number-words",
            "[[number]]\nvalue = 2\nwords = [\"a pair\"]",
            &["`a pair` is not one word; write words one by one"],
        ),
        time("time-role", "[[role]]\nrole = \"begs\"\nwords = [\"pretty\"]", &["role `begs` is not known", "asks, greylists"]),
    ]
}

/// All mistakes in one copy: the compiler tells them all at once.
fn tell(test: &str, mistakes: Vec<Mistake>) {
    let copy = Copy::new(test);
    let mut expected = Vec::new();
    for mistake in &mistakes {
        let line = copy.append(mistake.file, &mistake.lines) + mistake.at;
        expected.push((mistake, format!("data/{}:{line}: ", mistake.file)));
    }
    let problems = copy.problems();
    for (mistake, place) in expected {
        let says = |problem: &&String| problem.starts_with(&place) && mistake.says.iter().all(|part| problem.contains(part));
        let told = problems.iter().find(says);
        assert!(told.is_some(), "{}: {place}… {:?} is not among\n{}", mistake.name, mistake.says, problems.join("\n"));
    }
    assert!(!copy.tables().join("tables.rs").exists(), "tables of data with mistakes");
}

#[test]
fn ok_same_data_gives_same_tables() {
    let tables = ["same-1", "same-2"].map(|name| {
        let copy = Copy::new(name);
        assert_eq!(copy.problems(), Vec::<String>::new());
        fs::read_to_string(copy.tables().join("tables.rs")).expect("tables are written")
    });
    assert!(tables[0].contains("static ENTRIES"));
    assert!(tables[0] == tables[1], "tables.rs differs from run to run");
}

/// What the mistakes are made of is no mistake.
#[test]
fn ok_additions_are_right() {
    let copy = Copy::new("additions");
    copy.append(EXCHANGE, ENTRY);
    copy.append(PHRASES, &with(RULE, "wordsworth", "words here"));
    copy.append(
        "providers/novelty.toml",
        "name = \"novelty\"\ntitle = \"New\"\nhosts = [\".novelty.example\"]\nreference = \"\"\n",
    );
    assert_eq!(copy.problems(), Vec::<String>::new());
}

#[test]
fn err_mistakes() {
    tell("mistakes", entry_mistakes().into_iter().chain(rule_mistakes()).chain(time_mistakes()).collect());
}

/// What cannot be read as TOML, or as the tables that are expected, is told alone for its file.
#[test]
fn err_unreadable() {
    tell("unreadable", unreadable());
}

#[test]
fn err_missing_category() {
    let copy = Copy::new("missing-category");
    let path = copy.path("categories.toml");
    let text = fs::read_to_string(&path).expect("categories.toml is there");
    let last = text.rfind("[[category]]").expect("it has categories");
    let name = text[last..].lines().find_map(|line| line.strip_prefix("name = ")).expect("it has a name").trim_matches('"');
    fs::write(&path, &text[..last]).expect("the copy can be written");
    let expected = format!("data/categories.toml: `{name}` is missing; add a [[category]] of that name");
    assert!(copy.problems().contains(&expected), "{:?}", copy.problems());
}

#[test]
fn err_missing_files() {
    const FILES: [&str; 6] = ["categories.toml", "registry.toml", "replies.toml", EXCHANGE, "blocklists.toml", PHRASES];
    let copy = Copy::new("missing-files");
    for name in FILES {
        fs::remove_file(copy.path(name)).expect("it is there");
    }
    fs::remove_dir_all(copy.path("providers")).expect("it is there");
    let problems = copy.problems();
    for name in FILES.iter().chain(&["providers"]) {
        assert!(problems.iter().any(|problem| problem.contains(&format!("data/{name}: "))), "{name}: {problems:?}");
    }
}

#[test]
fn err_missing_provider_of_entries() {
    let copy = Copy::new("missing-provider");
    fs::remove_file(copy.path("providers/microsoft.toml")).expect("it is there");
    let expected = "data/exchange-online.toml: provider `microsoft` has no file data/providers/microsoft.toml; add it";
    assert!(copy.problems().iter().any(|problem| problem == expected), "{:?}", copy.problems());
}

/// The public interface has no list of block lists, so their names are compared here.
#[test]
fn ok_blocklist_names_are_unique() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/blocklists.toml");
    let text = fs::read_to_string(path).expect("data/blocklists.toml is there");
    let table: toml::Table = toml::from_str(&text).expect("it is TOML");
    let lists = table["blocklist"].as_array().expect("it has block lists");
    let mut names = HashSet::new();
    for list in lists {
        let name = list["name"].as_str().expect("it has a name");
        assert!(names.insert(name.to_lowercase()), "{name} twice");
    }
    assert!(names.len() >= 10);
}
