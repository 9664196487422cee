//! How a call or a leg ended, and who ended it. This is a value, neither an error nor a business outcome.

use serde::{Deserialize, Serialize};

/// Who did something to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The person who called us, or whom we called.
    Caller,
    /// The human agent.
    Agent,
    /// The flow, by its hang-up node.
    Flow,
    /// An operator, by the API or by stopping a campaign.
    Operator,
    /// The service itself: a limit, a failure or its own end.
    System,
}

/// Why a leg or a call came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Answered and hung up.
    Normal,
    /// The caller gave up before an answer (CANCEL), or we cancelled our own INVITE.
    Cancelled,
    /// 486 or 600.
    Busy,
    /// Rang until the ring time was over, or 408, 480.
    NoAnswer,
    /// 403, 603 or another refusal by a person or a policy.
    Rejected,
    /// The number does not exist: 404, 410, 484, 485, 604.
    InvalidNumber,
    /// No address answered, or 5xx of a network.
    Unreachable,
    /// No codec in common, or a broken session description (488).
    NoCommonMedia,
    /// No sound came for the configured time.
    MediaTimeout,
    /// The longest call that is allowed.
    TooLong,
    /// More calls than the service takes (503).
    Overload,
    /// Nobody is served at this address (404 from us).
    NoRoute,
    /// Not let in (401, 403 from us).
    Forbidden,
    /// The service is being stopped.
    Shutdown,
    /// The server died while the call was open; written at its next start.
    ServerLost,
    /// A defect of ours; the log has the id.
    InternalError,
}

/// How a call ended: who ended it and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Termination {
    /// Who ended it.
    pub by: Party,
    /// Why.
    pub cause: Cause,
    /// The status of the SIP response that ended it, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sip_status: Option<u16>,
}

impl Termination {
    /// An ending without a SIP status.
    pub fn new(by: Party, cause: Cause) -> Self {
        Self { by, cause, sip_status: None }
    }
}

impl Cause {
    /// The cause that a final SIP status from 300 stands for (RFC 3261 21, RFC 3398 8.2.6.1).
    pub fn from_sip_status(status: u16) -> Self {
        match status {
            486 | 600 => Self::Busy,
            408 | 480 => Self::NoAnswer,
            401 | 403 | 407 | 433 | 603 | 607 | 608 => Self::Rejected,
            404 | 410 | 484 | 485 | 604 => Self::InvalidNumber,
            487 => Self::Cancelled,
            415 | 488 | 606 => Self::NoCommonMedia,
            503 => Self::Overload,
            _ => Self::Unreachable,
        }
    }

    /// The name in snake case, as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Cancelled => "cancelled",
            Self::Busy => "busy",
            Self::NoAnswer => "no_answer",
            Self::Rejected => "rejected",
            Self::InvalidNumber => "invalid_number",
            Self::Unreachable => "unreachable",
            Self::NoCommonMedia => "no_common_media",
            Self::MediaTimeout => "media_timeout",
            Self::TooLong => "too_long",
            Self::Overload => "overload",
            Self::NoRoute => "no_route",
            Self::Forbidden => "forbidden",
            Self::Shutdown => "shutdown",
            Self::ServerLost => "server_lost",
            Self::InternalError => "internal_error",
        }
    }
}

impl Party {
    /// The name in snake case, as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Agent => "agent",
            Self::Flow => "flow",
            Self::Operator => "operator",
            Self::System => "system",
        }
    }
}
