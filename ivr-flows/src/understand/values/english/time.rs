//! Times of day in English: "half past two", "three thirty p m", "a quarter to nine", "noon", "in twenty minutes".

use call_model::Certainty;

use super::super::atoms::Atoms;
use super::super::calendar::{Clock, Part, Unit};
use super::date::{in_some, some};
use super::number::{below_hundred, pair_end};

/// The time that a phrase means, what is lost because it may mean something else, and the position after it.
pub(in super::super) fn clock(atoms: &Atoms, at: usize) -> Option<(Clock, Certainty, usize)> {
    let preposition = atoms.any(at, BEFORE);
    let from = preposition.unwrap_or(at);
    if let Some((hour, end)) = atoms.meaning(from, NAMED) {
        return Some((Clock { full: true, ..Clock::new(hour, 0) }, 0, end));
    }
    if let Some((part, after)) = atoms.meaning(from, PART_FIRST) {
        // "tonight at eight": the day is read apart.
        let (mut clock, _, end) =
            clock(atoms, atoms.skip(after, &["at"])).filter(|(clock, ..)| clock.part.is_none())?;
        clock.part = Some(part);
        return Some((clock, 0, end));
    }
    let (mut clock, told, end) = past_or_to(atoms, from).or_else(|| plain(atoms, from))?;
    let (part, end) = match atoms.meaning(end, PARTS) {
        Some((part, end)) => (Some(part), end),
        None => (None, end),
    };
    let tonight = at > 0 && atoms.any(at - 1, &["tonight"]).is_some();
    clock.part = part.or(tonight.then_some(Part::Evening));
    let loss = if told || part.is_some() || preposition.is_some() { 0 } else { BARE_NUMBER };
    Some((clock, loss, end))
}

/// "half past two", "a quarter to nine", "twenty past eight", "five minutes to six".
fn past_or_to(atoms: &Atoms, at: usize) -> Option<(Clock, bool, usize)> {
    let (minutes, after) = match atoms.meaning(at, SHARES) {
        Some(found) => found,
        None => {
            let (minutes, after) = number(atoms, at).filter(|(minutes, _)| (1..60).contains(minutes))?;
            (minutes, atoms.skip(after, &["minutes", "minute"]))
        }
    };
    let (sign, after) =
        atoms.meaning(after, &[("past", 1), ("after", 1), ("to", -1), ("of", -1), ("before", -1), ("till", -1)])?;
    let (hour, end) = match atoms.meaning(after, NAMED) {
        Some(found) => found,
        None => hour(atoms, after)?,
    };
    let minutes = i8::try_from(minutes).ok()?;
    let clock = match (sign, hour) {
        (1, _) => Clock::new(hour, minutes),
        (_, 0) => Clock { full: true, ..Clock::new(23, 60 - minutes) },
        (_, 1) => Clock::new(12, 60 - minutes),
        _ => Clock::new(hour - 1, 60 - minutes),
    };
    Some((clock, true, atoms.skip(end, &["o'clock"])))
}

/// "three", "three o'clock", "three thirty", "fifteen thirty", "three oh five", "15:30".
fn plain(atoms: &Atoms, at: usize) -> Option<(Clock, bool, usize)> {
    if let Some((hour, minute)) = atoms.figure(at).and_then(|figure| figure.split_once([':', '.'])) {
        let clock = Clock { full: hour.starts_with('0'), ..Clock::new(hour.parse().ok()?, minute.parse().ok()?) };
        return fits(clock).then_some((clock, true, at + 1));
    }
    let oh = atoms.any(at, &["oh", "zero"]);
    let (hour, after) = hour(atoms, oh.unwrap_or(at))?;
    let full = oh.is_some();
    if let Some(end) = atoms.any(after, &["o'clock", "oclock", "sharp", "hours"]) {
        return Some((Clock { full, ..Clock::new(hour, 0) }, true, end));
    }
    let minute = pair_end(atoms, after).filter(|(minute, _)| *minute < 60);
    match minute {
        Some((minute, end)) => {
            let clock = Clock { full, ..Clock::new(hour, i8::try_from(minute).ok()?) };
            Some((clock, true, end))
        }
        // "half" and its like follow nothing.
        None => Some((Clock { full, ..Clock::new(hour, 0) }, false, after)),
    }
}

