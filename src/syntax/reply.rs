//! SMTP replies (RFC 5321, section 4.2) with enhanced status codes (RFC 2034): strictly in a live session, leniently wherever a
//! log, a DSN or a person has put one.

use core::fmt;

use nom::IResult;
use nom::Parser;
use nom::bytes::complete::take_while;

use crate::error::{Expected, ParseError};
use crate::syntax::reply_code::{ReplyCode, Stage};
use crate::syntax::status::{Class, StatusCode};

/// What a parser makes of input that is still arriving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<T> {
    /// The value is complete; so many bytes of the input belong to it.
    Complete {
        /// What was read.
        value: T,
        /// How many bytes from the start of the input it took.
        consumed: usize,
    },
    /// What is there is right, and more has to come.
    Incomplete,
}

/// One SMTP reply, borrowed from the bytes that hold it.
///
/// ```
/// use nondelivery::{Progress, Reply, ReplyCode};
///
/// let Progress::Complete { value: reply, consumed } = Reply::parse(b"550-5.1.1 No such\r\n550 5.1.1 user\r\n250 OK\r\n")?
///     else { panic!() };
/// assert_eq!(consumed, 35);
/// assert_eq!(reply.code(), ReplyCode::new(550));
/// assert_eq!(reply.status().unwrap().to_string(), "5.1.1");
/// assert_eq!(reply.to_string(), "No such user");
/// # Ok::<(), nondelivery::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply<'a> {
    code: Option<ReplyCode>,
    status: Option<StatusCode>,
    command: Option<Stage>,
    lead: &'a [u8],
    text: &'a [u8],
    quoted: Option<&'a [u8]>,
}

impl<'a> Reply<'a> {
    /// Parses the reply at the start of `input` as a client in a session has to (RFC 5321, section 4.2): the same code on every line,
    /// a hyphen behind it on all lines but the last, lines ended by CR LF. An enhanced code is taken when its class agrees
    /// with the reply's first digit (RFC 2034, section 4).
    ///
    /// # Errors
    /// Says what was expected and at which byte of `input`. Input that only ended too soon is [`Progress::Incomplete`].
    pub fn parse(input: &'a [u8]) -> Result<Progress<Self>, ParseError> {
        let mut rest = input;
        let mut first: Option<(ReplyCode, Option<StatusCode>)> = None;
        loop {
            let line = match session_line(input.len() - rest.len(), rest)? {
                Progress::Complete { value, consumed } => {
                    rest = &rest[consumed..];
                    value
                }
                Progress::Incomplete => return Ok(Progress::Incomplete),
            };
            let (code, status) = *first.get_or_insert((line.code, line.status));
            if line.code != code {
                return Err(ParseError::new(Expected::SameReplyCode, line.at));
            }
            first = Some((code, status.or(line.status)));
            if line.last {
                let consumed = input.len() - rest.len();
                let (code, status) = (Some(code), status.or(line.status));
                let skip = text_of_line(&input[..consumed], code, status);
                let text = trim_end(&input[skip..consumed]);
                let value = Self { code, status, command: None, lead: &[], text, quoted: None };
                return Ok(Progress::Complete { value, consumed });
            }
        }
    }

    /// Finds the reply in any text: a reply, a line of a log, a Diagnostic-Code, a sentence. It never fails; a text without codes
    /// is a reply that has only text.
    ///
    /// ```
    /// use nondelivery::{Reply, ReplyCode, Stage};
    ///
    /// let reply = Reply::find(b"host mx.example.net[192.0.2.1] said: 550-5.7.1 Go 550 5.7.1 away (in reply to RCPT TO command)");
    /// assert_eq!(reply.code(), ReplyCode::new(550));
    /// assert_eq!(reply.to_string(), "Go away");
    /// assert_eq!(reply.stage(), Some(Stage::Rcpt));
    /// assert_eq!(reply.lead(), b"host mx.example.net[192.0.2.1] said: ");
    /// ```
    #[must_use]
    pub fn find(input: &'a [u8]) -> Self {
        let (body, command) = split_command(input);
        let mut codes = Codes::new(body);
        let Some(mut first) = codes.next() else {
            return Self { code: None, status: None, command, lead: &[], text: body, quoted: None };
        };
        let mut found = first;
        let mut quoted = None;
        for next in codes {
            if found.absorbs(&next, body) {
                continue;
            }
            if next.is_quoted(body) {
                if found.is_of_log(body) {
                    first = Code { status: next.status.or(found.status), ..next };
                    found = first;
                    continue;
                }
                quoted = Some(next.start);
                break;
            }
        }
        let end = quoted.unwrap_or(body.len());
        let lead = &body[..first.start];
        Self {
            code: found.reply,
            status: found.status,
            command: command.or_else(|| command_before(lead)),
            lead,
            text: text_behind(&body[..end], &first, &found),
            quoted: quoted.map(|start| &body[start..]),
        }
    }

