//! Conditions of `branch`: a small grammar whose types are checked when the flow is loaded.
//!
//! ```text
//! condition  = and { "or" and }
//! and        = not { "and" not }
//! not        = "not" not | comparison
//! comparison = operand [ ("==" | "!=" | "<" | "<=" | ">" | ">=") operand | ["not"] "in" list ]
//! list       = "[" operand { "," operand } "]"
//! operand    = name { "." name } [ ("+" | "-") number unit ] | "text" | 'text' | number | "(" condition ")"
//! unit       = "minutes" | "hours" | "days" | "weeks" | "months" | "years"
//! ```

mod check;
mod parse;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::Span;

use crate::understand::Unit;
use crate::value::{Type, Value, parse_money};

/// A condition as it was written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    /// One of them holds.
    Or(Vec<Condition>),
    /// All of them hold.
    And(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// Two operands compare so.
    Compare(Operand, Comparison, Operand),
    /// An operand is one of a list.
    In(Operand, Vec<Operand>),
    /// A yes-or-no variable is yes.
    Holds(String),
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    /// A variable.
    Name(String),
    /// A day or a moment, and a stretch of time after it, or before it where it is negative.
    Shifted(String, i32, Unit),
    /// A text in quotes.
    Text(String),
    /// A number, as it is spelt.
    Number(String),
}

/// How operands are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// What is wrong with a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) message: String,
    pub(crate) fix: String,
}

impl Condition {
    /// Reads a condition.
    pub(crate) fn parse(text: &str) -> Result<Self, Mistake> {
        parse::parse(text)
    }

    /// Checks names and types; every mistake at once.
    pub(crate) fn check(&self, scope: &BTreeMap<String, Type>) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        check::condition(self, scope, &mut mistakes);
        mistakes
    }

    /// Whether it holds. A comparison with a variable that was never filled does not hold, except by `!=`.
    pub(crate) fn holds(&self, values: &BTreeMap<String, Value>) -> bool {
        match self {
            Self::Or(parts) => parts.iter().any(|part| part.holds(values)),
            Self::And(parts) => parts.iter().all(|part| part.holds(values)),
            Self::Not(part) => !part.holds(values),
            Self::Compare(a, how, b) => {
                compare(a, b, values).map_or(*how == Comparison::NotEqual, |order| how.fits(order))
            }
            Self::In(a, list) => list.iter().any(|b| compare(a, b, values) == Some(Ordering::Equal)),
            Self::Holds(name) => values.get(name) == Some(&Value::YesNo(true)),
        }
    }
}

impl Comparison {
    fn fits(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }

    fn orders(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }
}

/// How two operands compare; `None` where one is unfilled or they cannot be compared.
fn compare(a: &Operand, b: &Operand, values: &BTreeMap<String, Value>) -> Option<Ordering> {
    let (x, y) = (a.value(values)?, b.value(values)?);
    let money = |value: &Value, operand: &Operand| match (value, operand) {
        (Value::Money(hundredths), _) => Some(*hundredths),
        (_, Operand::Number(number)) => parse_money(number),
        (Value::Number(number), _) => parse_money(&number.to_string()),
        _ => None,
    };
    match (&x, &y) {
        (Value::Money(_), _) | (_, Value::Money(_)) => Some(money(&x, a)?.cmp(&money(&y, b)?)),
        (Value::Number(x), Value::Number(y)) => x.partial_cmp(y),
        (Value::Number(_), _) | (_, Value::Number(_)) => None,
        (Value::Date(_) | Value::Time(_) | Value::DateTime(_), Value::Text(text)) => in_time(&x, &read_time(text)?),
        (Value::Text(text), Value::Date(_) | Value::Time(_) | Value::DateTime(_)) => in_time(&read_time(text)?, &y),
        (Value::Date(_) | Value::Time(_) | Value::DateTime(_), _) => in_time(&x, &y),
        _ => Some(x.raw().cmp(&y.raw())),
    }
}

