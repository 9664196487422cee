//! `callwright flow`.

mod check;
mod dialogues;
mod graph;
mod models;
mod simulate;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Subcommand;
use ivr_flows::{Flow, Vocabulary};

use super::language_and_folder;
use crate::flows::{FolderFiles, folder_and_name};

pub use check::check;

/// What can be done with flows.
#[derive(Debug, Subcommand)]
pub enum FlowCommand {
    /// Print every error and warning of flows, with file, line, and what to do. Exits with 1 where there is an error.
    Check {
        /// The flows' files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// A language and its model, such as `en=models/en`; then words that it does not know are errors, too.
        #[arg(long = "model", value_parser = language_and_folder)]
        models: Vec<(String, PathBuf)>,
    },
    /// Walk the dialogues that stand beside flows, on a virtual clock. Exits with 1 where one does not go as it is
    /// written or too little is covered, and with 2 where a file cannot be read.
    Test(dialogues::TestArgs),
    /// Try a flow out: type what the caller says, and see what the flow does and why, on a virtual clock.
    Simulate(simulate::SimulateArgs),
    /// Draw a flow: its nodes and the ways between them.
    Graph(graph::GraphArgs),
}

/// Does it.
pub fn run(command: FlowCommand) -> Result<ExitCode> {
    match command {
        FlowCommand::Check { files, models } => {
            let sound = check(&files, models)?;
            Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
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
