//! The command line.

mod campaign;
mod client;
mod flow;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Args, Parser, Subcommand};

use crate::{config, logging, speech, startup};

/// A telephone service that understands speech: hotline and dialler.
#[derive(Debug, Parser)]
#[command(name = "callwright", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service.
    Serve {
        #[command(flatten)]
        file: ConfigFile,
        /// Load a flow again while one writes it; new calls take it.
        #[arg(long)]
        watch: bool,
    },
    /// Check a configuration and the flows that it names, without running.
    CheckConfig(ConfigFile),
    /// Work with flows.
    #[command(subcommand)]
    Flow(flow::FlowCommand),
    /// Work with campaigns of a running service.
    Campaign(campaign::CampaignArgs),
    /// Listen for the service; started by it.
    #[command(hide = true)]
    AsrWorker {
        /// A language and its model, such as `en=models/en`.
        #[arg(long = "model", value_parser = language_and_folder)]
        models: Vec<(String, PathBuf)>,
    },
}

#[derive(Debug, Args)]
struct ConfigFile {
    /// The configuration file.
    #[arg(short, long, env = "CALLWRIGHT_CONFIG", default_value = "callwright.yaml")]
    config: PathBuf,
}

impl Cli {
    /// Does what was asked.
    pub fn run(self) -> Result<ExitCode> {
        match self.command {
            Command::Serve { file, watch } => {
                logging::start();
                startup::serve(config::load(&file.config)?, watch)?;
                Ok(ExitCode::SUCCESS)
            }
            Command::CheckConfig(file) => check_config(&file.config),
            Command::Flow(command) => flow::run(command),
            Command::Campaign(arguments) => campaign::run(arguments),
            Command::AsrWorker { models } => {
                logging::start();
                speech::run_worker(models)?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

fn check_config(path: &std::path::Path) -> Result<ExitCode> {
    let config = config::load(path)?;
    let flows = config.routes.iter().map(|route| &route.flow).chain(&config.flows);
    let mut files: Vec<PathBuf> = flows.map(|flow| config.path(flow)).collect();
    files.sort();
    files.dedup();
    let models =
        config.speech.models.iter().map(|(language, folder)| (language.clone(), config.path(folder))).collect();
    let sound = flow::check(&files, models, speech::Meanings::of(&config)?)?;
    if !sound {
        bail!("{} names a flow that cannot be used", path.display());
    }
    println!("{}: in order, {} flows", path.display(), files.len());
    Ok(ExitCode::SUCCESS)
}

fn language_and_folder(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((language, folder)) if !language.is_empty() && !folder.is_empty() => {
            Ok((language.to_owned(), folder.into()))
        }
        _ => Err("write a language and a folder, such as en=models/en".to_owned()),
    }
}
