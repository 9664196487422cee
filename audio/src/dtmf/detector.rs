//! Finds keys in the sound of a leg by the rules of ITU-T Q.24.
//!
//! Eight Goertzel filters run over blocks of 10 ms (weighted by a Hann window, so that a low and a high tone do not see
//! each other), and two neighbouring blocks make a window. A window holds a key if its strongest low and high tone seem
//! to carry most of its energy, are as strong in both blocks, neither is much the stronger (twist), both lie on their
//! frequency, which the turn of the phase from block to block tells to a few Hz, and hardly anything is left when both
//! are taken out, while of a voice much is (its harmonics, for one). Two windows in a row that hold the same key are a
//! key press: 40 ms of tone always contain them, 20 ms never. A key has been let go after four windows without it, so
//! that a drop-out of 10 ms does not double it and a pause of 40 ms parts it from the next.

use super::filters::{BLOCK, Block, Filters, energy, residue};
use crate::dtmf::KEYS;
use crate::frame::Frame;

/// Reports each key once, at its start.
#[derive(Debug, Clone)]
pub struct DtmfDetector {
    filters: Filters,
    before: Block,
    /// The samples of the block before.
    samples: [f32; BLOCK],
    /// The key that the last windows held, and for how many of them.
    candidate: Option<(char, u32)>,
    /// The key that was reported and is still down, and the windows since it was last heard.
    down: Option<(char, u32)>,
}

impl DtmfDetector {
    /// A detector that has heard nothing.
    pub fn new() -> Self {
        Self { filters: Filters::new(), before: Block::default(), samples: [0.0; BLOCK], candidate: None, down: None }
    }

    /// Takes the next 20 ms. Gives a key at its start, 30 to 40 ms after it truly began.
    pub fn push(&mut self, frame: &Frame) -> Option<char> {
        let mut pressed = None;
        for half in frame.chunks_exact(BLOCK) {
            let mut samples = [0.0; BLOCK];
            samples.iter_mut().zip(half).for_each(|(to, &from)| *to = f32::from(from));
            pressed = self.block(&samples).or(pressed);
        }
        pressed
    }

    /// The key that is held down now.
    pub fn held(&self) -> Option<char> {
        self.down.map(|(key, _)| key)
    }

    fn block(&mut self, samples: &[f32; BLOCK]) -> Option<char> {
        let energy: f32 = energy(samples);
        let now = if energy < LEAST_ENERGY { Block::default() } else { self.filters.run(samples, energy) };
        let key = window(&self.filters, &self.before, &now)
            .filter(|found| self.is_nothing_else(samples, found))
            .map(|found| KEYS[found.row][found.column]);
        self.before = now;
        self.samples = *samples;
        self.count(key)
    }

    fn count(&mut self, key: Option<char>) -> Option<char> {
        self.candidate = match (key, self.candidate) {
            (Some(key), Some((same, windows))) if same == key => Some((key, windows + 1)),
            (Some(key), _) => Some((key, 1)),
            (None, _) => None,
        };
        let certain = self.candidate.and_then(|(key, windows)| (windows >= WINDOWS).then_some(key));
        match (self.down, certain) {
            (Some((down, _)), Some(key)) if down == key => self.down = Some((key, 0)),
            (_, Some(key)) => {
                self.down = Some((key, 0));
                return Some(key);
            }
            // One window of it is enough to say that it is still down.
            (Some((down, _)), None) if key == Some(down) => self.down = Some((down, 0)),
            (Some((down, since)), None) => self.down = (since + 1 < LET_GO).then_some((down, since + 1)),
            (None, None) => {}
        }
        None
    }

    /// Whether two tones, and hardly anything else, are in the window: voices that come near a key have more.
    fn is_nothing_else(&self, samples: &[f32; BLOCK], found: &Found) -> bool {
        let mut window = [0.0; 2 * BLOCK];
        window[..BLOCK].copy_from_slice(&self.samples);
        window[BLOCK..].copy_from_slice(samples);
        residue(window, found.row_hertz, found.column_hertz) < RESIDUE
    }
}

impl Default for DtmfDetector {
    fn default() -> Self {
        Self::new()
    }
}

/// The tones of a window that passes for a key, and their true frequencies.
struct Found {
    row: usize,
    column: usize,
    row_hertz: f32,
    column_hertz: f32,
}

fn window(filters: &Filters, before: &Block, now: &Block) -> Option<Found> {
    if before.energy == 0.0 || now.energy == 0.0 {
        return None;
    }
    let strongest = |range: std::ops::Range<usize>| {
        range
            .map(|n| (n, before.square(n) + now.square(n)))
            .fold((0, -1.0), |best, this| if this.1 > best.1 { this } else { best })
            .0
    };
    let (low, high) = (strongest(0..4), strongest(4..8));
    let (row_hertz, row_power) = filters.tone(low, before, now)?;
    let (column_hertz, column_power) = filters.tone(high, before, now)?;
    let mean = (before.energy + now.energy) / (2 * BLOCK) as f32;
    if row_power + column_power < PURITY * mean || row_power.min(column_power) < LEAST_POWER {
        return None;
    }
    if column_power > row_power * FORWARD_TWIST || row_power > column_power * REVERSE_TWIST {
        return None;
    }
    Some(Found { row: low, column: high - 4, row_hertz, column_hertz })
}

/// Windows in a row that make a key press.
const WINDOWS: u32 = 2;

/// Windows without the key after which it is let go.
const LET_GO: u32 = 4;

/// The weakest tone that counts: -38 dBFS, some 3 dB below the weakest that Q.24 asks for.
const LEAST_POWER: f32 = 32_768.0 * 32_768.0 * 1.6e-4;

/// The weakest block worth looking at.
const LEAST_ENERGY: f32 = LEAST_POWER * BLOCK as f32;

/// The share of a window's energy that its two tones must seem to carry before a closer look is worth it.
const PURITY: f32 = 0.7;

/// The high tone may be 4 dB the stronger and the low one 8 dB (Q.24 table A-1, AT&T), and 1 dB for measuring.
const FORWARD_TWIST: f32 = 3.2;
const REVERSE_TWIST: f32 = 7.9;

/// The share of a window's energy that may be something else than its two tones: noise 10 dB below them.
const RESIDUE: f32 = 0.1;
