//! The structs that cross the border, in the shape that C sees them. Nothing here uses the rest of the crate, so that
//! `tests/capi.rs` can include this file and compare every offset with what the C compiler says.

use core::ffi::c_char;

/// The version of the binary interface. It is also the number in the shared library's name, `libnondelivery.so.1`.
///
/// It grows when a struct or function changes in a way that needs programs compiled anew. New functions and new numbers do not
/// change it.
pub const NDR_ABI_VERSION: u32 = 1;

/// The most rules that a context can carry.
pub const NDR_MAX_RULES: usize = 64;

/// Room for any status code and its NUL: `5.999.999`.
pub const NDR_STATUS_SIZE: usize = 10;

/// The most findings that `ndr_bounce_authentication` can give.
pub const NDR_MAX_FINDINGS: usize = 8;

/// In `ndr_rule.sets`: the rule gives a category.
pub const NDR_RULE_SETS_CATEGORY: u32 = 1;

/// In `ndr_rule.sets`: the rule gives an action.
pub const NDR_RULE_SETS_ACTION: u32 = 2;

/// In `ndr_rule.sets`: the rule says whether to suppress the address.
pub const NDR_RULE_SETS_SUPPRESS: u32 = 4;

/// Some bytes that belong to somebody else. Not NUL-terminated; any byte can occur, NUL included.
///
/// What a message does not say is `{NULL, 0}`; what it says with no bytes has a pointer that is not NULL. Whoever returns a slice
/// documents how long it is valid.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ndr_slice {
    /// The first byte, or NULL.
    pub ptr: *const c_char,
    /// How many bytes.
    pub len: usize,
}

/// An enhanced status code such as 5.7.606 (RFC 3463). All zero: none.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ndr_status {
    /// 2 success, 4 transient, 5 permanent; 0: there is no code. (`class` is a keyword of C++.)
    pub klass: u8,
    /// What it is about, 0 to 999.
    pub subject: u16,
    /// The finer reason, 0 to 999.
    pub detail: u16,
}

/// A set of status codes: those of a class whose subject and detail lie in ranges that include both ends.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub struct ndr_pattern {
    /// Whether there is a pattern; all else is 0 when there is none.
    pub present: bool,
    /// 2, 4 or 5; 0: any class.
    pub klass: u8,
    /// The lowest subject.
    pub subject_low: u16,
    /// The highest subject.
    pub subject_high: u16,
    /// The lowest detail.
    pub detail_low: u16,
    /// The highest detail.
    pub detail_high: u16,
}

/// A number that matters for an entry of the catalogue, such as `retry window`, 24, `hours`. Static: never freed, never changed.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ndr_limit {
    /// What is limited. Never NULL.
    pub name: *const c_char,
    /// The unit of `value`. Never NULL.
    pub unit: *const c_char,
    /// How much.
    pub value: u32,
}

/// What one source says about one code, or a range of codes. Static: never freed, never changed.
///
/// No text is NULL; a text that the source does not have is empty. Programs get pointers to entries and make none themselves: later
/// versions may add fields at the end.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ndr_entry {
    /// The code as the source writes it: `5.7.606-649`, `x.1.1`, `550`; empty for an entry of words only.
    pub code: *const c_char,
    /// The words that the server says, or the name of the code.
    pub title: *const c_char,
    /// What it means, in a sentence or two.
    pub summary: *const c_char,
    /// Where to read more: an RFC and section, or the address of a page.
    pub reference: *const c_char,
    /// Who says so: `registry`, `reply`, `exchange-online`.
    pub source: *const c_char,
    /// What the parties can do about it, by `NDR_AUDIENCE_*`; `ndr_entry_remedy` looks a text up without trusting the number.
    pub remedies: [*const c_char; 3],
    /// The numbers that matter, `limits_len` of them; NULL when there is none.
    pub limits: *const ndr_limit,
    /// How many limits.
    pub limits_len: usize,
    /// The status codes that it is about.
    pub status: ndr_pattern,
    /// The reply code that comes with it, 200 to 559; 0: the source names none.
    pub reply: u16,
    /// Why a message with this code was not delivered: `NDR_CATEGORY_*`.
    pub category: u8,
    /// What the sending system should do: `NDR_ACTION_*`.
    pub action: u8,
    /// Who can put it right: `NDR_PARTY_*`.
    pub responsible: u8,
    /// Who says so, as a number: `NDR_SOURCE_*`.
    pub source_number: u8,
}

