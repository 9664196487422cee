//! What is measured of the flow language, a file each: no server, the recogniser itself, a virtual clock.

mod check;
mod cuts;
mod intents;
mod slots;
mod strings;

pub use check::{CheckOptions, check};
pub use cuts::{CutOptions, cuts};
pub use intents::{IntentOptions, intents};
pub use slots::{CLOCK, Sentence, Sentences, SlotOptions, Values, filled, slots};
pub use strings::{StringOptions, strings};
