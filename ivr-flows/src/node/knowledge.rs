//! `ask_knowledge`: answers a question from a file of questions and answers, or from a service.
//!
//! ```yaml
//! faq:
//!   ask_knowledge: { ask: { say: "What would you like to know?" }, from: answers.yaml, if_unknown: desk, then: more }
//! ```
//!
//! `ask:` is an `ask` for free speech, and what follows it the node `faq.search`. In its place `question: "{{ topic }}"`
//! takes what was said before.
//!
//! The file lists what callers ask, in several wordings, with the answer that they hear:
//!
//! ```yaml
//! - ask: [when are you open, what are your opening hours]
//!   answer: "We are open from eight to six."
//! ```
//!
//! In a flow in another language `answers.zh.yaml` takes its place where it is there. The question is compared by its
//! words, parts of words, and words of like meaning. Below `at_least` (45 of 100) the flow goes on at
//! `if_unknown`; what is as near to another answer counts for little.
//!
//! From a service: it is given `question` and answers `answer: text`; status 404 and every failure are "unknown". That
//! is an `http` node and a `play` node (`faq.say`) behind it.

use std::time::Instant;

use call_model::{BargeIn, CallEvent, Certainty};

use super::compose;
use super::http::Http;
use super::outside::Outside;
use super::play::Play;
use super::{Kind, NodeId, Surroundings};
use crate::reading::Reading;
use crate::run::{Afterwards, Core, Saying, Step};
use crate::source::stays_inside;
use crate::text::{Line, Template, Voice};
use crate::understand::{Alike, Likeness};
use crate::value::Type;
use crate::yaml::{Content, Fields, Text, parse};

/// A node that answers from a file.
#[derive(Debug)]
pub(crate) struct AskKnowledge {
    question: Template,
    entries: Vec<Entry>,
    alike: Alike,
    at_least: Certainty,
    if_unknown: NodeId,
    then: NodeId,
}

/// One answer of the file.
#[derive(Debug)]
struct Entry {
    /// The first wording of the question, by which events name it.
    name: String,
    wordings: Vec<String>,
    answer: Line,
    /// The answer's words, which often are the question's.
    words: String,
}

/// Reads the node, for a file or a service; with `ask:`, the question to the caller is the node itself.
pub(super) fn read(fields: &mut Fields<'_>, around: &Surroundings, reading: &mut Reading<'_>) -> Option<Kind> {
    if !fields.has("ask") {
        fields.tree("ask");
        let fix = "add `ask: { say: \"What would you like to know?\" }`, or `question:` with what was asked before";
        let question = fields.must_text("question", fix, &mut reading.findings);
        return read_search(question, fields, around, reading);
    }
    let (place, file) = (fields.place, fields.file());
    let fix = "write `ask: { say: \"What would you like to know?\" }`";
    let mut tree = compose::mapping(fields, "ask", fix, reading)?.clone();
    let asked = Text { place, text: format!("{{{{ {QUESTION} }}}}") };
    let search = read_search(Some(asked), fields, around, reading)?;
    let search = reading.bring("search", search);
    for (key, value) in
        [("slot", QUESTION.to_owned()), ("type", "text".to_owned()), ("then", compose::name_of(search, reading))]
    {
        tree = compose::with(tree, key, Content::Text(value));
    }
    super::read_kind(file, "ask", &Text { place, text: "ask".to_owned() }, &tree, around, reading)
}

/// Reads what follows the question.
fn read_search(
    question: Option<Text>,
    fields: &mut Fields<'_>,
    around: &Surroundings,
    reading: &mut Reading<'_>,
) -> Option<Kind> {
    let question = question.and_then(|question| reading.template(&question));
    let fix = "add `from:` with a file of questions and answers, such as `answers.yaml`, or with a service";
    let from = fields.must_text("from", fix, &mut reading.findings);
    let fix = "add `if_unknown:` with the node that comes next when there is no answer";
    let if_unknown = reading.must_target(fields, "if_unknown", fix);
    let then = reading.must_target(fields, "then", "add `then:` with the node that comes next");
    let at_least = fields.count("at_least", 1, 100, &mut reading.findings);
    let from = from?;
    if !from.text.ends_with(".yaml") && !from.text.ends_with(".yml") {
        return of_service(from, question?, if_unknown?, then?, fields, around, reading);
    }
    let entries = read_file(&from, reading)?;
    let sentences: Vec<(usize, f64, &str)> = entries.iter().enumerate().flat_map(|(i, e)| e.sentences(i)).collect();
    let meaning = reading.vocabulary.and_then(|vocabulary| vocabulary.meaning(&reading.language));
    let alike = Alike::of(&sentences, &reading.language, meaning);
    let at_least = at_least.map_or(DEFAULT_AT_LEAST, |(_, least)| Certainty::try_from(least).unwrap_or(100));
    let asked = AskKnowledge { question: question?, entries, alike, at_least, if_unknown: if_unknown?, then: then? };
    Some(Kind::Outside(Outside::AskKnowledge(asked)))
}

