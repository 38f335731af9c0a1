//! What Exchange writes for administrators, in a report or in a Diagnostic-Code. The headings are translated, so they are
//! recognised by their structure; the attributes are English everywhere.

use crate::syntax::date::Date;
use crate::syntax::field::Lines;
use crate::syntax::reply::{begins_with, is_host, trim, trim_start};
use crate::syntax::reply_code::ReplyCode;
use crate::syntax::status::StatusCode;

/// The attributes of an Exchange non-delivery report about one recipient. What is not said is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExchangeDetails<'a> {
    /// The server that made the report.
    pub generating_server: Option<&'a [u8]>,
    /// The server that refused the message; `None` when the generating server did.
    pub remote_server: Option<&'a [u8]>,
    /// The component that failed: `RESOLVER.ADR.RecipientNotFound`, `QUEUE.Expired`, `STOREDRV.Deliver.Exception:…`.
    pub component: Option<&'a [u8]>,
    /// `[Message=…]`: what went wrong underneath.
    pub message: Option<&'a [u8]>,
    /// `[LastAttemptedServerName=…]`, or `{FQDN=…}` in the form of message tracking.
    pub last_attempted_server: Option<&'a [u8]>,
    /// `[LastAttemptedIP=…]`, or `{IP=…}`; with the port when there is one.
    pub last_attempted_ip: Option<&'a [u8]>,
    /// `[Stage: …]`: where in the store's delivery it failed.
    pub stage: Option<&'a [u8]>,
    /// The number of `(AS1234)`: which rule of the filters refused.
    pub as_code: Option<&'a [u8]>,
    /// The server named in the last brackets.
    pub server: Option<&'a [u8]>,
    /// The time in the last brackets, or `{LRT=…}`.
    pub time: Option<Date>,
}

/// The parts of Exchange that sign their refusals.
const COMPONENTS: [&[u8]; 13] = [
    b"RESOLVER.",
    b"QUEUE.",
    b"STOREDRV.",
    b"SMTPSEND.",
    b"SMTPIN.",
    b"ROUTING.",
    b"TRANSPORT.",
    b"AGENT.",
    b"CAT.",
    b"CONTENT.",
    b"DSNGENERATION.",
    b"APPROVAL.",
    b"SUBMISSION.",
];

impl<'a> ExchangeDetails<'a> {
    /// Reads the attributes in `text`: a reply, a line of the report, an entry of message tracking. `None` when there is none.
    #[must_use]
    pub fn parse(text: &'a [u8]) -> Option<Self> {
        let found = Self {
            remote_server: remote_server(text),
            message: attribute(text, b"[Message=", b']'),
            last_attempted_ip: attribute(text, b"[LastAttemptedIP=", b']').or(attribute(text, b"{IP=", b'}')),
            stage: attribute(text, b"[Stage:", b']'),
            as_code: as_code(text),
            ..Self::signature(text)
        };
        (found != Self::default()).then_some(found)
    }

    /// The same, of a text that need not come from Exchange at all: `None` when nothing in it is Exchange's alone.
    pub(super) fn parse_signed(text: &'a [u8]) -> Option<Self> {
        let signature = Self::signature(text);
        let is_signed = signature.component.or(signature.server).or(signature.last_attempted_server).is_some();
        if is_signed { Self::parse(text) } else { None }
    }

    /// What only Exchange writes, and when it did.
    fn signature(text: &'a [u8]) -> Self {
        let (server, time) = last_brackets(text).map_or((None, None), |(server, time)| (Some(server), time));
        Self {
            component: component(text),
            last_attempted_server: attribute(text, b"[LastAttemptedServerName=", b']').or(attribute(text, b"{FQDN=", b'}')),
            server,
            time: time.or_else(|| attribute(text, b"{LRT=", b'}').and_then(|time| Date::parse(time).ok())),
            ..Self::default()
        }
    }

