//! How values are said in Chinese and Korean, by the words of each.

mod date;
mod money;
mod number;
mod time;

use super::Parts;
use crate::language::{Myriad, Words};

pub(super) use date::day;
pub(super) use money::{begins_amount, money};
pub(super) use number::{numbers, small_number};
pub(super) use time::{clock, from_now};

/// What a grammar needs for values of a kind.
pub(super) fn phrases(parts: Parts, table: &Myriad, words: &Words) -> Vec<&'static str> {
    let mut phrases: Vec<&str> = words.digits.iter().map(|(name, _)| *name).collect();
    phrases.extend(table.digits.iter().chain(table.small).chain(table.counted).map(|(name, _)| *name));
    if matches!(parts, Parts::Number | Parts::Money) {
        phrases.extend(table.big.iter().map(|(name, _)| *name));
        phrases.extend([table.point, table.minus, table.half].into_iter().flatten());
    }
    match parts {
        Parts::Number => phrases.extend(table.counters),
        Parts::Money => {
            phrases.extend(table.main.iter().map(|(name, _)| *name));
            phrases.extend([table.tenths, table.hundredths, table.after_money].into_iter().flatten());
        }
        Parts::Date => phrases.extend(date::phrases(table)),
        Parts::Time => phrases.extend(time::phrases(table)),
        Parts::DateTime => {
            phrases.extend(date::phrases(table));
            phrases.extend(time::phrases(table));
        }
    }
    phrases.retain(|phrase| !phrase.is_empty() && !phrase.starts_with(['$', '€', '£', '¥', '-']));
    phrases
}
