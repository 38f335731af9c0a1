//! Messages of a given length that would be slow if anything were read over and over, each with a name that says why it might be.

/// The header of a bounce in words.
const PLAIN: &str = "From: MAILER-DAEMON@example.com\nTo: a@example.com\nSubject: failure notice\n\n";

/// The header of a bounce in words, in HTML.
const HTML: &str = "From: MAILER-DAEMON@example.com\nSubject: failure notice\nContent-Type: text/html\n\n<html>550 5.1.1 no\n";

/// The header of a report, up to its first boundary.
const REPORT: &str = "From: MAILER-DAEMON@example.com\nSubject: failure notice\n\
    Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n";

const STATUS: &str = "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\n";

/// An answer from which nothing can be told, so that all other sources are asked.
const GROUP: &str = "Final-Recipient: rfc822; k@example.net\nStatus: 5.0.0\n\n";

/// What stands before, what is repeated, and why it might be slow.
const REPEATED: [(&str, &str, &str); 59] = [
    ("header-colons", "", ":"),
    ("header-fields", "", "a:b\n"),
    ("header-folded", "Subject: x\n", " a\n"),
    ("header-without-colon", "Subject: x\n", "abc\n"),
    ("header-content-types", "", "Content-Type: multipart/mixed; boundary=b\n"),
    ("header-parameters", "Content-Type: multipart/mixed; ", "a=b;"),
    ("header-empty-parameters", "Content-Type: multipart/mixed; ", "="),
    ("header-failed-recipients", "X-Failed-Recipients: ", "k@example.net, "),
    ("header-encoded-words", "From: MAILER-DAEMON\nSubject: ", "=?utf-8?Q?a?= "),
    ("header-encoded-word-unclosed", "From: MAILER-DAEMON\nSubject: ", "=?utf-8?Q?"),
    ("header-list-fields", "From: a\n", "List-Id: x\n"),
    ("blank-lines", PLAIN, "\n"),
    ("carriage-returns", PLAIN, "\r"),
    ("blanks", PLAIN, " "),
    ("zeros", PLAIN, "\0"),
    ("text-at", PLAIN, "@"),
    ("text-brackets", PLAIN, "<"),
    ("text-bracket-at", PLAIN, "<@"),
    ("text-addresses", PLAIN, "<k@example.net>:\nno\n"),
    ("text-addresses-in-one-line", PLAIN, "<k@example.net> "),
    ("text-bare-addresses", PLAIN, "to k@example.net it went\n"),
    ("text-sentences", PLAIN, "Mail to <k@example.net> failed.\n"),
    ("text-full-width", PLAIN, "（k@"),
    ("text-labels", PLAIN, "Recipient: k@example.net\n"),
    ("text-colons", PLAIN, "a:"),
    ("text-original", PLAIN, "From: a\nTo: b\nDate: c\n\n"),
    ("text-transcript", PLAIN, ">>> RCPT TO:<k@example.net>\n<<< 250 ok\n"),
    ("text-replies", PLAIN, "550-5.0.0 k@example.net\n"),
    ("text-final-recipient", PLAIN, "Final-Recipient: x\n"),
    ("exchange-labels", PLAIN, "server: mx.example.com\n"),
    ("exchange-labels-apart", PLAIN, "server: mx.example.com\n\n\n\n\n\n"),
    ("exchange-section", PLAIN, "server: mx.example.com\nk@example.net\n#550 5.0.0 RESOLVER. ##\n"),
    ("exchange-labelled-replies", PLAIN, "a: 550 5.7.350 no\n"),
    ("exchange-labelled-replies-and-hosts", PLAIN, "a: 550 5.7.350 no\nb: mx.example.com\n"),
    ("exchange-wrappers", PLAIN, "554 5.0.0 <mx.example.com #5.0.0 smtp; "),
    ("exchange-brackets", PLAIN, "[Message=[{LED=RESOLVER.[Stage:(AS"),
    (
        "ses",
        "From: a@example.com\n\n{\"notificationType\":\"Bounce\",\"bouncedRecipients\":[",
        "{\"emailAddress\":\"k@example.net\"},",
    ),
    ("html-brackets", HTML, "<"),
    ("html-unclosed", HTML, "<a "),
    ("html-style", HTML, "<style>"),
    ("html-style-closed-otherwise", HTML, "<style></s>"),
    ("html-comments", HTML, "<!--"),
    ("html-entities", HTML, "&#x00000020;"),
    ("html-ampersands", HTML, "&"),
    ("quoted-printable", "From: MAILER-DAEMON\nSubject: bounce\nContent-Transfer-Encoding: quoted-printable\n\n", "="),
    ("base64", "From: MAILER-DAEMON\nSubject: bounce\nContent-Transfer-Encoding: base64\n\n", "QA==\n"),
    (
        "iso-2022-jp",
        "From: MAILER-DAEMON\nSubject: bounce\nContent-Type: text/plain; charset=iso-2022-jp\n\n",
        "\u{1b}$B\u{1b}(B@",
    ),
    ("boundaries", REPORT, "--b\n"),
    ("boundaries-closed", REPORT, "--b--\n"),
    ("boundaries-with-blank-lines", REPORT, "--b\n\n"),
    ("boundaries-of-others", REPORT, "--\n"),
    ("machine-readable-parts", REPORT, "--b\nContent-Type: message/delivery-status\n\nA: b\n\n"),
    ("nested", REPORT, "--b\nContent-Type: multipart/mixed; boundary=b\n\n"),
    ("status-groups", "STATUS", GROUP),
    ("status-fields", "STATUS", "Status: 5.0.0\n"),
    ("status-groups-with-empty-lines", "STATUS", "Final-Recipient: x; k\n\nStatus: 5.0.0\n\n"),
    ("status-comments", "STATUS", "Final-Recipient: rfc822; ((((()((()\n"),
    ("status-comments-in-one-field", "STATUS", "()("),
    ("text-parts-with-fields", REPORT, "--b\n\nFinal-Recipient: x\n"),
];

