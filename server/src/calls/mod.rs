//! Calls in progress: their tasks, and who knows them by name.

mod arrivals;
mod departure;
mod originate;
mod registry;
mod sound;
mod task;

pub use arrivals::Arrivals;
pub use originate::{OriginateError, Outbound, originate};
pub use registry::Registry;
