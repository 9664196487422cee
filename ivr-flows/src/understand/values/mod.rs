//! Values in what people say: numbers, money, dates, times, telephone numbers.
//!
//! A [`SlotType`] finds every value of its kind in a sentence, with the words that it stands in, so that several slots
//! can be read from one sentence. What can mean two things ("at three") is given as both, the likelier first; the rules
//! are in [`calendar`]. One folder holds how English says values, another how Chinese and Korean do; what both have in
//! common (checks, the calendar) knows no language.

mod amount;
mod atoms;
mod calendar;
mod check;
mod checksum;
mod english;
mod identity;
mod keyed;
mod myriad;
mod phone;
mod reading;
mod strings;

use call_model::{Certainty, RecordRequest};
use jiff::civil::DateTime;

use self::atoms::Atoms;
use self::calendar::{Clock, Day, Moment};
use super::Choices;
use crate::language::{Speech, Words};
use crate::node::{NodeId, Served};
use crate::text::tokens;
use crate::value::{Type, Value};

pub(crate) use calendar::{Lies, Part, Unit};
pub(crate) use check::Refusal;
pub(crate) use checksum::Checksum;
pub(crate) use strings::DigitRules;

/// What kind of value a slot takes.
#[derive(Debug, Clone)]
pub(crate) enum SlotType {
    /// A string of digits.
    Digits(DigitRules),
    /// A number.
    Number(Limits),
    /// An amount of money; limits are in main units.
    Money(Limits),
    /// A day.
    Date(Lies),
    /// A time of day.
    Time,
    /// A day and a time.
    DateTime(Lies),
    /// A telephone number, of a country where it is not said with `+`.
    Phone(Option<phone::Country>),
    /// A Chinese resident identity card (GB 11643).
    IdentityCard,
    /// Yes or no.
    YesNo(Choices),
    /// One of a list.
    OneOf(Choices),
    /// One of a list that a service answers.
    Served(Box<Served>),
    /// Whatever is said.
    Text,
    /// What is said, as a recording.
    Recording(Dictated),
}

/// How a slot is filled by a recording.
#[derive(Debug, Clone)]
pub(crate) struct Dictated {
    /// The tone, the longest time, and what ends it.
    pub(crate) request: RecordRequest,
    /// Where it goes on when nothing can be recorded; without it to the person.
    pub(crate) if_failed: Option<NodeId>,
}

/// The least and the most that a number may be.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Limits {
    /// The least.
    pub(crate) min: Option<f64>,
    /// The most.
    pub(crate) max: Option<f64>,
}

/// A value in a sentence.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    /// The value.
    pub(crate) value: Value,
    /// The tokens of the sentence that it stands in: the first, and the one after the last.
    pub(crate) span: (usize, usize),
    /// What is lost of the certainty because the words can mean something else; 0 where they cannot.
    pub(crate) certainty_loss: Certainty,
}

/// What a reader finds at a position: what it may be, each with what is lost, and the position after it.
type Readings = Option<(Vec<(Value, Certainty)>, usize)>;

impl SlotType {
    /// What variables of this kind hold.
    pub(crate) fn holds(&self) -> Type {
        match self {
            Self::Digits(_) => Type::Digits,
            Self::Number(_) => Type::Number,
            Self::Money(_) => Type::Money,
            Self::Date(_) => Type::Date,
            Self::Time => Type::Time,
            Self::DateTime(_) => Type::DateTime,
            Self::Phone(_) => Type::Phone,
            Self::IdentityCard => Type::IdentityCard,
            Self::YesNo(_) => Type::YesNo,
            Self::OneOf(choices) => Type::OneOf(own(choices).map(|choice| choice.name.clone()).collect()),
            Self::Served(served) => served.of.clone(),
            Self::Text => Type::Text,
            Self::Recording(_) => Type::Recording,
        }
    }

    /// What a grammar must contain so that the value can be heard: single words or short phrases, which the recogniser
    /// hears in any order. Empty where anything may be said.
    pub(crate) fn phrases(&self, words: &Words) -> Vec<String> {
        let phrases: Vec<&str> = match self {
            Self::YesNo(choices) | Self::OneOf(choices) => {
                return own(choices).flat_map(|choice| &choice.phrases).map(|phrase| phrase.spoken.clone()).collect();
            }
            // Its words are known only when the service has answered.
            Self::Served(_) => Vec::new(),
            Self::Digits(rules) => strings::phrases(rules, words),
            Self::Text | Self::Recording(_) => Vec::new(),
            Self::Phone(_) => strings::phrases_of_phones(words),
            Self::IdentityCard => strings::phrases_of_cards(words),
            Self::Number(_) | Self::Money(_) | Self::Date(_) | Self::Time | Self::DateTime(_) => {
                let parts = self.parts();
                match words.speech {
                    Speech::English => english::phrases(parts),
                    Speech::Myriad(table) => myriad::phrases(parts, table, words),
                }
            }
        };
        let mut phrases: Vec<String> = phrases.into_iter().map(str::to_owned).collect();
        if self.is_long_string() {
            // One digit after the other is likelier than a number or a request among them.
            phrases.extend(self.wordings(words));
        }
        phrases.sort();
        phrases.dedup();
        phrases
    }

