//! How a caller is handed on, and why nobody took the call.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Why a caller who was handed on came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferFailure {
    /// The other side is busy (486, 600).
    Busy,
    /// It rang and nobody answered.
    NoAnswer,
    /// It was refused (603, 403).
    Declined,
    /// Nobody is there who could take it.
    #[default]
    Nobody,
    /// The place is closed now.
    Closed,
    /// The caller waited as long as the flow allows.
    TimedOut,
}

impl TransferFailure {
    /// Every reason.
    pub const ALL: [Self; 6] = [Self::Busy, Self::NoAnswer, Self::Declined, Self::Nobody, Self::Closed, Self::TimedOut];

    /// The reason as flows and events write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::NoAnswer => "no_answer",
            Self::Declined => "declined",
            Self::Nobody => "nobody",
            Self::Closed => "closed",
            Self::TimedOut => "timed_out",
        }
    }
}

/// An order to connect the caller with somebody outside of the queues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferRequest {
    /// A telephone number, or a `sip:` address.
    pub to: String,
    /// How long it rings.
    pub ring: Duration,
}
