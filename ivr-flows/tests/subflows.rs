//! Sub-flows: parameters, results, variables of their own, ways back and people.
#![allow(clippy::disallowed_methods)]

mod support;

use call_model::CallEvent;
use ivr_flows::{FileKind, FilesInMemory, check_and_list_files, check_sub_flow};
use support::{Caller, findings, flow_of, replays, yaml_of};

const VERIFY: &str = r#"callwright: 1
flow: verify_id
takes: { account: digits }
returns: { verified: yes_no, name: text }
start: ask_pin
nodes:
  ask_pin:
    ask: { slot: pin, type: digits, length: 4, say: "Account {{ account }}. Your PIN?", then: look }
  look:
    branch:
      - { if: "pin == '1234'", goto: right }
      - { else: wrong }
  right:
    return: { verified: "yes", name: "Ann" }
  wrong:
    return: { verified: no, name: "nobody" }
"#;

const CALLING: &str = r#"
  first:
    ask: { slot: account, type: digits, length: 3, say: "Account?", then: verify }
  verify:
    call: { flow: verify_id, with: { account: "{{ account }}" }, save: { proved: verified, holder: name }, then: choose }
  choose:
    branch:
      - { if: "proved", goto: tell }
      - { else: desk }
  tell:
    play: { say: "Thank you, {{ holder }}.", then: bye }"#;

fn called(nodes: &str, sub: &str) -> Vec<String> {
    findings(&[("flow.yaml", &yaml_of(nodes)), ("verify_id.yaml", sub)]).iter().map(ToString::to_string).collect()
}

#[test]
fn must_subdialog_with_parameters_and_return_values() {
    let flow = flow_of(&[("flow.yaml", &yaml_of(CALLING)), ("verify_id.yaml", VERIFY)]);
    assert!(flow.warnings().is_empty(), "{:?}", flow.warnings());
    let mut caller = Caller::calls(&flow);
    caller.presses("123");
    assert_eq!(caller.last(), "Account one two three. Your PIN?");
    caller.presses("1234");
    assert_eq!(caller.last(), "Thank you, Ann.");
    assert_eq!(
        caller.path(),
        ["first", "verify", "verify_id.ask_pin", "verify_id.look", "verify_id.right", "choose", "tell"]
    );
    assert_eq!(caller.slot("proved").as_deref(), Some("yes"));
    assert_eq!(caller.slot("verify_id.pin").as_deref(), Some("1234"));
    replays(&flow, caller.hears_all());
}

#[test]
fn a_sub_flow_sees_only_what_it_is_given() {
    let nosy = VERIFY.replace("Your PIN?", "Your PIN, {{ holder }}?");
    let found = called(CALLING, &nosy);
    assert!(
        found.iter().any(|text| text.contains("verify_id.yaml:") && text.contains("no variable `holder`")),
        "{found:?}"
    );
}

#[test]
fn its_variables_are_its_own_at_every_call() {
    let twice = CALLING.replace("then: choose }\n", "then: again }\n  again:\n    call: { flow: verify_id, with: { account: \"999\" }, save: { proved: verified }, then: choose }\n");
    let flow = flow_of(&[("flow.yaml", &yaml_of(&twice)), ("verify_id.yaml", VERIFY)]);
    let mut caller = Caller::calls(&flow);
    caller.presses("123").presses("1234");
    assert_eq!(caller.last(), "Account nine nine nine. Your PIN?");
    caller.presses("0000");
    assert_eq!(caller.slot("proved").as_deref(), Some("no"));
    assert_eq!(
        caller.queued.as_ref().map(|(_, whisper)| whisper.as_str()),
        Some("account one two three"),
        "the caller's variables are back"
    );
    replays(&flow, &caller);
}

