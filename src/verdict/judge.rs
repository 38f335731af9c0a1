//! The order of evidence: which of the things that were found decides.

use super::hints::retry_after;
use super::phrases::{Findings, Search, provider_of_host};
use super::rules::Facts;
use super::{Cause, Context, Evidence, Severity, Verdict};
use crate::catalog::{
    Action, BLOCKLISTS, CONDITIONS, Category, Condition, ENTRIES, EXCHANGE_PROVIDER, Entry, Party, Provider, RULES, Rule, Source,
    Strength, lookup, lookup_reply,
};
use crate::syntax::dsn::DsnAction;
use crate::syntax::reply::Reply;
use crate::syntax::reply_code::{ReplyCode, Stage};
use crate::syntax::status::{Class, StatusCode};

/// How many replies inside replies are looked at. Exchange's proxies quote up to three.
const MAX_QUOTED: usize = 4;

/// How many words make a text that says something.
const MIN_WORDS: u32 = 2;

/// Judges a text and the replies quoted in it, from the outside in.
pub(super) fn judge(context: &Context<'_>, text: &[u8]) -> Verdict {
    let reply = Reply::find(text);
    let mut verdict = judge_one(context, &reply);
    let by_site = apply_site_rules(context, &reply, &mut verdict);
    let mut quoted = reply.quoted();
    for _ in 0..MAX_QUOTED {
        let Some(text) = quoted else { return verdict };
        let inner = Reply::find(text);
        let found = judge_one(&Context { stage: context.stage, ..Context::default() }, &inner);
        if by_site {
            verdict.cause = verdict.cause.or(Some(Cause { category: found.category, status: found.status }));
        } else {
            include(&mut verdict, &found);
        }
        quoted = inner.quoted();
    }
    verdict.truncated = quoted.is_some();
    verdict
}

/// Applies the first of the site's rules that holds, and says whether there was one.
fn apply_site_rules(context: &Context<'_>, reply: &Reply<'_>, verdict: &mut Verdict) -> bool {
    if context.rules.is_empty() {
        return false;
    }
    let facts = Facts {
        reply: verdict.reply,
        status: verdict.status,
        stage: context.stage.or(reply.stage()),
        host: context.remote_host.or(reply.host()),
        said: reply,
    };
    let Some(rule) = context.rules.iter().find(|rule| rule.holds(&facts)) else { return false };
    if let Some(category) = rule.category.filter(|category| *category != verdict.category) {
        let usual = category.row();
        verdict.category = category;
        verdict.action = usual_action(category, verdict.severity);
        verdict.responsible = usual.responsible;
        verdict.suppress = usual.suppress && verdict.severity != Severity::Transient;
        verdict.entry = verdict.entry.filter(|entry| entry.category == category);
    }
    verdict.action = rule.action.unwrap_or(verdict.action);
    verdict.suppress = rule.suppress.unwrap_or(verdict.suppress);
    verdict.evidence = Evidence::SiteRule;
    verdict.label = Some(rule.label);
    true
}

/// Takes over what a quoted reply says: as the cause, and as the verdict itself where the outer words decided nothing.
fn include(verdict: &mut Verdict, inner: &Verdict) {
    verdict.blocklist = verdict.blocklist.or(inner.blocklist);
    verdict.provider = verdict.provider.or(inner.provider);
    verdict.retry_after = verdict.retry_after.or(inner.retry_after);
    // What a success quotes has not refused this message.
    if inner.evidence >= Evidence::Class || verdict.severity == Severity::Success {
        return;
    }
    if verdict.cause.is_none_or(|_| verdict.evidence >= Evidence::WeakPhrase) {
        verdict.cause = Some(Cause { category: inner.category, status: inner.status });
    }
    if verdict.evidence >= Evidence::WeakPhrase && inner.evidence < verdict.evidence {
        verdict.category = inner.category;
        verdict.evidence = inner.evidence;
        verdict.entry = inner.entry;
        verdict.responsible = inner.responsible;
        verdict.suppress = inner.category.suppresses() && verdict.severity != Severity::Transient && inner.suppress;
        verdict.action = match verdict.severity == inner.severity {
            true => inner.action,
            false => usual_action(inner.category, verdict.severity),
        };
    }
}

/// What decided, with what follows from it alone.
struct Decision {
    category: Category,
    evidence: Evidence,
    rule: Option<&'static Rule>,
    entry: Option<&'static Entry>,
}

/// All that counts for one reply.
pub(super) struct Case {
    reply: Option<ReplyCode>,
    status: Option<StatusCode>,
    stage: Option<Stage>,
    provider: Option<u8>,
}

