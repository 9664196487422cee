//! The timers of RFC 3261 17 (table 4) and RFC 6026, each with its letter and meaning.

use std::time::{Duration, Instant};

/// A timer of a transaction, by its letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timer {
    /// INVITE client: send the request again; doubles.
    A,
    /// INVITE client: nobody answered.
    B,
    /// INVITE client: absorb repeated final responses.
    D,
    /// Non-INVITE client: send the request again; doubles up to T2.
    E,
    /// Non-INVITE client: nobody answered.
    F,
    /// INVITE server: send the final response again; doubles up to T2.
    G,
    /// INVITE server: the ACK did not come.
    H,
    /// INVITE server: absorb repeated ACKs.
    I,
    /// Non-INVITE server: absorb repeated requests.
    J,
    /// Non-INVITE client: absorb repeated responses.
    K,
    /// INVITE server: absorb repeated INVITEs after a 2xx (RFC 6026 8.7).
    L,
    /// INVITE client: take in repeated and forked 2xx (RFC 6026 8.4).
    M,
    /// INVITE server: send 100 if nothing else was sent by then (RFC 3261 17.2.1).
    Trying,
}

/// The base values of RFC 3261 17.1.1.1. All other durations follow from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimerTable {
    /// The assumed round trip: 500 ms.
    pub t1: Duration,
    /// The longest interval between two tries of a non-INVITE request: 4 s.
    pub t2: Duration,
    /// How long a message may live in the network: 5 s.
    pub t4: Duration,
}

impl Default for TimerTable {
    fn default() -> Self {
        Self { t1: Duration::from_millis(500), t2: Duration::from_secs(4), t4: Duration::from_secs(5) }
    }
}

impl TimerTable {
    /// How long a timer runs when it is first set (RFC 3261 table 4).
    pub fn duration(&self, timer: Timer, reliable: bool) -> Duration {
        let zero_if_reliable = |duration| if reliable { Duration::ZERO } else { duration };
        match timer {
            Timer::A | Timer::E | Timer::G => self.t1,
            Timer::B | Timer::F | Timer::H | Timer::L | Timer::M => self.t1 * 64,
            Timer::D => zero_if_reliable(self.t1 * 64),
            Timer::J => zero_if_reliable(self.t1 * 64),
            Timer::I | Timer::K => zero_if_reliable(self.t4),
            Timer::Trying => Duration::from_millis(200),
        }
    }

    /// The next interval of a timer that doubles up to T2 (E and G; for A there is no limit but B).
    pub fn doubled(&self, interval: Duration) -> Duration {
        (interval * 2).min(self.t2)
    }
}

/// When to send again, for messages over datagrams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resend {
    /// The next time.
    pub at: Instant,
    /// The interval that led there.
    pub interval: Duration,
}

impl Resend {
    /// Begins with `interval`; reliable transports never send again.
    pub fn start(interval: Duration, reliable: bool, now: Instant) -> Option<Self> {
        (!reliable).then(|| Self { at: now + interval, interval })
    }

    /// The one after this, with the interval given by the timer's rule.
    pub fn next(self, interval: Duration, now: Instant) -> Self {
        Self { at: now + interval, interval }
    }
}

/// The earlier of the end and the next try.
pub(crate) fn earlier(resend: Option<Resend>, end: Instant) -> Instant {
    resend.map_or(end, |resend| resend.at.min(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_that_of_rfc_3261() {
        let table = TimerTable::default();
        let ms = Duration::from_millis;
        for (timer, unreliable, reliable) in [
            (Timer::A, 500, 500),
            (Timer::B, 32_000, 32_000),
            (Timer::D, 32_000, 0),
            (Timer::E, 500, 500),
            (Timer::F, 32_000, 32_000),
            (Timer::G, 500, 500),
            (Timer::H, 32_000, 32_000),
            (Timer::I, 5_000, 0),
            (Timer::J, 32_000, 0),
            (Timer::K, 5_000, 0),
            (Timer::L, 32_000, 32_000),
            (Timer::M, 32_000, 32_000),
        ] {
            assert_eq!(table.duration(timer, false), ms(unreliable), "{timer:?} over UDP");
            assert_eq!(table.duration(timer, true), ms(reliable), "{timer:?} over TCP");
        }
    }

    #[test]
    fn intervals_double_up_to_t2() {
        let table = TimerTable::default();
        let mut interval = table.t1;
        let mut seen = Vec::new();
        for _ in 0..5 {
            interval = table.doubled(interval);
            seen.push(interval.as_millis());
        }
        assert_eq!(seen, [1000, 2000, 4000, 4000, 4000]);
    }
}
