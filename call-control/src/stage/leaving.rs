//! The caller has hung up; the flow does what is to be done after a call.

use std::time::Instant;

use call_model::{Disposition, Termination};
use ivr_flows::FlowRun;

use super::Stage;
use super::ending::Ending;
use crate::core::Core;
use crate::{Input, Output};

/// Waits for back ends that the flow still tells. The flow limits the time.
#[derive(Debug)]
pub(crate) struct Leaving {
    run: FlowRun,
    termination: Termination,
    disposition: Disposition,
}

impl Leaving {
    /// Tells the flow that the caller has left, and ends the call when the flow has nothing to do.
    pub(crate) fn enter(
        mut run: FlowRun,
        termination: Termination,
        disposition: Disposition,
        core: &mut Core,
        now: Instant,
    ) -> Stage {
        run.handle_input(ivr_flows::Input::CallerLeft, now);
        Box::new(Self { run, termination, disposition }).go_on(core, now)
    }

    pub(crate) fn on_input(mut self: Box<Self>, input: Input, core: &mut Core, now: Instant) -> Stage {
        let fact = match input {
            Input::Fetched { order, result } => ivr_flows::Input::Fetched { order, result },
            Input::Consulted { order, result } => ivr_flows::Input::Consulted { order, result },
            _ => return Stage::Leaving(self),
        };
        self.run.handle_input(fact, now);
        self.go_on(core, now)
    }

    pub(crate) fn on_timeout(mut self: Box<Self>, core: &mut Core, now: Instant) -> Stage {
        self.run.handle_timeout(now);
        self.go_on(core, now)
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.run.poll_timeout()
    }

    /// Ends the call although the flow is not ready: the server stops.
    pub(crate) fn end(self: Box<Self>, core: &mut Core, now: Instant) -> Stage {
        Ending::enter(self.termination, self.disposition, core, now)
    }

    fn go_on(mut self: Box<Self>, core: &mut Core, now: Instant) -> Stage {
        while let Some(output) = self.run.poll_output() {
            match output {
                ivr_flows::Output::Fetch { order, request } => core.push(Output::Fetch { order, request }),
                ivr_flows::Output::Consult { order, request } => core.push(Output::Consult { order, request }),
                ivr_flows::Output::Event(event) => core.event(event, now),
                // Nobody hears, speaks or waits any more.
                ivr_flows::Output::Play { .. }
                | ivr_flows::Output::StopPlaying { .. }
                | ivr_flows::Output::Listen { .. }
                | ivr_flows::Output::StopListening { .. }
                | ivr_flows::Output::Record { .. }
                | ivr_flows::Output::StopRecording { .. }
                | ivr_flows::Output::MuteRecording { .. }
                | ivr_flows::Output::Enqueue { .. }
                | ivr_flows::Output::Transfer { .. }
                | ivr_flows::Output::HangUp { .. } => {}
            }
        }
        match self.run.is_over() {
            true => self.end(core, now),
            false => Stage::Leaving(self),
        }
    }
}
