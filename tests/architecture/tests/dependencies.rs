//! The table "Who may depend on whom" against what cargo knows.

use std::collections::BTreeSet;
use std::process::Command;

use architecture_tests::{architecture, fences, root};
use serde_json::Value;

struct Package {
    name: String,
    /// Normal dependencies.
    uses: BTreeSet<String>,
}

#[test]
fn no_crate_uses_another_than_the_table_allows() {
    let packages = packages();
    let ours: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let fences = fences(&architecture());
    let mut broken = Vec::new();
    for package in &packages {
        let Some(fence) = fences.iter().find(|fence| fence.crates.contains(&package.name)) else {
            broken.push(format!("{} is missing in the table", package.name));
            continue;
        };
        for used in &package.uses {
            let allowed = fence.may_use.iter().any(|name| name == "*" || name == used);
            if (ours.contains(used.as_str()) && !allowed) || fence.must_not_use.contains(used) {
                broken.push(format!("{} must not use {used}", package.name));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_crate_of_the_table_exists() {
    let ours: BTreeSet<String> = packages().into_iter().map(|package| package.name).collect();
    for fence in fences(&architecture()) {
        for name in fence.crates.iter().chain(fence.may_use.iter().filter(|name| *name != "*")) {
            assert!(ours.contains(name), "{name} stands in the table but is no crate");
        }
    }
}

fn packages() -> Vec<Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo tells its metadata");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    metadata["packages"].as_array().expect("a list").iter().map(package).collect()
}

fn package(value: &Value) -> Package {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let dependencies = value["dependencies"].as_array().expect("a list");
    let normal = dependencies.iter().filter(|dependency| dependency["kind"].is_null());
    Package { name: text(&value["name"]), uses: normal.map(|dependency| text(&dependency["name"])).collect() }
}
