//! What every question has: its prompts from try to try, its manner, and what may be asked in its middle.

use std::collections::BTreeMap;

use super::aside::{Aside, Asides, read_asides};
use super::form::Form;
use super::manner::Manner;
use super::menu::Menu;
use super::slot::{Slot, yes_no};
use super::{NodeId, Surroundings};
use crate::reading::Reading;
use crate::text::Line;
use crate::understand::{Choice, Choices};
use crate::yaml::Fields;

/// How a node asks.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    /// The first time.
    pub(crate) say: Line,
    /// The second time, the third and so on; the last one stands for all that follow.
    again: Vec<Line>,
    /// When only keys count.
    keys: Option<Line>,
    /// For who asks for help.
    pub(crate) help: Option<Line>,
    pub(crate) manner: Manner,
    /// Yes and no where an answer is confirmed, if the designer has words of his own for them.
    pub(crate) yes_no: Option<Choices>,
    /// What may be asked in the middle, by its name in `choices`.
    pub(crate) asides: BTreeMap<String, Aside>,
}

/// What is asked at a node, seen by the turn that asks it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asked<'f> {
    /// One of a menu's choices.
    Menu(&'f Menu),
    /// Slots.
    Form(&'f Form),
}

impl Question {
    /// Takes the prompts and the manner. `asides` are those of the node and of the file.
    pub(crate) fn read(
        fields: &mut Fields<'_>,
        what: &str,
        manner: Manner,
        asides: &Asides,
        reading: &mut Reading<'_>,
    ) -> Option<Self> {
        let say = reading.must_line(fields, what);
        let mut again = Vec::new();
        for text in fields.texts("say_again", &mut reading.findings).unwrap_or_default() {
            again.extend(reading.spoken(&text).map(Line::Said));
        }
        let keys =
            fields.text("say_keys", &mut reading.findings).and_then(|text| reading.spoken(&text)).map(Line::Said);
        let help = fields.text("help", &mut reading.findings).and_then(|text| reading.spoken(&text)).map(Line::Said);
        let yes_no = own_yes_no(&manner, asides, reading);
        let asides = asides.iter().map(|(name, (_, aside))| (name.clone(), aside.clone())).collect();
        Some(Self { say: say?, again, keys, help, manner, yes_no, asides })
    }

    /// The question at a try, from 0.
    pub(crate) fn line(&self, attempt: u32, keys_only: bool) -> &Line {
        if keys_only && let Some(keys) = &self.keys {
            return keys;
        }
        if attempt == 0 || self.again.is_empty() {
            return &self.say;
        }
        let index = usize::try_from(attempt - 1).unwrap_or(usize::MAX).min(self.again.len() - 1);
        &self.again[index]
    }

    /// Whether it has a prompt of its own for keys.
    pub(crate) fn has_keys_line(&self) -> bool {
        self.keys.is_some()
    }

    pub(crate) fn lines(&self) -> Vec<&Line> {
        let answers = self.asides.values().filter_map(|aside| match aside {
            Aside::Say(line) => Some(line),
            Aside::Repeat | Aside::Back | Aside::Help | Aside::Wait | Aside::Goto(_) => None,
        });
        let own = std::iter::once(&self.say).chain(&self.again).chain(&self.keys).chain(&self.help);
        own.chain(answers).chain(self.manner.lines()).collect()
    }

    pub(crate) fn exits(&self) -> Vec<NodeId> {
        let left = self.asides.values().filter_map(|aside| match aside {
            Aside::Goto(to) => Some(*to),
            Aside::Repeat | Aside::Back | Aside::Help | Aside::Wait | Aside::Say(_) => None,
        });
        self.manner.exits().chain(left).collect()
    }
}

/// Yes and no where something is confirmed, with the designer's own words; `None` where he has none.
pub(super) fn own_yes_no(manner: &Manner, asides: &Asides, reading: &Reading<'_>) -> Option<Choices> {
    let own = &manner.own_words;
    (!own.is_empty()).then(|| yes_no(own, asides, reading))
}

/// The asides of a node: its `questions` and those of the file.
pub(super) fn node_asides(fields: &mut Fields<'_>, around: &Surroundings, reading: &mut Reading<'_>) -> Asides {
    let mut asides = around.asides.clone();
    asides.extend(read_asides(fields, "questions", reading));
    asides
}

/// The choices by which a question's asides are asked for, without the phrases and keys that answer it.
pub(super) fn aside_choices(asides: &Asides, own: &[Choice]) -> Vec<Choice> {
    let answered = |key: char| key == '0' || own.iter().any(|choice| choice.key == Some(key));
    let mut list = Vec::new();
    for (choice, _) in asides.values() {
        let mut choice = choice.clone();
        choice
            .phrases
            .retain(|phrase| !own.iter().any(|known| known.phrases.iter().any(|known| known.tokens == phrase.tokens)));
        choice.key = choice.key.filter(|key| !answered(*key));
        if !own.iter().any(|known| known.name == choice.name) {
            list.push(choice);
        }
    }
    list
}

impl<'f> Asked<'f> {
    /// The slot of an index, where there are slots.
    pub(crate) fn slot(self, index: usize) -> Option<&'f Slot> {
        match self {
            Self::Menu(_) => None,
            Self::Form(form) => form.slots.get(index),
        }
    }

    /// The question of an item: the menu, or a slot; without an item the form's own.
    pub(crate) fn question(self, item: Option<usize>) -> Option<&'f Question> {
        match (self, item) {
            (Self::Menu(menu), _) => Some(&menu.question),
            (Self::Form(form), Some(index)) => form.slots.get(index).map(|slot| &slot.question),
            (Self::Form(form), None) => form.opening.as_ref(),
        }
    }

    /// How many items are asked for.
    pub(crate) fn items(self) -> usize {
        match self {
            Self::Menu(_) => 1,
            Self::Form(form) => form.slots.len(),
        }
    }

    /// The choices of an item, where it has some.
    pub(crate) fn choices(self, item: usize) -> Option<&'f Choices> {
        match self {
            Self::Menu(menu) => Some(&menu.choices),
            Self::Form(form) => form.slots.get(item).and_then(|slot| slot.kind.choices()),
        }
    }

    /// Whether every word of the answer to an item is listened to, besides the phrases.
    pub(crate) fn is_open(self, item: usize) -> bool {
        match self {
            Self::Menu(menu) => menu.choices.is_open(),
            Self::Form(form) => form.slots.get(item).is_some_and(|slot| slot.kind.is_free()),
        }
    }

    /// The question of an open node for when only its phrases can be listened to.
    pub(crate) fn narrow_line(self) -> Option<&'f Line> {
        match self {
            Self::Menu(menu) => menu.narrow.as_ref(),
            Self::Form(_) => None,
        }
    }

    /// Yes and no to an answer of an item, or to all of them, where the designer has words of his own.
    pub(crate) fn yes_no(self, item: Option<usize>) -> Option<&'f Choices> {
        match (self, item) {
            (Self::Form(form), None) => form.yes_no.as_ref(),
            (asked, item) => asked.question(item)?.yes_no.as_ref(),
        }
    }

    /// Whether an answer to an item can be said in a phrase.
    pub(crate) fn has_phrases(self, item: usize) -> bool {
        match self.choices(item) {
            Some(choices) => choices.own().iter().any(|choice| !choice.phrases.is_empty()),
            None => !self.is_open(item),
        }
    }

    /// All choices that are asked about.
    pub(crate) fn all_choices(self) -> Vec<&'f Choices> {
        (0..self.items()).filter_map(|item| self.choices(item)).collect()
    }

    /// Whether an item can be answered by keys.
    pub(crate) fn has_keys(self, item: usize) -> bool {
        match (self, self.choices(item)) {
            (_, Some(choices)) => has_own_keys(choices),
            (Self::Form(form), None) => form.slots.get(item).is_some_and(|slot| slot.kind.keyed().is_some()),
            (Self::Menu(_), None) => false,
        }
    }

    /// The choices that have no key although others of their list have one.
    pub(crate) fn keyless(self) -> Vec<&'f str> {
        let choices = self.all_choices().into_iter().filter(|choices| has_own_keys(choices));
        choices
            .flat_map(Choices::own)
            .filter(|choice| choice.key.is_none())
            .map(|choice| choice.name.as_str())
            .collect()
    }
}

/// Whether any of the item's own choices has a key, besides the one of the person.
fn has_own_keys(choices: &Choices) -> bool {
    choices.own().iter().any(|choice| choice.key.is_some())
}

/// The meaning of "agent" and its like, in every question.
pub(crate) const PERSON: &str = "person";
/// The key that leads to a person, in every question.
pub(crate) const PERSON_KEY: char = '0';
