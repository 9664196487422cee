//! Answers of a service that are written down, for tests and for trying a flow out without its back ends.
//!
//! ```yaml
//! recorded:
//!   - { when: { account: "102" }, answer: { amount: 42.1 } }
//!   - { when: { account: "500" }, status: 503 }
//!   - { failure: timed_out }        # whatever else is asked
//! ```

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::reading::Reading;
use crate::run::{FetchFailure, FetchResult, HttpAnswer};
use crate::yaml::{Content, Fields, Tree, list_of, text};

/// One answer that is written down.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    when: BTreeMap<String, String>,
    result: FetchResult,
}

impl Recorded {
    /// Takes `recorded`.
    pub(crate) fn read(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Vec<Self> {
        let file = fields.file();
        let mut recorded = Vec::new();
        for tree in fields.list("recorded").unwrap_or_default() {
            let Some(mut one) = reading.open(file, tree, "the recorded answer") else { continue };
            let mut when = BTreeMap::new();
            for (name, tree) in one.entries("when", &mut reading.findings).unwrap_or_default() {
                when.extend(text(file, tree, "when", &mut reading.findings).map(|value| (name.text, value.text)));
            }
            let result = read_result(&mut one, reading);
            one.finish(&mut reading.findings);
            recorded.push(Self { when, result });
        }
        recorded
    }

    /// The first that fits what is given.
    pub(crate) fn find(all: &[Self], given: &BTreeMap<String, String>) -> Option<FetchResult> {
        let fits = |one: &&Self| one.when.iter().all(|(name, value)| given.get(name) == Some(value));
        all.iter().find(fits).map(|one| one.result.clone())
    }
}

fn read_result(one: &mut Fields<'_>, reading: &mut Reading<'_>) -> FetchResult {
    let status = one.count("status", 100, 599, &mut reading.findings).map_or(200, |(_, status)| status);
    let status = u16::try_from(status).unwrap_or(200);
    if let Some(failure) = one.text("failure", &mut reading.findings) {
        let Some(known) = FetchFailure::named(&failure.text) else {
            let names: Vec<&str> = FetchFailure::ALL.iter().map(|failure| failure.as_str()).collect();
            let fix = format!("write one of {}", list_of(&names));
            reading.findings.error(failure.place, format!("a service does not fail by `{}`", failure.text), fix);
            return Err(FetchFailure::TimedOut);
        };
        return Err(known);
    }
    let body = match (one.tree("answer"), one.text("body", &mut reading.findings)) {
        (Some(tree), _) => json(tree).to_string(),
        (None, Some(body)) => body.text,
        (None, None) => String::new(),
    };
    Ok(HttpAnswer { status, body })
}

/// YAML as JSON.
fn json(tree: &Tree) -> Json {
    match &tree.content {
        Content::Nothing => Json::Null,
        Content::Flag(flag) => Json::Bool(*flag),
        Content::Number(number) => serde_json::from_str(number).unwrap_or_else(|_| Json::String(number.clone())),
        Content::Text(text) => Json::String(text.clone()),
        Content::List(items) => items.iter().map(json).collect(),
        Content::Map(entries) => {
            Json::Object(entries.iter().map(|(key, value)| (key.name.clone(), json(value))).collect())
        }
    }
}
