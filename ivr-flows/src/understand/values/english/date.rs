//! Days in English: "next wednesday", "the fifth of may", "in two weeks", "the day after tomorrow".

use call_model::Certainty;
use jiff::civil::{Date, Weekday};

use super::super::atoms::Atoms;
use super::super::calendar::{Day, Unit, Year};
use super::number::{below_hundred, cardinal, ordinal, pair_end};

/// The day that a phrase means, what is lost because it may mean something else, and the position after it.
pub(in super::super) fn day(atoms: &Atoms, at: usize) -> Option<(Day, Certainty, usize)> {
    let from = atoms.skip(at, &["on", "on the", "the", "for", "by", "until", "till"]);
    let sure = |(day, end)| (day, 0, end);
    stretch(atoms, from)
        .or_else(|| relative(atoms, from))
        .or_else(|| written(atoms, from))
        .or_else(|| weekday(atoms, from))
        .or_else(|| of_year(atoms, from))
        .map(sure)
        .or_else(|| of_month(atoms, from))
}

fn relative(atoms: &Atoms, at: usize) -> Option<(Day, usize)> {
    atoms.meaning(at, RELATIVE).map(|(days, end)| (Day::Plus(days), end))
}

/// `2027-05-05`.
fn written(atoms: &Atoms, at: usize) -> Option<(Day, usize)> {
    let date: Date = atoms.figure(at)?.parse().ok()?;
    Some((Day::OfYear(Some(Year::Of(date.year())), date.month(), date.day()), at + 1))
}

/// "wednesday", "next wednesday", "wednesday week", "wednesday the fifth of may".
fn weekday(atoms: &Atoms, at: usize) -> Option<(Day, usize)> {
    let which = atoms.meaning(at, WHICH);
    let (weekday, end) = atoms.meaning(which.map_or(at, |(_, after)| after), WEEKDAYS)?;
    let day = match which {
        None => {
            let from = atoms.skip(end, &["the"]);
            if let Some(found) = of_year(atoms, from).or_else(|| month_day_alone(atoms, from)) {
                return Some(found);
            }
            if let Some(after) = atoms.any(end, &["week"]) {
                return Some((Day::Coming(weekday, 1), after));
            }
            if let Some(after) = atoms.any(end, &["after next"]) {
                return Some((Day::OfWeek(weekday, 2), after));
            }
            if let Some(after) = atoms.any(end, &["of next week", "next week"]) {
                return Some((Day::OfWeek(weekday, 1), after));
            }
            if let Some(after) = atoms.any(end, &["of this week", "this week"]) {
                return Some((Day::OfWeek(weekday, 0), after));
            }
            if let Some((count, Unit::Week, after)) = in_some(atoms, end) {
                return Some((Day::Coming(weekday, count - 1), after));
            }
            Day::Coming(weekday, 0)
        }
        Some((Which::Next, _)) => Day::NextWeekday(weekday),
        Some((Which::This, _)) => Day::OfWeek(weekday, 0),
        Some((Which::Coming, _)) => Day::Coming(weekday, 0),
        Some((Which::AfterNext, _)) => Day::OfWeek(weekday, 2),
        Some((Which::Last, _)) => Day::Last(weekday),
        Some((Which::WeekOn, _)) => Day::Coming(weekday, 1),
    };
    Some((day, end))
}

/// "the fifth of may", "may the fifth", "may five twenty twenty seven".
fn of_year(atoms: &Atoms, at: usize) -> Option<(Day, usize)> {
    let (month, day, end) = match atoms.meaning(at, MONTHS) {
        Some((month, after)) => {
            let from = atoms.skip(after, &["the"]);
            let (day, end) = ordinal(atoms, from).or_else(|| month_day(atoms, from))?;
            (month, day, end)
        }
        None => {
            let (day, after) = ordinal(atoms, at).or_else(|| month_day(atoms, at))?;
            let (month, end) = atoms.meaning(atoms.skip(after, &["of"]), MONTHS)?;
            (month, day, end)
        }
    };
    let day = i8::try_from(day).ok().filter(|day| (1..=31).contains(day))?;
    match year(atoms, atoms.skip(end, &["in", "of", "in the year"])) {
        Some((year, end)) => Some((Day::OfYear(Some(year), month, day), end)),
        None => Some((Day::OfYear(None, month, day), end)),
    }
}

