//! Agents and queues as pages show them.

use call_model::{AgentId, CallId, QueueId};
use jiff::Timestamp;
use serde::Serialize;

use crate::config::Config;
use crate::services::Clock;

/// An agent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgentState {
    /// The telephone's user name.
    pub agent: AgentId,
    /// The person's name.
    pub name: String,
    /// `signed_out`, `ready`, `offered`, `on_call`, `wrap_up` or `paused`.
    pub state: &'static str,
    /// The call that is offered, talked to or wrapped up.
    pub call: Option<CallId>,
    /// Since when.
    pub since: Timestamp,
}

/// A queue.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QueueState {
    /// The queue's name.
    pub queue: QueueId,
    /// Who waits, first come first.
    pub waiting: Vec<WaitingCall>,
    /// Agents who wait for a call.
    pub ready: u32,
    /// Agents who are signed in and not paused.
    pub present: u32,
}

/// A waiting caller.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WaitingCall {
    /// The call.
    pub call: CallId,
    /// The place, from 1.
    pub position: u32,
    /// Since when.
    pub since: Timestamp,
    /// The agent whose telephone rings for it.
    pub offered_to: Option<AgentId>,
}

/// All agents and queues at one moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct AcdSnapshot {
    /// By user name.
    pub agents: Vec<AgentState>,
    /// By name.
    pub queues: Vec<QueueState>,
}

pub(super) fn agent(view: acd::AgentView, config: &Config, clock: &Clock) -> AgentState {
    let configured = config.agents.iter().find(|agent| agent.user == view.agent.as_str());
    let name = configured.and_then(|agent| agent.name.clone()).unwrap_or_else(|| view.agent.as_str().to_owned());
    AgentState {
        name,
        state: view.state.as_str(),
        call: view.call,
        since: clock.timestamp(view.since),
        agent: view.agent,
    }
}

pub(super) fn queue(view: acd::QueueView, clock: &Clock) -> QueueState {
    let waiting = view.waiting.into_iter().map(|call| WaitingCall {
        call: call.call,
        position: call.position,
        since: clock.timestamp(call.since),
        offered_to: call.offered_to,
    });
    QueueState { queue: view.queue, waiting: waiting.collect(), ready: view.ready, present: view.present }
}