    /// The three-digit code, when there is one.
    #[must_use]
    pub const fn code(&self) -> Option<ReplyCode> {
        self.code
    }

    /// The enhanced status code, when there is one.
    #[must_use]
    pub const fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// The command that was answered, when the text says so: `(in reply to RCPT TO command)`.
    #[must_use]
    pub const fn stage(&self) -> Option<Stage> {
        self.command
    }

    /// What stands before the codes: empty for a bare reply.
    #[must_use]
    pub const fn lead(&self) -> &'a [u8] {
        self.lead
    }

    /// What stands behind the codes, as it came: line breaks and repeated codes are still there. Print the reply for the logical text.
    #[must_use]
    pub const fn text(&self) -> &'a [u8] {
        self.text
    }

    /// A reply quoted inside this one, from its code on; [`text`](Self::text) ends before it.
    #[must_use]
    pub const fn quoted(&self) -> Option<&'a [u8]> {
        self.quoted
    }

    /// The host named before the reply, as in `host mx.example.net[192.0.2.1] said:`: the last name there, or the last IPv4 address where
    /// there is no name.
    #[must_use]
    pub fn host(&self) -> Option<&'a [u8]> {
        let words = self
            .lead
            .split(|b| b.is_ascii_whitespace() || matches!(b, b'[' | b']' | b'(' | b')' | b',' | b';' | b':' | b'<' | b'>'));
        let words = words.map(|word| word.strip_suffix(b".").unwrap_or(word));
        words.clone().rfind(|word| is_host(word)).or_else(|| words.rev().find(|word| is_ipv4(word)))
    }

    /// The text line by line, without the codes.
    pub fn lines(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let (code, status) = (self.code, self.status);
        self.text.split(|b| *b == b'\n').enumerate().map(move |(number, line)| {
            let skip = if number == 0 { 0 } else { text_of_line(line, code, status) };
            trim(&line[skip..])
        })
    }
}

/// Prints the text as one logical line: without codes, line breaks and repeated prefixes. Bytes that are no UTF-8 are escaped as in Rust.
impl fmt::Display for Reply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut space = "";
        for line in self.lines() {
            let parts = Unjoined { rest: line, code: self.code, status: self.status };
            for part in parts {
                let part = trim(part);
                if !part.is_empty() {
                    write!(f, "{space}{}", Loggable(part))?;
                    space = " ";
                }
            }
        }
        Ok(())
    }
}

/// Prints bytes for a log: UTF-8 as it is, anything else and control characters escaped.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Loggable<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Loggable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for c in chunk.valid().chars() {
                if c.is_control() { write!(f, "{}", c.escape_default())? } else { fmt::Write::write_char(f, c)? }
            }
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

/// Splits a line at the codes that a log left in it when it joined the lines of a reply.
struct Unjoined<'a> {
    rest: &'a [u8],
    code: Option<ReplyCode>,
    status: Option<StatusCode>,
}

impl<'a> Iterator for Unjoined<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let line = self.rest;
        for at in memchr::memchr_iter(b' ', line) {
            let next = &line[at + 1..];
            let joined = self.code.is_some_and(|code| next.starts_with(&code.digits()))
                && (next.get(3) == Some(&b'-') || self.status.is_some_and(|s| status_behind(next) == Some(s)));
            if joined {
                self.rest = &next[text_of_line(next, self.code, self.status)..];
                return Some(&line[..at]);
            }
        }
        self.rest = &[];
        Some(line)
    }
}

/// The status code behind a reply code and one hyphen or space.
fn status_behind(reply: &[u8]) -> Option<StatusCode> {
    reply.get(4..).and_then(StatusCode::read_prefix).map(|(status, _)| status)
}

