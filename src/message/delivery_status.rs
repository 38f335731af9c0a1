//! The machine-readable part of a report: `message/delivery-status` (RFC 3464, section 2).

use core::ops::Range;

use crate::syntax::dsn::DsnAction;
use crate::syntax::field::{Lines, Names, continues, field_colon};
use crate::syntax::reply::{trim, trim_start};

/// The groups of a delivery-status part: the first speaks of the message, each of the others of one recipient.
///
/// Recipient groups that run on without an empty line between them are told apart by a second Final-Recipient or
/// Original-Recipient.
#[derive(Debug, Clone)]
pub(super) struct Groups<'a> {
    rest: &'a [u8],
}

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
        let first = Lines::new(part).find(|(_, line)| NAMES.find(line).is_some_and(|(name, _)| name.is_of_recipient()));
        let (message, recipients) = part.split_at(first.map_or(part.len(), |(start, _)| start));
        (message, Self { rest: recipients })
    }

    /// Whether there is any group left.
    pub(super) fn any(&self) -> bool {
        Lines::new(self.rest).any(|(_, line)| NAMES.find(line).is_some_and(|(name, _)| name.makes_group()))
    }
}

impl<'a> Iterator for Groups<'a> {
    /// The group as it came, and its fields.
    type Item = (&'a [u8], RecipientFields<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let mut group = Reading::default();
            let (group_text, rest) = self.rest.split_at(group.read(self.rest));
            self.rest = rest;
            if group.is_recipients {
                return Some((group_text, group.fields));
            }
        }
        None
    }
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
    /// Where the value of a field is kept; that of Action is read at once.
    const fn place(&mut self, name: Name) -> Option<&mut Option<&'a [u8]>> {
        Some(match name {
            Name::OriginalRecipient => &mut self.original_recipient,
            Name::FinalRecipient => &mut self.final_recipient,
            Name::ActualRecipient => &mut self.actual_recipient,
            Name::Status => &mut self.status,
            Name::RemoteMta => &mut self.remote_mta,
            Name::DiagnosticCode => &mut self.diagnostic,
            Name::SupplementaryInfo => &mut self.supplementary,
            Name::LastAttemptDate => &mut self.last_attempt,
            Name::WillRetryUntil => &mut self.will_retry_until,
            Name::FinalLogId => &mut self.log_id,
            Name::Action => return None,
        })
    }

    /// Whether a field of this name was there, and said something.
    fn has(&mut self, name: Name) -> bool {
        match self.place(name) {
            Some(value) => value.is_some(),
            None => self.action.is_some(),
        }
    }

    /// The first value that says anything counts.
    fn take(&mut self, name: Name, value: &'a [u8]) {
        match self.place(name) {
            Some(_) if value.is_empty() => {}
            Some(place) => _ = place.get_or_insert(value),
            None => self.action = self.action.or(DsnAction::parse_lenient(value)),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    Action,
    ActualRecipient,
    DiagnosticCode,
    FinalLogId,
    FinalRecipient,
    LastAttemptDate,
    OriginalRecipient,
    RemoteMta,
    Status,
    SupplementaryInfo,
    WillRetryUntil,
}

impl Name {
    /// Whether only a recipient's group has the field.
    const fn is_of_recipient(self) -> bool {
        !matches!(self, Self::ActualRecipient | Self::FinalLogId | Self::SupplementaryInfo)
    }

    /// Whether a group that has the field is about a recipient.
    const fn makes_group(self) -> bool {
        matches!(self, Self::FinalRecipient | Self::OriginalRecipient | Self::Status | Self::Action)
    }
}

/// The fields that have a meaning of their own.
const NAMES: Names<Name, 11> = Names::new([
    (b"Final-Recipient", Name::FinalRecipient),
    (b"Original-Recipient", Name::OriginalRecipient),
    (b"Action", Name::Action),
    (b"Status", Name::Status),
    (b"Remote-MTA", Name::RemoteMta),
    (b"Diagnostic-Code", Name::DiagnosticCode),
    (b"Last-Attempt-Date", Name::LastAttemptDate),
    (b"Will-Retry-Until", Name::WillRetryUntil),
    (b"Final-Log-ID", Name::FinalLogId),
    (b"X-Actual-Recipient", Name::ActualRecipient),
    (b"X-Supplementary-Info", Name::SupplementaryInfo),
]);

/// A group that is being read.
#[derive(Default)]
struct Reading<'a> {
    fields: RecipientFields<'a>,
    /// The field whose lines are being read, and where its value stands.
    open: Option<(Name, Range<usize>)>,
    has_final: bool,
    has_original: bool,
    is_recipients: bool,
    has_fields: bool,
    /// Whether an empty line stands behind the fields.
    is_closed: bool,
}

impl<'a> Reading<'a> {
    /// Reads the group at the start of `part` and says where it ends: behind an empty line, or before the recipient of another group.
    fn read(&mut self, part: &'a [u8]) -> usize {
        let mut end = part.len();
        for (start, line) in Lines::new(part) {
            if trim_start(line).is_empty() {
                self.close(part);
                self.is_closed |= self.has_fields;
                continue;
            }
            let field = NAMES.find(line);
            if let Some((_, value)) = &mut self.open
                && field.is_none()
                && continues(line)
            {
                value.end = start + line.len();
                continue;
            }
            let name = field.map(|(name, _)| name);
            if self.ends_before(name) {
                end = start;
                break;
            }
            self.close(part);
            self.open = field.map(|(name, at)| (name, start + at..start + line.len()));
            self.note(name);
            self.has_fields = self.has_fields || name.is_some() || field_colon(line).is_some();
        }
        self.close(part);
        end
    }

    /// Whether the group ends before a line with this field.
    fn ends_before(&mut self, name: Option<Name>) -> bool {
        match name {
            // An empty line inside a group, before a field that no group begins with, ends nothing.
            Some(Name::FinalRecipient) => self.has_final,
            Some(Name::OriginalRecipient) => self.has_original || self.is_closed,
            // What misses its recipient belongs to the one above.
            Some(name) if name.is_of_recipient() && (self.has_final || self.has_original) => {
                self.is_closed && self.fields.has(name)
            }
            _ => self.is_closed,
        }
    }

    fn note(&mut self, name: Option<Name>) {
        self.is_closed = false;
        self.has_final |= name == Some(Name::FinalRecipient);
        self.has_original |= name == Some(Name::OriginalRecipient);
        self.is_recipients |= name.is_some_and(Name::makes_group);
    }

    /// Takes the value of the field that has ended.
    fn close(&mut self, part: &'a [u8]) {
        if let Some((name, value)) = self.open.take() {
            self.fields.take(name, trim(&part[value]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipients(part: &str) -> Vec<String> {
        let (_, groups) = Groups::split(part.as_bytes());
        groups.map(|(_, fields)| String::from_utf8_lossy(fields.final_recipient.unwrap_or_default()).into_owned()).collect()
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
        let group = b"Status : 5.1.1 (x)\nDiagnostic-Code:\nAction: Failed\nDiagnostic-Code: smtp; 550\n no";
        let (_, fields) = Groups::new(group).next().unwrap();
        assert_eq!(fields.status, Some(&b"5.1.1 (x)"[..]));
        assert_eq!(fields.action, Some(DsnAction::Failed));
        assert_eq!(fields.diagnostic, Some(&b"smtp; 550\n no"[..]));
    }
}
