//! Chance with a seed.

/// The same throws for the same seed.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice of a stream of its own for each number; `salt` tells apart those who throw.
    pub fn new(number: u64, salt: u64) -> Self {
        Self(number.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(salt))
    }

    /// A number below another.
    pub fn roll(&mut self, below: usize) -> usize {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % below.max(1)
    }

    /// Some of a list, each once.
    pub fn some<T>(&mut self, mut list: Vec<T>, count: usize) -> Vec<T> {
        for n in 0..count.min(list.len()) {
            let other = n + self.roll(list.len() - n);
            list.swap(n, other);
        }
        list.truncate(count);
        list
    }
}
