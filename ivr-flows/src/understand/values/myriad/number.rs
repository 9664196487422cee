//! Numbers: 一千二百零五, 两百, 一百五 (150), 三点五, 负二, 이십삼, 백오.

use call_model::Certainty;

use super::super::amount::Amount;
use super::super::atoms::Atoms;
use crate::language::Myriad;

/// The numbers that a phrase can mean, and the position after it.
pub(in super::super) fn numbers(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(Vec<(Amount, Certainty)>, usize)> {
    let (negative, from) = match atoms.any(at, table.minus) {
        Some(after) => (true, after),
        None => (false, at),
    };
    if table.spaced && !atoms.begins_word(at) {
        return None;
    }
    let plain = amount(atoms, from, table).filter(|(.., end)| stands(atoms, *end, table));
    let things = things(atoms, from, table).map(|(whole, end)| (Amount::whole(whole), 0, end));
    let (mut amount, loss, end) = [plain, things].into_iter().flatten().max_by_key(|(.., end)| *end)?;
    amount.negative = negative;
    Some((vec![(amount, loss)], end))
}

/// Whether what was read as a number may be one by what hangs on it: 오 in 오늘 is none, in 오를 it is.
pub(super) fn stands(atoms: &Atoms, end: usize, table: &Myriad) -> bool {
    let end = atoms.skip(end, table.counters);
    let ends = |end| atoms.begins_word(end);
    !table.spaced || ends(end) || table.after_number.iter().filter_map(|hangs| atoms.after(end, hangs)).any(ends)
}

/// A number of the other row that counts things: 다섯, 두 명, 열세 개.
fn things(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(u64, usize)> {
    let (number, end) = other_row(atoms, at, table)?;
    let waits = (at..end).any(|from| table.counting.iter().any(|short| atoms.after(from, short) == Some(end)));
    let counts = !waits || atoms.any(end, table.counters).is_some();
    (counts && stands(atoms, end, table)).then_some((number, end))
}

/// A number with its decimals.
pub(super) fn amount(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(Amount, Certainty, usize)> {
    if let Some(figure) = atoms.figure(at) {
        let mut amount = Amount::figure(figure)?;
        let mut end = at + 1;
        while let Some((scale, after)) = atoms.meaning(end, table.big) {
            amount = amount.times(scale)?;
            end = after;
        }
        return Some((amount, 0, end));
    }
    if let Some(end) = atoms.any(at, table.half) {
        return Some((Amount { decimals: "5".to_owned(), ..Amount::default() }, HALF_ALONE, end));
    }
    let (whole, mut loss, mut end) = match string(atoms, at, table).filter(|(digits, _)| digits.len() > 1) {
        Some((digits, end)) => (digits.parse().ok()?, DIGIT_BY_DIGIT, end),
        None => cardinal(atoms, at, table).map(|(whole, end)| (whole, 0, end))?,
    };
    let mut amount = Amount::whole(whole);
    if let Some(after) = atoms.any(end, table.point)
        && let Some((decimals, after)) = string(atoms, after, table)
    {
        amount.decimals = decimals;
        (loss, end) = (0, after);
        while let Some((scale, after)) = atoms.meaning(end, table.big) {
            amount = amount.times(scale)?;
            end = after;
        }
    }
    Some((amount, loss, end))
}

/// Digits said one by one: 二零二七.
pub(super) fn string(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(String, usize)> {
    let (mut digits, mut end) = (String::new(), at);
    while let Some((digit, after)) = atoms.meaning(end, table.digits) {
        digits.push_str(&digit.to_string());
        end = after;
    }
    // The last digit may begin a number: 三 in 二零三百 is none of the string's.
    (end > at && atoms.meaning(end, table.small).is_none() && atoms.meaning(end, table.big).is_none())
        .then_some((digits, end))
}

/// A whole number.
pub(super) fn cardinal(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(u64, usize)> {
    cardinal_before(atoms, at, atoms.len(), table)
}

/// A whole number and the mark behind it: 五月, 십일. A mark may look like a digit: 일 is both "one" and "day".
pub(super) fn marked(atoms: &Atoms, at: usize, table: &Myriad, marks: &[&str]) -> Option<(u64, usize)> {
    if let Some(figure) = atoms.whole(at) {
        return atoms.any(at + 1, marks).map(|end| (figure, end));
    }
    let (number, after) = cardinal(atoms, at, table)?;
    // The next word may begin like a mark: 이십일 일요일.
    let whole = |end: &usize| !table.spaced || !atoms.begins_word(after) || atoms.begins_word(*end);
    if let Some(end) = atoms.any(after, marks).filter(whole) {
        return Some((number, end));
    }
    let (number, before) = cardinal_before(atoms, at, after - 1, table)?;
    atoms.any(before, marks).map(|end| (number, end))
}

fn cardinal_before(atoms: &Atoms, at: usize, limit: usize, table: &Myriad) -> Option<(u64, usize)> {
    let mut sum = Sum { bare_unit: table.bare_unit, shifts: table.last_digit_shifts, ..Sum::default() };
    let (mut next, mut end) = (at, None);
    while next < limit {
        let (taken, after) = if let Some((digit, after)) = atoms.meaning(next, table.digits) {
            (sum.digit(digit), after)
        } else if let Some((unit, after)) = atoms.meaning(next, table.small) {
            (sum.small(unit), after)
        } else if let Some((unit, after)) = atoms.meaning(next, table.big) {
            (sum.big(unit), after)
        } else {
            break;
        };
        match taken {
            Taken::No => break,
            Taken::Zero => {}
            Taken::Yes => end = Some(after),
        }
        next = after;
    }
    Some((sum.total()?, end?))
}

/// A number of another row, or a cardinal: Korean hours.
pub(super) fn counted(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(u64, usize)> {
    if let Some(figure) = atoms.whole(at) {
        return Some((figure, at + 1));
    }
    let plain = cardinal(atoms, at, table);
    [plain, other_row(atoms, at, table)].into_iter().flatten().max_by_key(|(_, end)| *end)
}

/// 하나, 열둘, 스물한.
fn other_row(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(u64, usize)> {
    let (ten, after) = atoms.meaning(at, table.counted)?;
    let unit = atoms.meaning(after, table.counted).filter(|(unit, _)| ten >= 10 && *unit < 10);
    Some(unit.map_or((ten, after), |(unit, end)| (ten + unit, end)))
}

/// A number of two digits and more inside a string of digits: 一百, 二十三.
pub(in super::super) fn small_number(atoms: &Atoms, at: usize, table: &Myriad) -> Option<(u64, Certainty, usize)> {
    if table.spaced && !atoms.begins_word(at) {
        return None;
    }
    cardinal(atoms, at, table)
        .filter(|(number, _)| (10..10_000).contains(number))
        .map(|(number, end)| (number, AS_NUMBER, end))
}

/// A number that grows unit by unit.
#[derive(Debug, Default)]
struct Sum {
    total: u64,
    section: u64,
    digit: Option<u64>,
    /// The last unit of the section, the last one beyond sections, and the last one at all.
    last_small: u64,
    last_big: u64,
    last: u64,
    zero: bool,
    begun: bool,
    bare_unit: u64,
    shifts: bool,
    failed: bool,
}

enum Taken {
    Yes,
    /// A zero that fills a gap: it counts only with what follows.
    Zero,
    No,
}

impl Sum {
    fn digit(&mut self, digit: u64) -> Taken {
        if digit == 0 && self.begun && self.digit.is_none() && !self.zero {
            self.zero = true;
            return Taken::Zero;
        }
        if self.digit.is_some() || self.begun && digit == 0 || self.last == 1 {
            return Taken::No;
        }
        self.digit = Some(digit);
        if !self.begun && digit == 0 {
            // Nothing follows a zero.
            self.last = 1;
        }
        self.begun = true;
        Taken::Yes
    }

    fn small(&mut self, unit: u64) -> Taken {
        let bare = self.digit.is_none();
        let too_large = self.last_small != 0 && unit >= self.last_small;
        if too_large || self.last == 1 || bare && (unit > self.bare_unit || self.zero && unit > 10) {
            return Taken::No;
        }
        self.section += self.digit.take().unwrap_or(1) * unit;
        (self.last_small, self.last, self.zero, self.begun) = (unit, unit, false, true);
        Taken::Yes
    }

    fn big(&mut self, unit: u64) -> Taken {
        let mut section = self.section + self.digit.take().unwrap_or(0);
        if section == 0 && self.total == 0 && self.bare_unit >= 1000 {
            section = 1;
        }
        if section == 0 && (self.total == 0 || unit <= self.last_big) || self.last == 1 {
            return Taken::No;
        }
        let grown = if unit > self.last_big && self.total > 0 {
            (self.total + section).checked_mul(unit)
        } else {
            section.checked_mul(unit).and_then(|section| section.checked_add(self.total))
        };
        self.failed |= grown.is_none();
        self.total = grown.unwrap_or(0);
        (self.section, self.last_small, self.last_big, self.last) = (0, 0, unit, unit);
        (self.zero, self.begun) = (false, true);
        Taken::Yes
    }

    fn total(&self) -> Option<u64> {
        let last = match self.digit {
            Some(digit) if self.shifts && !self.zero && self.last >= 100 => digit * self.last / 10,
            Some(digit) => digit,
            None => 0,
        };
        let whole = self.total.checked_add(self.section)?.checked_add(last)?;
        (self.begun && !self.failed).then_some(whole)
    }
}

/// A number of several digits is rarely said digit by digit.
const DIGIT_BY_DIGIT: Certainty = 5;
const HALF_ALONE: Certainty = 15;
/// Digits that were said as a number.
const AS_NUMBER: Certainty = 5;
