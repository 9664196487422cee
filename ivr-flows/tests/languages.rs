//! One flow in two languages: by key, by speech, by the caller's record.
#![allow(clippy::disallowed_methods)]

mod support;

use call_model::{CallEvent, Language};
use support::{Caller, findings, flow_of, replays};

const ENGLISH: &str = r#"callwright: 1
flow: hotline
language: en
services: services.yaml
start: choose
person: desk
nodes:
  choose:
    language:
      say: "For English press 1."
      choices:
        en: { hear: [english], press: "1", label: "English" }
        zh: { hear: [chinese], press: "2", label: "Chinese" }
      then: account
  account:
    ask: { slot: account, type: digits, length: 3, say: "Account?", then: bill }
  bill:
    answer: { from: balance, with: { account: "{{ account }}" }, say: "You owe {{ balance.amount }}.", if_failed: desk, then: desk }
  desk:
    queue: { name: service, if_nobody: bye }
  bye:
    hang_up: { say: "Goodbye." }
"#;

fn chinese() -> String {
    ENGLISH
        .replace("language: en", "language: zh")
        .replace("[english]", "[英语]")
        .replace("[chinese]", "[中文]")
        .replace("For English press 1.", "中文请按二。")
        .replace("Account?", "请说账号。")
        .replace("You owe {{ balance.amount }}.", "您欠{{ balance.amount }}。")
        .replace("Goodbye.", "再见。")
}

#[test]
fn a_caller_chooses_the_language_by_key_and_goes_on_at_the_same_place() {
    let flow = flow_of(&[("hotline.yaml", ENGLISH), ("hotline.zh.yaml", &chinese())]);
    assert_eq!(flow.languages(), [&Language::new("en"), &Language::new("zh")]);
    let mut caller = Caller::calls(&flow);
    caller.presses("2");
    assert_eq!(caller.last(), "请说账号。");
    assert_eq!(caller.listening.as_ref().unwrap().1.language, Language::new("zh"));
    caller.says("一 二 三").answers(200, r#"{"amount": 42.05, "name": "Ann"}"#);
    assert_eq!(caller.last(), "您欠四十二元零五分。");
    caller.hears_all();
    assert_eq!(caller.path(), ["choose", "account", "bill", "bill.say", "desk"]);
    assert_eq!(caller.run.language(), &Language::new("zh"));
    replays(&flow, &caller);
}

#[test]
fn a_caller_chooses_the_language_by_speech() {
    let flow = flow_of(&[("hotline.yaml", ENGLISH), ("hotline.zh.yaml", &chinese())]);
    let mut caller = Caller::calls(&flow);
    caller.says("chinese");
    assert_eq!(caller.last(), "请说账号。");
    assert!(caller.events().any(|e| matches!(e, CallEvent::LanguageChosen { language } if language.as_str() == "zh")));
    let mut english = Caller::calls(&flow);
    english.says("english");
    assert_eq!(english.last(), "Account?");
    assert!(!english.events().any(|e| matches!(e, CallEvent::LanguageChosen { .. })));
    replays(&flow, &caller);
}

#[test]
fn the_record_of_the_caller_chooses_without_asking() {
    let by = |text: &str| {
        text.replace("start:", "given: { tongue: text }\nstart:")
            .replace("      say: \"", "      by: \"{{ tongue }}\"\n      say: \"")
    };
    let flow = flow_of(&[("hotline.yaml", &by(ENGLISH)), ("hotline.zh.yaml", &by(&chinese()))]);
    for (tongue, said) in
        [("zh-CN", "请说账号。"), ("en", "Account?"), ("fr", "For English press 1."), ("", "For English press 1.")]
    {
        let variables = [("tongue".to_owned(), tongue.to_owned())].into();
        let caller = Caller::calls_with(&flow, ivr_flows::Start { seed: 7, variables, ..Default::default() });
        assert_eq!(caller.last(), said, "{tongue}");
        replays(&flow, &caller);
    }
}

#[test]
fn the_files_of_two_languages_have_the_same_nodes() {
    let problem = |chinese: &str| -> Vec<String> {
        findings(&[("hotline.yaml", ENGLISH), ("hotline.zh.yaml", chinese)]).iter().map(ToString::to_string).collect()
    };
    for (from, to, message, fix) in [
        (
            "  bye:\n    hang_up: { say: \"再见。\" }",
            "  end:\n    hang_up: {}",
            "nodes `bye` of `hotline.yaml` are missing",
            "add them",
        ),
        (
            "if_nobody: bye }",
            "if_nobody: more }\n  more:\n    play: { say: \"好。\", then: bye }",
            "node `more` is not in `hotline.yaml`",
            "add it there",
        ),
        (
            "hang_up: { say",
            "queue: { name: other, if_nobody: account, say",
            "`bye` is a `queue` here and a `hang_up`",
            "one kind",
        ),
        (
            "type: digits, length: 3",
            "type: yes_no",
            "variable `account` of `hotline.yaml` is of another type here",
            "same slots",
        ),
        ("language: zh", "language: en", "the file speaks `en`, but its name says `zh`", "write `language: zh`"),
    ] {
        let text = chinese().replace(from, to);
        let text = if message.contains("`bye` of") { text.replace("if_nobody: bye", "if_nobody: end") } else { text };
        let found = problem(&text);
        assert!(
            found.iter().any(|d| d.contains("hotline.zh.yaml") && d.contains(message) && d.contains(fix)),
            "{message}: {found:#?}"
        );
    }
    let found = findings(&[("hotline.yaml", ENGLISH)]);
    assert!(found.iter().any(|d| d.line == 13 && d.message.contains("no file `hotline.zh.yaml`")), "{found:?}");
}

#[test]
fn the_language_changes_within_a_sub_flow() {
    let outer = |language: &str, said: &str| {
        format!(
            "callwright: 1\nflow: a\nlanguage: {language}\nstart: first\nperson: bye\nnodes:\n  first:\n    call: {{ flow: pick, then: tell }}\n  tell:\n    play: {{ say: \"{said}\", then: bye }}\n  bye:\n    hang_up: {{}}\n"
        )
    };
    let inner = "callwright: 1\nflow: pick\nstart: go\nnodes:\n  go:\n    language: { to: zh, then: back }\n  back:\n    return:\n";
    let files =
        [("a.yaml", outer("en", "Hello.")), ("a.zh.yaml", outer("zh", "你好。")), ("pick.yaml", inner.to_owned())];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let flow = flow_of(&files);
    let caller = Caller::calls(&flow);
    assert_eq!(caller.last(), "你好。");
    assert_eq!(caller.path(), ["first", "pick.go", "pick.back", "tell"]);
    replays(&flow, &caller);
}
