//! What a file in a flow's folder is, and how a sub-flow is checked by itself.

use crate::diagnostic::{Diagnostic, Findings};
use crate::source::{FileSource, Vocabulary};
use crate::yaml::{Content, Tree, parse};

/// What a YAML file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A flow; what is no YAML counts as one, so that it is complained of.
    Flow,
    /// A sub-flow.
    SubFlow,
    /// What flows name: services, hours, answers.
    Beside,
}

impl FileKind {
    /// What a file is, by its text.
    pub fn of(text: &str) -> Self {
        let Some(tree) = parse(0, text, &mut Findings::default()) else { return Self::Flow };
        let has = |names: &[&str]| keys(&tree).any(|(key, _)| names.contains(&key));
        // A service may be named like a key of a flow, such as `returns`; only flows have nodes.
        match has(&["callwright", "nodes"]) {
            true if has(&["takes", "returns"]) => Self::SubFlow,
            true => Self::Flow,
            false => Self::Beside,
        }
    }
}

/// Everything that is wrong with a sub-flow that no flow is known to call: it is called by a flow of its own language that
/// has the `services.yaml` and the `hours.yaml` of the folder.
pub fn check_sub_flow(path: &str, files: &dyn FileSource, vocabulary: Option<&dyn Vocabulary>) -> Vec<Diagnostic> {
    let text = files.read(path).unwrap_or_default();
    let caller = Caller { text: caller_of(path, &text, files), files };
    let mut found = crate::load::check_files(CALLER, &caller, vocabulary);
    found.retain(|diagnostic| diagnostic.file != CALLER);
    found
}

/// The files with one more: the flow that calls the sub-flow.
struct Caller<'a> {
    text: String,
    files: &'a dyn FileSource,
}

impl FileSource for Caller<'_> {
    fn read(&self, path: &str) -> Option<String> {
        if path == CALLER { Some(self.text.clone()) } else { self.files.read(path) }
    }

    fn exists(&self, path: &str) -> bool {
        path == CALLER || self.files.exists(path)
    }
}

/// A flow that calls a sub-flow and nothing else.
fn caller_of(path: &str, text: &str, files: &dyn FileSource) -> String {
    let tree = parse(0, text, &mut Findings::default());
    let value = |name: &str| tree.iter().flat_map(keys).find(|(key, _)| *key == name).map(|(_, value)| value);
    let language = match value("language").map(|value| &value.content) {
        Some(Content::Text(language)) => language.clone(),
        _ => language_of(path, text).to_owned(),
    };
    let taken: Vec<(&str, &str)> = value("takes")
        .into_iter()
        .flat_map(keys)
        .filter_map(|(name, of)| match &of.content {
            Content::Text(of) => Some((name, of.as_str())),
            _ => None,
        })
        .collect();
    let given: Vec<String> = taken.iter().map(|(name, of)| format!("{name}: {of}")).collect();
    let with: Vec<String> = taken.iter().map(|(name, _)| format!("{name}: \"{{{{ {name} }}}}\"")).collect();
    let beside = ["services", "hours"].into_iter().filter(|name| files.exists(&format!("{name}.yaml")));
    let beside: String = beside.map(|name| format!("{name}: {name}.yaml\n")).collect();
    format!(
        "callwright: 1\nflow: caller\nlanguage: {language}\nstart: call\nperson: bye\n{beside}given: {{ {} }}\nnodes:\n  \
         call: {{ call: {{ flow: \"{path}\", with: {{ {} }}, then: bye }} }}\n  bye: {{ hang_up: {{}} }}\n",
        given.join(", "),
        with.join(", "),
    )
}

/// The language of a sub-flow that does not name it: by its file's name, as in `verify.zh.yaml`, or by its script.
fn language_of(path: &str, text: &str) -> &'static str {
    let tag = path.rsplit('.').nth(1).unwrap_or_default();
    let named = crate::language::SPOKEN.iter().find(|known| **known == tag);
    let written = |from: char, to: char| text.chars().any(|c| (from..=to).contains(&c));
    match named {
        Some(named) => named,
        None if written('\u{ac00}', '\u{d7af}') => "ko",
        None if written('\u{4e00}', '\u{9fff}') => "zh",
        None => "en",
    }
}

fn keys(tree: &Tree) -> impl Iterator<Item = (&str, &Tree)> {
    let entries = match &tree.content {
        Content::Map(entries) => entries.as_slice(),
        _ => &[],
    };
    entries.iter().map(|(key, value)| (key.name.as_str(), value))
}

/// The file of the flow that calls; no other file has such a name.
const CALLER: &str = "(the flow that calls)";
