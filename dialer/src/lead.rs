//! The rows of a list as they are stored, and what becomes of them.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use call_model::{AttemptId, CampaignId, Disposition, LeadId, PhoneNumber};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One stored lead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeadRow {
    /// The lead.
    pub lead: LeadId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// The line of the file that it came from, from 1.
    pub line: u64,
    /// The number to dial.
    pub number: PhoneNumber,
    /// The other columns of the file, by header.
    pub variables: BTreeMap<String, String>,
    /// What becomes of it.
    pub state: LeadState,
    /// When it may be tried next; only meaningful while it waits.
    pub due: Timestamp,
    /// Attempts so far.
    pub attempts: u32,
    /// What the last attempt came to.
    pub last: Option<Disposition>,
}

/// A lead that is due, as the dialer takes it into its hopper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueLead {
    /// The lead.
    pub lead: LeadId,
    /// The number to dial.
    pub number: PhoneNumber,
    /// The other columns of the file, by header: the flow's variables.
    pub variables: BTreeMap<String, String>,
    /// Attempts so far.
    pub attempts: u32,
}

/// The answer to the dialer's question for due leads.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DueBatch {
    /// Waiting leads that are due, longest due first.
    pub leads: Vec<DueLead>,
    /// When the first waiting lead that is not due yet will be.
    pub next_due: Option<Timestamp>,
    /// Leads of the campaign that wait or are reserved.
    pub unfinished: u64,
}

/// What becomes of a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadState {
    /// Waits until it is due.
    Waiting,
    /// An attempt is reserved or in progress.
    Reserved,
    /// Came to an outcome that is not tried again.
    Done,
    /// The person may not be called: do-not-call, or the hours are never open in all zones of the number at once.
    Blocked,
    /// Used up its attempts without an outcome.
    Exhausted,
    /// The server died during the attempt. Not dialled again by itself.
    Unresolved,
}

impl LeadState {
    /// Every state.
    pub const ALL: &[Self] =
        &[Self::Waiting, Self::Reserved, Self::Done, Self::Blocked, Self::Exhausted, Self::Unresolved];

    /// The name as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Reserved => "reserved",
            Self::Done => "done",
            Self::Blocked => "blocked",
            Self::Exhausted => "exhausted",
            Self::Unresolved => "unresolved",
        }
    }
}

impl fmt::Display for LeadState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that is no lead state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown lead state")]
pub struct ParseLeadStateError;

impl FromStr for LeadState {
    type Err = ParseLeadStateError;
    fn from_str(text: &str) -> Result<Self, ParseLeadStateError> {
        Self::ALL.iter().copied().find(|s| s.as_str() == text).ok_or(ParseLeadStateError)
    }
}

/// What is written to a lead when an attempt ended or was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeadChange {
    /// Nothing: the lead stays as it is.
    Keep,
    /// It waits, and is due at this instant.
    DueAt(Timestamp),
    /// It has come to its end.
    Close(LeadState),
}

/// How a reserved attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// It was never dialled (a pause, a stop, a shutdown, or the hours had ended): it takes nothing from any budget
    /// and is stored as if it had not been reserved.
    Released,
    /// It was dialled and came to this.
    Ended(Disposition),
}

/// What is written when a reserved attempt is over. Exactly one answers each reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FinishAttempt {
    /// The attempt.
    pub attempt: AttemptId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// Its lead.
    pub lead: LeadId,
    /// How it ended. A released attempt is not counted as one of its lead.
    pub outcome: AttemptOutcome,
    /// What is written to the lead in the same transaction.
    pub change: LeadChange,
}
