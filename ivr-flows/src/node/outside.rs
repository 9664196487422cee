//! The nodes that ask or tell the server's own tables and the world.

use std::collections::BTreeMap;
use std::time::Instant;

use call_model::{ConsultResult, RecordResult};

use super::job::{Job, JobWait};
use super::knowledge::AskKnowledge;
use super::message::Message;
use super::note_risk::NoteRisk;
use super::pre_answer::PreAnswer;
use super::record::Record;
use super::ticket::Ticket;
use super::verify::{Judge, Verify};
use super::voicemail::Voicemail;
use super::{NodeId, Surroundings};
use crate::reading::Reading;
use crate::run::{Core, Step};
use crate::services::Service;
use crate::text::Line;
use crate::value::Type;
use crate::yaml::Fields;

/// A node whose work is done by the server or by somebody beyond it.
#[derive(Debug)]
pub(crate) enum Outside {
    /// Answers a question from a file.
    AskKnowledge(AskKnowledge),
    /// Lets a service begin what takes longer.
    Job(Job),
    /// Waits for its result.
    JobWait(JobWait),
    /// Sends a message.
    Message(Message),
    /// Notes a caller who may be lost.
    NoteRisk(NoteRisk),
    /// Answers what the caller usually wants, on the way to a person.
    PreAnswer(PreAnswer),
    /// Records what the caller says.
    Record(Record),
    /// Opens a ticket, or looks for one.
    Ticket(Ticket),
    /// Lets the caller prove to be who he says.
    Verify(Verify),
    /// Judges what the caller gave.
    Judge(Judge),
    /// Records a message for the people of a queue.
    Voicemail(Voicemail),
}

impl Outside {
    pub(crate) fn read(
        kind: &str,
        fields: &mut Fields<'_>,
        around: &Surroundings,
        reading: &mut Reading<'_>,
    ) -> Option<Self> {
        match kind {
            "job" => Job::read(fields, around, reading).map(Self::Job),
            "message" => Message::read(fields, reading).map(Self::Message),
            "note_risk" => NoteRisk::read(fields, reading).map(Self::NoteRisk),
            "pre_answer" => PreAnswer::read(fields, around, reading).map(Self::PreAnswer),
            "record" => Record::read(fields, reading).map(Self::Record),
            "ticket" => Ticket::read(fields, reading).map(Self::Ticket),
            "verify" => Verify::read(fields, around, reading).map(Self::Verify),
            _ => Voicemail::read(fields, reading).map(Self::Voicemail),
        }
    }

    pub(crate) fn key(&self) -> &'static str {
        match self {
            Self::AskKnowledge(_) => "ask_knowledge",
            Self::Job(_) => "job",
            Self::JobWait(_) => "job_wait",
            Self::Message(_) => "message",
            Self::NoteRisk(_) => "note_risk",
            Self::PreAnswer(_) => "pre_answer",
            Self::Record(_) => "record",
            Self::Ticket(_) => "ticket",
            Self::Verify(_) => "verify",
            Self::Judge(_) => "verify_judge",
            Self::Voicemail(_) => "voicemail",
        }
    }

    /// Checks what needs the whole flow.
    pub(crate) fn check(&self, _scope: &BTreeMap<String, Type>, reading: &mut Reading<'_>) {
        match self {
            Self::NoteRisk(note) => note.check(reading),
            Self::PreAnswer(pre) => pre.check(reading),
            _ => {}
        }
    }

    pub(crate) fn exits(&self, services: &BTreeMap<String, Service>) -> Vec<(NodeId, Vec<String>)> {
        match self {
            Self::AskKnowledge(knowledge) => knowledge.exits(),
            Self::Job(job) => job.exits(),
            Self::JobWait(wait) => wait.exits(services),
            Self::Message(message) => message.exits(),
            Self::NoteRisk(note) => note.exits(),
            Self::PreAnswer(pre) => pre.exits(),
            Self::Record(record) => record.exits(),
            Self::Ticket(ticket) => ticket.exits(),
            Self::Verify(verify) => verify.exits(),
            Self::Judge(judge) => judge.exits(),
            Self::Voicemail(voicemail) => voicemail.exits(),
        }
    }

    /// Whether it waits for the caller.
    pub(crate) fn waits(&self) -> bool {
        matches!(self, Self::Record(_) | Self::Voicemail(_))
    }

    /// The queue whose people get something.
    pub(crate) fn queue(&self) -> Option<&str> {
        match self {
            Self::Voicemail(voicemail) => Some(&voicemail.queue),
            _ => None,
        }
    }

    pub(crate) fn lines(&self) -> Vec<&Line> {
        match self {
            Self::AskKnowledge(knowledge) => knowledge.lines(),
            Self::JobWait(wait) => wait.lines(),
            Self::Record(record) => record.lines(),
            Self::Ticket(ticket) => ticket.lines(),
            Self::Voicemail(voicemail) => voicemail.lines(),
            Self::Job(_)
            | Self::Judge(_)
            | Self::Message(_)
            | Self::NoteRisk(_)
            | Self::PreAnswer(_)
            | Self::Verify(_) => Vec::new(),
        }
    }

    pub(crate) fn enter(&self, id: NodeId, core: &mut Core, now: Instant) -> Step {
        match self {
            Self::AskKnowledge(knowledge) => knowledge.enter(core, now),
            Self::Job(job) => job.enter(id, core, now),
            Self::JobWait(wait) => wait.enter(id, core, now),
            Self::Message(message) => message.enter(id, core, now),
            Self::NoteRisk(note) => note.enter(id, core, now),
            Self::PreAnswer(pre) => pre.enter(id, core, now),
            Self::Record(record) => record.enter(id, core, now),
            Self::Ticket(ticket) => ticket.enter(id, core, now),
            Self::Verify(verify) => verify.enter(id, core, now),
            Self::Judge(judge) => judge.enter(id, core, now),
            Self::Voicemail(voicemail) => voicemail.enter(id, core, now),
        }
    }

    /// The caller was recorded.
    pub(crate) fn recorded(&self, id: NodeId, result: RecordResult, core: &mut Core, now: Instant) -> Step {
        match self {
            Self::Record(record) => record.recorded(result, core),
            Self::Voicemail(voicemail) => voicemail.recorded(id, result, core, now),
            _ => Step::Person,
        }
    }

    /// The server has answered the one question that the node asked.
    pub(crate) fn consulted(&self, _id: NodeId, result: ConsultResult, core: &mut Core, _now: Instant) -> Step {
        match self {
            Self::Job(job) => job.consulted(result, core),
            Self::Message(message) => message.consulted(&result),
            Self::NoteRisk(note) => note.consulted(&result),
            Self::PreAnswer(pre) => pre.consulted(&result),
            Self::Ticket(ticket) => ticket.consulted(result, core),
            Self::Verify(verify) => verify.consulted(&result),
            Self::Judge(judge) => judge.consulted(&result, core),
            Self::Voicemail(voicemail) => voicemail.consulted(&result),
            Self::AskKnowledge(_) | Self::JobWait(_) | Self::Record(_) => Step::Person,
        }
    }
}
