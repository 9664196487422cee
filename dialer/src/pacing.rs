//! How fast new attempts are made: so many a second, evenly spread.

use std::time::{Duration, Instant};

/// Lets `rate` things a second pass, evenly spaced; above 40 a second a burst of up to 50 ms, so that a caller that
/// wakes late loses nothing. In any span of T seconds at most `rate * T + burst` pass.
///
/// This is the generic cell rate algorithm: one instant, no counting of fractions.
#[derive(Debug, Clone)]
pub struct Pacer {
    /// From one to the next.
    interval: Duration,
    /// How much earlier than evenly spaced one may pass.
    tolerance: Duration,
    /// When the next one would pass if all were evenly spaced.
    even: Instant,
}

const BURST: f64 = 0.05;

impl Pacer {
    /// Lets the first one pass at `now`. A rate that is not a positive number counts as one in 1,000 s.
    pub fn new(rate: f64, now: Instant) -> Self {
        let rate = if rate.is_finite() && rate > 0.001 { rate } else { 0.001 };
        let interval = Duration::from_secs_f64(1.0 / rate);
        let tolerance = interval.mul_f64((Self::burst(rate) - 1) as f64);
        Self { interval, tolerance, even: now }
    }

    /// How many may pass at the same instant after a pause.
    pub fn burst(rate: f64) -> u32 {
        (rate * BURST).floor().clamp(1.0, 1e6) as u32
    }

    /// Changes the rate; what has passed stays counted.
    pub fn set_rate(&mut self, rate: f64, now: Instant) {
        let changed = Self::new(rate, now);
        // At most one interval of the new rate is owed for what has passed.
        let even = self.even.min(now + changed.interval);
        *self = Self { even, ..changed };
    }

    /// When the `n`th from now may pass (1 is the next), if the others pass as soon as they may. May lie in the past.
    pub fn ready_at(&self, n: u32, now: Instant) -> Instant {
        // A pause earns nothing beyond the burst.
        let evenly = self.even.max(now) + self.interval * n.saturating_sub(1);
        evenly.checked_sub(self.tolerance).unwrap_or(evenly)
    }

    /// Lets one pass if it may.
    pub fn pass(&mut self, now: Instant) -> bool {
        let may = self.even <= now + self.tolerance;
        if may {
            self.even = self.even.max(now) + self.interval;
        }
        may
    }
}
