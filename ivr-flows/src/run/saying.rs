//! A prompt after which the dialogue goes on by itself.

use std::time::Instant;

use call_model::{BargeIn, OrderId};

use super::{Core, Fact, Stage, Step};
use crate::node::NodeId;
use crate::text::Line;

/// A prompt is heard.
#[derive(Debug)]
pub(crate) struct Saying {
    order: OrderId,
    barge_in: BargeIn,
    afterwards: Afterwards,
}

/// What comes after the prompt.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Afterwards {
    Goto(NodeId),
    Enqueue(NodeId),
    HangUp,
}

impl Saying {
    pub(crate) fn begin(
        lines: &[&Line],
        barge_in: BargeIn,
        afterwards: Afterwards,
        core: &mut Core,
        now: Instant,
    ) -> Step {
        match core.play(lines, barge_in, now) {
            Ok(Some(order)) => Step::Wait(Stage::Saying(Self { order, barge_in, afterwards })),
            Ok(None) => afterwards.step(),
            Err(reason) => Step::Broken(reason),
        }
    }

    /// Whether the node that comes next asks for something sensitive: keys typed ahead are for it.
    pub(crate) fn conceals(&self, core: &Core) -> bool {
        match self.afterwards {
            Afterwards::Goto(to) => core.flow.nodes[to.0].begins_sensitive(),
            Afterwards::Enqueue(_) | Afterwards::HangUp => false,
        }
    }

    pub(crate) fn on_fact(self, fact: Fact, core: &mut Core) -> Step {
        match fact {
            Fact::PromptEnded { order } if order == self.order => self.afterwards.step(),
            Fact::DigitPressed(key) => {
                core.keys.push(key);
                if self.barge_in != BargeIn::Never {
                    core.stop_playing(self.order);
                }
                Step::Wait(Stage::Saying(self))
            }
            Fact::PromptEnded { .. }
            | Fact::SpeechStarted { .. }
            | Fact::Partial { .. }
            | Fact::Heard { .. }
            | Fact::ListenEnded { .. }
            | Fact::Fetched { .. }
            | Fact::Consulted { .. }
            | Fact::Recorded { .. }
            | Fact::QueueFailed { .. }
            | Fact::TimedOut => Step::Wait(Stage::Saying(self)),
        }
    }
}

impl Afterwards {
    fn step(self) -> Step {
        match self {
            Self::Goto(to) => Step::Goto(to),
            Self::Enqueue(id) => Step::Enqueue(id),
            Self::HangUp => Step::HangUp,
        }
    }
}
