//! The catalogue through its public face: what is in it, what a code leads to, and whose words win.

use std::collections::HashSet;

use nondelivery::{
    Audience, Category, Class, Entry, Provider, ReplyCode, Source, StatusCode, StatusPattern, Verdict, catalog, classify,
};

/// The rows of Microsoft's pages (issue 2).
const EXCHANGE_ONLINE_ROWS: usize = 97;

const CLASSES: [Class; 3] = [Class::Success, Class::Transient, Class::Permanent];

fn code(class: Class, subject: u16, detail: u16) -> StatusCode {
    StatusCode::new(class, subject, detail).expect("parts go to 999")
}

fn status(text: &str) -> StatusCode {
    StatusCode::parse(text.as_bytes()).expect(text)
}

fn exchange_online() -> impl Iterator<Item = &'static Entry> {
    catalog::entries().filter(|entry| entry.source() == Source::ExchangeOnline)
}

/// How many details a pattern spans beyond one.
fn width(pattern: &StatusPattern) -> u16 {
    pattern.details().end() - pattern.details().start()
}

fn is_range(pattern: &StatusPattern) -> bool {
    width(pattern) > 0
}

/// The entries of Exchange Online that are about a stretch of details.
fn ranges() -> impl Iterator<Item = (&'static Entry, StatusPattern)> {
    exchange_online().filter_map(|entry| Some((entry, entry.status().filter(is_range)?)))
}

/// The codes of an entry that tests try: the one it has, or the low end, the high end and the middle of its range.
fn samples(pattern: &StatusPattern) -> Vec<StatusCode> {
    let (low, high) = pattern.details().into_inner();
    let class = pattern.class().expect("Exchange Online names the class");
    let mut details = vec![low, low.midpoint(high), high];
    details.dedup();
    details.into_iter().map(|detail| code(class, *pattern.subjects().start(), detail)).collect()
}

/// What a server would send: the entry's reply code or the usual one of the class, the status, the title.
fn as_reply(entry: &Entry, status: StatusCode) -> String {
    let usual = || ReplyCode::new(u16::from(status.class().number()) * 100 + 50).expect("450 and 550 are reply codes");
    format!("{} {status} {}", entry.reply().unwrap_or_else(usual), entry.title())
}

#[test]
fn ok_every_row_of_exchange_online_is_there() {
    let rows = exchange_online().count();
    assert!(rows >= EXCHANGE_ONLINE_ROWS, "{rows} entries, Microsoft documents {EXCHANGE_ONLINE_ROWS}");
}

