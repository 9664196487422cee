//! Nobody is signed in: the flow goes on where it said.

use test_harness::Script;

use super::assert_heard;
use scenario_tests::House;

#[test]
fn a_caller_is_told_that_nobody_is_there() {
    let house = House::new(&["alice"]);
    let (talk, call) = house.call(&Script::new().answer("agent"));
    talk.ended();
    let recording = talk.recording();
    assert_heard(&recording, "nobody is free at the moment please call again later");
    let record = house.server.ended_call(&call);
    assert_eq!(record["disposition"], "no_agent", "{record}");
}
