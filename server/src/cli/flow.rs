//! `callwright flow`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use asr::Model;
use call_model::Language;
use clap::Subcommand;
use engine_vosk::VoskModel;
use ivr_flows::Severity;

use super::language_and_folder;
use crate::flows::{FolderFiles, folder_and_name};

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
}

/// Does it.
pub fn run(command: FlowCommand) -> Result<ExitCode> {
    match command {
        FlowCommand::Check { files, models } => {
            let sound = check(&files, models)?;
            Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}

/// Checks flows and prints what is wrong; `true` when none has an error.
pub fn check(files: &[PathBuf], models: Vec<(String, PathBuf)>) -> Result<bool> {
    let models = Models::load(models)?;
    let mut sound = true;
    for file in files {
        std::fs::metadata(file).with_context(|| format!("cannot read the flow {}", file.display()))?;
        let (folder, name) = folder_and_name(file);
        let vocabulary: Option<&dyn ivr_flows::Vocabulary> = if models.0.is_empty() { None } else { Some(&models) };
        let diagnostics = ivr_flows::check_files(&name, &FolderFiles(folder), vocabulary);
        for diagnostic in &diagnostics {
            println!("{diagnostic}");
        }
        let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
        let warnings = diagnostics.len() - errors;
        println!("{}: {errors} errors, {warnings} warnings", file.display());
        sound &= errors == 0;
    }
    Ok(sound)
}

/// Models loaded in this process: it listens to nobody, and a crash costs no call.
struct Models(BTreeMap<String, VoskModel>);

impl Models {
    fn load(models: Vec<(String, PathBuf)>) -> Result<Self> {
        let mut loaded = BTreeMap::new();
        for (language, folder) in models {
            let model = VoskModel::load(&folder).with_context(|| format!("the model for {language} cannot be used"))?;
            loaded.insert(language, model);
        }
        Ok(Self(loaded))
    }
}

impl ivr_flows::Vocabulary for Models {
    fn speaks(&self, language: &Language) -> bool {
        self.0.contains_key(language.as_str())
    }

    fn knows(&self, language: &Language, word: &str) -> bool {
        self.0.get(language.as_str()).is_some_and(|model| model.knows(word))
    }

    fn nearest(&self, language: &Language, word: &str) -> Option<String> {
        self.0.get(language.as_str()).and_then(|model| model.nearest(word))
    }
}
