//! Whole messages: what is said about every file of `examples/bounces`, as `tests/messages/NAME.txt` expects it, and that line ends
//! and transfer encodings make no difference.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use nondelivery::{
    Action, Bounce, Category, Context, DsnAction, ExchangeDetails, Kind, Party, Problem, Recipient, Rule, ScratchTooSmall,
    Severity, Typed,
};

#[path = "messages/variants.rs"]
mod variants;

/// Parses with a scratch as long as the message, which always suffices.
fn with_bounce<T>(message: &[u8], look: impl FnOnce(&Bounce<'_>) -> T) -> T {
    let mut scratch = vec![0; message.len()];
    let bounce = Bounce::parse(message, &mut scratch).expect("the length of the message suffices");
    look(&bounce)
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The messages of `examples/bounces`, by name.
fn examples() -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder("examples/bounces")).expect("examples/bounces is there");
    let paths = entries.map(|entry| entry.expect("the folder can be read").path());
    let mut messages: Vec<(String, Vec<u8>)> = paths
        .filter(|path| path.extension().is_some_and(|e| e == "eml"))
        .map(|path| {
            let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
            (name, fs::read(&path).expect("the file can be read"))
        })
        .collect();
    messages.sort();
    messages
}

fn example(name: &str) -> Vec<u8> {
    fs::read(folder("examples/bounces").join(name)).expect(name)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Everything that is known of a message, a line each; what is not said has no line.
fn describe(bounce: &Bounce<'_>) -> String {
    let mut lines = Lines::default();
    lines.add("kind", Some(bounce.kind().to_string()));
    lines.add("envelope-id", bounce.original_envelope_id().map(text));
    lines.add("reporting-mta", bounce.reporting_mta().map(host));
    lines.add("received-from-mta", bounce.received_from_mta().map(host));
    lines.add("arrival-date", bounce.arrival_date().map(|date| date.to_string()));
    for name in ["Message-ID", "From", "To", "Subject", "Date"] {
        lines.add(&format!("original {name}"), bounce.original_header(name.as_bytes()).map(text));
    }
    lines.add("original list", bounce.list_id().map(text));
    for finding in bounce.authentication().findings() {
        lines.add("authentication", Some(finding.to_string()));
    }
    lines.add("truncated", bounce.is_truncated().then(|| "yes".to_owned()));
    for recipient in bounce.recipients() {
        lines.text += "\n";
        describe_recipient(&recipient, &mut lines);
    }
    lines.text
}

#[derive(Default)]
struct Lines {
    text: String,
}

impl Lines {
    fn add(&mut self, name: &str, value: Option<String>) {
        if let Some(value) = value {
            writeln!(self.text, "{name}: {value}").expect("a string takes everything");
        }
    }
}

fn host(mta: Typed<'_>) -> String {
    text(mta.host())
}

fn describe_recipient(recipient: &Recipient<'_>, lines: &mut Lines) {
    let verdict = recipient.verdict();
    lines.add("recipient", Some(recipient.decoded_address().to_string()));
    lines.add("original-recipient", recipient.decoded_original().map(|address| address.to_string()));
    lines.add("action", recipient.action().map(|action| action.to_string()));
    lines.add("reply", verdict.reply.map(|reply| reply.to_string()));
    lines.add("status", verdict.status.map(|status| status.to_string()));
    let cause = verdict.cause.map(|cause| format!(" because of {}", cause.category)).unwrap_or_default();
    lines.add("verdict", Some(format!("{} {}{cause}", verdict.severity, verdict.category)));
    let suppress = if verdict.suppress { ", no more mail to this address" } else { "" };
    lines.add("to do", Some(format!("{} by {}{suppress}", verdict.action, verdict.responsible)));
    lines.add("rejected-by", recipient.rejected_by().map(text));
    lines.add("remote-mta", recipient.remote_mta().map(host));
    // What the text says is long, and judged above.
    let diagnostic = recipient.diagnostic().filter(|_| !recipient.repairs().diagnostic_from_text);
    lines.add("diagnostic", diagnostic.map(|typed| text(typed.value)));
    lines.add("last-attempt", recipient.last_attempt_date().map(|date| date.to_string()));
    lines.add("retry-until", recipient.will_retry_until().map(|date| date.to_string()));
    lines.add("log-id", recipient.final_log_id().map(text));
    if let Some(exchange) = recipient.exchange() {
        describe_exchange(&exchange, lines);
    }
    let repairs = recipient.repairs();
    for (name, done) in [
        ("action inferred", repairs.action_inferred),
        ("status missing", repairs.status_missing),
        ("status refined", repairs.status_refined),
        ("address untyped", repairs.address_untyped),
        ("diagnostic from text", repairs.diagnostic_from_text),
    ] {
        lines.add("repaired", done.then(|| name.to_owned()));
    }
}

fn describe_exchange(exchange: &ExchangeDetails<'_>, lines: &mut Lines) {
    for (name, value) in [
        ("generated by", exchange.generating_server),
        ("refused by", exchange.remote_server),
        ("component", exchange.component),
        ("message", exchange.message),
        ("last attempted server", exchange.last_attempted_server),
        ("last attempted IP", exchange.last_attempted_ip),
        ("stage", exchange.stage),
        ("AS", exchange.as_code),
        ("server", exchange.server),
    ] {
        lines.add(&format!("exchange {name}"), value.map(text));
    }
    lines.add("exchange time", exchange.time.map(|time| time.to_string()));
}

#[test]
fn ok_examples() {
    let examples = examples();
    assert!(examples.len() >= 18, "{} examples", examples.len());
    let mut wrong = String::new();
    for (name, message) in &examples {
        let path = folder("tests/messages").join(format!("{name}.txt"));
        let found = with_bounce(message, describe);
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if found != expected {
            write!(wrong, "==> {} differs; found is\n{found}", path.display()).expect("a string takes everything");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What a message with this header and text is.
fn kind_of(header: &str, text: &str) -> Kind {
    let message = format!("{}\n\n{text}\n", header.replace("; ", "\n"));
    with_bounce(message.as_bytes(), |bounce| bounce.kind())
}

/// What people and programs write about bounces is none; fields of the header stand behind `; ` here.
#[test]
fn ok_letters_about_bounces() {
    const REPLY: &str = "550 5.1.1 <kim@example.com>: User unknown";
    const NOTICE: &str = "Your message could not be delivered.\n\n<kim@example.com>: 550 5.1.1 User unknown";
    let cases = [
        // Answered and forwarded, with the text of the bounce.
        (Kind::Other, "From: Rosa <rosa@example.org>; Subject: Re: Undelivered Mail Returned to Sender", NOTICE),
        (Kind::Other, "From: Rosa <rosa@example.org>; Subject: [desk] WG: Unzustellbar: Hello", NOTICE),
        (Kind::Other, "Return-Path: <rosa@example.org>; From: rosa@example.org; Subject: Delivery failure?", NOTICE),
        // Through a list, or from a shop.
        (Kind::Other, "From: Rosa <rosa@example.org>; Subject: Bounces; List-Id: <mail.example.org>", NOTICE),
        (Kind::Other, "From: news@example.org; Subject: Why mail bounces; Precedence: list", NOTICE),
        (
            Kind::Other,
            "From: Parcels <no-reply@example.org>; Subject: Your parcel could not be delivered",
            "We were unable to deliver it.",
        ),
        // From a postmaster who is a person.
        (Kind::Other, "Return-Path: <postmaster@example.org>; From: postmaster@example.org; Subject: Maintenance", NOTICE),
        (Kind::AutoReply, "Return-Path: <>; From: rosa@example.org; Subject: Automatic reply: Undelivered Mail", NOTICE),
        (
            Kind::AutoReply,
            "Return-Path: <>; From: a@example.org; Subject: [7] Delivery failed; Auto-Submitted: auto-generated",
            "Thank you.",
        ),
        (Kind::Other, "From: app@example.org; Subject: Mein Auto: sold; X-Auto-Response-Suppress: All", "Sold."),
        // And what mail systems write.
        (Kind::PlainBounce, "From: MAILER-DAEMON@example.org; Subject: Re: Hello", NOTICE),
        (Kind::PlainBounce, "Return-Path: <list-admin@example.org>; From: MAILER-DAEMON@example.org; Subject: Failure", NOTICE),
        (Kind::PlainBounce, "Return-Path: <>; From: mx@example.org; Subject: Undeliverable: Hello", NOTICE),
        (Kind::PlainBounce, "From: mx@example.org; Subject: =?utf-8?Q?Mail_delivery_failed?=", REPLY),
        (Kind::PlainBounce, "From: postmaster@example.org; Subject: =?gb2312?B?z7XNs83L0MU=?=", REPLY),
        (
            Kind::PlainBounce,
            "Return-Path: <desk@example.org>; From: postmaster@example.org; Subject: Returned mail; List-Id: <x>",
            NOTICE,
        ),
    ];
    for (kind, header, text) in cases {
        assert_eq!(kind_of(header, text), kind, "{header}");
    }
}

/// One file per kind of message, and no expectation without its file.
#[test]
fn ok_every_kind_has_an_example() {
    let examples = examples();
    let mut kinds: Vec<Kind> = examples.iter().map(|(_, message)| with_bounce(message, |bounce| bounce.kind())).collect();
    kinds.sort();
    kinds.dedup();
    assert_eq!(
        kinds,
        [Kind::Other, Kind::Dsn, Kind::ExchangeNdr, Kind::PlainBounce, Kind::Feedback, Kind::Disposition, Kind::AutoReply]
    );
    for entry in fs::read_dir(folder("tests/messages")).expect("tests/messages is there") {
        let path = entry.expect("the folder can be read").path();
        let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let known = examples.iter().any(|(example, _)| *example == name) || path.extension().is_some_and(|e| e == "rs");
        assert!(known, "{} belongs to no example", path.display());
    }
}

/// The worked example of Microsoft's article: alpineskihouse.com made the report, mail.contoso.com refused the message, so contoso.com
/// has to act.
#[test]
fn ok_worked_example() {
    for name in ["exchange-ndr.eml", "exchange-ndr-ja.eml", "exchange-ndr-de.eml"] {
        with_bounce(&example(name), |bounce| {
            assert_eq!(bounce.kind(), Kind::ExchangeNdr, "{name}");
            let recipients: Vec<Recipient<'_>> = bounce.recipients().collect();
            let [recipient] = &recipients[..] else { panic!("{name}: {} recipients", recipients.len()) };
            assert_eq!(recipient.address(), b"ronald@contoso.com", "{name}");
            let exchange = recipient.exchange().expect(name);
            assert_eq!(exchange.generating_server, Some(&b"alpineskihouse.com"[..]), "{name}");
            assert_eq!(exchange.remote_server, Some(&b"mail.contoso.com"[..]), "{name}");
            assert_eq!(exchange.rejected_by(), Some(&b"mail.contoso.com"[..]), "{name}");
            assert_eq!(recipient.rejected_by(), Some(&b"mail.contoso.com"[..]), "{name}");
            let verdict = recipient.verdict();
            assert_eq!((verdict.reply.map(|r| r.get()), verdict.severity), (Some(530), Severity::Permanent), "{name}");
            assert_eq!(verdict.status.map(|s| s.to_string()), Some("5.7.1".into()), "{name}");
            assert_eq!((verdict.category, verdict.responsible), (Category::LoginRequired, Party::RecipientAdmin), "{name}");
            assert!(!verdict.suppress, "{name}");
        });
    }
}

/// A report about a message with this header.
fn ndr_about(original: &str) -> Vec<u8> {
    format!(
        "From: <postmaster@example.net>\nTo: <admin@example.com>\nSubject: Undeliverable: Consumer test\nMIME-Version: 1.0\n\
         X-MS-Exchange-Message-Is-Ndr:\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"=_1\"\n\n\
         --=_1\nContent-Type: text/plain\n\nDelivery has failed to these recipients or groups:\n\nkim@example.net\n\n\
         --=_1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns;mx.example.net\n\n\
         Final-Recipient: rfc822;kim@example.net\nAction: failed\nStatus: 5.7.509\n\
         Diagnostic-Code: smtp;550 5.7.509 Access denied, sending domain does not pass DMARC verification\n\n\
         --=_1\nContent-Type: message/rfc822\n\n{original}\nThe message.\n\n--=_1--\n"
    )
    .into_bytes()
}

const NO_RECORDS: &str = "\
Authentication-Results: spf=none (sender IP is 40.95.88.73)
 smtp.mailfrom=o365e083.onmicrosoft.com; dkim=none (message not signed)
 header.d=none;dmarc=fail action=oreject
 header.from=o365e.onmicrosoft.com;compauth=fail reason=000
Received-SPF: None (protection.outlook.com: o365e.onmicrosoft.com does
 not designate permitted sender hosts)
Authentication-Results-Original: dkim=none (message not signed)
 header.d=none; dmarc=none action=none
 header.from=o365e.onmicrosoft.com;
X-Test-Message-Executed-by: daiq_debug
Message-ID: <991e8244-85@A.MB3331.outlook.com>
From: admin@o365e.onmicrosoft.com
Subject: Consumer dmarc reject test
MIME-Version: 1.0
Content-Type: text/plain
Sender: \"admin@o365e.onmicrosoft.com\"
    <admin@o365e.onmicrosoft.com>
";

const NOT_ALIGNED: &str = "\
Message-ID: <1430c613-58@A.MB3outlook.com>
From: admin@o365e083.onmicrosoft.com
Subject: Consumer auto forward test
MIME-Version: 1.0
Content-Type: text/plain
Sender: \"admin@o365e039.onmicrosoft.com\"
    <admin@o365e039.onmicrosoft.com>
X-MS-PublicTrafficType: Email
X-MS-TrafficTypeDiagnostic: AMB3284:EE_|DU0PRMB172:EE
To: Undisclosed recipients:;
Return-Path: admin@o365e039.onmicrosoft.com
Date: Tue, 11 Apr 2023 16:20:03 +0000
";

/// Both header samples of Microsoft's section on DMARC, each inside a report.
#[test]
fn ok_dmarc_samples() {
    let cases: [(&str, &[(Problem, &str)]); 2] = [
        (
            NO_RECORDS,
            &[
                (Problem::NoSpfRecord, "o365e083.onmicrosoft.com"),
                (Problem::NoDkimSignature, "o365e.onmicrosoft.com"),
                (Problem::NotAligned, "o365e.onmicrosoft.com"),
            ],
        ),
        (NOT_ALIGNED, &[(Problem::NotAligned, "o365e083.onmicrosoft.com")]),
    ];
    for (original, expected) in cases {
        with_bounce(&ndr_about(original), |bounce| {
            let authentication = bounce.authentication();
            let found: Vec<(Problem, String)> =
                authentication.findings().iter().map(|finding| (finding.problem, text(finding.domain))).collect();
            let expected: Vec<(Problem, String)> = expected.iter().map(|(p, domain)| (*p, (*domain).to_owned())).collect();
            assert_eq!(found, expected);
            assert!(found.iter().all(|(problem, _)| problem.advice().ends_with('.')));
            let recipient = bounce.recipients().next().expect("one recipient");
            let verdict = recipient.verdict();
            assert_eq!((verdict.category, verdict.action), (Category::AuthenticationFailed, Action::FixSender));
        });
    }
}

/// What a list sent on: Gmail tells of the ARC set in a comment, and the oldest set says that all was well before.
const SENT_ON_BY_LIST: &str = "\
Return-Path: <a@example.com>
ARC-Authentication-Results: i=2; mx.google.com;
       dkim=fail header.i=@example.com; spf=softfail smtp.mailfrom=a@example.com
Received: from list.example.org by mx.google.com
Authentication-Results: mx.google.com;
       arc=pass (i=1 spf=pass spfdomain=example.com dkim=pass dkdomain=example.com);
       dkim=fail (body hash mismatch) header.i=@example.com header.s=s; spf=softfail smtp.mailfrom=a@example.com
ARC-Authentication-Results: i=1; list.example.org; dkim=pass header.d=example.com; spf=pass smtp.mailfrom=a@example.com
From: \"Bob <bob@other.example>\" <a@example.com> (at <c@third.example>)
";

/// A mailing service with its own envelope, and a second signature that is the author's.
const SENT_BY_SERVICE: &str = "\
Return-Path: <b@service.example>
Authentication-Results: mx.example.net; dkim=pass header.d=service.example;
	dkim=pass header.d=example.com; spf=pass smtp.mailfrom=b@service.example
From: a@example.com
";

#[test]
fn ok_authentication_of_original() {
    let cases: [(&str, &[&str]); 2] = [
        (SENT_ON_BY_LIST, &["forwarding-broke-spf (example.com)", "forwarding-broke-dkim (example.com)"]),
        (SENT_BY_SERVICE, &[]),
    ];
    for (original, expected) in cases {
        with_bounce(&ndr_about(original), |bounce| {
            let found: Vec<String> = bounce.authentication().findings().iter().map(ToString::to_string).collect();
            assert_eq!(found, expected);
        });
    }
}

/// The text-only report of Exchange in other languages. Only the headings differ; nothing reads them.
#[test]
fn ok_exchange_in_other_languages() {
    const HEADINGS: [(&str, &str, &str, &str, &str); 10] = [
        (
            "ja",
            "次の受信者またはグループへの配信に失敗しました:",
            "管理者向けの診断情報:",
            "生成サーバー: ",
            "元のメッセージ ヘッダー:",
        ),
        (
            "de",
            "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:",
            "Diagnoseinformationen für Administratoren:",
            "Generierender Server: ",
            "Ursprüngliche Nachrichtenkopfzeilen:",
        ),
        (
            "fr",
            "Échec de la remise à ces destinataires ou groupes :",
            "Informations de diagnostic pour les administrateurs :",
            "Serveur de génération : ",
            "En-têtes de message d'origine :",
        ),
        (
            "es",
            "No se pudo entregar el mensaje a estos destinatarios o grupos:",
            "Información de diagnóstico para los administradores:",
            "Generando servidor: ",
            "Encabezados de mensajes originales:",
        ),
        (
            "pt",
            "Falha na entrega a estes destinatários ou grupos:",
            "Informações de diagnóstico para administradores:",
            "Gerando servidor: ",
            "Cabeçalhos de mensagem originais:",
        ),
        (
            "it",
            "Recapito non riuscito per i seguenti destinatari o gruppi:",
            "Informazioni di diagnostica per gli amministratori:",
            "Server di generazione: ",
            "Intestazioni originali del messaggio:",
        ),
        (
            "nl",
            "Het bericht kan niet worden bezorgd bij deze geadresseerden of groepen:",
            "Diagnostische informatie voor beheerders:",
            "Bronserver: ",
            "Oorspronkelijke berichtkoppen:",
        ),
        ("zh", "未能向以下收件人或通讯组传递邮件：", "供管理员使用的诊断信息：", "生成服务器：", "原始邮件标头："),
        (
            "ru",
            "Сбой доставки следующим получателям или группам:",
            "Диагностические сведения для администраторов:",
            "Создающий сервер: ",
            "Исходные заголовки сообщения:",
        ),
        ("xx", "x:", "y:", "z:\n", "w:"),
    ];
    const REFUSALS: [(&str, &str, Category, Option<&str>); 4] = [
        ("#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##", "550 5.1.1", Category::UnknownRecipient, None),
        (
            "mail.contoso.com #<exchange.contoso.com #5.7.1 smtp;530 5.7.1 Client was not authenticated> #SMTP#",
            "530 5.7.1",
            Category::LoginRequired,
            Some("mail.contoso.com"),
        ),
        ("#550 4.4.7 QUEUE.Expired; message expired ##", "550 4.4.7", Category::Expired, None),
        (
            "Remote Server at mx.contoso.com (192.0.2.25) returned '552 5.2.2 mailbox full'",
            "552 5.2.2",
            Category::MailboxFull,
            Some("mx.contoso.com"),
        ),
    ];
    for (language, failed, diagnostic, generating, headers) in HEADINGS {
        for (refusal, codes, category, remote) in REFUSALS {
            let message = format!(
                "From: <postmaster@example.com>\r\nTo: <a@example.com>\r\nX-MS-Exchange-Message-Is-Ndr:\r\n\
                 Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{failed}\r\n\r\n\
                 kim@contoso.com\r\n{failed}\r\n\r\n{diagnostic}\r\n\r\n{generating}mbx1.example.com\r\n\r\nkim@contoso.com\r\n\
                 {refusal}\r\n\r\n{headers}\r\n\r\nReceived: from x by y; Mon, 14 Sep 2026 09:02:44 +0200\r\n\
                 From: A <a@example.com>\r\nTo: kim@contoso.com\r\nSubject: One\r\nMessage-ID: <1@example.com>\r\n"
            );
            with_bounce(message.as_bytes(), |bounce| {
                let about = format!("{language}: {refusal}");
                assert_eq!(bounce.kind(), Kind::ExchangeNdr, "{about}");
                assert_eq!(bounce.original_header(b"Message-ID"), Some(&b"<1@example.com>"[..]), "{about}");
                let recipients: Vec<Recipient<'_>> = bounce.recipients().collect();
                let [recipient] = &recipients[..] else { panic!("{about}: {} recipients", recipients.len()) };
                assert_eq!(recipient.address(), b"kim@contoso.com", "{about}");
                let exchange = recipient.exchange().expect(&about);
                assert_eq!(exchange.generating_server, Some(&b"mbx1.example.com"[..]), "{about}");
                assert_eq!(exchange.remote_server, remote.map(str::as_bytes), "{about}");
                assert_eq!(recipient.rejected_by(), Some(remote.unwrap_or("mbx1.example.com").as_bytes()), "{about}");
                let verdict = recipient.verdict();
                let found: Vec<String> =
                    verdict.reply.iter().map(ToString::to_string).chain(verdict.status.iter().map(ToString::to_string)).collect();
                assert_eq!((found.join(" ").as_str(), verdict.category), (codes, category), "{about}");
            });
        }
    }
}

/// A `multipart/report` whose delivery-status has these fields for one recipient.
fn dsn(fields: &str) -> Vec<u8> {
    format!(
        "From: MAILER-DAEMON@example.com\nSubject: Delivery Status Notification\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"=_1\"\n\n\
         --=_1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\n\
         Final-Recipient: rfc822; kim@example.net\n{fields}\n--=_1--\n"
    )
    .into_bytes()
}

/// What is still being tried has not failed, whatever the diagnostic says.
#[test]
fn ok_delayed_is_never_suppressed() {
    for diagnostic in [
        "",
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\n",
        "Diagnostic-Code: smtp; 552 5.2.2 Mailbox full\n",
        "Diagnostic-Code: smtp; 421 4.4.2 Connection timed out\n",
        "Diagnostic-Code: smtp; The account has been disabled\n",
        "Diagnostic-Code: X-Postfix; Host or domain name not found\n",
    ] {
        for status in ["", "Status: 4.4.1\n", "Status: 4.0.0\n", "Status: 5.1.1\n", "Status: 5.0.0\n"] {
            for action in ["delayed", "DELAYED", "Delayed (will retry)"] {
                let message = dsn(&format!("Action: {action}\n{status}{diagnostic}"));
                with_bounce(&message, |bounce| {
                    let recipient = bounce.recipients().next().expect("one recipient");
                    let verdict = recipient.verdict();
                    let about = format!("{action} {status} {diagnostic}: {verdict}");
                    assert_eq!(recipient.action(), Some(DsnAction::Delayed), "{about}");
                    assert_eq!(verdict.severity, Severity::Transient, "{about}");
                    assert!(!verdict.suppress && verdict.action != Action::Suppress, "{about}");
                });
            }
        }
    }
}

#[test]
fn ok_delivered_is_success() {
    for action in ["delivered", "relayed", "expanded", "Delivered (to mailbox)"] {
        for rest in ["Status: 2.0.0\n", "Status: 2.1.5\nDiagnostic-Code: smtp; 250 OK\n", ""] {
            let message = dsn(&format!("Action: {action}\n{rest}"));
            with_bounce(&message, |bounce| {
                assert_eq!(bounce.kind(), Kind::Dsn);
                let recipient = bounce.recipients().next().expect("one recipient");
                let verdict = recipient.verdict();
                assert_eq!(verdict.severity, Severity::Success, "{action} {rest}: {verdict}");
                assert!(!verdict.suppress && verdict.action == Action::Nothing, "{action} {rest}: {verdict}");
            });
        }
    }
}

/// A scratch that is too small is an error that says what is enough; it never shortens the answer.
#[test]
fn ok_scratch() {
    for (name, message) in examples() {
        let whole = with_bounce(&message, describe);
        let needed = ScratchTooSmall { needed: message.len() };
        let mut enough = false;
        for size in (0..message.len()).step_by(13).chain([message.len()]) {
            let mut scratch = vec![0xaa; size];
            match Bounce::parse(&message, &mut scratch) {
                Ok(bounce) => {
                    assert_eq!(describe(&bounce), whole, "{name} with {size} bytes");
                    // Once it is enough it stays enough; the rest need not be tried.
                    enough = true;
                    break;
                }
                Err(e) => assert_eq!(e, needed, "{name} with {size} bytes"),
            }
        }
        assert!(enough, "{name}");
    }
}

#[test]
fn err_scratch_too_small() {
    for name in ["exchange-online-ndr.eml", "exchange-ndr-de.eml", "exchange-ndr-ja.eml", "gmail.eml"] {
        let message = example(name);
        let error = Bounce::parse(&message, &mut []).expect_err("it has to be decoded");
        assert_eq!(error.needed, message.len(), "{name}");
        assert!(error.to_string().contains(&message.len().to_string()), "{error}");
    }
    for name in ["dsn-postfix.eml", "qmail-qsbmf.eml", "exim.eml", "exchange-ndr.eml", "dsn-global.eml"] {
        assert!(Bounce::parse(&example(name), &mut []).is_ok(), "{name} has nothing to decode");
    }
}

/// What one is to do about the recipients, without the texts, whose line ends may differ.
fn conclusions(bounce: &Bounce<'_>) -> Vec<String> {
    let mut all = vec![bounce.kind().to_string()];
    all.extend(bounce.recipients().map(|recipient| {
        let (address, original) = (recipient.decoded_address().to_string(), recipient.decoded_original().map(|o| o.to_string()));
        let rejected_by = recipient.rejected_by().map(text);
        format!("{address} {original:?} {:?} {} {rejected_by:?}", recipient.action(), recipient.verdict())
    }));
    all.extend(bounce.authentication().findings().iter().map(ToString::to_string));
    all.extend(bounce.original_header(b"Message-ID").map(text));
    all
}

#[test]
fn ok_line_ends_make_no_difference() {
    for (name, message) in examples() {
        let expected = with_bounce(&message, conclusions);
        for end in ["\n", "\r\n", "\r"] {
            let variant = variants::with_line_ends(&message, end);
            assert_eq!(with_bounce(&variant, conclusions), expected, "{name} with {end:?}");
        }
    }
}

#[test]
fn ok_transfer_encodings_make_no_difference() {
    let mut encoded = 0;
    let mut wrong = Vec::new();
    for (name, message) in examples() {
        let expected = with_bounce(&message, conclusions);
        for encoding in [variants::Encoding::QuotedPrintable, variants::Encoding::Base64] {
            for end in ["\n", "\r\n"] {
                let variant = variants::encoded(&variants::with_line_ends(&message, "\n"), encoding);
                encoded += usize::from(encoding.occurs_in(&variant));
                let variant = variants::with_line_ends(&variant, end);
                let found = with_bounce(&variant, conclusions);
                if found != expected {
                    wrong.push(format!("{name} in {encoding:?} with {end:?}: {found:?} is not {expected:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(encoded > 60, "only {encoded} variants differ from the examples");
}

/// A mailbox holds the same messages, each behind an envelope line that is no part of the message.
#[test]
fn ok_envelope_lines() {
    let mailbox = example("bounces.mbox");
    let starts: Vec<usize> =
        (0..mailbox.len()).filter(|at| mailbox[*at..].starts_with(b"From ") && (*at == 0 || mailbox[*at - 1] == b'\n')).collect();
    assert_eq!(starts.len(), 3);
    let kinds: Vec<(Kind, usize)> = starts
        .iter()
        .zip(starts.iter().skip(1).chain([&mailbox.len()]))
        .map(|(from, to)| with_bounce(&mailbox[*from..*to], |bounce| (bounce.kind(), bounce.recipients().count())))
        .collect();
    assert_eq!(kinds, [(Kind::Dsn, 2), (Kind::Other, 0), (Kind::PlainBounce, 2)]);
}

/// What is not UTF-8 is made UTF-8, and understood; only where the scratch has no room for it, it stays as it came.
#[cfg(feature = "charset")]
#[test]
fn ok_charsets() {
    // 宛先のユーザーは登録されていません。
    let japanese = b"\x1b$B08@h$N%f!<%6!<$OEPO?$5$l$F$$$^$;$s!#\x1b(B\n";
    let head = "From: MAILER-DAEMON@example.jp\nSubject: Undelivered Mail\nContent-Type: text/plain; charset=ISO-2022-JP\n\n";
    let message = [head.as_bytes(), b"<kim@example.jp>\n", japanese].concat();
    with_bounce(&message, |bounce| {
        assert!(text(bounce.text()).contains("登録されていません"), "{}", text(bounce.text()));
        let recipient = bounce.recipients().next().expect("one recipient");
        assert_eq!(recipient.address(), b"kim@example.jp");
        assert_eq!(recipient.verdict().category, Category::UnknownRecipient);
    });
    let long = [head.as_bytes(), b"<kim@example.jp>\n", &japanese.repeat(100)].concat();
    with_bounce(&long, |bounce| {
        assert_eq!(bounce.recipients().next().expect("one recipient").address(), b"kim@example.jp");
    });
}

/// A provider's own notice that names nobody, with the report of the mail server below it in the same text.
#[test]
fn ok_report_inside_a_notice() {
    let report = "From: MAILER-DAEMON@relay.example.net\nSubject: Undelivered Mail Returned to Sender\n\
        Content-Type: multipart/report; report-type=delivery-status; boundary=b\nMessage-Id: <1@relay.example.net>\n\n\
        --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; relay.example.net\n\n\
        Final-Recipient: rfc822; kim@example.org\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n\n--b--\n";
    let notice = |said: &str| {
        format!(
            "From: MAILER-DAEMON@example.net\nTo: lee@example.com\nSubject: Undelivered Mail Returned to Sender\n\n\
             The message below could not be delivered.\n{said}\n-----\n{report}"
        )
    };
    let recipients = |message: &str| {
        with_bounce(message.as_bytes(), |bounce| {
            bounce.recipients().map(|r| (text(r.address()), r.verdict().category)).collect::<Vec<_>>()
        })
    };
    assert_eq!(recipients(&notice("")), [("kim@example.org".to_owned(), Category::UnknownRecipient)]);
    // Where the notice names somebody, what is below it is the message that came back.
    assert_eq!(
        recipients(&notice("<ann@example.com>: 552 5.2.2 mailbox full")),
        [("ann@example.com".to_owned(), Category::MailboxFull)]
    );
}

/// The account is disabled; the host behind calls it unknown.
#[test]
fn ok_line_above_a_recipient() {
    let notice = "From: Postmaster@example.net\nSubject: Mail System Error - Returned Mail\n\n\
        The user(s) account is disabled.\n\n<kim@example.net>: 550 user unknown (in reply to RCPT TO command)\n";
    with_bounce(notice.as_bytes(), |bounce| {
        let verdict = *bounce.recipients().next().expect("one is named").verdict();
        assert_eq!((verdict.category, verdict.suppress), (Category::MailboxInactive, true));
        assert_eq!(verdict.reply.map(|code| code.get()), Some(550));
    });
}

/// The site's own rules come first, whatever stands above the recipient.
#[test]
fn ok_line_above_a_recipient_is_no_rule() {
    let notice = "From: Postmaster@example.net\nSubject: Mail System Error - Returned Mail\n\n\
        The user(s) account is disabled.\n\n<kim@example.net>: 550 user unknown (in reply to RCPT TO command)\n";
    let rules = [Rule { phrase: Some(b"user unknown"), suppress: Some(false), label: 7, ..Rule::default() }];
    with_bounce(notice.as_bytes(), |bounce| {
        let context = Context { rules: &rules, ..Context::default() };
        let verdict = *bounce.recipients_with(&context).next().expect("one is named").verdict();
        assert_eq!((verdict.category, verdict.suppress, verdict.label), (Category::UnknownRecipient, false, Some(7)));
    });
}

/// A report of Postfix with this text for people, subject and fields of its only recipient.
fn report(subject: &str, text: &str, fields: &str) -> String {
    format!(
        "From: MAILER-DAEMON@example.com (Mail Delivery System)\nSubject: {subject}\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
         --b\nContent-Type: text/plain\n\n{text}\n--b\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; mx.example.com\n\nFinal-Recipient: rfc822; kim@example.net\n{fields}\n\
         --b\nContent-Type: message/rfc822\n\nFrom: robin@example.com\nTo: kim@example.net\nSubject: Your mailbox is full? Sale\n\n--b--\n"
    )
}

fn only_recipient(message: &str, judge: impl FnOnce(&Recipient<'_>)) {
    with_bounce(message.as_bytes(), |bounce| {
        let mut recipients = bounce.recipients();
        judge(&recipients.next().expect("one is named"));
        assert!(recipients.next().is_none(), "one is named");
    });
}

/// What is said to whoever reads the report counts only where nothing else says why.
#[test]
fn ok_notice_yields_to_what_is_said_about_the_recipient() {
    let late = "Your message could not be delivered for more than 4 hours.\nIt will be retried until it is 5 days old.";
    for (subject, text, fields, category) in [
        (
            "Delayed Mail (still being retried)",
            late,
            "Action: delayed\nStatus: 4.0.0\nDiagnostic-Code: x-unix; Quota exceeded",
            Category::MailboxFull,
        ),
        (
            "Delayed Mail (still being retried)",
            late,
            "Action: delayed\nStatus: 4.2.1\nDiagnostic-Code: smtp; 450 4.2.1 later",
            Category::MailboxInactive,
        ),
        ("Delayed Mail (still being retried)", late, "Action: delayed\nStatus: 4.0.0", Category::Expired),
        (
            "Undelivered Mail Returned to Sender",
            "Scanned for viruses and spam.",
            "Action: failed\nStatus: 5.1.1",
            Category::UnknownRecipient,
        ),
        (
            "Undelivered Mail Returned to Sender",
            "----- Message header follows -----",
            "Action: failed\nStatus: 5.0.0",
            Category::Undetermined,
        ),
        ("Undeliverable: Your mailbox is full? Sale", "Sorry.", "Action: failed\nStatus: 5.0.0", Category::Undetermined),
        ("Returned mail: User unknown", "Sorry.", "Action: failed\nStatus: 5.0.0", Category::UnknownRecipient),
    ] {
        only_recipient(&report(subject, text, fields), |recipient| {
            assert_eq!(recipient.verdict().category, category, "{subject}: {text}: {fields}");
        });
    }
}

/// A notice without fields warns of a delay, or tells of a failure.
#[test]
fn ok_action_of_a_notice() {
    let notice = |text: &str| {
        format!("From: Mailer-Daemon@example.com\nSubject: Mail delivery: notice\n\n{text}\n\n  kim@example.net\n    no answer\n")
    };
    for (text, action, severity) in [
        ("Your message has not yet been delivered to:", DsnAction::Delayed, Severity::Transient),
        ("Your message could not be delivered to:", DsnAction::Failed, Severity::Permanent),
    ] {
        only_recipient(&notice(text), |recipient| {
            assert_eq!((recipient.action(), recipient.verdict().severity), (Some(action), severity), "{text}");
            assert!(recipient.repairs().action_inferred);
        });
    }
}

/// The recipient of a report that names nobody is whom the original message was for, but never a mailing list.
#[test]
fn ok_lists_are_no_recipients() {
    let bounce = |list: &str| {
        format!(
            "From: Mailer-Daemon@example.com\nSubject: Undeliverable mail\n\nYour message could not be delivered.\n\n\
             ---- Copy ----\nReceived: from a.example.net\nFrom: robin@example.com\nTo: talk@lists.example.org\n{list}Subject: hi\n\nhi\n"
        )
    };
    let count = |list: &str| {
        let mut count = 0;
        with_bounce(bounce(list).as_bytes(), |bounce| count = bounce.recipients().count());
        count
    };
    assert_eq!(count(""), 1);
    assert_eq!(count("List-Id: Newsletter <news.example.org>\nPrecedence: bulk\n"), 1);
    assert_eq!(count("List-Id: Talk <talk.lists.example.org>\n"), 0);
    assert_eq!(count("List-Post: <mailto:talk@lists.example.org>\n"), 0);
    assert_eq!(count("X-BeenThere: talk@lists.example.org\n"), 0);
}

/// A Final-Recipient need not be a mailbox; an X.400 address has blanks.
#[test]
fn ok_recipient_that_is_no_mailbox() {
    let report = |field: &str| {
        report("Undeliverable", "Sorry.", "Status: 5.1.1").replace("Final-Recipient: rfc822; kim@example.net", field)
    };
    let address = |field: &str, expected: &str| {
        only_recipient(&report(field), |recipient| assert_eq!(recipient.address(), expected.as_bytes(), "{field}"));
    };
    address("Original-Recipient: rfc822; kim@example.net\nFinal-Recipient: LOCAL; <k.m>", "kim@example.net");
    address("Final-Recipient: system; <>\nOriginal-Recipient: rfc822; kim@example.net", "kim@example.net");
    address("Final-Recipient: x400; /S=Kim/O=Example/ADMD= /C=GB/", "/S=Kim/O=Example/ADMD= /C=GB/");
    address("Final-Recipient: rfc822; kim", "kim");
}

/// A report that is only passed on is read in place of the message around it; so is the second of two machine-readable parts, when the
/// first names nobody.
#[test]
fn ok_report_inside() {
    let inner = report("Undeliverable", "Sorry.", "Action: failed\nStatus: 5.1.1");
    let outer = format!(
        "From: postmaster@example.org\nSubject: Delivery Status Notification (Failure)\nContent-Type: multipart/mixed; boundary=o\n\n\
         --o\nContent-Type: message/rfc822\n\n{inner}\n--o\nContent-Type: text/plain\n\nThis mail is confidential.\n--o--\n"
    );
    only_recipient(&outer, |recipient| {
        assert_eq!(recipient.address(), b"kim@example.net");
        assert_eq!(recipient.verdict().category, Category::UnknownRecipient);
    });
    let empty = "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; relay.example.org\n";
    let twice = inner.replacen(
        "--b\nContent-Type: message/delivery-status",
        &format!("{empty}--b\nContent-Type: message/delivery-status"),
        1,
    );
    only_recipient(&twice, |recipient| assert_eq!(recipient.address(), b"kim@example.net"));
}

/// What sorts mail for a recipient refuses with a disposition notification (RFC 5429, section 2.1.2).
#[test]
fn ok_refusal_as_disposition() {
    let refusal = "From: Mail Delivery Subsystem <postmaster@example.net>\nSubject: Automatically rejected mail\n\
        Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\nContent-Type: text/plain\n\n\
        Your message to <kim@example.net> was automatically rejected:\nQuota exceeded\n--b\n\
        Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; kim@example.net\n\
        Disposition: automatic-action/MDN-sent-automatically; deleted\n--b--\n";
    only_recipient(refusal, |recipient| {
        assert_eq!(recipient.address(), b"kim@example.net");
        assert_eq!(recipient.verdict().category, Category::MailboxFull);
    });
    let read = refusal.replace("was automatically rejected:\nQuota exceeded", "was read");
    with_bounce(read.as_bytes(), |bounce| assert_eq!(bounce.kind(), Kind::Disposition));
}

/// A report whose machine-readable part has these fields behind Reporting-MTA.
fn with_fields(fields: &str) -> Vec<u8> {
    format!(
        "From: MAILER-DAEMON@example.org\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\n\
         It failed.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; (primary) mx.example.org\n\n{fields}\n--b--\n"
    )
    .into_bytes()
}

#[test]
fn ok_fields_in_odd_forms() {
    // What the fields of a recipient are, and what is made of them: address, status, category, host.
    let cases = [
        (
            "Final-Recipient: rfc822; (Kim) kim@example.net\nStatus: 5.1.1",
            "kim@example.net 5.1.1 UnknownRecipient mx.example.org",
        ),
        (
            "Final-Recipient: rfc822; mailto:kim@example.net\nStatus: 5.1.1",
            "kim@example.net 5.1.1 UnknownRecipient mx.example.org",
        ),
        (
            "Final-Recipient: rfc822; \"<a@b.example>\" <kim@example.net>\nStatus: 5.1.1",
            "kim@example.net 5.1.1 UnknownRecipient mx.example.org",
        ),
        (
            "Final-Recipient: rfc822; kim@example.net\nStatus: 5.1.1\nRemote-MTA: dns; [192.0.2.9]",
            "kim@example.net 5.1.1 UnknownRecipient 192.0.2.9",
        ),
        (
            "Final-Recipient: rfc822; kim@example.net\nStatus: 5.1.1\nRemote-MTA: dns; [IPv6:2001:db8::2]",
            "kim@example.net 5.1.1 UnknownRecipient 2001:db8::2",
        ),
        (
            "Final-Recipient: rfc822; kim@example.net\nStatus: 550 5.2.2 Mailbox full",
            "kim@example.net 5.2.2 MailboxFull mx.example.org",
        ),
        (
            "Final-Recipient: rfc822; kim@example.net\nStatus: Quota exceeded (#5.2.2)",
            "kim@example.net 5.2.2 MailboxFull mx.example.org",
        ),
        (
            "Final-Recipient: rfc822; kim@example.net\nStatus: 5.3.0\nDiagnostic-Code: x-unix; 127",
            "kim@example.net 5.3.0 MailerError mx.example.org",
        ),
        // An empty line inside.
        (
            "Final-Recipient: rfc822; kim@example.net\n\nAction: failed\nStatus: 5.1.1\n\nRemote-MTA: dns; mx.example.net",
            "kim@example.net 5.1.1 UnknownRecipient mx.example.net",
        ),
    ];
    for (fields, expected) in cases {
        with_bounce(&with_fields(fields), |bounce| {
            let found: Vec<String> = bounce
                .recipients()
                .map(|recipient| {
                    let verdict = recipient.verdict();
                    let status = verdict.status.map(|status| status.to_string()).unwrap_or_default();
                    let host = text(recipient.rejected_by().unwrap_or_default());
                    format!("{} {status} {} {host}", recipient.decoded_address(), verdict.category)
                })
                .collect();
            assert_eq!(found, [expected], "{fields}");
        });
    }
}

#[test]
fn ok_original_recipient_in_xtext() {
    for (field, expected) in [("a+2Bb+3Dc@example.net", "a+b=c@example.net"), ("a+2Bb+c@example.net", "a+2Bb+c@example.net")] {
        let fields = format!("Original-Recipient: rfc822;{field}\nFinal-Recipient: rfc822; kim@example.net\nStatus: 5.1.1");
        with_bounce(&with_fields(&fields), |bounce| {
            let original = bounce.recipients().next().and_then(|recipient| recipient.decoded_original());
            assert_eq!(original.map(|address| address.to_string()), Some(expected.to_owned()));
        });
    }
}

/// A delivered message stays delivered, whatever its report tells of earlier attempts.
#[test]
fn ok_success_beside_a_refusal() {
    let fields =
        "Final-Recipient: rfc822; kim@example.net\nAction: delivered\nStatus: 2.0.0\nDiagnostic-Code: smtp; 550 5.1.1 no";
    with_bounce(&with_fields(fields), |bounce| {
        let recipient = bounce.recipients().next().expect("it names one");
        assert_eq!(recipient.verdict().status.map(|status| status.to_string()), Some("2.0.0".into()));
        assert_eq!(recipient.verdict().severity, Severity::Success);
    });
}

/// Half an address is another one: nobody is suppressed for what a cut message ends with.
#[test]
fn ok_cut_inside_an_address() {
    let fields = "Action: failed\nStatus: 5.1.1\nFinal-Recipient: rfc822; kim@example.net\n";
    let whole = with_fields(fields);
    with_bounce(&whole, |bounce| assert!(bounce.recipients().next().is_some_and(|r| r.verdict().suppress)));
    let end = whole.windows(4).position(|w| w == b".net").expect("the address is there");
    for end in end - 12..=end + 4 {
        with_bounce(&whole[..end], |bounce| {
            for recipient in bounce.recipients() {
                assert!(!recipient.verdict().suppress, "{} at {end}", recipient.decoded_address());
            }
        });
    }
}

#[test]
fn ok_parts_in_odd_forms() {
    let plain = String::from_utf8(with_fields("Final-Recipient: rfc822; kim@example.net\nStatus: 5.1.1")).expect("ASCII");
    let cases = [
        plain.replace("boundary=b\n", "boundary*0=\"\"; boundary*1=b\n"),
        plain.replace(
            "--b\nContent-Type: message/delivery-status",
            "--b\nContent-Transfer-Encoding: 7bit (plain)\nContent-Type: text/plain",
        ),
        plain
            .replace(
                "Content-Type: message/delivery-status\n",
                "Content-Type: message/delivery-status\nContent-Transfer-Encoding: quoted-printable (x)\n",
            )
            .replace("Status: 5.1.1", "Status: 5=2E1.1"),
    ];
    for message in &cases {
        with_bounce(message.as_bytes(), |bounce| {
            assert_eq!(bounce.kind(), Kind::Dsn, "{message}");
            let recipient = bounce.recipients().next().expect(message);
            assert_eq!(
                (recipient.address(), recipient.verdict().category),
                (&b"kim@example.net"[..], Category::UnknownRecipient)
            );
        });
    }
}

/// What a sentence says about one recipient ends where the next one is named.
#[test]
fn ok_recipients_in_sentences() {
    let message = "From: MAILER-DAEMON@example.org\nSubject: Undeliverable\n\n\
                   Failed to deliver to '<kim@example.com>'\nLOCAL module(account kim) reports:\n account is full (quota exceeded)\n\n\
                   Failed to deliver to '<rosa@example.net>'\nSMTP module(domain example.net) reports:\n 550 5.1.1 <rosa@example.net> unknown\n";
    with_bounce(message.as_bytes(), |bounce| {
        let found: Vec<(&[u8], Category)> = bounce.recipients().map(|r| (r.address(), r.verdict().category)).collect();
        assert_eq!(found, [(&b"kim@example.com"[..], Category::MailboxFull), (b"rosa@example.net", Category::UnknownRecipient)]);
    });
}
