//! From certainty to what is done.

use call_model::Certainty;

/// What is done with an understanding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Take it.
    Accept,
    /// Ask back.
    AskBack,
    /// Not understood.
    Refuse,
}

/// From which certainty on an understanding is taken, or asked back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Thresholds {
    /// Taken from here on.
    pub(crate) accept: Certainty,
    /// Asked back from here on.
    pub(crate) confirm: Certainty,
    /// The distance to the second best that is needed to take the best.
    pub(crate) margin: Certainty,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { accept: LEAST_TO_ACCEPT, confirm: LEAST_TO_ASK, margin: LEAST_MARGIN }
    }
}

impl Thresholds {
    /// Decides by our certainty and by that of the second best.
    pub(crate) fn decide(self, best: Certainty, second: Certainty) -> Verdict {
        if best < self.confirm {
            Verdict::Refuse
        } else if best >= self.accept && best.saturating_sub(second) >= self.margin {
            Verdict::Accept
        } else {
            Verdict::AskBack
        }
    }
}

/// Decides by the default thresholds.
#[cfg(test)]
pub(crate) fn decide(best: Certainty, second: Certainty) -> Verdict {
    Thresholds::default().decide(best, second)
}

/// Our certainty of one choice by three witnesses: the phrases in what the grammar heard, the phrases in what was heard
/// freely, and the probability by examples, 0 to 1. Free words count in full; the grammar hears its phrases in anything, so
/// it adds only half of what is missing.
pub(crate) fn together(grammar: Certainty, spoken: Certainty, meant: f64) -> Certainty {
    let free = f64::from(spoken).max(meant.clamp(0.0, 1.0) * 100.0);
    let missing = (100.0 - free) * (1.0 - f64::from(grammar) / 200.0);
    (100.0 - missing).round().clamp(0.0, 100.0) as Certainty
}

/// Lowers a certainty by the engine's confidence in the words it rests on, 0 to 1: at most by three tenths, since a
/// confidence of 1 is often wrong and one of 0.5 often right.
pub(crate) fn weigh(certainty: u32, confidence: f32) -> Certainty {
    let per_mille = if confidence.is_finite() { (confidence.clamp(0.0, 1.0) * 1000.0) as u32 } else { 0 };
    let weighed = certainty.min(100) * (700 + per_mille * 3 / 10) / 1000;
    u8::try_from(weighed).unwrap_or(100)
}

/// Taken from here on.
const LEAST_TO_ACCEPT: Certainty = 75;
/// Asked back from here on.
const LEAST_TO_ASK: Certainty = 45;
/// The distance to the second best that is needed to take the best.
const LEAST_MARGIN: Certainty = 15;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certainty_and_margin_decide() {
        let cases = [
            (100, 0, Verdict::Accept),
            (75, 60, Verdict::Accept),
            (75, 61, Verdict::AskBack),
            (74, 0, Verdict::AskBack),
            (45, 0, Verdict::AskBack),
            (44, 0, Verdict::Refuse),
            (0, 0, Verdict::Refuse),
        ];
        for (best, second, verdict) in cases {
            assert_eq!(decide(best, second), verdict, "{best} {second}");
        }
    }

    #[test]
    fn the_engines_confidence_is_a_lesser_voice() {
        assert_eq!(weigh(100, 1.0), 100);
        assert_eq!(weigh(100, 0.0), 70);
        assert_eq!(weigh(100, f32::NAN), 70);
        assert_eq!(weigh(300, 2.0), 100);
    }
}