    /// What callers say for such a value within a sentence, so that a recogniser learns which words follow one another.
    /// Empty where the language has no wordings; the single words of [`Self::phrases`] must do then.
    pub(crate) fn wordings(&self, words: &Words) -> Vec<String> {
        match (self, words.speech) {
            (Self::YesNo(_) | Self::OneOf(_), _) => self.phrases(words),
            (Self::Served(_) | Self::Text | Self::Recording(_), _) | (_, Speech::Myriad(_)) => Vec::new(),
            (Self::Digits(_) | Self::Phone(_) | Self::IdentityCard, Speech::English) => {
                let digits: Vec<&str> = words.digits.iter().map(|(name, _)| *name).collect();
                english::rows_of(&digits)
            }
            (Self::Number(_) | Self::Money(_) | Self::Date(_) | Self::Time | Self::DateTime(_), Speech::English) => {
                english::wordings(self.parts())
            }
        }
    }

    /// Every value of this kind in a sentence, the best first. `local` is the caller's time: without it nothing is found
    /// that depends on it, such as "tomorrow".
    pub(crate) fn find(&self, spoken: &str, words: &Words, local: Option<DateTime>) -> Vec<Found> {
        let atoms = Atoms::of(spoken, words);
        let mut found = match self {
            Self::Digits(rules) => scan(&atoms, |at| strings::digits(&atoms, at, rules, words)),
            Self::Number(_) => scan(&atoms, |at| number(&atoms, at, words)),
            Self::Money(_) => scan(&atoms, |at| money(&atoms, at, words)),
            Self::Date(lies) => scan(&atoms, |at| date(&atoms, at, words, *lies, local)),
            Self::Time => scan(&atoms, |at| time(&atoms, at, words, local)),
            Self::DateTime(lies) => scan(&atoms, |at| date_time(&atoms, at, words, *lies, local)),
            Self::Phone(country) => scan(&atoms, |at| phone::find(&atoms, at, words, country.as_ref())),
            Self::IdentityCard => scan(&atoms, |at| strings::card(&atoms, at, words)),
            Self::YesNo(choices) | Self::OneOf(choices) => self.chosen(choices, spoken),
            Self::Served(served) => self.chosen(&served.choices, spoken),
            Self::Text => {
                let text = spoken.split_whitespace().filter(|word| *word != "[unk]").collect::<Vec<_>>().join(" ");
                let whole = (0, tokens(spoken).len());
                let found = Found { value: Value::Text(text.clone()), span: whole, certainty_loss: 0 };
                Some(found).filter(|_| !text.is_empty()).into_iter().collect()
            }
            Self::Recording(_) => Vec::new(),
        };
        found.sort_by_key(|found| {
            let (start, end) = found.span;
            (found.certainty_loss, std::cmp::Reverse(end - start), start)
        });
        found
    }

    /// The choices whose phrases stand in a sentence.
    fn chosen(&self, choices: &Choices, spoken: &str) -> Vec<Found> {
        let said = tokens(&spoken.to_lowercase());
        let mut found: Vec<Found> = Vec::new();
        for choice in own(choices) {
            let value = match self {
                Self::YesNo(_) => Value::YesNo(choice.name == crate::node::YES),
                Self::Served(served) => {
                    served.of.parse(&choice.name).unwrap_or_else(|| Value::Text(choice.name.clone()))
                }
                _ => Value::Text(choice.name.clone()),
            };
            for phrase in choice.phrases.iter().filter(|phrase| !phrase.tokens.is_empty()) {
                let windows = said.windows(phrase.tokens.len()).enumerate();
                let at = windows.filter(|(_, window)| **window == *phrase.tokens).map(|(at, _)| at);
                found.extend(at.map(|at| Found {
                    value: value.clone(),
                    span: (at, at + phrase.tokens.len()),
                    certainty_loss: 0,
                }));
            }
        }
        let inside = |a: &Found, b: &Found| {
            b.span.0 <= a.span.0 && a.span.1 <= b.span.1 && b.span.1 - b.span.0 > a.span.1 - a.span.0
        };
        let kept: Vec<bool> = found.iter().map(|a| !found.iter().any(|b| inside(a, b))).collect();
        let mut kept = kept.into_iter();
        found.retain(|_| kept.next().unwrap_or(true));
        found.dedup_by(|a, b| a.value == b.value && a.span == b.span);
        found
    }

    /// Whether it is a string of more digits than a number has that is said at once.
    fn is_long_string(&self) -> bool {
        match self {
            Self::Digits(rules) => rules.max >= LONG_STRING,
            Self::Phone(_) | Self::IdentityCard => true,
            _ => false,
        }
    }

    fn parts(&self) -> Parts {
        match self {
            Self::Money(_) => Parts::Money,
            Self::Date(_) => Parts::Date,
            Self::Time => Parts::Time,
            Self::DateTime(_) => Parts::DateTime,
            _ => Parts::Number,
        }
    }
}

