//! The ordinary ways of a call to an agent.
mod support;

use std::time::Duration;

use acd::{AgentStatus, IfAllTried, IfNobodyReady, Input, NobodyReason, Output, PauseReason, QueueSettings};
use call_model::Cause;
use support::{Floor, agent, call, queue};

fn nobody(n: u128, reason: NobodyReason) -> Output {
    Output::NobodyReachable { call: call(n), queue: queue(), reason }
}

#[test]
fn the_agent_who_is_idle_longest_is_offered_the_call() {
    let mut floor = Floor::new(&["ann", "ben"]);
    floor.call_comes(1);
    let offer = floor.offered(1, "ann");
    floor.takes(offer);
    assert_eq!(floor.state("ann"), AgentStatus::OnCall);
    floor.call_comes(2);
    floor.offered(2, "ben");
}

#[test]
fn an_agent_comes_back_at_the_end_after_wrap_up() {
    let mut floor = Floor::new(&["ann", "ben"]);
    floor.call_comes(1);
    let offer = floor.offered(1, "ann");
    floor.takes(offer);
    floor.tell(Input::CallEnded(call(1)));
    assert_eq!(floor.state("ann"), AgentStatus::WrapUp);
    floor.pass(29_999);
    assert_eq!(floor.state("ann"), AgentStatus::WrapUp);
    floor.pass(1);
    assert_eq!(floor.state("ann"), AgentStatus::Ready);
    floor.call_comes(2);
    floor.offered(2, "ben");
}

#[test]
fn an_agent_ends_wrap_up_early() {
    let mut floor = Floor::new(&["ann"]);
    floor.call_comes(1);
    let offer = floor.offered(1, "ann");
    floor.takes(offer);
    floor.call_comes(2);
    floor.tell(Input::CallEnded(call(1)));
    assert_eq!(floor.take(), []);
    floor.tell(Input::AgentReady(agent("ann")));
    floor.offered(2, "ann");
}

#[test]
fn a_call_that_is_declined_goes_to_the_next_agent() {
    let mut floor = Floor::new(&["ann", "ben"]);
    floor.call_comes(1);
    let offer = floor.offered(1, "ann");
    floor.fails(offer, Cause::Rejected);
    let offer = floor.offered(1, "ben");
    floor.fails(offer, Cause::Busy);
    assert_eq!(floor.take(), []);
    assert_eq!(floor.waiting(), [call(1)]);
    floor.pass(10_000);
    floor.offered(1, "ann");
}

#[test]
fn a_call_that_an_agent_lets_ring_goes_to_the_next_and_the_agent_to_the_end() {
    let mut floor = Floor::new(&["ann", "ben"]);
    floor.call_comes(1);
    let first = floor.offered(1, "ann");
    floor.pass(15_000);
    floor.cancelled(first);
    floor.fails(first, Cause::Cancelled);
    let second = floor.offered(1, "ben");
    floor.takes(second);
    floor.tell(Input::CallEnded(call(1)));
    floor.pass(30_000);
    floor.call_comes(2);
    floor.offered(2, "ann");
}

#[test]
fn an_agent_who_lets_two_calls_ring_is_paused() {
    let mut floor = Floor::new(&["ann"]);
    floor.call_comes(1);
    let offer = floor.offered(1, "ann");
    floor.pass(15_000);
    floor.cancelled(offer);
    floor.fails(offer, Cause::Cancelled);
    floor.pass(5_000);
    let offer = floor.offered(1, "ann");
    floor.fails(offer, Cause::NoAnswer);
    assert_eq!(floor.state("ann"), AgentStatus::Paused(PauseReason::Missed));
    assert_eq!(floor.states.last(), Some(&(agent("ann"), AgentStatus::Paused(PauseReason::Missed))));
    assert_eq!(floor.take(), [nobody(1, NobodyReason::NobodyReady)]);
}

