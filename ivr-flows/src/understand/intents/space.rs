//! Sentences as points: a feature of few examples weighs more than one of many.

use std::collections::BTreeMap;

use super::features::Block;

/// What the features of the examples weigh.
#[derive(Debug, Clone)]
pub(super) struct Space {
    /// The number and the weight of each feature that an example has.
    known: BTreeMap<Box<str>, (u32, f64)>,
    /// The weight of a feature that no example has.
    unknown: f64,
}

/// A sentence.
#[derive(Debug, Clone)]
pub(super) struct Point {
    /// Its features by number, with their weights, in the order of the numbers.
    pub(super) words: Vec<(u32, f64)>,
    /// Where a model of meaning sees it; of length 1.
    pub(super) meaning: Option<Vec<f32>>,
}

impl Space {
    /// Weighs the features of examples.
    pub(super) fn of<'e>(examples: impl Iterator<Item = &'e BTreeMap<String, u32>>) -> Self {
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        let mut all = 0;
        for example in examples {
            all += 1;
            example.keys().for_each(|feature| *counts.entry(feature).or_insert(0) += 1);
        }
        let weight = |count: u32| (f64::from(1 + all) / f64::from(1 + count)).ln() + 1.0;
        let known = counts.into_iter().zip(0..).map(|((name, count), index)| (name.into(), (index, weight(count))));
        Self { known: known.collect(), unknown: weight(0) }
    }

    /// Places a sentence. What no example has makes all the rest smaller.
    pub(super) fn place(&self, found: &BTreeMap<String, u32>) -> Vec<(u32, f64)> {
        let mut lengths = [0.0; Block::ALL.len()];
        let mut points: Vec<(u32, f64, usize)> = Vec::new();
        for (feature, count) in found {
            let often = 1.0 + f64::from(*count).ln();
            let block = Block::of(feature);
            let weight = match self.known.get(feature.as_str()) {
                Some((index, weight)) => {
                    points.push((*index, often * weight, block));
                    often * weight
                }
                None => often * self.unknown,
            };
            lengths[block] += weight * weight;
        }
        let whole: f64 = Block::ALL.iter().map(|block| block.weight()).sum();
        let scale: Vec<f64> = Block::ALL
            .iter()
            .zip(lengths)
            .map(|(block, length)| if length > 0.0 { (block.weight() / whole / length).sqrt() } else { 0.0 })
            .collect();
        let mut words: Vec<(u32, f64)> =
            points.into_iter().map(|(index, weight, block)| (index, weight * scale[block])).collect();
        words.sort_by_key(|(index, _)| *index);
        words
    }
}

impl Point {
    /// Whether nothing is known of it.
    pub(super) fn is_nothing(&self) -> bool {
        self.words.is_empty() && self.meaning.is_none()
    }

    /// How alike two sentences are, 0 to 1.
    pub(super) fn likeness(&self, other: &Self) -> f64 {
        let words = product(&self.words, &other.words);
        match (&self.meaning, &other.meaning) {
            (Some(one), Some(two)) if one.len() == two.len() => {
                let meaning: f64 = one.iter().zip(two).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
                words * (1.0 - MEANING) + meaning.clamp(0.0, 1.0) * MEANING
            }
            _ => words,
        }
    }
}

/// A vector of length 1; `None` where it has no direction.
pub(super) fn unit(vector: Vec<f32>) -> Option<Vec<f32>> {
    let length = vector.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
    (length.is_finite() && length > 0.0)
        .then(|| vector.into_iter().map(|value| (f64::from(value) / length) as f32).collect())
}

fn product(one: &[(u32, f64)], two: &[(u32, f64)]) -> f64 {
    let (mut a, mut b, mut sum) = (0, 0, 0.0);
    while let (Some((left, x)), Some((right, y))) = (one.get(a), two.get(b)) {
        if left == right {
            sum += x * y;
        }
        a += usize::from(left <= right);
        b += usize::from(right <= left);
    }
    sum
}

/// The share of meaning in likeness, where both sentences have one.
const MEANING: f64 = 0.6;
