//! The documents tell of every key of the configuration.

use std::collections::BTreeSet;
use std::path::Path;

use architecture_tests::{root, tracked};

#[test]
fn every_key_of_the_configuration_is_told_in_the_operators_document() {
    let document = std::fs::read_to_string(root().join("docs/operations.md")).expect("operators have a document");
    let mut keys = BTreeSet::new();
    for file in tracked(&["server/src/config/*.rs"]) {
        keys.extend(keys_of(&root().join(file)));
    }
    assert!(keys.len() > 50, "the configuration was not found where it is expected: {keys:?}");
    let missing: Vec<&String> = keys.iter().filter(|key| !document.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "docs/operations.md does not tell of these keys: {missing:?}");
}

#[test]
fn the_sample_configuration_shows_every_key() {
    let sample = std::fs::read_to_string(root().join("samples/callwright.yaml")).expect("there is a sample");
    let mut keys = BTreeSet::new();
    for file in tracked(&["server/src/config/*.rs"]) {
        keys.extend(keys_of(&root().join(file)));
    }
    let missing: Vec<&String> = keys.iter().filter(|key| !sample.contains(&format!("{key}:"))).collect();
    assert!(missing.is_empty(), "samples/callwright.yaml does not show these keys: {missing:?}");
}

/// The public fields of the structs of a file that are read from YAML.
fn keys_of(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).expect("a tracked file is readable");
    let (mut keys, mut read, mut inside, mut skipped) = (Vec::new(), false, false, false);
    for line in text.lines() {
        if line.starts_with("#[derive(") {
            read = line.contains("Deserialize");
        } else if line.starts_with("pub struct ") {
            inside = read && line.ends_with('{');
        } else if line == "}" {
            inside = false;
        } else if line.trim() == "#[serde(skip)]" {
            skipped = true;
        } else if let Some(field) = line.strip_prefix("    pub ").filter(|_| inside) {
            if !skipped {
                keys.extend(field.split_once(": ").map(|(name, _)| name.to_owned()));
            }
            skipped = false;
        }
    }
    keys
}
