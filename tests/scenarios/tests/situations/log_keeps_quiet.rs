//! Numbers and what people say are nobody's business who reads the log.

use test_harness::{OTHER_CALLER, Script, Serve};

use scenario_tests::{CALLER, House, SOON};

#[test]
fn the_log_has_neither_numbers_nor_words_nor_passwords() {
    let house = House::with(&["alice"], |setup| setup.environment("CALLWRIGHT_LOG", "info"));
    house.sign_in(&["alice"]);
    let agent = Script::new().voice(OTHER_CALLER).quiet(600).keys("1").say("good morning").pause(300).hang_up();
    house.desk.serve("alice", &Serve::answer(0, agent));
    let (talk, call) = house.call(&Script::new().answer("i want to complain"));
    talk.ended();
    house.server.ended_call(&call);
    house.carrier.serve("+12025550175", &Serve::answer(0, Script::new().quiet(500).hang_up()));
    house.server.start_campaign("one", &serde_json::json!({}), "number,name\n+12025550175,Zacharias\n");
    house.carrier.incoming("+12025550175", 0, SOON).ended();

    let log = house.server.log();
    assert!(log.contains(&call), "the log tells of the call by its id:\n{log}");
    for secret in
        [&CALLER[1..], "2025550175", "Zacharias", "complain", "good morning", "secret-of-alice", "Welcome to North"]
    {
        let line = log.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "the log has {secret:?}: {line:?}");
    }
}
