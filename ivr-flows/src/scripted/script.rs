//! A file of dialogues.

use std::time::Duration;

use call_model::{ConsultKind, ConsultResult, TransferFailure};
use jiff::civil::DateTime;

use super::answer::Answer;
use super::expectation::Expectation;
use super::parse;
use super::pattern::Pattern;
use crate::diagnostic::Diagnostic;

/// A file of dialogues with one flow.
#[derive(Debug, Clone)]
pub struct Script {
    pub(super) flow: String,
    pub(super) dialogues: Vec<Dialogue>,
}

/// One dialogue: what the world is like, what the caller does, and what must come.
#[derive(Debug, Clone)]
pub struct Dialogue {
    /// What it is about.
    pub name: String,
    /// The line that it begins in.
    pub line: u32,
    pub(super) steps: Vec<Step>,
}

/// One line of a dialogue.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) line: u32,
    /// The line as it was written.
    pub(super) written: String,
    pub(super) does: Does,
}

/// What a line does.
#[derive(Debug, Clone)]
pub(super) enum Does {
    /// `caller:`, `called:` or `given NAME:`, before the call begins.
    Given(Given, String),
    /// `service NAME:`: what it answers from now on; lines in a row are used in turn, and the last one stays.
    Service { name: String, answer: Answer, in_turn: bool },
    /// `queue NAME:`: whether people are there.
    Queue(String, People),
    /// `recogniser:`: whether nobody listens.
    Deaf(bool),
    /// `local:`: the wall time at which the call begins.
    Local(DateTime),
    /// `server KIND:`: what the server's own tables answer.
    Server(ConsultKind, ConsultResult),
    /// `recorder:`: whether nothing can be recorded.
    CannotRecord(bool),
    /// `<`: what is said.
    Hears(Pattern),
    /// `>`: what the caller does, before the prompt has ended where `interrupts`.
    Acts { act: Act, interrupts: bool },
    /// `=`: what must be the case.
    Expects(Expectation),
}

/// What the call brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Given {
    Caller,
    Called,
    Variable(String),
}

/// Whether people come to a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum People {
    /// The caller waits.
    Wait,
    /// They cannot be reached, for this reason.
    Fail(TransferFailure),
}

/// What the caller does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    Says(String),
    Mumbles(String),
    Sound(String),
    Presses(String),
    IsSilent,
    Waits(Duration),
    HangsUp,
}

impl Does {
    /// Whether it says how the world is, rather than what happens in the call.
    pub(super) fn is_setting(&self) -> bool {
        !matches!(self, Self::Hears(_) | Self::Acts { .. } | Self::Expects(_))
    }
}

impl Script {
    /// Reads a file of dialogues; `name` is its path, for diagnostics.
    ///
    /// # Errors
    ///
    /// Every line that cannot be read, with what to write instead.
    pub fn read(name: &str, text: &str) -> Result<Self, Vec<Diagnostic>> {
        parse::parse(name, text)
    }

    /// The flow's file, relative to the script's folder.
    pub fn flow(&self) -> &str {
        &self.flow
    }

    /// How many things callers do in all of its dialogues.
    pub fn steps(&self) -> usize {
        let steps = self.dialogues.iter().flat_map(|dialogue| &dialogue.steps);
        steps.filter(|step| matches!(step.does, Does::Acts { .. })).count()
    }

    /// The dialogues, in their order.
    pub fn dialogues(&self) -> &[Dialogue] {
        &self.dialogues
    }
}
