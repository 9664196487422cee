//! Example sentences of an open menu's choices.

use super::choice::Written;
use crate::diagnostic::Place;
use crate::language::Words;
use crate::reading::Reading;
use crate::understand::MOST_EXAMPLES;

/// Complains of examples where they mean nothing, of too many and of too few.
pub(super) fn check(written: &[Written], place: Place, open: bool, reading: &mut Reading<'_>) {
    if !open {
        for choice in written {
            if let Some(first) = choice.examples.first() {
                let fix = "add `open: true` to the menu, or write the sentences as phrases under `hear:`";
                reading.findings.error(first.place, "examples count only where every word is listened to", fix);
            }
        }
        return;
    }
    let count: usize = written.iter().map(|choice| choice.phrases.len() + choice.examples.len()).sum();
    if count > MOST_EXAMPLES {
        let message = format!("the menu has {count} example sentences and phrases; {MOST_EXAMPLES} are the most");
        reading.findings.error(place, message, "give each choice its 10 to 30 most different ones");
    }
    for choice in written {
        let count = choice.phrases.len() + choice.examples.len();
        if count < FEW {
            let message =
                format!("the choice `{}` has {count} examples and phrases, too few to learn from", choice.name.text);
            let fix = "write ten sentences that callers say, as different as they can be, under `examples:`";
            reading.findings.warning(choice.name.place, message, fix);
        }
        if choice.phrases.is_empty() && choice.key.is_none() {
            let message =
                format!("the choice `{}` cannot be made when only phrases can be listened to", choice.name.text);
            let fix = "give it short phrases under `hear:`, or a key with `press:`";
            reading.findings.warning(choice.name.place, message, fix);
        }
    }
}

/// The sentences to learn from: each with the index of its choice; the person who can always be asked for is the last.
pub(super) fn sentences(written: &[Written], words: &Words) -> Vec<(usize, String)> {
    let mut sentences = Vec::new();
    for (index, choice) in written.iter().enumerate() {
        sentences.extend(choice.examples.iter().map(|example| (index, example.text.clone())));
        sentences.extend(choice.phrases.iter().map(|(_, phrase)| (index, phrase.spoken.clone())));
    }
    sentences.extend(words.person.iter().map(|phrase| (written.len(), (*phrase).to_owned())));
    sentences
}

/// Fewer examples of a choice are worth a warning.
const FEW: usize = 5;
