//! What the dialer is told and what it orders.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use call_model::{AttemptId, CampaignId, Disposition, LeadId, PhoneNumber};
use jiff::Timestamp;
use serde::Serialize;

use crate::campaign::{CampaignSettings, CampaignState};
use crate::lead::{DueBatch, FinishAttempt};
use crate::reservation::{Refusal, ReservationRequest};

/// A fact.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// An operator started a campaign, or a running one was found when the server started, or its settings changed.
    /// Its stored state is [`CampaignState::Running`] already.
    CampaignStarted {
        /// The campaign.
        campaign: CampaignId,
        /// Its settings, found without problems.
        settings: Arc<CampaignSettings>,
    },
    /// An operator paused it: nobody is dialled, calls in progress go on, telephones that ring go on ringing.
    CampaignPaused(CampaignId),
    /// An operator resumed it.
    CampaignResumed(CampaignId),
    /// An operator stopped it: telephones that ring stop, answered calls go on.
    CampaignStopped(CampaignId),
    /// Rows were added to its list, or leads set free: ask for due leads now.
    LeadsAdded(CampaignId),
    /// Closes [`Output::FetchDueLeads`].
    LeadsDue {
        /// The campaign.
        campaign: CampaignId,
        /// What was found.
        batch: DueBatch,
    },
    /// Closes [`Output::FetchDueLeads`] when the database failed.
    FetchFailed(CampaignId),
    /// Closes [`Output::Reserve`]: the attempt is on disk.
    Reserved(AttemptId),
    /// Closes [`Output::Reserve`]: nothing was reserved, and what becomes of the lead is written.
    Refused {
        /// The attempt that will not be.
        attempt: AttemptId,
        /// Why.
        refusals: Vec<Refusal>,
    },
    /// Closes [`Output::Reserve`] when the database failed and nothing is reserved.
    ReservationFailed(AttemptId),
    /// The called telephone rings.
    AttemptRinging(AttemptId),
    /// The called person answered.
    AttemptAnswered(AttemptId),
    /// Closes [`Output::Originate`]: the whole call is over. An attempt that [`Output::Cancel`] ended is
    /// [`Disposition::NoAnswer`] where the telephone rang, since the person may have noticed, else
    /// [`Disposition::Failed`].
    AttemptEnded {
        /// The attempt.
        attempt: AttemptId,
        /// What it came to.
        disposition: Disposition,
    },
    /// The server is being stopped: dial nobody any more; calls in progress go on.
    ShutdownBegan,
}

/// An order.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Read leads of the campaign that wait and are due. Closed by [`Input::LeadsDue`] or [`Input::FetchFailed`].
    FetchDueLeads {
        /// The campaign.
        campaign: CampaignId,
        /// The most that are taken.
        limit: u32,
    },
    /// Ask the gate, in one transaction. Closed by [`Input::Reserved`], [`Input::Refused`] or
    /// [`Input::ReservationFailed`].
    Reserve(ReservationRequest),
    /// Dial a reserved attempt. Closed by [`Input::AttemptEnded`].
    Originate(Origination),
    /// End an attempt that is not answered yet; [`Input::AttemptEnded`] still follows.
    Cancel(AttemptId),
    /// Write the end of a reserved attempt; exactly one for each [`Input::Reserved`].
    FinishAttempt(FinishAttempt),
    /// Every lead has come to its end: store [`CampaignState::Finished`].
    CampaignFinished(CampaignId),
    /// Something to show.
    Event(DialerEvent),
}

/// A call to make.
#[derive(Debug, Clone, PartialEq)]
pub struct Origination {
    /// The campaign.
    pub campaign: CampaignId,
    /// The reserved attempt.
    pub attempt: AttemptId,
    /// The lead.
    pub lead: LeadId,
    /// Whom to call.
    pub number: PhoneNumber,
    /// How long the telephone may ring.
    pub ring_time: Duration,
    /// The lead's columns: the flow's variables.
    pub variables: BTreeMap<String, String>,
    /// Flow, trunk and caller id.
    pub settings: Arc<CampaignSettings>,
}

/// Something to show.
#[derive(Debug, Clone, PartialEq)]
pub enum DialerEvent {
    /// How a campaign stands; at most one a second for each.
    Progress(Progress),
}

/// How a campaign stands. Counts are since it was started in this process; the database has the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// The campaign.
    pub campaign: CampaignId,
    /// What it does.
    pub state: CampaignState,
    /// Leads at hand, not yet reserved.
    pub hopper: u32,
    /// Attempts that are being reserved, or are reserved and wait for their turn.
    pub reserving: u32,
    /// Attempts whose telephone does not ring yet.
    pub dialling: u32,
    /// Attempts whose telephone rings.
    pub ringing: u32,
    /// Attempts that were answered.
    pub answered: u32,
    /// Leads that wait or are reserved, at the last fetch.
    pub unfinished: u64,
    /// Attempts that were dialled.
    pub dialled: u64,
    /// Ended attempts by what they came to.
    pub outcomes: BTreeMap<Disposition, u64>,
    /// Refused reservations by reason ([`Refusal::as_str`]).
    pub refusals: BTreeMap<&'static str, u64>,
    /// When the next lead that is not due yet will be.
    pub next_due: Option<Timestamp>,
}
