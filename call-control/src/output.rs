//! Orders that a call gives.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use call_model::{
    AgentId, AttemptId, CallContext, CallId, CampaignId, Cause, Consult, Disposition, EventRecord, LegCommand, LegId,
    OrderId, PhoneNumber, QueueId, RecordRequest, ServiceKind, SoundOrder, Termination,
};
use ivr_flows::HttpRequest;

/// One offer of a waiting call to an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OfferId(pub u64);

impl fmt::Display for OfferId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Where an INVITE of ours goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A number by a trunk.
    Number {
        /// The trunk's configured name.
        trunk: String,
        /// The number.
        number: PhoneNumber,
    },
    /// An agent's registered telephone.
    Agent(AgentId),
    /// A number with its country code, by whichever trunk the server chooses, or a `sip:` address.
    Outside(String),
}

/// An order.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Put the call's row on disk; answered by [`crate::Input::Begun`] or `NotBegun`.
    Begin,
    /// Open the sound of a leg: answer the peer's `offer`, or make ours. Answered by `SoundReady` or `SoundRefused`.
    OpenSound {
        /// The leg.
        leg: LegId,
        /// The peer's offer.
        offer: Option<Arc<[u8]>>,
    },
    /// The peer offers a change. Answered by `SoundReady` or `SoundRefused`.
    ChangeSound {
        /// The leg.
        leg: LegId,
        /// The peer's offer; none asks for ours.
        offer: Option<Arc<[u8]>>,
    },
    /// The peer answered our offer. Answered by `SoundRefused` if it cannot be used, else not.
    AnswerSound {
        /// The leg.
        leg: LegId,
        /// The peer's answer.
        answer: Arc<[u8]>,
    },
    /// Give the sound of a leg back.
    CloseSound {
        /// The leg.
        leg: LegId,
    },
    /// An order to the sound of a leg.
    Sound(SoundOrder),
    /// A command to a leg.
    Leg {
        /// The leg.
        leg: LegId,
        /// The command.
        command: LegCommand,
    },
    /// Give an id for one more leg; answered by [`crate::Input::LegGiven`].
    NewLeg,
    /// Send an INVITE.
    Originate {
        /// The new leg.
        leg: LegId,
        /// Where to.
        destination: Destination,
        /// What the called side sees as the caller.
        caller: String,
        /// Our offer.
        sdp: Arc<[u8]>,
        /// Further header fields, name and value.
        headers: Vec<(&'static str, String)>,
        /// How long it may ring.
        ring_time: Duration,
    },
    /// Ask a back end; answered by [`crate::Input::Fetched`].
    Fetch {
        /// The flow's order.
        order: OrderId,
        /// What to ask.
        request: HttpRequest,
    },
    /// Ask the server something of its own; answered by [`crate::Input::Consulted`].
    Consult {
        /// The flow's order.
        order: OrderId,
        /// The question; it may hold a secret.
        request: Consult,
    },
    /// Record what the caller says, apart from the call's own recording; answered by [`crate::Input::Recorded`].
    Record {
        /// The flow's order.
        order: OrderId,
        /// The caller's leg.
        leg: LegId,
        /// What, and until when.
        request: RecordRequest,
    },
    /// Stop what [`Output::Record`] began; stopping what has ended is no error.
    StopRecording {
        /// The flow's order.
        order: OrderId,
        /// The caller's leg.
        leg: LegId,
    },
    /// Tell the distribution of calls.
    Acd(AcdOrder),
    /// Keep what the agent is told, and show it.
    Context(Box<CallContext>),
    /// Store and show an event.
    Event(EventRecord),
    /// Put the final record on disk, with all events before it; answered by [`crate::Input::Stored`].
    Finish(CallRecord),
    /// The call is over; the machine may be dropped.
    Over,
}

/// What the distribution of calls is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AcdOrder {
    /// The call waits in a queue from now on.
    Join {
        /// The queue.
        queue: QueueId,
        /// From when on the wait counts: the caller may have been told something since.
        since: Instant,
    },
    /// The call waits no longer.
    Leave,
    /// The agent's telephone was picked up.
    OfferAnswered {
        /// The offer.
        offer: OfferId,
    },
    /// The agent took the call.
    OfferAccepted {
        /// The offer.
        offer: OfferId,
    },
    /// The agent did not take the call.
    OfferFailed {
        /// The offer.
        offer: OfferId,
        /// Why.
        cause: Cause,
    },
    /// The agent's part in the call is over.
    Released {
        /// The offer.
        offer: OfferId,
    },
}

/// The final record of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct CallRecord {
    /// The call.
    pub call: CallId,
    /// How it ended.
    pub termination: Termination,
    /// What it meant.
    pub disposition: Disposition,
    /// Milliseconds from its begin to its answer, if it was answered.
    pub answered_ms: Option<u64>,
    /// Milliseconds from its begin to its end.
    pub ended_ms: u64,
    /// The agent who took it.
    pub agent: Option<AgentId>,
    /// Milliseconds in queues.
    pub waited_ms: Option<u64>,
    /// The caller's intent.
    pub intent: Option<String>,
    /// The kind of service that the intent asks for.
    pub service: Option<ServiceKind>,
    /// The campaign, for outbound.
    pub campaign: Option<CampaignId>,
    /// The attempt, for outbound.
    pub attempt: Option<AttemptId>,
}
