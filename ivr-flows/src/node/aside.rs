//! What a caller may say in the middle of any question: "repeat that", "go back", "help", "hold on", and what the
//! designer adds.
//!
//! ```yaml
//! globals:                     # at the top of the file; a menu, an ask or a form may have `questions:` of its own
//!   hours:      { hear: [opening hours, when are you open], say: "From eight to six." }
//!   start_over: { hear: [start over], press: "9", goto: welcome }
//!   louder:     { hear: [speak up], does: repeat }
//! ```
//!
//! What has `say` is answered, and the open question is asked again. What has `goto` leaves it.

use std::collections::BTreeMap;

use super::NodeId;
use super::choice::{Written, built_in, read_written};
use crate::nearest::nearest;
use crate::reading::Reading;
use crate::text::Line;
use crate::understand::Choice;
use crate::yaml::{Fields, list_of};

/// What is done in the middle of a question.
#[derive(Debug, Clone)]
pub(crate) enum Aside {
    /// Say again what was said last.
    Repeat,
    /// Go back to the question before.
    Back,
    /// Explain the question.
    Help,
    /// Wait for the caller.
    Wait,
    /// Answer, and ask the question again.
    Say(Line),
    /// Leave the question.
    Goto(NodeId),
}

/// What is done, and how it is asked for.
pub(crate) type Asides = BTreeMap<String, (Choice, Aside)>;

impl Aside {
    /// Whether it is a courtesy that never competes with an answer.
    pub(crate) fn is_courtesy(&self) -> bool {
        match self {
            Self::Repeat | Self::Back | Self::Help | Self::Wait => true,
            Self::Say(_) | Self::Goto(_) => false,
        }
    }
}

/// The names of the courtesies that every flow has.
pub(crate) const COURTESIES: [&str; 4] = ["repeat", "back", "help", "wait"];

/// The asides that every flow has.
pub(crate) fn universals(reading: &Reading<'_>) -> Asides {
    let turns = reading.turns;
    let all = [
        (turns.repeat, Aside::Repeat),
        (turns.back, Aside::Back),
        (turns.help, Aside::Help),
        (turns.wait, Aside::Wait),
    ];
    let of = |(name, (phrases, aside)): (&str, (&[&str], Aside))| {
        let phrases = built_in(phrases, reading);
        (name.to_owned(), (Choice { name: name.to_owned(), label: name.to_owned(), phrases, key: None }, aside))
    };
    COURTESIES.into_iter().zip(all).map(of).collect()
}

/// Takes `globals` or `questions`.
pub(crate) fn read_asides(fields: &mut Fields<'_>, key: &'static str, reading: &mut Reading<'_>) -> Asides {
    let mut asides = Asides::new();
    let file = fields.file();
    for (name, tree) in fields.entries(key, &mut reading.findings).unwrap_or_default() {
        let Some(mut inner) = reading.open(file, tree, format!("`{}` under `{key}`", name.text)) else { continue };
        let known = universals(reading).remove(&name.text);
        let written = read_written(&mut inner, name, Vec::new(), reading);
        let aside = read_aside(&mut inner, known.as_ref().map(|(_, aside)| aside), reading);
        inner.finish(&mut reading.findings);
        let Some(aside) = aside else { continue };
        let (name, mut choice) = choice_of(written);
        if let Some((known, _)) = known {
            choice.phrases.extend(known.phrases);
        }
        asides.insert(name, (choice, aside));
    }
    asides
}

fn read_aside(fields: &mut Fields<'_>, known: Option<&Aside>, reading: &mut Reading<'_>) -> Option<Aside> {
    let place = fields.place;
    if fields.has("goto") {
        return reading.must_target(fields, "goto", "").map(Aside::Goto);
    }
    if let Some(does) = fields.text("does", &mut reading.findings) {
        let aside = match does.text.as_str() {
            "repeat" => Aside::Repeat,
            "back" => Aside::Back,
            "help" => Aside::Help,
            "wait" => Aside::Wait,
            _ => {
                let fix = match nearest(&does.text, DOES.iter().copied()) {
                    Some(known) => format!("write `{known}`"),
                    None => format!("write one of {}", list_of(DOES)),
                };
                reading.findings.error(does.place, format!("nothing is called `{}` here", does.text), fix);
                return None;
            }
        };
        return Some(aside);
    }
    if let Some(line) = reading.line(fields, "say", "audio") {
        return Some(Aside::Say(line));
    }
    if known.is_none() {
        let fix = "add `say:` with the answer, `goto:` with a node, or `does: repeat`, `back`, `help` or `wait`";
        reading.findings.error(place, "it does not say what is done", fix);
    }
    known.cloned()
}

fn choice_of(written: Written) -> (String, Choice) {
    let name = written.name.text;
    let phrases = written.phrases.into_iter().map(|(_, phrase)| phrase).collect();
    (name.clone(), Choice { name, label: written.label, phrases, key: written.key.map(|(_, key)| key) })
}

const DOES: &[&str] = &["repeat", "back", "help", "wait"];
