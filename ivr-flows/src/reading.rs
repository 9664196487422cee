//! What the readers of a flow's parts share: names, texts, phrases, targets, and the findings.

use std::collections::BTreeMap;
use std::time::Duration;

use call_model::Language;

use crate::diagnostic::{Findings, Place};
use crate::hours::Hours;
use crate::language::Words;
use crate::language_turns::TurnWords;
use crate::nearest::nearest;
use crate::node::{Kind, Node, NodeId, PERSON, Written};
use crate::part::{Draft, Shown};
use crate::source::{FileSource, SourceFile, Vocabulary, stays_inside};
use crate::text::{BracketFault, Line, Phrase, PhraseFault, Template, Templates, variants};
use crate::value::Type;
use crate::ways::Way;
use crate::yaml::{Content, Fields, Shape, Text, Tree, list_of};

/// The state of reading one flow.
pub(crate) struct Reading<'a> {
    pub(crate) findings: Findings,
    pub(crate) files: &'a dyn FileSource,
    pub(crate) vocabulary: Option<&'a dyn Vocabulary>,
    pub(crate) language: Language,
    pub(crate) words: &'static Words,
    pub(crate) turns: &'static TurnWords,
    /// The files that were read, in their order.
    pub(crate) sources: Vec<SourceFile>,
    /// The names of all nodes, by their ids: those of the file, sub-flows' and those that a node brings along.
    pub(crate) nodes: Vec<String>,
    /// The nodes that a name can lead to: those of the part that is read.
    pub(crate) shown: Shown,
    /// The node that is read, with its name as events tell it.
    pub(crate) own: (NodeId, Text),
    /// Nodes that the node which is read brings along.
    pub(crate) hidden: BTreeMap<NodeId, Node>,
    /// The flow and the sub-flows that are called.
    pub(crate) parts: Vec<Draft>,
    /// The part that is read.
    pub(crate) part: usize,
    /// The flow's person.
    pub(crate) person: Option<NodeId>,
    /// The languages that nodes go over to.
    pub(crate) switches: Vec<Text>,
    /// Opening hours by their names.
    pub(crate) hours: BTreeMap<String, Hours>,
    pub(crate) templates: Templates,
    /// The texts of the part with variables, to be checked when every variable is known.
    pub(crate) uses: Vec<(Place, Template)>,
    /// The part's slots, their types and where each was first named.
    pub(crate) slots: BTreeMap<String, (Type, Place)>,
    /// The names of the menus' choices.
    pub(crate) intents: Vec<String>,
    /// What `{{ choices }}` stands for in the texts of the menu that is read.
    pub(crate) choices: Option<String>,
    /// The lists of options that slots share.
    pub(crate) lists: BTreeMap<String, Vec<Written>>,
    /// The node that is being read.
    pub(crate) within: Option<NodeId>,
    /// The ways that were met so far.
    pub(crate) ways: Vec<Way>,
}

impl<'a> Reading<'a> {
    /// Nothing is read yet.
    pub(crate) fn new(files: &'a dyn FileSource, vocabulary: Option<&'a dyn Vocabulary>) -> Self {
        let language = Language::new("en");
        let (words, turns) = (Words::of(&language), TurnWords::of(&language));
        Self {
            findings: Findings::default(),
            files,
            vocabulary,
            language,
            words,
            turns,
            sources: Vec::new(),
            nodes: Vec::new(),
            shown: 0..0,
            own: (NodeId(0), Text { place: Place::default(), text: String::new() }),
            hidden: BTreeMap::new(),
            parts: Vec::new(),
            part: 0,
            person: None,
            switches: Vec::new(),
            hours: BTreeMap::new(),
            templates: Templates::new(words),
            uses: Vec::new(),
            slots: BTreeMap::new(),
            intents: Vec::new(),
            choices: None,
            lists: BTreeMap::new(),
            within: None,
            ways: Vec::new(),
        }
    }

    /// Takes in the text of a file; gives its number.
    pub(crate) fn source(&mut self, name: &str, text: String) -> u32 {
        self.sources.push(SourceFile { name: name.to_owned(), text });
        u32::try_from(self.sources.len() - 1).unwrap_or(u32::MAX)
    }

    /// Goes over to another part: its variables are its own.
    pub(crate) fn begin_part(&mut self, part: usize) {
        self.end_part();
        self.part = part;
    }

    /// Keeps the variables of the part that was read.
    pub(crate) fn end_part(&mut self) {
        let (slots, uses) = (std::mem::take(&mut self.slots), std::mem::take(&mut self.uses));
        if let Some(part) = self.parts.get_mut(self.part) {
            part.slots.extend(slots);
            part.uses.extend(uses);
        }
    }

