//! The table of what was measured beside what is to be reached.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;

use crate::machine;

/// One row.
#[derive(Debug, Clone)]
pub struct Row {
    /// What was measured.
    pub what: String,
    /// What is to be reached; empty where a row is only told.
    pub reach: String,
    /// What was measured, with its spread.
    pub measured: String,
    /// Whether it was reached; `None` where a row is only told.
    pub reached: Option<bool>,
    /// How much of the time was left out, and what else there is to say.
    pub note: String,
}

impl Row {
    /// The verdict, for people.
    fn verdict(&self) -> &'static str {
        match self.reached {
            Some(true) => "yes",
            Some(false) => "NO",
            None => "",
        }
    }
}

/// The table as Markdown.
pub fn table(rows: &[Row]) -> String {
    let mut text = "| what | reach | measured | reached | notes |\n|---|---|---|---|---|\n".to_owned();
    for row in rows {
        let Row { what, reach, measured, note, .. } = row;
        text.push_str(&format!("| {what} | {reach} | {measured} | {} | {note} |\n", row.verdict()));
    }
    text
}

/// How a program ends that measured some rows: it fails when a goal was not reached.
pub fn verdict(rows: &[Row]) -> ExitCode {
    if rows.iter().any(|row| row.reached == Some(false)) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Prints the table, keeps it where it is wanted in a file, and says how the program ends.
pub fn conclude(rows: &[Row], file: Option<&Path>) -> Result<ExitCode> {
    let table = table(rows);
    println!("\n{table}");
    if let Some(file) = file {
        std::fs::write(file, format!("{}\n\n{table}", machine::describe()))
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(verdict(rows))
}

/// Takes rows, and prints them as soon as they are there.
pub fn take(rows: &mut Vec<Row>, found: Vec<Row>) {
    found.iter().for_each(tell);
    rows.extend(found);
}

/// A measurement's options as the command line has them when nothing is said.
pub fn ordinary<T: clap::Args>() -> T {
    #[derive(Debug, Parser)]
    struct Only<T: clap::Args> {
        #[command(flatten)]
        options: T,
    }
    Only::<T>::parse_from(["callwright-bench"]).options
}

/// Prints one row.
fn tell(row: &Row) {
    println!("  {}\n      reach    {}\n      measured {}   {}", row.what, row.reach, row.measured, row.verdict());
    if !row.note.is_empty() {
        println!("      ({})", row.note);
    }
}
