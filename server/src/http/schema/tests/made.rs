//! JSON that is made after a schema, with everything that it tells of.

use serde_json::{Map, Value, json};

use super::fits::named;

/// A value with every property, needed or not.
pub(super) fn value(description: &Value, schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        return value(description, &named(description, name.trim_start_matches("#/components/schemas/")));
    }
    if let Some(example) = schema.get("example").or(schema["examples"].get(0)).or(schema["enum"].get(0)) {
        return example.clone();
    }
    let choices = schema["oneOf"].as_array().into_iter().flatten();
    if let Some(choice) = choices.into_iter().find(|choice| choice["type"] != "null") {
        return value(description, choice);
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or("object");
    match kind {
        "boolean" => json!(true),
        "integer" => json!(7),
        "number" => json!(0.5),
        "string" => text(schema),
        "array" => json!([value(description, &schema["items"])]),
        _ => members(description, schema),
    }
}

fn text(schema: &Value) -> Value {
    match schema["format"].as_str() {
        Some("uuid") => json!("01a20d10-7944-7bc3-bfef-3a8b1ab5c4c5"),
        Some("date-time") => json!("2026-11-24T08:00:00Z"),
        // It may be one key of a telephone, or a number.
        _ => json!("5"),
    }
}

fn members(description: &Value, schema: &Value) -> Value {
    let properties = schema["properties"].as_object().into_iter().flatten();
    let mut members: Map<String, Value> =
        properties.map(|(key, schema)| (key.clone(), value(description, schema))).collect();
    if schema["additionalProperties"].is_object() {
        members.insert("anything".to_owned(), value(description, &schema["additionalProperties"]));
    }
    Value::Object(members)
}
