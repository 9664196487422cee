//! Reading a flow's files into a [`Flow`].

use std::collections::BTreeMap;

use call_model::{FlowHash, Language};
use sha2::{Digest, Sha256};

use crate::check;
use crate::diagnostic::{Diagnostic, Findings, Place};
use crate::flow::Flow;
use crate::language::{SPOKEN, Words};
use crate::node::{Node, NodeId, Rung, Rungs, Surroundings, read_rungs, yes_no};
use crate::reading::{RESERVED, Reading};
use crate::services::{self, Service};
use crate::source::{FileSource, SourceFile, Vocabulary, stays_inside};
use crate::text::{Line, Template, Templates};
use crate::timing::Timing;
use crate::value::Type;
use crate::yaml::{Fields, Text, Tree, parse, text};

/// Reads a flow and tells everything that is wrong with it, errors and warnings, in the order of files and lines.
pub fn check_files(root: &str, files: &dyn FileSource, vocabulary: Option<&dyn Vocabulary>) -> Vec<Diagnostic> {
    load(root, files, vocabulary).1
}

/// The flow, where it could be read at all, and everything that is wrong with it.
pub(crate) fn load(
    root: &str,
    files: &dyn FileSource,
    vocabulary: Option<&dyn Vocabulary>,
) -> (Option<Flow>, Vec<Diagnostic>) {
    let mut findings = Findings::default();
    let mut sources = vec![SourceFile { name: root.to_owned(), text: String::new() }];
    let Some(text) = files.read(root) else {
        let whole = Place { file: 0, line: 0, column: 0 };
        findings.error(whole, "the file cannot be read", "write the path of a flow's file; it must be UTF-8");
        return (None, findings.into_diagnostics(&sources));
    };
    sources[0].text = text;
    let Some(tree) = parse(0, &sources[0].text, &mut findings) else {
        return (None, findings.into_diagnostics(&sources));
    };
    let words = Words::of(&Language::new("en"));
    let mut reading = Reading {
        findings,
        files,
        vocabulary,
        language: Language::new("en"),
        words,
        nodes: Vec::new(),
        templates: Templates::new(words),
        uses: Vec::new(),
        slots: BTreeMap::new(),
        intents: Vec::new(),
    };
    let flow = read_flow(&tree, &mut sources, &mut reading);
    (flow, reading.findings.into_diagnostics(&sources))
}

fn read_flow(tree: &Tree, sources: &mut Vec<SourceFile>, reading: &mut Reading<'_>) -> Option<Flow> {
    let mut fields = reading.open(0, tree, "the flow")?;
    read_version(&mut fields, reading);
    let name = fields.must_text("flow", "add `flow:` with the flow's name", &mut reading.findings);
    read_language(&mut fields, reading);
    let nodes = fields.entries("nodes", &mut reading.findings).unwrap_or_default();
    if nodes.is_empty() {
        reading.findings.error(
            fields.place,
            "the flow has no nodes",
            "add `nodes:` and below it the nodes, by their names",
        );
    }
    if nodes.len() > MOST_NODES {
        let fix = "split it into several flows";
        reading.findings.error(fields.place, format!("the flow has more than {MOST_NODES} nodes"), fix);
        return None;
    }
    reading.nodes = nodes.iter().map(|(name, _)| name.text.clone()).collect();
    let services = read_services(&mut fields, sources, reading);
    let given = read_given(&mut fields, reading);
    let timing = fields.tree("timing").map_or_else(Timing::default, |tree| Timing::read(0, tree, reading));
    let start = reading.must_target(&mut fields, "start", "add `start:` with the node that every call begins at");
    let person_fix = "add `person:` with the node that \"agent\", key 0 and every give-up lead to, such as a `queue`";
    let person = reading.must_target(&mut fields, "person", person_fix);
    let silent = read_rungs(&mut fields, "if_silent", reading)
        .unwrap_or_else(|| rungs(reading.words, reading.words.not_heard, person));
    let misunderstood = read_rungs(&mut fields, "if_not_understood", reading)
        .unwrap_or_else(|| rungs(reading.words, reading.words.not_understood, person));
    fields.finish(&mut reading.findings);

    let around = Surroundings { silent, misunderstood, person, services };
    let wanted = nodes.len();
    let nodes: Vec<Node> =
        nodes.iter().filter_map(|(name, tree)| Node::read(0, name, tree, &around, reading)).collect();
    let scope = scope(&given, &around.services, reading);
    check::texts(&scope, reading);
    nodes.iter().for_each(|node| node.check(&scope, reading));
    let (Some(start), Some(person), true) = (start, person, nodes.len() == wanted && wanted > 0) else { return None };
    check::ways(&nodes, start, person, &around.services, &given, reading);

    let yes_no = yes_no(reading);
    Some(Flow {
        name: name?.text,
        language: reading.language.clone(),
        hash: hash(sources),
        warnings: Vec::new(),
        nodes,
        start,
        person,
        services: around.services,
        given,
        scope,
        templates: std::mem::replace(&mut reading.templates, Templates::new(reading.words)),
        timing,
        words: reading.words,
        yes_no,
    })
}

