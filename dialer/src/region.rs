//! The country that numbers without a country code belong to.

use std::fmt;
use std::str::FromStr;

use phonenumber::country;
use serde::{Deserialize, Serialize};

/// A country, by its ISO 3166-1 code of two letters (`US`, `GB`, `CN`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(country::Id);

/// A text that is no country with telephones.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no country code; give two letters of ISO 3166, for example US, GB or CN")]
pub struct ParseRegionError(String);

impl Region {
    /// The two letters.
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }

    pub(crate) fn id(self) -> country::Id {
        self.0
    }
}

impl FromStr for Region {
    type Err = ParseRegionError;
    fn from_str(text: &str) -> Result<Self, ParseRegionError> {
        text.trim().to_ascii_uppercase().parse().map(Self).map_err(|_| ParseRegionError(text.to_owned()))
    }
}

impl TryFrom<String> for Region {
    type Error = ParseRegionError;
    fn try_from(text: String) -> Result<Self, ParseRegionError> {
        text.parse()
    }
}

impl From<Region> for String {
    fn from(region: Region) -> String {
        region.as_str().to_owned()
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
