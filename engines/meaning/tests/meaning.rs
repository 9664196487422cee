//! The real model on the real runtime.
//!
//! `make setup` brings both. Without them these tests fail; without the feature `onnx` they are not built.

use std::path::Path;
use std::sync::Arc;

use call_model::Language;
use engine_meaning::{MeaningConfig, MeaningError, MeaningModel};
use ivr_flows::{IntentModel, SentenceMeaning};

fn config() -> MeaningConfig {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let config = MeaningConfig::default();
    MeaningConfig { folder: root.join(&config.folder), runtime: root.join(&config.runtime) }
}

fn model() -> MeaningModel {
    MeaningModel::load(&config()).expect("the English model of meaning; run `make setup`")
}

fn likeness(one: &[f32], two: &[f32]) -> f64 {
    one.iter().zip(two).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

#[test]
fn what_means_the_same_is_near_whatever_its_words() {
    let model = model();
    let place = |sentence| model.place(sentence).unwrap();
    let bill = place("why is the amount so high");
    assert_eq!(bill.len(), 384);
    assert!((likeness(&bill, &bill) - 1.0).abs() < 1e-4);
    let alike = likeness(&bill, &place("my invoice looks far too large"));
    let foreign = likeness(&bill, &place("the cat sleeps on the sofa"));
    assert!(alike > foreign + 0.25, "{alike} {foreign}");
}

#[test]
fn a_sentence_has_the_same_place_every_time_whatever_came_before() {
    let (one, two) = (model(), model());
    let sentence = "I'd like to cancel, please!";
    let first = one.place(sentence).unwrap();
    one.place(&"words without an end ".repeat(200)).unwrap();
    assert_eq!(one.place(sentence).unwrap(), first);
    assert_eq!(two.place(sentence).unwrap(), first);
    assert_eq!(two.vector_of_example(sentence), Some(first.clone()));
    assert_eq!(two.vector_of_example(sentence), Some(first));
}

#[test]
fn any_text_has_a_place() {
    let model = model();
    for sentence in ["", " ", "\u{0}", "您好，我要查话费", "🙂🙂", "a\u{301}\u{200d}", &"x".repeat(100_000)]
    {
        let place = model.place(sentence).unwrap();
        assert!((likeness(&place, &place) - 1.0).abs() < 1e-4, "{sentence:?}");
    }
}

const EXAMPLES: &[(usize, &str)] = &[
    (0, "how much is my bill this month"),
    (0, "when do i have to pay"),
    (0, "why is the amount so high"),
    (1, "your employee was rude to me"),
    (1, "i am not happy with your service"),
    (1, "nobody ever calls me back"),
    (2, "my internet is not working"),
    (2, "the connection is down again"),
    (2, "i have no signal at home"),
];

#[test]
fn an_intent_is_found_that_has_no_word_of_its_examples() {
    let english = Language::new("en");
    let meaning: Arc<dyn SentenceMeaning> = Arc::new(model());
    let with = IntentModel::train(EXAMPLES, &english, Some(meaning)).unwrap();
    let without = IntentModel::train(EXAMPLES, &english, None).unwrap();
    for (sentence, intent) in [
        ("those charges seem excessive", 0),
        ("the lady on the phone insulted me", 1),
        ("websites will not load anymore", 2),
    ] {
        let guess = with.classify(sentence).unwrap();
        let before = without.classify(sentence).map_or(0.0, |guess| guess.probability);
        assert_eq!(guess.best, intent, "{sentence}: {guess:?}");
        assert!(guess.probability > 0.45, "{sentence}: {guess:?}");
        assert!(guess.probability > before, "{sentence}: {guess:?}, by words {before}");
    }
    for foreign in ["who won the football match last night", "my dog has eaten the carpet"] {
        let probability = with.classify(foreign).map_or(0.0, |guess| guess.probability);
        assert!(probability < 0.45, "{foreign}: {probability}");
    }
}

const UNIGRAM: &str = r#"{ "model": { "type": "Unigram", "vocab": [["a", -1.5]] } }"#;

#[test]
fn what_is_no_model_is_refused_by_name() {
    let nothing = MeaningModel::load(&MeaningConfig { folder: "/no/such/folder".into(), ..config() }).unwrap_err();
    assert!(nothing.to_string().contains("make setup"), "{nothing}");
    let given = config().folder;
    let voice = std::fs::read(given.join("../voice-en/en_US-joe-medium.onnx")).expect("the voice; run `make setup`");
    let cases: [(&str, &[u8], &str); 4] = [
        ("tokenizer.json", b"{", "EOF"),
        ("tokenizer.json", UNIGRAM.as_bytes(), "Unigram"),
        ("model.onnx", b"<html>", "model.onnx"),
        ("model.onnx", &voice, "input_ids"),
    ];
    for (file, content, told) in cases {
        let copy = tempfile::tempdir().unwrap();
        for name in ["model.onnx", "tokenizer.json"] {
            std::fs::copy(given.join(name), copy.path().join(name)).unwrap();
        }
        std::fs::write(copy.path().join(file), content).unwrap();
        let error = MeaningModel::load(&MeaningConfig { folder: copy.path().to_owned(), ..config() }).unwrap_err();
        assert!(matches!(&error, MeaningError::Unusable { path, .. } if path.ends_with(file)), "{file}: {error}");
        assert!(error.to_string().contains(told), "{file}: {error}");
    }
}
