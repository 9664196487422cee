//! What the readers of examples have asked for, put together.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Asked, Place};
use crate::yaml::{Content, Shape, Tree};

/// What is known of a value.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// What its readers took it for.
    pub(super) shapes: BTreeSet<Shape>,
    /// The keys of a mapping whose keys are given, and those of them that are in every one.
    pub(super) fields: Option<(BTreeMap<String, Known>, BTreeSet<String>)>,
    /// The values of a mapping whose names the designer chooses.
    pub(super) names: Option<Box<Known>>,
    /// The items of a list.
    pub(super) items: Option<Box<Known>>,
    /// Whether exactly one of the keys stands there.
    pub(super) one: bool,
}

/// Where in a file a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Path {
    Top,
    Nodes,
    Node,
    Deeper,
}

impl Known {
    /// Learns from a value and what was asked for in it; places are those of file 0.
    pub(super) fn learn(&mut self, tree: &Tree, asked: &Asked, path: Path) {
        let place = Place { file: 0, line: tree.at.0, column: tree.at.1 };
        match &tree.content {
            Content::Map(entries) if path == Path::Node => {
                self.one = true;
                let (fields, _) = self.fields.get_or_insert_default();
                for (key, value) in entries {
                    fields.entry(key.name.clone()).or_default().learn(value, asked, Path::Deeper);
                }
            }
            Content::Map(_) | Content::Nothing if asked.contains_key(&place) => {
                self.learn_fields(tree, &asked[&place], asked, path);
            }
            Content::Map(entries) => {
                let below = if path == Path::Nodes { Path::Node } else { Path::Deeper };
                for (_, value) in entries {
                    self.names.get_or_insert_default().learn(value, asked, below);
                }
            }
            Content::List(items) => {
                for item in items {
                    self.items.get_or_insert_default().learn(item, asked, Path::Deeper);
                }
            }
            Content::Text(_) => self.learn_plain(Shape::Text),
            Content::Number(_) => self.learn_plain(Shape::Count(0, u32::MAX)),
            Content::Flag(_) => self.learn_plain(Shape::Flag),
            Content::Nothing => {}
        }
    }

    /// A plain value whose reader does not say what it may be.
    fn learn_plain(&mut self, shape: Shape) {
        let told = |shape: &Shape| {
            !matches!(shape, Shape::Anything | Shape::List | Shape::Text | Shape::Count(..) | Shape::Flag)
        };
        if !self.shapes.iter().any(told) {
            self.shapes.insert(shape);
        }
    }

    fn learn_fields(&mut self, tree: &Tree, keys: &[(&'static str, Shape)], asked: &Asked, path: Path) {
        let mut needed: BTreeSet<String> = BTreeSet::new();
        let first = self.fields.is_none();
        let (fields, always) = self.fields.get_or_insert_default();
        for (name, shape) in keys {
            // What a reader adds to what was written need not be written.
            if matches!(shape, Shape::Needed(_)) && has(tree, name) {
                needed.insert((*name).to_owned());
            }
            let known = fields.entry((*name).to_owned()).or_default();
            known.shapes.insert(shape.clone());
        }
        *always = if first { needed } else { always.intersection(&needed).cloned().collect() };
        let Content::Map(entries) = &tree.content else { return };
        for (key, value) in entries {
            let below = if path == Path::Top && key.name == "nodes" { Path::Nodes } else { Path::Deeper };
            if let Some(known) = fields.get_mut(&key.name) {
                known.learn(value, asked, below);
            }
        }
    }
}

/// Whether a key was written; in a mapping in which nothing was written, nothing was added either.
fn has(tree: &Tree, key: &str) -> bool {
    match &tree.content {
        Content::Map(entries) if !entries.is_empty() => entries.iter().any(|(written, _)| written.name == key),
        _ => true,
    }
}
