//! Agents and queues.

use utoipa::ToSchema;

/// An agent.
#[derive(ToSchema)]
pub(in crate::http) struct Agent {
    /// The telephone's user name.
    agent: String,
    /// The person's name.
    name: String,
    state: AgentState,
    /// The call that is offered, talked to or wrapped up.
    #[schema(format = "uuid")]
    call: Option<String>,
    /// Since when.
    #[schema(format = DateTime)]
    since: String,
}

/// What an agent does.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum AgentState {
    /// No telephone is registered.
    SignedOut,
    /// Waits for a call.
    Ready,
    /// The telephone rings.
    Offered,
    /// Talks.
    OnCall,
    /// Has just talked.
    WrapUp,
    /// Takes no calls.
    Paused,
}

/// A queue.
#[derive(ToSchema)]
pub(in crate::http) struct Queue {
    /// The queue's name.
    queue: String,
    /// Who waits, first come first.
    waiting: Vec<WaitingCall>,
    /// Agents who wait for a call.
    ready: u32,
    /// Agents who are signed in and not paused.
    present: u32,
}

/// A waiting caller.
#[derive(ToSchema)]
struct WaitingCall {
    /// The call.
    #[schema(format = "uuid")]
    call: String,
    /// The place, from 1.
    position: u32,
    /// Since when.
    #[schema(format = DateTime)]
    since: String,
    /// The agent whose telephone rings for it.
    offered_to: Option<String>,
}
