//! How a seed is written in JSON: as a text, since programs that read JSON's numbers as floating point (JavaScript)
//! know whole numbers up to 2^53 only. A number is read as well.

use std::fmt;

use serde::de::{Deserializer, Error, Visitor};
use serde::ser::Serializer;

/// For `#[serde(with = "call_model::seed")]`: writes the seed's decimal digits as a text.
pub fn serialize<S: Serializer>(seed: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(seed)
}

/// For `#[serde(with = "call_model::seed")]`: reads a text of decimal digits, or a number.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    deserializer.deserialize_any(SeedVisitor)
}

struct SeedVisitor;

impl Visitor<'_> for SeedVisitor {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a seed: its decimal digits as a text, or a number")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<u64, E> {
        Ok(number)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<u64, E> {
        u64::try_from(number).map_err(E::custom)
    }

    fn visit_str<E: Error>(self, digits: &str) -> Result<u64, E> {
        digits.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use crate::CallEvent;

    fn started(seed: &str) -> serde_json::Result<CallEvent> {
        serde_json::from_str(&format!(
            r#"{{"type":"started","outbound":false,"caller":"","called":"","flow":"","flow_hash":"","seed":{seed}}}"#
        ))
    }

    #[test]
    fn a_seed_is_written_as_a_text_and_read_as_text_or_number() {
        let largest = started(&format!("\"{}\"", u64::MAX)).expect("digits as a text");
        assert_eq!(serde_json::to_value(&largest).expect("plain data")["seed"], u64::MAX.to_string());
        assert_eq!(started(&u64::MAX.to_string()).expect("as it was stored before"), largest);
        for wrong in ["-1", "1.5", "\"\"", "\"18446744073709551616\"", "null"] {
            started(wrong).expect_err(wrong);
        }
    }
}
