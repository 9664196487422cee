//! Reading a mapping field by field, going on after each mistake.

use std::collections::BTreeMap;

use super::tree::{Content, Key, Tree};
use crate::diagnostic::{Findings, Place};
use crate::nearest::nearest;

/// The fields of a mapping that have not been asked for yet.
#[derive(Debug)]
pub(crate) struct Fields<'t> {
    file: u32,
    /// Where the mapping stands.
    pub(crate) place: Place,
    /// What the mapping is, for diagnostics: "the menu `welcome`".
    what: String,
    left: BTreeMap<&'t str, (&'t Key, &'t Tree)>,
    asked: Vec<(&'static str, Shape)>,
}

/// What a field may be, as its reader asks for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shape {
    /// Whatever its own reader makes of it.
    Anything,
    /// A text.
    Text,
    /// A text that must be there; what it is good for.
    Needed(String),
    /// One of these texts.
    OneOf(Vec<&'static str>),
    /// `true` or `false`.
    Flag,
    /// A whole number within limits.
    Count(u32, u32),
    /// A length of time.
    Duration,
    /// A key of the telephone.
    Key,
    /// A text, or a list of texts.
    Texts,
    /// One thing, or a list of them.
    List,
}

/// A text with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) place: Place,
    pub(crate) text: String,
}

impl<'t> Fields<'t> {
    /// Opens a mapping. An empty value counts as an empty mapping. Duplicate keys are reported, the first one counts.
    pub(crate) fn open(file: u32, tree: &'t Tree, what: impl Into<String>, findings: &mut Findings) -> Option<Self> {
        let (what, place) = (what.into(), at(file, tree.at));
        let mut left: BTreeMap<&'t str, (&'t Key, &'t Tree)> = BTreeMap::new();
        match &tree.content {
            Content::Nothing => {}
            Content::Map(entries) => {
                for (key, value) in entries {
                    if let Some((first, _)) = left.get(key.name.as_str()) {
                        let message =
                            format!("`{}` stands here a second time; the first is in line {}", key.name, first.at.0);
                        findings.error(at(file, key.at), message, "remove one of the two, or give it another name");
                    } else {
                        left.insert(key.name.as_str(), (key, value));
                    }
                }
            }
            other => {
                let message = format!("{what} is {}, but must be a mapping of names and values", other.kind());
                findings.error(place, message, "write `name: value` lines below it, indented, or `{ name: value }`");
                return None;
            }
        }
        Some(Self { file, place, what, left, asked: Vec::new() })
    }

