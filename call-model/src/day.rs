//! A day of the calendar.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A day of the Gregorian calendar, without a zone: `2026-11-24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

/// A text that is no day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a day: expected YYYY-MM-DD")]
pub struct ParseDayError;

impl Day {
    /// A day that is in the calendar, from year 1 to 9999.
    ///
    /// # Errors
    ///
    /// There is no such day.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, ParseDayError> {
        let fits = (1..=9999).contains(&year) && (1..=12).contains(&month) && day >= 1;
        if fits && day <= length_of(year, month) { Ok(Self { year, month, day }) } else { Err(ParseDayError) }
    }

    /// The year.
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    pub fn day(self) -> u8 {
        self.day
    }

    /// The last day of its month.
    pub fn last_of_month(self) -> u8 {
        length_of(self.year, self.month)
    }

    /// Months since year 0: two days are in neighbouring months when these differ by one.
    pub fn months(self) -> u32 {
        u32::from(self.year) * 12 + u32::from(self.month) - 1
    }
}

fn length_of(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl FromStr for Day {
    type Err = ParseDayError;
    fn from_str(text: &str) -> Result<Self, ParseDayError> {
        let shape = text.len() == 10 && text.is_ascii() && &text[4..5] == "-" && &text[7..8] == "-";
        if !shape {
            return Err(ParseDayError);
        }
        let number = |part: &str| {
            part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u16>().ok()).flatten().ok_or(ParseDayError)
        };
        let small = |part: &str| u8::try_from(number(part)?).map_err(|_| ParseDayError);
        Self::new(number(&text[..4])?, small(&text[5..7])?, small(&text[8..])?)
    }
}

impl TryFrom<String> for Day {
    type Error = ParseDayError;
    fn try_from(text: String) -> Result<Self, ParseDayError> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> String {
        day.to_string()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_survives_its_text() {
        for text in ["2026-11-24", "2024-02-29", "0001-01-01"] {
            assert_eq!(text.parse::<Day>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_not_in_the_calendar_is_refused() {
        for text in
            ["", "2026-02-29", "2026-13-01", "2026-1-1", "2026-00-10", "2026-10-00", "+026-10-10", "２０２6-10-10"]
        {
            assert_eq!(text.parse::<Day>(), Err(ParseDayError), "{text}");
        }
    }

    #[test]
    fn months_are_counted_across_years() {
        let months = |text: &str| text.parse::<Day>().unwrap().months();
        assert_eq!(months("2026-01-31") - months("2025-12-01"), 1);
    }
}
