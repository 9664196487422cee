//! Checks that need the whole flow: names in texts, nodes never reached, loops without an end, variables not yet filled.

mod ends;
mod notice;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Place;
use crate::nearest::nearest;
use crate::node::{Kind, Node, NodeId, VERIFIED};
use crate::part::Part;
use crate::reading::Reading;
use crate::text::{Labels, Line, Template, Voice};
use crate::value::{Type, Value};
use crate::yaml::list_of;

/// Every variable of every text must be known, and the text must render when all are filled.
pub(crate) fn texts(scope: &BTreeMap<String, Type>, reading: &mut Reading<'_>) {
    let filled: BTreeMap<String, Value> = scope.iter().map(|(name, of)| (name.clone(), of.sample())).collect();
    for (place, template) in std::mem::take(&mut reading.uses) {
        let unknown: Vec<String> =
            reading.templates.variables(&template).into_iter().filter(|name| !scope.contains_key(name)).collect();
        for name in &unknown {
            let (message, fix) = unknown_variable(name, scope);
            reading.findings.error(place, message, fix);
        }
        let rendered = reading.templates.render(&template, &filled, scope, &Labels::new(), Voice::Caller);
        if let (true, Err(wrong)) = (unknown.is_empty(), rendered) {
            let fix = "write variables as {{ name }}, with no filter but `digits` and `money` unless you know the template language";
            reading.findings.error(place, format!("the text does not render: {wrong}"), fix);
        }
        reading.uses.push((place, template));
    }
}

fn unknown_variable(name: &str, scope: &BTreeMap<String, Type>) -> (String, String) {
    let group = format!("{name}.");
    let fields: Vec<&String> = scope.keys().filter(|known| known.starts_with(&group)).collect();
    if !fields.is_empty() {
        return (
            format!("`{name}` is a service, not a value"),
            format!("name one of its fields: {}", list_of(&fields)),
        );
    }
    let fix = match nearest(name, scope.keys().map(String::as_str)) {
        Some(known) => format!("write `{known}`"),
        None => format!(
            "use a slot, a service's field or a name under `given:`: {}",
            list_of(&scope.keys().collect::<Vec<_>>())
        ),
    };
    (format!("there is no variable `{name}`"), fix)
}

/// Where the ways of the flow lead.
pub(crate) fn ways(
    nodes: &[Node],
    parts: &[Part],
    person: NodeId,
    farewell: Option<NodeId>,
    reading: &mut Reading<'_>,
) {
    let exits: Vec<Vec<(NodeId, Vec<String>)>> = nodes.iter().map(|node| node.exits(parts)).collect();
    let begins: Vec<NodeId> = [parts[0].start, person].into_iter().chain(farewell).collect();
    never_reached(nodes, &exits, &begins, reading);
    without_end(nodes, &exits, reading);
    ends::without_end(nodes, &exits, person, reading);
    notice::recordings(nodes, &exits, reading);
    to_person(nodes, &exits, person, reading);
    keyless(nodes, reading);
    let filled = filled(nodes, &exits, parts, person, reading);
    not_yet_filled(nodes, &filled, reading);
    not_verified(nodes, &filled, parts, reading);
}

fn never_reached(nodes: &[Node], exits: &[Vec<(NodeId, Vec<String>)>], begins: &[NodeId], reading: &mut Reading<'_>) {
    let mut reached: BTreeSet<NodeId> = begins.iter().copied().collect();
    let mut open = begins.to_vec();
    while let Some(NodeId(from)) = open.pop() {
        for (to, _) in &exits[from] {
            if reached.insert(*to) {
                open.push(*to);
            }
        }
    }
    for (index, node) in nodes.iter().enumerate() {
        if !reached.contains(&NodeId(index)) {
            let message = format!("the node `{}` is never reached", node.name);
            reading.findings.warning(
                node.place,
                message,
                "let another node lead to it with `goto` or `then`, or remove it",
            );
        }
    }
}

