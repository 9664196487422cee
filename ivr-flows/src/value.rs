//! What variables hold, and what they may hold.

use crate::language::Words;

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
}

impl Type {
    /// The type by its name in YAML.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "text" => Self::Text,
            "number" => Self::Number,
            "money" => Self::Money,
            "yes_no" => Self::YesNo,
            "digits" => Self::Digits,
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
        }
    }
}

impl Value {
    /// As it is stored, sent to a back end and compared.
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
        }
    }

    /// As it is spoken.
    pub(crate) fn spoken(&self, words: &Words) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Digits(digits) => words.spell(digits),
            Self::Money(hundredths) => words.spell_money(*hundredths),
            Self::Number(_) | Self::YesNo(_) => self.raw(),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

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
