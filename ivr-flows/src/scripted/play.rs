//! Walking a dialogue and holding what comes against what is written.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use call_model::{CallEvent, Heard, ListenRequest};
use jiff::civil::{DateTime, date};

use super::call::{VirtualCall, Want};
use super::expectation::{Expectation, Seen};
use super::script::{Act, Dialogue, Does, Script, Step};
use super::world::World;
use crate::flow::Flow;
use crate::run::Start;

/// A recogniser that listens to sound files.
pub trait Ear {
    /// What a turn hears in a file, whose path is relative to the script's folder.
    ///
    /// # Errors
    ///
    /// Why nothing can be heard.
    fn hear(&mut self, file: &str, request: &ListenRequest) -> Result<Heard, String>;
}

/// A dialogue that was walked.
#[derive(Debug, Clone)]
pub struct Played {
    /// What it is about.
    pub name: String,
    /// The line that it begins in.
    pub line: u32,
    /// Where it did not go as it is written.
    pub failure: Option<Failure>,
    /// How long the call would have lasted.
    pub lasted: Duration,
    /// What happened.
    pub events: Vec<CallEvent>,
}

/// A line of a dialogue that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The line.
    pub line: u32,
    /// The line as it was written.
    pub written: String,
    /// What was expected.
    pub expected: String,
    /// What came instead.
    pub came: String,
    /// The node that the dialogue was at.
    pub node: String,
    /// When in the call.
    pub at: Duration,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let margin = " ".repeat(self.line.to_string().len());
        writeln!(f, "{} | {}", self.line, self.written)?;
        writeln!(f, "{margin} | expected: {}", self.expected)?;
        writeln!(f, "{margin} |     came: {}", self.came)?;
        write!(f, "{margin} | at the node `{}`, {:.1} s into the call", self.node, self.at.as_secs_f64())
    }
}

impl Script {
    /// Walks every dialogue with the flow, each in a call of its own that begins at `now`, which may be any instant.
    pub fn play(&self, flow: &Arc<Flow>, ear: &mut dyn Ear, now: Instant) -> Vec<Played> {
        self.dialogues.iter().map(|dialogue| dialogue.play(flow, ear, now)).collect()
    }
}

impl Dialogue {
    fn play(&self, flow: &Arc<Flow>, ear: &mut dyn Ear, now: Instant) -> Played {
        let first = self.steps.iter().position(|step| !step.does.is_setting()).unwrap_or(self.steps.len());
        let (before, after) = self.steps.split_at(first);
        let (caller, called) = (CALLER.to_owned(), CALLED.to_owned());
        let mut start = Start { caller, called, seed: 1, local: Some(LOCAL), ..Start::default() };
        let mut world = World::default();
        for step in before {
            match &step.does {
                Does::Given(given, value) => given.put(&mut start, value),
                Does::Local(local) => start.local = Some(*local),
                other => world.set(other),
            }
        }
        world.begin(&start);
        let mut stage = Stage { call: VirtualCall::new(flow.clone(), start, now), world, since: 0, acted: false };
        stage.world.apply(&mut stage.call);
        let failure = after.iter().find_map(|step| {
            let (expected, came) = stage.walk(step, ear).err()?;
            let node = stage.call.node().to_owned();
            Some(Failure {
                line: step.line,
                written: step.written.clone(),
                expected,
                came,
                node,
                at: stage.call.elapsed(),
            })
        });
        Played {
            name: self.name.clone(),
            line: self.line,
            failure,
            lasted: stage.call.elapsed(),
            events: stage.call.events().to_vec(),
        }
    }
}

type Held = Result<(), (String, String)>;

/// A dialogue that is being walked.
struct Stage {
    call: VirtualCall,
    world: World,
    /// How many events there were when the caller last did something.
    since: usize,
    acted: bool,
}

impl Stage {
    fn walk(&mut self, step: &Step, ear: &mut dyn Ear) -> Held {
        self.serve()?;
        match &step.does {
            Does::Hears(pattern) => {
                let said = self.next_prompt()?;
                match said {
                    Some(said) if pattern.fits(&said) => Ok(()),
                    Some(said) => Err((after_mark(&step.written), said)),
                    None => Err((after_mark(&step.written), self.waiting())),
                }
            }
            Does::Acts { act, interrupts } => {
                if !interrupts {
                    self.hear_out()?;
                }
                self.since = self.call.events().len();
                while self.call.said().is_some() {}
                self.act(act, *interrupts, ear)?;
                self.serve()
            }
            Does::Expects(expectation) => self.expect(expectation),
            Does::Given(..) | Does::Local(_) => {
                Err(("this line before the call begins".to_owned(), "the call has begun".to_owned()))
            }
            other => {
                self.world.set(other);
                self.world.apply(&mut self.call);
                Ok(())
            }
        }
    }

    /// Lets the call go on until something is said, or the dialogue waits for the caller.
    fn next_prompt(&mut self) -> Result<Option<String>, (String, String)> {
        for _ in 0..MOST_STEPS {
            if let Some(said) = self.call.said() {
                return Ok(Some(said));
            }
            self.serve()?;
            if !self.call.is_busy() || !self.call.step(FAR) {
                break;
            }
        }
        Ok(self.call.said())
    }

