//! Whether the operands of a condition can be compared at all.

use std::collections::BTreeMap;

use super::{Comparison, Condition, Mistake, Operand, mistake, read_time};
use crate::nearest::nearest;
use crate::understand::Unit;
use crate::value::{Type, Value};
use crate::yaml::list_of;

/// What can be compared with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Numbers and money.
    Number,
    /// A day.
    Day,
    /// A time of day.
    Time,
    /// A day and a time.
    Moment,
    /// Everything else.
    Text,
}

/// Checks names and types.
pub(super) fn condition(condition: &Condition, scope: &BTreeMap<String, Type>, mistakes: &mut Vec<Mistake>) {
    let checked = |part: &Condition, mistakes: &mut Vec<Mistake>| self::condition(part, scope, mistakes);
    match condition {
        Condition::Or(parts) | Condition::And(parts) => parts.iter().for_each(|part| checked(part, mistakes)),
        Condition::Not(part) => checked(part, mistakes),
        Condition::Compare(a, how, b) => pair(a, Some(*how), b, scope, mistakes),
        Condition::In(a, list) => list.iter().for_each(|b| pair(a, None, b, scope, mistakes)),
        Condition::Holds(name) => match type_of(name, scope) {
            Ok(Type::YesNo) => {}
            Ok(other) => mistakes.push(mistake(
                format!("`{name}` is {}, which is neither true nor false by itself", other.what()),
                format!("compare it, as in `{name} == \"...\"`"),
            )),
            Err(unknown) => mistakes.push(unknown),
        },
    }
}

fn pair(
    a: &Operand,
    how: Option<Comparison>,
    b: &Operand,
    scope: &BTreeMap<String, Type>,
    mistakes: &mut Vec<Mistake>,
) {
    let (x, y) = match (operand_type(a, scope), operand_type(b, scope)) {
        (Ok(x), Ok(y)) => (x, y),
        (x, y) => {
            mistakes.extend(x.err());
            mistakes.extend(y.err());
            return;
        }
    };
    match (kind(&x), kind(&y)) {
        (x, y) if x == y && x != Kind::Text => {}
        (Kind::Moment, Kind::Day | Kind::Time) | (Kind::Day | Kind::Time, Kind::Moment) => {}
        (Kind::Day | Kind::Time | Kind::Moment, Kind::Text) if matches!(b, Operand::Text(_)) => {
            time_literal(a, &x, b, mistakes)
        }
        (Kind::Text, Kind::Day | Kind::Time | Kind::Moment) if matches!(a, Operand::Text(_)) => {
            time_literal(b, &y, a, mistakes)
        }
        (Kind::Text, Kind::Text) => texts(a, &x, how, b, &y, mistakes),
        _ => mistakes.push(unlike(a, &x, b, &y)),
    }
}

/// Two operands of different kinds.
fn unlike(a: &Operand, x: &Type, b: &Operand, y: &Type) -> Mistake {
    let (one, of, other, than) = if a.name().is_some() { (a, x, b, y) } else { (b, y, a, x) };
    let than = match other {
        Operand::Text(_) => "a text",
        Operand::Number(_) => "a number",
        Operand::Name(_) | Operand::Shifted(..) => than.what(),
    };
    let fix = match (kind(of), other) {
        (Kind::Number, Operand::Text(_)) => "write a number without quotes".to_owned(),
        (Kind::Number, _) | (_, Operand::Name(_) | Operand::Shifted(..)) => {
            format!("compare {} with {}", one.shown(), of.what())
        }
        (Kind::Text, _) => "put the value in quotes".to_owned(),
        (Kind::Day | Kind::Time | Kind::Moment, _) => {
            format!("put the value in quotes, as in \"{}\"", of.sample().raw())
        }
    };
    mistake(format!("{} is {}, but {} is {than}", one.shown(), of.what(), other.shown()), fix)
}

fn texts(a: &Operand, x: &Type, how: Option<Comparison>, b: &Operand, y: &Type, mistakes: &mut Vec<Mistake>) {
    if how.is_some_and(Comparison::orders) {
        mistakes.push(mistake(
            format!("{} and {} are texts, which have no order", a.shown(), b.shown()),
            "compare texts with ==, != or in; declare the field as `number`, `money` or `date` if it is one",
        ));
    }
    literal(a, x, b, mistakes);
    literal(b, y, a, mistakes);
}

/// A text that stands for a time it cannot be.
fn time_literal(name: &Operand, of: &Type, text: &Operand, mistakes: &mut Vec<Mistake>) {
    let Operand::Text(written) = text else { return };
    let fits = matches!(
        (read_time(written), kind(of)),
        (Some(Value::Date(_)), Kind::Day | Kind::Moment)
            | (Some(Value::Time(_)), Kind::Time | Kind::Moment)
            | (Some(Value::DateTime(_)), Kind::Moment)
    );
    if !fits {
        let message = format!("{} is {} and cannot be compared with {}", name.shown(), of.what(), text.shown());
        mistakes.push(mistake(message, format!("write it as in \"{}\"", of.sample().raw())));
    }
}

/// A literal that the variable can never hold.
fn literal(name: &Operand, of: &Type, literal: &Operand, mistakes: &mut Vec<Mistake>) {
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
        Type::Phone | Type::IdentityCard if of.parse(text).is_none() => {
            mistakes.push(mistake(
                format!("`{name}` is {} and is never \"{text}\"", of.what()),
                format!("write it as in \"{}\"", of.sample().raw()),
            ));
            return;
        }
        Type::Digits | Type::Phone | Type::IdentityCard | Type::Text | Type::Recording => return,
        Type::Number | Type::Money | Type::Date | Type::Time | Type::DateTime => return,
    };
    if !known.contains(&text.as_str()) {
        let fix = match nearest(text, known.iter().copied()) {
            Some(known) => format!("write \"{known}\""),
            None => format!("write one of {}", list_of(&known)),
        };
        mistakes.push(mistake(format!("`{name}` is never \"{text}\""), fix));
    }
}

fn kind(of: &Type) -> Kind {
    match of {
        Type::Number | Type::Money => Kind::Number,
        Type::Date => Kind::Day,
        Type::Time => Kind::Time,
        Type::DateTime => Kind::Moment,
        Type::Text
        | Type::YesNo
        | Type::Digits
        | Type::OneOf(_)
        | Type::Phone
        | Type::IdentityCard
        | Type::Recording => Kind::Text,
    }
}

fn operand_type(operand: &Operand, scope: &BTreeMap<String, Type>) -> Result<Type, Mistake> {
    match operand {
        Operand::Name(name) => type_of(name, scope).cloned(),
        Operand::Shifted(name, _, unit) => shifted(name, *unit, scope),
        Operand::Text(_) => Ok(Type::Text),
        Operand::Number(_) => Ok(Type::Number),
    }
}

/// Only days and moments are moved, and days only by whole days.
fn shifted(name: &str, unit: Unit, scope: &BTreeMap<String, Type>) -> Result<Type, Mistake> {
    match (type_of(name, scope)?, unit) {
        (Type::DateTime, _) | (Type::Date, Unit::Day | Unit::Week | Unit::Month | Unit::Year) => {
            type_of(name, scope).cloned()
        }
        (Type::Date, Unit::Minute | Unit::Hour) => {
            Err(mistake(format!("`{name}` is a date, which has no hours"), "count in days, weeks, months or years"))
        }
        (other, _) => Err(mistake(
            format!("`{name}` is {}, to which no time can be added", other.what()),
            "add time to a date, or to a date and time",
        )),
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
