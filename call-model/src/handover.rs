//! What an agent is told when a call is handed over.

use serde::{Deserialize, Serialize};

use crate::{CallId, ServiceKind};

/// The bundle that goes with a call to an agent: nobody asks twice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallContext {
    /// The call.
    pub call: CallId,
    /// The caller's number as it is known, E.164 or as it came.
    pub caller: String,
    /// The number that was dialled.
    pub called: String,
    /// The campaign's name, for outbound calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    /// What the caller wants, by the intent's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// The kind of service that the intent asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceKind>,
    /// What was filled, in the order of filling.
    pub slots: Vec<SlotValue>,
    /// What was said so far.
    pub transcript: Vec<ContextLine>,
    /// The whisper as it is spoken to the agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whisper: Option<String>,
    /// Milliseconds that the caller has waited in the queue.
    pub waited_ms: u64,
    /// Earlier calls of the same number, newest first, as short lines.
    #[serde(default)]
    pub history: Vec<String>,
}

/// A filled slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotValue {
    /// The slot's name in the flow.
    pub name: String,
    /// The value as text.
    pub value: String,
    /// Whether the caller confirmed it.
    pub confirmed: bool,
}

/// A line of the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContextLine {
    /// Milliseconds since the call began.
    pub at_ms: u64,
    /// Whether the caller spoke (or pressed), rather than we.
    pub by_caller: bool,
    /// The words, or keys in brackets.
    pub text: String,
}
