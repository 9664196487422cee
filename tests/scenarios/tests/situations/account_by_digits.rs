//! A caller says an account number, hears it read back, and gets what a back end knows.

use test_harness::{Behaviour, Script};

use super::assert_heard;
use scenario_tests::House;

#[test]
fn an_account_number_is_spoken_confirmed_and_looked_up() {
    let house = House::new(&[]);
    house.backend.owes("392", 31.5);
    let script =
        Script::new().answer("my bill").answer("three nine two").answer("correct").quiet(2200).say("no thank you");
    let (talk, call) = house.call(&script);
    talk.ended();
    let recording = talk.recording();
    assert_heard(&recording, "I heard three nine two. Is that right?");
    assert_heard(&recording, "You owe thirty one");
    assert_eq!(house.backend.asked(), ["/balance/392"]);
    let slot = house.events.of_call(&call, "slot_filled");
    assert_eq!(slot["value"], "392", "{slot}");
}

#[test]
fn a_wrong_number_is_denied_and_said_again() {
    let house = House::new(&[]);
    house.backend.owes("863", 4.0);
    let script = Script::new()
        .answer("my bill")
        .answer("five one nine")
        .answer("no")
        .quiet(900)
        .keys("863")
        .answer("correct")
        .quiet(900)
        .hang_up();
    let (talk, _) = house.call(&script);
    talk.ended();
    assert_eq!(house.backend.asked(), ["/balance/863"]);
}

#[test]
fn a_back_end_that_hangs_costs_no_call() {
    for behaviour in [Behaviour::Hang, Behaviour::Fail(500), Behaviour::Garbage] {
        let house = House::new(&[]);
        house.backend.behave(behaviour.clone());
        let script = Script::new().speech(300).keys("1").quiet(900).keys("425").quiet(900).keys("1");
        let (talk, call) = house.call(&script);
        talk.ended();
        assert_heard(&talk.recording(), "I cannot reach your account at the moment");
        let fetched = house.events.of_call(&call, "fetch_ended");
        assert!(fetched["status"] != 200 || behaviour == Behaviour::Garbage, "{fetched}");
    }
}
