//! A flow that was read, checked and is ready to run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use call_model::{FlowHash, Language, PromptPart};

use crate::diagnostic::{Diagnostic, Severity};
use crate::hours::Hours;
use crate::language::Words;
use crate::language_turns::TurnWords;
use crate::node::{Node, NodeId};
use crate::part::Part;
use crate::run::Farewell;
use crate::source::{FileSource, Vocabulary};
use crate::text::{Line, Phrase, Template, Templates};
use crate::understand::Choices;
use crate::ways::Way;

/// A flow: immutable, shared by all calls that are in it.
#[derive(Debug)]
pub struct Flow {
    pub(crate) name: String,
    pub(crate) language: Language,
    pub(crate) zone: Option<TimeZone>,
    pub(crate) hash: FlowHash,
    pub(crate) warnings: Vec<Diagnostic>,
    /// The files that it was read from, as places count them.
    pub(crate) files: Vec<String>,
    pub(crate) nodes: Vec<Node>,
    /// The ways between the nodes, as they are written.
    pub(crate) ways: Vec<Way>,
    /// The same flow in other languages, by their tags.
    pub(crate) siblings: BTreeMap<String, Arc<Flow>>,
    pub(crate) person: NodeId,
    /// The flow itself, and the sub-flows that it calls.
    pub(crate) parts: Vec<Part>,
    /// What is done after the caller hung up.
    pub(crate) farewell: Option<Farewell>,
    pub(crate) hours: BTreeMap<String, Hours>,
    pub(crate) templates: Templates,
    pub(crate) words: &'static Words,
    pub(crate) turns: &'static TurnWords,
    pub(crate) yes_no: Choices,
}

impl Flow {
    /// Reads a flow and everything that it names.
    ///
    /// `root` is the flow's file, by its path in `files`. With a vocabulary every phrase is held against the words that
    /// the recogniser knows, and Chinese phrases are cut into them.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, errors and warnings, in the order of files and lines. A flow with warnings only is
    /// loaded; [`Flow::warnings`] has them.
    pub fn load(
        root: &str,
        files: &dyn FileSource,
        vocabulary: Option<&dyn Vocabulary>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let (flow, findings) = crate::load::load(root, files, vocabulary);
        match flow {
            Some(flow) if !findings.iter().any(|found| found.severity == Severity::Error) => {
                Ok(Self { warnings: findings, ..flow })
            }
            _ => Err(findings),
        }
    }

    /// The flow's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The language that it speaks and understands.
    pub fn language(&self) -> &Language {
        &self.language
    }

    /// Every language that it can go over to, its own first.
    pub fn languages(&self) -> Vec<&Language> {
        std::iter::once(&self.language).chain(self.siblings.values().map(|sibling| &sibling.language)).collect()
    }

    /// The wall time by which callers say "tomorrow": in the flow's zone, or in another where it names none.
    pub fn wall_time(&self, at: Timestamp, otherwise: &TimeZone) -> DateTime {
        self.zone.as_ref().unwrap_or(otherwise).to_datetime(at)
    }

    /// The SHA-256 of the files that it was read from.
    pub fn hash(&self) -> &FlowHash {
        &self.hash
    }

    /// Every node by its name and its kind as it is written, in the order of the files.
    pub fn nodes(&self) -> impl Iterator<Item = (&str, &'static str)> {
        self.nodes.iter().map(|node| (node.name.as_str(), node.key))
    }

