//! From scores to probabilities.
//!
//! A logistic curve over the score of the best intent and its lead over the second. It is fitted to the scores that the
//! flow's own examples get without themselves, right and wrong, and to those of everyday talk, which is out of scope; and
//! it is held near a curve that was measured on many flows, so that few examples do not bend it far.

/// The curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Belief {
    constant: f64,
    score: f64,
    lead: f64,
}

/// The scores that a curve is fitted to.
#[derive(Debug, Default)]
pub(super) struct Learning {
    seen: Vec<Seen>,
    foreign: usize,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    score: f64,
    lead: f64,
    right: f64,
    foreign: bool,
}

impl Belief {
    /// The probability that an intent with this score is meant, where the best other one has `other`.
    pub(super) fn of(self, score: f64, other: f64) -> f64 {
        1.0 / (1.0 + (-self.at(score, score - other)).exp())
    }

    fn at(self, score: f64, lead: f64) -> f64 {
        self.constant + self.score * score + self.lead * lead
    }

    fn off(self) -> [f64; 3] {
        [self.constant - USUAL.constant, self.score - USUAL.score, self.lead - USUAL.lead]
    }
}

impl Learning {
    /// A sentence that got these scores.
    pub(super) fn saw(&mut self, score: f64, second: f64, right: bool, foreign: bool) {
        self.foreign += usize::from(foreign);
        self.seen.push(Seen { score, lead: score - second, right: f64::from(u8::from(right)), foreign });
    }

    /// Fits the curve: Newton's method, with steps that are halved until they lead downhill.
    pub(super) fn learn(&self) -> Belief {
        let mut belief = USUAL;
        for _ in 0..STEPS {
            let (slope, curve) = self.slope(belief);
            let step = solve(curve, slope);
            let here = self.loss(belief);
            let moved = |times: f64| Belief {
                constant: belief.constant - times * step[0],
                score: belief.score - times * step[1],
                lead: belief.lead - times * step[2],
            };
            let downhill = (0..HALVINGS).map(|n| moved(0.5_f64.powi(n))).find(|there| self.loss(*there) < here);
            let Some(there) = downhill else { break };
            belief = there;
        }
        // A better score never makes us less certain.
        Belief { score: belief.score.max(0.0), lead: belief.lead.max(0.0), ..belief }
    }

    fn loss(&self, belief: Belief) -> f64 {
        let off = belief.off();
        let held: f64 = (0..3).map(|n| HELD[n] * off[n] * off[n] / 2.0).sum();
        let missed = self.seen.iter().map(|seen| {
            let at = belief.at(seen.score, seen.lead);
            // -ln of the probability of what was seen, without overflow.
            self.weight(seen) * (at.max(0.0) - at * seen.right + (-at.abs()).exp().ln_1p())
        });
        held + missed.sum::<f64>()
    }

    fn slope(&self, belief: Belief) -> ([f64; 3], [[f64; 3]; 3]) {
        let off = belief.off();
        let mut slope = [0.0; 3];
        let mut curve = [[0.0; 3]; 3];
        for n in 0..3 {
            slope[n] = HELD[n] * off[n];
            curve[n][n] = HELD[n];
        }
        for seen in &self.seen {
            let weight = self.weight(seen);
            let expected = belief.of(seen.score, seen.score - seen.lead);
            let with = [1.0, seen.score, seen.lead];
            for n in 0..3 {
                slope[n] += weight * (expected - seen.right) * with[n];
                for m in 0..3 {
                    curve[n][m] += weight * expected * (1.0 - expected) * with[n] * with[m];
                }
            }
        }
        (slope, curve)
    }

    /// As if one sentence in four were out of scope, however long the list of everyday talk is.
    fn weight(&self, seen: &Seen) -> f64 {
        if !seen.foreign {
            return 1.0;
        }
        FOREIGN * (self.seen.len() - self.foreign) as f64 / self.foreign as f64
    }
}

/// Three equations with three unknowns; the matrix is positive, since each parameter is held.
fn solve(mut matrix: [[f64; 3]; 3], mut right: [f64; 3]) -> [f64; 3] {
    for n in 0..3 {
        let pivot = matrix[n];
        for m in n + 1..3 {
            let factor = matrix[m][n] / pivot[n];
            for (cell, above) in matrix[m].iter_mut().zip(pivot).skip(n) {
                *cell -= factor * above;
            }
            right[m] -= factor * right[n];
        }
    }
    let mut found = [0.0; 3];
    for n in (0..3).rev() {
        let known: f64 = (n + 1..3).map(|column| matrix[n][column] * found[column]).sum();
        found[n] = (right[n] - known) / matrix[n][n];
    }
    found
}

/// The curve of many flows.
const USUAL: Belief = Belief { constant: -4.0, score: 10.0, lead: 4.0 };
/// How firmly each parameter is held near it.
const HELD: [f64; 3] = [1.0, 0.1, 0.1];
/// Foreign sentences for each of the flow's.
const FOREIGN: f64 = 1.0 / 3.0;
const STEPS: usize = 25;
const HALVINGS: i32 = 12;
