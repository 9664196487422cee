//! Vectors that were asked for before.

use std::collections::BTreeMap;

/// The vectors of the sentences from which flows learn: the same everyday talk stands behind every open menu, and a flow
/// that is loaded again has mostly the examples that it had. What callers say is not kept.
#[derive(Debug, Default)]
pub(crate) struct Remembered(BTreeMap<String, Vec<f32>>);

impl Remembered {
    /// The vector of a sentence.
    pub(crate) fn get(&self, sentence: &str) -> Option<&Vec<f32>> {
        self.0.get(sentence)
    }

    /// Keeps a vector. When the room is full, all others are forgotten: they cost a few milliseconds each.
    pub(crate) fn keep(&mut self, sentence: &str, vector: Vec<f32>) {
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert(sentence.to_owned(), vector);
    }
}

/// Some 30 MB with vectors of 384 numbers.
const MOST: usize = 20_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_made_for_what_is_asked_for_now() {
        let mut remembered = Remembered::default();
        for n in 0..=MOST {
            remembered.keep(&n.to_string(), vec![n as f32]);
        }
        assert_eq!(remembered.get("1"), None);
        assert_eq!(remembered.get(&MOST.to_string()), Some(&vec![MOST as f32]));
    }
}
