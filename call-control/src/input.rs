//! Facts that a call is told.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use call_model::{
    AgentId, AttemptId, CallId, CampaignId, ConsultResult, LegEvent, LegId, Party, PhoneNumber, RecordResult, SoundFact,
};
use ivr_flows::{FetchResult, Flow};
use jiff::civil::DateTime;

use crate::{Limits, OfferId};

/// What a call is made from.
#[derive(Debug, Clone)]
pub struct CallStart {
    /// The call's id.
    pub call: CallId,
    /// Which side began it.
    pub direction: Direction,
    /// The other party's number or user, as it came.
    pub caller: String,
    /// The number that was dialled (inbound), or ours (outbound).
    pub called: String,
    /// The flow that leads the conversation.
    pub flow: Arc<Flow>,
    /// What the flow knows from the beginning: columns of a lead, for example.
    pub variables: BTreeMap<String, String>,
    /// The seed of everything that is left to chance.
    pub seed: u64,
    /// The wall time in the flow's zone when the call begins.
    pub local: Option<DateTime>,
    /// Earlier calls of the same number, newest first, as short lines for the agent.
    pub history: Vec<String>,
    /// Whether the call is recorded.
    pub record: bool,
    /// How long things may take.
    pub limits: Limits,
}

/// Which side began the call.
#[derive(Debug, Clone)]
pub enum Direction {
    /// They called us.
    Inbound {
        /// Their leg.
        leg: LegId,
        /// The session description of the INVITE; none when it asks for our offer.
        offer: Option<Arc<[u8]>>,
    },
    /// We call them.
    Outbound {
        /// Their leg.
        leg: LegId,
        /// Their number.
        number: PhoneNumber,
        /// The trunk by its configured name.
        trunk: String,
        /// How long it may ring.
        ring_time: Duration,
        /// The campaign, unless it is a single call.
        campaign: Option<CampaignId>,
        /// The name of the campaign, for the agent.
        campaign_name: Option<String>,
        /// The attempt that was reserved for it.
        attempt: Option<AttemptId>,
    },
}

/// A fact.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The call's row is on disk ([`crate::Output::Begin`]).
    Begun,
    /// The call's row could not be written: the call is refused with 503.
    NotBegun,
    /// A leg reported something.
    Leg {
        /// The leg.
        leg: LegId,
        /// What.
        event: LegEvent,
    },
    /// The id of a leg that the call may begin ([`crate::Output::NewLeg`]).
    LegGiven {
        /// The leg.
        leg: LegId,
    },
    /// Sound was opened or changed for a leg; our session description is for its peer.
    SoundReady {
        /// The leg.
        leg: LegId,
        /// Our session description.
        sdp: Arc<[u8]>,
    },
    /// Sound could not be opened or changed for a leg.
    SoundRefused {
        /// The leg.
        leg: LegId,
        /// Why.
        why: SoundTrouble,
    },
    /// The sound side reported something.
    Sound(SoundFact),
    /// A back end answered.
    Fetched {
        /// The flow's order.
        order: call_model::OrderId,
        /// What came.
        result: FetchResult,
    },
    /// The server answered a question of the flow's.
    Consulted {
        /// The flow's order.
        order: call_model::OrderId,
        /// What came.
        result: ConsultResult,
    },
    /// A message of the caller was recorded, or could not be.
    Recorded {
        /// The flow's order.
        order: call_model::OrderId,
        /// What came.
        recording: RecordResult,
    },
    /// An agent was chosen for the waiting call.
    AgentOffered {
        /// The offer.
        offer: OfferId,
        /// The agent.
        agent: AgentId,
        /// The id for the agent's leg.
        leg: LegId,
    },
    /// The offer is withdrawn (the agent signed out, for example).
    OfferWithdrawn {
        /// The offer.
        offer: OfferId,
    },
    /// The place in the queue is to be announced.
    PositionTold {
        /// The place, from 1.
        position: u32,
    },
    /// No agent can be reached.
    NobodyReachable,
    /// Somebody outside ends the call.
    EndRequested {
        /// Who.
        by: Party,
        /// Why.
        cause: call_model::Cause,
    },
    /// The call's final record is on disk ([`crate::Output::Finish`]), or it is certain that it never will be.
    Stored,
}

/// Why sound could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoundTrouble {
    /// No codec in common (488).
    NoCommonCodec,
    /// The session description could not be read (400).
    BadDescription,
    /// No port or no place is free (503).
    Full,
}
