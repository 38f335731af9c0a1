//! What do these bytes say? Parsers and scanners; no judgement.

pub(crate) mod chunk;
pub(crate) mod date;
pub(crate) mod dsn;
pub(crate) mod field;
pub(crate) mod quoted;
pub(crate) mod reply;
pub(crate) mod reply_code;
pub(crate) mod status;
pub(crate) mod words;
