//! What is asked just now, and what is known of its answers.

use std::collections::BTreeSet;
use std::sync::Arc;

use call_model::{Certainty, PromptPart};

use super::{Asking, Core};
use crate::flow::Flow;
use crate::language::KeyedDates;
use crate::node::{Asked, CERTAIN, Manner, NO, Question, YES};
use crate::understand::{Choice, Choices, SlotType};

/// Which question is asked.
#[derive(Debug)]
pub(super) enum Phase {
    /// The form's open one.
    Opening,
    /// An item's own: the menu's, or a slot's.
    Item(usize),
    /// Whether one answer was understood right.
    Confirming(Confirming),
    /// Whether all values are right.
    Together(Together),
    /// What among several values is wrong.
    Changing(Tries),
}

/// An understanding that the caller is to confirm.
#[derive(Debug)]
pub(super) struct Confirming {
    pub(super) item: usize,
    pub(super) answer: Answer,
    /// What it may have been instead, best first.
    pub(super) others: Vec<Answer>,
    /// The question, for every repetition.
    pub(super) parts: Vec<PromptPart>,
    pub(super) tries: Tries,
}

/// All values, read back.
#[derive(Debug)]
pub(super) struct Together {
    pub(super) parts: Vec<PromptPart>,
    pub(super) tries: Tries,
}

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// The choice's name, or the value as it is stored.
    pub(super) meaning: String,
    /// The choice's index, where there are choices.
    pub(super) choice: Option<usize>,
    pub(super) certainty: Certainty,
}

/// A slot, or a menu's choice.
#[derive(Debug, Default)]
pub(super) struct Item {
    pub(super) given: Option<Given>,
    /// Answers that the caller declined.
    pub(super) refused: BTreeSet<String>,
    pub(super) rejections: u32,
    pub(super) tries: Tries,
}

/// A value of a slot.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) answer: Answer,
    /// Whether the caller has said yes to it.
    pub(super) confirmed: bool,
    /// Whether it counts only after a yes to it alone.
    pub(super) pending: bool,
    /// The how-manieth filling it was.
    pub(super) filling: u32,
}

/// Failures in a row with one question.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tries {
    pub(super) silent: u32,
    pub(super) misunderstood: u32,
    pub(super) keys_only: bool,
}

/// Digits that were given so far.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub(super) digits: String,
    /// The least certain turn; 100 where all were pressed.
    pub(super) certainty: Option<Certainty>,
    /// What they are by another reading, and how certain that is.
    pub(super) instead: Option<(String, Certainty)>,
    pub(super) pressed: bool,
}

impl Collected {
    /// Adds what one turn held, and what it held by another reading.
    pub(super) fn add(&mut self, (digits, certainty): (&str, Certainty), instead: Option<(String, Certainty)>) {
        let so_far = self.certainty.unwrap_or(CERTAIN);
        let instead = instead.filter(|(other, _)| other != digits && !other.is_empty());
        if instead.is_some() || self.instead.is_some() {
            let (mut all, least) = self.instead.take().unwrap_or_else(|| (self.digits.clone(), so_far));
            let (more, certainty) = instead.unwrap_or_else(|| (digits.to_owned(), certainty));
            all.push_str(&more);
            self.instead = Some((all, least.min(certainty)));
        }
        self.digits.push_str(digits);
        self.certainty = Some(so_far.min(certainty));
    }

    /// What the digits may be, the likelier first; no other reading is certain.
    pub(super) fn readings(&self) -> impl Iterator<Item = (&str, Certainty)> {
        let first = (self.digits.as_str(), self.certainty.unwrap_or(CERTAIN));
        let second = self.instead.as_ref().map(|(digits, certainty)| (digits.as_str(), *certainty.min(&DISPUTED)));
        std::iter::once(first).chain(second)
    }
}

impl Asking {
    /// The item that is asked about, if it is one.
    pub(super) fn item(&self) -> Option<usize> {
        match &self.phase {
            Phase::Item(item) | Phase::Confirming(Confirming { item, .. }) => Some(*item),
            Phase::Opening | Phase::Together(_) | Phase::Changing(_) => None,
        }
    }

