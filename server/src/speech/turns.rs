//! A turn as the parent of a recogniser process remembers it, so that it survives the process.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use asr::wire::{Message, ToWorker};
use audio::Frame;
use call_model::{ListenRequest, OrderId, SoundFact, SoundFailure};

use super::recognisers::TurnFacts;

/// One open turn.
pub struct LiveTurn {
    order: OrderId,
    request: ListenRequest,
    facts: TurnFacts,
    sound: VecDeque<(bool, Frame)>,
    last_sound: Instant,
    last_voice: Option<Instant>,
    /// How often it was given to a process.
    tries: u32,
}

impl LiveTurn {
    pub(super) fn new(order: OrderId, request: ListenRequest, facts: TurnFacts) -> Self {
        let sound = VecDeque::new();
        Self { order, request, facts, sound, last_sound: Instant::now(), last_voice: None, tries: 0 }
    }

    /// Whether it is heard freely, too.
    pub(super) fn is_free(&self) -> bool {
        self.request.free
    }

    /// Remembers a frame, the last of them.
    pub(super) fn keep(&mut self, voiced: bool, frame: Frame, now: Instant) {
        if self.sound.len() == MOST_FRAMES {
            self.sound.pop_front();
        }
        self.sound.push_back((voiced, frame));
        self.last_sound = now;
        if voiced {
            self.last_voice = Some(now);
        }
    }

    /// Everything that a fresh process must be told of the turn. `false` when it has been told often enough.
    pub(super) fn tell_again(&mut self, turn: u64, out: &mut Vec<u8>) -> bool {
        self.tries += 1;
        if self.tries > MOST_TRIES {
            return false;
        }
        ToWorker::Open { turn, request: self.request.clone() }.encode(out);
        for (voiced, frame) in &self.sound {
            ToWorker::Sound { turn, voiced: *voiced, frame: *frame }.encode(out);
        }
        if self.last_voice.is_some() {
            // The patience of `is_overdue` begins anew.
            self.last_voice = Some(Instant::now());
        }
        true
    }

    /// Whether its process should long have said that the turn is over: it hangs.
    pub(super) fn is_overdue(&self, now: Instant) -> bool {
        let patience = self.request.end_silence + self.request.max_speech + HANG_TIME;
        self.last_voice.is_some_and(|at| now.saturating_duration_since(at) > patience)
    }

    /// Whether its sound stays away: its leg has gone and the order to close was lost.
    pub(super) fn is_orphaned(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.last_sound) > ORPHAN_TIME
    }

    /// Tells the call a fact about the turn.
    pub(super) fn tell(&self, make: impl FnOnce(OrderId) -> SoundFact) {
        // The queue of a call that is being ended may be full or closed.
        let _ = (self.facts)(make(self.order));
    }

    pub(super) fn fail(&self) {
        self.tell(|order| SoundFact::Failed { order, why: SoundFailure::RecogniserUnavailable });
    }
}

/// Fifteen seconds: longer than the longest answer to a menu with its hesitation.
const MOST_FRAMES: usize = 750;
/// A turn that brings two processes down is given up; its caller goes on by keys.
const MOST_TRIES: u32 = 2;
const HANG_TIME: Duration = Duration::from_secs(3);
const ORPHAN_TIME: Duration = Duration::from_secs(30);
