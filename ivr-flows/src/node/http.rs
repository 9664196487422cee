//! `http`: asks a back end, while something is said.
//!
//! ```yaml
//! bill:
//!   http: { service: balance, with: { account: "{{ account }}" }, say_while: "One moment.", if_failed: desk, then: tell }
//! ```
//!
//! The declared fields of the answer become `balance.amount` and so on. No answer in time, a status other than 2xx, or an
//! answer of another shape lead to `if_failed`. What `with:` gives and the address does not name goes into the query, or
//! as JSON into the body of POST and PUT.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use call_model::{BargeIn, CallEvent, OrderId};

use super::{NodeId, Surroundings};
use crate::diagnostic::Place;
use crate::nearest::nearest;
use crate::reading::Reading;
use crate::run::{Core, Fact, FetchFailure, FetchResult, HttpMethod, HttpRequest, LARGEST_ANSWER, Stage, Step};
use crate::services::Service;
use crate::text::{Line, Template, Voice};
use crate::value::Value;
use crate::yaml::{Fields, Text, list_of, text};

/// A node that asks a back end.
#[derive(Debug)]
pub(crate) struct Http {
    service: String,
    with: Vec<(String, Template)>,
    pub(crate) say_while: Option<Line>,
    pub(crate) if_failed: NodeId,
    pub(crate) then: NodeId,
}

/// Waiting for a back end.
#[derive(Debug)]
pub(crate) struct Fetching {
    node: NodeId,
    order: OrderId,
    /// What is said meanwhile, until it has ended.
    filler: Option<OrderId>,
    /// Where to go, once the answer is there and the filler is still spoken.
    outcome: Option<NodeId>,
    give_up: Instant,
}

impl Http {
    pub(crate) fn read(fields: &mut Fields<'_>, around: &Surroundings, reading: &mut Reading<'_>) -> Option<Self> {
        let service =
            fields.must_text("service", "add `service:` with a name from the services' file", &mut reading.findings);
        let asked = service.and_then(|service| Self::of_service(service, fields, around, reading));
        let then = reading.must_target(fields, "then", "add `then:` with the node that comes next");
        Some(asked?.leading_to(then?))
    }

    /// Takes what belongs to the question: everything but the service's name and `then`.
    pub(super) fn of_service(
        service: Text,
        fields: &mut Fields<'_>,
        around: &Surroundings,
        reading: &mut Reading<'_>,
    ) -> Option<Self> {
        let place = fields.place;
        let mut with = Vec::new();
        let file = fields.file();
        for (name, tree) in fields.entries("with", &mut reading.findings).unwrap_or_default() {
            let value = text(file, tree, "with", &mut reading.findings);
            let template = value.and_then(|value| reading.template(&value));
            if reading.is_variable(&name) {
                with.extend(template.map(|template| (name.text, template)));
            }
        }
        let say_while = reading.line(fields, "say_while", "audio_while");
        let if_failed = reading.must_target(
            fields,
            "if_failed",
            "add `if_failed:` with the node that comes next when the service fails",
        );
        let Some(known) = around.services.get(&service.text) else {
            let names: Vec<&String> = around.services.keys().collect();
            let fix = match nearest(&service.text, names.iter().map(|name| name.as_str())) {
                Some(known) => format!("write `{known}`"),
                None if names.is_empty() => {
                    "name a file of services at the top, as in `services: services.yaml`, and describe it there"
                        .to_owned()
                }
                None => format!("describe it in the services' file, or name one of {}", list_of(&names)),
            };
            reading.findings.error(service.place, format!("there is no service `{}`", service.text), fix);
            return None;
        };
        check_given(place, &service.text, known, &with, reading);
        let if_failed = if_failed?;
        Some(Self { service: service.text, with, say_while, if_failed, then: if_failed })
    }

    /// Where it goes on when the service has answered.
    pub(super) fn leading_to(self, then: NodeId) -> Self {
        Self { then, ..self }
    }

    /// The variables that are known when the service has answered.
    pub(crate) fn fills(&self, services: &BTreeMap<String, Service>) -> Vec<String> {
        let fields = services.get(&self.service).map(|service| &service.fields);
        fields.into_iter().flatten().map(|(field, _)| format!("{}.{field}", self.service)).collect()
    }

    pub(crate) fn enter(&self, id: NodeId, core: &mut Core, now: Instant) -> Step {
        let flow = core.flow.clone();
        let Some(service) = flow.parts[core.part].services.get(&self.service) else {
            return Step::Broken(format!("there is no service `{}`", self.service));
        };
        let order = core.next_order();
        let request = match self.request(service, order, core) {
            Ok(request) => request,
            Err(reason) => return Step::Broken(reason),
        };
        let give_up = now + request.timeout + GRACE;
        core.event(CallEvent::FetchStarted { node: flow.nodes[id.0].name.clone() });
        core.fetch(order, request);
        let lines: Vec<&Line> = self.say_while.iter().collect();
        match core.play(&lines, BargeIn::Never, now) {
            Ok(filler) => Step::Wait(Stage::Fetching(Fetching { node: id, order, filler, outcome: None, give_up })),
            Err(reason) => Step::Broken(reason),
        }
    }

