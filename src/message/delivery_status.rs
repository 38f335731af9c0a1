//! The machine-readable part of a report: `message/delivery-status` (RFC 3464, section 2).

use crate::syntax::dsn::DsnAction;
use crate::syntax::field::{Field, Fields, Lines};
use crate::syntax::reply::trim;

/// The groups of a delivery-status part: the first speaks of the message, each of the others of one recipient.
///
/// Recipient groups that run on without an empty line between them are told apart by a second Final-Recipient or
/// Original-Recipient.
#[derive(Debug, Clone)]
pub(super) struct Groups<'a> {
    rest: &'a [u8],
}

/// The fields that only a recipient's group has.
const RECIPIENT_FIELDS: [&[u8]; 8] = [
    b"Final-Recipient",
    b"Original-Recipient",
    b"Action",
    b"Status",
    b"Remote-MTA",
    b"Diagnostic-Code",
    b"Last-Attempt-Date",
    b"Will-Retry-Until",
];

impl<'a> Groups<'a> {
    /// The groups of what [`remaining`](Self::remaining) gave.
    pub(super) const fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    /// What has not been iterated over.
    pub(super) const fn remaining(&self) -> &'a [u8] {
        self.rest
    }

    /// Splits the part into the fields about the message and the recipients' groups.
    pub(super) fn split(part: &'a [u8]) -> (&'a [u8], Self) {
        for (start, line) in Lines::new(part) {
            let name = crate::syntax::field::field_colon(line).map(|colon| trim(&line[..colon]));
            if name.is_some_and(|name| RECIPIENT_FIELDS.iter().any(|known| name.eq_ignore_ascii_case(known))) {
                let (message, recipients) = part.split_at(start);
                return (message, Self { rest: recipients });
            }
        }
        (part, Self { rest: &[] })
    }
}

impl<'a> Iterator for Groups<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        while !self.rest.is_empty() {
            let end = end_of_group(self.rest);
            let (group, rest) = self.rest.split_at(end);
            self.rest = rest;
            if Fields::new(group)
                .any(|f| f.is(b"Final-Recipient") || f.is(b"Original-Recipient") || f.is(b"Status") || f.is(b"Action"))
            {
                return Some(group);
            }
        }
        None
    }
}

/// Where the group at the start of `part` ends: behind an empty line, or before the recipient of another group.
fn end_of_group(part: &[u8]) -> usize {
    let mut any = false;
    let mut has_final = false;
    let mut has_original = false;
    let mut blank = None;
    for (start, line) in Lines::new(part) {
        if trim(line).is_empty() {
            blank = blank.or(any.then_some(start));
            continue;
        }
        let name = crate::syntax::field::field_colon(line).map(|colon| trim(&line[..colon]));
        let is = |wanted: &[u8]| name.is_some_and(|name| name.eq_ignore_ascii_case(wanted));
        let opens = is(b"Final-Recipient") && has_final || is(b"Original-Recipient") && has_original;
        // An empty line inside a group, before a field that no group begins with, ends nothing.
        let goes_on = blank.is_some() && !has_final && is(b"Final-Recipient");
        if opens || (blank.is_some() && !goes_on) {
            return start;
        }
        has_final |= is(b"Final-Recipient");
        has_original |= is(b"Original-Recipient");
        any |= name.is_some();
        blank = None;
    }
    part.len()
}

/// The fields of one recipient's group that have a meaning of their own.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RecipientFields<'a> {
    pub(super) original_recipient: Option<&'a [u8]>,
    pub(super) final_recipient: Option<&'a [u8]>,
    pub(super) actual_recipient: Option<&'a [u8]>,
    pub(super) action: Option<DsnAction>,
    pub(super) status: Option<&'a [u8]>,
    pub(super) remote_mta: Option<&'a [u8]>,
    pub(super) diagnostic: Option<&'a [u8]>,
    pub(super) supplementary: Option<&'a [u8]>,
    pub(super) last_attempt: Option<&'a [u8]>,
    pub(super) will_retry_until: Option<&'a [u8]>,
    pub(super) log_id: Option<&'a [u8]>,
}

impl<'a> RecipientFields<'a> {
    pub(super) fn read(group: &'a [u8]) -> Self {
        let mut fields = Self::default();
        for Field { name, value } in Fields::new(group) {
            let known = [
                (&b"Original-Recipient"[..], &mut fields.original_recipient),
                (b"Final-Recipient", &mut fields.final_recipient),
                (b"X-Actual-Recipient", &mut fields.actual_recipient),
                (b"Status", &mut fields.status),
                (b"Remote-MTA", &mut fields.remote_mta),
                (b"Diagnostic-Code", &mut fields.diagnostic),
                (b"X-Supplementary-Info", &mut fields.supplementary),
                (b"Last-Attempt-Date", &mut fields.last_attempt),
                (b"Will-Retry-Until", &mut fields.will_retry_until),
                (b"Final-Log-ID", &mut fields.log_id),
            ];
            if let Some((_, slot)) = known.into_iter().find(|(known, _)| name.eq_ignore_ascii_case(known)) {
                if slot.is_none() && !value.is_empty() {
                    *slot = Some(value);
                }
            } else if name.eq_ignore_ascii_case(b"Action") {
                fields.action = fields.action.or(DsnAction::parse_lenient(value));
            }
        }
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipients(part: &str) -> Vec<String> {
        let (_, groups) = Groups::split(part.as_bytes());
        groups
            .map(|g| String::from_utf8_lossy(RecipientFields::read(g).final_recipient.unwrap_or_default()).into_owned())
            .collect()
    }

    #[test]
    fn ok_groups() {
        assert_eq!(
            recipients("Reporting-MTA: dns; a\n\nFinal-Recipient: x; a\nAction: failed\n\nFinal-Recipient: x; b\n"),
            ["x; a", "x; b"]
        );
        assert_eq!(
            recipients("\n\nReporting-MTA: dns; a\nFinal-Recipient: x; a\nAction: failed\n \nFinal-Recipient: x; b\n"),
            ["x; a", "x; b"]
        );
        assert_eq!(recipients("Final-Recipient: x; a\nStatus: 5.0.0\nFinal-Recipient: x; b\nStatus: 5.0.0\n"), ["x; a", "x; b"]);
        assert_eq!(recipients("Original-Recipient: x; o\n\nFinal-Recipient: x; a\n"), ["x; a"]);
        assert_eq!(recipients("Reporting-MTA: dns; a\n"), Vec::<String>::new());
    }

    #[test]
    fn ok_fields() {
        let fields =
            RecipientFields::read(b"Status : 5.1.1 (x)\nDiagnostic-Code:\nAction: Failed\nDiagnostic-Code: smtp; 550\n no");
        assert_eq!(fields.status, Some(&b"5.1.1 (x)"[..]));
        assert_eq!(fields.action, Some(DsnAction::Failed));
        assert_eq!(fields.diagnostic, Some(&b"smtp; 550\n no"[..]));
    }
}
