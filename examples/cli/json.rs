//! Verdicts and bounces as JSON.

use nondelivery::{Bounce, ExchangeDetails, Recipient, Typed, Verdict};
use serde_json::{Map, Value, json};

use super::address::{address, original_address};

/// The fields of a verdict, with the text that it is about.
pub(crate) fn verdict(text: &[u8], verdict: &Verdict) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("text".into(), string(text));
    match serde_json::to_value(verdict) {
        Ok(Value::Object(verdict)) => fields.extend(verdict),
        other => unreachable!("a verdict is an object, not {other:?}"),
    }
    fields
}

/// One recipient of a bounce, with what is known about the message.
pub(crate) fn recipient(file: &str, bounce: &Bounce<'_>, recipient: &Recipient<'_>) -> Map<String, Value> {
    let diagnostic = recipient.diagnostic().map(|d| d.value).unwrap_or_default();
    let mut fields = message(file, bounce);
    fields.extend(verdict(diagnostic, recipient.verdict()));
    fields.insert("recipient".into(), json!(address(recipient)));
    fields.insert("original_recipient".into(), json!(original_address(recipient)));
    fields.insert("dsn_action".into(), json!(recipient.action()));
    fields.insert("remote_mta".into(), host(recipient.remote_mta()));
    fields.insert("diagnostic".into(), recipient.diagnostic().map_or(Value::Null, |d| string(d.value)));
    fields.insert("rejected_by".into(), optional(recipient.rejected_by()));
    fields.insert("last_attempt_date".into(), json!(recipient.last_attempt_date()));
    fields.insert("will_retry_until".into(), json!(recipient.will_retry_until()));
    fields.insert("exchange".into(), recipient.exchange().map_or(Value::Null, |e| exchange(&e)));
    fields
}

/// A message: what it is, and what is known of the original.
pub(crate) fn message(file: &str, bounce: &Bounce<'_>) -> Map<String, Value> {
    let original = |name: &[u8]| optional(bounce.original_header(name));
    let findings: Vec<Value> = bounce
        .authentication()
        .findings()
        .iter()
        .map(|f| json!({ "problem": f.problem, "domain": string(f.domain), "advice": f.problem.advice() }))
        .collect();
    let fields = json!({
        "file": file,
        "kind": bounce.kind(),
        "recipient": null,
        "reporting_mta": host(bounce.reporting_mta()),
        "arrival_date": bounce.arrival_date(),
        "original": {
            "message_id": original(b"Message-ID"),
            "from": original(b"From"),
            "to": original(b"To"),
            "subject": original(b"Subject"),
        },
        "authentication": findings,
    });
    let mut fields = match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    if bounce.is_truncated() {
        fields.insert("truncated".into(), json!(true));
    }
    fields
}

fn exchange(details: &ExchangeDetails<'_>) -> Value {
    json!({
        "generating_server": optional(details.generating_server),
        "remote_server": optional(details.remote_server),
        "component": optional(details.component),
        "message": optional(details.message),
        "last_attempted_server": optional(details.last_attempted_server),
        "last_attempted_ip": optional(details.last_attempted_ip),
        "stage": optional(details.stage),
        "as_code": optional(details.as_code),
        "server": optional(details.server),
        "time": details.time,
    })
}

fn host(mta: Option<Typed<'_>>) -> Value {
    optional(mta.map(|mta| mta.host()).filter(|host| !host.is_empty()))
}

fn optional(text: Option<&[u8]>) -> Value {
    text.map_or(Value::Null, string)
}

fn string(text: &[u8]) -> Value {
    Value::String(String::from_utf8_lossy(text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects(message: &[u8]) -> Vec<Map<String, Value>> {
        let mut scratch = vec![0; message.len()];
        let bounce = Bounce::parse(message, &mut scratch).unwrap();
        bounce.recipients().map(|r| recipient("file", &bounce, &r)).collect()
    }

    #[test]
    fn ok_truncated_only_where_it_was() {
        let report = |recipients: usize| {
            let named =
                (0..recipients).map(|n| format!("<u{n}@example.net>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"));
            let start = "From: MAILER-DAEMON@example.com\nSubject: failure notice\n\nI wasn't able to deliver your message.\n\n";
            [start.to_owned()].into_iter().chain(named).collect::<String>()
        };
        assert!(objects(report(3).as_bytes()).iter().all(|object| !object.contains_key("truncated")));
        let many = objects(report(70).as_bytes());
        assert!(!many.is_empty() && many.iter().all(|object| object["truncated"] == true));
    }

    #[test]
    fn ok_foreign_bytes_are_the_same_in_all_keys() {
        let message = b"From: MAILER-DAEMON@x\nSubject: failure notice\n\n<j\xf6rg@example.net>: 550 5.1.1 no j\xf6rg\n";
        let object = &objects(message)[0];
        assert_eq!(object["recipient"], "j\u{fffd}rg@example.net");
        assert_eq!(object["diagnostic"], "550 5.1.1 no j\u{fffd}rg");
    }
}
