//! Money: 一千二百零五块三毛, 三块五, 五毛, 两百, 만 오천 원.

use call_model::Certainty;

use super::super::amount::Amount;
use super::super::atoms::Atoms;
use super::number::{amount, cardinal, stands};
use crate::language::{Myriad, Words};

/// The amounts in hundredths that a phrase can mean, and the position after it.
pub(in super::super) fn money(
    atoms: &Atoms,
    at: usize,
    table: &Myriad,
    words: &Words,
) -> Option<(Vec<(i64, Certainty)>, usize)> {
    if table.spaced && !atoms.begins_word(at) {
        return None;
    }
    let loss_of = |currency: &str| if currency == words.currency { 0 } else { OTHER_CURRENCY };
    if let Some((currency, after)) = atoms.meaning(at, SIGNS) {
        let (amount, _, end) = amount(atoms, after, table)?;
        return Some((vec![(amount.hundredths()?, loss_of(currency))], end));
    }
    let from = atoms.skip(at, table.minus);
    let (amount, loss, end) = amount(atoms, from, table)?;
    let sign = if from > at { -1 } else { 1 };
    let given =
        |hundredths: i64, loss, end| Some((vec![(sign * hundredths, loss)], atoms.skip(end, table.after_money)));
    if !table.spaced && counts_time(atoms, end, table) {
        return None;
    }
    if let Some((currency, after)) = atoms.meaning(end, table.main) {
        let (rest, end) = rest(atoms, after, &amount, table);
        return given(amount.hundredths()?.checked_add(rest)?, loss_of(currency), end);
    }
    if let Some(after) = atoms.any(end, table.tenths) {
        let (rest, end) = hundredths(atoms, after, table);
        return given((amount.hundredths()? / 10).checked_add(rest)?, 0, end);
    }
    if let Some(after) = atoms.any(end, table.hundredths) {
        return given(i64::try_from(amount.whole).ok()?, 0, after);
    }
    if !stands(atoms, end, table) && atoms.figure(from).is_none() {
        return None;
    }
    if !table.spaced && end == from + 1 && !is_all(atoms, at, end) {
        return None;
    }
    given(amount.hundredths()?, loss.saturating_add(NO_UNIT), end)
}

/// Whether what a number counts is time: 十二点, 五分钟, 二十号.
fn counts_time(atoms: &Atoms, end: usize, table: &Myriad) -> bool {
    let marks = [table.hour, table.day, table.month, table.year];
    marks.iter().any(|marks| atoms.any(end, marks).is_some()) || atoms.meaning(end, table.units).is_some()
}

/// Whether a number is all that was said, but for words that say that it is one. A single numeral without a unit is in
/// many words that are none: 想一想, 等一会, 一点.
fn is_all(atoms: &Atoms, start: usize, end: usize) -> bool {
    let mut others = (0..start).chain(end..atoms.len()).filter_map(|at| atoms.at(at));
    others.all(|other| other.chars().all(|c| BESIDE_A_NUMBER.contains(c)))
}

/// Whether an amount begins at a position: hundreds and more, or a number with a unit behind it.
pub(in super::super) fn begins_amount(atoms: &Atoms, at: usize, table: &Myriad) -> bool {
    let unit = |end| {
        let parts = [table.tenths, table.hundredths];
        atoms.meaning(end, table.main).is_some() || parts.iter().any(|names| atoms.any(end, names).is_some())
    };
    let number = atoms.whole(at).map(|figure| (figure, at + 1)).or_else(|| cardinal(atoms, at, table));
    atoms.meaning(at, SIGNS).is_some()
        || number.is_some_and(|(whole, end)| whole >= 100 && atoms.figure(at).is_none() || unit(end))
}

/// What follows the main unit: 三毛, 三毛五分, 五分, 零五分, and 五 for 五毛; 半 is half of it.
fn rest(atoms: &Atoms, at: usize, main: &Amount, table: &Myriad) -> (i64, usize) {
    if !main.decimals.is_empty() || table.tenths.is_empty() && table.hundredths.is_empty() {
        return (0, at);
    }
    if let Some(end) = atoms.any(at, table.half) {
        return (50, end);
    }
    let zero = atoms.meaning(at, table.digits).filter(|(digit, _)| *digit == 0).map(|(_, after)| after);
    let Some((count, after)) = small(atoms, zero.unwrap_or(at), table) else { return (0, at) };
    if let Some(after) = atoms.any(after, table.tenths) {
        let (rest, end) = hundredths(atoms, after, table);
        return (count * 10 + rest, end);
    }
    if let Some(end) = atoms.any(after, table.hundredths) {
        return (count, end);
    }
    // 三块五 is 3.50, 三块二毛五 was read above; 五块三个 holds no tenths.
    let ends = atoms.at(after).is_none() || atoms.begins_word(after) && atoms.at(after) == Some("[unk]");
    match zero {
        None if ends && table.last_digit_shifts => (if count < 10 { count * 10 } else { count }, after),
        _ => (0, at),
    }
}

fn hundredths(atoms: &Atoms, at: usize, table: &Myriad) -> (i64, usize) {
    let Some((count, after)) = small(atoms, at, table).filter(|(count, _)| *count < 10) else { return (0, at) };
    match atoms.any(after, table.hundredths) {
        Some(end) => (count, end),
        None if atoms.at(after).is_none() => (count, after),
        None => (0, at),
    }
}

fn small(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(i64, usize)> {
    let (count, end) = match atoms.whole(at) {
        Some(figure) => (figure, at + 1),
        None => cardinal(atoms, at, table)?,
    };
    (count < 100).then_some((i64::try_from(count).ok()?, end))
}

/// 不是五, 改成五, 就五吧.
const BESIDE_A_NUMBER: &str = "不是对就吧的啊嗯呃那改换成应该说错了";
const SIGNS: &[(&str, &str)] = &[("$", "USD"), ("€", "EUR"), ("£", "GBP"), ("¥", "CNY"), ("￥", "CNY"), ("₩", "KRW")];
/// A number without a unit.
const NO_UNIT: Certainty = 3;
/// Another currency than the flow's.
const OTHER_CURRENCY: Certainty = 40;
