//! Our registration at a trunk (RFC 3261 10.2).

use std::time::Duration;

/// How our registration at a trunk stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistrationState {
    /// The trunk knows us.
    Registered {
        /// For how long, without a refresh.
        expires: Duration,
    },
    /// The trunk refused, or did not answer; we try again by ourselves.
    Failed {
        /// The status that it refused with; `None` when nobody answered.
        status: Option<u16>,
        /// When we try again.
        retry_in: Duration,
    },
    /// We took our registration back, since the service is being stopped.
    Removed,
}