    /// The host that refused the message: the remote server where there is one, the generating server otherwise. Whoever runs it
    /// has to act.
    #[must_use]
    pub fn rejected_by(&self) -> Option<&'a [u8]> {
        self.remote_server.or(self.generating_server)
    }
}

/// What stands between `open` and the next `close`.
fn attribute<'a>(text: &'a [u8], open: &[u8], close: u8) -> Option<&'a [u8]> {
    let start = find(open, text)? + open.len();
    let length = memchr::memchr(close, &text[start..])?;
    let value = trim(&text[start..start + length]);
    (!value.is_empty()).then_some(value)
}

/// Where `wanted` is, whose first byte is rare.
fn find(wanted: &[u8], text: &[u8]) -> Option<usize> {
    memchr::memchr_iter(wanted[0], text).find(|at| text[*at..].starts_with(wanted))
}

/// A name such as `RESOLVER.ADR.RecipientNotFound`.
fn component(text: &[u8]) -> Option<&[u8]> {
    memchr::memchr_iter(b'.', text).find_map(|dot| {
        let start = start_of_component(text, dot)?;
        let length = text[start..].iter().take_while(|b| b.is_ascii_alphanumeric() || b".:_-".contains(b)).count();
        let name = &text[start..start + length];
        Some(name.strip_suffix(b".").or(name.strip_suffix(b":")).unwrap_or(name))
    })
}

/// Where the name begins that the dot at `dot` divides, when it is that of a component.
fn start_of_component(text: &[u8], dot: usize) -> Option<usize> {
    // A capital before a dot is rare, and all of them have one.
    if !text[..dot].last()?.is_ascii_uppercase() {
        return None;
    }
    let head = text[..dot].iter().rev().take(MAX_COMPONENT).take_while(|b| b.is_ascii_alphanumeric()).count();
    let start = dot - head;
    COMPONENTS.contains(&&text[start..=dot]).then_some(start)
}

/// The longest of [`COMPONENTS`], and one more.
const MAX_COMPONENT: usize = 14;

/// `(AS1234)` or `AS(1234)`.
fn as_code(text: &[u8]) -> Option<&[u8]> {
    let brackets = || memchr::memchr_iter(b'(', text);
    let number = |start: usize| {
        let length = text[start..].iter().take_while(|b| b.is_ascii_digit()).count();
        (length > 0 && text.get(start + length) == Some(&b')')).then(|| &text[start..start + length])
    };
    let inside = brackets().find(|at| text[at + 1..].starts_with(b"AS")).and_then(|at| number(at + 3));
    inside.or_else(|| brackets().find(|at| text[..*at].ends_with(b"AS")).and_then(|at| number(at + 1)))
}

/// `[SN1PR01MB1234.namprd01.prod.outlook.com 2024-01-01T00:00:00.000Z 08DC0123]` near the end: the server, and the time when there is one.
fn last_brackets(text: &[u8]) -> Option<(&[u8], Option<Date>)> {
    memchr::memrchr_iter(b'[', text).take(MAX_BRACKETS).find_map(|open| {
        let inside = &text[open + 1..];
        let inside = &inside[..memchr::memchr(b']', &inside[..inside.len().min(MAX_SIGNATURE)])?];
        let mut words = inside.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let server = words.next().filter(|name| is_host(name))?;
        Some((server, words.next().and_then(|time| Date::parse(time).ok())))
    })
}

/// How many brackets from the end are looked at, and how long the one sought can be.
const MAX_BRACKETS: usize = 8;
const MAX_SIGNATURE: usize = 256;

/// The host that the text says to have refused.
fn remote_server(text: &[u8]) -> Option<&[u8]> {
    let mut above: &[u8] = &[];
    let lines = Lines::new(text).map(|(_, line)| trim(line)).filter(|line| !line.is_empty());
    let said = lines.into_iter().find_map(|line| {
        let host = refusing_host(line).or_else(|| (is_returned(line) && is_host(above)).then_some(above));
        above = line;
        host
    });
    said.or_else(|| wrapped_host(text))
}

