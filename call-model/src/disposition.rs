//! What a call meant for the business.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! dispositions {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),* $(,)?) => {
        /// What a call meant for the business, apart from how it ended.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Disposition {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl Disposition {
            /// Every disposition, in the order of a report.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name as it is stored and written to result files.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

dispositions! {
    /// Brought to an agent, who took the call.
    HandedOver = "handed_over",
    /// The flow gave the caller what was wanted.
    SelfServed = "self_served",
    /// The called person was not interested.
    NotInterested = "not_interested",
    /// The called person asked never to be called again.
    DoNotCall = "do_not_call",
    /// The caller left while waiting for an agent.
    AbandonedInQueue = "abandoned_in_queue",
    /// Wanted an agent and none could be reached.
    NoAgent = "no_agent",
    /// Left the flow before it came to an end.
    HungUpInFlow = "hung_up_in_flow",
    /// The called side was busy.
    Busy = "busy",
    /// The called side did not answer.
    NoAnswer = "no_answer",
    /// The called side refused the call.
    Rejected = "rejected",
    /// The number does not exist.
    InvalidNumber = "invalid_number",
    /// The network did not carry the call.
    Unreachable = "unreachable",
    /// We could not do it: overload, a limit, a defect.
    Failed = "failed",
    /// The server died before the outcome was known. Not dialled again by itself.
    Unresolved = "unresolved",
}

/// A name that is no disposition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown disposition")]
pub struct ParseDispositionError;

impl FromStr for Disposition {
    type Err = ParseDispositionError;
    fn from_str(text: &str) -> Result<Self, ParseDispositionError> {
        Self::ALL.iter().copied().find(|d| d.as_str() == text).ok_or(ParseDispositionError)
    }
}

impl fmt::Display for Disposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
