//! Conditions of `branch`: a small grammar whose types are checked when the flow is loaded.
//!
//! ```text
//! condition  = and { "or" and }
//! and        = not { "and" not }
//! not        = "not" not | comparison
//! comparison = operand [ ("==" | "!=" | "<" | "<=" | ">" | ">=") operand | ["not"] "in" list ]
//! list       = "[" operand { "," operand } "]"
//! operand    = name { "." name } | "text" | 'text' | number | "(" condition ")"
//! ```

mod parse;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::nearest::nearest;
use crate::value::{Type, Value, parse_money};
use crate::yaml::list_of;

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
        self.check_into(scope, &mut mistakes);
        mistakes
    }

    fn check_into(&self, scope: &BTreeMap<String, Type>, mistakes: &mut Vec<Mistake>) {
        match self {
            Self::Or(parts) | Self::And(parts) => parts.iter().for_each(|part| part.check_into(scope, mistakes)),
            Self::Not(part) => part.check_into(scope, mistakes),
            Self::Compare(a, how, b) => check_pair(a, Some(*how), b, scope, mistakes),
            Self::In(a, list) => list.iter().for_each(|b| check_pair(a, None, b, scope, mistakes)),
            Self::Holds(name) => match type_of(name, scope) {
                Ok(Type::YesNo) => {}
                Ok(other) => mistakes.push(mistake(
                    format!("`{name}` is {}, which is neither true nor false by itself", other.what()),
                    format!("compare it, as in `{name} == \"...\"`"),
                )),
                Err(unknown) => mistakes.push(unknown),
            },
        }
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
    let value = |operand: &Operand| match operand {
        Operand::Name(name) => values.get(name).cloned(),
        Operand::Text(text) => Some(Value::Text(text.clone())),
        Operand::Number(number) => number.parse().ok().map(Value::Number),
    };
    let (x, y) = (value(a)?, value(b)?);
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
        _ => Some(x.raw().cmp(&y.raw())),
    }
}

fn check_pair(
    a: &Operand,
    how: Option<Comparison>,
    b: &Operand,
    scope: &BTreeMap<String, Type>,
    mistakes: &mut Vec<Mistake>,
) {
    let (x, y) = (operand_type(a, scope), operand_type(b, scope));
    let (x, y) = match (x, y) {
        (Ok(x), Ok(y)) => (x, y),
        (x, y) => {
            mistakes.extend(x.err());
            mistakes.extend(y.err());
            return;
        }
    };
    let numeric = |of: &Type| matches!(of, Type::Number | Type::Money);
    if numeric(&x) != numeric(&y) {
        let (name, of, literal) = if matches!(a, Operand::Name(_)) { (a, &x, b) } else { (b, &y, a) };
        mistakes.push(mistake(
            format!(
                "{} is {}, but {} is {}",
                name.shown(),
                of.what(),
                literal.shown(),
                if numeric(of) { "a text" } else { "a number" }
            ),
            if numeric(of) { "write a number without quotes" } else { "put the value in quotes" },
        ));
        return;
    }
    if how.is_some_and(Comparison::orders) && !numeric(&x) {
        mistakes.push(mistake(
            format!("{} and {} are texts, which have no order", a.shown(), b.shown()),
            "compare texts with ==, != or in; declare the field as `number` or `money` if it is one",
        ));
    }
    check_literal(a, &x, b, mistakes);
    check_literal(b, &y, a, mistakes);
}

/// A literal that the variable can never hold.
fn check_literal(name: &Operand, of: &Type, literal: &Operand, mistakes: &mut Vec<Mistake>) {
    let (Operand::Name(name), Operand::Text(text)) = (name, literal) else { return };
    let known: Vec<&str> = match of {
        Type::OneOf(names) => names.iter().map(String::as_str).collect(),
        Type::YesNo => vec!["yes", "no"],
        Type::Digits if !text.bytes().all(|b| b.is_ascii_digit()) => {
            mistakes.push(mistake(
                format!("`{name}` holds digits and is never \"{text}\""),
                "compare it with digits in quotes",
            ));
            return;
        }
        Type::Date | Type::Time | Type::DateTime | Type::Phone | Type::IdentityCard if of.parse(text).is_none() => {
            mistakes.push(mistake(
                format!("`{name}` is {} and is never \"{text}\"", of.what()),
                format!("write it as in \"{}\"", of.sample().raw()),
            ));
            return;
        }
        Type::Digits
        | Type::Text
        | Type::Number
        | Type::Money
        | Type::Date
        | Type::Time
        | Type::DateTime
        | Type::Phone
        | Type::IdentityCard
        | Type::Recording => return,
    };
    if !known.contains(&text.as_str()) {
        let fix = match nearest(text, known.iter().copied()) {
            Some(known) => format!("write \"{known}\""),
            None => format!("write one of {}", list_of(&known)),
        };
        mistakes.push(mistake(format!("`{name}` is never \"{text}\""), fix));
    }
}

fn operand_type(operand: &Operand, scope: &BTreeMap<String, Type>) -> Result<Type, Mistake> {
    match operand {
        Operand::Name(name) => type_of(name, scope).cloned(),
        Operand::Text(_) => Ok(Type::Text),
        Operand::Number(_) => Ok(Type::Number),
    }
}

fn type_of<'s>(name: &str, scope: &'s BTreeMap<String, Type>) -> Result<&'s Type, Mistake> {
    scope.get(name).ok_or_else(|| {
        let known = nearest(name, scope.keys().map(String::as_str));
        let fix = match known {
            Some(known) => format!("write `{known}`"),
            None => format!(
                "use a slot, a service's field or a name under `given:`: {}",
                list_of(&scope.keys().collect::<Vec<_>>())
            ),
        };
        mistake(format!("there is no variable `{name}`"), fix)
    })
}

impl Operand {
    fn shown(&self) -> String {
        match self {
            Self::Name(name) => format!("`{name}`"),
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
    use super::*;

    fn scope() -> BTreeMap<String, Type> {
        BTreeMap::from([
            ("balance.amount".to_owned(), Type::Money),
            ("account".to_owned(), Type::Digits),
            ("interested".to_owned(), Type::YesNo),
            ("plan".to_owned(), Type::OneOf(vec!["gold".into(), "silver".into()])),
            ("count".to_owned(), Type::Number),
            ("name".to_owned(), Type::Text),
        ])
    }

    fn values() -> BTreeMap<String, Value> {
        BTreeMap::from([
            ("balance.amount".to_owned(), Value::Money(10_050)),
            ("account".to_owned(), Value::Digits("012".into())),
            ("interested".to_owned(), Value::YesNo(true)),
            ("plan".to_owned(), Value::Text("gold".into())),
            ("count".to_owned(), Value::Number(3.0)),
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
            "count", "plan", "'gold'", "3", "-1.5", "==", "!=", "<", ">=", "and", "or", "not", "in", "[", "]", "(", ")", ",", "interested",
        ]), 0..30)) {
            if let Ok(condition) = Condition::parse(&words.join(" ")) {
                let _ = (condition.check(&scope()), condition.holds(&values()));
            }
        }
    }
}
