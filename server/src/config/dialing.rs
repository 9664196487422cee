//! Limits of all campaigns together, and what single calls keep to.

use dialer::{AttemptBudget, CallingHours};
use serde::Deserialize;

/// Limits of all campaigns together; each campaign has its own within them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DialingConfig {
    /// New attempts a second. Default 50.
    #[serde(default = "default_attempts_per_second")]
    pub attempts_per_second: f64,
    /// Attempts in progress at once. Default 1000.
    #[serde(default = "default_at_once")]
    pub at_once: u32,
    /// When single calls (`POST /api/v1/calls`) may reach people, by the called person's clock; campaigns have their
    /// own. Default `{ every_day: "09:00-20:00" }`.
    #[serde(default)]
    pub calling_hours: CallingHours,
    /// How often a person may be called by single calls and campaigns together, when a single call is made. Default
    /// `{ per_day: 3, min_gap: 4h, total: 6 }`.
    #[serde(default)]
    pub budget: AttemptBudget,
    /// The trunk by which flows connect callers with numbers outside (`transfer`). Default: the first of `trunks`.
    #[serde(default)]
    pub transfer_trunk: Option<String>,
}

impl Default for DialingConfig {
    fn default() -> Self {
        Self {
            attempts_per_second: default_attempts_per_second(),
            at_once: default_at_once(),
            calling_hours: CallingHours::default(),
            budget: AttemptBudget::default(),
            transfer_trunk: None,
        }
    }
}

fn default_attempts_per_second() -> f64 {
    50.0
}

fn default_at_once() -> u32 {
    1000
}
