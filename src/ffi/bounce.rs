//! Whole messages.

use core::ffi::{CStr, c_char};

use super::classify::with_context;
use super::convert::{
    self, FIELDS_MARK, Marked, NO_SLICE, bytes, bytes_mut, fields, finish, print, slice_bytes, slice_of, slice_or_none, typed,
    write,
};
use super::result::ndr_result;
use super::types::*;
use crate::message::{Bounce, Kind, Problem, Recipient, Recipients};
use crate::syntax::dsn::{Encoded, Typed};
use crate::syntax::field::Fields;
use crate::verdict::Context;

/// What is inside an `ndr_bounce`.
struct State {
    bounce: Bounce<'static>,
    recipients: Recipients<'static>,
}

/// `bounce` in ASCII.
const MARK: u64 = 0x626f_756e_6365_0001;

const _: () = assert!(Marked::<State>::fits::<ndr_bounce>());

// A header gives each problem at most once.
const _: () = assert!(Problem::ALL.len() <= NDR_MAX_FINDINGS);

/// # Safety
/// Unless it is NULL, `bounce` can be read during `'a`.
unsafe fn state<'a>(bounce: *const ndr_bounce) -> Option<&'a State> {
    // SAFETY: the caller's promise; only `ndr_bounce_parse` writes the mark, and the assertion above says that it fits.
    unsafe { Marked::get(bounce.cast(), MARK) }
}

/// # Safety
/// Unless it is NULL, `bounce` can be read and nobody else uses it during `'a`.
unsafe fn state_mut<'a>(bounce: *mut ndr_bounce) -> Option<&'a mut State> {
    // SAFETY: the caller's promise; only `ndr_bounce_parse` writes the mark, and the assertion above says that it fits.
    unsafe { Marked::get_mut(bounce.cast(), MARK) }
}

/// Takes a message apart: raw bytes, header first, as they came, lines ended by CRLF or LF, with or without the `From ` line of a
/// mailbox. What is damaged or cut off is read as far as it goes.
///
/// Parameters: `msg` is the message, `len` bytes; it may be NULL when `len` is 0. What has to be decoded is written into `scratch`,
/// `scratch_len` bytes, for which `len` is always enough; most messages need none or a little. Text in a charset other than UTF-8 (ISO-2022-JP,
/// windows-1251, GBK …) becomes UTF-8 as well where there is room for it: four times `len` always is. `scratch` may be NULL when
/// `scratch_len` is 0, and must not lie over the message. `out` gets the bounce.
/// Returns: `NDR_RESULT_OK`, also for a message that is no bounce; `NDR_RESULT_SCRATCH_TOO_SMALL`; `NDR_RESULT_NULL_POINTER`;
/// `NDR_RESULT_TOO_LONG`; `NDR_RESULT_OVERLAP`. On failure `out` is a message that says nothing, and the scratch may have been written
/// to, the message not: after `NDR_RESULT_SCRATCH_TOO_SMALL` call again with a larger one.
/// Memory and lifetimes: `out`, and all slices that come from it, point into `msg` and `scratch`. Both have to stay as they are while
/// those are used. Nothing has to be freed.
///
/// # Safety
/// Unless they are NULL, `msg` points to `len` bytes, `scratch` to `scratch_len` bytes that nobody else uses, and `out` to a place for
/// the bounce.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_bounce_parse(
    msg: *const c_char,
    len: usize,
    scratch: *mut c_char,
    scratch_len: usize,
    out: *mut ndr_bounce,
) -> ndr_result {
    if out.is_null() {
        return ndr_result::NullPointer;
    }
    // SAFETY: the caller's promise; the lifetime is the caller's business, as the documentation says.
    match unsafe { parse(msg, len, scratch, scratch_len) } {
        Ok(bounce) => {
            let state = State { bounce, recipients: bounce.recipients() };
            // SAFETY: not NULL, a place for a bounce as the caller promises, and the assertion above says that it fits.
            unsafe { Marked::put(out.cast(), MARK, state) };
            ndr_result::Ok
        }
        Err(result) => {
            // SAFETY: not NULL, and a place for a bounce as the caller promises.
            unsafe { out.write_bytes(0, 1) };
            result
        }
    }
}

