//! A call with a person who types what the caller says.

use std::sync::Arc;
use std::time::{Duration, Instant};

use call_model::{CallEvent, OrderId};
use jiff::civil::DateTime;

use super::answer::Answer;
use super::call::{VirtualCall, Want};
use super::expectation::{show, shown_turn};
use super::parse::{Line, read_act, read_line, read_setting};
use super::play::Ear;
use super::script::{Act, Does, Given};
use super::world::World;
use crate::flow::Flow;
use crate::run::{HttpRequest, Start};

/// A call that is tried out: it takes a line and gives the lines that tell what came of it.
#[derive(Debug)]
pub struct Simulation {
    flow: Arc<Flow>,
    call: VirtualCall,
    world: World,
    /// The request that the person is asked to answer.
    open: Option<(OrderId, HttpRequest)>,
    /// How many events were told.
    told: usize,
    /// The node that was told last.
    at_node: String,
    told_turn: String,
}

impl Simulation {
    /// Begins a call at `now`, which may be any instant, and at the wall time `local` of the flow's zone. `settings` are
    /// lines as they stand at the top of a file of dialogues: what services answer, who calls, another wall time.
    ///
    /// # Errors
    ///
    /// The first line that is no setting, and what to write instead.
    pub fn new(flow: Arc<Flow>, settings: &str, local: DateTime, now: Instant) -> Result<Self, String> {
        let (caller, called) = ("+12025550123".to_owned(), "100".to_owned());
        let mut start = Start { caller, called, seed: 1, local: Some(local), ..Start::default() };
        let mut world = World::default();
        for (line, text) in (1..).zip(settings.lines()) {
            let text = text.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let wrong = |(message, fix): (String, String)| format!("line {line}: {message}\n  fix: {fix}");
            match read_line(text).map_err(wrong)? {
                Line::Step(Does::Given(given, value)) => given.put(&mut start, &value),
                Line::Step(Does::Local(local)) => start.local = Some(local),
                Line::Step(does) if does.is_setting() => world.set(&does),
                // A file of dialogues serves as well: its settings are those above the first dialogue.
                Line::Flow(_) => {}
                Line::Test(_) | Line::Step(_) => break,
            }
        }
        world.begin(&start);
        let call = VirtualCall::new(flow.clone(), start, now);
        Ok(Self { flow, call, world, open: None, told: 0, at_node: String::new(), told_turn: String::new() })
    }

    /// Whether the call has ended.
    pub fn is_over(&self) -> bool {
        self.call.is_over()
    }

    /// Lets the call go on until it needs somebody, and tells what happened.
    pub fn go_on(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        self.world.apply(&mut self.call);
        for _ in 0..MOST_STEPS {
            self.serve(&mut lines);
            self.tell(&mut lines);
            if self.open.is_some() || !self.call.is_busy() || !self.call.step(FAR) {
                break;
            }
        }
        self.tell(&mut lines);
        lines.extend(self.waits_for());
        lines
    }

    /// Takes what was typed. `None` ends the simulation.
    pub fn take(&mut self, line: &str, ear: &mut dyn Ear) -> Option<Vec<String>> {
        let line = line.trim();
        if matches!(line, "quit" | "exit") {
            return None;
        }
        if let Some((order, request)) = self.open.take() {
            return Some(self.answer(order, request, line));
        }
        Some(match line {
            "" => self.go_on(),
            "help" | "?" => HELP.iter().map(|line| (*line).to_owned()).collect(),
            "vars" => self.variables(),
            "node" => vec![self.node()],
            _ if self.call.is_over() => vec!["the call has ended; type `quit`".to_owned()],
            _ => match self.act(line, ear) {
                Ok(()) => self.go_on(),
                Err(why) => vec![why],
            },
        })
    }

