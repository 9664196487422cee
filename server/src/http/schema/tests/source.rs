//! The fields of `call-model`'s types as its source writes them: what may be left out of JSON shows in no sample.

use std::collections::BTreeMap;

use super::super::event_types::EVENTS;
use super::fits;

const EVENT: &str = include_str!("../../../../../call-model/src/event.rs");
const SPEECH: &str = include_str!("../../../../../call-model/src/speech.rs");
const HANDOVER: &str = include_str!("../../../../../call-model/src/handover.rs");

/// The lines of a type's body, without documentation.
fn body<'a>(source: &'a str, head: &str) -> impl Iterator<Item = &'a str> {
    let (_, rest) = source.split_once(head).unwrap_or_else(|| panic!("{head} is not where it was"));
    rest.lines().skip(1).take_while(|line| *line != "}").filter(|line| !line.trim_start().starts_with("///"))
}

/// The names of the fields at one depth, as JSON has them; what is flattened is left out.
fn fields<'a>(lines: impl Iterator<Item = &'a str>, indent: &str) -> Vec<String> {
    let (mut names, mut attribute) = (Vec::new(), String::new());
    for line in lines {
        let Some(line) = line.strip_prefix(indent).filter(|line| !line.starts_with(' ')) else { continue };
        if line.starts_with("#[") {
            attribute.push_str(line);
            continue;
        }
        let name = line.split_once(": ").map(|(name, _)| name.trim_start_matches("pub "));
        let renamed = attribute.split_once("rename = \"").and_then(|(_, rest)| rest.split('"').next());
        if let Some(name) = name.filter(|_| !attribute.contains("flatten")) {
            names.push(renamed.unwrap_or(name).to_owned());
        }
        attribute.clear();
    }
    names
}

/// The variants of `CallEvent` with their fields.
fn events() -> BTreeMap<String, Vec<String>> {
    let mut events: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut current = String::new();
    for line in body(EVENT, "pub enum CallEvent {") {
        let variant = line.strip_prefix("    ").filter(|line| line.starts_with(char::is_uppercase));
        match variant {
            Some(variant) => {
                current = snake(variant.trim_end_matches([',', '{', ' ']));
                events.insert(current.clone(), Vec::new());
            }
            None => events.entry(current.clone()).or_default().push(line),
        }
    }
    events.into_iter().map(|(name, lines)| (name, fields(lines.into_iter(), "        "))).collect()
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

#[test]
fn every_field_of_every_event_is_told() {
    let real = events();
    assert!(real.len() >= 29, "{real:?}");
    for event in EVENTS {
        let told: Vec<&str> = event.fields.iter().map(|field| field.name).collect();
        let fields = real.get(event.name).unwrap_or_else(|| panic!("{} is no event", event.name));
        let missing: Vec<&String> = fields.iter().filter(|field| !told.contains(&field.as_str())).collect();
        assert!(
            missing.is_empty(),
            "server/src/http/schema/event_types.rs does not tell of {missing:?} of {}",
            event.name
        );
    }
}

#[test]
fn every_field_of_what_was_heard_and_of_the_context_is_told() {
    let description = fits::description();
    for (source, real, told) in [
        (SPEECH, "Heard", "Heard"),
        (SPEECH, "HeardWord", "HeardWord"),
        (HANDOVER, "CallContext", "Context"),
        (HANDOVER, "SlotValue", "Slot"),
        (HANDOVER, "ContextLine", "Line"),
    ] {
        let schema = fits::named(&description, told);
        let fields = fields(body(source, &format!("pub struct {real} {{")), "    ");
        assert!(!fields.is_empty(), "{real}");
        let missing: Vec<&String> = fields.iter().filter(|field| schema["properties"].get(field).is_none()).collect();
        assert!(missing.is_empty(), "{told} does not tell of {missing:?} of {real}");
    }
}
