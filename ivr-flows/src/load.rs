//! Reading a flow's files into a [`Flow`].

use std::collections::BTreeMap;
use std::time::Duration;

use call_model::{FlowHash, Language};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use sha2::{Digest, Sha256};

use crate::check;
use crate::diagnostic::{Asked, Diagnostic, Place};
use crate::flow::Flow;
use crate::hours;
use crate::language::{SPOKEN, Words};
use crate::language_turns::TurnWords;
use crate::nearest::nearest;
use crate::node::{Manner, Node, NodeId, Surroundings, read_asides, read_list, universals, yes_no};
use crate::part::{self, Draft, Part};
use crate::reading::Reading;
use crate::run::Farewell;
use crate::services::{self, Service};
use crate::siblings;
use crate::source::{FileSource, SourceFile, Vocabulary, stays_inside};
use crate::text::Templates;
use crate::value::{Type, WEEKDAYS};
use crate::ways;
use crate::yaml::{Content, Fields, Text, Tree, parse, text};

/// Reads a flow and tells everything that is wrong with it, errors and warnings, in the order of files and lines.
pub fn check_files(root: &str, files: &dyn FileSource, vocabulary: Option<&dyn Vocabulary>) -> Vec<Diagnostic> {
    load(root, files, vocabulary).1
}

/// The same, and the paths of the files that were read for it.
pub fn check_and_list_files(
    root: &str,
    files: &dyn FileSource,
    vocabulary: Option<&dyn Vocabulary>,
) -> (Vec<Diagnostic>, Vec<String>) {
    let mut reading = Reading::new(files, vocabulary);
    read_root(root, &mut reading);
    let read = reading.sources.iter().map(|source| source.name.clone()).collect();
    (reading.findings.into_diagnostics(&reading.sources), read)
}

/// The flow, where it could be read at all, and everything that is wrong with it.
pub(crate) fn load(
    root: &str,
    files: &dyn FileSource,
    vocabulary: Option<&dyn Vocabulary>,
) -> (Option<Flow>, Vec<Diagnostic>) {
    let mut reading = Reading::new(files, vocabulary);
    let flow = read_root(root, &mut reading);
    (flow, reading.findings.into_diagnostics(&reading.sources))
}

/// Reads a flow and tells what was asked for in the mappings of each of its files.
pub(crate) fn load_and_ask(root: &str, files: &dyn FileSource) -> Vec<(String, Asked)> {
    let mut reading = Reading::new(files, None);
    reading.findings.asked = Some(BTreeMap::new());
    read_root(root, &mut reading);
    let mut asked: Vec<(String, Asked)> =
        reading.sources.iter().map(|source| (source.name.clone(), BTreeMap::new())).collect();
    for (place, fields) in reading.findings.asked.take().into_iter().flatten() {
        let file = usize::try_from(place.file).ok().and_then(|file| asked.get_mut(file));
        if let Some((_, asked)) = file {
            asked.insert(Place { file: 0, ..place }, fields);
        }
    }
    asked
}

fn read_root(root: &str, reading: &mut Reading<'_>) -> Option<Flow> {
    let Some(text) = reading.files.read(root) else {
        reading.source(root, String::new());
        let whole = Place { file: 0, line: 0, column: 0 };
        let fix = "write the path of a flow's file; it must be UTF-8";
        reading.findings.error(whole, "the file cannot be read", fix);
        return None;
    };
    let file = reading.source(root, text.clone());
    let tree = parse(file, &text, &mut reading.findings)?;
    let flow = read_flow(file, &tree, reading);
    let siblings = siblings::read(root, flow.as_ref(), reading);
    flow.map(|flow| Flow { siblings, hash: hash(&reading.sources), ..flow })
}

