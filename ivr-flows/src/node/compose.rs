//! Nodes that are made of others, as if a designer had written those.

use super::{NodeId, Surroundings, kind_named, read_kind};
use crate::reading::Reading;
use crate::yaml::{Content, Fields, Key, Text, Tree};

/// Reads a node that belongs to the one that is read, and gives its id: `who.ask` beside `who`.
///
/// `tree` is what stands below the node's kind.
pub(super) fn bring(
    name: &str,
    key: &'static str,
    tree: &Tree,
    file: u32,
    around: &Surroundings,
    reading: &mut Reading<'_>,
) -> Option<NodeId> {
    let outer = reading.own.clone();
    reading.own.1.text = format!("{}.{name}", outer.1.text);
    let written = Text { place: outer.1.place, text: key.to_owned() };
    let kind = read_kind(file, kind_named(key)?, &written, tree, around, reading);
    reading.own = outer;
    Some(reading.bring(name, kind?))
}

/// The name by which a node that was brought along can be led to.
pub(super) fn name_of(id: NodeId, reading: &Reading<'_>) -> String {
    reading.nodes[id.0].clone()
}

/// Whether a mapping has a key.
pub(super) fn has(tree: &Tree, key: &str) -> bool {
    matches!(&tree.content, Content::Map(entries) if entries.iter().any(|(known, _)| known.name == key))
}

/// A mapping with one more entry.
pub(super) fn with(tree: Tree, key: &str, content: Content) -> Tree {
    let at = tree.at;
    with_tree(tree, key, Tree { at, content })
}

/// A mapping with one more entry, which has a place of its own.
pub(super) fn with_tree(tree: Tree, key: &str, value: Tree) -> Tree {
    let at = tree.at;
    let mut entries = match tree.content {
        Content::Map(entries) => entries,
        _ => Vec::new(),
    };
    entries.push((Key { at: value.at, name: key.to_owned() }, value));
    Tree { at, content: Content::Map(entries) }
}

/// A mapping without an entry.
pub(super) fn without(tree: Tree, key: &str) -> Tree {
    let content = match tree.content {
        Content::Map(entries) => Content::Map(entries.into_iter().filter(|(known, _)| known.name != key).collect()),
        other => other,
    };
    Tree { at: tree.at, content }
}

/// An empty mapping at a place.
pub(super) fn empty(at: (u32, u32)) -> Tree {
    Tree { at, content: Content::Map(Vec::new()) }
}

/// Takes a mapping as it stands, for a node that is brought along.
pub(super) fn mapping<'t>(
    fields: &mut Fields<'t>,
    key: &'static str,
    fix: &str,
    reading: &mut Reading<'_>,
) -> Option<&'t Tree> {
    let place = fields.place;
    match fields.tree(key) {
        Some(tree) if matches!(tree.content, Content::Map(_)) => Some(tree),
        Some(tree) => {
            let message = format!("`{key}` is {}, but must be a mapping of names and values", tree.content.kind());
            reading.findings.error(fields.at(tree), message, fix);
            None
        }
        None => {
            reading.findings.error(place, format!("the node has no `{key}`"), fix);
            None
        }
    }
}
