//! A slot: what is asked for, how it is understood, and when it counts. `ask` has one, `form` has several.

use call_model::Certainty;

use super::aside::Asides;
use super::choice::{Written, built_in, compile, person, read_written};
use super::manner::Manner;
use super::question::{PERSON, Question, aside_choices};
use crate::diagnostic::Place;
use crate::reading::Reading;
use crate::text::{Condition, Line};
use crate::understand::{Choice, Choices, Pattern, Spotted, digit_phrases};
use crate::value::{Type, Value};
use crate::yaml::{Fields, Text, list_of};

/// A slot and its question.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) name: String,
    /// As people call it.
    pub(crate) label: String,
    pub(crate) kind: SlotKind,
    pub(crate) question: Question,
    /// It is asked for only while this holds.
    pub(crate) when: Option<(Place, Condition)>,
    /// What tells in a sentence that a value belongs here: "from {origin}".
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) confirm: Confirm,
    pub(crate) read_back: Option<Line>,
    /// Whether its value is kept out of every record.
    pub(crate) sensitive: bool,
}

/// When a value is read back and counts only after a yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Confirm {
    Always,
    WhenUnsure,
    Never,
}

/// How a slot's value is understood.
#[derive(Debug)]
pub(crate) enum SlotKind {
    /// A string of digits.
    Digits {
        /// The fewest.
        min: usize,
        /// The most.
        max: usize,
        /// The digits' words and the way to a person.
        grammar: Choices,
    },
    /// Yes or no.
    YesNo(Choices),
    /// One of a list.
    OneOf(Choices),
}

/// What a slot inherits.
pub(super) struct Around<'a> {
    pub(super) manner: &'a Manner,
    pub(super) asides: &'a Asides,
    /// When its value is read back where nothing is written.
    pub(super) confirm: Confirm,
}

const TYPES: &[&str] = &["digits", "yes_no", "one_of"];

impl Slot {
    /// Takes everything of a slot but its name.
    pub(super) fn read(
        fields: &mut Fields<'_>,
        name: Option<Text>,
        around: &Around<'_>,
        reading: &mut Reading<'_>,
    ) -> Option<Self> {
        let manner = Manner::read(fields, around.manner, reading);
        let of =
            fields.must_text("type", "add `type: digits`, `type: yes_no` or `type: one_of`", &mut reading.findings);
        let mut asides = around.asides.clone();
        let kind = of.and_then(|of| read_kind(&of, fields, &mut asides, reading));
        let question = Question::read(fields, "the question", manner, &asides, reading);
        // A slot of an unknown type is declared all the same, lest every use of it is complained of.
        let declared =
            name.as_ref().and_then(|name| reading.declare(name, kind.as_ref().map_or(Type::Text, SlotKind::of)));
        let label = fields.text("label", &mut reading.findings).map(|label| label.text);
        let patterns = read_patterns(fields, name.as_ref(), reading);
        let when = read_when(fields, reading);
        let read_back = reading.line(fields, "read_back", "read_back_audio");
        let otherwise = if read_back.is_some() { Confirm::Always } else { around.confirm };
        let confirm = read_confirm(fields, reading).unwrap_or(otherwise);
        let sensitive = fields.flag("sensitive", &mut reading.findings).unwrap_or(false);
        let label = label.or_else(|| name.map(|name| name.text.replace('_', " ")))?;
        let (name, kind, question) = (declared?, kind?, question?);
        Some(Self { name, label, kind, question, when, patterns, confirm, read_back, sensitive })
    }

    /// A question whose answer fills no slot: the node that asks it takes it.
    pub(super) fn unnamed(question: Question, kind: SlotKind) -> Self {
        Self {
            name: String::new(),
            label: String::new(),
            kind,
            question,
            when: None,
            patterns: Vec::new(),
            confirm: Confirm::WhenUnsure,
            read_back: None,
            sensitive: false,
        }
    }

