//! Random callers: the dialogue never panics, always ends or reaches a person, goes the same way every time, and goes it
//! again from its events.
#![allow(clippy::disallowed_methods)]

mod support;

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use call_model::{CallEvent, EventRecord, Heard, OrderId, Recording, RecordingEnd, RecordingId, SoundFailure};
use ivr_flows::{Divergence, Flow, Input, replay};
use proptest::prelude::*;
use support::{Caller, flow_of, nodes, yaml_of};

/// What a caller, a back end and the sound do next.
#[derive(Debug, Clone)]
enum Move {
    Hears,
    Says(String, f32),
    Presses(char),
    Waits(u64),
    Answers(u16, String),
    FailsToAnswer,
    Deafens,
    LosesPrompt,
    BreaksPrompt,
    Speaks(Option<u128>),
    NobodyIsFree,
    StaleFacts(u64),
}

/// The flows are read once: an open menu learns when it is read.
fn flows() -> &'static [Arc<Flow>] {
    static FLOWS: LazyLock<Vec<Arc<Flow>>> = LazyLock::new(read_flows);
    &FLOWS
}

fn read_flows() -> Vec<Arc<Flow>> {
    let everything = r#"
  first:
    menu:
      say: "Bill, plan or complaint?"
      say_again: ["Bill or complaint?", "Please choose."]
      say_keys: "Press 1, 2 or 3."
      choices:
        bill: { hear: [my bill, what do i owe], press: "1", goto: account }
        plan: { hear: [my plan, change my plan], press: "3", goto: plan }
        staff: { hear: [rude employee, complain about your staff], press: "2", set: { disposition: not_interested, slots: { note: "rude" } }, goto: desk }
  account:
    ask: { slot: account, type: digits, length: 3, say: "Account?", read_back: "{{ account }}?", then: bill }
  bill:
    http: { service: balance, with: { account: "{{ account }}" }, say_while: "One moment.", if_failed: desk, then: choose }
  choose:
    branch:
      - { if: "balance.amount > 100 and account != '123'", goto: tell }
      - { else: first }
  tell:
    play: { say: "You owe {{ balance.amount }}.", then: code }
  code:
    ask: { slot: code, type: digits, min: 2, max: 4, say: "Code?", barge_in: by_key, then: sure }
  plan:
    ask:
      slot: plan
      type: one_of
      say: "Gold or silver?"
      options: { gold: { hear: [gold], press: "1" }, silver: { hear: [silver, the silver plan] } }
      then: sure
  sure:
    ask: { slot: sure, type: yes_no, say: "Sure?", barge_in: never, then: end }
  end:
    branch:
      - { if: "sure", goto: bye }
      - { else: first }"#;
    let spoken = r#"
  first:
    menu: { say: "{{ caller }}?", if_silent: [{ say: "Hello?" }], choices: { a: { hear: [my bill], goto: tell }, b: { hear: [my card], goto: first } } }
  tell:
    play: { say: "{% if intent is defined %}{{ intent }}{% endif %}", then: first }"#;
    let form = r#"
  first:
    form:
      say: "From where to where, and which code?"
      confirm: when_unsure
      questions: { plan: { hear: [my plan], say: "It is gold." }, out: { hear: [my card], press: "9", goto: first } }
      slots:
        origin: { type: one_of, options: { a: { hear: [gold] }, b: { hear: [silver] }, c: { hear: [my bill] } }, hear: ["from {origin}"], say: "From where?" }
        target: { type: one_of, options: { a: { hear: [gold] }, b: { hear: [silver] }, c: { hear: [my bill] } }, hear: ["to {target}"], say: "To where?", confirm: always }
        code: { type: digits, min: 1, max: 3, say: "Code?", when: "target != 'b'", barge_in: by_word }
        sure: { type: yes_no, say: "Sure?", when: "origin == 'a'", input: [speech] }
        amount: { type: money, max: 500, say: "How much?", no_barge_in: 500ms }
        day: { type: date, say: "When?", min_words: 2 }
      then: choose
  choose:
    branch:
      - { if: "last.by == 'keys'", goto: again }
      - { else: first }
  again:
    form:
      slots: { plan: { type: one_of, options: { gold: { hear: [gold], press: "1" }, silver: { hear: [silver], press: "2" } }, say: "Plan?" } }
      read_back: "{{ plan }}?"
      then: first"#;
    vec![nodes(everything), nodes(spoken), nodes(form), served()]
}

