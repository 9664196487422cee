//! The task that owns the distribution of calls to agents.

mod task;
mod view;

pub use task::{AcdHandle, AcdMail, spawn};
#[cfg(test)]
pub use view::WaitingCall;
pub use view::{AgentState, QueueState};
