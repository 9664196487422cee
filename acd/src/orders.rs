//! What the machine is told and what it orders.

use std::fmt;
use std::time::Instant;

use call_model::{AgentId, CallId, Cause, QueueId};

/// One offer of one call to one agent; unique while the process lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OfferId(pub u64);

impl fmt::Display for OfferId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The agent's telephone registered, or refreshed its registration.
    AgentRegistered(AgentId),
    /// The agent's telephone has no registration any more.
    AgentUnregistered(AgentId),
    /// The agent, or somebody for the agent, wants no calls for now.
    AgentPaused(AgentId),
    /// The agent takes calls again; also ends wrap-up early.
    AgentReady(AgentId),
    /// A caller wants an agent.
    CallQueued {
        /// The call.
        call: CallId,
        /// Whose agents.
        queue: QueueId,
        /// From when on the wait counts: not later than now. Whoever waits longer is served first.
        since: Instant,
    },
    /// A caller does not wait any more: hung up, or the flow went on.
    CallLeft(CallId),
    /// The agent picked up and hears the whisper.
    OfferAnswered(OfferId),
    /// Closes [`Output::Offer`]: the agent took the call.
    OfferAccepted(OfferId),
    /// Closes [`Output::Offer`]: the agent did not take the call. [`Cause::Cancelled`] after [`Output::CancelOffer`].
    OfferFailed {
        /// The offer.
        offer: OfferId,
        /// Why.
        cause: Cause,
    },
    /// A call that an agent took is over.
    CallEnded(CallId),
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Ring the agent. Closed by exactly one [`Input::OfferAccepted`] or [`Input::OfferFailed`].
    Offer {
        /// The call.
        call: CallId,
        /// The agent.
        agent: AgentId,
        /// The offer.
        offer: OfferId,
    },
    /// Stop ringing the agent, at once. The closing fact still follows; if the agent accepted before this order came,
    /// that stands and [`Input::OfferAccepted`] is the closing fact.
    CancelOffer {
        /// The call; it may have left already.
        call: CallId,
        /// The offer.
        offer: OfferId,
    },
    /// Where the caller stands: when it changes, and from time to time.
    Position {
        /// The call.
        call: CallId,
        /// From 1.
        position: u32,
    },
    /// No agent can be reached; the call does not wait any more.
    NobodyReachable {
        /// The call.
        call: CallId,
        /// The queue.
        queue: QueueId,
        /// Why.
        reason: NobodyReason,
    },
    /// An agent's state changed.
    AgentChanged(AgentView),
}

/// Why no agent can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NobodyReason {
    /// There is no such queue.
    UnknownQueue,
    /// As many wait as may.
    Full,
    /// No agent of the queue is signed in and not paused.
    NobodyReady,
    /// Every agent who is there was tried.
    AllTried,
    /// The caller waited as long as one may.
    MaxWait,
}

/// An agent as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentView {
    /// The agent.
    pub agent: AgentId,
    /// What the agent does.
    pub state: AgentStatus,
    /// The call that is offered, talked to or wrapped up.
    pub call: Option<CallId>,
    /// Since when.
    pub since: Instant,
}

/// What an agent does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AgentStatus {
    /// The telephone is not registered.
    SignedOut,
    /// Waits for a call.
    Ready,
    /// The telephone rings, or the agent hears the whisper.
    Offered,
    /// Talks to a caller.
    OnCall,
    /// Writes down what the last call came to.
    WrapUp,
    /// Wants no calls.
    Paused(PauseReason),
}

/// Why an agent is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PauseReason {
    /// Somebody asked for it.
    Asked,
    /// The telephone was let ring too often.
    Missed,
}

impl AgentStatus {
    /// The name in snake case, as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::Ready => "ready",
            Self::Offered => "offered",
            Self::OnCall => "on_call",
            Self::WrapUp => "wrap_up",
            Self::Paused(_) => "paused",
        }
    }
}

impl NobodyReason {
    /// The name in snake case, as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownQueue => "unknown_queue",
            Self::Full => "full",
            Self::NobodyReady => "nobody_ready",
            Self::AllTried => "all_tried",
            Self::MaxWait => "max_wait",
        }
    }
}

/// A queue as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueView {
    /// The queue.
    pub queue: QueueId,
    /// Who waits, first come first; calls that are being offered are among them.
    pub waiting: Vec<WaitingView>,
    /// Agents of the queue who wait for a call.
    pub ready: u32,
    /// Agents of the queue who are signed in and not paused.
    pub present: u32,
}

/// A waiting caller as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingView {
    /// The call.
    pub call: CallId,
    /// From 1.
    pub position: u32,
    /// Since when.
    pub since: Instant,
    /// The agent who is being offered the call.
    pub offered_to: Option<AgentId>,
}