/// An open menu, options of a service, a recording, and what is keyed in by its parts.
fn served() -> Arc<Flow> {
    let yaml = yaml_of(
        r#"
  first:
    menu:
      open: true
      say: "What is it?"
      choices:
        pay: { hear: [my bill], examples: [twenty dollars to gold, pay silver tomorrow, two dollars, pay it, my plan], press: "1", goto: order }
        staff: { hear: [rude employee], examples: [complain, rude, your staff, not my plan, what do i owe], press: "2", goto: desk }
  order:
    form:
      agree: [my plan]
      confirm: when_unsure
      slots:
        plan: { type: one_of, options_from: plans, say: "Which plan? {{ choices }}", if_failed: first }
        amount: { type: money, max: 500, say: "How much?", read_back: "{{ amount }}, {{ plan }}?" }
        story: { type: recording, when: "amount > 10", say: "Tell us after the tone." }
        at: { type: date_time, say: "When?" }
        day: { type: date, in_the: past, say: "Which day?" }
      then: choose
  choose:
    branch: [{ if: "plan == '7'", goto: first }, { else: bye }]"#,
    );
    let services =
        "plans: { url: \"http://127.0.0.1/plans\", fields: { offers: { list: { label: text, value: digits } } } }\n";
    flow_of(&[("flow.yaml", &yaml), ("services.yaml", services)])
}

fn moves() -> impl Strategy<Value = Move> {
    let word = prop::sample::select(vec![
        "my",
        "bill",
        "plan",
        "what do i owe",
        "rude employee",
        "complain about your staff",
        "gold",
        "silver",
        "yes",
        "no",
        "agent",
        "one",
        "two",
        "three",
        "double",
        "oh",
        "nine",
        "[unk]",
        "that's right",
        "from",
        "to",
        "not",
        "hold on",
        "repeat",
        "go back",
        "help",
        "my card",
        "tomorrow",
        "twenty",
        "dollars",
        "",
    ]);
    let words = prop::collection::vec(word, 0..5).prop_map(|words| words.join(" "));
    let body = prop::sample::select(vec![
        r#"{"amount": 142.1, "name": "Ann"}"#,
        r#"{"amount": 1, "name": "Ann"}"#,
        "{}",
        "",
        "[1",
        r#"{"amount": 1e300, "name": "x"}"#,
        r#"{"offers": [{"label": "Gold", "value": "7"}, {"label": "silver, of the best", "value": 12}]}"#,
        r#"{"offers": [{"label": "gold", "value": "7"}, {"label": "gold", "value": "8"}, {"label": "", "value": "9"}]}"#,
        r#"{"offers": []}"#,
    ]);
    prop_oneof![
        6 => Just(Move::Hears),
        6 => (words, 0.0f32..=1.0).prop_map(|(text, confidence)| Move::Says(text, confidence)),
        6 => prop::sample::select("0123456789*#".chars().collect::<Vec<_>>()).prop_map(Move::Presses),
        3 => (0u64..8000).prop_map(Move::Waits),
        3 => (prop::sample::select(vec![200u16, 201, 404, 500]), body).prop_map(|(status, body)| Move::Answers(status, body.to_owned())),
        1 => Just(Move::FailsToAnswer),
        1 => Just(Move::Deafens),
        1 => Just(Move::LosesPrompt),
        1 => Just(Move::BreaksPrompt),
        2 => prop::option::of(1u128..9).prop_map(Move::Speaks),
        2 => Just(Move::NobodyIsFree),
        1 => (0u64..50).prop_map(Move::StaleFacts),
    ]
}

