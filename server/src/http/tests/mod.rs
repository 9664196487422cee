//! The API as its clients see it: a server on a port of this machine, with a database of its own.

mod call_messages;
mod errors;
mod prompts;
mod recording;
mod routes;
pub(crate) mod support;
