//! Loops over the lists of a service.
#![allow(clippy::disallowed_methods)]

mod support;

use support::{Caller, findings, flow_of, replays, yaml_of};

const SERVICES: &str = "customer: { url: \"http://crm.example/customer\", fields: { name: text, orders: { list: { number: digits, state: text } } } }\n";
const ORDERS: &str =
    r#"{"name": "Ann", "orders": [{"number": "12", "state": "sent"}, {"number": "34", "state": "late"}]}"#;

const NODES: &str = r#"
  first:
    http: { service: customer, if_failed: desk, then: orders }
  orders:
    for_each:
      in: customer.orders
      as: order
      ask: "Order {{ order.number }}, {{ order.state }}. Is it this one?"
      chosen: tell
      none: nothing
  tell:
    play: { say: "Order {{ order.number }} of {{ customer.orders_count }} it is.", then: bye }
  nothing:
    play: { say: "There is no other order.", then: bye }"#;

fn flow(nodes: &str) -> std::sync::Arc<ivr_flows::Flow> {
    let flow = flow_of(&[("flow.yaml", &yaml_of(nodes)), ("services.yaml", SERVICES)]);
    assert!(flow.warnings().is_empty(), "{:?}", flow.warnings());
    flow
}

#[test]
fn should_foreach_lets_the_caller_choose_a_row() {
    let flow = flow(NODES);
    let mut caller = Caller::calls(&flow);
    caller.answers(200, ORDERS);
    assert_eq!(caller.last(), "Order one two, sent. Is it this one?");
    caller.says("no");
    assert_eq!(caller.last(), "Order three four, late. Is it this one?");
    caller.presses("1");
    assert_eq!(caller.last(), "Order three four of 2 it is.");
    replays(&flow, caller.hears_all());
}

#[test]
fn a_list_at_its_end_and_an_empty_one_have_their_way() {
    let flow = flow(NODES);
    let mut caller = Caller::calls(&flow);
    caller.answers(200, ORDERS).presses("2").presses("2");
    assert_eq!(caller.last(), "There is no other order.");
    replays(&flow, caller.hears_all());
    let mut caller = Caller::calls(&flow);
    caller.answers(200, r#"{"name": "Ann", "orders": []}"#);
    assert_eq!(caller.path(), ["first", "orders", "orders.next", "nothing"]);
}

#[test]
fn every_row_may_be_said() {
    let said = NODES
        .replace("ask: \"Order", "say: \"Order")
        .replace(" Is it this one?", "")
        .replace("      chosen: tell\n", "");
    let said = said.replace(
        "  tell:\n    play: { say: \"Order {{ order.number }} of {{ customer.orders_count }} it is.\", then: bye }\n",
        "",
    );
    let flow = flow(&said);
    let mut caller = Caller::calls(&flow);
    let rows = vec![r#"{"number": "1", "state": "sent"}"#; 100].join(",");
    caller.answers(200, &format!(r#"{{"name": "Ann", "orders": [{rows}]}}"#)).hears_all();
    assert_eq!(caller.prompts.iter().filter(|said| *said == "Order one, sent.").count(), 100);
    assert_eq!(caller.path().last(), Some(&"bye"));
    replays(&flow, &caller);
}

#[test]
fn what_is_wrong_with_a_loop_has_its_line_and_a_fix() {
    for (from, to, message, fix) in [
        (
            "in: customer.orders",
            "in: customer.odrers",
            "no service answers a list `customer.odrers`",
            "write `customer.orders`",
        ),
        ("as: order\n", "as: customer\n", "`customer` is a service already", "another name"),
        ("{{ order.state }}", "{{ order.stat }}", "no variable `order.stat`", "write `order.state`"),
        ("      chosen: tell\n", "", "has no `chosen`", "add `chosen:`"),
        ("      none: nothing\n", "", "has no `none`", "add `none:`"),
    ] {
        let found = findings(&[("flow.yaml", &yaml_of(&NODES.replace(from, to))), ("services.yaml", SERVICES)]);
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(found.iter().any(|d| d.contains(message) && d.contains(fix)), "{message}: {found:#?}");
    }
}
