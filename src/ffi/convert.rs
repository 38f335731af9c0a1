//! Across the border: C's pointers become slices, the crate's values become C's structs.

use core::ffi::{c_char, c_void};
use core::fmt::{self, Write};
use core::{ptr, slice};

use super::catalog;
use super::result::ndr_result;
use super::types::*;
use crate::message::{ExchangeDetails, Repairs};
use crate::syntax::date::Date;
use crate::syntax::dsn::Typed;
use crate::syntax::field::Fields;
use crate::syntax::status::{Class, StatusCode};
use crate::verdict::Verdict;

/// The bytes at `text`, which may be NULL when there are none.
///
/// # Safety
/// Unless it is NULL, `text` points to `len` bytes that can be read, and that nobody changes, during `'a`.
pub(super) unsafe fn bytes<'a>(text: *const c_char, len: usize) -> Result<&'a [u8], ndr_result> {
    check_length(len)?;
    if len == 0 {
        return Ok(&[]);
    }
    if text.is_null() {
        return Err(ndr_result::NullPointer);
    }
    // SAFETY: not NULL, not longer than `isize::MAX`, and readable for `'a` as the caller promises.
    Ok(unsafe { slice::from_raw_parts(text.cast(), len) })
}

/// The same for bytes that are written to.
///
/// # Safety
/// Unless it is NULL, `buffer` points to `len` bytes that nobody else reads or writes during `'a`.
pub(super) unsafe fn bytes_mut<'a>(buffer: *mut c_char, len: usize) -> Result<&'a mut [u8], ndr_result> {
    check_length(len)?;
    if len == 0 {
        return Ok(&mut []);
    }
    if buffer.is_null() {
        return Err(ndr_result::NullPointer);
    }
    // SAFETY: not NULL, not longer than `isize::MAX`, and ours for `'a` as the caller promises.
    Ok(unsafe { slice::from_raw_parts_mut(buffer.cast(), len) })
}

fn check_length(len: usize) -> Result<(), ndr_result> {
    if isize::try_from(len).is_ok() { Ok(()) } else { Err(ndr_result::TooLong) }
}

/// The bytes of a slice that C made.
///
/// # Safety
/// As for [`bytes`].
pub(super) unsafe fn slice_bytes<'a>(slice: ndr_slice) -> Result<&'a [u8], ndr_result> {
    // SAFETY: the caller's promise.
    unsafe { bytes(slice.ptr, slice.len) }
}

/// Writes `value` to `out`, unless that is NULL.
///
/// # Safety
/// Unless it is NULL, `out` is aligned and can be written to.
pub(super) unsafe fn write<T>(out: *mut T, value: T) -> bool {
    if out.is_null() {
        return false;
    }
    // SAFETY: not NULL, and writable as the caller promises.
    unsafe { out.write(value) };
    true
}

/// Writes the value to `out`, or on failure all zero.
///
/// # Safety
/// Unless it is NULL, `out` is aligned and can be written to. All zero is a value of `T`.
pub(super) unsafe fn finish<T>(out: *mut T, value: Result<T, ndr_result>) -> ndr_result {
    if out.is_null() {
        return ndr_result::NullPointer;
    }
    match value {
        Ok(value) => {
            // SAFETY: not NULL, and writable as the caller promises.
            unsafe { out.write(value) };
            ndr_result::Ok
        }
        Err(result) => {
            // SAFETY: not NULL, and writable as the caller promises.
            unsafe { out.write_bytes(0, 1) };
            result
        }
    }
}

/// Text goes to C's buffer when there is room for all of it and the NUL.
struct Buffer<'a> {
    room: &'a mut [u8],
    length: usize,
}

impl Write for Buffer<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length.saturating_add(text.len());
        if let Some(room) = self.room.get_mut(self.length..end) {
            room.copy_from_slice(text.as_bytes());
        }
        self.length = end;
        Ok(())
    }
}

/// Prints `value` to `out` with a NUL behind it, or an empty text when it does not fit; how long it is without the NUL.
///
/// # Safety
/// As for [`bytes_mut`].
pub(super) unsafe fn print(value: impl fmt::Display, out: *mut c_char, cap: usize) -> usize {
    // SAFETY: the caller's promise.
    let room = unsafe { bytes_mut(out, cap) }.unwrap_or_default();
    let mut buffer = Buffer { room, length: 0 };
    // Printing fails only when writing does, and that does not.
    let _ = write!(buffer, "{value}");
    let length = buffer.length;
    if let Some(end) = buffer.room.get_mut(length) {
        *end = 0;
    } else if let Some(first) = buffer.room.first_mut() {
        *first = 0;
    }
    length
}

/// A slice for C; an empty one points to an empty text, and not to an address that Rust made up.
pub(super) const fn slice_of(bytes: &[u8]) -> ndr_slice {
    let ptr = if bytes.is_empty() { c"".as_ptr() } else { bytes.as_ptr().cast() };
    ndr_slice { ptr, len: bytes.len() }
}

pub(super) const NO_SLICE: ndr_slice = ndr_slice { ptr: ptr::null(), len: 0 };

pub(super) fn slice_or_none(bytes: Option<&[u8]>) -> ndr_slice {
    bytes.map_or(NO_SLICE, slice_of)
}

pub(super) fn typed(typed: Option<Typed<'_>>) -> ndr_typed {
    ndr_typed { kind: slice_or_none(typed.map(|t| t.kind)), value: slice_or_none(typed.map(|t| t.value)) }
}

