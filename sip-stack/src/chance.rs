//! Chance from a seed: branches, tags, nonces and random waits, the same for the same seed.
//!
//! SHA-256 over the seed and a counter: whoever sees tags and branches of ours cannot foretell the next ones.

use std::fmt::Write as _;
use std::time::Duration;

use sha2::{Digest, Sha256};

/// A source of chance.
#[derive(Debug, Clone)]
pub struct Chance {
    seed: u64,
    counter: u64,
    /// What is left of the last digest, the next number last.
    block: Vec<u64>,
}

impl Chance {
    /// Starts from a seed, which the shell takes from the operating system.
    pub fn new(seed: u64) -> Self {
        Self { seed, counter: 0, block: Vec::with_capacity(4) }
    }

    /// 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        if let Some(number) = self.block.pop() {
            return number;
        }
        let mut hash = Sha256::new();
        hash.update(b"callwright chance");
        hash.update(self.seed.to_be_bytes());
        hash.update(self.counter.to_be_bytes());
        self.counter += 1;
        let digest = hash.finalize();
        let number = |at: usize| digest[at..at + 8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
        self.block.extend([number(8), number(16), number(24)]);
        number(0)
    }

    /// A number from 0 to `bound - 1`; 0 for a bound of 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// A wait from `from` up to `to`, in whole steps.
    pub fn wait(&mut self, from: Duration, to: Duration, step: Duration) -> Duration {
        let steps = to.saturating_sub(from).as_nanos() / step.as_nanos().max(1);
        let steps = self.below(u64::try_from(steps).unwrap_or(u64::MAX).saturating_add(1));
        from + step * u32::try_from(steps).unwrap_or(u32::MAX)
    }

    /// 16 hexadecimal digits.
    pub fn hex(&mut self) -> String {
        let mut text = String::with_capacity(16);
        let _ = write!(text, "{:016x}", self.next_u64());
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_stay_in_their_range_and_on_their_steps() {
        let mut chance = Chance::new(7);
        let (from, to, step) = (Duration::from_millis(2100), Duration::from_secs(4), Duration::from_millis(10));
        for _ in 0..1000 {
            let wait = chance.wait(from, to, step);
            assert!(wait >= from && wait <= to);
            assert_eq!(wait.as_millis() % 10, 0);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_chance() {
        let (mut a, mut b) = (Chance::new(1), Chance::new(1));
        assert_eq!(a.hex(), b.hex());
        assert_ne!(a.hex(), Chance::new(2).hex());
    }
}
