//! What a leg reports to its call, and what a call can tell it, whatever signalling carries it.
//!
//! Session descriptions are opaque bytes here: only `media` reads them.

use std::sync::Arc;

use crate::Cause;

/// What happened to a leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LegEvent {
    /// Our INVITE is ringing. With a body it is early media.
    Ringing {
        /// The session description of early media, if any.
        sdp: Option<Arc<[u8]>>,
    },
    /// Answered: for a called leg with the 2xx, for a calling leg when its ACK came.
    ///
    /// `sdp` is the answer to our offer (or the offer of a 2xx to an INVITE without one, still to be answered).
    Answered {
        /// The peer's session description that came with it, if any.
        sdp: Option<Arc<[u8]>>,
    },
    /// The peer wants other media (re-INVITE). Answer with [`LegCommand::AcceptChange`] or `RefuseChange`.
    /// Without `sdp` the peer asks for our offer.
    ChangeOffered {
        /// The new offer.
        sdp: Option<Arc<[u8]>>,
    },
    /// Our own change ([`LegCommand::Change`]) was answered.
    ChangeAnswered {
        /// The peer's answer, or the status that refused it.
        result: Result<Arc<[u8]>, u16>,
    },
    /// A key by SIP INFO (`application/dtmf-relay`).
    DigitByInfo {
        /// The key.
        digit: char,
    },
    /// The leg did not come about, or has ended. The last event of a leg.
    Ended(LegFailure),
}

/// Why a leg is no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LegFailure {
    /// Why.
    pub cause: Cause,
    /// The SIP status that said so, where one did.
    pub sip_status: Option<u16>,
    /// Whether the other side ended it (BYE, CANCEL or a refusal), rather than we or a limit.
    pub by_peer: bool,
}

/// What a call tells a leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LegCommand {
    /// Send 180, or 183 with early media.
    Ring {
        /// Our session description for early media.
        sdp: Option<Arc<[u8]>>,
    },
    /// Send 200 to the INVITE.
    Answer {
        /// Our answer, or our offer where the INVITE had none.
        sdp: Arc<[u8]>,
    },
    /// Refuse the INVITE.
    Reject {
        /// 400 to 699.
        status: u16,
        /// Seconds for `Retry-After`, where it makes sense.
        retry_after: Option<u32>,
    },
    /// Acknowledge a 2xx that carried an offer, with our answer.
    AcknowledgeWith {
        /// Our answer.
        sdp: Arc<[u8]>,
    },
    /// Offer other media (re-INVITE).
    Change {
        /// Our offer.
        sdp: Arc<[u8]>,
    },
    /// Accept the peer's change.
    AcceptChange {
        /// Our answer (or offer).
        sdp: Arc<[u8]>,
    },
    /// Refuse the peer's change; the session stays as it was.
    RefuseChange {
        /// 488 or 491.
        status: u16,
    },
    /// End the leg: CANCEL, BYE or a final response, whichever fits its state. After [`LegEvent::Ended`] by the peer's
    /// BYE it lets the answer to that BYE go, which waits for the call to keep its record.
    End,
}
