//! Several values in one sentence: which slot each belongs to, and what the caller takes back.
//!
//! A value belongs to the slot whose pattern stands around it ("to munich"), otherwise to the slot that was asked for,
//! otherwise to the only open slot of its kind. After "no", "not" or "i meant" it may take the place of a value that was
//! given before.

use std::collections::BTreeSet;

use call_model::{Certainty, Heard};

use super::certainty::{Calibration, weigh};
use super::compare::UNKNOWN;
use crate::language::Words;
use crate::language_turns::TurnWords;
use crate::text::tokens;

/// What was heard, token by token.
#[derive(Debug)]
pub(crate) struct Sentence {
    tokens: Vec<String>,
    trust: Vec<f32>,
}

/// A value of a slot's kind in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spotted {
    /// The value as it is stored.
    pub(crate) meaning: String,
    /// The tokens that it lies in.
    pub(crate) span: (usize, usize),
    /// What is lost of our certainty.
    pub(crate) loss: u8,
}

/// What stands around a slot's value, in tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    pub(crate) before: Vec<String>,
    pub(crate) after: Vec<String>,
}

/// A slot as a sentence sees it.
#[derive(Debug)]
pub(crate) struct SlotView<'a> {
    pub(crate) found: Vec<Spotted>,
    pub(crate) patterns: &'a [Pattern],
    /// Whether it is asked for at all now.
    pub(crate) wanted: bool,
    /// What it holds, and the how-manieth filling that was.
    pub(crate) given: Option<(&'a str, u32)>,
    /// What was declined and is not taken again.
    pub(crate) refused: &'a BTreeSet<String>,
    pub(crate) label: &'a str,
    pub(crate) holds: Holds,
}

/// What a slot holds, as far as it tells to which of several a number belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Digits that are no number.
    Digits,
    /// A number or money.
    Amount,
    /// Anything else.
    Other,
}

/// What a sentence says about slots.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Spoken {
    /// Slots and their new values, in the order of the slots.
    pub(crate) values: Vec<(usize, String, Certainty)>,
    /// Values that were taken back.
    pub(crate) denied: Vec<(usize, String)>,
    /// Whether it sounds like a correction.
    pub(crate) corrects: bool,
    /// The only slot that was named, where no value was said.
    pub(crate) named: Option<usize>,
}

/// A value that may be meant for a slot.
struct Candidate<'a> {
    slot: usize,
    found: &'a Spotted,
    /// The tokens of the value and of the pattern around it.
    reach: (usize, usize),
    denied: bool,
}

impl SlotView<'_> {
    /// Whether its value is the one that was found.
    fn holds(&self, found: &Spotted) -> bool {
        self.given.is_some_and(|(given, _)| given == found.meaning)
    }
}

impl Candidate<'_> {
    /// Whether words around it tell its slot.
    fn placed(&self) -> bool {
        self.reach != self.found.span
    }
}

impl Pattern {
    /// The parts as a recogniser listens for them.
    pub(crate) fn phrases(&self, words: &Words) -> Vec<String> {
        let blank = if words.unspaced { "" } else { " " };
        [&self.before, &self.after].into_iter().filter(|part| !part.is_empty()).map(|part| part.join(blank)).collect()
    }

    /// The tokens of the whole pattern around a value; `None` where something else stands there.
    fn reach(&self, (start, end): (usize, usize), tokens: &[String]) -> Option<(usize, usize)> {
        let from = start.checked_sub(self.before.len())?;
        let to = end + self.after.len();
        let fits = tokens.get(from..start)? == self.before && tokens.get(end..to)? == self.after;
        (fits && to - from > end - start).then_some((from, to))
    }
}

impl Sentence {
    pub(crate) fn of(heard: &Heard) -> Self {
        let words: Vec<(&str, f32)> = if heard.words.is_empty() {
            heard.text.split_whitespace().map(|word| (word, 1.0)).collect()
        } else {
            heard.words.iter().map(|word| (word.word.as_str(), word.confidence)).collect()
        };
        let mut sentence = Self { tokens: Vec::new(), trust: Vec::new() };
        for (word, trust) in words.into_iter().take(MOST_WORDS) {
            let parts = if word == UNKNOWN { vec![UNKNOWN.to_owned()] } else { tokens(&word.to_lowercase()) };
            sentence.trust.extend(std::iter::repeat_n(trust, parts.len()));
            sentence.tokens.extend(parts);
        }
        sentence
    }

