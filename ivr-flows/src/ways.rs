//! The ways of a flow: what leads from one node to another, as its readers have met it.

use crate::diagnostic::Place;
use crate::node::{Node, NodeId, PERSON};

/// What leads from a node to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Way {
    /// The node that it leads away from; `None` for every node that asks.
    pub(crate) from: Option<NodeId>,
    pub(crate) to: NodeId,
    /// The choice's name, the condition, or the key.
    pub(crate) label: String,
    pub(crate) why: Why,
    pub(crate) place: Place,
}

/// Why a way is taken, as far as the events of a call tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Why {
    /// The caller made a choice.
    Choice(String),
    /// Nothing came.
    Silent,
    /// Nothing was understood.
    Misunderstood,
    /// A person was asked for.
    Person,
    /// Anything else.
    Else,
}

impl Way {
    /// A way as its reader meets it: `key` of something, such as `goto` of "the choice `bill`".
    pub(crate) fn met(from: Option<NodeId>, to: NodeId, key: &str, of: &str, place: Place) -> Self {
        let quoted = |before: &str| of.strip_prefix(before).and_then(|rest| rest.strip_suffix('`'));
        let (label, why) = match (quoted("the choice `"), quoted("the step of `")) {
            (Some(choice), _) => (choice, Why::Choice(choice.to_owned())),
            (_, Some(ladder @ "if_silent")) => (ladder, Why::Silent),
            (_, Some(ladder @ "if_not_understood")) => (ladder, Why::Misunderstood),
            _ => (key, Why::Else),
        };
        Self { from, to, label: label.to_owned(), why, place }
    }
}

/// The ways of a flow: those that its readers have met, without those that lead into it (`start`, `person`), and asking
/// for a person, where that is possible.
pub(crate) fn of(nodes: &[Node], person: NodeId, met: Vec<Way>) -> Vec<Way> {
    let mut ways: Vec<Way> = met.into_iter().filter(|way| way.from.is_some() || way.why != Why::Else).collect();
    if nodes.iter().any(Node::asks) {
        let label = PERSON.to_owned();
        ways.push(Way { from: None, to: person, label, why: Why::Person, place: Place::default() });
    }
    ways
}
