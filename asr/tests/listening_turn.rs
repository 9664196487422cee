//! One listening turn with a scripted recogniser.

mod scripted;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use asr::{Grammar, Model, Recogniser, RecogniserError, Turn, TurnEvent};
use audio::{Frame, SILENCE};
use call_model::{Heard, Language, ListenEnd, ListenRequest};
use proptest::prelude::*;
use scripted::{Scripted, Seen};

fn request(phrases: &[&str], whole_phrase_ends: bool) -> ListenRequest {
    ListenRequest {
        language: Language::new("en"),
        phrases: phrases.iter().map(|&phrase| phrase.to_owned()).collect(),
        in_sentences: 0,
        synonyms: std::sync::Arc::default(),
        free: false,
        phrase_silence: whole_phrase_ends.then_some(Duration::from_millis(180)),
        end_silence: Duration::from_millis(500),
        max_speech: Duration::from_secs(8),
    }
}

fn turn(request: &ListenRequest, recogniser: Box<dyn Recogniser>) -> Turn {
    let grammar = Grammar::of(request).expect("phrases of a test are clean");
    Turn::new(request, grammar, recogniser)
}

/// A model whose recogniser follows a script, and what it was made for.
struct ScriptedModel {
    words: Vec<(&'static str, u64)>,
    made_for: OnceLock<Vec<String>>,
    seen: Seen,
}

impl Model for ScriptedModel {
    fn knows(&self, _: &str) -> bool {
        true
    }