    /// The sentence, its tokens parted by blanks.
    pub(crate) fn text(&self) -> String {
        self.tokens.join(" ")
    }

    /// Our certainty of a string that was said in these tokens: other words between may have been digits, too.
    pub(crate) fn certainty_of_string(&self, spans: &[(usize, usize)], loss: u8) -> Certainty {
        let inside: Vec<usize> = spans.iter().flat_map(|(start, end)| *start..*end).collect();
        let count = u16::try_from(inside.len()).unwrap_or(u16::MAX).max(1);
        let trust = inside.iter().filter_map(|at| self.trust.get(*at)).sum::<f32>() / f32::from(count);
        let others = u32::try_from(self.tokens.len().saturating_sub(inside.len())).unwrap_or(u32::MAX);
        let lost = others.saturating_mul(OTHER_THAN_DIGIT).saturating_add(u32::from(loss));
        Calibration::VALUE.certainty(weigh(ONLY_DIGITS.saturating_sub(lost), trust))
    }

    /// Where a value ends that the caller takes back, after "not". `given` says whether some words are a value that
    /// a slot holds: what follows "not fifty" is another value, if a slot holds 50.
    pub(crate) fn taken_back(&self, turns: &TurnWords, given: impl Fn(&str) -> bool) -> Vec<usize> {
        let mut ends: Vec<usize> = Vec::new();
        for from in (1..self.tokens.len()).filter(|from| self.ends_with(*from, turns.not)) {
            let last = self.tokens.len().min(from + MOST_TAKEN_BACK);
            ends.extend((from + 1..=last).find(|end| given(&self.tokens[from..*end].join(" "))));
        }
        ends
    }

    /// The parts of the sentence between some of its tokens, each with its first token.
    pub(crate) fn parts(&self, cuts: &[usize]) -> Vec<(usize, String)> {
        let starts = std::iter::once(0).chain(cuts.iter().copied());
        let ends = cuts.iter().copied().chain([self.tokens.len()]);
        starts.zip(ends).map(|(start, end)| (start, self.tokens[start.min(end)..end].join(" "))).collect()
    }