/// Where the text of a line begins: behind the code, the separator and the status.
fn text_of_line(line: &[u8], code: Option<ReplyCode>, status: Option<StatusCode>) -> usize {
    let indent = line.len() - trim_start(line).len();
    let Some(code) = code.filter(|code| line[indent..].starts_with(&code.digits())) else { return indent };
    let mut skip = indent + code.digits().len();
    if matches!(line.get(skip), Some(b'-' | b' ' | b'\t')) {
        skip += 1;
        let blank = line[skip..].len() - trim_start(&line[skip..]).len();
        if let Some((found, length)) = StatusCode::read_prefix(&line[skip + blank..])
            && Some(found) == status
        {
            skip += blank + length;
        }
    }
    skip
}

/// One line of a session.
struct Line {
    code: ReplyCode,
    status: Option<StatusCode>,
    last: bool,
    at: usize,
}

/// `Reply-line = Reply-code [ SP textstring ] CRLF / Reply-code "-" [ textstring ] CRLF`, which begins at byte `at` of the input.
fn session_line(at: usize, input: &[u8]) -> Result<Progress<Line>, ParseError> {
    let digits = input.iter().take(3).take_while(|b| b.is_ascii_digit()).count();
    if digits < 3 && digits == input.len() {
        return Ok(Progress::Incomplete);
    }
    let code = ReplyCode::read_prefix(input).ok_or(ParseError::new(Expected::ReplyCode, at))?;
    let (separator, rest) = match input.get(3) {
        None => return Ok(Progress::Incomplete),
        Some(b'-') => (b'-', &input[4..]),
        Some(b' ') => (b' ', &input[4..]),
        Some(b'\r') => (b' ', &input[3..]),
        Some(_) => return Err(ParseError::new(Expected::Separator, at + 3)),
    };
    let (rest, text) = textstring(rest).unwrap_or((rest, &[]));
    let end = at + input.len() - rest.len();
    match rest {
        [b'\r', b'\n', ..] => {}
        [] | [b'\r'] => return Ok(Progress::Incomplete),
        [b'\r', ..] => return Err(ParseError::new(Expected::LineEnd, end)),
        _ => return Err(ParseError::new(Expected::Text, end)),
    }
    let status = StatusCode::read_prefix(trim_start(text)).map(|(status, _)| status);
    let status = status.filter(|status| Some(status.class()) == code.class());
    let consumed = input.len() - rest.len() + 2;
    Ok(Progress::Complete { value: Line { code, status, last: separator == b' ', at }, consumed })
}

/// `textstring = 1*(%d09 / %d32-126)`; bytes above ASCII are let pass, for SMTPUTF8 (RFC 6531, section 3.7.4).
fn textstring(input: &[u8]) -> IResult<&[u8], &[u8]> {
    take_while(|b: u8| b == b'\t' || (b >= b' ' && b != 0x7f)).parse(input)
}

/// A place in a text where codes stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Code {
    start: usize,
    end: usize,
    reply: Option<ReplyCode>,
    status: Option<StatusCode>,
}

impl Code {
    /// Takes over what `next` adds about the same reply: the status that a later line or a bracket at the end has, the reply code
    /// behind a leading status (`#5.7.1 smtp;550 5.7.1 …`). Says whether `next` is no reply of its own.
    fn absorbs(&mut self, next: &Self, body: &[u8]) -> bool {
        match (self.reply, next.reply) {
            // A greeting before the refusal: `220-mx.example.net 421 4.2.1 …`.
            (Some(greeting), Some(refusal)) if greeting.get() < 400 && refusal.get() >= 400 => {
                *self = Self { start: self.start, ..*next };
                true
            }
            // What the next server said, in the brackets that Exchange puts around it.
            (Some(_), Some(_)) if self.wraps(next, body) => {
                *self = Self { start: self.start, ..*next };
                true
            }
            (Some(reply), Some(same)) if reply == same && !next.is_quoted(body) => {
                self.status = self.status.or(next.status);
                true
            }
            (Some(reply), None) => {
                let agrees = next.status.is_some_and(|status| Some(status.class()) == reply.class());
                if agrees && self.status.is_none_or(|status| status.detail() == 0) {
                    self.status = next.status;
                }
                true
            }
            (None, Some(reply)) => {
                let own = self.status;
                let agrees = next.status.is_none_or(|status| own.is_none_or(|own| status == own || refines(status, own)));
                let between = &body[self.end..next.start];
                let near = between.len() <= MAX_BETWEEN && !between.iter().any(|b| matches!(b, b'.' | b'\n'));
                if agrees && near {
                    *self = Self { start: self.start, end: next.end, reply: Some(reply), status: next.status.or(own) };
                }
                agrees && near
            }
            (None, None) => true,
            _ => false,
        }
    }