/// A day, a time of day or a moment, by its text.
fn read_time(text: &str) -> Option<Value> {
    [Type::Date, Type::Time, Type::DateTime].iter().find_map(|of| of.parse(text).filter(|value| fits(value, text)))
}

/// A moment that is written as a day is a day.
fn fits(value: &Value, text: &str) -> bool {
    match value {
        Value::Date(_) => !text.contains(':'),
        _ => true,
    }
}

/// A moment compares with a day by its day, and with a time by its time of day.
fn in_time(x: &Value, y: &Value) -> Option<Ordering> {
    Some(match (x, y) {
        (Value::Date(x), Value::Date(y)) => x.cmp(y),
        (Value::Date(x), Value::DateTime(y)) => x.cmp(&y.date()),
        (Value::DateTime(x), Value::Date(y)) => x.date().cmp(y),
        (Value::DateTime(x), Value::DateTime(y)) => x.cmp(y),
        (Value::Time(x), Value::Time(y)) => x.cmp(y),
        (Value::Time(x), Value::DateTime(y)) => x.cmp(&y.time()),
        (Value::DateTime(x), Value::Time(y)) => x.time().cmp(y),
        _ => return None,
    })
}

/// A stretch of time.
fn span(count: i32, unit: Unit) -> Option<Span> {
    let span = Span::new();
    match unit {
        Unit::Minute => span.try_minutes(count),
        Unit::Hour => span.try_hours(count),
        Unit::Day => span.try_days(count),
        Unit::Week => span.try_weeks(count),
        Unit::Month => span.try_months(count),
        Unit::Year => span.try_years(count),
    }
    .ok()
}

impl Operand {
    fn value(&self, values: &BTreeMap<String, Value>) -> Option<Value> {
        match self {
            Self::Name(name) => values.get(name).cloned(),
            Self::Shifted(name, count, unit) => match values.get(name)? {
                Value::Date(date) => date.checked_add(span(*count, *unit)?).ok().map(Value::Date),
                Value::DateTime(moment) => moment.checked_add(span(*count, *unit)?).ok().map(Value::DateTime),
                _ => None,
            },
            Self::Text(text) => Some(Value::Text(text.clone())),
            Self::Number(number) => number.parse().ok().map(Value::Number),
        }
    }

    /// The variable, where it is one.
    fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) | Self::Shifted(name, ..) => Some(name),
            Self::Text(_) | Self::Number(_) => None,
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Name(name) | Self::Shifted(name, ..) => format!("`{name}`"),
            Self::Text(text) => format!("\"{text}\""),
            Self::Number(number) => format!("`{number}`"),
        }
    }
}