/// A mail provider or filter whose answers are known by their words. Static: never freed, never changed. No text is NULL.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ndr_provider {
    /// The short name, as in JSON: `google`.
    pub name: *const c_char,
    /// The full name.
    pub title: *const c_char,
    /// Where the provider explains its answers; may be empty.
    pub reference: *const c_char,
}

/// A public list of addresses or domains that replies refer to. Static: never freed, never changed. No text is NULL.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ndr_blocklist {
    /// The name of the list.
    pub name: *const c_char,
    /// The page where one asks to be removed; empty when there is none.
    pub delisting: *const c_char,
    /// Whether it lists addresses of hosts.
    pub lists_ips: bool,
    /// Whether it lists domains.
    pub lists_domains: bool,
    /// Whether it lists what links in a message point to.
    pub lists_uris: bool,
    /// Whether the list has been given up: who still uses it gets wrong answers.
    pub closed: bool,
}

/// What a refusal means, who has to act and what to do.
///
/// It owns nothing and points only to static data, so it can be copied, kept and queued, and outlives the text. All zero is a verdict
/// that knows nothing.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ndr_verdict {
    /// The entry of the catalogue that explains it; NULL: none does.
    pub entry: *const ndr_entry,
    /// The provider whose words these are; NULL: not recognised.
    pub provider: *const ndr_provider,
    /// The block list that the reply names; NULL: none.
    pub blocklist: *const ndr_blocklist,
    /// After how many seconds to try again, as far as the reply says; 0: it does not say.
    pub retry_after: u32,
    /// The label of the site's own rule that decided; 0 as well when `has_label` is false.
    pub label: u32,
    /// The enhanced status code; class 0: none.
    pub status: ndr_status,
    /// The status code of the reply that is quoted inside; class 0: none.
    pub cause_status: ndr_status,
    /// The three-digit reply code, 200 to 559; 0: none.
    pub reply: u16,
    /// How permanent it is: `NDR_SEVERITY_*`.
    pub severity: u8,
    /// Why: `NDR_CATEGORY_*`.
    pub category: u8,
    /// What the sending system should do: `NDR_ACTION_*`.
    pub action: u8,
    /// Who can put it right: `NDR_PARTY_*`.
    pub responsible: u8,
    /// What decided: `NDR_EVIDENCE_*`; 0 only in a verdict that is all zero.
    pub evidence: u8,
    /// What the reply quoted inside says: `NDR_CATEGORY_*`, the cause of an expired message, for instance. Only when `has_cause`.
    pub cause_category: u8,
    /// Whether a reply is quoted inside: `cause_category` and `cause_status` are about it.
    pub has_cause: bool,
    /// Whether the address should not be written to again. Never for a transient failure.
    pub suppress: bool,
    /// Whether a rule of the site's own decided and `label` is its label.
    pub has_label: bool,
    /// Whether not all was looked at: replies nested too deeply, or the text of a report with too many recipients.
    pub truncated: bool,
}

