//! Whether a value may be taken, and what the caller is told otherwise.

use jiff::civil::{Date, DateTime};

use super::phone::{LONGEST, SHORTEST};
use super::{Lies, Limits, SlotType, identity, phone};
use crate::language::Words;
use crate::value::Value;

/// Why a value cannot be taken.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Refusal {
    /// Fewer or more digits than wanted.
    Length {
        /// How many there are.
        given: usize,
        /// The fewest that are wanted.
        min: usize,
        /// The most that are wanted.
        max: usize,
    },
    /// The digits do not fit together, or have another shape: one of them is wrong.
    Misheard,
    /// Less than the least.
    TooSmall(Value),
    /// More than the most.
    TooLarge(Value),
    /// The day is over.
    Over,
    /// The day is still to come.
    ToCome,
    /// There is no such telephone number.
    NoPhone,
    /// There is no such identity card.
    NoCard,
    /// There is no such day.
    NoDay,
    /// There is no such time.
    NoTime,
    /// It is a value of another kind.
    OtherKind,
}

impl SlotType {
    /// Checks a value of this kind.
    ///
    /// # Errors
    ///
    /// Why it cannot be taken; [`Refusal::spoken`] tells the caller.
    pub(crate) fn check(&self, value: &Value, local: Option<DateTime>) -> Result<(), Refusal> {
        match (self, value) {
            (Self::Digits(rules), Value::Digits(digits)) => {
                if !(rules.min..=rules.max).contains(&digits.len()) {
                    return Err(Refusal::Length { given: digits.len(), min: rules.min, max: rules.max });
                }
                let right = rules.checksum.is_none_or(|checksum| checksum.fits(digits)) && rules.has_shape(digits);
                if right { Ok(()) } else { Err(Refusal::Misheard) }
            }
            (Self::Number(limits), Value::Number(number)) => limits.check(*number, Value::Number),
            (Self::Money(limits), Value::Money(hundredths)) => {
                limits.check(*hundredths as f64 / 100.0, |main| Value::Money((main * 100.0).round() as i64))
            }
            (Self::Date(lies), Value::Date(date)) => lies.check(*date, local.map(|local| local.date())),
            (Self::DateTime(lies), Value::DateTime(moment)) => match (lies, local) {
                (Lies::Ahead, Some(local)) if *moment < local => Err(Refusal::Over),
                (Lies::Behind, Some(local)) if *moment > local => Err(Refusal::ToCome),
                _ => Ok(()),
            },
            (Self::Phone(country), Value::Phone(number)) => {
                let digits = number.trim_start_matches('+').len();
                let possible = match country {
                    None if !number.starts_with('+') => (SHORTEST..=LONGEST).contains(&digits),
                    country => phone::e164(number, *country).is_some(),
                };
                if possible { Ok(()) } else { Err(Refusal::NoPhone) }
            }
            (Self::IdentityCard, Value::IdentityCard(number)) => match identity::check(number) {
                Ok(()) => Ok(()),
                Err(identity::Fault::Shape) if number.len() != 18 => {
                    Err(Refusal::Length { given: number.len(), min: 18, max: 18 })
                }
                Err(_) => Err(Refusal::NoCard),
            },
            (Self::Time, Value::Time(_))
            | (Self::YesNo(_), Value::YesNo(_))
            | (Self::OneOf(_) | Self::Text, Value::Text(_))
            | (Self::Served(_), _)
            | (Self::Recording(_), Value::Recording(_)) => Ok(()),
            _ => Err(Refusal::OtherKind),
        }
    }
}

impl Limits {
    fn check(self, number: f64, value: impl Fn(f64) -> Value) -> Result<(), Refusal> {
        match self {
            Self { min: Some(min), .. } if number < min => Err(Refusal::TooSmall(value(min))),
            Self { max: Some(max), .. } if number > max => Err(Refusal::TooLarge(value(max))),
            _ => Ok(()),
        }
    }
}

impl Lies {
    fn check(self, date: Date, today: Option<Date>) -> Result<(), Refusal> {
        match (self, today) {
            (Self::Ahead, Some(today)) if date < today => Err(Refusal::Over),
            (Self::Behind, Some(today)) if date > today => Err(Refusal::ToCome),
            _ => Ok(()),
        }
    }
}

impl Refusal {
    /// What the caller is told.
    pub(crate) fn spoken(&self, words: &Words) -> String {
        let told = &words.refusals;
        let number = |count: usize| Value::Number(count as f64).spoken(words);
        match self {
            Self::Length { given, min, max } if min == max => {
                told.exact_length.replace("{given}", &number(*given)).replace("{wanted}", &number(*min))
            }
            Self::Length { given, min, max } => {
                let told = told.length.replace("{given}", &number(*given));
                told.replace("{min}", &number(*min)).replace("{max}", &number(*max))
            }
            Self::Misheard => told.misheard.to_owned(),
            Self::TooSmall(least) => told.too_small.replace("{limit}", &least.spoken(words)),
            Self::TooLarge(most) => told.too_large.replace("{limit}", &most.spoken(words)),
            Self::Over => told.over.to_owned(),
            Self::ToCome => told.to_come.to_owned(),
            Self::NoPhone => told.no_phone.to_owned(),
            Self::NoCard => told.no_card.to_owned(),
            Self::NoDay => told.no_day.to_owned(),
            Self::NoTime => told.no_time.to_owned(),
            Self::OtherKind => words.not_understood.to_owned(),
        }
    }
}
