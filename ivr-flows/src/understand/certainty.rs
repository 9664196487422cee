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
    let meant = Calibration::VALUE.certainty((meant.clamp(0.0, 1.0) * 100.0).round() as u8);
    let free = f64::from(spoken.max(meant));
    let missing = (100.0 - free) * (1.0 - f64::from(grammar) / 200.0);
    (100.0 - missing).round().clamp(0.0, 100.0) as Certainty
}

/// How often an understanding is right, by the strength of what speaks for it: points of a line, from 0 to 100.
///
/// The lines were fitted to what two menus heard, clean and in noise; `docs/benchmarks.md` tells what they reach.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Calibration(&'static [(u8, u8)]);

impl Calibration {
    /// A phrase that was heard from its first word to its last.
    pub(crate) const WHOLE_PHRASE: Self = Self(&[(0, 5), (50, 50), (65, 60), (70, 85), (75, 96), (85, 99), (100, 100)]);
    /// The same in a second listening.
    pub(crate) const WHOLE_PHRASE_AGAIN: Self =
        Self(&[(0, 5), (50, 40), (65, 58), (70, 72), (74, 90), (83, 93), (90, 96), (100, 99)]);
    /// A short phrase that was heard among other words, by the confidence in it there and where it was listened for by
    /// itself.
    pub(crate) const HEARD_TWICE: Self = Self(&[(0, 0), (60, 50), (75, 80), (90, 87), (96, 89), (97, 91), (100, 98)]);
    /// A short phrase with a little word that lasts too long.
    pub(crate) const HEARD_DRAWN: Self = Self(&[(0, 0), (100, 30)]);
    /// A short phrase that was made out only where it was listened for by itself.
    pub(crate) const HEARD_LATE: Self = Self(&[(0, 0), (60, 40), (90, 68), (100, 80)]);
    /// Two words that were made out only there.
    pub(crate) const OF_TWO_LATE: Self = Self(&[(0, 0), (60, 60), (90, 80), (97, 89), (100, 97)]);
    /// A short phrase by itself, by the confidence in it.
    pub(crate) const SHORT: Self = Self(&[(0, 0), (50, 60), (58, 72), (64, 85), (89, 89), (93, 95), (100, 100)]);
    /// What does not answer the question, by the confidence in it: who asks for a person, or for the question once more.
    pub(crate) const UNEXPECTED: Self = Self(&[(0, 0), (60, 60), (75, 76), (90, 88), (93, 95), (100, 100)]);
    /// Two words among others, by the confidence in the less certain.
    pub(crate) const OF_TWO: Self = Self(&[(0, 0), (35, 68), (45, 84), (64, 88), (79, 89), (81, 92), (100, 100)]);
    /// Three words and more, by the confidence in the least certain.
    pub(crate) const OF_MANY: Self = Self(&[(0, 70), (30, 85), (44, 89), (46, 93), (100, 100)]);
    /// Three words and more of what does not answer the question.
    pub(crate) const UNEXPECTED_LONG: Self = Self(&[(0, 0), (50, 72), (70, 87), (76, 92), (85, 97), (100, 100)]);
    /// Some words of a phrase.
    pub(crate) const SOME_WORDS: Self =
        Self(&[(0, 5), (15, 10), (25, 26), (35, 38), (42, 52), (44, 60), (50, 62), (65, 66), (100, 70)]);
    /// A value, a string of digits, or a sentence that is like others.
    pub(crate) const VALUE: Self = Self(&[(0, 0), (45, 60), (75, 90), (100, 100)]);

    /// The certainty that belongs to a strength, 0 to 100; nothing speaks for 0.
    pub(crate) fn certainty(self, strength: u8) -> Certainty {
        if strength == 0 {
            return 0;
        }
        let place = self.0.windows(2).find(|pair| strength <= pair[1].0);
        let Some(&[(from, low), (to, high)]) = place else { return 100 };
        let (way, of) = (u32::from(strength - from), u32::from(to - from).max(1));
        let rise = (u32::from(high - low) * way + of / 2) / of;
        low + u8::try_from(rise).unwrap_or(u8::MAX - low)
    }
}

