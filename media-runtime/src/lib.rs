//! Media threads, RTP sockets and recording files.

mod config;
mod order;
mod sink;

pub use config::RuntimeConfig;
pub use order::{OpenError, Play};
pub use sink::{HeardFrame, HeardSink, LegSink, SharedSink};
