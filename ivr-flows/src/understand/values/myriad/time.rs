//! Times of day: 下午三点, 三点半, 差一刻九点, 晚上八点零五分, 中午, 오후 세 시 반.

use call_model::Certainty;

use super::super::atoms::Atoms;
use super::super::calendar::{Clock, Unit};
use super::date::{number, some};
use super::number::counted;
use crate::language::Myriad;

/// The time that a phrase means, what is lost because it may mean something else, and the position after it.
pub(in super::super) fn clock(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(Clock, Certainty, usize)> {
    if table.spaced && !atoms.begins_word(at) {
        return None;
    }
    let (part, from) = match atoms.meaning(at, table.parts) {
        Some((part, after)) => (Some(part), after),
        None => (None, at),
    };
    if let Some((mut clock, end)) = hour_and_minute(atoms, from, table) {
        clock.part = part;
        return Some((clock, 0, end));
    }
    let (hour, end) = atoms.meaning(at, table.named_times)?;
    Some((Clock { full: true, ..Clock::new(hour, 0) }, 0, end))
}

fn hour_and_minute(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(Clock, usize)> {
    if let Some((hour, minute)) = atoms.figure(at).and_then(|figure| figure.split_once(':')) {
        let clock = Clock { full: hour.starts_with('0'), ..Clock::new(hour.parse().ok()?, minute.parse().ok()?) };
        return ((0..=24).contains(&clock.hour) && (0..60).contains(&clock.minute)).then_some((clock, at + 1));
    }
    if let Some(after) = atoms.any(at, table.missing) {
        let (minutes, after) = minutes(atoms, after, table)?;
        let (hour, end) = hour(atoms, after, table)?;
        return Some((before(hour, minutes), end));
    }
    let (hour, after) = hour(atoms, at, table)?;
    if let Some(end) = atoms.any(after, table.half) {
        return Some((Clock::new(hour, 30), end));
    }
    if let Some(end) = atoms.any(after, table.sharp) {
        return Some((Clock::new(hour, 0), end));
    }
    if let Some(from) = atoms.any(after, table.missing)
        && let Some((minutes, end)) = minutes(atoms, from, table)
    {
        return Some((before(hour, minutes), end));
    }
    match minutes(atoms, after, table) {
        Some((minute, end)) => Some((Clock::new(hour, minute), end)),
        None => Some((Clock::new(hour, 0), after)),
    }
}

fn hour(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(i8, usize)> {
    let (hour, after) = counted(atoms, at, table).filter(|(hour, _)| *hour <= 24)?;
    Some((i8::try_from(hour).ok()?, atoms.any(after, table.hour)?))
}

/// 一刻, 五分, 零五分, 三十; a digit by itself is no minute.
fn minutes(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(i8, usize)> {
    if let Some(found) = atoms.meaning(at, table.quarters) {
        return Some(found);
    }
    let zero = atoms.meaning(at, table.digits).filter(|(digit, _)| *digit == 0).map(|(_, after)| after);
    let (minutes, after) = number(atoms, zero.unwrap_or(at), table).filter(|(minutes, _)| *minutes < 60)?;
    let minute = i8::try_from(minutes).ok()?;
    match atoms.any(after, table.minute) {
        Some(end) => Some((minute, end)),
        None => (!table.spaced && (zero.is_some() || minutes >= 10)).then_some((minute, after)),
    }
}

fn before(hour: i8, minutes: i8) -> Clock {
    match hour {
        0 => Clock { full: true, ..Clock::new(23, 60 - minutes) },
        1 => Clock::new(12, 60 - minutes),
        _ => Clock::new(hour - 1, 60 - minutes),
    }
}

/// The minutes from now that a phrase means: 两个小时后, 半小时后, 现在.
pub(in super::super) fn from_now(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(i64, usize)> {
    if table.spaced && !atoms.begins_word(at) {
        return None;
    }
    if let Some(end) = atoms.any(at, table.now) {
        return Some((0, end));
    }
    let half = atoms.any(at, table.half).and_then(|after| atoms.meaning(after, table.units));
    let (minutes, after) = match half.filter(|(unit, _)| *unit == Unit::Hour) {
        Some((_, after)) => (30, after),
        None => match some(atoms, at, table)? {
            (count, Unit::Minute, after) => (i64::from(count), after),
            (count, Unit::Hour, after) => (i64::from(count) * 60, after),
            _ => return None,
        },
    };
    atoms.any(after, table.later).map(|end| (minutes, end))
}

/// The words of times.
pub(super) fn phrases(table: &Myriad) -> Vec<&'static str> {
    let mut phrases: Vec<&str> = table.parts.iter().map(|(name, _)| *name).collect();
    phrases.extend(table.named_times.iter().chain(table.quarters).map(|(name, _)| *name));
    phrases.extend(
        [table.hour, table.minute, table.half, table.sharp, table.missing, table.later, table.now]
            .into_iter()
            .flatten(),
    );
    phrases.extend(table.units.iter().map(|(name, _)| *name));
    phrases
}
