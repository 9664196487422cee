//! The main thing: an agent gets the call and already knows.

use serde_json::Value;
use test_harness::{Behaviour, OTHER_CALLER, Script, Serve};

use super::assert_heard;
use scenario_tests::{CALLER, House, SOON};

#[test]
fn the_agent_hears_the_whisper_takes_the_call_and_hears_the_caller() {
    let house = House::new(&["alice"]);
    house.sign_in(&["alice"]);
    // The hotline leads to a person, with the account, when the balance cannot be had.
    house.backend.behave(Behaviour::Fail(500));
    let agent = Script::new().voice(OTHER_CALLER).quiet(600).keys("1").say("good morning how can i help you");
    house.desk.serve("alice", &Serve::answer(500, agent.quiet(1500).hang_up()));
    let words = "i do not know what to do about it";
    let script = Script::new().answer("my bill").answer("one two three").answer("correct").note("understood");
    let (talk, call) = house.call(&script);
    house.events.of_call_within(&call, "bridged", std::time::Duration::from_secs(60));
    // Music has ended; the caller listens to the agent now. He says it twice: a recogniser without a grammar mishears a
    // sentence now and then, but not both times.
    talk.then(&Script::new().quiet(700).say(words).pause(600).say(words));
    let offered = house.desk.incoming("alice", 0, SOON);
    assert_eq!(offered.header("x-context-id"), Some(call.as_str()));
    let user_to_user = offered.header("user-to-user").unwrap_or_default();
    let handle = format!("00{}", call.replace('-', ""));
    assert_eq!(user_to_user, format!("{handle};encoding=hex;purpose=isdn-uui"));
    let ended = talk.ended();
    assert_eq!(ended["status"], 200, "{ended}");

    let caller = talk.recording();
    let desk = offered.recording();
    assert_heard(&caller, "good morning how can i help you");
    assert_heard(&desk, "bill enquiry account one two three press one to take the call");
    assert_heard(&desk, words);
    check_context(&house, &call);
    check_record(&house, &call);
}

fn check_context(house: &House, call: &str) {
    let context = house.server.api().get(&format!("/api/v1/calls/{call}/context"));
    assert_eq!(context["caller"], CALLER, "{context}");
    assert_eq!(context["intent"], "bill", "{context}");
    assert_eq!(context["slots"][0]["value"], "123", "{context}");
    assert_eq!(context["slots"][0]["confirmed"], true, "{context}");
    let whisper = context["whisper"].as_str().unwrap_or_default().to_lowercase();
    assert!(whisper.starts_with("bill enquiry, account"), "{context}");
    let pushed = house.events.matching(|fact| fact["kind"] == "context" && fact["context"]["call"] == call);
    assert!(!pushed.is_empty(), "subscribers are shown the context");
}

fn check_record(house: &House, call: &str) {
    let record = house.server.ended_call(call);
    assert_eq!(record["disposition"], "handed_over", "{record}");
    assert_eq!(record["agent"], "alice", "{record}");
    assert_eq!(record["ended_by"], "agent", "{record}");
    assert!(record["queue_wait_ms"].as_u64().is_some_and(|ms| ms > 0), "{record}");
    let events = house.events.all_of(call);
    let numbers: Vec<u64> = events.iter().filter_map(|event| event["number"].as_u64()).collect();
    let expected: Vec<u64> = (1..=numbers.len() as u64).collect();
    assert_eq!(numbers, expected, "every event is numbered");
    let stored = house.server.api().get(&format!("/api/v1/calls/{call}/events"));
    assert_eq!(stored.as_array().map(Vec::len), Some(events.len()));
    assert_eq!(events.last().map(|event| &event["type"]), Some(&Value::from("ended")));
}
