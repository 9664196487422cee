//! When a lead is tried again, by what its last attempt came to.

use std::time::Duration;

use call_model::Disposition;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::campaign::SettingsProblem;
use crate::lead::{LeadChange, LeadState};

/// When to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Retry {
    /// Not again.
    Never,
    /// This long after the attempt ended. Written `15m`, `4h`, `1d 2h`.
    After(Duration),
}

/// When each kind of failed attempt is tried again. Dispositions that are not listed are final.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetryTable {
    /// The called side was busy: 15 min.
    pub busy: Retry,
    /// Nobody answered: 4 h.
    pub no_answer: Retry,
    /// The called side refused the call: never, a refusal is an answer.
    pub rejected: Retry,
    /// The network did not carry the call: 30 min.
    pub unreachable: Retry,
    /// We could not do it: 15 min.
    pub failed: Retry,
    /// Answered, and hung up before the flow came to an end: never.
    pub hung_up_in_flow: Retry,
    /// Wanted an agent and left while waiting: never; an operator calls back.
    pub abandoned_in_queue: Retry,
    /// Wanted an agent and none could be reached: never; an operator calls back.
    pub no_agent: Retry,
}

impl Default for RetryTable {
    fn default() -> Self {
        let minutes = |n: u64| Retry::After(Duration::from_secs(n * 60));
        Self {
            busy: minutes(15),
            no_answer: minutes(240),
            rejected: Retry::Never,
            unreachable: minutes(30),
            failed: minutes(15),
            hung_up_in_flow: Retry::Never,
            abandoned_in_queue: Retry::Never,
            no_agent: Retry::Never,
        }
    }
}

/// The soonest retry that is taken.
pub const MIN_RETRY: Duration = Duration::from_secs(10);
/// The longest span of time that a campaign may be given.
pub(crate) const MAX_SPAN: Duration = Duration::from_secs(366 * 86_400);

impl RetryTable {
    /// When an attempt that came to `disposition` is tried again.
    pub fn after(&self, disposition: Disposition) -> Retry {
        match disposition {
            Disposition::Busy => self.busy,
            Disposition::NoAnswer => self.no_answer,
            Disposition::Rejected => self.rejected,
            Disposition::Unreachable => self.unreachable,
            Disposition::Failed => self.failed,
            Disposition::HungUpInFlow => self.hung_up_in_flow,
            Disposition::AbandonedInQueue => self.abandoned_in_queue,
            Disposition::NoAgent => self.no_agent,
            Disposition::HandedOver
            | Disposition::SelfServed
            | Disposition::NotInterested
            | Disposition::DoNotCall
            | Disposition::InvalidNumber
            | Disposition::Unresolved => Retry::Never,
        }
    }

    /// What becomes of a lead whose attempt came to `disposition` at `at`, its `attempts`th of at most `total`.
    pub fn change(&self, disposition: Disposition, at: Timestamp, attempts: u32, total: u32) -> LeadChange {
        match self.after(disposition) {
            Retry::After(_) if attempts >= total => LeadChange::Close(LeadState::Exhausted),
            Retry::After(after) => {
                let after = jiff::SignedDuration::try_from(after).unwrap_or(jiff::SignedDuration::MAX);
                LeadChange::DueAt(at.checked_add(after).unwrap_or(Timestamp::MAX))
            }
            Retry::Never => LeadChange::Close(match disposition {
                Disposition::DoNotCall => LeadState::Blocked,
                Disposition::Unresolved => LeadState::Unresolved,
                _ => LeadState::Done,
            }),
        }
    }

    pub(crate) fn problems(&self) -> Vec<SettingsProblem> {
        let rows = [
            ("retry.busy", self.busy),
            ("retry.no_answer", self.no_answer),
            ("retry.rejected", self.rejected),
            ("retry.unreachable", self.unreachable),
            ("retry.failed", self.failed),
            ("retry.hung_up_in_flow", self.hung_up_in_flow),
            ("retry.abandoned_in_queue", self.abandoned_in_queue),
            ("retry.no_agent", self.no_agent),
        ];
        rows.into_iter()
            .filter_map(|(key, retry)| match retry {
                Retry::Never => None,
                Retry::After(value) if value < MIN_RETRY => Some(SettingsProblem::RetryTooSoon { key, value }),
                Retry::After(value) if value > MAX_SPAN => Some(SettingsProblem::TooLong { key }),
                Retry::After(_) => None,
            })
            .collect()
    }
}

/// A text that is no retry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} says no time to try again; write never, or a span such as 15m or 4h")]
pub struct ParseRetryError(String);

impl TryFrom<String> for Retry {
    type Error = ParseRetryError;
    fn try_from(text: String) -> Result<Self, ParseRetryError> {
        if text.trim().eq_ignore_ascii_case("never") {
            return Ok(Self::Never);
        }
        crate::span::parse(&text).map(Self::After).ok_or(ParseRetryError(text))
    }
}

impl From<Retry> for String {
    fn from(retry: Retry) -> String {
        match retry {
            Retry::Never => "never".to_owned(),
            Retry::After(after) => crate::span::print(after),
        }
    }
}