/// A day of the month as a plain number, as in "may five".
fn month_day(atoms: &Atoms, at: usize) -> Option<(u64, usize)> {
    let (day, end) = match atoms.whole(at) {
        Some(day) => (day, at + 1),
        None => below_hundred(atoms, at)?,
    };
    (1..=31).contains(&day).then_some((day, end))
}

fn month_day_alone(atoms: &Atoms, at: usize) -> Option<(Day, usize)> {
    let (day, end) = ordinal(atoms, at)?;
    let day = i8::try_from(day).ok().filter(|day| (1..=31).contains(day))?;
    let (months, end) = match atoms.meaning(end, WHICH_MONTH) {
        Some((months, end)) => (Some(months), end),
        None => (None, end),
    };
    Some((Day::OfMonth(months, day), end))
}

/// "the fifth", "the fifth of next month". A bare "first" or "second" is hardly a day.
fn of_month(atoms: &Atoms, at: usize) -> Option<(Day, Certainty, usize)> {
    let article = at > 0 && atoms.any(at - 1, &["the"]).is_some();
    let (day, end) = month_day_alone(atoms, at)?;
    let loss = if article || matches!(day, Day::OfMonth(Some(_), _)) { 0 } else { NO_ARTICLE };
    Some((day, loss, end))
}

/// "twenty twenty seven", "nineteen oh five", "two thousand and five", "1984", "next year".
fn year(atoms: &Atoms, at: usize) -> Option<(Year, usize)> {
    if let Some((years, end)) = atoms.meaning(at, WHICH_YEAR) {
        return Some((Year::Plus(years), end));
    }
    if let Some((century, after)) = below_hundred(atoms, at).filter(|(century, _)| (18..=21).contains(century)) {
        if let Some((rest, end)) = pair_end(atoms, after) {
            return Some((Year::Of(i16::try_from(century * 100 + rest).ok()?), end));
        }
        if let Some(end) = atoms.any(after, &["hundred"]) {
            return Some((Year::Of(i16::try_from(century * 100).ok()?), end));
        }
    }
    let (year, end) = cardinal(atoms, at).filter(|(year, _)| (1800..=2199).contains(year))?;
    Some((Year::Of(i16::try_from(year).ok()?), end))
}

/// "in two weeks", "two weeks from today", "a week from friday", "three days ago".
fn stretch(atoms: &Atoms, at: usize) -> Option<(Day, usize)> {
    if let Some((count, unit, end)) = in_some(atoms, at) {
        return is_long(unit).then_some((Day::Stretch(count, unit), end));
    }
    let (count, unit, end) = some(atoms, at).filter(|(_, unit, _)| is_long(*unit))?;
    if let Some(end) = atoms.any(end, &["from now", "from today", "later"]) {
        return Some((Day::Stretch(count, unit), end));
    }
    if let Some(end) = atoms.any(end, &["ago", "before today"]) {
        return Some((Day::Stretch(-count, unit), end));
    }
    if let Some(end) = atoms.any(end, &["from tomorrow"]).filter(|_| matches!(unit, Unit::Day | Unit::Week)) {
        return Some((Day::Plus(count * if unit == Unit::Week { 7 } else { 1 } + 1), end));
    }
    let (weekday, end) = atoms.meaning(atoms.any(end, &["from", "on", "after", "from next"])?, WEEKDAYS)?;
    (unit == Unit::Week).then_some((Day::Coming(weekday, count), end))
}

/// "in two weeks", "within three days".
pub(super) fn in_some(atoms: &Atoms, at: usize) -> Option<(i32, Unit, usize)> {
    let from = atoms.any(at, &["in", "in about", "after"])?;
    let (count, unit, end) = some(atoms, from)?;
    Some((count, unit, atoms.skip(end, &["from now", "time"])))
}

