//! The numbered events of a call, and what is remembered from them for the agent and the record.

use std::time::Instant;

use call_model::{AgentId, CallEvent, CallId, ContextLine, Disposition, EventRecord, ServiceKind};

/// Numbers and times events; keeps the transcript and the intent.
#[derive(Debug)]
pub(crate) struct Journal {
    call: CallId,
    began: Instant,
    last_number: u32,
    pub(crate) transcript: Vec<ContextLine>,
    pub(crate) intent: Option<String>,
    pub(crate) service: Option<ServiceKind>,
    pub(crate) disposition: Option<Disposition>,
    pub(crate) agent: Option<AgentId>,
    pub(crate) waited_ms: Option<u64>,
    pub(crate) answered_ms: Option<u64>,
}

impl Journal {
    pub(crate) fn new(call: CallId, began: Instant) -> Self {
        Self {
            call,
            began,
            last_number: 0,
            transcript: Vec::new(),
            intent: None,
            service: None,
            disposition: None,
            agent: None,
            waited_ms: None,
            answered_ms: None,
        }
    }

    /// Milliseconds since the call began.
    pub(crate) fn elapsed_ms(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.began).as_millis()).unwrap_or(u64::MAX)
    }

    /// Numbers an event and remembers what it tells.
    pub(crate) fn write(&mut self, event: CallEvent, now: Instant) -> EventRecord {
        let at_ms = self.elapsed_ms(now);
        self.remember(&event, at_ms);
        self.last_number += 1;
        EventRecord { call: self.call, number: self.last_number, at_ms, event }
    }

    fn remember(&mut self, event: &CallEvent, at_ms: u64) {
        match event {
            CallEvent::PromptStarted { text } => self.line(at_ms, false, text.clone()),
            CallEvent::SpeechHeard { text, .. } => self.line(at_ms, true, text.clone()),
            CallEvent::DigitPressed { digit } => self.line(at_ms, true, format!("[{digit}]")),
            CallEvent::IntentFound { intent, service, .. } => {
                self.intent = Some(intent.clone());
                self.service = *service;
            }
            CallEvent::DispositionSet { disposition } => self.disposition = Some(*disposition),
            CallEvent::Answered => self.answered_ms = Some(at_ms),
            CallEvent::AgentAccepted { agent, waited_ms } => {
                self.agent = Some(agent.clone());
                self.waited_ms = Some(*waited_ms);
            }
            _ => {}
        }
    }

    fn line(&mut self, at_ms: u64, by_caller: bool, text: String) {
        if self.transcript.len() < MOST_LINES {
            self.transcript.push(ContextLine { at_ms, by_caller, text });
        }
    }
}

/// An agent reads no longer transcript; the events have the rest.
const MOST_LINES: usize = 200;
