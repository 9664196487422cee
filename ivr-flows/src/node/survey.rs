//! `survey`: asks the caller some questions about the call.
//!
//! ```yaml
//! feedback:
//!   survey:
//!     questions:
//!       satisfied: { say: "How satisfied are you, from one to five?", scale: 5 }
//!       solved:    { say: "Was it solved?", type: yes_no }
//!     then: bye
//! ```
//!
//! Each question is an `ask` (`feedback.satisfied`) whose slot has the question's name; `scale: 5` takes one to five by
//! speech and key. Who says nothing, or nothing that is understood, twice is asked the next question. Every answer is
//! told as an event and kept on the server, so that who hangs up in the middle has answered the first questions.

use call_model::{CallEvent, Consult, SurveyAnswer};

use super::compose;
use super::{Kind, NodeId, Surroundings};
use crate::reading::Reading;
use crate::run::{Core, Step};
use crate::value::Value;
use crate::yaml::{Content, Fields, Text, Tree};

/// A node that leads to the first question.
#[derive(Debug)]
pub(crate) struct Survey {
    first: NodeId,
}

/// A node that takes the answer of a question.
#[derive(Debug)]
pub(crate) struct Answered {
    survey: String,
    question: String,
    /// The questions up to this one.
    asked: Vec<String>,
    /// Whether it is the last one.
    last: bool,
    next: NodeId,
}

impl Survey {
    pub(crate) fn read(fields: &mut Fields<'_>, around: &Surroundings, reading: &mut Reading<'_>) -> Option<Self> {
        let place = fields.place;
        let file = fields.file();
        let written = fields.must_text("then", "add `then:` with the node that comes next", &mut reading.findings);
        let then = written.as_ref().and_then(|written| reading.node(written));
        let questions = fields.entries("questions", &mut reading.findings).unwrap_or_default();
        if questions.is_empty() {
            let fix = "add `questions:` and below it `name: { say: \"...\", scale: 5 }`";
            reading.findings.error(place, "the survey has no questions", fix);
            return None;
        }
        let (mut next, mut name) = (then?, written?.text);
        let names: Vec<String> = questions.iter().map(|(question, _)| question.text.clone()).collect();
        // From the last to the first, since each leads to the one after it.
        for (index, (question, tree)) in questions.into_iter().enumerate().rev() {
            let answered = Answered {
                survey: reading.own.1.text.clone(),
                question: question.text.clone(),
                asked: names[..=index].to_vec(),
                last: index + 1 == names.len(),
                next,
            };
            next = read_question(file, &question, tree, (answered, &name), around, reading)?;
            name = compose::name_of(next, reading);
        }
        Some(Self { first: next })
    }

    pub(crate) fn exits(&self) -> Vec<NodeId> {
        vec![self.first]
    }

    pub(crate) fn enter(&self, core: &mut Core) -> Step {
        core.carry(None);
        Step::Goto(self.first)
    }
}

impl Answered {
    pub(crate) fn exits(&self) -> Vec<NodeId> {
        vec![self.next]
    }

    pub(crate) fn enter(&self, core: &mut Core) -> Step {
        if let Some(answer) = core.memory.get(&self.question).map(Value::raw) {
            let (node, question) = (self.survey.clone(), self.question.clone());
            core.event(CallEvent::SurveyAnswered { node, question, answer });
            self.save(core);
        }
        Step::Goto(self.next)
    }
}

impl Answered {
    /// Keeps what was answered so far. The caller does not wait for it.
    fn save(&self, core: &mut Core) {
        let answers = self.asked.iter().filter_map(|question| {
            let answer = core.memory.get(question).map(Value::raw)?;
            Some(SurveyAnswer { question: question.clone(), answer })
        });
        let answers = answers.collect();
        let (survey, number) = (self.survey.clone(), core.caller());
        core.consult(core.node(), Consult::SaveSurvey { survey, number, answers, complete: self.last });
    }
}

fn read_question(
    file: u32,
    name: &Text,
    tree: &Tree,
    (answered, next_name): (Answered, &str),
    around: &Surroundings,
    reading: &mut Reading<'_>,
) -> Option<NodeId> {
    let answered = reading.bring(&format!("{}_answered", name.text), Kind::Answered(answered));
    let mut ask = compose::with(tree.clone(), "slot", Content::Text(name.text.clone()));
    ask = compose::with(ask, "then", Content::Text(compose::name_of(answered, reading)));
    if let Some(of) = scale(tree, file, reading) {
        ask = compose::with(compose::without(ask, "scale"), "type", Content::Text("one_of".to_owned()));
        ask = compose::with(ask, "options", options(of, tree.at, reading));
    }
    let sorry = [("if_silent", reading.words.not_heard), ("if_not_understood", reading.words.not_understood)];
    for (key, said) in sorry {
        if !compose::has(&ask, key) {
            ask = compose::with(ask, key, once_more(said, next_name, tree.at));
        }
    }
    compose::bring(&name.text, "ask", &ask, file, around, reading)
}

/// Takes `scale`: how many steps the answer has.
fn scale(tree: &Tree, file: u32, reading: &mut Reading<'_>) -> Option<u32> {
    if !compose::has(tree, "scale") {
        return None;
    }
    let mut fields = reading.open(file, tree, "the question")?;
    fields.count("scale", 2, MOST_STEPS, &mut reading.findings).map(|(_, of)| of)
}

/// "1" to "5", each by its key and its word.
fn options(of: u32, at: (u32, u32), reading: &Reading<'_>) -> Content {
    let text = |text: &str| Content::Text(text.to_owned());
    let mut all = compose::empty(at);
    for step in 1..=of {
        let digit = step.to_string();
        let said = reading.words.spell(&digit);
        let option = compose::with(compose::empty(at), "press", text(&digit));
        let option = compose::with(option, "label", text(&said));
        let option = compose::with(option, "hear", text(&said));
        all = compose::with(all, &digit, option.content);
    }
    all.content
}

/// Asks once more, then goes on.
fn once_more(said: &str, next: &str, at: (u32, u32)) -> Content {
    let step = |key: &str, text: &str| compose::with(compose::empty(at), key, Content::Text(text.to_owned()));
    Content::List(vec![step("say", said), step("goto", next)])
}

/// Keys from 1 to 9.
const MOST_STEPS: u32 = 9;
