//! Listening: what recognisers are, when a turn ends, and how recogniser processes are spoken to.
//!
//! An engine implements [`Model`] and [`Recogniser`]. A [`Turn`] listens once: it is fed frames with voice activity and
//! gives what was understood. Turns live in recogniser processes, which the server reaches by the messages of [`wire`].

mod again;
mod endpointer;
mod grammar;
mod recogniser;
mod turn;

pub mod vocabulary;
pub mod wire;

pub use endpointer::{Endpoint, Endpointer, EndpointerConfig};
pub use grammar::{Grammar, GrammarError, Match, UNKNOWN};
pub use recogniser::{Model, Recogniser, RecogniserError};
pub use turn::{Turn, TurnEvent};