    /// What the sentence says about the slots. `current` is the one that was asked for.
    pub(crate) fn fill(
        &self,
        slots: &[SlotView<'_>],
        current: Option<usize>,
        words: &Words,
        turns: &TurnWords,
    ) -> Spoken {
        let mut covered = vec![false; self.tokens.len()];
        let corrects = self.corrects(words, turns, &mut covered);
        let mut spoken = Spoken { corrects, ..Spoken::default() };
        let slots = &self.without_amounts_for_digits(slots, current, corrects, words);
        let mut taken: Vec<(usize, &Spotted, bool)> = Vec::new();
        let mut used = vec![false; self.tokens.len()];
        let (denied, mut said): (Vec<_>, Vec<_>) =
            self.candidates(slots, current, turns).into_iter().partition(|candidate| candidate.denied);
        // What is denied comes first: it tells which slot is corrected.
        for candidate in denied {
            let (start, end) = candidate.found.span;
            if used[start..end].iter().any(|used| *used)
                || !slots[candidate.slot].wanted
                || !self.denies(&candidate, slots)
            {
                continue;
            }
            spoken.denied.push((candidate.slot, candidate.found.meaning.clone()));
            used[start..end].fill(true);
            covered[candidate.reach.0..candidate.reach.1].fill(true);
        }
        let corrected = |slot: usize| spoken.denied.iter().any(|(denied, _)| *denied == slot);
        said.sort_by_key(|candidate| (!candidate.placed(), !corrected(candidate.slot)));
        for candidate in said {
            let (start, end) = candidate.found.span;
            let slot = &slots[candidate.slot];
            if used[start..end].iter().any(|used| *used) || !slot.wanted {
                continue;
            }
            let sure = candidate.placed() || current == Some(candidate.slot);
            let free = !taken.iter().any(|(taken, ..)| *taken == candidate.slot);
            let fits = sure || corrected(candidate.slot) || alone(&candidate, slots, corrects);
            if !free || !fits || slot.refused.contains(&candidate.found.meaning) {
                continue;
            }
            taken.push((candidate.slot, candidate.found, sure));
            used[start..end].fill(true);
            covered[candidate.reach.0..candidate.reach.1].fill(true);
        }
        let lost = self.around(&covered, words);
        for (slot, found, sure) in taken {
            spoken.values.push((slot, found.meaning.clone(), self.certainty(found, sure, lost)));
        }
        spoken.values.sort_by_key(|(slot, ..)| *slot);
        if spoken.values.is_empty() {
            spoken.named = self.named(slots);
        }
        spoken
    }

    /// The slots without digits that were said as an amount (三千二, "two hundred") where a slot for amounts takes it.
    fn without_amounts_for_digits<'a>(
        &self,
        slots: &[SlotView<'a>],
        current: Option<usize>,
        corrects: bool,
        words: &Words,
    ) -> Vec<SlotView<'a>> {
        let overlap = |a: (usize, usize), b: (usize, usize)| a.0 < b.1 && b.0 < a.1;
        let amount_at = |span| {
            let takes = |view: &&SlotView<'_>| view.wanted && (corrects || view.given.is_none());
            let amounts = slots.iter().filter(|view| view.holds == Holds::Amount).filter(takes);
            amounts.flat_map(|view| &view.found).any(|found| overlap(found.span, span))
        };
        let keeps = |index: usize, view: &SlotView<'_>, found: &Spotted| {
            let (start, end) = found.span;
            view.holds != Holds::Digits
                || !corrects && current == Some(index)
                || view.patterns.iter().any(|pattern| pattern.reach(found.span, &self.tokens).is_some())
                || !self.tokens.get(start..end).is_some_and(|said| words.says_amount(said))
                || !amount_at(found.span)
        };
        let slots = slots.iter().enumerate();
        slots
            .map(|(index, view)| SlotView {
                found: view.found.iter().filter(|found| keeps(index, view, found)).cloned().collect(),
                ..*view
            })
            .collect()
    }

    /// Every value of every slot; those whose place is told come first, then those of the slot that was asked for.
    fn candidates<'a>(
        &self,
        slots: &'a [SlotView<'_>],
        current: Option<usize>,
        turns: &TurnWords,
    ) -> Vec<Candidate<'a>> {
        let mut candidates = Vec::new();
        for (slot, view) in slots.iter().enumerate() {
            for found in
                view.found.iter().filter(|found| found.span.0 < found.span.1 && found.span.1 <= self.tokens.len())
            {
                let reaches = view.patterns.iter().filter_map(|pattern| pattern.reach(found.span, &self.tokens));
                let reach = reaches.max_by_key(|(from, to)| to - from).unwrap_or(found.span);
                let denied = self.ends_with(reach.0, turns.not) || self.ends_with(found.span.0, turns.not);
                candidates.push(Candidate { slot, found, reach, denied });
            }
        }
        candidates.sort_by_key(|candidate| {
            let long = candidate.reach.1 - candidate.reach.0;
            let (start, end) = candidate.found.span;
            let asked = current == Some(candidate.slot);
            let latest = slots[candidate.slot].given.map_or(0, |(_, turn)| turn);
            let held = candidate.denied && slots[candidate.slot].holds(candidate.found);
            (
                std::cmp::Reverse((held, candidate.placed(), long, end - start, asked)),
                std::cmp::Reverse(latest),
                candidate.found.loss,
                start,
                candidate.slot,
            )
        });
        candidates
    }

    /// Whether a value that was said after "not" is meant for this slot: it holds the value, or no other slot does.
    fn denies(&self, candidate: &Candidate<'_>, slots: &[SlotView<'_>]) -> bool {
        let holds = |view: &SlotView<'_>| view.holds(candidate.found);
        candidate.placed() || holds(&slots[candidate.slot]) || !slots.iter().any(holds)
    }

    fn certainty(&self, found: &Spotted, sure: bool, lost: u32) -> Certainty {
        let (start, end) = found.span;
        let count = u16::try_from(end - start).unwrap_or(u16::MAX);
        let trust = self.trust[start..end].iter().sum::<f32>() / f32::from(count.max(1));
        let guessed = if sure { 0 } else { GUESSED };
        Calibration::VALUE.certainty(weigh(100u32.saturating_sub(lost + guessed + u32::from(found.loss)), trust))
    }

    /// What is lost by words that belong to no value.
    fn around(&self, covered: &[bool], words: &Words) -> u32 {
        let left = self.tokens.iter().zip(covered).filter(|(_, covered)| !**covered);
        let lost = left.map(|(token, _)| match token.as_str() {
            UNKNOWN => UNKNOWN_AROUND,
            word if words.little.contains(&word) || words.around.holds(word) => 0,
            _ => FOREIGN_AROUND,
        });
        lost.sum::<u32>().min(MOST_AROUND)
    }

    /// Whether the caller takes something back.
    fn corrects(&self, words: &Words, turns: &TurnWords, covered: &mut [bool]) -> bool {
        let mut corrects = false;
        for (phrases, anywhere) in [(words.no, false), (turns.not, true), (turns.rather, true)] {
            for phrase in phrases.iter().map(|phrase| tokens(phrase)) {
                for (start, window) in self.tokens.windows(phrase.len().max(1)).enumerate() {
                    if window == phrase.as_slice() && (anywhere || start == 0) {
                        covered[start..start + phrase.len()].fill(true);
                        corrects = true;
                    }
                }
            }
        }
        corrects
    }

    fn ends_with(&self, end: usize, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.tokens[..end].ends_with(&tokens(phrase)))
    }

    /// The only slot whose label was said.
    fn named(&self, slots: &[SlotView<'_>]) -> Option<usize> {
        let says = |label: &str| {
            let label = tokens(&label.to_lowercase());
            !label.is_empty() && self.tokens.windows(label.len()).any(|window| window == label.as_slice())
        };
        let mut named = slots.iter().enumerate().filter(|(_, view)| view.wanted && says(view.label));
        let (first, _) = named.next()?;
        named.next().is_none().then_some(first)
    }
}