/// # Safety
/// As for [`ndr_bounce_parse`], and the buffers stay as they are while the bounce is used.
unsafe fn parse(msg: *const c_char, len: usize, scratch: *mut c_char, scratch_len: usize) -> Result<Bounce<'static>, ndr_result> {
    // SAFETY: the caller's promise.
    let message = unsafe { bytes(msg, len)? };
    if overlap(message, scratch, scratch_len) {
        return Err(ndr_result::Overlap);
    }
    // SAFETY: the caller's promise, and the message is elsewhere.
    let scratch = unsafe { bytes_mut(scratch, scratch_len)? };
    Bounce::parse(message, scratch).map_err(|_| ndr_result::ScratchTooSmall)
}

/// Whether the scratch has a byte of the message in it. One that is NULL or too long for any object is refused elsewhere.
fn overlap(message: &[u8], scratch: *const c_char, scratch_len: usize) -> bool {
    let Some(scratch_end) = scratch.addr().checked_add(scratch_len).filter(|_| !scratch.is_null()) else { return false };
    let message = message.as_ptr_range();
    message.start.addr() < scratch_end && scratch.addr() < message.end.addr() && message.start != message.end && scratch_len != 0
}

/// What kind of message it is.
///
/// Parameters: `bounce` may be NULL.
/// Returns: `NDR_KIND_*`; `NDR_KIND_OTHER` for NULL.
/// Memory and lifetimes: gives a number only.
///
/// # Safety
/// Unless it is NULL, `bounce` can be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_bounce_kind(bounce: *const ndr_bounce) -> u8 {
    // SAFETY: the caller's promise.
    unsafe { state(bounce) }.map_or(Kind::Other, |state| state.bounce.kind()).number()
}

/// Whether a bound was reached, so that some of the message was not looked at: multiparts nested too deeply, too many recipients in a
/// report without a machine-readable part.
///
/// Parameters: `bounce` may be NULL.
/// Returns: whether something was not looked at; false for NULL.
/// Memory and lifetimes: gives a number only.
///
/// # Safety
/// Unless it is NULL, `bounce` can be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_bounce_is_truncated(bounce: *const ndr_bounce) -> bool {
    // SAFETY: the caller's promise.
    unsafe { state(bounce) }.is_some_and(|state| state.bounce.is_truncated())
}

/// Gets the next recipient, with its verdict. `while (ndr_bounce_next(&bounce, &recipient)) …` walks through all. With a site's own
/// rules it is `ndr_bounce_next_with`.
///
/// Parameters: `bounce` may be NULL. `out` gets the recipient; it may be NULL, to pass over one.
/// Returns: true when there was one; false when there is no more, and for NULL. Then `out` is all zero.
/// Memory and lifetimes: the recipient's slices point into the message and the scratch, and are valid as long as those. It does not
/// need the bounce any more.
///
/// # Safety
/// Unless they are NULL, `bounce` is used by nobody else and `out` is a place for a recipient.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_bounce_next(bounce: *mut ndr_bounce, out: *mut ndr_recipient) -> bool {
    // SAFETY: the caller's promise.
    match unsafe { state_mut(bounce) }.and_then(|state| state.recipients.next()) {
        Some(next) => {
            // SAFETY: the caller's promise.
            unsafe { write(out, recipient(&next)) };
            true
        }
        None => {
            if !out.is_null() {
                // SAFETY: not NULL, and a place for a recipient as the caller promises; all zero is one.
                unsafe { out.write_bytes(0, 1) };
            }
            false
        }
    }
}

/// The same, judged with what the caller knows beside the message: the site's own rules, and the command that was answered. Host, status
/// and action are those of the report, whatever the context says.
///
/// Parameters: `context` may be NULL, which knows nothing; it may be another one for each recipient. `bounce` may be NULL. `out` gets the
/// recipient.
/// Returns: `NDR_RESULT_OK`; `NDR_RESULT_NO_MORE` when there is no more recipient, and for NULL; `NDR_RESULT_NULL_POINTER`;
/// `NDR_RESULT_TOO_LONG`; `NDR_RESULT_TOO_MANY_RULES`; `NDR_RESULT_INVALID_RULE`. On failure `out` is all zero, and no recipient is
/// passed over.
/// Memory and lifetimes: as for `ndr_bounce_next`; of the context nothing is kept.
///
/// # Safety
/// Unless they are NULL, `context` and what it points to can be read, `bounce` is used by nobody else and `out` is a place for a
/// recipient.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_bounce_next_with(
    context: *const ndr_context,
    bounce: *mut ndr_bounce,
    out: *mut ndr_recipient,
) -> ndr_result {
    if out.is_null() {
        return ndr_result::NullPointer;
    }
    // SAFETY: the caller's promise.
    let state = unsafe { state_mut(bounce) };
    let next = |context: &Context<'_>| state?.recipients.next_with(context).map(|next| recipient(&next));
    // SAFETY: the caller's promise.
    let next = unsafe { with_context(context, next) };
    // SAFETY: the caller's promise; all zero is a recipient.
    unsafe { finish(out, next.and_then(|next| next.ok_or(ndr_result::NoMore))) }
}

