//! The messages between the server and its recogniser processes.

use std::time::Duration;

use asr::wire::{Decoder, FromWorker, MOST_BYTES, Message, ToWorker, Unknown, WireError, Work};
use call_model::{Heard, HeardWord, Language, ListenEnd, ListenRequest};
use proptest::collection::vec;
use proptest::prelude::*;

fn request() -> impl Strategy<Value = ListenRequest> {
    (
        "[a-z]{2}(-[A-Z]{2})?",
        vec(".{0,20}", 0..20),
        any::<u32>(),
        vec((".{0,9}", ".{0,9}"), 0..3),
        any::<bool>(),
        proptest::option::of(any::<u32>()),
        any::<u32>(),
        any::<u32>(),
    )
        .prop_map(|(language, phrases, in_sentences, synonyms, free, phrase, end, most)| ListenRequest {
            language: Language::new(&language),
            phrases: phrases.into(),
            in_sentences,
            synonyms: synonyms.into(),
            free,
            phrase_silence: phrase.map(|ms| Duration::from_millis(u64::from(ms))),
            end_silence: Duration::from_millis(u64::from(end)),
            max_speech: Duration::from_millis(u64::from(most)),
        })
}

fn to_worker() -> impl Strategy<Value = ToWorker> {
    prop_oneof![
        (any::<u64>(), request()).prop_map(|(turn, request)| ToWorker::Open { turn, request }),
        (any::<u64>(), any::<bool>(), vec(any::<i16>(), 160)).prop_map(|(turn, voiced, samples)| ToWorker::Sound {
            turn,
            voiced,
            frame: samples.try_into().expect("160 samples"),
        }),
        any::<u64>().prop_map(|turn| ToWorker::Close { turn }),
        any::<u64>().prop_map(|request| ToWorker::HowAreYou { request }),
        (any::<u64>(), "[a-z]{2}", vec(".{0,9}", 0..9)).prop_map(|(request, language, words)| ToWorker::Knows {
            request,
            language: Language::new(&language),
            words,
        }),
    ]
}

fn heard() -> impl Strategy<Value = Heard> {
    let word = (".{0,9}", 0f32..=1.0, any::<u32>(), any::<u32>())
        .prop_map(|(word, confidence, start_ms, end_ms)| HeardWord { word, confidence, start_ms, end_ms });
    let end = prop_oneof![Just(ListenEnd::EndOfSpeech), Just(ListenEnd::WholePhrase), Just(ListenEnd::TooLong)];
    (
        ".{0,30}",
        vec(word.clone(), 0..9),
        proptest::option::of(vec(word.clone(), 0..3)),
        proptest::option::of(vec(word, 0..3)),
        proptest::option::of(".{0,30}"),
        any::<u32>(),
        end,
    )
        .prop_map(|(text, words, again, without_synonyms, free, speech_ms, end)| Heard {
            text,
            words,
            again,
            without_synonyms,
            free,
            speech_ms,
            end,
        })
}

fn from_worker() -> impl Strategy<Value = FromWorker> {
    let unknown = (".{0,9}", proptest::option::of(".{0,9}")).prop_map(|(word, nearest)| Unknown { word, nearest });
    prop_oneof![
        vec("[a-z]{2}", 0..4)
            .prop_map(|tags| FromWorker::Ready { languages: tags.iter().map(|tag| Language::new(tag)).collect() }),
        (any::<u64>(), ".{0,30}").prop_map(|(turn, text)| FromWorker::Partial { turn, text }),
        (any::<u64>(), heard()).prop_map(|(turn, heard)| FromWorker::Heard { turn, heard }),
        (any::<u64>(), ".{0,30}").prop_map(|(turn, why)| FromWorker::Failed { turn, why }),
        any::<[u64; 4]>().prop_map(|[request, busy_us, free_busy_us, free_speech_ms]| FromWorker::Doing {
            request,
            work: Work { busy_us, free_busy_us, free_speech_ms },
        }),
        (any::<u64>(), vec(unknown, 0..6)).prop_map(|(request, unknown)| FromWorker::Known { request, unknown }),
    ]
}

