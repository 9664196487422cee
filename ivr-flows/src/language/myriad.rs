//! How the languages of East Asia say values: numbers by ten thousands, the larger unit first, nothing between.

use jiff::civil::Weekday;

use crate::understand::{Part, Unit};

/// The words for values of one such language.
#[derive(Debug)]
pub(crate) struct Myriad {
    /// Digits in numbers.
    pub(crate) digits: &'static [(&'static str, u64)],
    /// Ten, a hundred, a thousand.
    pub(crate) small: &'static [(&'static str, u64)],
    /// Ten thousand and its like.
    pub(crate) big: &'static [(&'static str, u64)],
    /// Numbers of another row, for hours and counted things; empty where there is only one.
    pub(crate) counted: &'static [(&'static str, u64)],
    /// Those of the other row that only stand before what they count: 두 in 두 명.
    pub(crate) counting: &'static [&'static str],
    /// What is counted: 명, 개.
    pub(crate) counters: &'static [&'static str],
    /// What may hang on a number, where words are parted.
    pub(crate) after_number: &'static [&'static str],
    /// The largest unit that stands without "one" before it.
    pub(crate) bare_unit: u64,
    /// Whether 一百五 is 150.
    pub(crate) last_digit_shifts: bool,
    /// Whether numbers begin where a word begins.
    pub(crate) spaced: bool,
    pub(crate) point: &'static [&'static str],
    pub(crate) minus: &'static [&'static str],
    pub(crate) half: &'static [&'static str],
    /// The main units of money and their currencies.
    pub(crate) main: &'static [(&'static str, &'static str)],
    pub(crate) tenths: &'static [&'static str],
    pub(crate) hundredths: &'static [&'static str],
    /// What may follow an amount of money.
    pub(crate) after_money: &'static [&'static str],
    /// Days by their distance from today.
    pub(crate) days: &'static [(&'static str, i32)],
    /// Days that only stand before a part of the day: 今 in 今晚.
    pub(crate) days_before_part: &'static [(&'static str, i32)],
    /// Weeks before a weekday, by their distance from this one: 下周.
    pub(crate) weeks: &'static [(&'static str, i32)],
    /// What stands before a weekday of no certain week; an empty text where the weekday needs nothing.
    pub(crate) week_marks: &'static [&'static str],
    pub(crate) weekdays: &'static [(&'static str, Weekday)],
    /// Years by their distance from this one.
    pub(crate) years: &'static [(&'static str, i16)],
    /// Months by their distance from this one.
    pub(crate) months: &'static [(&'static str, i32)],
    /// Months with names of their own.
    pub(crate) named_months: &'static [(&'static str, i8)],
    /// What says the last day of a month: 月底, also behind a month's name without its mark.
    pub(crate) end_of_month: &'static [&'static str],
    pub(crate) year: &'static [&'static str],
    pub(crate) month: &'static [&'static str],
    pub(crate) day: &'static [&'static str],
    /// What time is counted in.
    pub(crate) units: &'static [(&'static str, Unit)],
    pub(crate) later: &'static [&'static str],
    pub(crate) ago: &'static [&'static str],
    /// Words that say "now".
    pub(crate) now: &'static [&'static str],
    /// Parts of the day.
    pub(crate) parts: &'static [(&'static str, Part)],
    /// Times with names of their own.
    pub(crate) named_times: &'static [(&'static str, i8)],
    pub(crate) hour: &'static [&'static str],
    pub(crate) minute: &'static [&'static str],
    pub(crate) quarters: &'static [(&'static str, i8)],
    /// What says that an hour is full: 整.
    pub(crate) sharp: &'static [&'static str],
    /// What stands before minutes that are missing to an hour: 差.
    pub(crate) missing: &'static [&'static str],
    /// How values are read out.
    pub(crate) told: Told,
}

/// The words by which values are read out.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) digits: [&'static str; 10],
    /// The digit two before units and counted things.
    pub(crate) two_of: &'static str,
    pub(crate) small: [&'static str; 4],
    pub(crate) big: [&'static str; 4],
    /// Whether a gap of zeros is said, and ten has a one before it within a number.
    pub(crate) says_zero: bool,
    pub(crate) weekdays: [&'static str; 7],
    /// Hours 0 to 12.
    pub(crate) hours: [&'static str; 13],
    /// Months 1 to 12.
    pub(crate) months: [&'static str; 12],
    /// Between the parts of a date and a time.
    pub(crate) gap: &'static str,
    /// Before dawn, morning, noon, afternoon, evening.
    pub(crate) parts: [&'static str; 5],
    pub(crate) year: &'static str,
    pub(crate) day: &'static str,
    pub(crate) minute: &'static str,
    pub(crate) half: &'static str,
    pub(crate) minus: &'static str,
}
