//! Money in English: "twenty three euros fifty", "a hundred and five", "fifty cents", "two fifty".

use call_model::Certainty;

use super::super::amount::Amount;
use super::super::atoms::Atoms;
use super::number::{amount, cardinal, numbers, pair_end};
use crate::language::Words;

/// The amounts in hundredths that a phrase can mean, and the position after it.
pub(in super::super) fn money(atoms: &Atoms, at: usize, words: &Words) -> Option<(Vec<(i64, Certainty)>, usize)> {
    if let Some((own, after)) = unit(atoms, at, SIGNS, words) {
        let (amount, end) = amount(atoms, after)?;
        return Some((vec![(amount.hundredths()?, if own { 0 } else { OTHER_CURRENCY })], end));
    }
    let (amount, end) = some(atoms, at)?;
    if let Some((own, after)) = unit(atoms, end, MAIN, words) {
        let loss = if own { 0 } else { OTHER_CURRENCY };
        return with_hundredths(atoms, &amount, after, loss);
    }
    if amount.decimals.is_empty()
        && let Some(after) = atoms.any(end, HUNDREDTHS)
    {
        return Some((vec![(i64::try_from(amount.whole).ok()?, 0)], after));
    }
    // "two fifty" is 2.50 and, less likely, 250.
    if amount.decimals.is_empty()
        && amount.whole < 100
        && let Some((rest, after)) = pair_end(atoms, end)
    {
        let whole = i64::try_from(amount.whole * 100 + rest).ok()?;
        return Some((vec![(whole, NO_UNIT), (whole * 100, NO_UNIT + IN_PAIRS)], after));
    }
    let (readings, end) = numbers(atoms, at)?;
    if atoms.at(at) == Some("one") && end == at + 1 && !is_all(atoms, at, end) {
        return None;
    }
    let plain = readings.into_iter().filter_map(|(amount, loss)| Some((amount.hundredths()?, loss + NO_UNIT)));
    Some((plain.collect(), end))
}

/// Whether a number is all that was said, but for words that say that it is one: "one" is no amount in "one moment".
fn is_all(atoms: &Atoms, start: usize, end: usize) -> bool {
    let mut others = (0..start).chain(end..atoms.len()).filter_map(|at| atoms.at(at));
    others.all(|other| BESIDE_A_NUMBER.contains(&other))
}

/// Whether an amount begins at a position: hundreds and more, or a number with a unit behind it.
pub(in super::super) fn begins_amount(atoms: &Atoms, at: usize) -> bool {
    let unit = |end| atoms.meaning(end, MAIN).is_some() || atoms.any(end, HUNDREDTHS).is_some();
    atoms.meaning(at, SIGNS).is_some()
        || cardinal(atoms, at).is_some_and(|(whole, end)| whole >= 100 && atoms.figure(at).is_none() || unit(end))
}

/// What follows the main unit: "and fifty cents", "fifty".
fn with_hundredths(atoms: &Atoms, main: &Amount, at: usize, loss: Certainty) -> Option<(Vec<(i64, Certainty)>, usize)> {
    let alone = (vec![(main.hundredths()?, loss)], at);
    if !main.decimals.is_empty() {
        return Some(alone);
    }
    let joint = atoms.any(at, &["and"]);
    let Some((rest, end)) = cardinal(atoms, joint.unwrap_or(at)).filter(|(rest, _)| *rest < 100) else {
        return Some(alone);
    };
    let rest_of = i64::try_from(rest).ok()?;
    let whole = main.hundredths()?.checked_add(if main.negative { -rest_of } else { rest_of })?;
    match atoms.any(end, HUNDREDTHS) {
        Some(end) => Some((vec![(whole, loss)], end)),
        // "twenty euros and five apples" holds no cents.
        None if joint.is_none() && rest >= 10 => Some((vec![(whole, loss)], end)),
        None => Some(alone),
    }
}

/// A number, or "a" before a unit.
fn some(atoms: &Atoms, at: usize) -> Option<(Amount, usize)> {
    if let Some(after) = atoms.any(at, &["a", "an"]).filter(|after| atoms.meaning(*after, MAIN).is_some()) {
        return Some((Amount::whole(1), after));
    }
    let from = atoms.skip(at, &["minus"]);
    let (mut amount, end) = amount(atoms, from)?;
    amount.negative = from > at;
    Some((amount, end))
}

/// A unit of money: whether it is the flow's, and the position after it.
fn unit(atoms: &Atoms, at: usize, units: &[(&str, &str)], words: &Words) -> Option<(bool, usize)> {
    let (currency, end) = atoms.meaning(at, units)?;
    Some((currency == words.currency || currency.is_empty(), end))
}

/// The words of money.
pub(super) fn phrases() -> Vec<&'static str> {
    const SPOKEN: &[&str] =
        &["dollar", "dollars", "euro", "euros", "pound", "pounds", "cent", "cents", "pence", "yuan"];
    SPOKEN.to_vec()
}

const MAIN: &[(&str, &str)] = &[
    ("dollar", "USD"),
    ("dollars", "USD"),
    ("buck", "USD"),
    ("bucks", "USD"),
    ("us dollars", "USD"),
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("pound", "GBP"),
    ("pounds", "GBP"),
    ("pounds sterling", "GBP"),
    ("quid", "GBP"),
    ("yuan", "CNY"),
    ("renminbi", "CNY"),
    ("won", "KRW"),
    ("yen", "JPY"),
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("¥", "CNY"),
];
const SIGNS: &[(&str, &str)] = &[("$", "USD"), ("€", "EUR"), ("£", "GBP"), ("¥", "CNY")];
const HUNDREDTHS: &[&str] = &["cent", "cents", "penny", "pennies", "pence", "p", "fen", "jeon"];
/// "No, not five, one."
const BESIDE_A_NUMBER: &[&str] =
    &["no", "not", "just", "only", "i", "said", "meant", "mean", "make", "it", "is", "it's"];
/// A number without a unit.
const NO_UNIT: Certainty = 3;
/// "two fifty" may be 250.
const IN_PAIRS: Certainty = 20;
/// Another currency than the flow's.
const OTHER_CURRENCY: Certainty = 40;