/// Goes back to the first recipient.
///
/// Parameters: `bounce` may be NULL.
/// Memory and lifetimes: recipients that were got before stay valid.
///
/// # Safety
/// Unless it is NULL, `bounce` is used by nobody else.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_bounce_rewind(bounce: *mut ndr_bounce) {
    // SAFETY: the caller's promise.
    if let Some(state) = unsafe { state_mut(bounce) } {
        state.recipients = state.bounce.recipients();
    }
}

fn recipient(recipient: &Recipient<'_>) -> ndr_recipient {
    ndr_recipient {
        verdict: convert::verdict(recipient.verdict()),
        address: slice_of(recipient.address()),
        final_recipient: typed(Some(recipient.final_recipient())),
        original_recipient: typed(recipient.original_recipient()),
        remote_mta: typed(recipient.remote_mta()),
        diagnostic: typed(recipient.diagnostic()),
        final_log_id: slice_or_none(recipient.final_log_id()),
        rejected_by: slice_or_none(recipient.rejected_by()),
        fields: fields(recipient.fields()),
        exchange: convert::exchange(recipient.exchange()),
        last_attempt_date: convert::date(recipient.last_attempt_date()),
        will_retry_until: convert::date(recipient.will_retry_until()),
        repairs: convert::repairs(recipient.repairs()),
        action: recipient.action().map_or(0, |action| action.number()),
        has_exchange: recipient.exchange().is_some(),
    }
}

/// Prints the address of a recipient with its encoding resolved: `\x{F6}` of type `utf-8` becomes `ö` (RFC 6533). Control characters
/// and what is no UTF-8 are escaped, so that the text can go to a log.
///
/// Parameters: `address` is `final_recipient` or `original_recipient` of a recipient. `out` has room for `cap` bytes, the NUL included;
/// it may be NULL when `cap` is 0.
/// Returns: the length of the text without the NUL, even when the room does not suffice; then `out` gets an empty text.
/// Memory and lifetimes: nothing is kept.
///
/// # Safety
/// What `address` points to can be read; unless it is NULL, `out` has room for `cap` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_address_format(address: ndr_typed, out: *mut c_char, cap: usize) -> usize {
    // SAFETY: the caller's promise.
    let (kind, value) =
        unsafe { (slice_bytes(address.kind).unwrap_or_default(), slice_bytes(address.value).unwrap_or_default()) };
    let address = Typed { kind, value };
    let text = if address.is(b"utf-8") { Encoded::utf8_address(address.address()) } else { Encoded::plain(address.address()) };
    // SAFETY: the caller's promise.
    unsafe { print(text, out, cap) }
}

/// What the report says to a person: decoded, HTML as text, without the copy of the original message.
///
/// Parameters: `bounce` may be NULL.
/// Returns: the text; `{NULL, 0}` for NULL.
/// Memory and lifetimes: points into the message or the scratch.
///
/// # Safety
/// Unless it is NULL, `bounce` can be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_bounce_text(bounce: *const ndr_bounce) -> ndr_slice {
    // SAFETY: the caller's promise.
    slice_or_none(unsafe { state(bounce) }.map(|state| state.bounce.text()))
}

/// The value of a field of the report's own header, still folded: the first of this name.
///
/// Parameters: `bounce` may be NULL. `name` is NUL-terminated, in any letter case, without the colon; it may be NULL.
/// Returns: the value; `{NULL, 0}` when there is no such field.
/// Memory and lifetimes: points into the message.
///
/// # Safety
/// Unless they are NULL, `bounce` can be read and `name` is NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_bounce_header(bounce: *const ndr_bounce, name: *const c_char) -> ndr_slice {
    // SAFETY: the caller's promise.
    unsafe { find(bounce, name, |bounce, name| bounce.header(name)) }
}

/// The value of a field of the original message's header, still folded, as far as the report returns it: the first of this name.
///
/// Parameters: `bounce` may be NULL. `name` is NUL-terminated, in any letter case, without the colon; it may be NULL.
/// Returns: the value; `{NULL, 0}` when there is no such field.
/// Memory and lifetimes: points into the message or the scratch.
///
/// # Safety
/// Unless they are NULL, `bounce` can be read and `name` is NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_bounce_original_header(bounce: *const ndr_bounce, name: *const c_char) -> ndr_slice {
    // SAFETY: the caller's promise.
    unsafe { find(bounce, name, |bounce, name| bounce.original_header(name)) }
}

