//! Recording a message of the caller: one side, for a while, until silence, a key or the end of the time.

use serde::{Deserialize, Serialize};

use crate::{QueueId, RecordingId, SlotValue};

/// What is recorded, and when it ends. Only the caller's side is recorded, to a file of its own, whether or not the
/// call itself is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordRequest {
    /// Whether a tone is heard first; it is not in the recording.
    pub beep: bool,
    /// It ends after this time, in milliseconds, 1 s to 10 min.
    pub max_ms: u32,
    /// It ends after this much silence, in milliseconds; the silence at its end is cut off. Silence from the beginning
    /// on ends it too, and nothing is kept.
    pub final_silence_ms: u32,
    /// Whether `#` (and any other key) ends it; the key is told as usual, before [`Recording`] is.
    pub key_ends: bool,
    /// For a voicemail: a caller who hangs up while it is recorded has left it, and the server keeps it by itself, as
    /// with [`crate::Consult::KeepVoicemail`], since the dialogue is over. Without, such a recording belongs to nobody
    /// but its call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voicemail: Option<VoicemailLabel>,
}

/// For whom a voicemail is, and what goes with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoicemailLabel {
    /// The queue whose people are shown it.
    pub queue: QueueId,
    /// The number of the caller.
    pub number: String,
    /// What the caller wanted, by the intent's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// What was filled before.
    pub slots: Vec<SlotValue>,
}

/// A message that was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// The name of the file; none when nothing was said and nothing is kept.
    pub id: Option<RecordingId>,
    /// Its length.
    pub length_ms: u32,
    /// What ended it.
    pub ended: RecordingEnd,
}

/// What ended a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingEnd {
    /// Silence.
    Silence,
    /// A key.
    Key,
    /// The longest time.
    Full,
    /// An order to stop it.
    Stopped,
    /// The caller hung up; what was said until then is kept.
    HungUp,
}

/// Why there is no recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum RecordFailure {
    /// This server does not record.
    #[error("the server does not record")]
    NotAvailable,
    /// The disk is full or fails.
    #[error("the recording could not be written")]
    Disk,
}

/// What became of an order to record.
pub type RecordResult = Result<Recording, RecordFailure>;
