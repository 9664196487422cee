//! A slot: what is asked for, how it is understood, and when it counts. `ask` has one, `form` has several.

use call_model::{Certainty, RecordRequest};
use jiff::civil::DateTime;

use super::aside::Asides;
use super::choice::{Written, built_in, compile, person, read_written};
use super::http::Http;
use super::manner::Manner;
use super::own_words::OwnWords;
use super::question::{Question, aside_choices};
use super::served::{self, Served};
use super::{NodeId, Surroundings};
use crate::diagnostic::Place;
use crate::language::Words;
use crate::reading::Reading;
use crate::text::{Condition, Line, Phrase};
use crate::understand::{Choice, Choices, Holds, Pattern, Refusal, SlotType, Spotted};
use crate::value::{Type, Value};
use crate::yaml::{Fields, Text};

/// A slot and its question.
#[derive(Debug, Clone)]
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
#[derive(Debug, Clone)]
pub(crate) struct SlotKind {
    pub(crate) of: SlotType,
    /// What is listened for when nothing else is asked: its values, a person, and the asides.
    grammar: Choices,
}

/// A string that keys give one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Keyed {
    /// The fewest keys.
    pub(crate) min: usize,
    /// The most.
    pub(crate) max: usize,
    /// What `*` stands for; otherwise it begins the string anew.
    pub(crate) star: Option<char>,
    /// Whether the string may also be said in several turns.
    pub(crate) in_turns: bool,
}

/// What a slot inherits.
pub(super) struct Around<'a> {
    pub(super) manner: &'a Manner,
    pub(super) asides: &'a Asides,
    /// When its value is read back where nothing is written.
    pub(super) confirm: Confirm,
    /// What the node is given.
    pub(super) node: &'a Surroundings,
}

impl Slot {
    /// Takes everything of a slot but its name. What a service is to be asked for its options goes into `fetches`.
    pub(super) fn read(
        fields: &mut Fields<'_>,
        name: Option<Text>,
        around: &Around<'_>,
        fetches: &mut Vec<Http>,
        reading: &mut Reading<'_>,
    ) -> Option<Self> {
        let manner = Manner::read(fields, around.manner, reading);
        let mut asides = around.asides.clone();
        let of = if fields.has("options_from") {
            let served = served::read(fields, &asides, around.node, reading);
            served.map(|(of, fetch)| {
                fetches.push(fetch);
                of
            })
        } else {
            SlotType::read(fields, &manner.own_words, &mut asides, reading)
        };
        let kind = of.map(|of| SlotKind::new(of, &asides, reading));
        let offers = matches!(kind, Some(SlotKind { of: SlotType::Served(_), .. }));
        let offers = name.as_ref().filter(|_| offers).map(|name| served::declare_offers(name, reading));
        reading.choices = offers.map(|offers| format!("{{{{ {offers} }}}}"));
        let question = Question::read(fields, "the question", manner, &asides, reading);
        reading.choices = None;
        // A slot of an unknown type is declared all the same, lest every use of it is complained of.
        let declared = name
            .as_ref()
            .and_then(|name| reading.declare(name, kind.as_ref().map_or(Type::Text, |kind| kind.of.holds())));
        let label = fields.text("label", &mut reading.findings).map(|label| label.text);
        let patterns = read_patterns(fields, name.as_ref(), reading);
        let when = read_when(fields, reading);
        let read_back = reading.line(fields, "read_back", "read_back_audio");
        let otherwise = if read_back.is_some() { Confirm::Always } else { around.confirm };
        let dictated = kind.as_ref().is_some_and(|kind| kind.dictated().is_some());
        let confirm = match read_confirm(fields, reading).unwrap_or(otherwise) {
            // A recording is told in the designer's words, or not at all.
            _ if dictated && read_back.is_none() => Confirm::Never,
            confirm => confirm,
        };
        let place = fields.place;
        let sensitive = fields.flag("sensitive", &mut reading.findings).unwrap_or(false);
        if sensitive && dictated {
            let fix = "remove `sensitive`, or ask for it by another type";
            reading.findings.error(place, "a recording is a record itself and cannot be sensitive", fix);
        }
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
        self.kind.of.holds().parse(meaning).unwrap_or_else(|| Value::Text(meaning.to_owned()))
    }

    /// A value as it is read back.
    pub(crate) fn spoken(&self, meaning: &str, words: &Words) -> String {
        let label = self.kind.choices().and_then(|choices| choices.own().iter().find(|choice| choice.name == meaning));
        label.map_or_else(|| self.value(meaning).spoken(words), |choice| choice.label.clone())
    }