/// "two weeks", "a month".
pub(super) fn some(atoms: &Atoms, at: usize) -> Option<(i32, Unit, usize)> {
    let (count, after) = match atoms.any(at, &["a", "an", "one"]) {
        Some(after) => match atoms.any(at, &["a couple of", "a fortnight"]) {
            Some(end) if atoms.any(at, &["a fortnight"]).is_some() => return Some((2, Unit::Week, end)),
            Some(end) => (2, end),
            None => (1, after),
        },
        None => cardinal(atoms, at).filter(|(count, _)| *count < 1000)?,
    };
    let (unit, end) = atoms.meaning(after, UNITS)?;
    Some((i32::try_from(count).ok()?, unit, end))
}

fn is_long(unit: Unit) -> bool {
    matches!(unit, Unit::Day | Unit::Week | Unit::Month | Unit::Year)
}

/// The weekdays as they are said, without their short forms.
pub(super) fn weekday_names() -> Vec<&'static str> {
    WEEKDAYS[..7].iter().map(|(name, _)| *name).collect()
}

/// The months likewise.
pub(super) fn month_names() -> Vec<&'static str> {
    MONTHS[..12].iter().map(|(name, _)| *name).collect()
}

/// The words of days.
pub(super) fn phrases() -> Vec<&'static str> {
    let long = weekday_names().into_iter().chain(month_names());
    let ordinals = super::number::ORDINALS.iter().map(|(name, _)| *name);
    const OTHERS: &[&str] = &[
        "today",
        "tomorrow",
        "yesterday",
        "the day after tomorrow",
        "next",
        "this",
        "last",
        "coming",
        "the",
        "of",
        "on",
        "in",
        "day",
        "days",
        "week",
        "weeks",
        "month",
        "months",
        "year",
        "from now",
        "ago",
        "thousand",
        "hundred",
    ];
    long.chain(ordinals).chain(OTHERS.iter().copied()).collect()
}

#[derive(Debug, Clone, Copy)]
enum Which {
    Next,
    This,
    Coming,
    AfterNext,
    Last,
    WeekOn,
}

const WHICH: &[(&str, Which)] = &[
    ("next", Which::Next),
    ("this", Which::This),
    ("this coming", Which::Coming),
    ("coming", Which::Coming),
    ("the coming", Which::Coming),
    ("the week after next", Which::AfterNext),
    ("last", Which::Last),
    ("last week's", Which::Last),
    ("a week on", Which::WeekOn),
];
const RELATIVE: &[(&str, i32)] = &[
    ("today", 0),
    ("tonight", 0),
    ("tomorrow", 1),
    ("day after tomorrow", 2),
    ("the day after tomorrow", 2),
    ("yesterday", -1),
    ("day before yesterday", -2),
    ("the day before yesterday", -2),
];
const WHICH_MONTH: &[(&str, i32)] = &[
    ("of this month", 0),
    ("this month", 0),
    ("of next month", 1),
    ("next month", 1),
    ("of last month", -1),
    ("last month", -1),
];
const WHICH_YEAR: &[(&str, i16)] = &[("this year", 0), ("next year", 1), ("last year", -1)];
const UNITS: &[(&str, Unit)] = &[
    ("minute", Unit::Minute),
    ("minutes", Unit::Minute),
    ("hour", Unit::Hour),
    ("hours", Unit::Hour),
    ("day", Unit::Day),
    ("days", Unit::Day),
    ("week", Unit::Week),
    ("weeks", Unit::Week),
    ("month", Unit::Month),
    ("months", Unit::Month),
    ("year", Unit::Year),
    ("years", Unit::Year),
];
/// The short forms stand last.
const WEEKDAYS: &[(&str, Weekday)] = &[
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
];
/// The short forms stand last.
const MONTHS: &[(&str, i8)] = &[
    ("january", 1),
    ("february", 2),
    ("march", 3),
    ("april", 4),
    ("may", 5),
    ("june", 6),
    ("july", 7),
    ("august", 8),
    ("september", 9),
    ("october", 10),
    ("november", 11),
    ("december", 12),
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("apr", 4),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sept", 9),
    ("sep", 9),
    ("oct", 10),
    ("nov", 11),
    ("dec", 12),
];
/// An ordinal without an article may count anything.
const NO_ARTICLE: Certainty = 15;
