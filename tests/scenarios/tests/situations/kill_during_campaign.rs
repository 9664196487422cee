//! The machine fails in the middle of a campaign, again and again.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use test_harness::{Phone, Script, Serve, Server, Setup};

/// How often; `CALLWRIGHT_KILLS` says otherwise.
const KILLS: u32 = 30;
const PEOPLE: u32 = 600;

#[test]
fn no_lead_is_dialled_twice_and_every_call_has_its_record() {
    let carrier = Phone::start("127.0.0.2");
    carrier.serve("*", &Serve::answer(20, Script::new().pause(60).hang_up()));
    let setup = Setup::new().without_speech().carrier(&carrier).file("hello.yaml", FLOW).flow("hello.yaml");
    let mut server = setup.start();
    let list: String = (0..PEOPLE).map(|n| format!("+1202555{:04}\n", 2000 + n)).collect();
    let settings = json!({
        "flow": "hello", "attempts_per_second": 20, "at_once": 8,
        "retry": { "failed": "never", "unreachable": "never", "busy": "never", "no_answer": "never" },
    });
    server.start_campaign("spring", &settings, &format!("number\n{list}"));
    let kills = std::env::var("CALLWRIGHT_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    let mut moment = 17_u64;
    for _ in 0..kills {
        // Moments that differ from round to round, the same in every run.
        moment = moment.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let calls = carrier.facts().count();
        carrier.facts().wait_until(calls, until(Duration::from_secs(5)), &|fact: &Value| fact["event"] == "incoming");
        std::thread::sleep(Duration::from_millis(moment >> 32 & 0x1ff));
        server.kill();
        server.start_again();
        let state = server.api().get("/api/v1/campaigns/spring")["state"].clone();
        assert!(state == "running" || state == "finished", "a campaign that ran runs on: {state}");
    }
    check(&server, &carrier);
}

fn check(server: &Server, carrier: &Phone) {
    let mut dialled: BTreeMap<String, u32> = BTreeMap::new();
    for call in carrier.facts().matching(|fact| fact["event"] == "incoming") {
        *dialled.entry(call["user"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    let twice: Vec<_> = dialled.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "dialled twice: {twice:?}");
    assert!(dialled.len() > 30, "the campaign went on: {} were dialled", dialled.len());

    let mut recorded = BTreeMap::new();
    let mut before = String::new();
    loop {
        let page = server.api().get(&format!("/api/v1/calls?limit=500{before}"));
        for call in page["calls"].as_array().into_iter().flatten() {
            recorded.insert(call["caller"].as_str().unwrap_or_default().to_owned(), call["cause"].clone());
        }
        let Some(next) = page["next"].as_str() else { break };
        before = format!("&before={next}");
    }
    let missing: Vec<_> = dialled.keys().filter(|number| !recorded.contains_key(*number)).collect();
    assert!(missing.is_empty(), "dialled without a record: {missing:?}");
    let lost = recorded.values().filter(|cause| **cause == "server_lost").count();
    let unresolved = server.api().get("/api/v1/campaigns/spring/unresolved");
    let unresolved = unresolved.as_array().map_or(0, Vec::len);
    assert!(unresolved >= lost, "{lost} calls were lost, {unresolved} attempts are shown as unresolved");
}

fn until(limit: Duration) -> std::time::Instant {
    std::time::Instant::now() + limit
}

const FLOW: &str = r#"
callwright: 1
flow: hello
language: en
start: hello
person: bye
nodes:
  hello: { play: { say: "Hello.", then: bye } }
  bye: { hang_up: {} }
"#;
