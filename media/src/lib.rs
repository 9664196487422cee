//! Session descriptions, RTP, RTCP, jitter buffer, playout and bridging of telephone legs, without sockets.

pub mod bridge;
pub mod dtmf_events;
pub mod jitter;
mod leg;
pub mod prompt;
pub mod reception;
pub mod rtcp;
pub mod rtp;
pub mod sdp;
pub mod source;
mod stats;

pub use leg::{Incoming, Leg, LegConfig, Other, Transmit};
pub use prompt::PromptAudio;
pub use source::Latching;
pub use stats::LegStats;