fn act(caller: &mut Caller, step: &Move) {
    match step {
        Move::Hears if caller.playing.is_some() => {
            caller.hears_out();
        }
        Move::Says(text, confidence) if caller.listening.is_some() => {
            let free = caller.listening.as_ref().is_some_and(|(_, request)| request.free).then(|| text.clone());
            caller.is_heard(Heard { free, ..support::heard(text, *confidence) });
        }
        Move::Presses(key) => {
            caller.presses(&key.to_string());
        }
        Move::Waits(ms) => caller.pass(Duration::from_millis(*ms)),
        Move::Answers(status, body) if caller.fetch.is_some() => {
            caller.answers(*status, body);
        }
        Move::FailsToAnswer if caller.fetch.is_some() => {
            caller.fails_to_answer();
        }
        Move::Deafens if caller.listening.is_some() => {
            caller.recogniser_fails();
        }
        // The end of a prompt that is never reported.
        Move::LosesPrompt if caller.listening.is_some() => caller.playing = None,
        Move::BreaksPrompt => {
            if let Some((order, _)) = caller.playing.take() {
                caller.input(Input::Failed { order, why: SoundFailure::PromptUnavailable });
            }
        }
        Move::Speaks(number) if caller.record.is_some() => {
            let id = number.map(|number| RecordingId::from_parts(0, number));
            caller.is_recorded(Ok(Recording { id, length_ms: 900, ended: RecordingEnd::Silence }));
        }
        Move::NobodyIsFree if caller.queued.is_some() => {
            caller.nobody_is_free();
        }
        Move::StaleFacts(order) => {
            let order = OrderId(1000 + order);
            for input in [
                Input::Finished { order },
                Input::Stopped { order, played_ms: 1 },
                Input::Failed { order, why: SoundFailure::LegGone },
                Input::SpeechStarted { order },
                Input::Heard { order, heard: support::heard("my bill", 1.0) },
            ] {
                caller.input(input);
            }
        }
        _ => {}
    }
}

fn run(flow: &Arc<Flow>, moves: &[Move]) -> Caller {
    let mut caller = Caller::calls(flow);
    for step in moves {
        if caller.hung_up.is_some() {
            break;
        }
        act(&mut caller, step);
    }
    caller
}

