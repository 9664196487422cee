//! What a recogniser is told of the sentences that fill several slots.
//!
//! It learns which word follows which: a value's words one another, what stands before and behind a value, and what
//! callers say around all of it. Single words would let it hear any value anywhere.

use std::collections::{BTreeMap, BTreeSet};

use super::choice::built_in;
use super::slot::Slot;
use crate::language::Words;
use crate::reading::Reading;
use crate::understand::{Holds, Pattern};

/// Wordings for a form's slots; nothing where the language has none. Sensitive slots are asked for alone.
pub(super) fn sentences(slots: &[Slot], reading: &Reading<'_>) -> BTreeSet<String> {
    let words = reading.words;
    let mut said = BTreeSet::new();
    if slots.len() < 2 || words.around.wordings.is_empty() {
        return said;
    }
    said.extend(words.around.wordings.iter().map(|wording| (*wording).to_owned()));
    for slot in slots.iter().filter(|slot| !slot.sensitive) {
        let values = slot.kind.of.wordings(words);
        said.extend(around(slot, &values, words));
        said.extend(values);
    }
    known(said, reading)
}

/// A slot's values with the words that stand before and behind them.
fn around(slot: &Slot, values: &[String], words: &Words) -> Vec<String> {
    let named = slot.kind.choices().is_some();
    // A name is said as a whole; of other values the first and the last words are enough.
    let first = |value: &'_ String| if named { value.clone() } else { word(value.split(' ').next()) };
    let firsts: BTreeSet<String> = values.iter().map(first).collect();
    let lasts: BTreeSet<String> = values.iter().map(|value| word(value.rsplit(' ').next())).collect();
    let mut said = Vec::new();
    for Pattern { before, after } in &slot.patterns {
        let (before, after) = (before.join(" "), after.join(" "));
        if !before.is_empty() {
            said.extend(firsts.iter().map(|first| format!("{before} {first}")));
        }
        if !after.is_empty() {
            said.extend(lasts.iter().map(|last| format!("{last} {after}")));
        }
    }
    let around = &words.around;
    let (before, after): (&[&str], &[&str]) = match slot.kind.holds() {
        _ if slot.kind.is_yes_no() => (&[], around.after_yes_no),
        Holds::Amount => (around.before_numbers, &[]),
        Holds::Other if named => (around.before_names, &[]),
        Holds::Digits | Holds::Other => (&[], &[]),
    };
    said.extend(before.iter().flat_map(|before| firsts.iter().map(move |first| format!("{before} {first}"))));
    said.extend(after.iter().flat_map(|after| lasts.iter().map(move |last| format!("{last} {after}"))));
    said
}

fn word(word: Option<&str>) -> String {
    word.unwrap_or_default().to_owned()
}

/// Those whose every word the model knows.
fn known(said: BTreeSet<String>, reading: &Reading<'_>) -> BTreeSet<String> {
    let words: BTreeSet<&str> = said.iter().flat_map(|wording| wording.split(' ')).collect();
    let known: BTreeMap<&str, bool> =
        words.into_iter().map(|word| (word, !built_in(&[word], reading).is_empty())).collect();
    let kept = said.iter().filter(|wording| wording.split(' ').all(|word| known.get(word) == Some(&true)));
    kept.take(MOST).cloned().collect()
}

/// More wordings than a recogniser is told of one form.
const MOST: usize = 4_000;