    /// Its value from the meaning of an answer.
    pub(crate) fn value(&self, meaning: &str) -> Value {
        match &self.kind {
            SlotKind::Digits { .. } => Value::Digits(meaning.to_owned()),
            SlotKind::YesNo(_) => Value::YesNo(meaning == YES),
            SlotKind::OneOf(_) => Value::Text(meaning.to_owned()),
        }
    }

    /// A value as it is read back.
    pub(crate) fn spoken(&self, meaning: &str, words: &crate::language::Words) -> String {
        let label = self.kind.choices().and_then(|choices| choices.list().iter().find(|choice| choice.name == meaning));
        label.map_or_else(|| self.value(meaning).spoken(words), |choice| choice.label.clone())
    }

    /// Every line that it may say.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &Line> {
        self.question.lines().into_iter().chain(&self.read_back)
    }
}

impl SlotKind {
    fn of(&self) -> Type {
        match self {
            Self::Digits { .. } => Type::Digits,
            Self::YesNo(_) => Type::YesNo,
            Self::OneOf(choices) => {
                let named = choices.list().iter().filter(|choice| choice.name != PERSON);
                Type::OneOf(named.map(|choice| choice.name.clone()).collect())
            }
        }
    }

    /// The choices, where it is one of several.
    pub(crate) fn choices(&self) -> Option<&Choices> {
        match self {
            Self::YesNo(choices) | Self::OneOf(choices) => Some(choices),
            Self::Digits { .. } => None,
        }
    }

    /// What is listened for when nothing else is asked.
    pub(crate) fn grammar(&self) -> &Choices {
        match self {
            Self::YesNo(choices) | Self::OneOf(choices) | Self::Digits { grammar: choices, .. } => choices,
        }
    }

    /// Whether other words beside its own make it harder to hear.
    pub(crate) fn listens_alone(&self) -> bool {
        matches!(self, Self::Digits { .. })
    }

    /// Its values in a sentence, given in tokens; `[unk]` is one.
    pub(crate) fn find(
        &self,
        sentence: &[String],
        reading_yes_no: bool,
        words: &crate::language::Words,
    ) -> Vec<Spotted> {
        match self {
            Self::Digits { min, max, .. } => crate::understand::digits_in(sentence, (*min, *max), words),
            Self::YesNo(_) if !reading_yes_no => Vec::new(),
            Self::YesNo(choices) | Self::OneOf(choices) => choices_in(sentence, choices),
        }
    }
}

/// Where the choices' phrases lie in a sentence.
fn choices_in(sentence: &[String], choices: &Choices) -> Vec<Spotted> {
    let mut found = Vec::new();
    for choice in choices.list().iter().filter(|choice| choice.name != PERSON) {
        for phrase in &choice.phrases {
            let windows = sentence.windows(phrase.tokens.len().max(1)).enumerate();
            let whole = windows.filter(|(_, window)| *window == phrase.tokens.as_slice());
            found.extend(whole.map(|(start, _)| Spotted {
                meaning: choice.name.clone(),
                span: (start, start + phrase.tokens.len()),
                loss: 0,
            }));
        }
    }
    found
}

fn read_kind(of: &Text, fields: &mut Fields<'_>, asides: &mut Asides, reading: &mut Reading<'_>) -> Option<SlotKind> {
    match of.text.as_str() {
        "digits" => read_digits(fields, asides, reading),
        "yes_no" => Some(SlotKind::YesNo(yes_no(asides, reading))),
        "one_of" => options(fields, asides, reading).map(SlotKind::OneOf),
        _ => {
            let fix = match crate::nearest::nearest(&of.text, TYPES.iter().copied()) {
                Some(known) => format!("write `{known}`"),
                None => format!("write one of {}", list_of(TYPES)),
            };
            reading.findings.error(of.place, format!("nothing can be asked by the type `{}`", of.text), fix);
            // What belongs to the type is not complained of in addition.
            for name in ["length", "min", "max", "options"] {
                fields.tree(name);
            }
            None
        }
    }
}

