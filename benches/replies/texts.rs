//! Texts of a given length: an ordinary one, and the worst that one can think of.

/// Long, but what a server could say: sentences without an end to them.
const ORDINARY: &str = "550 5.7.1 Your message was not accepted by this system at this time for the reasons that are given on \
    the page https://postmaster.example.net/why?id=4821 and the administrator of mx3.example.net has been told about it. ";

/// What is repeated, and why it might be slow.
const WORST: [(&str, &str); 25] = [
    // Every phrase begins and none ends.
    ("phrase-beginnings", "the email account that you tried to reach "),
    ("user-user", "user recipient mailbox address account user unknown recipient "),
    ("words-a", "a "),
    // Pieces of phrases without the pieces that they need around them.
    ("gaps", "message blocked see rejected spam list mailbox "),
    // Pairs of words that lead to the most phrases.
    ("frequent-pairs", "space in space for space left space available room in by recipient not exist outgoing mail domain part "),
    // Reply codes: each looks at what stands before and behind it.
    ("reply-codes", "550 "),
    ("reply-and-status", "550 5.7.1 "),
    ("continuations", "550-5.7.1 "),
    ("quotations", "550 <"),
    ("numbers-dots", "1."),
    ("status-codes", "5.7.1.1 "),
    ("digits", "5"),
    // Addresses: each `@` looks both ways.
    ("at", "@"),
    ("addresses", "a@"),
    ("brackets", "<"),
    ("commands", "(in reply to "),
    ("blanks", " "),
    ("word", "x"),
    // Times, which may or may not say when to try again.
    ("times", "5 min x "),
    ("clocks", "12:50:00 "),
    ("times-in-japanese", "5\u{5206} "),
    // Single words that count only outside names of hosts.
    ("cues-in-names", "nxdomain-"),
    ("host-names", "mx.example.net"),
    // Reply codes at the head of every line.
    ("lines", "550-\n"),
    ("not-utf8", "\u{e4}\u{8a9e}"),
];

/// All texts, each of `bytes` bytes and with a code at its start.
pub(crate) fn all(bytes: usize) -> Vec<(&'static str, Vec<u8>)> {
    let worst = WORST.iter().map(|(name, repeated)| (*name, repeat(repeated, bytes)));
    std::iter::once(("ordinary", repeat(ORDINARY, bytes))).chain(worst).collect()
}

fn repeat(text: &str, bytes: usize) -> Vec<u8> {
    b"550 ".iter().chain(text.as_bytes().iter().cycle()).copied().take(bytes).collect()
}
