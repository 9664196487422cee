//! The same flow in other languages: `hotline.zh.yaml` beside `hotline.yaml`, the same nodes in both.

use std::collections::BTreeMap;
use std::sync::Arc;

use call_model::Language;

use crate::diagnostic::Place;
use crate::flow::Flow;
use crate::load::read_flow;
use crate::reading::Reading;
use crate::value::Type;
use crate::yaml::{Text, list_of, parse};

/// Reads the files of every language that a flow can go over to.
pub(crate) fn read(root: &str, flow: Option<&Flow>, reading: &mut Reading<'_>) -> BTreeMap<String, Arc<Flow>> {
    let mut siblings = BTreeMap::new();
    for language in std::mem::take(&mut reading.switches) {
        let tag = language.text.clone();
        if Language::new(&tag) == reading.language || siblings.contains_key(&tag) {
            continue;
        }
        let Some((path, text)) = find(root, &tag, reading) else {
            let path = format!("{}.{tag}.yaml", stem(root, reading));
            let fix = format!("add `{path}` with the same nodes, or take the language out");
            let message = format!("the flow can go over to `{tag}`, but there is no file `{path}`");
            reading.findings.error(language.place, message, fix);
            continue;
        };
        let sibling = read_one(&path, text, &language, reading);
        if let (Some(flow), Some(sibling)) = (flow, &sibling) {
            matches(flow, sibling, root, &path, reading);
        }
        siblings.extend(sibling.map(|sibling| (tag, Arc::new(sibling))));
    }
    siblings
}

/// "hotline" of `hotline.yaml` and of `hotline.en.yaml`.
fn stem<'r>(root: &'r str, reading: &Reading<'_>) -> &'r str {
    let stem = root.strip_suffix(".yaml").or_else(|| root.strip_suffix(".yml")).unwrap_or(root);
    stem.strip_suffix(&format!(".{}", reading.language)).unwrap_or(stem)
}

fn find(root: &str, tag: &str, reading: &Reading<'_>) -> Option<(String, String)> {
    let stem = stem(root, reading);
    let own = format!("{stem}.{tag}.yaml");
    let plain = format!("{stem}.yaml");
    let path = if reading.files.exists(&own) || plain == root { own } else { plain };
    let text = Some(&path).filter(|path| crate::source::stays_inside(path)).and_then(|path| reading.files.read(path));
    text.map(|text| (path, text))
}

fn read_one(path: &str, text: String, language: &Text, reading: &mut Reading<'_>) -> Option<Flow> {
    let mut own = Reading::new(reading.files, reading.vocabulary);
    std::mem::swap(&mut own.findings, &mut reading.findings);
    std::mem::swap(&mut own.sources, &mut reading.sources);
    let file = own.source(path, text.clone());
    let tree = parse(file, &text, &mut own.findings);
    let flow = tree.and_then(|tree| read_flow(file, &tree, &mut own));
    if own.language != Language::new(&language.text) && !own.findings.has_errors() {
        let whole = Place { file, line: 1, column: 1 };
        let message = format!("the file speaks `{}`, but its name says `{}`", own.language, language.text);
        own.findings.error(whole, message, format!("write `language: {}`", language.text));
    }
    std::mem::swap(&mut own.findings, &mut reading.findings);
    std::mem::swap(&mut own.sources, &mut reading.sources);
    flow
}

/// The dialogue goes on at the same node with the same variables, so both must have them.
fn matches(flow: &Flow, sibling: &Flow, root: &str, path: &str, reading: &mut Reading<'_>) {
    let file = reading.sources.iter().position(|source| source.name == path).unwrap_or_default();
    let top = Place { file: u32::try_from(file).unwrap_or_default(), line: 1, column: 1 };
    let missing: Vec<&str> =
        flow.nodes.iter().map(|node| node.name.as_str()).filter(|name| sibling.named(name).is_none()).collect();
    if !missing.is_empty() {
        let message = format!("the nodes {} of `{root}` are missing here", list_of(&missing));
        reading.findings.error(top, message, "add them: the files of a flow's languages have the same nodes");
    }
    for node in &sibling.nodes {
        match flow.named(&node.name).map(|id| &flow.nodes[id.0]) {
            None => {
                let message = format!("the node `{}` is not in `{root}`", node.name);
                reading.findings.error(node.place, message, "add it there, too, or remove it here");
            }
            Some(other) if other.key != node.key => {
                let message = format!("`{}` is a `{}` here and a `{}` in `{root}`", node.name, node.key, other.key);
                reading.findings.error(node.place, message, "make both of one kind");
            }
            Some(_) => {}
        }
    }
    for (part, other) in flow.parts.iter().filter_map(|part| Some((part, sibling.part_named(&part.name)?))) {
        for (name, of) in &part.scope {
            let same = sibling.parts[other].scope.get(name).is_some_and(|here| same_type(of, here));
            if !same {
                let there = match sibling.parts[other].scope.get(name) {
                    Some(_) => "of another type here",
                    None => "missing here",
                };
                let message = format!("the variable `{name}` of `{root}` is {there}");
                reading.findings.error(top, message, "give both files the same slots, services and choices");
            }
        }
    }
}

fn same_type(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::OneOf(a), Type::OneOf(b)) => a.len() == b.len() && a.iter().all(|name| b.contains(name)),
        (a, b) => a == b,
    }
}
