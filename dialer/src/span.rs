//! Spans of time as they are written in settings: `25s`, `15m`, `4h`, `1d 2h`. A day is 24 hours.

use std::time::Duration;

use jiff::SpanRelativeTo;
use serde::{Deserialize, Deserializer, Serializer};

/// The span that a text says.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let span: jiff::Span = text.trim().parse().ok()?;
    Duration::try_from(span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?).ok()
}

/// The text of a span, in hours and less.
pub(crate) fn print(span: Duration) -> String {
    jiff::SignedDuration::try_from(span).map(|span| format!("{span:#}")).unwrap_or_default()
}

pub(crate) fn serialize<S: Serializer>(span: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&print(*span))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    let wrong =
        || serde::de::Error::custom(format!("{text:?} is no span of time; write for example 25s, 15m, 4h or 1d"));
    parse(&text).ok_or_else(wrong)
}