#[test]
fn a_person_is_reached_from_inside_a_sub_flow() {
    let flow = flow_of(&[("flow.yaml", &yaml_of(CALLING)), ("verify_id.yaml", VERIFY)]);
    let mut caller = Caller::calls(&flow);
    caller.presses("123").hears_all().says("agent");
    assert_eq!(caller.path().last(), Some(&"desk"));
    assert!(caller.queued.as_ref().is_some_and(|(_, whisper)| whisper.contains("one two three")));
    replays(&flow, &caller);
}

#[test]
fn a_queue_inside_a_sub_flow_goes_on_inside() {
    let queue = VERIFY.replace(
        "return: { verified: no, name: \"nobody\" }",
        "queue: { name: fraud, if_nobody: gone }\n  gone:\n    play: { say: \"Nobody is there.\", then: person }",
    );
    let flow = flow_of(&[("flow.yaml", &yaml_of(CALLING)), ("verify_id.yaml", &queue)]);
    assert!(flow.queues().contains("fraud"));
    let mut caller = Caller::calls(&flow);
    caller.presses("123").presses("9999").nobody_is_free();
    assert_eq!(caller.last(), "Nobody is there.");
    caller.hears_all();
    assert_eq!(caller.path().last(), Some(&"desk"));
    replays(&flow, &caller);
}

#[test]
fn sub_flows_that_call_each_other_in_a_circle_are_refused() {
    let circle = VERIFY.replace(
        "  right:\n    return: { verified: \"yes\", name: \"Ann\" }",
        "  right:\n    call: { flow: verify_id, with: { account: \"1\" }, then: wrong }",
    );
    let found = called(CALLING, &circle);
    assert!(
        found.iter().any(|text| text.contains("`verify_id` call each other in a circle")
            && text.contains("fix: let the sub-flow return")),
        "{found:?}"
    );
}

#[test]
fn sub_flows_are_nested_eight_deep_at_most() {
    let level = |n: u32, node: &str| {
        format!("callwright: 1\nflow: level{n}\nstart: a\nnodes:\n  a:\n    {node}\n  b:\n    return:\n")
    };
    let mut files = vec![("flow.yaml".to_owned(), yaml_of("  first:\n    call: { flow: level1, then: bye }"))];
    for n in 1..10 {
        files.push((format!("level{n}.yaml"), level(n, &format!("call: {{ flow: level{}, then: b }}", n + 1))));
    }
    files.push(("level10.yaml".to_owned(), level(10, "play: { say: \"Deep.\", then: b }")));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let found = findings(&files);
    assert!(found.iter().any(|d| d.file == "level8.yaml" && d.message.contains("more than 8 deep")), "{found:?}");
}

#[test]
fn what_is_wrong_with_a_call_has_its_line_and_a_fix() {
    let cases = [
        (
            CALLING.replace("flow: verify_id", "flow: verify"),
            VERIFY.to_owned(),
            "`verify.yaml` cannot be read",
            "name of a sub-flow's file",
        ),
        (
            CALLING.replace("with: { account:", "with: { acount:"),
            VERIFY.to_owned(),
            "takes no `acount`",
            "write `account`",
        ),
        (
            CALLING.replace("with: { account: \"{{ account }}\" }, ", ""),
            VERIFY.to_owned(),
            "needs `account`",
            "add `with:",
        ),
        (CALLING.replace("holder: name", "holder: nmae"), VERIFY.to_owned(), "returns no `nmae`", "write `name`"),
        (CALLING.to_owned(), VERIFY.replace(", name: \"Ann\"", ""), "returns here without `name`", "add `name:"),
        (
            CALLING.to_owned(),
            VERIFY.replace("verified: \"yes\"", "verified: \"maybe\""),
            "cannot be \"maybe\"",
            "value of that kind",
        ),
        (CALLING.to_owned(), VERIFY.replace("name: \"Ann\"", "nome: \"Ann\""), "no result `nome`", "write `name`"),
        (
            CALLING.to_owned(),
            VERIFY.replace("start: ask_pin", "language: zh\nstart: ask_pin"),
            "speaks `zh`",
            "write `language: en`",
        ),
        (
            CALLING.replace("play: { say: \"Thank you, {{ holder }}.\", then: bye }", "return: { a: \"b\" }"),
            VERIFY.to_owned(),
            "only a sub-flow can return",
            "write `hang_up`",
        ),
        (
            CALLING.to_owned(),
            VERIFY.replace("goto: wrong }", "goto: wrnog }").replace("else: wrong", "else: wrnog"),
            "no node `wrnog`",
            "write `wrong`",
        ),
    ];
    for (nodes, sub, message, fix) in cases {
        let found = called(&nodes, &sub);
        assert!(
            found.iter().any(|text| text.contains(message) && text.contains(fix) && text.contains(".yaml:")),
            "{message}: {found:#?}"
        );
    }
}