/// Reads a flow in one language.
pub(crate) fn read_flow(file: u32, tree: &Tree, reading: &mut Reading<'_>) -> Option<Flow> {
    let mut fields = reading.open(file, tree, "the flow")?;
    if fields.has("takes") || fields.has("returns") {
        let fix = "check the flow that calls it; its sub-flows are checked with it";
        reading.findings.error(fields.place, "this is a sub-flow, which no call begins with", fix);
        return None;
    }
    read_version(&mut fields, reading);
    let name = fields.must_text("flow", "add `flow:` with the flow's name", &mut reading.findings);
    read_language(&mut fields, reading);
    read_currency(&mut fields, reading);
    let zone = read_zone(&mut fields, reading);
    let nodes = node_entries(&mut fields, reading);
    if nodes.len() > MOST_NODES {
        let fix = "split it into several flows";
        reading.findings.error(fields.place, format!("the flow has more than {MOST_NODES} nodes"), fix);
        return None;
    }
    reading.parts.push(Draft::default());
    reading.show(&nodes);
    let services = read_services(&mut fields, reading);
    reading.parts[0].services = services.clone();
    reading.hours = hours::read(&mut fields, reading);
    reading.parts[0].takes = part::read_types(&mut fields, "given", reading);
    reading.parts[0].start =
        reading.must_target(&mut fields, "start", "add `start:` with the node that every call begins at");
    let person_fix = "add `person:` with the node that \"agent\", key 0 and every give-up lead to, such as a `queue`";
    let person = reading.must_target(&mut fields, "person", person_fix);
    reading.person = person;
    let farewell = read_farewell(&mut fields, reading);
    let tuned = read_tuning(&mut fields, Manner::plain(reading.words, person), reading);
    let manner = Manner::read(&mut fields, &tuned, reading);
    read_lists(&mut fields, reading);
    let mut asides = universals(reading);
    asides.extend(read_asides(&mut fields, "globals", reading));
    fields.finish(&mut reading.findings);

    let around = Surroundings { manner, asides, person, services };
    let mut made = BTreeMap::new();
    part::read_nodes(file, &nodes, &around, &mut made, reading);
    part::read_called(&around, &mut made, reading);
    let parts = check_parts(&made, reading);
    let complete = !made.is_empty() && made.len() == reading.nodes.len();
    let (Some(person), Some(mut parts), true) = (person, parts, complete) else { return None };
    let nodes: Vec<Node> = made.into_values().collect();
    for node in &nodes {
        node.asked().into_iter().for_each(|asked| parts[node.part].label(asked));
    }
    check::ways(&nodes, &parts, person, farewell.as_ref().map(|farewell| farewell.node), reading);

    let ways = ways::of(&nodes, person, std::mem::take(&mut reading.ways));
    let yes_no = yes_no(&around.manner.own_words, &around.asides, reading);
    Some(Flow {
        name: name?.text,
        language: reading.language.clone(),
        zone,
        hash: hash(&reading.sources),
        warnings: Vec::new(),
        files: reading.sources.iter().map(|source| source.name.clone()).collect(),
        siblings: BTreeMap::new(),
        nodes,
        ways,
        person,
        parts,
        farewell,
        hours: std::mem::take(&mut reading.hours),
        templates: std::mem::replace(&mut reading.templates, Templates::new(reading.words)),
        words: reading.words,
        turns: reading.turns,
        yes_no,
    })
}

/// `on_hangup: node`, or `on_hangup: { goto: node, within: 5s }`.
fn read_farewell(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Farewell> {
    let file = fields.file();
    let tree = fields.tree("on_hangup")?;
    if !matches!(tree.content, Content::Map(_)) {
        let name = text(file, tree, "on_hangup", &mut reading.findings)?;
        return Some(Farewell { node: reading.node(&name)?, within: Farewell::WITHIN });
    }
    let mut inner = reading.open(file, tree, "`on_hangup`")?;
    let node =
        reading.must_target(&mut inner, "goto", "add `goto:` with the node that is done after the caller hung up");
    let within = reading.duration(&mut inner, "within", Duration::from_secs(1), Farewell::LONGEST);
    inner.finish(&mut reading.findings);
    Some(Farewell { node: node?, within: within.unwrap_or(Farewell::WITHIN) })
}

/// The nodes as they are written.
pub(crate) fn node_entries<'t>(fields: &mut Fields<'t>, reading: &mut Reading<'_>) -> Vec<(Text, &'t Tree)> {
    let nodes = fields.entries("nodes", &mut reading.findings).unwrap_or_default();
    if nodes.is_empty() {
        reading.findings.error(
            fields.place,
            "the flow has no nodes",
            "add `nodes:` and below it the nodes, by their names",
        );
    }
    nodes.iter().for_each(|(name, _)| check_name(name, reading));
    nodes
}

