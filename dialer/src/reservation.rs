//! The one gate of every outbound attempt: asked inside the transaction that reserves it, before its INVITE.

use std::time::Duration;

use call_model::{AttemptId, CampaignId, LeadId, PhoneNumber};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::budget::{AttemptBudget, BudgetVerdict, PastAttempt};
use crate::campaign::CampaignState;
use crate::hours::{CallingHours, HoursVerdict};
use crate::lead::{LeadChange, LeadState};
use crate::zone::zones_of;

/// What an attempt is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A lead of a campaign.
    Lead {
        /// The campaign.
        campaign: CampaignId,
        /// The lead.
        lead: LeadId,
    },
    /// One call that somebody asked for by the API.
    SingleCall,
}

/// What may not be overstepped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContactLimits {
    /// When the person may be called.
    pub hours: CallingHours,
    /// How often the person may be called.
    pub budget: AttemptBudget,
}

/// A wish for one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReservationRequest {
    /// The id that the attempt gets when it is reserved.
    pub attempt: AttemptId,
    /// What it is for.
    pub purpose: Purpose,
    /// Whom to call.
    pub number: PhoneNumber,
    /// The server that owns the attempt.
    pub server: String,
    /// How long the reservation holds without a sign of life of its owner.
    pub lease: Duration,
    /// The wall time of the wish.
    pub now: Timestamp,
    /// What may not be overstepped.
    pub limits: ContactLimits,
}

impl ReservationRequest {
    /// How far back [`ReservationFacts::attempts_of_number`] must reach.
    pub fn history_since(&self) -> Timestamp {
        self.limits.budget.history_since(self.now)
    }
}

/// What the database knows, read inside the reserving transaction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReservationFacts {
    /// Whether the number stands on the do-not-call list.
    pub do_not_call: bool,
    /// The campaign's state; `None` for a single call or a campaign that is gone.
    pub campaign: Option<CampaignState>,
    /// The lead as it stands; `None` for a single call or a lead that is gone.
    pub lead: Option<LeadFacts>,
    /// Whether an attempt to this number is open now, of any campaign or single call.
    pub open_attempt: bool,
    /// The attempts to this number since [`ReservationRequest::history_since`], of any campaign or single call, in any
    /// order, without those that were released.
    pub attempts_of_number: Vec<PastAttempt>,
}

/// A lead as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeadFacts {
    /// Its state.
    pub state: LeadState,
    /// When it is due.
    pub due: Timestamp,
    /// Its attempts so far, without those that were released.
    pub attempts: u32,
}

/// Why an attempt was not reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "refusal", rename_all = "snake_case")]
pub enum Refusal {
    /// The number stands on the do-not-call list.
    #[error("the number stands on the do-not-call list")]
    DoNotCall,
    /// The person's clock says no.
    #[error("outside the calling hours where the number may be")]
    OutsideHours {
        /// When the hours begin; `None` where they never do in all zones of the number at once.
        not_before: Option<Timestamp>,
    },
    /// The lead's attempts are used up.
    #[error("the lead's attempts are used up")]
    BudgetSpent,
    /// The person was called a short time ago, or often today.
    #[error("called too recently or too often today; not before {not_before}")]
    TooSoon {
        /// When the next attempt may be made.
        not_before: Timestamp,
    },
    /// The lead is not due, or has come to its end.
    #[error("the lead is not due")]
    LeadNotDue,
    /// The campaign does not run.
    #[error("the campaign does not run")]
    CampaignNotRunning,
    /// An attempt to this number is open.
    #[error("an attempt to this number is open")]
    AlreadyReserved,
}

impl Refusal {
    /// The name as it is stored and shown.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::DoNotCall => "do_not_call",
            Self::OutsideHours { .. } => "outside_hours",
            Self::BudgetSpent => "budget_spent",
            Self::TooSoon { .. } => "too_soon",
            Self::LeadNotDue => "lead_not_due",
            Self::CampaignNotRunning => "campaign_not_running",
            Self::AlreadyReserved => "already_reserved",
        }
    }
}

/// What becomes of a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Insert the attempt as open, and for a lead set it to [`LeadState::Reserved`].
    Reserve,
    /// Reserve nothing, and write `lead` to the lead.
    Refuse {
        /// Every reason, at least one.
        refusals: Vec<Refusal>,
        /// What is written to the lead in the same transaction.
        lead: LeadChange,
    },
}

/// How long a lead waits whose number is being called by another campaign or a single call.
const RETRY_OPEN_NUMBER: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

/// Decides on a wish. Called inside the reserving transaction, the same for both databases and for single calls.
pub fn decide(request: &ReservationRequest, facts: &ReservationFacts) -> Verdict {
    let refusals = refusals(request, facts);
    if refusals.is_empty() {
        return Verdict::Reserve;
    }
    let lead = change_of_lead(request, &refusals);
    Verdict::Refuse { refusals, lead }
}

fn refusals(request: &ReservationRequest, facts: &ReservationFacts) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    if facts.do_not_call {
        refusals.push(Refusal::DoNotCall);
    }
    let of_lead = match request.purpose {
        Purpose::SingleCall => 0,
        Purpose::Lead { .. } => {
            if facts.campaign != Some(CampaignState::Running) {
                refusals.push(Refusal::CampaignNotRunning);
            }
            if !facts.lead.is_some_and(|l| l.state == LeadState::Waiting && l.due <= request.now) {
                refusals.push(Refusal::LeadNotDue);
            }
            facts.lead.map_or(0, |l| l.attempts)
        }
    };
    if facts.open_attempt {
        refusals.push(Refusal::AlreadyReserved);
    }
    match request.limits.budget.ask(request.now, of_lead, &facts.attempts_of_number) {
        BudgetVerdict::Allowed => {}
        BudgetVerdict::NotBefore(not_before) => refusals.push(Refusal::TooSoon { not_before }),
        BudgetVerdict::Spent => refusals.push(Refusal::BudgetSpent),
    }
    if let HoursVerdict::NotBefore(not_before) = request.limits.hours.may_call(request.now, &zones_of(&request.number))
    {
        refusals.push(Refusal::OutsideHours { not_before });
    }
    refusals
}

/// A lead that may never be called is closed, one that may be called later waits until the last of its reasons ends.
fn change_of_lead(request: &ReservationRequest, refusals: &[Refusal]) -> LeadChange {
    let stays = |r: &Refusal| matches!(r, Refusal::LeadNotDue | Refusal::CampaignNotRunning);
    if request.purpose == Purpose::SingleCall || refusals.iter().any(stays) {
        return LeadChange::Keep;
    }
    let mut due = request.now;
    for refusal in refusals {
        match *refusal {
            Refusal::DoNotCall | Refusal::OutsideHours { not_before: None } => {
                return LeadChange::Close(LeadState::Blocked);
            }
            Refusal::BudgetSpent => return LeadChange::Close(LeadState::Exhausted),
            Refusal::OutsideHours { not_before: Some(at) } | Refusal::TooSoon { not_before: at } => due = due.max(at),
            Refusal::AlreadyReserved => {
                due = due.max(request.now.checked_add(RETRY_OPEN_NUMBER).unwrap_or(Timestamp::MAX));
            }
            Refusal::LeadNotDue | Refusal::CampaignNotRunning => {}
        }
    }
    LeadChange::DueAt(due)
}