    /// Gives the nodes of a part their ids; from now on names lead to them.
    pub(crate) fn show<T>(&mut self, nodes: &[(Text, T)]) {
        let first = self.nodes.len();
        self.nodes.extend(nodes.iter().map(|(name, _)| name.text.clone()));
        self.shown = first..self.nodes.len();
    }

    /// The name of a node as events tell it.
    pub(crate) fn full_name(&self, name: &str) -> String {
        match self.parts.get(self.part) {
            Some(part) if !part.name.is_empty() => format!("{}.{name}", part.name),
            _ => name.to_owned(),
        }
    }

    /// Adds a node that the node which is read brings along: `bill.say` beside `bill`.
    pub(crate) fn bring(&mut self, name: &str, kind: Kind) -> NodeId {
        let id = self.allot(name);
        self.put(id, kind);
        id
    }

    /// Names a node that the node which is read brings along, before it can be made.
    pub(crate) fn allot(&mut self, name: &str) -> NodeId {
        self.nodes.push(format!("{}.{name}", self.own.1.text));
        NodeId(self.nodes.len() - 1)
    }

    /// Makes a node that was named.
    pub(crate) fn put(&mut self, id: NodeId, kind: Kind) {
        let name = self.nodes[id.0].clone();
        let node = Node { name, place: self.own.1.place, part: self.part, key: kind.key(), kind };
        self.hidden.insert(id, node);
    }

    /// Takes a target that must be there.
    pub(crate) fn must_target(&mut self, fields: &mut Fields<'_>, name: &'static str, fix: &str) -> Option<NodeId> {
        let text = fields.must_text(name, fix, &mut self.findings)?;
        let to = self.node(&text)?;
        self.ways.push(Way::met(self.within, to, name, fields.what(), text.place));
        Some(to)
    }

    /// Takes a target that may be left out; it is `otherwise` then.
    pub(crate) fn target_or(
        &mut self,
        fields: &mut Fields<'_>,
        name: &'static str,
        otherwise: Option<NodeId>,
    ) -> Option<NodeId> {
        if fields.has(name) {
            return self.must_target(fields, name, "");
        }
        // Looked at all the same: so the key is known.
        fields.tree(name);
        otherwise
    }

    /// Says more of the way that was met last: the condition under which it is taken.
    pub(crate) fn way_is_taken_if(&mut self, condition: &str) {
        if let Some(way) = self.ways.last_mut() {
            way.label = condition.to_owned();
        }
    }

    /// Finds a node by its name.
    pub(crate) fn node(&mut self, text: &Text) -> Option<NodeId> {
        let names = &self.nodes[self.shown.clone()];
        if let Some(index) = names.iter().position(|name| *name == text.text) {
            return Some(NodeId(self.shown.start + index));
        }
        // Nodes that were brought along lead to each other by their full names.
        if text.text.contains('.')
            && let Some(index) = self.nodes.iter().rposition(|name| *name == text.text)
        {
            return Some(NodeId(index));
        }
        if self.part > 0 && text.text == PERSON {
            return self.person;
        }
        let fix = match nearest(&text.text, names.iter().map(String::as_str)) {
            Some(known) => format!("write `{known}`"),
            None => format!("add a node `{}` under `nodes:`, or name one of {}", text.text, list_of(names)),
        };
        self.findings.error(text.place, format!("there is no node `{}`", text.text), fix);
        None
    }

    /// Takes what is said: `say`, `audio`, or both.
    pub(crate) fn line(&mut self, fields: &mut Fields<'_>, say: &'static str, audio: &'static str) -> Option<Line> {
        let recorded = fields.text(audio, &mut self.findings);
        let said = fields.text(say, &mut self.findings);
        let template = said.as_ref().and_then(|text| self.spoken(text));
        let Some(recorded) = recorded else { return template.map(Line::Said) };
        if !stays_inside(&recorded.text) {
            let message = format!("`{}` is no file in the flow's folder", recorded.text);
            self.findings.error(recorded.place, message, "write a path relative to this file, without `..`");
        } else if self.files.exists(&recorded.text) {
            return Some(Line::Recorded(recorded.text));
        } else if template.is_some() {
            let message = format!("the recording `{}` is not there", recorded.text);
            self.findings.warning(recorded.place, message, "add the file; until then the synthetic voice says it");
        } else {
            let message = format!("the recording `{}` is not there", recorded.text);
            self.findings.error(recorded.place, message, format!("add the file, or `{say}:` with the words"));
        }
        template.map(Line::Said)
    }

