//! Wall time, from an anchor.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// An instant whose wall time is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct WallClock {
    instant: Instant,
    wall: Timestamp,
}

impl WallClock {
    pub(super) fn new(instant: Instant, wall: Timestamp) -> Self {
        Self { instant, wall }
    }

    pub(super) fn wall(&self, now: Instant) -> Timestamp {
        let since =
            SignedDuration::try_from(now.saturating_duration_since(self.instant)).unwrap_or(SignedDuration::MAX);
        self.wall.checked_add(since).unwrap_or(Timestamp::MAX)
    }

    /// The instant at which it is `wall`; `now` where that is past, at most a day ahead.
    pub(super) fn instant_of(&self, wall: Timestamp, now: Instant) -> Instant {
        let ahead = Duration::try_from(wall.duration_since(self.wall(now))).unwrap_or_default();
        now + ahead.min(Duration::from_secs(86_400))
    }

    /// Milliseconds since 1970.
    pub(super) fn unix_ms(&self, now: Instant) -> u64 {
        u64::try_from(self.wall(now).as_millisecond()).unwrap_or_default()
    }
}
