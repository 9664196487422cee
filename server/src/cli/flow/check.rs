//! `callwright flow check`.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;
use ivr_flows::{Diagnostic, Severity};

use super::models::Models;
use crate::cli::language_and_folder;
use crate::flows::{FolderFiles, folder_and_name};

/// The arguments of `callwright flow check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The flows' files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// A language and its model, such as `en=models/en`; then words that it does not know are errors, too.
    #[arg(long = "model", value_parser = language_and_folder)]
    models: Vec<(String, PathBuf)>,
    /// Print the findings as a JSON array, for editors and build servers.
    #[arg(long)]
    json: bool,
    /// Tell how long each check took.
    #[arg(long)]
    time: bool,
}

/// Checks flows as the command line says; `true` when none has an error.
pub fn run(arguments: CheckArgs) -> Result<bool> {
    let models = Models::load(arguments.models)?;
    let mut all: Vec<Diagnostic> = Vec::new();
    let mut sound = true;
    for file in &arguments.files {
        let began = Instant::now();
        let mut found = findings(file, &models)?;
        let taken = began.elapsed();
        sound &= !found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
        if arguments.json {
            all.append(&mut found);
        } else {
            tell(file, &found);
        }
        if arguments.time {
            eprintln!("{}: checked in {:.1} ms", file.display(), taken.as_secs_f64() * 1000.0);
        }
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&all).context("the findings cannot be written as JSON")?);
    }
    Ok(sound)
}

/// Checks flows and prints what is wrong; `true` when none has an error.
pub fn check(files: &[PathBuf], models: Vec<(String, PathBuf)>) -> Result<bool> {
    let models = Models::load(models)?;
    let mut sound = true;
    for file in files {
        let found = findings(file, &models)?;
        sound &= !found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
        tell(file, &found);
    }
    Ok(sound)
}

/// What is wrong with a flow, each with the path of its file as it was given.
fn findings(file: &PathBuf, models: &Models) -> Result<Vec<Diagnostic>> {
    std::fs::metadata(file).with_context(|| format!("cannot read the flow {}", file.display()))?;
    let (folder, name) = folder_and_name(file);
    let mut found = ivr_flows::check_files(&name, &FolderFiles(folder.clone()), models.vocabulary());
    for diagnostic in &mut found {
        diagnostic.file = folder.join(&diagnostic.file).display().to_string();
    }
    Ok(found)
}

fn tell(file: &std::path::Path, found: &[Diagnostic]) {
    for diagnostic in found {
        println!("{diagnostic}");
    }
    let errors = found.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    println!("{}: {errors} errors, {} warnings", file.display(), found.len() - errors);
}
