//! The table of what was measured beside what is to be reached.

use std::process::ExitCode;

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

/// Prints one row as soon as it is there.
pub fn tell(row: &Row) {
    println!("  {}\n      reach    {}\n      measured {}   {}", row.what, row.reach, row.measured, row.verdict());
    if !row.note.is_empty() {
        println!("      ({})", row.note);
    }
}
