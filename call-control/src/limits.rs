//! How long things may take.

use std::time::Duration;

/// Time limits of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest call.
    pub longest_call: Duration,
    /// How long an agent's telephone rings at most: the queue's ring time withdraws the offer before.
    pub agent_ring_time: Duration,
    /// How long an agent may take to press the key after the whisper.
    pub accept_time: Duration,
    /// The longest wait for the record to be on disk before the call is ended all the same.
    pub record_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // Newfies' maximum is 30 minutes, Asterisk has none; two hours outlast every honest call.
            longest_call: Duration::from_secs(2 * 3600),
            // RFC 3261 16.6: timer C, after which a proxy gives up as well.
            agent_ring_time: Duration::from_secs(180),
            // jambonz: whisper up to 8 s, 15 s to accept.
            accept_time: Duration::from_secs(15),
            // Below timer F of the peer's BYE (RFC 3261 17.1.2.2).
            record_time: Duration::from_secs(5),
        }
    }
}
