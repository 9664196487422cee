//! What all stages of a dialogue share: the flow, the memory, orders and events.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use call_model::{
    BargeIn, CallEvent, Certainty, Consult, ConsultResult, Disposition, Heard, JobId, ListenRequest, OrderId, Prompt,
    PromptPart, RecordRequest, RecordResult,
};
use jiff::SignedDuration;
use jiff::civil::DateTime;

use super::keys::TypedAhead;
use super::memory::Memory;
use super::privacy::Secrets;
use super::{HttpRequest, Output, Stage, Start, Step};
use crate::flow::Flow;
use crate::node::{CERTAIN, NodeId};
use crate::text::{Labels, Line, Template, Voice};
use crate::value::{Type, Value, WEEKDAYS};

/// The shared part of a dialogue.
#[derive(Debug)]
pub(crate) struct Core {
    /// The flow in the language that is spoken now.
    pub(crate) flow: Arc<Flow>,
    /// The flow in the language that the call began with.
    pub(super) first: Arc<Flow>,
    pub(crate) memory: Memory,
    pub(crate) keys: TypedAhead,
    outputs: VecDeque<Output>,
    /// Prompts whose end was not reported yet, oldest first, with their beginning.
    open: VecDeque<(OrderId, Instant)>,
    last_order: u64,
    seed: u64,
    pub(super) node: NodeId,
    /// The part whose variables are seen.
    pub(crate) part: usize,
    /// Nodes entered since the caller was last waited for.
    unattended: u32,
    /// The wall time of the call's beginning, in the flow's zone.
    local: Option<DateTime>,
    began: Instant,
    /// Nodes that could not do their work.
    failures: u32,
    disposition: Option<Disposition>,
    /// Until when things are done after the caller hung up.
    pub(crate) left: Option<Instant>,
    /// How long the caller waits in the queue at most.
    pub(crate) queue_until: Option<Instant>,
    /// Whether a queue failed.
    pub(super) unreached: bool,
    /// The job that was registered last, and where its result goes.
    pub(crate) job: Option<(JobId, String)>,
    /// Whether the caller proved to be who he says.
    pub(crate) verified: bool,
    /// How often he failed to, at the node that verifies him.
    pub(crate) verification_tries: u32,
    /// What was played since the caller's last answer, to be repeated.
    pub(crate) recent: Vec<PromptPart>,
    /// The nodes that asked, in their order, to go back to.
    pub(super) asked: Vec<NodeId>,
    pub(super) secrets: Secrets,
    /// What was said at the last open menu, for the next form of the same part that finds values in it.
    pub(super) carried: Option<(usize, String)>,
    /// When the caller asked for a person, if the place in the queue is kept from then on.
    pub(super) waiting_since: Option<Instant>,
}

impl Core {
    pub(crate) fn new(flow: Arc<Flow>, start: Start, now: Instant) -> Self {
        let mut memory = Memory::new(now);
        let mut given = BTreeMap::new();
        for (name, of) in &flow.parts[0].takes {
            let text = start
                .variables
                .get(name)
                .map(|text| text.chars().take(LONGEST_GIVEN).collect::<String>())
                .unwrap_or_default();
            // A column that does not hold what was declared counts as empty: conditions on it do not hold.
            let value = of.parse(&text).unwrap_or(Value::Text(String::new()));
            memory.set(name.clone(), value);
            given.insert(name.clone(), text);
        }
        for (name, value) in [("caller", &start.caller), ("called", &start.called)] {
            memory.set(name.to_owned(), Value::Text(value.clone()));
            given.insert(name.to_owned(), value.clone());
        }
        let node = flow.parts[0].start;
        let mut core = Self {
            first: flow.clone(),
            flow,
            memory,
            keys: TypedAhead::default(),
            outputs: VecDeque::new(),
            open: VecDeque::new(),
            last_order: 0,
            seed: start.seed,
            node,
            part: 0,
            unattended: 0,
            local: start.local,
            began: now,
            failures: 0,
            disposition: None,
            left: None,
            queue_until: None,
            unreached: false,
            job: None,
            verified: false,
            verification_tries: 0,
            recent: Vec::new(),
            asked: Vec::new(),
            secrets: Secrets::default(),
            carried: None,
            waiting_since: None,
        };
        core.event(CallEvent::FlowStarted { variables: given, local: start.local });
        core
    }

    pub(crate) fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    pub(crate) fn event(&mut self, mut event: CallEvent) {
        self.hide_in(&mut event);
        self.outputs.push_back(Output::Event(event));
    }