    /// Takes what must be said.
    pub(crate) fn must_line(&mut self, fields: &mut Fields<'_>, what: &str) -> Option<Line> {
        let place = fields.place;
        let given = fields.has("say") || fields.has("audio");
        let line = self.line(fields, "say", "audio");
        if !given {
            let fix = "add `say:` with what the caller hears, or `audio:` with a recording";
            self.findings.error(place, format!("{what} has no prompt"), fix);
        }
        line
    }

    /// A text that a voice speaks.
    pub(crate) fn spoken(&mut self, text: &Text) -> Option<Template> {
        if text.text.trim().is_empty() {
            self.findings.error(text.place, "the prompt is empty", "write what the caller hears");
            return None;
        }
        self.template(text)
    }

    /// A text with variables.
    pub(crate) fn template(&mut self, text: &Text) -> Option<Template> {
        let written = match &self.choices {
            Some(choices) => text.text.replace("{{ choices }}", choices),
            None => text.text.clone(),
        };
        match self.templates.add(&written) {
            Ok(template) => {
                if matches!(template, Template::Varying(..)) {
                    self.uses.push((text.place, template.clone()));
                }
                Some(template)
            }
            Err(wrong) => {
                let fix = "write variables as {{ name }} or {{ service.field }}";
                self.findings.error(text.place, format!("the text does not render: {wrong}"), fix);
                None
            }
        }
    }

    /// Phrases that are listened for, with and without what stands in brackets.
    pub(crate) fn phrases(&mut self, texts: &[Text]) -> Vec<(Place, Phrase)> {
        let texts: Vec<Text> = texts.iter().flat_map(|text| self.with_and_without(text)).collect();
        texts.iter().filter_map(|text| self.phrase(text).map(|phrase| (text.place, phrase))).collect()
    }

    /// A phrase with and without what may be left out: "(what is) my balance".
    pub(crate) fn with_and_without(&mut self, text: &Text) -> Vec<Text> {
        let (message, fix) = match variants(&text.text) {
            Ok(variants) => {
                return variants.into_iter().map(|variant| Text { place: text.place, text: variant }).collect();
            }
            Err(BracketFault::Unbalanced) => {
                ("are not closed, or stand within each other", "write it as `(what is) my balance`")
            }
            Err(BracketFault::TooMany) => ("are more than 4", "write it as several phrases"),
        };
        self.findings.error(text.place, format!("the brackets of the phrase `{}` {message}", text.text), fix);
        Vec::new()
    }

    fn phrase(&mut self, text: &Text) -> Option<Phrase> {
        let fault = match Phrase::read(&text.text, &self.language, self.vocabulary) {
            Ok(phrase) => return Some(phrase),
            Err(fault) => fault,
        };
        let (message, fix) = match fault {
            PhraseFault::Empty => ("the phrase is empty".to_owned(), "write what the caller says".to_owned()),
            PhraseFault::TooLong => (
                "the phrase has more than 20 words".to_owned(),
                "write the few words that tell it from the others".to_owned(),
            ),
            PhraseFault::Character(c) => (
                format!("the phrase `{}` holds `{c}`, which cannot be listened for", text.text),
                character_fix(c).to_owned(),
            ),
            PhraseFault::UnknownWord(word, Some(known)) => (
                format!("the recogniser does not know the word `{word}`"),
                format!("write `{known}`, or say it in other words"),
            ),
            PhraseFault::UnknownWord(word, None) => {
                (format!("the recogniser does not know the word `{word}`"), "say it in other words".to_owned())
            }
        };
        self.findings.error(text.place, message, fix);
        None
    }

