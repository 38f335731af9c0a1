//! What the example programs share.

pub(crate) mod failures;
pub(crate) mod inputs;
pub(crate) mod json;
pub(crate) mod replies;
