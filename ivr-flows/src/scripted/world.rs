//! What surrounds a call on a virtual clock: services, people, the recogniser, the server's tables.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::answer::Answer;
use super::call::{VirtualCall, Want};
use super::script::{Does, People};
use super::server::VirtualServer;
use crate::run::{FetchResult, HttpRequest, Start};

/// What surrounds the call, as the lines so far have said.
#[derive(Debug, Default)]
pub(super) struct World {
    /// The answers of each service, the one that is next first; the last one stays.
    answers: BTreeMap<String, VecDeque<Answer>>,
    people: BTreeMap<String, People>,
    deaf: bool,
    cannot_record: bool,
    pub(super) requests: Vec<HttpRequest>,
    pub(super) server: VirtualServer,
}

impl World {
    /// Takes a setting; other lines change nothing.
    pub(super) fn set(&mut self, does: &Does) {
        match does {
            Does::Service { name, answer, in_turn } => {
                let answers = self.answers.entry(name.clone()).or_default();
                if !in_turn {
                    answers.clear();
                }
                answers.push_back(answer.clone());
            }
            Does::Queue(name, people) => {
                self.people.insert(name.clone(), *people);
            }
            Does::Deaf(deaf) => self.deaf = *deaf,
            Does::Server(kind, result) => self.server.set(*kind, result.clone()),
            Does::CannotRecord(cannot) => self.cannot_record = *cannot,
            Does::Given(..) | Does::Local(_) | Does::Hears(_) | Does::Acts { .. } | Does::Expects(_) => {}
        }
    }

    /// The call begins.
    pub(super) fn begin(&mut self, start: &Start) {
        let today = start.local.and_then(|local| local.date().to_string().parse().ok());
        self.server.set_today(today);
    }

    /// Tells the call how the world stands.
    pub(super) fn apply(&self, call: &mut VirtualCall) {
        call.set_deaf(self.deaf);
        call.set_cannot_record(self.cannot_record);
    }

    /// What a service answers: what the lines say, or what the services' file has written down.
    pub(super) fn fetched(&mut self, call: &VirtualCall, request: &HttpRequest) -> Option<(Duration, FetchResult)> {
        self.requests.push(request.clone());
        let written = self.next_answer(&request.service).map(|answer| answer.result(request.timeout));
        written.or_else(|| Some((RECORDED, call.recorded_answer()?)))
    }

    /// Does what the call wants, apart from services.
    pub(super) fn serve(&mut self, want: Want, call: &mut VirtualCall) {
        match want {
            Want::Fetch { .. } => {}
            Want::Consult { order, question } => call.server_answers(order, self.server.answer(&question)),
            Want::People { queue, .. } => {
                if let Some(People::Fail(why)) = self.people.get(&queue) {
                    call.nobody_comes(UNANSWERED, *why);
                }
            }
        }
    }

    fn next_answer(&mut self, name: &str) -> Option<Answer> {
        let answers = self.answers.get_mut(name)?;
        if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() }
    }
}

/// When an answer of the services' file comes.
const RECORDED: Duration = Duration::from_millis(100);
/// A queue that nobody answers is left after so long.
const UNANSWERED: Duration = Duration::from_secs(20);