    /// A key of the telephone.
    pub(crate) fn key(&mut self, fields: &mut Fields<'_>) -> Option<(Place, char)> {
        let tree = fields.tree("press");
        fields.shaped(Shape::Key);
        let tree = tree?;
        let place = fields.at(tree);
        let text = match &tree.content {
            Content::Text(text) => text.clone(),
            Content::Number(number) => {
                self.findings.error(place, "the key is not in quotes", format!("write `press: \"{number}\"`"));
                return None;
            }
            Content::Nothing | Content::Flag(_) | Content::List(_) | Content::Map(_) => String::new(),
        };
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(key @ ('0'..='9' | '*' | '#')), None) => Some((place, key)),
            _ => {
                let fix = "write one of \"0\" to \"9\", \"*\" or \"#\", in quotes";
                self.findings.error(place, format!("`press` is no key of a telephone: `{text}`"), fix);
                None
            }
        }
    }

    /// A length of time such as `5s` or `800ms`, within limits.
    pub(crate) fn duration(
        &mut self,
        fields: &mut Fields<'_>,
        name: &'static str,
        low: Duration,
        high: Duration,
    ) -> Option<Duration> {
        let tree = fields.tree(name);
        fields.shaped(Shape::Duration);
        let tree = tree?;
        let place = fields.at(tree);
        let taken = match &tree.content {
            Content::Text(text) => parse_duration(text),
            _ => None,
        };
        let limits = format!("from {} to {}", show_duration(low), show_duration(high));
        match taken {
            None => self.findings.error(
                place,
                format!("`{name}` is no length of time"),
                format!("write it as `{}`", show_duration(low)),
            ),
            Some(taken) if taken < low || taken > high => {
                let message = format!("`{name}` of {} makes no sense", show_duration(taken));
                self.findings.error(place, message, format!("write a time {limits}"));
            }
            Some(taken) => return Some(taken),
        }
        None
    }

    /// Declares a slot. A slot that several nodes fill has one type.
    pub(crate) fn declare(&mut self, name: &Text, of: Type) -> Option<String> {
        if !self.is_variable(name) {
            return None;
        }
        if RESERVED.contains(&name.text.as_str()) {
            let message = format!("`{}` is given by the call and cannot be filled", name.text);
            self.findings.error(name.place, message, "give the slot another name");
            return None;
        }
        match self.slots.get(&name.text) {
            None => {
                self.slots.insert(name.text.clone(), (of, name.place));
            }
            Some((known, _)) if *known == of || of == Type::Text => {}
            Some((Type::Text, _)) => {
                self.slots.insert(name.text.clone(), (of, name.place));
            }
            Some((known, place)) => {
                let message = format!(
                    "the slot `{}` is {} here and {} in line {}",
                    name.text,
                    of.what(),
                    known.what(),
                    place.line
                );
                self.findings.error(name.place, message, "ask both the same way, or use two slots");
            }
        }
        Some(name.text.clone())
    }

    /// Whether a name can stand in a template.
    pub(crate) fn is_variable(&mut self, name: &Text) -> bool {
        let fits = name.text.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !KEYWORDS.contains(&name.text.as_str());
        if !fits {
            let fix = "use latin letters, digits and underscores, beginning with a letter, and no word such as `and`";
            self.findings.error(name.place, format!("`{}` cannot be the name of a variable", name.text), fix);
        }
        fits
    }

    /// The fields of a tree.
    pub(crate) fn open<'t>(&mut self, file: u32, tree: &'t Tree, what: impl Into<String>) -> Option<Fields<'t>> {
        Fields::open(file, tree, what, &mut self.findings)
    }
}

fn character_fix(c: char) -> &'static str {
    match c {
        '，' | '。' | '！' | '？' | '、' | '“' | '”' | '：' | '；' => {
            "remove the full-width punctuation; write each phrase as an item of its own"
        }
        '"' | '\\' => "remove it; a phrase holds letters, digits, apostrophes, hyphens and blanks",
        ',' | ';' | '/' | '|' => "write each phrase as an item of its own: [first phrase, second phrase]",
        '&' => "write `and`",
        '%' => "write `percent`",
        '\t' => "write a blank in place of the tab",
        _ => "write it as words; a phrase holds letters, digits, apostrophes, hyphens and blanks",
    }
}

/// A length of time such as `5s`, `800ms` or `1.5min`.
pub(crate) fn parse_duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.')?);
    let number: f64 = number.parse().ok().filter(|n: &f64| *n < 1e7)?;
    let ms = match unit.trim() {
        "ms" => number,
        "s" => number * 1000.0,
        "min" => number * 60_000.0,
        _ => return None,
    };
    Some(Duration::from_millis(ms.round() as u64))
}

fn show_duration(duration: Duration) -> String {
    let ms = duration.as_millis();
    if ms.is_multiple_of(1000) { format!("{}s", ms / 1000) } else { format!("{ms}ms") }
}

/// The variables that the call itself gives.
pub(crate) const RESERVED: &[&str] = &["caller", "called", "intent", "last", "open", "today", "now", "weekday"];
/// Words of the condition grammar and of templates.
const KEYWORDS: &[&str] =
    &["and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "False", "None", "loop"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_with_their_units() {
        assert_eq!(parse_duration("5s"), Some(Duration::from_secs(5)));
        assert_eq!(parse_duration("800 ms"), Some(Duration::from_millis(800)));
        assert_eq!(parse_duration("1.5s"), Some(Duration::from_millis(1500)));
        for text in ["", "5", "s", "5 parsecs", "99999999999s", "-1s"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
}
