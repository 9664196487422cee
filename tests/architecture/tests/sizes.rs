//! Sizes that serve the reader.

use architecture_tests::{lines_without_tests, root, tracked};

/// The longest file, without its unit tests.
const LONGEST_FILE: usize = 600;
/// The longest function.
const LONGEST_FUNCTION: usize = 100;
/// Files that may be longer, with their length of today: it may only shrink.
const LONGER_FILES: &[(&str, usize)] = &[
    // One table: the mistakes that designers make, each with its line and its fix.
    ("ivr-flows/tests/mistakes.rs", 619),
];
/// Functions that may be longer: long and flat tables. File, name, length of today.
const LONGER_FUNCTIONS: &[(&str, &str, usize)] = &[];

#[test]
fn no_file_is_too_long() {
    let mut broken = Vec::new();
    for file in tracked(&["*.rs", "*.ts", "*.tsx"]) {
        let text = std::fs::read_to_string(root().join(&file)).expect("a tracked file is readable");
        let length = lines_without_tests(&text).count();
        let name = file.display().to_string();
        let limit = LONGER_FILES.iter().find(|(listed, _)| *listed == name).map_or(LONGEST_FILE, |(_, length)| *length);
        if length > limit {
            broken.push(format!("{name} has {length} lines without its tests, more than {limit}: split it by meaning"));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn no_function_is_too_long() {
    let mut broken = Vec::new();
    for file in tracked(&["*.rs"]) {
        let text = std::fs::read_to_string(root().join(&file)).expect("a tracked file is readable");
        let path = file.display().to_string();
        for (name, length) in functions(&text) {
            let listed = LONGER_FUNCTIONS.iter().find(|(listed, function, _)| *listed == path && *function == name);
            let limit = listed.map_or(LONGEST_FUNCTION, |(_, _, length)| *length);
            if length > limit {
                broken.push(format!("{path}: fn {name} has {length} lines, more than {limit}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn functions_are_found_with_their_lengths() {
    let text =
        "pub fn short() {}\n\nimpl A {\n    pub(crate) async fn long(&self) {\n        a();\n    }\n}\n// fn none\n";
    assert_eq!(functions(text), vec![("long".to_owned(), 3)]);
}

/// Names and lengths of the functions before the unit tests, as rustfmt lays them out: a function ends at the closing
/// brace that stands as far in as its head.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = lines_without_tests(text).collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let indent = line.len() - line.trim_start().len();
        let closing = format!("{}}}", " ".repeat(indent));
        let end = lines[start..].iter().position(|line| *line == closing);
        // A declaration, or a body on the head's line, has no closing brace of its own.
        let one_line = line.trim_end().ends_with(';') || line.trim_end().ends_with('}');
        if let (Some(length), false) = (end, one_line) {
            found.push((name, length + 1));
        }
    }
    found
}

fn function_name(line: &str) -> Option<String> {
    let words = line.trim_start();
    let at = words.find("fn ")?;
    let qualifiers = ["pub", "const", "async", "unsafe", "extern"];
    let head = words[..at].split_whitespace().all(|word| {
        qualifiers.iter().any(|qualifier| word.starts_with(qualifier)) || word.ends_with(')') || word == "\"C\""
    });
    let name: String = words[at + 3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (head && !name.is_empty()).then_some(name)
}
