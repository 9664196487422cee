//! What a dialogue remembers: variables, slots, the intent and what was said.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Instant;

use call_model::{Certainty, ContextLine, ServiceKind, SlotValue};

use super::Handover;
use crate::node::NodeId;
use crate::reading::RESERVED;
use crate::services::{Answer, Row};
use crate::text::Labels;
use crate::value::Value;

/// The memory of one dialogue.
#[derive(Debug)]
pub(crate) struct Memory {
    began: Instant,
    /// As texts see them: `intent` is its label.
    spoken: BTreeMap<String, Value>,
    /// As conditions see them: `intent` is its name.
    compared: BTreeMap<String, Value>,
    /// The lists that services answered, by `service.list`.
    lists: BTreeMap<String, Vec<Row>>,
    /// How the values of slots are said whose options services have answered.
    labels: Labels,
    /// How many rows each `for_each` has taken, by the node's name.
    rows: BTreeMap<String, usize>,
    /// What was put aside for the sub-flows that run, the outermost first.
    calls: Vec<Frame>,
    slots: Vec<SlotValue>,
    intent: Option<(String, String)>,
    service: Option<ServiceKind>,
    /// Intents that came once and must reach a person.
    insisted: BTreeSet<String>,
    /// Nodes that do their work once in a call.
    done: BTreeSet<String>,
    /// What the caller said when a person was offered.
    offered: Option<bool>,
    transcript: VecDeque<ContextLine>,
}

/// The variables of a flow while a sub-flow runs.
#[derive(Debug)]
struct Frame {
    call: NodeId,
    spoken: BTreeMap<String, Value>,
    compared: BTreeMap<String, Value>,
    lists: BTreeMap<String, Vec<Row>>,
    labels: Labels,
}

impl Memory {
    pub(crate) fn new(began: Instant) -> Self {
        let mut memory = Self {
            began,
            spoken: BTreeMap::new(),
            compared: BTreeMap::new(),
            lists: BTreeMap::new(),
            labels: Labels::new(),
            rows: BTreeMap::new(),
            calls: Vec::new(),
            slots: Vec::new(),
            intent: None,
            service: None,
            insisted: BTreeSet::new(),
            done: BTreeSet::new(),
            offered: None,
            transcript: VecDeque::new(),
        };
        memory.answered("", "", 0);
        memory.heard_of_prompt(0);
        memory
    }

    pub(crate) fn set(&mut self, name: String, value: Value) {
        self.spoken.insert(name.clone(), value.clone());
        self.compared.insert(name, value);
    }

    pub(crate) fn forget(&mut self, name: &str) {
        self.spoken.remove(name);
        self.compared.remove(name);
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.spoken.get(name)
    }

    pub(crate) fn set_intent(&mut self, name: &str, label: &str, service: Option<ServiceKind>) {
        self.service = service;
        self.spoken.insert("intent".to_owned(), Value::Text(label.to_owned()));
        self.compared.insert("intent".to_owned(), Value::Text(name.to_owned()));
        self.intent = Some((name.to_owned(), label.to_owned()));
    }

    /// An intent that must reach a person has come: whether it did so before, or a person was offered already.
    pub(crate) fn wants_person_again(&mut self, intent: &str) -> bool {
        let again = !self.insisted.insert(intent.to_owned());
        again || self.offered.is_some()
    }

    /// Whether a node that does its work once in a call comes to it now.
    pub(crate) fn first_time(&mut self, node: &str) -> bool {
        self.done.insert(node.to_owned())
    }

    /// A person was offered.
    pub(crate) fn offered(&mut self, accepted: bool) {
        self.offered = Some(accepted);
    }

    /// Whether a person was offered and declined.
    pub(crate) fn declined_person(&self) -> bool {
        self.offered == Some(false)
    }

    pub(crate) fn intent_name(&self) -> Option<&str> {
        self.intent.as_ref().map(|(name, ..)| name.as_str())
    }

    pub(crate) fn intent_label(&self) -> Option<String> {
        self.intent.as_ref().map(|(_, label)| label.clone())
    }

    /// What a service answered takes the place of what it answered before.
    pub(crate) fn take_answer(&mut self, service: &str, answer: Answer) {
        let group = format!("{service}.");
        self.spoken.retain(|name, _| !name.starts_with(&group));
        self.compared.retain(|name, _| !name.starts_with(&group));
        self.lists.retain(|name, _| !name.starts_with(&group));
        answer.fields.into_iter().for_each(|(name, value)| self.set(format!("{group}{name}"), value));
        self.lists.extend(answer.lists.into_iter().map(|(name, rows)| (format!("{group}{name}"), rows)));
    }

    /// A `for_each` begins with the first row.
    pub(crate) fn rewind(&mut self, node: &str) {
        self.rows.insert(node.to_owned(), 0);
    }

    /// The next row of a list, if there is one more.
    pub(crate) fn next_row(&mut self, node: &str, list: &str) -> Option<Row> {
        let taken = self.rows.entry(node.to_owned()).or_default();
        let row = self.lists.get(list)?.get(*taken)?.clone();
        *taken += 1;
        Some(row)
    }

    /// The rows of a list that a service answered.
    pub(crate) fn rows(&self, list: &str) -> &[Row] {
        self.lists.get(list).map(Vec::as_slice).unwrap_or_default()
    }