/// What a call stores besides what its dialogue tells.
fn with_the_calls_own_events(records: &[EventRecord]) -> Vec<EventRecord> {
    let mut stored = Vec::new();
    for record in records {
        stored.push(record.clone());
        if matches!(record.event, CallEvent::FlowStarted { .. }) {
            stored.push(EventRecord { event: CallEvent::Answered, ..record.clone() });
        }
    }
    stored
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_dialogue_always_waits_for_something_or_has_ended(which in 0usize..4, moves in prop::collection::vec(moves(), 0..60)) {
        let caller = run(&flows()[which], &moves);
        let waits = caller.playing.is_some()
            || caller.listening.is_some()
            || caller.fetch.is_some()
            || caller.queued.is_some()
            || caller.record.is_some()
            || caller.run.poll_timeout().is_some();
        // A prompt whose end is never reported is the sound's fault, not the dialogue's.
        let lost = moves.iter().any(|step| matches!(step, Move::LosesPrompt));
        prop_assert!(waits || lost || caller.hung_up.is_some(), "{:?}", caller.path());
    }

    #[test]
    fn a_caller_who_goes_silent_reaches_a_person_or_the_end(which in 0usize..4, moves in prop::collection::vec(moves(), 0..40)) {
        let mut caller = run(&flows()[which], &moves);
        for _ in 0..60 {
            if caller.queued.is_some() || caller.hung_up.is_some() {
                break;
            }
            if caller.playing.is_some() {
                caller.hears_out();
            }
            caller.pass(Duration::from_secs(20));
        }
        let lost = moves.iter().any(|step| matches!(step, Move::LosesPrompt));
        prop_assert!(lost || caller.queued.is_some() || caller.hung_up.is_some(), "{:?}", caller.path());
    }

    #[test]
    fn the_same_facts_lead_the_same_way(which in 0usize..4, moves in prop::collection::vec(moves(), 0..60)) {
        let flow = &flows()[which];
        let (one, other) = (run(flow, &moves), run(flow, &moves));
        prop_assert_eq!(&one.records, &other.records);
        prop_assert_eq!(&one.prompts, &other.prompts);
    }

    #[test]
    fn a_finished_call_takes_the_same_path_when_it_is_run_again(which in 0usize..4, moves in prop::collection::vec(moves(), 0..60)) {
        let flow = &flows()[which];
        let caller = run(flow, &moves);
        let told: Vec<CallEvent> = caller.events().skip(1).cloned().collect();
        let stored = with_the_calls_own_events(&caller.records);
        let again = replay(flow.clone(), &stored, Instant::now());
        prop_assert_eq!(again, Ok(told));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[a-z:{}\\[\\]\"'#&*!|>%@, \n\t-]{0,300}") {
        let files = ivr_flows::FilesInMemory::new().with("flow.yaml", &text);
        prop_assert!(!ivr_flows::check_files("flow.yaml", &files, None).is_empty());
    }

    #[test]
    fn a_damaged_flow_is_read_or_refused(at in 0usize..2000, damage in "[ a-z0-9:{}\\[\\]\"'\n\t]{0,6}", cut in 0usize..12) {
        let yaml = include_str!("../../samples/hotline/hotline.yaml");
        let at = (0..=at.min(yaml.len())).rev().find(|at| yaml.is_char_boundary(*at)).unwrap();
        let end = (at..=(at + cut).min(yaml.len())).rev().find(|end| yaml.is_char_boundary(*end)).unwrap();
        let damaged = format!("{}{damage}{}", &yaml[..at], &yaml[end..]);
        let services = include_str!("../../samples/hotline/services.yaml");
        let files = ivr_flows::FilesInMemory::new().with("hotline.yaml", &damaged).with("services.yaml", services);
        for found in ivr_flows::check_files("hotline.yaml", &files, None) {
            prop_assert!(!found.message.is_empty() && !found.fix.is_empty(), "{}", found);
        }
    }
}

#[test]
fn another_path_is_told_where_it_parts() {
    let flow = &flows()[0];
    let mut caller = Caller::calls(flow);
    caller.hears_out().says("my bill").hears_out().says("one two three");
    let mut records = caller.records.clone();
    for record in &mut records {
        if let CallEvent::SpeechHeard { heard, .. } = &mut record.event {
            *heard = support::heard("my plan", 1.0);
        }
    }
    let found = replay(flow.clone(), &records, Instant::now());
    assert!(matches!(found, Err(Divergence::OtherPath { .. })), "{found:?}");
}

#[test]
fn a_call_of_another_flow_is_not_run_again() {
    let flows = flows();
    let caller = Caller::calls(&flows[0]);
    let found = replay(flows[1].clone(), &caller.records, Instant::now());
    assert!(matches!(found, Err(Divergence::OtherFlow { .. })));
    assert_eq!(replay(flows[1].clone(), &[], Instant::now()), Err(Divergence::NoBeginning));
}

#[test]
fn a_flow_that_runs_in_circles_is_stopped() {
    // The circle leads through a queue, which the checks take for waiting; here nobody is ever free.
    let circle = r#"
  first:
    queue: { name: service, if_nobody: first }"#;
    let mut caller = Caller::calls(&nodes(circle));
    for _ in 0..1000 {
        if caller.hung_up.is_some() {
            break;
        }
        if caller.queued.is_some() {
            caller.nobody_is_free();
        } else {
            caller.hears_all();
        }
    }
    assert!(caller.hung_up.is_some());
    assert!(caller.events().any(|event| matches!(event, CallEvent::FlowFailed { .. })));
}
