//! Limits of all campaigns together.

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
}

impl Default for DialingConfig {
    fn default() -> Self {
        Self { attempts_per_second: default_attempts_per_second(), at_once: default_at_once() }
    }
}

fn default_attempts_per_second() -> f64 {
    50.0
}

fn default_at_once() -> u32 {
    1000
}
