//! What a bounce means, who has to act and what to do next.
//!
//! Three questions, three calls:
//! - [`classify`]: what does this reply mean? Give it anything from `550 5.1.1 No such user` to a line of a log.
//! - [`Bounce::parse`]: what does this message that came back say, and about whom? Raw bytes in, recipients with verdicts out.
//! - [`catalog::lookup`]: what can this status code mean? Everything the catalogue has about it, most specific first.
//!
//! ```
//! use nondelivery::{Action, Category, classify};
//!
//! let verdict = classify(b"452 4.2.2 The email account that you tried to reach is over quota");
//! assert_eq!((verdict.category, verdict.action), (Category::MailboxFull, Action::Retry));
//! ```
//!
//! The crate allocates nothing, keeps no state and never panics; text is bytes, since mail is not UTF-8. Views borrow from the
//! caller's bytes, verdicts own nothing and can be kept. The rooms, each using only those below it: `message` (where in a message
//! is it said?), [`verdict`] (so what is wrong?), [`catalog`] (what does this code mean?), `syntax` (what do these bytes say?).
//!
//! # Features
//! - `std` (default): `std::error::Error` for the errors. Without it the crate is `no_std`, and it never needs `alloc`.
//! - `toml` (default): `Rules::from_toml`, a site's own rules from a file; the only thing here that allocates.
//! - `charset` (default): text of messages in other charsets than UTF-8 is made UTF-8; without it, it stays as it came.
//! - `serde`: serialises verdicts, categories, dates and codes under stable names.
//! - `psl`: relaxed alignment by organisational domain in [`Authentication`]; without it a domain is aligned with itself and what is
//!   below it.
//! - `capi`: the C library of `include/nondelivery.h`.
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

/// The examples of README.md, compiled and run.
#[cfg(all(doctest, feature = "std"))]
#[doc = include_str!("../README.md")]
struct Readme;