    fn listen(&self, grammar: &Grammar) -> Result<Box<dyn Recogniser>, RecogniserError> {
        self.made_for.set(grammar.phrases().to_vec()).expect("listened to again once");
        Ok(Box::new(Scripted { words: self.words.clone(), seen: self.seen.clone(), fails_at: None }))
    }
}

/// What a turn hears that makes some words out at first, and other words when it listens again.
fn heard_again(
    phrases: &[&str],
    first: &[(&'static str, u64)],
    then: &[(&'static str, u64)],
) -> (Heard, Arc<ScriptedModel>) {
    let mut request = request(phrases, true);
    request.in_sentences = 2;
    hear_again(&request, first, then)
}

/// The same of any request.
fn hear_again(
    request: &ListenRequest,
    first: &[(&'static str, u64)],
    then: &[(&'static str, u64)],
) -> (Heard, Arc<ScriptedModel>) {
    let model = ScriptedModel { words: then.to_vec(), made_for: OnceLock::new(), seen: Seen::default() };
    let model = Arc::new(model);
    let (recogniser, _) = Scripted::boxed(first);
    let mut turn = turn(request, recogniser).listening_again(model.clone());
    push(&mut turn, 1_000, false);
    push(&mut turn, 800, true);
    let (_, heard) = heard(&push(&mut turn, 2_000, false));
    (heard, model)
}

/// A frame of a hum at the given peak.
fn frame(peak: i16) -> Frame {
    std::array::from_fn(|n| if n / 10 % 2 == 0 { peak } else { -peak })
}

/// Pushes so many milliseconds and gives what was reported, each with the milliseconds pushed by then.
fn push(turn: &mut Turn, milliseconds: u64, voiced: bool) -> Vec<(u64, TurnEvent)> {
    let sound = if voiced { frame(3_000) } else { SILENCE };
    let event = |n: u64| Some((n * 20, turn.push(&sound, voiced).expect("the script does not fail")?));
    (1..=milliseconds / 20).filter_map(event).collect()
}

fn heard(events: &[(u64, TurnEvent)]) -> (u64, Heard) {
    match events.last() {
        Some((at, TurnEvent::Heard(heard))) => (*at, heard.clone()),
        other => panic!("not heard: {other:?}"),
    }
}

#[test]
fn nothing_is_decoded_before_speech_and_the_beginning_of_the_word_is_not_lost() {
    let (recogniser, seen) = Scripted::boxed(&[]);
    let mut turn = turn(&request(&["yes"], true), recogniser);
    assert_eq!(push(&mut turn, 60_000, false), []);
    assert_eq!((seen.decoded_ms(), seen.partials()), (0, 0));
    push(&mut turn, 220, true);
    assert_eq!(seen.decoded_ms(), 300 + 220, "300 ms of pre-roll");
}

#[test]
fn silence_ends_a_turn_with_all_its_words() {
    let (recogniser, seen) = Scripted::boxed(&[("one", 500), ("two", 1_000)]);
    let mut turn = turn(&request(&["one", "two"], false), recogniser);
    push(&mut turn, 1_000, false);
    let mut events = push(&mut turn, 800, true);
    let silence = push(&mut turn, 2_000, false);
    let (at, heard) = heard(&silence);
    events.extend(silence);
    assert_eq!(at, 500);
    assert_eq!((heard.text.as_str(), heard.end, heard.speech_ms), ("one two", ListenEnd::EndOfSpeech, 800));
    let partials: Vec<_> = events.iter().filter(|(_, event)| matches!(event, TurnEvent::Partial(_))).collect();
    assert_eq!(partials.len(), 2, "only changes are told: {partials:?}");
    assert!(seen.partials() < 30);
    assert!(turn.is_over());
    assert_eq!(push(&mut turn, 1_000, true), []);
}

#[test]
fn words_are_placed_in_the_time_of_the_turn() {
    let (recogniser, _) = Scripted::boxed(&[("yes", 480)]);
    let mut turn = turn(&request(&["yes"], false), recogniser);
    push(&mut turn, 2_000, false);
    push(&mut turn, 400, true);
    let (_, heard) = heard(&push(&mut turn, 500, false));
    // Decoding began 300 ms before the first frame of speech, and the filter is 10 ms late.
    assert_eq!((heard.words[0].start_ms, heard.words[0].end_ms), (1_700 + 280 - 10, 1_700 + 480 - 10));
}

#[test]
fn a_whole_phrase_ends_a_turn_after_180_ms() {
    let (recogniser, _) = Scripted::boxed(&[("billing", 600)]);
    let mut turn = turn(&request(&["billing", "sales"], true), recogniser);
    push(&mut turn, 1_000, false);
    push(&mut turn, 500, true);
    let (at, heard) = heard(&push(&mut turn, 2_000, false));
    assert!((180..=220).contains(&at), "{at}");
    assert_eq!((heard.text.as_str(), heard.end), ("billing", ListenEnd::WholePhrase));
}

#[test]
fn a_word_that_comes_late_from_the_engine_still_ends_the_turn_early() {
    let (recogniser, _) = Scripted::boxed(&[("billing", 1_080)]);
    let mut turn = turn(&request(&["billing", "sales"], true), recogniser);
    push(&mut turn, 1_000, false);
    push(&mut turn, 500, true);
    let (at, heard) = heard(&push(&mut turn, 2_000, false));
    assert!((300..=340).contains(&at), "{at}");
    assert_eq!(heard.end, ListenEnd::WholePhrase);
}

#[test]
fn a_phrase_that_a_longer_one_begins_with_waits() {
    for (phrases, whole) in [(&["pay", "pay my bill"][..], true), (&["pay", "sales"][..], false)] {
        let (recogniser, _) = Scripted::boxed(&[("pay", 600)]);
        let mut turn = turn(&request(phrases, whole), recogniser);
        push(&mut turn, 500, true);
        let (at, heard) = heard(&push(&mut turn, 2_000, false));
        assert_eq!((at, heard.end), (500, ListenEnd::EndOfSpeech));
    }
}

#[test]
fn speech_without_end_is_too_long() {
    let (recogniser, _) = Scripted::boxed(&[("one", 500)]);
    let mut turn = turn(&request(&["one"], true), recogniser);
    let (at, heard) = heard(&push(&mut turn, 20_000, true));
    assert_eq!((at, heard.end, heard.text.as_str()), (8_000, ListenEnd::TooLong, "one"));
}

#[test]
fn speech_in_which_nothing_is_made_out_is_heard_as_nothing() {
    let (recogniser, _) = Scripted::boxed(&[]);
    let mut turn = turn(&request(&["one"], true), recogniser);
    push(&mut turn, 60, true);
    let (at, heard) = heard(&push(&mut turn, 2_000, false));
    assert_eq!((at, heard.text.as_str(), heard.speech_ms), (500, "", 60));
    assert!(heard.words.is_empty());
}

#[test]
fn speech_shorter_than_it_takes_to_learn_its_level_is_decoded_all_the_same() {
    let (recogniser, seen) = Scripted::boxed(&[("yes", 300)]);
    let mut short = request(&["yes"], false);
    short.end_silence = Duration::from_millis(100);
    let mut turn = turn(&short, recogniser);
    push(&mut turn, 1_000, false);
    push(&mut turn, 60, true);
    let (at, heard) = heard(&push(&mut turn, 1_000, false));
    assert_eq!((at, heard.text.as_str()), (100, "yes"));
    assert_eq!(seen.decoded_ms(), 300 + 60 + 100 + 20);
}

#[test]
fn quiet_speech_is_raised_from_its_first_sample() {
    let (recogniser, seen) = Scripted::boxed(&[]);
    let mut turn = turn(&request(&["yes"], false), recogniser);
    for _ in 0..11 {
        turn.push(&frame(500), true).unwrap();
    }
    // -36 dBFS to -20 dBFS, with the ringing of the filter at the edges of the square.
    assert!((3_000..5_200).contains(&seen.loudest()), "{}", seen.loudest());
}

#[test]
fn a_failing_engine_ends_the_turn_once() {
    let seen = Seen::default();
    let recogniser = Scripted { words: vec![], seen, fails_at: Some(400) };
    let mut turn = turn(&request(&["yes"], true), Box::new(recogniser));
    let mut failures = 0;
    for _ in 0..200 {
        match turn.push(&frame(3_000), true) {
            Ok(event) => assert_eq!(event, None),
            Err(RecogniserError::Failed(why)) => {
                failures += 1;
                assert_eq!(why, "the script says so");
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(failures, 1);
    assert!(turn.is_over());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_turn_with_speech_is_heard_exactly_once(
        flags in proptest::collection::vec(any::<bool>(), 0..300), whole in any::<bool>(), after in any::<bool>(),
    ) {
        let (recogniser, _) = Scripted::boxed(&[("one", 400), ("two", 2_000)]);
        let mut turn = turn(&request(&["one", "two", "one two"], whole), recogniser);
        let mut ends = 0;
        for voiced in flags.into_iter().chain([true]).chain(std::iter::repeat_n(after, 401)) {
            if let Some(TurnEvent::Heard(_)) = turn.push(&frame(3_000), voiced).unwrap() {
                ends += 1;
            }
        }
        prop_assert_eq!(ends, 1);
    }
}

const FRAUD_AND_LOAN: [&str; 3] = ["report a fraud", "apply for a loan", "agent"];

#[test]
fn phrases_that_were_mixed_up_are_heard_once_more_by_themselves() {
    let (heard, model) = heard_again(
        &FRAUD_AND_LOAN,
        &[("report", 500), ("a", 600), ("loan", 900)],
        &[("[unk]", 400), ("report", 500), ("a", 600), ("fraud", 900)],
    );
    assert_eq!((heard.text.as_str(), heard.said().as_ref()), ("report a loan", "[unk] report a fraud"));
    assert_eq!(model.made_for.get().unwrap(), &["report a fraud"]);
    assert_eq!(model.seen.decoded_ms(), 300 + 800 + 500 + 20, "the same sound");
    // 1 s of silence, of which 300 ms are decoded; the filter is 10 ms late.
    let again = heard.again.unwrap();
    assert_eq!((again[1].start_ms, again[1].end_ms), (700 + 300 - 10, 700 + 500 - 10));
}

#[test]
fn what_was_clear_is_not_heard_again() {
    for first in [&[("report", 500), ("a", 600), ("fraud", 900)][..], &[("agent", 600)], &[("[unk]", 600)]] {
        let (heard, model) = heard_again(&FRAUD_AND_LOAN, first, &[("report", 500), ("a", 600), ("fraud", 900)]);
        assert_eq!(heard.again, None, "{}", heard.text);
        assert_eq!(model.seen.decoded_ms(), 0, "{}", heard.text);
    }
}

#[test]
fn a_second_listening_that_makes_no_phrase_out_says_nothing() {
    let first = [("report", 500), ("a", 600), ("loan", 900)];
    let (heard, model) = heard_again(&FRAUD_AND_LOAN, &first, &[("report", 500), ("[unk]", 900)]);
    assert_eq!((heard.again.as_deref(), heard.said().as_ref()), (Some(&[][..]), "report a loan"));
    assert!(model.seen.decoded_ms() > 0);
}

#[test]
fn a_string_with_a_synonym_is_heard_once_more_without_it() {
    let request = ListenRequest {
        synonyms: Arc::new([("oh".to_owned(), "zero".to_owned())]),
        ..request(&["one oh", "oh", "one", "four", "zero"], false)
    };
    let (heard, model) = hear_again(&request, &[("one", 400), ("oh", 800)], &[("one", 400), ("four", 800)]);
    assert_eq!(model.made_for.get().unwrap(), &["four", "one", "one zero", "zero"]);
    assert_eq!((heard.said().as_ref(), &heard.again), ("one oh", &None));
    assert_eq!(heard.heard_without_synonyms().unwrap().text, "one four");
    let (heard, model) = hear_again(&request, &[("one", 400), ("four", 800)], &[("one", 400)]);
    assert_eq!((heard.without_synonyms, model.seen.decoded_ms()), (None, 0), "nothing is in doubt");
}

#[test]
fn a_long_word_in_a_short_sound_waits_where_callers_speak_in_sentences() {
    for (word, milliseconds, end) in [
        ("operator", 340, ListenEnd::EndOfSpeech),
        ("operator", 500, ListenEnd::WholePhrase),
        ("agent", 340, ListenEnd::WholePhrase),
    ] {
        let mut request = request(&["report a fraud", word], true);
        request.in_sentences = 1;
        let (recogniser, _) = Scripted::boxed(&[(word, 400)]);
        let mut turn = turn(&request, recogniser);
        push(&mut turn, 1_000, false);
        push(&mut turn, milliseconds, true);
        let (_, heard) = heard(&push(&mut turn, 2_000, false));
        assert_eq!(heard.end, end, "{word} in {milliseconds} ms");
    }
}

/// A model of a few words, which listens to nothing else.
struct FewWords(&'static [&'static str]);

impl Model for FewWords {
    fn knows(&self, word: &str) -> bool {
        self.0.contains(&word)
    }

    fn listen(&self, grammar: &Grammar) -> Result<Box<dyn Recogniser>, RecogniserError> {
        if grammar.words().iter().any(|word| !self.knows(word)) {
            return Err(RecogniserError::NotMade("a word is not known".to_owned()));
        }
        // What is listened for is what is heard.
        let words = grammar.phrases().iter().map(|phrase| (&*phrase.clone().leak(), 100)).collect();
        Ok(Box::new(Scripted { words, seen: Seen::default(), fails_at: None }))
    }
}

#[test]
fn what_a_model_does_not_know_is_not_listened_for() {
    let model: Arc<dyn Model> = Arc::new(FewWords(&["north", "wind", "招商", "银行"]));
    let open = |phrases: &[&str]| Turn::open(&request(phrases, false), &model);
    let cases: [(&[&str], &str, usize); 3] = [
        (&["north wind", "north müller"], "north wind", 1),
        (&["招商银行", "招商局"], "招商 银行", 1),
        (&["north", "wind"], "north wind", 0),
    ];
    for (phrases, listened_for, left_out) in cases {
        let (mut turn, left) = open(phrases).unwrap();
        push(&mut turn, 500, true);
        let (_, heard) = heard(&push(&mut turn, 2_000, false));
        assert_eq!((heard.text.as_str(), left), (listened_for, left_out));
    }
    assert!(open(&["müller", "mülller"]).is_err(), "there is nothing to listen for");
}
