//! Agents, queues, offers and wrap-up.
//!
//! [`Acd`] is told who is there and who waits, and says whose telephone is to ring. The call that came first is offered
//! to the agent who is idle longest. An **offer** is an order with an id: exactly one [`Input::OfferAccepted`] or
//! [`Input::OfferFailed`] closes it, also after [`Output::CancelOffer`]; until then neither its agent nor its call is
//! brought together with anybody else, so that no agent ever has two calls.
//!
//! A call that waits comes to exactly one end: an agent accepts it, the caller leaves, or
//! [`Output::NobodyReachable`] sends it back to its flow.

mod acd;
mod agent;
mod offer;
mod orders;
mod queue;
mod settings;

pub use acd::Acd;
pub use orders::{AgentStatus, AgentView, Input, NobodyReason, OfferId, Output, PauseReason, QueueView, WaitingView};
pub use settings::{AcdConfig, AgentSettings, IfAllTried, IfNobodyReady, QueueSettings};