#[test]
fn an_agent_who_picks_up_and_does_not_accept_misses_the_call() {
    let mut floor = Floor::new(&["ann", "ben"]);
    floor.call_comes(1);
    let offer = floor.offered(1, "ann");
    floor.pass(14_000);
    floor.tell(Input::OfferAnswered(offer));
    floor.pass(24_999);
    assert_eq!(floor.take(), []);
    floor.pass(1);
    floor.cancelled(offer);
    floor.fails(offer, Cause::Cancelled);
    floor.offered(1, "ben");
}

#[test]
fn calls_are_offered_in_the_order_in_which_they_came() {
    let mut floor = Floor::new(&["ann"]);
    floor.call_comes(7);
    let offer = floor.offered(7, "ann");
    floor.takes(offer);
    floor.call_comes(3);
    floor.call_comes(1);
    floor.tell(Input::CallEnded(call(7)));
    floor.pass(30_000);
    let offer = floor.offered(3, "ann");
    // A call that is declined keeps its place.
    floor.fails(offer, Cause::Rejected);
    floor.pass(10_000);
    floor.offered(3, "ann");
}

#[test]
fn positions_are_told_when_they_change_and_from_time_to_time() {
    let mut floor = Floor::new(&["ann"]);
    floor.call_comes(1);
    let offer = floor.offered(1, "ann");
    floor.takes(offer);
    floor.positions.clear();
    floor.call_comes(2);
    floor.call_comes(3);
    assert_eq!(floor.positions, [(call(2), 1), (call(3), 2)]);
    floor.positions.clear();
    floor.tell(Input::CallLeft(call(2)));
    assert_eq!(floor.positions, [(call(3), 1)]);
    floor.positions.clear();
    floor.pass(29_999);
    assert_eq!(floor.positions, []);
    floor.pass(1);
    assert_eq!(floor.positions, [(call(3), 1)]);
    floor.pass(30_000);
    assert_eq!(floor.positions, [(call(3), 1), (call(3), 1)]);
}

#[test]
fn a_call_leaves_at_once_when_nobody_is_signed_in() {
    let mut floor = Floor::new(&[]);
    floor.call_comes(1);
    assert_eq!(floor.take(), [nobody(1, NobodyReason::NobodyReady)]);
    assert_eq!(floor.waiting(), []);
}

#[test]
fn a_call_waits_for_agents_to_sign_in_where_the_queue_says_so() {
    let settings = QueueSettings { if_nobody_ready: IfNobodyReady::Wait, ..QueueSettings::default() };
    let mut floor = Floor::with(&["ann"], settings);
    floor.tell(Input::AgentUnregistered(agent("ann")));
    floor.call_comes(1);
    assert_eq!(floor.take(), []);
    floor.tell(Input::AgentRegistered(agent("ann")));
    floor.offered(1, "ann");
}

#[test]
fn a_call_that_waited_as_long_as_one_may_leaves() {
    let settings = QueueSettings { max_wait: Duration::from_secs(60), ..QueueSettings::default() };
    let mut floor = Floor::with(&["ann"], settings);
    floor.call_comes(1);
    let offer = floor.offered(1, "ann");
    floor.takes(offer);
    floor.call_comes(2);
    floor.pass(59_999);
    assert_eq!(floor.take(), []);
    floor.pass(1);
    assert_eq!(floor.take(), [nobody(2, NobodyReason::MaxWait)]);
}

#[test]
fn a_call_that_is_being_offered_gets_its_last_chance_when_the_longest_wait_is_over() {
    let settings = QueueSettings { max_wait: Duration::from_secs(10), ..QueueSettings::default() };
    let mut floor = Floor::with(&["ann"], settings);
    floor.call_comes(1);
    let offer = floor.offered(1, "ann");
    floor.pass(14_999);
    assert_eq!(floor.take(), []);
    floor.fails(offer, Cause::Rejected);
    assert_eq!(floor.take(), [nobody(1, NobodyReason::MaxWait)]);
}

#[test]
fn a_call_leaves_when_all_were_tried_where_the_queue_says_so() {
    let settings = QueueSettings { if_all_tried: IfAllTried::Leave, ..QueueSettings::default() };
    let mut floor = Floor::with(&["ann", "ben"], settings);
    floor.call_comes(1);
    let offer = floor.offered(1, "ann");
    floor.fails(offer, Cause::Rejected);
    let offer = floor.offered(1, "ben");
    floor.fails(offer, Cause::Rejected);
    assert_eq!(floor.take(), [nobody(1, NobodyReason::AllTried)]);
}

