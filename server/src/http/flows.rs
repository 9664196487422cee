//! The flows that the server can run.

use std::sync::Arc;

use axum::extract::State;
use ivr_flows::Flow;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::Json;
use crate::services::Services;

pub(super) fn router() -> OpenApiRouter<Arc<Services>> {
    OpenApiRouter::new().routes(routes!(list))
}

/// A flow that the server can run.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FlowView {
    /// Its name, by which campaigns and single calls speak of it.
    flow: String,
    /// The language that it speaks and understands.
    language: String,
    /// The SHA-256 of its files: calls that it talked in have it as `flow_hash`.
    flow_hash: String,
    /// The numbers that it answers, as the configuration writes them.
    numbers: Vec<String>,
    /// The queues that it hands callers to.
    queues: Vec<String>,
    /// What is probably not as it was meant, each with its place and what to do.
    warnings: Vec<String>,
    /// Its nodes, in the order of its files.
    nodes: Vec<NodeView>,
}

/// A node of a flow.
#[derive(Debug, Serialize, ToSchema)]
struct NodeView {
    /// Its name; those of a sub-flow have the sub-flow's before it, as in `verify.first`.
    node: String,
    /// Its kind: the key that it is written with.
    kind: &'static str,
}

impl FlowView {
    fn new(flow: &Flow, numbers: Vec<String>) -> Self {
        Self {
            flow: flow.name().to_owned(),
            language: flow.language().as_str().to_owned(),
            flow_hash: flow.hash().as_str().to_owned(),
            numbers,
            queues: flow.queues().into_iter().collect(),
            warnings: flow.warnings().iter().map(ToString::to_string).collect(),
            nodes: flow.nodes().map(|(node, kind)| NodeView { node: node.to_owned(), kind }).collect(),
        }
    }
}

/// Every flow, by name.
#[utoipa::path(get, path = "/api/v1/flows", tag = "flows",
    responses((status = 200, description = "All flows", body = Vec<FlowView>)))]
pub(super) async fn list(State(services): State<Arc<Services>>) -> Json<Vec<FlowView>> {
    let flows = services.flows.now();
    Json(flows.all().map(|(loaded, numbers)| FlowView::new(&loaded.flow, numbers)).collect())
}

#[cfg(test)]
mod tests {
    use ivr_flows::FileSource;
    use serde_json::json;

    use super::*;

    struct OneFile;

    impl FileSource for OneFile {
        fn read(&self, path: &str) -> Option<String> {
            (path == "hello.yaml").then(|| FLOW.to_owned())
        }

        fn exists(&self, path: &str) -> bool {
            path == "hello.yaml"
        }
    }

    const FLOW: &str = "callwright: 1\nflow: hello\nlanguage: en\nstart: welcome\nperson: desk\nnodes:\n  \
        welcome:\n    play: { say: Hello., then: desk }\n  \
        desk:\n    queue: { name: service, if_nobody: bye }\n  bye:\n    hang_up: {}\n";

    #[test]
    fn a_flow_is_told_with_its_nodes_and_queues() {
        let flow = Flow::load("hello.yaml", &OneFile, None).expect("it is a flow");
        let told = serde_json::to_value(FlowView::new(&flow, vec!["100".to_owned()])).expect("plain data");
        assert_eq!(told["flow_hash"].as_str().map(str::len), Some(64));
        assert_eq!(
            told,
            json!({
                "flow": "hello", "language": "en", "flow_hash": told["flow_hash"], "numbers": ["100"],
                "queues": ["service"], "warnings": [],
                "nodes": [{ "node": "welcome", "kind": "play" }, { "node": "desk", "kind": "queue" },
                          { "node": "bye", "kind": "hang_up" }],
            })
        );
    }
}
