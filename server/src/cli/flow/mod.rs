//! `callwright flow`.

mod check;
mod dialogues;
mod graph;
mod models;
mod schema;
mod simulate;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Subcommand;
use ivr_flows::{Flow, Vocabulary};

use crate::flows::{FolderFiles, folder_and_name};

pub use check::check;

/// What can be done with flows.
#[derive(Debug, Subcommand)]
pub enum FlowCommand {
    /// Print every error and warning of flows, with file, line, and what to do. Exits with 1 where there is an error.
    Check(check::CheckArgs),
    /// Walk the dialogues that stand beside flows, on a virtual clock. Exits with 1 where one does not go as it is
    /// written or too little is covered, and with 2 where a file cannot be read.
    Test(dialogues::TestArgs),
    /// Try a flow out: type what the caller says, and see what the flow does and why, on a virtual clock.
    Simulate(simulate::SimulateArgs),
    /// Draw a flow: its nodes and the ways between them.
    Graph(graph::GraphArgs),
    /// Print the JSON Schema of flows or of services, by which editors complete and underline.
    Schema(schema::SchemaArgs),
}

/// Does it.
pub fn run(command: FlowCommand) -> Result<ExitCode> {
    match command {
        FlowCommand::Check(arguments) => Ok(if check::run(arguments)? { ExitCode::SUCCESS } else { ExitCode::FAILURE }),
        FlowCommand::Schema(arguments) => schema::run(arguments).map(|()| ExitCode::SUCCESS),
        FlowCommand::Test(arguments) => dialogues::run(arguments),
        FlowCommand::Simulate(arguments) => simulate::run(arguments).map(|()| ExitCode::SUCCESS),
        FlowCommand::Graph(arguments) => graph::run(arguments).map(|()| ExitCode::SUCCESS),
    }
}

/// Loads a flow, or tells everything that is wrong with it.
fn load(path: &Path, vocabulary: Option<&dyn Vocabulary>) -> Result<Flow> {
    std::fs::metadata(path).with_context(|| format!("cannot read the flow {}", path.display()))?;
    let (folder, name) = folder_and_name(path);
    Flow::load(&name, &FolderFiles(folder), vocabulary).map_err(|found| {
        let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{}", lines.join("\n"))
    })
}
