//! A flow as a picture: its nodes and the ways between them.

mod layers;
mod mermaid;
mod svg;

use crate::flow::Flow;
use crate::node::NodeId;
use crate::text::{Line, Template};
use crate::ways::Why;

/// The nodes and ways of a flow, to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    /// The flow's name.
    pub name: String,
    /// The nodes, the flow's own first, in the order of the files.
    pub nodes: Vec<GraphNode>,
    /// The ways between them.
    pub edges: Vec<GraphEdge>,
    /// The node that every call begins at.
    pub start: usize,
    /// The node that a person is asked for at.
    pub person: usize,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphNode {
    /// Its name.
    pub name: String,
    /// Its kind, by its key.
    pub kind: &'static str,
    /// The first thing that it says.
    pub says: Option<String>,
    /// Whether the caller can ask for a person here.
    pub asks: bool,
}

/// A way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphEdge {
    /// The index of the node that it leads from.
    pub from: usize,
    /// The index of the node that it leads to.
    pub to: usize,
    /// The choices, conditions or keys; empty for the only way there is.
    pub label: String,
    /// Whether it is taken when something fails.
    pub failure: bool,
}

impl Graph {
    /// The picture of a flow.
    pub fn of(flow: &Flow) -> Self {
        let mut indices: Vec<usize> = Vec::new();
        let mut nodes: Vec<GraphNode> = Vec::new();
        let mut places = std::collections::BTreeMap::new();
        for node in &flow.nodes {
            // Nodes that a node brings along stand at its place and are drawn as one.
            let index = *places.entry((node.part, node.place)).or_insert(nodes.len());
            if index == nodes.len() {
                let says = node.lines().first().map(|line| said(line));
                nodes.push(GraphNode { name: node.name.clone(), kind: node.key, says, asks: node.asks() });
            } else if let (None, Some(line)) = (&nodes[index].says, node.lines().first()) {
                nodes[index].says = Some(said(line));
            }
            indices.push(index);
        }
        let at = |id: NodeId| indices[id.0];
        let mut edges: Vec<GraphEdge> = Vec::new();
        for way in &flow.ways {
            let Some(from) = way.from else { continue };
            let only = flow.ways.iter().filter(|other| other.from == Some(from)).count() == 1;
            let label = if only && way.why == Why::Else { String::new() } else { way.label.clone() };
            let failure = matches!(way.why, Why::Silent | Why::Misunderstood)
                || way.label.starts_with("if_") && way.why == Why::Else;
            join(&mut edges, GraphEdge { from: at(from), to: at(way.to), label, failure });
        }
        for (index, node) in flow.nodes.iter().enumerate() {
            let Some(part) = node.calls() else { continue };
            let to = at(flow.parts[part].start);
            join(&mut edges, GraphEdge { from: indices[index], to, label: "calls".to_owned(), failure: false });
        }
        Self { name: flow.name().to_owned(), nodes, edges, start: at(flow.parts[0].start), person: at(flow.person) }
    }

    /// As Mermaid's text, which Markdown pages draw.
    pub fn mermaid(&self) -> String {
        mermaid::mermaid(self)
    }

    /// As an SVG picture that stands by itself.
    pub fn svg(&self) -> String {
        svg::svg(self)
    }
}

/// Ways between the same nodes are one line with several labels.
fn join(edges: &mut Vec<GraphEdge>, edge: GraphEdge) {
    let same = |known: &&mut GraphEdge| (known.from, known.to) == (edge.from, edge.to);
    match edges.iter_mut().find(same) {
        Some(known) => {
            known.failure &= edge.failure;
            if !edge.label.is_empty() {
                known.label.push_str(if known.label.is_empty() { "" } else { " | " });
                known.label.push_str(&edge.label);
            }
        }
        None => edges.push(edge),
    }
}

fn said(line: &Line) -> String {
    match line {
        Line::Recorded(file) => format!("[{file}]"),
        Line::Said(Template::Fixed(text) | Template::Varying(_, text)) => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FilesInMemory;

    fn graph(yaml: &str) -> Graph {
        let files = FilesInMemory::new().with("a.yaml", yaml);
        Graph::of(&Flow::load("a.yaml", &files, None).expect("the flow is right"))
    }

    const FLOW: &str = "callwright: 1\nflow: a\nlanguage: en\nstart: one\nperson: desk\nnodes:\n  \
        one:\n    menu: { say: \"A < B & \\\"C\\\"?\", choices: { x: { press: \"1\", goto: two }, y: { press: \"2\", goto: two } } }\n  \
        two:\n    branch: [{ if: \"caller == 'x'\", goto: one }, { else: bye }]\n  \
        desk:\n    queue: { name: service, if_nobody: bye }\n  bye:\n    hang_up: {}\n";

    #[test]
    fn ways_have_their_choices_conditions_and_failures() {
        let graph = graph(FLOW);
        let edge =
            |from: usize, to: usize, label: &str, failure| GraphEdge { from, to, label: label.to_owned(), failure };
        assert_eq!(
            graph.edges,
            [
                edge(0, 1, "x | y", false),
                edge(1, 0, "caller == 'x'", false),
                edge(1, 3, "else", false),
                edge(2, 3, "", true)
            ]
        );
        assert_eq!((graph.start, graph.person), (0, 2));
    }

    #[test]
    fn no_text_of_a_flow_breaks_the_pictures() {
        let graph = graph(FLOW);
        let svg = graph.svg();
        assert!(svg.contains("A &lt; B &amp; &quot;C&quot;?") && svg.ends_with("</svg>\n"), "{svg}");
        assert!(svg.contains("class=\"person\"") && svg.contains("class=\"way failure\""), "{svg}");
        let mermaid = graph.mermaid();
        assert!(
            mermaid.contains("n1 -->|\"caller == 'x'\"| n0") && mermaid.contains("n0 -.->|person| n2"),
            "{mermaid}"
        );
    }
}
