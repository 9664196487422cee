//! Running a finished call again from its events.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use call_model::{CallEvent, ConsultFailure, EventRecord, RecordFailure, SoundFailure};

use crate::flow::Flow;
use crate::run::{FetchFailure, FlowRun, HttpAnswer, Input, Output, Start, WITHHELD, WITHHELD_KEY};

/// Where a call that is run again left its path.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Divergence {
    /// The events hold no beginning of a dialogue.
    #[error("the events hold no beginning of a dialogue: record the call from its first event on")]
    NoBeginning,
    /// The call was made with other files.
    #[error("the call was made with the flow {recorded}, not with {given}: give the files of that time")]
    OtherFlow {
        /// The hash in the events.
        recorded: call_model::FlowHash,
        /// The hash of the flow that was given.
        given: call_model::FlowHash,
    },
    /// Something else happened than was recorded.
    #[error("event {number}: recorded {recorded:?}, now {now:?}")]
    OtherPath {
        /// The number of the recorded event.
        number: u32,
        /// What was recorded.
        recorded: Box<CallEvent>,
        /// What happens now, if anything.
        now: Option<Box<CallEvent>>,
    },
    /// The record keeps back what a caller answered to a sensitive question: up to here the path is the same, beyond it
    /// cannot be walked.
    #[error("event {number}: the answer to a sensitive question is not recorded; the call cannot be run beyond it")]
    Withheld {
        /// The number of the event.
        number: u32,
    },
    /// The dialogue goes on although the record ends.
    #[error("the record ends, but now {now:?} follows")]
    GoesOn {
        /// What happens now.
        now: Box<CallEvent>,
    },
}

/// Runs a finished call again: feeds the recorded facts into a new dialogue, in their order, and compares what it tells
/// with what was recorded. `origin` is any instant; times are relative to it.
///
/// Gives the dialogue's events. What the call told besides (ringing, agents, legs) is passed over.
///
/// # Errors
///
/// The first event that differs.
pub fn replay(flow: Arc<Flow>, records: &[EventRecord], origin: Instant) -> Result<Vec<CallEvent>, Divergence> {
    let (start, began) = beginning(&flow, records)?;
    let at = |record: &EventRecord| origin + Duration::from_millis(record.at_ms);
    let mut walk = Walk {
        run: FlowRun::new(flow, start, at(&records[began])),
        told: VecDeque::new(),
        events: Vec::new(),
        now: origin,
    };
    walk.collect();
    for record in &records[began..] {
        walk.now = walk.now.max(at(record));
        if !is_dialogue(&record.event) {
            continue;
        }
        if is_withheld(&record.event) {
            return Err(Divergence::Withheld { number: record.number });
        }
        if walk.told.is_empty() && !walk.feed(&record.event) && is_foreign(&record.event) {
            continue;
        }
        walk.expect(record)?;
    }
    match walk.told.pop_front() {
        Some(now) => Err(Divergence::GoesOn { now: Box::new(now) }),
        None => Ok(walk.events),
    }
}

struct Walk {
    run: FlowRun,
    /// What the dialogue tells now and the record has not shown yet.
    told: VecDeque<CallEvent>,
    events: Vec<CallEvent>,
    now: Instant,
}

impl Walk {
    fn collect(&mut self) {
        while let Some(output) = self.run.poll_output() {
            if let Output::Event(event) = output {
                self.told.push_back(event);
            }
        }
    }

    /// Feeds the fact that an event tells of. `false` when it tells of none, or the dialogue waits for no such fact.
    fn feed(&mut self, event: &CallEvent) -> bool {
        let now = self.now;
        match event {
            CallEvent::PromptEnded { played_ms, interrupted } => {
                let Some(order) = self.run.oldest_prompt() else { return false };
                self.run.replay_prompt_ended(order, *played_ms, *interrupted, now);
            }
            CallEvent::SpeechStarted => {
                let Some(order) = self.run.listening() else { return false };
                self.run.handle_input(Input::SpeechStarted { order }, now);
            }
            CallEvent::SpeechHeard { heard, .. } => {
                let Some(order) = self.run.listening() else { return false };
                self.run.handle_input(Input::Heard { order, heard: heard.clone() }, now);
            }
            CallEvent::ListenFailed => {
                let Some(order) = self.run.listening() else { return false };
                let why = SoundFailure::RecogniserUnavailable;
                self.run.handle_input(Input::Failed { order, why }, now);
            }
            CallEvent::ListenNarrowed => {
                let Some(order) = self.run.listening() else { return false };
                self.run.handle_input(Input::Failed { order, why: SoundFailure::OnlyPhrases }, now);
            }
            CallEvent::DigitPressed { digit } => self.run.handle_input(Input::DigitPressed { digit: *digit }, now),
            CallEvent::FetchEnded { status, body, problem, .. } => {
                let Some(order) = self.run.fetching() else { return false };
                let answer = status.map(|status| HttpAnswer { status, body: body.clone() });
                let failure = problem.as_deref().and_then(FetchFailure::named);
                let result = answer.ok_or(failure.unwrap_or(FetchFailure::Unreachable));
                self.run.handle_input(Input::Fetched { order, result }, now);
            }
            CallEvent::ConsultEnded { answer, failure, .. } => {
                let Some(order) = self.run.consulting() else { return false };
                let failed = failure.clone().unwrap_or(ConsultFailure::Failed);
                self.run.handle_input(Input::Consulted { order, result: answer.clone().ok_or(failed) }, now);
            }
            CallEvent::RecordingEnded { recording, failure, .. } => {
                let Some(order) = self.run.recording() else { return false };
                let recording = recording.ok_or(failure.unwrap_or(RecordFailure::Disk));
                self.run.handle_input(Input::Recorded { order, recording }, now);
            }
            CallEvent::FlowTimeout => {
                let Some(due) = self.run.poll_timeout() else { return false };
                self.now = now.max(due);
                self.run.handle_timeout(self.now);
            }
            CallEvent::QueueLeft { why, .. } => self.run.handle_input(Input::QueueFailed { why: *why }, now),
            CallEvent::TransferFailed { why } => self.run.handle_input(Input::QueueFailed { why: *why }, now),
            CallEvent::CallerLeft => self.run.handle_input(Input::CallerLeft, now),
            _ => return false,
        }
        self.collect();
        !self.told.is_empty()
    }

