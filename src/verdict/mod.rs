//! So what is wrong, and what now? Codes and words become a [`Verdict`].

#[cfg(test)]
mod accuracy;
mod context;
mod hints;
mod judge;
mod phrases;
mod rules;

use core::fmt;

pub use context::Context;
pub use rules::Rule;
#[cfg(feature = "toml")]
pub use rules::{Rules, RulesError};

use crate::catalog::{Action, Blocklist, Category, Entry, Party, Provider};
use crate::syntax::reply_code::ReplyCode;
use crate::syntax::status::{Class, StatusCode};

/// How permanent the answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Severity {
    /// Nothing says.
    Unknown = 0,
    /// It worked.
    Success = 2,
    /// It may work later.
    Transient = 4,
    /// It fails until something is changed.
    Permanent = 5,
}

crate::names! { Severity {
    Unknown => "unknown", Success => "success", Transient => "transient", Permanent => "permanent",
} }

impl From<Class> for Severity {
    fn from(class: Class) -> Self {
        match class {
            Class::Success => Self::Success,
            Class::Transient => Self::Transient,
            Class::Permanent => Self::Permanent,
        }
    }
}

/// What a verdict rests on, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Evidence {
    /// A rule of the site's own.
    SiteRule = 1,
    /// Words of the provider that is known to speak, or that only this provider says.
    Provider = 2,
    /// Words and code of one entry of the catalogue.
    Entry = 3,
    /// A wording that settles the matter.
    Phrase = 4,
    /// A code that has an entry of its own.
    Code = 5,
    /// A code in a range that has an entry.
    Range = 6,
    /// A vague wording.
    WeakPhrase = 7,
    /// A single distinctive word, or the name of a block list.
    Cue = 8,
    /// Words that say what was refused, or only that it was, and not why.
    Bare = 9,
    /// Words that are said around another reply.
    Wrapper = 10,
    /// The command that was refused.
    Stage = 11,
    /// A code that tells the subject only.
    Subject = 12,
    /// The three-digit code.
    Reply = 13,
    /// The first digit.
    Class = 14,
    /// Nothing.
    None = 15,
}

crate::names! { Evidence {
    SiteRule => "site-rule", Provider => "provider", Entry => "entry", Phrase => "phrase", Code => "code", Range => "range",
    WeakPhrase => "weak-phrase", Cue => "cue", Bare => "bare", Wrapper => "wrapper", Stage => "stage", Subject => "subject",
    Reply => "reply", Class => "class", None => "none",
} }

/// Why the reply that is quoted inside another one was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Cause {
    /// Why.
    pub category: Category,
    /// The quoted status code.
    pub status: Option<StatusCode>,
}

/// What a refusal means, who has to act and what to do.
///
/// A verdict owns nothing and borrows nothing from the text: numbers, enums and entries of the static catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Verdict {
    /// The three-digit reply code.
    pub reply: Option<ReplyCode>,
    /// The enhanced status code.
    pub status: Option<StatusCode>,
    /// How permanent it is.
    pub severity: Severity,
    /// Why.
    pub category: Category,
    /// What the sending system should do.
    pub action: Action,
    /// Who can put it right.
    pub responsible: Party,
    /// Whether the address should not be written to again: see [`Category::suppresses`]. Never for a transient failure, nor for what
    /// was said before a recipient was named.
    pub suppress: bool,
    /// After how many seconds to try again, as far as the reply says.
    pub retry_after: Option<u32>,
    /// The block list that the reply names.
    pub blocklist: Option<&'static Blocklist>,
    /// The provider whose words these are.
    pub provider: Option<Provider>,
    /// What a quoted reply says: the cause of an expired message, for instance.
    pub cause: Option<Cause>,
    /// What decided.
    pub evidence: Evidence,
    /// The entry of the catalogue that explains it.
    pub entry: Option<&'static Entry>,
    /// The label of the site's own rule that decided.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub label: Option<u32>,
    /// Whether not all was looked at: replies were nested too deeply, or the text of a report had been searched for too many other
    /// recipients (32 of a machine-readable part; where there is none, at most 64 are told apart).
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "core::ops::Not::not"))]
    pub truncated: bool,
}

/// One line for a log: `550 5.1.1 permanent UnknownRecipient: suppress, by sender (phrase)`.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(reply) = self.reply {
            write!(f, "{reply} ")?;
        }
        if let Some(status) = self.status {
            write!(f, "{status} ")?;
        }
        write!(f, "{} {}", self.severity, self.category)?;
        if let Some(cause) = self.cause {
            write!(f, " because of {}", cause.category)?;
        }
        write!(f, ": {}, by {}", self.action, self.responsible)?;
        if let Some(seconds) = self.retry_after {
            write!(f, ", after {seconds} s")?;
        }
        if let Some(list) = self.blocklist {
            write!(f, ", listed by {}", list.name())?;
        }
        if let Some(provider) = self.provider {
            write!(f, ", said by {provider}")?;
        }
        write!(f, " ({})", self.evidence)
    }
}

/// Says what `text` means: a reply, a line of a log, a Diagnostic-Code, a sentence. It never fails.
///
/// ```
/// use nondelivery::{Action, Category, Severity, classify};
///
/// let verdict = classify(b"550 5.1.1 <kim@example.com>: Recipient address rejected: User unknown");
/// assert_eq!(verdict.category, Category::UnknownRecipient);
/// assert_eq!((verdict.severity, verdict.action), (Severity::Permanent, Action::Suppress));
/// assert_eq!(verdict.to_string(), "550 5.1.1 permanent UnknownRecipient: suppress, by sender (phrase)");
/// ```
#[must_use]
pub fn classify(text: &[u8]) -> Verdict {
    classify_with(&Context::default(), text)
}

/// The same, with what the caller knows beside the text.
///
/// ```
/// use nondelivery::{Category, Context, Stage, classify_with};
///
/// let at_mail = Context { stage: Some(Stage::Mail), ..Context::default() };
/// assert_eq!(classify_with(&at_mail, b"550 no").category, Category::SenderRejected);
/// ```
#[must_use]
pub fn classify_with(context: &Context<'_>, text: &[u8]) -> Verdict {
    judge::judge(context, text)
}
