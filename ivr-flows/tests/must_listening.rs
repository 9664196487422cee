//! MUST rows of listening: barge-in and its types, inputs, timers, thresholds, the second best, ladders.
#![allow(clippy::disallowed_methods)]

mod support;

use std::sync::Arc;
use std::time::Duration;

use call_model::{BargeIn, TurnResult};
use ivr_flows::{FilesInMemory, Flow, Input};
use support::{Caller, flow, heard, nodes, yaml_of};

const S: fn(u64) -> Duration = Duration::from_secs;
const MS: fn(u64) -> Duration = Duration::from_millis;

/// A menu with further keys.
fn menu(keys: &str) -> Arc<Flow> {
    nodes(&format!(
        r#"
  first:
    menu:
      say: "Bill or complaint?"
      say_again: "Say bill, or complaint."
      {keys}
      choices:
        bill: {{ hear: [my bill, what do i owe], press: "1", goto: bye }}
        staff: {{ hear: [my staff, rude employee], press: "2", goto: desk }}"#
    ))
}

fn digits(keys: &str) -> Arc<Flow> {
    nodes(&format!(
        "\n  first:\n    ask: {{ slot: account, type: digits, min: 2, max: 4, say: \"Account?\", {keys} then: bye }}"
    ))
}

#[test]
fn must_bargein_never_lets_the_prompt_be_heard_out_and_keeps_the_keys() {
    let mut caller = Caller::calls(&menu("barge_in: never"));
    assert_eq!(caller.playing.unwrap().1, BargeIn::Never);
    assert!(caller.listening.is_none());
    caller.presses("1");
    assert!(caller.playing.is_some());
    caller.hears_out();
    assert_eq!(caller.path(), ["first", "bye"]);
}

#[test]
fn must_bargein_by_key_listens_after_the_prompt() {
    let mut caller = Caller::calls(&menu("barge_in: by_key"));
    assert!(caller.listening.is_none());
    caller.hears_out();
    assert!(caller.listening.is_some());
}

#[test]
fn must_bargein_hotword_goes_on_until_a_phrase_is_said() {
    let mut caller = Caller::calls(&menu("barge_in: by_word"));
    let (order, _) = caller.listening.clone().expect("it listens from the beginning");
    assert_eq!(caller.playing.unwrap().1, BargeIn::ByWord);
    caller.input(Input::SpeechStarted { order });
    caller.input(Input::Partial { order, text: "[unk] [unk]".into() });
    assert!(caller.playing.is_some(), "that is no phrase");
    caller.listening = None;
    caller.input(Input::Heard { order, heard: heard("[unk] [unk]", 1.0) });
    assert!(caller.playing.is_some() && caller.turns().is_empty(), "it is passed over, the prompt goes on");
    let (order, _) = caller.listening.clone().expect("it listens again");
    caller.input(Input::SpeechStarted { order });
    caller.input(Input::Partial { order, text: "my bill".into() });
    assert!(caller.playing.is_none(), "a phrase stops it");
    caller.listening = None;
    caller.input(Input::Heard { order, heard: heard("my bill", 1.0) });
    assert_eq!(caller.path(), ["first", "bye"]);
}

#[test]
fn must_bargein_needs_as_many_words_as_the_designer_says() {
    let mut caller = Caller::calls(&menu("min_words: 2"));
    let (order, _) = caller.listening.clone().unwrap();
    caller.input(Input::SpeechStarted { order });
    caller.input(Input::Partial { order, text: "what".into() });
    assert!(caller.playing.is_some());
    caller.input(Input::Partial { order, text: "what do".into() });
    assert!(caller.playing.is_none());
}

#[test]
fn must_bargein_is_guarded_at_the_beginning_of_the_prompt() {
    let flow = menu("no_barge_in: 800ms");
    let mut caller = Caller::calls(&flow);
    let (order, _) = caller.listening.clone().unwrap();
    caller.now += MS(700);
    caller.input(Input::SpeechStarted { order });
    assert!(caller.playing.is_some());
    let mut caller = Caller::calls(&flow);
    let (order, _) = caller.listening.clone().unwrap();
    caller.now += MS(800);
    caller.input(Input::SpeechStarted { order });
    assert!(caller.playing.is_none());
}