    pub(super) fn order(&mut self, order: Output) {
        self.outputs.push_back(order);
    }

    pub(crate) fn next_order(&mut self) -> OrderId {
        self.last_order += 1;
        OrderId(self.last_order)
    }

    /// A key by which a back end knows a repeated request: the same in every run of the same call.
    pub(crate) fn key_of(&self, order: OrderId) -> String {
        format!("{:016x}{:016x}", mix(self.seed), mix(self.seed ^ mix(order.0)))
    }

    /// Comes to a node; the error is what happens instead when too many were passed.
    pub(crate) fn enter(&mut self, id: NodeId, now: Instant) -> Result<(), Step> {
        self.node = id;
        self.mute_recording(false);
        self.tell_hours(now);
        let part = self.flow.nodes[id.0].part;
        while self.part != part
            && let Some(call) = self.memory.leave()
        {
            self.part = self.flow.nodes[call.0].part;
        }
        self.unattended += 1;
        if self.unattended > MOST_UNATTENDED {
            self.unattended = 0;
            return Err(Step::Broken(
                "200 nodes were passed without waiting for the caller; put a menu or a question between them"
                    .to_owned(),
            ));
        }
        let node = &self.flow.nodes[id.0];
        let event = CallEvent::NodeEntered { node: node.name.clone(), kind: node.key.to_owned() };
        self.event(event);
        Ok(())
    }

    /// The wall time in the flow's zone, where it is known.
    pub(crate) fn local(&self, now: Instant) -> Option<DateTime> {
        let passed = SignedDuration::try_from(now.saturating_duration_since(self.began)).ok()?;
        self.local?.checked_add(passed).ok()
    }

    /// Fills `today`, `now` and `weekday`, and `open.NAME` for all hours. Where the time is not known, everything is open.
    fn tell_hours(&mut self, now: Instant) {
        let flow = self.flow.clone();
        let local = self.local(now);
        if let Some(local) = local {
            let weekday = usize::try_from(local.date().weekday().to_monday_zero_offset()).expect("0 to 6");
            self.memory.set("today".to_owned(), Value::Date(local.date()));
            self.memory.set("now".to_owned(), Value::DateTime(local));
            self.memory.set("weekday".to_owned(), Value::Text(WEEKDAYS[weekday].to_owned()));
        }
        for (name, hours) in &flow.hours {
            let open = local.is_none_or(|local| hours.open_at(local));
            self.memory.set(format!("open.{name}"), Value::YesNo(open));
        }
    }

    /// Whether a place was open when the dialogue came to this node.
    pub(crate) fn place_is_open(&self, hours: &str) -> bool {
        self.memory.get(&format!("open.{hours}")) != Some(&Value::YesNo(false))
    }

    /// The node that was come to last.
    pub(crate) fn node(&self) -> NodeId {
        self.node
    }

    /// The caller is waited for.
    pub(crate) fn attended(&mut self) {
        self.unattended = 0;
    }

    /// A node asks; whoever says "go back" comes here again.
    pub(crate) fn asks(&mut self, node: NodeId) {
        if self.asked.last() != Some(&node) {
            self.asked.push(node);
        }
        if self.asked.len() > MOST_ASKED {
            self.asked.remove(0);
        }
    }

    /// The node of the same part that asked before this one, which is forgotten.
    pub(crate) fn asked_before(&mut self, node: NodeId) -> Option<NodeId> {
        while self.asked.last() == Some(&node) {
            self.asked.pop();
        }
        let before = self.asked.last().copied()?;
        (self.flow.nodes[before.0].part == self.part).then_some(before)
    }

    /// The last answer was pressed.
    pub(crate) fn answered_by_key(&mut self) {
        self.memory.answered("keys", "", CERTAIN);
    }

    /// The last answer was spoken.
    pub(crate) fn answered_by_speech(&mut self, heard: &Heard, certainty: Certainty, sensitive: bool) {
        let said = if sensitive { Cow::Borrowed("") } else { heard.said() };
        self.memory.answered("speech", &said, certainty);
    }

    /// Does something while a variable holds another value.
    pub(crate) fn with_value<T>(&mut self, name: &str, value: Value, then: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.memory.get(name).cloned();
        self.memory.set(name.to_owned(), value);
        let done = then(self);
        match before {
            Some(value) => self.memory.set(name.to_owned(), value),
            None => self.memory.forget(name),
        }
        done
    }

