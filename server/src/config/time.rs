//! Lengths of time as people write them: `500ms`, `15s`, `2m`, `1h`.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;

/// A length of time with its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Period(Duration);

/// A text that is no length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a length of time: write a whole number and a unit, such as 500ms, 15s, 2m or 1h")]
pub struct PeriodError(String);

impl Period {
    /// Whole seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// The length.
    pub fn get(self) -> Duration {
        self.0
    }
}

impl TryFrom<String> for Period {
    type Error = PeriodError;

    fn try_from(text: String) -> Result<Self, PeriodError> {
        let unit_at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(unit_at);
        let milliseconds = match unit.trim() {
            "ms" => 1,
            "s" => 1_000,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            _ => return Err(PeriodError(text)),
        };
        let count: u64 = number.parse().map_err(|_| PeriodError(text.clone()))?;
        let total = count.checked_mul(milliseconds).ok_or(PeriodError(text))?;
        Ok(Self(Duration::from_millis(total)))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}ms", self.0.as_millis())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_understood() {
        let read = |text: &str| Period::try_from(text.to_owned()).map(|p| p.get().as_millis());
        assert_eq!(read("500ms"), Ok(500));
        assert_eq!(read("15s"), Ok(15_000));
        assert_eq!(read("2m"), Ok(120_000));
        for text in ["15", "s", "-1s", "1.5s", "99999999999999999999s", "18446744073709551615h"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
