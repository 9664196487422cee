//! What is known of values, as JSON Schema.

use serde_json::{Map, Value as Json, json};

use super::known::Known;
use crate::yaml::Shape;

pub(super) fn document(known: &Known, name: &str, description: &str) -> Json {
    let mut schema = emit(known);
    if let Some(members) = schema.as_object_mut() {
        members.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
        members.insert("$id".into(), json!(format!("urn:callwright:{name}:1")));
        members.insert("title".into(), json!(format!("Callwright {name}")));
        members.insert("description".into(), json!(description));
    }
    schema
}

fn emit(known: &Known) -> Json {
    let mut options: Vec<Json> = Vec::new();
    if let Some((fields, needed)) = &known.fields {
        let properties: Map<String, Json> =
            fields.iter().map(|(name, of)| (name.clone(), property(name, of))).collect();
        let mut object = json!({ "type": "object", "properties": properties, "additionalProperties": false });
        if known.one {
            object["minProperties"] = json!(1);
            object["maxProperties"] = json!(1);
        } else if !needed.is_empty() {
            object["required"] = json!(needed);
        }
        options.push(object);
    }
    if let Some(names) = &known.names {
        options.push(json!({ "type": "object", "additionalProperties": emit(names) }));
    }
    if let Some(items) = &known.items {
        options.push(json!({ "type": "array", "items": emit(items) }));
    }
    if known.shapes.contains(&Shape::List) && known.items.is_none() {
        options.push(json!({ "type": "array" }));
    }
    for shape in &known.shapes {
        options.extend(scalar(shape).filter(|scalar| !options.contains(scalar)).into_iter().collect::<Vec<_>>());
    }
    match options.len() {
        0 => json!({}),
        1 => options.remove(0),
        _ => json!({ "anyOf": options }),
    }
}

fn property(name: &str, known: &Known) -> Json {
    let mut schema = emit(known);
    let fixes = known.shapes.iter().filter_map(|shape| match shape {
        Shape::Needed(fix) => told(fix),
        _ => None,
    });
    let description = fixes.into_iter().next().or_else(|| {
        DESCRIPTIONS.iter().find(|(known, _)| *known == name).map(|(_, description)| (*description).to_owned())
    });
    if let (Some(members), Some(description)) = (schema.as_object_mut(), description) {
        members.insert("description".into(), Json::String(description));
    }
    schema
}

/// What a key is for, from the advice that its reader gives when it is missing: "add `then:` with the node that comes next".
fn told(fix: &str) -> Option<String> {
    let (_, rest) = fix.strip_prefix("add `")?.split_once("` with ")?;
    let mut characters = rest.chars();
    let first = characters.next()?;
    Some(first.to_uppercase().chain(characters).collect())
}

fn scalar(shape: &Shape) -> Option<Json> {
    Some(match shape {
        Shape::Text | Shape::Needed(_) => json!({ "type": "string" }),
        Shape::OneOf(values) => json!({ "enum": values }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Count(0, u32::MAX) => json!({ "type": ["number", "integer"] }),
        Shape::Count(low, high) => json!({ "type": "integer", "minimum": low, "maximum": high }),
        Shape::Duration => json!({ "type": "string", "pattern": "^ *[0-9.]+ *(ms|s|min) *$" }),
        Shape::Key => json!({ "type": "string", "pattern": "^[0-9*#]$" }),
        Shape::Texts => json!({ "type": ["string", "array"], "items": { "type": "string" } }),
        Shape::Anything | Shape::List => return None,
    })
}

/// What optional keys are for.
const DESCRIPTIONS: &[(&str, &str)] = &[
    ("agree", "Further words that mean yes"),
    ("audio", "A recording in the flow's folder; it is played in place of the text"),
    ("barge_in", "What interrupts the prompt"),
    ("choices", "What the caller can choose, by name; the name is the intent"),
    ("disposition", "What the call meant"),
    ("given", "Variables that the call brings, with their types"),
    ("hear", "What the caller says for it"),
    ("if_not_understood", "What is done at the first misunderstanding, the second and so on"),
    ("if_silent", "What is done at the first silence, the second and so on"),
    ("keys_only", "From here on only keys count"),
    ("label", "How people say it: \"Did you mean ...?\""),
    ("nodes", "The nodes, by their names; each is of one kind"),
    ("options", "What can be answered, by name"),
    ("press", "The key of the telephone, in quotes"),
    ("read_back", "Asks whether the value was understood right"),
    ("refuse", "Further words that mean no"),
    ("say", "What the caller hears"),
    ("say_again", "How it is asked the second time, the third and so on"),
    ("say_keys", "How it is asked when only keys count"),
    ("say_while", "What the caller hears meanwhile"),
    ("services", "The file that describes back ends"),
    ("set", "Slots and the disposition that it fills"),
    ("slots", "Values of slots, by name"),
    ("timing", "How long the dialogue waits"),
    ("whisper", "What the agent hears before taking the call"),
    ("with", "What is given, by name"),
];