    /// A node could not do its work: a person helps; when that fails too, the call ends.
    pub(crate) fn broken(&mut self, reason: String) -> Step {
        let node = self.flow.nodes[self.node.0].name.clone();
        self.event(CallEvent::FlowFailed { node, reason });
        self.failures += 1;
        if self.failures > MOST_FAILURES || self.node == self.flow.person {
            if self.disposition.is_none() {
                self.set_disposition(Disposition::Failed);
            }
            return Step::HangUp;
        }
        Step::Person
    }

    pub(crate) fn fill(&mut self, slot: &str, value: Value, confirmed: bool) {
        let raw = value.raw();
        let told = self.told(slot);
        self.memory.fill(slot, &told, value, confirmed);
        self.event(CallEvent::SlotFilled { slot: told, value: raw });
    }

    /// A slot holds nothing any more.
    pub(crate) fn unfill(&mut self, slot: &str) {
        let told = self.told(slot);
        self.memory.unfill(slot, &told);
    }

    /// The caller has said yes to a slot's value.
    pub(crate) fn confirm(&mut self, slot: &str) {
        let told = self.told(slot);
        self.memory.confirm(&told);
    }

    /// The name of a slot as events tell it.
    pub(super) fn told(&self, slot: &str) -> String {
        match self.part().name.as_str() {
            "" => slot.to_owned(),
            part => format!("{part}.{slot}"),
        }
    }

    /// The other party's number or user.
    pub(crate) fn caller(&self) -> String {
        self.memory.get("caller").map(Value::raw).unwrap_or_default()
    }

    pub(crate) fn set_disposition(&mut self, disposition: Disposition) {
        self.disposition = Some(disposition);
        self.event(CallEvent::DispositionSet { disposition });
    }

    pub(crate) fn disposition(&self) -> Option<Disposition> {
        self.disposition
    }

    /// Renders a text with the dialogue's variables.
    pub(crate) fn render(&self, template: &Template, voice: Voice) -> Result<String, String> {
        let part = self.part();
        self.flow.templates.render(template, self.memory.texts(), &part.scope, &self.labels(), voice)
    }

    /// Renders a text with other variables.
    pub(crate) fn render_with(
        &self,
        template: &Template,
        values: &BTreeMap<String, Value>,
        voice: Voice,
    ) -> Result<String, String> {
        let scope: BTreeMap<String, Type> = BTreeMap::new();
        self.flow.templates.render(template, values, &scope, &self.labels(), voice)
    }

