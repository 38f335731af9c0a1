//! Codes and replies.

use core::ffi::c_char;

use super::catalog;
use super::convert::{self, bytes, finish, print, slice_bytes, status_from};
use super::result::ndr_result;
use super::types::*;
use crate::catalog::{Action, Category, Party};
use crate::syntax::dsn::DsnAction;
use crate::syntax::reply_code::{ReplyCode, Stage};
use crate::syntax::status::{StatusCode, StatusPattern};
use crate::verdict::{self, Cause, Context, Evidence, Rule, Severity, Verdict};

const _: () = assert!(NDR_STATUS_SIZE == "5.999.999".len() + 1);

/// Parses a status code strictly: the whole of `text`, nothing around it, no leading zeros (RFC 3463, section 2).
///
/// Parameters: `text` is `len` bytes, not NUL-terminated; it may be NULL when `len` is 0. `out` gets the code.
/// Returns: `NDR_RESULT_OK`; `NDR_RESULT_NO_STATUS` when it is no code; `NDR_RESULT_NULL_POINTER`; `NDR_RESULT_TOO_LONG`. On failure
/// `out` is all zero.
/// Memory and lifetimes: nothing is kept.
///
/// # Safety
/// Unless they are NULL, `text` points to `len` bytes and `out` to a place for the code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_status_parse(text: *const c_char, len: usize, out: *mut ndr_status) -> ndr_result {
    // SAFETY: the caller's promise.
    let text = unsafe { bytes(text, len) };
    let status = text.and_then(|text| StatusCode::parse(text).map_err(|_| ndr_result::NoStatus));
    // SAFETY: the caller's promise; all zero is a code.
    unsafe { finish(out, status.map(|status| convert::status(Some(status)))) }
}

/// Prints a status code: `5.7.606`.
///
/// Parameters: `status` is the code. `out` has room for `cap` bytes, the NUL included; `NDR_STATUS_SIZE` is always enough. It may be
/// NULL when `cap` is 0.
/// Returns: the length of the code without the NUL; 0 when `status` is none. As `snprintf` does it tells the length even when the room
/// does not suffice; but then `out` gets an empty text, as half a code would be another code.
/// Memory and lifetimes: nothing is kept.
///
/// # Safety
/// Unless it is NULL, `out` has room for `cap` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_status_format(status: ndr_status, out: *mut c_char, cap: usize) -> usize {
    match status_from(status) {
        // SAFETY: the caller's promise.
        Some(status) => unsafe { print(status, out, cap) },
        // SAFETY: the caller's promise.
        None => unsafe { print("", out, cap) },
    }
}

/// Says what `text` means: a reply of one line or several, a line of a log, a Diagnostic-Code, a sentence. No text is an error.
///
/// Parameters: `text` is `len` bytes, not NUL-terminated, in any encoding; it may be NULL when `len` is 0. `out` gets the verdict.
/// Returns: `NDR_RESULT_OK`; `NDR_RESULT_NULL_POINTER`; `NDR_RESULT_TOO_LONG`. On failure `out` is all zero.
/// Memory and lifetimes: nothing is kept; the verdict outlives the text.
///
/// # Safety
/// Unless they are NULL, `text` points to `len` bytes and `out` to a place for the verdict.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_classify(text: *const c_char, len: usize, out: *mut ndr_verdict) -> ndr_result {
    // SAFETY: the caller's promise; all zero is a verdict.
    unsafe { finish(out, bytes(text, len).map(|text| convert::verdict(&verdict::classify(text)))) }
}

