//! `callwright flow`.

mod check;
mod dialogues;
mod models;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use super::language_and_folder;

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
}

/// Does it.
pub fn run(command: FlowCommand) -> Result<ExitCode> {
    match command {
        FlowCommand::Check { files, models } => {
            let sound = check(&files, models)?;
            Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        FlowCommand::Test(arguments) => dialogues::run(arguments),
    }
}
