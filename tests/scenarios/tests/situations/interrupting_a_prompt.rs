//! Who knows what he wants need not hear the whole menu.

use test_harness::Script;

use super::assert_not_heard;
use scenario_tests::House;

#[test]
fn a_caller_interrupts_the_prompt_and_is_understood() {
    let house = House::new(&[]);
    let script = Script::new().speech(1200).say("opening hours").answer("no thank you");
    let (talk, call) = house.call(&script);
    talk.ended();
    let events = house.events.all_of(&call);
    let interrupted = events.iter().find(|event| event["type"] == "prompt_ended").expect("a prompt ended");
    assert_eq!(interrupted["interrupted"], true, "{interrupted}");
    assert!(interrupted["played_ms"].as_u64().is_some_and(|ms| (800..4_000).contains(&ms)), "{interrupted}");
    assert_eq!(house.accepted(&call), ["opening_hours", "done"]);
    assert_not_heard(&talk.recording(), "You can say bill, complaint");
}