    /// Whether it only stands before another reply and tells nothing itself: `554 5.0.0 <mx.example.net #5.0.0 smtp; 550 5.1.1 …>`.
    fn wraps(&self, next: &Self, body: &[u8]) -> bool {
        let between = &body[self.end..next.start];
        let is_wrapper =
            || between.starts_with(b" <") && trim_end(between).ends_with(b"smtp;") && memchr::memchr(b'#', between).is_some();
        let refined = self.status.zip(next.status).is_some_and(|(own, status)| refines(status, own));
        refined && between.len() <= MAX_WRAPPER && is_wrapper()
    }

    /// Whether it is the copy of a status that mail systems log before what was said: `dsn=5.1.1, status=bounced (host … said: 550 5.1.1 …`.
    fn is_of_log(&self, body: &[u8]) -> bool {
        self.reply.is_none() && body[..self.start].ends_with(b"dsn=")
    }

    /// Whether the code opens a quotation: behind a bracket, a quotation mark, or a word that introduces a reply.
    fn is_quoted(&self, body: &[u8]) -> bool {
        self.reply.is_some() && introduces_quotation(&body[..self.start])
    }
}

/// What stands behind the codes; behind the first one where the others end the text: `4.7.1 Rate exceeded (451)`.
fn text_behind<'a>(body: &'a [u8], first: &Code, found: &Code) -> &'a [u8] {
    let text = &body[found.end.min(body.len())..];
    if text.iter().any(|b| b.is_ascii_alphanumeric() || *b >= 0x80) { text } else { &body[first.end.min(body.len())..] }
}

/// Whether `status` says more of the same than `generic` does, which tells no detail.
fn refines(status: StatusCode, generic: StatusCode) -> bool {
    generic.detail() == 0 && status.detail() != 0 && status.class() == generic.class()
}

/// How many bytes a wrapper has between its own code and the reply: room for the name of a host.
const MAX_WRAPPER: usize = 300;

/// How many bytes may stand between a leading status and its reply: room for ` smtp;` and the name of a host.
const MAX_BETWEEN: usize = 32;

/// Finds codes in a text, from left to right.
struct Codes<'a> {
    text: &'a [u8],
    at: usize,
    found_any: bool,
}

/// The reply codes that some server sends; others are more likely some number.
const KNOWN: [u16; 45] = [
    417, 510, 511, 512, 513, 515, 517, 211, 214, 220, 221, 235, 250, 251, 252, 334, 354, 421, 422, 430, 432, 450, 451, 452, 453,
    454, 455, 458, 459, 471, 500, 501, 502, 503, 504, 521, 523, 525, 530, 534, 535, 538, 541, 571, 472,
];