/// The host that a line says to have refused: `mail.contoso.com #<…`, `Remote Server at mail.contoso.com (192.0.2.1) returned '…'`,
/// `mail.contoso.com gave this error:`.
fn refusing_host(line: &[u8]) -> Option<&[u8]> {
    let (first, rest) = line.split_at(line.iter().position(u8::is_ascii_whitespace)?);
    let rest = trim(rest);
    if (rest.starts_with(b"#") || (rest.ends_with(b":") && rest.starts_with(b"gave "))) && is_host(first) {
        return Some(first);
    }
    let at = find(SERVER_AT, line)? + SERVER_AT.len();
    let (host, behind) = host_at(&line[at..]);
    (is_host(host) && behind.starts_with(b" (") && memchr::memchr(b'\'', behind).is_some()).then_some(host)
}

/// Before the name of a server and its address in brackets.
const SERVER_AT: &[u8] = b"Server at ";

/// Whether a line is `Remote Server returned '…'`, which stands below the name of that server, where it is another one.
fn is_returned(line: &[u8]) -> bool {
    begins_with(line, b"remote server returned '")
}

/// The host inside the brackets around what it said: `554 5.0.0 <mail.contoso.com #5.0.0 smtp; 550 …>`.
fn wrapped_host(text: &[u8]) -> Option<&[u8]> {
    memchr::memchr_iter(b'<', text).find_map(|open| {
        let (host, behind) = host_at(&text[open + 1..]);
        (behind.starts_with(b" #") && is_host(host)).then_some(host)
    })
}

/// The bytes of a host at the start of `text`, and what follows.
fn host_at(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().take(MAX_HOST).take_while(|b| is_host_byte(**b)).count())
}

/// The longest name of a host (RFC 1035, section 2.3.4).
const MAX_HOST: usize = 255;

fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

/// The section for administrators in the text of a report.
#[derive(Debug, Clone, Copy)]
pub(super) struct Section<'a> {
    /// The host behind `Generating server:` or `DSN generated by:`, in whatever language.
    pub(super) generating_server: &'a [u8],
    /// The host that the newer layout names beside it.
    pub(super) remote_server: Option<&'a [u8]>,
    /// The text from there on; in the newer layout the reported error alone.
    pub(super) text: &'a [u8],
    /// Whether it is the newer layout, which has one recipient.
    pub(super) is_newer: bool,
}

/// How many lines may stand between the generating server and the refusal.
const MAX_LINES: usize = 12;

/// Finds the section for administrators.
pub(super) fn section(text: &[u8]) -> Option<Section<'_>> {
    if !has_labelled_host(text) {
        return None;
    }
    newer_section(text).or_else(|| if may_hold_refusal(text) { older_section(text) } else { None })
}

/// The newer layout of Exchange Online: a label and a reply with a status, and within a few lines behind it a label and a host, mostly two:
///
/// ```text
/// Reported error: 550 5.7.350 Remote server returned …    Error: 550 5.7.350 Remote server returned …
/// DSN generated by: AM6PR02MB4411.prod.outlook.com        Message rejected by: mail.contoso.com
/// Remote server: mail.contoso.com                         Notification Details
///                                                         Sent by: AM6PR02MB4411.prod.outlook.com
/// ```
fn newer_section(text: &[u8]) -> Option<Section<'_>> {
    let mut labelled = Labelled::new(text);
    while let Some(error) = labelled.next() {
        if !begins_with_codes(error.value) {
            continue;
        }
        let mut near = labelled.clone().take_while(|behind| behind.line - error.line <= MAX_LINES);
        // Of several replies the last one counts, next to the hosts: a bare code can stand above.
        let Some(first) = near.find(|behind| is_host(behind.value) || begins_with_codes(behind.value)) else { continue };
        if !is_host(first.value) {
            continue;
        }
        let (generating_server, remote_server) = match near.find(|behind| is_host(behind.value)) {
            Some(second) if second.is_below_heading => (second.value, Some(first.value)),
            second => (first.value, second.map(|second| second.value)),
        };
        if is_of_exchange_online(generating_server) {
            let remote_server = remote_server.filter(|remote| !remote.eq_ignore_ascii_case(generating_server));
            return Some(Section { generating_server, remote_server, text: trim(&text[error.at..first.label]), is_newer: true });
        }
    }
    None
}

