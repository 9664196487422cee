//! Words of English for dates and times.

pub(super) const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
pub(super) const MONTHS: [&str; 12] = [
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

fn below_hundred(number: u64) -> String {
    let place = |number: u64| usize::try_from(number).expect("below a hundred");
    match (number / 10, number % 10) {
        (0 | 1, _) => ONES[place(number)].to_owned(),
        (tens, 0) => TENS[place(tens)].to_owned(),
        (tens, unit) => format!("{} {}", TENS[place(tens)], ONES[place(unit)]),
    }
}

/// 1 to 31.
pub(super) fn ordinal(number: u64) -> String {
    let plain = below_hundred(number % 100);
    let (before, last) = plain.rsplit_once(' ').map_or(("", plain.as_str()), |(before, last)| (before, last));
    let last = match last {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        _ => last.strip_suffix('y').map_or_else(|| format!("{last}th"), |tens| format!("{tens}ieth")),
    };
    if before.is_empty() { last } else { format!("{before} {last}") }
}

/// "nineteen eighty four", "two thousand five", "twenty twenty seven".
pub(super) fn year(year: u64) -> String {
    match (year / 100, year % 100) {
        (20, rest @ 1..=9) => format!("two thousand {}", below_hundred(rest)),
        (20, 0) => "two thousand".to_owned(),
        (century @ 10..=99, 0) => format!("{} hundred", below_hundred(century)),
        (century @ 10..=99, rest @ 1..=9) => format!("{} oh {}", below_hundred(century), below_hundred(rest)),
        (century @ 10..=99, rest) => format!("{} {}", below_hundred(century), below_hundred(rest)),
        _ => year.to_string(),
    }
}

pub(super) fn time(hour: u8, minute: u8) -> String {
    match (hour, minute) {
        (0, 0) => return "midnight".to_owned(),
        (12, 0) => return "noon".to_owned(),
        _ => {}
    }
    let part = match hour {
        0..=11 => "in the morning",
        12..=17 => "in the afternoon",
        _ => "in the evening",
    };
    let hour = below_hundred(u64::from(if hour.is_multiple_of(12) { 12 } else { hour % 12 }));
    match minute {
        0 => format!("{hour} {part}"),
        1..=9 => format!("{hour} oh {} {part}", below_hundred(u64::from(minute))),
        30 => format!("half past {hour} {part}"),
        _ => format!("{hour} {} {part}", below_hundred(u64::from(minute))),
    }
}
