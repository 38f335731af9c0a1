//! The names of numbers, as static NUL-terminated strings.

use core::ffi::c_char;
use core::ptr;

use super::result::ndr_result;
use crate::catalog::{Action, Audience, Category, Party, Source};
use crate::message::{Kind, Problem};
use crate::syntax::dsn::DsnAction;
use crate::syntax::reply_code::Stage;
use crate::verdict::{Evidence, Severity};

/// Texts one behind the other, each ended by NUL: made while compiling.
struct Texts<const COUNT: usize, const BYTES: usize> {
    starts: [u16; COUNT],
    bytes: [u8; BYTES],
}

impl<const COUNT: usize, const BYTES: usize> Texts<COUNT, BYTES> {
    const fn new(texts: &[&str; COUNT]) -> Self {
        let mut made = Self { starts: [0; COUNT], bytes: [0; BYTES] };
        let (mut row, mut end) = (0, 0);
        while row < COUNT {
            let text = texts[row].as_bytes();
            assert!(end <= u16::MAX as usize);
            made.starts[row] = end as u16;
            let mut at = 0;
            while at < text.len() {
                assert!(text[at] != 0, "a name has no NUL inside");
                made.bytes[end] = text[at];
                (at, end) = (at + 1, end + 1);
            }
            (row, end) = (row + 1, end + 1);
        }
        assert!(end == BYTES);
        made
    }

    /// The text of that row; NULL when there is no such row.
    fn get(&'static self, row: Option<usize>) -> *const c_char {
        let start = row.and_then(|row| self.starts.get(row));
        start.and_then(|start| self.bytes.get(usize::from(*start)..)).map_or(ptr::null(), |text| text.as_ptr().cast())
    }
}

/// How many bytes the texts take, each with its NUL.
const fn size(texts: &[&str]) -> usize {
    let (mut row, mut size) = (0, 0);
    while row < texts.len() {
        size += texts[row].len() + 1;
        row += 1;
    }
    size
}

/// A static table of the texts that `$text` gives for all values of `$type`.
macro_rules! table {
    ($table:ident, $type:ident, $text:ident) => {
        static $table: Texts<{ $type::ALL.len() }, { size(&texts!($type, $text)) }> = Texts::new(&texts!($type, $text));
    };
}

/// The texts that `$text` gives for all values of `$type`.
macro_rules! texts {
    ($type:ident, $text:ident) => {{
        let mut texts = [""; $type::ALL.len()];
        let mut row = 0;
        while row < texts.len() {
            texts[row] = $type::ALL[row].$text();
            row += 1;
        }
        texts
    }};
}

/// The text that `$text` gives for the value of `$type` whose number is `$number`, as a pointer; NULL for an unknown number.
macro_rules! text_of {
    ($type:ident, $text:ident, $number:expr) => {{
        table!(TABLE, $type, $text);
        TABLE.get($type::ALL.iter().position(|value| value.number() == $number))
    }};
}

table!(SOURCES, Source, name);

/// The name of a category, as in JSON: `UnknownRecipient`.
///
/// Parameters: `category` is `NDR_CATEGORY_*`, or any number.
/// Returns: the name, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_category_name(category: u8) -> *const c_char {
    text_of!(Category, name, category)
}

/// What a category says, in a sentence.
///
/// Parameters: `category` is `NDR_CATEGORY_*`, or any number.
/// Returns: the sentence, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_category_summary(category: u8) -> *const c_char {
    Category::from_number(category).map_or(ptr::null(), |category| category.summary().as_c_str().as_ptr())
}

/// Whether a permanent failure of this category means that the address should not be written to again.
///
/// Parameters: `category` is `NDR_CATEGORY_*`, or any number.
/// Returns: true for such a category; false for others and unknown numbers.
/// Memory and lifetimes: takes and gives numbers only.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_category_suppresses(category: u8) -> bool {
    Category::from_number(category).is_some_and(Category::suppresses)
}

/// The nearest reason of Sisimai, in lower case as it prints it: `userunknown`.
///
/// Parameters: `category` is `NDR_CATEGORY_*`, or any number.
/// Returns: the name, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_category_as_sisimai(category: u8) -> *const c_char {
    text_of!(Category, as_sisimai, category)
}

/// The nearest of KumoMTA's predefined bounce classes: `InvalidRecipient`.
///
/// Parameters: `category` is `NDR_CATEGORY_*`, or any number.
/// Returns: the name, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_category_as_kumomta(category: u8) -> *const c_char {
    text_of!(Category, as_kumomta, category)
}

/// The nearest of PowerMTA's bounce categories: `bad-mailbox`.
///
/// Parameters: `category` is `NDR_CATEGORY_*`, or any number.
/// Returns: the name, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_category_as_powermta(category: u8) -> *const c_char {
    text_of!(Category, as_powermta, category)
}

