use serde_json::{Value as Json, json};

use super::*;
use crate::yaml::Content;

/// What a schema has against a value, for the words of JSON Schema that are used here.
fn against(schema: &Json, value: &Json) -> Vec<String> {
    let mut wrong = Vec::new();
    if let Some(options) = schema["anyOf"].as_array() {
        let all: Vec<Vec<String>> = options.iter().map(|option| against(option, value)).collect();
        if all.iter().all(|wrong| !wrong.is_empty()) {
            wrong.push(format!("{value} is none of {}: {all:?}", options.len()));
        }
    }
    if let Some(values) = schema["enum"].as_array()
        && !values.contains(value)
    {
        wrong.push(format!("{value} is none of {values:?}"));
    }
    let types: Vec<&str> = match &schema["type"] {
        Json::String(one) => vec![one],
        Json::Array(several) => several.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    };
    let kind = match value {
        Json::Null | Json::Object(_) => "object",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "integer",
        Json::String(_) => "string",
        Json::Array(_) => "array",
    };
    if !types.is_empty() && !types.contains(&kind) {
        wrong.push(format!("{value} is {kind}, not {types:?}"));
    }
    if let Some(members) = value.as_object() {
        for (name, of) in members {
            match (&schema["properties"][name], &schema["additionalProperties"]) {
                (Json::Null, Json::Bool(false)) => wrong.push(format!("there is no key {name}")),
                (Json::Null, Json::Null) => {}
                (Json::Null, inner) | (inner, _) => wrong.extend(against(inner, of)),
            }
        }
        for needed in schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str) {
            if !members.contains_key(needed) {
                wrong.push(format!("{needed} is missing"));
            }
        }
    }
    for item in value.as_array().into_iter().flatten().filter(|_| !schema["items"].is_null()) {
        wrong.extend(against(&schema["items"], item));
    }
    wrong
}

fn json_of(tree: &Tree) -> Json {
    match &tree.content {
        Content::Nothing => Json::Null,
        Content::Flag(flag) => json!(flag),
        Content::Number(number) => serde_json::from_str(number).unwrap_or_else(|_| json!(number)),
        Content::Text(text) => json!(text),
        Content::List(items) => items.iter().map(json_of).collect(),
        Content::Map(entries) => {
            Json::Object(entries.iter().map(|(key, of)| (key.name.clone(), json_of(of))).collect())
        }
    }
}

fn read(yaml: &str) -> Json {
    json_of(&parse(0, yaml, &mut Findings::default()).expect("an example is YAML"))
}

#[test]
fn every_example_of_the_documentation_is_as_the_schema_says() {
    let schema = flow_schema();
    for flow in blocks("yaml flow") {
        assert_eq!(against(&schema, &read(flow)), Vec::<String>::new(), "{flow}");
    }
    for nodes in blocks("yaml nodes") {
        let flow = format!("{HEAD}nodes:\n{nodes}");
        assert_eq!(against(&schema, &read(&flow)), Vec::<String>::new(), "{nodes}");
    }
    for services in blocks("yaml services") {
        assert_eq!(against(&services_schema(), &read(services)), Vec::<String>::new(), "{services}");
    }
    assert_eq!(against(&schema, &read(SUB_FLOW)), Vec::<String>::new());
}

#[test]
fn the_samples_are_as_the_schema_says() {
    let schema = flow_schema();
    for flow in [
        include_str!("../../../samples/hotline/hotline.yaml"),
        include_str!("../../../samples/hotline/hotline.zh.yaml"),
        include_str!("../../../samples/campaign/campaign.yaml"),
    ] {
        assert_eq!(against(&schema, &read(flow)), Vec::<String>::new());
    }
    let services = read(include_str!("../../../samples/hotline/services.yaml"));
    assert_eq!(against(&services_schema(), &services), Vec::<String>::new());
}

#[test]
fn every_kind_of_node_has_its_keys_in_the_schema() {
    let schema = flow_schema();
    let kinds = &schema["properties"]["nodes"]["additionalProperties"]["properties"];
    for kind in KINDS {
        let known = &kinds[*kind];
        let keys = known["properties"].as_object().map_or(0, serde_json::Map::len);
        let whatever = known["type"] == "array" || known["anyOf"].is_array() || known == &json!({});
        assert!(keys > 0 || whatever, "{kind}: {known}");
    }
    assert_eq!(
        kinds["menu"]["properties"]["choices"]["additionalProperties"]["properties"]["press"]["pattern"],
        "^[0-9*#]$"
    );
    assert_eq!(kinds["play"]["properties"]["then"]["description"], "The node that comes next");
}

#[test]
fn a_misspelt_key_is_underlined() {
    let schema = flow_schema();
    let wrong = against(&schema, &read(&format!("{HEAD}nodes:\n  a:\n    play: {{ sya: Hi, then: a }}\n")));
    assert_eq!(wrong, ["there is no key sya"]);
    let wrong = against(&schema, &read(&format!("{HEAD}nodes:\n  a:\n    play: {{ say: Hi }}\n")));
    assert_eq!(wrong, ["then is missing"]);
    assert!(!against(&schema, &read(&format!("{HEAD}nodes:\n  a:\n    plya: {{ say: Hi }}\n"))).is_empty());
}
