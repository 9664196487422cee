//! Days: 下周三, 五月五号, 明年一月一日, 两周后, 大后天, 다음 주 수요일, 오월 오일.

use call_model::Certainty;
use jiff::civil::Date;

use super::super::atoms::Atoms;
use super::super::calendar::{Day, Unit, Year};
use super::number::{cardinal, counted, marked, string};
use crate::language::Myriad;

/// The day that a phrase means, what is lost because it may mean something else, and the position after it.
pub(in super::super) fn day(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(Day, Certainty, usize)> {
    if table.spaced && !atoms.begins_word(at) {
        return None;
    }
    let (day, end) = relative(atoms, at, table)
        .or_else(|| end_of_month(atoms, at, table))
        .or_else(|| written(atoms, at))
        .or_else(|| stretch(atoms, at, table))
        .or_else(|| weekday(atoms, at, table))
        .or_else(|| of_year(atoms, at, table))
        .or_else(|| of_month(atoms, at, table))?;
    Some((day, 0, end))
}

fn relative(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(Day, usize)> {
    let whole = atoms.meaning(at, table.days);
    let before_part = atoms.meaning(at, table.days_before_part).filter(|(_, after)| {
        atoms.meaning(*after, table.parts).is_some() || atoms.meaning(*after, table.named_times).is_some()
    });
    let (days, end) = whole.or(before_part)?;
    Some((Day::Plus(days), end))
}

fn written(atoms: &Atoms, at: usize) -> Option<(Day, usize)> {
    let date: Date = atoms.figure(at)?.parse().ok()?;
    Some((Day::OfYear(Some(Year::Of(date.year())), date.month(), date.day()), at + 1))
}

/// 月底, 下个月底, 五月底, 明年二月底.
fn end_of_month(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(Day, usize)> {
    // The mark of the month begins the word for its end: 下个月 and 月底 are 下个月底.
    let ends = |after: usize| (at + 1..=after).rev().find_map(|from| atoms.any(from, table.end_of_month));
    if let Some(end) = atoms.any(at, table.end_of_month) {
        return Some((Day::EndOfMonth(0), end));
    }
    if let Some((months, after)) = atoms.meaning(at, table.months) {
        return ends(after).map(|end| (Day::EndOfMonth(months), end));
    }
    let (year, from) = match year(atoms, at, table) {
        Some((year, end)) => (Some(year), end),
        None => (None, at),
    };
    let named = atoms.meaning(from, table.named_months).map(|(month, after)| (u64::from(month.unsigned_abs()), after));
    let (month, after) = named.or_else(|| marked(atoms, from, table, table.month))?;
    let month = i8::try_from(month).ok().filter(|month| (1..=12).contains(month))?;
    ends(after).map(|end| (Day::EndOf(year, month), end))
}

/// 下周三, 这个星期五, 周日.
fn weekday(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(Day, usize)> {
    if let Some((weeks, after)) = atoms.meaning(at, table.weeks) {
        let (weekday, end) = atoms.meaning(after, table.weekdays)?;
        return Some((Day::OfWeek(weekday, weeks), end));
    }
    let after = table.week_marks.iter().filter_map(|mark| atoms.after(at, mark)).max()?;
    let (weekday, end) = atoms.meaning(after, table.weekdays)?;
    Some((Day::Coming(weekday, 0), end))
}

/// 五月五号, 二零二七年五月五日, 明年五月五号; a weekday may follow.
fn of_year(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(Day, usize)> {
    let (year, from) = match year(atoms, at, table) {
        Some((year, end)) => (Some(year), end),
        None => (None, at),
    };
    let (month, after) = match atoms.meaning(from, table.named_months) {
        Some(found) => found,
        None => {
            let (month, after) =
                marked(atoms, from, table, table.month).filter(|(month, _)| (1..=12).contains(month))?;
            (i8::try_from(month).ok()?, after)
        }
    };
    // 五月五 is a day without its mark.
    let (day, end) = marked(atoms, after, table, table.day)
        .or_else(|| number(atoms, after, table).filter(|_| !table.spaced))
        .filter(|(day, _)| (1..=31).contains(day))?;
    Some((Day::OfYear(year, month, i8::try_from(day).ok()?), with_weekday(atoms, end, table)))
}

/// 五号, 下个月五号.
fn of_month(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(Day, usize)> {
    let (months, from) = match atoms.meaning(at, table.months) {
        Some((months, end)) => (Some(months), end),
        None => (None, at),
    };
    let (day, end) = marked(atoms, from, table, table.day).filter(|(day, _)| (1..=31).contains(day))?;
    Some((Day::OfMonth(months, i8::try_from(day).ok()?), with_weekday(atoms, end, table)))
}

fn with_weekday(atoms: &Atoms, at: usize, table: &Myriad) -> usize {
    let after = table.week_marks.iter().filter_map(|mark| atoms.after(at, mark)).max();
    after.and_then(|after| atoms.meaning(after, table.weekdays)).map_or(at, |(_, end)| end)
}

fn year(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(Year, usize)> {
    if let Some((years, end)) = atoms.meaning(at, table.years) {
        return Some((Year::Plus(years), end));
    }
    let (year, after) = match string(atoms, at, table).filter(|(digits, _)| digits.len() == 4) {
        Some((digits, end)) => (digits.parse().ok()?, end),
        None => number(atoms, at, table)?,
    };
    let end = atoms.any(after, table.year)?;
    let year = i16::try_from(year).ok().filter(|year| (1800..=2199).contains(year))?;
    Some((Year::Of(year), end))
}

/// 两周后, 三天以后, 一个月之后, 三天前, 이 주 후.
fn stretch(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(Day, usize)> {
    let (count, unit, after) =
        some(atoms, at, table).filter(|(_, unit, _)| !matches!(unit, Unit::Minute | Unit::Hour))?;
    if let Some(end) = atoms.any(after, table.later) {
        return Some((Day::Stretch(count, unit), end));
    }
    atoms.any(after, table.ago).map(|end| (Day::Stretch(-count, unit), end))
}

/// 两个星期, 三天.
pub(super) fn some(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(i32, Unit, usize)> {
    let (count, after) = counted(atoms, at, table).filter(|(count, _)| *count < 10_000)?;
    let (unit, end) = atoms.meaning(after, table.units)?;
    Some((i32::try_from(count).ok()?, unit, end))
}

pub(super) fn number(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(u64, usize)> {
    match atoms.whole(at) {
        Some(figure) => Some((figure, at + 1)),
        None => cardinal(atoms, at, table),
    }
}

/// The words of days.
pub(super) fn phrases(table: &Myriad) -> Vec<&'static str> {
    let mut phrases: Vec<&str> = Vec::new();
    phrases.extend(table.days.iter().chain(table.days_before_part).chain(table.weeks).map(|(name, _)| *name));
    phrases.extend(table.weekdays.iter().map(|(name, _)| *name));
    phrases.extend(table.years.iter().map(|(name, _)| *name));
    phrases.extend(table.months.iter().map(|(name, _)| *name));
    phrases.extend(table.named_months.iter().map(|(name, _)| *name));
    phrases.extend(table.units.iter().map(|(name, _)| *name));
    phrases.extend(
        [table.week_marks, table.end_of_month, table.year, table.month, table.day, table.later, table.ago]
            .into_iter()
            .flatten(),
    );
    phrases
}
