//! Korean callers, heard by the Korean model of `make setup` through a telephone's sound, in flows that it knows the words
//! of.
#![cfg(feature = "speech")]
#![allow(clippy::unwrap_used, reason = "the functions around the tests are tests too")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use call_model::{CallEvent, Language};
use ivr_flows::{FilesInMemory, Flow, Severity, Start, Vocabulary, check_files};
use load_generator::dialogue::{Dialogue, Ears};
use load_generator::flows::{CLOCK, filled};
use load_generator::voices::{Speaker, Voice};

fn ears() -> &'static Ears {
    static EARS: OnceLock<Ears> = OnceLock::new();
    EARS.get_or_init(|| Ears::load(&root().join("models/ko"), "ko").expect("the Korean model; run `make setup`"))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join("tests/load/utterances/ko").join(name)).unwrap()
}

fn flow(yaml: &str) -> Arc<Flow> {
    let files = FilesInMemory::new().with("flow.yaml", yaml);
    Arc::new(Flow::load("flow.yaml", &files, Some(ears())).unwrap_or_else(|found| panic!("{found:?}")))
}

/// What happens when one voice after another says some sentences in a new call.
fn calls(flow: &Arc<Flow>, sentences: &[&str]) -> Vec<Vec<CallEvent>> {
    VOICES
        .into_iter()
        .map(|voice| {
            let start = Start { local: Some(CLOCK.parse().unwrap()), ..Start::default() };
            let mut dialogue = Dialogue::new(flow.clone(), start, ears());
            let mut speaker = Speaker::new(None);
            let said = sentences.iter().map(|words| speaker.says(words, &Voice::read(voice)).unwrap());
            said.flat_map(|said| dialogue.turn(&said.frames).unwrap()).collect()
        })
        .collect()
}

fn intents(events: &[CallEvent]) -> Vec<&str> {
    let intents = events.iter().filter_map(|event| match event {
        CallEvent::IntentFound { intent, .. } => Some(intent.as_str()),
        _ => None,
    });
    intents.collect()
}

#[test]
fn a_korean_menu_hears_what_callers_choose() {
    let menu = flow(&read("bank.yaml"));
    for (said, intent) in [("카드 정지", "card"), ("이사했어요", "address"), ("계좌 이체", "transfer")] {
        let right = calls(&menu, &[said]).iter().filter(|events| intents(events) == [intent]).count();
        assert!(right >= 3, "{said}: {right} of {} voices", VOICES.len());
    }
}

#[test]
fn a_korean_question_hears_days() {
    let question = flow(&QUESTION.replace("READ_BACK", ""));
    let days = [
        ("월요일", "2027-05-10"),
        ("화요일", "2027-05-11"),
        ("목요일", "2027-05-06"),
        ("다음 주 월요일", "2027-05-10"),
    ];
    let right = days.into_iter().flat_map(|(said, day)| {
        let calls = calls(&question, &[said]);
        calls.into_iter().filter(move |events| filled(events).get("day").is_some_and(|found| found == day))
    });
    let right = right.count();
    assert!(right >= 10, "{right} of {} days", days.len() * VOICES.len());
}

#[test]
fn a_korean_yes_takes_what_was_asked_back_and_a_no_does_not() {
    let question = flow(&QUESTION.replace("READ_BACK", "read_back: \"{{ day }}, 맞습니까?\", "));
    let taken = |answer: &str| {
        let calls = calls(&question, &["목요일", answer]);
        calls.iter().filter(|events| events.iter().any(|event| matches!(event, CallEvent::SlotFilled { .. }))).count()
    };
    let yes = taken("네");
    assert!(yes >= 3, "{yes} of {}", VOICES.len());
    assert_eq!(taken("아니요"), 0);
}

#[test]
fn a_word_with_a_slip_is_an_error_that_names_the_one_that_was_meant() {
    let yaml = read("bank.yaml").replace("잔액 확인", "상담웜 연결");
    let files = FilesInMemory::new().with("flow.yaml", &yaml);
    let found = check_files("flow.yaml", &files, Some(ears()));
    let errors: Vec<String> =
        found.iter().filter(|found| found.severity == Severity::Error).map(ToString::to_string).collect();
    assert!(errors.len() == 1 && errors[0].contains("상담웜") && errors[0].contains("상담원"), "{errors:?}");
    assert!(ears().knows(&Language::new("ko"), "상담원"));
}

const QUESTION: &str = "\
callwright: 1
flow: table
language: ko
start: day
person: desk
nodes:
  day:
    ask: { slot: day, type: date, in_the: future, READ_BACKsay: \"언제 오시나요?\", then: bye }
  bye:
    hang_up: { say: \"안녕히 가세요.\" }
  desk:
    queue: { name: service, if_nobody: bye }
";
const VOICES: [&str; 5] = ["ko 150", "ko+f2 150", "ko+m3 145", "ko+f4 155", "ko+m7 150"];
