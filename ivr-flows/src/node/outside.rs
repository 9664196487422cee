//! The nodes that ask or tell the server's own tables and the world.

use std::collections::BTreeMap;
use std::time::Instant;

use call_model::{ConsultResult, RecordResult};

use super::message::Message;
use super::note_risk::NoteRisk;
use super::record::Record;
use super::{NodeId, Surroundings};
use crate::reading::Reading;
use crate::run::{Core, Step};
use crate::text::Line;
use crate::value::Type;
use crate::yaml::Fields;

/// A node whose work is done by the server or by somebody beyond it.
#[derive(Debug)]
pub(crate) enum Outside {
    /// Sends a message.
    Message(Message),
    /// Notes a caller who may be lost.
    NoteRisk(NoteRisk),
    /// Records what the caller says.
    Record(Record),
}

impl Outside {
    pub(crate) fn read(
        kind: &str,
        fields: &mut Fields<'_>,
        _around: &Surroundings,
        reading: &mut Reading<'_>,
    ) -> Option<Self> {
        match kind {
            "message" => Message::read(fields, reading).map(Self::Message),
            "note_risk" => NoteRisk::read(fields, reading).map(Self::NoteRisk),
            _ => Record::read(fields, reading).map(Self::Record),
        }
    }

    pub(crate) fn key(&self) -> &'static str {
        match self {
            Self::Message(_) => "message",
            Self::NoteRisk(_) => "note_risk",
            Self::Record(_) => "record",
        }
    }

    /// Checks what needs the whole flow.
    pub(crate) fn check(&self, _scope: &BTreeMap<String, Type>, reading: &mut Reading<'_>) {
        match self {
            Self::NoteRisk(note) => note.check(reading),
            Self::Message(_) | Self::Record(_) => {}
        }
    }

    pub(crate) fn exits(&self) -> Vec<(NodeId, Vec<String>)> {
        match self {
            Self::Message(message) => message.exits(),
            Self::NoteRisk(note) => note.exits(),
            Self::Record(record) => record.exits(),
        }
    }

    /// Whether it waits for the caller.
    pub(crate) fn waits(&self) -> bool {
        match self {
            Self::Record(_) => true,
            Self::Message(_) | Self::NoteRisk(_) => false,
        }
    }

    pub(crate) fn lines(&self) -> Vec<&Line> {
        match self {
            Self::Record(record) => record.lines(),
            Self::Message(_) | Self::NoteRisk(_) => Vec::new(),
        }
    }

    pub(crate) fn enter(&self, id: NodeId, core: &mut Core, now: Instant) -> Step {
        match self {
            Self::Message(message) => message.enter(id, core, now),
            Self::NoteRisk(note) => note.enter(id, core, now),
            Self::Record(record) => record.enter(id, core, now),
        }
    }

    /// The caller was recorded.
    pub(crate) fn recorded(&self, _id: NodeId, result: RecordResult, core: &mut Core, _now: Instant) -> Step {
        match self {
            Self::Record(record) => record.recorded(result, core),
            Self::Message(_) | Self::NoteRisk(_) => Step::Person,
        }
    }

    /// The server has answered the one question that the node asked.
    pub(crate) fn consulted(&self, _id: NodeId, result: ConsultResult, _core: &mut Core, _now: Instant) -> Step {
        match self {
            Self::Message(message) => message.consulted(&result),
            Self::NoteRisk(note) => note.consulted(&result),
            Self::Record(_) => Step::Person,
        }
    }
}