/// Takes how many digits there are.
pub(super) fn read_digits(fields: &mut Fields<'_>, asides: &Asides, reading: &mut Reading<'_>) -> Option<SlotKind> {
    let place = fields.place;
    let length = fields.count("length", 1, MOST_DIGITS, &mut reading.findings);
    let min = fields.count("min", 1, MOST_DIGITS, &mut reading.findings);
    let max = fields.count("max", 1, MOST_DIGITS, &mut reading.findings);
    let (min, max) = match (length, min, max) {
        (Some((_, length)), None, None) => (length, length),
        (Some((place, _)), ..) => {
            reading.findings.error(
                place,
                "`length` stands beside `min` or `max`",
                "keep `length`, or keep `min` and `max`",
            );
            return None;
        }
        (None, Some((place, min)), Some((_, max))) if min > max => {
            reading.findings.error(place, format!("`min` is {min} and `max` only {max}"), "swap the two");
            return None;
        }
        (None, Some((_, min)), Some((_, max))) => (min, max),
        (None, ..) => {
            let fix = "add `length: 3`, or `min: 3` and `max: 8`";
            reading.findings.error(place, "the question does not say how many digits it wants", fix);
            return None;
        }
    };
    let (min, max) = (usize::try_from(min).ok()?, usize::try_from(max).ok()?);
    Some(SlotKind::Digits { min, max, grammar: digits_grammar(max, asides, reading) })
}

/// So many digits.
pub(super) fn digits(length: usize, asides: &Asides, reading: &Reading<'_>) -> SlotKind {
    SlotKind::Digits { min: length, max: length, grammar: digits_grammar(length, asides, reading) }
}

/// The words of digits, and what asks for a person among them: single words only, since the small words of longer
/// phrases sound like digits ("to", "for").
fn digits_grammar(max: usize, asides: &Asides, reading: &Reading<'_>) -> Choices {
    let phrases = digit_phrases(reading.words, max);
    let digits =
        Choice { name: DIGITS.to_owned(), label: String::new(), phrases: built_in(&phrases, reading), key: None };
    let mut person = person(reading);
    let single: Vec<&str> = reading.words.person.iter().copied().filter(|phrase| !phrase.contains(' ')).collect();
    person.phrases = built_in(&single, reading);
    let mut list = vec![digits, person];
    for mut choice in aside_choices(asides, &[]) {
        choice.phrases.retain(|phrase| reading.turns.among_digits.contains(&phrase.spoken.as_str()));
        choice.key = None;
        if !choice.phrases.is_empty() {
            list.push(choice);
        }
    }
    Choices::new(list, reading.words)
}

/// Takes `options`, written like a menu's choices.
pub(crate) fn options(fields: &mut Fields<'_>, asides: &mut Asides, reading: &mut Reading<'_>) -> Option<Choices> {
    let written = read_options(fields, reading)?;
    for choice in &written {
        if let Some((place, '0')) = choice.key {
            reading.findings.error(place, "key 0 always leads to a person", "use another key");
        }
        asides.remove(&choice.name.text);
    }
    Some(compile(written, asides, reading))
}

