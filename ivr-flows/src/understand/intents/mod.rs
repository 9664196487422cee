//! Intents from example sentences.
//!
//! A designer writes some sentences for each intent, and when the flow is loaded a classifier is trained from them: kernel
//! ridge regression over what sentences have in common. It is solved exactly, in a fixed order and without chance, so the
//! same examples give the same answers every time.
//!
//! Nobody writes examples of what is out of scope. Three things refuse it: words that no example has weigh against a
//! sentence; sentences of everyday talk stand for "none of these"; and the scores that the examples get from a model
//! trained without them (which the exact solution gives for nothing) say what score can be believed.

mod alike;
mod belief;
mod chinese;
mod english;
mod features;
mod lexicon;
mod solve;
mod space;

use std::collections::BTreeMap;
use std::sync::Arc;

use call_model::Language;

pub(crate) use alike::{Alike, Likeness};
use belief::Belief;
use lexicon::Lexicon;
use solve::Factor;
use space::{Point, Space};

/// Gives sentences places in a space where a like meaning is near: a sentence-embedding model.
///
/// Where a server has one, intents are found by meaning as well as by words. It must give the same vector for the same
/// sentence every time.
pub trait SentenceMeaning: Send + Sync + std::fmt::Debug {
    /// The vector of a sentence; of any length but 0, the same for all sentences. `None` when it cannot be had: then only
    /// words count.
    fn vector(&self, sentence: &str) -> Option<Vec<f32>>;

    /// The same for a sentence from which is learnt. It is asked for again whenever a flow is loaded, so that it is worth
    /// remembering; a caller's sentence is not.
    fn vector_of_example(&self, sentence: &str) -> Option<Vec<f32>> {
        self.vector(sentence)
    }
}

/// A classifier of sentences.
#[derive(Debug, Clone)]
pub struct IntentModel {
    space: Space,
    lexicon: &'static Lexicon,
    meaning: Option<Arc<dyn SentenceMeaning>>,
    /// The examples, and the background behind them.
    points: Vec<Point>,
    /// What each point says for each intent.
    weights: Vec<Vec<f64>>,
    intents: usize,
    belief: Belief,
}

/// What a sentence was taken for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IntentGuess {
    /// The index of the best intent.
    pub best: usize,
    /// How probable it is that the sentence means it, 0 to 1.
    pub probability: f64,
    /// The index of the second best intent, where there are two.
    pub second: Option<usize>,
    /// How probable that one is.
    pub second_probability: f64,
    /// The score from which the probability comes: near 1 for a sentence like the examples, near 0 for one like none.
    pub score: f64,
}

impl IntentModel {
    /// Trains from sentences with the indexes of their intents. `None` where there is no sentence with a word in it.
    pub fn train(
        examples: &[(usize, &str)],
        language: &Language,
        meaning: Option<Arc<dyn SentenceMeaning>>,
    ) -> Option<Self> {
        let lexicon = Lexicon::of(language);
        let read: Vec<(usize, BTreeMap<String, u32>, &str)> =
            examples.iter().map(|(intent, sentence)| (*intent, features::of(sentence, lexicon), *sentence)).collect();
        let read: Vec<_> = read.into_iter().filter(|(_, found, _)| !found.is_empty()).take(MOST_EXAMPLES).collect();
        let intents = read.iter().map(|(intent, ..)| intent + 1).max()?;
        let space = Space::of(read.iter().map(|(_, found, _)| found));
        let place = |found: &BTreeMap<String, u32>, sentence: &str| Point {
            words: space.place(found),
            meaning: meaning_of_example(meaning.as_ref(), sentence),
        };
        let mut points: Vec<Point> = read.iter().map(|(_, found, sentence)| place(found, sentence)).collect();
        let labels: Vec<usize> = read.iter().map(|(intent, ..)| *intent).collect();
        let background: Vec<Point> =
            lexicon.background.iter().map(|sentence| place(&features::of(sentence, lexicon), sentence)).collect();
        let foreign = |point: &Point| points.iter().all(|example| example.likeness(point) < OF_THE_FLOW);
        let background: Vec<Point> = background.into_iter().filter(foreign).collect();
        points.extend(background);
        let (weights, belief) = fit(&points, &labels, intents);
        Some(Self { space, lexicon, meaning, points, weights, intents, belief })
    }

