//! Keys as pairs of tones in the sound (ITU-T Q.23): making and finding them.
//!
//! Where telephone-event was negotiated, keys come as RTP events and nothing here is needed.

mod detector;
mod filters;

pub use detector::DtmfDetector;
pub(crate) use filters::{BLOCK, Filters};

use crate::tone::{ToneGenerator, ToneShape};

/// The low tones, one a row of the keypad, in Hz.
pub const ROWS: [f32; 4] = [697.0, 770.0, 852.0, 941.0];

/// The high tones, one a column of the keypad, in Hz.
pub const COLUMNS: [f32; 4] = [1_209.0, 1_336.0, 1_477.0, 1_633.0];

/// The keys by row and column.
pub const KEYS: [[char; 4]; 4] =
    [['1', '2', '3', 'A'], ['4', '5', '6', 'B'], ['7', '8', '9', 'C'], ['*', '0', '#', 'D']];

/// The low and the high tone of a key in Hz; `None` for what is no key (`0`-`9`, `*`, `#`, `A`-`D`, `a`-`d`).
pub fn frequencies(key: char) -> Option<(f32, f32)> {
    let key = key.to_ascii_uppercase();
    let row = KEYS.iter().position(|row| row.contains(&key))?;
    let column = KEYS[row].iter().position(|&other| other == key)?;
    Some((ROWS[row], COLUMNS[column]))
}

/// A key that sounds until its generator is dropped: fill frames from it for as long as the key is held.
///
/// Each tone lies at -10 dBFS, 7 dB below full scale together with the other, which is what telephones send.
pub fn held(key: char) -> Option<ToneGenerator> {
    let (low, high) = frequencies(key)?;
    Some(ToneGenerator::new(ToneShape { hertz: [low, high], level: LEVEL, cadence: &[] }))
}

/// The sound of a key of the given length; `None` for what is no key. Allocates.
pub fn tone(key: char, milliseconds: u32) -> Option<Vec<i16>> {
    held(key).map(|mut generator| generator.samples(milliseconds))
}

/// Level of each tone of a key we send, in dBFS.
const LEVEL: f32 = -10.0;
