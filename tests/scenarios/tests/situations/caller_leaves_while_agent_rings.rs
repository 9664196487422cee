//! A caller gives up; nobody's telephone rings for a call that is gone.

use test_harness::{Script, Serve};

use scenario_tests::{CONVERSATION, House, SOON};

#[test]
fn the_agents_telephone_stops_within_200_ms() {
    let house = House::new(&["alice"]);
    house.sign_in(&["alice"]);
    house.desk.serve("alice", &Serve::ring());
    let (talk, call) = house.call(&Script::new().speech(300).keys("2"));
    let offered = house.desk.incoming("alice", 0, CONVERSATION);
    offered.state("early", SOON);
    talk.hang_up();
    let (left, stopped) = (at(&talk.ended()), at(&offered.ended()));
    assert!(stopped - left < 0.2, "the telephone rang {:.3} s longer", stopped - left);
    let record = house.server.ended_call(&call);
    assert_eq!(record["disposition"], "abandoned_in_queue", "{record}");
    assert_eq!(record["ended_by"], "caller", "{record}");
    // The agent is free for the next caller.
    house.server.wait_for_agents(1);
}

fn at(fact: &serde_json::Value) -> f64 {
    fact["at"].as_f64().expect("a fact has its time")
}
