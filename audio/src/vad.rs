//! Voice activity: is someone speaking?
//!
//! The model has three parts, all on 8 kHz and cheap where nothing happens:
//!
//! * **A noise floor** that falls quickly with the quietest frames and rises with the lowest frame of the last 1.3 s,
//!   after a high-pass that takes hum away. A frame below floor and margin is silence, and nothing more is computed.
//! * **A look at what is loud** ([`shape`]): how periodic is it, and is it a tone? Tones (DTMF, dial and busy tones, fax)
//!   follow from four earlier samples almost without error and keep their energy; speech does neither for long.
//! * **A count of evidence**: periodic frames count two, other loud frames one up to a bound that alone begins nothing.
//!   So a click, a key or a step of noise begins no speech, and a voice does within three frames.

mod floor;
mod shape;

use crate::frame::{FRAME_MS, Frame};
use floor::NoiseFloor;
use shape::{Shape, Shaper};

/// What the detector goes by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VadConfig {
    /// How far above the noise floor a frame must lie to begin speech, in dB.
    pub start_margin: f32,
    /// How far above the noise floor a frame must lie to go on with speech, in dB.
    pub stay_margin: f32,
    /// What is quieter than this never begins speech, in dBFS.
    pub least_level: f32,
    /// How long silence must last before [`VadEvent::SpeechEnded`], in milliseconds.
    pub hangover_ms: u32,
}

impl Default for VadConfig {
    /// Chosen on recordings of telephone speech with noise from 30 down to 10 dB below it.
    fn default() -> Self {
        Self { start_margin: 8.0, stay_margin: 5.0, least_level: -52.0, hangover_ms: 240 }
    }
}

/// A change that the detector reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VadEvent {
    /// Speech has begun, some 40 to 80 ms ago.
    SpeechStarted,
    /// Speech has ended, by the hangover ago.
    SpeechEnded,
}

/// What the detector makes of one frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Voice {
    /// Whether the frame holds speech; without the hangover, so that a silence is measured from its true beginning.
    pub voiced: bool,
    /// A change of state at this frame.
    pub event: Option<VadEvent>,
}

/// The detector of one direction of one leg.
#[derive(Debug, Clone)]
pub struct Vad {
    config: VadConfig,
    floor: NoiseFloor,
    shaper: Shaper,
    state: State,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// Nobody speaks; evidence gathers and fades.
    Silent { evidence: u32, noisy: u32 },
    /// Someone speaks, and has been quiet for this many milliseconds.
    Speaking { quiet_ms: u32 },
}

impl Vad {
    /// A detector that has heard nothing.
    pub fn new(config: VadConfig) -> Self {
        Self { config, floor: NoiseFloor::new(), shaper: Shaper::new(), state: NOTHING }
    }

    /// Takes the next 20 ms.
    pub fn push(&mut self, frame: &Frame) -> Voice {
        let level = self.shaper.level(frame);
        let above = level - self.floor.level();
        let shape = self.shape(level, above);
        self.floor.push(level, shape);
        match self.state {
            State::Silent { .. } if !self.floor.knows() => Voice { voiced: false, event: None },
            State::Silent { evidence, noisy } => self.silent(shape, evidence, noisy),
            State::Speaking { quiet_ms } => self.speaking(shape, quiet_ms),
        }
    }

    /// Whether speech has begun and not yet ended.
    pub fn is_speaking(&self) -> bool {
        matches!(self.state, State::Speaking { .. })
    }

    /// The noise floor now, in dBFS after the high-pass.
    pub fn noise_floor(&self) -> f32 {
        self.floor.level()
    }

    fn shape(&mut self, level: f32, above: f32) -> Shape {
        if above < self.config.stay_margin || level < self.config.least_level {
            return self.shaper.skip();
        }
        if let Some(tone) = self.shaper.tone(level) {
            return tone;
        }
        if self.is_speaking() {
            return Shape::Noisy;
        }
        match self.shaper.voice() {
            // What is only a little above the noise must be clearly a voice to begin speech.
            Shape::Noisy | Shape::Hissing | Shape::Resonant if above < self.config.start_margin => Shape::Quiet,
            shape => shape,
        }
    }

    fn silent(&mut self, shape: Shape, evidence: u32, noisy: u32) -> Voice {
        let (evidence, noisy) = match shape {
            Shape::Quiet => (evidence.saturating_sub(2), 0),
            Shape::Tone => (evidence.min(2), noisy),
            Shape::Unclear => (evidence, noisy),
            Shape::Noisy if noisy < MOST_NOISY => (evidence + 1, noisy + 1),
            Shape::Noisy => (evidence, noisy),
            Shape::Hissing => (evidence + 1, noisy),
            Shape::Resonant | Shape::Periodic => (evidence + 2, noisy),
        };
        if evidence < ENOUGH {
            self.state = State::Silent { evidence, noisy };
            return Voice { voiced: false, event: None };
        }
        self.state = State::Speaking { quiet_ms: 0 };
        Voice { voiced: true, event: Some(VadEvent::SpeechStarted) }
    }

    fn speaking(&mut self, shape: Shape, quiet_ms: u32) -> Voice {
        let voiced = !matches!(shape, Shape::Quiet | Shape::Tone);
        let quiet_ms = if voiced { 0 } else { quiet_ms + FRAME_MS };
        if quiet_ms < self.config.hangover_ms {
            self.state = State::Speaking { quiet_ms };
            return Voice { voiced, event: None };
        }
        self.state = NOTHING;
        Voice { voiced: false, event: Some(VadEvent::SpeechEnded) }
    }
}

impl Default for Vad {
    fn default() -> Self {
        Self::new(VadConfig::default())
    }
}

const NOTHING: State = State::Silent { evidence: 0, noisy: 0 };

/// Evidence that begins speech: two periodic frames and a little, or three.
const ENOUGH: u32 = 5;

/// What frames without a period may add.
const MOST_NOISY: u32 = 2;
