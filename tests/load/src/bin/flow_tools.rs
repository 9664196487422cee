//! Measures what designers wait for: the check of a flow of 500 nodes, and one simulated step.
//!
//! ```text
//! cargo run --release -p load-generator --bin callwright-flows
//! ```

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use ivr_flows::scripted::VirtualCall;
use ivr_flows::{FilesInMemory, Flow, Severity, Start, check_files};

fn main() -> Result<()> {
    let yaml = flow_of(NODES);
    let files = FilesInMemory::new().with("large.yaml", &yaml);
    let mut checks = Vec::new();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let found = check_files("large.yaml", &files, None);
        checks.push(began.elapsed());
        if let Some(first) = found.iter().find(|found| found.severity == Severity::Error) {
            bail!("the flow is to be right: {first}");
        }
    }
    tell(&format!("check of {NODES} nodes, {} bytes", yaml.len()), checks);

    let flow = Flow::load("large.yaml", &files, None);
    let flow = Arc::new(flow.ok().context("the flow cannot be loaded")?);
    let mut steps = Vec::new();
    for _ in 0..ROUNDS {
        let mut call = VirtualCall::new(flow.clone(), Start::default(), Instant::now());
        while !call.is_over() && steps.len() < MOST_STEPS {
            let began = Instant::now();
            while call.is_busy() && call.step(Duration::from_secs(3600)) {}
            if !call.is_over() && !call.speak("well, please give me the next one now") {
                bail!("nobody listens at {}", call.node());
            }
            steps.push(began.elapsed());
        }
    }
    tell("one simulated step", steps);
    Ok(())
}

fn tell(what: &str, mut taken: Vec<Duration>) {
    taken.sort();
    let ms = |at: usize| taken.get(at).map_or(0.0, |taken| taken.as_secs_f64() * 1000.0);
    let last = taken.len().saturating_sub(1);
    println!("{what}: median {:.2} ms, p99 {:.2} ms, longest {:.2} ms", ms(last / 2), ms(last * 99 / 100), ms(last));
}

/// A flow whose nodes are menus of eight choices, each with five phrases, that lead from one to the next.
fn flow_of(nodes: usize) -> String {
    let mut yaml = String::from("callwright: 1\nflow: large\nlanguage: en\nstart: node0\nperson: desk\nnodes:\n");
    for node in 0..nodes - 2 {
        let next = if node + 3 == nodes { "bye".to_owned() } else { format!("node{}", node + 1) };
        yaml.push_str(&format!(
            "  node{node}:\n    menu:\n      say: \"Question {node}, {{{{ caller }}}}?\"\n      choices:\n"
        ));
        for (key, topic) in (1..).zip(TOPICS) {
            let phrases = format!("{topic}, my {topic}, about my {topic}, question about the {topic}, {topic} please");
            let to = if key == 1 { &next } else { "desk" };
            let first = if key == 1 { ", the next one, give me the next one" } else { "" };
            yaml.push_str(&format!("        {topic}: {{ hear: [{phrases}{first}], press: \"{key}\", goto: {to} }}\n"));
        }
    }
    yaml.push_str(
        "  desk:\n    queue: { name: service, if_nobody: bye }\n  bye:\n    hang_up: { say: \"Goodbye.\" }\n",
    );
    yaml
}

const NODES: usize = 500;
const ROUNDS: usize = 20;
const MOST_STEPS: usize = 50_000;
const TOPICS: [&str; 8] = ["bill", "tariff", "contract", "meter", "address", "outage", "payment", "refund"];