    /// Whether its value can be told: a recording only in the designer's own words.
    pub(crate) fn can_be_read_back(&self) -> bool {
        self.read_back.is_some() || self.kind.dictated().is_none()
    }

    /// Whether it is keyed in by its parts, as a day is: callers must be told how.
    pub(crate) fn is_keyed_by_parts(&self) -> bool {
        self.kind.of.keyed_parts().is_some()
    }

    /// Every line that it may say.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &Line> {
        self.question.lines().into_iter().chain(&self.read_back)
    }
}

impl SlotKind {
    pub(crate) fn new(of: SlotType, asides: &Asides, reading: &Reading<'_>) -> Self {
        let grammar = match &of {
            SlotType::YesNo(choices) | SlotType::OneOf(choices) => choices.clone(),
            SlotType::Served(served) => served.choices.clone(),
            of if is_string(of) => strings_grammar(of, asides, reading),
            of => values_grammar(of, asides, reading),
        };
        Self { of, grammar }
    }

    /// The choices, where it is one of several.
    pub(crate) fn choices(&self) -> Option<&Choices> {
        match &self.of {
            SlotType::YesNo(choices) | SlotType::OneOf(choices) => Some(choices),
            SlotType::Served(served) => Some(&served.choices),
            _ => None,
        }
    }

    /// The same with the options that a service has answered.
    pub(crate) fn with_options(served: Served) -> Self {
        let grammar = served.choices.clone();
        Self { of: SlotType::Served(Box::new(served)), grammar }
    }

    /// Where it leads when what it needs from others cannot be had.
    pub(crate) fn if_failed(&self) -> Option<NodeId> {
        match &self.of {
            SlotType::Served(served) => Some(served.if_failed),
            SlotType::Recording(dictated) => dictated.if_failed,
            _ => None,
        }
    }

    /// How the caller is recorded, where the value is a recording.
    pub(crate) fn dictated(&self) -> Option<&RecordRequest> {
        match &self.of {
            SlotType::Recording(dictated) => Some(&dictated.request),
            _ => None,
        }
    }

    /// What is listened for when nothing else is asked.
    pub(crate) fn grammar(&self) -> &Choices {
        &self.grammar
    }

    /// Whether other words beside its own make it harder to hear.
    pub(crate) fn listens_alone(&self) -> bool {
        is_string(&self.of)
    }

    /// What it holds, as far as it tells to which of several slots a number belongs.
    pub(crate) fn holds(&self) -> Holds {
        match &self.of {
            SlotType::Digits(_) | SlotType::Phone(_) | SlotType::IdentityCard => Holds::Digits,
            SlotType::Number(_) | SlotType::Money(_) => Holds::Amount,
            SlotType::Date(_)
            | SlotType::Time
            | SlotType::DateTime(_)
            | SlotType::YesNo(_)
            | SlotType::OneOf(_)
            | SlotType::Served(_)
            | SlotType::Text
            | SlotType::Recording(_) => Holds::Other,
        }
    }

    /// Whether every word is listened to.
    pub(crate) fn is_free(&self) -> bool {
        matches!(self.of, SlotType::Text)
    }

    pub(crate) fn is_yes_no(&self) -> bool {
        matches!(self.of, SlotType::YesNo(_))
    }

    /// How keys give its value, where they do so one by one.
    pub(crate) fn keyed(&self) -> Option<Keyed> {
        let keyed = |min, max, star, in_turns| Some(Keyed { min, max, star, in_turns });
        match &self.of {
            SlotType::Digits(rules) => keyed(rules.min, rules.max, None, true),
            SlotType::Phone(_) => keyed(PHONE.0, PHONE.1, None, true),
            SlotType::IdentityCard => keyed(CARD, CARD, Some('X'), true),
            SlotType::Number(_) | SlotType::Money(_) => keyed(1, MOST_KEYS, Some('.'), false),
            of @ (SlotType::Date(_) | SlotType::Time | SlotType::DateTime(_)) => {
                let (min, max) = of.keyed_parts()?;
                keyed(min, max, None, false)
            }
            SlotType::YesNo(_) | SlotType::OneOf(_) | SlotType::Served(_) | SlotType::Text | SlotType::Recording(_) => {
                None
            }
        }
    }

