//! Forty mistakes that designers make: each is answered with its line, and the fix, applied to the text, makes it load.
#![allow(clippy::disallowed_methods)]

mod support;

use ivr_flows::{FilesInMemory, Severity, check_files};
use support::{SERVICES, yaml_of};

/// What is wrong, the nodes of a flow, a piece of the message, what stands there, and what the fix puts in its place.
type Repair = (&'static str, &'static str, &'static str, &'static str, &'static str);

const REPAIRS: &[Repair] = &[
    ("a misspelt target", "  first:\n    play: { say: Hi, then: dsek }", "no node `dsek`", "dsek", "desk"),
    ("a misspelt start", "  frist:\n    play: { say: Hi, then: bye }", "no node `first`", "frist", "first"),
    ("a play without a prompt", "  first:\n    play: { then: bye }", "has no prompt", "{ then", "{ say: Hi, then"),
    ("an empty prompt", "  first:\n    play: { say: \"\", then: bye }", "the prompt is empty", "\"\"", "\"Hello\""),
    ("a play that leads nowhere", "  first:\n    play: { say: Hi }", "has no `then`", "say: Hi", "say: Hi, then: bye"),
    ("a misspelt key", "  first:\n    play: { say: Hi, than: bye }", "no key `than`", "than", "then"),
    ("a misspelt kind", "  first:\n    plya: { say: Hi, then: bye }", "no kind of node `plya`", "plya", "play"),
    (
        "two kinds in a node",
        "  first:\n    play: { say: Hi, then: bye }\n    hang_up: {}",
        "of one kind",
        "\n    hang_up: {}",
        "",
    ),
    ("a node without a kind", "  first: {}", "does nothing", "{}", "{ hang_up: {} }"),
    (
        "a menu without choices",
        "  first:\n    menu: { say: Hi }",
        "has no choices",
        "say: Hi",
        "say: Hi, choices: { a: { press: \"1\", goto: bye } }",
    ),
    (
        "a choice that leads nowhere",
        "  first:\n    menu: { say: Hi, choices: { a: { press: \"1\" } } }",
        "has no `goto`",
        "press: \"1\"",
        "press: \"1\", goto: bye",
    ),
    (
        "a choice that cannot be made",
        "  first:\n    menu: { say: Hi, choices: { a: { goto: bye } } }",
        "neither said nor pressed",
        "goto: bye",
        "press: \"1\", goto: bye",
    ),
    (
        "two choices with one phrase",
        "  first:\n    menu:\n      say: Hi\n      choices:\n        a: { hear: [my bill], press: \"1\", goto: bye }\n        b: { hear: [My  Bill], press: \"2\", goto: desk }",
        "have the same phrase",
        "[My  Bill]",
        "[my card]",
    ),
    (
        "two choices with one key",
        "  first:\n    menu:\n      say: Hi\n      choices:\n        a: { press: \"1\", goto: bye }\n        b: { press: \"1\", goto: desk }",
        "same key, 1",
        "b: { press: \"1\"",
        "b: { press: \"2\"",
    ),
    (
        "a key without quotes",
        "  first:\n    menu: { say: Hi, choices: { a: { press: 1, goto: bye } } }",
        "not in quotes",
        "press: 1",
        "press: \"1\"",
    ),
    (
        "key zero",
        "  first:\n    menu: { say: Hi, choices: { a: { press: \"0\", goto: bye } } }",
        "always leads to a person",
        "\"0\"",
        "\"1\"",
    ),
    (
        "a phrase for a person",
        "  first:\n    menu: { say: Hi, choices: { a: { hear: [Agent], press: \"1\", goto: bye } } }",
        "always leads to a person",
        "Agent",
        "estate agency",
    ),
    (
        "two phrases in one",
        "  first:\n    menu: { say: Hi, choices: { a: { hear: \"my bill, my balance\", press: \"1\", goto: bye } } }",
        "holds `,`",
        "\"my bill, my balance\"",
        "[my bill, my balance]",
    ),
    (
        "a phrase with an ampersand",
        "  first:\n    menu: { say: Hi, choices: { a: { hear: [bed & breakfast], press: \"1\", goto: bye } } }",
        "holds `&`",
        "&",
        "and",
    ),
    (
        "a phrase with quotes",
        "  first:\n    menu: { say: Hi, choices: { a: { hear: ['say \"hello\"'], press: \"1\", goto: bye } } }",
        "cannot be listened for",
        "'say \"hello\"'",
        "say hello",
    ),
    (
        "a slot without a name",
        "  first:\n    ask: { type: yes_no, say: Hi, then: bye }",
        "has no `slot`",
        "{ type",
        "{ slot: a, type",
    ),
    (
        "a misspelt type",
        "  first:\n    ask: { slot: a, type: yes_on, say: Hi, then: bye }",
        "`yes_on`",
        "yes_on",
        "yes_no",
    ),
    (
        "digits without a length",
        "  first:\n    ask: { slot: a, type: digits, say: Hi, then: bye }",
        "how many digits",
        "type: digits",
        "type: digits, length: 3",
    ),
    (
        "min above max",
        "  first:\n    ask: { slot: a, type: digits, min: 5, max: 3, say: Hi, then: bye }",
        "`min` is 5",
        "min: 5, max: 3",
        "min: 3, max: 5",
    ),
    (
        "length beside max",
        "  first:\n    ask: { slot: a, type: digits, length: 5, max: 3, say: Hi, then: bye }",
        "beside `min` or `max`",
        ", max: 3",
        "",
    ),
    (
        "a list without options",
        "  first:\n    ask: { slot: a, type: one_of, say: Hi, then: bye }",
        "no options",
        "type: one_of",
        "type: one_of, options: { red: { hear: [red], press: \"1\" } }",
    ),
    (
        "a slot with a blank",
        "  first:\n    ask: { slot: my account, type: yes_no, say: Hi, then: bye }",
        "name of a variable",
        "my account",
        "my_account",
    ),
    (
        "a slot of the call",
        "  first:\n    ask: { slot: caller, type: yes_no, say: Hi, then: bye }",
        "given by the call",
        "slot: caller",
        "slot: own",
    ),
    (
        "a misspelt variable",
        "  first:\n    play: { say: \"{{ callr }}\", then: bye }",
        "no variable `callr`",
        "callr",
        "caller",
    ),
    (
        "a service as a value",
        "  first:\n    http: { service: balance, with: { account: \"1\" }, if_failed: bye, then: say }\n  say:\n    play: { say: \"{{ balance }}\", then: bye }",
        "is a service",
        "{{ balance }}",
        "{{ balance.amount }}",
    ),
    (
        "a template that is not closed",
        "  first:\n    play: { say: \"{{ caller\", then: bye }",
        "does not render",
        "{{ caller",
        "{{ caller }}",
    ),
    (
        "a branch without else",
        "  first:\n    branch:\n      - { if: \"caller == 'x'\", goto: bye }",
        "when no condition holds",
        "goto: bye }",
        "goto: bye }\n      - { else: bye }",
    ),
    (
        "one equals sign",
        "  first:\n    branch:\n      - { if: \"caller = 'x'\", goto: bye }\n      - { else: bye }",
        "no comparison",
        " = ",
        " == ",
    ),
    (
        "a condition in braces",
        "  first:\n    branch:\n      - { if: \"{{ caller }} == 'x'\", goto: bye }\n      - { else: bye }",
        "no meaning",
        "{{ caller }}",
        "caller",
    ),
    (
        "a misspelt disposition",
        "  first:\n    set: { disposition: not_intrested, then: bye }",
        "no disposition",
        "not_intrested",
        "not_interested",
    ),
    (
        "a misspelt service",
        "  first:\n    http: { service: balanse, with: { account: \"1\" }, if_failed: bye, then: bye }",
        "no service `balanse`",
        "balanse",
        "balance",
    ),
    (
        "a service that lacks a value",
        "  first:\n    http: { service: balance, if_failed: bye, then: bye }",
        "needs `account`",
        "service: balance",
        "service: balance, with: { account: \"1\" }",
    ),
    (
        "a service that may fail",
        "  first:\n    http: { service: balance, with: { account: \"1\" }, then: bye }",
        "has no `if_failed`",
        "then: bye",
        "if_failed: desk, then: bye",
    ),
    (
        "a circle without a caller",
        "  first:\n    play: { say: Hi, then: next }\n  next:\n    play: { say: Hi, then: first }",
        "lead in a circle",
        "then: first",
        "then: bye",
    ),
    (
        "a recording that is not there",
        "  first:\n    play: { audio: hello.wav, then: bye }",
        "is not there",
        "audio: hello.wav",
        "say: Hello",
    ),
    ("a number as a text", "  first:\n    play: { say: 5, then: bye }", "is a number", "say: 5", "say: \"5\""),
    (
        "a node that stands twice",
        "  first:\n    play: { say: Hi, then: bye }\n  first:\n    play: { say: Ho, then: bye }",
        "a second time",
        "  first:\n    play: { say: Ho",
        "  other:\n    play: { say: Ho",
    ),
    (
        "a key that stands twice",
        "  first:\n    play: { say: Hi, say: Ho, then: bye }",
        "a second time",
        ", say: Ho",
        "",
    ),
    (
        "a node named like a word of YAML",
        "  first:\n    play: { say: Hi, then: \"no\" }\n  no:\n    hang_up: {}",
        "cannot name a node",
        "\"no\" }\n  no:",
        "not }\n  not:",
    ),
    (
        "a node with a dot",
        "  first:\n    play: { say: Hi, then: a.b }\n  a.b:\n    hang_up: {}",
        "cannot name a node",
        "a.b }\n  a.b",
        "a_b }\n  a_b",
    ),
    ("a tab", "  first:\n\t\tplay: { say: Hi, then: bye }", "there is a tab", "\t\t", "    "),
    ("curly quotes", "  first:\n    play: { say: “Hi”, then: bye }", "the curly quote", "“Hi”", "\"Hi\""),
    ("a full-width comma", "  first:\n    play: { say: Hi，then: bye }", "full-width comma", "，", ", "),
    ("a full-width colon", "  first:\n    play： { say: Hi, then: bye }", "full-width colon", "：", ":"),
    (
        "a blank of another kind",
        "  first:\n\u{3000}\u{3000}play: { say: Hi, then: bye }",
        "blank of another kind",
        "\u{3000}\u{3000}",
        "    ",
    ),
    ("an invisible character", "  first:\n    play: { say: \"\u{202e}Hi\", then: bye }", "U+202E", "\u{202e}", ""),
    (
        "a bracket that is not closed",
        "  first:\n    menu: { say: Hi, choices: { a: { hear: [bill, press: \"1\", goto: bye } } }",
        "",
        "[bill,",
        "[bill],",
    ),
];

#[test]
fn every_mistake_has_its_line_and_a_fix_that_makes_the_flow_load() {
    assert!(REPAIRS.len() >= 40);
    let mut failed = Vec::new();
    for (what, nodes, message, wrong, right) in REPAIRS {
        let yaml = yaml_of(nodes);
        let found = errors(&yaml);
        let Some(answer) = found.iter().find(|error| error.message.contains(message)) else {
            failed.push(format!("{what}: not found\n{}", shown(&found)));
            continue;
        };
        if answer.line == 0 || answer.fix.is_empty() {
            failed.push(format!("{what}: without a line or a fix\n{answer}"));
        }
        let repaired = yaml.replacen(wrong, right, 1);
        assert_ne!(repaired, yaml, "{what}");
        let left = errors(&repaired);
        if !left.is_empty() {
            failed.push(format!("{what}: repaired, and still\n{}", shown(&left)));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// A hostile file, and what it is answered with.
#[test]
fn hostile_yaml_has_diagnostics_of_its_own() {
    let nested = "[".repeat(5_000);
    let braces = "{a: ".repeat(5_000);
    let stairs: String = (0..400).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n";
    let anchors: String = (0..500).map(|n| format!("a{n}: &a{n} x\n")).collect();
    let cases: [(&str, String, &str, u32); 12] = [
        ("lists in lists", nested, "nested deeper", 1),
        ("mappings in mappings", braces, "nested deeper", 1),
        ("a staircase", stairs, "nested deeper", 25),
        ("aliases of aliases", bomb.to_owned(), "aliases", 4),
        ("anchors without end", anchors, "anchors", 101),
        ("a megabyte of key", format!("{}: 1\n", "k".repeat(1_000_000)), "a key is longer than 1024", 1),
        ("more than a megabyte", "x".repeat(2_000_000), "larger than a megabyte", 0),
        ("a null character", "callwright: 1\n\0".to_owned(), "null characters", 0),
        ("text turned around", "flow: \"\u{202e}enilto\u{202c}h\"\n".to_owned(), "turns the direction", 1),
        ("a name with nothing in it", "flow: hot\u{200b}line\n".to_owned(), "it has no width", 1),
        ("an escape to the terminal", "flow: \"a\u{1b}[31m\"\n".to_owned(), "controls a terminal", 1),
        ("two documents", "callwright: 1\n---\ncallwright: 1\n".to_owned(), "several documents", 0),
    ];
    let mut failed = Vec::new();
    for (what, yaml, message, line) in cases {
        let began = std::time::Instant::now();
        let found = errors(&yaml);
        assert!(began.elapsed().as_secs() < 5, "{what}");
        assert!(found.iter().all(|error| error.to_string().len() < 2_000), "{what}");
        match found.iter().find(|error| error.message.contains(message)) {
            None => failed.push(format!("{what}: {}", shown(&found[..found.len().min(3)]))),
            Some(answer) if line != 0 && answer.line.abs_diff(line) > 2 => failed.push(format!("{what}: {answer}")),
            Some(_) => {}
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn a_node_may_be_named_like_a_kind_or_a_key() {
    for name in ["menu", "then", "play", "person", "nodes", "hang_up", "首页", "日本語", "안내", "قائمة"] {
        let nodes = format!("  first:\n    play: {{ say: Hi, then: {name} }}\n  {name}:\n    hang_up: {{}}");
        assert_eq!(shown(&errors(&yaml_of(&nodes))), "", "{name}");
    }
}

#[test]
fn a_way_without_an_end_and_a_recording_without_its_notice_are_warned_of() {
    let warned = |nodes: &str, message: &str| {
        let files = FilesInMemory::new().with("flow.yaml", nodes).with("services.yaml", SERVICES);
        let found = check_files("flow.yaml", &files, None);
        assert_eq!(shown(&errors(nodes)), "");
        let hit = found.iter().any(|found| found.message.contains(message) && found.severity == Severity::Warning);
        assert!(hit, "{message}: {}", shown(&found));
    };
    let endless = "callwright: 1\nflow: a\nlanguage: en\nstart: one\nperson: one\nnodes:\n  one:\n    menu: { say: Hi, choices: { a: { press: \"1\", goto: two } } }\n  two:\n    play: { say: Ho, then: one }\n";
    warned(endless, "no way from `one` leads to an end");
    let recorded = yaml_of(
        "  first:\n    record: { slot: told, say: \"What happened?\", if_nothing: desk, if_failed: desk, then: bye }",
    );
    warned(&recorded, "recorded at `first`, and no prompt says so");
}

fn errors(yaml: &str) -> Vec<ivr_flows::Diagnostic> {
    let files = FilesInMemory::new().with("flow.yaml", yaml).with("services.yaml", SERVICES);
    check_files("flow.yaml", &files, None).into_iter().filter(|found| found.severity == Severity::Error).collect()
}

fn shown(found: &[ivr_flows::Diagnostic]) -> String {
    found.iter().map(|found| format!("{found}\n")).collect()
}