    /// What is probably not as it was meant.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// Every recording and every sentence that is known now, each once, so that they can be made ready before a call
    /// needs them.
    pub fn prompts(&self) -> Vec<PromptPart> {
        let mut parts = Vec::new();
        let mut seen = BTreeSet::new();
        for line in self.nodes.iter().flat_map(Node::lines) {
            match line {
                Line::Recorded(file) if seen.insert(file.as_str()) => parts.push(PromptPart::Audio(file.clone())),
                Line::Said(Template::Fixed(text)) if seen.insert(text) => parts.push(self.sentence(text.clone())),
                Line::Recorded(_) | Line::Said(_) => {}
            }
        }
        let labels: BTreeSet<&str> = self.asked_back().collect();
        parts.extend(labels.into_iter().map(|label| self.sentence(self.words.ask_back(label))));
        parts.extend(self.siblings.values().flat_map(|sibling| sibling.prompts()));
        let turns = self.turns;
        let own = [turns.take_your_time, turns.still_there, turns.what_to_change, turns.is_that_right, turns.help_hint];
        let own = own.into_iter().chain([self.words.sorry, self.words.yes_no_hint]);
        parts.extend(own.map(|text| self.sentence(text.to_owned())));
        parts
    }

    /// The phrases of every question, one list a grammar.
    pub fn grammars(&self) -> Vec<Arc<[String]>> {
        let mut grammars = vec![self.yes_no.grammar().clone()];
        let asked = self.nodes.iter().flat_map(Node::grammars);
        grammars.extend(asked.filter(|grammar| !grammar.is_empty()).cloned());
        grammars.sort();
        grammars.dedup();
        grammars
    }

    /// Every word that is listened for.
    pub fn words(&self) -> BTreeSet<String> {
        let mut words = BTreeSet::new();
        for grammar in self.grammars() {
            words.extend(grammar.iter().flat_map(|phrase| phrase.split(' ')).map(str::to_owned));
        }
        words
    }

    /// The names of the queues that it hands callers to.
    pub fn queues(&self) -> BTreeSet<String> {
        let own = self.nodes.iter().filter_map(Node::queue).map(str::to_owned);
        own.chain(self.siblings.values().flat_map(|sibling| sibling.queues())).collect()
    }

    /// The names of the secrets that its services are sent.
    pub fn secrets(&self) -> BTreeSet<String> {
        let services = self.parts.iter().flat_map(|part| part.services.values());
        let own = services.filter_map(|service| Some(service.secret.as_ref()?.name.clone()));
        own.chain(self.siblings.values().flat_map(|sibling| sibling.secrets())).collect()
    }

    /// A text that a service answered, as a phrase that is listened for: punctuation is left out, and numbers are
    /// spelt. `None` where nothing is left to listen for.
    pub(crate) fn heard_as(&self, text: &str) -> Option<Phrase> {
        let plain: String =
            text.chars().map(|c| if c.is_alphanumeric() || "'’-".contains(c) { c } else { ' ' }).collect();
        let spelt = |word: &str| match word.bytes().all(|byte| byte.is_ascii_digit()) {
            true => self.words.spell(word),
            false => word.to_owned(),
        };
        let words: Vec<String> = plain.split_whitespace().map(spelt).collect();
        Phrase::read(&words.join(" "), &self.language, None).ok()
    }

    /// A node by its name.
    pub(crate) fn named(&self, name: &str) -> Option<NodeId> {
        self.nodes.iter().position(|node| node.name == name).map(NodeId)
    }

    /// A part by its name.
    pub(crate) fn part_named(&self, name: &str) -> Option<usize> {
        self.parts.iter().position(|part| part.name == name)
    }

    /// A sentence of which every word is known when the flow is loaded.
    pub(crate) fn sentence(&self, text: String) -> PromptPart {
        PromptPart::Say { text, language: self.language.clone(), fixed: true }
    }

    /// A sentence that is known only during the call.
    pub(crate) fn varying(&self, text: String) -> PromptPart {
        PromptPart::Say { text, language: self.language.clone(), fixed: false }
    }

    fn asked_back(&self) -> impl Iterator<Item = &str> {
        let choices = self.nodes.iter().filter_map(Node::asked).flat_map(|asked| asked.all_choices());
        choices.flat_map(|choices| choices.list()).map(|choice| choice.label.as_str()).chain([self.words.person_label])
    }
}
