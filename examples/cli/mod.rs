//! What the example programs share.

pub(crate) mod address;
pub(crate) mod bounded;
pub(crate) mod failures;
pub(crate) mod folders;
pub(crate) mod format;
pub(crate) mod inputs;
pub(crate) mod json;
pub(crate) mod mbox;
pub(crate) mod messages;
pub(crate) mod replies;
pub(crate) mod terminal;
