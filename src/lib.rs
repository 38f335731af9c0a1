//! What a bounce means, who has to act and what to do next.
#![cfg_attr(not(any(test, feature = "std")), no_std)]
#![deny(unsafe_code)]
#![cfg_attr(not(feature = "capi"), forbid(unsafe_code))]

mod error;
mod names;

pub mod catalog;
#[cfg(feature = "capi")]
mod ffi;
mod message;
mod syntax;
pub mod verdict;

pub use catalog::{Action, Audience, Blocklist, Category, Entry, Party, Provider, Source};
pub use error::{Expected, ParseError};
pub use message::{
    Authentication, Bounce, ExchangeDetails, Finding, Kind, Problem, Recipient, Recipients, Repairs, ScratchTooSmall,
};
pub use syntax::date::Date;
pub use syntax::dsn::{DsnAction, Encoded, Typed};
pub use syntax::field::{Field, Fields};
pub use syntax::reply::{Progress, Reply};
pub use syntax::reply_code::{ReplyCode, Stage};
pub use syntax::status::{Class, StatusCode, StatusPattern};
pub use verdict::{Cause, Context, Evidence, Rule, Severity, Verdict, classify, classify_with};
#[cfg(feature = "toml")]
pub use verdict::{Rules, RulesError};
