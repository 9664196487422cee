//! Calls in progress: their tasks, and who knows them by name.

mod arrivals;
mod departure;
mod missed;
mod originate;
mod recorder;
mod registry;
mod sound;
mod take;
mod task;

pub use arrivals::Arrivals;
pub use missed::is_number;
pub use originate::{OriginateError, Outbound, originate};
pub use registry::Registry;
pub use take::path_of as recording_path;
