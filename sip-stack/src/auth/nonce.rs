//! Nonces that carry their own time and seal, and the memory of those used.

use std::collections::BTreeMap;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::algorithm::{Algorithm, hex};

/// A nonce is 12 hex digits of milliseconds, 16 of chance, 32 of seal.
const TIME_DIGITS: usize = 12;
const CHANCE_DIGITS: usize = 16;
const SEAL_DIGITS: usize = 32;

/// Writes a nonce issued `age` after the authenticator's beginning.
pub(super) fn issue(key: &[u8; 32], realm: &str, algorithm: Algorithm, age: Duration, chance: u64) -> String {
    let millis = u64::try_from(age.as_millis()).unwrap_or(u64::MAX) & 0xffff_ffff_ffff;
    let front = format!("{millis:012x}{chance:016x}");
    let seal = seal(key, realm, algorithm, &front);
    front + &seal
}

/// When the nonce was issued, if the seal is ours.
pub(super) fn issued_at(key: &[u8; 32], realm: &str, algorithm: Algorithm, nonce: &str) -> Option<Duration> {
    if nonce.len() != TIME_DIGITS + CHANCE_DIGITS + SEAL_DIGITS || !nonce.is_ascii() {
        return None;
    }
    let (front, have) = nonce.split_at(TIME_DIGITS + CHANCE_DIGITS);
    if !same(have, &seal(key, realm, algorithm, front)) {
        return None;
    }
    u64::from_str_radix(&front[..TIME_DIGITS], 16).ok().map(Duration::from_millis)
}

/// HMAC-SHA-256 (RFC 2104), cut to 128 bits.
fn seal(key: &[u8; 32], realm: &str, algorithm: Algorithm, front: &str) -> String {
    let mut inner_pad = [0x36_u8; 64];
    let mut outer_pad = [0x5c_u8; 64];
    for (index, byte) in key.iter().enumerate() {
        inner_pad[index] ^= byte;
        outer_pad[index] ^= byte;
    }
    let inner = Sha256::new()
        .chain_update(inner_pad)
        .chain_update(front)
        .chain_update(algorithm.as_str())
        .chain_update(realm)
        .finalize();
    let outer = Sha256::new().chain_update(outer_pad).chain_update(inner).finalize();
    hex(&outer[..SEAL_DIGITS / 2])
}

/// Whether two texts are the same, in time that does not tell where they differ.
pub(super) fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

/// Which counts of which nonces were used. Bounded: when full, the oldest nonce is forgotten and every nonce as old
/// counts as stale from then on, so nothing can be used twice.
#[derive(Debug)]
pub(super) struct UsedNonces {
    /// Keyed by the nonce, which begins with its time, so the first is the oldest.
    counts: BTreeMap<Box<str>, Window>,
    most: usize,
    /// Nonces issued at or before this time are stale.
    forgotten_to: Option<Duration>,
}

impl UsedNonces {
    pub(super) fn new(most: usize) -> Self {
        Self { counts: BTreeMap::new(), most: most.max(1), forgotten_to: None }
    }

    /// Whether a nonce issued then may have been forgotten.
    pub(super) fn is_forgotten(&self, issued: Duration) -> bool {
        self.forgotten_to.is_some_and(|time| issued <= time)
    }

    /// Notes a use; `false` when this count was used before.
    pub(super) fn note(&mut self, nonce: &str, nc: u32) -> bool {
        if let Some(window) = self.counts.get_mut(nonce) {
            return window.note(nc);
        }
        if self.counts.len() >= self.most {
            self.forget_oldest();
        }
        self.counts.insert(nonce.into(), Window::default());
        self.counts.get_mut(nonce).is_some_and(|window| window.note(nc))
    }

    /// Forgets nonces issued before `time`, which are refused as expired anyway.
    pub(super) fn forget_before(&mut self, time: Duration) {
        while let Some(entry) = self.counts.first_entry() {
            if time_of(entry.key()) >= time {
                return;
            }
            entry.remove();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some((nonce, _)) = self.counts.pop_first() {
            self.forgotten_to = self.forgotten_to.max(Some(time_of(&nonce)));
        }
    }
}

fn time_of(nonce: &str) -> Duration {
    let millis = nonce.get(..TIME_DIGITS).and_then(|digits| u64::from_str_radix(digits, 16).ok());
    Duration::from_millis(millis.unwrap_or(0))
}

/// The highest count used and which of the 64 below it were: requests may overtake each other on UDP.
#[derive(Debug, Default)]
struct Window {
    highest: u32,
    /// Bit n stands for `highest - n`.
    used: u64,
}

impl Window {
    fn note(&mut self, nc: u32) -> bool {
        if nc == 0 {
            return false;
        }
        if nc > self.highest {
            let step = nc - self.highest;
            self.used = self.used.checked_shl(step).unwrap_or(0) | 1;
            self.highest = nc;
            return true;
        }
        let Some(bit) = 1_u64.checked_shl(self.highest - nc) else { return false };
        let fresh = self.used & bit == 0;
        self.used |= bit;
        fresh
    }
}
