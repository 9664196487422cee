//! Dialogues without a telephone: a call on a virtual clock, driven by a file of what is said, or by a person who types.
//!
//! [`VirtualCall`] is the shell of one [`crate::FlowRun`]: it knows when prompts end, hands words to the turn that
//! listens as a recogniser with its grammar would hear them, and tells what it wants from the world ([`Want`]).
//! [`Script`] is a file of dialogues; [`Script::play`] walks them and holds what comes against what is written.
//! [`Coverage`] tells which nodes and ways of a flow were never taken.

mod answer;
mod call;
mod coverage;
mod expectation;
mod hearing;
mod junit;
mod parse;
mod pattern;
mod play;
mod script;
mod server;
mod simulation;
mod world;

pub use answer::Answer;
pub use call::{VirtualCall, Want};
pub use coverage::{Coverage, NeverTaken};
pub use junit::junit;
pub use play::{Ear, Failure, Played};
pub use script::{Dialogue, Script};
pub use server::VirtualServer;
pub use simulation::Simulation;