#[test]
fn a_sub_flow_by_itself_begins_no_call() {
    let found = findings(&[("verify_id.yaml", VERIFY)]);
    assert!(found[0].message.contains("this is a sub-flow"), "{found:?}");
}

#[test]
fn a_sub_flow_fails_as_the_flow_that_calls_it() {
    let mut yaml = yaml_of(CALLING);
    yaml = yaml.replace("nodes:\n", "if_not_understood:\n  - say: \"Pardon?\"\n  - goto: desk\nnodes:\n");
    let flow = flow_of(&[("flow.yaml", &yaml), ("verify_id.yaml", VERIFY)]);
    let mut caller = Caller::calls(&flow);
    caller.presses("123").hears_out().says("[unk]");
    assert!(caller.last().starts_with("Pardon?"), "{}", caller.last());
    caller.hears_out().says("[unk]");
    assert!(caller.queued.is_some());
    assert!(caller.events().any(|e| matches!(e, CallEvent::TurnDecided { node, .. } if node == "verify_id.ask_pin")));
}

#[test]
fn a_sub_flow_is_checked_by_itself() {
    let files = |sub: &str| FilesInMemory::new().with("verify_id.yaml", sub).with("services.yaml", support::SERVICES);
    assert_eq!(check_sub_flow("verify_id.yaml", &files(VERIFY), None), []);
    let asks = VERIFY.replace("right:\n    return", "right: { http: { service: balance, with: { account: \"{{ account }}\" }, if_failed: wrong, then: told } }\n  told:\n    return");
    assert_eq!(check_sub_flow("verify_id.yaml", &files(&asks), None), [], "with the folder's services");
    let wrong = check_sub_flow("verify_id.yaml", &files(&VERIFY.replace("goto: right", "goto: rihgt")), None);
    let shown: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    assert!(
        shown.iter().any(|found| found.starts_with("verify_id.yaml:11:") && found.contains("write `right`")),
        "{shown:?}"
    );
    let chinese = "callwright: 1\nflow: ask\nreturns: { it: yes_no }\nstart: it\nnodes:\n  it: { ask: { slot: it, type: yes_no, \
                   say: \"对吗？\", then: back } }\n  back: { return: { it: \"yes\" } }\n";
    assert_eq!(check_sub_flow("ask.yaml", &FilesInMemory::new().with("ask.yaml", chinese), None), []);
}

#[test]
fn files_are_told_apart() {
    assert_eq!(FileKind::of(&yaml_of(CALLING)), FileKind::Flow);
    assert_eq!(FileKind::of(VERIFY), FileKind::SubFlow);
    assert_eq!(FileKind::of(support::SERVICES), FileKind::Beside);
    assert_eq!(FileKind::of("{"), FileKind::Flow, "it is complained of");
    let files = [("flow.yaml", yaml_of(CALLING)), ("verify_id.yaml", VERIFY.to_owned())];
    let files = files
        .iter()
        .fold(FilesInMemory::new().with("services.yaml", support::SERVICES), |all, (name, text)| all.with(name, text));
    let (found, read) = check_and_list_files("flow.yaml", &files, None);
    assert_eq!(found, []);
    assert!(read.contains(&"verify_id.yaml".to_owned()), "{read:?}");
}
