//! What the caller knows beside the text.

use crate::syntax::dsn::DsnAction;
use crate::syntax::reply_code::Stage;
use crate::syntax::status::StatusCode;
use crate::verdict::rules::Rule;

/// What the caller knows beside the text of a reply. Everything is optional.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// The name of the host that replied, as far as it is trusted: it tells the provider.
    pub remote_host: Option<&'a [u8]>,
    /// The command that was answered. `(in reply to RCPT TO command)` in the text counts for less.
    pub stage: Option<Stage>,
    /// The Status field of a delivery status notification. It counts where the text has no code.
    pub status: Option<StatusCode>,
    /// The Action field: what is only delayed has not failed.
    pub action: Option<DsnAction>,
    /// The site's own rules, consulted first and in this order: the first whose conditions all hold counts.
    pub rules: &'a [Rule<'a>],
}
