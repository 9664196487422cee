//! Figures said in English.

use super::figure::{Amount, Currency, Figure, Half};
use super::in_groups;

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const THOUSANDS: [&str; 7] = ["", "thousand", "million", "billion", "trillion", "quadrillion", "quintillion"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) fn say(figure: &Figure) -> String {
    match figure {
        Figure::Number(amount) => decimal(amount),
        Figure::Range(from, to) => format!("{} to {}", decimal(from), decimal(to)),
        Figure::Percent(amount) => format!("{} percent", decimal(amount)),
        Figure::Money { currency, amount } => money(*currency, amount),
        Figure::Ordinal(value) => ordinal(*value),
        Figure::Date { year, month, day } => date(*year, *month, *day),
        Figure::Time { hour, minute, half } => time(*hour, *minute, *half),
        Figure::Digits { plus, groups } => digits(groups, *plus),
    }
}

/// `1205` is "one thousand two hundred five".
pub(super) fn cardinal(value: u64) -> String {
    if value == 0 {
        return ONES[0].to_owned();
    }
    let mut groups = Vec::new();
    let mut left = value;
    for scale in THOUSANDS {
        let group = left % 1000;
        left /= 1000;
        if group > 0 {
            groups.push(if scale.is_empty() {
                below_thousand(group)
            } else {
                format!("{} {scale}", below_thousand(group))
            });
        }
    }
    groups.reverse();
    groups.join(" ")
}

fn below_thousand(value: u64) -> String {
    match (value / 100, value % 100) {
        (0, rest) => below_hundred(rest),
        (hundreds, 0) => format!("{} hundred", ONES[hundreds as usize]),
        (hundreds, rest) => format!("{} hundred {}", ONES[hundreds as usize], below_hundred(rest)),
    }
}

fn below_hundred(value: u64) -> String {
    let value = value as usize;
    match value {
        0..=19 => ONES[value].to_owned(),
        _ if value.is_multiple_of(10) => TENS[value / 10].to_owned(),
        _ => format!("{}-{}", TENS[value / 10], ONES[value % 10]),
    }
}

fn ordinal(value: u64) -> String {
    let words = cardinal(value);
    let cut = words.rfind([' ', '-']).map_or(0, |at| at + 1);
    let (head, last) = words.split_at(cut);
    let last = match last {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        tens if tens.ends_with('y') => format!("{}ieth", &tens[..tens.len() - 1]),
        other => format!("{other}th"),
    };
    format!("{head}{last}")
}

fn decimal(amount: &Amount) -> String {
    let mut words = String::new();
    if amount.negative {
        words.push_str("minus ");
    }
    words.push_str(&cardinal(amount.whole));
    if !amount.fraction.is_empty() {
        words.push_str(" point ");
        words.push_str(&one_by_one(&amount.fraction));
    }
    words
}

fn money(currency: Currency, amount: &Amount) -> String {
    let (one, many, hundredth, hundredths) = match currency {
        Currency::Dollar => ("dollar", "dollars", "cent", "cents"),
        Currency::Euro => ("euro", "euros", "cent", "cents"),
        Currency::Pound => ("pound", "pounds", "penny", "pence"),
        Currency::Yuan => ("yuan", "yuan", "", ""),
        Currency::Yen | Currency::YuanOrYen => ("yen", "yen", "", ""),
    };
    let minus = if amount.negative { "minus " } else { "" };
    let Some(small) = amount.hundredths().filter(|small| *small == 0 || !hundredth.is_empty()) else {
        return format!("{} {many}", decimal(amount));
    };
    let large = format!("{} {}", cardinal(amount.whole), if amount.whole == 1 { one } else { many });
    let cents = format!("{} {}", cardinal(small), if small == 1 { hundredth } else { hundredths });
    match (amount.whole, small) {
        (_, 0) => format!("{minus}{large}"),
        (0, _) => format!("{minus}{cents}"),
        _ => format!("{minus}{large} and {cents}"),
    }
}

fn date(year: u16, month: u8, day: u8) -> String {
    let month = MONTHS[usize::from(month.clamp(1, 12)) - 1];
    format!("{month} {}, {}", ordinal(u64::from(day)), year_words(u64::from(year)))
}

/// 1905 is "nineteen oh five", 2005 "two thousand five", 2026 "twenty twenty-six".
fn year_words(year: u64) -> String {
    match (year / 100, year % 100) {
        (hundreds, 0..=9) if hundreds % 10 == 0 => cardinal(year),
        (hundreds, 0) => format!("{} hundred", below_hundred(hundreds)),
        (hundreds, rest @ 1..=9) => format!("{} oh {}", below_hundred(hundreds), below_hundred(rest)),
        (hundreds, rest) => format!("{} {}", below_hundred(hundreds), below_hundred(rest)),
    }
}

fn time(hour: u8, minute: u8, half: Option<Half>) -> String {
    match (hour, minute, half) {
        (0, 0, None) => return "midnight".to_owned(),
        (12, 0, None) => return "noon".to_owned(),
        _ => {}
    }
    let half = match half.unwrap_or(if hour < 12 { Half::Am } else { Half::Pm }) {
        Half::Am => "AM",
        Half::Pm => "PM",
    };
    let hour = match hour % 12 {
        0 => 12,
        hour => hour,
    };
    let hour = below_hundred(u64::from(hour));
    match minute {
        0 => format!("{hour} {half}"),
        1..=9 => format!("{hour} oh {} {half}", below_hundred(u64::from(minute))),
        _ => format!("{hour} {} {half}", below_hundred(u64::from(minute))),
    }
}

/// Digit by digit; a comma between groups gives the listener time. A single long group is cut into threes.
pub(super) fn digits(groups: &[String], plus: bool) -> String {
    let cut = match groups {
        [all] if all.len() == 7 => vec![all[..3].to_owned(), all[3..].to_owned()],
        [all] if all.len() > 4 => in_groups(all, 3),
        _ => groups.to_vec(),
    };
    let spoken: Vec<String> = cut.iter().map(|group| one_by_one(group)).collect();
    format!("{}{}", if plus { "plus " } else { "" }, spoken.join(", "))
}

fn one_by_one(digits: &str) -> String {
    let words: Vec<&str> = digits.bytes().filter(u8::is_ascii_digit).map(|b| ONES[usize::from(b - b'0')]).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_said_by_their_scales() {
        assert_eq!(cardinal(1_000_001), "one million one");
        assert_eq!(cardinal(21_000), "twenty-one thousand");
        assert!(cardinal(u64::MAX).starts_with("eighteen quintillion four hundred forty-six quadrillion"));
    }

    #[test]
    fn ordinals_have_their_irregular_forms() {
        let said: Vec<String> = [1, 2, 3, 5, 8, 9, 12, 20, 31, 40, 100].map(ordinal).to_vec();
        let right = [
            "first",
            "second",
            "third",
            "fifth",
            "eighth",
            "ninth",
            "twelfth",
            "twentieth",
            "thirty-first",
            "fortieth",
            "one hundredth",
        ];
        assert_eq!(said, right);
    }

    #[test]
    fn years_are_said_as_years() {
        let said: Vec<String> = [1900, 1905, 1999, 2000, 2005, 2026].map(year_words).to_vec();
        let right = [
            "nineteen hundred",
            "nineteen oh five",
            "nineteen ninety-nine",
            "two thousand",
            "two thousand five",
            "twenty twenty-six",
        ];
        assert_eq!(said, right);
    }
}
