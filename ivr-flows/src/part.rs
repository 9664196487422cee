//! The parts of a flow: the flow itself, and the sub-flows that it calls, each from a file of its own.
//!
//! ```yaml
//! callwright: 1
//! flow: verify_id
//! takes: { account: digits }      # what `call` gives with `with:`
//! returns: { verified: yes_no }   # what a `return` node gives back
//! start: first
//! nodes: { ... }
//! ```
//!
//! A sub-flow has variables of its own. Its nodes are told as `verify_id.first`. What it does not say about failures is
//! done as the flow does it, and a person is always the flow's own; the target `person` leads there.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::diagnostic::Place;
use crate::load::{node_entries, read_header, read_services};
use crate::node::{Asked, Manner, Node, NodeId, Surroundings};
use crate::reading::{RESERVED, Reading};
use crate::services::{Service, field_type};
use crate::source::stays_inside;
use crate::text::{Labels, Template};
use crate::understand::SlotType;
use crate::value::Type;
use crate::yaml::{Fields, Text, Tree, list_of, parse, text};

/// A flow's own nodes, or a sub-flow's.
#[derive(Debug)]
pub(crate) struct Part {
    /// The name of a sub-flow; empty for the flow itself.
    pub(crate) name: String,
    pub(crate) start: NodeId,
    pub(crate) services: BTreeMap<String, Service>,
    /// What it is given: by the call, or by the node that calls it.
    pub(crate) takes: BTreeMap<String, Type>,
    /// What a sub-flow gives back.
    pub(crate) returns: BTreeMap<String, Type>,
    /// Every variable and its type.
    pub(crate) scope: BTreeMap<String, Type>,
    /// How the options of its slots are said.
    pub(crate) labels: Labels,
}

impl Part {
    /// Takes in how the options of a node's slots are said.
    pub(crate) fn label(&mut self, asked: Asked<'_>) {
        for slot in (0..asked.items()).filter_map(|item| asked.slot(item)) {
            let SlotType::OneOf(choices) = &slot.kind.of else { continue };
            let labels = choices.own().iter().map(|choice| (choice.name.clone(), choice.label.clone()));
            self.labels.entry(slot.name.clone()).or_default().extend(labels);
        }
    }
}

/// A part while it is read.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) name: String,
    path: String,
    file: u32,
    /// The file, until its nodes are read.
    tree: Option<Tree>,
    pub(crate) takes: BTreeMap<String, Type>,
    pub(crate) returns: BTreeMap<String, Type>,
    pub(crate) start: Option<NodeId>,
    pub(crate) services: BTreeMap<String, Service>,
    /// The slots, their types and where each was first named.
    pub(crate) slots: BTreeMap<String, (Type, Place)>,
    /// The texts with variables.
    pub(crate) uses: Vec<(Place, Template)>,
    /// The parts that it calls, and where.
    pub(crate) calls: Vec<(usize, Place)>,
}

/// Finds the sub-flow that a node names and reads its head: what it takes and returns. Its nodes are read later.
pub(crate) fn called(name: &Text, reading: &mut Reading<'_>) -> Option<usize> {
    let path = path_of(&name.text, reading);
    let known = reading.parts.iter().position(|part| part.path == path);
    let part = match known {
        Some(known) => known,
        None => open(name, path, reading)?,
    };
    reading.parts[reading.part].calls.push((part, name.place));
    Some(part)
}

/// "verify_id" is the file `verify_id.zh.yaml` in a Chinese flow where there is one, otherwise `verify_id.yaml`.
fn path_of(name: &str, reading: &Reading<'_>) -> String {
    if name.ends_with(".yaml") || name.ends_with(".yml") {
        return name.to_owned();
    }
    let of_language = format!("{name}.{}.yaml", reading.language.as_str());
    if stays_inside(&of_language) && reading.files.exists(&of_language) {
        return of_language;
    }
    format!("{name}.yaml")
}

fn open(name: &Text, path: String, reading: &mut Reading<'_>) -> Option<usize> {
    let source = Some(&path).filter(|path| stays_inside(path)).and_then(|path| reading.files.read(path));
    let Some(source) = source else {
        let fix = "write the name of a sub-flow's file in the flow's folder, with or without `.yaml`";
        reading.findings.error(name.place, format!("the sub-flow `{path}` cannot be read"), fix);
        return None;
    };
    let file = reading.source(&path, source.clone());
    let tree = parse(file, &source, &mut reading.findings)?;
    let mut fields = reading.open(file, &tree, "the sub-flow")?;
    // The rest is taken when the nodes are read, and complained of there.
    let mut draft = Draft { path, file, ..Draft::default() };
    let own = fields.must_text("flow", "add `flow:` with the sub-flow's name", &mut reading.findings)?;
    draft.takes = read_types(&mut fields, "takes", reading);
    draft.returns = read_types(&mut fields, "returns", reading);
    if let Some(other) = reading.parts.iter().find(|part| part.name == own.text) {
        let message = format!("the sub-flow in `{}` is named `{}`, too", other.path, own.text);
        reading.findings.error(own.place, message, "give one of the two another name under `flow:`");
    }
    draft.name = own.text;
    draft.tree = Some(tree);
    reading.parts.push(draft);
    Some(reading.parts.len() - 1)
}

