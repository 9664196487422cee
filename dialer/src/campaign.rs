//! What a campaign is told: its settings as they are written in YAML or JSON, and its states.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use call_model::PhoneNumber;
use serde::{Deserialize, Serialize};

use crate::budget::AttemptBudget;
use crate::hours::CallingHours;
use crate::recycle::RetryTable;
use crate::region::Region;

/// The settings of one campaign. Keys that are left out take the values of [`CampaignSettings::named`].
///
/// ```yaml
/// name: spring
/// flow: offer
/// trunk: carrier
/// caller_id: "+12025550100"
/// attempts_per_second: 2
/// at_once: 10
/// ring_time: 25s
/// calling_hours: { every_day: "09:00-20:00", sunday: closed }
/// budget: { per_day: 3, min_gap: 4h, total: 6 }
/// retry: { busy: 15m, no_answer: 4h }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignSettings {
    /// The name, unique in its project.
    pub name: String,
    /// The flow that talks to the called person.
    pub flow: String,
    /// The trunk that carries the calls.
    pub trunk: String,
    /// The number that the called person sees.
    pub caller_id: PhoneNumber,
    /// The country of numbers that are written without their country code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// New attempts a second, 0.001 to 500.
    #[serde(default = "default_rate")]
    pub attempts_per_second: f64,
    /// Attempts in progress at once, from reservation to the end of the call, 1 to 10,000.
    #[serde(default = "default_at_once")]
    pub at_once: u32,
    /// How long the called telephone may ring, 15 s to 120 s.
    #[serde(default = "default_ring_time", with = "crate::span")]
    pub ring_time: Duration,
    /// When people may be called, by their own clocks.
    #[serde(default)]
    pub calling_hours: CallingHours,
    /// How often a person may be called.
    #[serde(default)]
    pub budget: AttemptBudget,
    /// When an attempt that failed is tried again.
    #[serde(default)]
    pub retry: RetryTable,
}

/// The shortest ring time that is taken: four rings (16 CFR 310.4(b)(4)(ii)).
pub const MIN_RING_TIME: Duration = Duration::from_secs(15);
/// The longest ring time that is taken.
pub const MAX_RING_TIME: Duration = Duration::from_secs(120);
/// The most attempts a second that one campaign may ask for.
pub const MAX_ATTEMPTS_PER_SECOND: f64 = 500.0;
/// The fewest attempts a second that one campaign may ask for.
pub const MIN_ATTEMPTS_PER_SECOND: f64 = 0.001;
/// The most attempts at once that one campaign may ask for.
pub const MAX_AT_ONCE: u32 = 10_000;

impl CampaignSettings {
    /// Settings with every default: 1 attempt a second, 10 at once, 25 s of ringing, 09:00 to 20:00.
    pub fn named(name: &str, flow: &str, trunk: &str, caller_id: PhoneNumber) -> Self {
        Self {
            name: name.to_owned(),
            flow: flow.to_owned(),
            trunk: trunk.to_owned(),
            caller_id,
            region: None,
            attempts_per_second: default_rate(),
            at_once: default_at_once(),
            ring_time: default_ring_time(),
            calling_hours: CallingHours::default(),
            budget: AttemptBudget::default(),
            retry: RetryTable::default(),
        }
    }

    /// Everything that is wrong with the settings; empty when they can be used.
    pub fn problems(&self) -> Vec<SettingsProblem> {
        let mut problems = Vec::new();
        for (key, value) in [("name", &self.name), ("flow", &self.flow), ("trunk", &self.trunk)] {
            if value.trim().is_empty() {
                problems.push(SettingsProblem::Empty { key });
            }
        }
        if self.name.chars().count() > 100 {
            problems.push(SettingsProblem::NameTooLong);
        }
        // Written so that NaN is refused as well.
        if !(MIN_ATTEMPTS_PER_SECOND..=MAX_ATTEMPTS_PER_SECOND).contains(&self.attempts_per_second) {
            problems.push(SettingsProblem::Rate { value: self.attempts_per_second });
        }
        if !(1..=MAX_AT_ONCE).contains(&self.at_once) {
            problems.push(SettingsProblem::AtOnce { value: self.at_once });
        }
        if !(MIN_RING_TIME..=MAX_RING_TIME).contains(&self.ring_time) {
            problems.push(SettingsProblem::RingTime { value: self.ring_time });
        }
        if !self.calling_hours.any() {
            problems.push(SettingsProblem::NeverOpen);
        }
        problems.extend(self.budget.problems());
        problems.extend(self.retry.problems());
        problems
    }
}

