//! Media threads, RTP sockets and recording files.
//!
//! [`MediaRuntime`] is the handle. Behind it each media thread turns a wheel of twenty slots of 1 ms; a slot holds groups
//! (a leg alone, or two that are bridged), and once a period of 20 ms a group receives all that waits at its sockets
//! without blocking, hears, and sends. A leg is an owned value that moves between threads when legs meet. Recordings are
//! written by a thread of their own.

mod config;
mod counters;
mod group;
mod order;
mod ports;
mod recording;
mod runtime;
mod seat;
mod sink;
mod sys;
mod thread;
mod wheel;

pub use config::RuntimeConfig;
pub use counters::Counters;
pub use media::sdp::Direction;
pub use media::{Latching, LegStats, PromptAudio};
pub use order::{OpenError, Play, UnknownLeg};
pub use recording::finish_abandoned;
pub use runtime::MediaRuntime;
pub use sink::{HeardFrame, HeardSink, LegSink, SharedSink};
