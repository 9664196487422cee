//! What a service's answer holds, and whether an answer does.
//!
//! ```yaml
//! fields:
//!   amount: money                                     # must be there, and be an amount
//!   plan: { one_of: [green, basic] }
//!   nickname: { type: text, optional: true }
//!   orders: { list: { number: digits, status: text } }
//!   branches: { list: text }                          # rows of one column, `item`
//! ```

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::field_type;
use crate::reading::Reading;
use crate::value::{Type, Value};
use crate::yaml::{Content, Fields, Text, Tree, entries, text};

/// The declared shape of an answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shape {
    pub(crate) fields: BTreeMap<String, Type>,
    optional: BTreeSet<String>,
    /// Lists of rows, each with fields of its own.
    pub(crate) lists: BTreeMap<String, BTreeMap<String, Type>>,
    /// The lists of single values; the only column is [`ITEM`].
    plain: BTreeSet<String>,
}

/// An answer of the declared shape.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Answer {
    pub(crate) fields: BTreeMap<String, Value>,
    pub(crate) lists: BTreeMap<String, Vec<Row>>,
}

/// One row of a list.
pub(crate) type Row = BTreeMap<String, Value>;

impl Shape {
    /// Takes `fields`.
    pub(crate) fn read(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Self {
        let mut shape = Self::default();
        let file = fields.file();
        for (name, tree) in fields.entries("fields", &mut reading.findings).unwrap_or_default() {
            if reading.is_variable(&name) {
                shape.read_field(file, name, tree, reading);
            }
        }
        for list in shape.lists.keys() {
            shape.fields.insert(count_of(list), Type::Number);
        }
        shape
    }

    fn read_field(&mut self, file: u32, name: Text, tree: &Tree, reading: &mut Reading<'_>) {
        if !matches!(tree.content, Content::Map(_)) {
            let of = text(file, tree, "fields", &mut reading.findings);
            self.fields.extend(of.and_then(|of| field_type(&of, reading)).map(|of| (name.text, of)));
            return;
        }
        let Some(mut inner) = reading.open(file, tree, format!("the field `{}`", name.text)) else { return };
        if inner.flag("optional", &mut reading.findings) == Some(true) {
            self.optional.insert(name.text.clone());
        }
        if let Some(rows) = inner.tree("list") {
            if !matches!(rows.content, Content::Map(_)) {
                self.plain.insert(name.text.clone());
            }
            self.lists.insert(name.text, read_columns(file, rows, reading));
        } else if let Some(names) = inner.texts("one_of", &mut reading.findings) {
            let names = names.into_iter().map(|name| name.text).collect();
            self.fields.insert(name.text, Type::OneOf(names));
        } else {
            let fix = "write `type: text`, `one_of: [...]` or `list: { column: type }`";
            let of = inner.must_text("type", fix, &mut reading.findings);
            self.fields.extend(of.and_then(|of| field_type(&of, reading)).map(|of| (name.text, of)));
        }
        inner.finish(&mut reading.findings);
    }

    /// The fields that every answer has.
    pub(crate) fn always(&self) -> impl Iterator<Item = &String> {
        self.fields.keys().filter(|name| !self.optional.contains(*name))
    }

    /// The declared fields of an answer. The error says in words what it lacks.
    pub(crate) fn hold(&self, body: &str) -> Result<Answer, String> {
        if self.fields.is_empty() && self.lists.is_empty() {
            return Ok(Answer::default());
        }
        let answer: Json = serde_json::from_str(body).map_err(|_| "the answer is not JSON".to_owned())?;
        let Some(answer) = answer.as_object() else { return Err("the answer is no JSON object".to_owned()) };
        let mut held = Answer::default();
        for (name, of) in self.fields.iter().filter(|(name, _)| !self.is_count(name)) {
            match answer.get(name) {
                None | Some(Json::Null) if self.optional.contains(name) => {}
                None => return Err(format!("`{name}` is missing")),
                Some(value) => {
                    held.fields.insert(name.clone(), read_field(value, of).ok_or_else(|| not_of(name, of))?);
                }
            }
        }
        for (name, columns) in &self.lists {
            let rows = match answer.get(name) {
                None | Some(Json::Null) if self.optional.contains(name) => Vec::new(),
                Some(Json::Array(rows)) if rows.len() <= MOST_ROWS => rows.clone(),
                Some(Json::Array(_)) => return Err(format!("`{name}` has more than {MOST_ROWS} rows")),
                None => return Err(format!("`{name}` is missing")),
                Some(_) => return Err(format!("`{name}` is no list")),
            };
            let plain = self.plain.contains(name);
            let read = |row: &Json| if plain { read_item(name, row, columns) } else { read_row(name, row, columns) };
            let rows: Vec<Row> = rows.iter().map(read).collect::<Result<_, _>>()?;
            held.fields.insert(count_of(name), Value::Number(f64::from(u32::try_from(rows.len()).unwrap_or(u32::MAX))));
            held.lists.insert(name.clone(), rows);
        }
        Ok(held)
    }

    fn is_count(&self, name: &str) -> bool {
        self.lists.keys().any(|list| count_of(list) == name)
    }
}

/// The variable that holds how long a list is.
fn count_of(list: &str) -> String {
    format!("{list}_count")
}

fn read_row(list: &str, row: &Json, columns: &BTreeMap<String, Type>) -> Result<Row, String> {
    let column = |(name, of): (&String, &Type)| {
        let value = row.get(name).ok_or_else(|| format!("`{name}` is missing in a row of `{list}`"))?;
        Ok((name.clone(), read_field(value, of).ok_or_else(|| not_of(name, of))?))
    };
    columns.iter().map(column).collect()
}

/// A single value, as a row.
fn read_item(list: &str, item: &Json, columns: &BTreeMap<String, Type>) -> Result<Row, String> {
    let column = |(name, of): (&String, &Type)| {
        let value = read_field(item, of).ok_or_else(|| format!("an item of `{list}` is not {}", of.what()))?;
        Ok((name.clone(), value))
    };
    columns.iter().map(column).collect()
}

/// The columns of a list: `{ number: digits, state: text }`, or a type for a list of single values.
fn read_columns(file: u32, rows: &Tree, reading: &mut Reading<'_>) -> BTreeMap<String, Type> {
    if !matches!(rows.content, Content::Map(_)) {
        let of = text(file, rows, "list", &mut reading.findings).and_then(|of| field_type(&of, reading));
        return of.into_iter().map(|of| (ITEM.to_owned(), of)).collect();
    }
    let mut columns = BTreeMap::new();
    for (column, tree) in entries(file, rows, "list", &mut reading.findings).unwrap_or_default() {
        let of = text(file, tree, "list", &mut reading.findings);
        if reading.is_variable(&column) {
            columns.extend(of.and_then(|of| field_type(&of, reading)).map(|of| (column.text, of)));
        }
    }
    columns
}

fn not_of(name: &str, of: &Type) -> String {
    format!("`{name}` is not {}", of.what())
}

fn read_field(value: &Json, of: &Type) -> Option<Value> {
    match (value, of) {
        (Json::Bool(yes), Type::YesNo) => Some(Value::YesNo(*yes)),
        (Json::Number(number), of) if *of != Type::YesNo => of.parse(&number.to_string()),
        (Json::String(text), _) if text.len() <= LONGEST_TEXT => of.parse(text),
        _ => None,
    }
}

/// The column of a list of single values.
const ITEM: &str = "item";
/// Bytes of one field; nobody listens longer.
const LONGEST_TEXT: usize = 4096;
/// Rows of one list; nobody listens to more.
const MOST_ROWS: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    fn shape() -> Shape {
        Shape {
            fields: BTreeMap::from([
                ("amount".to_owned(), Type::Money),
                ("name".to_owned(), Type::Text),
                ("nick".to_owned(), Type::Text),
                ("orders_count".to_owned(), Type::Number),
            ]),
            optional: BTreeSet::from(["nick".to_owned()]),
            lists: BTreeMap::from([("orders".to_owned(), BTreeMap::from([("number".to_owned(), Type::Digits)]))]),
            plain: BTreeSet::new(),
        }
    }

