//! A site's own rules, consulted before everything else.

use crate::catalog::{Action, Category};
use crate::syntax::reply::Reply;
use crate::syntax::reply_code::{ReplyCode, Stage};
use crate::syntax::status::{StatusCode, StatusPattern};
use crate::syntax::words::{Kind, Word, Words};

/// The mark of a gap in a phrase, as in the catalogue's data.
const GAP: &[u8] = "…".as_bytes();

/// How many words a gap may skip.
const MAX_GAP: usize = 12;

/// How many words of a phrase are looked at; more never match.
const MAX_WORDS: usize = 32;

/// One of a site's own rules: when all conditions that it has hold, it overrides what it says.
///
/// ```
/// use nondelivery::{Action, Category, Context, Rule, classify_with};
///
/// let rules = [Rule {
///     phrase: Some(b"account parked"),
///     category: Some(Category::MailboxInactive),
///     action: Some(Action::Suppress),
///     suppress: Some(true),
///     label: 7,
///     ..Rule::default()
/// }];
/// let verdict = classify_with(&Context { rules: &rules, ..Context::default() }, b"451 4.7.1 Account parked");
/// assert_eq!((verdict.category, verdict.suppress, verdict.label), (Category::MailboxInactive, true, Some(7)));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rule<'a> {
    /// The status codes it is for.
    pub status: Option<StatusPattern>,
    /// The reply code it is for.
    pub reply: Option<ReplyCode>,
    /// Words that the text has to hold, in this order; letter case and what stands between words do not matter, and `…` is a gap of
    /// up to twelve words. At most 32 words.
    pub phrase: Option<&'a [u8]>,
    /// The end of the name of the host that replied: `.example.com`, or `example.com` for that host and all below it.
    pub host_suffix: Option<&'a [u8]>,
    /// The command that was answered.
    pub stage: Option<Stage>,
    /// The category it gives, or `None` to leave it.
    pub category: Option<Category>,
    /// The action it gives; without one the usual action of the category.
    pub action: Option<Action>,
    /// Whether to suppress the address; it counts for a transient failure too, since the site asked for it.
    pub suppress: Option<bool>,
    /// A number of the site's own that comes back in [`Verdict::label`](super::Verdict::label).
    pub label: u32,
}

/// What a rule is compared with.
#[derive(Clone, Copy)]
pub(super) struct Facts<'a> {
    pub(super) reply: Option<ReplyCode>,
    pub(super) status: Option<StatusCode>,
    pub(super) stage: Option<Stage>,
    pub(super) host: Option<&'a [u8]>,
    pub(super) said: &'a Reply<'a>,
}

impl Rule<'_> {
    /// Whether all conditions hold.
    pub(super) fn holds(&self, facts: &Facts<'_>) -> bool {
        self.reply.is_none_or(|reply| Some(reply) == facts.reply)
            && self.status.is_none_or(|pattern| facts.status.is_some_and(|status| pattern.matches(status)))
            && self.stage.is_none_or(|stage| Some(stage) == facts.stage)
            && self.host_suffix.is_none_or(|suffix| facts.host.is_some_and(|host| is_below(host, suffix)))
            && self.phrase.is_none_or(|phrase| is_in(phrase, facts.said.lead()) || is_in(phrase, facts.said.text()))
    }
}

/// Whether `host` is `suffix` or below it; a leading dot means only below.
fn is_below(host: &[u8], suffix: &[u8]) -> bool {
    let host = host.strip_suffix(b".").unwrap_or(host);
    let Some(split) = host.len().checked_sub(suffix.len()) else { return false };
    let ends = host[split..].eq_ignore_ascii_case(suffix);
    ends && (split == 0 || suffix.first() == Some(&b'.') || host[split - 1] == b'.')
}

/// Whether the words of `phrase` stand in `text`.
fn is_in(phrase: &[u8], text: &[u8]) -> bool {
    let words = Words::new(phrase, None).count();
    if words == 0 || words > MAX_WORDS {
        return false;
    }
    let mut start = Words::new(text, None);
    loop {
        if matches_here(phrase, text, start.clone()) {
            return true;
        }
        if start.next().is_none() {
            return false;
        }
    }
}

