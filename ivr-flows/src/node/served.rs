//! Options that a service answers: `options_from`, in a slot of `type: one_of`.
//!
//! ```yaml
//! plan:
//!   ask:
//!     slot: plan
//!     type: one_of
//!     options_from: plans             # a service with one list; `plans.offers` names one of several
//!     with: { account: "{{ account }}" }
//!     say: "Which plan would you like? {{ choices }}"
//!     if_failed: desk
//!     then: bye
//! ```
//!
//! The list is one of texts, or of records with a text, which is said and heard, and a value, which the slot holds. The
//! service is asked before the question, by an `http` node in its place; the question itself is `plan.ask` then.

use std::collections::BTreeMap;

use super::choice::person;
use super::http::Http;
use super::question::aside_choices;
use super::{Asides, NodeId, Surroundings};
use crate::reading::Reading;
use crate::services::{Row, Shape};
use crate::text::Phrase;
use crate::understand::{Choice, Choices, SlotType};
use crate::value::Type;
use crate::yaml::{Fields, Text, list_of};

/// A list of a service, as options.
#[derive(Debug, Clone)]
pub(crate) struct Served {
    /// `service.list`, as the memory knows it.
    pub(crate) list: String,
    /// The column that is said and heard.
    said: String,
    /// The column that the slot holds.
    value: String,
    /// What the slot holds.
    pub(crate) of: Type,
    /// The options of this call, a person and the asides; without options until the service has answered.
    pub(crate) choices: Choices,
    /// Where an empty list leads.
    pub(crate) if_failed: NodeId,
}

/// Takes `type` and `options_from`, and what the service is asked: `with`, `say_while`, `if_unknown` and `if_failed`.
pub(super) fn read(
    fields: &mut Fields<'_>,
    asides: &Asides,
    around: &Surroundings,
    reading: &mut Reading<'_>,
) -> Option<(SlotType, Http)> {
    let of = fields.must_text("type", "add `type: one_of`", &mut reading.findings);
    let from = fields.text("options_from", &mut reading.findings);
    let if_failed = reading.target_or(fields, "if_failed", reading.person);
    let from = from?;
    let (service, list) = split(&from.text);
    let service = Text { place: from.place, text: service.to_owned() };
    let http = Http::failing_to(if_failed, &[], service, fields, around, reading);
    if let Some(of) = of.filter(|of| of.text != "one_of") {
        let message = format!("`{}` has no options that a service could answer", of.text);
        reading.findings.error(of.place, message, "write `type: one_of`, or remove `options_from`");
        return None;
    }
    if let Some(fixed) = fields.tree("options") {
        let fix = "keep `options`, or keep `options_from`";
        reading.findings.error(fields.at(fixed), "`options` stands beside `options_from`", fix);
        return None;
    }
    let http = http?;
    let shape = &around.services.get(http.service())?.shape;
    let found = find(http.service(), list, shape).and_then(|(list, columns)| {
        let wrong = format!("the rows of `{}.{list}` do not say what is said and what it means", http.service());
        let fix =
            format!("declare `{list}: {{ list: text }}`, or `{list}: {{ list: {{ label: text, value: digits }} }}`");
        let (said, value) = roles(columns).ok_or((wrong, fix))?;
        Ok((format!("{}.{list}", http.service()), said.to_owned(), value.to_owned(), columns[value].clone()))
    });
    let (list, said, value, of) = found.map_err(|(wrong, fix)| reading.findings.error(from.place, wrong, fix)).ok()?;
    let mut others = vec![person(reading)];
    others.extend(aside_choices(asides, &[]));
    let choices = Choices::new(others, reading.words);
    Some((SlotType::Served(Box::new(Served { list, said, value, of, choices, if_failed: if_failed? })), http))
}

/// Declares the variable that holds the options as they are offered, and gives its name.
pub(super) fn declare_offers(slot: &Text, reading: &mut Reading<'_>) -> String {
    let name = offers_of(&slot.text);
    reading.slots.entry(name.clone()).or_insert((Type::Text, slot.place));
    name
}

/// The variable that holds the options of a slot as they are offered: what `{{ choices }}` stands for.
pub(crate) fn offers_of(slot: &str) -> String {
    format!("{slot}_choices")
}

fn split(from: &str) -> (&str, Option<&str>) {
    from.split_once('.').map_or((from, None), |(service, list)| (service, Some(list)))
}