    /// Whether a field is there and was not taken yet.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.left.contains_key(name)
    }

    /// The place of a tree of the same file.
    pub(crate) fn at(&self, tree: &Tree) -> Place {
        at(self.file, tree.at)
    }

    /// What the mapping is, for a diagnostic.
    pub(crate) fn what(&self) -> &str {
        &self.what
    }

    /// The file's number.
    pub(crate) fn file(&self) -> u32 {
        self.file
    }

    /// Takes a field as it is.
    pub(crate) fn tree(&mut self, name: &'static str) -> Option<&'t Tree> {
        self.ask(name, Shape::Anything);
        self.left.remove(name).map(|(_, value)| value)
    }

    /// Takes a text.
    pub(crate) fn text(&mut self, name: &'static str, findings: &mut Findings) -> Option<Text> {
        let tree = self.tree(name);
        self.shaped(Shape::Text);
        text(self.file, tree?, name, findings)
    }

    /// Takes a text that must be there.
    pub(crate) fn must_text(&mut self, name: &'static str, fix: &str, findings: &mut Findings) -> Option<Text> {
        if !self.left.contains_key(name) {
            self.ask(name, Shape::Needed(fix.to_owned()));
            findings.error(self.place, format!("{} has no `{name}`", self.what), fix);
            return None;
        }
        let text = self.text(name, findings);
        self.shaped(Shape::Needed(fix.to_owned()));
        text
    }

    /// Takes `true` or `false`.
    pub(crate) fn flag(&mut self, name: &'static str, findings: &mut Findings) -> Option<bool> {
        let tree = self.tree(name);
        self.shaped(Shape::Flag);
        let tree = tree?;
        if let Content::Flag(value) = tree.content {
            return Some(value);
        }
        let message = format!("`{name}` is {}, but must be true or false", tree.content.kind());
        findings.error(self.at(tree), message, format!("write `{name}: true` or `{name}: false`"));
        None
    }

    /// Takes a whole number within limits.
    pub(crate) fn count(
        &mut self,
        name: &'static str,
        low: u32,
        high: u32,
        findings: &mut Findings,
    ) -> Option<(Place, u32)> {
        let tree = self.tree(name);
        self.shaped(Shape::Count(low, high));
        let tree = tree?;
        let place = self.at(tree);
        let value = match &tree.content {
            Content::Number(number) | Content::Text(number) => number.parse::<u32>().ok(),
            _ => None,
        };
        let value = value.filter(|value| (low..=high).contains(value));
        if value.is_none() {
            let message = format!("`{name}` must be a whole number from {low} to {high}");
            findings.error(place, message, format!("write `{name}: {low}`, or another number up to {high}"));
        }
        value.map(|value| (place, value))
    }

    /// Takes a list. A single value counts as a list of one.
    pub(crate) fn list(&mut self, name: &'static str) -> Option<Vec<&'t Tree>> {
        let tree = self.tree(name);
        self.shaped(Shape::List);
        let tree = tree?;
        Some(match &tree.content {
            Content::List(items) => items.iter().collect(),
            Content::Nothing => Vec::new(),
            _ => vec![tree],
        })
    }

    /// Takes a list of texts. A single text counts as a list of one.
    pub(crate) fn texts(&mut self, name: &'static str, findings: &mut Findings) -> Option<Vec<Text>> {
        let file = self.file;
        let items = self.list(name);
        self.shaped(Shape::Texts);
        let items = items?;
        Some(items.into_iter().filter_map(|item| text(file, item, name, findings)).collect())
    }

    /// Takes a mapping of names that the designer chose, in the order of the file.
    pub(crate) fn entries(&mut self, name: &'static str, findings: &mut Findings) -> Option<Vec<(Text, &'t Tree)>> {
        let tree = self.tree(name)?;
        entries(self.file, tree, name, findings)
    }

    fn ask(&mut self, name: &'static str, shape: Shape) {
        self.asked.push((name, shape));
    }

    /// Says more of what was asked for last: what it may be. Editors are told.
    pub(crate) fn shaped(&mut self, shape: Shape) {
        if let Some((_, known)) = self.asked.last_mut() {
            *known = shape;
        }
    }

    /// Reports everything that nobody asked for.
    pub(crate) fn finish(self, findings: &mut Findings) {
        let names: Vec<&'static str> = self.asked.iter().map(|(name, _)| *name).collect();
        for (name, (key, _)) in &self.left {
            let known = nearest(name, names.iter().copied());
            let fix = match known {
                Some(known) => format!("write `{known}`"),
                None => format!("remove it; {} knows {}", self.what, list_of(&names)),
            };
            findings.error(at(self.file, key.at), format!("{} has no key `{name}`", self.what), fix);
        }
        findings.asked(self.place, self.asked);
    }
}

/// The entries of a mapping whose names the designer chose, in the order of the file; duplicates are reported.
pub(crate) fn entries<'t>(
    file: u32,
    tree: &'t Tree,
    what: &str,
    findings: &mut Findings,
) -> Option<Vec<(Text, &'t Tree)>> {
    let Content::Map(entries) = &tree.content else {
        let message = format!("`{what}` is {}, but must be a mapping of names and values", tree.content.kind());
        findings.error(at(file, tree.at), message, "write `name: value` lines below it, indented");
        return None;
    };
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    let mut taken = Vec::new();
    for (key, value) in entries {
        let place = at(file, key.at);
        if let Some(line) = seen.get(key.name.as_str()) {
            let message = format!("`{}` stands here a second time; the first is in line {line}", key.name);
            findings.error(place, message, "remove one of the two, or give it another name");
        } else {
            seen.insert(&key.name, key.at.0);
            taken.push((Text { place, text: key.name.clone() }, value));
        }
    }
    Some(taken)
}

/// A text, or the complaint that it is none.
pub(crate) fn text(file: u32, tree: &Tree, name: &str, findings: &mut Findings) -> Option<Text> {
    let place = at(file, tree.at);
    match &tree.content {
        Content::Text(text) => Some(Text { place, text: text.clone() }),
        Content::Number(number) => {
            findings.error(
                place,
                format!("`{name}` is a number, but must be a text"),
                format!("put it in quotes: \"{number}\""),
            );
            None
        }
        Content::Flag(flag) => {
            findings.error(
                place,
                format!("`{name}` is {flag}, but must be a text"),
                format!("put it in quotes: \"{flag}\""),
            );
            None
        }
        Content::Nothing => {
            findings.error(place, format!("`{name}` is empty"), "write its value after the colon, or remove the line");
            None
        }
        Content::List(_) | Content::Map(_) => {
            let fix = "write one text, in quotes if it holds a colon, a bracket or a brace";
            findings.error(place, format!("`{name}` is {}, but must be a text", tree.content.kind()), fix);
            None
        }
    }
}

pub(crate) fn at(file: u32, (line, column): (u32, u32)) -> Place {
    Place { file, line, column }
}

/// "`a`, `b` and `c`"; of many the first.
pub(crate) fn list_of<S: AsRef<str>>(names: &[S]) -> String {
    let mut quoted: Vec<String> = names.iter().take(MOST_NAMED).map(|name| format!("`{}`", name.as_ref())).collect();
    if names.len() > MOST_NAMED {
        quoted.push("others".to_owned());
    }
    match quoted.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// Names that one diagnostic lists.
const MOST_NAMED: usize = 16;