/// A rule of the site's own: what has to hold, and what it then gives. All zero holds always and gives nothing but its label.
///
/// Everything that is given has to hold. The bytes that the slices point to have to stay valid while the function that gets the rule
/// runs, no longer.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ndr_rule {
    /// Holds for these status codes: `5.7.606`, `5.7.606-649`, `5.7.5xx`, `x.7.1`, `5.7.x`. No bytes: for any, and for none.
    pub status: ndr_slice,
    /// Holds when the text has these words in it, in this order; letter case and what stands between words do not matter, and `…` (in
    /// UTF-8) is a gap of up to twelve words. At most 32 words; more never hold. No bytes: for any text.
    pub phrase: ndr_slice,
    /// Holds when the name of the remote host ends so: `.example.com`, or `example.com` for that host and all below it. No bytes: for any
    /// host, and for none.
    pub host_suffix: ndr_slice,
    /// Which of `category`, `action` and `suppress` the rule gives: `NDR_RULE_SETS_*`, combined with `|`. Other bits are invalid.
    pub sets: u32,
    /// A number of the caller's own, given back in `ndr_verdict.label` when this rule decided.
    pub label: u32,
    /// Holds for this reply code, 200 to 559. 0: for any, and for none.
    pub reply: u16,
    /// Holds for the answer to this command: `NDR_STAGE_*`. 0: to any.
    pub stage: u8,
    /// With `NDR_RULE_SETS_CATEGORY`, the category it gives: `NDR_CATEGORY_*`.
    pub category: u8,
    /// With `NDR_RULE_SETS_ACTION`, the action it gives: `NDR_ACTION_*`. Without, the usual action of the category.
    pub action: u8,
    /// With `NDR_RULE_SETS_SUPPRESS`, whether to suppress the address: 0 no, anything else yes. It counts for a transient failure too.
    pub suppress: u8,
}

/// What the caller knows beside the text. Everything is optional: all zero knows nothing, so begin with `ndr_context c = {0};`, in C++
/// with `ndr_context c = {};`.
///
/// Nothing is kept: what it points to has to stay valid while the function that gets it runs, no longer.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ndr_context {
    /// The name of the host that replied, as far as it is trusted: it tells the provider.
    pub remote_host: ndr_slice,
    /// The site's own rules, `rules_len` of them, consulted first and in this order: the first that holds counts. It may be NULL when
    /// there is none.
    pub rules: *const ndr_rule,
    /// How many rules, at most `NDR_MAX_RULES`.
    pub rules_len: usize,
    /// The Status field of a delivery status notification. It counts where the text has no code. Class 0, or any other that is not
    /// 2, 4 or 5: not known.
    pub status: ndr_status,
    /// The command that was answered: `NDR_STAGE_*`. 0 or an unknown number: not known.
    pub stage: u8,
    /// The Action field of a delivery status notification: `NDR_DSN_ACTION_*`. 0 or an unknown number: not known.
    pub action: u8,
}

/// A value with a type before it: `rfc822; user@example.com`, `dns; mx.example.com`, `smtp; 550 no` (RFC 3464, section 2.1.2).
/// Both slices are `{NULL, 0}` when the field is not there.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ndr_typed {
    /// The type as it came; no bytes when there is none. Compare it without letter case.
    pub kind: ndr_slice,
    /// The value without blanks around it; line breaks of folding are still inside.
    pub value: ndr_slice,
}

/// One field of a header or of delivery-status.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ndr_field {
    /// The name, without the colon and blanks around it.
    pub name: ndr_slice,
    /// The value without blanks around it; line breaks of folding are still inside.
    pub value: ndr_slice,
}

/// A place in a header, from which `ndr_fields_next` goes on. All zero has no fields.
///
/// May be copied; the copy goes on from the same place. Valid as long as the message and the scratch it comes from.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub struct ndr_fields {
    /// For the library only.
    pub opaque: [u64; 4],
}

/// A point in time.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ndr_date {
    /// Seconds since 1970-01-01T00:00:00 UTC, leap seconds not counted.
    pub unix_time: i64,
    /// Minutes that the clock it was read from was ahead of UTC.
    pub offset_minutes: i16,
    /// Whether there is a date; all else is 0 when there is none or it is not understood.
    pub present: bool,
}