#[test]
fn must_inputmodes_keys_only_never_listens() {
    let mut caller = Caller::calls(&menu("input: [keys]"));
    caller.hears_out();
    assert!(caller.listening.is_none());
    caller.presses("1");
    assert_eq!(caller.path(), ["first", "bye"]);
}

#[test]
fn must_inputmodes_speech_only_passes_over_keys() {
    let mut caller = Caller::calls(&menu("input: [speech]"));
    caller.hears_out().presses("1");
    assert_eq!(caller.path(), ["first"]);
    caller.says("my bill");
    assert_eq!(caller.path(), ["first", "bye"]);
}

#[test]
fn must_inputmodes_both_count_at_once_and_speech_gives_way_to_keys_after_two_failures() {
    let mut caller = Caller::calls(&menu(""));
    caller.hears_out().says("[unk]").hears_out().says("[unk]");
    assert!(caller.last().starts_with("Please use the keys"));
    assert!(caller.listening.is_none());
}

#[test]
fn must_keys_typed_ahead_go_to_the_nodes_that_follow_and_a_confirmation_flushes_them() {
    let two = r#"
  first:
    ask: { slot: a, type: digits, length: 2, barge_in: never, say: "A?", then: second }
  second:
    ask: { slot: b, type: digits, length: 2, say: "B?", read_back: "{{ b }}?", then: bye }"#;
    let mut caller = Caller::calls(&nodes(two));
    caller.presses("12341").hears_out();
    assert_eq!((caller.slot("a").as_deref(), caller.last()), (Some("12"), "three four?"));
    assert_eq!(caller.slot("b"), None, "the 1 was typed before the question");
    caller.presses("1").hears_all();
    assert_eq!(caller.slot("b").as_deref(), Some("34"));
}

#[test]
fn must_timers_are_inherited_from_tuning_to_file_to_node() {
    let yaml = yaml_of(
        r#"
  first:
    menu: { say: "A?", timing: { no_input: 2s }, choices: { a: { hear: [my bill], press: "1", goto: second }, b: { hear: [my card], press: "2", goto: bye } } }
  second:
    menu: { say: "B?", choices: { a: { hear: [my bill], press: "1", goto: bye }, b: { hear: [my card], press: "2", goto: bye } } }"#,
    )
    .replace("nodes:\n", "tuning: tuning.yaml\ntiming: { max_speech: 20s }\nnodes:\n");
    let files = FilesInMemory::new()
        .with("flow.yaml", &yaml)
        .with("services.yaml", support::SERVICES)
        .with("tuning.yaml", "timing: { no_input: 9s, end_of_speech: 1.2s }\ncertainty: { accept: 90 }\n");
    let flow = Arc::new(Flow::load("flow.yaml", &files, None).unwrap());
    let mut caller = Caller::calls(&flow);
    let (_, request) = caller.listening.clone().unwrap();
    assert_eq!((request.end_silence, request.max_speech), (MS(1200), S(20)));
    caller.hears_out().pass(S(2));
    assert_eq!(caller.prompts.len(), 2, "the node's own");
    caller.presses("1").hears_out().pass(S(8));
    assert_eq!(caller.prompts.len(), 3);
    caller.pass(S(1));
    assert_eq!(caller.prompts.len(), 4, "that of the tuning");
}

#[test]
fn must_completetimeout_incompletetimeout_and_maxspeechtimeout_end_what_is_said() {
    let mut caller = Caller::calls(&menu("timing: { end_of_phrase: 300ms, end_of_speech: 900ms, max_speech: 4s }"));
    caller.hears_out();
    let (order, request) = caller.listening.clone().unwrap();
    assert_eq!(request.phrase_silence, Some(MS(300)), "after a whole phrase");
    assert_eq!((request.end_silence, request.max_speech), (MS(900), S(4)));
    caller.input(Input::SpeechStarted { order });
    caller.pass(S(60));
    assert!(matches!(caller.turns().first(), Some(TurnResult::NoMatch)), "who speaks on for ever is not waited for");
    let digits = Caller::calls(&digits("timing: { end_of_phrase: 300ms }, "));
    let (_, request) = digits.listening.clone().unwrap();
    assert_eq!(request.phrase_silence, None, "more digits may come");
}

