//! The values of a delivery status notification (RFC 3464).

/// What a delivery status notification says was done (RFC 3464, section 2.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum DsnAction {
    /// Given up.
    Failed = 1,
    /// Still being tried.
    Delayed = 2,
    /// In the mailbox, or handed to a list.
    Delivered = 3,
    /// Passed to a system that reports no success.
    Relayed = 4,
    /// Sent on to several addresses.
    Expanded = 5,
}

crate::names! { DsnAction {
    Failed => "failed", Delayed => "delayed", Delivered => "delivered", Relayed => "relayed", Expanded => "expanded",
} }