fn default_rate() -> f64 {
    1.0
}

fn default_at_once() -> u32 {
    10
}

fn default_ring_time() -> Duration {
    Duration::from_secs(25)
}

/// Something in a campaign's settings that cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SettingsProblem {
    /// A text that must say something is empty.
    #[error("{key}: is empty; give it a name")]
    Empty {
        /// The key.
        key: &'static str,
    },
    /// The name is too long.
    #[error("name: is longer than 100 characters; shorten it")]
    NameTooLong,
    /// The attempts a second are out of range.
    #[error("attempts_per_second: {value} is out of range; give 0.001 to 500")]
    Rate {
        /// What was asked for.
        value: f64,
    },
    /// The attempts at once are out of range.
    #[error("at_once: {value} is out of range; give 1 to 10000")]
    AtOnce {
        /// What was asked for.
        value: u32,
    },
    /// The ring time is out of range.
    #[error(
        "ring_time: {value:?} is out of range; give 15s (four rings, as the law of several countries asks) to 120s"
    )]
    RingTime {
        /// What was asked for.
        value: Duration,
    },
    /// The calling hours are closed on every day.
    #[error("calling_hours: closed on every day, nobody could ever be called; open at least one day")]
    NeverOpen,
    /// A number of attempts is out of range.
    #[error("budget.{key}: {value} is out of range; give 1 to {most}")]
    Budget {
        /// The key.
        key: &'static str,
        /// What was asked for.
        value: u32,
        /// The most that is taken.
        most: u32,
    },
    /// A span of time is longer than anything sensible.
    #[error("{key}: is longer than 366 days; shorten it")]
    TooLong {
        /// The key.
        key: &'static str,
    },
    /// A retry comes so soon that it would be harassment or a loop.
    #[error("{key}: {value:?} is too soon; give at least 10s, or never")]
    RetryTooSoon {
        /// The key.
        key: &'static str,
        /// What was asked for.
        value: Duration,
    },
}

/// What a campaign does now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CampaignState {
    /// Made, not yet started.
    Draft,
    /// Dials.
    Running,
    /// Dials nobody for now; calls in progress go on.
    Paused,
    /// Ended by an operator before its list was.
    Stopped,
    /// Every lead has come to its end.
    Finished,
}

impl CampaignState {
    /// Every state.
    pub const ALL: &[Self] = &[Self::Draft, Self::Running, Self::Paused, Self::Stopped, Self::Finished];

    /// The name as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
            Self::Finished => "finished",
        }
    }

    /// Whether an operator may bring a campaign from this state to `next`.
    ///
    /// A stopped or finished campaign may be started again: leads that are due (new rows of its list) are dialled.
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Draft => matches!(next, Self::Running),
            Self::Running => matches!(next, Self::Paused | Self::Stopped | Self::Finished),
            Self::Paused => matches!(next, Self::Running | Self::Stopped),
            Self::Stopped | Self::Finished => matches!(next, Self::Running),
        }
    }
}

impl fmt::Display for CampaignState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that is no campaign state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown campaign state: expected draft, running, paused, stopped or finished")]
pub struct ParseCampaignStateError;

impl FromStr for CampaignState {
    type Err = ParseCampaignStateError;
    fn from_str(text: &str) -> Result<Self, ParseCampaignStateError> {
        Self::ALL.iter().copied().find(|s| s.as_str() == text).ok_or(ParseCampaignStateError)
    }
}