    /// What a sentence means. `None` where it holds nothing that any example has.
    pub fn classify(&self, sentence: &str) -> Option<IntentGuess> {
        Some(self.guess(&self.scores(sentence)?))
    }

    fn scores(&self, sentence: &str) -> Option<Vec<f64>> {
        let point = Point {
            words: self.space.place(&features::of(sentence, self.lexicon)),
            meaning: meaning_of(self.meaning.as_ref(), sentence),
        };
        if point.is_nothing() {
            return None;
        }
        let mut scores = vec![0.0; self.intents];
        for (known, weights) in self.points.iter().zip(&self.weights) {
            let near = near(known.likeness(&point));
            scores.iter_mut().zip(weights).for_each(|(score, weight)| *score += near * weight);
        }
        Some(scores)
    }

    /// How probable each intent is, 0 to 1; all 0 where nothing is known of the sentence.
    pub(crate) fn probabilities(&self, sentence: &str) -> Vec<f64> {
        let Some(scores) = self.scores(sentence) else { return vec![0.0; self.intents] };
        let (best, second) = best_two(&scores);
        let behind = second.map_or(0.0, |second| scores[second]);
        let other = |index| if index == best { behind } else { scores[best] };
        scores.iter().enumerate().map(|(index, score)| self.belief.of(*score, other(index))).collect()
    }

    fn guess(&self, scores: &[f64]) -> IntentGuess {
        let (best, second) = best_two(scores);
        let score = scores[best];
        let behind = second.map_or(0.0, |second| scores[second]);
        IntentGuess {
            best,
            probability: self.belief.of(score, behind),
            second,
            second_probability: if second.is_some() { self.belief.of(behind, score) } else { 0.0 },
            score,
        }
    }
}

/// Where a caller's sentence lies by its meaning.
fn meaning_of(model: Option<&Arc<dyn SentenceMeaning>>, sentence: &str) -> Option<Vec<f32>> {
    space::unit(model?.vector(sentence)?)
}

/// Where a sentence lies from which is learnt.
fn meaning_of_example(model: Option<&Arc<dyn SentenceMeaning>>, sentence: &str) -> Option<Vec<f32>> {
    space::unit(model?.vector_of_example(sentence)?)
}

/// Solves for the weights, and learns from every example's score without itself what scores are worth.
fn fit(points: &[Point], labels: &[usize], intents: usize) -> (Vec<Vec<f64>>, Belief) {
    let kernel: Vec<Vec<f64>> = (0..points.len())
        .map(|row| (0..=row).map(|column| near(points[row].likeness(&points[column]))).collect())
        .collect();
    let factor = Factor::of(kernel, SMOOTHING);
    let weights = factor.solve(labels, intents);
    let mut belief = belief::Learning::default();
    for (row, (weights, own)) in weights.iter().zip(factor.inverse_diagonal()).enumerate() {
        let label = labels.get(row).copied();
        let target = |intent| if label == Some(intent) { 1.0 } else { 0.0 };
        let without: Vec<f64> = (0..intents).map(|intent| target(intent) - weights[intent] / own).collect();
        let (best, second) = best_two(&without);
        belief.saw(without[best], second.map_or(0.0, |second| without[second]), label == Some(best), label.is_none());
    }
    (weights, belief.learn())
}

/// From likeness to nearness: sentences that are much alike count more than in proportion.
fn near(likeness: f64) -> f64 {
    (likeness - 1.0).exp()
}

/// The highest and the second highest; of equal ones the first.
fn best_two(scores: &[f64]) -> (usize, Option<usize>) {
    let mut best = 0;
    let mut second = None;
    for (index, score) in scores.iter().enumerate().skip(1) {
        if *score > scores[best] {
            second = Some(best);
            best = index;
        } else if second.is_none_or(|second: usize| *score > scores[second]) {
            second = Some(index);
        }
    }
    (best, second)
}

/// More sentences are not learnt from: training takes the cube of their number.
pub(crate) const MOST_EXAMPLES: usize = 1_500;
/// How little a single example is trusted.
const SMOOTHING: f64 = 0.2;
/// A sentence of everyday talk that is so much like an example is the flow's business.
const OF_THE_FLOW: f64 = 0.5;

#[cfg(test)]
mod tests;
