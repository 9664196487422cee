//! From the text of a file to its tree, within budgets against hostile YAML.

use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::{DuplicateKeyPolicy, Error, MergeKeyPolicy, Options};

use super::suspects;
use super::tree::{Tree, place};
use crate::diagnostic::{Findings, Place};

/// Reads a file. `None` when it is no YAML; what is wrong is then in `findings`.
pub(crate) fn parse(file: u32, text: &str, findings: &mut Findings) -> Option<Tree> {
    let whole = Place { file, line: 0, column: 0 };
    if text.len() > LARGEST_FILE {
        findings.error(whole, "the file is larger than a megabyte", "split the flow into smaller ones");
        return None;
    }
    if text.contains('\0') {
        findings.error(whole, "the file holds null characters", "save it as UTF-8 text");
        return None;
    }
    suspects::report_invisible(file, text, findings);
    if let Some(place) = suspects::endless_key(file, text) {
        let fix = "write a short name, then a colon, then the value";
        findings.error(place, format!("a key is longer than {LONGEST_KEY} characters"), fix);
        return None;
    }
    let suspects = suspects::find(text);
    match serde_saphyr::from_str_with_options::<Tree>(text, options()) {
        Ok(tree) => {
            suspects::report_between_values(file, text, &suspects, findings);
            Some(tree)
        }
        Err(error) => {
            report(file, &error, &suspects, findings);
            None
        }
    }
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: 200_000,
            max_nodes: 100_000,
            max_aliases: 100,
            max_anchors: 100,
            max_depth: DEEPEST,
            flow_nesting_limit: DEEPEST,
            max_documents: 1,
            max_total_scalar_bytes: LARGEST_FILE,
            max_recorded_anchor_events: 20_000,
            max_recorded_anchor_bytes: LARGEST_FILE,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 20_000,
            max_replay_stack_depth: 8,
            max_alias_expansions_per_anchor: 100,
        },
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        merge_keys: MergeKeyPolicy::AsOrdinary,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
        emit_comments: false,
    }
}

/// A syntax error: the suspect character on its line says more than the parser does.
fn report(file: u32, error: &serde_saphyr::Error, suspects: &[suspects::Suspect], findings: &mut Findings) {
    let (line, column) = error.location().map(place).unwrap_or((0, 0));
    let near = suspects.iter().filter(|suspect| suspect.line == line || suspect.line + 1 == line);
    let mut explained = false;
    for suspect in near {
        suspect.report(file, findings);
        explained = true;
    }
    if explained {
        return;
    }
    let (message, fix) = match error {
        Error::Budget { breach, .. } => over_budget(breach),
        // These two come as texts: from below the parser, or wrapped with the places of an alias.
        other if other.to_string().contains("recursion limit") => too_deep(),
        other if other.to_string().contains("alias ") && other.to_string().contains("limit exceeded") => {
            ("aliases (`*name`) repeat more than a flow needs".to_owned(), WITHOUT_ALIASES)
        }
        _ => {
            let fix = "look at the indentation, quotes and brackets of this line and the one above";
            (format!("this is not valid YAML: {}", first_line(&error.to_string())), fix)
        }
    };
    findings.error(Place { file, line, column }, message, fix);
}

/// What no flow needs, and what may be behind it.
fn over_budget(breach: &BudgetBreach) -> (String, &'static str) {
    match breach {
        BudgetBreach::Depth { .. } => too_deep(),
        BudgetBreach::Aliases { .. }
        | BudgetBreach::Anchors { .. }
        | BudgetBreach::AliasAnchorRatio { .. }
        | BudgetBreach::RecordedAnchorEvents { .. }
        | BudgetBreach::RecordedAnchorBytes { .. } => {
            ("there are more anchors (`&name`) and aliases (`*name`) than a flow needs".to_owned(), WITHOUT_ALIASES)
        }
        BudgetBreach::Documents { .. } => {
            ("the file holds several documents".to_owned(), "remove the line `---`, or write a file for each")
        }
        _ => ("the file holds more values than any flow".to_owned(), "split the flow into smaller ones"),
    }
}

fn too_deep() -> (String, &'static str) {
    let fix = "close the brackets and braces; a flow is some six levels deep";
    (format!("values are nested deeper than {DEEPEST} levels"), fix)
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().chars().take(200).collect()
}

/// Levels of lists and mappings.
const DEEPEST: usize = 24;
/// Characters of a key; YAML itself allows no more.
pub(super) const LONGEST_KEY: usize = 1024;
const WITHOUT_ALIASES: &str = "write the values out where they are used";
/// More than any flow that people write.
const LARGEST_FILE: usize = 1 << 20;
