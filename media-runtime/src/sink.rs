//! Where a leg's facts and a listening turn's sound go.

use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use audio::Frame;
use call_model::{LegId, OrderId, SoundFact};
use media::LegStats;

/// Takes the facts of one leg.
///
/// Called on media threads, on the recording writer's thread and on the caller's own: it must not block, and must not
/// call the runtime. A bounded queue with a non-blocking send is meant.
pub trait LegSink: Send + Sync {
    /// A fact, in the order in which they happened.
    fn fact(&self, fact: SoundFact);

    /// The leg is closed and its ports are free again. The last call but for the end of a recording, whose file is
    /// completed in the background.
    fn closed(&self, leg: LegId, stats: LegStats) {
        let _ = (leg, stats);
    }
}

impl<F: Fn(SoundFact) + Send + Sync> LegSink for F {
    fn fact(&self, fact: SoundFact) {
        self(fact);
    }
}

/// A leg's sink, shared.
pub type SharedSink = Arc<dyn LegSink>;

/// One 20 ms period of a listening turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeardFrame {
    /// The leg that speaks.
    pub leg: LegId,
    /// The order to listen.
    pub order: OrderId,
    /// 160 samples of 8 kHz; concealed sound or silence where packets are missing, so that sample time is exact.
    pub samples: Frame,
    /// Whether it holds speech.
    pub voiced: bool,
}

/// Takes the sound of listening turns. Called on media threads: it must not block.
pub trait HeardSink: Send + Sync {
    /// Takes one period; `false` when it is full, which loses and counts the frame.
    fn hear(&self, frame: &HeardFrame) -> bool;
}

impl HeardSink for SyncSender<HeardFrame> {
    fn hear(&self, frame: &HeardFrame) -> bool {
        self.try_send(*frame).is_ok()
    }
}
