//! Finds keys in the sound of a leg by the rules of ITU-T Q.24.
//!
//! Eight Goertzel filters run over blocks of 10 ms, and two neighbouring blocks make a window. A window holds a key if
//! its strongest low and high tone carry nearly all of its energy, neither is much the stronger (twist), both lie on
//! their frequency, which the turn of the phase from block to block tells to a few Hz, and neither has a second
//! harmonic as a voice has. Two windows in a row that hold the same key are a key press: 40 ms of tone always contain
//! them, 20 ms never. A key has been let go after four windows without it, so that a drop-out of 10 ms does not
//! double it and a pause of 40 ms parts it from the next.

use crate::dtmf::{COLUMNS, KEYS, ROWS};
use crate::frame::{FRAME, Frame, RATE};

/// Reports each key once, at its start.
#[derive(Debug, Clone)]
pub struct DtmfDetector {
    filters: Filters,
    before: Block,
    /// The samples of the block before, for the harmonics.
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
            .filter(|found| !self.has_harmonics(samples, found))
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

    /// A voice has as much at twice the frequency; a key has nothing there.
    fn has_harmonics(&self, samples: &[f32; BLOCK], found: &Found) -> bool {
        let harmonic = |hertz: f32| 0.5 * (power(&self.samples, 2.0 * hertz) + power(samples, 2.0 * hertz));
        harmonic(ROWS[found.row]) > found.row_power * HARMONIC
            || harmonic(COLUMNS[found.column]) > found.column_power * HARMONIC
    }
}

impl Default for DtmfDetector {
    fn default() -> Self {
        Self::new()
    }
}

/// What the filters make of 10 ms: the energy, and the complex amplitude at each of the eight frequencies.
#[derive(Debug, Clone, Default)]
struct Block {
    energy: f32,
    re: [f32; 8],
    im: [f32; 8],
}

/// The tones of a window that passed for a key, and their powers (of one sample).
struct Found {
    row: usize,
    column: usize,
    row_power: f32,
    column_power: f32,
}

fn window(filters: &Filters, before: &Block, now: &Block) -> Option<Found> {
    let energy = before.energy + now.energy;
    if before.energy == 0.0 || now.energy == 0.0 {
        return None;
    }
    let amplitude = |n: usize| before.re[n].hypot(before.im[n]) + now.re[n].hypot(now.im[n]);
    let strongest = |range: std::ops::Range<usize>| {
        range.map(|n| (n, amplitude(n))).fold((0, -1.0), |best, this| if this.1 > best.1 { this } else { best })
    };
    let (low, low_amplitude) = strongest(0..4);
    let (high, high_amplitude) = strongest(4..8);
    let row_power = filters.power(low, low_amplitude, before, now)?;
    let column_power = filters.power(high, high_amplitude, before, now)?;
    let mean = energy / (2 * BLOCK) as f32;
    if row_power + column_power < PURITY * mean || row_power.min(column_power) < LEAST_POWER {
        return None;
    }
    if column_power > row_power * FORWARD_TWIST || row_power > column_power * REVERSE_TWIST {
        return None;
    }
    Some(Found { row: low, column: high - 4, row_power, column_power })
}

/// Eight Goertzel filters side by side.
#[derive(Debug, Clone)]
struct Filters {
    coefficient: [f32; 8],
    sine: [f32; 8],
    /// How far the phase of each frequency turns in a block, between -π and π.
    turn: [f32; 8],
}

impl Filters {
    fn new() -> Self {
        let hertz: [f32; 8] = std::array::from_fn(|n| if n < 4 { ROWS[n] } else { COLUMNS[n - 4] });
        let radians = hertz.map(|hertz| std::f32::consts::TAU * hertz / RATE as f32);
        Self {
            coefficient: radians.map(|w| 2.0 * w.cos()),
            sine: radians.map(f32::sin),
            turn: radians.map(|w| wrapped(w * BLOCK as f32)),
        }
    }

