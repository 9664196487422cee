//! Telephone numbers in E.164.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A validated E.164 number: `+`, then 3 to 15 digits, the first not 0.
///
/// Only the shape is checked here. Whether a number can exist in its country is asked where lists are read (`dialer`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

/// Why a text is not an E.164 number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an E.164 number: expected + and 3 to 15 digits, the first not 0")]
pub struct ParsePhoneNumberError;

impl PhoneNumber {
    /// The number with its `+`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits without `+`.
    pub fn digits(&self) -> &str {
        &self.0[1..]
    }
}

impl FromStr for PhoneNumber {
    type Err = ParsePhoneNumberError;

    fn from_str(text: &str) -> Result<Self, ParsePhoneNumberError> {
        let digits = text.strip_prefix('+').ok_or(ParsePhoneNumberError)?;
        let long_enough = (3..=15).contains(&digits.len());
        if long_enough && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0') {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParsePhoneNumberError)
        }
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = ParsePhoneNumberError;
    fn try_from(text: String) -> Result<Self, ParsePhoneNumberError> {
        text.parse()
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> String {
        number.0
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_is_checked() {
        assert!("+12025550123".parse::<PhoneNumber>().is_ok());
        for text in ["12025550123", "+0123", "+1", "+1234567890123456", "+1202555o123", "+"] {
            assert!(text.parse::<PhoneNumber>().is_err(), "{text}");
        }
    }
}