#[test]
fn ok_every_title_leads_to_its_entry() {
    let mut wrong = Vec::new();
    let mut tried = 0;
    for entry in exchange_online().filter(|entry| entry.title().non_empty().is_some()) {
        let texts = match entry.status() {
            Some(pattern) => samples(&pattern).into_iter().map(|status| as_reply(entry, status)).collect(),
            None => vec![entry.title().to_string()],
        };
        for text in texts {
            tried += 1;
            let verdict = classify(text.as_bytes());
            if verdict.category != entry.category() || !is_about(&verdict, entry) {
                let found = verdict.entry.map(|e| format!("{} {}", e.code(), e.title()));
                wrong.push(format!("{text}\n    wanted {}, got {verdict}, entry {found:?}", entry.category()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {tried} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried >= 80, "only {tried} titles");
}

/// Whether the verdict rests on `entry`, or on another one about the same code or range.
fn is_about(verdict: &Verdict, entry: &Entry) -> bool {
    verdict.entry.is_some_and(|found| found.source() == entry.source() && found.status() == entry.status())
}

#[test]
fn ok_every_code_of_a_range_leads_to_it() {
    for (entry, range) in ranges() {
        let (class, subject) = (range.class().expect("ranges name the class"), *range.subjects().start());
        for detail in range.details() {
            let status = code(class, subject, detail);
            let found: Vec<&Entry> = catalog::lookup(status).collect();
            let at =
                found.iter().position(|e| *e == entry).unwrap_or_else(|| panic!("{status} does not lead to {}", entry.code()));
            for before in &found[..at] {
                let pattern = before.status().expect("lookup gives entries of codes");
                assert!(width(&pattern) <= width(&range), "{status}: {} stands before {}", before.code(), entry.code());
            }
        }
    }
}

#[test]
fn ok_ranges_end_where_they_say() {
    for (entry, range) in ranges() {
        let class = range.class().expect("ranges name the class");
        let subject = *range.subjects().start();
        let (low, high) = range.details().into_inner();
        let below = low.checked_sub(1).map(|detail| (class, subject, detail));
        let above = (high < 999).then_some((class, subject, high + 1));
        let beside = [(class, subject - 1, low), (class, subject + 1, high)];
        let other = CLASSES.into_iter().filter(|c| *c != class).map(|c| (c, subject, high));
        for (class, subject, detail) in below.into_iter().chain(above).chain(beside).chain(other) {
            let status = code(class, subject, detail);
            assert!(!catalog::lookup(status).any(|e| e == entry), "{status} leads to {}", entry.code());
        }
    }
}

#[test]
fn ok_known_ranges_are_there() {
    let codes: HashSet<String> = ranges().map(|(entry, _)| entry.code().to_string()).collect();
    let known =
        ["4.4.7-20", "4.7.500-699", "4.7.850-899", "5.1.1-20", "5.4.6-20", "5.7.500-699", "5.7.606-649", "5.7.700-750", "5.7.x"];
    for range in known {
        assert!(codes.contains(range), "{range} is not among {codes:?}");
    }
}

/// The place of an entry in the order that `lookup` promises: a provider's, narrow before wide; the registry's row; the row of the
/// subject; the class.
fn rank(entry: &Entry, status: StatusCode) -> (u8, u16) {
    let pattern = entry.status().expect("lookup gives entries of codes");
    let own = *pattern.details().start() == status.detail();
    match (entry.source(), is_range(&pattern)) {
        (Source::Registry, true) => (3, 0),
        (Source::Registry, false) if own => (1, 0),
        (Source::Registry, false) => (2, 0),
        _ => (0, width(&pattern)),
    }
}

#[test]
fn ok_every_code_has_entries_in_order() {
    for class in CLASSES {
        for subject in 0..=7 {
            for detail in 0..=999 {
                let status = code(class, subject, detail);
                let found: Vec<&Entry> = catalog::lookup(status).collect();
                assert!(found.is_sorted_by_key(|entry| rank(entry, status)), "{status}: {found:?}");
                let last = found.last().unwrap_or_else(|| panic!("{status} has no entry"));
                assert_eq!(last.code().as_str(), format!("{}.x.x", class.number()), "{status}");
            }
        }
    }
}

#[test]
fn ok_lookup_examples() {
    let codes = |text: &str| catalog::lookup(status(text)).map(|e| format!("{} {}", e.source(), e.code())).collect::<Vec<_>>();
    assert_eq!(
        codes("5.7.606"),
        [
            "exchange-online 5.7.606-649",
            "exchange-online 5.7.500-699",
            "exchange-online 5.7.x",
            "registry x.7.0",
            "registry 5.x.x"
        ]
    );
    assert_eq!(codes("5.1.1")[0], "exchange-online 5.1.1");
    assert!(codes("5.1.1").contains(&"exchange-online 5.1.1-20".to_owned()));
    assert!(codes("5.1.1").contains(&"registry x.1.1".to_owned()));
    assert_eq!(codes("4.1.1"), ["registry x.1.1", "registry x.1.0", "registry 4.x.x"]);
    assert_eq!(codes("5.999.999"), ["registry 5.x.x"]);
}

/// Where Exchange Online and the registry disagree about a code, the words decide, and without words the registry does.
#[test]
fn ok_words_settle_what_the_sources_disagree_on() {
    let cases = [
        ("550 5.2.2 Submission quota exceeded", Category::SenderQuota, Source::ExchangeOnline),
        ("552 5.2.2 mailbox full", Category::MailboxFull, Source::Registry),
        (
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient kim@example.com not found by SMTP address lookup",
            Category::UnknownRecipient,
            Source::ExchangeOnline,
        ),
        ("556 5.1.10 Recipient address has null MX", Category::UnknownDomain, Source::Registry),
        ("550 5.1.10", Category::UnknownDomain, Source::Registry),
    ];
    for (text, category, source) in cases {
        let verdict = classify(text.as_bytes());
        assert_eq!(verdict.category, category, "{text}: {verdict}");
        assert_eq!(verdict.entry.map(Entry::source), Some(source), "{text}: {verdict}");
    }
}

#[test]
fn ok_public_folders_and_disabled_accounts() {
    let folder = exchange_online().find(|e| e.code().as_str() == "5.7.13").expect("5.7.13 is documented");
    let words = classify(format!("550 5.7.13 {}", folder.title()).as_bytes());
    assert_eq!((words.category, words.entry), (Category::RecipientRestricted, Some(folder)), "{words}");
    let bare = classify(b"525 5.7.13");
    assert_eq!(bare.category, Category::MailboxInactive, "{bare}");
    assert_eq!(bare.entry.map(|e| e.code().as_str()), Some("x.7.13"), "{bare}");
}

#[test]
fn ok_every_entry_is_complete() {
    for entry in catalog::entries() {
        assert!(entry.summary().as_str().len() >= 20, "{} {}: summary {:?}", entry.source(), entry.code(), entry.summary());
        assert!(entry.reference().non_empty().is_some(), "{} {}: no reference", entry.source(), entry.code());
        let named = entry.code().non_empty().or(entry.title().non_empty());
        assert!(named.is_some(), "{}: neither code nor title", entry.source());
        assert_eq!(entry.code().as_c_str().to_str(), Ok(entry.code().as_str()));
        for text in Audience::ALL.iter().map(|audience| entry.remedy(*audience)) {
            assert_eq!(text.as_str(), text.as_str().trim());
        }
        for limit in entry.limits() {
            assert!(limit.value() > 0 && limit.name().non_empty().is_some() && limit.unit().non_empty().is_some());
        }
    }
}

#[test]
fn ok_every_source_has_entries() {
    for source in Source::ALL {
        let count = catalog::entries().filter(|entry| entry.source() == *source).count();
        assert!(count >= 20, "{source}: {count}");
    }
}

#[test]
fn ok_codes_print_as_they_are_looked_up() {
    for entry in catalog::entries() {
        let code = entry.code().to_string();
        match (entry.status(), entry.reply()) {
            (Some(pattern), _) => assert_eq!(StatusPattern::parse(code.as_bytes()), Ok(pattern)),
            (None, Some(reply)) => assert_eq!(code, reply.to_string()),
            (None, None) => assert_eq!(code, ""),
        }
        if entry.source() == Source::Reply {
            let reply = entry.reply().expect("it is about a reply code");
            assert_eq!(catalog::lookup_reply(reply), Some(entry));
        }
    }
}

#[test]
fn ok_names_are_unique() {
    let mut names = HashSet::new();
    for provider in Provider::all() {
        assert!(names.insert(provider.name().as_str()), "provider {provider} twice");
        assert!(provider.title().non_empty().is_some(), "provider {provider} without a title");
    }
    assert!(names.len() >= 10, "{} providers", names.len());
}

#[test]
fn ok_version_is_a_date() {
    let parts: Vec<u16> = catalog::VERSION.split('-').map(|part| part.parse().expect("digits")).collect();
    let [year, month, day] = parts[..] else { panic!("{}: year, month and day", catalog::VERSION) };
    assert_eq!(catalog::VERSION.len(), "2026-11-22".len());
    assert!(year >= 2026 && (1..=12).contains(&month) && (1..=31).contains(&day), "{}", catalog::VERSION);
}