/// What the matches of a menu's phrases mean in one listening.
#[derive(Debug)]
pub(crate) struct Lines {
    /// A phrase that was heard from its first word to its last.
    pub(crate) whole_phrase: Calibration,
    /// Some words of a phrase.
    pub(crate) some_words: Calibration,
}

impl Lines {
    /// The phrases of the whole menu were listened for.
    pub(crate) const FIRST: Self =
        Self { whole_phrase: Calibration::WHOLE_PHRASE, some_words: Calibration::SOME_WORDS };
    /// A few phrases were listened for, since nothing was clear at first: other words of them mean nothing.
    pub(crate) const AGAIN: Self =
        Self { whole_phrase: Calibration::WHOLE_PHRASE_AGAIN, some_words: Calibration(&[(0, 0), (100, 0)]) };
}

/// Lowers a strength by the engine's confidence in the words it rests on, 0 to 1: at most by three tenths, since a
/// confidence of 1 is often wrong and one of 0.5 often right.
pub(crate) fn weigh(strength: u32, confidence: f32) -> u8 {
    weigh_by(strength, confidence, DOUBT)
}

/// Lowers a strength by so many thousandths where the engine has no confidence at all.
pub(crate) fn weigh_by(strength: u32, confidence: f32, doubt: u32) -> u8 {
    let per_mille = if confidence.is_finite() { (confidence.clamp(0.0, 1.0) * 1000.0) as u32 } else { 0 };
    let weighed = strength.min(100) * (1000 - doubt.min(1000) * (1000 - per_mille) / 1000) / 1000;
    u8::try_from(weighed).unwrap_or(100)
}

/// What the engine's confidence is worth where nothing is known of it, in thousandths.
pub(crate) const DOUBT: u32 = 300;
/// Taken from here on.
const LEAST_TO_ACCEPT: Certainty = 90;
/// Asked back from here on.
const LEAST_TO_ASK: Certainty = 60;
/// The distance to the second best that is needed to take the best.
const LEAST_MARGIN: Certainty = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certainty_and_margin_decide() {
        let cases = [
            (100, 0, Verdict::Accept),
            (90, 80, Verdict::Accept),
            (90, 81, Verdict::AskBack),
            (89, 0, Verdict::AskBack),
            (60, 0, Verdict::AskBack),
            (59, 0, Verdict::Refuse),
            (0, 0, Verdict::Refuse),
        ];
        for (best, second, verdict) in cases {
            assert_eq!(decide(best, second), verdict, "{best} {second}");
        }
    }

    #[test]
    fn a_stronger_understanding_is_never_less_certain() {
        for line in [
            Calibration::WHOLE_PHRASE,
            Calibration::WHOLE_PHRASE_AGAIN,
            Calibration::HEARD_TWICE,
            Calibration::HEARD_DRAWN,
            Calibration::HEARD_LATE,
            Calibration::OF_TWO_LATE,
            Calibration::SHORT,
            Calibration::UNEXPECTED,
            Calibration::UNEXPECTED_LONG,
            Calibration::OF_MANY,
            Calibration::OF_TWO,
            Calibration::SOME_WORDS,
            Calibration::VALUE,
        ] {
            let certainties: Vec<Certainty> = (0..=100).map(|strength| line.certainty(strength)).collect();
            assert!(certainties.is_sorted(), "{certainties:?}");
            assert_eq!(certainties[0], 0);
            assert!(line.0.iter().all(|&(strength, certainty)| strength == 0 || line.certainty(strength) == certainty));
        }
        assert_eq!(Calibration::VALUE.certainty(60), 75);
        assert_eq!(Calibration::VALUE.certainty(255), 100);
    }

    #[test]
    fn the_engines_confidence_is_a_lesser_voice() {
        assert_eq!(weigh(100, 1.0), 100);
        assert_eq!(weigh(100, 0.0), 70);
        assert_eq!(weigh(100, f32::NAN), 70);
        assert_eq!(weigh(300, 2.0), 100);
    }
}
