//! New ids for rows that are made in bulk.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use jiff::Timestamp;

/// A source of ids that sort in the order in which they were made.
pub(crate) struct FreshIds {
    unix_ms: u64,
    /// Seeded by the operating system; SipHash of the count under it is the chance of each id.
    seed: RandomState,
    count: u64,
}

impl FreshIds {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self { unix_ms: u64::try_from(now.as_millisecond()).unwrap_or(0), seed: RandomState::new(), count: 0 }
    }

    /// The parts of the next id: the time, and a count of 22 bits above 52 bits of chance.
    pub(crate) fn next(&mut self) -> (u64, u128) {
        let mut hasher = self.seed.build_hasher();
        hasher.write_u64(self.count);
        let chance = hasher.finish() >> 12;
        let count = self.count & 0x3f_ffff;
        // After four million ids the count begins again a millisecond later.
        let unix_ms = self.unix_ms + (self.count >> 22);
        self.count += 1;
        (unix_ms, u128::from(count) << 52 | u128::from(chance))
    }
}

#[cfg(test)]
mod tests {
    use call_model::LeadId;

    use super::*;

    #[test]
    fn ids_sort_in_the_order_of_their_making() {
        let mut ids = FreshIds::new(Timestamp::UNIX_EPOCH);
        ids.count = (1 << 22) - 500;
        let made: Vec<LeadId> =
            (0..1000).map(|_| ids.next()).map(|(ms, chance)| LeadId::from_parts(ms, chance)).collect();
        assert!(made.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
