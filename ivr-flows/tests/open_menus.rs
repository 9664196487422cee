//! Menus that are open to any words.

mod support;

use call_model::{CallEvent, Heard, SoundFailure};
use ivr_flows::{FilesInMemory, Input, check_files};
use support::{Caller, nodes, yaml_of};

const OPEN: &str = r#"
  first:
    menu:
      open: true
      say: "How can I help you?"
      say_narrow: "Say bill or complaint."
      choices:
        bill:
          hear: [my bill, what do i owe]
          examples: [how much do i have to pay, tell me the balance of my account, when is the payment due, my invoice looks wrong]
          press: "1"
          goto: bye
        staff:
          hear: [make a complaint]
          examples: [your employee was rude to me, i am not happy with the service, nobody calls me back, somebody was impolite]
          press: "2"
          goto: desk"#;

fn says_freely(caller: &mut Caller, free: &str) {
    let (order, request) = caller.listening.take().expect("somebody listens");
    assert!(request.free);
    let heard = Heard { free: Some(free.to_owned()), ..support::heard("[unk]", 1.0) };
    caller.input(Input::SpeechStarted { order });
    caller.input(Input::Heard { order, heard });
}

fn intents(caller: &Caller) -> Vec<String> {
    let found = caller.events().filter_map(|event| match event {
        CallEvent::IntentFound { intent, .. } => Some(intent.clone()),
        _ => None,
    });
    found.collect()
}

#[test]
fn other_words_than_the_phrases_find_the_choice() {
    let mut caller = Caller::calls(&nodes(OPEN));
    caller.hears_out();
    says_freely(&mut caller, "hello could you tell me the balance of my account please");
    assert_eq!(intents(&caller), ["bill"]);
}

#[test]
fn a_phrase_within_a_sentence_is_understood() {
    let mut caller = Caller::calls(&nodes(OPEN));
    caller.hears_out();
    says_freely(&mut caller, "i was wondering if you could tell me what do i owe");
    assert_eq!(intents(&caller), ["bill"]);
}

#[test]
fn what_is_out_of_scope_is_not_understood() {
    let mut caller = Caller::calls(&nodes(OPEN));
    caller.hears_out();
    says_freely(&mut caller, "which river is the longest of all");
    assert!(intents(&caller).is_empty());
    assert!(caller.last().starts_with("Sorry, I did not get that."), "{}", caller.last());
}

#[test]
fn a_full_machine_asks_the_narrower_question_at_once() {
    let mut caller = Caller::calls(&nodes(OPEN));
    let (order, request) = caller.listening.take().expect("somebody listens");
    assert!(request.free);
    caller.input(Input::Failed { order, why: SoundFailure::OnlyPhrases });
    assert!(caller.events().any(|event| matches!(event, CallEvent::ListenNarrowed)));
    assert_eq!(caller.last(), "Say bill or complaint.");
    assert!(caller.listening.as_ref().is_some_and(|(_, request)| !request.free));
    caller.hears_out().says("my bill");
    assert_eq!(intents(&caller), ["bill"]);
}

#[test]
fn a_narrowed_turn_for_which_nobody_is_left_goes_on_by_keys() {
    let mut caller = Caller::calls(&nodes(OPEN));
    let (order, _) = caller.listening.take().expect("somebody listens");
    caller.input(Input::Failed { order, why: SoundFailure::OnlyPhrases });
    caller.hears_out().recogniser_fails().presses("2");
    assert_eq!(intents(&caller), ["staff"]);
}

#[test]
fn examples_without_an_open_menu_are_an_error_with_a_fix() {
    let yaml = yaml_of(&OPEN.replace("      open: true\n", ""));
    let files = FilesInMemory::new().with("flow.yaml", &yaml);
    let found: Vec<String> = check_files("flow.yaml", &files, None).iter().map(ToString::to_string).collect();
    assert!(found.iter().any(|found| found.contains("open: true")), "{found:?}");
}
