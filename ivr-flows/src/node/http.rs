//! `http`: asks a back end, while something is said.
//!
//! ```yaml
//! bill:
//!   http: { service: balance, with: { account: "{{ account }}" }, say_while: "One moment.", if_failed: desk, then: tell }
//! ```
//!
//! The declared fields of the answer become `balance.amount` and so on. No answer in time, a status other than 2xx, or an
//! answer of another shape lead to `if_failed`; with `if_unknown`, status 404 leads there. A request that failed for want
//! of luck is sent again, as often as the service's `retries:` say, with the same `Idempotency-Key`. What `with:` gives and the address does not name goes into the query, or
//! as JSON into the body of POST and PUT.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use call_model::{BargeIn, CallEvent, OrderId};

use super::{NodeId, Surroundings};
use crate::diagnostic::Place;
use crate::nearest::nearest;
use crate::reading::Reading;
use crate::run::{Core, Fact, FetchFailure, FetchResult, HttpMethod, HttpRequest, LARGEST_ANSWER, Stage, Step};
use crate::services::{Answer, Recorded, Service};
use crate::text::{Line, Template, Voice};
use crate::value::Value;
use crate::yaml::{Fields, Text, list_of, text};

/// A node that asks a back end.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    service: String,
    with: Vec<(String, Template)>,
    pub(crate) say_while: Option<Line>,
    pub(crate) if_failed: NodeId,
    /// Where status 404 leads; otherwise it is a failure.
    if_unknown: Option<NodeId>,
    /// Whether the service begins a job.
    begins_job: bool,
    pub(crate) then: NodeId,
}

/// Waiting for a back end.
#[derive(Debug)]
pub(crate) struct Fetching {
    node: NodeId,
    order: OrderId,
    request: HttpRequest,
    /// How often it may be sent again.
    retries: u32,
    /// What is said meanwhile, until it has ended.
    filler: Option<OrderId>,
    waits: Waits,
    recorded: Option<FetchResult>,
}

