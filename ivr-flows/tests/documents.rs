//! The flows in the documents are right.
//!
//! A block that opens with "```yaml flow" is a whole flow, "```yaml services" the services of all flows of its document, and
//! "```yaml nodes" nodes that are put into a flow around them.
//! "```dialogue" is a dialogue with one of the flows.

#![allow(clippy::disallowed_methods)]

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use call_model::{Heard, ListenRequest};
use ivr_flows::scripted::{Ear, Script};
use ivr_flows::{Diagnostic, FilesInMemory, Flow, Severity, check_files};

#[test]
fn whole_flows_load_without_errors_or_warnings() {
    for (document, least) in [("docs/flows.md", 3), ("README.md", 1), ("README.zh.md", 1)] {
        let text = read(document);
        let flows = blocks(&text, "yaml flow");
        assert!(flows.len() >= least, "{document} has {} whole flows", flows.len());
        for yaml in flows {
            let flow = Flow::load("flow.yaml", &files(&text).with("flow.yaml", yaml), None);
            let flow = flow.unwrap_or_else(|found| panic!("{document}:\n{}", shown(&found)));
            assert!(flow.warnings().is_empty(), "{document}:\n{}", shown(flow.warnings()));
        }
    }
}

#[test]
fn every_kind_of_node_has_an_example_that_loads() {
    let text = read("docs/flows.md");
    let examples = blocks(&text, "yaml nodes");
    let kinds = [
        "play",
        "menu",
        "ask",
        "form",
        "branch",
        "set",
        "http",
        "queue",
        "hang_up",
        "ask_knowledge",
        "job",
        "message",
        "note_risk",
        "pre_answer",
        "record",
        "ticket",
        "verify",
        "voicemail",
        "answer",
        "identify",
        "call",
        "return",
        "language",
        "offer_transfer",
        "when_open",
        "nudge",
        "survey",
        "transfer",
        "for_each",
    ];
    for kind in kinds {
        assert!(text.contains(&format!("\n    {kind}:")), "no example of {kind}");
    }
    for nodes in examples {
        let yaml = around(nodes);
        let found = check_files("flow.yaml", &files(&text).with("flow.yaml", &yaml), None);
        let errors: Vec<Diagnostic> = found.into_iter().filter(|found| found.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "docs/flows.md:\n{}\n{yaml}", shown(&errors));
    }
}

#[test]
fn dialogues_of_the_document_go_as_they_are_written() {
    let text = read("docs/flows.md");
    let dialogues = blocks(&text, "dialogue");
    assert!(!dialogues.is_empty());
    for dialogue in dialogues {
        let script = Script::read("flows.md", dialogue).unwrap_or_else(|found| panic!("{}", shown(&found)));
        let named = format!("\nflow: {}", script.flow().trim_end_matches(".yaml"));
        let yaml =
            blocks(&text, "yaml flow").into_iter().find(|yaml| yaml.contains(&named)).expect("the flow is there");
        let flow = Flow::load("flow.yaml", &files(&text).with("flow.yaml", yaml), None).expect("tested above");
        for played in script.play(&Arc::new(flow), &mut NoEar, Instant::now()) {
            assert!(played.failure.is_none(), "{}\n{}", played.name, played.failure.unwrap());
        }
    }
}

struct NoEar;

impl Ear for NoEar {
    fn hear(&mut self, _: &str, _: &ListenRequest) -> Result<Heard, String> {
        Err("no recogniser".to_owned())
    }
}

/// A flow with these nodes, and with those that they lead to.
fn around(nodes: &str) -> String {
    let first = nodes.trim_start().split(':').next().unwrap_or_default();
    let mut yaml = format!(
        "callwright: 1\nflow: example\nlanguage: en\nservices: services.yaml\nstart: {first}\nperson: desk\nnodes:\n{nodes}"
    );
    for (name, node) in OTHERS {
        if !nodes.contains(&format!("  {name}:\n")) {
            yaml.push_str(&format!("  {name}:\n    {node}\n"));
        }
    }
    yaml
}

const OTHERS: [(&str, &str); 5] = [
    ("account", "ask: { slot: account, type: digits, length: 3, say: \"Account?\", then: paper }"),
    ("paper", "ask: { slot: paper, type: yes_no, say: \"Paper?\", then: plan }"),
    (
        "plan",
        "ask: { slot: plan, type: one_of, say: \"Plan?\", options: { green: { press: \"1\" }, basic: { press: \"2\" } }, then: bye }",
    ),
    ("desk", "queue: { name: service, if_nobody: bye }"),
    ("bye", "hang_up: { say: \"Goodbye.\" }"),
];

fn files(document: &str) -> FilesInMemory {
    let services = blocks(document, "yaml services").concat();
    let answers = blocks(document, "yaml answers").concat();
    let mut files =
        FilesInMemory::new().with("services.yaml", &services).with("answers.yaml", &answers).with("welcome.wav", "");
    // "```yaml file NAME" is a file beside the flows.
    for rest in document.split("```yaml file ").skip(1) {
        let (name, text) = rest.split_once('\n').expect("a file has a name and lines");
        files = files.with(name, text.split("```").next().unwrap_or_default());
    }
    files
}

fn read(document: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(document);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The contents of the fenced blocks that open with this.
fn blocks<'t>(text: &'t str, opening: &str) -> Vec<&'t str> {
    let fence = format!("```{opening}\n");
    let bodies = text.match_indices(&fence).map(|(at, fence)| &text[at + fence.len()..]);
    bodies.map(|body| &body[..body.find("```").expect("a block is closed")]).collect()
}

fn shown(found: &[Diagnostic]) -> String {
    found.iter().map(|diagnostic| format!("{diagnostic}\n")).collect()
}
