//! Sound as callers make it and hear it.

use std::f64::consts::PI;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Samples of one packet: 20 ms at 8 kHz.
pub const FRAME: usize = 160;

/// One packet's sound in µ-law.
pub type Payload = [u8; FRAME];

/// µ-law of one sample (ITU-T G.711).
pub fn ulaw(sample: i16) -> u8 {
    const BIAS: i32 = 0x84;
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = i32::from(sample).abs().min(32_635) + BIAS;
    let exponent = (31 - magnitude.leading_zeros() as i32) - 7;
    let mantissa = (magnitude >> (exponent + 3)) & 0x0f;
    !(sign | (exponent << 4) | mantissa) as u8
}

/// The sample of a µ-law byte.
pub fn linear(byte: u8) -> i16 {
    let byte = !byte;
    let exponent = i32::from((byte >> 4) & 7);
    let magnitude = (((i32::from(byte & 0x0f) << 3) + 0x84) << exponent) - 0x84;
    (if byte & 0x80 == 0 { magnitude } else { -magnitude }) as i16
}

/// A quiet line: noise of a few steps, other in each packet.
pub fn quiet(count: usize) -> Vec<Payload> {
    noise(count, 8)
}

/// Noise of a loudness, other in each packet.
pub fn noise(count: usize, peak: i32) -> Vec<Payload> {
    let mut state = 0x9e37_79b9_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ulaw((((state >> 16) as i32 - 32_768) * peak / 32_768) as i16)
    };
    (0..count).map(|_| std::array::from_fn(|_| next())).collect()
}

/// A tone.
pub fn tone(hertz: f64, milliseconds: u32) -> Vec<i16> {
    let count = milliseconds * 8;
    (0..count).map(|n| ((f64::from(n) * hertz * 2.0 * PI / 8000.0).sin() * 8000.0) as i16).collect()
}

/// Writes 8 kHz sound.
pub fn write(path: &Path, samples: &[i16]) -> Result<()> {
    let spec =
        hound::WavSpec { channels: 1, sample_rate: 8000, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut file = hound::WavWriter::create(path, spec)?;
    for sample in samples {
        file.write_sample(*sample)?;
    }
    Ok(file.finalize()?)
}

/// Reads 16-bit sound of one channel, as 8 kHz.
pub fn read(path: &Path) -> Result<Vec<i16>> {
    let mut file = hound::WavReader::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let spec = file.spec();
    if spec.channels != 1 || spec.bits_per_sample != 16 {
        bail!("{} must have one channel of 16 bits", path.display());
    }
    let samples: Vec<i16> = file.samples::<i16>().collect::<Result<_, _>>()?;
    Ok(if spec.sample_rate == 8000 { samples } else { to_8k(&samples, f64::from(spec.sample_rate)) })
}

/// Band-limited interpolation with a windowed sinc.
fn to_8k(samples: &[i16], rate: f64) -> Vec<i16> {
    const REACH: i64 = 48;
    let (step, cut) = (rate / 8000.0, 7200.0 / rate);
    let count = (samples.len() as f64 / step) as usize;
    let value = |at: f64| -> i16 {
        let middle = at as i64;
        let sum: f64 = (middle - REACH..=middle + REACH)
            .filter_map(|n| Some((n, *samples.get(usize::try_from(n).ok()?)?)))
            .map(|(n, sample)| {
                let x = n as f64 - at;
                let sinc = if x.abs() < 1e-9 { cut } else { (PI * cut * x).sin() / (PI * x) };
                f64::from(sample) * sinc * (0.5 + 0.5 * (PI * x / (REACH + 1) as f64).cos())
            })
            .sum();
        sum.clamp(-32_768.0, 32_767.0) as i16
    };
    (0..count).map(|n| value(n as f64 * step)).collect()
}

/// What a caller says, in packets, with the place of the first and of the last packet with voice.
#[derive(Debug, Clone)]
pub struct Utterance {
    /// The packets.
    pub packets: Vec<Payload>,
    /// The first with voice.
    pub first: usize,
    /// The last with voice.
    pub last: usize,
}

impl Utterance {
    /// Of samples at 8 kHz.
    pub fn new(samples: &[i16]) -> Self {
        let mut packets = Vec::new();
        let mut voiced = Vec::new();
        let loud = samples.chunks(FRAME).map(level).fold(0.0, f64::max);
        for chunk in samples.chunks(FRAME) {
            voiced.push(level(chunk) > loud / 20.0);
            packets.push(std::array::from_fn(|n| ulaw(chunk.get(n).copied().unwrap_or(0))));
        }
        let first = voiced.iter().position(|is| *is).unwrap_or(0);
        let last = voiced.iter().rposition(|is| *is).unwrap_or(0);
        Self { packets, first, last }
    }

    /// A phrase by eSpeak NG.
    pub fn spoken(phrase: &str, folder: &Path) -> Result<Self> {
        let path = folder.join(format!("{}.wav", phrase.replace(' ', "-")));
        let status = Command::new("espeak-ng").args(["-v", "en-us", "-s", "150", "-w"]).arg(&path).arg(phrase).status();
        match status {
            Ok(status) if status.success() => Ok(Self::new(&read(&path)?)),
            _ => bail!("espeak-ng cannot be run: install the package espeak-ng"),
        }
    }
}

fn level(samples: &[i16]) -> f64 {
    let sum: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    (sum / samples.len().max(1) as f64).sqrt()
}

/// What one packet sounds like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sounds {
    /// Like nothing.
    Silent,
    /// Like the tone of [`QUESTION`].
    Question,
    /// Like the tone of [`ANSWER`].
    Answer,
    /// Like the tone of [`APOLOGY`].
    Apology,
    /// Like something else, a voice.
    Other,
}

