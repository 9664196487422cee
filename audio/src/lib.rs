//! Frames, codecs, resampling, voice activity, DTMF and tones.
//!
//! All sound is mono, 16 bit, 8,000 samples a second, cut into [`Frame`]s of 20 ms, unless a name says otherwise.
//! Everything that is fed a frame a packet is a signal machine in sample time (`push(&Frame)`) and allocates nothing
//! once it is made; when packets stop, silence is pushed in their place.
//!
//! Levels in dBFS are root mean square against a constant 32,768, so that a full-scale sine lies at -3 dBFS.

mod conceal;
mod denoise;
mod frame;
mod level;
mod resample;
mod vad;

pub mod dtmf;
pub mod g711;
pub mod music;
pub mod tone;
pub mod wav;

pub use conceal::Concealer;
pub use denoise::NoiseSuppressor;
pub use dtmf::DtmfDetector;
pub use frame::{FRAME, FRAME_MS, Frame, RATE, SILENCE, WIDE_FRAME, WIDE_RATE, WideFrame};
pub use level::{Leveller, LevellerConfig, dbfs};
pub use resample::{Upsampler, resample_all};
pub use tone::{ComfortNoise, ToneGenerator};
pub use vad::{Vad, VadConfig, VadEvent, Voice};