    fn request(&self, service: &Service, order: OrderId, core: &Core) -> Result<HttpRequest, String> {
        let mut given = BTreeMap::new();
        for (name, template) in &self.with {
            given.insert(name.clone(), Value::Text(core.render(template, Voice::Service)?));
        }
        let url = core.render_with(&service.url, &given, Voice::Address)?;
        let mut headers = Vec::new();
        for (name, template) in &service.headers {
            let value = core.render_with(template, &given, Voice::Service)?;
            headers.push((name.clone(), value.chars().filter(|c| !c.is_control()).collect()));
        }
        let rest: Vec<(&String, String)> = given
            .iter()
            .filter(|(name, _)| !service.url_variables.contains(name))
            .map(|(name, value)| (name, value.raw()))
            .collect();
        let (url, body) = match service.method {
            HttpMethod::Post | HttpMethod::Put => {
                let members = rest.into_iter().map(|(name, value)| (name.clone(), serde_json::Value::String(value)));
                headers.push(("content-type".to_owned(), "application/json".to_owned()));
                headers.push(("idempotency-key".to_owned(), core.key_of(order)));
                (url, Some(serde_json::Value::Object(members.collect()).to_string()))
            }
            HttpMethod::Get | HttpMethod::Delete => (with_query(url, &rest), None),
        };
        Ok(HttpRequest { method: service.method, url, headers, body, timeout: service.timeout })
    }
}

impl Fetching {
    pub(crate) fn order(&self) -> OrderId {
        self.order
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.outcome.is_none().then_some(self.give_up)
    }

    pub(crate) fn on_fact(mut self, fact: Fact, core: &mut Core) -> Step {
        match fact {
            Fact::Fetched { order, result } if order == self.order && self.outcome.is_none() => {
                self.answered(result, core)
            }
            Fact::TimedOut if self.outcome.is_none() => {
                core.event(CallEvent::FlowTimeout);
                self.answered(Err(FetchFailure::TimedOut), core)
            }
            Fact::PromptEnded { order } if self.filler == Some(order) => {
                self.filler = None;
                self.go_on()
            }
            Fact::DigitPressed(digit) => {
                core.keys.push(digit);
                Step::Wait(Stage::Fetching(self))
            }
            Fact::Fetched { .. }
            | Fact::TimedOut
            | Fact::PromptEnded { .. }
            | Fact::SpeechStarted { .. }
            | Fact::Heard { .. }
            | Fact::ListenEnded { .. }
            | Fact::QueueFailed => Step::Wait(Stage::Fetching(self)),
        }
    }

    fn answered(mut self, result: FetchResult, core: &mut Core) -> Step {
        let flow = core.flow.clone();
        let node = &flow.nodes[self.node.0];
        let super::Kind::Http(http) = &node.kind else { return Step::Person };
        let answer = result.ok().filter(|answer| answer.body.len() <= LARGEST_ANSWER);
        core.event(CallEvent::FetchEnded {
            node: node.name.clone(),
            status: answer.as_ref().map(|answer| answer.status),
            body: answer.as_ref().map(|answer| answer.body.clone()).unwrap_or_default(),
        });
        let fields = answer
            .filter(|answer| (200..300).contains(&answer.status))
            .and_then(|answer| flow.parts[core.part].services.get(&http.service)?.read_answer(&answer.body));
        self.outcome = Some(match fields {
            Some(fields) => {
                fields.into_iter().for_each(|(name, value)| core.memory.set(format!("{}.{name}", http.service), value));
                http.then
            }
            None => http.if_failed,
        });
        self.go_on()
    }

    fn go_on(self) -> Step {
        match (self.outcome, self.filler) {
            (Some(to), None) => Step::Goto(to),
            _ => Step::Wait(Stage::Fetching(self)),
        }
    }
}

/// Complains of variables that the service needs and the node does not give.
fn check_given(place: Place, name: &str, service: &Service, with: &[(String, Template)], reading: &mut Reading<'_>) {
    for needed in service.needs(&reading.templates) {
        if !with.iter().any(|(given, _)| *given == needed) {
            let fix = format!("add `with: {{ {needed}: \"{{{{ {needed} }}}}\" }}`");
            reading.findings.error(place, format!("the service `{name}` needs `{needed}`"), fix);
        }
    }
}

fn with_query(url: String, rest: &[(&String, String)]) -> String {
    let mut url = url;
    for (name, value) in rest {
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(name);
        url.push('=');
        url.push_str(&crate::text::percent_encode(value));
    }
    url
}

/// The shell reports its own time-out; when it does not, we do.
const GRACE: Duration = Duration::from_secs(1);