/// Takes `options`: a list of its own, or the name of one under `lists:`.
fn read_options(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Vec<Written>> {
    let place = fields.place;
    let file = fields.file();
    let tree = fields.tree("options");
    if let Some(tree) = tree
        && let crate::yaml::Content::Text(name) = &tree.content
    {
        let known = reading.lists.get(name).cloned();
        if known.is_none() {
            let names: Vec<&String> = reading.lists.keys().collect();
            let fix = match crate::nearest::nearest(name, names.iter().map(|name| name.as_str())) {
                Some(known) => format!("write `{known}`"),
                None => "add it under `lists:` at the top of the file, or write the options here".to_owned(),
            };
            reading.findings.error(fields.at(tree), format!("there is no list `{name}`"), fix);
        }
        return known;
    }
    let options = tree.and_then(|tree| crate::yaml::entries(file, tree, "options", &mut reading.findings));
    let options = options.unwrap_or_default();
    if options.is_empty() {
        let fix = "add `options:` and below it `name: { hear: [...], press: \"1\" }`";
        reading.findings.error(place, "the question has no options", fix);
        return None;
    }
    Some(read_list(file, options, reading))
}

/// The entries of a list of options.
pub(crate) fn read_list(
    file: u32,
    options: Vec<(Text, &crate::yaml::Tree)>,
    reading: &mut Reading<'_>,
) -> Vec<Written> {
    let mut written: Vec<Written> = Vec::new();
    for (name, tree) in options {
        let Some(mut inner) = reading.open(file, tree, format!("the option `{}`", name.text)) else { continue };
        written.push(read_written(&mut inner, name, Vec::new(), reading));
        inner.finish(&mut reading.findings);
    }
    written
}

/// Yes by key 1, no by key 2, a person, and the asides.
pub(crate) fn yes_no(asides: &Asides, reading: &Reading<'_>) -> Choices {
    let words = reading.words;
    let answer = |name: &str, phrases: &[&str], key| Choice {
        name: name.to_owned(),
        label: name.to_owned(),
        phrases: built_in(phrases, reading),
        key: Some(key),
    };
    let mut list = vec![answer(YES, words.yes, '1'), answer(NO, words.no, '2'), person(reading)];
    let more = aside_choices(asides, &list);
    list.extend(more);
    Choices::new(list, words)
}

/// Takes `hear`: what stands around the slot's value in a sentence.
fn read_patterns(fields: &mut Fields<'_>, name: Option<&Text>, reading: &mut Reading<'_>) -> Vec<Pattern> {
    let Some(name) = name else { return Vec::new() };
    let hole = format!("{{{}}}", name.text);
    let mut patterns = Vec::new();
    for text in fields.texts("hear", &mut reading.findings).unwrap_or_default() {
        let Some((before, after)) = text.text.split_once(&hole) else {
            let message = format!("`{}` does not say where the value stands", text.text);
            reading.findings.error(
                text.place,
                message,
                format!("write `{{{}}}` in its place, such as \"from {hole}\"", name.text),
            );
            continue;
        };
        let mut around = |part: &str| -> Option<Vec<String>> {
            if part.trim().is_empty() {
                return Some(Vec::new());
            }
            let part = Text { place: text.place, text: part.to_owned() };
            reading.phrases(&[part]).pop().map(|(_, phrase)| phrase.tokens)
        };
        if let (Some(before), Some(after)) = (around(before), around(after)) {
            patterns.push(Pattern { before, after });
        }
    }
    patterns
}

fn read_when(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<(Place, Condition)> {
    let text = fields.text("when", &mut reading.findings)?;
    match Condition::parse(&text.text) {
        Ok(condition) => Some((text.place, condition)),
        Err(mistake) => {
            reading.findings.error(text.place, mistake.message, mistake.fix);
            None
        }
    }
}

/// Takes `confirm`.
pub(super) fn read_confirm(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Confirm> {
    let text = fields.text("confirm", &mut reading.findings)?;
    match text.text.as_str() {
        "always" => Some(Confirm::Always),
        "when_unsure" => Some(Confirm::WhenUnsure),
        "never" => Some(Confirm::Never),
        other => {
            let message = format!("`confirm` cannot be `{other}`");
            reading.findings.error(text.place, message, "write always, when_unsure or never");
            None
        }
    }
}

/// The certainty of what was pressed.
pub(crate) const CERTAIN: Certainty = 100;
/// The meaning of an answer that agrees.
pub(crate) const YES: &str = "yes";
/// The meaning of an answer that does not.
pub(crate) const NO: &str = "no";
/// The name of the digits in their own grammar.
pub(crate) const DIGITS: &str = "digits";
/// Nobody says more digits in a row.
const MOST_DIGITS: u32 = 24;