/// A choice that must reach a person must have a way to one: to a queue, or to the flow's person.
fn to_person(nodes: &[Node], exits: &[Vec<(NodeId, Vec<String>)>], person: NodeId, reading: &mut Reading<'_>) {
    for node in nodes {
        let Kind::Menu(menu) = &node.kind else { continue };
        for (place, to) in menu.to_person() {
            let mut reached = BTreeSet::from([to]);
            let mut open = vec![to];
            // Back at the menu the caller is no nearer to a person.
            while let Some(from) = open.pop() {
                let next = exits[from.0].iter().map(|(next, _)| *next);
                open.extend(next.filter(|next| nodes[next.0].name != node.name && reached.insert(*next)));
            }
            if !reached.iter().any(|id| *id == person || nodes[id.0].queue().is_some()) {
                let message = "the choice must reach a person, but no way from its `goto` leads to one";
                let fix = "let it lead to an `offer_transfer` whose `accepted` is a queue, or to the queue itself";
                reading.findings.error(place, message, fix);
            }
        }
    }
}

/// A circle of nodes none of which waits for the caller or an agent runs for ever.
fn without_end(nodes: &[Node], exits: &[Vec<(NodeId, Vec<String>)>], reading: &mut Reading<'_>) {
    let waits = waiting(nodes);
    let mut done = vec![false; nodes.len()];
    for first in 0..nodes.len() {
        let mut way: Vec<(usize, usize)> = vec![(first, 0)];
        while let Some((from, next)) = way.last_mut() {
            let from = *from;
            if done[from] || waits[from] {
                way.pop();
                continue;
            }
            let Some((NodeId(to), _)) = exits[from].get(*next) else {
                done[from] = true;
                way.pop();
                continue;
            };
            *next += 1;
            if let Some(begin) = way.iter().position(|(on_way, _)| on_way == to) {
                let circle: Vec<&str> = way[begin..].iter().map(|(index, _)| nodes[*index].name.as_str()).collect();
                let place = nodes[*to].place;
                let message =
                    format!("the nodes {} lead in a circle that never waits for the caller", list_of(&circle));
                reading.findings.error(place, message, "put a `menu` or an `ask` into the circle, or let it lead out");
            } else if !done[*to] {
                way.push((*to, 0));
            }
        }
    }
}

/// The nodes that wait for a person. A sub-flow waits when one of its nodes does.
fn waiting(nodes: &[Node]) -> Vec<bool> {
    let mut parts: BTreeSet<usize> = nodes.iter().filter(|node| node.waits()).map(|node| node.part).collect();
    let calls = |parts: &BTreeSet<usize>| -> BTreeSet<usize> {
        let waiting = nodes.iter().filter(|node| node.calls().is_some_and(|part| parts.contains(&part)));
        waiting.map(|node| node.part).collect()
    };
    while !calls(&parts).is_subset(&parts) {
        parts = parts.union(&calls(&parts)).copied().collect();
    }
    // A list has an end.
    nodes
        .iter()
        .map(|node| {
            node.waits()
                || matches!(node.kind, Kind::NextRow(_))
                || node.calls().is_some_and(|part| parts.contains(&part))
        })
        .collect()
}

/// After some failures only keys count, so every choice should have one.
fn keyless(nodes: &[Node], reading: &mut Reading<'_>) {
    for node in nodes {
        let Some(asked) = node.asked() else { continue };
        let without = asked.keyless();
        if !without.is_empty() {
            let message = format!("at `{}` the choices {} have no key", node.name, list_of(&without));
            reading.findings.warning(node.place, message, "add `press:`; after two failures callers can only use keys");
        }
    }
}

