//! Numbers in English: "a hundred and five", "twelve hundred", "three point one four", "minus two and a half".

use call_model::Certainty;

use super::super::amount::Amount;
use super::super::atoms::Atoms;

/// The numbers that a phrase can mean, and the position after it.
pub(in super::super) fn numbers(atoms: &Atoms, at: usize) -> Option<(Vec<(Amount, Certainty)>, usize)> {
    if atoms.at(at) == Some("one") && stands_for_something(atoms, at) {
        return None;
    }
    let (negative, from) = match atoms.any(at, MINUS) {
        Some(after) => (true, after),
        None => (false, at),
    };
    let (amount, end) = amount(atoms, from)?;
    let mut readings = vec![(amount.clone(), 0)];
    let mut last = end;
    // "twelve fifty" is 1250.
    if amount.decimals.is_empty()
        && (10..100).contains(&amount.whole)
        && let Some((rest, after)) = pair_end(atoms, end)
    {
        readings = vec![(Amount::whole(amount.whole * 100 + rest), IN_PAIRS)];
        last = after;
    }
    readings.iter_mut().for_each(|(amount, _)| amount.negative = negative);
    Some((readings, last))
}

/// Whether "one" is no number: "I do not have one."
fn stands_for_something(atoms: &Atoms, at: usize) -> bool {
    let lacks = |phrase: &&str| {
        let from = at.checked_sub(phrase.split(' ').count());
        from.is_some_and(|from| atoms.after(from, phrase) == Some(at))
    };
    at + 1 == atoms.len() && LACKING.iter().any(lacks)
}

/// A number with its decimals.
pub(super) fn amount(atoms: &Atoms, at: usize) -> Option<(Amount, usize)> {
    if let Some(end) = atoms.any(at, &["half a million"]) {
        return Some((Amount::whole(500_000), end));
    }
    let (mut amount, mut end) = match atoms.any(at, &["half a", "half an", "a half", "half"]) {
        Some(end) if atoms.any(at, &["a half", "half"]) == Some(end) => {
            return Some((Amount { decimals: "5".to_owned(), ..Amount::default() }, end));
        }
        _ => match atoms.figure(at).filter(|figure| figure.contains('.')) {
            Some(figure) => (Amount::figure(figure)?, at + 1),
            None => cardinal(atoms, at).map(|(whole, end)| (Amount::whole(whole), end))?,
        },
    };
    if let Some(after) = atoms.any(end, &["point", "dot"]) {
        let mut next = after;
        while let Some((digit, after)) = atoms.meaning(next, DIGITS) {
            amount.decimals.push(digit);
            next = after;
        }
        if next == after {
            let figures = atoms.figure(after).filter(|figures| figures.bytes().all(|b| b.is_ascii_digit()));
            if let Some(figures) = figures {
                amount.decimals.push_str(figures);
                next = after + 1;
            }
        }
        end = if next == after { end } else { next };
    } else if let Some(after) = atoms.any(end, &["and a half"]).filter(|_| amount.decimals.is_empty()) {
        amount.decimals.push('5');
        end = after;
    }
    while let Some((scale, after)) = atoms.meaning(end, SCALES).filter(|_| !amount.decimals.is_empty()) {
        amount = amount.times(scale)?;
        end = after;
    }
    Some((amount, end))
}

/// A whole number.
pub(super) fn cardinal(atoms: &Atoms, at: usize) -> Option<(u64, usize)> {
    let (mut total, mut end, mut last_scale) = (0u64, at, u64::MAX);
    loop {
        let from = if end == at { at } else { atoms.skip(end, &["and"]) };
        let Some((group, after)) = below_thousand(atoms, from, end == at) else { break };
        let scale = atoms.meaning(after, SCALES).filter(|(scale, _)| *scale < last_scale);
        // A group without a scale is the last one, and is joined only below a thousand of the scale before.
        match scale {
            Some((scale, after)) => {
                total = total.checked_add(group.checked_mul(scale)?)?;
                (end, last_scale) = (after, scale);
            }
            None if end == at => return Some((group, after)),
            None if last_scale >= 1000 && group < 1000 && group > 0 => return Some((total.checked_add(group)?, after)),
            None => break,
        }
    }
    (end > at).then_some((total, end))
}

fn below_thousand(atoms: &Atoms, at: usize, first: bool) -> Option<(u64, usize)> {
    let indefinite = atoms.any(at, &["a", "an"]).filter(|after| {
        first && (atoms.any(*after, &["hundred"]).is_some() || atoms.meaning(*after, SCALES).is_some())
    });
    let (count, after) = match indefinite {
        Some(after) => (1, after),
        None => match atoms.whole(at) {
            Some(figure) => (figure, at + 1),
            None => below_hundred(atoms, at)?,
        },
    };
    let Some(hundred) = atoms.any(after, &["hundred"]).filter(|_| (1..100).contains(&count)) else {
        return Some((count, after));
    };
    let rest = below_hundred(atoms, atoms.skip(hundred, &["and"])).filter(|(rest, _)| *rest > 0);
    match rest {
        // "two hundred thousand" and "two hundred three thousand" are both groups before a scale.
        Some((rest, end)) => Some((count * 100 + rest, end)),
        None => Some((count * 100, hundred)),
    }
}

