//! What every call task, worker and page needs: handles, each to the one owner of a state.

use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use call_model::{CallContext, CallId};
use jiff::Timestamp;
use media_runtime::MediaRuntime;
use storage::Store;
use tokio::sync::broadcast;

use crate::acd::AcdHandle;
use crate::calls::Registry;
use crate::config::Config;
use crate::consult::JobBell;
use crate::dialer::DialerHandle;
use crate::fetch::Fetcher;
use crate::flows::Flows;
use crate::outbox::OutboxBell;
use crate::sip::SipHandle;
use crate::speech::{PromptLibrary, Recognisers};
use crate::trunks::TrunkStates;

/// Handles to everything, shared by all.
pub struct Services {
    /// The configuration.
    pub config: Config,
    /// The database.
    pub store: Store,
    /// The media threads.
    pub media: MediaRuntime,
    /// The SIP task.
    pub sip: SipHandle,
    /// Prompts.
    pub prompts: Arc<PromptLibrary>,
    /// Recogniser processes.
    pub recognisers: Arc<Recognisers>,
    /// Flows.
    pub flows: Flows,
    /// Calls in progress.
    pub calls: Registry,
    /// The distribution of calls to agents.
    pub acd: AcdHandle,
    /// The dialler.
    pub dialer: DialerHandle,
    /// Back ends that flows ask.
    pub fetcher: Fetcher,
    /// Wakes whoever sends messages.
    pub outbox: OutboxBell,
    /// Tells waiting calls that a job's result has come.
    pub job_bell: JobBell,
    /// Which trunks answer.
    pub trunks: TrunkStates,
    /// What is shown but not stored.
    pub live: Live,
    /// Wall time.
    pub clock: Clock,
}

/// What is shown to whoever watches, and forgotten.
#[derive(Clone)]
pub struct Live(broadcast::Sender<LiveEvent>);

/// Something to be shown at once. Whoever does not keep up loses the oldest.
#[derive(Debug, Clone)]
pub enum LiveEvent {
    /// What has been understood of a caller's words so far.
    Partial {
        /// The call.
        call: CallId,
        /// The words.
        text: Arc<str>,
    },
    /// What an agent is told of a call.
    Context(Arc<CallContext>),
    /// An agent's state changed.
    Agent(Arc<crate::acd::AgentState>),
    /// A campaign's progress changed.
    Campaign(Arc<dialer::Progress>),
}

impl Live {
    /// A feed without watchers.
    pub fn new() -> Self {
        Self(broadcast::Sender::new(LIVE_QUEUE))
    }

    /// Shows something to whoever watches.
    pub fn show(&self, event: LiveEvent) {
        // Nobody watching is no error.
        let _ = self.0.send(event);
    }

    /// Watches from now on.
    pub fn watch(&self) -> broadcast::Receiver<LiveEvent> {
        self.0.subscribe()
    }
}

impl Default for Live {
    fn default() -> Self {
        Self::new()
    }
}

/// Wall time, anchored once so that it never runs backwards within a process.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    started: Instant,
    wall_ms: u64,
}

impl Clock {
    /// Reads the system's clock once.
    pub fn start() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { started: Instant::now(), wall_ms: u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX) }
    }

    /// Milliseconds since 1970.
    pub fn unix_ms(&self) -> u64 {
        self.at_ms(Instant::now())
    }

    /// Milliseconds since 1970 of an instant of this process.
    pub fn at_ms(&self, instant: Instant) -> u64 {
        self.wall_ms + u64::try_from(instant.saturating_duration_since(self.started).as_millis()).unwrap_or(u64::MAX)
    }

    /// The wall time of an instant of this process.
    pub fn timestamp(&self, instant: Instant) -> Timestamp {
        Timestamp::from_millisecond(i64::try_from(self.at_ms(instant)).unwrap_or(i64::MAX)).unwrap_or(Timestamp::MAX)
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.timestamp(Instant::now())
    }
}

const LIVE_QUEUE: usize = 1024;