    fn run(&self, samples: &[f32; BLOCK], energy: f32) -> Block {
        let mut one = [0.0f32; 8];
        let mut two = [0.0f32; 8];
        for &sample in samples {
            for n in 0..8 {
                let next = sample + self.coefficient[n] * one[n] - two[n];
                two[n] = one[n];
                one[n] = next;
            }
        }
        let mut block = Block { energy, re: [0.0; 8], im: [0.0; 8] };
        for n in 0..8 {
            block.re[n] = one[n] - two[n] * self.coefficient[n] * 0.5;
            block.im[n] = two[n] * self.sine[n];
        }
        block
    }

    /// The power of the tone near frequency `n`, if it lies near enough: `amplitude` is the sum of both blocks.
    fn power(&self, n: usize, amplitude: f32, before: &Block, now: &Block) -> Option<f32> {
        let phase = now.im[n].atan2(now.re[n]) - before.im[n].atan2(before.re[n]);
        let hertz_off = wrapped(phase - self.turn[n]) / std::f32::consts::TAU * (RATE as usize / BLOCK) as f32;
        let nominal = if n < 4 { ROWS[n] } else { COLUMNS[n - 4] };
        if hertz_off.abs() > nominal * OFF_SHARE + OFF_HERTZ {
            return None;
        }
        // A block is 10 ms of a tone that lies beside the filter: what that loses is known.
        let x = std::f32::consts::PI * hertz_off * BLOCK as f32 / RATE as f32;
        let kept = if x.abs() < 1e-3 { 1.0 } else { x.sin() / x };
        let peak = amplitude / BLOCK as f32 / kept;
        Some(peak * peak * 0.5)
    }
}

fn wrapped(radians: f32) -> f32 {
    radians - std::f32::consts::TAU * (radians / std::f32::consts::TAU).round()
}

fn energy(samples: &[f32; BLOCK]) -> f32 {
    let mut lanes = [0.0f32; 8];
    for eight in samples.chunks_exact(8) {
        for n in 0..8 {
            lanes[n] += eight[n] * eight[n];
        }
    }
    lanes.iter().sum()
}

/// Power of one frequency in a block, of one sample.
fn power(samples: &[f32; BLOCK], hertz: f32) -> f32 {
    let coefficient = 2.0 * (std::f32::consts::TAU * hertz / RATE as f32).cos();
    let (mut one, mut two) = (0.0f32, 0.0f32);
    for &sample in samples {
        (one, two) = (sample + coefficient * one - two, one);
    }
    let squared = one * one + two * two - coefficient * one * two;
    squared * 2.0 / (BLOCK * BLOCK) as f32
}

/// Samples of a block: 10 ms.
const BLOCK: usize = FRAME / 2;

/// Windows in a row that make a key press.
const WINDOWS: u32 = 2;

/// Windows without the key after which it is let go.
const LET_GO: u32 = 4;

/// The weakest tone that counts: -38 dBFS, some 3 dB below the weakest that Q.24 asks for.
const LEAST_POWER: f32 = 32_768.0 * 32_768.0 * 1.6e-4;

/// The weakest block worth looking at.
const LEAST_ENERGY: f32 = LEAST_POWER * BLOCK as f32;

/// The share of a window's energy that its two tones must carry.
const PURITY: f32 = 0.78;

/// The high tone may be 4 dB the stronger and the low one 8 dB (Q.24 table A-1, AT&T), and 1 dB for measuring.
const FORWARD_TWIST: f32 = 3.2;
const REVERSE_TWIST: f32 = 7.9;

/// Tones 1.5 % and 2 Hz off must be taken and 3.5 % off refused; the measure itself strays by a few Hz.
const OFF_SHARE: f32 = 0.02;
const OFF_HERTZ: f32 = 6.0;

/// The share of a tone's power that its second harmonic may have.
const HARMONIC: f32 = 0.1;