    fn expect(&mut self, record: &EventRecord) -> Result<(), Divergence> {
        match self.told.pop_front() {
            Some(event) if event == record.event => {
                self.events.push(event);
                Ok(())
            }
            // What the call itself tells between the dialogue's events.
            Some(event) if is_foreign(&record.event) && event != record.event => {
                self.told.push_front(event);
                Ok(())
            }
            now => Err(Divergence::OtherPath {
                number: record.number,
                recorded: Box::new(record.event.clone()),
                now: now.map(Box::new),
            }),
        }
    }
}

/// What the dialogue began with, and the index of the event that tells it.
fn beginning(flow: &Flow, records: &[EventRecord]) -> Result<(Start, usize), Divergence> {
    let mut start = Start::default();
    for (index, record) in records.iter().enumerate() {
        match &record.event {
            CallEvent::Started { flow_hash, seed, .. } => {
                if flow_hash != flow.hash() {
                    return Err(Divergence::OtherFlow { recorded: flow_hash.clone(), given: flow.hash().clone() });
                }
                start.seed = *seed;
            }
            CallEvent::FlowStarted { variables, local } => {
                start.local = *local;
                let value = |name: &str| variables.get(name).cloned().unwrap_or_default();
                start.caller = value("caller");
                start.called = value("called");
                start.variables = variables.clone();
                return Ok((start, index));
            }
            _ => {}
        }
    }
    Err(Divergence::NoBeginning)
}

/// Whether an event keeps back what was answered.
fn is_withheld(event: &CallEvent) -> bool {
    match event {
        CallEvent::SpeechHeard { text, .. } => text == WITHHELD,
        CallEvent::DigitPressed { digit } => *digit == WITHHELD_KEY,
        _ => false,
    }
}

/// Events that a dialogue may tell.
fn is_dialogue(event: &CallEvent) -> bool {
    match event {
        CallEvent::FlowStarted { .. }
        | CallEvent::NodeEntered { .. }
        | CallEvent::PromptStarted { .. }
        | CallEvent::PromptEnded { .. }
        | CallEvent::SpeechStarted
        | CallEvent::SpeechHeard { .. }
        | CallEvent::ListenFailed
        | CallEvent::ListenNarrowed
        | CallEvent::DigitPressed { .. }
        | CallEvent::TurnDecided { .. }
        | CallEvent::IntentFound { .. }
        | CallEvent::SlotFilled { .. }
        | CallEvent::FetchStarted { .. }
        | CallEvent::FetchEnded { .. }
        | CallEvent::ConsultStarted { .. }
        | CallEvent::ConsultEnded { .. }
        | CallEvent::RecordingStarted { .. }
        | CallEvent::RecordingEnded { .. }
        | CallEvent::KnowledgeAsked { .. }
        | CallEvent::VerificationEnded { .. }
        | CallEvent::FlowTimeout
        | CallEvent::FlowFailed { .. }
        | CallEvent::QueueLeft { .. }
        | CallEvent::TransferStarted { .. }
        | CallEvent::TransferFailed { .. }
        | CallEvent::TransferOffered { .. }
        | CallEvent::LanguageChosen { .. }
        | CallEvent::SurveyAnswered { .. }
        | CallEvent::CallerLeft
        | CallEvent::DispositionSet { .. } => true,
        CallEvent::Started { .. }
        | CallEvent::Ringing
        | CallEvent::Answered
        | CallEvent::Queued { .. }
        | CallEvent::PositionTold { .. }
        | CallEvent::AgentOffered { .. }
        | CallEvent::OfferFailed { .. }
        | CallEvent::WhisperStarted { .. }
        | CallEvent::AgentAccepted { .. }
        | CallEvent::Bridged { .. }
        | CallEvent::TransferConnected { .. }
        | CallEvent::LegEnded { .. }
        | CallEvent::Ended { .. } => false,
    }
}

/// Events that the call may tell as well as the dialogue: keys while people are waited for, the last disposition,
/// announcements in the queue.
fn is_foreign(event: &CallEvent) -> bool {
    matches!(
        event,
        CallEvent::DispositionSet { .. }
            | CallEvent::DigitPressed { .. }
            | CallEvent::QueueLeft { .. }
            | CallEvent::PromptStarted { .. }
            | CallEvent::PromptEnded { .. }
    )
}
