//! SIP without sockets: messages, transactions, dialogs, INVITE sessions, authentication, registrar.

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