/// All messages, each of about `bytes` bytes.
pub(crate) fn all(bytes: usize) -> Vec<(&'static str, Vec<u8>)> {
    let repeated = REPEATED.iter().map(|(name, before, piece)| match *before {
        "STATUS" => (*name, fill(&format!("{REPORT}{STATUS}"), piece, bytes)),
        before => (*name, fill(before, piece, bytes)),
    });
    repeated.chain(halves(bytes)).collect()
}

/// Messages of which one half is long and the other names many recipients: slow if one is read again for each of the other.
fn halves(bytes: usize) -> Vec<(&'static str, Vec<u8>)> {
    let half = bytes / 2;
    let text = |text: Vec<u8>| [b"--b\nContent-Type: text/plain\n\n".to_vec(), text].concat();
    let status = |first: Vec<u8>| [format!("\n{STATUS}").into_bytes(), first, fill("", GROUP, half)].concat();
    let report = |parts: [Vec<u8>; 2]| [REPORT.as_bytes().to_vec(), parts.concat()].concat();
    let numbered = |before: &str, after: &str| -> Vec<u8> {
        (0..half / (before.len() + after.len() + 14))
            .flat_map(|n| format!("{before}k{n}@example.net{after}").into_bytes())
            .collect()
    };
    let exchange = b"Generating server: mx.example.com\n\na@example.net\n#550 5.0.0 RESOLVER. ##\n".to_vec();
    let refusal = |n: usize| format!("Final-Recipient: rfc822; k{n}@example.net\nStatus: 5.0.0\n\n");
    let known = |n: usize| format!("Final-Recipient: rfc822; k{n}@example.net\nDiagnostic-Code: smtp; user unknown\n\n");
    let unknown_users: Vec<u8> = (0..half / 76).flat_map(|n| known(n).into_bytes()).collect();
    let groups: Vec<u8> = (0..half / 64).flat_map(|n| refusal(n).into_bytes()).collect();
    vec![
        ("status-groups-and-text", report([text(fill("", "no words that are known here\n", half)), status(Vec::new())])),
        ("status-groups-and-addresses", report([text(numbered("<", ">:\nno\n")), [status(Vec::new()), groups.clone()].concat()])),
        (
            "status-groups-of-unknown-users",
            report([text(numbered("<x", "> said no\n")), [status(Vec::new()), unknown_users].concat()]),
        ),
        (
            "status-group-and-replies",
            report([text(numbered("550 <", ">\n")), [format!("\n{STATUS}").into_bytes(), GROUP.as_bytes().to_vec()].concat()]),
        ),
        (
            "status-groups-and-exchange",
            report([text([exchange.clone(), numbered("", "\nno\n")].concat()), [status(Vec::new()), groups].concat()]),
        ),
        (
            "status-groups-and-message-fields",
            report([Vec::new(), [STATUS.as_bytes().to_vec(), fill("", "X-A: b\n", half), fill("\n", GROUP, half)].concat()]),
        ),
        (
            "status-groups-and-first-group",
            report([Vec::new(), status(fill("Final-Recipient: rfc822; a@example.net\n", "X-A: b\n", half))]),
        ),
        ("status-groups-and-header", [fill("", "X-A: b\n", half), report([Vec::new(), status(Vec::new())])].concat()),
        (
            "addresses-and-to",
            [b"To: ".to_vec(), numbered("", ", "), b"\n".to_vec(), PLAIN.as_bytes().to_vec(), numbered("<x", ">:\nno\n")]
                .concat(),
        ),
        ("addresses-and-header", [fill("", "X-A: b\n", half), PLAIN.as_bytes().to_vec(), numbered("<", ">:\nno\n")].concat()),
        ("addresses-of-mail-system", [PLAIN.as_bytes().to_vec(), fill("", "<postmaster@example.net>:\n", bytes)].concat()),
        (
            "addresses-and-original-to",
            [PLAIN.as_bytes().to_vec(), numbered("<", ">:\n"), b"Received: a\nReceived: b\nTo: ".to_vec(), numbered("", ", ")]
                .concat(),
        ),
        (
            "machine-readable-parts-behind-a-long-one",
            report([
                status(Vec::new()),
                fill("\n", "--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; k@example.net\n\n", half),
            ]),
        ),
        (
            "sessions",
            [PLAIN.as_bytes().to_vec(), fill("", "... while talking to mx.example.net.:\n<<< 550 no\n550 5.0.0 no\n", bytes)]
                .concat(),
        ),
        ("long-address", [PLAIN.as_bytes().to_vec(), fill("<", "a", half), fill("@example.net>:\n", "550 no\n", half)].concat()),
        ("long-boundary", [fill("Content-Type: multipart/mixed; boundary=", "-", half), fill("\n\n", "--\n", half)].concat()),
        (
            "long-boundary-lines",
            [
                fill("Content-Type: multipart/mixed; boundary=", "-", half / 256),
                fill("\n\n", &"-".repeat(256), half),
                fill("\n", "-\n", half),
            ]
            .concat(),
        ),
        (
            "authentication",
            report([
                b"--b\nContent-Type: text/rfc822-headers\n\n".to_vec(),
                fill("", "Authentication-Results: spf=fail dkim=x a=b c=\"\n", bytes),
            ]),
        ),
        (
            "authentication-parameters",
            report([
                b"--b\nContent-Type: text/rfc822-headers\n\nAuthentication-Results: ".to_vec(),
                fill("", "spf =fail; ", bytes),
            ]),
        ),
        (
            "diagnostic-quotations",
            report([
                Vec::new(),
                [
                    STATUS.as_bytes().to_vec(),
                    fill("Final-Recipient: rfc822; a@example.net\nDiagnostic-Code: smtp; ", "550 <", bytes),
                ]
                .concat(),
            ]),
        ),
        (
            "diagnostic-component",
            report([
                Vec::new(),
                [
                    STATUS.as_bytes().to_vec(),
                    fill("Final-Recipient: rfc822; a@example.net\nDiagnostic-Code: smtp; ", "RESOLVER[", bytes),
                ]
                .concat(),
            ]),
        ),
        (
            "dates",
            report([
                Vec::new(),
                [STATUS.as_bytes().to_vec(), fill("Final-Recipient: rfc822; a@example.net\nLast-Attempt-Date: ", "1-", bytes)]
                    .concat(),
            ]),
        ),
    ]
}

/// `piece` over and over behind `before`, at least once and about `bytes` bytes in all.
fn fill(before: &str, piece: &str, bytes: usize) -> Vec<u8> {
    let times = (bytes.saturating_sub(before.len()) / piece.len()).max(1);
    let mut out = before.as_bytes().to_vec();
    out.extend(std::iter::repeat_n(piece.as_bytes(), times).flatten());
    out
}