/// Which words a language is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Parts {
    Number,
    Money,
    Date,
    Time,
    DateTime,
}

/// The choices that are values.
fn own(choices: &Choices) -> impl Iterator<Item = &super::Choice> {
    choices.own().iter()
}

/// Reads from left to right; what was read is not read again.
fn scan(atoms: &Atoms, read: impl Fn(usize) -> Readings) -> Vec<Found> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at < atoms.len() {
        let Some((readings, end)) = read(at).filter(|(readings, end)| !readings.is_empty() && *end > at) else {
            at += 1;
            continue;
        };
        let span = atoms.span(at, end);
        found.extend(readings.into_iter().map(|(value, certainty_loss)| Found { value, span, certainty_loss }));
        at = end;
    }
    found
}

fn number(atoms: &Atoms, at: usize, words: &Words) -> Readings {
    let (amounts, end) = match words.speech {
        Speech::English => english::numbers(atoms, at)?,
        Speech::Myriad(table) => myriad::numbers(atoms, at, table)?,
    };
    let readings = amounts.into_iter().filter_map(|(amount, loss)| Some((Value::Number(amount.number()?), loss)));
    Some((readings.collect(), end))
}

fn money(atoms: &Atoms, at: usize, words: &Words) -> Readings {
    let (amounts, end) = match words.speech {
        Speech::English => english::money(atoms, at, words)?,
        Speech::Myriad(table) => myriad::money(atoms, at, table, words)?,
    };
    Some((amounts.into_iter().map(|(hundredths, loss)| (Value::Money(hundredths), loss)).collect(), end))
}

fn day(atoms: &Atoms, at: usize, words: &Words) -> Option<(Day, Certainty, usize)> {
    match words.speech {
        Speech::English => english::day(atoms, at),
        Speech::Myriad(table) => myriad::day(atoms, at, table),
    }
}

fn clock(atoms: &Atoms, at: usize, words: &Words) -> Option<(Clock, Certainty, usize)> {
    match words.speech {
        Speech::English => english::clock(atoms, at),
        Speech::Myriad(table) => myriad::clock(atoms, at, table),
    }
}

fn date(atoms: &Atoms, at: usize, words: &Words, lies: Lies, local: Option<DateTime>) -> Readings {
    let (day, loss, end) = day(atoms, at, words)?;
    let dates = day.resolve(local.map(|local| local.date()), lies);
    let readings = dates.into_iter().map(|(date, more)| (Value::Date(date), loss.saturating_add(more)));
    Some((readings.collect(), end))
}

fn time(atoms: &Atoms, at: usize, words: &Words, local: Option<DateTime>) -> Readings {
    if let Some((minutes, end)) = from_now(atoms, at, words) {
        let then = local?.checked_add(jiff::Span::new().minutes(minutes)).ok()?;
        return Some((vec![(Value::Time(calendar::whole_minute(then.time())), 0)], end));
    }
    let (clock, loss, end) = clock(atoms, at, words)?;
    let times = clock.resolve().into_iter().map(|(time, _, more)| (Value::Time(time), loss.saturating_add(more)));
    Some((times.collect(), end))
}

/// A day and a time in any order, or a time that is still to come.
fn date_time(atoms: &Atoms, at: usize, words: &Words, lies: Lies, local: Option<DateTime>) -> Readings {
    if let Some((minutes, end)) = from_now(atoms, at, words) {
        let then = local?.checked_add(jiff::Span::new().minutes(minutes)).ok()?;
        return Some((vec![(Value::DateTime(then.date().to_datetime(calendar::whole_minute(then.time()))), 0)], end));
    }
    let (moment, loss, end) = moment(atoms, at, words)?;
    let times = moment.resolve(local, lies);
    let readings = times.into_iter().map(|(time, more)| (Value::DateTime(time), loss.saturating_add(more)));
    Some((readings.collect(), end))
}

fn moment(atoms: &Atoms, at: usize, words: &Words) -> Option<(Moment, Certainty, usize)> {
    let between = |at: usize| atoms.skip(at, words.between_day_and_time);
    if let Some((first, loss, end)) = day(atoms, at, words) {
        let (then, more, end) = clock(atoms, between(end), words)?;
        return Some((Moment { day: Some(first), clock: then }, loss.max(more), end));
    }
    let (first, loss, end) = clock(atoms, at, words)?;
    match day(atoms, between(end), words) {
        Some((then, more, end)) => Some((Moment { day: Some(then), clock: first }, loss.max(more), end)),
        None => Some((Moment { day: None, clock: first }, loss.saturating_add(TIME_ALONE), end)),
    }
}

fn from_now(atoms: &Atoms, at: usize, words: &Words) -> Option<(i64, usize)> {
    match words.speech {
        Speech::English => english::from_now(atoms, at),
        Speech::Myriad(table) => myriad::from_now(atoms, at, table),
    }
}

/// Digits of a string that is said digit by digit.
const LONG_STRING: usize = 3;
/// A time was said where a day and a time are asked for.
const TIME_ALONE: Certainty = 15;

#[cfg(test)]
mod tests;