    #[test]
    fn a_list_of_single_values_has_rows_of_one_column() {
        let column = BTreeMap::from([(ITEM.to_owned(), Type::Text)]);
        let shape = Shape {
            lists: BTreeMap::from([("branches".to_owned(), column)]),
            plain: BTreeSet::from(["branches".to_owned()]),
            ..Shape::default()
        };
        let held = shape.hold(r#"{"branches": ["north", "south"]}"#).unwrap();
        let items: Vec<String> = held.lists["branches"].iter().map(|row| row[ITEM].raw()).collect();
        assert_eq!(items, ["north", "south"]);
        let wrong = shape.hold(r#"{"branches": [{"item": "north"}]}"#).unwrap_err();
        assert_eq!(wrong, "an item of `branches` is not a text");
    }

    #[test]
    fn an_answer_is_held_against_its_declared_shape() {
        let held =
            shape().hold(r#"{"amount": 42.1, "name": "Ann", "orders": [{"number": "7"}], "more": [1]}"#).unwrap();
        assert_eq!(held.fields["amount"], Value::Money(4210));
        assert_eq!(held.fields["orders_count"], Value::Number(1.0));
        assert_eq!(held.lists["orders"][0]["number"], Value::Digits("7".into()));
        for (body, problem) in [
            ("", "not JSON"),
            ("{\"amount\": 1", "not JSON"),
            ("[]", "no JSON object"),
            ("{}", "`amount` is missing"),
            (r#"{"amount": "x", "name": "Ann"}"#, "`amount` is not money"),
            (r#"{"amount": 1, "name": null}"#, "`name` is not a text"),
            (r#"{"amount": 1, "name": "Ann"}"#, "`orders` is missing"),
            (r#"{"amount": 1, "name": "Ann", "orders": 3}"#, "`orders` is no list"),
            (r#"{"amount": 1, "name": "Ann", "orders": [{}]}"#, "`number` is missing in a row"),
        ] {
            let wrong = shape().hold(body).unwrap_err();
            assert!(wrong.contains(problem), "{body}: {wrong}");
        }
    }

    #[test]
    fn a_list_that_nobody_would_listen_to_is_refused() {
        let rows = vec![r#"{"number": "1"}"#; MOST_ROWS + 1].join(",");
        let body = format!(r#"{{"amount": 1, "name": "A", "orders": [{rows}]}}"#);
        assert!(shape().hold(&body).unwrap_err().contains("more than 100 rows"));
    }
}
