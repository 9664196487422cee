//! People who take calls, and where callers wait for them.

use serde::Deserialize;

use super::Period;

/// One person who takes calls.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentConfig {
    /// The user name of the telephone.
    pub user: String,
    /// The password of the telephone.
    pub password: String,
    /// The person's name, for pages. Default: the user name.
    #[serde(default)]
    pub name: Option<String>,
    /// The queues that the agent serves.
    #[serde(default)]
    pub queues: Vec<String>,
}

/// A queue.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueConfig {
    /// The name that flows use.
    pub name: String,
    /// How long an agent's telephone rings before the next is tried. Default `15s`.
    #[serde(default = "default_ring_time")]
    pub ring_time: Period,
    /// The longest wait before the flow goes on without an agent. Default `10m`.
    #[serde(default = "default_longest_wait")]
    pub longest_wait: Period,
    /// Whether callers wait when no agent is signed in at all. Default false: the flow goes on at once.
    #[serde(default)]
    pub wait_without_agents: bool,
    /// Time for notes after a call. Default `30s`.
    #[serde(default = "default_wrap_up")]
    pub wrap_up: Period,
    /// How often the caller hears the place in the queue. Default `30s`.
    #[serde(default = "default_position_every")]
    pub position_every: Period,
    /// Callers that may wait at once. Default 200.
    #[serde(default = "default_most_waiting")]
    pub most_waiting: usize,
}

fn default_ring_time() -> Period {
    Period::from_secs(15)
}

fn default_longest_wait() -> Period {
    Period::from_secs(600)
}

fn default_wrap_up() -> Period {
    Period::from_secs(30)
}

fn default_position_every() -> Period {
    Period::from_secs(30)
}

fn default_most_waiting() -> usize {
    200
}