#[derive(Debug, Clone, Copy)]
enum Waits {
    /// For the answer, until then.
    ForAnswer(Instant),
    /// Until it is sent again.
    ToAskAgain(Instant),
    /// For the end of the filler; where it goes on is known.
    ForFiller(NodeId),
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
        let fix = "add `if_failed:` with the node that comes next when the service fails";
        let if_failed = reading.must_target(fields, "if_failed", fix);
        Self::failing_to(if_failed, &[], service, fields, around, reading)
    }

    /// The same for a node that has another word for where a failure leads, and gives the service `also` something.
    pub(super) fn failing_to(
        if_failed: Option<NodeId>,
        also: &[&str],
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
        let if_unknown = reading.target_or(fields, "if_unknown", None);
        let service = Self::known(&service, around, reading)?;
        let given: Vec<&str> = with.iter().map(|(name, _)| name.as_str()).chain(also.iter().copied()).collect();
        check_given(place, &service, &around.services[&service], &given, reading);
        let if_failed = if_failed?;
        Some(Self { service, with, say_while, if_failed, if_unknown, begins_job: false, then: if_failed })
    }

    /// Gives the service one thing more.
    pub(super) fn giving(mut self, name: &str, value: Template) -> Self {
        self.with.push((name.to_owned(), value));
        self
    }

    /// Lets the service begin a job: it is given the job's id and where the result goes, and what it answers now is not
    /// its result.
    pub(super) fn beginning_job(self) -> Self {
        Self { begins_job: true, ..self }
    }

    /// Where a status of 404 leads.
    pub(super) fn unknown_to(self, to: NodeId) -> Self {
        Self { if_unknown: self.if_unknown.or(Some(to)), ..self }
    }

    /// The name of a service that is described, or the complaint that it is not.
    pub(super) fn known(service: &Text, around: &Surroundings, reading: &mut Reading<'_>) -> Option<String> {
        if around.services.contains_key(&service.text) {
            return Some(service.text.clone());
        }
        let names: Vec<&String> = around.services.keys().collect();
        let fix = match nearest(&service.text, names.iter().map(|name| name.as_str())) {
            Some(known) => format!("write `{known}`"),
            None if names.is_empty() => {
                "name a file of services at the top, as in `services: services.yaml`, and describe it there".to_owned()
            }
            None => format!("describe it in the services' file, or name one of {}", list_of(&names)),
        };
        reading.findings.error(service.place, format!("there is no service `{}`", service.text), fix);
        None
    }

    /// A question with one value; `service` is described.
    pub(super) fn asking(
        service: String,
        (name, value): (&str, Template),
        say_while: Option<Line>,
        place: Place,
        around: &Surroundings,
        reading: &mut Reading<'_>,
    ) -> Self {
        let with = vec![(name.to_owned(), value)];
        if let Some(known) = around.services.get(&service) {
            check_given(place, &service, known, &[name], reading);
        }
        Self { service, with, say_while, if_failed: NodeId(0), if_unknown: None, begins_job: false, then: NodeId(0) }
    }

    /// Where it goes on when the service fails, and when it answers by status 404.
    pub(super) fn with_failures(self, if_failed: NodeId, if_unknown: NodeId) -> Self {
        Self { if_failed, if_unknown: Some(if_unknown), ..self }
    }

    /// The service.
    pub(crate) fn service(&self) -> &str {
        &self.service
    }

    /// Where it goes on when the service has answered.
    pub(super) fn leading_to(self, then: NodeId) -> Self {
        Self { then, ..self }
    }

    /// The nodes that may come next, and what is known by then.
    pub(crate) fn exits(&self, services: &BTreeMap<String, Service>) -> Vec<(NodeId, Vec<String>)> {
        let service = services.get(&self.service).filter(|_| !self.begins_job);
        let fields = service.into_iter().flat_map(|service| service.shape.always());
        let known = fields.map(|field| format!("{}.{field}", self.service)).collect();
        let failed = std::iter::once(self.if_failed).chain(self.if_unknown).map(|to| (to, Vec::new()));
        std::iter::once((self.then, known)).chain(failed).collect()
    }

    pub(crate) fn enter(&self, id: NodeId, core: &mut Core, now: Instant) -> Step {
        let flow = core.flow.clone();
        let Some(service) = flow.parts[core.part].services.get(&self.service) else {
            return Step::Broken(format!("there is no service `{}`", self.service));
        };
        if service.personal && !core.verified {
            let node = flow.nodes[id.0].name.clone();
            let reason =
                format!("the service `{}` is personal and the caller is not verified; verify before", self.service);
            core.event(CallEvent::FlowFailed { node, reason });
            return Step::Goto(self.if_failed);
        }
        let order = core.next_order();
        let (request, given) = match self.request(service, order, core) {
            Ok(request) => request,
            Err(reason) => return Step::Broken(reason),
        };
        let lines: Vec<&Line> = self.say_while.iter().collect();
        let mut fetching = Fetching {
            node: id,
            order,
            retries: service.retries,
            filler: None,
            waits: Waits::ForAnswer(now),
            recorded: Recorded::find(&service.recorded, &given),
            request,
        };
        fetching.ask(core, now);
        match core.play(&lines, BargeIn::Never, now) {
            Ok(filler) => Step::Wait(Stage::Fetching(Box::new(Fetching { filler, ..fetching }))),
            Err(reason) => Step::Broken(reason),
        }
    }

    /// The request, and what it was made of.
    fn request(
        &self,
        service: &Service,
        order: OrderId,
        core: &Core,
    ) -> Result<(HttpRequest, BTreeMap<String, String>), String> {
        let mut given = BTreeMap::new();
        for (name, template) in &self.with {
            given.insert(name.clone(), Value::Text(core.render(template, Voice::Service)?));
        }
        if let Some((job, callback)) = core.job.as_ref().filter(|_| self.begins_job) {
            given.insert(JOB.to_owned(), Value::Text(job.to_string()));
            given.insert(CALLBACK.to_owned(), Value::Text(callback.clone()));
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
        let given = given.into_iter().map(|(name, value)| (name, value.raw())).collect();
        let request = HttpRequest {
            service: self.service.clone(),
            method: service.method,
            url,
            headers,
            body,
            timeout: service.timeout,
            allow_private: service.allow_private,
            secret: service.secret.clone(),
        };
        Ok((request, given))
    }
}

impl Fetching {
    pub(crate) fn order(&self) -> OrderId {
        self.order
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        match self.waits {
            Waits::ForAnswer(until) | Waits::ToAskAgain(until) => Some(until),
            Waits::ForFiller(_) => None,
        }
    }

    /// Whether it waits to be sent again.
    pub(crate) fn pauses(&self) -> bool {
        matches!(self.waits, Waits::ToAskAgain(_))
    }

    /// The answer that is written down for this request.
    pub(crate) fn recorded(&self) -> Option<&FetchResult> {
        self.recorded.as_ref()
    }

