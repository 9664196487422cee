//! How values are said in English.

mod date;
mod money;
mod number;
mod time;
mod wordings;

use super::Parts;

pub(super) use date::day;
pub(super) use money::{begins_amount, money};
pub(super) use number::{numbers, small_number};
pub(super) use time::{clock, from_now};
pub(super) use wordings::{rows_of, wordings};

/// What a grammar needs for values of a kind.
pub(super) fn phrases(parts: Parts) -> Vec<&'static str> {
    let mut phrases = number::phrases();
    match parts {
        Parts::Number => phrases.extend(number::ONLY_NUMBERS),
        Parts::Money => {
            phrases.extend(number::ONLY_NUMBERS);
            phrases.extend(money::phrases());
        }
        Parts::Date => phrases.extend(date::phrases()),
        Parts::Time => phrases.extend(time::phrases()),
        Parts::DateTime => {
            phrases.extend(date::phrases());
            phrases.extend(time::phrases());
        }
    }
    phrases
}
