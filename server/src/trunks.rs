//! Which trunks answer, and which know us.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sip_stack::RegistrationState;

/// The state of each trunk that was heard of.
#[derive(Debug, Default)]
pub struct TrunkStates(Mutex<BTreeMap<String, TrunkState>>);

/// What is known of a trunk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TrunkState {
    /// Whether it answers OPTIONS; `None` until it did or did not.
    pub alive: Option<bool>,
    /// How our registration there stands; `None` until it was answered, and for ever where there is none.
    pub registration: Option<Registration>,
}

/// How our registration at a trunk stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// The trunk knows us.
    Registered,
    /// The trunk refused, or did not answer; it is tried again.
    Failed {
        /// The status that it refused with; `None` when nobody answered.
        sip_status: Option<u16>,
    },
    /// Taken back, since the service is being stopped.
    Removed,
}

impl TrunkStates {
    /// A trunk began or ceased to answer.
    pub fn set_alive(&self, trunk: String, alive: bool) {
        if alive {
            tracing::info!(trunk, "the trunk answers");
        } else {
            tracing::warn!(trunk, "the trunk does not answer");
        }
        self.states().entry(trunk).or_default().alive = Some(alive);
    }

    /// Our registration at a trunk changed.
    pub fn set_registration(&self, trunk: String, state: &RegistrationState) {
        tracing::info!(trunk, ?state, "registration at a trunk");
        let registration = match *state {
            RegistrationState::Registered { .. } => Registration::Registered,
            RegistrationState::Failed { status, .. } => Registration::Failed { sip_status: status },
            RegistrationState::Removed => Registration::Removed,
        };
        self.states().entry(trunk).or_default().registration = Some(registration);
    }

    /// Every trunk that was heard of.
    pub fn all(&self) -> BTreeMap<String, TrunkState> {
        self.states().clone()
    }

    fn states(&self) -> MutexGuard<'_, BTreeMap<String, TrunkState>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