/// A number from 0 to 99 in words.
pub(super) fn below_hundred(atoms: &Atoms, at: usize) -> Option<(u64, usize)> {
    if let Some((tens, after)) = atoms.meaning(at, TEN_NAMES) {
        return match atoms.meaning(after, UNIT_NAMES).filter(|(unit, _)| (1..10).contains(unit)) {
            Some((unit, end)) => Some((tens + unit, end)),
            None => Some((tens, after)),
        };
    }
    atoms.meaning(at, UNIT_NAMES)
}

/// The second half of a number said in pairs: "fifty", "oh five", "seventeen".
pub(super) fn pair_end(atoms: &Atoms, at: usize) -> Option<(u64, usize)> {
    if let Some(after) = atoms.any(at, &["oh", "zero"]) {
        return atoms.meaning(after, UNIT_NAMES).filter(|(unit, _)| (1..10).contains(unit));
    }
    below_hundred(atoms, at).filter(|(rest, _)| *rest >= 10)
}

/// A number of two digits and more inside a string of digits: "twenty three", "eight hundred".
pub(in super::super) fn small_number(atoms: &Atoms, at: usize) -> Option<(u64, Certainty, usize)> {
    let (count, after) = below_hundred(atoms, at)?;
    let scaled = atoms.meaning(after, IN_STRINGS).filter(|_| (1..100).contains(&count));
    let Some((scale, end)) = scaled else { return Some((count, IN_NUMBERS, after)) };
    let joint = atoms.any(end, &["and"]);
    let rest = below_hundred(atoms, joint.unwrap_or(end)).filter(|(rest, after)| {
        // In "eight hundred five five five" the fives are digits.
        *rest > 0 && (joint.is_some() || *rest >= 10 || atoms.meaning(*after, DIGITS).is_none())
    });
    match rest {
        Some((rest, end)) => Some((count * scale + rest, IN_NUMBERS, end)),
        None => Some((count * scale, IN_NUMBERS, end)),
    }
}

/// Numbers as position in a row: "fifth", "twenty first", "5th".
pub(super) fn ordinal(atoms: &Atoms, at: usize) -> Option<(u64, usize)> {
    if let Some(figure) = atoms.whole(at) {
        return atoms.any(at + 1, &["st", "nd", "rd", "th"]).map(|end| (figure, end));
    }
    if let Some((tens, after)) = atoms.meaning(at, TEN_NAMES)
        && let Some((unit, end)) = atoms.meaning(after, ORDINALS).filter(|(unit, _)| *unit < 10)
    {
        return Some((tens + unit, end));
    }
    atoms.meaning(at, ORDINALS)
}

/// The words of all numbers.
pub(super) fn phrases() -> Vec<&'static str> {
    let names = UNIT_NAMES.iter().chain(TEN_NAMES).map(|(name, _)| *name);
    names.filter(|name| *name != "nought").chain(["oh", "a", "and", "half"]).collect()
}

/// The words of large and broken numbers.
pub(super) const ONLY_NUMBERS: &[&str] = &["hundred", "thousand", "million", "point", "minus"];

/// What "one" follows that stands for something.
const LACKING: &[&str] = &["not have", "don't have", "do not need", "don't need", "don't want", "do not want"];
const MINUS: &[&str] = &["minus", "negative", "-"];
pub(super) const UNIT_NAMES: &[(&str, u64)] = &[
    ("zero", 0),
    ("nought", 0),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
];
pub(super) const TEN_NAMES: &[(&str, u64)] = &[
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
];
pub(super) const ORDINALS: &[(&str, u64)] = &[
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fourth", 4),
    ("fifth", 5),
    ("sixth", 6),
    ("seventh", 7),
    ("eighth", 8),
    ("ninth", 9),
    ("tenth", 10),
    ("eleventh", 11),
    ("twelfth", 12),
    ("thirteenth", 13),
    ("fourteenth", 14),
    ("fifteenth", 15),
    ("sixteenth", 16),
    ("seventeenth", 17),
    ("eighteenth", 18),
    ("nineteenth", 19),
    ("twentieth", 20),
    ("thirtieth", 30),
];
const SCALES: &[(&str, u64)] = &[("thousand", 1000), ("million", 1_000_000), ("billion", 1_000_000_000)];
const IN_STRINGS: &[(&str, u64)] = &[("hundred", 100), ("thousand", 1000)];
const DIGITS: &[(&str, char)] = &[
    ("zero", '0'),
    ("oh", '0'),
    ("nought", '0'),
    ("one", '1'),
    ("two", '2'),
    ("three", '3'),
    ("four", '4'),
    ("five", '5'),
    ("six", '6'),
    ("seven", '7'),
    ("eight", '8'),
    ("nine", '9'),
];
/// "twelve fifty" may also be a price or a time.
const IN_PAIRS: Certainty = 10;
/// Digits that were said as a number: "twenty three" may be 20 and 3.
const IN_NUMBERS: Certainty = 5;
