//! Which nodes and ways of a flow were taken.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use call_model::{CallEvent, TurnResult};

use crate::diagnostic::Place;
use crate::flow::Flow;
use crate::node::{NodeId, PERSON};
use crate::ways::{Way, Why};

/// The nodes that were entered and the ways that were taken, in as many calls as are noted.
///
/// A way is what leads from one node to another: a choice, a key such as `then` or `if_failed`, a step of a ladder. Ways
/// of one node that lead to the same node cannot be told apart, unless they are choices or steps of ladders. The ladders
/// at the top of a file, and asking for a person, are one way each, wherever they are taken. Nodes that a node brings
/// along count as that node.
#[derive(Debug)]
pub struct Coverage {
    flow: Arc<Flow>,
    /// The node that stands for each in the file.
    written: Vec<usize>,
    nodes: BTreeSet<usize>,
    ways: BTreeSet<usize>,
}

/// A node or a way that was never taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeverTaken {
    /// The file that it stands in: the flow's, or a sub-flow's, in the flow's folder.
    pub file: String,
    /// Its line; 0 for what stands in none.
    pub line: u32,
    /// What it is.
    pub what: String,
}

impl Coverage {
    /// Nothing was taken yet.
    pub fn new(flow: Arc<Flow>) -> Self {
        let mut places = BTreeMap::new();
        let nodes = flow.nodes.iter().enumerate();
        let written = nodes.map(|(index, node)| *places.entry((node.part, node.place)).or_insert(index)).collect();
        Self { flow, written, nodes: BTreeSet::new(), ways: BTreeSet::new() }
    }

    /// Notes the events of a call.
    pub fn note(&mut self, events: &[CallEvent]) {
        let mut from: Option<usize> = None;
        let mut called: Vec<usize> = Vec::new();
        let mut last = Last::default();
        for event in events {
            match event {
                CallEvent::NodeEntered { node, .. } => {
                    let Some(to) = self.flow.nodes.iter().position(|known| known.name == *node) else { continue };
                    let to = self.written[to];
                    self.nodes.insert(to);
                    if from == Some(to) && last.turn.is_none() {
                        continue;
                    }
                    if let Some(from) = from {
                        self.goes(from, to, &mut called, &last);
                    }
                    from = Some(to);
                    last = Last::default();
                }
                CallEvent::TurnDecided { result, .. } => last.turn = Some(result.clone()),
                CallEvent::IntentFound { intent, .. } => last.intent = Some(intent.clone()),
                _ => {}
            }
        }
    }

    /// How many nodes were entered, and how many there are.
    pub fn nodes(&self) -> (usize, usize) {
        (self.nodes.len(), self.written_nodes().count())
    }

    /// How many ways were taken, and how many there are.
    pub fn ways(&self) -> (usize, usize) {
        (self.ways.len(), self.flow.ways.len())
    }

    /// Nodes and ways together, in whole percent; 100 only when nothing is missing.
    pub fn percent(&self) -> u32 {
        let ((nodes, all_nodes), (ways, all_ways)) = (self.nodes(), self.ways());
        let (taken, all) = (nodes + ways, all_nodes + all_ways);
        u32::try_from((taken * 100).checked_div(all).unwrap_or(100)).unwrap_or(0)
    }

    /// What was never taken, in the order of the files and lines.
    pub fn missing(&self) -> Vec<NeverTaken> {
        let name = |id: NodeId| self.flow.nodes[id.0].name.as_str();
        let nodes =
            self.written_nodes().filter(|index| !self.nodes.contains(index)).map(|index| &self.flow.nodes[index]);
        let nodes = nodes.map(|node| (node.place, format!("the node `{}`", node.name)));
        let ways = self.flow.ways.iter().enumerate().filter(|(index, _)| !self.ways.contains(index));
        let ways = ways.map(|(_, way)| {
            let of = way.from.map(|from| format!(" of `{}`", name(from))).unwrap_or_default();
            (way.place, format!("the way `{}`{of} to `{}`", way.label, name(way.to)))
        });
        let mut missing: Vec<(Place, String)> = nodes.chain(ways).collect();
        missing.sort_by(|(a, what), (b, other)| (a.file, a.line, what).cmp(&(b.file, b.line, other)));
        let file = |place: Place| usize::try_from(place.file).ok().and_then(|file| self.flow.files.get(file)).cloned();
        let missing = missing.into_iter();
        missing
            .map(|(place, what)| NeverTaken { file: file(place).unwrap_or_default(), line: place.line, what })
            .collect()
    }

    /// The nodes that stand in the files.
    fn written_nodes(&self) -> impl Iterator<Item = usize> {
        (0..self.flow.nodes.len()).filter(|index| self.written[*index] == *index)
    }

    /// A sub-flow's end is the end of the node that called it.
    fn goes(&mut self, from: usize, to: usize, called: &mut Vec<usize>, last: &Last) {
        let nodes = &self.flow.nodes;
        if nodes[from].calls().is_some_and(|part| part == nodes[to].part) {
            called.push(from);
            return;
        }
        let from = match nodes[from].key {
            "return" => called.pop().unwrap_or(from),
            _ => from,
        };
        self.take(NodeId(from), NodeId(to), last);
    }

    fn take(&mut self, from: NodeId, to: NodeId, last: &Last) {
        let leads = |way: &Way| self.written[way.to.0] == to.0 && way.from.is_none_or(|own| own == from);
        let ways = || self.flow.ways.iter().enumerate().filter(|(_, way)| leads(way));
        let exact: Vec<usize> = ways().filter(|(_, way)| last.fits(&way.why)).map(|(index, _)| index).collect();
        // A node's own ladder stands for the one at the top of the file.
        let own = |index: &usize| self.flow.ways[*index].from.is_some();
        let taken: Vec<usize> = if exact.iter().any(own) {
            exact.into_iter().filter(own).collect()
        } else if exact.is_empty() {
            ways().filter(|(_, way)| way.why == Why::Else && way.from.is_some()).map(|(index, _)| index).collect()
        } else {
            exact
        };
        self.ways.extend(taken);
    }
}

/// What happened since a node was entered.
#[derive(Debug, Default)]
struct Last {
    turn: Option<TurnResult>,
    intent: Option<String>,
}

impl Last {
    fn fits(&self, why: &Why) -> bool {
        match why {
            Why::Choice(name) => self.intent.as_ref() == Some(name),
            Why::Silent => self.turn == Some(TurnResult::NoInput),
            Why::Misunderstood => self.turn == Some(TurnResult::NoMatch),
            Why::Person => {
                matches!(&self.turn, Some(TurnResult::Accepted { meaning, .. }) if meaning == PERSON)
                    && self.intent.is_none()
            }
            Why::Else => false,
        }
    }
}