#[test]
fn must_interdigit_and_termination_end_a_string_of_keys() {
    let mut caller = Caller::calls(&digits(""));
    caller.presses("12").pass(S(3));
    assert_eq!(caller.slot("account").as_deref(), Some("12"), "between_keys is over");
    let mut caller = Caller::calls(&digits(""));
    caller.presses("12#");
    assert_eq!(caller.slot("account").as_deref(), Some("12"), "the key that ends");
    let mut caller = Caller::calls(&digits("timing: { end_key: \"*\" }, "));
    caller.presses("12*");
    assert_eq!(caller.slot("account").as_deref(), Some("12"), "another key that ends");
}

#[test]
fn must_termtimeout_waits_for_the_key_that_ends_a_whole_string() {
    let mut caller = Caller::calls(&digits("timing: { after_keys: 1s }, "));
    caller.presses("1234");
    assert_eq!(caller.slot("account"), None);
    caller.presses("#").hears_all();
    assert_eq!(caller.slot("account").as_deref(), Some("1234"), "# belongs to the string");
    let mut caller = Caller::calls(&digits("timing: { after_keys: 1s }, "));
    caller.presses("1234").pass(S(1));
    assert_eq!(caller.slot("account").as_deref(), Some("1234"));
}

#[test]
fn must_confidencelevel_decides_between_taking_and_asking_back() {
    let mut caller = Caller::calls(&menu("certainty: { accept: 100, confirm: 20 }"));
    caller.hears_out().says("[unk] [unk] my bill [unk]");
    assert_eq!(caller.last(), "Did you mean bill?");
    let mut caller = Caller::calls(&menu("certainty: { accept: 10, confirm: 5, margin: 0 }"));
    caller.hears_out().says("[unk] [unk] my bill [unk]");
    assert_eq!(caller.path(), ["first", "bye"]);
}

#[test]
fn must_maxnbest_the_second_best_is_offered_when_the_best_was_declined() {
    let mut caller = Caller::calls(&menu(""));
    caller.hears_out().says("my bill my staff");
    assert_eq!(caller.last(), "Did you mean bill?");
    caller.says("no");
    assert_eq!(caller.last(), "Did you mean staff?");
    caller.says("yes");
    assert!(caller.queued.is_some());
}

#[test]
fn must_lastresult_is_known_to_conditions_and_texts() {
    let yaml = r#"
  first:
    menu:
      say: "Bill or complaint?"
      choices:
        bill: { hear: [my bill], press: "1", goto: how }
        staff: { hear: [rude employee], press: "2", goto: desk }
  how:
    branch:
      - { if: "last.by == 'keys' and last.certainty == 100", goto: pressed }
      - { if: "last.heard_ms > 500", goto: late }
      - { else: said }
  pressed: { play: { say: "Pressed.", then: bye } }
  late: { play: { say: "Late: {{ last.said }}", then: bye } }
  said: { play: { say: "Said.", then: bye } }"#;
    let flow = nodes(yaml);
    let mut caller = Caller::calls(&flow);
    caller.presses("1");
    assert_eq!(caller.last(), "Pressed.");
    let mut caller = Caller::calls(&flow);
    caller.says("my bill");
    assert_eq!(caller.last(), "Late: my bill", "700 ms of the prompt were heard before it was interrupted");
}

#[test]
fn must_counters_are_reset_when_the_item_is_entered_anew() {
    let again = r#"
  first:
    menu: { say: "A?", choices: { a: { hear: [my bill], press: "1", goto: second }, b: { hear: [my card], press: "2", goto: desk } } }
  second:
    menu: { say: "B?", choices: { a: { hear: [my bill], press: "1", goto: first }, b: { hear: [my card], press: "2", goto: desk } } }"#;
    let mut caller = Caller::calls(&nodes(again));
    for _ in 0..4 {
        caller.hears_out().says("[unk]").hears_out().presses("1");
        assert!(caller.queued.is_none(), "each visit has its first failure");
    }
}