/// Whether the phrase begins with the next word of `text`.
fn matches_here(phrase: &[u8], text: &[u8], mut words: Words<'_>) -> bool {
    let mut end_of_last = None;
    for wanted in Words::new(phrase, None) {
        let same = |found: &Word| text[found.start..found.end].eq_ignore_ascii_case(&phrase[wanted.start..wanted.end]);
        let gap = end_of_last.is_some_and(|end: usize| memchr::memmem::find(&phrase[end..wanted.start], GAP).is_some());
        let found = match gap {
            true => words.by_ref().take(MAX_GAP + 1).any(|word| same(&word)),
            false => words.next().is_some_and(|word| same(&word)),
        };
        if !found {
            return false;
        }
        end_of_last = Some(wanted.end);
        debug_assert!(wanted.kind != Kind::Address || wanted.end > wanted.start);
    }
    end_of_last.is_some()
}

#[cfg(feature = "toml")]
mod file {
    use std::string::{String, ToString};
    use std::vec::Vec;
    use std::{borrow::ToOwned, format};

    use super::{Action, Category, ReplyCode, Rule, Stage, StatusPattern};

    /// Rules read from a file, which own their texts.
    ///
    /// ```
    /// use nondelivery::{Category, Context, Rules, classify_with};
    ///
    /// let rules = Rules::from_toml("[[rule]]\nphrase = \"account parked\"\ncategory = \"MailboxInactive\"\nlabel = 7\n")?;
    /// let rules = rules.as_rules();
    /// let verdict = classify_with(&Context { rules: &rules, ..Context::default() }, b"550 Account parked");
    /// assert_eq!(verdict.category, Category::MailboxInactive);
    ///
    /// let error = Rules::from_toml("[[rule]]\nstatus = \"5.7\"\n").unwrap_err();
    /// assert_eq!(error.to_string(), "line 2: status \"5.7\": expected a dot at byte 3");
    /// # Ok::<(), nondelivery::RulesError>(())
    /// ```
    #[derive(Debug, Clone, Default)]
    pub struct Rules {
        rules: Vec<OwnedRule>,
    }

    /// What is wrong with a file of rules: the line, and how to mend it.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("line {line}: {problem}")]
    pub struct RulesError {
        line: usize,
        problem: String,
    }

    impl RulesError {
        /// The line of the file, from 1.
        #[must_use]
        pub fn line(&self) -> usize {
            self.line
        }
    }

