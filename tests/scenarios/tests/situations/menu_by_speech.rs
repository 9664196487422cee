//! A caller says what he wants in his own words.

use test_harness::Script;

use super::assert_heard;
use scenario_tests::House;

#[test]
fn a_caller_says_what_he_wants_and_hears_it() {
    let house = House::new(&[]);
    let script = Script::new().answer("when are you open").answer("no thank you");
    let (talk, call) = house.call(&script);
    let ended = talk.ended();
    assert_eq!(ended["status"], 200, "{ended}");
    assert_eq!(house.accepted(&call), ["opening_hours", "done"]);
    let recording = talk.recording();
    assert_heard(&recording, "We are open Monday to Friday, from eight in the morning to six in the evening.");
    assert_heard(&recording, "Thank you for calling");
    let record = house.server.ended_call(&call);
    assert_eq!(record["ended_by"], "flow", "{record}");
    assert_eq!(record["intent"], "done", "{record}");
}