/// Variables and their types.
pub(crate) fn read_types(
    fields: &mut Fields<'_>,
    key: &'static str,
    reading: &mut Reading<'_>,
) -> BTreeMap<String, Type> {
    let mut types = BTreeMap::new();
    let file = fields.file();
    for (name, tree) in fields.entries(key, &mut reading.findings).unwrap_or_default() {
        let of = text(file, tree, key, &mut reading.findings);
        if !reading.is_variable(&name) || is_reserved(&name, reading) {
            continue;
        }
        types.extend(of.and_then(|of| field_type(&of, reading)).map(|of| (name.text, of)));
    }
    types
}

fn is_reserved(name: &Text, reading: &mut Reading<'_>) -> bool {
    let reserved = RESERVED.contains(&name.text.as_str());
    if reserved {
        let message = format!("`{}` is given by every call", name.text);
        reading.findings.error(name.place, message, "remove it here; it can be used all the same");
    }
    reserved
}

/// Reads the nodes of every sub-flow that is called, and of those that they call.
pub(crate) fn read_called(around: &Surroundings, made: &mut BTreeMap<NodeId, Node>, reading: &mut Reading<'_>) {
    let mut next = 1;
    while next < reading.parts.len() {
        read_body(next, around, made, reading);
        next += 1;
    }
    in_circles(reading);
}

fn read_body(part: usize, around: &Surroundings, made: &mut BTreeMap<NodeId, Node>, reading: &mut Reading<'_>) {
    let Some(tree) = reading.parts[part].tree.take() else { return };
    let file = reading.parts[part].file;
    reading.begin_part(part);
    let Some(mut fields) = reading.open(file, &tree, "the sub-flow") else { return };
    for taken in ["flow", "takes", "returns"] {
        fields.tree(taken);
    }
    read_header(&mut fields, reading);
    let nodes = node_entries(&mut fields, reading);
    reading.show(&nodes);
    let services = if fields.has("services") { read_services(&mut fields, reading) } else { around.services.clone() };
    reading.parts[part].services = services.clone();
    reading.parts[part].start =
        reading.must_target(&mut fields, "start", "add `start:` with the node that the sub-flow begins at");
    let manner = Manner::read(&mut fields, &around.manner, reading);
    fields.finish(&mut reading.findings);
    // What leads away from a question of the flow leads out of the sub-flow, as the way to a person does.
    let asides = around.asides.clone();
    let around = Surroundings { manner, asides, person: around.person, services };
    read_nodes(file, &nodes, &around, made, reading);
}

/// Reads the nodes whose names are shown.
pub(crate) fn read_nodes(
    file: u32,
    nodes: &[(Text, &Tree)],
    around: &Surroundings,
    made: &mut BTreeMap<NodeId, Node>,
    reading: &mut Reading<'_>,
) {
    let first = reading.shown.start;
    for (offset, (name, tree)) in nodes.iter().enumerate() {
        let id = NodeId(first + offset);
        reading.within = Some(id);
        made.extend(Node::read(file, id, name, tree, around, reading).map(|node| (id, node)));
        made.append(&mut reading.hidden);
    }
    reading.within = None;
}

/// A sub-flow that calls itself, by whatever way, would never end.
fn in_circles(reading: &mut Reading<'_>) {
    let calls: Vec<Vec<(usize, Place)>> = reading.parts.iter().map(|part| part.calls.clone()).collect();
    let mut depth = vec![0usize; calls.len()];
    let mut way: Vec<usize> = Vec::new();
    walk(0, &calls, &mut way, &mut depth, reading);
}

fn walk(
    part: usize,
    calls: &[Vec<(usize, Place)>],
    way: &mut Vec<usize>,
    depth: &mut [usize],
    reading: &mut Reading<'_>,
) {
    if way.len() > depth[part] || way.is_empty() {
        depth[part] = way.len();
    } else {
        return;
    }
    way.push(part);
    for (to, place) in &calls[part] {
        if let Some(begin) = way.iter().position(|on_way| on_way == to) {
            let names: Vec<&str> = way[begin..].iter().map(|index| reading.parts[*index].name.as_str()).collect();
            let message = format!("the sub-flows {} call each other in a circle", list_of(&names));
            let fix = "let the sub-flow return, and go on in the flow that called it";
            reading.findings.error(*place, message, fix);
        } else if way.len() > DEEPEST {
            let message = format!("sub-flows are called more than {DEEPEST} deep");
            reading.findings.error(*place, message, "put the nodes of one of them into the flow that calls it");
        } else {
            walk(*to, calls, way, depth, reading);
        }
    }
    way.pop();
}

impl Draft {
    /// The part, when everything of it is known.
    pub(crate) fn finish(self, scope: BTreeMap<String, Type>) -> Option<Part> {
        Some(Part {
            name: self.name,
            start: self.start?,
            services: self.services,
            takes: self.takes,
            returns: self.returns,
            scope,
            labels: Labels::new(),
        })
    }
}

/// The nodes that a name can lead to.
pub(crate) type Shown = Range<usize>;
/// Nobody follows a dialogue that is nested deeper.
pub(crate) const DEEPEST: usize = 8;