impl<'a> Codes<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0, found_any: false }
    }

    /// The codes at `start`, where a number may begin.
    fn read(&self, start: usize) -> Option<Code> {
        let rest = &self.text[start..];
        if !begins_number(&self.text[..start]) {
            return None;
        }
        if let Some(reply) = ReplyCode::read_prefix(rest) {
            return self.read_reply(start, reply);
        }
        let (status, length) = StatusCode::read_prefix(rest)?;
        let plausible = status.subject() <= 7 && !follows_version_word(&self.text[..start]);
        let success = status.class() == Class::Success && !trim_end(&self.text[..start]).is_empty();
        (plausible && !success).then_some(Code { start, end: start + length, reply: None, status: Some(status) })
    }

    fn read_reply(&self, start: usize, reply: ReplyCode) -> Option<Code> {
        let behind = &self.text[start + 3..];
        let separator = match behind.first() {
            None => 0,
            Some(b'.') if behind.get(1).is_some_and(u8::is_ascii_digit) => return None,
            Some(b'-' | b' ' | b'\t' | b'\r' | b'\n' | b':' | b',' | b';' | b'/') => 1,
            // qmail's log has underscores for blanks: `Remote_host_said:_550_5.1.1_User_unknown`.
            Some(b'_') if self.text[..start].ends_with(b":_") => 1,
            Some(b'"' | b'\'' | b'>' | b')' | b']' | b'.' | b'}' | b'(' | b'#') => 0,
            Some(_) => return None,
        };
        let blank = behind[separator..].iter().take_while(|b| matches!(b, b' ' | b'\t' | b'#' | b'(' | b'<' | b'[')).count();
        if let Some((status, length)) = StatusCode::read_prefix(&behind[separator + blank..])
            && status.subject() <= 7
        {
            let end = start + 3 + separator + blank + length;
            return Some(Code { start, end, reply: Some(reply), status: Some(status) });
        }
        let known = KNOWN.contains(&reply.get()) || (550..=559).contains(&reply.get());
        let before = &self.text[..start];
        let introduced = introduces_reply(before) || (self.found_any && begins_line(before));
        let said = begins_line(before) || ends_with_word(trim_colon(before), &INTRODUCTIONS);
        let counts = !said && counts_something(&behind[separator..]);
        // A success is no error: `Temporary error 249` has a number of the server's own, `died with status 255` one of a program's.
        let numbered = reply.get() < 400 && ends_with_word(trim_end_blank(before), &[b"error", b"status"]);
        let whole = (known || said) && introduced && !counts && !numbered;
        whole.then_some(Code { start, end: start + 3 + separator, reply: Some(reply), status: None })
    }
}

impl Iterator for Codes<'_> {
    type Item = Code;

    fn next(&mut self) -> Option<Code> {
        // 3xx is looked for at the start only: it answers a client, and no report is about it.
        if self.at == 0
            && self.text.first() == Some(&b'3')
            && let Some(code) = self.read(0)
        {
            self.at = code.end;
            self.found_any = true;
            return Some(code);
        }
        while let Some(found) = memchr::memchr3(b'2', b'4', b'5', &self.text[self.at..]) {
            let start = self.at + found;
            if let Some(code) = self.read(start) {
                self.at = code.end;
                self.found_any = true;
                return Some(code);
            }
            self.at = start + 1;
        }
        self.at = self.text.len();
        None
    }
}

/// Whether a number may begin behind `before`: not inside a word, an address, a version or a time.
fn begins_number(before: &[u8]) -> bool {
    match before {
        [.., b':', b'_'] => true,
        [.., digit, b':'] => !digit.is_ascii_digit(),
        [.., b'.' | b'-' | b'_' | b'/' | b'@' | b'+' | b'$' | b'%' | b'&' | b'~' | b'\\'] => false,
        [.., last] => !last.is_ascii_alphanumeric() && *last < 0x80,
        [] => true,
    }
}

fn begins_line(before: &[u8]) -> bool {
    before.iter().rev().find(|b| !matches!(b, b' ' | b'\t')).is_none_or(|b| matches!(b, b'\n' | b'\r'))
}

/// Whether a reply code may stand behind `before`: at the start, behind punctuation that opens something, or behind one of the
/// words that introduce a reply.
fn introduces_reply(before: &[u8]) -> bool {
    let before = trim_end_blank(before.strip_suffix(b"_").filter(|before| before.ends_with(b":")).unwrap_or(before));
    match before.last() {
        None
        | Some(
            b':' | b';' | b'<' | b'>' | b'"' | b'\'' | b'`' | b'#' | b'(' | b'[' | b'{' | b'=' | b'|' | b'*' | b'\n' | b'\r',
        ) => true,
        Some(_) => ends_with_word(before, &INTRODUCTIONS),
    }
}

/// The same for a reply inside another one: a bare space or line start is not enough, and a quotation mark before a blank closes.
fn introduces_quotation(before: &[u8]) -> bool {
    if let Some(b'"' | b'\'' | b'`') = before.last() {
        return true;
    }
    let before = trim_end_blank(before);
    match before.last() {
        Some(b':' | b';' | b'<' | b'(' | b'[' | b'{' | b'=') => true,
        Some(b'>') => before.ends_with(b"->"),
        Some(_) => ends_with_word(before, &INTRODUCTIONS),
        None => false,
    }
}

/// Without a colon or semicolon, and blanks, at the end: `said: ` becomes `said`.
fn trim_colon(text: &[u8]) -> &[u8] {
    let text = trim_end_blank(text);
    trim_end_blank(text.strip_suffix(b":").or(text.strip_suffix(b";")).unwrap_or(text))
}

