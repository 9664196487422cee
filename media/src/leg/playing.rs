//! A prompt on its way to one leg.

use std::sync::Arc;

use audio::g711::Law;
use audio::{FRAME, FRAME_MS};
use call_model::{BargeIn, OrderId};

use crate::PromptAudio;

/// A prompt that a leg hears.
#[derive(Debug, Clone)]
pub(super) struct Playing {
    pub(super) order: OrderId,
    pub(super) barge_in: BargeIn,
    parts: Vec<Arc<PromptAudio>>,
    repeat: bool,
    part: usize,
    frame: usize,
    played: u32,
}

impl Playing {
    pub(super) fn new(order: OrderId, parts: Vec<Arc<PromptAudio>>, barge_in: BargeIn, repeat: bool) -> Self {
        // Nothing that is repeated for ever would never yield a frame.
        let repeat = repeat && parts.iter().any(|part| part.frames() > 0);
        Self { order, barge_in, parts, repeat, part: 0, frame: 0, played: 0 }
    }

    /// The next frame's payload; `None` once all has been heard.
    pub(super) fn next(&mut self, law: Law) -> Option<&[u8; FRAME]> {
        while self.frame >= self.parts.get(self.part)?.frames() {
            self.frame = 0;
            self.part += 1;
            if self.part == self.parts.len() && self.repeat {
                self.part = 0;
            }
        }
        self.frame += 1;
        self.played += 1;
        self.parts[self.part].frame(law, self.frame - 1)
    }

    /// Whether a frame is left.
    pub(super) fn has_more(&self) -> bool {
        self.repeat
            || self.parts.iter().skip(self.part).enumerate().any(|(ahead, part)| {
                let from = if ahead == 0 { self.frame } else { 0 };
                from < part.frames()
            })
    }

    /// How much was sent, in milliseconds.
    pub(super) fn played_ms(&self) -> u32 {
        self.played.saturating_mul(FRAME_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(sample: i16, frames: usize) -> Arc<PromptAudio> {
        Arc::new(PromptAudio::from_samples(&vec![sample; frames * FRAME]))
    }

    #[test]
    fn parts_follow_each_other_without_a_gap() {
        let parts = vec![part(1_000, 2), Arc::new(PromptAudio::silence(0)), part(-1_000, 1)];
        let mut playing = Playing::new(OrderId(1), parts, BargeIn::Never, false);
        let heard: Vec<u8> = std::iter::from_fn(|| playing.next(Law::Mu).map(|frame| frame[0])).collect();
        let code = |sample| audio::g711::encode(Law::Mu, sample);
        assert_eq!(heard, [code(1_000), code(1_000), code(-1_000)]);
        assert_eq!(playing.played_ms(), 60);
    }

    #[test]
    fn music_begins_again_and_empty_music_ends() {
        let mut music = Playing::new(OrderId(1), vec![part(1, 2)], BargeIn::Never, true);
        assert!((0..100).all(|_| music.next(Law::A).is_some()));
        let mut nothing = Playing::new(OrderId(1), vec![Arc::new(PromptAudio::silence(0))], BargeIn::Never, true);
        assert_eq!(nothing.next(Law::A), None);
    }
}
