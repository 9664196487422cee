//! What variables hold, and what they may hold.

mod english;
mod spoken;

use jiff::civil::{Date, DateTime, Time};

/// What a variable may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    /// Any text.
    Text,
    /// A number.
    Number,
    /// An amount of money.
    Money,
    /// Yes or no.
    YesNo,
    /// A string of digits that is no number: an account, a telephone.
    Digits,
    /// One of these.
    OneOf(Vec<String>),
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A day and a time.
    DateTime,
    /// A telephone number.
    Phone,
    /// A Chinese identity card's number.
    IdentityCard,
    /// A recording.
    Recording,
}

/// What a variable holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// A text, or one of a list.
    Text(String),
    /// A finite number.
    Number(f64),
    /// Hundredths of the currency's main unit.
    Money(i64),
    /// Yes or no.
    YesNo(bool),
    /// A string of digits.
    Digits(String),
    /// A day.
    Date(Date),
    /// A time of day, in whole minutes.
    Time(Time),
    /// A day and a time, in the flow's zone.
    DateTime(DateTime),
    /// A telephone number: E.164, or digits where its country is not known.
    Phone(String),
    /// An identity card's number: 17 digits, and a digit or X.
    IdentityCard(String),
    /// The name of a recording.
    Recording(String),
}

impl Type {
    /// The names of the types that can be declared.
    pub(crate) const NAMES: &[&str] =
        &["text", "number", "money", "yes_no", "digits", "date", "time", "date_time", "phone", "identity_card"];

    /// The type by its name in YAML.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "text" => Self::Text,
            "number" => Self::Number,
            "money" => Self::Money,
            "yes_no" => Self::YesNo,
            "digits" => Self::Digits,
            "date" => Self::Date,
            "time" => Self::Time,
            "date_time" => Self::DateTime,
            "phone" => Self::Phone,
            "identity_card" => Self::IdentityCard,
            _ => return None,
        })
    }

    /// What it is, for a diagnostic.
    pub(crate) fn what(&self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Money => "money",
            Self::YesNo => "yes or no",
            Self::Digits => "digits",
            Self::OneOf(_) => "one of a list",
            Self::Date => "a date",
            Self::Time => "a time of day",
            Self::DateTime => "a date and time",
            Self::Phone => "a telephone number",
            Self::IdentityCard => "an identity card's number",
            Self::Recording => "a recording",
        }
    }

    /// Some value of this type, to try texts with.
    pub(crate) fn sample(&self) -> Value {
        match self {
            Self::Text => Value::Text("text".to_owned()),
            Self::Number => Value::Number(1.0),
            Self::Money => Value::Money(100),
            Self::YesNo => Value::YesNo(true),
            Self::Digits => Value::Digits("1".to_owned()),
            Self::OneOf(names) => Value::Text(names.first().cloned().unwrap_or_default()),
            Self::Date => Value::Date(SAMPLE.date()),
            Self::Time => Value::Time(SAMPLE.time()),
            Self::DateTime => Value::DateTime(SAMPLE),
            Self::Phone => Value::Phone("+4930901820".to_owned()),
            Self::IdentityCard => Value::IdentityCard("11010519491231002X".to_owned()),
            Self::Recording => Value::Recording("recording".to_owned()),
        }
    }

    /// Reads a value of this type from a text.
    pub(crate) fn parse(&self, text: &str) -> Option<Value> {
        match self {
            Self::Text => Some(Value::Text(text.to_owned())),
            Self::Number => text.trim().parse().ok().filter(|n: &f64| n.is_finite()).map(Value::Number),
            Self::Money => parse_money(text.trim()).map(Value::Money),
            Self::YesNo => match text.trim() {
                "yes" | "true" => Some(Value::YesNo(true)),
                "no" | "false" => Some(Value::YesNo(false)),
                _ => None,
            },
            Self::Digits => {
                let fits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
                fits.then(|| Value::Digits(text.to_owned()))
            }
            Self::OneOf(names) => names.iter().any(|name| name == text).then(|| Value::Text(text.to_owned())),
            Self::Date => text.trim().parse().ok().map(Value::Date),
            Self::Time => parse_time(text.trim()).map(Value::Time),
            Self::DateTime => text.trim().parse().ok().map(Value::DateTime),
            Self::Phone => {
                let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '/')).collect();
                let digits = plain.strip_prefix('+').unwrap_or(&plain);
                let fits = (1..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
                fits.then_some(Value::Phone(plain))
            }
            Self::IdentityCard => {
                let number = text.trim().to_ascii_uppercase();
                let fits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit() || b == b'X');
                fits.then_some(Value::IdentityCard(number))
            }
            Self::Recording => Some(Value::Recording(text.to_owned())),
        }
    }
}

