//! Mistakes that designers make: each is answered with its line and a fix.
#![allow(clippy::disallowed_methods)]

mod nodes;
#[path = "../support/mod.rs"]
mod support;

use call_model::Language;
use ivr_flows::{Diagnostic, FilesInMemory, Severity, Vocabulary, check_files};
use support::{SERVICES, yaml_of};

#[test]
fn mistakes_in_nodes_are_answered_with_their_line_and_a_fix() {
    for (what, nodes, line, message, fix) in nodes::MISTAKES {
        let yaml = yaml_of(nodes);
        let found = check(&yaml, None);
        let answer = found.iter().find(|d| d.message.contains(message));
        let Some(answer) = answer else { panic!("{what}: {}", shown(&found)) };
        assert_eq!(answer.severity, Severity::Error, "{what}");
        assert!(answer.fix.contains(fix), "{what}: {answer}");
        assert!(answer.excerpt.contains(line), "{what}: {answer}");
        let pointed = answer.excerpt.chars().count() >= answer.column as usize;
        assert!(answer.line > 0 && answer.column > 0 && pointed, "{what}: {answer}");
    }
}

/// A whole file, what the message and the fix hold, and the line.
const FILES: &[(&str, &str, &str, &str, u32)] = &[
    ("a flow of no version", "flow: a\n", "does not say that it is a flow", "write `callwright: 1`", 1),
    ("a flow of the future", "callwright: 2\n", "must be a whole number from 1 to 1", "write `callwright: 1`", 1),
    ("a flow without nodes", "callwright: 1\nflow: a\n", "no nodes", "add `nodes:`", 1),
    ("a flow that is a list", "- a\n- b\n", "is a list", "write `name: value`", 1),
    ("a flow without a person", "callwright: 1\n", "has no `person`", "add `person:`", 1),
    ("a language without words", "callwright: 1\nlanguage: tlh\n", "the language `tlh`", "`en`, `zh` and `ko`", 2),
    ("a misspelt key at the top", "callwright: 1\nlangauge: en\n", "no key `langauge`", "write `language`", 2),
    ("an indented tab", "callwright: 1\nnodes:\n\ta: 1\n", "there is a tab", "type blanks", 3),
    ("curly quotes", "callwright: 1\nflow: “hotline”\n", "the curly quote `“`", "straight quote", 2),
    ("a full-width colon", "callwright: 1\nflow：hotline\n", "full-width colon", "type a colon", 2),
    (
        "a full-width comma",
        "callwright: 1\nnodes:\n  a: { play: { say: x，then: b } }\n",
        "full-width comma",
        "type a comma",
        3,
    ),
    ("a bracket that is not closed", "callwright: 1\nnodes: {\n  a: [1\n", "not valid YAML", "brackets", 0),
    (
        "services that are not there",
        "callwright: 1\nservices: other.yaml\n",
        "cannot be read",
        "in the flow's folder",
        2,
    ),
    ("services elsewhere", "callwright: 1\nservices: ../services.yaml\n", "cannot be read", "in the flow's folder", 2),
    ("a time without a unit", "callwright: 1\ntiming: { no_input: 5 }\n", "no length of time", "write it as `1s`", 2),
    (
        "a time that makes no sense",
        "callwright: 1\ntiming: { no_input: 900s }\n",
        "makes no sense",
        "from 1s to 60s",
        2,
    ),
    ("a type that is none", "callwright: 1\ngiven: { name: string }\n", "no type `string`", "`text`, `number`", 2),
    ("a given name of the call", "callwright: 1\ngiven: { caller: text }\n", "given by every call", "remove it", 2),
    ("two documents", "callwright: 1\n---\nflow: b\n", "several documents", "remove the line", 0),
];

