//! The unit of sound: 20 ms.

/// Samples a second of everything on the telephone side.
pub const RATE: u32 = 8_000;

/// Samples of one frame.
pub const FRAME: usize = 160;

/// Milliseconds of one frame.
pub const FRAME_MS: u32 = 20;

/// 20 ms of mono sound at 8 kHz.
pub type Frame = [i16; FRAME];

/// A frame of nothing.
pub const SILENCE: Frame = [0; FRAME];

/// Samples a second of what recognisers take.
pub const WIDE_RATE: u32 = 16_000;

/// Samples of one frame at 16 kHz.
pub const WIDE_FRAME: usize = 320;

/// 20 ms of mono sound at 16 kHz.
pub type WideFrame = [i16; WIDE_FRAME];
