//! How long the dialogue waits.

use std::time::Duration;

use crate::reading::Reading;
use crate::yaml::{Fields, Tree};

/// The times of one flow, with their defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Timing {
    /// From the end of the prompt until the caller is taken for silent.
    pub(crate) no_input: Duration,
    /// From one key, or one spoken group of digits, until no more is expected.
    pub(crate) between_keys: Duration,
    /// Silence that ends what the caller says.
    pub(crate) end_of_speech: Duration,
    /// The longest that a caller may speak in one turn.
    pub(crate) max_speech: Duration,
}

impl Default for Timing {
    /// The usual values of VoiceXML platforms: 5 s without input, 3 s between keys, 0.8 s of silence for closed
    /// grammars, 10 s of speech.
    fn default() -> Self {
        Self {
            no_input: Duration::from_secs(5),
            between_keys: Duration::from_secs(3),
            end_of_speech: Duration::from_millis(800),
            max_speech: Duration::from_secs(10),
        }
    }
}

impl Timing {
    pub(crate) fn read(file: u32, tree: &Tree, reading: &mut Reading<'_>) -> Self {
        let otherwise = Self::default();
        let Some(mut fields) = reading.open(file, tree, "`timing`") else { return otherwise };
        let (ms, s) = (Duration::from_millis, Duration::from_secs);
        let mut take = |fields: &mut Fields<'_>, name, low, high, otherwise| {
            reading.duration(fields, name, low, high).unwrap_or(otherwise)
        };
        let timing = Self {
            no_input: take(&mut fields, "no_input", s(1), s(60), otherwise.no_input),
            between_keys: take(&mut fields, "between_keys", ms(500), s(30), otherwise.between_keys),
            end_of_speech: take(&mut fields, "end_of_speech", ms(200), s(5), otherwise.end_of_speech),
            max_speech: take(&mut fields, "max_speech", s(2), s(60), otherwise.max_speech),
        };
        fields.finish(&mut reading.findings);
        timing
    }
}