    /// How options are said: those of the flow, and those that services have answered.
    fn labels(&self) -> Cow<'_, Labels> {
        let (written, served) = (&self.part().labels, self.memory.labels());
        if served.is_empty() {
            return Cow::Borrowed(written);
        }
        let mut all = written.clone();
        for (slot, labels) in served {
            all.entry(slot.clone()).or_default().extend(labels.clone());
        }
        Cow::Owned(all)
    }

    /// The parts of a prompt.
    pub(crate) fn parts(&self, lines: &[&Line]) -> Result<Vec<PromptPart>, String> {
        lines
            .iter()
            .map(|line| match line {
                Line::Recorded(file) => Ok(PromptPart::Audio(file.clone())),
                Line::Said(Template::Fixed(text)) => Ok(self.flow.sentence(text.clone())),
                Line::Said(template) => {
                    let text = self.render(template, Voice::Caller)?;
                    Ok(PromptPart::Say { text, language: self.flow.language().clone(), fixed: false })
                }
            })
            .collect()
    }

    /// Orders lines to be played; `None` when there is nothing to say.
    pub(crate) fn play(&mut self, lines: &[&Line], barge_in: BargeIn, now: Instant) -> Result<Option<OrderId>, String> {
        let parts = self.parts(lines)?;
        Ok(self.play_parts(parts, barge_in, now))
    }

    pub(crate) fn play_parts(&mut self, parts: Vec<PromptPart>, barge_in: BargeIn, now: Instant) -> Option<OrderId> {
        if parts.is_empty() || self.left.is_some() {
            return None;
        }
        if self.open.len() >= MOST_OPEN
            && let Some((oldest, _)) = self.open.front().copied()
        {
            // Its end was never reported, and by now it has ended.
            self.close(oldest, 0, true);
        }
        self.recent.extend(parts.iter().take(MOST_RECENT.saturating_sub(self.recent.len())).cloned());
        let prompt = Prompt { parts };
        let order = self.next_order();
        let text = self.hide(&prompt.transcript());
        self.memory.said(text.clone(), now);
        self.open.push_back((order, now));
        self.outputs.push_back(Output::Play { order, prompt, barge_in });
        self.event(CallEvent::PromptStarted { text });
        Some(order)
    }

    pub(crate) fn stop_playing(&mut self, order: OrderId) {
        self.outputs.push_back(Output::StopPlaying { order });
    }

    pub(crate) fn listen(&mut self, request: ListenRequest) -> OrderId {
        let order = self.next_order();
        self.outputs.push_back(Output::Listen { order, request });
        order
    }

    pub(crate) fn stop_listening(&mut self, order: OrderId) {
        self.outputs.push_back(Output::StopListening { order });
    }

    pub(crate) fn fetch(&mut self, order: OrderId, request: HttpRequest) {
        self.outputs.push_back(Output::Fetch { order, request });
    }

    /// Asks the server for a node.
    pub(crate) fn consult(&mut self, node: NodeId, request: Consult) -> OrderId {
        let order = self.next_order();
        let node = self.flow.nodes[node.0].name.clone();
        self.event(CallEvent::ConsultStarted { node, consult: request.kind() });
        self.outputs.push_back(Output::Consult { order, request });
        order
    }

    /// Tells of the server's answer to a node.
    pub(crate) fn consulted(&mut self, node: NodeId, result: &ConsultResult) {
        let node = self.flow.nodes[node.0].name.clone();
        let (answer, failure) = (result.as_ref().ok().cloned(), result.as_ref().err().cloned());
        self.event(CallEvent::ConsultEnded { node, answer, failure });
    }

    /// Records the caller for a node.
    pub(crate) fn record(&mut self, node: NodeId, request: RecordRequest) -> OrderId {
        let order = self.next_order();
        let node = self.flow.nodes[node.0].name.clone();
        self.event(CallEvent::RecordingStarted { node });
        self.outputs.push_back(Output::Record { order, request });
        order
    }

    pub(crate) fn stop_recording(&mut self, order: OrderId) {
        self.outputs.push_back(Output::StopRecording { order });
    }

    /// Tells of the end of a node's recording.
    pub(crate) fn recorded(&mut self, node: NodeId, result: RecordResult) {
        let node = self.flow.nodes[node.0].name.clone();
        self.event(CallEvent::RecordingEnded { node, recording: result.ok(), failure: result.err() });
    }

    /// Whether an order is a prompt whose end was not reported yet.
    pub(crate) fn is_open(&self, order: OrderId) -> bool {
        self.open.iter().any(|(open, _)| *open == order)
    }

    pub(crate) fn oldest_open(&self) -> Option<OrderId> {
        self.open.front().map(|(order, _)| *order)
    }

    /// How long an open prompt has been playing.
    pub(crate) fn played_ms(&self, order: OrderId, now: Instant) -> Option<u32> {
        let (_, began) = self.open.iter().find(|(open, _)| *open == order)?;
        Some(u32::try_from(now.saturating_duration_since(*began).as_millis()).unwrap_or(u32::MAX))
    }

    /// Notes the end of a prompt. One prompt plays at a time, so older ones whose end was never reported have ended
    /// too. Gives all that have ended, oldest first.
    pub(crate) fn close(&mut self, order: OrderId, played_ms: u32, interrupted: bool) -> Vec<OrderId> {
        let mut ended = Vec::new();
        while self.is_open(order) {
            let Some((oldest, _)) = self.open.pop_front() else { break };
            let event = if oldest == order {
                CallEvent::PromptEnded { played_ms, interrupted }
            } else {
                CallEvent::PromptEnded { played_ms: 0, interrupted: true }
            };
            self.event(event);
            self.memory.heard_of_prompt(if oldest == order { played_ms } else { 0 });
            ended.push(oldest);
        }
        ended
    }

    pub(crate) fn hang_up(&mut self) -> Stage {
        let otherwise = if self.unreached { Disposition::NoAgent } else { Disposition::SelfServed };
        if self.disposition.is_none() {
            self.set_disposition(otherwise);
        }
        self.outputs.push_back(Output::HangUp { disposition: self.disposition });
        Stage::Over
    }
}

/// SplitMix64: spreads a counter over 64 bits.
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// More nodes in a row than any flow needs.
const MOST_UNATTENDED: u32 = 200;
/// A flow that is broken at every other node is broken.
const MOST_FAILURES: u32 = 3;
/// Prompts whose end was not reported: the oldest of more than these counts as ended.
const MOST_OPEN: usize = 16;
/// Characters of a lead's column.
const LONGEST_GIVEN: usize = 1000;
/// Parts of prompts that are repeated at most.
const MOST_RECENT: usize = 20;
/// Questions that can be gone back to.
const MOST_ASKED: usize = 50;
