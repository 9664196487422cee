//! Values as callers say them in a sentence, for a recogniser that learns from them which word follows which.
//!
//! A recogniser with a grammar knows pairs of words: after "hundred" it expects "and", after "and" a number. So it is
//! enough that every pair is in some wording; not every value is.

use super::super::Parts;
use super::date::{month_names, weekday_names};
use super::number::{ORDINALS, TEN_NAMES, UNIT_NAMES};

/// Wordings of a kind of values, in which every pair of words occurs that its values are made of.
pub(in super::super) fn wordings(parts: Parts) -> Vec<String> {
    match parts {
        Parts::Number => numbers(),
        Parts::Money => money(),
        Parts::Date => dates(),
        Parts::Time => times(),
        Parts::DateTime => [dates(), times()].concat(),
    }
}

/// Digits said one after the other, in rows of at most six in which every pair occurs.
pub(in super::super) fn rows_of(digits: &[&str]) -> Vec<String> {
    let count = digits.len();
    let mut rows = Vec::new();
    // All pairs that lie equally far apart make rings: 0 3 6 9 2 5 ...
    for step in 0..count {
        let mut seen = vec![false; count];
        for start in 0..count {
            let mut ring = vec![start];
            while !seen[ring[ring.len() - 1]] {
                let last = ring[ring.len() - 1];
                seen[last] = true;
                ring.push((last + step) % count);
            }
            rows.extend((0..ring.len() - 1).step_by(ROW - 1).map(|from| {
                let row: Vec<&str> = ring[from..ring.len().min(from + ROW)].iter().map(|at| digits[*at]).collect();
                row.join(" ")
            }));
        }
    }
    rows.retain(|row| row.contains(' '));
    rows
}

/// 1 to 99, and with hundreds and thousands before them.
fn numbers() -> Vec<String> {
    let mut said = small();
    let count = |at: usize| UNITS[at % UNITS.len()];
    for (at, rest) in small().into_iter().enumerate() {
        let (some, other) = (count(at), count(4 * at + 2));
        if rest.contains(' ') && at % 3 > 0 {
            continue;
        }
        said.push(format!("{some} hundred and {rest}"));
        said.push(format!("{other} hundred {rest}"));
        said.push(format!("{rest} thousand {some} hundred and {rest}"));
        said.push(format!("{some} thousand and {rest}"));
    }
    said.extend(UNITS.iter().flat_map(|some| [format!("{some} hundred"), format!("{some} thousand")]));
    said.extend(["a hundred", "a thousand"].map(str::to_owned));
    said
}

fn money() -> Vec<String> {
    let mut said: Vec<String> = numbers().iter().map(|number| format!("{number} dollars")).collect();
    for (at, rest) in small().into_iter().enumerate() {
        let some = UNITS[at % UNITS.len()];
        said.push(format!("{some} dollars {rest}"));
        said.push(format!("{some} dollars and {rest} cents"));
    }
    said.extend(numbers());
    said
}

fn dates() -> Vec<String> {
    let (weekdays, months) = (weekday_names(), month_names());
    let tens = ORDINALS.iter().filter(|(_, day)| *day < 10).map(|(name, _)| format!("twenty {name}"));
    let days: Vec<String> =
        ORDINALS.iter().map(|(name, _)| (*name).to_owned()).chain(tens).chain(["thirty first".to_owned()]).collect();
    let mut said: Vec<String> = ["today", "tomorrow", "yesterday", "the day after tomorrow", "in a week", "next week"]
        .map(str::to_owned)
        .to_vec();
    for name in &weekdays {
        said.extend([(*name).to_owned(), format!("on {name}"), format!("next {name}"), format!("this {name}")]);
    }
    for (at, day) in days.iter().enumerate() {
        let (month, weekday) = (months[at % months.len()], weekdays[at % weekdays.len()]);
        said.extend([
            format!("the {day} of {month}"),
            format!("on the {day}"),
            format!("{month} the {day}"),
            format!("{month} {day}"),
            format!("{weekday} the {day} of {month}"),
        ]);
    }
    said.extend(UNITS.iter().flat_map(|some| [format!("in {some} weeks"), format!("in {some} days")]));
    said.push("in one week".to_owned());
    said
}

