//! The dialogues beside the sample flows go as they are written, and take every node and every way.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use call_model::{Heard, ListenRequest};
use ivr_flows::scripted::{Coverage, Ear, Failure, NeverTaken, Script};
use ivr_flows::{FileSource, FilesInMemory, Flow};

struct Folder(PathBuf);

impl FileSource for Folder {
    fn read(&self, path: &str) -> Option<String> {
        std::fs::read_to_string(self.0.join(path)).ok()
    }

    fn exists(&self, path: &str) -> bool {
        self.0.join(path).is_file()
    }
}

struct NoEar;

impl Ear for NoEar {
    fn hear(&mut self, _: &str, _: &ListenRequest) -> Result<Heard, String> {
        Err("no recogniser".into())
    }
}

fn dialogues() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    let mut open = vec![root.join("samples"), root.join("demo")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => open.push(path),
                false if path.extension().is_some_and(|e| e == "dialogue") => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    found
}

#[test]
fn the_sample_flows_pass_their_dialogues_with_full_coverage() {
    let found = dialogues();
    assert!(!found.is_empty());
    for path in found {
        let name = path.file_name().unwrap().to_string_lossy();
        let text = std::fs::read_to_string(&path).unwrap();
        let script = Script::read(&name, &text).unwrap_or_else(|wrong| panic!("{wrong:#?}"));
        let files = Folder(path.parent().unwrap().to_owned());
        let flow = Arc::new(Flow::load(script.flow(), &files, None).unwrap_or_else(|wrong| panic!("{wrong:#?}")));
        let mut coverage = Coverage::new(flow.clone());
        for played in script.play(&flow, &mut NoEar, Instant::now()) {
            coverage.note(&played.events);
            assert!(played.failure.is_none(), "{name}: {}\n{}", played.name, played.failure.unwrap());
        }
        assert_eq!(coverage.missing(), [], "{name}");
    }
}

/// A flow of one question.
const PLANS: &str = "callwright: 1\nflow: plans\nlanguage: en\nstart: plan\nperson: desk\nnodes:\n  \
    plan:\n    menu:\n      say: \"Green or basic?\"\n      choices:\n        \
    green: { hear: [green plan], press: \"1\", goto: bye }\n        basic: { hear: [basic plan], press: \"2\", goto: desk }\n  \
    desk:\n    queue: { name: service, if_nobody: bye }\n  bye:\n    hang_up: { say: \"Goodbye.\" }\n";

fn plans() -> Arc<Flow> {
    Arc::new(Flow::load("plans.yaml", &FilesInMemory::new().with("plans.yaml", PLANS), None).unwrap())
}

/// What came of the only dialogue of a file.
fn walk(dialogue: &str) -> Option<Failure> {
    let script = Script::read("plans.dialogue", &format!("flow: plans.yaml\n{dialogue}")).unwrap();
    script.play(&plans(), &mut NoEar, Instant::now()).remove(0).failure
}

#[test]
fn a_line_that_does_not_hold_says_what_was_expected_and_what_came() {
    let cases = [
        ("< Green or blue?", "Green or blue?", "Green or basic?"),
        ("< Green ...\n< Goodbye.", "Goodbye.", "the flow waits for the caller at `plan`"),
        ("> \"green plan\"\n= node desk", "the node desk", "the nodes bye"),
        ("> \"green plan\"\n< Goodbye.\n> \"hello\"", "a call that goes on", "the call has ended"),
        ("> key 1\n= disposition no_agent", "no_agent", "self_served"),
        ("> key 2\n= over", "the end of the call", "still at desk"),
        ("> key 2\n> silence", "the flow waits for the caller", "the caller waits in the queue service"),
        ("> \"blue\"\n= understood green", "taken as green", "not understood"),
        ("recogniser: busy\n> \"green plan\"", "somebody listens", "for keys only at `plan`"),
        ("> sound green.wav", "sound in green.wav", "no recogniser"),
        ("= slot plan x", "plan x", "plan (empty)"),
        ("< ...\ngiven name: Ann", "before the call begins", "has begun"),
    ];
    for (dialogue, expected, came) in cases {
        let failure = walk(dialogue).unwrap_or_else(|| panic!("holds: {dialogue}"));
        assert!(failure.expected.contains(expected) && failure.came.contains(came), "{dialogue}\n{failure}");
        let line = 1 + dialogue.lines().count() as u32;
        assert_eq!((failure.line, failure.written.as_str()), (line, dialogue.lines().last().unwrap()));
    }
}