fn read_version(fields: &mut Fields<'_>, reading: &mut Reading<'_>) {
    if fields.has("callwright") {
        fields.count("callwright", 1, 1, &mut reading.findings);
    } else {
        fields.tree("callwright");
        reading.findings.error(
            fields.place,
            "the file does not say that it is a flow",
            "write `callwright: 1` as its first line",
        );
    }
}

fn read_language(fields: &mut Fields<'_>, reading: &mut Reading<'_>) {
    let Some(tag) = fields.must_text("language", "add `language: en` or `language: zh`", &mut reading.findings) else {
        return;
    };
    let language = Language::new(&tag.text);
    let Some(words) = Words::known(&language) else {
        let fix = format!("write one of {}", crate::yaml::list_of(SPOKEN));
        reading.findings.error(
            tag.place,
            format!("the language `{}` has no sentences and digits of its own yet", tag.text),
            fix,
        );
        return;
    };
    if reading.vocabulary.is_some_and(|vocabulary| !vocabulary.speaks(&language)) {
        let message = format!("no recogniser is set up for the language `{}`", tag.text);
        reading.findings.warning(
            tag.place,
            message,
            "add its model to the configuration; until then callers can only use keys",
        );
    }
    reading.language = language;
    reading.words = words;
    reading.templates = Templates::new(words);
}

fn read_services(
    fields: &mut Fields<'_>,
    sources: &mut Vec<SourceFile>,
    reading: &mut Reading<'_>,
) -> BTreeMap<String, Service> {
    let Some(path) = fields.text("services", &mut reading.findings) else { return BTreeMap::new() };
    let text = Some(&path.text).filter(|path| stays_inside(path)).and_then(|path| reading.files.read(path));
    let Some(text) = text else {
        let fix = "write the name of a file in the flow's folder; it must be UTF-8";
        reading.findings.error(path.place, format!("the file `{}` cannot be read", path.text), fix);
        return BTreeMap::new();
    };
    let file = u32::try_from(sources.len()).unwrap_or(u32::MAX);
    let tree = parse(file, &text, &mut reading.findings);
    sources.push(SourceFile { name: path.text, text });
    tree.map(|tree| services::read(file, &tree, reading)).unwrap_or_default()
}

/// What the call brings with it: a lead's columns and their types.
fn read_given(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> BTreeMap<String, Type> {
    let mut given = BTreeMap::new();
    let file = fields.file();
    for (name, tree) in fields.entries("given", &mut reading.findings).unwrap_or_default() {
        let of = text(file, tree, "given", &mut reading.findings);
        if !reading.is_variable(&name) || is_reserved(&name, reading) {
            continue;
        }
        given.extend(of.and_then(|of| services::field_type(&of, reading)).map(|of| (name.text, of)));
    }
    given
}

fn is_reserved(name: &Text, reading: &mut Reading<'_>) -> bool {
    let reserved = RESERVED.contains(&name.text.as_str());
    if reserved {
        let message = format!("`{}` is given by every call", name.text);
        reading.findings.error(name.place, message, "remove it here; it can be used all the same");
    }
    reserved
}

/// Every variable and its type.
fn scope(
    given: &BTreeMap<String, Type>,
    services: &BTreeMap<String, Service>,
    reading: &mut Reading<'_>,
) -> BTreeMap<String, Type> {
    let mut scope = given.clone();
    scope.insert("caller".to_owned(), Type::Text);
    scope.insert("called".to_owned(), Type::Text);
    scope.insert("intent".to_owned(), Type::OneOf(reading.intents.clone()));
    for (name, (of, place)) in &reading.slots {
        if services.contains_key(name) || given.contains_key(name) {
            let what = if services.contains_key(name) { "a service" } else { "a name under `given:`" };
            reading.findings.error(
                *place,
                format!("the slot `{name}` is named like {what}"),
                "give the slot another name",
            );
        }
        scope.insert(name.clone(), of.clone());
    }
    for (service, described) in services {
        scope.extend(described.fields.iter().map(|(field, of)| (format!("{service}.{field}"), of.clone())));
    }
    scope
}

/// What is done at failures where the flow does not say it.
fn rungs(words: &'static Words, said: &str, person: Option<NodeId>) -> Rungs {
    let say = |text: &str| Some(Line::Said(Template::Fixed(text.to_owned())));
    let mut rungs =
        vec![Rung::Say { line: say(said), keys_only: false }, Rung::Say { line: say(words.use_keys), keys_only: true }];
    rungs.extend(person.map(Rung::Goto));
    rungs.into()
}

fn hash(sources: &[SourceFile]) -> FlowHash {
    let mut hash = Sha256::new();
    for source in sources {
        hash.update(source.name.as_bytes());
        hash.update([0]);
        hash.update(u64::try_from(source.text.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(source.text.as_bytes());
    }
    FlowHash::new(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// Ten times more than the largest flow that was heard of; the checks stay quick.
const MOST_NODES: usize = 5000;
