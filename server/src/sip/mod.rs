//! The SIP task: it owns the endpoint and the sockets, and speaks with the calls over bounded queues.

mod resolver;
mod setup;
mod sockets;
mod task;
mod tcp;

pub use setup::endpoint_config;
pub use sockets::{BoundListener, bind, reachable};
pub use task::{InviteOrder, SipHandle, SipOrder, SipParts, Telephony, spawn};
