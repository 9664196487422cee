//! What is done after the caller hung up: nodes without sound, within a limit.

use std::time::{Duration, Instant};

use call_model::CallEvent;

use super::{FlowRun, Input, Output, Stage, Step};

impl FlowRun {
    /// The caller has hung up. With `on_hangup:` the dialogue goes on there, unless it is over, and is at its end with
    /// [`Output::HangUp`]; [`FlowRun::is_over`] tells at once where there is nothing to be done.
    pub(super) fn caller_left(&mut self, now: Instant) {
        let farewell = self.core.flow.farewell.clone();
        let over = matches!(self.stage, Stage::Over) || self.core.left.is_some();
        self.stage = Stage::Over;
        let Some(farewell) = farewell.filter(|_| !over) else { return };
        self.core.event(CallEvent::CallerLeft);
        self.core.keys.flush();
        self.core.left = Some(now + farewell.within);
        self.walk(Step::Goto(farewell.node), now);
    }

    /// A step when the caller has left: what needs the caller or an agent is not done any more.
    pub(super) fn without_caller(&mut self, step: Step, now: Instant) -> Step {
        let late = self.core.left.is_some_and(|until| until <= now);
        match step {
            Step::Goto(id) if !late && !self.core.flow.nodes[id.0].waits() => Step::Goto(id),
            Step::Wait(stage @ (Stage::Fetching(_) | Stage::Errand(_))) => Step::Wait(stage),
            Step::Broken(reason) => {
                let node = self.core.flow.nodes[self.core.node().0].name.clone();
                self.core.event(CallEvent::FlowFailed { node, reason });
                Step::Wait(self.core.end_farewell())
            }
            Step::Wait(Stage::Over) => Step::Wait(Stage::Over),
            Step::Goto(_) | Step::Wait(_) | Step::Person | Step::Enqueue(_) | Step::HangUp => {
                Step::Wait(self.core.end_farewell())
            }
        }
    }

    /// The time for what is done after the call is over.
    pub(super) fn farewell_is_late(&mut self, now: Instant) -> bool {
        let late = self.core.left.is_some_and(|until| until <= now) && !matches!(self.stage, Stage::Over);
        if late {
            self.core.event(CallEvent::FlowTimeout);
            self.stage = self.core.end_farewell();
        }
        late
    }
}

impl super::Core {
    fn end_farewell(&mut self) -> Stage {
        self.order(Output::HangUp { disposition: self.disposition() });
        Stage::Over
    }
}

/// Whether a fact still counts after the caller has left.
pub(super) fn counts_without_caller(input: &Input) -> bool {
    matches!(input, Input::Fetched { .. } | Input::Consulted { .. } | Input::Recorded { .. })
}

/// What is done after the caller hung up.
#[derive(Debug, Clone)]
pub(crate) struct Farewell {
    pub(crate) node: crate::node::NodeId,
    pub(crate) within: Duration,
}

impl Farewell {
    /// Nobody waits for it, but the line of the caller is held so long.
    pub(crate) const WITHIN: Duration = Duration::from_secs(5);
    /// The longest; a caller's telephone gives up its BYE after 32 s (RFC 3261 17.1.2.2).
    pub(crate) const LONGEST: Duration = Duration::from_secs(20);
}
