//! The real library and the Korean model of `make setup`, listening to a synthetic voice through a telephone's sound.
#![allow(clippy::unwrap_used, reason = "the functions around the tests are tests too")]

mod telephone;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use asr::{Grammar, Model, RecogniserError};
use call_model::Heard;
use engine_vosk::VoskModel;
use telephone::spoken;

fn model() -> &'static VoskModel {
    static MODEL: OnceLock<VoskModel> = OnceLock::new();
    MODEL.get_or_init(|| {
        let folder: PathBuf = match std::env::var_os("CALLWRIGHT_MODEL_KO") {
            Some(folder) => folder.into(),
            None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/ko"),
        };
        VoskModel::load(&folder).expect("the Korean model; run `make setup`")
    })
}

fn listen(phrases: &[&str], sound: &[i16]) -> Heard {
    telephone::listen(model(), "ko", phrases, sound).1
}

/// How many of some phrases are heard right, each by itself in all voices, where all of them are listened for.
fn heard_right(phrases: &[&str]) -> usize {
    let said = phrases.iter().flat_map(|phrase| VOICES.map(|voice| (phrase, voice)));
    said.filter(|(phrase, voice)| listen(phrases, &spoken(phrase, voice)).text == **phrase).count()
}

#[test]
fn menu_choices_are_understood_through_telephone_sound() {
    // Guessing gets 6 of 30.
    let right = heard_right(&["카드 정지", "보험", "계좌 이체", "도움말", "네", "아니요"]);
    assert!(right >= 24, "{right} of 30");
}

#[test]
fn days_and_numbers_are_understood() {
    let right = heard_right(&["월요일", "화요일", "목요일", "오늘", "내일"]);
    assert!(right >= 18, "{right} of 25 days");
    let right = heard_right(&["넷", "일곱", "아홉", "열"]);
    assert!(right >= 14, "{right} of 20 numbers");
}

#[test]
fn yes_and_no_are_never_mistaken_for_each_other() {
    assert_eq!(heard_right(&["네", "아니요"]), 2 * VOICES.len());
}

#[test]
fn the_models_word_for_what_it_does_not_know_comes_as_that_of_all_models() {
    let phrases = ["카드 정지", "상담원"];
    let texts: Vec<String> =
        ["오늘 날씨가 어때요", "택시를 불러 주세요", "영화표를 예매하고 싶어요", "음악을 틀어 주세요"]
            .into_iter()
            .map(|foreign| listen(&phrases, &spoken(foreign, "ko")).text)
            .collect();
    assert!(texts.iter().all(|text| !text.contains('<')), "{texts:?}");
    assert!(!model().knows("<UNK>") && !model().knows("[unk]"));
}

#[test]
fn words_are_pieces_of_korean_and_one_with_a_slip_is_named_with_one_like_it() {
    assert!(model().vocabulary_size().is_some_and(|size| size > 400_000));
    for word in ["상담원", "비밀번호", "맞", "습니다", "일", "요"] {
        assert!(model().knows(word), "{word}");
    }
    let grammar = Grammar::new(["상담웜 연결"]).unwrap();
    let Err(RecogniserError::NotMade(why)) = model().listen(&grammar) else { panic!("it must be refused") };
    assert!(why.contains("\"상담웜\"") && why.contains("did you mean \"상담원\""), "{why}");
}

/// Voices of eSpeak NG. Its Korean is hard to make out: what is said here is what comes through.
const VOICES: [&str; 5] = ["ko", "ko+f2", "ko+m3", "ko+f4", "ko+m7"];
