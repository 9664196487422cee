//! The outermost machine: everything that the SIP side of the service knows and does.

mod config;
mod incoming;
mod orders;
mod output;

pub use config::{EndpointConfig, ListenerConfig};
pub use incoming::{IncomingInvite, Source};
pub use orders::{InviteError, OutgoingInvite, Target, UnknownLeg};
pub use output::Output;
