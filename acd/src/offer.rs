//! One offer of one call to one agent.

use std::time::Instant;

use call_model::{CallId, Cause};

use crate::orders::OfferId;
use crate::settings::QueueSettings;

/// An offer that an agent holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) id: OfferId,
    pub(crate) call: CallId,
    /// Since when the agent was idle before it, to give the place back if the caller leaves.
    pub(crate) idle_since: Instant,
    pub(crate) stage: OfferStage,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OfferStage {
    /// The telephone rings, until then.
    Ringing { until: Instant },
    /// The agent picked up and has until then to accept.
    Answered { until: Instant },
}

impl Offer {
    pub(crate) fn until(&self) -> Instant {
        match self.stage {
            OfferStage::Ringing { until } | OfferStage::Answered { until } => until,
        }
    }
}

/// What a failed offer says of the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The agent said no: is there, wants no calls for a moment.
    Declined,
    /// The telephone was busy.
    Busy,
    /// Nobody took it, or the telephone could not be reached.
    Missed,
    /// It says nothing of the agent.
    Neutral,
}

impl Failure {
    pub(crate) fn of(cause: Cause) -> Self {
        match cause {
            Cause::Rejected | Cause::Forbidden => Self::Declined,
            Cause::Busy => Self::Busy,
            Cause::NoAnswer
            | Cause::Unreachable
            | Cause::InvalidNumber
            | Cause::NoRoute
            | Cause::NoCommonMedia
            | Cause::MediaTimeout
            | Cause::TooLong
            | Cause::Normal => Self::Missed,
            Cause::Cancelled | Cause::Overload | Cause::Shutdown | Cause::ServerLost | Cause::InternalError => {
                Self::Neutral
            }
        }
    }

    /// From when on the agent may be offered a call again.
    pub(crate) fn offer_from(self, settings: &QueueSettings, now: Instant) -> Instant {
        now + match self {
            Self::Declined => settings.rest_after_decline,
            Self::Busy => settings.rest_after_busy,
            Self::Missed => settings.rest_after_miss,
            // So that an offer that fails by itself does not come again and again.
            Self::Neutral => settings.rest_after_miss / 5,
        }
    }
}