/// The same, with what the caller knows beside the text.
///
/// Parameters: `context` may be NULL, which knows nothing. `text` is `len` bytes, not NUL-terminated; it may be NULL when `len` is 0.
/// `out` gets the verdict.
/// Returns: `NDR_RESULT_OK`; `NDR_RESULT_NULL_POINTER`; `NDR_RESULT_TOO_LONG`; `NDR_RESULT_TOO_MANY_RULES`; `NDR_RESULT_INVALID_RULE`.
/// On failure `out` is all zero.
/// Memory and lifetimes: nothing is kept; the verdict outlives text and context.
///
/// # Safety
/// Unless they are NULL, `context` and what it points to can be read, `text` points to `len` bytes and `out` to a place for
/// the verdict.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_classify_with(
    context: *const ndr_context,
    text: *const c_char,
    len: usize,
    out: *mut ndr_verdict,
) -> ndr_result {
    // SAFETY: the caller's promise.
    let verdict = unsafe {
        bytes(text, len)
            .and_then(|text| with_context(context, |context| convert::verdict(&verdict::classify_with(context, text))))
    };
    // SAFETY: the caller's promise; all zero is a verdict.
    unsafe { finish(out, verdict) }
}

/// Does something with the context that C means; NULL knows nothing.
///
/// # Safety
/// Unless it is NULL, `context` and what it points to can be read.
pub(super) unsafe fn with_context<T>(context: *const ndr_context, work: impl FnOnce(&Context<'_>) -> T) -> Result<T, ndr_result> {
    // SAFETY: the caller's promise; every field is a number or a pointer, and any bytes are one.
    let Some(given) = (unsafe { context.as_ref() }) else {
        return Ok(work(&Context::default()));
    };
    // SAFETY: the caller's promise.
    let host = unsafe { slice_bytes(given.remote_host)? };
    let context = Context {
        remote_host: (!host.is_empty()).then_some(host),
        stage: Stage::from_number(given.stage),
        status: status_from(given.status),
        action: DsnAction::from_number(given.action),
        rules: &[],
    };
    if given.rules_len == 0 {
        return Ok(work(&context));
    }
    // SAFETY: the caller's promise.
    unsafe { with_rules(&context, given.rules, given.rules_len, work) }
}

/// # Safety
/// Unless it is NULL, `rules` points to `count` rules, and what those point to can be read.
unsafe fn with_rules<T>(
    context: &Context<'_>,
    rules: *const ndr_rule,
    count: usize,
    work: impl FnOnce(&Context<'_>) -> T,
) -> Result<T, ndr_result> {
    if rules.is_null() {
        return Err(ndr_result::NullPointer);
    }
    // The rules stand on the stack, as nothing may be allocated: 64 of them take five kilobytes.
    let mut room = [Rule::default(); NDR_MAX_RULES];
    let wanted = room.get_mut(..count).ok_or(ndr_result::TooManyRules)?;
    for (at, rule) in wanted.iter_mut().enumerate() {
        // SAFETY: not NULL, and `at` is below `count`, as many as the caller promises.
        *rule = unsafe { read_rule(&*rules.add(at))? };
    }
    Ok(work(&Context { rules: wanted, ..*context }))
}

/// # Safety
/// What `given` points to can be read during `'a`.
unsafe fn read_rule<'a>(given: &ndr_rule) -> Result<Rule<'a>, ndr_result> {
    // SAFETY: the caller's promise.
    let (status, phrase, host) =
        unsafe { (slice_bytes(given.status)?, slice_bytes(given.phrase)?, slice_bytes(given.host_suffix)?) };
    let invalid = ndr_result::InvalidRule;
    if given.sets & !(NDR_RULE_SETS_CATEGORY | NDR_RULE_SETS_ACTION | NDR_RULE_SETS_SUPPRESS) != 0 {
        return Err(invalid);
    }
    let sets = |bit| given.sets & bit != 0;
    let some = |bytes: &'a [u8]| (!bytes.is_empty()).then_some(bytes);
    Ok(Rule {
        status: some(status).map(StatusPattern::parse).transpose().map_err(|_| invalid)?,
        reply: known(given.reply != 0, ReplyCode::new(given.reply))?,
        phrase: some(phrase),
        host_suffix: some(host),
        stage: known(given.stage != 0, Stage::from_number(given.stage))?,
        category: known(sets(NDR_RULE_SETS_CATEGORY), Category::from_number(given.category))?,
        action: known(sets(NDR_RULE_SETS_ACTION), Action::from_number(given.action))?,
        suppress: sets(NDR_RULE_SETS_SUPPRESS).then_some(given.suppress != 0),
        label: given.label,
    })
}

/// The value of a number that was given; a number that was given and is unknown makes the rule invalid.
fn known<T>(is_given: bool, value: Option<T>) -> Result<Option<T>, ndr_result> {
    match (is_given, value) {
        (false, _) => Ok(None),
        (true, None) => Err(ndr_result::InvalidRule),
        (true, value) => Ok(value),
    }
}

/// Prints a verdict in one line for a log: `550 5.1.1 permanent UnknownRecipient: suppress, by sender (phrase)`.
///
/// Parameters: `verdict` may be NULL, which prints nothing. `out` has room for `cap` bytes, the NUL included; it may be NULL when `cap`
/// is 0.
/// Returns: the length of the line without the NUL, even when the room does not suffice; then `out` gets an empty text. 256 bytes
/// are enough for any verdict.
/// Memory and lifetimes: nothing is kept. Numbers that are unknown print as if nothing were known.
///
/// # Safety
/// Unless they are NULL, `verdict` can be read and `out` has room for `cap` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_verdict_format(verdict: *const ndr_verdict, out: *mut c_char, cap: usize) -> usize {
    // SAFETY: the caller's promise.
    match unsafe { read_verdict(verdict) } {
        // SAFETY: the caller's promise.
        Some(verdict) => unsafe { print(verdict, out, cap) },
        // SAFETY: the caller's promise.
        None => unsafe { print("", out, cap) },
    }
}

/// The crate's verdict from C's; `None` from NULL.
///
/// # Safety
/// Unless it is NULL, `given` can be read.
unsafe fn read_verdict(given: *const ndr_verdict) -> Option<Verdict> {
    if given.is_null() {
        return None;
    }
    // C may have put any byte where a bool is, so these are read as bytes.
    // SAFETY: not NULL, and readable as the caller promises.
    let truths = unsafe {
        [
            &raw const (*given).has_cause,
            &raw const (*given).suppress,
            &raw const (*given).has_label,
            &raw const (*given).truncated,
        ]
        .map(|truth| truth.cast::<u8>().read() != 0)
    };
    let [has_cause, suppress, has_label, truncated] = truths;
    // SAFETY: not NULL, and readable as the caller promises; these fields are numbers and pointers, and any bytes are one.
    let (status, cause_status, numbers) = unsafe {
        (
            (*given).status,
            (*given).cause_status,
            [
                (*given).severity,
                (*given).category,
                (*given).action,
                (*given).responsible,
                (*given).evidence,
                (*given).cause_category,
            ],
        )
    };
    let [severity, category, action, responsible, evidence, cause_category] = numbers;
    // SAFETY: as above.
    let (reply, retry_after, label, entry, provider, blocklist) =
        unsafe { ((*given).reply, (*given).retry_after, (*given).label, (*given).entry, (*given).provider, (*given).blocklist) };
    let category_of = |number| Category::from_number(number).unwrap_or(Category::Undetermined);
    Some(Verdict {
        reply: ReplyCode::new(reply),
        status: status_from(status),
        severity: Severity::from_number(severity).unwrap_or(Severity::Unknown),
        category: category_of(category),
        action: Action::from_number(action).unwrap_or(Action::Nothing),
        responsible: Party::from_number(responsible).unwrap_or(Party::Nobody),
        suppress,
        retry_after: (retry_after != 0).then_some(retry_after),
        blocklist: catalog::blocklist_from(blocklist),
        provider: catalog::provider_from(provider),
        cause: has_cause.then(|| Cause { category: category_of(cause_category), status: status_from(cause_status) }),
        evidence: Evidence::from_number(evidence).unwrap_or(Evidence::None),
        entry: catalog::entry_from(entry),
        label: has_label.then_some(label),
        truncated,
    })
}