/// Whether a value without a place can only be meant for this slot: it is the only open one that it fits; or, in a
/// correction, the one of those it fits that was filled last.
fn alone(candidate: &Candidate<'_>, slots: &[SlotView<'_>], corrects: bool) -> bool {
    let fits = |view: &SlotView<'_>| {
        view.wanted
            && view.found.iter().any(|found| found.span == candidate.found.span)
            && !view.refused.contains(&candidate.found.meaning)
    };
    let others = || slots.iter().enumerate().filter(|(index, view)| *index != candidate.slot && fits(view));
    match slots[candidate.slot].given {
        None if corrects => !others().any(|_| true),
        None => !others().any(|(_, view)| view.given.is_none()),
        Some((given, turn)) => {
            corrects
                && given != candidate.found.meaning
                && !others().any(|(_, view)| view.given.is_some_and(|(_, later)| later > turn))
        }
    }
}

/// Nothing but digits was heard.
const ONLY_DIGITS: u32 = 95;
/// Lost for each word that is no digit: it may have been one.
const OTHER_THAN_DIGIT: u32 = 15;
/// Heard words that are looked at.
const MOST_WORDS: usize = 60;
/// Tokens of a value that is taken back.
const MOST_TAKEN_BACK: usize = 12;
/// Lost by a value whose slot was guessed.
const GUESSED: u32 = 8;
/// Lost by a word that belongs to nothing.
const FOREIGN_AROUND: u32 = 6;
/// Lost by what no word was made out of.
const UNKNOWN_AROUND: u32 = 4;
/// All that is lost by what stands around the values.
const MOST_AROUND: u32 = 28;

#[cfg(test)]
mod tests {
    use call_model::{Language, ListenEnd};

    use super::*;

    const CITIES: &[&str] = &["berlin", "munich", "hamburg", "new york"];
    const DAYS: &[&str] = &["friday", "saturday"];

    fn find(sentence: &Sentence, values: &[&str]) -> Vec<Spotted> {
        let mut found = Vec::new();
        for value in values {
            let wanted = tokens(value);
            for (start, window) in sentence.tokens.windows(wanted.len()).enumerate() {
                if window == wanted.as_slice() {
                    found.push(Spotted { meaning: (*value).to_owned(), span: (start, start + wanted.len()), loss: 0 });
                }
            }
        }
        found
    }