    /// From now on a slot's values are said by these labels.
    pub(crate) fn label(&mut self, slot: &str, labels: BTreeMap<String, String>) {
        self.labels.insert(slot.to_owned(), labels);
    }

    /// How the values of slots are said whose options services have answered.
    pub(crate) fn labels(&self) -> &Labels {
        &self.labels
    }

    /// A sub-flow begins: it sees what it is given, and what every part of the flow sees.
    pub(crate) fn call(&mut self, call: NodeId, taken: BTreeMap<String, Value>) {
        let shared = |all: &BTreeMap<String, Value>| {
            all.iter().filter(|(name, _)| is_shared(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
        };
        let (spoken, compared) = (shared(&self.spoken), shared(&self.compared));
        let spoken = std::mem::replace(&mut self.spoken, spoken);
        let compared = std::mem::replace(&mut self.compared, compared);
        let (lists, labels) = (std::mem::take(&mut self.lists), std::mem::take(&mut self.labels));
        self.calls.push(Frame { call, spoken, compared, lists, labels });
        taken.into_iter().for_each(|(name, value)| self.set(name, value));
    }

    /// The innermost sub-flow ends; gives the node that called it.
    pub(crate) fn leave(&mut self) -> Option<NodeId> {
        let Frame { call, mut spoken, mut compared, lists, labels } = self.calls.pop()?;
        spoken.extend(std::mem::take(&mut self.spoken).into_iter().filter(|(name, _)| is_shared(name)));
        compared.extend(std::mem::take(&mut self.compared).into_iter().filter(|(name, _)| is_shared(name)));
        (self.spoken, self.compared, self.lists, self.labels) = (spoken, compared, lists, labels);
        Some(call)
    }

    /// The nodes of another file take the place of those that called sub-flows.
    pub(crate) fn rename_calls(&mut self, same: impl Fn(NodeId) -> NodeId) {
        self.calls.iter_mut().for_each(|frame| frame.call = same(frame.call));
    }

    /// How many sub-flows run within each other.
    pub(crate) fn depth(&self) -> usize {
        self.calls.len()
    }

    /// A slot that is filled anew moves to the end. `told` is its name outside of the part that fills it.
    pub(crate) fn fill(&mut self, slot: &str, told: &str, value: Value, confirmed: bool) {
        self.slots.retain(|known| known.name != told);
        self.slots.push(SlotValue { name: told.to_owned(), value: value.raw(), confirmed });
        self.set(slot.to_owned(), value);
    }

    /// A slot holds nothing any more.
    pub(crate) fn unfill(&mut self, slot: &str, told: &str) {
        self.slots.retain(|known| known.name != told);
        self.forget(slot);
    }

    /// The caller has said yes to a slot's value.
    pub(crate) fn confirm(&mut self, told: &str) {
        for known in self.slots.iter_mut().filter(|known| known.name == told) {
            known.confirmed = true;
        }
    }

    /// Notes how the caller answered last, for conditions and texts.
    pub(crate) fn answered(&mut self, by: &str, said: &str, certainty: Certainty) {
        self.set("last.by".to_owned(), Value::Text(by.to_owned()));
        self.set("last.said".to_owned(), Value::Text(said.to_owned()));
        self.set("last.certainty".to_owned(), Value::Number(f64::from(certainty)));
    }

    /// Notes how much of the last prompt was heard.
    pub(crate) fn heard_of_prompt(&mut self, played_ms: u32) {
        self.set("last.heard_ms".to_owned(), Value::Number(f64::from(played_ms)));
    }

    pub(crate) fn last_by_key(&self) -> bool {
        self.get("last.by") == Some(&Value::Text("keys".to_owned()))
    }

    pub(crate) fn texts(&self) -> &BTreeMap<String, Value> {
        &self.spoken
    }

    pub(crate) fn conditions(&self) -> &BTreeMap<String, Value> {
        &self.compared
    }

    pub(crate) fn said(&mut self, text: String, now: Instant) {
        self.line(false, text, now);
    }

    pub(crate) fn caller_said(&mut self, text: &str, now: Instant) {
        if !text.is_empty() {
            self.line(true, text.to_owned(), now);
        }
    }

    pub(crate) fn caller_pressed(&mut self, key: char, now: Instant) {
        self.line(true, format!("[{key}]"), now);
    }

    pub(crate) fn handover(&self) -> Handover {
        Handover {
            intent: self.intent.as_ref().map(|(name, _)| name.clone()),
            intent_label: self.intent_label(),
            service: self.service,
            slots: self.slots.clone(),
            transcript: self.transcript.iter().cloned().collect(),
        }
    }

    fn line(&mut self, by_caller: bool, text: String, now: Instant) {
        if self.transcript.len() == MOST_LINES {
            self.transcript.pop_front();
        }
        let at_ms = u64::try_from(now.saturating_duration_since(self.began).as_millis()).unwrap_or(u64::MAX);
        self.transcript.push_back(ContextLine { at_ms, by_caller, text });
    }
}

/// What is the call's, not a part's.
fn is_shared(name: &str) -> bool {
    RESERVED.contains(&name) || name.starts_with("open.") || name.starts_with("last.")
}

/// An agent reads no more; the oldest go first.
const MOST_LINES: usize = 200;
