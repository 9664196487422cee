//! Steps that are made of others: an answer of a service, and what follows here.
#![allow(clippy::disallowed_methods)]

mod support;

use support::{Caller, nodes, replays};

const ANSWER: &str = r#"
  first:
    answer: { from: balance, with: { account: "102" }, say_while: "One moment.", say: "You owe {{ balance.amount }}.", if_failed: desk, then: bye }"#;

#[test]
fn a_service_answers_in_one_step() {
    let flow = nodes(ANSWER);
    let mut caller = Caller::calls(&flow);
    assert_eq!(caller.last(), "One moment.");
    caller.answers(200, r#"{"amount": 42.1, "name": "Ann"}"#).hears_out();
    assert_eq!(caller.last(), "You owe 42 dollars and 10 cents.");
    caller.hears_all();
    assert_eq!(caller.path(), ["first", "first.say", "bye"]);
    replays(&flow, &caller);
}

#[test]
fn a_service_that_fails_leads_where_the_designer_said() {
    let flow = nodes(ANSWER);
    let mut caller = Caller::calls(&flow);
    caller.answers(200, r#"{"amount": "much"}"#).hears_all();
    assert_eq!(caller.path(), ["first", "desk"]);
    replays(&flow, &caller);
}
