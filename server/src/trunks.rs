//! Which trunks answer.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The state of each trunk that is asked with OPTIONS.
#[derive(Debug, Default)]
pub struct TrunkStates(Mutex<BTreeMap<String, bool>>);

impl TrunkStates {
    /// A trunk began or ceased to answer.
    pub fn set(&self, trunk: String, alive: bool) {
        if alive {
            tracing::info!(trunk, "the trunk answers");
        } else {
            tracing::warn!(trunk, "the trunk does not answer");
        }
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(trunk, alive);
    }

    /// Every trunk that was heard of, and whether it answers.
    pub fn all(&self) -> BTreeMap<String, bool> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