/// # Safety
/// Unless they are NULL, `bounce` can be read and `name` is NUL-terminated.
unsafe fn find(
    bounce: *const ndr_bounce,
    name: *const c_char,
    find: impl FnOnce(&Bounce<'static>, &[u8]) -> Option<&'static [u8]>,
) -> ndr_slice {
    // SAFETY: the caller's promise.
    let Some(state) = (unsafe { state(bounce) }) else { return NO_SLICE };
    if name.is_null() {
        return NO_SLICE;
    }
    // SAFETY: not NULL, and NUL-terminated as the caller promises.
    let name = unsafe { CStr::from_ptr(name) };
    slice_or_none(find(&state.bounce, name.to_bytes()))
}

/// All fields of the original message's header, for `ndr_fields_next` and `ndr_fields_find`.
///
/// Parameters: `bounce` may be NULL.
/// Returns: the fields; none for NULL.
/// Memory and lifetimes: valid as long as the message and the scratch.
///
/// # Safety
/// Unless it is NULL, `bounce` can be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_bounce_original_fields(bounce: *const ndr_bounce) -> ndr_fields {
    // SAFETY: the caller's promise.
    unsafe { state(bounce) }.map_or(ndr_fields::default(), |state| fields(state.bounce.original_fields()))
}

/// The fields of delivery-status that are about the message, extension fields included, for `ndr_fields_next` and `ndr_fields_find`.
/// Those about one recipient are in `ndr_recipient.fields`.
///
/// Parameters: `bounce` may be NULL.
/// Returns: the fields; none for NULL.
/// Memory and lifetimes: valid as long as the message and the scratch.
///
/// # Safety
/// Unless it is NULL, `bounce` can be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_bounce_message_fields(bounce: *const ndr_bounce) -> ndr_fields {
    // SAFETY: the caller's promise.
    unsafe { state(bounce) }.map_or(ndr_fields::default(), |state| fields(state.bounce.message_fields()))
}

/// Gets the next field. `while (ndr_fields_next(&fields, &field)) …` walks through all.
///
/// Parameters: `fields` may be NULL. `out` gets the field; it may be NULL, to pass over one.
/// Returns: true when there was one; false when there is no more, and for NULL. Then `out` is all zero.
/// Memory and lifetimes: the field points into the message or the scratch, and is valid as long as those.
///
/// # Safety
/// Unless they are NULL, `fields` is used by nobody else and `out` is a place for a field.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_fields_next(fields: *mut ndr_fields, out: *mut ndr_field) -> bool {
    // SAFETY: the caller's promise; only the library writes the mark.
    let next = unsafe { Marked::<Fields<'static>>::get_mut(fields.cast(), FIELDS_MARK) }.and_then(Fields::next);
    let field = next.map_or(ndr_field { name: NO_SLICE, value: NO_SLICE }, |field| ndr_field {
        name: slice_of(field.name),
        value: slice_of(field.value),
    });
    // SAFETY: the caller's promise.
    unsafe { write(out, field) };
    next.is_some()
}

/// The value of a field, still folded: the next of this name. The place in `fields` stays as it is.
///
/// Parameters: `fields` may be NULL. `name` is `name_len` bytes, in any letter case, without the colon; it may be NULL when `name_len` is
/// 0.
/// Returns: the value; `{NULL, 0}` when there is no such field.
/// Memory and lifetimes: points into the message or the scratch, and is valid as long as those.
///
/// # Safety
/// Unless they are NULL, `fields` can be read and `name` points to `name_len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_fields_find(fields: *const ndr_fields, name: *const c_char, name_len: usize) -> ndr_slice {
    // SAFETY: the caller's promise; only the library writes the mark.
    let (fields, name) = unsafe { (Marked::<Fields<'static>>::get(fields.cast(), FIELDS_MARK), bytes(name, name_len)) };
    slice_or_none(fields.zip(name.ok()).and_then(|(fields, name)| fields.clone().find(name)))
}

/// Original-Envelope-Id (RFC 3464, section 2.2.1).
///
/// Parameters: `bounce` may be NULL.
/// Returns: the value; `{NULL, 0}` when there is none.
/// Memory and lifetimes: points into the message or the scratch.
///
/// # Safety
/// Unless it is NULL, `bounce` can be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_bounce_original_envelope_id(bounce: *const ndr_bounce) -> ndr_slice {
    // SAFETY: the caller's promise.
    slice_or_none(unsafe { state(bounce) }.and_then(|state| state.bounce.original_envelope_id()))
}