/// A name that a target can be written with.
fn check_name(name: &Text, reading: &mut Reading<'_>) {
    let shown: String = name.text.chars().take(LONGEST_NAME).collect();
    if YAML_WORDS.contains(&name.text.to_lowercase().as_str()) {
        let message = format!("`{shown}` cannot name a node: many programs read it as a word of YAML");
        reading.findings.error(name.place, message, "give the node another name");
    } else if name.text.chars().any(|c| !c.is_alphanumeric() && !matches!(c, '_' | '-' | ' '))
        || name.text.trim() != name.text
        || name.text.chars().count() > LONGEST_NAME
    {
        let fix = format!("use at most {LONGEST_NAME} letters, digits and underscores");
        reading.findings.error(name.place, format!("`{shown}` cannot name a node"), fix);
    }
}

/// Checks of every part what needs all of its variables; gives the parts when all are whole.
fn check_parts(made: &BTreeMap<NodeId, Node>, reading: &mut Reading<'_>) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut uses = Vec::new();
    reading.end_part();
    for (index, draft) in std::mem::take(&mut reading.parts).into_iter().enumerate() {
        let scope = scope(&draft, reading);
        reading.uses = draft.uses.clone();
        check::texts(&scope, reading);
        uses.append(&mut reading.uses);
        made.values().filter(|node| node.part == index).for_each(|node| node.check(&scope, reading));
        parts.push(draft.finish(scope));
    }
    reading.uses = uses;
    let parts: Vec<Part> = parts.into_iter().collect::<Option<_>>()?;
    made.values().for_each(|node| node.check_calls(&parts, reading));
    Some(parts)
}

/// What the head of a flow and of a sub-flow have in common: the version and the language.
pub(crate) fn read_header(fields: &mut Fields<'_>, reading: &mut Reading<'_>) {
    read_version(fields, reading);
    let Some(tag) = fields.text("language", &mut reading.findings) else { return };
    if Language::new(&tag.text) != reading.language {
        let message = format!("the sub-flow speaks `{}`, but the flow that calls it `{}`", tag.text, reading.language);
        reading.findings.error(tag.place, message, format!("write `language: {}`", reading.language));
    }
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
    reading.turns = TurnWords::of(&reading.language);
    reading.templates = Templates::new(words);
}

/// The currency of the flow's amounts; without it the usual one of the language.
fn read_currency(fields: &mut Fields<'_>, reading: &mut Reading<'_>) {
    let Some(code) = fields.text("currency", &mut reading.findings) else { return };
    let Some(words) = reading.words.in_currency(&code.text) else {
        let fix = format!("write one of {}", crate::yaml::list_of(&reading.words.currencies()));
        reading.findings.error(code.place, format!("there are no words for the currency `{}`", code.text), fix);
        return;
    };
    reading.words = words;
    reading.templates = Templates::new(words);
}

