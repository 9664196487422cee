//! A list of eight people is dialled: every outcome, and nobody who asked not to be called.

use std::time::Duration;

use serde_json::json;
use test_harness::{OTHER_CALLER, Script, Serve};

use scenario_tests::House;

#[test]
fn every_row_comes_to_its_outcome_and_stop_calling_is_kept() {
    let house = House::new(&["alice", "bob"]);
    house.sign_in(&["alice", "bob"]);
    let agent = Script::new().voice(OTHER_CALLER).quiet(600).keys("1").say("good morning").quiet(900).hang_up();
    house.desk.serve("alice", &Serve::answer(200, agent.clone()));
    house.desk.serve("bob", &Serve::answer(200, agent));
    people(&house);
    let uploaded = house.server.start_campaign("spring", &once(), LIST);
    assert_eq!((&uploaded["list"]["accepted"], &uploaded["list"]["refused"]), (&json!(7), &json!(1)), "{uploaded}");
    let campaign = house.server.wait_for_campaign("spring", Duration::from_secs(120));
    let expected = json!({ "handed_over": 2, "not_interested": 2, "do_not_call": 1, "busy": 1, "no_answer": 1 });
    assert_eq!(campaign["progress"]["outcomes"], expected, "{campaign}");
    assert_eq!(campaign["progress"]["refused_rows"], 1);

    let results = house.server.api().text("/api/v1/campaigns/spring/results.csv");
    assert_eq!(results.lines().count(), 9, "a header and a line for each row:\n{results}");
    for (number, outcome) in [(YES, "handed_over"), (NO, "not_interested"), (STOP, "do_not_call"), (BUSY, "busy")] {
        let line = results.lines().find(|line| line.contains(number)).unwrap_or_default();
        assert!(line.contains(outcome), "{number} should be {outcome}:\n{results}");
    }
    assert!(results.lines().any(|line| line.contains("refused") && line.contains("12345")), "{results}");

    stop_is_kept(&house);
}

/// The same list again, as another campaign, at once: who asked not to be called is not called.
fn stop_is_kept(house: &House) {
    let called = house.carrier.calls_to(STOP).len();
    assert_eq!(called, 1);
    let listed = house.server.api().get("/api/v1/do-not-call");
    assert_eq!(listed[0]["number"], STOP, "{listed}");
    let list = format!("number,name\n{STOP},Erin\n");
    let mut settings = once();
    settings["budget"] = json!({ "min_gap": "0s", "per_day": 20 });
    house.server.start_campaign("again", &settings, &list);
    let campaign = house.server.wait_for_campaign("again", Duration::from_secs(30));
    assert_eq!(campaign["progress"]["leads"], json!({ "blocked": 1 }), "{campaign}");
    assert_eq!(house.carrier.calls_to(STOP).len(), called, "not even one INVITE");
    let made = json!({ "number": STOP, "flow": "campaign" }).to_string();
    let refused = house.server.api().ask("POST", "/api/v1/calls", Some(("application/json", made.as_bytes())));
    assert_eq!(refused.status, 409, "{}", String::from_utf8_lossy(&refused.body));
}

fn people(house: &House) {
    let answer = |words: &str| Serve::answer(700, Script::new().answer(words).quiet(900).say("thank you"));
    house.carrier.serve(YES, &answer("yes please"));
    house.carrier.serve("+12025550112", &answer("okay"));
    house.carrier.serve(NO, &answer("no thank you"));
    house.carrier.serve("+12025550114", &answer("not interested"));
    house.carrier.serve(STOP, &answer("do not call me again"));
    house.carrier.serve(BUSY, &Serve::refuse(486));
    house.carrier.serve("+12025550117", &Serve::ring());
}

/// Nobody is tried twice; no more at once than the one telephone of all called people has lines (PJSIP: 4).
fn once() -> serde_json::Value {
    json!({ "at_once": 3, "retry": { "busy": "never", "no_answer": "never" } })
}

const YES: &str = "+12025550111";
const NO: &str = "+12025550113";
const STOP: &str = "+12025550115";
const BUSY: &str = "+12025550116";
const LIST: &str = "number,name\n+12025550111,Ann\n+12025550112,Ben\n+12025550113,Cid\n+12025550114,Dora\n+12025550115,Erin\n\
    +12025550116,Finn\n+12025550117,Gus\n12345,Hal\n";