/// What a rule decides.
fn decision(rule: &'static Rule, (own, coded, _, _): Rank) -> Decision {
    let evidence = match rule.strength {
        Strength::Strong if own => Evidence::Provider,
        Strength::Strong if coded => Evidence::Entry,
        Strength::Strong => Evidence::Phrase,
        Strength::Weak => Evidence::WeakPhrase,
        Strength::Cue => Evidence::Cue,
        Strength::Bare => Evidence::Bare,
        Strength::Wrapper => Evidence::Wrapper,
    };
    let entry = rule.entry.filter(|_| coded).map(|e| &ENTRIES[usize::from(e)]);
    Decision { category: rule.category, evidence, rule: Some(rule), entry }
}

/// What makes one rule better than another of its strength: that it is the speaking provider's, that its entry has this code,
/// that it has conditions, that it is longer.
pub(super) type Rank = (bool, bool, bool, u16);

fn judge_one(context: &Context<'_>, reply: &Reply<'_>) -> Verdict {
    let mut search = Search::new(reply.lead(), reply.text());
    search.look_for_decisive(reply.code().map(ReplyCode::digits));
    Case::new(context, reply, search.findings()).verdict(context, reply.text(), &mut search)
}

impl Case {
    pub(super) fn new(context: &Context<'_>, reply: &Reply<'_>, findings: &Findings) -> Self {
        let host = context.remote_host.and_then(provider_of_host).or(findings.host());
        let mut case = Self {
            reply: reply.code(),
            status: reply.status().or(context.status),
            stage: context.stage.or(reply.stage()),
            provider: host.or(findings.speaker),
        };
        let own = findings.rules().iter().find_map(|row| {
            let rule = &RULES[usize::from(*row)];
            rule.provider.filter(|_| rule.own && case.holds(rule))
        });
        case.provider = case.provider.or(own);
        case
    }
}

impl Case {
    fn verdict(&self, context: &Context<'_>, text: &[u8], search: &mut Search<'_>) -> Verdict {
        let severity = self.severity(context);
        let decision = if severity == Severity::Success { success() } else { self.decide(search) };
        let findings = search.findings();
        let tells_time = severity != Severity::Success && findings.time.may_hint();
        let hint = if !tells_time { None } else { retry_after(text, self.reply.map(ReplyCode::digits)) };
        let entry = decision.entry.or_else(|| self.entry_about(decision.category));
        let usual = decision.category.row();
        let (action, responsible) = self.consequences(&decision, entry, severity);
        let suppress = decision.rule.and_then(|r| r.suppress).unwrap_or(usual.suppress);
        Verdict {
            reply: self.reply,
            status: self.status,
            severity,
            category: decision.category,
            action,
            responsible,
            suppress: suppress
                && matches!(severity, Severity::Permanent | Severity::Unknown)
                && self.may_be_about_recipient(decision.evidence, findings.words),
            retry_after: hint.or(decision.rule.map(|r| r.retry_after).filter(|seconds| *seconds > 0)),
            blocklist: findings.blocklist.map(|(row, _)| &BLOCKLISTS[usize::from(row)]),
            provider: self.provider.map(Provider),
            cause: None,
            evidence: decision.evidence,
            entry,
            label: None,
            truncated: false,
        }
    }

    /// Whether it can be about the recipient: not before one has been named, whatever the words say; and a reply code with unknown words
    /// is not enough to give an address up, unless it answers RCPT.
    fn may_be_about_recipient(&self, evidence: Evidence, words: u32) -> bool {
        let unknown_words = evidence == Evidence::Reply && words >= MIN_WORDS;
        match self.stage {
            Some(Stage::Connect | Stage::Ehlo | Stage::Mail) => false,
            Some(Stage::Rcpt) => true,
            _ => !unknown_words,
        }
    }

    /// The class of the status, else of the reply, else what the DSN says was done. What is only delayed has not failed for good.
    fn severity(&self, context: &Context<'_>) -> Severity {
        let class = self.status.map(StatusCode::class).or(self.reply.and_then(ReplyCode::class));
        match (context.action, class) {
            (Some(DsnAction::Delivered | DsnAction::Relayed | DsnAction::Expanded), _) => Severity::Success,
            (Some(DsnAction::Delayed), _) => Severity::Transient,
            (_, Some(class)) => Severity::from(class),
            (Some(DsnAction::Failed), None) => Severity::Permanent,
            (None, None) => Severity::Unknown,
        }
    }

    /// The order of evidence.
    fn decide(&self, search: &mut Search<'_>) -> Decision {
        let strong = self.best_rules(search.findings())[Strength::Strong as usize];
        strong.map(|(rule, rank)| decision(rule, rank)).or_else(|| self.by_specific_code()).unwrap_or_else(|| {
            search.look_for_vague();
            self.decide_vaguely(search.findings())
        })
    }

