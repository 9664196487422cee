//! Choices as they are written, in menus and in lists of options.

use std::collections::BTreeMap;

use super::aside::Asides;
use super::question::{PERSON, aside_choices};
use crate::diagnostic::Place;
use crate::reading::Reading;
use crate::text::Phrase;
use crate::understand::{Choice, Choices, sound};
use crate::yaml::{Fields, Text};

/// A choice as it is written.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(super) name: Text,
    pub(super) label: String,
    pub(super) phrases: Vec<(Place, Phrase)>,
    pub(super) key: Option<(Place, char)>,
    /// Sentences that mean it, for open menus.
    pub(super) examples: Vec<Text>,
}

impl Written {
    /// Its label and its key, as it is offered.
    pub(super) fn offered(&self) -> (String, Option<char>) {
        (self.label.clone(), self.key.map(|(_, key)| key))
    }
}

/// Takes `hear`, `press` and `label`. A menu's choice may have examples besides.
pub(super) fn read_written(
    fields: &mut Fields<'_>,
    name: Text,
    examples: Vec<Text>,
    reading: &mut Reading<'_>,
) -> Written {
    let heard = fields.texts("hear", &mut reading.findings).unwrap_or_default();
    let phrases = reading.phrases(&heard);
    let key = reading.key(fields);
    let label =
        fields.text("label", &mut reading.findings).map_or_else(|| name.text.replace('_', " "), |label| label.text);
    if heard.is_empty() && examples.is_empty() && key.is_none() && !fields.has("press") {
        let fix = "add `hear: [what the caller says]` or `press: \"1\"`";
        reading.findings.error(name.place, format!("the choice `{}` can be neither said nor pressed", name.text), fix);
    }
    if name.text == PERSON {
        let fix = "give the choice another name";
        reading.findings.error(
            name.place,
            "`person` is the name of the way to a person, which every question has",
            fix,
        );
    }
    Written { name, label, phrases, key, examples }
}

/// The choices with the way to a person and the asides behind them.
pub(super) fn compile(written: Vec<Written>, asides: &Asides, reading: &mut Reading<'_>) -> Choices {
    check_apart(&written, reading);
    check_sounds(&written, reading);
    let mut list: Vec<Choice> = written
        .into_iter()
        .map(|choice| Choice {
            name: choice.name.text,
            label: choice.label,
            phrases: choice.phrases.into_iter().map(|(_, phrase)| phrase).collect(),
            key: choice.key.map(|(_, key)| key),
        })
        .collect();
    let mut person = person(reading);
    person
        .phrases
        .retain(|phrase| !list.iter().any(|choice| choice.phrases.iter().any(|known| known.tokens == phrase.tokens)));
    if list.iter().any(|choice| choice.key == Some('0')) {
        person.key = None;
    }
    list.push(person);
    let more = aside_choices(asides, &list);
    list.extend(more);
    Choices::new(list, reading.words)
}

/// The person who can always be asked for. Phrases that the model does not know are left out.
pub(super) fn person(reading: &Reading<'_>) -> Choice {
    Choice {
        name: PERSON.to_owned(),
        label: reading.words.person_label.to_owned(),
        phrases: built_in(reading.words.person, reading),
        key: Some('0'),
    }
}

/// Phrases of ours, as far as the model knows them.
pub(super) fn built_in(phrases: &[&str], reading: &Reading<'_>) -> Vec<Phrase> {
    phrases.iter().filter_map(|text| Phrase::read(text, &reading.language, reading.vocabulary).ok()).collect()
}

/// Complains of two choices that cannot be told apart.
fn check_apart(choices: &[Written], reading: &mut Reading<'_>) {
    let mut phrases: BTreeMap<&[String], (&str, Place)> = BTreeMap::new();
    let mut keys: BTreeMap<char, &str> = BTreeMap::new();
    for Written { name, phrases: heard, key, .. } in choices {
        let name = name.text.as_str();
        for (place, phrase) in heard {
            let (other, first) = *phrases.entry(&phrase.tokens).or_insert((name, *place));
            if first == *place {
                continue;
            }
            let message = if other == name {
                format!("`{name}` has the phrase `{}` twice", phrase.spoken)
            } else {
                format!("`{other}` and `{name}` have the same phrase, `{}`", phrase.spoken)
            };
            reading.findings.error(*place, message, format!("remove it here or in line {}", first.line));
        }
        let Some((place, key)) = key else { continue };
        if let Some(other) = keys.get(key) {
            let used = |free: &char| choices.iter().any(|choice| choice.key.is_some_and(|(_, used)| used == *free));
            let free = ('1'..='9').find(|free| !used(free));
            let fix =
                free.map_or("remove one of the two".to_owned(), |free| format!("write \"{free}\", which is free"));
            reading.findings.error(*place, format!("`{other}` and `{name}` have the same key, {key}"), fix);
        } else {
            keys.insert(*key, name);
        }
    }
}

/// Warns of two choices whose phrases sound alike.
fn check_sounds(choices: &[Written], reading: &mut Reading<'_>) {
    let mut known: BTreeMap<String, (&str, &Phrase)> = BTreeMap::new();
    for Written { name, phrases, .. } in choices {
        for (place, phrase) in phrases {
            let Some(sound) = sound(phrase, reading.words) else { continue };
            let (other, first) = *known.entry(sound).or_insert((&name.text, phrase));
            if other == name.text || first.tokens == phrase.tokens {
                continue;
            }
            let message = format!("`{}` of `{}` sounds like `{}` of `{other}`", phrase.spoken, name.text, first.spoken);
            reading.findings.warning(*place, message, "write longer phrases that differ in more than one sound");
        }
    }
}
