//! How often a person may be called: one budget for a number, over all campaigns.

use std::time::Duration;

use call_model::Disposition;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::campaign::SettingsProblem;
use crate::recycle::MAX_SPAN;

/// How often a person may be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AttemptBudget {
    /// Attempts to one number in any 24 hours, over all campaigns: 3.
    pub per_day: u32,
    /// The least time from an attempt that the person may have noticed to the next, over all campaigns: 4 h.
    #[serde(with = "crate::span")]
    pub min_gap: Duration,
    /// Attempts for one lead in all: 6.
    pub total: u32,
}

impl Default for AttemptBudget {
    fn default() -> Self {
        Self { per_day: 3, min_gap: Duration::from_secs(4 * 3600), total: 6 }
    }
}

/// An earlier attempt to a number, of any campaign or of a single call. Attempts that were never dialled do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastAttempt {
    /// When it was reserved.
    pub at: Timestamp,
    /// What it came to; `None` while it goes on.
    pub disposition: Option<Disposition>,
}

/// What the budget says of one more attempt now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BudgetVerdict {
    /// It may be made.
    Allowed,
    /// Not before this instant.
    NotBefore(Timestamp),
    /// The lead's attempts are used up.
    Spent,
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

impl AttemptBudget {
    /// The earliest attempt that still matters for an attempt at `now`.
    pub fn history_since(&self, now: Timestamp) -> Timestamp {
        let gap = SignedDuration::try_from(self.min_gap).unwrap_or(SignedDuration::MAX);
        now.checked_sub(gap.max(DAY)).unwrap_or(Timestamp::MIN)
    }

    /// Asks whether one more attempt may be made at `now`.
    ///
    /// `of_lead` counts all attempts for the lead; `of_number` holds the attempts to its number since
    /// [`Self::history_since`], in any order.
    pub fn ask(&self, now: Timestamp, of_lead: u32, of_number: &[PastAttempt]) -> BudgetVerdict {
        if of_lead >= self.total {
            return BudgetVerdict::Spent;
        }
        let gap = SignedDuration::try_from(self.min_gap).unwrap_or(SignedDuration::MAX);
        let after_gap =
            of_number.iter().filter(|a| was_noticed(a.disposition)).map(|a| saturating_add(a.at, gap)).max();
        let after_day = self.first_free_of_day(of_number);
        match after_gap.max(after_day) {
            Some(at) if at > now => BudgetVerdict::NotBefore(at),
            _ => BudgetVerdict::Allowed,
        }
    }

    /// When fewer than `per_day` attempts lie in the last 24 hours.
    fn first_free_of_day(&self, of_number: &[PastAttempt]) -> Option<Timestamp> {
        let mut times: Vec<Timestamp> = of_number.iter().filter(|a| was_sent(a.disposition)).map(|a| a.at).collect();
        times.sort_unstable();
        let allowed = self.per_day as usize;
        // The attempt that must leave the day's window before one more fits.
        let blocking = times.len().checked_sub(allowed)?;
        times.get(blocking).map(|at| saturating_add(*at, DAY))
    }

    /// Everything in it that cannot be used; empty when all can.
    pub fn problems(&self) -> Vec<SettingsProblem> {
        let mut problems = Vec::new();
        for (key, value, most) in [("per_day", self.per_day, 100), ("total", self.total, 1000)] {
            if !(1..=most).contains(&value) {
                problems.push(SettingsProblem::Budget { key, value, most });
            }
        }
        if self.min_gap > MAX_SPAN {
            problems.push(SettingsProblem::TooLong { key: "budget.min_gap" });
        }
        problems
    }
}

/// Whether an attempt may have rung the person's telephone. One that goes on counts.
fn was_noticed(disposition: Option<Disposition>) -> bool {
    use Disposition as D;
    match disposition {
        Some(D::Busy | D::InvalidNumber | D::Unreachable | D::Failed) => false,
        Some(
            D::HandedOver
            | D::SelfServed
            | D::NotInterested
            | D::DoNotCall
            | D::AbandonedInQueue
            | D::NoAgent
            | D::HungUpInFlow
            | D::NoAnswer
            | D::Rejected
            | D::Unresolved,
        )
        | None => true,
    }
}

/// Whether an attempt came as far as the called side. A failure of ours or of the network takes nothing from the day.
fn was_sent(disposition: Option<Disposition>) -> bool {
    !matches!(disposition, Some(Disposition::Unreachable | Disposition::Failed))
}

fn saturating_add(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.checked_add(span).unwrap_or(Timestamp::MAX)
}
