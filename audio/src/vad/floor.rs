//! The level of what is heard when nobody speaks.

use super::shape::Shape;

/// Follows the noise floor in dBFS.
#[derive(Debug, Clone)]
pub(super) struct NoiseFloor {
    level: f32,
    /// The lowest level of each of the last blocks of [`BLOCK`] frames, oldest overwritten first.
    lowest: [f32; BLOCKS],
    next: usize,
    current: f32,
    frames: usize,
    /// Whether a whole block has been heard.
    knows: bool,
}

impl NoiseFloor {
    pub(super) fn new() -> Self {
        Self { level: FIRST, lowest: [f32::MAX; BLOCKS], next: 0, current: f32::MAX, frames: 0, knows: false }
    }

    pub(super) fn level(&self) -> f32 {
        self.level
    }

    /// Whether enough has been heard to tell speech from the noise of the line: 160 ms.
    pub(super) fn knows(&self) -> bool {
        self.knows
    }

    pub(super) fn push(&mut self, level: f32, shape: Shape) {
        let level = level.max(LEAST);
        if level < self.level {
            self.level += (level - self.level) * FALL;
        } else if shape == Shape::Quiet {
            self.level += (level - self.level) * RISE;
        }
        self.current = self.current.min(level);
        self.frames += 1;
        if self.frames < BLOCK {
            return;
        }
        self.lowest[self.next] = self.current;
        self.next = (self.next + 1) % BLOCKS;
        self.current = f32::MAX;
        self.frames = 0;
        self.knows = true;
        // Nobody speaks for 1.3 s without a gap: what lay below no frame of that time is noise.
        let lowest = self.lowest.iter().fold(f32::MAX, |least, &level| least.min(level));
        self.level = self.level.max(lowest);
    }
}

/// Frames of one block and blocks remembered: 8 of 160 ms are 1.3 s.
const BLOCK: usize = 8;
const BLOCKS: usize = 8;

/// Where the floor begins: a noisy line, so that the first sound of a call is not taken for speech. It falls within
/// 100 ms where the line is quiet.
const FIRST: f32 = -48.0;

/// The lowest floor: the step of G.711 about zero and the comfort noise of most telephones lie near it.
const LEAST: f32 = -68.0;

/// Shares by which the floor follows a quieter and a louder frame.
const FALL: f32 = 0.3;
const RISE: f32 = 0.08;
