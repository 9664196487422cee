//! Waiting for the server's answer to one question, while something may be said.

use std::time::{Duration, Instant};

use call_model::{BargeIn, CallEvent, Consult, ConsultFailure, ConsultResult, OrderId};

use super::{Core, Errand, Fact, Stage, Step, WaitsFor};
use crate::node::NodeId;
use crate::text::Line;

/// The server is asked; the node goes on with its answer ([`crate::node::Node::consulted`]).
#[derive(Debug)]
pub(crate) struct Consulting {
    node: NodeId,
    order: OrderId,
    /// What is said meanwhile, until it has ended.
    filler: Option<OrderId>,
    /// The answer, once it is there and the filler is still spoken.
    answer: Option<ConsultResult>,
    give_up: Instant,
}

impl Consulting {
    /// Asks the server, and says something meanwhile. The node goes on when the answer is there and the words were
    /// heard.
    pub(crate) fn begin(node: NodeId, request: Consult, filler: &[&Line], core: &mut Core, now: Instant) -> Step {
        let filler = match core.parts(filler) {
            Ok(parts) => parts,
            Err(reason) => return Step::Broken(reason),
        };
        let give_up = now + patience(&request);
        let order = core.consult(node, request);
        let filler = core.play_parts(filler, BargeIn::Never, now);
        Step::Wait(Stage::Errand(Box::new(Self { node, order, filler, answer: None, give_up })))
    }

    fn answered(mut self: Box<Self>, result: ConsultResult, core: &mut Core, now: Instant) -> Step {
        core.consulted(self.node, &result);
        self.answer = Some(result);
        self.go_on(core, now)
    }

    fn go_on(mut self: Box<Self>, core: &mut Core, now: Instant) -> Step {
        if self.filler.is_some() {
            return Step::Wait(Stage::Errand(self));
        }
        let Some(result) = self.answer.take() else { return Step::Wait(Stage::Errand(self)) };
        let flow = core.flow.clone();
        flow.nodes[self.node.0].consulted(self.node, result, core, now)
    }
}

impl Errand for Consulting {
    fn on_fact(mut self: Box<Self>, fact: Fact, core: &mut Core, now: Instant) -> Step {
        match fact {
            Fact::Consulted { order, result } if order == self.order && self.answer.is_none() => {
                self.answered(result, core, now)
            }
            Fact::TimedOut if self.answer.is_none() => {
                core.event(CallEvent::FlowTimeout);
                self.answered(Err(ConsultFailure::TimedOut), core, now)
            }
            Fact::PromptEnded { order } if self.filler == Some(order) => {
                self.filler = None;
                self.go_on(core, now)
            }
            Fact::DigitPressed(digit) => {
                core.keys.push(digit);
                Step::Wait(Stage::Errand(self))
            }
            Fact::Consulted { .. }
            | Fact::Fetched { .. }
            | Fact::Recorded { .. }
            | Fact::TimedOut
            | Fact::PromptEnded { .. }
            | Fact::SpeechStarted { .. }
            | Fact::Partial { .. }
            | Fact::Heard { .. }
            | Fact::ListenEnded { .. }
            | Fact::QueueFailed { .. } => Step::Wait(Stage::Errand(self)),
        }
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.answer.is_none().then_some(self.give_up)
    }

    fn waits_for(&self) -> WaitsFor {
        WaitsFor { consult: self.answer.is_none().then_some(self.order), ..WaitsFor::default() }
    }
}

/// How long the server may take to answer.
pub(super) fn patience(request: &Consult) -> Duration {
    match request {
        Consult::AwaitJob { within_ms, .. } => Duration::from_millis(u64::from(*within_ms)) + PATIENCE,
        _ => PATIENCE,
    }
}

/// Our own tables are quick; a caller waits no longer for a disk that hangs.
const PATIENCE: Duration = Duration::from_secs(5);
