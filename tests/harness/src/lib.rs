//! Starts a server and foreign telephones, for the scenario tests and the demonstration.
//!
//! A [`Server`] is the real binary with a configuration of its own in a temporary folder. A [`Phone`] is PJSIP in a process
//! of its own: it listens before it speaks, so that a conversation depends on what is said and not on fixed delays. What
//! both tell lies in [`Facts`], on which tests wait with a limit. Nothing here returns errors: what does not work ends
//! the test with a sentence that says what to do.

mod api;
mod backend;
mod events;
mod facts;
mod phone;
mod place;
mod ports;
mod script;
mod server;
mod setup;
mod voice;

#[cfg(feature = "speech")]
mod hearing;

pub use api::{Answer, Api};
pub use backend::{Backend, Behaviour};
pub use events::Events;
pub use facts::Facts;
#[cfg(feature = "speech")]
pub use hearing::{hear, share_heard};
pub use phone::{Phone, Serve, Talk};
pub use place::{repository, sample};
pub use ports::{free_port, free_port_near};
pub use script::Script;
pub use server::Server;
pub use setup::Setup;
pub use voice::{CALLER, OTHER_CALLER, speak, words_of};