/// The nearest bounce type and subtype of Amazon SES, with a slash between them: `Permanent/NoEmail`.
///
/// Parameters: `category` is `NDR_CATEGORY_*`, or any number.
/// Returns: the name, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_category_as_ses(category: u8) -> *const c_char {
    text_of!(Category, as_ses, category)
}

/// The name of an action, as in JSON: `suppress`.
///
/// Parameters: `action` is `NDR_ACTION_*`, or any number.
/// Returns: the name, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_action_name(action: u8) -> *const c_char {
    text_of!(Action, name, action)
}

/// The name of a party, as in JSON: `sender-admin`.
///
/// Parameters: `party` is `NDR_PARTY_*`, or any number.
/// Returns: the name, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_party_name(party: u8) -> *const c_char {
    text_of!(Party, name, party)
}

/// The name of a severity, as in JSON: `permanent`.
///
/// Parameters: `severity` is `NDR_SEVERITY_*`, or any number.
/// Returns: the name, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_severity_name(severity: u8) -> *const c_char {
    text_of!(Severity, name, severity)
}

/// The name of an evidence, as in JSON: `phrase`.
///
/// Parameters: `evidence` is `NDR_EVIDENCE_*`, or any number.
/// Returns: the name, or NULL for an unknown number, 0 among them: a verdict that is all zero has it.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_evidence_name(evidence: u8) -> *const c_char {
    text_of!(Evidence, name, evidence)
}

/// The name of a kind of message, as in JSON: `dsn`.
///
/// Parameters: `kind` is `NDR_KIND_*`, or any number.
/// Returns: the name, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_kind_name(kind: u8) -> *const c_char {
    text_of!(Kind, name, kind)
}

/// Whether a message of this kind tells of a message that was not delivered, or not yet, or (a DSN) that was.
///
/// Parameters: `kind` is `NDR_KIND_*`, or any number.
/// Returns: true for `NDR_KIND_DSN`, `NDR_KIND_EXCHANGE_NDR` and `NDR_KIND_PLAIN_BOUNCE`; false for others and unknown numbers.
/// Memory and lifetimes: takes and gives numbers only.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_kind_is_bounce(kind: u8) -> bool {
    Kind::from_number(kind).is_some_and(Kind::is_bounce)
}

/// The name of a stage of an SMTP session, as in JSON: `rcpt`.
///
/// Parameters: `stage` is `NDR_STAGE_*`, or any number.
/// Returns: the name, or NULL for an unknown number, 0 among them: it says that the command is not known.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_stage_name(stage: u8) -> *const c_char {
    text_of!(Stage, name, stage)
}

/// The name of what a delivery status notification says was done, as in its Action field: `failed`.
///
/// Parameters: `action` is `NDR_DSN_ACTION_*`, or any number.
/// Returns: the name, or NULL for an unknown number, 0 among them: it says that the report does not tell.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_dsn_action_name(action: u8) -> *const c_char {
    text_of!(DsnAction, name, action)
}

/// The name of a problem with authentication, as in JSON: `no-spf-record`.
///
/// Parameters: `problem` is `NDR_PROBLEM_*`, or any number.
/// Returns: the name, or NULL for an unknown number, 0 among them: no finding has it.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_problem_name(problem: u8) -> *const c_char {
    text_of!(Problem, name, problem)
}

/// What to do about a problem with authentication, in a sentence.
///
/// Parameters: `problem` is `NDR_PROBLEM_*`, or any number.
/// Returns: the sentence, or NULL for an unknown number, 0 among them: no finding has it.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_problem_advice(problem: u8) -> *const c_char {
    text_of!(Problem, advice, problem)
}

/// The name of an audience, as in JSON: `group-owner`.
///
/// Parameters: `audience` is `NDR_AUDIENCE_*`, or any number.
/// Returns: the name, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_audience_name(audience: u8) -> *const c_char {
    text_of!(Audience, name, audience)
}

/// The name of a source of entries, as in JSON: `exchange-online`.
///
/// Parameters: `source` is `NDR_SOURCE_*`, or any number.
/// Returns: the name, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_source_name(source: u8) -> *const c_char {
    SOURCES.get(Source::ALL.iter().position(|value| value.number() == source))
}

/// What a result means, in a few words for a log.
///
/// Parameters: `result` is what a function returned, or any number.
/// Returns: the words, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_result_message(result: u32) -> *const c_char {
    text_of!(ndr_result, message, result)
}

/// The name of a source, for the entries of the catalogue.
pub(super) const fn source_name(source: Source) -> *const c_char {
    let mut row = 0;
    while Source::ALL[row] as u8 != source as u8 {
        row += 1;
    }
    let (_, name) = SOURCES.bytes.split_at(SOURCES.starts[row] as usize);
    name.as_ptr().cast()
}