/// The variables that are filled on every way to each node; `None` for a node that is never reached.
fn filled(
    nodes: &[Node],
    exits: &[Vec<(NodeId, Vec<String>)>],
    parts: &[Part],
    person: NodeId,
    reading: &Reading<'_>,
) -> Vec<Option<BTreeSet<String>>> {
    let hours: Vec<&String> = reading.hours.keys().collect();
    let always = |part: usize| -> BTreeSet<String> {
        parts[part]
            .takes
            .keys()
            .cloned()
            .chain(ALWAYS.iter().map(|name| (*name).to_owned()))
            .chain(hours.iter().map(|name| format!("open.{name}")))
            .collect()
    };
    let verifies = |from: usize| exits[from].iter().any(|(_, fills)| fills.iter().any(|fill| fill == VERIFIED));
    let verifying: BTreeSet<usize> =
        (0..nodes.len()).filter(|from| verifies(*from)).map(|from| nodes[from].part).collect();
    let start = parts[0].start;
    let mut filled: Vec<Option<BTreeSet<String>>> = vec![None; nodes.len()];
    filled[start.0] = Some(always(0));
    let mut open = BTreeSet::from([start]);
    while let Some(from) = open.pop_first() {
        let Some(here) = filled[from.0].clone() else { continue };
        let to_person = nodes[from.0].asks().then(|| (person, Vec::new()));
        for (to, fills) in exits[from.0].iter().chain(&to_person) {
            let same = nodes[to.0].part == nodes[from.0].part;
            let mut there = if same { here.clone() } else { always(nodes[to.0].part) };
            there.extend(fills.iter().cloned());
            let by_part = same && nodes[from.0].calls().is_some_and(|part| verifying.contains(&part));
            if by_part || here.contains(VERIFIED) {
                there.insert(VERIFIED.to_owned());
            }
            let narrowed = match &filled[to.0] {
                Some(before) => before.intersection(&there).cloned().collect(),
                None => there,
            };
            if filled[to.0].as_ref() != Some(&narrowed) {
                filled[to.0] = Some(narrowed);
                open.insert(*to);
            }
        }
    }
    filled
}

/// What the caller hears must be known by then.
fn not_yet_filled(nodes: &[Node], filled: &[Option<BTreeSet<String>>], reading: &mut Reading<'_>) {
    let places: BTreeMap<String, Place> = reading
        .uses
        .iter()
        .filter_map(|(place, template)| match template {
            Template::Varying(name, _) => Some((name.clone(), *place)),
            Template::Fixed(_) => None,
        })
        .collect();
    for (node, filled) in nodes.iter().zip(filled) {
        let Some(filled) = filled else { continue };
        let own = node.own_slots();
        for line in node.lines() {
            let Line::Said(template @ Template::Varying(name, source)) = line else { continue };
            let Some(place) = places.get(name) else { continue };
            for variable in reading.templates.variables(template) {
                let guarded = source.contains(&format!("{variable} is defined"));
                if !filled.contains(&variable) && !own.contains(&variable) && !guarded {
                    let message = format!("`{variable}` is not filled on every way to `{}`", node.name);
                    let fix = format!(
                        "fill it on every way here, or write {{% if {variable} is defined %}} ... {{% endif %}}"
                    );
                    reading.findings.warning(*place, message, fix);
                }
            }
        }
    }
}

/// What is personal is told to verified callers only.
fn not_verified(nodes: &[Node], filled: &[Option<BTreeSet<String>>], parts: &[Part], reading: &mut Reading<'_>) {
    for (node, filled) in nodes.iter().zip(filled) {
        let (Some(service), Some(filled)) = (node.personal(parts), filled) else { continue };
        if !filled.contains(VERIFIED) {
            let message = format!(
                "the service `{service}` is personal, and the caller is not verified on every way to `{}`",
                node.name
            );
            let fix = "put a `verify` before it on every way, or remove `personal: true` from the service";
            reading.findings.error(node.place, message, fix);
        }
    }
}

/// The variables that every call fills at once.
const ALWAYS: &[&str] =
    &["caller", "called", "today", "now", "weekday", "last.certainty", "last.said", "last.by", "last.heard_ms"];