impl Value {
    /// As it is stored, sent to a back end and compared: dates and times by ISO 8601, telephone numbers by E.164.
    pub(crate) fn raw(&self) -> String {
        match self {
            Self::Text(text) | Self::Digits(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Money(hundredths) => {
                let minus = if *hundredths < 0 { "-" } else { "" };
                let amount = hundredths.unsigned_abs();
                format!("{minus}{}.{:02}", amount / 100, amount % 100)
            }
            Self::YesNo(yes) => (if *yes { "yes" } else { "no" }).to_owned(),
            Self::Date(date) => date.to_string(),
            Self::Time(time) => time.strftime("%H:%M").to_string(),
            Self::DateTime(moment) => moment.strftime("%Y-%m-%dT%H:%M").to_string(),
            Self::Phone(text) | Self::IdentityCard(text) | Self::Recording(text) => text.clone(),
        }
    }
}
/// `15:30`, or with seconds.
fn parse_time(text: &str) -> Option<Time> {
    let plain = text.len() <= 8 && text.bytes().all(|b| b.is_ascii_digit() || b == b':');
    text.parse().ok().filter(|_| plain && text.contains(':'))
}

/// "42.1", "-3" or "1,200.50" in hundredths; further decimals are rounded.
pub(crate) fn parse_money(text: &str) -> Option<i64> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let whole: String = whole.chars().filter(|c| *c != ',').collect();
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 15 || !digits(&whole) || !digits(decimals) {
        return None;
    }
    let thousandths: String = decimals.chars().chain("000".chars()).take(3).collect();
    let rest = (thousandths.parse::<i64>().ok()? + 5) / 10;
    let amount = whole.parse::<i64>().ok()? * 100 + rest;
    Some(if negative { -amount } else { amount })
}

/// The names of the weekdays in conditions.
pub(crate) const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// Some moment, to try texts with.
const SAMPLE: DateTime = jiff::civil::date(2027, 5, 5).at(15, 30, 0, 0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_survives_its_text() {
        let types = [Type::Text, Type::Number, Type::Money, Type::YesNo, Type::Digits, Type::Date, Type::Time];
        let others = [Type::DateTime, Type::Phone, Type::IdentityCard, Type::Recording];
        for of in types.into_iter().chain(others) {
            let value = of.sample();
            assert_eq!(of.parse(&value.raw()), Some(value), "{of:?}");
        }
        assert_eq!(Value::DateTime(SAMPLE).raw(), "2027-05-05T15:30");
        for (of, text) in [(Type::Date, "5.5.2027"), (Type::Time, "25:00"), (Type::Time, "15"), (Type::Phone, "none")] {
            assert_eq!(of.parse(text), None, "{text}");
        }
    }

    #[test]
    fn money_is_exact_to_the_hundredth() {
        for (text, hundredths) in [("42.1", 4210), ("0.005", 1), ("-3", -300), ("1,200.50", 120_050), ("42", 4200)] {
            assert_eq!(parse_money(text), Some(hundredths), "{text}");
        }
        for text in ["", "a", "1.2.3", "1e5", "--1", "."] {
            assert_eq!(parse_money(text), None, "{text}");
        }
    }

    #[test]
    fn money_survives_its_text() {
        assert_eq!(Type::Money.parse(&Value::Money(-5).raw()), Some(Value::Money(-5)));
    }
}
