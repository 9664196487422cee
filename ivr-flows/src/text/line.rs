//! Something that is said: a recording, or words for the synthetic voice.

use super::Template;

/// What a node says at one point. A recording beats the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// A recorded file, by its path in the flow's folder.
    Recorded(String),
    /// Words for the synthetic voice.
    Said(Template),
}
