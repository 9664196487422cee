//! The manner of asking: what a question inherits from its form, its file and `tuning.yaml`, nearest first.
//!
//! ```yaml
//! barge_in: by_speech        # never, by_key, by_speech, by_word
//! min_words: 2               # words that interrupt, for by_speech
//! no_barge_in: 800ms         # speech does not interrupt before
//! input: [speech, keys]
//! certainty: { accept: 75, confirm: 45, margin: 15 }
//! timing: { no_input: 5s }
//! if_silent: [{ say: "I did not hear you." }, { goto: desk }]
//! if_not_understood: [{ say: "Sorry?", reprompt: false }, { goto: desk }]
//! agree: [sure thing]        # further words of yes
//! refuse: [no way]           # and of no
//! ```

use std::sync::Arc;
use std::time::Duration;

use call_model::BargeIn;

use super::NodeId;
use super::own_words::OwnWords;
use super::play::read_barge_in;
use crate::language::Words;
use crate::reading::Reading;
use crate::text::{Line, Template};
use crate::timing::Timing;
use crate::understand::Thresholds;
use crate::yaml::{Fields, Tree};

/// How a question is asked and listened for.
#[derive(Debug, Clone)]
pub(crate) struct Manner {
    /// What is done when nothing came.
    pub(crate) silent: Rungs,
    /// What is done when nothing was understood.
    pub(crate) misunderstood: Rungs,
    pub(crate) barge_in: BargeIn,
    /// The words that speech must have to interrupt a prompt.
    pub(crate) min_words: u32,
    /// Speech does not interrupt a prompt before.
    pub(crate) no_barge_in: Duration,
    pub(crate) inputs: Inputs,
    pub(crate) timing: Timing,
    pub(crate) thresholds: Thresholds,
    /// What agrees and refuses, beside the words of the language.
    pub(crate) own_words: OwnWords,
}

/// By what a question can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inputs {
    Both,
    Speech,
    Keys,
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
        /// Whether the question is repeated.
        reprompt: bool,
    },
    /// Go somewhere.
    Goto(NodeId),
}

impl Manner {
    /// What holds where nothing is written.
    pub(crate) fn plain(words: &'static Words, person: Option<NodeId>) -> Self {
        Self {
            silent: ladder(words, words.not_heard, person),
            misunderstood: ladder(words, words.not_understood, person),
            barge_in: BargeIn::BySpeech,
            min_words: 1,
            no_barge_in: Duration::ZERO,
            inputs: Inputs::Both,
            timing: Timing::default(),
            thresholds: Thresholds::default(),
            own_words: OwnWords::default(),
        }
    }

    /// Takes what is written at one level; the rest is inherited.
    pub(crate) fn read(fields: &mut Fields<'_>, around: &Self, reading: &mut Reading<'_>) -> Self {
        let file = fields.file();
        let most = Duration::from_secs(10);
        Self {
            silent: read_rungs(fields, "if_silent", reading).unwrap_or_else(|| around.silent.clone()),
            misunderstood: read_rungs(fields, "if_not_understood", reading)
                .unwrap_or_else(|| around.misunderstood.clone()),
            barge_in: read_barge_in(fields, around.barge_in, reading),
            min_words: fields
                .count("min_words", 1, 5, &mut reading.findings)
                .map_or(around.min_words, |(_, words)| words),
            no_barge_in: reading.duration(fields, "no_barge_in", Duration::ZERO, most).unwrap_or(around.no_barge_in),
            inputs: read_inputs(fields, reading).unwrap_or(around.inputs),
            timing: match fields.tree("timing") {
                Some(tree) => Timing::read(file, tree, &around.timing, reading),
                None => around.timing.clone(),
            },
            thresholds: match fields.tree("certainty") {
                Some(tree) => read_thresholds(file, tree, around.thresholds, reading),
                None => around.thresholds,
            },
            own_words: OwnWords::read(fields, &around.own_words, reading),
        }
    }

    /// Whether the dialogue itself decides what interrupts a prompt.
    pub(crate) fn decides_barge_in(&self) -> bool {
        self.barge_in == BargeIn::BySpeech && (self.min_words > 1 || !self.no_barge_in.is_zero())
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = &Line> {
        self.silent.iter().chain(self.misunderstood.iter()).filter_map(|rung| match rung {
            Rung::Say { line, .. } => line.as_ref(),
            Rung::Goto(_) => None,
        })
    }

    pub(crate) fn exits(&self) -> impl Iterator<Item = NodeId> {
        self.silent.iter().chain(self.misunderstood.iter()).filter_map(|rung| match rung {
            Rung::Goto(to) => Some(*to),
            Rung::Say { .. } => None,
        })
    }
}

/// What is done at failures where nothing is written: say it again, then by keys, then the person.
fn ladder(words: &'static Words, said: &str, person: Option<NodeId>) -> Rungs {
    let say = |text: &str, keys_only| Rung::Say {
        line: Some(Line::Said(Template::Fixed(text.to_owned()))),
        keys_only,
        reprompt: true,
    };
    let mut rungs = vec![say(said, false), say(words.use_keys, true)];
    rungs.extend(person.map(Rung::Goto));
    rungs.into()
}

/// Takes what is done from failure to failure.
fn read_rungs(fields: &mut Fields<'_>, name: &'static str, reading: &mut Reading<'_>) -> Option<Rungs> {
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
            let reprompt = rung.flag("reprompt", &mut reading.findings).unwrap_or(true);
            rungs.push(Rung::Say { line, keys_only, reprompt });
        }
        rung.finish(&mut reading.findings);
    }
    Some(rungs.into())
}

/// Takes `input`.
fn read_inputs(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Inputs> {
    let given = fields.texts("input", &mut reading.findings)?;
    let has = |name: &str| given.iter().any(|text| text.text == name);
    for text in given.iter().filter(|text| text.text != "speech" && text.text != "keys") {
        let message = format!("nobody can answer by `{}`", text.text);
        reading.findings.error(
            text.place,
            message,
            "write `input: [speech, keys]`, `input: [keys]` or `input: [speech]`",
        );
    }
    match (has("speech"), has("keys")) {
        (true, true) => Some(Inputs::Both),
        (true, false) => Some(Inputs::Speech),
        (false, true) => Some(Inputs::Keys),
        (false, false) => None,
    }
}

/// Takes `accept`, `confirm` and `margin`.
fn read_thresholds(file: u32, tree: &Tree, around: Thresholds, reading: &mut Reading<'_>) -> Thresholds {
    let Some(mut fields) = reading.open(file, tree, "`certainty`") else { return around };
    let place = fields.place;
    let mut take = |name, otherwise: u8| {
        let taken = fields.count(name, 0, 100, &mut reading.findings);
        taken.and_then(|(_, count)| u8::try_from(count).ok()).unwrap_or(otherwise)
    };
    let thresholds = Thresholds {
        accept: take("accept", around.accept),
        confirm: take("confirm", around.confirm),
        margin: take("margin", around.margin),
    };
    fields.finish(&mut reading.findings);
    if thresholds.confirm > thresholds.accept {
        let message = format!("`confirm` is {} and `accept` only {}", thresholds.confirm, thresholds.accept);
        reading.findings.error(place, message, "write `accept` as the larger of the two");
    }
    thresholds
}
