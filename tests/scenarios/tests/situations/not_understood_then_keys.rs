//! Who is not understood twice goes on by keys, and nobody is sent round in circles.

use test_harness::Script;

use super::assert_heard;
use scenario_tests::House;

#[test]
fn after_two_misunderstandings_the_keys_help() {
    let house = House::new(&[]);
    let nonsense = "purple elephants dance on the frozen river";
    let script = Script::new().answer(nonsense).answer(nonsense).quiet(900).keys("3").answer("no thank you");
    let (talk, call) = house.call(&script);
    talk.ended();
    let results: Vec<String> = (house.events.all_of(&call).iter().filter(|event| event["type"] == "turn_decided"))
        .map(|event| event["result"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(results, ["no_match", "no_match", "accepted", "accepted"]);
    assert_eq!(house.accepted(&call), ["opening_hours", "done"]);
    assert_heard(&talk.recording(), "Press 1 for your bill".replace('1', "one").as_str());
}

#[test]
fn a_silent_caller_is_asked_again_and_led_to_a_person() {
    let house = House::new(&[]);
    let (talk, call) = house.call(&Script::new());
    talk.ended();
    let recording = talk.recording();
    assert_heard(&recording, "I did not hear you");
    assert_heard(&recording, "nobody is free at the moment");
    let record = house.server.ended_call(&call);
    assert_eq!(record["disposition"], "no_agent", "{record}");
}