    pub(crate) fn on_fact(mut self, fact: Fact, core: &mut Core, now: Instant) -> Step {
        match (fact, self.waits) {
            (Fact::Fetched { order, result }, Waits::ForAnswer(_)) if order == self.order => {
                self.answered(result, core, now)
            }
            (Fact::TimedOut, Waits::ForAnswer(_)) => {
                core.event(CallEvent::FlowTimeout);
                self.answered(Err(FetchFailure::TimedOut), core, now)
            }
            (Fact::TimedOut, Waits::ToAskAgain(_)) => {
                core.event(CallEvent::FlowTimeout);
                self.order = core.next_order();
                self.ask(core, now);
                Step::Wait(Stage::Fetching(Box::new(self)))
            }
            (Fact::PromptEnded { order }, _) if self.filler == Some(order) => {
                self.filler = None;
                self.go_on()
            }
            (Fact::DigitPressed(digit), _) => {
                core.keys.push(digit);
                Step::Wait(Stage::Fetching(Box::new(self)))
            }
            _ => Step::Wait(Stage::Fetching(Box::new(self))),
        }
    }

    fn ask(&mut self, core: &mut Core, now: Instant) {
        core.event(CallEvent::FetchStarted { node: core.flow.nodes[self.node.0].name.clone() });
        core.fetch(self.order, self.request.clone());
        self.waits = Waits::ForAnswer(now + self.request.timeout + GRACE);
    }

    fn answered(mut self, result: FetchResult, core: &mut Core, now: Instant) -> Step {
        let flow = core.flow.clone();
        let node = &flow.nodes[self.node.0];
        let super::Kind::Http(http) = &node.kind else { return Step::Person };
        let Some(service) = flow.parts[node.part].services.get(&http.service) else { return Step::Person };
        let result = result.and_then(|answer| match answer.body.len() {
            0..=LARGEST_ANSWER => Ok(answer),
            _ => Err(FetchFailure::TooLarge),
        });
        let held = match &result {
            Err(failure) => Err(failure.as_str().to_owned()),
            Ok(answer) if !(200..300).contains(&answer.status) => Err(format!("status {}", answer.status)),
            Ok(_) if http.begins_job => Ok(Answer::default()),
            Ok(answer) => service.shape.hold(&answer.body),
        };
        core.event(CallEvent::FetchEnded {
            node: node.name.clone(),
            status: result.as_ref().ok().map(|answer| answer.status),
            body: result.as_ref().map(|answer| answer.body.clone()).unwrap_or_default(),
            problem: held.as_ref().err().cloned(),
        });
        let to = match held {
            Ok(answer) => {
                core.memory.take_answer(&http.service, answer);
                http.then
            }
            Err(_) if self.retries > 0 && may_be_luck(&result) => {
                self.retries -= 1;
                self.waits = Waits::ToAskAgain(now + PAUSE);
                return Step::Wait(Stage::Fetching(Box::new(self)));
            }
            Err(_) if result.is_ok_and(|answer| answer.status == 404) => http.if_unknown.unwrap_or(http.if_failed),
            Err(_) => http.if_failed,
        };
        self.waits = Waits::ForFiller(to);
        self.go_on()
    }

    fn go_on(self) -> Step {
        match (self.waits, self.filler) {
            (Waits::ForFiller(to), None) => Step::Goto(to),
            _ => Step::Wait(Stage::Fetching(Box::new(self))),
        }
    }
}

/// Whether the same request may succeed a moment later.
fn may_be_luck(result: &FetchResult) -> bool {
    match result {
        Ok(answer) => answer.status >= 500 || answer.status == 429,
        Err(FetchFailure::TimedOut | FetchFailure::Unreachable) => true,
        Err(FetchFailure::Refused | FetchFailure::TooLarge | FetchFailure::NotText) => false,
    }
}

/// Complains of variables that the service needs and the node does not give.
fn check_given(place: Place, name: &str, service: &Service, given: &[&str], reading: &mut Reading<'_>) {
    for needed in service.needs(&reading.templates) {
        if !given.contains(&needed.as_str()) {
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

/// What a service that begins a job is given besides.
pub(super) const JOB: &str = "job";
pub(super) const CALLBACK: &str = "callback";
/// A moment for the back end to recover.
const PAUSE: Duration = Duration::from_millis(300);
/// The shell reports its own time-out; when it does not, we do.
const GRACE: Duration = Duration::from_secs(1);
