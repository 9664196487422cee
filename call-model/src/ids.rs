//! Ids as newtypes, so that a leg is never taken for a call.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text that is not the id it was given for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id: expected 32 hexadecimal digits, with or without hyphens")]
pub struct ParseIdError;

macro_rules! time_ordered_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// A UUID of version 7 (RFC 9562 5.7): it sorts by the time it was made.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// Makes an id from the wall clock (ms since 1970) and 74 bits of chance, both given by the caller.
            pub fn from_parts(unix_ms: u64, chance: u128) -> Self {
                Self(uuid_v7(unix_ms, chance))
            }

            /// The id as the 128 bits of its UUID.
            pub fn as_u128(self) -> u128 {
                self.0
            }
        }

        impl From<u128> for $name {
            fn from(bits: u128) -> Self {
                Self(bits)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_uuid(self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_uuid(self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                parse_uuid(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

time_ordered_id!(
    /// One call: one or more legs under one id.
    CallId
);
time_ordered_id!(
    /// One attempt to reach a lead, reserved on disk before its INVITE is sent.
    AttemptId
);
time_ordered_id!(
    /// One campaign.
    CampaignId
);
time_ordered_id!(
    /// One uploaded list of a campaign.
    ListId
);
time_ordered_id!(
    /// One row of a campaign's list.
    LeadId
);
time_ordered_id!(
    /// Work that a service does while, or after, a caller waits.
    JobId
);
time_ordered_id!(
    /// A message that a caller spoke.
    RecordingId
);

macro_rules! counted_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

counted_id!(
    /// One party's connection to us; unique while the process lives.
    LegId
);
counted_id!(
    /// An order that crossed a queue; exactly one closing fact answers it. Unique within its call.
    OrderId
);

/// A line of business with its own numbers, flows, queues and people. Every stored row belongs to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ProjectId(pub i64);

impl Default for ProjectId {
    /// The project that exists from the first migration.
    fn default() -> Self {
        Self(1)
    }
}

macro_rules! named_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps the name as it is configured.
            pub fn new(name: impl Into<String>) -> Self {
                Self(name.into())
            }

            /// The name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

named_id!(
    /// A human agent, by the user name of the agent's telephone.
    AgentId
);
named_id!(
    /// A queue, by its configured name.
    QueueId
);
named_id!(
    /// The SHA-256 of a flow's files, in lower-case hexadecimal: with a seed it makes a call repeatable.
    FlowHash
);

fn uuid_v7(unix_ms: u64, chance: u128) -> u128 {
    let time = u128::from(unix_ms & 0xffff_ffff_ffff) << 80;
    let chance_a = ((chance >> 62) & 0xfff) << 64;
    let chance_b = chance & 0x3fff_ffff_ffff_ffff;
    time | 0x7 << 76 | chance_a | 0b10 << 62 | chance_b
}

fn write_uuid(bits: u128, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (a, b, c) = (bits >> 96, (bits >> 80) & 0xffff, (bits >> 64) & 0xffff);
    let (d, e) = ((bits >> 48) & 0xffff, bits & 0xffff_ffff_ffff);
    write!(f, "{a:08x}-{b:04x}-{c:04x}-{d:04x}-{e:012x}")
}

fn parse_uuid(text: &str) -> Result<u128, ParseIdError> {
    let mut bits = 0u128;
    let mut digits = 0;
    for c in text.chars().filter(|c| *c != '-') {
        let digit = c.to_digit(16).ok_or(ParseIdError)?;
        bits = bits << 4 | u128::from(digit);
        digits += 1;
        if digits > 32 {
            return Err(ParseIdError);
        }
    }
    if digits == 32 { Ok(bits) } else { Err(ParseIdError) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text() {
        let id = CallId::from_parts(1_764_000_000_000, u128::MAX / 3);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().as_bytes()[14], b'7');
    }

    #[test]
    fn ids_sort_by_time() {
        assert!(CallId::from_parts(2, 0) > CallId::from_parts(1, u128::MAX));
    }

    #[test]
    fn a_text_that_is_no_id_is_refused() {
        for text in ["", "1", "g0000000-0000-7000-8000-000000000000", &"0".repeat(33)] {
            assert_eq!(text.parse::<CallId>(), Err(ParseIdError), "{text}");
        }
    }
}
