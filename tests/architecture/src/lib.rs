//! Holds the house plan: dependencies, file sizes, links. What ARCHITECTURE.md states, the tests of this crate check.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The workspace's folder.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("this crate lies two folders deep").to_owned()
}

/// ARCHITECTURE.md.
pub fn architecture() -> String {
    std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md lies in the root")
}

/// The files that git tracks, relative to the root.
pub fn tracked(patterns: &[&str]) -> Vec<PathBuf> {
    let output = Command::new("git").arg("-C").arg(root()).arg("ls-files").arg("--").args(patterns).output();
    let output = output.expect("git lists the files");
    assert!(output.status.success(), "git ls-files failed: {}", String::from_utf8_lossy(&output.stderr));
    let files = String::from_utf8(output.stdout).expect("paths are UTF-8");
    files.lines().map(PathBuf::from).filter(|file| root().join(file).is_file()).collect()
}

/// The lines of a source file before its unit tests.
pub fn lines_without_tests(text: &str) -> impl Iterator<Item = &str> {
    text.lines().take_while(|line| !line.starts_with("#[cfg(test)]"))
}

/// A row of the table "Who may depend on whom".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// The crates that the row is about.
    pub crates: Vec<String>,
    /// Crates of the workspace that they may use; `*` for all.
    pub may_use: Vec<String>,
    /// Other crates that they must not use.
    pub must_not_use: Vec<String>,
}

/// The table's rows.
pub fn fences(text: &str) -> Vec<Fence> {
    let heading = text.find("| crate | may use | must not use |").expect("ARCHITECTURE.md has the table");
    let rows = text[heading..].lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(fence).collect()
}

fn fence(row: &str) -> Fence {
    let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
    assert_eq!(cells.len(), 3, "a row of the table has three cells: {row}");
    Fence { crates: names(cells[0]), may_use: names(cells[1]), must_not_use: names(cells[2]) }
}

/// The names in backquotes.
fn names(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}