fn times() -> Vec<String> {
    let mut said: Vec<String> =
        ["noon", "at noon", "midnight", "at midnight", "half past", "quarter past"].map(str::to_owned).to_vec();
    let parts = PARTS_OF_DAY.iter();
    said.extend(parts.flat_map(|part| MINUTES.iter().map(move |minutes| format!("{minutes} {part}"))));
    let hours = UNIT_NAMES.iter().filter(|(_, value)| (1..=12).contains(value)).map(|(name, _)| *name);
    for (at, hour) in hours.enumerate() {
        let (minutes, part) = (MINUTES[at % MINUTES.len()], PARTS_OF_DAY[at % PARTS_OF_DAY.len()]);
        for before in ["", "at "] {
            let shares = ["half past", "quarter past", "quarter to"].map(|share| format!("{before}{share} {hour}"));
            said.extend(shares);
            said.extend([format!("{before}{hour}"), format!("{before}{hour} o'clock")]);
        }
        said.extend(PARTS_OF_DAY.iter().map(|part| format!("{hour} {part}")));
        said.extend(MINUTES.iter().map(|minutes| format!("{hour} {minutes}")));
        said.extend([
            format!("{hour} oh five"),
            format!("{minutes} past {hour}"),
            format!("{minutes} to {hour}"),
            format!("at {hour} {minutes} {part}"),
            format!("at {hour} o'clock {part}"),
        ]);
    }
    said
}

/// 1 to 99.
fn small() -> Vec<String> {
    let tens = || TEN_NAMES.iter().map(|(name, _)| *name);
    let alone = UNIT_NAMES.iter().filter(|(_, value)| *value > 0).map(|(name, _)| *name).chain(tens());
    let pairs = tens().flat_map(|ten| UNITS.iter().map(move |unit| format!("{ten} {unit}")));
    alone.map(str::to_owned).chain(pairs).collect()
}

const UNITS: [&str; 9] = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const MINUTES: [&str; 10] =
    ["five", "ten", "fifteen", "twenty", "twenty five", "thirty", "forty", "forty five", "fifty", "fifty five"];
const PARTS_OF_DAY: [&str; 5] = ["in the morning", "in the afternoon", "in the evening", "a m", "p m"];
/// Digits of one row.
const ROW: usize = 6;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn pairs(said: &[String]) -> BTreeSet<(&str, &str)> {
        let words = said.iter().map(|wording| wording.split(' ').collect::<Vec<_>>());
        words.flat_map(|words| words.windows(2).map(|pair| (pair[0], pair[1])).collect::<Vec<_>>()).collect()
    }

    #[test]
    fn every_pair_of_words_that_values_are_made_of_occurs() {
        let said = [numbers(), money(), dates(), times()].concat();
        let known = pairs(&said);
        for value in [
            "three hundred and forty two dollars",
            "nine thousand and seventeen",
            "sixty dollars and fifty cents",
            "on the twenty second of november",
            "next friday",
            "at quarter to eleven in the morning",
            "ten fifteen p m",
            "half past eight",
        ] {
            let words: Vec<&str> = value.split(' ').collect();
            let missing: Vec<_> = words.windows(2).filter(|pair| !known.contains(&(pair[0], pair[1]))).collect();
            assert!(missing.is_empty(), "{value}: {missing:?}");
        }
    }

    #[test]
    fn rows_of_digits_hold_every_pair_and_are_few() {
        let digits = ["zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
        let rows = rows_of(&digits);
        let known = pairs(&rows);
        assert!(digits.iter().all(|a| digits.iter().all(|b| known.contains(&(*a, *b)))));
        assert!(rows.len() < 60 && rows.iter().all(|row| row.split(' ').count() <= ROW), "{}", rows.len());
    }
}