type Columns = BTreeMap<String, Type>;

/// The list that is meant and its columns, or what is wrong and how it is put right.
fn find<'s>(service: &str, list: Option<&str>, shape: &'s Shape) -> Result<(&'s str, &'s Columns), (String, String)> {
    let names: Vec<String> = shape.lists.keys().map(|list| format!("{service}.{list}")).collect();
    let found = match list {
        Some(list) => shape.lists.get_key_value(list),
        None if shape.lists.len() == 1 => shape.lists.first_key_value(),
        None => None,
    };
    match (found, names.len()) {
        (Some((list, columns)), _) => Ok((list, columns)),
        (None, 0) => Err((
            format!("the service `{service}` answers no list"),
            "declare one among its `fields:`, as in `offers: { list: text }`".to_owned(),
        )),
        (None, _) if list.is_none() => {
            Err((format!("the service `{service}` answers several lists"), format!("name one of {}", list_of(&names))))
        }
        (None, _) => Err((
            format!("the service `{service}` answers no list `{}`", list.unwrap_or_default()),
            format!("name one of {}", list_of(&names)),
        )),
    }
}

/// The column that is said, and the one that is held: a text by itself is both.
fn roles(columns: &Columns) -> Option<(&str, &str)> {
    let texts: Vec<&str> = columns.iter().filter(|(_, of)| **of == Type::Text).map(|(name, _)| name.as_str()).collect();
    let said = match texts.as_slice() {
        [only] => only,
        several => several.iter().find(|name| **name == LABEL)?,
    };
    if columns.len() == 1 {
        return Some((said, said));
    }
    let mut others = columns.keys().map(String::as_str).filter(|name| name != said);
    let value = match (columns.contains_key(VALUE), others.next(), others.next()) {
        (true, ..) if *said != VALUE => VALUE,
        (_, Some(only), None) => only,
        _ => return None,
    };
    Some((said, value))
}

impl Served {
    /// The options of this call; none where the list is empty.
    pub(crate) fn with_rows(&self, rows: &[Row], hears: impl Fn(&str) -> Option<Phrase>) -> Option<Self> {
        let mut options: Vec<Choice> = Vec::new();
        for row in rows {
            let (Some(said), Some(value)) = (row.get(&self.said), row.get(&self.value)) else { continue };
            let (name, label) = (value.raw(), said.raw());
            if label.trim().is_empty() || options.iter().any(|known| known.name == name) {
                continue;
            }
            let key = char::from_digit(u32::try_from(options.len() + 1).unwrap_or(u32::MAX), 10);
            let phrases = hears(&label).into_iter().collect();
            options.push(Choice { name, label, phrases, key: key.filter(|_| options.len() < MOST_KEYS) });
        }
        if options.is_empty() {
            return None;
        }
        let keys: Vec<char> = options.iter().filter_map(|option| option.key).collect();
        let mut others = self.choices.list().to_vec();
        for other in &mut others {
            other.key = other.key.filter(|key| !keys.contains(key));
        }
        options.append(&mut others);
        Some(Self { choices: self.choices.with(options), ..self.clone() })
    }
}

/// The column that is said, where several are texts.
const LABEL: &str = "label";
/// The column that is held, where there are more than two.
const VALUE: &str = "value";
/// Options that have a key: 1 to 9.
const MOST_KEYS: usize = 9;

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(of: &[(&str, Type)]) -> Columns {
        of.iter().map(|(name, of)| ((*name).to_owned(), of.clone())).collect()
    }

    #[test]
    fn what_is_said_and_what_is_held_are_told_apart() {
        let cases = [
            (columns(&[("item", Type::Text)]), Some(("item", "item"))),
            (columns(&[("number", Type::Digits), ("state", Type::Text)]), Some(("state", "number"))),
            (columns(&[("label", Type::Text), ("code", Type::Text)]), Some(("label", "code"))),
            (
                columns(&[("label", Type::Text), ("value", Type::Digits), ("price", Type::Money)]),
                Some(("label", "value")),
            ),
            (columns(&[("label", Type::Text), ("price", Type::Money), ("size", Type::Number)]), None),
            (columns(&[("a", Type::Text), ("b", Type::Text)]), None),
            (columns(&[("number", Type::Digits)]), None),
            (columns(&[]), None),
        ];
        for (columns, roles_of) in cases {
            assert_eq!(roles(&columns), roles_of, "{columns:?}");
        }
    }
}
