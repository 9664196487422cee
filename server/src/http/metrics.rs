//! Metrics in the text format of Prometheus.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::problem::Problem;
use crate::services::Services;

pub(super) fn router() -> OpenApiRouter<Arc<Services>> {
    OpenApiRouter::new().routes(routes!(metrics))
}

/// Metrics in the text format of Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "health", responses(
    (status = 200, description = "One line a value", body = String, content_type = "text/plain"),
    (status = 401, description = "The token is missing or wrong", body = Problem)))]
pub(super) async fn metrics(State(services): State<Arc<Services>>) -> Response {
    let mut page = Page::default();
    calls(&services, &mut page);
    recognisers(&services, &mut page);
    loads(&services, &mut page);
    storage(&services, &mut page);
    messages(&services, &mut page);
    people(&services, &mut page);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], page.0).into_response()
}

fn calls(services: &Services, page: &mut Page) {
    page.metric("callwright_calls", "gauge", "Calls in progress.", services.calls.count());
    page.metric("callwright_calls_total", "counter", "Calls since the start.", services.calls.begun());
    for (trunk, state) in services.trunks.all() {
        if let Some(alive) = state.alive {
            let help = "Whether the trunk answers.";
            page.labelled("callwright_trunk_up", "gauge", help, ("trunk", &trunk), u8::from(alive));
        }
    }
}

fn recognisers(services: &Services, page: &mut Page) {
    let counts = services.recognisers.counts();
    let open = services.recognisers.open_turns();
    page.metric("callwright_listening_turns", "gauge", "Turns that are listened to now.", open);
    let table = [
        ("callwright_listening_turns_total", "Turns that were opened.", &counts.turns),
        ("callwright_listening_refused_total", "Turns for which no recogniser was free.", &counts.refused),
        ("callwright_listening_failed_total", "Turns that could not be carried through.", &counts.failed),
        ("callwright_recogniser_restarts_total", "Recogniser processes that were started again.", &counts.restarts),
        (
            "callwright_listening_narrowed_total",
            "Turns that were to be heard freely and were listened to by their phrases only.",
            &counts.narrowed,
        ),
        ("callwright_recogniser_hangs_total", "Recogniser processes that hung.", &counts.hung),
        (
            "callwright_listening_lost_frames_total",
            "Frames that a recogniser did not keep up with.",
            &counts.lost_frames,
        ),
    ];
    for (name, help, count) in table {
        page.metric(name, "counter", help, count.load(Ordering::Relaxed));
    }
}

/// How late each recogniser decodes, and what hearing freely costs it.
fn loads(services: &Services, page: &mut Page) {
    for (index, load) in services.recognisers.loads().enumerate() {
        let index = index.to_string();
        let worker = ("worker", index.as_str());
        let delay = load.delay_ms() as f64 / 1000.0;
        let cost = load.free_cost() as f64 / 1000.0;
        page.labelled("callwright_recogniser_delay_seconds", "gauge", "How late sound is decoded.", worker, delay);
        page.labelled("callwright_listening_free_turns", "gauge", "Turns heard freely now.", worker, load.open_free());
        let help = "The share of a core that a caller takes who is heard freely; 0 before the first.";
        page.labelled("callwright_listening_free_cost", "gauge", help, worker, cost);
    }
}

fn storage(services: &Services, page: &mut Page) {
    let counts = services.store.writer_counts();
    page.metric("callwright_storage_waiting", "gauge", "Writes that wait.", counts.waiting);
    page.metric("callwright_storage_written_total", "counter", "Writes that are on disk.", counts.committed);
    let help = "Events and ends of calls that wait in memory, since the disk is full or the database away.";
    page.metric("callwright_storage_owed", "gauge", help, counts.owed);
    page.metric("callwright_storage_lost_events_total", "counter", "Events that were not stored.", counts.lost_events);
}

fn messages(services: &Services, page: &mut Page) {
    let counts = services.outbox.counts();
    let table = [
        ("callwright_messages_sent_total", "Messages that were taken.", &counts.sent),
        ("callwright_messages_retried_total", "Attempts to send that are made again.", &counts.again),
        ("callwright_messages_failed_total", "Messages that were given up.", &counts.given_up),
    ];
    for (name, help, count) in table {
        page.metric(name, "counter", help, count.load(Ordering::Relaxed));
    }
}

fn people(services: &Services, page: &mut Page) {
    let snapshot = services.acd.snapshot();
    for queue in &snapshot.queues {
        let label = ("queue", queue.queue.as_str());
        page.labelled("callwright_queue_waiting", "gauge", "Callers who wait.", label, queue.waiting.len());
        page.labelled("callwright_queue_ready", "gauge", "Agents who wait for a call.", label, queue.ready);
    }
    for agent in &snapshot.agents {
        let signed_in = u8::from(agent.state != "signed_out");
        page.labelled(
            "callwright_agent_signed_in",
            "gauge",
            "Whether the agent is there.",
            ("agent", agent.agent.as_str()),
            signed_in,
        );
    }
}

/// The page as it grows; what a metric is stands before its first value only.
#[derive(Default)]
struct Page(String);

impl Page {
    fn metric(&mut self, name: &str, kind: &str, help: &str, value: impl std::fmt::Display) {
        self.head(name, kind, help);
        let _ = writeln!(self.0, "{name} {value}");
    }

    fn labelled(&mut self, name: &str, kind: &str, help: &str, label: (&str, &str), value: impl std::fmt::Display) {
        self.head(name, kind, help);
        let escaped = label.1.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let _ = writeln!(self.0, "{name}{{{}=\"{escaped}\"}} {value}", label.0);
    }

    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let head = format!("# TYPE {name} {kind}\n");
        if !self.0.contains(&head) {
            let _ = write!(self.0, "# HELP {name} {help}\n{head}");
        }
    }
}
