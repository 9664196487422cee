//! `job`: lets a service begin what takes longer, and waits while the caller hears something.
//!
//! ```yaml
//! report:
//!   job:
//!     service: report
//!     with: { account: "{{ account }}" }
//!     say_while: ["I am putting your report together.", "Still working on it."]
//!     wait: 45s
//!     if_gone: { by: sms, text: "Your report: {{ report.link }}" }
//!     if_later: by_message
//!     if_failed: desk
//!     then: tell
//! ```
//!
//! The service is given `job` and `callback` besides what `with:` says: it answers at once that it has begun, and sends
//! its result, of the shape that `fields:` in the services' file declare, to the callback later. When the result is not
//! there in time the flow goes on at `if_later`. When it comes and nobody waits for it, since the time was over or the
//! caller has hung up, the message of `if_gone` is sent.
//!
//! It is followed by an `http` node (`report.service`) and the waiting itself (`report.wait`).

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use call_model::{BargeIn, CallEvent, Consult, ConsultFailure, ConsultResult, Consulted, OrderId};

use super::http::{CALLBACK, Http, JOB};
use super::message::Letter;
use super::outside::Outside;
use super::{Kind, NodeId, Surroundings};
use crate::reading::Reading;
use crate::run::{Consulting, Core, Errand, Fact, Stage, Step, WaitsFor};
use crate::services::Service;
use crate::text::Line;
use crate::value::Value;
use crate::yaml::Fields;

/// A node that begins a job.
#[derive(Debug)]
pub(crate) struct Job {
    service: String,
    if_gone: Option<Letter>,
    /// The members of a result, which the message may name.
    result: Vec<String>,
    keep_s: u32,
    /// Where the service is asked.
    asks: NodeId,
    if_failed: NodeId,
}

/// A node that waits for a job's result.
#[derive(Debug)]
pub(crate) struct JobWait {
    service: String,
    /// What is said while the caller waits; the last one again and again.
    say_while: Vec<Line>,
    wait_ms: u32,
    if_later: NodeId,
    if_failed: NodeId,
    then: NodeId,
}

/// The caller waits.
#[derive(Debug)]
pub(crate) struct Awaiting {
    node: NodeId,
    order: OrderId,
    give_up: Instant,
    filler: Filler,
    /// The answer, once it is there and something is still spoken.
    answer: Option<ConsultResult>,
    /// How many lines were said.
    said: usize,
}

#[derive(Debug, Clone, Copy)]
enum Filler {
    Speaks(OrderId),
    /// The next line comes then, if there is any.
    Rests(Option<Instant>),
}

impl Job {
    pub(crate) fn read(fields: &mut Fields<'_>, around: &Surroundings, reading: &mut Reading<'_>) -> Option<Self> {
        let file = fields.file();
        let service =
            fields.must_text("service", "add `service:` with a name from the services' file", &mut reading.findings);
        let mut say_while = Vec::new();
        for text in fields.texts("say_while", &mut reading.findings).unwrap_or_default() {
            say_while.extend(reading.spoken(&text).map(Line::Said));
        }
        let wait = reading.duration(fields, "wait", Duration::from_secs(1), Duration::from_secs(600));
        let keep = reading.duration(fields, "keep", Duration::from_secs(60), Duration::from_secs(7 * 24 * 3600));
        let if_gone = fields.tree("if_gone").and_then(|tree| {
            let mut inner = reading.open(file, tree, "`if_gone`")?;
            let letter = Letter::read(&mut inner, reading);
            inner.finish(&mut reading.findings);
            letter
        });
        let fix = "add `if_later:` with the node that comes next when the result is not there in time";
        let if_later = reading.must_target(fields, "if_later", fix);
        let fix = "add `if_failed:` with the node that comes next when the service fails";
        let if_failed = reading.must_target(fields, "if_failed", fix);
        let then = reading.must_target(fields, "then", "add `then:` with the node that comes next");
        let name = service.as_ref().map(|service| service.text.clone());
        let http =
            service.and_then(|service| Http::failing_to(if_failed, &[JOB, CALLBACK], service, fields, around, reading));
        let (service, if_failed) = (name?, if_failed?);
        let result = around.services.get(&service).map(|known| known.shape.fields.keys().cloned().collect());
        let wait = JobWait {
            service: service.clone(),
            say_while,
            wait_ms: u32::try_from(wait.unwrap_or(DEFAULT_WAIT).as_millis()).unwrap_or(u32::MAX),
            if_later: if_later?,
            if_failed,
            then: then?,
        };
        let waits = reading.bring("wait", Kind::Outside(Outside::JobWait(wait)));
        let asks = reading.bring("service", Kind::Http(http?.beginning_job().leading_to(waits)));
        let keep_s = u32::try_from(keep.unwrap_or(DEFAULT_KEEP).as_secs()).unwrap_or(u32::MAX);
        Some(Self { service, if_gone, result: result.unwrap_or_default(), keep_s, asks, if_failed })
    }

    pub(crate) fn exits(&self) -> Vec<(NodeId, Vec<String>)> {
        vec![(self.asks, Vec::new()), (self.if_failed, Vec::new())]
    }

    pub(crate) fn enter(&self, id: NodeId, core: &mut Core, now: Instant) -> Step {
        let (job_key, message_key) = (core.next_order(), core.next_order());
        // What the result will hold is not known yet: the server puts it in.
        let later: BTreeMap<String, Value> = self
            .result
            .iter()
            .map(|member| (format!("{}.{member}", self.service), Value::Text(format!("{{{member}}}"))))
            .collect();
        let if_gone = match self.if_gone.as_ref().map(|letter| letter.write_with(message_key, &later, core)) {
            None => None,
            Some(Ok(message)) => Some(message),
            Some(Err(reason)) => return Step::Broken(reason),
        };
        let request = Consult::OpenJob {
            name: self.service.clone(),
            number: core.caller(),
            key: core.key_of(job_key),
            if_gone,
            expires_s: self.keep_s,
        };
        Consulting::begin(id, request, &[], core, now)
    }