#[test]
fn must_reprompt_false_says_only_what_the_step_says() {
    let keys = r#"if_not_understood: [{ say: "Sorry?", reprompt: false }, { reprompt: false }, { say: "Once more." }]"#;
    let mut caller = Caller::calls(&menu(keys));
    caller.hears_out().says("[unk]");
    assert_eq!(caller.last(), "Sorry?");
    let prompts = caller.prompts.len();
    caller.hears_out().says("[unk]");
    assert_eq!(caller.prompts.len(), prompts, "silently");
    assert!(caller.listening.is_some());
    caller.says("[unk]");
    assert_eq!(caller.last(), "Once more. Say bill, or complaint.");
}

#[test]
fn must_menu_enumerates_its_choices_and_is_answered_by_key_or_roughly_by_phrase() {
    let own = r#"
  first:
    menu:
      say: "Welcome, {{ choices }}"
      choices:
        bill: { hear: [what do i owe], press: "1", label: "your bill", goto: bye }
        staff: { hear: [complain about your staff], press: "2", label: "a complaint", goto: desk }"#;
    let mut caller = Caller::calls(&nodes(own));
    assert_eq!(caller.last(), "Welcome, for your bill press 1, for a complaint press 2.");
    caller.says("[unk] complain about your staff [unk]");
    assert!(caller.queued.is_some());
}

#[test]
fn must_tapered_prompts_change_from_try_to_try() {
    let mut caller = Caller::calls(&menu(""));
    caller.is_silent(S(5));
    assert_eq!(caller.last(), "I did not hear you. Say bill, or complaint.");
}

#[test]
fn must_inheritance_gives_slots_the_ladders_of_their_form_and_file() {
    let form = r#"
  first:
    form:
      if_silent: [{ say: "Hello?" }, { goto: bye }]
      slots:
        a: { type: digits, length: 2, say: "A?" }
        b: { type: digits, length: 2, say: "B?", if_silent: [{ goto: desk }] }
      confirm: never
      then: bye"#;
    let mut caller = Caller::calls(&nodes(form));
    caller.is_silent(S(5));
    assert_eq!(caller.last(), "Hello? A?");
    caller.presses("12").is_silent(S(5));
    assert!(caller.queued.is_some(), "the slot's own");
    let mut caller = Caller::calls(&nodes(form));
    caller.is_silent(S(5)).is_silent(S(5)).hears_all();
    assert!(caller.hung_up.is_some(), "the form's");
}

#[test]
fn must_confirm_and_correct_never_offers_a_rejected_value_again() {
    let mut caller = Caller::calls(&menu("certainty: { accept: 100 }"));
    caller.hears_out().says("[unk] my bill").says("no");
    assert!(caller.last().starts_with("Sorry."), "{}", caller.last());
    caller.says("my bill");
    assert!(matches!(caller.turns().last().unwrap(), TurnResult::NoMatch), "{:?}", caller.turns());
}

#[test]
fn must_events_lead_to_the_step_of_their_count() {
    let keys = r#"if_silent: [{ say: "One." }, { say: "Two." }, { goto: bye }]"#;
    let mut caller = Caller::calls(&menu(keys));
    for said in ["One. Say bill, or complaint.", "Two. Say bill, or complaint."] {
        caller.is_silent(S(5));
        assert_eq!(caller.last(), said);
    }
    caller.is_silent(S(5));
    assert_eq!(caller.path(), ["first", "bye"]);
}

#[test]
fn tuning_that_is_not_there_is_told() {
    let yaml =
        yaml_of("\n  first:\n    play: { say: \"A.\", then: bye }").replace("nodes:\n", "tuning: other.yaml\nnodes:\n");
    let files = FilesInMemory::new().with("flow.yaml", &yaml).with("services.yaml", support::SERVICES);
    let found = ivr_flows::check_files("flow.yaml", &files, None);
    assert!(found.iter().any(|found| found.message.contains("other.yaml")), "{found:?}");
    let _ = flow;
}

