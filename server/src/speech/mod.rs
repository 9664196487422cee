//! Listening and speaking: recogniser processes, and the library of prompts with its synthetic voices.

mod admission;
mod meanings;
mod parent;
mod prompts;
mod recognisers;
mod recorded;
mod turns;
mod voices;
mod worker;

pub use meanings::Meanings;
pub use prompts::{PromptLibrary, Resolved};
pub use recognisers::{RecogniserSettings, Recognisers, TurnId};
#[cfg(test)]
pub(crate) use recorded::tests as recorded_tests;
pub use recorded::{RecordedVoices, RecordingRefused};
pub use voices::voices;
pub use worker::run as run_worker;
