//! A JSON Schema (2020-12) of flows and services, so that editors complete and underline while one writes.
//!
//! Nobody writes it: the readers of a flow are run on examples (every kind of node, empty, and those of the documentation),
//! and what they ask for becomes the schema. A key that a reader knows is in the schema, and no other.

mod emit;
mod known;

use serde_json::Value as Json;

use crate::diagnostic::Findings;
use crate::load::load_and_ask;
use crate::node::KINDS;
use crate::source::FilesInMemory;
use crate::understand::SlotType;
use crate::yaml::{Tree, parse};
use known::Known;

/// The schema of a flow's file, and of a sub-flow's.
pub fn flow_schema() -> Json {
    emit::document(&learnt().0, "flow", "A flow of Callwright: nodes, and the ways between them.")
}

/// The schema of a services' file.
pub fn services_schema() -> Json {
    emit::document(&learnt().1, "services", "The back ends of Callwright's flows.")
}

/// What the readers know of flows and of services.
fn learnt() -> (Known, Known) {
    let (mut flows, mut services) = (Known::default(), Known::default());
    for (flow, described) in examples() {
        let files = FilesInMemory::new()
            .with("flow.yaml", &flow)
            .with("services.yaml", &described)
            .with("sub_flow.yaml", SUB_FLOW);
        for (name, asked) in load_and_ask("flow.yaml", &files) {
            let Some(tree) = tree_of(&files, &name) else { continue };
            match name.as_str() {
                "services.yaml" => services.learn(&tree, &asked, known::Path::Top),
                _ => flows.learn(&tree, &asked, known::Path::Top),
            }
        }
    }
    (flows, services)
}

fn tree_of(files: &FilesInMemory, name: &str) -> Option<Tree> {
    parse(0, &crate::source::FileSource::read(files, name)?, &mut Findings::default())
}

/// Flows and services to learn from.
fn examples() -> Vec<(String, String)> {
    let described: String = blocks("yaml services").concat();
    let mut flows: Vec<String> = blocks("yaml flow").into_iter().map(str::to_owned).collect();
    let nodes = KINDS.iter().map(|kind| format!("  a:\n    {kind}: {{}}\n"));
    let types = SlotType::NAMES.iter().map(|of| format!("  a:\n    ask: {{ slot: a, type: {of} }}\n"));
    let nodes =
        nodes.chain(types).chain(blocks("yaml nodes").into_iter().map(str::to_owned)).chain([MORE_NODES.to_owned()]);
    flows.extend(nodes.map(|nodes| format!("{HEAD}nodes:\n{nodes}")));
    flows.into_iter().map(|flow| (flow, format!("{described}{SERVICES}"))).collect()
}

/// The fenced blocks of the documentation that open with this.
fn blocks(opening: &str) -> Vec<&'static str> {
    let fence = format!("```{opening}\n");
    let begins = DOCUMENTATION.match_indices(&fence).map(|(at, fence)| at + fence.len());
    begins.map(|at| DOCUMENTATION[at..].split("```").next().unwrap_or_default()).collect()
}

const DOCUMENTATION: &str = include_str!("../../../docs/flows.md");
const HEAD: &str = "callwright: 1\nflow: a\nlanguage: en\nservices: services.yaml\nstart: a\nperson: a\n";
const SERVICES: &str = "example_of_schema: { url: \"http://a\", recorded: [{ when: { a: b }, answer: {} }] }\n";
const SUB_FLOW: &str =
    "callwright: 1\nflow: sub\ntakes: { a: text }\nreturns: { b: text }\nstart: a\nnodes:\n  a: { return: {} }\n";
/// What the documentation need not show.
const MORE_NODES: &str =
    "  a: { call: { flow: sub_flow, then: a } }\n  b: { branch: [{ if: \"a\", goto: a }, { else: a }] }\n";

#[cfg(test)]
mod tests;
