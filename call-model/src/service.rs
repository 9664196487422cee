//! What a caller wants of us, in kind.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The kind of service that an intent asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    /// To know something of one's own: a balance, a delivery.
    Query,
    /// To be advised.
    Consult,
    /// To have something done.
    Transact,
    /// To report that something does not work.
    Fault,
    /// To complain.
    Complaint,
}

impl ServiceKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Query, Self::Consult, Self::Transact, Self::Fault, Self::Complaint];

    /// The kind as flows and events write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Consult => "consult",
            Self::Transact => "transact",
            Self::Fault => "fault",
            Self::Complaint => "complaint",
        }
    }
}

/// A text is no kind of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no kind of service: write query, consult, transact, fault or complaint")]
pub struct ParseServiceKindError;

impl FromStr for ServiceKind {
    type Err = ParseServiceKindError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(ParseServiceKindError)
    }
}
