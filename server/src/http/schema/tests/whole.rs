//! The description as a whole.

use serde_json::Value;

use super::super::event_types::EVENTS;
use super::fits::description;

/// Calls `told` for every schema of the answers and bodies, with where it stands.
fn bodies(description: &Value, mut told: impl FnMut(String, &Value)) {
    for (path, methods) in description["paths"].as_object().expect("there are paths") {
        for (method, operation) in methods.as_object().expect("with methods") {
            let responses = operation["responses"].as_object().expect("with answers");
            for (status, response) in responses {
                told(format!("{method} {path} {status}"), response);
            }
            if let Some(body) = operation.get("requestBody") {
                told(format!("{method} {path} body"), body);
            }
        }
    }
}

#[test]
fn every_answer_and_body_has_a_schema_and_a_description() {
    let description = description();
    bodies(&description, |place, answer| {
        let empty = [" 201", " 202", " 204"].iter().any(|status| place.ends_with(status));
        let contents = answer["content"].as_object();
        assert!(contents.is_some_and(|all| !all.is_empty()) || empty, "{place} has no content");
        for content in contents.into_iter().flatten().map(|(_, content)| content) {
            let schema = &content["schema"];
            let plain = schema["type"] == "object" && schema.get("properties").is_none();
            assert!(schema.is_object() && !plain, "{place} has no schema: {schema}");
        }
        if !place.ends_with("body") {
            assert!(answer["description"].as_str().is_some_and(|words| !words.is_empty()), "{place} says nothing");
        }
    });
}

#[test]
fn every_error_is_a_problem() {
    bodies(&description(), |place, answer| {
        if place.contains(" 4") {
            let schema = &answer["content"]["application/json"]["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/Problem", "{place}");
        }
    });
}

#[test]
fn every_name_leads_to_an_object() {
    let description = description();
    let text = description.to_string();
    for name in text.split("\"#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(description["components"]["schemas"][name].is_object(), "{name}");
    }
}

/// The table of events in docs/api.md has every type in its first column, and its fields in the second.
#[test]
fn the_document_tells_of_every_event_and_its_fields() {
    let document = include_str!("../../../../../docs/api.md");
    for event in EVENTS {
        let name = format!("`{}`", event.name);
        let mut rows = document.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
        let row = rows.find(|(types, _)| types.split(", ").any(|told| told == name));
        let (_, fields) = row.unwrap_or_else(|| panic!("docs/api.md does not tell of the event {name}"));
        let missing: Vec<&str> = event.fields.iter().map(|field| field.name).collect();
        let missing: Vec<&str> = missing.into_iter().filter(|field| !fields.contains(&format!("`{field}`"))).collect();
        assert!(missing.is_empty(), "docs/api.md does not tell of {missing:?} of the event {name}");
    }
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let description = description();
    let mut names: Vec<&str> = Vec::new();
    for methods in description["paths"].as_object().into_iter().flatten().map(|(_, methods)| methods) {
        names.extend(methods.as_object().into_iter().flatten().filter_map(|(_, told)| told["operationId"].as_str()));
    }
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all, "{names:?}");
}