    /// Hears everything until the dialogue waits for the caller.
    fn hear_out(&mut self) -> Held {
        self.serve()?;
        for _ in 0..MOST_STEPS {
            if !self.call.is_busy() || !self.call.step(FAR) {
                break;
            }
            self.serve()?;
        }
        Ok(())
    }

    /// Gives the dialogue what it wants from the world.
    fn serve(&mut self) -> Held {
        while let Some(want) = self.call.want() {
            match want {
                Want::Fetch { order, request } => {
                    let Some((after, result)) = self.world.fetched(&self.call, &request) else {
                        let name = &request.service;
                        let expected = format!("a line such as `service {name}: 200 {{...}}` above");
                        return Err((expected, format!("the flow asks the service `{name}`, and nobody answers")));
                    };
                    self.call.answer(order, after, result);
                }
                other => self.world.serve(other, &mut self.call),
            }
        }
        Ok(())
    }

    fn act(&mut self, act: &Act, interrupts: bool, ear: &mut dyn Ear) -> Held {
        if self.call.is_over() {
            return Err(("a call that goes on".to_owned(), "the call has ended".to_owned()));
        }
        self.acted = true;
        match act {
            Act::Says(text) => self.speech_counts(interrupts).map(|()| self.call.speak(text)),
            Act::Mumbles(text) => self.speech_counts(interrupts).map(|()| self.call.mumble(text)),
            Act::Sound(file) => {
                self.speech_counts(interrupts)?;
                let request = self.call.listens_for().cloned();
                let heard = request.map(|request| ear.hear(file, &request)).transpose();
                let heard = heard.map_err(|why| (format!("sound in {file}"), why))?;
                Ok(heard.is_some_and(|heard| self.call.hears(heard)))
            }
            Act::Presses(keys) => {
                for key in keys.chars() {
                    self.call.press(key);
                    self.serve()?;
                }
                Ok(true)
            }
            Act::IsSilent => return self.be_silent(),
            Act::Waits(time) => return self.wait(*time),
            Act::HangsUp => {
                self.call.hang_up();
                Ok(true)
            }
        }
        .map(|_| ())
    }

    fn speech_counts(&self, interrupts: bool) -> Held {
        let expected = || "somebody listens to the caller".to_owned();
        if self.call.is_recording() {
            return Ok(());
        }
        if self.call.listens_for().is_none() {
            return Err((expected(), self.waiting()));
        }
        if interrupts && !self.call.can_be_interrupted() {
            return Err((expected(), "speech does not interrupt this prompt".to_owned()));
        }
        Ok(())
    }

    /// Until the dialogue's next timer.
    fn be_silent(&mut self) -> Held {
        if self.call.is_recording() {
            self.call.ends_recording(Duration::ZERO);
            return Ok(());
        }
        match self.call.next_timer() {
            Some(due) => {
                self.call.step(due);
                Ok(())
            }
            None => Err(("the flow waits for the caller".to_owned(), self.waiting())),
        }
    }

    fn wait(&mut self, time: Duration) -> Held {
        let until = self.call.elapsed() + time;
        for _ in 0..MOST_STEPS {
            let left = until.saturating_sub(self.call.elapsed());
            if !self.call.step(left) {
                break;
            }
            self.serve()?;
        }
        Ok(())
    }

    fn expect(&mut self, expectation: &Expectation) -> Held {
        let check = |stage: &Self| {
            let since = if stage.acted { stage.since } else { 0 };
            let seen = Seen {
                since: &stage.call.events()[since..],
                requests: &stage.world.requests,
                asked: stage.world.server.asked(),
            };
            expectation.check(&stage.call, &seen)
        };
        // What is the case already need not wait for the end of a prompt.
        if check(self).is_ok() {
            return Ok(());
        }
        self.hear_out()?;
        check(self)
    }

    /// What the dialogue does, where something else was expected of it.
    fn waiting(&self) -> String {
        if self.call.is_over() {
            return "the call has ended".to_owned();
        }
        let node = self.call.node();
        match (self.call.listens_for(), self.call.next_timer(), self.call.queued()) {
            (Some(_), ..) => format!("the flow waits for the caller at `{node}`"),
            (None, Some(_), _) => format!("the flow waits for keys only at `{node}`"),
            (None, None, Some((queue, _))) => format!("the caller waits in the queue {queue}"),
            (None, None, None) => format!("the flow listens to nobody at `{node}`"),
        }
    }
}

/// What a line says behind its mark.
fn after_mark(written: &str) -> String {
    let mut rest = written.chars();
    rest.next();
    rest.as_str().trim().to_owned()
}

/// The caller of a dialogue that names none; a number for fiction.
const CALLER: &str = "+12025550123";
const CALLED: &str = "100";
/// The wall time of a dialogue that names none, a Monday morning: what callers say of days means the same every day.
const LOCAL: DateTime = date(2026, 3, 2).at(10, 0, 0, 0);
/// Longer than any timer.
const FAR: Duration = Duration::from_secs(24 * 3600);
/// A dialogue that never waits is not walked for ever.
const MOST_STEPS: usize = 10_000;
