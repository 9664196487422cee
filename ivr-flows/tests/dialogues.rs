//! Dialogues on a virtual clock, each named after its situation.
#![allow(clippy::disallowed_methods)]

mod support;

use std::time::Duration;

use call_model::{BargeIn, CallEvent, Disposition, TurnResult};
use support::{Caller, flow, nodes, yaml_of};

const S: fn(u64) -> Duration = Duration::from_secs;

const MENU: &str = r#"
  first:
    menu:
      say: "Bill or complaint?"
      say_again: "Say bill or complaint, or press 1 or 2."
      choices:
        bill: { hear: [my bill, what do i owe], press: "1", label: "bill enquiry", goto: account }
        staff: { hear: [rude employee, complain about your staff], press: "2", goto: desk }
  account:
    ask:
      slot: account
      type: digits
      length: 3
      say: "Your account number?"
      read_back: "I heard {{ account }}. Is that right?"
      then: bill
  bill:
    http: { service: balance, with: { account: "{{ account }}" }, say_while: "One moment.", if_failed: desk, then: tell }
  tell:
    play: { say: "{{ balance.name }}, you owe {{ balance.amount }}.", then: bye }"#;

#[test]
fn a_caller_says_what_he_wants_and_is_handed_over_with_it() {
    let mut caller = Caller::calls(&nodes(MENU));
    assert_eq!(caller.last(), "Bill or complaint?");
    caller.hears_out().says("rude employee");
    assert_eq!(caller.queued, Some(("service".into(), "staff".into())));
    let handover = caller.run.handover();
    assert_eq!(handover.intent.as_deref(), Some("staff"));
    assert!(handover.transcript.iter().any(|line| line.by_caller && line.text == "rude employee"));
    assert!(
        caller
            .events()
            .any(|e| matches!(e, CallEvent::IntentFound { intent, certainty: 100, .. } if intent == "staff"))
    );
}