fn hour(atoms: &Atoms, at: usize) -> Option<(i8, usize)> {
    let (hour, end) = number(atoms, at).filter(|(hour, _)| *hour <= 24)?;
    Some((i8::try_from(hour).ok()?, end))
}

fn number(atoms: &Atoms, at: usize) -> Option<(u64, usize)> {
    match atoms.whole(at) {
        Some(figure) => Some((figure, at + 1)),
        None => below_hundred(atoms, at),
    }
}

fn fits(clock: Clock) -> bool {
    (0..=24).contains(&clock.hour) && (0..60).contains(&clock.minute)
}

/// The minutes from now that a phrase means: "in twenty minutes", "in half an hour", "now".
pub(in super::super) fn from_now(atoms: &Atoms, at: usize) -> Option<(i64, usize)> {
    if let Some(end) = atoms.any(at, &["now", "right now", "straight away", "immediately"]) {
        return Some((0, end));
    }
    let in_front = atoms.any(at, &["in", "in about"]);
    let from = in_front.unwrap_or(at);
    let parts = atoms.meaning(from, &[("half an hour", 30), ("a quarter of an hour", 15), ("an hour and a half", 90)]);
    let (minutes, end) = match parts {
        Some(found) => found,
        None => {
            let (count, unit, end) = match in_front {
                Some(_) => in_some(atoms, at)?,
                None => some(atoms, at)?,
            };
            let minutes = match unit {
                Unit::Minute => i64::from(count),
                Unit::Hour => i64::from(count) * 60,
                Unit::Day | Unit::Week | Unit::Month | Unit::Year => return None,
            };
            (minutes, end)
        }
    };
    match atoms.any(end, &["from now"]) {
        Some(end) => Some((minutes, end)),
        None => in_front.map(|_| (minutes, end)),
    }
}

/// The words of times.
pub(super) fn phrases() -> Vec<&'static str> {
    const SPOKEN: &[&str] = &[
        "o'clock",
        "half past",
        "quarter past",
        "quarter to",
        "past",
        "to",
        "noon",
        "midnight",
        "a m",
        "p m",
        "in the morning",
        "in the afternoon",
        "in the evening",
        "at night",
        "at",
        "minutes",
        "hour",
        "hours",
        "in",
        "from now",
        "now",
    ];
    SPOKEN.to_vec()
}

const BEFORE: &[&str] =
    &["at", "around", "about", "at about", "at around", "by", "from", "until", "till", "before", "after"];
const NAMED: &[(&str, i8)] = &[
    ("noon", 12),
    ("midday", 12),
    ("twelve noon", 12),
    ("twelve o'clock noon", 12),
    ("midnight", 0),
    ("twelve midnight", 0),
];
const SHARES: &[(&str, u64)] = &[("half", 30), ("quarter", 15), ("a quarter", 15), ("three quarters", 45)];
const PARTS: &[(&str, Part)] = &[
    ("am", Part::Morning),
    ("a m", Part::Morning),
    ("pm", Part::Afternoon),
    ("p m", Part::Afternoon),
    ("in the morning", Part::Morning),
    ("this morning", Part::Morning),
    ("in the afternoon", Part::Afternoon),
    ("this afternoon", Part::Afternoon),
    ("in the evening", Part::Evening),
    ("this evening", Part::Evening),
    ("tonight", Part::Evening),
    ("at night", Part::Night),
];
const PART_FIRST: &[(&str, Part)] = &[
    ("morning", Part::Morning),
    ("in the morning", Part::Morning),
    ("afternoon", Part::Afternoon),
    ("in the afternoon", Part::Afternoon),
    ("evening", Part::Evening),
    ("in the evening", Part::Evening),
    ("night", Part::Night),
];
/// A number by itself may count anything.
const BARE_NUMBER: Certainty = 10;
