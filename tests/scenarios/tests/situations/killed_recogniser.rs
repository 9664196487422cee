//! The recogniser's process dies while a caller speaks.

use test_harness::Script;

use scenario_tests::{CONVERSATION, House};

#[test]
fn the_call_goes_on_and_the_caller_is_understood() {
    let house = House::new(&[]);
    let script = Script::new().quiet(900).note("speaks").say("what time do you open").answer("no thank you");
    let (talk, call) = house.call(&script);
    talk.noted("speaks", CONVERSATION);
    house.events.of_call(&call, "speech_started");
    let workers = house.server.recognisers();
    assert_eq!(workers.len(), 1, "there is one recogniser process");
    kill(workers[0]);
    talk.ended();
    assert_eq!(house.accepted(&call), ["opening_hours", "done"]);
    assert_ne!(house.server.recognisers(), workers, "another process listens now");
    let restarts = house.server.api().text("/metrics");
    assert!(restarts.contains("callwright_recogniser_restarts_total 1"), "{restarts}");
}

fn kill(process: u32) {
    let process = libc::pid_t::try_from(process).expect("process ids are small");
    // SAFETY: kill takes plain integers.
    #[allow(unsafe_code, reason = "std kills its own children only")]
    let result = unsafe { libc::kill(process, libc::SIGKILL) };
    assert_eq!(result, 0);
}
