//! Transactions (RFC 3261 17 with RFC 6026): a request and its responses, repeated or absorbed as UDP needs it.
//!
//! The four machines are generic over what they carry and return what is to be done; [`Layer`] keeps them by key,
//! carries bytes, and turns their returns into transmissions and into events for whoever owns the transaction.

mod invite_client;
mod invite_server;
mod key;
mod layer;
mod non_invite_client;
mod non_invite_server;
mod timer;

pub use invite_client::InviteClient;
pub use invite_server::InviteServer;
pub use key::{Branch, ServerKey};
pub use layer::{ClientEvent, Layer, NewServer, Received, TransactionId};
pub use non_invite_client::NonInviteClient;
pub use non_invite_server::NonInviteServer;
pub use timer::{Resend, Timer, TimerTable};

/// What a timer of a transaction brought about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due<M> {
    /// Nothing was due.
    Nothing,
    /// Send this (again).
    Send(M),
    /// Nobody answered (timers B and F), or the ACK did not come (timer H). The transaction has ended.
    TimedOut,
    /// The transaction has served its time.
    Ended,
}

/// What a client transaction does with a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnResponse<M> {
    /// Give it to the owner.
    Pass,
    /// Give it to the owner, and send this ACK.
    PassAndAcknowledge(M),
    /// A repeated final response: only send this ACK again.
    Acknowledge(M),
    /// A repeated or impossible response.
    Drop,
}

/// What a server transaction does with a request that came again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnRequest<M> {
    /// Send the last response again.
    Respond(M),
    /// There is nothing to send.
    Absorb,
}