/// Sends messages as one stream of bytes, cut into pieces of the given sizes over and over.
fn sent<M: Message>(messages: &[M], pieces: &[usize]) -> Vec<M> {
    let mut stream = Vec::new();
    messages.iter().for_each(|message| message.encode(&mut stream));
    let mut decoder = Decoder::new();
    let mut received = Vec::new();
    let mut rest = stream.as_slice();
    for &piece in pieces.iter().cycle() {
        let (now, later) = rest.split_at(piece.min(rest.len()));
        decoder.feed(now);
        while let Some(message) = decoder.message().expect("whole messages") {
            received.push(message);
        }
        rest = later;
        if rest.is_empty() {
            break;
        }
    }
    assert_eq!(decoder.message::<M>().expect("nothing is left").map(|_| ()), None);
    received
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn what_the_server_says_arrives(messages in vec(to_worker(), 0..12), pieces in vec(1usize..600, 1..9)) {
        prop_assert_eq!(sent(&messages, &pieces), messages);
    }

    #[test]
    fn what_a_worker_says_arrives(messages in vec(from_worker(), 0..12), pieces in vec(1usize..600, 1..9)) {
        prop_assert_eq!(sent(&messages, &pieces), messages);
    }

    #[test]
    fn no_bytes_panic(bytes in vec(any::<u8>(), 0..600)) {
        let _ = ToWorker::decode(&bytes);
        let _ = FromWorker::decode(&bytes);
        let mut decoder = Decoder::new();
        decoder.feed(&bytes);
        while let Ok(Some(_)) = decoder.message::<ToWorker>() {}
    }

    #[test]
    fn damaged_messages_do_not_panic(
        from in from_worker(), to in to_worker(), at in any::<prop::sample::Index>(), value in any::<u8>(),
    ) {
        let mut bytes = Vec::new();
        from.encode(&mut bytes);
        let place = at.index(bytes.len());
        bytes[place] = value;
        let _ = FromWorker::decode(&bytes[4..]);
        let _ = FromWorker::decode(&bytes[4..][..at.index(bytes.len() - 4)]);
        bytes.clear();
        to.encode(&mut bytes);
        // A message that is cut off is never taken for a whole one.
        prop_assert!(ToWorker::decode(&bytes[4..bytes.len() - 1]).is_err());
        bytes.push(0);
        prop_assert_eq!(ToWorker::decode(&bytes[4..]), Err(WireError::LeftOver(1)));
    }
}

#[test]
fn impossible_lengths_and_kinds_are_refused_before_memory_is_asked_for() {
    for (bytes, error) in [
        (vec![0, 0, 0, 0], WireError::Length(0)),
        (u32::MAX.to_le_bytes().to_vec(), WireError::Length(u32::MAX as usize)),
        (vec![1, 0, 0, 0, 99], WireError::Kind(99)),
        (vec![5, 0, 0, 0, 65, 255, 255, 255, 255], WireError::CutOff("languages")),
        (vec![13, 0, 0, 0, 66, 1, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 127], WireError::CutOff("text")),
    ] {
        let mut decoder = Decoder::new();
        decoder.feed(&bytes);
        assert_eq!(decoder.message::<FromWorker>(), Err(error), "{bytes:?}");
    }
}

#[test]
fn the_greatest_grammar_fits() {
    let phrases: Vec<String> = (0..6_000).map(|n| format!("{n:04} {}", "字".repeat(195))).collect();
    let grammar = asr::Grammar::new(&phrases).unwrap();
    let request = ListenRequest {
        language: Language::new("zh"),
        phrases: grammar.phrases().into(),
        in_sentences: 0,
        synonyms: std::sync::Arc::default(),
        free: false,
        phrase_silence: Some(Duration::from_millis(180)),
        end_silence: Duration::from_millis(500),
        max_speech: Duration::from_secs(10),
    };
    let mut bytes = Vec::new();
    ToWorker::Open { turn: 1, request }.encode(&mut bytes);
    assert!(bytes.len() < MOST_BYTES, "{}", bytes.len());
}

#[test]
fn a_frame_of_sound_is_334_bytes() {
    let mut bytes = Vec::new();
    ToWorker::Sound { turn: 7, voiced: true, frame: [0; 160] }.encode(&mut bytes);
    assert_eq!(bytes.len(), 4 + 1 + 8 + 1 + 320);
}