fn mistake(message: impl Into<String>, fix: impl Into<String>) -> Mistake {
    Mistake { message: message.into(), fix: fix.into() }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    fn scope() -> BTreeMap<String, Type> {
        BTreeMap::from([
            ("balance.amount".to_owned(), Type::Money),
            ("account".to_owned(), Type::Digits),
            ("interested".to_owned(), Type::YesNo),
            ("plan".to_owned(), Type::OneOf(vec!["gold".into(), "silver".into()])),
            ("count".to_owned(), Type::Number),
            ("name".to_owned(), Type::Text),
            ("day".to_owned(), Type::Date),
            ("at".to_owned(), Type::Time),
            ("today".to_owned(), Type::Date),
            ("now".to_owned(), Type::DateTime),
            ("card".to_owned(), Type::IdentityCard),
        ])
    }

    fn values() -> BTreeMap<String, Value> {
        BTreeMap::from([
            ("balance.amount".to_owned(), Value::Money(10_050)),
            ("account".to_owned(), Value::Digits("012".into())),
            ("interested".to_owned(), Value::YesNo(true)),
            ("plan".to_owned(), Value::Text("gold".into())),
            ("count".to_owned(), Value::Number(3.0)),
            ("day".to_owned(), Value::Date(date(2026, 12, 1))),
            ("at".to_owned(), Value::Time(time(15, 30, 0, 0))),
            ("today".to_owned(), Value::Date(date(2026, 11, 24))),
            ("now".to_owned(), Value::DateTime(date(2026, 11, 24).at(16, 0, 0, 0))),
        ])
    }

    #[test]
    fn conditions_hold_as_they_read() {
        let cases = [
            ("balance.amount > 100", true),
            ("balance.amount == 100.50", true),
            ("balance.amount <= 100.49", false),
            ("account == \"012\"", true),
            ("account == '12'", false),
            ("interested", true),
            ("not interested", false),
            ("interested == 'yes' and count >= 3", true),
            ("plan in ['gold', 'silver'] and not (count < 3 or count > 4)", true),
            ("plan not in ['gold']", false),
            ("name == 'x'", false),
            ("name != 'x'", true),
            ("count < 10", true),
            ("day > today", true),
            ("day <= today + 7 days", true),
            ("day < today + 1 week", false),
            ("day - 1 month < today", true),
            ("day == \"2026-12-01\"", true),
            ("day < '2026-12-01'", false),
            ("at >= '15:30' and at < now", true),
            ("now >= '18:00'", false),
            ("now + 2 hours >= '18:00'", true),
            ("now > '2026-11-24T15:59'", true),
            ("now == today", true),
            ("day in ['2026-12-01', '2026-12-02']", true),
        ];
        for (text, holds) in cases {
            let condition = Condition::parse(text).unwrap();
            assert_eq!(condition.check(&scope()), vec![], "{text}");
            assert_eq!(condition.holds(&values()), holds, "{text}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in [
            "",
            "a = 1",
            "a ==",
            "== 1",
            "(a == 1",
            "a && b",
            "a in 'x'",
            "{{ a }} == 1",
            "'x",
            "a b",
            "1",
            "1.2.3 == a",
            "a == 1 or",
            "a + 1 == b",
            "a + days > b",
            "a + 1.5 days > b",
            "a + 1 parsecs > b",
        ] {
            assert!(Condition::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn types_are_checked() {
        let cases = [
            ("balance.amount > \"100\"", "write a number without quotes"),
            ("account == 12", "put the value in quotes"),
            ("account > \"12\"", "compare texts with"),
            ("plan == \"golt\"", "write \"gold\""),
            ("interested == \"maybe\"", "write one of"),
            ("acount == \"1\"", "write `account`"),
            ("count", "compare it"),
            ("account == \"x\"", "digits in quotes"),
            ("day == \"1.12.2026\"", "\"2027-05-05\""),
            ("day > 3", "put the value in quotes"),
            ("day == at", "compare"),
            ("today > \"18:00\"", "\"2027-05-05\""),
            ("count + 3 days > today", "a date"),
            ("today + 3 hours > day", "days"),
            ("card > \"1\"", "compare texts with"),
        ];
        for (text, fix) in cases {
            let mistakes = Condition::parse(text).unwrap().check(&scope());
            assert!(mistakes.iter().any(|m| m.fix.contains(fix)), "{text}: {mistakes:?}");
        }
    }

    #[test]
    fn brackets_without_end_are_refused() {
        assert!(Condition::parse(&"(".repeat(1000)).is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,80}") {
            if let Ok(condition) = Condition::parse(&text) {
                let _ = (condition.check(&scope()), condition.holds(&values()));
            }
        }

        #[test]
        fn any_words_of_the_grammar_are_read_or_refused(words in proptest::collection::vec(proptest::sample::select(vec![
            "count", "plan", "today", "+", "-", "days", "'2027-05-05'", "'gold'", "3", "-1.5", "==", "!=", "<", ">=", "and", "or", "not", "in", "[", "]", "(", ")", ",", "interested",
        ]), 0..30)) {
            if let Ok(condition) = Condition::parse(&words.join(" ")) {
                let _ = (condition.check(&scope()), condition.holds(&values()));
            }
        }
    }
}
