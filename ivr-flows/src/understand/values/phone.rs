//! Telephone numbers: as they are said, and as E.164.

use std::str::FromStr;

use call_model::Certainty;
use phonenumber::{Mode, country};

use super::atoms::Atoms;
use super::{Readings, strings};
use crate::language::Words;
use crate::value::Value;

/// The country of numbers that are said without `+`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Country(country::Id);

impl Country {
    /// By its ISO 3166 code: `DE`, `CN`.
    pub(crate) fn named(code: &str) -> Option<Self> {
        country::Id::from_str(code).ok().map(Self)
    }
}

/// A telephone number at a position: E.164 where its country is known, otherwise the digits as they were said.
pub(super) fn find(atoms: &Atoms, at: usize, words: &Words, country: Option<&Country>) -> Readings {
    let plus = atoms.any(at, words.plus);
    let (spoken, end) = strings::string(atoms, plus.unwrap_or(at), words)?;
    let said = if plus.is_some() { format!("+{}", spoken.digits) } else { spoken.digits };
    let whole = e164(&said, country.copied());
    let loss = match &whole {
        Some(_) => spoken.loss,
        None if country.is_none() && (SHORTEST..=LONGEST).contains(&said.len()) => spoken.loss,
        None => NO_NUMBER,
    };
    Some((vec![(Value::Phone(whole.unwrap_or(said)), loss)], end))
}

/// A number as E.164, if there can be such a number.
pub(super) fn e164(said: &str, country: Option<Country>) -> Option<String> {
    if !said.starts_with('+') && country.is_none() {
        return None;
    }
    let number = phonenumber::parse(country.map(|country| country.0), said).ok().filter(phonenumber::is_valid)?;
    Some(number.format().mode(Mode::E164).to_string())
}

/// Digits of the shortest number that is taken where its country is not known: an emergency call.
pub(super) const SHORTEST: usize = 3;
/// E.164 has at most 15 digits.
pub(super) const LONGEST: usize = 15;
/// Digits that are no telephone number.
const NO_NUMBER: Certainty = 30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_stored_as_e164() {
        assert_eq!(e164("030 901820", Country::named("DE")).as_deref(), Some("+4930901820"));
        assert_eq!(e164("13800138000", Country::named("CN")).as_deref(), Some("+8613800138000"));
        assert_eq!(e164("+442079460958", None).as_deref(), Some("+442079460958"));
        assert_eq!(e164("12", Country::named("CN")), None);
        assert_eq!(e164("13800138000", None), None);
    }
}
