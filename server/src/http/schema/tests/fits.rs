//! Whether JSON is as a schema says, and says nothing else.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::http::openapi::DESCRIPTION;

/// The whole description.
pub(super) fn description() -> Value {
    serde_json::to_value(&*DESCRIPTION).expect("plain data")
}

/// The schema of an object by its name.
pub(super) fn named(description: &Value, name: &str) -> Value {
    let found = &description["components"]["schemas"][name];
    assert!(found.is_object(), "{name} is not described");
    found.clone()
}

/// Holds a value against a schema: all that is needed is there, of the right type, and all that is there is described.
pub(super) fn check(description: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    let known = known(description, schema, value)?;
    let Value::Object(members) = value else { return Ok(()) };
    match members.keys().find(|key| !known.contains(*key)) {
        Some(key) if !known.contains(ANY) => Err(format!("{key} is not described")),
        _ => Ok(()),
    }
}

/// The keys of a value that a schema describes.
fn known(description: &Value, schema: &Value, value: &Value) -> Result<BTreeSet<String>, String> {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.trim_start_matches("#/components/schemas/");
        return known(description, &named(description, name), value);
    }
    let mut keys = BTreeSet::new();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        keys.extend(known(description, part, value)?);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fitting: Vec<_> = choices.iter().map(|choice| known(description, choice, value)).collect();
        let first = fitting.iter().find_map(|keys| keys.as_ref().ok());
        keys.extend(first.ok_or_else(|| format!("{value} fits nothing: {fitting:?}"))?.clone());
    }
    check_type(schema, value)?;
    match value {
        Value::Array(items) => {
            items.iter().try_for_each(|item| check(description, &schema["items"], item))?;
        }
        Value::Object(_) => keys.extend(known_members(description, schema, value)?),
        _ => {}
    }
    Ok(keys)
}

fn known_members(description: &Value, schema: &Value, value: &Value) -> Result<BTreeSet<String>, String> {
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    if let Some(missing) = required.into_iter().find(|key| value.get(key).is_none()) {
        return Err(format!("{missing} is missing"));
    }
    let mut keys = BTreeSet::new();
    for (key, schema) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(member) = value.get(key) {
            check(description, schema, member).map_err(|error| format!("{key}: {error}"))?;
            keys.insert(key.clone());
        }
    }
    if schema["additionalProperties"].is_object() {
        for member in value.as_object().into_iter().flatten().map(|(_, member)| member) {
            check(description, &schema["additionalProperties"], member)?;
        }
        keys.insert(ANY.to_owned());
    }
    if schema["additionalProperties"] == true {
        keys.insert(ANY.to_owned());
    }
    Ok(keys)
}

fn check_type(schema: &Value, value: &Value) -> Result<(), String> {
    let types: Vec<&str> = match &schema["type"] {
        Value::String(only) => vec![only.as_str()],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => return Ok(()),
    };
    let fits = types.iter().any(|name| match *name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    });
    let among = schema["enum"].as_array().is_none_or(|values| values.contains(value));
    if fits && among { Ok(()) } else { Err(format!("{value} is not {schema}")) }
}

/// Stands for keys of any name.
const ANY: &str = "*";
