//! A caller presses a key, also in the middle of the prompt.

use test_harness::Script;

use super::assert_heard;
use scenario_tests::House;

#[test]
fn a_key_chooses_and_stops_the_prompt() {
    let house = House::new(&[]);
    let script = Script::new().speech(600).keys("3").quiet(900).keys("2");
    let (talk, call) = house.call(&script);
    talk.ended();
    assert_eq!(house.accepted(&call), ["opening_hours", "done"]);
    let prompt = house.events.of_call(&call, "prompt_ended");
    assert_eq!(prompt["interrupted"], true, "{prompt}");
    assert_heard(&talk.recording(), "We are open Monday to Friday");
}