const INTRODUCTIONS: [&[u8]; 14] = [
    b"responsecode",
    b"said",
    b"responded",
    b"returned",
    b"replied",
    b"error",
    b"code",
    b"response",
    b"reply",
    b"status",
    b"with",
    b"smtp",
    b"was",
    b"answered",
];

/// Behind these, three numbers with dots are a version.
const VERSION_WORDS: [&[u8]; 14] = [
    b"version",
    b"ver",
    b"v",
    b"release",
    b"build",
    b"rev",
    b"revision",
    b"sendmail",
    b"postfix",
    b"exim",
    b"smtpd",
    b"server",
    b"esmtp",
    b"service",
];

fn follows_version_word(before: &[u8]) -> bool {
    ends_with_word(trim_end_blank(before), &VERSION_WORDS)
}

fn ends_with_word(text: &[u8], words: &[&[u8]]) -> bool {
    words.iter().any(|word| {
        let Some(split) = text.len().checked_sub(word.len()) else { return false };
        let (before, last) = text.split_at(split);
        last.eq_ignore_ascii_case(word) && before.last().is_none_or(|b| !b.is_ascii_alphanumeric())
    })
}

/// Units behind a number show that it is no reply code: `limit: 500 recipients`. Sentences begin with capitals, units do not.
fn counts_something(behind: &[u8]) -> bool {
    const UNITS: [&[u8]; 14] = [
        b"seconds",
        b"minutes",
        b"hours",
        b"days",
        b"recipients",
        b"messages",
        b"mails",
        b"emails",
        b"connections",
        b"bytes",
        b"kb",
        b"users",
        b"letters",
        b"s",
    ];
    let behind = trim_start(behind);
    let length = behind.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    UNITS.contains(&&behind[..length])
}

/// Cuts Postfix's `(in reply to RCPT TO command)` off the end, and says which stage it names.
fn split_command(input: &[u8]) -> (&[u8], Option<Stage>) {
    const LEAD: &[u8] = b"(in reply to ";
    // It ends the text, but for a bracket that a log has put around all of it.
    let input = trim_end(input);
    let tail = &input[input.len().saturating_sub(MAX_COMMAND)..];
    let Some(open) = memchr::memrchr_iter(b'(', tail).find(|at| tail[*at..].starts_with(LEAD)) else { return (input, None) };
    let open = input.len() - tail.len() + open;
    let command = &input[open + LEAD.len()..];
    let stage = STAGE_WORDS.iter().find(|(word, _)| begins_with(command, word));
    match stage {
        Some((_, stage)) => (trim_end(&input[..open]), Some(*stage)),
        None => (input, None),
    }
}

/// How far from the end of a text the command that was answered may stand.
const MAX_COMMAND: usize = 96;

/// The stage that Exim names before the reply: `SMTP error from remote mail server after RCPT TO:<…>: host …`.
fn command_before(lead: &[u8]) -> Option<Stage> {
    const LEAD: &[u8] = b" server after ";
    let at = memchr::memmem::find(lead, LEAD)? + LEAD.len();
    let command = lead[at..].strip_prefix(b"pipelined ").unwrap_or(&lead[at..]);
    STAGE_WORDS.iter().find(|(word, _)| begins_with(command, word)).map(|(_, s)| *s)
}

/// The names that Postfix and Exim give to what they said.
const STAGE_WORDS: [(&[u8], Stage); 12] = [
    (b"initial connection", Stage::Connect),
    (b"sending data block", Stage::EndOfData),
    (b"end of DATA", Stage::EndOfData),
    (b"end of BDAT", Stage::EndOfData),
    (b"initial server greeting", Stage::Connect),
    (b"RCPT", Stage::Rcpt),
    (b"MAIL", Stage::Mail),
    (b"DATA", Stage::Data),
    (b"BDAT", Stage::Data),
    (b"EHLO", Stage::Ehlo),
    (b"HELO", Stage::Ehlo),
    (b"LHLO", Stage::Ehlo),
];

/// Whether `name` can be that of a host: dots inside, letters in the last label, no `@`.
pub(crate) fn is_host(name: &[u8]) -> bool {
    let last = name.rsplit(|b| *b == b'.').next().unwrap_or_default();
    name.contains(&b'.')
        && name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        && last.len() >= 2
        && last.iter().all(u8::is_ascii_alphabetic)
        && name.first().is_some_and(u8::is_ascii_alphanumeric)
}

