//! Verdicts as JSON.

use nondelivery::Verdict;
use serde_json::{Map, Value, json};

/// The fields of a verdict, with the text that it is about.
pub fn verdict(text: &[u8], verdict: &Verdict) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("text".into(), json!(String::from_utf8_lossy(text)));
    match serde_json::to_value(verdict) {
        Ok(Value::Object(verdict)) => fields.extend(verdict),
        other => unreachable!("a verdict is an object, not {other:?}"),
    }
    fields
}