    /// The rest of the order, where nothing else has decided.
    fn decide_vaguely(&self, findings: &Findings) -> Decision {
        let said = self.best_rules(findings);
        let by_words = |strength: Strength| said[strength as usize].map(|(rule, rank)| decision(rule, rank));
        by_words(Strength::Weak)
            .or_else(|| by_words(Strength::Cue))
            .or_else(|| by_blocklist(findings))
            .or_else(|| by_words(Strength::Bare))
            .or_else(|| by_words(Strength::Wrapper))
            .or_else(|| self.by_stage())
            .or_else(|| self.by_generic_code())
            .or_else(|| self.by_reply(findings.words))
            .unwrap_or_else(|| self.by_class())
    }

    /// The best rule of every strength.
    fn best_rules(&self, findings: &Findings) -> [Option<(&'static Rule, Rank)>; Strength::COUNT] {
        let mut best: [Option<(&'static Rule, Rank)>; Strength::COUNT] = [None; Strength::COUNT];
        for row in findings.rules() {
            let rule = &RULES[usize::from(*row)];
            let best = &mut best[rule.strength as usize];
            if let Some(rank) = self.rank(rule)
                && best.is_none_or(|(_, than)| rank > than)
            {
                *best = Some((rule, rank));
            }
        }
        best
    }

    /// How good the rule is, when it may speak here.
    pub(super) fn rank(&self, rule: &Rule) -> Option<Rank> {
        let own = rule.entry.is_none() && rule.provider.is_some();
        let coded = rule.entry.is_some_and(|e| self.has_code_of(e));
        self.holds(rule).then_some((own, coded, rule.when != 0, rule.weight))
    }

    /// Whether the rule may speak here: its provider does, and its conditions are met.
    fn holds(&self, rule: &Rule) -> bool {
        let bound = rule.entry.is_none() && !rule.own && rule.provider.is_some_and(|p| Some(p) != self.provider);
        !bound && self.meets(&CONDITIONS[usize::from(rule.when)])
    }

    fn meets(&self, when: &Condition) -> bool {
        let class = self.status.map(StatusCode::class).or(self.reply.and_then(ReplyCode::class)).map_or(0, Class::number);
        (when.class == 0 || when.class == class)
            && (when.replies.is_empty() || self.reply.is_some_and(|r| when.replies.contains(&r.get())))
            && (when.statuses.is_empty() || self.status.is_some_and(|s| when.statuses.iter().any(|p| p.matches(s))))
            && (when.stages.is_empty() || self.stage.is_some_and(|s| when.stages.contains(&s)))
    }

    /// Whether the entry is about the code at hand, or about words alone.
    fn has_code_of(&self, row: u16) -> bool {
        let foreign = self.provider.is_some() && self.provider != EXCHANGE_PROVIDER;
        match (ENTRIES[usize::from(row)].status, self.status) {
            _ if foreign => false,
            (None, _) => true,
            (Some(pattern), Some(status)) => pattern.matches(status),
            (Some(_), None) => false,
        }
    }

    /// A code that says more than its subject: the entry of the provider that speaks, else the registry's, else a range of the
    /// only source that has one.
    fn by_specific_code(&self) -> Option<Decision> {
        let status = self.status.filter(|s| !s.is_generic())?;
        let entry = self.entry_of(status, |e| e.category != Category::Undetermined)?;
        let exact = entry.status.is_some_and(|s| s.details().start() == s.details().end());
        let evidence = if exact { Evidence::Code } else { Evidence::Range };
        Some(Decision { category: entry.category, evidence, rule: None, entry: Some(entry) })
    }

    fn entry_of(&self, status: StatusCode, wanted: impl Fn(&Entry) -> bool) -> Option<&'static Entry> {
        let specific =
            |e: &&Entry| e.status.is_some_and(|s| s.details() != (0..=999) && !is_row_above(s.details().start(), status));
        let known = lookup(status).filter(specific);
        let speaks = EXCHANGE_PROVIDER.is_some() && self.provider == EXCHANGE_PROVIDER;
        // A code that the registry has is anybody's; one that only Exchange Online documents is Exchange's, whoever repeats it.
        match known.clone().find(|e| e.source == Source::Registry).filter(|_| !speaks) {
            Some(registry) => Some(registry).filter(|e| wanted(e)),
            None => known.clone().find(|e| wanted(e)),
        }
    }

    /// The entry that explains a category which something else than the code has told.
    fn entry_about(&self, category: Category) -> Option<&'static Entry> {
        let agrees = |e: &Entry| e.category == category;
        match self.status {
            Some(status) => {
                let registry = || lookup(status).find(|e| agrees(e) && e.source == Source::Registry);
                self.entry_of(status, agrees).or_else(registry)
            }
            None => self.reply.and_then(lookup_reply).filter(|e| agrees(e)),
        }
    }

    /// A refusal without a telling code speaks of what the command named (RFC 5321, section 4.2.3).
    fn by_stage(&self) -> Option<Decision> {
        let vague = self.status.is_none_or(|s| s.detail() == 0 && matches!(s.subject(), 0 | 1));
        let category = match (self.stage?, self.reply?.get()) {
            _ if !vague => return None,
            (Stage::Rcpt, 550 | 551 | 553) => Category::UnknownRecipient,
            (Stage::Mail, 550 | 551 | 553) => Category::SenderRejected,
            (Stage::Connect, 521 | 550 | 554) => Category::IpBlocked,
            _ => return None,
        };
        Some(Decision { category, evidence: Evidence::Stage, rule: None, entry: None })
    }

    /// A code that tells only its subject, `x.0.0` not even that.
    fn by_generic_code(&self) -> Option<Decision> {
        let status = self.status.filter(|s| s.subject() != 0)?;
        let entry = lookup(status).find(|e| e.source == Source::Registry && e.status.is_some_and(|s| s.class().is_none()))?;
        (entry.category != Category::Undetermined).then_some(Decision {
            category: entry.category,
            evidence: Evidence::Subject,
            rule: None,
            entry: Some(entry),
        })
    }

    /// The three-digit code alone. 550 is for mailboxes and for policy alike (RFC 5321, section 4.2.3); with words that nothing is
    /// known about it is more likely policy, and the address is not given up for it.
    fn by_reply(&self, words: u32) -> Option<Decision> {
        let reply = self.reply?;
        if reply.get() == 550 && words >= MIN_WORDS {
            return Some(Decision { category: Category::PolicyRejected, evidence: Evidence::Reply, rule: None, entry: None });
        }
        let entry = lookup_reply(reply)?;
        (entry.category != Category::Undetermined).then_some(Decision {
            category: entry.category,
            evidence: Evidence::Reply,
            rule: None,
            entry: Some(entry),
        })
    }

    fn by_class(&self) -> Decision {
        let any = self.status.is_some() || self.reply.is_some();
        let evidence = if any { Evidence::Class } else { Evidence::None };
        Decision { category: Category::Undetermined, evidence, rule: None, entry: None }
    }

    /// What to do and who has to: what the deciding rule says, else its entry, else what is usual for the category.
    fn consequences(&self, decision: &Decision, entry: Option<&Entry>, severity: Severity) -> (Action, Party) {
        let category = decision.category;
        if severity == Severity::Success {
            return (Action::Nothing, Party::Nobody);
        }
        let entry = entry.filter(|e| e.category == category);
        // Entries of the registry speak of the final failure; while it is transient the queue does what is usual.
        let said = entry.filter(|e| e.source == Source::ExchangeOnline || severity == Severity::Permanent);
        let action = decision.rule.and_then(|r| r.action).or(said.map(|e| e.action));
        let responsible = decision.rule.and_then(|r| r.responsible).or(entry.map(|e| e.responsible));
        (action.unwrap_or_else(|| usual_action(category, severity)), responsible.unwrap_or(category.row().responsible))
    }
}

/// The name of a block list with nothing else: it lists what was refused.
fn by_blocklist(findings: &Findings) -> Option<Decision> {
    let (row, _) = findings.blocklist?;
    let list = &BLOCKLISTS[usize::from(row)];
    let category = match (list.lists_ips(), list.lists_domains()) {
        (true, _) => Category::IpBlocked,
        (false, true) => Category::DomainBlocked,
        (false, false) => Category::SpamContent,
    };
    Some(Decision { category, evidence: Evidence::Cue, rule: None, entry: None })
}

/// Whether a row of the catalogue with this detail is only the subject's row above a finer code.
fn is_row_above(detail: &u16, status: StatusCode) -> bool {
    *detail == 0 && status.detail() != 0
}

fn usual_action(category: Category, severity: Severity) -> Action {
    match severity {
        Severity::Success => Action::Nothing,
        Severity::Transient => category.row().transient,
        Severity::Permanent | Severity::Unknown => category.row().permanent,
    }
}

/// It worked: there is nothing to do, and nobody who has to.
fn success() -> Decision {
    Decision { category: Category::Undetermined, evidence: Evidence::Class, rule: None, entry: None }
}
