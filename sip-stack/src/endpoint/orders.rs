//! What the shell orders: outgoing INVITEs, and why an order is refused.

use std::sync::Arc;
use std::time::Duration;

use call_model::{AgentId, LegId};

/// A leg to be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingInvite {
    /// Who is called.
    pub to: Target,
    /// The number or user shown as caller, in the `From` URI; `None` takes the trunk's or `anonymous`.
    pub from_user: Option<String>,
    /// The name shown as caller. Control characters are taken out.
    pub display: Option<String>,
    /// Headers to add, such as `X-Context-Id` and `User-to-User` (RFC 7433). Checked by
    /// [`InviteError::BadHeader`]'s rules.
    pub headers: Vec<(String, String)>,
    /// Our offer; without it the peer offers in its 2xx and we answer in the ACK.
    pub sdp: Option<Arc<[u8]>>,
    /// The `Call-ID`, a word without blanks that no other leg has (RFC 3261 8.1.1.4), so that whoever orders the call knows
    /// it before anything is sent; `None` takes one by chance.
    pub call_id: Option<String>,
    /// How long it may ring, over all its targets; then CANCEL, and the leg ends with `Cause::NoAnswer`.
    pub ring_time: Duration,
}

/// Who is called, and which way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A number by a trunk.
    Trunk {
        /// The trunk's configured name.
        name: String,
        /// The number as the trunk wants it; it becomes the user part of the request URI.
        user: String,
    },
    /// The telephones that an agent has registered, the preferred one first.
    Agent(AgentId),
    /// Any SIP URI, resolved by RFC 3263.
    Uri(String),
}

/// Why a leg could not be called. No leg came about; no event follows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InviteError {
    /// The id is in use: by a living leg or by one whose timers still run.
    #[error("leg {0} exists already; give every leg an id of its own")]
    LegExists(LegId),
    /// No trunk has this name.
    #[error("no trunk is named {0:?}; see `trunks` in the configuration")]
    UnknownTrunk(String),
    /// The trunk does not answer its OPTIONS pings.
    #[error("trunk {0:?} does not answer; call by another one or wait for it to come back")]
    TrunkDown(String),
    /// The agent has no telephone registered.
    #[error("agent {0} has no telephone registered")]
    NotRegistered(AgentId),
    /// The target is not a SIP URI, or not one that we can reach.
    #[error("not an address that can be called: {0}")]
    BadTarget(String),
    /// A header must be a token name and a value without control characters; names that the stack itself writes
    /// (dialog, routing, authentication, `Content-*`) are refused, and so are doubles.
    #[error("header {name:?} cannot be added: {reason}")]
    BadHeader {
        /// The name as given.
        name: String,
        /// Which rule it breaks.
        reason: &'static str,
    },
    /// The `Call-ID` that was asked for has other characters than letters, digits and `-._@`, or more than 128.
    #[error("{0:?} cannot be a Call-ID")]
    BadCallId(String),
    /// No listener has the transport and address family that the target needs.
    #[error("no listener for {0}; add one to `listeners` in the configuration")]
    NoListener(String),
    /// As many legs or transactions exist as are allowed.
    #[error("too many calls at once; try again when some have ended")]
    Full,
    /// The endpoint is being stopped.
    #[error("the service is being stopped; no new calls")]
    Stopping,
}

/// A command for a leg that does not exist (any more).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no leg {0}; it has ended or never was")]
pub struct UnknownLeg(pub LegId);
