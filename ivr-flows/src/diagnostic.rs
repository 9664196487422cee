//! What is wrong with a flow's files, said as a compiler says it: where, what, and what to do.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::yaml::Shape;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The flow cannot be loaded.
    Error,
    /// The flow can be loaded; this is probably not what was meant.
    Warning,
}

/// One finding in a flow's files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The file, by the path that it was read from.
    pub file: String,
    /// The line, from 1. 0 when the finding is about the file as a whole.
    pub line: u32,
    /// The column in characters, from 1. 0 when the finding is about the file as a whole.
    pub column: u32,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub fix: String,
    /// The line as it stands in the file; empty for the file as a whole.
    pub excerpt: String,
}

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Place {
    /// Which of the files, by the order in which they were read.
    pub(crate) file: u32,
    /// From 1; 0 for the file as a whole.
    pub(crate) line: u32,
    /// In characters, from 1; 0 for the file as a whole.
    pub(crate) column: u32,
}

/// What readers asked for in mappings, by the places of these.
pub(crate) type Asked = BTreeMap<Place, Vec<(&'static str, Shape)>>;

/// The findings about a set of files, collected while they are read.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    found: Vec<(Place, Severity, String, String)>,
    /// What was asked for in each mapping, where somebody wants to know.
    pub(crate) asked: Option<Asked>,
}

impl Findings {
    pub(crate) fn error(&mut self, place: Place, message: impl Into<String>, fix: impl Into<String>) {
        self.add(place, Severity::Error, message.into(), fix.into());
    }

    pub(crate) fn warning(&mut self, place: Place, message: impl Into<String>, fix: impl Into<String>) {
        self.add(place, Severity::Warning, message.into(), fix.into());
    }

    /// Notes what the reader of a mapping asked for.
    pub(crate) fn asked(&mut self, mapping: Place, fields: Vec<(&'static str, Shape)>) {
        if let Some(asked) = &mut self.asked {
            asked.entry(mapping).or_default().extend(fields);
        }
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.found.iter().any(|(_, severity, ..)| *severity == Severity::Error)
    }

    fn add(&mut self, place: Place, severity: Severity, message: String, fix: String) {
        if self.found.len() < MOST_FINDINGS {
            self.found.push((place, severity, message, fix));
        }
    }

    /// The findings in the order of the files and their lines, each with its excerpt.
    pub(crate) fn into_diagnostics(mut self, files: &[crate::source::SourceFile]) -> Vec<Diagnostic> {
        self.found.sort_by(|a, b| (a.0, a.1, &a.2).cmp(&(b.0, b.1, &b.2)));
        self.found.dedup();
        self.found
            .into_iter()
            .map(|(place, severity, message, fix)| {
                let file = usize::try_from(place.file).ok().and_then(|index| files.get(index));
                let excerpt = file.and_then(|file| line_of(&file.text, place.line)).unwrap_or_default();
                let name = file.map(|file| file.name.clone()).unwrap_or_default();
                Diagnostic { file: name, line: place.line, column: place.column, severity, message, fix, excerpt }
            })
            .collect()
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            writeln!(f, "{}: {}: {}", self.file, self.severity, self.message)?;
        } else {
            writeln!(f, "{}:{}:{}: {}: {}", self.file, self.line, self.column, self.severity, self.message)?;
        }
        if !self.excerpt.trim().is_empty() {
            let (excerpt, caret) = window(&self.excerpt, self.column);
            let margin = self.line.to_string();
            writeln!(f, "{margin} | {excerpt}")?;
            writeln!(f, "{} | {caret}^", " ".repeat(margin.len()))?;
        }
        write!(f, "  fix: {}", self.fix)
    }
}

/// The part of a line around a column, and the blanks that lead to the caret under it.
fn window(line: &str, column: u32) -> (String, String) {
    let column = usize::try_from(column).unwrap_or(1).max(1) - 1;
    let start = column.saturating_sub(WIDTH / 2);
    let shown: String = line.chars().skip(start).take(WIDTH).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let blanks = shown.chars().take(column - start).map(|c| if is_wide(c) { '\u{3000}' } else { ' ' }).collect();
    (shown, blanks)
}

/// Whether a terminal shows a character two columns wide (the ideographic blocks).
fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}')
}

fn line_of(text: &str, line: u32) -> Option<String> {
    let index = usize::try_from(line).ok()?.checked_sub(1)?;
    text.lines().nth(index).map(|line| line.chars().take(LONGEST_EXCERPT).collect())
}

/// A file that is no flow at all is not worth a thousand findings.
const MOST_FINDINGS: usize = 500;
/// Characters of a line that a diagnostic shows.
const WIDTH: usize = 120;
/// Characters of a line that a diagnostic keeps.
const LONGEST_EXCERPT: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_reads_like_a_compilers() {
        let finding = Diagnostic {
            file: "hotline.yaml".into(),
            line: 12,
            column: 13,
            severity: Severity::Error,
            message: "there is no node `dsek`".into(),
            fix: "write `desk`".into(),
            excerpt: "    if_nobody: dsek".into(),
        };
        let expected = "hotline.yaml:12:13: error: there is no node `dsek`\n12 |     if_nobody: dsek\n   |             ^\n  fix: write `desk`";
        assert_eq!(finding.to_string(), expected);
    }

    #[test]
    fn a_line_of_a_megabyte_is_shown_around_its_column() {
        let (shown, caret) = window(&"x".repeat(1_000_000), 500_000);
        assert_eq!((shown.len(), caret.len()), (WIDTH, WIDTH / 2));
    }
}
