//! `callwright flow check`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use ivr_flows::Severity;

use super::models::Models;
use crate::flows::{FolderFiles, folder_and_name};

/// Checks flows and prints what is wrong; `true` when none has an error.
pub fn check(files: &[PathBuf], models: Vec<(String, PathBuf)>) -> Result<bool> {
    let models = Models::load(models)?;
    let mut sound = true;
    for file in files {
        std::fs::metadata(file).with_context(|| format!("cannot read the flow {}", file.display()))?;
        let (folder, name) = folder_and_name(file);
        let diagnostics = ivr_flows::check_files(&name, &FolderFiles(folder), models.vocabulary());
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