    fn act(&mut self, line: &str, ear: &mut dyn Ear) -> Result<(), String> {
        // Settings hold from now on: `queue service: nobody`.
        if line.contains(':')
            && let Ok(Line::Step(does)) = read_setting(line)
            && does.is_setting()
        {
            self.world.set(&does);
            return Ok(());
        }
        let line = line.strip_prefix('>').map_or(line, str::trim);
        let written = match line.strip_prefix("wav ") {
            Some(file) => format!("sound {file}"),
            None => line.to_owned(),
        };
        // What is no order is what the caller says.
        let act = match read_act(&written) {
            Ok(Does::Acts { act, .. }) => act,
            _ => Act::Says(line.to_owned()),
        };
        match act {
            Act::Says(text) => self.heard(self.call.listens_for().is_some() || self.call.is_recording()).map(|()| {
                self.call.speak(&text);
            }),
            Act::Mumbles(text) => self.heard(self.call.listens_for().is_some()).map(|()| {
                self.call.mumble(&text);
            }),
            Act::Sound(file) => {
                let Some(request) = self.call.listens_for().cloned() else { return self.heard(false) };
                let heard = ear.hear(&file, &request)?;
                self.call.hears(heard);
                Ok(())
            }
            Act::Presses(keys) => {
                keys.chars().for_each(|key| self.call.press(key));
                Ok(())
            }
            Act::IsSilent if self.call.is_recording() => {
                self.call.ends_recording(Duration::ZERO);
                Ok(())
            }
            Act::IsSilent => match self.call.next_timer() {
                Some(due) => {
                    self.call.step(due);
                    Ok(())
                }
                None => Err("no timer runs".to_owned()),
            },
            Act::Waits(time) => {
                let until = self.call.elapsed() + time;
                while self.call.step(until.saturating_sub(self.call.elapsed())) {}
                Ok(())
            }
            Act::HangsUp => {
                self.call.hang_up();
                Ok(())
            }
        }
    }

    fn heard(&self, listens: bool) -> Result<(), String> {
        if listens { Ok(()) } else { Err("nobody listens now; press keys, or type `silence`".to_owned()) }
    }

    /// Gives the dialogue what it wants; asks the person for what is not written down.
    fn serve(&mut self, lines: &mut Vec<String>) {
        while let Some(want) = self.call.want() {
            match want {
                Want::Fetch { order, request } => match self.world.fetched(&self.call, &request) {
                    Some((after, result)) => self.call.answer(order, after, result),
                    None => {
                        self.tell(lines);
                        let asked = show(&request);
                        lines.push(format!("          the service {} is asked: {asked}", request.service));
                        let how = "answer with `200 {...}`, `timeout` or `unreachable`";
                        lines.push(format!("          {how}"));
                        self.open = Some((order, request));
                        return;
                    }
                },
                other => self.world.serve(other, &mut self.call),
            }
        }
    }

    fn answer(&mut self, order: OrderId, request: HttpRequest, line: &str) -> Vec<String> {
        match Answer::read(line) {
            Ok(answer) => {
                let (after, result) = answer.result(request.timeout);
                self.call.answer(order, after, result);
                self.go_on()
            }
            Err(fix) => {
                self.open = Some((order, request));
                vec![fix]
            }
        }
    }

    /// Tells the events that were not told yet.
    fn tell(&mut self, lines: &mut Vec<String>) {
        while self.call.said().is_some() {}
        let at = self.call.elapsed().as_secs_f64();
        let events = self.call.events()[self.told..].to_vec();
        self.told += events.len();
        for event in &events {
            lines.extend(self.told_as(event).map(|told| format!("{at:7.1} s {told}")));
        }
    }

    fn told_as(&mut self, event: &CallEvent) -> Option<String> {
        Some(match event {
            CallEvent::NodeEntered { node, kind } => {
                self.at_node = node.clone();
                format!("node {node} ({kind})")
            }
            CallEvent::PromptStarted { text } => format!("  says: {text}"),
            CallEvent::SpeechHeard { text, heard, .. } => {
                let free = heard.free.as_deref().map(|free| format!("; freely: {free}")).unwrap_or_default();
                self.told_turn = self.weighed(heard);
                format!("  heard: {text}{free}")
            }
            CallEvent::TurnDecided { result, .. } => {
                let against = std::mem::take(&mut self.told_turn);
                format!("  {}{against}", shown_turn(result))
            }
            CallEvent::ListenFailed => "  nobody can listen".to_owned(),
            CallEvent::IntentFound { intent, .. } => format!("  intent {intent}"),
            CallEvent::SlotFilled { slot, value } => format!("  {slot} = {value}"),
            CallEvent::FetchEnded { status: Some(status), body, .. } => {
                format!("  the service answers {status} {body}")
            }
            CallEvent::FetchEnded { status: None, .. } => "  the service does not answer".to_owned(),
            CallEvent::FlowTimeout => "  a timer ran out".to_owned(),
            CallEvent::FlowFailed { reason, .. } => format!("  the flow fails here: {reason}"),
            CallEvent::QueueLeft { .. } => "  nobody in the queue could be reached".to_owned(),
            CallEvent::DispositionSet { disposition } => format!("  disposition {disposition}"),
            _ => return None,
        })
    }