    /// The condition `phrase` and `host_suffix` of a rule, and the rest of it.
    #[derive(Debug, Clone)]
    struct OwnedRule {
        phrase: Option<String>,
        host_suffix: Option<String>,
        rule: Rule<'static>,
    }

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        #[serde(default)]
        rule: Vec<toml::Spanned<Row>>,
    }

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        status: Option<toml::Spanned<String>>,
        reply: Option<toml::Spanned<u16>>,
        phrase: Option<toml::Spanned<String>>,
        host_suffix: Option<String>,
        stage: Option<toml::Spanned<String>>,
        category: Option<toml::Spanned<String>>,
        action: Option<toml::Spanned<String>>,
        suppress: Option<bool>,
        #[serde(default)]
        label: u32,
    }

    impl Rules {
        /// Reads rules from TOML: one `[[rule]]` each, with any of `status` (a pattern), `reply`, `phrase`, `host_suffix` and `stage` as
        /// conditions, and `category`, `action`, `suppress` and `label` as what it gives.
        ///
        /// # Errors
        /// The first problem: its line and how to mend it.
        pub fn from_toml(text: &str) -> Result<Self, RulesError> {
            let line = |offset: usize| text.bytes().take(offset).filter(|b| *b == b'\n').count() + 1;
            let file: File = toml::from_str(text)
                .map_err(|e| RulesError { line: line(e.span().map_or(0, |span| span.start)), problem: e.message().to_owned() })?;
            let rules = file.rule.iter().map(|row| {
                let fail = |offset, problem| RulesError { line: line(offset), problem };
                resolve(row, &fail)
            });
            Ok(Self { rules: rules.collect::<Result<_, _>>()? })
        }

        /// The rules for [`Context::rules`](crate::Context::rules), in the order of the file.
        #[must_use]
        pub fn as_rules(&self) -> Vec<Rule<'_>> {
            let borrow = |owned| {
                let OwnedRule { phrase, host_suffix, rule }: &OwnedRule = owned;
                Rule {
                    phrase: phrase.as_deref().map(str::as_bytes),
                    host_suffix: host_suffix.as_deref().map(str::as_bytes),
                    ..*rule
                }
            };
            self.rules.iter().map(borrow).collect()
        }
    }

    fn resolve(row: &toml::Spanned<Row>, fail: &dyn Fn(usize, String) -> RulesError) -> Result<OwnedRule, RulesError> {
        let (start, row) = (row.span().start, row.get_ref());
        let status = row.status.as_ref().map(|status| {
            let text = status.get_ref();
            StatusPattern::parse(text.as_bytes()).map_err(|e| fail(status.span().start, format!("status \"{text}\": {e}")))
        });
        let reply = row.reply.as_ref().map(|reply| {
            let problem = || format!("{} is no reply code; they go from 200 to 559", reply.get_ref());
            ReplyCode::new(*reply.get_ref()).ok_or_else(|| fail(reply.span().start, problem()))
        });
        let stage = named(&row.stage, "stage", Stage::from_name, Stage::ALL, fail)?;
        let category = named(&row.category, "category", Category::from_name, Category::ALL, fail)?;
        let action = named(&row.action, "action", Action::from_name, Action::ALL, fail)?;
        let rule = Rule {
            status: status.transpose()?,
            reply: reply.transpose()?,
            phrase: None,
            host_suffix: None,
            stage,
            category,
            action,
            suppress: row.suppress,
            label: row.label,
        };
        if let Some(phrase) = &row.phrase
            && !(1..=super::MAX_WORDS).contains(&super::Words::new(phrase.get_ref().as_bytes(), None).count())
        {
            let problem = format!("the phrase has to have one to {} words", super::MAX_WORDS);
            return Err(fail(phrase.span().start, problem));
        }
        if rule == (Rule { label: rule.label, ..Rule::default() }) && row.phrase.is_none() && row.host_suffix.is_none() {
            return Err(fail(start, "the rule has neither a condition nor an effect; add one".to_owned()));
        }
        let phrase = row.phrase.as_ref().map(|phrase| phrase.get_ref().clone());
        Ok(OwnedRule { phrase, host_suffix: row.host_suffix.clone(), rule })
    }

    fn named<T: Copy + core::fmt::Display>(
        name: &Option<toml::Spanned<String>>,
        field: &str,
        from_name: fn(&str) -> Option<T>,
        all: &[T],
        fail: &dyn Fn(usize, String) -> RulesError,
    ) -> Result<Option<T>, RulesError> {
        let Some(name) = name else { return Ok(None) };
        let problem = || {
            let known: Vec<String> = all.iter().map(ToString::to_string).collect();
            format!("{field} \"{}\" is not known; write one of {}", name.get_ref(), known.join(", "))
        };
        from_name(name.get_ref()).map(Some).ok_or_else(|| fail(name.span().start, problem()))
    }
}

#[cfg(feature = "toml")]
pub use file::{Rules, RulesError};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ok_phrases() {
        assert!(is_in(b"account parked", b"Sorry: ACCOUNT-parked."));
        assert!(is_in("account … parked".as_bytes(), b"account of kim is now parked"));
        assert!(!is_in(b"account parked", b"account is parked"));
        assert!(!is_in(b"park", b"parked"));
        assert!(!is_in(b"", b"x"));
    }

    #[test]
    fn ok_hosts() {
        assert!(is_below(b"mx.Example.com", b"example.com"));
        assert!(is_below(b"example.com.", b"example.com"));
        assert!(!is_below(b"example.com", b".example.com"));
        assert!(!is_below(b"badexample.com", b"example.com"));
    }
}
