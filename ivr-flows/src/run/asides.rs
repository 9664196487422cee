//! What may be said in the middle of any question: the question stays open.

use std::time::Instant;

use call_model::{PromptPart, TurnResult};

use super::phase::{Answer, Phase};
use super::{Asking, Core, Step};
use crate::node::{Aside, Asked};
use crate::text::Line;
use crate::understand::{Choices, Verdict};

impl Asking {
    /// What is meant by the name of an aside here.
    pub(super) fn aside_named<'f>(&self, name: &str, asked: Asked<'f>) -> Option<&'f Aside> {
        let item = self.item().unwrap_or_default();
        let question = asked.question(self.item()).or_else(|| asked.question(Some(item)))?;
        question.asides.get(name)
    }

    /// The names of the courtesies ("repeat"), which never compete with an answer, and of all other choices.
    pub(super) fn courtesies(&self, choices: &Choices, asked: Asked<'_>) -> (Vec<String>, Vec<String>) {
        let names = choices.list().iter().map(|choice| choice.name.clone());
        names.partition(|name| self.aside_named(name, asked).is_some_and(Aside::is_courtesy))
    }

    /// A courtesy that was clearly asked for, and for nothing else.
    pub(super) fn courtesy(
        &self,
        heard: &call_model::Heard,
        choices: &Choices,
        least: u8,
        asked: Asked<'_>,
    ) -> Option<Answer> {
        let (_, others) = self.courtesies(choices, asked);
        let understood = choices.understand(heard, &others.into_iter().collect());
        let verdict = self.manner(asked).thresholds.decide(understood.certainty, 0);
        let index = understood.best.filter(|_| verdict == Verdict::Accept && understood.certainty > least)?;
        let meaning = choices.list().get(index)?.name.clone();
        Some(Answer { meaning, choice: Some(index), certainty: understood.certainty })
    }

    /// Does what the caller asked for in the middle of a question.
    pub(super) fn do_aside(mut self, answer: &Answer, aside: &Aside, core: &mut Core, now: Instant) -> Step {
        let heard = std::mem::take(&mut core.recent);
        self.leave(core);
        self.held = None;
        self.lenient = false;
        self.asides += 1;
        let result = TurnResult::Accepted { meaning: answer.meaning.clone(), certainty: answer.certainty };
        self.decided(result, core);
        if self.asides > MOST_ASIDES {
            return Step::Person;
        }
        match aside {
            Aside::Goto(to) => Step::Goto(*to),
            Aside::Say(line) => self.answer_aside(line, core, now),
            Aside::Repeat if heard.is_empty() => self.ask(Vec::new(), core, now),
            Aside::Repeat => self.ask_as(heard, core, now),
            Aside::Help => self.help(core, now),
            Aside::Back => self.back(core, now),
            Aside::Wait => self.hold(core, now),
        }
    }

    /// Nothing came although the caller was waited for.
    pub(super) fn held_too_long(mut self, core: &mut Core, now: Instant) -> Step {
        self.held = None;
        let still_there = core.flow.sentence(core.flow.turns.still_there.to_owned());
        core.recent.clear();
        self.ask(vec![still_there], core, now)
    }

    fn answer_aside(self, line: &Line, core: &mut Core, now: Instant) -> Step {
        match core.parts(&[line]) {
            Ok(answer) => self.ask(answer, core, now),
            Err(reason) => Step::Broken(reason),
        }
    }

    fn help(self, core: &mut Core, now: Instant) -> Step {
        let flow = core.flow.clone();
        let live = self.live.clone();
        let Some(asked) = live.asked(&flow, self.node) else { return Step::Person };
        let Some(question) = self.question(asked) else { return self.ask(Vec::new(), core, now) };
        match &question.help {
            Some(line) => match core.parts(&[line]) {
                Ok(parts) => self.ask_as(parts, core, now),
                Err(reason) => Step::Broken(reason),
            },
            None => {
                let hint = flow.sentence(flow.turns.help_hint.to_owned());
                let question = if matches!(self.phase, Phase::Item(_) | Phase::Opening) {
                    core.parts(&[question.line(1, self.keys_only(asked))])
                } else {
                    self.question_parts(asked, core)
                };
                match question {
                    Ok(parts) => self.ask_as([vec![hint], parts].concat(), core, now),
                    Err(reason) => Step::Broken(reason),
                }
            }
        }
    }

    /// The clocks stand still, and everything that is understood counts.
    fn hold(mut self, core: &mut Core, now: Instant) -> Step {
        let flow = core.flow.clone();
        let live = self.live.clone();
        let Some(asked) = live.asked(&flow, self.node) else { return Step::Person };
        let take_your_time: Vec<PromptPart> = vec![flow.sentence(flow.turns.take_your_time.to_owned())];
        core.keys.flush();
        self.held = Some(now + self.manner(asked).timing.hold_on);
        self.ask_as(take_your_time, core, now)
    }
}

/// Who asks for so much in one question needs a person.
const MOST_ASIDES: u32 = 20;