    /// What the words may have meant, best first.
    fn weighed(&self, heard: &call_model::Heard) -> String {
        let node = self.flow.nodes.iter().find(|node| node.name == self.at_node);
        let Some(choices) = node.and_then(|node| node.asked()?.choices(0)) else { return String::new() };
        let ranked = choices.ranked(heard, &std::collections::BTreeSet::new());
        let shown =
            ranked.iter().take(SHOWN).map(|(index, certainty)| format!("{} {certainty}", choices.list()[*index].name));
        let shown: Vec<String> = shown.collect();
        if shown.is_empty() { String::new() } else { format!(" (weighed: {})", shown.join(", ")) }
    }

    fn waits_for(&self) -> Option<String> {
        if self.call.is_over() {
            let meant = self.call.disposition().map_or("nothing", |disposition| disposition.as_str());
            return Some(format!("{:7.1} s the call has ended: {meant}", self.call.elapsed().as_secs_f64()));
        }
        if self.open.is_some() {
            return None;
        }
        if self.call.is_recording() {
            return Some("          the caller is recorded".to_owned());
        }
        if let (Some((queue, whisper)), None) = (self.call.queued(), self.call.next_timer()) {
            return Some(format!("          in the queue {queue}; the agent hears: {whisper}"));
        }
        let timer = self.call.next_timer().map(|due| format!(", for {:.1} s", due.as_secs_f64())).unwrap_or_default();
        let phrases = self.call.listens_for().map_or("keys only".to_owned(), |request| {
            let free = if request.free { ", and freely" } else { "" };
            format!("keys and {} phrases{free}", request.phrases.len())
        });
        Some(format!("          waits at {} for {phrases}{timer}", self.call.node()))
    }

    fn node(&self) -> String {
        let timer = self.call.next_timer().map(|due| format!("; its timer has {:.1} s left", due.as_secs_f64()));
        format!("{}{}", self.call.node(), timer.unwrap_or_default())
    }

    fn variables(&self) -> Vec<String> {
        let mut lines: Vec<String> =
            self.call.variables().into_iter().map(|(name, value)| format!("{name} = {value}")).collect();
        if lines.is_empty() {
            lines.push("nothing is filled".to_owned());
        }
        lines
    }
}

impl Given {
    /// Puts what is given into the beginning of a call.
    pub(super) fn put(&self, start: &mut Start, value: &str) {
        let value = value.to_owned();
        match self {
            Self::Caller => start.caller = value,
            Self::Called => start.called = value,
            Self::Variable(name) => {
                start.variables.insert(name.clone(), value);
            }
        }
    }
}

const HELP: &[&str] = &[
    "type what the caller says, or:",
    "  key 1, keys 123#     presses keys",
    "  silence              says nothing until the next timer runs out",
    "  wait 10s             lets time pass",
    "  unclear \"my bill\"    says it so that the recogniser is unsure",
    "  wav bill.wav         says what is in the file",
    "  hang up, quit",
    "  vars, node           shows variables, and where the flow is",
    "  service balance: 200 {\"amount\": 1}, queue service: nobody, recogniser: busy",
];
/// Longer than any timer.
const FAR: Duration = Duration::from_secs(24 * 3600);
/// A dialogue that never waits is not walked for ever.
const MOST_STEPS: usize = 10_000;
/// Understandings that are shown.
const SHOWN: usize = 3;
