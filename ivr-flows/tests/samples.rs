//! The sample flows are right, and their dialogues go as they read.
#![allow(clippy::disallowed_methods)]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use call_model::Disposition;
use ivr_flows::{FileKind, FileSource, Flow, Severity, Start, check_sub_flow};
use support::Caller;

struct Folder(PathBuf);

impl FileSource for Folder {
    fn read(&self, path: &str) -> Option<String> {
        std::fs::read_to_string(self.0.join(path)).ok()
    }

    fn exists(&self, path: &str) -> bool {
        self.0.join(path).is_file()
    }
}

fn sample(folder: &str, file: &str) -> Arc<Flow> {
    let files = Folder(Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples").join(folder));
    match Flow::load(file, &files, None) {
        Ok(flow) => {
            assert!(flow.warnings().is_empty(), "{:#?}", flow.warnings());
            Arc::new(flow)
        }
        Err(found) => panic!("{}", found.iter().map(|d| format!("{d}\n")).collect::<String>()),
    }
}

#[test]
fn the_hotline_tells_a_balance() {
    let flow = sample("hotline", "hotline.yaml");
    let mut caller = Caller::calls(&flow);
    caller.says("[unk] [unk] my bill [unk]").hears_out().says("one two three").says("yes");
    caller.answers(200, r#"{"amount": 42.1}"#).hears_out();
    assert_eq!(caller.last(), "You owe 42 dollars and 10 cents.");
    caller.hears_out().says("no thank you").hears_all();
    assert_eq!(caller.hung_up, Some(Some(Disposition::SelfServed)));
}

#[test]
fn the_hotline_hands_over_with_what_it_knows() {
    let flow = sample("hotline", "hotline.yaml");
    let mut caller = Caller::calls(&flow);
    caller.says("my bill").presses("123").presses("1").answers(500, "").hears_all();
    assert_eq!(caller.queued, Some(("service".into(), "bill enquiry, account one two three".into())));
    let mut caller = Caller::calls(&flow);
    caller.says("make a complaint").hears_all();
    assert_eq!(caller.queued, Some(("service".into(), "complaint".into())));
}

#[test]
fn the_chinese_hotline_has_the_same_nodes_and_understands() {
    let flow = sample("hotline", "hotline.zh.yaml");
    let mut caller = Caller::calls(&flow);
    caller.says("[unk] 我 的 账单").hears_out().says("幺 二 三");
    assert_eq!(caller.last(), "您的账号是一 二 三，对吗？");
    caller.says("对").answers(200, r#"{"amount": 42.1}"#).hears_out();
    assert_eq!(caller.last(), "您欠费四十二元一角。");
    caller.hears_out().says("没有 了").hears_all();
    assert_eq!(caller.hung_up, Some(Some(Disposition::SelfServed)));
    let english = sample("hotline", "hotline.yaml");
    let mut caller = Caller::calls(&english);
    caller.presses("1123").presses("1").answers(200, r#"{"amount": 1}"#).hears_out().hears_out().presses("2");
    let mut chinese = Caller::calls(&flow);
    chinese.presses("1123").presses("1").answers(200, r#"{"amount": 1}"#).hears_out().hears_out().presses("2");
    assert_eq!(caller.path(), chinese.path());
}

#[test]
fn the_campaign_hands_over_every_yes_and_remembers_every_never_again() {
    let flow = sample("campaign", "campaign.yaml");
    let start = Start { variables: [("name".to_owned(), "Ann".to_owned())].into(), ..Start::default() };
    let mut called = Caller::calls_with(&flow, start);
    called.says("yes please").hears_all();
    assert_eq!(called.queued, Some(("service".into(), "interested in the new price, Ann".into())));
    for (words, disposition) in [
        ("no thank you", Disposition::NotInterested),
        ("i am not interested", Disposition::NotInterested),
        ("[unk] never call me again", Disposition::DoNotCall),
        ("take me off your list [unk]", Disposition::DoNotCall),
        ("stop calling me", Disposition::DoNotCall),
    ] {
        let mut called = Caller::calls(&flow);
        called.says(words).hears_all();
        assert_eq!(called.hung_up, Some(Some(disposition)), "{words}");
    }
}

#[test]
fn every_file_of_a_sample_is_known_for_what_it_is_and_sub_flows_are_right_by_themselves() {
    for folder in ["trades", "trades-zh"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples").join(folder);
        let mut kinds = BTreeMap::new();
        for entry in std::fs::read_dir(&path).expect("the folder is there") {
            let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
            if !name.ends_with(".yaml") {
                continue;
            }
            let kind = FileKind::of(&std::fs::read_to_string(path.join(&name)).expect("a text"));
            if kind == FileKind::SubFlow {
                let found = check_sub_flow(&name, &Folder(path.clone()), None);
                let wrong: Vec<String> =
                    found.iter().filter(|found| found.severity == Severity::Error).map(ToString::to_string).collect();
                assert!(wrong.is_empty(), "{folder}/{name}: {wrong:#?}");
            }
            kinds.insert(name, kind);
        }
        let of = |name: &str| kinds.get(name).copied();
        assert_eq!(of("bank.yaml"), Some(FileKind::Flow));
        assert_eq!(of("verify_caller.yaml"), Some(FileKind::SubFlow));
        assert_eq!([of("services.yaml"), of("hours.yaml")], [Some(FileKind::Beside); 2]);
    }
}
