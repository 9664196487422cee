//! Facts that meet halfway: each side acts before it hears of the other.
mod support;

use acd::{AgentStatus, IfNobodyReady, Input, Output, PauseReason, QueueSettings};
use call_model::Cause;
use support::{Floor, agent, call};

#[test]
fn the_caller_leaves_while_the_telephone_rings() {
    let mut floor = Floor::new(&["ann", "ben"]);
    floor.call_comes(1);
    let offer = floor.offered(1, "ann");
    floor.pass(2_000);
    floor.tell(Input::CallLeft(call(1)));
    floor.cancelled(offer);
    assert_eq!(floor.state("ann"), AgentStatus::Ready);
    // The telephone may still ring: nothing else is offered before the closing fact.
    floor.call_comes(2);
    let other = floor.offered(2, "ben");
    floor.fails(offer, Cause::Cancelled);
    assert_eq!(floor.take(), []);
    // Who was interrupted keeps the place.
    floor.fails(other, Cause::Rejected);
    floor.offered(2, "ann");
}

#[test]
fn the_caller_leaves_as_the_agent_accepts_and_the_leaving_is_heard_first() {
    let mut floor = Floor::new(&["ann"]);
    floor.call_comes(1);
    let offer = floor.offered(1, "ann");
    floor.tell(Input::OfferAnswered(offer));
    floor.tell(Input::CallLeft(call(1)));
    floor.cancelled(offer);
    floor.tell(Input::OfferAccepted(offer));
    assert_eq!(floor.state("ann"), AgentStatus::Ready);
    floor.tell(Input::CallEnded(call(1)));
    assert_eq!(floor.state("ann"), AgentStatus::Ready);
    floor.call_comes(2);
    floor.offered(2, "ann");
}

#[test]
fn the_caller_leaves_as_the_agent_accepts_and_the_accepting_is_heard_first() {
    let mut floor = Floor::new(&["ann"]);
    floor.call_comes(1);
    let offer = floor.offered(1, "ann");
    floor.takes(offer);
    floor.tell(Input::CallLeft(call(1)));
    assert_eq!(floor.state("ann"), AgentStatus::WrapUp);
    assert_eq!(floor.take(), []);
}

#[test]
fn the_agent_accepts_as_the_ring_time_ends() {
    let mut floor = Floor::new(&["ann", "ben"]);
    floor.call_comes(1);
    let offer = floor.offered(1, "ann");
    floor.pass(15_000);
    floor.cancelled(offer);
    // The accepting was under way: it stands, and nobody else is offered the call.
    floor.tell(Input::OfferAccepted(offer));
    assert_eq!(floor.state("ann"), AgentStatus::OnCall);
    assert_eq!(floor.take(), []);
    assert_eq!(floor.waiting(), []);
    floor.pass(60_000);
    assert_eq!(floor.take(), []);
}

#[test]
fn the_agent_unregisters_while_the_telephone_rings() {
    let mut floor = Floor::new(&["ann", "ben"]);
    floor.call_comes(1);
    let offer = floor.offered(1, "ann");
    floor.tell(Input::AgentUnregistered(agent("ann")));
    floor.cancelled(offer);
    assert_eq!(floor.state("ann"), AgentStatus::SignedOut);
    floor.fails(offer, Cause::Cancelled);
    floor.offered(1, "ben");
}

#[test]
fn the_agent_unregisters_and_returns_before_the_offer_is_closed() {
    let settings = QueueSettings { if_nobody_ready: IfNobodyReady::Wait, ..QueueSettings::default() };
    let mut floor = Floor::with(&["ann"], settings);
    floor.call_comes(1);
    let offer = floor.offered(1, "ann");
    floor.tell(Input::AgentUnregistered(agent("ann")));
    floor.cancelled(offer);
    floor.tell(Input::AgentRegistered(agent("ann")));
    assert_eq!(floor.take(), []);
    floor.fails(offer, Cause::Cancelled);
    floor.offered(1, "ann");
}

#[test]
fn the_agent_pauses_while_the_telephone_rings() {
    let mut floor = Floor::new(&["ann", "ben"]);
    floor.call_comes(1);
    let offer = floor.offered(1, "ann");
    floor.tell(Input::AgentPaused(agent("ann")));
    floor.cancelled(offer);
    floor.fails(offer, Cause::Cancelled);
    assert_eq!(floor.state("ann"), AgentStatus::Paused(PauseReason::Asked));
    floor.offered(1, "ben");
}

#[test]
fn the_registration_ends_while_the_agent_hears_the_whisper() {
    let mut floor = Floor::new(&["ann"]);
    floor.call_comes(1);
    let offer = floor.offered(1, "ann");
    floor.tell(Input::OfferAnswered(offer));
    floor.tell(Input::AgentUnregistered(agent("ann")));
    assert_eq!(floor.take(), []);
    floor.tell(Input::OfferAccepted(offer));
    assert_eq!(floor.state("ann"), AgentStatus::OnCall);
    floor.tell(Input::CallEnded(call(1)));
    assert_eq!(floor.state("ann"), AgentStatus::SignedOut);
}

#[test]
fn wrap_up_ends_at_the_instant_at_which_a_call_comes() {
    for call_first in [true, false] {
        let mut floor = Floor::new(&["ann"]);
        floor.call_comes(1);
        let offer = floor.offered(1, "ann");
        floor.takes(offer);
        floor.tell(Input::CallEnded(call(1)));
        floor.pass(29_999);
        if call_first {
            floor.now += std::time::Duration::from_millis(1);
            floor.call_comes(2);
            floor.pass(0);
        } else {
            floor.pass(1);
            floor.call_comes(2);
        }
        floor.offered(2, "ann");
    }
}

#[test]
fn an_offer_whose_closing_fact_never_comes_holds_nobody_up_for_long() {
    let mut floor = Floor::new(&["ann", "ben"]);
    floor.call_comes(1);
    let offer = floor.offered(1, "ann");
    floor.pass(15_000);
    floor.cancelled(offer);
    floor.pass(2_999);
    assert_eq!(floor.take(), []);
    floor.pass(1);
    let second = floor.offered(1, "ben");
    // It comes too late and means nothing any more.
    floor.tell(Input::OfferAccepted(offer));
    floor.fails(offer, Cause::Rejected);
    assert_eq!(floor.take(), []);
    floor.takes(second);
    assert_eq!(floor.state("ben"), AgentStatus::OnCall);
}

#[test]
fn the_caller_leaves_while_the_offer_is_being_cancelled() {
    let mut floor = Floor::new(&["ann", "ben"]);
    floor.call_comes(1);
    let offer = floor.offered(1, "ann");
    floor.pass(15_000);
    floor.cancelled(offer);
    floor.tell(Input::CallLeft(call(1)));
    floor.tell(Input::OfferAccepted(offer));
    assert_eq!(floor.take(), []);
    assert_eq!(floor.state("ann"), AgentStatus::Ready);
}

#[test]
fn two_agents_come_free_as_one_call_waits() {
    let mut floor = Floor::new(&["ann", "ben"]);
    for n in [1, 2] {
        floor.call_comes(n);
        let Some(Output::Offer { offer, .. }) = floor.take().pop() else { panic!("no offer") };
        floor.takes(offer);
    }
    floor.tell(Input::CallEnded(call(1)));
    floor.tell(Input::CallEnded(call(2)));
    floor.call_comes(3);
    floor.pass(30_000);
    floor.offered(3, "ann");
}
