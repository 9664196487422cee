//! A hotline of each trade, called by a telephone that is not ours.

use serde_json::json;
use test_harness::{Backend, Events, Phone, Script, Server, Setup, Talk};

use super::assert_heard;
use scenario_tests::{CALLER, SOON};

/// A server with the four sample hotlines.
struct Trades {
    carrier: Phone,
    backend: Backend,
    server: Server,
    events: Events,
}

impl Trades {
    fn open() -> Self {
        let (carrier, backend) = (Phone::start("127.0.0.2"), Backend::start());
        let numbers =
            [("201", "shop.yaml"), ("202", "bank.yaml"), ("203", "retail.yaml"), ("204", "service_desk.yaml")];
        let server = Setup::new().carrier(&carrier).queue("service").trades(&backend, numbers).start();
        let events = server.events();
        carrier.line(CALLER);
        Self { carrier, backend, server, events }
    }

    fn call(&self, number: &str, script: &Script) -> (Talk, String) {
        let before = self.events.count();
        let talk = self.carrier.call(CALLER, &self.server.uri(number), script);
        let call = self.events.call_begun(before);
        (talk, call)
    }
}

#[test]
fn the_shop_tells_where_an_order_is() {
    let trades = Trades::open();
    trades.backend.answers("/orders/556677", json!({ "state": "on its way", "arrives": "2027-03-05" }));
    let script =
        Script::new().answer("where is my order").quiet(900).keys("556677").quiet(900).keys("1").quiet(2200).hang_up();
    let (talk, call) = trades.call("201", &script);
    talk.ended();
    assert_heard(&talk.recording(), "Your order is on its way.");
    assert_eq!(trades.events.of_call_within(&call, "intent_found", SOON)["intent"], "order");
    assert_eq!(trades.backend.asked(), ["/orders/556677"]);
}

#[test]
fn the_bank_tells_the_balance_to_who_proves_himself() {
    let trades = Trades::open();
    trades.backend.answers("/pin", json!({ "right": "yes" }));
    trades.backend.answers(&format!("/balance/{}", CALLER.replace('+', "%2B")), json!({ "amount": 31.5 }));
    let script = Script::new().answer("my balance").quiet(900).keys("1234").quiet(2200).hang_up();
    let (talk, call) = trades.call("202", &script);
    talk.ended();
    assert_heard(&talk.recording(), "You have thirty one dollars");
    assert_eq!(trades.events.of_call_within(&call, "intent_found", SOON)["intent"], "balance");
    let told = format!("{:?}", trades.events.all_of(&call));
    assert!(!told.contains("1234"), "the PIN is in the events: {told}");
}

#[test]
fn the_shops_tell_whether_they_are_open() {
    let trades = Trades::open();
    let script = Script::new().answer("are you open now").answer("the harbour").quiet(2200).hang_up();
    let (talk, call) = trades.call("203", &script);
    talk.ended();
    // Open or closed, by the hour of the test.
    assert_heard(&talk.recording(), "Is there anything else");
    assert_eq!(trades.events.of_call_within(&call, "slot_filled", SOON)["value"], "harbour");
    assert_eq!(trades.events.of_call_within(&call, "intent_found", SOON)["intent"], "opening");
}

#[test]
fn the_service_desk_opens_a_ticket() {
    let trades = Trades::open();
    trades.backend.answers("/outages", json!({ "known": "no" }));
    let script = Script::new()
        .answer("something is broken")
        .quiet(2200)
        .say("my laptop")
        .quiet(900)
        .keys("214")
        .answer("yesterday")
        .quiet(900)
        .keys("1")
        .quiet(2200)
        .hang_up();
    let (talk, call) = trades.call("204", &script);
    talk.ended();
    assert_heard(&talk.recording(), "Your ticket has the number");
    let asked = trades.events.of_call_within(&call, "consult_ended", SOON);
    let kept = trades.server.api().get("/api/v1/tickets?status=open");
    assert_eq!(kept["tickets"].as_array().map(Vec::len), Some(1), "{asked} {kept}");
}
