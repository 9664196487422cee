//! The number of a ticket, made to be spoken.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A number of 4 to 10 digits, such as `481516`: short enough to be said, heard and keyed in. Six digits drawn by
/// chance, unique in the project, do for a million tickets; the next one cannot be guessed from the last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TicketNumber(String);

/// A text that is no ticket's number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a ticket's number: expected 4 to 10 digits")]
pub struct ParseTicketNumberError;

impl TicketNumber {
    /// The fewest digits.
    pub const SHORTEST: usize = 4;
    /// The most digits.
    pub const LONGEST: usize = 10;

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TicketNumber {
    type Err = ParseTicketNumberError;
    fn from_str(text: &str) -> Result<Self, ParseTicketNumberError> {
        let fits = (Self::SHORTEST..=Self::LONGEST).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if fits { Ok(Self(text.to_owned())) } else { Err(ParseTicketNumberError) }
    }
}

impl TryFrom<String> for TicketNumber {
    type Error = ParseTicketNumberError;
    fn try_from(text: String) -> Result<Self, ParseTicketNumberError> {
        text.parse()
    }
}

impl From<TicketNumber> for String {
    fn from(number: TicketNumber) -> String {
        number.0
    }
}

impl fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_digits_make_a_ticket_number() {
        assert!("481516".parse::<TicketNumber>().is_ok());
        for text in ["", "123", "12345678901", "12a456", "１２３４"] {
            assert!(text.parse::<TicketNumber>().is_err(), "{text}");
        }
    }
}