    /// Its values in a sentence. Yes and no are found only where they were asked for.
    pub(crate) fn find(&self, sentence: &str, asked: bool, words: &Words, local: Option<DateTime>) -> Vec<Spotted> {
        let vague = matches!(self.of, SlotType::YesNo(_) | SlotType::Text | SlotType::Recording(_));
        if vague && !asked {
            return Vec::new();
        }
        let found = self.of.find(sentence, words, local).into_iter();
        let found = found.filter(|found| self.of.check(&found.value, local).is_ok());
        found
            .map(|found| Spotted { meaning: found.value.raw(), span: found.span, loss: found.certainty_loss })
            .collect()
    }

    /// Why what was said for it cannot be taken, if that is so.
    pub(crate) fn refusal(&self, sentence: &str, words: &Words, local: Option<DateTime>) -> Option<Refusal> {
        let found = self.of.find(sentence, words, local);
        found.iter().find_map(|found| self.of.check(&found.value, local).err())
    }
}

/// Whether it is said character by character.
fn is_string(of: &SlotType) -> bool {
    matches!(of, SlotType::Digits(_) | SlotType::Phone(_) | SlotType::IdentityCard)
}

/// Takes how many digits there are.
pub(super) fn read_digits(fields: &mut Fields<'_>, asides: &Asides, reading: &mut Reading<'_>) -> Option<SlotKind> {
    let of = SlotType::read_digits(fields, reading)?;
    Some(SlotKind::new(of, asides, reading))
}

/// So many digits.
pub(super) fn digits(length: usize, asides: &Asides, reading: &Reading<'_>) -> SlotKind {
    SlotKind::new(SlotType::digits(length), asides, reading)
}

/// The words of a kind of values, a person, and the asides.
fn values_grammar(of: &SlotType, asides: &Asides, reading: &Reading<'_>) -> Choices {
    let mut list = vec![values(of, reading), person(reading)];
    let more = aside_choices(asides, &[]);
    list.extend(more);
    Choices::new(list, reading.words)
}

/// What a grammar needs to hear the values, as a choice that is never chosen.
fn values(of: &SlotType, reading: &Reading<'_>) -> Choice {
    let phrases = of.phrases(reading.words);
    let phrases: Vec<&str> = phrases.iter().map(String::as_str).collect();
    Choice { name: VALUES.to_owned(), label: String::new(), phrases: built_in(&phrases, reading), key: None }
}

/// The words of digits, and what asks for a person among them: single words only, since the small words of longer
/// phrases sound like digits ("to", "for").
fn strings_grammar(of: &SlotType, asides: &Asides, reading: &Reading<'_>) -> Choices {
    let mut person = person(reading);
    let single: Vec<&str> = reading.words.person.iter().copied().filter(|phrase| !phrase.contains(' ')).collect();
    person.phrases = built_in(&single, reading);
    let mut list = vec![values(of, reading), person];
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
pub(crate) fn yes_no(own: &OwnWords, asides: &Asides, reading: &Reading<'_>) -> Choices {
    let words = reading.words;
    let answer = |name: &str, phrases: &[&str], own: &[Phrase], key| Choice {
        name: name.to_owned(),
        label: name.to_owned(),
        phrases: [built_in(phrases, reading), own.to_vec()].concat(),
        key: Some(key),
    };
    let (agree, refuse) = (&own.agree, &own.refuse);
    let mut list = vec![answer(YES, words.yes, agree, '1'), answer(NO, words.no, refuse, '2'), person(reading)];
    let more = aside_choices(asides, &list);
    list.extend(more);
    Choices::new(list, words)
}

/// Takes `hear`: what stands around the slot's value in a sentence.
fn read_patterns(fields: &mut Fields<'_>, name: Option<&Text>, reading: &mut Reading<'_>) -> Vec<Pattern> {
    let Some(name) = name else { return Vec::new() };
    let hole = format!("{{{}}}", name.text);
    let mut patterns = Vec::new();
    let written = fields.texts("hear", &mut reading.findings).unwrap_or_default();
    for text in written.iter().flat_map(|text| reading.with_and_without(text)).collect::<Vec<_>>() {
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
/// The name of the values in a grammar; it is none of a choice.
pub(crate) const VALUES: &str = "(values)";
/// The fewest and the most keys of a telephone number.
const PHONE: (usize, usize) = (3, 15);
/// The characters of an identity card's number.
const CARD: usize = 18;
/// The most keys of a number or an amount.
const MOST_KEYS: usize = 12;
