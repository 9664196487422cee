//! The real library and model, listening to a synthetic voice through a telephone's sound.
//!
//! `make setup` brings both. Without them these tests fail; without the feature `libvosk` they are not built.
#![allow(clippy::unwrap_used, reason = "the functions around the tests are tests too")]

mod telephone;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use asr::{Grammar, Model, RecogniserError};
use audio::RATE;
use call_model::{Heard, ListenEnd};
use engine_vosk::{LoadError, VoskModel};

fn folder() -> PathBuf {
    match std::env::var_os("CALLWRIGHT_MODEL_EN") {
        Some(folder) => folder.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/en"),
    }
}

fn model() -> &'static VoskModel {
    static MODEL: OnceLock<VoskModel> = OnceLock::new();
    MODEL.get_or_init(|| VoskModel::load(&folder()).expect("the English model; run `make setup`"))
}

fn spoken(text: &str) -> Vec<i16> {
    telephone::spoken(text, "en-us")
}

fn listen(phrases: &[&str], sound: &[i16]) -> (Vec<String>, Heard) {
    telephone::listen(model(), "en", phrases, sound)
}

#[test]
fn a_menu_choice_is_understood_through_telephone_sound() {
    let phrases = ["my bill", "what do i owe", "complain about your staff"];
    for phrase in phrases {
        let (partials, heard) = listen(&phrases, &spoken(phrase));
        assert_eq!(heard.text, phrase);
        assert_eq!(heard.end, ListenEnd::EndOfSpeech);
        assert!(partials.iter().any(|partial| phrase.starts_with(partial.as_str())), "{partials:?}");
    }
}

#[test]
fn words_carry_their_times_since_the_turn_began() {
    let (_, heard) = listen(&["what do i owe"], &spoken("what do i owe"));
    let first = heard.words.first().unwrap();
    let last = heard.words.last().unwrap();
    // One second of silence comes before the sentence.
    assert!((900..1_300).contains(&first.start_ms), "{first:?}");
    assert!(last.end_ms > first.end_ms && last.end_ms < 2_600, "{last:?}");
    assert!(heard.words.iter().all(|word| word.end_ms > word.start_ms && word.confidence > 0.0));
}

#[test]
fn a_sentence_of_digits_comes_through_a_grammar_of_digits() {
    let digits = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    // The voice's "seven" is not understood in telephone sound, whatever its speed; people's is.
    let (_, heard) = listen(&digits, &spoken("four, two, five, nine, three."));
    assert_eq!(heard.text, "four two five nine three");
}

#[test]
fn something_else_is_unknown() {
    let (_, heard) = listen(&["my bill", "an agent"], &spoken("the elephants walked over the mountain"));
    assert!(heard.text.contains("[unk]"), "{}", heard.text);
}

#[test]
fn a_long_pause_within_a_turn_loses_no_words() {
    let grammar = Grammar::new(["my bill", "an agent"]).unwrap();
    let mut recogniser = model().listen(&grammar).unwrap();
    let sound = [spoken("my bill"), vec![0; 2 * RATE as usize], spoken("an agent")].concat();
    let wide = audio::resample_all(&sound, RATE, engine_vosk::RATE);
    let mut longest = String::new();
    for chunk in wide.chunks(320) {
        recogniser.push(chunk).unwrap();
        let partial = recogniser.partial().unwrap();
        longest = if partial.len() >= longest.len() { partial } else { longest };
    }
    let words = recogniser.finish().unwrap();
    let text: Vec<&str> = words.iter().map(|word| word.word.as_str()).collect();
    assert_eq!(text, ["my", "bill", "an", "agent"]);
    assert_eq!(longest, "my bill an agent");
    assert!(words.windows(2).all(|pair| pair[0].end_ms <= pair[1].start_ms), "{words:?}");
    assert!(words[2].start_ms > 4_500, "{words:?}");
}

#[test]
fn a_word_that_the_model_does_not_know_is_named_with_one_like_it() {
    let grammar = Grammar::new(["my bill", "my complainte"]).unwrap();
    let Err(RecogniserError::NotMade(why)) = model().listen(&grammar) else { panic!("it must be refused") };
    assert!(why.contains("\"complainte\"") && why.contains("\"my complainte\""), "{why}");
    assert!(why.contains("did you mean \"complaint"), "{why}");
    assert!(model().vocabulary_size().is_some_and(|size| size > 100_000));
}

#[test]
fn only_words_that_can_be_said_are_known() {
    assert!(model().knows("bill"));
    assert!(model().knows("o'clock"));
    for mark in ["<eps>", "<s>", "#0", "[unk]", "!SIL", "", "zzyzxq", "a\0b", "bill\""] {
        assert!(!model().knows(mark), "{mark:?}");
    }
}

#[test]
fn many_callers_listen_at_once_on_one_model() {
    let sound = Arc::new(spoken("an agent"));
    let threads: Vec<_> = (0..6)
        .map(|_| {
            let sound = Arc::clone(&sound);
            std::thread::spawn(move || listen(&["my bill", "an agent"], &sound).1.text)
        })
        .collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), "an agent");
    }
}

#[test]
fn silence_and_nothing_at_all_give_no_words() {
    let grammar = Grammar::new(["my bill"]).unwrap();
    let mut silent = model().listen(&grammar).unwrap();
    silent.push(&vec![0; 16_000]).unwrap();
    assert_eq!(silent.partial().unwrap(), "");
    assert_eq!(silent.finish().unwrap(), []);
    let mut nothing = model().listen(&grammar).unwrap();
    nothing.push(&[]).unwrap();
    assert_eq!(nothing.finish().unwrap(), []);
}

#[test]
fn a_folder_that_is_no_model_is_refused_before_the_library_sees_it() {
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(VoskModel::load(empty.path()), Err(LoadError::NoModel { .. })));
}

#[test]
fn a_model_cut_short_is_refused_by_the_library() {
    let copy = tempfile::tempdir().unwrap();
    copy_folder(&folder(), copy.path());
    let cut = copy.path().join("am/final.mdl");
    let whole = fs::read(&cut).unwrap();
    fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    assert!(matches!(VoskModel::load(copy.path()), Err(LoadError::Refused { .. })));
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).expect("the English model; run `make setup`") {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
