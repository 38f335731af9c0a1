//! The catalogue: the same rows as the crate's, with pointers in place of `&'static str`, made while compiling.

use core::ffi::c_char;
use core::ptr;

use super::convert::status_from;
use super::names::source_name;
use super::types::*;
use crate::catalog::{self, Audience, BLOCKLISTS, Blocklist, ENTRIES, Entry, PROVIDERS, Provider, Text};
use crate::syntax::reply_code::ReplyCode;
use crate::syntax::status::StatusPattern;

/// Rows that C reads. They hold pointers, which is why Rust needs to be told that threads can share them.
struct Rows<T, const COUNT: usize>([T; COUNT]);

// SAFETY: the rows are never written to, and neither is what they point to: static texts and rows.
unsafe impl<T, const COUNT: usize> Sync for Rows<T, COUNT> {}

static C_LIMITS: Rows<ndr_limit, { count_limits() }> = {
    let mut rows = [ndr_limit { name: c"".as_ptr(), unit: c"".as_ptr(), value: 0 }; count_limits()];
    let (mut row, mut end) = (0, 0);
    while row < ENTRIES.len() {
        let limits = ENTRIES[row].limits();
        let mut at = 0;
        while at < limits.len() {
            let limit = &limits[at];
            rows[end] = ndr_limit { name: text(limit.name()), unit: text(limit.unit()), value: limit.value() };
            (at, end) = (at + 1, end + 1);
        }
        row += 1;
    }
    Rows(rows)
};

const fn count_limits() -> usize {
    let (mut row, mut count) = (0, 0);
    while row < ENTRIES.len() {
        count += ENTRIES[row].limits().len();
        row += 1;
    }
    count
}

static C_ENTRIES: Rows<ndr_entry, { ENTRIES.len() }> = {
    let mut rows = [c_entry(&ENTRIES[0], ptr::null()); ENTRIES.len()];
    let (mut row, mut limits) = (0, 0);
    while row < ENTRIES.len() {
        let count = ENTRIES[row].limits().len();
        let first = if count == 0 { ptr::null() } else { &raw const C_LIMITS.0[limits] };
        rows[row] = c_entry(&ENTRIES[row], first);
        limits += count;
        row += 1;
    }
    Rows(rows)
};

const fn c_entry(entry: &'static Entry, limits: *const ndr_limit) -> ndr_entry {
    ndr_entry {
        code: text(entry.code()),
        title: text(entry.title()),
        summary: text(entry.summary()),
        reference: text(entry.reference()),
        source: source_name(entry.source()),
        remedies: [
            text(entry.remedy(Audience::Sender)),
            text(entry.remedy(Audience::GroupOwner)),
            text(entry.remedy(Audience::Admin)),
        ],
        limits,
        limits_len: entry.limits().len(),
        status: match entry.status() {
            Some(codes) => pattern(codes),
            None => ndr_pattern { present: false, klass: 0, subject_low: 0, subject_high: 0, detail_low: 0, detail_high: 0 },
        },
        reply: match entry.reply() {
            Some(reply) => reply.get(),
            None => 0,
        },
        category: entry.category().number(),
        action: entry.action().number(),
        responsible: entry.responsible().number(),
        source_number: entry.source().number(),
    }
}

const fn pattern(codes: StatusPattern) -> ndr_pattern {
    let (subjects, details) = (codes.subjects(), codes.details());
    ndr_pattern {
        present: true,
        klass: match codes.class() {
            Some(class) => class.number(),
            None => 0,
        },
        subject_low: *subjects.start(),
        subject_high: *subjects.end(),
        detail_low: *details.start(),
        detail_high: *details.end(),
    }
}

const fn text(text: Text) -> *const c_char {
    text.as_c_str().as_ptr()
}

static C_PROVIDERS: Rows<ndr_provider, { PROVIDERS.len() }> = {
    let mut rows = [ndr_provider { name: ptr::null(), title: ptr::null(), reference: ptr::null() }; PROVIDERS.len()];
    let mut row = 0;
    while row < rows.len() {
        let provider = &PROVIDERS[row];
        rows[row] = ndr_provider { name: text(provider.name), title: text(provider.title), reference: text(provider.reference) };
        row += 1;
    }
    Rows(rows)
};

static C_BLOCKLISTS: Rows<ndr_blocklist, { BLOCKLISTS.len() }> = {
    let mut rows = [c_blocklist(&BLOCKLISTS[0]); BLOCKLISTS.len()];
    let mut row = 0;
    while row < rows.len() {
        rows[row] = c_blocklist(&BLOCKLISTS[row]);
        row += 1;
    }
    Rows(rows)
};

const fn c_blocklist(list: &'static Blocklist) -> ndr_blocklist {
    ndr_blocklist {
        name: text(list.name()),
        delisting: text(list.delisting()),
        lists_ips: list.lists_ips(),
        lists_domains: list.lists_domains(),
        lists_uris: list.lists_uris(),
        closed: list.is_closed(),
    }
}