/// A value behind its label and a colon, on the same line or below.
struct LabelledValue<'a> {
    value: &'a [u8],
    /// Where the value begins, and where the line of its label does.
    at: usize,
    label: usize,
    /// The number of the line that the value is on; empty ones do not count.
    line: usize,
    /// Whether something without a label stands between this and the value before.
    is_below_heading: bool,
}

/// The values of a text that have labels.
#[derive(Clone)]
struct Labelled<'a> {
    lines: Lines<'a>,
    line: usize,
    /// Where the line before begins, when it is a label alone.
    label: Option<usize>,
    has_heading: bool,
}

impl<'a> Labelled<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self { lines: Lines::new(text), line: 0, label: None, has_heading: false }
    }
}

impl<'a> Iterator for Labelled<'a> {
    type Item = LabelledValue<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (start, line) = self.lines.next()?;
            let indent = line.len() - trim_start(line).len();
            let line = trim(line);
            if line.is_empty() {
                continue;
            }
            self.line += 1;
            let behind = behind_label(line);
            if behind == Some(line.len()) {
                self.label = Some(start);
                continue;
            }
            let (label, at) = match (self.label.take(), behind) {
                (Some(label), _) => (label, 0),
                (None, Some(behind)) => (start, line.len() - trim_start(&line[behind..]).len()),
                (None, None) => {
                    self.has_heading = true;
                    continue;
                }
            };
            let is_below_heading = core::mem::take(&mut self.has_heading);
            let value = &line[at..];
            return Some(LabelledValue { value, at: start + indent + at, label, line: self.line, is_below_heading });
        }
    }
}

/// `550 5.7.350 …`, a refusal.
fn begins_with_codes(value: &[u8]) -> bool {
    let refuses = ReplyCode::read_prefix(value).is_some_and(|code| code.get() >= 400);
    refuses && value.get(3) == Some(&b' ') && value.get(4..).and_then(StatusCode::read_prefix).is_some()
}

/// Whether a host is one of Microsoft's that send reports.
fn is_of_exchange_online(host: &[u8]) -> bool {
    let labels = host.split(|b| *b == b'.');
    labels.into_iter().any(|label| label.eq_ignore_ascii_case(b"outlook") || label.eq_ignore_ascii_case(b"exchangelabs"))
}

/// A label and a host name alone on a line (or on two), and within a few lines behind it, or before it, a refusal in one of Exchange's
/// forms. Of several labels the one next to the refusal counts.
fn older_section(text: &[u8]) -> Option<Section<'_>> {
    let mut labelled = false;
    let mut server: Option<(usize, usize, &[u8])> = None;
    let mut refusal: Option<(usize, usize)> = None;
    let lines = Lines::new(text).map(|(start, line)| (start, trim(line))).filter(|(_, line)| !line.is_empty());
    for (number, (start, line)) in lines.enumerate() {
        let host = if labelled && is_host(line) { Some(line) } else { host_behind_label(line) };
        if let Some(generating_server) = host {
            if let Some((_, from)) = refusal.filter(|(before, _)| number - before <= MAX_LINES) {
                return Some(Section { generating_server, remote_server: None, text: &text[from..], is_newer: false });
            }
            server = Some((number, start, generating_server));
        } else if is_refusal(line) {
            if let Some((_, from, generating_server)) = server.filter(|(before, ..)| number - before <= MAX_LINES) {
                return Some(Section { generating_server, remote_server: None, text: &text[from..], is_newer: false });
            }
            refusal = Some((number, start));
        }
        labelled = line.ends_with(b":") || line.ends_with("：".as_bytes());
    }
    None
}

