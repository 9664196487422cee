//! What every question has: its prompts from try to try, and what is done when no answer comes.

use std::sync::Arc;

use call_model::BargeIn;

use super::ask::Ask;
use super::menu::Menu;
use super::play::read_barge_in;
use super::{NodeId, Surroundings};
use crate::reading::Reading;
use crate::text::Line;
use crate::understand::Choices;
use crate::yaml::{Fields, Tree};

/// How a node asks.
#[derive(Debug)]
pub(crate) struct Question {
    /// The first time.
    pub(crate) say: Line,
    /// The second time, the third and so on; the last one stands for all that follow.
    again: Vec<Line>,
    /// When only keys count.
    keys: Option<Line>,
    pub(crate) silent: Rungs,
    pub(crate) misunderstood: Rungs,
    pub(crate) barge_in: BargeIn,
}

/// What is done at the first failure, the second and so on.
pub(crate) type Rungs = Arc<[Rung]>;

/// What is done at one failure.
#[derive(Debug, Clone)]
pub(crate) enum Rung {
    /// Say something and ask again.
    Say {
        /// What is said before the question; nothing for a plain repetition.
        line: Option<Line>,
        /// Whether only keys count from here on.
        keys_only: bool,
    },
    /// Go somewhere.
    Goto(NodeId),
}

/// What is asked at a node, seen by the turn that asks it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asked<'f> {
    /// One of a menu's choices.
    Menu(&'f Menu),
    /// A slot.
    Ask(&'f Ask),
}

impl Question {
    /// Takes the prompts, `if_silent`, `if_not_understood` and `barge_in`.
    pub(crate) fn read(
        fields: &mut Fields<'_>,
        what: &str,
        around: &Surroundings,
        reading: &mut Reading<'_>,
    ) -> Option<Self> {
        let say = reading.must_line(fields, what);
        let mut again = Vec::new();
        for text in fields.texts("say_again", &mut reading.findings).unwrap_or_default() {
            again.extend(reading.spoken(&text).map(Line::Said));
        }
        let keys =
            fields.text("say_keys", &mut reading.findings).and_then(|text| reading.spoken(&text)).map(Line::Said);
        let silent = read_rungs(fields, "if_silent", reading).unwrap_or_else(|| around.silent.clone());
        let misunderstood =
            read_rungs(fields, "if_not_understood", reading).unwrap_or_else(|| around.misunderstood.clone());
        let barge_in = read_barge_in(fields, BargeIn::BySpeech, reading);
        Some(Self { say: say?, again, keys, silent, misunderstood, barge_in })
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
        let rungs = self.silent.iter().chain(self.misunderstood.iter());
        let said = rungs.filter_map(|rung| match rung {
            Rung::Say { line, .. } => line.as_ref(),
            Rung::Goto(_) => None,
        });
        std::iter::once(&self.say).chain(&self.again).chain(&self.keys).chain(said).collect()
    }

    pub(crate) fn exits(&self) -> Vec<NodeId> {
        let rungs = self.silent.iter().chain(self.misunderstood.iter());
        rungs
            .filter_map(|rung| match rung {
                Rung::Goto(to) => Some(*to),
                Rung::Say { .. } => None,
            })
            .collect()
    }
}

/// Takes what is done from failure to failure.
pub(crate) fn read_rungs(fields: &mut Fields<'_>, name: &'static str, reading: &mut Reading<'_>) -> Option<Rungs> {
    let tree = fields.tree(name)?;
    let place = fields.at(tree);
    let items: Vec<&Tree> = match &tree.content {
        crate::yaml::Content::List(items) => items.iter().collect(),
        _ => Vec::new(),
    };
    if items.is_empty() {
        let fix = "write `- say: \"...\"` lines below it, and `- goto: node` as the last";
        reading.findings.error(place, format!("`{name}` lists nothing to do"), fix);
        return None;
    }
    let mut rungs = Vec::new();
    let mut ended = false;
    for item in items {
        let item_place = fields.at(item);
        if ended {
            reading.findings.error(item_place, "nothing comes after `goto`", "put `goto` last");
        }
        let Some(mut rung) = reading.open(fields.file(), item, format!("the step of `{name}`")) else { continue };
        if rung.has("goto") {
            rungs.extend(reading.must_target(&mut rung, "goto", "").map(Rung::Goto));
            ended = true;
        } else {
            let line = reading.line(&mut rung, "say", "audio");
            let keys_only = rung.flag("keys_only", &mut reading.findings).unwrap_or(false);
            rungs.push(Rung::Say { line, keys_only });
        }
        rung.finish(&mut reading.findings);
    }
    Some(rungs.into())
}

impl<'f> Asked<'f> {
    pub(crate) fn question(self) -> &'f Question {
        match self {
            Self::Menu(menu) => &menu.question,
            Self::Ask(ask) => &ask.question,
        }
    }

    /// The choices, where the question has some.
    pub(crate) fn choices(self) -> Option<&'f Choices> {
        match self {
            Self::Menu(menu) => Some(&menu.choices),
            Self::Ask(ask) => ask.choices(),
        }
    }

    /// Whether every word of the caller is listened to, besides the phrases.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::Menu(menu) if menu.choices.is_open())
    }

    /// The question of an open node for when only its phrases can be listened to.
    pub(crate) fn narrow_line(self) -> Option<&'f Line> {
        match self {
            Self::Menu(menu) => menu.narrow.as_ref(),
            Self::Ask(_) => None,
        }
    }

    /// Whether any of its own choices can be said in a phrase.
    pub(crate) fn has_phrases(self) -> bool {
        self.choices().is_none_or(|choices| {
            choices.list().iter().any(|choice| !choice.phrases.is_empty() && choice.name != PERSON)
        })
    }

    /// Whether it can be answered by keys.
    pub(crate) fn has_keys(self) -> bool {
        self.choices().is_none() || self.has_own_keys()
    }

    /// The choices that have no key.
    pub(crate) fn keyless(self) -> Vec<&'f str> {
        let choices = self.choices().map(Choices::list).unwrap_or_default();
        choices
            .iter()
            .filter(|choice| choice.key.is_none() && choice.name != PERSON)
            .map(|choice| choice.name.as_str())
            .collect()
    }

    /// Whether any of its own choices has a key, besides the one of the person.
    pub(crate) fn has_own_keys(self) -> bool {
        self.choices()
            .is_some_and(|choices| choices.list().iter().any(|choice| choice.key.is_some() && choice.name != PERSON))
    }
}

/// The meaning of "agent" and its like, in every question.
pub(crate) const PERSON: &str = "person";
