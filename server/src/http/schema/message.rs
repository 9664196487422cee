//! The messages of the event stream.

use std::collections::BTreeMap;

use utoipa::ToSchema;

use super::call::Context;
use super::campaign::CampaignState;
use super::event::Event;
use super::people::Agent;

/// A message of the event stream; `kind` says which.
#[derive(ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(in crate::http) enum StreamMessage {
    /// An event of a call, sent when it is stored.
    Event(StoredEvent),
    /// What has been understood of a caller's words so far. Shown and forgotten.
    Partial {
        /// The call.
        #[schema(format = "uuid")]
        call: String,
        /// The words so far.
        text: String,
    },
    /// What an agent is told of a call.
    Context { context: Context },
    /// An agent's state changed. Shown and forgotten.
    Agent { agent: Agent },
    /// A campaign's progress. Shown and forgotten.
    Campaign(CampaignMoved),
}

/// An event of a call with its place among the events of all calls.
#[derive(ToSchema)]
pub(in crate::http) struct StoredEvent {
    /// Grows over all calls, with gaps.
    sequence: i64,
    /// The call's project.
    project: i64,
    #[serde(flatten)]
    event: Event,
}

/// How far a campaign is now.
#[derive(ToSchema)]
pub(in crate::http) struct CampaignMoved {
    /// The campaign's id.
    #[schema(format = "uuid")]
    campaign: String,
    state: CampaignState,
    /// Attempts whose telephone does not ring yet.
    dialling: u32,
    /// Attempts whose telephone rings.
    ringing: u32,
    /// Attempts that were answered.
    answered: u32,
    /// Rows that wait or are being called.
    unfinished: u64,
    /// Attempts that were dialled.
    dialled: u64,
    /// Ended attempts by disposition.
    outcomes: BTreeMap<String, u64>,
}