/// Whether there is anything that [`is_refusal`] looks at. All pairs of bytes are looked at alike, many at a time, for most texts have
/// no such pair.
fn may_hold_refusal(text: &[u8]) -> bool {
    let pairs = text.iter().zip(text.get(1..).unwrap_or_default());
    pairs.fold(false, |any, (first, second)| {
        let component = first.is_ascii_uppercase() & (*second == b'.');
        let returned = (*first == b' ') & (*second == b'\'');
        any | (*first == b'#') | component | returned
    })
}

/// Whether a host follows a colon anywhere; most texts have none, and need not be read line by line.
fn has_labelled_host(text: &[u8]) -> bool {
    let wide = "：".as_bytes();
    memchr::memchr2_iter(b':', wide[0], text).any(|at| {
        let length = if text[at] == b':' { 1 } else { wide.len() };
        let behind = text.get(at + length..).unwrap_or_default().trim_ascii_start();
        let (host, rest) = behind.split_at(behind.iter().take_while(|b| is_host_byte(**b)).count());
        let next = rest.iter().find(|b| !b.is_ascii_whitespace() || matches!(b, b'\n' | b'\r'));
        next.is_none_or(u8::is_ascii_whitespace) && is_host(host)
    })
}

/// `label: host`.
fn host_behind_label(line: &[u8]) -> Option<&[u8]> {
    let host = trim(&line[behind_label(line)?..]);
    (host.iter().all(|b| is_host_byte(*b)) && is_host(host)).then_some(host)
}

/// Where a line goes on behind its label and the colon, ASCII or full width.
fn behind_label(line: &[u8]) -> Option<usize> {
    let wide = "：".as_bytes();
    let mut colons = memchr::memchr2_iter(b':', wide[0], line);
    let at = colons.find(|at| line[*at] == b':' || line[*at..].starts_with(wide))?;
    (at > 0).then_some(at + if line[at] == b':' { 1 } else { wide.len() })
}