#[test]
fn an_account_is_spoken_digit_by_digit_read_back_and_its_balance_told() {
    let mut caller = Caller::calls(&nodes(MENU));
    caller.says("my bill").hears_out().says("one two three");
    assert_eq!(caller.last(), "I heard one two three. Is that right?");
    caller.says("yes");
    assert_eq!(caller.last(), "One moment.");
    let (_, request) = caller.fetch.clone().unwrap();
    assert_eq!((request.method.as_str(), request.url.as_str()), ("GET", "http://127.0.0.1/balance/123"));
    caller.answers(200, r#"{"amount": 42.1, "name": "Ann"}"#).hears_out();
    assert_eq!(caller.last(), "Ann, you owe 42 dollars and 10 cents.");
    caller.hears_all();
    assert_eq!(caller.hung_up, Some(Some(Disposition::SelfServed)));
    assert_eq!(caller.path(), ["first", "account", "bill", "tell", "bye"]);
    let slot = &caller.run.handover().slots[0];
    assert_eq!((slot.name.as_str(), slot.value.as_str(), slot.confirmed), ("account", "123", true));
}

#[test]
fn speech_interrupts_the_prompt_and_is_understood() {
    let mut caller = Caller::calls(&nodes(MENU));
    assert_eq!(caller.playing.unwrap().1, BargeIn::BySpeech);
    assert!(caller.listening.is_some(), "speech counts before the prompt has ended");
    caller.says("what do i owe");
    assert!(caller.events().any(|e| matches!(e, CallEvent::PromptEnded { interrupted: true, played_ms: 700 })));
    assert_eq!(caller.path(), ["first", "account"]);
}

#[test]
fn a_key_interrupts_the_prompt_and_ends_listening() {
    let mut caller = Caller::calls(&nodes(MENU));
    caller.presses("2");
    assert!(caller.listening.is_none());
    assert_eq!(caller.queued, Some(("service".into(), "staff".into())));
}

#[test]
fn nobody_understood_twice_finishes_by_keys() {
    let mut caller = Caller::calls(&nodes(MENU));
    caller.hears_out().says("[unk]");
    assert_eq!(caller.last(), "Sorry, I did not get that. Say bill or complaint, or press 1 or 2.");
    caller.hears_out().says("[unk] [unk]");
    assert_eq!(caller.last(), "Please use the keys of your telephone. Say bill or complaint, or press 1 or 2.");
    assert!(caller.listening.is_none(), "only keys count now");
    caller.hears_out().presses("1");
    assert_eq!(caller.path(), ["first", "account"]);
}

#[test]
fn a_third_failure_leads_to_a_person() {
    let mut caller = Caller::calls(&nodes(MENU));
    caller.hears_out().says("[unk]").hears_out().says("[unk]").hears_out().presses("7");
    assert!(caller.queued.is_some());
    assert_eq!(caller.turns().len(), 3);
}

#[test]
fn silence_and_misunderstanding_are_counted_apart() {
    let mut caller = Caller::calls(&nodes(MENU));
    caller.is_silent(S(5));
    assert_eq!(caller.last(), "I did not hear you. Say bill or complaint, or press 1 or 2.");
    caller.hears_out().says("[unk]");
    assert!(caller.last().starts_with("Sorry, I did not get that."), "{}", caller.last());
    caller.is_silent(S(5));
    assert!(caller.last().starts_with("Please use the keys"), "{}", caller.last());
    caller.is_silent(S(5));
    assert!(caller.queued.is_some());
}

#[test]
fn the_clock_for_silence_begins_when_the_prompt_has_ended() {
    let mut caller = Caller::calls(&nodes(MENU));
    caller.pass(S(60));
    assert_eq!(caller.prompts.len(), 1, "the prompt still plays");
    caller.hears_out().pass(S(4));
    assert_eq!(caller.prompts.len(), 1);
    caller.pass(S(1));
    assert_eq!(caller.prompts.len(), 2);
    assert!(caller.events().any(|e| matches!(e, CallEvent::FlowTimeout)));
}

#[test]
fn the_clock_stands_still_while_the_caller_speaks() {
    let mut caller = Caller::calls(&nodes(MENU));
    caller.hears_out().pass(S(4));
    let (order, _) = caller.listening.clone().unwrap();
    caller.input(ivr_flows::Input::SpeechStarted { order });
    caller.pass(S(9));
    assert_eq!(caller.prompts.len(), 1);
    caller.listening = None;
    caller.input(ivr_flows::Input::Heard { order, heard: support::heard("my bill", 1.0) });
    assert_eq!(caller.path(), ["first", "account"]);
}

#[test]
fn a_recogniser_that_never_answers_costs_one_turn() {
    let mut caller = Caller::calls(&nodes(MENU));
    caller.hears_out();
    let (order, _) = caller.listening.clone().unwrap();
    caller.input(ivr_flows::Input::SpeechStarted { order });
    caller.pass(S(16));
    assert!(caller.last().starts_with("Sorry, I did not get that."));
    assert!(caller.listening.is_some());
}

#[test]
fn a_recogniser_that_fails_leaves_the_keys() {
    let mut caller = Caller::calls(&nodes(MENU));
    caller.hears_out().recogniser_fails();
    assert!(caller.events().any(|e| matches!(e, CallEvent::ListenFailed)));
    caller.presses("2");
    assert!(caller.queued.is_some());
}

#[test]
fn a_question_without_keys_leads_to_a_person_when_nobody_can_listen() {
    let spoken = r#"
  first:
    menu: { say: "Yes?", choices: { a: { hear: [my bill], goto: bye }, b: { hear: [my card], goto: bye } } }"#;
    let mut caller = Caller::calls(&nodes(spoken));
    caller.recogniser_fails();
    assert!(caller.queued.is_some());
}

#[test]
fn an_uncertain_understanding_is_asked_back_and_a_no_is_remembered() {
    let mut caller = Caller::calls(&nodes(MENU));
    caller.hears_out().says("complain about your");
    assert_eq!(caller.last(), "Did you mean staff?");
    assert!(matches!(caller.turns()[0], TurnResult::AskedBack { meaning, .. } if meaning == "staff"));
    caller.says("no");
    assert_eq!(caller.last(), "Sorry. Say bill or complaint, or press 1 or 2.");
    caller.hears_out().says("complain about your staff");
    assert!(matches!(caller.turns().last().unwrap(), TurnResult::NoMatch), "{:?}", caller.turns());
}

#[test]
fn an_uncertain_understanding_that_is_confirmed_counts() {
    let mut caller = Caller::calls(&nodes(MENU));
    caller.hears_out().says("complain about your").says("that's right");
    assert!(caller.queued.is_some());
    assert_eq!(caller.run.handover().intent.as_deref(), Some("staff"));
}

#[test]
fn agent_is_understood_at_every_question() {
    for words in ["agent", "operator", "representative", "a person", "[unk] [unk] a person [unk]"] {
        let mut caller = Caller::calls(&nodes(MENU));
        caller.hears_out().says(words);
        assert!(caller.queued.is_some(), "{words} at the menu");
        let mut caller = Caller::calls(&nodes(MENU));
        caller.says("my bill").hears_out().says("one two three").hears_out().says(words);
        assert!(caller.queued.is_some(), "{words} at the confirmation");
    }
    for words in ["agent", "operator", "representative", "[unk] operator"] {
        let mut caller = Caller::calls(&nodes(MENU));
        caller.says("my bill").hears_out().says(words);
        assert!(caller.queued.is_some(), "{words} at the account");
    }
}

#[test]
fn among_digits_only_words_are_listened_for_that_sound_like_none() {
    let mut caller = Caller::calls(&nodes(MENU));
    caller.says("my bill");
    let (_, request) = caller.listening.clone().unwrap();
    let words = request.phrases.to_vec();
    assert!(words.iter().any(|word| word == "agent") && words.iter().any(|word| word == "double"));
    let digits = ["zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let long = |phrase: &&String| {
        phrase.contains(' ') && *phrase != "hold on" && !phrase.split(' ').all(|word| digits.contains(&word))
    };
    assert_eq!(words.iter().find(long), None, "\"talk to a person\" would hear \"to\" for \"two\"");
    let one = "  first:\n    ask: { slot: code, type: digits, length: 1, say: Code?, then: bye }";
    let (_, request) = Caller::calls(&nodes(one)).listening.clone().unwrap();
    assert!(!request.phrases.iter().any(|word| word == "oh" || word == "double"));
}

#[test]
fn key_zero_leads_to_a_person_where_it_is_no_digit() {
    let mut caller = Caller::calls(&nodes(MENU));
    caller.presses("0");
    assert!(caller.queued.is_some());
    let mut caller = Caller::calls(&nodes(MENU));
    caller.presses("1").presses("0");
    assert!(caller.queued.is_none(), "it may be the first digit of the account");
    caller.pass(S(3));
    assert!(caller.queued.is_some(), "nothing followed");
}

#[test]
fn keys_typed_ahead_go_to_the_nodes_that_follow_but_never_confirm() {
    let mut caller = Caller::calls(&nodes(MENU));
    caller.presses("11231");
    assert_eq!(caller.last(), "One moment.", "the last key came after the confirmation began");
    let talk = r#"
  first:
    play: { say: "Welcome to a long talk.", then: menu }
  menu:
    menu: { say: "One or two?", choices: { a: { press: "1", goto: account }, b: { press: "2", goto: bye } } }
  account:
    ask: { slot: account, type: digits, length: 3, say: "Number?", read_back: "{{ account }}, right?", then: bye }"#;
    let mut caller = Caller::calls(&nodes(talk));
    let (order, _) = caller.playing.unwrap();
    for digit in "11231".chars() {
        caller.run.handle_input(ivr_flows::Input::DigitPressed { digit }, caller.now);
    }
    caller.playing = None;
    caller.input(ivr_flows::Input::Stopped { order, played_ms: 400 });
    assert_eq!(caller.prompts, ["Welcome to a long talk.", "one two three, right?"]);
    caller.presses("1");
    assert_eq!(caller.last(), "Goodbye.");
}

#[test]
fn digits_may_come_in_several_turns() {
    let mut caller = Caller::calls(&nodes(MENU));
    caller.says("my bill").hears_out().says("one");
    assert!(caller.playing.is_none() && caller.listening.is_some());
    caller.pass(S(1));
    caller.says("double four");
    assert_eq!(caller.last(), "I heard one four four. Is that right?");
}

#[test]
fn too_few_and_too_many_digits_are_asked_again() {
    let mut caller = Caller::calls(&nodes(MENU));
    caller.says("my bill").hears_out().says("one two").is_silent(S(3));
    assert_eq!(caller.last(), "I heard 2 digits, but need 3. Your account number?");
    caller.hears_out().says("one two three four");
    assert!(caller.last().starts_with("I heard 4 digits, but need 3. Please use the keys"), "{}", caller.last());
    caller.presses("12").pass(S(3));
    assert!(caller.queued.is_some());
}

#[test]
fn a_number_of_varying_length_ends_by_hash_or_by_waiting() {
    let vary = r##"
  first:
    ask: { slot: code, type: digits, min: 2, max: 5, say: "Code?", then: bye }"##;
    let mut caller = Caller::calls(&nodes(vary));
    caller.presses("123#");
    assert_eq!(caller.slot("code").as_deref(), Some("123"));
    let mut caller = Caller::calls(&nodes(vary));
    caller.presses("12").pass(S(3));
    assert_eq!(caller.slot("code").as_deref(), Some("12"));
    let mut caller = Caller::calls(&nodes(vary));
    caller.presses("12345");
    assert_eq!(caller.slot("code").as_deref(), Some("12345"));
    let mut caller = Caller::calls(&nodes(vary));
    caller.presses("99*12#");
    assert_eq!(caller.slot("code").as_deref(), Some("12"), "a star begins again");
    let mut caller = Caller::calls(&nodes(vary));
    caller.hears_out().says("one two three").is_silent(S(3));
    assert_eq!(caller.slot("code").as_deref(), Some("123"));
}

#[test]
fn uncertain_digits_are_asked_back_even_without_a_read_back() {
    let vary = r#"
  first:
    ask: { slot: code, type: digits, length: 2, say: "Code?", then: bye }"#;
    let mut caller = Caller::calls(&nodes(vary));
    caller.hears_out().says("[unk] one [unk] two");
    assert_eq!(caller.last(), "Did you say one two?");
    caller.says("correct");
    assert_eq!(caller.slot("code").as_deref(), Some("12"));
}

#[test]
fn a_value_that_was_declined_is_asked_again_and_not_offered_again() {
    let mut caller = Caller::calls(&nodes(MENU));
    caller.says("my bill").hears_out().says("one two three").says("no");
    assert_eq!(caller.last(), "Sorry. Your account number?");
    assert_eq!(caller.slot("account"), None);
    caller.hears_out().says("one two three");
    assert!(caller.last().starts_with("Sorry, I did not get that."));
    caller.presses("123");
    assert_eq!(caller.last(), "I heard one two three. Is that right?", "what is pressed is meant");
    caller.presses("1");
    assert_eq!(caller.slot("account").as_deref(), Some("123"));
}

#[test]
fn who_declines_three_times_reaches_a_person() {
    let mut caller = Caller::calls(&nodes(MENU));
    caller.says("my bill");
    for digits in ["one two three", "one two four"] {
        caller.hears_all().says(digits).says("no");
    }
    assert!(caller.listening.is_none(), "after two only keys count");
    caller.presses("125").hears_out().presses("2");
    assert!(caller.queued.is_some());
}

#[test]
fn a_confirmation_that_is_not_understood_tells_how_to_answer() {
    let mut caller = Caller::calls(&nodes(MENU));
    caller.says("my bill").presses("123").is_silent(S(5));
    let expected = "I did not hear you. I heard one two three. Is that right? Say yes, or press 1. Say no, or press 2.";
    assert_eq!(caller.last(), expected);
    caller.presses("1");
    assert_eq!(caller.slot("account").as_deref(), Some("123"));
}

#[test]
fn one_of_a_list_and_yes_or_no_fill_slots() {
    let form = r#"
  first:
    ask:
      slot: plan
      type: one_of
      say: "Gold or silver?"
      options:
        gold: { hear: [gold, the gold plan], press: "1" }
        silver: { hear: [silver], press: "2" }
      then: sure
  sure:
    ask: { slot: sure, type: yes_no, say: "Are you sure?", then: choose }
  choose:
    branch:
      - { if: "sure and plan == 'gold'", goto: golden }
      - { if: "not sure", goto: first }
      - { else: bye }
  golden:
    set: { slots: { note: "took {{ plan }}" }, then: bye }"#;
    let mut caller = Caller::calls(&nodes(form));
    caller.hears_out().says("[unk] gold").says("yes");
    assert_eq!(caller.path(), ["first", "sure", "choose", "golden", "bye"]);
    assert_eq!(caller.slot("note").as_deref(), Some("took gold"));
    assert_eq!(caller.slot("sure").as_deref(), Some("yes"));
    let mut caller = Caller::calls(&nodes(form));
    caller.presses("2").presses("2");
    assert_eq!(caller.path(), ["first", "sure", "choose", "first"]);
}

#[test]
fn a_back_end_that_fails_leads_where_the_designer_said() {
    let bodies = [(500, "{}"), (200, "no json"), (200, "{}"), (200, r#"{"amount": "x", "name": "y"}"#), (404, "")];
    for (status, body) in bodies {
        let mut caller = Caller::calls(&nodes(MENU));
        caller.presses("1123").hears_out().presses("1").answers(status, body).hears_all();
        assert!(caller.queued.is_some(), "{status} {body}");
        assert_eq!(caller.queued.as_ref().unwrap().1, "bill enquiry, account one two three");
    }
    let mut caller = Caller::calls(&nodes(MENU));
    caller.presses("1123").presses("1").fails_to_answer().hears_all();
    assert!(caller.queued.is_some());
}

#[test]
fn a_back_end_of_which_nothing_is_heard_is_given_up() {
    let mut caller = Caller::calls(&nodes(MENU));
    caller.presses("1123").presses("1").hears_out();
    caller.pass(S(4));
    assert!(caller.queued.is_some());
    assert!(caller.events().any(|e| matches!(e, CallEvent::FetchEnded { status: None, .. })));
}

#[test]
fn the_filler_is_heard_out_when_the_answer_comes_early() {
    let mut caller = Caller::calls(&nodes(MENU));
    caller.presses("1123").presses("1").answers(200, r#"{"amount": 1, "name": "Ann"}"#);
    assert_eq!(caller.last(), "One moment.");
    caller.hears_out();
    assert_eq!(caller.last(), "Ann, you owe 1 dollar.");
}

#[test]
fn a_post_carries_json_and_a_key_that_is_the_same_when_the_call_is_run_again() {
    let post = r#"
  first:
    http: { service: ticket, with: { number: "{{ caller }}" }, if_failed: desk, then: tell }
  tell:
    play: { say: "Your number is {{ ticket.number }}.", then: bye }"#;
    let flow = nodes(post);
    let mut caller = Caller::calls(&flow);
    let (_, request) = caller.fetch.clone().unwrap();
    assert_eq!(request.body.as_deref(), Some(r#"{"number":"+12025550123"}"#));
    let again = Caller::calls(&flow).fetch.clone().unwrap().1;
    assert_eq!(request, again);
    assert!(request.headers.iter().any(|(name, value)| name == "idempotency-key" && value.len() == 32));
    caller.answers(201, r#"{"number": 40}"#);
    assert_eq!(caller.last(), "Your number is four zero.");
}

#[test]
fn a_queue_that_reaches_nobody_goes_on_where_it_says() {
    let mut caller = Caller::calls(&nodes(MENU));
    caller.presses("2").nobody_is_free();
    assert_eq!(caller.last(), "Goodbye.");
    caller.hears_out();
    assert_eq!(caller.hung_up, Some(Some(Disposition::NoAgent)));
}

#[test]
fn a_choice_may_set_the_disposition() {
    let campaign = r#"
  first:
    menu:
      say: "This is North Wind. Are you interested?"
      choices:
        interested: { hear: ["yes"], press: "1", goto: desk }
        not_interested: { hear: ["no"], press: "2", set: { disposition: not_interested }, goto: bye }
        stop: { hear: [never call me again, stop calling, take me off your list], press: "9", set: { disposition: do_not_call }, goto: bye }"#;
    let flow = nodes(campaign);
    let mut caller = Caller::calls(&flow);
    caller.says("[unk] never call me again");
    assert_eq!(caller.run.disposition(), Some(Disposition::DoNotCall), "known before the goodbye has ended");
    caller.hears_out();
    assert_eq!(caller.hung_up, Some(Some(Disposition::DoNotCall)));
    let mut caller = Caller::calls(&flow);
    caller.hears_out().says("no").hears_out();
    assert_eq!(caller.hung_up, Some(Some(Disposition::NotInterested)));
}

#[test]
fn a_variable_that_was_never_filled_leads_to_a_person() {
    let early = r#"
  first:
    play: { say: "You owe {{ balance.amount }}.", then: account }
  account:
    http: { service: balance, with: { account: "1" }, if_failed: bye, then: bye }"#;
    let caller = Caller::calls(&nodes(early));
    assert!(caller.queued.is_some());
    assert!(caller.events().any(|e| matches!(e, CallEvent::FlowFailed { node, .. } if node == "first")));
}

#[test]
fn a_flow_that_is_broken_where_people_are_ends_the_call() {
    let yaml = yaml_of("  first:\n    play: { say: \"{{ balance.amount }}\", then: note }\n  note:\n    http: { service: balance, with: { account: \"1\" }, if_failed: desk, then: desk }")
        .replace("person: desk", "person: first");
    let caller = Caller::calls(&flow(&yaml));
    assert_eq!(caller.hung_up, Some(Some(Disposition::Failed)));
}

#[test]
fn a_key_during_a_prompt_that_cannot_be_interrupted_waits_for_its_end() {
    let notice = r#"
  first:
    menu: { say: "This call is recorded.", barge_in: never, choices: { a: { press: "1", goto: bye }, b: { press: "2", goto: desk } } }"#;
    let mut caller = Caller::calls(&nodes(notice));
    assert!(caller.listening.is_none(), "our own prompt is not listened to");
    caller.presses("2");
    assert!(caller.queued.is_none());
    caller.hears_out();
    assert!(caller.queued.is_some());
}

#[test]
fn a_cough_is_passed_over() {
    let mut caller = Caller::calls(&nodes(MENU));
    caller.hears_out();
    let (order, _) = caller.listening.take().unwrap();
    caller.input(ivr_flows::Input::SpeechStarted { order });
    let cough = call_model::Heard { speech_ms: 120, ..support::heard("", 1.0) };
    caller.input(ivr_flows::Input::Heard { order, heard: cough });
    assert!(caller.listening.is_some() && caller.turns().is_empty());
    caller.pass(S(5));
    assert!(matches!(caller.turns()[0], TurnResult::NoInput));
}

#[test]
fn facts_about_what_is_over_are_ignored() {
    let mut caller = Caller::calls(&nodes(MENU));
    let (old, _) = caller.listening.clone().unwrap();
    caller.presses("1");
    let told = caller.records.len();
    caller
        .run
        .handle_input(ivr_flows::Input::Heard { order: old, heard: support::heard("rude employee", 1.0) }, caller.now);
    caller.run.handle_input(ivr_flows::Input::SpeechStarted { order: old }, caller.now);
    caller.run.handle_input(ivr_flows::Input::QueueFailed { why: call_model::TransferFailure::Nobody }, caller.now);
    caller.run.handle_input(ivr_flows::Input::DigitPressed { digit: 'x' }, caller.now);
    assert!(caller.run.poll_output().is_none());
    assert_eq!(told, caller.records.len());
}

#[test]
fn a_leads_columns_are_known_by_name() {
    let yaml = yaml_of("  first:\n    play: { say: \"Hello {{ name }}, code {{ code }}.\", then: bye }")
        .replace("nodes:", "given: { name: text, code: digits }\nnodes:");
    let variables = [("name", "Ann"), ("code", "12"), ("other", "x")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    let caller = Caller::calls_with(&flow(&yaml), ivr_flows::Start { variables, ..Default::default() });
    assert_eq!(caller.last(), "Hello Ann, code one two.");
}

#[test]
fn all_fixed_prompts_are_known_when_the_flow_is_loaded() {
    let flow = nodes(MENU);
    let known: Vec<String> =
        flow.prompts().into_iter().map(|part| call_model::Prompt { parts: vec![part] }.transcript()).collect();
    for text in [
        "Bill or complaint?",
        "Did you mean bill enquiry?",
        "Did you mean a person?",
        "Sorry.",
        "One moment.",
        "Goodbye.",
    ] {
        assert!(known.iter().any(|known| known == text), "{text}");
    }
    assert!(!known.iter().any(|known| known.contains("{{")));
    assert!(flow.words().contains("employee") && flow.words().contains("seven") && flow.words().contains("yes"));
    assert_eq!(flow.queues().into_iter().collect::<Vec<_>>(), ["service"]);
}