#[test]
fn mistakes_in_files_are_answered_with_their_line_and_a_fix() {
    for (what, yaml, message, fix, line) in FILES {
        let found = check(yaml, None);
        let Some(answer) = found.iter().find(|d| d.message.contains(message)) else {
            panic!("{what}: {}", shown(&found))
        };
        assert!(answer.fix.contains(fix), "{what}: {answer}");
        assert!(*line == 0 || answer.line == *line, "{what}: {answer}");
    }
}

const SERVICE_MISTAKES: &[(&str, &str, &str)] = &[
    ("balance: { method: get }", "has no `url`", "add `url:"),
    ("balance: { url: \"ftp://x/\" }", "no http address", "begin it with http://"),
    ("balance: { url: \"http://x/\", method: fetch }", "`fetch` is no method", "write get"),
    ("balance: { url: \"http://x/\", timeout: 5m }", "no length of time", "write it as"),
    ("balance: { url: \"http://x/\", timeout: 90s }", "makes no sense", "to 30s"),
    ("balance: { url: \"http://x/\", fields: { amount: monye } }", "no type `monye`", "write `money`"),
    ("balance: { url: \"http://x/\", headers: { \"a b\": c } }", "cannot be sent", "letters and hyphens"),
    ("balance: { url: \"http://x/\", feilds: {} }", "no key `feilds`", "write `fields`"),
    ("balance: { url: \"http://x/{{ a\" }", "does not render", "write variables as"),
    ("my service: { url: \"http://x/\" }", "cannot be the name", "underscores"),
    ("intent: { url: \"http://x/\" }", "given by the call", "another name"),
];

#[test]
fn mistakes_in_services_are_answered_in_their_file() {
    for (services, message, fix) in SERVICE_MISTAKES {
        let files = FilesInMemory::new()
            .with("flow.yaml", &yaml_of("  first:\n    play: { say: Hi, then: bye }"))
            .with("services.yaml", services);
        let found = check_files("flow.yaml", &files, None);
        let Some(answer) = found.iter().find(|d| d.message.contains(message)) else {
            panic!("{services}: {}", shown(&found))
        };
        assert_eq!((answer.file.as_str(), answer.line), ("services.yaml", 1), "{answer}");
        assert!(answer.fix.contains(fix), "{answer}");
    }
}

#[test]
fn warnings_do_not_prevent_loading() {
    let cases = [
        (
            "  first:\n    play: { say: Hi, then: bye }\n  lonely:\n    play: { say: Hi, then: bye }",
            "`lonely` is never reached",
        ),
        (
            "  first:\n    menu: { say: Hi, choices: { a: { press: \"1\", goto: bye }, b: { hear: [my bill], goto: bye } } }",
            "`b` have no key",
        ),
        (
            "  first:\n    play: { say: \"{{ balance.amount }}\", then: next }\n  next:\n    http: { service: balance, with: { account: \"1\" }, if_failed: bye, then: bye }",
            "not filled on every way",
        ),
        ("  first:\n    play: { say: Hi, audio: hi.wav, then: bye }", "is not there"),
    ];
    for (nodes, message) in cases {
        let found = check(&yaml_of(nodes), None);
        assert!(found.iter().all(|d| d.severity == Severity::Warning), "{}", shown(&found));
        assert!(found.iter().any(|d| d.message.contains(message)), "{message}: {}", shown(&found));
        support::nodes(nodes);
    }
}

#[test]
fn everything_is_said_at_once_and_in_order() {
    let found = check(
        &yaml_of("  first:\n    play: { sya: Hi, then: dsek }\n  next:\n    menu: { choices: { a: { goto: by } } }"),
        None,
    );
    assert!(found.len() >= 5, "{}", shown(&found));
    assert!(found.windows(2).all(|pair| (pair[0].line, pair[0].column) <= (pair[1].line, pair[1].column)));
}

#[test]
fn a_diagnostic_reads_like_a_compilers() {
    let found = check(&yaml_of("  first:\n    play: { say: Hi, then: dsek }"), None);
    let expected = "flow.yaml:9:28: error: there is no node `dsek`\n9 |     play: { say: Hi, then: dsek }\n  |                            ^\n  fix: write `desk`";
    assert_eq!(found[0].to_string(), expected);
}