/// Reporting-MTA (RFC 3464, section 2.2.2): who tried to deliver.
///
/// Parameters: `bounce` may be NULL.
/// Returns: type and value; both `{NULL, 0}` when there is none.
/// Memory and lifetimes: points into the message or the scratch.
///
/// # Safety
/// Unless it is NULL, `bounce` can be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_bounce_reporting_mta(bounce: *const ndr_bounce) -> ndr_typed {
    // SAFETY: the caller's promise.
    typed(unsafe { state(bounce) }.and_then(|state| state.bounce.reporting_mta()))
}

/// DSN-Gateway (RFC 3464, section 2.2.3).
///
/// Parameters: `bounce` may be NULL.
/// Returns: type and value; both `{NULL, 0}` when there is none.
/// Memory and lifetimes: points into the message or the scratch.
///
/// # Safety
/// Unless it is NULL, `bounce` can be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_bounce_dsn_gateway(bounce: *const ndr_bounce) -> ndr_typed {
    // SAFETY: the caller's promise.
    typed(unsafe { state(bounce) }.and_then(|state| state.bounce.dsn_gateway()))
}

/// Received-From-MTA (RFC 3464, section 2.2.4): the previous hop.
///
/// Parameters: `bounce` may be NULL.
/// Returns: type and value; both `{NULL, 0}` when there is none.
/// Memory and lifetimes: points into the message or the scratch.
///
/// # Safety
/// Unless it is NULL, `bounce` can be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_bounce_received_from_mta(bounce: *const ndr_bounce) -> ndr_typed {
    // SAFETY: the caller's promise.
    typed(unsafe { state(bounce) }.and_then(|state| state.bounce.received_from_mta()))
}

/// Arrival-Date (RFC 3464, section 2.2.5): when the reporting server got the message.
///
/// Parameters: `bounce` may be NULL.
/// Returns: the date; not present when there is none, or it is no date.
/// Memory and lifetimes: gives numbers only.
///
/// # Safety
/// Unless it is NULL, `bounce` can be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_bounce_arrival_date(bounce: *const ndr_bounce) -> ndr_date {
    // SAFETY: the caller's promise.
    convert::date(unsafe { state(bounce) }.and_then(|state| state.bounce.arrival_date()))
}

/// The identifier of the mailing list that the original message went through: what stands in brackets in List-Id.
///
/// Parameters: `bounce` may be NULL.
/// Returns: the identifier; `{NULL, 0}` when there is none.
/// Memory and lifetimes: points into the message or the scratch.
///
/// # Safety
/// Unless it is NULL, `bounce` can be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_bounce_list_id(bounce: *const ndr_bounce) -> ndr_slice {
    // SAFETY: the caller's promise.
    slice_or_none(unsafe { state(bounce) }.and_then(|state| state.bounce.list_id()))
}

/// What the original header tells about the authentication of the message: what is wrong, and whose domain has to be mended.
///
/// Parameters: `bounce` may be NULL. `out` gets the first `cap` of the findings; `NDR_MAX_FINDINGS` is always enough. It may be NULL when
/// `cap` is 0.
/// Returns: how many findings there are, which may be more than `cap`; 0 for NULL. 0 is no proof that all is well: many reports return
/// no header, or one from before anybody checked.
/// Memory and lifetimes: the domains point into the message or the scratch.
///
/// # Safety
/// Unless they are NULL, `bounce` can be read and `out` has room for `cap` findings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ndr_bounce_authentication(bounce: *const ndr_bounce, out: *mut ndr_finding, cap: usize) -> usize {
    // SAFETY: the caller's promise.
    let Some(state) = (unsafe { state(bounce) }) else { return 0 };
    let cap = if out.is_null() { 0 } else { cap };
    let authentication = state.bounce.authentication();
    let findings = authentication.findings();
    for (at, finding) in findings.iter().take(cap).enumerate() {
        let finding = ndr_finding { domain: slice_of(finding.domain), problem: finding.problem.number() };
        // SAFETY: `out` is not NULL and has room for `cap` findings, as the caller promises; `at` is below that.
        unsafe { out.add(at).write(finding) };
    }
    findings.len()
}