    /// The question that is asked, or whose answer is confirmed.
    pub(super) fn question<'f>(&self, asked: Asked<'f>) -> Option<&'f Question> {
        asked.question(self.item())
    }

    /// How is asked.
    pub(super) fn manner<'f>(&self, asked: Asked<'f>) -> &'f Manner {
        match (self.item().and_then(|item| asked.question(Some(item))), asked) {
            (Some(question), _) => &question.manner,
            (None, Asked::Form(form)) => &form.manner,
            (None, Asked::Menu(menu)) => &menu.question.manner,
        }
    }

    /// The failures of the question that is asked now.
    pub(super) fn tries(&mut self) -> &mut Tries {
        match &mut self.phase {
            Phase::Item(item) => match self.items.get_mut(*item) {
                Some(item) => &mut item.tries,
                None => &mut self.opening,
            },
            Phase::Opening => &mut self.opening,
            Phase::Confirming(Confirming { tries, .. })
            | Phase::Together(Together { tries, .. })
            | Phase::Changing(tries) => tries,
        }
    }

    pub(super) fn tries_now(&self) -> Tries {
        match &self.phase {
            Phase::Item(item) => self.items.get(*item).map_or(self.opening, |item| item.tries),
            Phase::Opening => self.opening,
            Phase::Confirming(Confirming { tries, .. })
            | Phase::Together(Together { tries, .. })
            | Phase::Changing(tries) => *tries,
        }
    }

    /// What is listened for.
    pub(super) fn grammar<'f>(&self, asked: Asked<'f>, flow: &'f Flow) -> Listened<'f> {
        let alone = |index: usize| asked.slot(index).is_some_and(|slot| slot.kind.listens_alone() || slot.sensitive);
        match (&self.phase, asked) {
            (Phase::Item(_) | Phase::Opening, Asked::Menu(menu)) => Listened::to_choices(&menu.choices),
            (Phase::Item(index), Asked::Form(form)) => match form.slots.get(*index) {
                Some(slot) if alone(*index) || form.slots.len() == 1 => match slot.kind.choices() {
                    Some(choices) => Listened::to_choices(choices),
                    None => {
                        let string = slot.kind.keyed().is_some_and(|keyed| keyed.in_turns && keyed.max > 1);
                        Listened { string, ..Listened::to(slot.kind.grammar().grammar(), false) }
                    }
                },
                Some(_) | None => Listened::to(&form.everything, false),
            },
            (Phase::Opening | Phase::Changing(_), Asked::Form(form)) => Listened::to(&form.everything, false),
            (Phase::Confirming(confirming), Asked::Form(form)) if !alone(confirming.item) => {
                Listened::to(&form.correcting, true)
            }
            (Phase::Together(_), Asked::Form(form)) => Listened::to(&form.correcting, true),
            (Phase::Confirming(_) | Phase::Together(_) | Phase::Changing(_), _) => {
                Listened::to(self.yes_no(asked, flow).grammar(), true)
            }
        }
    }

    /// Yes and no, as they are understood where something is confirmed now.
    pub(super) fn yes_no<'f>(&self, asked: Asked<'f>, flow: &'f Flow) -> &'f Choices {
        asked.yes_no(self.item()).unwrap_or(&flow.yes_no)
    }

    /// Whether every word is listened to.
    pub(super) fn listens_freely(&self, asked: Asked<'_>) -> bool {
        matches!(&self.phase, Phase::Item(item) if asked.is_open(*item)) && !self.narrow
    }

    /// The parts of the question of the phase, in its next form.
    pub(super) fn question_parts(&self, asked: Asked<'_>, core: &Core) -> Result<Vec<PromptPart>, String> {
        match &self.phase {
            Phase::Confirming(confirming) => Ok(confirming.parts.clone()),
            Phase::Together(together) => Ok(together.parts.clone()),
            Phase::Changing(_) => Ok(vec![core.flow.sentence(core.flow.turns.what_to_change.to_owned())]),
            Phase::Opening | Phase::Item(_) => {
                let Some(question) = self.question(asked) else { return Ok(Vec::new()) };
                let tries = self.tries_now();
                let rejections = self.item().and_then(|item| self.items.get(item)).map_or(0, |item| item.rejections);
                let attempt = tries.silent + tries.misunderstood + rejections;
                let keys_only = self.keys_only(asked) || self.deaf;
                let narrow = asked.narrow_line().filter(|_| self.narrow && !keys_only);
                let by_parts =
                    self.item().and_then(|item| asked.slot(item)).is_some_and(|slot| slot.is_keyed_by_parts());
                let told = self.keys_told(asked, core).filter(|_| self.deaf || keys_only && by_parts);
                if let (Some(told), Asked::Menu(_)) = (&told, asked) {
                    return Ok(vec![told.clone()]);
                }
                let mut parts = core.parts(&[narrow.unwrap_or_else(|| question.line(attempt, keys_only))])?;
                parts.extend(told);
                Ok(parts)
            }
        }
    }

    /// The keys of the choices, or that keys are to be used, where the question has no words of its own for keys.
    pub(super) fn keys_told(&self, asked: Asked<'_>, core: &Core) -> Option<PromptPart> {
        let item = self.item()?;
        self.question(asked).filter(|question| !question.has_keys_line())?;
        let (flow, slot) = (&core.flow, asked.slot(item));
        let Some(choices) = asked.choices(item) else {
            slot.and_then(|slot| slot.kind.keyed())?;
            let dates = KeyedDates::of(flow.language());
            let told = match slot.map(|slot| &slot.kind.of) {
                Some(SlotType::Date(_)) => dates.date,
                Some(SlotType::Time) => dates.time,
                Some(SlotType::DateTime(_)) => dates.date_time,
                _ => flow.words.use_keys,
            };
            return Some(flow.sentence(told.to_owned()));
        };
        let yes_no = slot.is_some_and(|slot| slot.kind.is_yes_no());
        let label = |choice: &Choice| {
            let said = match choice.name.as_str() {
                YES if yes_no => flow.words.yes.first(),
                NO if yes_no => flow.words.no.first(),
                _ => None,
            };
            said.map_or_else(|| choice.label.clone(), |said| (*said).to_owned())
        };
        let keyed = choices.own().iter().filter(|choice| choice.key.is_some());
        let offered: Vec<(String, Option<char>)> = keyed.map(|choice| (label(choice), choice.key)).collect();
        if offered.is_empty() {
            return None;
        }
        let offers = flow.turns.offers(&offered);
        let mut characters = offers.chars();
        let first: String = characters.next()?.to_uppercase().collect();
        Some(flow.varying(first + characters.as_str()))
    }

    /// Whether the answer of the phase stays out of every record.
    pub(super) fn is_sensitive(&self, asked: Asked<'_>) -> bool {
        let sensitive = |index: usize| asked.slot(index).is_some_and(|slot| slot.sensitive);
        match self.item() {
            Some(item) => sensitive(item),
            None => match &self.phase {
                Phase::Together(_) | Phase::Changing(_) => (0..self.items.len()).any(sensitive),
                Phase::Opening | Phase::Item(_) | Phase::Confirming(_) => false,
            },
        }
    }

    /// Whether what is asked now can be answered by keys.
    pub(super) fn keys_will_do(&self, asked: Asked<'_>) -> bool {
        match self.item() {
            Some(item) => asked.has_keys(item),
            None => (0..self.items.len()).all(|item| asked.has_keys(item)),
        }
    }
}

/// What one question listens for.
pub(super) struct Listened<'f> {
    pub(super) phrases: &'f Arc<[String]>,
    /// How many of them, from the first on, callers put into sentences of their own.
    pub(super) in_sentences: usize,
    /// Whether a whole phrase ends the turn.
    pub(super) whole_phrase_ends: bool,
    /// Whether a string of digits is listened for, and nothing else.
    pub(super) string: bool,
}

impl<'f> Listened<'f> {
    fn to(phrases: &'f Arc<[String]>, whole_phrase_ends: bool) -> Self {
        Self { phrases, in_sentences: 0, whole_phrase_ends, string: false }
    }

    fn to_choices(choices: &'f Choices) -> Self {
        let in_sentences = choices.in_sentences();
        Self { phrases: choices.grammar(), in_sentences, whole_phrase_ends: true, string: false }
    }
}

/// Our certainty of a string that can be read in two ways: enough to be asked about.
pub(super) const DISPUTED: Certainty = 70;