#[test]
fn a_full_queue_and_an_unknown_queue_send_calls_back() {
    let settings = QueueSettings { max_waiting: 1, if_nobody_ready: IfNobodyReady::Wait, ..QueueSettings::default() };
    let mut floor = Floor::with(&[], settings);
    floor.call_comes(1);
    floor.call_comes(2);
    assert_eq!(floor.take(), [nobody(2, NobodyReason::Full)]);
    let other = call_model::QueueId::new("other");
    floor.tell(Input::CallQueued { call: call(3), queue: other.clone(), since: floor.now });
    assert_eq!(
        floor.take(),
        [Output::NobodyReachable { call: call(3), queue: other, reason: NobodyReason::UnknownQueue }]
    );
}

#[test]
fn an_agent_serves_only_the_queues_that_were_given() {
    let sales = call_model::QueueId::new("sales");
    let config = acd::AcdConfig {
        queues: [(queue(), QueueSettings::default()), (sales.clone(), QueueSettings::default())].into(),
        agents: [
            (agent("ann"), acd::AgentSettings { queues: [sales.clone()].into() }),
            (agent("ben"), acd::AgentSettings::default()),
        ]
        .into(),
    };
    let mut floor = Floor::of(config);
    floor.tell(Input::AgentRegistered(agent("ann")));
    floor.pass(1000);
    floor.tell(Input::AgentRegistered(agent("ben")));
    floor.call_comes(1);
    floor.offered(1, "ben");
    floor.tell(Input::CallQueued { call: call(2), queue: sales, since: floor.now });
    floor.offered(2, "ann");
}

#[test]
fn an_agent_who_pauses_while_talking_is_paused_after_the_call() {
    let mut floor = Floor::new(&["ann"]);
    floor.call_comes(1);
    let offer = floor.offered(1, "ann");
    floor.takes(offer);
    floor.tell(Input::AgentPaused(agent("ann")));
    assert_eq!(floor.state("ann"), AgentStatus::OnCall);
    floor.tell(Input::CallEnded(call(1)));
    assert_eq!(floor.state("ann"), AgentStatus::Paused(PauseReason::Asked));
    // Refreshing the registration does not end a pause.
    floor.tell(Input::AgentRegistered(agent("ann")));
    assert_eq!(floor.state("ann"), AgentStatus::Paused(PauseReason::Asked));
    floor.tell(Input::AgentReady(agent("ann")));
    assert_eq!(floor.state("ann"), AgentStatus::Ready);
}

#[test]
fn a_pause_outlives_a_restart_of_the_telephone() {
    let mut floor = Floor::new(&["ann"]);
    floor.tell(Input::AgentPaused(agent("ann")));
    floor.tell(Input::AgentUnregistered(agent("ann")));
    assert_eq!(floor.state("ann"), AgentStatus::SignedOut);
    floor.tell(Input::AgentRegistered(agent("ann")));
    assert_eq!(floor.state("ann"), AgentStatus::Paused(PauseReason::Asked));
}

#[test]
fn a_telephone_that_is_no_agent_is_ignored() {
    let mut floor = Floor::new(&["ann"]);
    floor.tell(Input::AgentRegistered(agent("stranger")));
    assert_eq!(floor.acd.agents().len(), 1);
}

#[test]
fn a_caller_who_was_told_something_first_keeps_the_place() {
    let mut floor = Floor::new(&["ann"]);
    floor.call_comes(1);
    let first = floor.offered(1, "ann");
    floor.takes(first);
    let asked = floor.now;
    floor.pass(5000);
    floor.call_comes(2);
    floor.tell(Input::CallQueued { call: call(3), queue: queue(), since: asked });
    floor.tell(Input::CallEnded(call(1)));
    floor.tell(Input::AgentReady(agent("ann")));
    floor.offered(3, "ann");
}