/// Which of `rows` is at that address; `None` for an address that no row has. Nothing at the address is read.
fn row_at<T>(rows: &'static [T], address: *const T) -> Option<usize> {
    let offset = address.addr().checked_sub(rows.as_ptr().addr())?;
    let row = offset / size_of::<T>();
    (offset % size_of::<T>() == 0 && row < rows.len()).then_some(row)
}

/// The row that C gets for a row of the crate; NULL when there is none.
fn counterpart<F, T>(rows: &'static [F], row: &'static F, c_rows: &'static [T]) -> *const T {
    row_at(rows, row).and_then(|row| c_rows.get(row)).map_or(ptr::null(), ptr::from_ref)
}

pub(super) fn entry(entry: &'static Entry) -> *const ndr_entry {
    counterpart(&ENTRIES, entry, &C_ENTRIES.0)
}

pub(super) fn blocklist(list: &'static Blocklist) -> *const ndr_blocklist {
    counterpart(&BLOCKLISTS, list, &C_BLOCKLISTS.0)
}

pub(super) fn provider(provider: Provider) -> *const ndr_provider {
    C_PROVIDERS.0.get(usize::from(provider.0)).map_or(ptr::null(), ptr::from_ref)
}

/// The crate's row for what C has; `None` for an address that the library never gave.
pub(super) fn entry_from(entry: *const ndr_entry) -> Option<&'static Entry> {
    row_at(&C_ENTRIES.0, entry).and_then(|row| ENTRIES.get(row))
}

/// The same for a block list.
pub(super) fn blocklist_from(list: *const ndr_blocklist) -> Option<&'static Blocklist> {
    row_at(&C_BLOCKLISTS.0, list).and_then(|row| BLOCKLISTS.get(row))
}

/// The same for a provider.
pub(super) fn provider_from(provider: *const ndr_provider) -> Option<Provider> {
    row_at(&C_PROVIDERS.0, provider).and_then(|row| Provider::all().nth(row))
}

/// Looks up the entries that are about a status code, most specific first: exact ones of a provider, its ranges from narrow to wide,
/// the registry's row, the row of the subject, the class. Words choose among entries of one code: see `ndr_verdict.entry`.
///
/// Parameters: `status` is the code. `out` gets the first `cap` of the entries; it may be NULL when `cap` is 0.
/// Returns: how many entries there are, which may be more than `cap`; at least 1 for any code, 0 when `status` is none. No bound holds for
/// later catalogues, so ask with `cap` 0 first where all are needed; one is enough for what the code most likely means.
/// Memory and lifetimes: the entries are static; never freed, never changed.
///
/// # Safety
/// Unless it is NULL, `out` has room for `cap` pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_lookup(status: ndr_status, out: *mut *const ndr_entry, cap: usize) -> usize {
    let Some(status) = status_from(status) else { return 0 };
    let cap = if out.is_null() { 0 } else { cap };
    let found = catalog::lookup(status);
    let count = found.len();
    for (at, row) in found.take(cap).enumerate() {
        // SAFETY: `out` is not NULL and has room for `cap` pointers, as the caller promises; `at` is below that.
        unsafe { out.add(at).write(entry(row)) };
    }
    count
}

/// Looks up the entry of a three-digit reply code.
///
/// Parameters: `reply` is the code, 200 to 559, or any number.
/// Returns: the entry; NULL when there is none.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_lookup_reply(reply: u16) -> *const ndr_entry {
    ReplyCode::new(reply).and_then(catalog::lookup_reply).map_or(ptr::null(), entry)
}

/// Walks through the catalogue: all entries, from 0 until NULL.
///
/// Parameters: `index` is any number.
/// Returns: the entry; NULL behind the last.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_entry_at(index: usize) -> *const ndr_entry {
    C_ENTRIES.0.get(index).map_or(ptr::null(), ptr::from_ref)
}

/// What one audience can do about an entry.
///
/// Parameters: `entry` comes from this library, or is NULL. `audience` is `NDR_AUDIENCE_*`, or any number.
/// Returns: the text, empty when that audience can do nothing; NULL for an unknown number, and for an entry that is not the library's.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_entry_remedy(entry: *const ndr_entry, audience: u8) -> *const c_char {
    let remedy = entry_from(entry).zip(Audience::from_number(audience)).map(|(entry, audience)| entry.remedy(audience));
    remedy.map_or(ptr::null(), text)
}

/// Walks through the providers that are recognised: from 0 until NULL.
///
/// Parameters: `index` is any number.
/// Returns: the provider; NULL behind the last.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_provider_at(index: usize) -> *const ndr_provider {
    C_PROVIDERS.0.get(index).map_or(ptr::null(), ptr::from_ref)
}

/// Walks through the block lists that are recognised: from 0 until NULL.
///
/// Parameters: `index` is any number.
/// Returns: the block list; NULL behind the last.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_blocklist_at(index: usize) -> *const ndr_blocklist {
    C_BLOCKLISTS.0.get(index).map_or(ptr::null(), ptr::from_ref)
}
