//! SIP without sockets: messages, transactions, dialogs, INVITE sessions, authentication, registrar.
//!
//! [`Endpoint`] is the outermost machine. The shell owns sockets, clock and resolver: it gives datagrams, stream bytes
//! and answers of the domain name system to `handle_*`, orders of the calls to [`Endpoint::invite`] and
//! [`Endpoint::command`], calls [`Endpoint::handle_timeout`] when [`Endpoint::poll_timeout`] says so, and after each of
//! these drains [`Endpoint::poll_output`]. Whatever a peer sends becomes an answer on the wire or an event, never an
//! error here.
//!
//! Inside, from the wire upwards: `message` reads and writes; `transaction` repeats and absorbs; `dialog` numbers and
//! routes; `invite` is one leg from its INVITE to its last timer; `registrar`, `registration` and `trunk` know where
//! telephones are, make us known, and ask who is alive; `targets` finds addresses; `policy` and `endpoint` let in.

pub mod auth;
mod chance;
mod dialog;
mod endpoint;
mod flow;
mod invite;
pub mod message;
mod policy;
mod registrar;
mod registration;
mod schedule;
mod targets;
pub mod transaction;
mod trunk;

pub use auth::{Account, Secret};
pub use chance::Chance;
pub use endpoint::{
    ConfigError, Endpoint, EndpointConfig, IncomingInvite, InviteError, ListenerConfig, OutgoingInvite, Output, Source,
    Stats, Target, UnknownLeg,
};
pub use flow::{ConnectionId, Flow, ListenerId, Transport};
pub use policy::{AddressRange, Limits, ParseAddressRangeError};
pub use registrar::RegistrarConfig;
pub use registration::RegistrationState;
pub use targets::{Answer, NaptrRecord, Query, ResolveId, SrvRecord};
pub use trunk::{RegisterConfig, TrunkConfig};