/// What Exchange writes for administrators about one recipient. What is not said is `{NULL, 0}`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ndr_exchange {
    /// The server that made the report.
    pub generating_server: ndr_slice,
    /// The server that refused the message; not said when the generating server did.
    pub remote_server: ndr_slice,
    /// The component that failed: `RESOLVER.ADR.RecipientNotFound`.
    pub component: ndr_slice,
    /// `[Message=…]`: what went wrong underneath.
    pub message: ndr_slice,
    /// `[LastAttemptedServerName=…]`, or `{FQDN=…}` in the form of message tracking.
    pub last_attempted_server: ndr_slice,
    /// `[LastAttemptedIP=…]`, or `{IP=…}`; with the port when there is one.
    pub last_attempted_ip: ndr_slice,
    /// `[Stage: …]`: where in the store's delivery it failed.
    pub stage: ndr_slice,
    /// The number of `(AS1234)`: which rule of the filters refused.
    pub as_code: ndr_slice,
    /// The server named in the last brackets.
    pub server: ndr_slice,
    /// The time in the last brackets, or `{LRT=…}`.
    pub time: ndr_date,
}

/// What had to be repaired to read a recipient's fields.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ndr_repairs {
    /// Action is missing or no word that RFC 3464 has; it was inferred from the class of the status.
    pub action_inferred: bool,
    /// Status is missing, empty or no code; the code in the diagnostic counts.
    pub status_missing: bool,
    /// Status was generic (`5.0.0`) and a finer code stands in the diagnostic or the text.
    pub status_refined: bool,
    /// The recipient has no type, or brackets around it.
    pub address_untyped: bool,
    /// The diagnostic comes from the text for people.
    pub diagnostic_from_text: bool,
}

/// One recipient of a bounce. Its slices point into the message and the scratch, and are valid as long as those; the verdict for ever.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ndr_recipient {
    /// What it means.
    pub verdict: ndr_verdict,
    /// The address that the message was not delivered to, as it stands in the report, without type, brackets and comments.
    pub address: ndr_slice,
    /// Final-Recipient with its type; for a report without fields the type has no bytes.
    pub final_recipient: ndr_typed,
    /// Original-Recipient: the address that the sender wrote to, before aliases and forwarding.
    pub original_recipient: ndr_typed,
    /// Remote-MTA: who gave the diagnostic.
    pub remote_mta: ndr_typed,
    /// Diagnostic-Code; without one, what the text for people says about this recipient, and the type has no bytes.
    pub diagnostic: ndr_typed,
    /// Final-Log-ID.
    pub final_log_id: ndr_slice,
    /// The host that refused the message, as far as the report tells: its operator has to act when the verdict makes the
    /// recipient's side responsible.
    pub rejected_by: ndr_slice,
    /// All fields of the recipient's group, extension fields included; none for a report without fields.
    pub fields: ndr_fields,
    /// What Exchange says for administrators; all zero unless `has_exchange`.
    pub exchange: ndr_exchange,
    /// Last-Attempt-Date.
    pub last_attempt_date: ndr_date,
    /// Will-Retry-Until: until when a delayed message is tried.
    pub will_retry_until: ndr_date,
    /// What was repaired.
    pub repairs: ndr_repairs,
    /// What was done: `NDR_DSN_ACTION_*`; 0: the report does not tell.
    pub action: u8,
    /// Whether Exchange says something for administrators.
    pub has_exchange: bool,
}

/// What is wrong with the authentication of a message, and where.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ndr_finding {
    /// The domain that has to be mended, as it stands in the header; no bytes when it is not told.
    pub domain: ndr_slice,
    /// What is wrong: `NDR_PROBLEM_*`.
    pub problem: u8,
}

/// A message that came back, taken apart. The caller owns it, on the stack (4 KiB) or anywhere else, and has nothing to free.
///
/// In this order: `ndr_bounce_parse`; then any of the accessors, and `ndr_bounce_next` until it is false.
///
/// May be copied by assignment; the copy goes on from the same recipient. Valid as long as the message and the scratch that it was parsed from.
/// All zero, and after a parse that failed, it is a message that says nothing. One thread at a time may walk through the recipients;
/// any number may use the other accessors.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ndr_bounce {
    /// For the library only.
    pub opaque: [u64; 512],
}