#[test]
fn a_file_that_cannot_be_read_is_answered_with_its_lines_and_fixes() {
    let cases = [
        ("", 0, "does not say which flow", "write `flow:"),
        ("flow: a.yaml\n", 0, "has no dialogue", "write `test:"),
        ("flow: a.yaml\n> \"my bill", 2, "cannot do `\"my bill`", "in quotes"),
        ("flow: a.yaml\n> press 1", 2, "cannot do `press 1`", "`key 1`"),
        ("flow: a.yaml\n> key x", 2, "cannot do `key x`", "`> key 1`"),
        ("flow: a.yaml\n= nod a", 2, "`= nod` means nothing", "write `node`"),
        ("flow: a.yaml\n= node", 2, "does not say which", "write `= node NAME`"),
        ("flow: a.yaml\n= disposition self_serve", 2, "no disposition `self_serve`", "write `self_served`"),
        ("flow: a.yaml\nservice b: maybe", 2, "no answer of a service", "write a status"),
        ("flow: a.yaml\n  servic b: 200", 2, "begins with `servic`", "write `service`"),
        ("flow: a.yaml\nqueue: nobody", 2, "does not say which", "write `queue NAME"),
        ("flow: a.yaml\nqueue a: shut", 2, "cannot be `shut`", "`wait`, `busy`"),
        ("flow: a.yaml\nYou owe nothing.", 2, "means nothing", "begin the line with"),
        ("test:\n", 1, "has no value", "after a colon"),
    ];
    for (text, line, message, fix) in cases {
        let found = Script::read("a.dialogue", text).expect_err(text);
        let answer = found.iter().find(|found| found.message.contains(message));
        let answer = answer.unwrap_or_else(|| panic!("{text}: {found:#?}"));
        assert_eq!(answer.line, line, "{answer}");
        assert!(answer.fix.contains(fix), "{answer}");
    }
}

#[test]
fn what_no_dialogue_took_is_named_with_its_line() {
    let script = Script::read("plans.dialogue", "flow: plans.yaml\n> key 1\n").unwrap();
    let flow = plans();
    let mut coverage = Coverage::new(flow.clone());
    script.play(&flow, &mut NoEar, Instant::now()).iter().for_each(|played| coverage.note(&played.events));
    assert_eq!((coverage.nodes(), coverage.ways()), ((2, 3), (1, 4)));
    let missing = coverage.missing();
    let never = |line, what: &str| NeverTaken { file: "plans.yaml".to_owned(), line, what: what.to_owned() };
    assert!(missing.contains(&never(12, "the way `basic` of `plan` to `desk`")), "{missing:?}");
    assert!(missing.contains(&never(0, "the way `person` to `desk`")), "{missing:?}");
    assert!(coverage.percent() < 100);
}

#[test]
fn what_is_missing_in_a_sub_flow_is_named_with_the_sub_flows_file() {
    const CALLS: &str = "callwright: 1\nflow: calls\nlanguage: en\nstart: first\nperson: bye\nnodes:\n  \
                         first: { call: { flow: ask_it, then: bye } }\n  bye: { hang_up: {} }\n";
    const CALLED: &str = "callwright: 1\nflow: ask_it\nreturns: { it: yes_no }\nstart: it\nnodes:\n  \
                          it: { ask: { slot: it, type: yes_no, say: \"It?\", then: back } }\n  \
                          back: { return: { it: \"yes\" } }\n";
    let files = FilesInMemory::new().with("calls.yaml", CALLS).with("ask_it.yaml", CALLED);
    let flow = Flow::load("calls.yaml", &files, None).unwrap_or_else(|found| panic!("{found:#?}"));
    let missing = Coverage::new(Arc::new(flow)).missing();
    let back = missing.iter().find(|missing| missing.what == "the node `ask_it.back`");
    assert_eq!(back.map(|back| (back.file.as_str(), back.line)), Some(("ask_it.yaml", 7)), "{missing:?}");
    assert!(missing.iter().any(|missing| missing.file == "calls.yaml" && missing.line == 7), "{missing:?}");
}

#[test]
fn what_is_done_after_the_caller_hung_up_is_walked_too() {
    let yaml = PLANS
        .replace("person: desk\n", "person: desk\non_hangup: note\n")
        .replace("  bye:\n", "  note:\n    set: { disposition: not_interested, then: bye }\n  bye:\n");
    let flow = Flow::load("plans.yaml", &FilesInMemory::new().with("plans.yaml", &yaml), None).unwrap();
    let script =
        Script::read("a", "flow: plans.yaml\n< Green ...\n> hang up\n= node note\n= disposition not_interested")
            .unwrap();
    let failure = script.play(&Arc::new(flow), &mut NoEar, Instant::now()).remove(0).failure;
    assert!(failure.is_none(), "{}", failure.unwrap());
}

#[test]
fn a_dialogue_without_a_wall_time_begins_on_a_monday_morning() {
    const ASKS: &str = "callwright: 1\nflow: day\nlanguage: en\nstart: day\nperson: bye\nnodes:\n  \
                        day: { ask: { slot: day, type: date, say: \"When?\", then: bye } }\n  bye: { hang_up: {} }\n";
    let flow = Flow::load("day.yaml", &FilesInMemory::new().with("day.yaml", ASKS), None).unwrap();
    let dialogue = "flow: day.yaml\ntest: a\n> \"tomorrow\"\n= slot day 2026-03-03\ntest: b\nlocal: 2027-01-01 10:00\n\
                    > \"tomorrow\"\n= slot day 2027-01-02\n";
    for played in Script::read("a", dialogue).unwrap().play(&Arc::new(flow), &mut NoEar, Instant::now()) {
        assert!(played.failure.is_none(), "{}", played.failure.unwrap());
    }
}
