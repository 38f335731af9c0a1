//! What the example programs share.

pub mod failures;
pub mod inputs;
pub mod json;
pub mod replies;
