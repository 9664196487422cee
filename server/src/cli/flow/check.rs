//! `callwright flow check`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::Args;
use ivr_flows::{Diagnostic, FileKind, Severity};

use super::models::{ModelArgs, Models};
use crate::flows::{FolderFiles, folder_and_name};
use crate::speech::Meanings;

/// The arguments of `callwright flow check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The flows' files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    models: ModelArgs,
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
    for Checked { file, mut found, note, taken } in checked(&arguments.files, &models)? {
        sound &= !found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
        if arguments.json {
            all.append(&mut found);
        } else {
            tell(&file, &found, note);
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

/// Checks flows with models and prints what is wrong; `true` when none has an error.
pub fn check(files: &[PathBuf], models: Vec<(String, PathBuf)>, meanings: Meanings) -> Result<bool> {
    let models = Models::with(models, meanings)?;
    let mut sound = true;
    for Checked { file, found, note, .. } in checked(files, &models)? {
        sound &= !found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
        tell(&file, &found, note);
    }
    Ok(sound)
}

/// A file that was looked at.
struct Checked {
    file: PathBuf,
    found: Vec<Diagnostic>,
    /// Why it was not checked as a flow.
    note: Option<&'static str>,
    taken: Duration,
}

/// Checks the flows among some files, then the sub-flows that none of them calls.
fn checked(files: &[PathBuf], models: &Models) -> Result<Vec<Checked>> {
    let mut checked = Vec::new();
    let mut others = Vec::new();
    let mut read: BTreeSet<PathBuf> = BTreeSet::new();
    for file in files {
        let text = std::fs::read(file).with_context(|| format!("cannot read the flow {}", file.display()))?;
        let kind = std::str::from_utf8(&text).map_or(FileKind::Flow, FileKind::of);
        if kind != FileKind::Flow {
            others.push((file, kind));
            continue;
        }
        let began = Instant::now();
        let (folder, name) = folder_and_name(file);
        let (found, also) = ivr_flows::check_and_list_files(&name, &FolderFiles(folder.clone()), models.vocabulary());
        read.extend(also.iter().map(|name| folder.join(name)));
        let found = in_folder(found, &folder);
        checked.push(Checked { file: file.clone(), found, note: None, taken: began.elapsed() });
    }
    for (file, kind) in others {
        let began = Instant::now();
        let (folder, name) = folder_and_name(file);
        let (found, note) = match kind {
            FileKind::SubFlow if !read.contains(&folder.join(&name)) => {
                let found = ivr_flows::check_sub_flow(&name, &FolderFiles(folder.clone()), models.vocabulary());
                (in_folder(found, &folder), "a sub-flow, checked by itself: no flow that was given calls it")
            }
            FileKind::SubFlow => (Vec::new(), "a sub-flow, checked with the flows that call it"),
            FileKind::Flow | FileKind::Beside => (Vec::new(), "no flow; it is checked with the flows that name it"),
        };
        checked.push(Checked { file: file.clone(), found, note: Some(note), taken: began.elapsed() });
    }
    Ok(checked)
}

/// Findings with the paths of their files as they were given.
fn in_folder(mut found: Vec<Diagnostic>, folder: &Path) -> Vec<Diagnostic> {
    for diagnostic in &mut found {
        diagnostic.file = folder.join(&diagnostic.file).display().to_string();
    }
    found
}

fn tell(file: &Path, found: &[Diagnostic], note: Option<&str>) {
    for diagnostic in found {
        println!("{diagnostic}");
    }
    if let Some(note) = note {
        println!("{}: note: {note}", file.display());
    }
    let errors = found.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    println!("{}: {errors} errors, {} warnings", file.display(), found.len() - errors);
}