    /// Fills origin, destination and day from a sentence.
    fn fill(text: &str, given: [Option<&str>; 3], current: Option<usize>) -> Spoken {
        let heard = Heard {
            text: text.to_owned(),
            words: Vec::new(),
            again: None,
            without_synonyms: None,
            speech_ms: 900,
            end: ListenEnd::EndOfSpeech,
            free: None,
        };
        let sentence = Sentence::of(&heard);
        let pattern = |before: &str| Pattern { before: tokens(before), after: Vec::new() };
        let patterns = [vec![pattern("from")], vec![pattern("to")], vec![pattern("on")]];
        let refused = BTreeSet::new();
        let views: Vec<SlotView<'_>> = (0..3usize)
            .map(|slot| SlotView {
                found: find(&sentence, if slot < 2 { CITIES } else { DAYS }),
                patterns: &patterns[slot],
                wanted: true,
                given: given[slot].map(|value| (value, slot as u32 + 1)),
                refused: &refused,
                label: ["origin", "destination", "day"][slot],
                holds: Holds::Other,
            })
            .collect();
        let english = Language::new("en");
        sentence.fill(&views, current, Words::of(&english), TurnWords::of(&english))
    }

    fn values(spoken: &Spoken) -> Vec<(usize, &str)> {
        spoken.values.iter().map(|(slot, value, _)| (*slot, value.as_str())).collect()
    }

    #[test]
    fn several_values_find_their_slots_in_any_order() {
        let nothing = [None; 3];
        for text in [
            "from berlin to munich on friday",
            "on friday to munich from berlin",
            "i want to go to munich friday from berlin please",
        ] {
            let spoken = fill(text, nothing, None);
            assert_eq!(values(&spoken), [(0, "berlin"), (1, "munich"), (2, "friday")], "{text}");
            assert!(spoken.values.iter().all(|(_, _, certainty)| *certainty >= 75), "{text}: {spoken:?}");
        }
    }

    #[test]
    fn a_value_without_a_place_belongs_to_the_slot_that_was_asked_for() {
        assert_eq!(values(&fill("munich", [None; 3], Some(1))), [(1, "munich")]);
        assert_eq!(values(&fill("munich", [Some("berlin"), None, None], None)), [(1, "munich")]);
        assert_eq!(values(&fill("friday", [None; 3], Some(1))), [(2, "friday")]);
        assert_eq!(values(&fill("munich", [None; 3], None)), [], "it may be either");
        assert_eq!(values(&fill("to new york", [None; 3], Some(0))), [(1, "new york")]);
    }

    #[test]
    fn a_correction_takes_the_place_of_what_was_said() {
        let all = [Some("berlin"), Some("munich"), Some("friday")];
        let spoken = fill("no to hamburg", all, None);
        assert_eq!((values(&spoken), spoken.corrects), (vec![(1, "hamburg")], true));
        let spoken = fill("not friday saturday", all, None);
        assert_eq!((values(&spoken), spoken.denied.clone()), (vec![(2, "saturday")], vec![(2, "friday".to_owned())]));
        let spoken = fill("not to munich", all, None);
        assert_eq!((values(&spoken), spoken.denied.clone()), (vec![], vec![(1, "munich".to_owned())]));
        assert_eq!(values(&fill("no hamburg", all, None)), [(1, "hamburg")], "the last that fits");
        assert_eq!(values(&fill("hamburg", all, None)), [], "without a word of correction nothing is replaced");
        assert_eq!(fill("the destination", all, None).named, Some(1));
    }

    #[test]
    fn foreign_words_around_make_us_less_certain() {
        let clean = fill("to munich", [None; 3], None).values[0].2;
        let around = fill("to munich bread [unk] butter", [None; 3], None).values[0].2;
        assert!(clean > around && around >= 70, "{clean} {around}");
    }

    proptest::proptest! {
        #[test]
        fn any_sentence_is_survived(text in "(from |to |not |no |berlin |munich |new |york |friday |\\[unk\\] ){0,20}", current in proptest::option::of(0usize..3)) {
            let spoken = fill(&text, [Some("berlin"), None, Some("friday")], current);
            proptest::prop_assert!(spoken.values.iter().all(|(_, _, certainty)| *certainty <= 100));
        }
    }
}
