//! The phrase language as regular expressions, roughly: a peer for speed, not a second implementation.

/// What stands between two words.
const BETWEEN: &str = "[^0-9A-Za-z]+";

/// `…`: up to 12 words.
const GAP: &str = "(?:[^0-9A-Za-z]+[0-9A-Za-z]+){0,12}[^0-9A-Za-z]+";

const NUMBER: &str = r"[0-9]+(?:\.[0-9]+)*";
const ADDRESS: &str = r"[^ @<>]+@[^ @<>]+";

/// One choice or more, one of which may be nothing.
struct Group {
    choices: Vec<String>,
    optional: bool,
}

/// The regular expression for a phrase of `data/*.toml`.
pub(crate) fn as_regex(phrase: &str) -> String {
    let phrase = phrase.trim().trim_start_matches('^').trim_end_matches('$');
    let parts: Vec<String> = phrase.split('…').map(|part| join(&groups(part))).filter(|part| !part.is_empty()).collect();
    format!("(?:{})", parts.join(GAP))
}

/// The groups of a part with separators between those that are there.
fn join(groups: &[Group]) -> String {
    let first = groups.iter().position(|group| !group.optional).unwrap_or(0);
    let mut out = String::new();
    for (number, group) in groups.iter().enumerate() {
        let choices = format!("(?:{})", group.choices.join("|"));
        out += &match (number < first, number == first, group.optional) {
            (true, ..) => format!("(?:{choices}{BETWEEN})?"),
            (_, true, _) => choices,
            (.., true) => format!("(?:{BETWEEN}{choices})?"),
            (.., false) => format!("{BETWEEN}{choices}"),
        };
    }
    out
}

fn groups(part: &str) -> Vec<Group> {
    let mut found = Vec::new();
    let mut rest = part;
    while !rest.is_empty() {
        let (plain, behind) = rest.split_once('(').unwrap_or((rest, ""));
        found.extend(words(plain).map(|word| Group { choices: vec![word], optional: false }));
        let (inside, behind) = behind.split_once(')').unwrap_or((behind, ""));
        let choices: Vec<String> = inside.split('|').map(|choice| words(choice).collect::<Vec<_>>().join(BETWEEN)).collect();
        let optional = choices.iter().any(String::is_empty);
        let choices: Vec<String> = choices.into_iter().filter(|choice| !choice.is_empty()).collect();
        if !choices.is_empty() {
            found.push(Group { choices, optional });
        }
        rest = behind;
    }
    found
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let spaced = text.replace('#', " # ");
    let tokens: Vec<String> = spaced.split_whitespace().map(str::to_owned).collect();
    tokens.into_iter().flat_map(|token| match token.as_str() {
        "#" => vec![NUMBER.to_owned()],
        "@" => vec![ADDRESS.to_owned()],
        token => token.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(word).collect(),
    })
}

/// A word, with a word boundary where ASCII has one.
fn word(word: &str) -> String {
    let boundary = |letter: Option<char>| if letter.is_some_and(|c| c.is_ascii_alphanumeric()) { r"\b" } else { "" };
    format!("{}{}{}", boundary(word.chars().next()), regex::escape(word), boundary(word.chars().last()))
}