    pub(crate) fn consulted(&self, result: ConsultResult, core: &mut Core) -> Step {
        match result {
            Ok(Consulted::JobOpened { job, callback }) => {
                core.job = Some((job, callback));
                Step::Goto(self.asks)
            }
            Ok(_) | Err(_) => Step::Goto(self.if_failed),
        }
    }
}

impl JobWait {
    /// The nodes that may come next, and what is known by then.
    pub(crate) fn exits(&self, services: &BTreeMap<String, Service>) -> Vec<(NodeId, Vec<String>)> {
        let fields = services.get(&self.service).into_iter().flat_map(|service| service.shape.always());
        let known = fields.map(|field| format!("{}.{field}", self.service)).collect();
        vec![(self.then, known), (self.if_later, Vec::new()), (self.if_failed, Vec::new())]
    }

    pub(crate) fn lines(&self) -> Vec<&Line> {
        self.say_while.iter().collect()
    }

    pub(crate) fn enter(&self, id: NodeId, core: &mut Core, now: Instant) -> Step {
        let Some((job, _)) = core.job.clone() else { return Step::Goto(self.if_failed) };
        core.attended();
        let order = core.consult(id, Consult::AwaitJob { job, within_ms: self.wait_ms });
        let give_up = now + Duration::from_millis(u64::from(self.wait_ms)) + GRACE;
        let filler = Filler::Rests(None);
        let awaiting = Awaiting { node: id, order, give_up, filler, answer: None, said: 0 };
        Box::new(awaiting).say(self, core, now)
    }

    /// Where it goes on with an answer.
    fn answered(&self, result: ConsultResult, core: &mut Core) -> NodeId {
        match result {
            Ok(Consulted::JobEnded { ok: true, result }) => {
                let flow = core.flow.clone();
                let service = flow.parts[flow.nodes[core.node().0].part].services.get(&self.service);
                match service.and_then(|service| service.shape.hold(&result).ok()) {
                    Some(answer) => {
                        core.memory.take_answer(&self.service, answer);
                        self.then
                    }
                    None => self.if_failed,
                }
            }
            Ok(Consulted::JobRuns) | Err(ConsultFailure::TimedOut) => self.if_later,
            Ok(_) | Err(_) => self.if_failed,
        }
    }
}

impl Awaiting {
    /// Says the next line.
    fn say(mut self: Box<Self>, wait: &JobWait, core: &mut Core, now: Instant) -> Step {
        let line = wait.say_while.get(self.said).or(wait.say_while.last());
        let lines: Vec<&Line> = line.into_iter().collect();
        self.said += 1;
        self.filler = match core.play(&lines, BargeIn::Never, now) {
            Ok(Some(order)) => Filler::Speaks(order),
            Ok(None) => Filler::Rests(None),
            Err(reason) => return Step::Broken(reason),
        };
        Step::Wait(Stage::Errand(self))
    }

    fn answered(mut self: Box<Self>, result: ConsultResult, wait: &JobWait, core: &mut Core) -> Step {
        core.consulted(self.node, &result);
        match self.filler {
            // The sentence is spoken to its end.
            Filler::Speaks(_) => {
                self.answer = Some(result);
                Step::Wait(Stage::Errand(self))
            }
            Filler::Rests(_) => Step::Goto(wait.answered(result, core)),
        }
    }
}

impl Errand for Awaiting {
    fn on_fact(mut self: Box<Self>, fact: Fact, core: &mut Core, now: Instant) -> Step {
        let flow = core.flow.clone();
        let Kind::Outside(Outside::JobWait(wait)) = &flow.nodes[self.node.0].kind else { return Step::Person };
        match (fact, self.filler) {
            (Fact::Consulted { order, result }, _) if order == self.order && self.answer.is_none() => {
                return self.answered(result, wait, core);
            }
            (Fact::PromptEnded { order }, Filler::Speaks(spoken)) if order == spoken => {
                if let Some(result) = self.answer.take() {
                    return Step::Goto(wait.answered(result, core));
                }
                self.filler = Filler::Rests(Some(now + PAUSE));
            }
            (Fact::TimedOut, _) if self.answer.is_none() => {
                core.event(CallEvent::FlowTimeout);
                if now >= self.give_up {
                    return self.answered(Err(ConsultFailure::TimedOut), wait, core);
                }
                return self.say(wait, core, now);
            }
            (Fact::DigitPressed(digit), _) => core.keys.push(digit),
            _ => {}
        }
        Step::Wait(Stage::Errand(self))
    }

    fn poll_timeout(&self) -> Option<Instant> {
        if self.answer.is_some() {
            return None;
        }
        match self.filler {
            Filler::Rests(Some(next)) => Some(next.min(self.give_up)),
            Filler::Speaks(_) | Filler::Rests(None) => Some(self.give_up),
        }
    }

    fn waits_for(&self) -> WaitsFor {
        WaitsFor { consult: self.answer.is_none().then_some(self.order), ..WaitsFor::default() }
    }
}

const DEFAULT_WAIT: Duration = Duration::from_secs(30);
/// A report that takes more than a day is asked for anew.
const DEFAULT_KEEP: Duration = Duration::from_secs(24 * 3600);
/// The server tells when the time is over; when it does not, we do.
const GRACE: Duration = Duration::from_secs(2);
/// Between one thing that is said while waiting and the next.
const PAUSE: Duration = Duration::from_secs(8);
