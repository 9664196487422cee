//! Every way must lead to an end.

use crate::node::{Node, NodeId};
use crate::reading::Reading;

/// Warns of nodes from which no way leads to an end of the call: a queue, the end itself, or back from a sub-flow.
pub(super) fn without_end(
    nodes: &[Node],
    exits: &[Vec<(NodeId, Vec<String>)>],
    person: NodeId,
    reading: &mut Reading<'_>,
) {
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for (from, exits) in exits.iter().enumerate() {
        exits.iter().for_each(|(to, _)| before[to.0].push(from));
        // Whoever is asked can ask for a person.
        if nodes[from].asks() {
            before[person.0].push(from);
        }
    }
    let ends = |index: &usize| exits[*index].is_empty() || nodes[*index].queue().is_some();
    let mut open: Vec<usize> = (0..nodes.len()).filter(ends).collect();
    let mut ended = vec![false; nodes.len()];
    open.iter().for_each(|index| ended[*index] = true);
    while let Some(at) = open.pop() {
        for from in &before[at] {
            if !ended[*from] {
                ended[*from] = true;
                open.push(*from);
            }
        }
    }
    for (node, _) in nodes.iter().zip(ended).filter(|(_, ended)| !ended) {
        let message = format!("no way from `{}` leads to an end: the caller can only hang up", node.name);
        reading.findings.warning(node.place, message, "let one of its ways lead to a `hang_up` or a `queue`");
    }
}