/// `… #5.1.1 …`, `#550 4.4.7 …##`, `Remote Server returned '…'`, or a signed component.
pub(super) fn is_refusal(text: &[u8]) -> bool {
    memchr::memchr3_iter(b'#', b'\'', b'.', text).any(|at| match text[at] {
        b'#' => matches!(text.get(at + 1), Some(b'4' | b'5' | b'<' | b'S')),
        b'\'' => text[..at].ends_with(b" returned "),
        _ => start_of_component(text, at).is_some(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(value: Option<&[u8]>) -> String {
        value.map_or("-".into(), |v| String::from_utf8_lossy(v).into_owned())
    }

    #[test]
    fn ok_one_line_forms() {
        let found = ExchangeDetails::parse(
            b"mail.contoso.com #<exchange.contoso.com #5.7.1 smtp;530 5.7.1 Client was not authenticated> #SMTP#",
        )
        .unwrap();
        assert_eq!(show(found.remote_server), "mail.contoso.com");
        let found = ExchangeDetails::parse(b"Remote Server returned '<x> #5.7.1 smtp;550 5.7.1 RESOLVER.RST.AuthRequired; authentication required [Stage: CreateMessage]'").unwrap();
        assert_eq!((show(found.component), show(found.stage)), ("RESOLVER.RST.AuthRequired".into(), "CreateMessage".into()));
        let found = ExchangeDetails::parse(b"#550 4.4.7 QUEUE.Expired; message expired ##").unwrap();
        assert_eq!(show(found.component), "QUEUE.Expired");
        assert_eq!(ExchangeDetails::parse(b"550 5.1.1 user unknown"), None);
    }

    #[test]
    fn ok_tracking() {
        let text = b"[{LED=450 4.4.316 Connection refused [Message=Socket error code 10061] [LastAttemptedServerName=contoso.com] [LastAttemptedIP=192.0.2.1:25]};{MSG=};{FQDN=mail.contoso.com};{IP=192.0.2.2};{LRT=2024-01-02T03:04:05Z}]";
        let found = ExchangeDetails::parse(text).unwrap();
        assert_eq!(show(found.message), "Socket error code 10061");
        assert_eq!(show(found.last_attempted_server), "contoso.com");
        assert_eq!(show(found.last_attempted_ip), "192.0.2.1:25");
        assert_eq!(found.time.unwrap().to_string(), "2024-01-02T03:04:05+00:00");
    }

    #[test]
    fn ok_last_brackets() {
        let found = ExchangeDetails::parse(b"550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [SN1PEPF.namprd05.prod.outlook.com 2024-01-01T00:00:00.000Z 08DC0123]").unwrap();
        assert_eq!(show(found.as_code), "201806281");
        assert_eq!(show(found.server), "SN1PEPF.namprd05.prod.outlook.com");
        assert_eq!(found.time.unwrap().to_string(), "2024-01-01T00:00:00+00:00");
    }

    #[test]
    fn ok_remote_servers() {
        let cases: [(&[u8], &str); 6] = [
            (b"mail.contoso.com\nRemote Server returned '550 5.2.2 full'", "mail.contoso.com"),
            (b"kim@contoso.com\nRemote Server returned '550 5.1.10 no'", "-"),
            (b"9/16/2026 8:05 AM - Server at mail.contoso.com (192.0.2.7) returned '550 5.1.1 no'", "mail.contoso.com"),
            (b"Server at mbx1.example.com returned '550 5.4.316 Message expired'", "-"),
            (b"Remote server returned '554 5.0.0 <mail.contoso.com #5.0.0 smtp; 550 5.7.26 no>'", "mail.contoso.com"),
            (b"550 5.1.1 <kim@contoso.com> unknown", "-"),
        ];
        for (text, host) in cases {
            assert_eq!(show(remote_server(text)), host, "{}", show(Some(text)));
        }
    }

    #[test]
    fn ok_newer_layout() {
        let above = "Subject: your mailbox is full\n\nError Details\n";
        let generated = "DSN generated by: mbx.prod.outlook.com\n";
        let cases = [
            (
                format!("{above}Reported error: 550 5.7.350 no\n{generated}Remote server: mx.example.net\n"),
                Some("mx.example.net"),
            ),
            (format!("{above}Error:\n550 5.7.350\nno\nDSN generated by:\nmbx.prod.outlook.com\n"), None),
            (
                format!(
                    "{above}Error: 550 5.7.350 no\nMessage rejected by: mx.example.net\n\nDetails\nSent by: mbx.prod.outlook.com\n"
                ),
                Some("mx.example.net"),
            ),
            (format!("Status code: 550 5.7.350\n\n{above}Gemeldeter Fehler: 550 5.7.350 no\n{generated}"), None),
            (format!("{above}Error: 550 5.7.350 no\nRejected by: mbx.prod.outlook.com\n\nDetails\n{generated}"), None),
        ];
        for (text, remote) in &cases {
            let found = section(text.as_bytes()).expect(text);
            assert_eq!((found.generating_server, found.is_newer), (&b"mbx.prod.outlook.com"[..], true), "{text}");
            assert_eq!(found.remote_server, remote.map(str::as_bytes), "{text}");
            assert_eq!(show(Some(found.text)).split_whitespace().collect::<Vec<_>>(), ["550", "5.7.350", "no"], "{text}");
        }
        // Another system with such labels.
        assert!(section(b"Error: 550 5.1.1 no\nServer: mx.example.net\n").is_none());
    }

    #[test]
    fn ok_section_in_any_language() {
        for label in [
            "Generating server:",
            "生成サーバー:",
            "Generierender Server:",
            "Serveur de génération :",
            "生成服务器：",
            "Формирующий сервер:",
        ] {
            let text = format!(
                "Hello\n{label} mail.example.com\n\na@example.net\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n"
            );
            assert_eq!(section(text.as_bytes()).unwrap().generating_server, b"mail.example.com", "{label}");
        }
        assert!(section(b"See: www.example.com\nThank you\n").is_none());
    }
}
