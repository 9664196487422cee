//! What silence and misunderstanding lead to.

use std::time::Instant;

use call_model::{CallEvent, PromptPart, TurnResult};

use super::phase::Phase;
use super::{Asking, Core, Step, WITHHELD};
use crate::node::Rung;

impl Asking {
    /// Nothing came in time.
    pub(super) fn silent(mut self, core: &mut Core, now: Instant) -> Step {
        self.tries().silent += 1;
        let count = self.tries().silent;
        self.decided(TurnResult::NoInput, core);
        self.failed(count, true, core, now)
    }

    /// Something came, and it was not understood.
    pub(super) fn misunderstood(mut self, core: &mut Core, now: Instant) -> Step {
        if std::mem::replace(&mut self.lenient, false) {
            return self.pass_over(core, now);
        }
        self.tries().misunderstood += 1;
        let count = self.tries().misunderstood;
        self.decided(TurnResult::NoMatch, core);
        self.failed(count, false, core, now)
    }

    pub(super) fn decided(&self, mut result: TurnResult, core: &mut Core) {
        if self.sensitive
            && matches!(self.phase, Phase::Item(_))
            && let TurnResult::Accepted { meaning, .. } | TurnResult::AskedBack { meaning, .. } = &mut result
        {
            *meaning = WITHHELD.to_owned();
        }
        let node = core.flow.nodes[self.node.0].name.clone();
        core.event(CallEvent::TurnDecided { node, result });
        core.recent.clear();
    }

    /// What the flow says about a failure: ask again, or go somewhere else.
    fn failed(mut self, count: u32, silent: bool, core: &mut Core, now: Instant) -> Step {
        self.leave(core);
        self.held = None;
        core.keys.flush();
        let flow = core.flow.clone();
        let live = self.live.clone();
        let Some(asked) = live.asked(&flow, self.node) else { return Step::Person };
        let manner = self.manner(asked);
        let rungs = if silent { &manner.silent } else { &manner.misunderstood };
        let index = usize::try_from(count - 1).unwrap_or(usize::MAX);
        let Some(rung) = rungs.get(index) else { return Step::Person };
        let (line, keys_only, reprompt) = match rung {
            Rung::Goto(to) => return Step::Goto(*to),
            Rung::Say { line, keys_only, reprompt } => (line, *keys_only, *reprompt),
        };
        // Why an answer was refused says more than that it was.
        let reason = self.reason.take().map(|reason| flow.varying(reason));
        // Keys are not spoken of where nothing can be keyed in.
        let told = line.iter().filter(|_| if keys_only { self.keys_will_do(asked) } else { reason.is_none() });
        let mut before: Vec<PromptPart> = match core.parts(&told.collect::<Vec<_>>()) {
            Ok(parts) => reason.into_iter().chain(parts).collect(),
            Err(reason) => return Step::Broken(reason),
        };
        if keys_only && self.keys_will_do(asked) {
            self.tries().keys_only = true;
        }
        match &self.phase {
            // The open question was not answered: each slot is asked for by itself.
            Phase::Opening => self.next(before, core, now),
            // Nobody can tell what is wrong: each value is read back by itself.
            Phase::Changing(_) => {
                self.one_by_one = true;
                self.next(before, core, now)
            }
            _ if !reprompt => self.ask_as(before, core, now),
            Phase::Item(_) => self.ask(before, core, now),
            Phase::Confirming(_) | Phase::Together(_) => {
                if keys_only {
                    self.tries().keys_only = true;
                }
                // The hint comes last, after the question: it tells how to answer.
                before.extend(self.question_parts(asked, core).unwrap_or_default());
                before.push(core.flow.sentence(core.flow.words.yes_no_hint.to_owned()));
                self.ask_as(before, core, now)
            }
        }
    }
}