struct Known;

impl Vocabulary for Known {
    fn speaks(&self, language: &Language) -> bool {
        language.as_str() == "en"
    }
    fn knows(&self, _: &Language, word: &str) -> bool {
        word != "tarif"
    }
    fn nearest(&self, _: &Language, _: &str) -> Option<String> {
        Some("tariff".to_owned())
    }
}

#[test]
fn a_word_that_the_recogniser_does_not_know_comes_with_the_nearest_known() {
    let nodes = "  first:\n    menu: { say: Hi, choices: { a: { hear: [my tarif], press: \"1\", goto: bye } } }";
    let found = check(&yaml_of(nodes), Some(&Known));
    assert_eq!(found.len(), 1, "{}", shown(&found));
    assert!(found[0].message.contains("does not know the word `tarif`") && found[0].fix.contains("write `tariff`"));
    assert_eq!(found[0].line, 9);
}

#[test]
fn a_language_without_a_recogniser_is_warned_of() {
    let nodes = "  first:\n    menu: { say: Hi, choices: { a: { hear: [账单], press: \"1\", goto: bye } } }";
    let found = check(&yaml_of(nodes).replace("language: en", "language: zh"), Some(&Known));
    assert!(found.iter().all(|d| d.severity == Severity::Warning), "{}", shown(&found));
    assert!(found.iter().any(|d| d.message.contains("no recogniser is set up")));
}

#[test]
fn hostile_yaml_is_refused_in_time() {
    let mut bombs = vec![
        "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n".to_owned(),
        "[".repeat(100_000),
        "{a: ".repeat(100_000),
        format!("{}: 1\n", "k".repeat(1_000_000)),
        "x".repeat(2_000_000),
        "- ".repeat(50_000),
        "a: 1\n".repeat(100_000),
        "\u{202e}callwright: 1\n".to_owned(),
        "\u{feff}callwright: 1\n".to_owned(),
        "a: |\n".to_owned(),
        "? ? ? ? ?\n".to_owned(),
        "<<: *a\n".to_owned(),
    ];
    bombs.push((0..3000).map(|n| format!("{:n$}a:\n", "")).collect());
    for bomb in bombs {
        let found = check(&bomb, None);
        assert!(!found.is_empty(), "{}", bomb.chars().take(60).collect::<String>());
        assert!(found.iter().all(|d| d.to_string().len() < 10_000));
    }
}

#[test]
fn five_hundred_nodes_are_checked_in_no_time() {
    let mut nodes = String::from("  first:\n    play: { say: Hi, then: node0 }");
    for n in 0..500 {
        let next = if n == 499 { "bye".to_owned() } else { format!("node{}", n + 1) };
        nodes.push_str(&format!(
            "\n  node{n}:\n    menu:\n      say: \"Question {n}, {{{{ caller }}}}?\"\n      choices:\n        a{n}: {{ hear: [my bill], press: \"1\", goto: {next} }}\n        b{n}: {{ hear: [my card], press: \"2\", goto: bye }}"
        ));
    }
    let began = std::time::Instant::now();
    let found = check(&yaml_of(&nodes), None);
    let taken = began.elapsed();
    assert!(found.is_empty(), "{}", shown(&found[..found.len().min(5)]));
    assert!(taken.as_millis() < 2000, "{taken:?}");
}

fn check(yaml: &str, vocabulary: Option<&dyn Vocabulary>) -> Vec<Diagnostic> {
    let files = FilesInMemory::new().with("flow.yaml", yaml).with("services.yaml", SERVICES);
    check_files("flow.yaml", &files, vocabulary)
}

fn shown(found: &[Diagnostic]) -> String {
    found.iter().map(|d| format!("{d}\n")).collect()
}
