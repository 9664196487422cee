//! The settings of queues and agents, and their defaults.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use call_model::{AgentId, QueueId};

/// The settings of the machine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AcdConfig {
    /// The queues. A call for any other goes back as unreachable.
    pub queues: BTreeMap<QueueId, QueueSettings>,
    /// The agents. A telephone that is none of these is ignored.
    pub agents: BTreeMap<AgentId, AgentSettings>,
}

/// The settings of one agent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AgentSettings {
    /// The queues that the agent serves; empty is all.
    pub queues: BTreeSet<QueueId>,
}

impl AgentSettings {
    pub(crate) fn serves(&self, queue: &QueueId) -> bool {
        self.queues.is_empty() || self.queues.contains(queue)
    }
}

/// The settings of one queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueSettings {
    /// How long an agent's telephone rings: 15 s, as Asterisk's queues do.
    pub ring_time: Duration,
    /// How long an agent who picked up may take to accept, the whisper included: 25 s (whisper up to 8 s, then 15 s).
    pub accept_time: Duration,
    /// How long an agent has after a call: 30 s.
    pub wrap_up: Duration,
    /// How long a caller waits at most: 10 min.
    pub max_wait: Duration,
    /// How many may wait at once: 200. More go back at once.
    pub max_waiting: usize,
    /// What to do with callers while no agent of the queue is signed in and not paused.
    pub if_nobody_ready: IfNobodyReady,
    /// What to do with a caller when every agent who is there has been tried.
    pub if_all_tried: IfAllTried,
    /// How often a caller is told the position, apart from its changes: 30 s.
    pub announce_every: Duration,
    /// Misses in a row after which an agent is paused: 2. With 0 nobody is.
    pub max_misses: u32,
    /// How long an agent is left alone after declining: 10 s, as FreeSWITCH's sample does.
    pub rest_after_decline: Duration,
    /// How long an agent is left alone whose telephone was busy: 30 s.
    pub rest_after_busy: Duration,
    /// How long an agent is left alone who did not answer or could not be reached: 5 s.
    pub rest_after_miss: Duration,
}

/// What to do with callers while no agent of the queue is signed in and not paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfNobodyReady {
    /// They wait, up to the longest wait.
    Wait,
    /// They go back to the flow at once.
    LeaveAtOnce,
}

/// What to do with a caller when every agent who is there has been tried without success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfAllTried {
    /// The agents are tried again, up to the longest wait.
    TryAgain,
    /// The caller goes back to the flow.
    Leave,
}

impl Default for QueueSettings {
    fn default() -> Self {
        Self {
            ring_time: Duration::from_secs(15),
            accept_time: Duration::from_secs(25),
            wrap_up: Duration::from_secs(30),
            max_wait: Duration::from_secs(600),
            max_waiting: 200,
            if_nobody_ready: IfNobodyReady::LeaveAtOnce,
            if_all_tried: IfAllTried::TryAgain,
            announce_every: Duration::from_secs(30),
            max_misses: 2,
            rest_after_decline: Duration::from_secs(10),
            rest_after_busy: Duration::from_secs(30),
            rest_after_miss: Duration::from_secs(5),
        }
    }
}