/// Whether `text` is four numbers with dots between them.
fn is_ipv4(text: &[u8]) -> bool {
    core::str::from_utf8(text).is_ok_and(|text| text.parse::<core::net::Ipv4Addr>().is_ok())
}

/// What follows `prefix`, in whatever letter case it stands there.
pub(crate) fn without_prefix<'a>(text: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

pub(crate) fn begins_with(text: &[u8], prefix: &[u8]) -> bool {
    without_prefix(text, prefix).is_some()
}

pub(crate) fn trim_start(text: &[u8]) -> &[u8] {
    text.trim_ascii_start()
}

pub(crate) fn trim_end(text: &[u8]) -> &[u8] {
    text.trim_ascii_end()
}

pub(crate) fn trim(text: &[u8]) -> &[u8] {
    text.trim_ascii()
}

/// Without the spaces and tabs at the end; line ends stay.
fn trim_end_blank(text: &[u8]) -> &[u8] {
    let blank = text.iter().rev().take_while(|b| matches!(b, b' ' | b'\t')).count();
    &text[..text.len() - blank]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str) -> (Option<u16>, Option<String>, String) {
        let reply = Reply::find(text.as_bytes());
        (reply.code().map(ReplyCode::get), reply.status().map(|s| s.to_string()), reply.to_string())
    }

    fn codes(text: &str) -> String {
        let (code, status, _) = find(text);
        format!("{} {}", code.map_or("-".into(), |c| c.to_string()), status.unwrap_or("-".into()))
    }

    #[test]
    fn ok_generic_status_before_a_finer_one() {
        let codes = |text: &'static str| {
            let reply = Reply::find(text.as_bytes());
            (reply.code().map_or(0, ReplyCode::get), reply.status().map_or_else(String::new, |status| status.to_string()))
        };
        assert_eq!(codes("#<mx.example.net #5.0.0 smtp;550 5.1.1 no> #SMTP#"), (550, "5.1.1".into()));
        assert_eq!(codes("554 5.0.0 <mx.example.net #5.0.0 smtp; 550-5.7.26 no>"), (550, "5.7.26".into()));
        // What is not generic, of another class, or no wrapper, stands.
        assert_eq!(codes("#<mx.example.net #5.4.7 smtp;421 4.4.1 no>"), (0, "5.4.7".into()));
        assert_eq!(codes("554 5.0.0 <mx.example.net #5.0.0 smtp; 450 4.7.1 no>"), (554, "5.0.0".into()));
        assert_eq!(codes("554 5.0.0 refused (said: 550 5.7.26 no)"), (554, "5.0.0".into()));
    }

    #[test]
    fn ok_session() {
        let parse = |s: &str| match Reply::parse(s.as_bytes()).unwrap() {
            Progress::Complete { value, consumed } => format!("{consumed} {}", value),
            Progress::Incomplete => "incomplete".into(),
        };
        assert_eq!(parse("250\r\n"), "5 ");
        assert_eq!(parse("250 \r\n"), "6 ");
        assert_eq!(parse("550 5.1.1 No\r\n"), "14 No");
        assert_eq!(parse("550-5.1.1 No\r\n550 5.1.1 user\r\n"), "30 No user");
        assert_eq!(parse("250-a\r\n250-b\r\n250 c\r\n"), "21 a b c");
        let whole = "550-5.1.1 No\r\n550-5.1.1 such\r\n550 5.1.1 user\r\n";
        for cut in 0..whole.len() {
            assert_eq!(parse(&whole[..cut]), "incomplete", "{cut}");
        }
    }

    #[test]
    fn err_session() {
        let err = |s: &str| Reply::parse(s.as_bytes()).unwrap_err().to_string();
        assert_eq!(err("x50 no\r\n"), "expected a reply code of three digits from 200 to 559 at byte 0");
        assert_eq!(err("999 no\r\n"), "expected a reply code of three digits from 200 to 559 at byte 0");
        assert_eq!(err("550_no\r\n"), "expected a hyphen, a space or the end of the line at byte 3");
        assert_eq!(err("550-a\r\n551 b\r\n"), "expected the reply code of the first line at byte 7");
        assert_eq!(err("550 a\n"), "expected a tab or a printable ASCII character at byte 5");
        assert_eq!(err("550 a\rb"), "expected a line end (CR LF) at byte 5");
    }

    #[test]
    fn ok_find_codes() {
        assert_eq!(codes("550 5.1.1 No such user"), "550 5.1.1");
        assert_eq!(codes("550-5.1.1 No such\n550 5.1.1 user"), "550 5.1.1");
        assert_eq!(codes("550"), "550 -");
        assert_eq!(codes("smtp;550 5.1.1 x"), "550 5.1.1");
        assert_eq!(codes("550 no mailbox here (#5.1.1)"), "550 5.1.1");
        assert_eq!(codes("Remote host said: 550 unknown user"), "550 -");
        assert_eq!(
            codes("mail.contoso.com #<exchange.contoso.com #5.7.1 smtp;530 5.7.1 Client was not authenticated> #SMTP#"),
            "530 5.7.1"
        );
        assert_eq!(codes("[{LED=450 4.4.316 Connection refused [Message=Socket error code 10061]};{MSG=}]"), "450 4.4.316");
        assert_eq!(codes("5.1.0 - Unknown address error 550-'5.1.1 no such user' (delivery attempts: 0)"), "550 5.1.1");
        assert_eq!(codes("#5.1.1"), "- 5.1.1");
        assert_eq!(codes("550-first line\r\n550 5.2.1 second"), "550 5.2.1");
        assert_eq!(codes("Remote_host_said:_451_4.7.1_Greylisted/Giving_up_on_192.0.2.5./"), "451 4.7.1");
        assert_eq!(codes("Remote_host_said:_550_User_unknown/"), "550 -");
    }

    #[test]
    fn ok_numbers_that_are_no_codes() {
        assert_eq!(codes("connect to 192.0.2.5:25 at 12:45:50, 5.11.2024, sendmail 4.2.1, Postfix 2.11.0"), "- -");
        assert_eq!(codes("5.0.2195.6713 and 5.7.1.2 and x5.7.1 and 5.5.2653"), "- -");
        assert_eq!(codes("too many: 500 recipients, wait 450 s"), "- -");
        assert_eq!(codes("queued as 4502"), "- -");
        assert_eq!(codes("Temporary error 249 (temporary MX resolution error)"), "- -");
    }

    #[test]
    fn ok_quoted() {
        let text = b"554 4.4.7 Message expired <421 4.4.2 Connection timed out>";
        let reply = Reply::find(text);
        assert_eq!(reply.text(), b" Message expired <");
        assert_eq!(reply.quoted(), Some(&b"421 4.4.2 Connection timed out>"[..]));
        let told = Reply::find(b"550-Your message \"Hello\" 550 was refused");
        assert_eq!((told.quoted(), told.to_string()), (None, "Your message \"Hello\" 550 was refused".into()));
        let joined = Reply::find(b"550-5.7.26 mail is 550-5.7.26 not 550 5.7.26 signed");
        assert_eq!(joined.quoted(), None);
        assert_eq!(joined.to_string(), "mail is not signed");
    }

    #[test]
    fn ok_copy_of_a_log() {
        let line = "dsn=5.0.0, status=bounced (host mx.example.net[192.0.2.1] said: 550 5.1.1 User unknown (in reply to RCPT TO command))";
        let reply = Reply::find(line.as_bytes());
        assert_eq!((codes(line).as_str(), reply.to_string().as_str()), ("550 5.1.1", "User unknown"));
        assert_eq!((reply.host(), reply.quoted()), (Some(&b"mx.example.net"[..]), None));
        assert_eq!(codes("dsn=5.7.1, stat=Deferred: 550 no"), "550 5.7.1");
        assert_eq!(codes("dsn=4.4.1, status=deferred (connect to mx.example.net[192.0.2.1]:25: Connection refused)"), "- 4.4.1");
    }

    #[test]
    fn ok_stage() {
        let stage = |s: &str| Reply::find(s.as_bytes()).stage();
        assert_eq!(stage("550 no (in reply to end of DATA command)"), Some(Stage::EndOfData));
        assert_eq!(stage("550 no (in reply to MAIL FROM command))"), Some(Stage::Mail));
        assert_eq!(stage("550 no (in reply to nothing)"), None);
        assert_eq!(
            stage("SMTP error from remote mail server after pipelined MAIL FROM:<a@example.com>: host x: 550 no"),
            Some(Stage::Mail)
        );
    }
}
