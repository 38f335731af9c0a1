//! The words a judgement is made of: why, what now, who.

/// Why a message was not delivered. How permanent that is, is told by the severity and not by the category: a full mailbox is
/// [`MailboxFull`](Self::MailboxFull) at 4.2.2 and at 5.2.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Category {
    /// It failed, or was said to, and nothing tells why.
    Undetermined = 0,
    /// There is no such mailbox, alias, user or group at that domain.
    UnknownRecipient = 1,
    /// The recipient's domain does not exist, has no usable mail server, or takes no mail.
    UnknownDomain = 2,
    /// The recipient's address is malformed or ambiguous.
    BadAddress = 3,
    /// The recipient has gone to another address.
    MailboxMoved = 4,
    /// The mailbox exists and is disabled, suspended, closed or not yet in use.
    MailboxInactive = 5,
    /// That one mailbox is over its quota.
    MailboxFull = 6,
    /// The recipient, group or organisation takes mail only from some senders.
    RecipientRestricted = 7,
    /// The message is over a size limit.
    MessageTooLarge = 8,
    /// Format, header, attachment or encoding were refused; neither spam nor malware.
    ContentRejected = 9,
    /// The message was judged to be spam.
    SpamContent = 10,
    /// A virus or other malware was found.
    MalwareDetected = 11,
    /// The envelope or header sender was refused, does not exist or could not be verified.
    SenderRejected = 12,
    /// SPF, DKIM, DMARC or ARC was missing or failed.
    AuthenticationFailed = 13,
    /// The sending host's PTR record, forward-confirmed name or HELO is missing or wrong.
    ReverseDns = 14,
    /// The sending host's address is on a list or has a bad reputation.
    IpBlocked = 15,
    /// The sender's domain or address is on a list or has a bad reputation.
    DomainBlocked = 16,
    /// Refused by local policy, and nothing more can be told.
    PolicyRejected = 17,
    /// Too many messages or connections in a time.
    RateLimited = 18,
    /// One message or session has too many recipients.
    TooManyRecipients = 19,
    /// The sender's own provider has stopped the sender: quota used up, or blocked for abuse.
    SenderQuota = 20,
    /// Refused once on purpose, to be tried again.
    Greylisted = 21,
    /// This server is no relay for that recipient's domain.
    RelayDenied = 22,
    /// The client has to authenticate, or its login failed.
    LoginRequired = 23,
    /// STARTTLS, certificate, DANE or MTA-STS failed or was required.
    TlsFailed = 24,
    /// No connection, or it broke.
    ConnectionFailed = 25,
    /// A DNS or directory query failed, for now.
    DnsFailed = 26,
    /// The message went round in circles.
    RoutingLoop = 27,
    /// The message waited in a queue until its lifetime ended.
    Expired = 28,
    /// The receiving system, not the one mailbox, is out of storage.
    SystemFull = 29,
    /// The receiving system failed or is misconfigured.
    SystemError = 30,
    /// The SMTP dialogue broke.
    ProtocolError = 31,
    /// The program, filter or script that delivers locally failed.
    MailerError = 32,
}

crate::names! { Category {
    Undetermined => "Undetermined", UnknownRecipient => "UnknownRecipient", UnknownDomain => "UnknownDomain",
    BadAddress => "BadAddress", MailboxMoved => "MailboxMoved", MailboxInactive => "MailboxInactive",
    MailboxFull => "MailboxFull", RecipientRestricted => "RecipientRestricted", MessageTooLarge => "MessageTooLarge",
    ContentRejected => "ContentRejected", SpamContent => "SpamContent", MalwareDetected => "MalwareDetected",
    SenderRejected => "SenderRejected", AuthenticationFailed => "AuthenticationFailed", ReverseDns => "ReverseDns",
    IpBlocked => "IpBlocked", DomainBlocked => "DomainBlocked", PolicyRejected => "PolicyRejected",
    RateLimited => "RateLimited", TooManyRecipients => "TooManyRecipients", SenderQuota => "SenderQuota",
    Greylisted => "Greylisted", RelayDenied => "RelayDenied", LoginRequired => "LoginRequired", TlsFailed => "TlsFailed",
    ConnectionFailed => "ConnectionFailed", DnsFailed => "DnsFailed", RoutingLoop => "RoutingLoop", Expired => "Expired",
    SystemFull => "SystemFull", SystemError => "SystemError", ProtocolError => "ProtocolError", MailerError => "MailerError",
} }

/// What the sending system should do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Action {
    /// Nothing: it worked, or nothing can be done.
    Nothing = 0,
    /// Try again later, as a queue does.
    Retry = 1,
    /// Try again, with fewer messages and connections.
    SlowDown = 2,
    /// Send to fewer recipients at a time.
    SplitRecipients = 3,
    /// Stop mailing this address.
    Suppress = 4,
    /// Correct the recipient's address.
    FixAddress = 5,
    /// Change the message.
    FixMessage = 6,
    /// Mend what belongs to the sender: DNS, authentication, TLS, configuration.
    FixSender = 7,
    /// Secure an account or system that is being abused.
    SecureAccount = 8,
    /// Ask the list that names the sender to remove it.
    RequestDelisting = 9,
    /// Ask the recipient's side to change something.
    AskRecipient = 10,
    /// Let a person look into it.
    Investigate = 11,
}

crate::names! { Action {
    Nothing => "nothing", Retry => "retry", SlowDown => "slow-down", SplitRecipients => "split-recipients",
    Suppress => "suppress", FixAddress => "fix-address", FixMessage => "fix-message", FixSender => "fix-sender",
    SecureAccount => "secure-account", RequestDelisting => "request-delisting", AskRecipient => "ask-recipient",
    Investigate => "investigate",
} }

/// Who can put it right: the "fix-it owner" of a non-delivery report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Party {
    /// Nobody needs to: it passes with time.
    Nobody = 0,
    /// The person who sent the message.
    Sender = 1,
    /// The administrator of the sending system or domain.
    SenderAdmin = 2,
    /// The mail service between the two.
    Service = 3,
    /// The administrator of the recipient's system or domain.
    RecipientAdmin = 4,
    /// The recipient.
    Recipient = 5,
    /// The owner of the group that was written to.
    GroupOwner = 6,
}

crate::names! { Party {
    Nobody => "nobody", Sender => "sender", SenderAdmin => "sender-admin", Service => "service",
    RecipientAdmin => "recipient-admin", Recipient => "recipient", GroupOwner => "group-owner",
} }

/// Where an entry of the catalogue comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Source {
    /// The IANA registry of enhanced status codes.
    Registry = 0,
    /// The three-digit reply codes of RFC 5321 and its extensions.
    Reply = 1,
    /// Exchange Online's documentation.
    ExchangeOnline = 2,
}

crate::names! { Source { Registry => "registry", Reply => "reply", ExchangeOnline => "exchange-online" } }