fn of_service(
    from: Text,
    question: Template,
    if_unknown: NodeId,
    then: NodeId,
    fields: &mut Fields<'_>,
    around: &Surroundings,
    reading: &mut Reading<'_>,
) -> Option<Kind> {
    if let Some(known) = around.services.get(&from.text)
        && known.shape.fields.get(ANSWER) != Some(&Type::Text)
    {
        let fix = "add `fields: { answer: text }` to it in the services' file";
        reading.findings.error(from.place, format!("the service `{}` answers no `answer`", from.text), fix);
        return None;
    }
    let spoken = Text { place: from.place, text: format!("{{{{ {}.{ANSWER} }}}}", from.text) };
    let http = Http::failing_to(Some(if_unknown), &[QUESTION], from, fields, around, reading)?;
    let line = reading.spoken(&spoken).map(Line::Said)?;
    let said = reading.bring("say", Kind::Play(Play::new(line, BargeIn::ByKey, then)));
    Some(Kind::Http(http.giving(QUESTION, question).unknown_to(if_unknown).leading_to(said)))
}

fn read_file(from: &Text, reading: &mut Reading<'_>) -> Option<Vec<Entry>> {
    let stem = from.text.rsplit_once('.').map_or(from.text.as_str(), |(stem, _)| stem);
    let of_language = format!("{stem}.{}.yaml", reading.language.as_str());
    let of_language = Some(of_language).filter(|path| stays_inside(path) && reading.files.exists(path));
    let path = of_language.unwrap_or_else(|| from.text.clone());
    let source = Some(&path).filter(|path| stays_inside(path)).and_then(|path| reading.files.read(path));
    let Some(source) = source else {
        let fix = "write the name of a file in the flow's folder; it must be UTF-8";
        reading.findings.error(from.place, format!("the file `{path}` cannot be read"), fix);
        return None;
    };
    let file = reading.source(&path, source.clone());
    let tree = parse(file, &source, &mut reading.findings)?;
    let Content::List(items) = &tree.content else {
        let fix = "begin each with `- ask: [...]`, and `answer: \"...\"` in the line below";
        reading.findings.error(crate::yaml::at(file, tree.at), "the file lists no questions and answers", fix);
        return None;
    };
    if items.len() > MOST_ENTRIES {
        let message = format!("the file has more than {MOST_ENTRIES} answers");
        reading.findings.error(crate::yaml::at(file, tree.at), message, "split it, or let a service search");
        return None;
    }
    let entries: Vec<Entry> = items
        .iter()
        .filter_map(|item| {
            let mut fields = reading.open(file, item, "the answer")?;
            let entry = Entry::read(&mut fields, reading);
            fields.finish(&mut reading.findings);
            entry
        })
        .collect();
    (entries.len() == items.len()).then_some(entries)
}

impl Entry {
    fn read(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let place = fields.place;
        let asked = fields.texts("ask", &mut reading.findings).unwrap_or_default();
        let wordings: Vec<String> =
            asked.into_iter().map(|text| text.text).filter(|text| !text.trim().is_empty()).collect();
        if wordings.is_empty() {
            let fix = "add `ask: [when are you open, what are your opening hours]`";
            reading.findings.error(place, "nobody asks for this answer", fix);
        }
        if !fields.has("answer") && !fields.has("audio") {
            reading.findings.error(place, "the answer says nothing", "add `answer:` with what the caller hears");
        }
        let answer = reading.line(fields, "answer", "audio");
        let words = match &answer {
            Some(Line::Said(Template::Fixed(text))) => text.clone(),
            _ => String::new(),
        };
        Some(Self { name: wordings.first()?.clone(), wordings, answer: answer?, words })
    }

    fn sentences(&self, index: usize) -> impl Iterator<Item = (usize, f64, &str)> {
        let asked = self.wordings.iter().map(move |wording| (index, 1.0, wording.as_str()));
        asked.chain(std::iter::once((index, ANSWER_COUNTS, self.words.as_str())))
    }
}

impl AskKnowledge {
    pub(crate) fn exits(&self) -> Vec<(NodeId, Vec<String>)> {
        vec![(self.then, Vec::new()), (self.if_unknown, Vec::new())]
    }

    pub(crate) fn lines(&self) -> Vec<&Line> {
        self.entries.iter().map(|entry| &entry.answer).collect()
    }

    pub(crate) fn enter(&self, core: &mut Core, now: Instant) -> Step {
        let question = match core.render(&self.question, Voice::Service) {
            Ok(question) => question,
            Err(reason) => return Step::Broken(reason),
        };
        let found = self.alike.find(&question);
        let certainty = found.map_or(0, Likeness::certainty);
        let entry = found.filter(|_| certainty >= self.at_least).and_then(|found| self.entries.get(found.index));
        let node = core.flow.nodes[core.node().0].name.clone();
        core.event(CallEvent::KnowledgeAsked { node, found: entry.map(|entry| entry.name.clone()), certainty });
        match entry {
            Some(entry) => Saying::begin(&[&entry.answer], BargeIn::ByKey, Afterwards::Goto(self.then), core, now),
            None => Step::Goto(self.if_unknown),
        }
    }
}

const QUESTION: &str = "question";
const ANSWER: &str = "answer";
const DEFAULT_AT_LEAST: Certainty = 45;
/// What the words of an answer count, against those of its question.
const ANSWER_COUNTS: f64 = 0.7;
/// They are compared one by one while the caller waits.
const MOST_ENTRIES: usize = 2_000;
