//! What is known of a language's words before any example: endings, short forms, groups of a like meaning.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use call_model::Language;

use super::{chinese, english};

/// How words are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    /// With blanks between them.
    Spaced,
    /// Without: characters are looked at.
    Unspaced,
}

/// The knowledge of one language.
#[derive(Debug)]
pub(super) struct Lexicon {
    pub(super) writing: Writing,
    /// Everyday talk that belongs to no telephone service.
    pub(super) background: &'static [&'static str],
    /// Short forms and what they stand for.
    short_forms: &'static [(&'static str, &'static str)],
    /// Words of numbers.
    numbers: &'static [&'static str],
    stem: fn(&str) -> String,
    /// Groups of words, a line each.
    groups: &'static [&'static str],
    senses: OnceLock<BTreeMap<String, BTreeSet<usize>>>,
}

impl Lexicon {
    /// The knowledge of a language; none of words for one that we know nothing of.
    pub(super) fn of(language: &Language) -> &'static Self {
        let tag = language.as_str().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        match tag.as_str() {
            "en" => &ENGLISH,
            "zh" => &CHINESE,
            _ => &OTHER,
        }
    }

    /// A word without its ending.
    pub(super) fn stem(&self, word: &str) -> String {
        (self.stem)(word)
    }

    /// A word in full: "what's" is "what is".
    pub(super) fn full<'w>(&self, word: &'w str) -> std::borrow::Cow<'w, str> {
        for (short, full) in self.short_forms {
            if let Some(whole) = word.strip_suffix(short)
                && (!whole.is_empty() || !short.starts_with('\''))
            {
                return format!("{whole}{full}").into();
            }
        }
        word.into()
    }

    /// Whether a word is a number, or part of one.
    pub(super) fn is_number(&self, word: &str) -> bool {
        word.starts_with(|c: char| c.is_ascii_digit()) || self.numbers.contains(&word)
    }

    /// The groups that a stem is in.
    pub(super) fn senses(&self, stem: &str) -> impl Iterator<Item = usize> {
        self.table().get(stem).into_iter().flatten().copied()
    }

    /// The groups of all words that are in an unspaced text.
    pub(super) fn senses_in(&self, text: &str) -> Vec<usize> {
        let found = self.table().iter().filter(|(word, _)| text.contains(word.as_str()));
        found.flat_map(|(_, groups)| groups.iter().copied()).collect()
    }

    fn table(&self) -> &BTreeMap<String, BTreeSet<usize>> {
        self.senses.get_or_init(|| {
            let mut table: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
            for (number, group) in self.groups.iter().enumerate() {
                for word in group.split(' ') {
                    table.entry((self.stem)(word)).or_default().insert(number);
                }
            }
            table
        })
    }
}

static ENGLISH: Lexicon = Lexicon {
    writing: Writing::Spaced,
    background: english::BACKGROUND,
    short_forms: english::SHORT_FORMS,
    numbers: english::NUMBERS,
    stem: english::stem,
    groups: english::GROUPS,
    senses: OnceLock::new(),
};

static CHINESE: Lexicon = Lexicon {
    writing: Writing::Unspaced,
    background: chinese::BACKGROUND,
    short_forms: &[],
    numbers: &[],
    stem: str::to_owned,
    groups: chinese::GROUPS,
    senses: OnceLock::new(),
};

/// A language of which nothing is known: its words as they are.
static OTHER: Lexicon = Lexicon {
    writing: Writing::Spaced,
    background: &[],
    short_forms: &[],
    numbers: &[],
    stem: str::to_owned,
    groups: &[],
    senses: OnceLock::new(),
};
