//! The library says the same as the crate, field by field; `print.h` prints in C what is printed here.

use std::fmt::{Display, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, str};

use nondelivery::{
    Action, Audience, Blocklist, Bounce, Category, Context, Date, DsnAction, Entry, Evidence, Field, Fields, Finding, Kind,
    Party, Problem, Provider, Recipient, ReplyCode, Rule, Severity, Source, Stage, StatusCode, StatusPattern, Typed, Verdict,
    catalog, classify, classify_with,
};

use super::toolchain::{Language, Library, root, run, work};

fn or_dash(value: Option<impl Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

fn slice(bytes: Option<&[u8]>) -> String {
    let Some(bytes) = bytes else { return "-".to_owned() };
    let mut text = String::from("\"");
    for byte in bytes {
        match byte {
            b' '..=b'~' if *byte != b'\\' => text.push(char::from(*byte)),
            _ => {
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
    }
    text + "\""
}

fn print_verdict(out: &mut String, verdict: &Verdict) {
    let _ = write!(
        out,
        "verdict {verdict}\n  reply {} status {} severity {} category {} action {} responsible {} evidence {} suppress {} retry_after {} truncated {} label {} cause {}",
        verdict.reply.map_or(0, ReplyCode::get),
        or_dash(verdict.status),
        verdict.severity,
        verdict.category,
        verdict.action,
        verdict.responsible,
        verdict.evidence,
        u8::from(verdict.suppress),
        verdict.retry_after.unwrap_or(0),
        u8::from(verdict.truncated),
        or_dash(verdict.label),
        or_dash(verdict.cause.map(|cause| format!("{} {}", cause.category, or_dash(cause.status)))),
    );
    let entry = verdict.entry.map(|entry| format!("{}|{}|{}", entry.source(), entry.code(), entry.title()));
    let _ = writeln!(
        out,
        " provider {} blocklist {} entry {}",
        or_dash(verdict.provider),
        or_dash(verdict.blocklist.map(Blocklist::name)),
        or_dash(entry)
    );
}

fn print_named(out: &mut String, name: &str, bytes: Option<&[u8]>) {
    let _ = writeln!(out, "  {name} {}", slice(bytes));
}

fn print_typed(out: &mut String, name: &str, typed: Option<Typed<'_>>, decoded: Option<impl Display>) {
    let decoded = decoded.map_or_else(String::new, |text| text.to_string());
    let _ = write!(out, "  {name} {} {}", slice(typed.map(|t| t.kind)), slice(typed.map(|t| t.value)));
    let _ = if decoded.len() < 1024 { writeln!(out, " {decoded}") } else { writeln!(out) };
}

/// An address as the crate's recipients decode theirs.
fn decoded(typed: Option<Typed<'_>>) -> Option<nondelivery::Encoded<'_>> {
    typed.map(|t| {
        if t.is(b"utf-8") { nondelivery::Encoded::utf8_address(t.address()) } else { nondelivery::Encoded::plain(t.address()) }
    })
}

fn print_date(out: &mut String, name: &str, date: Option<Date>) {
    let _ = match date {
        Some(date) => writeln!(out, "  {name} {} {}", date.unix_time(), date.offset_minutes()),
        None => writeln!(out, "  {name} -"),
    };
}

fn print_fields(out: &mut String, fields: Fields<'_>) {
    for Field { name, value } in fields {
        let _ = writeln!(out, "  field {} {}", slice(Some(name)), slice(Some(value)));
    }
}

fn print_recipient(out: &mut String, recipient: &Recipient<'_>) {
    let _ = writeln!(out, "recipient {} {}", slice(Some(recipient.address())), or_dash(recipient.action()));
    print_typed(out, "final_recipient", Some(recipient.final_recipient()), Some(recipient.decoded_address()));
    print_typed(out, "original_recipient", recipient.original_recipient(), recipient.decoded_original());
    print_typed(out, "remote_mta", recipient.remote_mta(), decoded(recipient.remote_mta()));
    print_typed(out, "diagnostic", recipient.diagnostic(), decoded(recipient.diagnostic()));
    print_named(out, "final_log_id", recipient.final_log_id());
    print_named(out, "rejected_by", recipient.rejected_by());
    print_date(out, "last_attempt_date", recipient.last_attempt_date());
    print_date(out, "will_retry_until", recipient.will_retry_until());
    let repairs = recipient.repairs();
    let repairs = [
        repairs.action_inferred,
        repairs.status_missing,
        repairs.status_refined,
        repairs.address_untyped,
        repairs.diagnostic_from_text,
    ];
    let _ = writeln!(out, "  repairs {}", repairs.map(|repair| u8::from(repair).to_string()).join(" "));
    if let Some(exchange) = recipient.exchange() {
        print_named(out, "generating_server", exchange.generating_server);
        print_named(out, "remote_server", exchange.remote_server);
        print_named(out, "component", exchange.component);
        print_named(out, "message", exchange.message);
        print_named(out, "last_attempted_server", exchange.last_attempted_server);
        print_named(out, "last_attempted_ip", exchange.last_attempted_ip);
        print_named(out, "stage", exchange.stage);
        print_named(out, "as_code", exchange.as_code);
        print_named(out, "server", exchange.server);
        print_date(out, "time", exchange.time);
    }
    print_verdict(out, recipient.verdict());
    print_fields(out, recipient.fields());
}

fn print_bounce(out: &mut String, message: &[u8]) {
    let mut scratch = vec![0; message.len()];
    let bounce = Bounce::parse(message, &mut scratch).expect("the length of the message suffices");
    let _ = writeln!(
        out,
        "message {} no error\n  kind {} truncated {}",
        message.len(),
        bounce.kind(),
        u8::from(bounce.is_truncated())
    );
    print_named(out, "text", Some(bounce.text()));
    print_named(out, "from", bounce.header(b"From"));
    print_named(out, "subject", bounce.original_header(b"Subject"));
    print_named(out, "message_id", bounce.original_header(b"Message-ID"));
    print_fields(out, bounce.original_fields());
    print_fields(out, bounce.message_fields());
    print_named(out, "original_envelope_id", bounce.original_envelope_id());
    print_typed(out, "reporting_mta", bounce.reporting_mta(), decoded(bounce.reporting_mta()));
    print_typed(out, "dsn_gateway", bounce.dsn_gateway(), decoded(bounce.dsn_gateway()));
    print_typed(out, "received_from_mta", bounce.received_from_mta(), decoded(bounce.received_from_mta()));
    print_date(out, "arrival_date", bounce.arrival_date());
    print_named(out, "list_id", bounce.list_id());
    for Finding { problem, domain } in bounce.authentication().findings() {
        let _ = writeln!(out, "  finding {problem} {} {}", slice(Some(domain)), problem.advice());
    }
    bounce.recipients().for_each(|recipient| print_recipient(out, &recipient));
    // As `make_rules` of `print.h` has them.
    let rules = [
        Rule { status: StatusPattern::parse(b"x.1.x").ok(), category: Some(Category::MailboxMoved), label: 5, ..Rule::default() },
        Rule { phrase: Some(b"mailbox"), suppress: Some(true), label: 6, ..Rule::default() },
    ];
    let context = Context { rules: &rules, ..Context::default() };
    bounce.recipients_with(&context).for_each(|recipient| print_verdict(out, recipient.verdict()));

    // With room for text that grows when it becomes UTF-8.
    let mut scratch = vec![0; 4 * message.len()];
    let bounce = Bounce::parse(message, &mut scratch).expect("more than the length of the message suffices");
    print_named(out, "text in UTF-8", Some(bounce.text()));
    bounce.recipients().for_each(|recipient| print_verdict(out, recipient.verdict()));
}

/// The texts of the examples, and some that are wrong.
fn replies() -> Vec<Vec<u8>> {
    let replies = fs::read_to_string(root().join("examples/replies.txt")).expect("examples/replies.txt is there");
    let mut texts: Vec<Vec<u8>> = replies.lines().map(|line| line.replace("\\n", "\r\n").into_bytes()).collect();
    assert!(texts.len() > 50);
    texts.extend([
        vec![],
        b"\0".to_vec(),
        b"\xff\xfe 550".to_vec(),
        b"550".to_vec(),
        b"5".to_vec(),
        b"550 5.7.1 over the given quota".to_vec(),
    ]);
    texts.push(b"554 5.4.7 expired <554 5.4.7 <550 5.1.1 <421 4.4.2 <450 4.2.1 <550 5.1.1 user unknown".to_vec());
    // Every prefix of the longest: nothing behind the end may be read.
    let longest = texts.iter().max_by_key(|text| text.len()).cloned().unwrap_or_default();
    texts.extend((0..longest.len()).map(|end| longest[..end].to_vec()));
    texts
}

/// All messages below the folders, in order.
fn messages() -> Vec<Vec<u8>> {
    let mut paths: Vec<PathBuf> = Vec::new();
    let mut folders = vec![root().join("tests/capi/bounces"), root().join("examples/bounces")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { paths.push(path) }
        }
    }
    paths.sort();
    let mut messages: Vec<Vec<u8>> = Vec::new();
    for path in paths {
        let text = fs::read(&path).expect("it can be read");
        match path.extension().and_then(|e| e.to_str()) {
            Some("eml") => messages.push(text),
            Some("mbox") => messages.extend(split_mbox(&text)),
            _ => {}
        }
    }
    assert!(messages.len() >= 3, "{} messages", messages.len());
    // Every so often a message that breaks off.
    let whole = messages.clone();
    messages.extend(whole.iter().flat_map(|m| [m[..m.len() / 3].to_vec(), m[..m.len() * 4 / 5].to_vec()]));
    // Nothing but its charset to decode, in Russian: there is no such user.
    let russian: &[u8] = b"\xce\xc5\xd4 \xd4\xc1\xcb\xcf\xc7\xcf \xd0\xcf\xcc\xd8\xda\xcf\xd7\xc1\xd4\xc5\xcc\xd1";
    let header =
        b"From: MAILER-DAEMON@mx.example.com\r\nSubject: failure notice\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n";
    messages.push([header, &b"<kim@example.net>: "[..], russian, b"\r\n"].concat());
    messages.push(vec![]);
    messages
}

/// The messages of a mailbox, each with its `From ` line.
fn split_mbox(mailbox: &[u8]) -> Vec<Vec<u8>> {
    let mut messages: Vec<Vec<u8>> = Vec::new();
    for line in mailbox.split_inclusive(|b| *b == b'\n') {
        if line.starts_with(b"From ") || messages.is_empty() {
            messages.push(Vec::new());
        }
        messages.last_mut().expect("one was pushed").extend_from_slice(line);
    }
    messages
}

/// Writes texts so that `next_record` of `print.h` can read them.
fn write_records(name: &str, texts: &[Vec<u8>]) -> PathBuf {
    let mut file = Vec::new();
    for text in texts {
        file.extend_from_slice(format!("{}\n", text.len()).as_bytes());
        file.extend_from_slice(text);
    }
    let path = work().join(name);
    fs::write(&path, file).expect("the texts can be written");
    path
}

/// The files of replies and messages that the programs read. Each test has its own, as they run at the same time.
pub(crate) fn records(test: &str) -> [PathBuf; 2] {
    [write_records(&format!("{test}-replies"), &replies()), write_records(&format!("{test}-messages"), &messages())]
}

#[track_caller]
fn compare(program: &Path, arguments: &[&str], expected: &str) {
    let output = run(Command::new(program).args(arguments));
    let said = str::from_utf8(&output.stdout).expect("what the programs print is UTF-8");
    for (at, (said, expected)) in said.lines().zip(expected.lines()).enumerate() {
        assert_eq!(said, expected, "line {} of {program:?} {arguments:?}", at + 1);
    }
    assert_eq!(said.len(), expected.len(), "{program:?} {arguments:?}");
}

/// What classifying `texts` prints, without and with the context of `answers.c`.
fn expected_of_replies(texts: &[Vec<u8>]) -> String {
    let rules = [
        Rule {
            status: StatusPattern::parse(b"5.7.x").ok(),
            host_suffix: Some(b"outlook.com"),
            reply: ReplyCode::new(550),
            stage: Some(Stage::Rcpt),
            category: Some(Category::RecipientRestricted),
            action: Some(Action::Investigate),
            label: 17,
            ..Rule::default()
        },
        Rule { phrase: Some("over … quota".as_bytes()), suppress: Some(true), label: 4_000_000_000, ..Rule::default() },
        Rule { reply: ReplyCode::new(421), ..Rule::default() },
    ];
    let context = Context {
        remote_host: Some(b"mx1.example.mail.protection.outlook.com"),
        status: StatusCode::parse(b"4.7.1").ok(),
        stage: Some(Stage::Rcpt),
        action: Some(DsnAction::Failed),
        rules: &rules,
    };
    let mut expected = String::new();
    for text in texts {
        let _ = writeln!(expected, "text {} no error", text.len());
        print_verdict(&mut expected, &classify(text));
        print_verdict(&mut expected, &classify_with(&context, text));
    }
    assert!(expected.contains("label 17 ") && expected.contains("label 4000000000 ") && expected.contains("label 0 "));
    expected
}

#[test]
fn ok_replies() {
    let Some(library) = Library::get() else { return };
    let texts = replies();
    let expected = expected_of_replies(&texts);
    let file = write_records("replies", &texts);
    let arguments = ["replies", file.to_str().expect("a path in UTF-8")];
    compare(&library.program(Language::C, "tests/capi/answers.c", &["-static"]), &arguments, &expected);
    compare(&library.program(Language::Cpp, "tests/capi/answers.cpp", &["-static"]), &arguments, &expected);
}

#[test]
fn ok_bounces() {
    let Some(library) = Library::get() else { return };
    let messages = messages();
    let mut expected = String::new();
    for message in &messages {
        print_bounce(&mut expected, message);
    }
    for wanted in [
        "kind dsn",
        "kind exchange-ndr",
        "kind plain-bounce",
        "\nrecipient ",
        "  finding ",
        "  component \"",
        "ö",
        " label 5 ",
        " label 6 ",
        r"\xd0\xbd\xd0\xb5\xd1\x82",
    ] {
        assert!(expected.contains(wanted), "no message for {wanted}");
    }
    let file = write_records("messages", &messages);
    let arguments = ["bounces", file.to_str().expect("a path in UTF-8")];
    compare(&library.program(Language::C, "tests/capi/answers.c", &[]), &arguments, &expected);
    compare(&library.program(Language::Cpp, "tests/capi/answers.cpp", &[]), &arguments, &expected);
}

fn print_entry(out: &mut String, entry: &Entry) {
    let pattern = entry.status().map(|codes| {
        let (subjects, details) = (codes.subjects(), codes.details());
        let class = codes.class().map_or(0, |class| class.number());
        format!("{class}.{}-{}.{}-{}", subjects.start(), subjects.end(), details.start(), details.end())
    });
    let _ = writeln!(
        out,
        "entry {}|{}|{}|{}|{} {} {} {} {} {} {}",
        entry.source(),
        entry.code(),
        entry.title(),
        entry.summary(),
        entry.reference(),
        or_dash(pattern),
        entry.reply().map_or(0, ReplyCode::get),
        entry.category(),
        entry.action(),
        entry.responsible(),
        entry.source(),
    );
    for audience in Audience::ALL {
        let _ = writeln!(out, "  for {audience}: {}", entry.remedy(*audience));
    }
    for limit in entry.limits() {
        let _ = writeln!(out, "  limit {} {} {}", limit.name(), limit.value(), limit.unit());
    }
}

/// The names of a number, in the order of `answers.c`.
fn names(number: u8) -> Vec<Option<&'static str>> {
    let category = Category::from_number(number);
    let problem = Problem::from_number(number);
    vec![
        category.map(Category::name),
        category.map(|category| category.summary().as_str()),
        category.map(Category::as_sisimai),
        category.map(Category::as_kumomta),
        category.map(Category::as_powermta),
        category.map(Category::as_ses),
        Action::from_number(number).map(Action::name),
        Party::from_number(number).map(Party::name),
        Severity::from_number(number).map(Severity::name),
        Evidence::from_number(number).map(Evidence::name),
        Kind::from_number(number).map(Kind::name),
        Stage::from_number(number).map(Stage::name),
        DsnAction::from_number(number).map(DsnAction::name),
        problem.map(Problem::name),
        problem.map(Problem::advice),
        Audience::from_number(number).map(Audience::name),
        Source::from_number(number).map(Source::name),
    ]
}

#[test]
fn ok_catalog() {
    let Some(library) = Library::get() else { return };
    let mut expected = String::new();
    catalog::entries().for_each(|entry| print_entry(&mut expected, entry));
    for provider in Provider::all() {
        let _ = writeln!(expected, "provider {}|{}|{}", provider.name(), provider.title(), provider.reference());
    }
    // There is no list of block lists in Rust; what C lists is checked against the replies that name one.
    let mut rest = String::new();
    for number in 0..=255 {
        let suppresses = Category::from_number(number).is_some_and(Category::suppresses);
        let is_bounce = Kind::from_number(number).is_some_and(Kind::is_bounce);
        let _ = write!(rest, "{number} {} {}", u8::from(suppresses), u8::from(is_bounce));
        names(number).into_iter().for_each(|name| {
            let _ = write!(rest, "|{}", name.unwrap_or("NULL"));
        });
        rest.push('\n');
    }
    for (number, entry) in (0..1000).filter_map(|n| Some((n, ReplyCode::new(n).and_then(catalog::lookup_reply)?))) {
        let _ = writeln!(rest, "reply {number} {}", entry.title());
    }
    for number in 0..30_000 {
        let status = format!("{}.{}.{}", [2, 4, 5][number / 10_000], number / 1000 % 10, number % 1000);
        let found = catalog::lookup(status.parse().expect("a status code"));
        assert!(found.len() <= 32, "more than nondelivery.hpp has room for");
        let _ = write!(rest, "{status}");
        found.for_each(|entry| {
            let _ = write!(rest, " {}", entry.code());
        });
        rest.push('\n');
    }
    let _ = writeln!(rest, "{}\n{}", env!("CARGO_PKG_VERSION"), catalog::VERSION);

    let program = library.program(Language::C, "tests/capi/answers.c", &["-static", "-O2"]);
    let output = run(Command::new(program).arg("catalog"));
    let said = str::from_utf8(&output.stdout).expect("the catalogue is UTF-8");
    let (lists, others): (Vec<&str>, Vec<&str>) = said.lines().partition(|line| line.starts_with("blocklist "));
    expected.push_str(&rest);
    assert!(lists.len() > 50);
    for (said, expected) in others.iter().zip(expected.lines()) {
        assert_eq!(*said, expected);
    }
    assert_eq!(others.len(), expected.lines().count());
    for list in replies().iter().filter_map(|text| classify(text).blocklist) {
        let flags =
            [list.lists_ips(), list.lists_domains(), list.lists_uris(), list.is_closed()].map(|flag| u8::from(flag).to_string());
        let line = format!("blocklist {}|{} {}", list.name(), list.delisting(), flags.join(" "));
        assert!(lists.contains(&line.as_str()), "{line}");
    }
}
