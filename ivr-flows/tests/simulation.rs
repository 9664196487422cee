//! A call that is tried out by typing.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Instant;

use call_model::{Heard, ListenRequest};
use ivr_flows::scripted::{Ear, Simulation};
use ivr_flows::{FilesInMemory, Flow};
use jiff::civil::{DateTime, date};

struct NoEar;

impl Ear for NoEar {
    fn hear(&mut self, file: &str, _: &ListenRequest) -> Result<Heard, String> {
        Err(format!("no model listens to {file}"))
    }
}

/// A Tuesday.
const LOCAL: DateTime = date(2026, 11, 24).at(10, 0, 0, 0);

const FLOW: &str = include_str!("../../samples/hotline/hotline.yaml");
const SERVICES: &str = include_str!("../../samples/hotline/services.yaml");

fn simulate(settings: &str) -> (Simulation, String) {
    let files = FilesInMemory::new().with("hotline.yaml", FLOW).with("services.yaml", SERVICES);
    let flow = Flow::load("hotline.yaml", &files, None).expect("the sample is right");
    let mut simulation = Simulation::new(Arc::new(flow), settings, LOCAL, Instant::now()).unwrap();
    let begun = simulation.go_on().join("\n");
    (simulation, begun)
}

fn typed(simulation: &mut Simulation, line: &str) -> String {
    simulation.take(line, &mut NoEar).expect("goes on").join("\n")
}

#[test]
fn what_is_typed_is_heard_weighed_and_answered() {
    let (mut simulation, begun) = simulate("");
    assert!(begun.contains("node welcome (menu)") && begun.contains("says: Welcome to North Wind."), "{begun}");
    assert!(begun.contains("waits at welcome for keys and"), "{begun}");
    let told = typed(&mut simulation, "what do I owe for my opening hours");
    assert!(told.contains("weighed: ") && told.contains("bill ") && told.contains("opening_hours "), "{told}");
    let (mut simulation, _) = simulate("service balance: 200 {\"amount\": 42.1}");
    let told = typed(&mut simulation, "well, what do I owe");
    assert!(told.contains("heard: [unk] what do i owe") && told.contains("taken as bill, certainty"), "{told}");
    typed(&mut simulation, "keys 123");
    let told = typed(&mut simulation, "key 1");
    assert!(told.contains("account = 123") && told.contains("says: You owe 42 dollars and 10 cents."), "{told}");
    assert!(typed(&mut simulation, "vars").contains("account = 123"));
    assert!(typed(&mut simulation, "node").starts_with("anything_else"));
    let told = typed(&mut simulation, "silence");
    assert!(told.contains("a timer ran out") && told.contains("nothing heard"), "{told}");
    assert!(typed(&mut simulation, "wav bill.wav").contains("no model listens to bill.wav"));
    let told = typed(&mut simulation, "no");
    assert!(told.contains("the call has ended: self_served") && simulation.is_over(), "{told}");
    assert!(simulation.take("quit", &mut NoEar).is_none());
}

#[test]
fn a_service_that_no_file_answers_is_answered_by_whoever_types() {
    let (mut simulation, _) = simulate("");
    typed(&mut simulation, "my bill");
    typed(&mut simulation, "one two three");
    let told = typed(&mut simulation, "yes");
    assert!(told.contains("the service balance is asked: GET http://127.0.0.1:9180/balance/123"), "{told}");
    assert!(typed(&mut simulation, "what?").contains("write a status and a body"));
    let told = typed(&mut simulation, "timeout");
    assert!(told.contains("does not answer") && told.contains("in the queue service; the agent hears"), "{told}");
}

#[test]
fn a_setting_that_means_nothing_is_answered_with_its_line() {
    let files = FilesInMemory::new().with("hotline.yaml", FLOW).with("services.yaml", SERVICES);
    let flow = Arc::new(Flow::load("hotline.yaml", &files, None).expect("the sample is right"));
    let wrong = Simulation::new(flow, "# answers\nservic balance: 200", LOCAL, Instant::now()).unwrap_err();
    assert!(wrong.contains("line 2") && wrong.contains("write `service`"), "{wrong}");
}

#[test]
fn a_day_is_understood_without_a_setting() {
    const ASKS: &str = "callwright: 1\nflow: day\nlanguage: en\nstart: day\nperson: bye\nnodes:\n  \
                        day: { ask: { slot: day, type: date, say: \"When?\", then: bye } }\n  bye: { hang_up: {} }\n";
    for (settings, day) in [("", "2026-11-25"), ("local: 2026-03-02 10:00", "2026-03-03")] {
        let flow = Flow::load("day.yaml", &FilesInMemory::new().with("day.yaml", ASKS), None).unwrap();
        let mut simulation = Simulation::new(Arc::new(flow), settings, LOCAL, Instant::now()).unwrap();
        simulation.go_on();
        let told = typed(&mut simulation, "tomorrow");
        assert!(told.contains(day), "{told}");
    }
}
