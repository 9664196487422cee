//! Slots whose value is a recording.
#![allow(clippy::disallowed_methods)]

mod support;

use call_model::{Consult, RecordFailure, Recording, RecordingEnd, RecordingId};
use support::{Caller, found_in, nodes};

const REPORT: &str = r#"
  first:
    form:
      confirm: always
      slots:
        kind: { type: one_of, say: "Water or power?", options: { water: { hear: [water], press: "1" }, power: { hear: [power], press: "2" } } }
        story: { type: recording, max: 30s, final_silence: 2s, say: "Tell us after the tone. It is recorded.", if_failed: sorry }
        urgent: { type: yes_no, say: "Is it urgent?" }
      then: open
  open:
    ticket: { open: fault, fields: { what: "{{ kind }}", told: "{{ story }}" }, save: { number: reference }, if_failed: desk, then: bye }
  sorry:
    play: { say: "We cannot record now.", then: bye }"#;

fn recording(number: u128) -> Recording {
    Recording { id: Some(RecordingId::from_parts(0, number)), length_ms: 4000, ended: RecordingEnd::Silence }
}

fn at_the_recording() -> Caller {
    let mut caller = Caller::calls(&nodes(REPORT));
    caller.says("water");
    assert_eq!(caller.last(), "Tell us after the tone. It is recorded.");
    assert!(caller.record.is_none(), "the question is heard out first");
    caller
}

#[test]
fn a_recording_fills_its_slot_between_others_and_goes_into_a_ticket() {
    let mut caller = at_the_recording();
    caller.hears_out();
    let request = caller.is_recorded(Ok(recording(7)));
    assert_eq!((request.beep, request.max_ms, request.final_silence_ms, request.key_ends), (true, 30_000, 2000, true));
    assert_eq!(caller.last(), "Is it urgent?");
    caller.says("yes");
    assert_eq!(caller.last(), "kind water, urgent yes. Is that right?", "a recording is not read out");
    caller.says("yes");
    let id = RecordingId::from_parts(0, 7).to_string();
    assert_eq!(caller.slot("story"), Some(id.clone()));
    let Some((_, Consult::OpenTicket { fields, .. })) = &caller.consult else { panic!("a ticket is opened") };
    assert_eq!(fields.get("told"), Some(&id));
}

#[test]
fn who_says_nothing_is_asked_again_and_then_helped() {
    let mut caller = at_the_recording();
    let nothing = Recording { id: None, length_ms: 0, ended: RecordingEnd::Silence };
    caller.hears_out();
    caller.is_recorded(Ok(nothing));
    assert_eq!(caller.last(), "I did not hear you. Tell us after the tone. It is recorded.");
    caller.hears_out();
    caller.is_recorded(Ok(nothing));
    assert_eq!(caller.last(), "Tell us after the tone. It is recorded.", "keys cannot answer it");
    caller.hears_out();
    caller.is_recorded(Ok(nothing));
    assert!(caller.queued.is_some());
}

#[test]
fn keys_hurry_the_question_and_zero_leads_to_a_person() {
    let mut caller = at_the_recording();
    caller.presses("5");
    assert!(caller.record.is_some());
    let mut caller = at_the_recording();
    caller.presses("0");
    assert!(caller.record.is_none() && caller.queued.is_some());
}

#[test]
fn a_recorder_that_fails_leads_where_the_designer_says() {
    let mut caller = at_the_recording();
    caller.hears_out();
    caller.is_recorded(Err(RecordFailure::Disk));
    assert_eq!(caller.last(), "We cannot record now.");
    let mut caller = at_the_recording();
    caller.hears_out().pass(std::time::Duration::from_secs(40));
    assert!(caller.stopped_recording.is_some(), "a recorder that reports nothing has failed");
    assert_eq!(caller.last(), "We cannot record now.");
}

#[test]
fn a_recording_is_confirmed_in_the_words_of_the_designer_and_made_again_after_a_no() {
    let flow = nodes(
        r#"
  first:
    ask: { slot: story, type: recording, say: "Speak after the tone.", read_back: "Shall I keep it?", then: bye }"#,
    );
    let mut caller = Caller::calls(&flow);
    caller.hears_out();
    caller.is_recorded(Ok(recording(1)));
    assert_eq!(caller.last(), "Shall I keep it?");
    caller.says("no");
    assert_eq!(caller.last(), "Sorry. Speak after the tone.");
    caller.hears_out();
    caller.is_recorded(Ok(recording(2)));
    caller.says("yes").hears_all();
    assert_eq!(caller.slot("story"), Some(RecordingId::from_parts(0, 2).to_string()));
}

#[test]
fn a_recording_without_a_notice_is_warned_of_and_cannot_be_sensitive() {
    let found = found_in("  first:\n    ask: { slot: a, type: recording, say: \"What is it?\", then: bye }");
    assert!(found.iter().any(|found| found.contains("no prompt says so")), "{found:?}");
    let found = found_in(
        "  first:\n    ask: { slot: a, type: recording, sensitive: true, say: \"After the tone.\", then: bye }",
    );
    assert!(found.iter().any(|found| found.contains("cannot be sensitive")), "{found:?}");
}
