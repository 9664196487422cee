//! Which phrases sound alike on a telephone, so that a designer is warned before callers are misheard.
//!
//! A phrase has a key: what is left of its sound when tones, and sounds that a narrow line makes alike, are taken for the
//! same. Phrases with the same key are likely to be taken for each other.

mod chinese;
mod english;

use crate::language::Words;
use crate::text::Phrase;

/// The key of a phrase; none for languages whose spelling tells too little.
pub(crate) fn sound(phrase: &Phrase, words: &Words) -> Option<String> {
    match words.tag() {
        "en" => Some(english::sound(&phrase.tokens)),
        "zh" => chinese::sound(&phrase.tokens),
        _ => None,
    }
    .filter(|sound| !sound.is_empty())
}
