//! One agent does not answer; the next one gets the call.

use test_harness::{OTHER_CALLER, Script, Serve};

use super::assert_heard;
use scenario_tests::{CONVERSATION, House, SOON};

#[test]
fn the_next_agent_gets_what_the_first_lets_ring() {
    let house = House::new(&["alice", "bob"]);
    // Alice has waited longer, so she is rung first.
    house.sign_in(&["alice", "bob"]);
    house.desk.serve("alice", &Serve::ring());
    let agent = Script::new().voice(OTHER_CALLER).quiet(600).keys("1").say("this is bob speaking").pause(500).hang_up();
    house.desk.serve("bob", &Serve::answer(300, agent));
    let (talk, call) = house.call(&Script::new().answer("i want to complain"));
    let failed = house.events.of_call_within(&call, "offer_failed", CONVERSATION);
    assert_eq!((&failed["agent"], &failed["cause"]), (&"alice".into(), &"no_answer".into()), "{failed}");
    let accepted = house.events.of_call_within(&call, "agent_accepted", CONVERSATION);
    assert_eq!(accepted["agent"], "bob", "{accepted}");
    assert!(accepted["waited_ms"].as_u64().is_some_and(|ms| ms >= 5_000), "{accepted}");
    talk.ended();
    assert_heard(&talk.recording(), "this is bob speaking");
    let rung = house.desk.incoming("alice", 0, SOON).ended();
    assert_eq!(rung["status"], 487, "{rung}");
}

#[test]
fn an_agent_who_declines_loses_no_caller() {
    let house = House::new(&["alice", "bob"]);
    house.sign_in(&["alice", "bob"]);
    house.desk.serve("alice", &Serve::refuse(486));
    let agent = Script::new().voice(OTHER_CALLER).quiet(600).keys("1").say("this is bob speaking").pause(500).hang_up();
    house.desk.serve("bob", &Serve::answer(0, agent));
    let (talk, call) = house.call(&Script::new().speech(300).keys("2"));
    let failed = house.events.of_call_within(&call, "offer_failed", CONVERSATION);
    assert_eq!(failed["agent"], "alice", "{failed}");
    talk.ended();
    let record = house.server.ended_call(&call);
    assert_eq!(record["agent"], "bob", "{record}");
}