/// The zone of the flow's dates and times. The zones are those that this program was built with.
fn read_zone(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<TimeZone> {
    let name = fields.text("zone", &mut reading.findings)?;
    let zones = TimeZoneDatabase::bundled();
    let zone = zones.get(&name.text).ok();
    if zone.is_none() {
        let names: Vec<String> = zones.available().map(|known| known.as_str().to_owned()).collect();
        let fix = match nearest(&name.text, names.iter().map(String::as_str)) {
            Some(known) => format!("write `{known}`"),
            None => "write a name such as `Europe/Berlin` or `Asia/Shanghai`".to_owned(),
        };
        reading.findings.error(name.place, format!("there is no time zone `{}`", name.text), fix);
    }
    zone
}

pub(crate) fn read_services(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> BTreeMap<String, Service> {
    let Some(path) = fields.text("services", &mut reading.findings) else { return BTreeMap::new() };
    read_beside(&path, reading).map(|(file, tree)| services::read(file, &tree, reading)).unwrap_or_default()
}

/// Takes `tuning`: a file of thresholds, timers and manners that flows share.
fn read_tuning(fields: &mut Fields<'_>, plain: Manner, reading: &mut Reading<'_>) -> Manner {
    let Some(path) = fields.text("tuning", &mut reading.findings) else { return plain };
    let Some((file, tree)) = read_beside(&path, reading) else { return plain };
    let Some(mut fields) = reading.open(file, &tree, "the tuning") else { return plain };
    let manner = Manner::read(&mut fields, &plain, reading);
    fields.finish(&mut reading.findings);
    manner
}

/// Takes `lists`: options that several slots share.
fn read_lists(fields: &mut Fields<'_>, reading: &mut Reading<'_>) {
    let file = fields.file();
    for (name, tree) in fields.entries("lists", &mut reading.findings).unwrap_or_default() {
        let Some(options) = crate::yaml::entries(file, tree, &name.text, &mut reading.findings) else { continue };
        let list = read_list(file, options, reading);
        reading.lists.insert(name.text, list);
    }
}

/// Reads a file that the flow names, in the same folder.
fn read_beside(path: &Text, reading: &mut Reading<'_>) -> Option<(u32, Tree)> {
    let text = Some(&path.text).filter(|path| stays_inside(path)).and_then(|path| reading.files.read(path));
    let Some(text) = text else {
        let fix = "write the name of a file in the flow's folder; it must be UTF-8";
        reading.findings.error(path.place, format!("the file `{}` cannot be read", path.text), fix);
        return None;
    };
    let file = reading.source(&path.text, text.clone());
    let tree = parse(file, &text, &mut reading.findings);
    tree.map(|tree| (file, tree))
}

/// Every variable and its type.
fn scope(part: &Draft, reading: &mut Reading<'_>) -> BTreeMap<String, Type> {
    let mut scope = part.takes.clone();
    scope.insert("caller".to_owned(), Type::Text);
    scope.insert("called".to_owned(), Type::Text);
    scope.insert("today".to_owned(), Type::Date);
    scope.insert("now".to_owned(), Type::DateTime);
    scope.insert("weekday".to_owned(), Type::OneOf(WEEKDAYS.map(str::to_owned).to_vec()));
    scope.insert("intent".to_owned(), Type::OneOf(reading.intents.clone()));
    scope.extend(LAST.iter().map(|(name, of)| ((*name).to_owned(), of.clone())));
    scope.extend(reading.hours.keys().map(|name| (format!("open.{name}"), Type::YesNo)));
    for (name, (of, place)) in &part.slots {
        let other = match () {
            () if part.services.contains_key(name) => Some("a service"),
            () if part.takes.contains_key(name) && part.name.is_empty() => Some("a name under `given:`"),
            () if part.takes.contains_key(name) => Some("a name under `takes:`"),
            () => None,
        };
        if let Some(other) = other {
            let message = format!("the slot `{name}` is named like {other}");
            reading.findings.error(*place, message, "give the slot another name");
        }
        scope.insert(name.clone(), of.clone());
    }
    for (service, described) in &part.services {
        scope.extend(described.shape.fields.iter().map(|(field, of)| (format!("{service}.{field}"), of.clone())));
    }
    scope
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
/// What is known of the caller's last answer.
const LAST: &[(&str, Type)] = &[
    ("last.certainty", Type::Number),
    ("last.said", Type::Text),
    ("last.by", Type::Text),
    ("last.heard_ms", Type::Number),
];
/// Characters of a node's name.
const LONGEST_NAME: usize = 64;
/// What YAML's versions read as no text.
const YAML_WORDS: &[&str] = &["", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n"];