#[test]
fn when_nobody_can_listen_the_caller_is_told_the_keys() {
    let menu = r#"
  first:
    menu:
      say: "Bill or complaint?"
      choices:
        bill: { hear: [my bill], press: "1", label: "your bill", goto: paper }
        complaint: { hear: [complaint], press: "2", goto: desk }
  paper:
    ask: { slot: paper, type: yes_no, say: "On paper?", then: account }
  account:
    ask: { slot: account, type: digits, length: 3, say: "Your account?", then: bye }"#;
    let mut caller = Caller::calls(&nodes(menu));
    caller.recogniser_fails();
    assert_eq!(caller.last(), "For your bill press 1, for complaint press 2.");
    caller.is_silent(Duration::from_secs(5));
    assert_eq!(caller.last(), "I did not hear you. For your bill press 1, for complaint press 2.");
    caller.presses("1");
    assert_eq!(caller.last(), "On paper?");
    caller.hears_out().recogniser_fails();
    assert_eq!(caller.last(), "For yes press 1, for no press 2.", "the question was heard");
    caller.presses("1").recogniser_fails();
    assert_eq!(caller.last(), "Your account? Please use the keys of your telephone.");
    caller.presses("102").hears_all();
    assert!(caller.hung_up.is_some());
}

#[test]
fn when_nobody_can_listen_every_slot_of_a_form_tells_its_keys() {
    let form = r#"
  first:
    form:
      say: "What would you like?"
      slots:
        plan: { type: one_of, options: { green: { hear: [green], press: "1" }, basic: { hear: [basic], press: "2" } }, say: "Plan?" }
        paper: { type: yes_no, say: "Paper?" }
        room: { type: digits, length: 3, say: "Room?", say_keys: "Key in the room." }
      then: bye"#;
    let mut caller = Caller::calls(&nodes(form));
    caller.recogniser_fails();
    assert_eq!(caller.last(), "Plan? For green press 1, for basic press 2.");
    caller.presses("2");
    assert_eq!(caller.last(), "Paper? For yes press 1, for no press 2.");
    caller.presses("1");
    assert_eq!(caller.last(), "Key in the room.");
}

#[test]
fn the_keys_are_told_in_chinese() {
    let menu = r#"
  first:
    menu:
      say: "账单还是投诉？"
      choices:
        bill: { hear: [账单], press: "1", label: "账单", goto: paper }
        complaint: { hear: [投诉], press: "2", label: "投诉", goto: desk }
  paper:
    ask: { slot: paper, type: yes_no, say: "要纸质的吗？", then: bye }"#;
    let mut caller = Caller::calls(&flow(&yaml_of(menu).replace("language: en", "language: zh")));
    caller.hears_out().recogniser_fails();
    assert_eq!(caller.last(), "账单请按1，投诉请按2。");
    caller.presses("1").hears_out().recogniser_fails();
    assert_eq!(caller.last(), "是请按1，不请按2。");
}

#[test]
fn words_in_brackets_may_be_left_out() {
    let flow = nodes(
        r#"
  first:
    menu: { say: "?", choices: { a: { hear: ["(what is) my balance"], press: "1", goto: trip }, b: { hear: [my card], press: "2", goto: desk } } }
  trip:
    form:
      slots:
        origin: { type: one_of, options: { north: { hear: [north] }, south: { hear: [south] } }, hear: ["from (the) {origin}"], say: "From?" }
        target: { type: one_of, options: { north: { hear: [north] }, south: { hear: [south] } }, hear: ["to (the) {target}"], say: "To?" }
      then: bye"#,
    );
    for said in ["what is my balance", "my balance"] {
        let mut caller = Caller::calls(&flow);
        let (_, request) = caller.listening.clone().unwrap();
        assert!(request.phrases.iter().any(|phrase| phrase == said), "{said}");
        caller.says(said).says("from the north to south").hears_all();
        assert_eq!(caller.slot("origin").as_deref(), Some("north"));
        assert_eq!(caller.slot("target").as_deref(), Some("south"));
    }
}
