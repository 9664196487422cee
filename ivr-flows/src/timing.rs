//! How long the dialogue waits.

use std::time::Duration;

use crate::reading::Reading;
use crate::yaml::{Fields, Tree};

/// The times of a question, with their defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Timing {
    /// From the end of the prompt until the caller is taken for silent (VoiceXML `timeout`).
    pub(crate) no_input: Duration,
    /// From one key, or one spoken group of digits, until no more is expected (`interdigittimeout`).
    pub(crate) between_keys: Duration,
    /// From the last key that fits until the string is taken; `#` takes it at once (`termtimeout`).
    pub(crate) after_keys: Duration,
    /// Silence that ends what the caller says (`incompletetimeout`).
    pub(crate) end_of_speech: Duration,
    /// Silence after a whole phrase that no longer phrase begins with (`completetimeout`).
    pub(crate) end_of_phrase: Duration,
    /// The longest that a caller may speak in one turn (`maxspeechtimeout`).
    pub(crate) max_speech: Duration,
    /// How long the clocks stand still for a caller who says "hold on".
    pub(crate) hold_on: Duration,
    /// The key that ends a string of keys (`termchar`).
    pub(crate) end_key: char,
}

impl Default for Timing {
    /// The usual values of VoiceXML platforms: 5 s without input, 3 s between keys, none after the last, 0.8 s of
    /// silence for closed grammars, 10 s of speech, `#`. After a whole phrase 0.18 s: long enough for the stop inside a
    /// word and for the words to have come out of the engine.
    fn default() -> Self {
        Self {
            no_input: Duration::from_secs(5),
            between_keys: Duration::from_secs(3),
            after_keys: Duration::ZERO,
            end_of_speech: Duration::from_millis(800),
            end_of_phrase: Duration::from_millis(180),
            max_speech: Duration::from_secs(10),
            hold_on: Duration::from_secs(60),
            end_key: '#',
        }
    }
}

impl Timing {
    /// Takes what is written; the rest is inherited.
    pub(crate) fn read(file: u32, tree: &Tree, around: &Self, reading: &mut Reading<'_>) -> Self {
        let Some(mut fields) = reading.open(file, tree, "`timing`") else { return around.clone() };
        let (ms, s) = (Duration::from_millis, Duration::from_secs);
        let end_key = read_end_key(&mut fields, reading).unwrap_or(around.end_key);
        let mut take = |fields: &mut Fields<'_>, name, low, high, otherwise| {
            reading.duration(fields, name, low, high).unwrap_or(otherwise)
        };
        let timing = Self {
            no_input: take(&mut fields, "no_input", s(1), s(60), around.no_input),
            between_keys: take(&mut fields, "between_keys", ms(500), s(30), around.between_keys),
            after_keys: take(&mut fields, "after_keys", ms(0), s(10), around.after_keys),
            end_of_speech: take(&mut fields, "end_of_speech", ms(200), s(5), around.end_of_speech),
            end_of_phrase: take(&mut fields, "end_of_phrase", ms(100), s(5), around.end_of_phrase),
            max_speech: take(&mut fields, "max_speech", s(2), s(60), around.max_speech),
            hold_on: take(&mut fields, "hold_on", s(5), s(300), around.hold_on),
            end_key,
        };
        fields.finish(&mut reading.findings);
        timing
    }
}

fn read_end_key(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<char> {
    let text = fields.text("end_key", &mut reading.findings)?;
    match text.text.as_str() {
        "#" => Some('#'),
        "*" => Some('*'),
        other => {
            let message = format!("`{other}` cannot end a string of keys");
            reading.findings.error(text.place, message, "write `end_key: \"#\"` or `end_key: \"*\"`");
            None
        }
    }
}
