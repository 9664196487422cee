//! What designers wait for: the check of a flow of 500 nodes, and one simulated step.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use ivr_flows::scripted::VirtualCall;
use ivr_flows::{FilesInMemory, Flow, Severity, Start, check_files};

use crate::report::Row;
use crate::spread;

/// How often is measured.
#[derive(Debug, Clone, Args)]
pub struct CheckOptions {
    /// Checks of the flow, and walks through it.
    #[arg(long, default_value_t = 20)]
    pub rounds: usize,
}

/// Measures the check of a large flow and the steps through it.
pub fn check(options: &CheckOptions) -> Result<Vec<Row>> {
    let yaml = flow_of(NODES);
    let files = FilesInMemory::new().with("large.yaml", &yaml);
    let mut checks = Vec::new();
    for _ in 0..options.rounds.max(1) {
        let began = Instant::now();
        let found = check_files("large.yaml", &files, None);
        checks.push(began.elapsed());
        if let Some(first) = found.iter().find(|found| found.severity == Severity::Error) {
            bail!("the flow is to be right: {first}");
        }
    }
    let what = format!("check of {NODES} nodes ({} KB of YAML)", yaml.len() / 1000);
    let rows = [row(&what, 200.0, checks), row("one simulated step", 5.0, steps(&files, options.rounds.max(1))?)];
    Ok(rows.into())
}

/// How long each step of a call through the flow takes, from what is said to the next question.
fn steps(files: &FilesInMemory, rounds: usize) -> Result<Vec<Duration>> {
    let flow = Flow::load("large.yaml", files, None);
    let flow = Arc::new(flow.ok().context("the flow cannot be loaded")?);
    let mut steps = Vec::new();
    for _ in 0..rounds {
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
    Ok(steps)
}

fn row(what: &str, reach_ms: f64, taken: Vec<Duration>) -> Row {
    let taken = spread::sorted(taken.iter().map(|taken| taken.as_secs_f64() * 1000.0).collect());
    let at = |share| spread::percentile(&taken, share);
    Row {
        what: what.to_owned(),
        reach: format!("p99 {reach_ms:.0} ms"),
        measured: format!("p50 {:.2} ms; p99 {:.2} ms; longest {:.2} ms", at(0.5), at(0.99), at(1.0)),
        reached: Some(at(0.99) <= reach_ms),
        note: format!("{} times", taken.len()),
    }
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
const MOST_STEPS: usize = 50_000;
const TOPICS: [&str; 8] = ["bill", "tariff", "contract", "meter", "address", "outage", "payment", "refund"];
