//! SIP without sockets: messages, transactions, dialogs, INVITE sessions, authentication, registrar.

pub mod auth;
pub mod message;
