//! Orders to the sound of a leg, and the facts that answer them.
//!
//! Every order that takes time carries an [`OrderId`], and exactly one closing fact answers it: `Finished`, `Stopped`
//! or `Failed`, also when its leg dies. Facts with dead ids are ignored.

use serde::{Deserialize, Serialize};

use crate::{Heard, LegId, ListenRequest, OrderId, Prompt};

/// What stops a prompt at once, decided on the media thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BargeIn {
    /// Nothing.
    Never,
    /// A key.
    ByKey,
    /// A key or speech.
    #[default]
    BySpeech,
    /// A key; whether speech does is decided by the dialogue, which hears the words.
    ByWord,
}

/// An order to the sound of a leg.
#[derive(Debug, Clone, PartialEq)]
pub enum SoundOrder {
    /// Play a prompt once. Closed by `Finished`, `Stopped` (barge-in or `Stop`) or `Failed`.
    Play {
        /// The order's id.
        order: OrderId,
        /// The leg that hears it.
        leg: LegId,
        /// What is heard.
        prompt: Prompt,
        /// What stops it.
        barge_in: BargeIn,
    },
    /// Play hold music until it is stopped. Closed by `Stopped` or `Failed`.
    PlayMusic {
        /// The order's id.
        order: OrderId,
        /// The leg that hears it.
        leg: LegId,
    },
    /// Stop an order that plays or listens. Stopping what has ended is no error.
    Stop {
        /// The order to stop.
        order: OrderId,
        /// Its leg.
        leg: LegId,
    },
    /// Listen for one turn. Closed by `Heard`, `Stopped` or `Failed`.
    Listen {
        /// The order's id.
        order: OrderId,
        /// The leg that speaks.
        leg: LegId,
        /// What to listen for.
        request: ListenRequest,
    },
    /// Join the sound of two legs; prompts to either stop. Closed by `Finished` when a leg leaves, or `Failed`.
    Bridge {
        /// The order's id.
        order: OrderId,
        /// One leg.
        a: LegId,
        /// The other.
        b: LegId,
    },
    /// Record both sides of the call into one stereo file, caller left, other party right.
    Record {
        /// The order's id.
        order: OrderId,
        /// The caller's leg.
        leg: LegId,
    },
    /// Let the recording of a leg hold silence, or sound again.
    MuteRecording {
        /// The caller's leg.
        leg: LegId,
        /// Whether it holds silence.
        muted: bool,
    },
    /// Part two bridged legs; each hears nothing until told otherwise.
    Unbridge {
        /// One leg of the bridge.
        leg: LegId,
    },
}

/// What the sound side reports.
#[derive(Debug, Clone, PartialEq)]
pub enum SoundFact {
    /// An order came to its natural end.
    Finished {
        /// The order.
        order: OrderId,
    },
    /// An order was stopped before its end.
    Stopped {
        /// The order.
        order: OrderId,
        /// How much of it was heard, in milliseconds.
        played_ms: u32,
    },
    /// An order could not be carried out.
    Failed {
        /// The order.
        order: OrderId,
        /// Why.
        why: SoundFailure,
    },
    /// A listening turn ended by itself.
    Heard {
        /// The order to listen.
        order: OrderId,
        /// What was heard.
        heard: Heard,
    },
    /// The caller began to speak in a listening turn (not a closing fact).
    SpeechStarted {
        /// The leg that speaks.
        leg: LegId,
        /// The order to listen.
        order: OrderId,
    },
    /// What has been understood so far (not a closing fact; dropped first when queues fill).
    Partial {
        /// The order to listen.
        order: OrderId,
        /// The words so far.
        text: String,
    },
    /// A key was pressed: `0`-`9`, `*`, `#`, `A`-`D`. Reported once a key press, at its start.
    DigitPressed {
        /// The leg whose key it was.
        leg: LegId,
        /// The key.
        digit: char,
    },
    /// No RTP came for the configured time; the leg is to be ended.
    SilentTooLong {
        /// The leg.
        leg: LegId,
    },
}

/// Why an order to the sound failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoundFailure {
    /// The leg had gone.
    LegGone,
    /// The recorded file or the synthetic voice failed.
    PromptUnavailable,
    /// No recogniser can listen now.
    RecogniserUnavailable,
    /// No recogniser can listen freely now; one that listens to phrases only may be had.
    OnlyPhrases,
    /// A queue was full.
    Overload,
    /// The recording file could not be written.
    DiskFull,
}
