//! What Exchange writes for administrators, in a report or in a Diagnostic-Code. The headings are translated, so they are
//! recognised by their structure; the attributes are English everywhere.

use crate::syntax::date::Date;
use crate::syntax::field::Lines;
use crate::syntax::reply::{is_host, trim};

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

/// The host that a line says to have refused: `mail.contoso.com #<…`, `Remote Server at mail.contoso.com (192.0.2.1) returned '…'`,
/// `mail.contoso.com gave this error:`.
fn remote_server(text: &[u8]) -> Option<&[u8]> {
    Lines::new(text).find_map(|(_, line)| {
        let line = trim(line);
        let end = line.iter().position(u8::is_ascii_whitespace)?;
        let (first, rest) = (&line[..end], trim(&line[end..]));
        if (rest.starts_with(b"#") || (rest.ends_with(b":") && rest.starts_with(b"gave "))) && is_host(first) {
            return Some(first);
        }
        let at = rest.strip_prefix(b"Server at ").filter(|_| first == b"Remote")?;
        let host = &at[..at.iter().position(|b| !is_host_byte(*b)).unwrap_or(at.len())];
        is_host(host).then_some(host)
    })
}

fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

/// The section for administrators in the text of a report.
#[derive(Debug, Clone, Copy)]
pub(super) struct Section<'a> {
    /// The host behind `Generating server:` or `DSN generated by:`, in whatever language.
    pub(super) generating_server: &'a [u8],
    /// The text from there on.
    pub(super) text: &'a [u8],
}

/// How many lines may stand between the generating server and the refusal.
const MAX_LINES: usize = 12;

/// Finds the section for administrators: a label and a host name alone on a line (or on two), and within a few lines behind it,
/// or in the newer layout before it, a refusal in one of Exchange's forms. Of several labels the one next to the refusal counts.
pub(super) fn section(text: &[u8]) -> Option<Section<'_>> {
    if !(may_hold_refusal(text) && has_labelled_host(text)) {
        return None;
    }
    let mut labelled = false;
    let mut server: Option<(usize, usize, &[u8])> = None;
    let mut refusal: Option<(usize, usize)> = None;
    let lines = Lines::new(text).map(|(start, line)| (start, trim(line))).filter(|(_, line)| !line.is_empty());
    for (number, (start, line)) in lines.enumerate() {
        let host = if labelled && is_host(line) { Some(line) } else { host_behind_label(line) };
        if let Some(generating_server) = host {
            if let Some((_, from)) = refusal.filter(|(before, _)| number - before <= MAX_LINES) {
                return Some(Section { generating_server, text: &text[from..] });
            }
            server = Some((number, start, generating_server));
        } else if is_refusal(line) {
            if let Some((_, from, generating_server)) = server.filter(|(before, ..)| number - before <= MAX_LINES) {
                return Some(Section { generating_server, text: &text[from..] });
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

/// `label: host`, the colon ASCII or full width.
fn host_behind_label(line: &[u8]) -> Option<&[u8]> {
    let wide = "：".as_bytes();
    let mut colons = memchr::memchr2_iter(b':', wide[0], line);
    let at = colons.find(|at| line[*at] == b':' || line[*at..].starts_with(wide))?;
    let length = if line[at] == b':' { 1 } else { wide.len() };
    let host = trim(&line[at + length..]);
    (at > 0 && host.iter().all(|b| is_host_byte(*b)) && is_host(host)).then_some(host)
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
