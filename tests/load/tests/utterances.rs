//! What the measurements speak can be read, and its flows are right: without a model, and so in Chinese as well.
#![cfg(feature = "speech")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ivr_flows::scripted::VirtualCall;
use ivr_flows::{FilesInMemory, Flow, Start};
use load_generator::flows::Sentences;
use load_generator::wordings::Wordings;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("utterances").join(name)
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn flow(path: &Path) -> Flow {
    let files = FilesInMemory::new().with("flow.yaml", &read(path));
    Flow::load("flow.yaml", &files, None).unwrap_or_else(|found| panic!("{}: {found:?}", path.display()))
}

#[test]
fn every_sentence_typed_to_its_form_fills_what_its_line_says() {
    let mut missed = Vec::new();
    for name in ["slots", "slots-fitting", "zh", "ko"] {
        let sentences = Sentences::read(&read(&folder(name).join("sentences.txt"))).unwrap();
        for sentence in sentences.list() {
            let form = flow(&folder(name).join(format!("{}.yaml", sentence.trade)));
            let filled = typed(form, &sentence.words);
            if filled != sentence.slots {
                missed.push(format!("{name} {}: {:?} instead of {:?}", sentence.words, filled, sentence.slots));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// The slots that a typed sentence fills.
fn typed(flow: Flow, words: &str) -> BTreeMap<String, String> {
    let start = Start { local: Some(load_generator::flows::CLOCK.parse().expect("a time")), ..Start::default() };
    let mut call = VirtualCall::new(flow.into(), start, std::time::Instant::now());
    while call.is_busy() && call.step(std::time::Duration::from_secs(60)) {}
    assert!(call.speak(words));
    load_generator::flows::filled(call.events())
}

#[test]
fn wordings_of_menus_name_the_choices_of_the_flow_beside_them() {
    for name in ["bank", "telecom", "zh/bank", "ko/bank"] {
        let wordings = Wordings::read(&read(&folder(&format!("{name}.txt")))).unwrap();
        flow(&folder(&format!("{name}.yaml")));
        let yaml = read(&folder(&format!("{name}.yaml")));
        for utterance in wordings.utterances(100) {
            let Some(intent) = utterance.intent else { continue };
            assert!(yaml.contains(&format!("\n        {intent}: {{ hear:")), "{name} has no {intent}");
        }
    }
}
