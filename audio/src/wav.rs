//! WAV files as bytes: what people upload as prompts.
//!
//! Takes PCM of 8, 16, 24 and 32 bits, floating point of 32 and 64 bits, and G.711 of both laws (formats 6 and 7), plain or as
//! `WAVE_FORMAT_EXTENSIBLE`, of any number of channels, which are mixed down to one.

use crate::g711::{self, Law};

/// Why bytes are no sound that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WavError {
    /// No RIFF/WAVE header.
    #[error(
        "not a WAV file: it does not begin with RIFF and WAVE; convert it, for instance with `sox in.mp3 -r 8000 -c 1 out.wav`"
    )]
    NotWav,
    /// The file ends before its format or its sound.
    #[error("the WAV file is cut off or damaged: it has no `{0}` chunk")]
    Missing(&'static str),
    /// The format chunk contradicts itself.
    #[error("the WAV file's header is damaged: {0}")]
    Damaged(&'static str),
    /// Compressed by something that is not taken.
    #[error("the WAV file is compressed ({name}, format {tag}); save it as PCM of 16 bits")]
    Compressed {
        /// The `wFormatTag`.
        tag: u16,
        /// The usual name of the format.
        name: &'static str,
    },
    /// A width of sample that is not taken.
    #[error("the WAV file has samples of {bits} bits; save it as PCM of 16 bits")]
    Width {
        /// The bits of a sample.
        bits: u16,
    },
    /// No channel.
    #[error("the WAV file has 0 channels; save it with one")]
    NoChannel,
    /// A rate that no microphone has.
    #[error("the WAV file has {0} samples a second; between 4,000 and 192,000 can be used")]
    Rate(u32),
    /// Longer than a prompt may be.
    #[error("the WAV file lasts {seconds} s; the longest that can be used is {} s", MOST_SECONDS)]
    TooLong {
        /// Its length.
        seconds: u64,
    },
    /// No sound in it.
    #[error("the WAV file holds no sound")]
    Empty,
}

/// The longest sound that is taken, in seconds: a quarter of an hour.
pub const MOST_SECONDS: u64 = 900;

/// Reads a WAV file: its samples, mixed down to one channel and brought to 16 bits, and its rate in Hz.
pub fn decode(bytes: &[u8]) -> Result<(Vec<i16>, u32), WavError> {
    if bytes.len() < 12 || &bytes[..4] != b"RIFF" || &bytes[8..12] != b"WAVE" {
        return Err(WavError::NotWav);
    }
    let chunks = Chunks { rest: &bytes[12..] };
    let mut format = None;
    for (name, body) in chunks {
        match &name {
            b"fmt " => format = Some(Format::read(body)?),
            b"data" => return format.ok_or(WavError::Missing("fmt "))?.samples(body),
            _ => {}
        }
    }
    Err(WavError::Missing(if format.is_some() { "data" } else { "fmt " }))
}

/// The chunks of a RIFF file; the last may be cut off or have a length that was never filled in.
struct Chunks<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Chunks<'a> {
    type Item = ([u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (head, rest) = self.rest.split_at_checked(8)?;
        let name = [head[0], head[1], head[2], head[3]];
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let (body, rest) = rest.split_at(length.min(rest.len()));
        // Chunks of odd length are followed by a byte of nothing.
        self.rest = rest.get(length % 2..).unwrap_or_default();
        Some((name, body))
    }
}

#[derive(Debug, Clone, Copy)]
struct Format {
    kind: Kind,
    channels: u16,
    rate: u32,
    /// Bytes of one sample of one channel.
    width: usize,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Unsigned8,
    Signed16,
    Signed24,
    Signed32,
    Float32,
    Float64,
    G711(Law),
}

impl Format {
    fn read(body: &[u8]) -> Result<Self, WavError> {
        if body.len() < 16 {
            return Err(WavError::Damaged("its format chunk is too short"));
        }
        let word = |at: usize| u16::from_le_bytes([body[at], body[at + 1]]);
        let rate = u32::from_le_bytes([body[4], body[5], body[6], body[7]]);
        let (channels, block, bits) = (word(2), word(12), word(14));
        // WAVE_FORMAT_EXTENSIBLE has the true tag in the first two bytes of its GUID.
        let tag = match word(0) {
            EXTENSIBLE if body.len() >= 26 => word(24),
            EXTENSIBLE => return Err(WavError::Damaged("its extensible format chunk is too short")),
            tag => tag,
        };
        let kind = kind(tag, bits)?;
        if channels == 0 {
            return Err(WavError::NoChannel);
        }
        if !(4_000..=192_000).contains(&rate) {
            return Err(WavError::Rate(rate));
        }
        let width = usize::from(bits / 8);
        if usize::from(block) != width * usize::from(channels) {
            return Err(WavError::Damaged("its block size does not fit its channels and bits"));
        }
        Ok(Self { kind, channels, rate, width })
    }

    fn samples(&self, body: &[u8]) -> Result<(Vec<i16>, u32), WavError> {
        let block = self.width * usize::from(self.channels);
        let length = body.len() / block;
        if length == 0 {
            return Err(WavError::Empty);
        }
        let seconds = length as u64 / u64::from(self.rate);
        if seconds > MOST_SECONDS {
            return Err(WavError::TooLong { seconds });
        }
        let samples = body.chunks_exact(block).map(|block| self.mixed(block)).collect();
        Ok((samples, self.rate))
    }

    fn mixed(&self, block: &[u8]) -> i16 {
        let sum: f64 = block.chunks_exact(self.width).map(|sample| self.kind.value(sample)).sum();
        (sum / f64::from(self.channels)).round() as i16
    }
}

impl Kind {
    /// One sample on the scale of 16 bits. The slice has the width of the kind.
    fn value(self, bytes: &[u8]) -> f64 {
        match (self, bytes) {
            (Self::Unsigned8, &[a]) => (f64::from(a) - 128.0) * 256.0,
            (Self::Signed16, &[a, b]) => f64::from(i16::from_le_bytes([a, b])),
            (Self::Signed24, &[a, b, c]) => f64::from(i32::from_le_bytes([0, a, b, c])) / 65_536.0,
            (Self::Signed32, &[a, b, c, d]) => f64::from(i32::from_le_bytes([a, b, c, d])) / 65_536.0,
            (Self::Float32, &[a, b, c, d]) => scaled(f64::from(f32::from_le_bytes([a, b, c, d]))),
            (Self::Float64, &[a, b, c, d, e, f, g, h]) => scaled(f64::from_le_bytes([a, b, c, d, e, f, g, h])),
            (Self::G711(law), &[a]) => f64::from(g711::decode(law, a)),
            _ => 0.0,
        }
    }
}

/// Floating point has 1.0 as full scale; what is no number is silence.
fn scaled(value: f64) -> f64 {
    if value.is_finite() { value.clamp(-1.0, 1.0) * 32_768.0 } else { 0.0 }
}

fn kind(tag: u16, bits: u16) -> Result<Kind, WavError> {
    match (tag, bits) {
        (PCM, 8) => Ok(Kind::Unsigned8),
        (PCM, 16) => Ok(Kind::Signed16),
        (PCM, 24) => Ok(Kind::Signed24),
        (PCM, 32) => Ok(Kind::Signed32),
        (FLOAT, 32) => Ok(Kind::Float32),
        (FLOAT, 64) => Ok(Kind::Float64),
        (A_LAW, 8) => Ok(Kind::G711(Law::A)),
        (MU_LAW, 8) => Ok(Kind::G711(Law::Mu)),
        (PCM | FLOAT | A_LAW | MU_LAW, bits) => Err(WavError::Width { bits }),
        (tag, _) => Err(WavError::Compressed { tag, name: format_name(tag) }),
    }
}

/// Names of the formats that turn up in prompts.
fn format_name(tag: u16) -> &'static str {
    match tag {
        0x0002 => "Microsoft ADPCM",
        0x0011 => "IMA ADPCM",
        0x0031 => "GSM 6.10",
        0x0040 | 0x0064 => "G.726",
        0x0050 | 0x0055 => "MPEG",
        0x00FF | 0x1600..=0x1610 => "AAC",
        0x0161..=0x0163 => "Windows Media",
        _ => "unknown to us",
    }
}

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const A_LAW: u16 = 6;
const MU_LAW: u16 = 7;
const EXTENSIBLE: u16 = 0xFFFE;
