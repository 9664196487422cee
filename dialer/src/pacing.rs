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

#[cfg(test)]
#[allow(clippy::disallowed_methods)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_a_second_passes_each_second() {
        let start = Instant::now();
        let mut pacer = Pacer::new(1.0, start);
        assert!(pacer.pass(start));
        assert!(!pacer.pass(start + Duration::from_millis(999)));
        assert_eq!(pacer.ready_at(1, start), start + Duration::from_secs(1));
        assert_eq!(pacer.ready_at(3, start), start + Duration::from_secs(3));
        assert!(pacer.pass(start + Duration::from_secs(1)));
        // A pause earns nothing.
        let later = start + Duration::from_secs(60);
        assert!(pacer.pass(later) && !pacer.pass(later));
    }

    #[test]
    fn a_lower_rate_counts_what_has_passed_and_a_higher_one_owes_less() {
        let start = Instant::now();
        let mut pacer = Pacer::new(0.01, start);
        assert!(pacer.pass(start));
        pacer.set_rate(10.0, start);
        assert_eq!(pacer.ready_at(1, start), start + Duration::from_millis(100));
        assert!(!pacer.pass(start));
    }

    proptest! {
        /// In any span of T seconds at most rate * T + burst pass, and no more is held back than must be.
        #[test]
        fn no_span_of_time_sees_more_than_the_rate(
            rate in prop_oneof![0.01f64..2.0, 2.0f64..500.0],
            waits in proptest::collection::vec(0u64..400, 1..300),
        ) {
            let start = Instant::now();
            let (mut pacer, mut now) = (Pacer::new(rate, start), start);
            let mut passed = Vec::new();
            for wait in waits {
                now += Duration::from_millis(wait);
                prop_assert_eq!(pacer.ready_at(1, now) <= now, pacer.clone().pass(now));
                while pacer.pass(now) {
                    passed.push(now);
                }
            }
            let burst = f64::from(Pacer::burst(rate));
            // The span with the most, for each last one: the one whose first lies farthest below the rate's line.
            let mut lowest = f64::INFINITY;
            for (n, at) in passed.iter().enumerate() {
                let above = n as f64 - rate * at.duration_since(start).as_secs_f64();
                lowest = lowest.min(above);
                prop_assert!(above - lowest + 1.0 <= burst + 1e-6);
            }
        }
    }
}
