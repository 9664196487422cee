//! The server is told to stop while somebody speaks with it.

use std::time::Duration;

use test_harness::Script;

use scenario_tests::{CONVERSATION, House, SOON};

#[test]
fn calls_end_by_themselves_and_no_new_ones_begin() {
    let mut house = House::with(&[], |setup| setup.change("/drain", "60s".into()));
    let (talk, call) =
        house.call(&Script::new().speech(500).note("speaking").quiet(900).keys("3").quiet(900).keys("2"));
    talk.noted("speaking", CONVERSATION);
    house.server.terminate();
    house.carrier.facts();
    let refused = loop {
        // The order to stop takes a moment to be heard.
        let late = house.carrier.call("", &house.server.uri("100"), &Script::new().hang_up());
        let ended = late.ended();
        if ended["status"] != 200 {
            break ended;
        }
    };
    assert_eq!(refused["status"], 503, "{refused}");
    let ready = house.server.api().ask("GET", "/readyz", None);
    assert_eq!(ready.status, 503);
    let ended = talk.ended();
    assert_eq!(ended["status"], 200, "{ended}");
    let status = house.server.wait_until_ended(SOON);
    assert!(status.success(), "{status}");
    house.server.start_again();
    let record = house.server.api().get(&format!("/api/v1/calls/{call}"));
    assert_eq!((&record["ended_by"], &record["cause"]), (&"flow".into(), &"normal".into()), "{record}");
}

#[test]
fn a_call_that_does_not_end_is_ended() {
    let mut house = House::with(&[], |setup| setup.change("/drain", "1s".into()));
    let (talk, call) = house.call(&Script::new().speech(500).note("speaking"));
    talk.noted("speaking", CONVERSATION);
    house.server.terminate();
    talk.state("disconnected", Duration::from_secs(5));
    house.server.wait_until_ended(SOON);
    house.server.start_again();
    let record = house.server.api().get(&format!("/api/v1/calls/{call}"));
    assert_eq!(record["cause"], "shutdown", "{record}");
}