pub(super) fn status(status: Option<StatusCode>) -> ndr_status {
    status.map_or(ndr_status::default(), |s| ndr_status { klass: s.class().number(), subject: s.subject(), detail: s.detail() })
}

/// The code that C means; `None` for class 0 and for numbers that no code has.
pub(super) const fn status_from(status: ndr_status) -> Option<StatusCode> {
    // Only one digit can be a class.
    if status.klass > 9 {
        return None;
    }
    match Class::from_digit(b'0' + status.klass) {
        Some(class) => StatusCode::new(class, status.subject, status.detail),
        None => None,
    }
}

pub(super) fn date(date: Option<Date>) -> ndr_date {
    date.map_or(ndr_date::default(), |d| ndr_date { unix_time: d.unix_time(), offset_minutes: d.offset_minutes(), present: true })
}

pub(super) fn repairs(repairs: Repairs) -> ndr_repairs {
    ndr_repairs {
        action_inferred: repairs.action_inferred,
        status_missing: repairs.status_missing,
        status_refined: repairs.status_refined,
        address_untyped: repairs.address_untyped,
        diagnostic_from_text: repairs.diagnostic_from_text,
    }
}

pub(super) fn exchange(details: Option<ExchangeDetails<'_>>) -> ndr_exchange {
    let details = details.unwrap_or_default();
    ndr_exchange {
        generating_server: slice_or_none(details.generating_server),
        remote_server: slice_or_none(details.remote_server),
        component: slice_or_none(details.component),
        message: slice_or_none(details.message),
        last_attempted_server: slice_or_none(details.last_attempted_server),
        last_attempted_ip: slice_or_none(details.last_attempted_ip),
        stage: slice_or_none(details.stage),
        as_code: slice_or_none(details.as_code),
        server: slice_or_none(details.server),
        time: date(details.time),
    }
}

pub(super) fn verdict(verdict: &Verdict) -> ndr_verdict {
    ndr_verdict {
        entry: verdict.entry.map_or(ptr::null(), catalog::entry),
        provider: verdict.provider.map_or(ptr::null(), catalog::provider),
        blocklist: verdict.blocklist.map_or(ptr::null(), catalog::blocklist),
        retry_after: verdict.retry_after.unwrap_or(0),
        label: verdict.label.unwrap_or(0),
        status: status(verdict.status),
        cause_status: status(verdict.cause.and_then(|cause| cause.status)),
        reply: verdict.reply.map_or(0, |reply| reply.get()),
        severity: verdict.severity.number(),
        category: verdict.category.number(),
        action: verdict.action.number(),
        responsible: verdict.responsible.number(),
        evidence: verdict.evidence.number(),
        cause_category: verdict.cause.map_or(0, |cause| cause.category.number()),
        has_cause: verdict.cause.is_some(),
        suppress: verdict.suppress,
        has_label: verdict.label.is_some(),
        truncated: verdict.truncated,
    }
}

/// A value of the crate in a place of the caller's, behind a mark that tells it from zeros and from what was never written.
#[repr(C)]
pub(super) struct Marked<T> {
    mark: u64,
    value: T,
}

impl<T> Marked<T> {
    /// Whether a place of type `P` can hold it.
    pub(super) const fn fits<P>() -> bool {
        size_of::<Self>() <= size_of::<P>() && align_of::<Self>() <= align_of::<P>()
    }

    /// Puts `value` into `place`.
    ///
    /// # Safety
    /// `place` is aligned, can be written to and [fits](Self::fits).
    pub(super) unsafe fn put(place: *mut c_void, mark: u64, value: T) {
        // SAFETY: aligned and large enough, as the caller promises.
        unsafe { place.cast::<Self>().write(Self { mark, value }) };
    }

    /// The value in `place`; `None` when that is NULL or has no value in it.
    ///
    /// # Safety
    /// Unless it is NULL, `place` is aligned, readable during `'a` and [fits](Self::fits); what carries the mark was put there by
    /// [`put`](Self::put).
    pub(super) unsafe fn get<'a>(place: *const c_void, mark: u64) -> Option<&'a T> {
        // SAFETY: aligned and readable unless NULL, as the caller promises; the mark is a number, and any bytes are one.
        if place.is_null() || unsafe { place.cast::<u64>().read() } != mark {
            return None;
        }
        // SAFETY: `put` has written the whole of it, as the mark says.
        Some(unsafe { &(*place.cast::<Self>()).value })
    }

    /// The same to change it.
    ///
    /// # Safety
    /// As for [`get`](Self::get), and nobody else uses `place` during `'a`.
    pub(super) unsafe fn get_mut<'a>(place: *mut c_void, mark: u64) -> Option<&'a mut T> {
        // SAFETY: aligned and readable unless NULL, as the caller promises; the mark is a number, and any bytes are one.
        if place.is_null() || unsafe { place.cast::<u64>().read() } != mark {
            return None;
        }
        // SAFETY: `put` has written the whole of it, as the mark says, and nobody else uses it.
        Some(unsafe { &mut (*place.cast::<Self>()).value })
    }
}

/// `fields` in ASCII.
pub(super) const FIELDS_MARK: u64 = 0x6e64_725f_666c_6473;

const _: () = assert!(Marked::<Fields<'static>>::fits::<ndr_fields>());

pub(super) fn fields(fields: Fields<'_>) -> ndr_fields {
    let mut place = ndr_fields::default();
    // SAFETY: a place of our own, and the assertion above says that it fits.
    unsafe { Marked::put((&raw mut place).cast(), FIELDS_MARK, fields) };
    place
}