/// The tone of a question, in hertz: whole periods in a packet.
pub const QUESTION: f64 = 450.0;
/// The tone that follows what was understood.
pub const ANSWER: f64 = 900.0;
/// The tone that follows what was not understood.
pub const APOLOGY: f64 = 1350.0;

/// Tells the tones apart.
pub fn sounds(payload: &[u8]) -> Sounds {
    let samples: Vec<f64> = payload.iter().map(|byte| f64::from(linear(*byte))).collect();
    let energy: f64 = samples.iter().map(|sample| sample * sample).sum();
    if energy < samples.len() as f64 * 300.0 * 300.0 {
        return Sounds::Silent;
    }
    let tones = [(QUESTION, Sounds::Question), (ANSWER, Sounds::Answer), (APOLOGY, Sounds::Apology)];
    let is = |hertz: f64| power(&samples, hertz) > 0.6 * energy;
    tones.into_iter().find(|(hertz, _)| is(*hertz)).map_or(Sounds::Other, |(_, sound)| sound)
}

/// The energy of one frequency.
fn power(samples: &[f64], hertz: f64) -> f64 {
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (n, sample) in samples.iter().enumerate() {
        let angle = 2.0 * PI * hertz * n as f64 / 8000.0;
        real += sample * angle.cos();
        imaginary += sample * angle.sin();
    }
    (real * real + imaginary * imaginary) * 2.0 / samples.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tones_are_told_apart_and_a_quiet_line_is_silent() {
        let heard = |hertz| {
            let bytes: Vec<u8> = tone(hertz, 40).iter().map(|sample| ulaw(*sample)).collect();
            sounds(&bytes[77..77 + FRAME])
        };
        assert_eq!(heard(QUESTION), Sounds::Question);
        assert_eq!(heard(ANSWER), Sounds::Answer);
        assert_eq!(heard(APOLOGY), Sounds::Apology);
        assert_eq!(heard(333.0), Sounds::Other);
        assert_eq!(sounds(&quiet(1)[0]), Sounds::Silent);
    }

    #[test]
    fn mu_law_comes_back_nearly_the_same() {
        for sample in [-32_000, -1000, -8, 0, 8, 1000, 32_000] {
            let back = linear(ulaw(sample));
            assert!((i32::from(back) - i32::from(sample)).abs() <= i32::from(sample.abs() / 16 + 8), "{sample} {back}");
        }
    }

    #[test]
    fn another_rate_keeps_the_tone() {
        let wide: Vec<i16> =
            (0..22_050).map(|n| ((f64::from(n) * 450.0 * 2.0 * PI / 22_050.0).sin() * 8000.0) as i16).collect();
        let narrow = to_8k(&wide, 22_050.0);
        assert_eq!(narrow.len(), 8000);
        let bytes: Vec<u8> = narrow[4000..4000 + FRAME].iter().map(|sample| ulaw(*sample)).collect();
        assert_eq!(sounds(&bytes), Sounds::Question);
    }
}
