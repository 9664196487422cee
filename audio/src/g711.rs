//! G.711: one byte a sample, by µ-law or A-law.
//!
//! Values are those of ITU-T G.711 as the software tool library G.191 scales them to 16 bits: µ-law works on the upper
//! 14 bits of a sample and A-law on the upper 12 (G.191 rather than the 13 of the recommendation's tables: the lowest
//! bit of those never decides). Both encoders are one table look-up a sample; the tables are made by the compiler.

use crate::frame::{FRAME, Frame};

/// The two companding laws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Law {
    /// µ-law, PCMU, RTP payload type 0.
    Mu,
    /// A-law, PCMA, RTP payload type 8.
    A,
}

impl Law {
    /// The byte that stands for silence.
    pub const fn silence(self) -> u8 {
        match self {
            Self::Mu => 0xFF,
            Self::A => 0xD5,
        }
    }
}

/// One sample to its byte.
#[inline]
pub fn encode(law: Law, sample: i16) -> u8 {
    match law {
        Law::Mu => MU_ENCODE[mu_index(sample)],
        Law::A => A_ENCODE[a_index(sample)],
    }
}

/// One byte to its sample.
#[inline]
pub fn decode(law: Law, byte: u8) -> i16 {
    match law {
        Law::Mu => MU_DECODE[byte as usize],
        Law::A => A_DECODE[byte as usize],
    }
}

/// A frame to its 160 bytes.
pub fn encode_frame(law: Law, frame: &Frame, out: &mut [u8; FRAME]) {
    encode_into(law, frame, out);
}

/// Samples to bytes, as many as both slices hold. Returns how many.
pub fn encode_into(law: Law, samples: &[i16], out: &mut [u8]) -> usize {
    match law {
        Law::Mu => out.iter_mut().zip(samples).for_each(|(byte, &sample)| *byte = MU_ENCODE[mu_index(sample)]),
        Law::A => out.iter_mut().zip(samples).for_each(|(byte, &sample)| *byte = A_ENCODE[a_index(sample)]),
    }
    samples.len().min(out.len())
}

/// Bytes to samples, as many as both slices hold. Returns how many.
pub fn decode_into(law: Law, bytes: &[u8], out: &mut [i16]) -> usize {
    let table = match law {
        Law::Mu => &MU_DECODE,
        Law::A => &A_DECODE,
    };
    out.iter_mut().zip(bytes).for_each(|(sample, &byte)| *sample = table[byte as usize]);
    bytes.len().min(out.len())
}

/// µ-law bytes to A-law bytes or back; through the linear values, which is what G.711 tables 3 and 4 come to.
pub fn transcode_into(from: Law, to: Law, bytes: &[u8], out: &mut [u8]) -> usize {
    out.iter_mut().zip(bytes).for_each(|(target, &byte)| *target = encode(to, decode(from, byte)));
    bytes.len().min(out.len())
}

const fn mu_index(sample: i16) -> usize {
    (sample as u16 >> 2) as usize
}

const fn a_index(sample: i16) -> usize {
    (sample as u16 >> 4) as usize
}

/// The byte of a 14-bit value. Negative values are mirrored about -1/2 (their complement), as G.191 has it.
const fn mu_byte(value: i16) -> u8 {
    let magnitude = if value < 0 { !value } else { value } + 33;
    let magnitude = if magnitude > 0x1FFF { 0x1FFF } else { magnitude };
    // The leading one of a value from 33 to 8191 is bit 5 to 12: its place is the chord, the four bits behind it the step.
    let chord = 10 - magnitude.leading_zeros() as i16;
    let step = (magnitude >> (chord + 1)) & 0x0F;
    let code = !((chord << 4 | step) as u8) & 0x7F;
    if value < 0 { code } else { code | 0x80 }
}

const fn mu_sample(byte: u8) -> i16 {
    let code = !byte;
    let chord = (code >> 4) & 7;
    let step = (code & 0x0F) as i16;
    let magnitude = (((step << 1) + 33) << chord) - 33;
    if byte & 0x80 == 0 { -(magnitude << 2) } else { magnitude << 2 }
}

/// The byte of a 12-bit value.
const fn a_byte(value: i16) -> u8 {
    let magnitude = if value < 0 { !value } else { value };
    let code = if magnitude < 32 {
        magnitude
    } else {
        let chord = 12 - magnitude.leading_zeros() as i16;
        (chord << 4) | ((magnitude >> (chord - 1)) & 0x0F)
    };
    let sign = if value < 0 { 0 } else { 0x80 };
    (code as u8 | sign) ^ 0x55
}

const fn a_sample(byte: u8) -> i16 {
    let code = byte ^ 0x55;
    let chord = (code >> 4) & 7;
    let step = ((code & 0x0F) as i16) << 4;
    let magnitude = if chord == 0 { step + 8 } else { (step + 0x108) << (chord - 1) };
    if byte & 0x80 == 0 { -magnitude } else { magnitude }
}

static MU_ENCODE: [u8; 1 << 14] = {
    let mut table = [0; 1 << 14];
    let mut i = 0;
    while i < table.len() {
        table[i] = mu_byte(((i << 2) as u16 as i16) >> 2);
        i += 1;
    }
    table
};

static A_ENCODE: [u8; 1 << 12] = {
    let mut table = [0; 1 << 12];
    let mut i = 0;
    while i < table.len() {
        table[i] = a_byte(((i << 4) as u16 as i16) >> 4);
        i += 1;
    }
    table
};

static MU_DECODE: [i16; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < table.len() {
        table[i] = mu_sample(i as u8);
        i += 1;
    }
    table
};

static A_DECODE: [i16; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < table.len() {
        table[i] = a_sample(i as u8);
        i += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    /// G.711 table 2a: decision values x1 to x128 of one half of µ-law, at 14 bits.
    fn mu_decisions() -> Vec<i32> {
        let mut values = vec![0, 1];
        for segment in 0..8 {
            let step = 2 << segment;
            let count = if segment == 0 { 15 } else { 16 };
            for _ in 0..count {
                values.push(values[values.len() - 1] + step);
            }
        }
        values
    }

    /// G.711 table 1a: decision values of one half of A-law, brought to 12 bits (the table has 13 with the lowest unused).
    fn a_decisions() -> Vec<i32> {
        let mut values = vec![0];
        for segment in 0..8 {
            let step = if segment == 0 { 1 } else { 1 << (segment - 1) };
            for _ in 0..16 {
                values.push(values[values.len() - 1] + step);
            }
        }
        values
    }

    /// The interval of a magnitude: the last whose decision value it reaches, the end of the scale being virtual.
    fn interval(decisions: &[i32], magnitude: i32) -> u8 {
        decisions[..128].iter().rposition(|&from| magnitude >= from).unwrap() as u8
    }

    fn reference(law: Law, sample: i16) -> u8 {
        let magnitude = |bits: u32| (if sample < 0 { !sample } else { sample } as i32) >> (16 - bits);
        let positive = sample >= 0;
        match law {
            Law::Mu => !interval(&mu_decisions(), magnitude(14)) & 0x7F | if positive { 0x80 } else { 0 },
            Law::A => (interval(&a_decisions(), magnitude(12)) | if positive { 0x80 } else { 0 }) ^ 0x55,
        }
    }

    #[test]
    fn every_sample_encodes_as_the_recommendation_says() {
        for law in [Law::Mu, Law::A] {
            for sample in i16::MIN..=i16::MAX {
                assert_eq!(encode(law, sample), reference(law, sample), "{law:?} {sample}");
            }
        }
    }

    #[test]
    fn decoded_values_lie_in_the_middle_of_their_interval() {
        let mu = mu_decisions();
        for n in 1..128 {
            let middle = (mu[n] + mu[n + 1]) / 2 * 4;
            assert_eq!(i32::from(decode(Law::Mu, !(n as u8))), middle);
            assert_eq!(i32::from(decode(Law::Mu, !(n as u8) & 0x7F)), -middle);
        }
        let a = a_decisions();
        for n in 0..128 {
            let middle = (a[n] + a[n + 1]) * 8;
            assert_eq!(i32::from(decode(Law::A, (n as u8 | 0x80) ^ 0x55)), middle);
            assert_eq!(i32::from(decode(Law::A, n as u8 ^ 0x55)), -middle);
        }
    }

    #[test]
    fn every_code_survives_decoding_and_encoding() {
        for byte in 0..=255 {
            assert_eq!(encode(Law::A, decode(Law::A, byte)), byte);
            // µ-law has two zeros and G.711 sends the positive one.
            let expected = if byte == 0x7F { 0xFF } else { byte };
            assert_eq!(encode(Law::Mu, decode(Law::Mu, byte)), expected);
        }
    }

    #[test]
    fn the_ends_of_the_scale_are_those_of_g191() {
        assert_eq!(decode(Law::Mu, 0x80), 32_124);
        assert_eq!(decode(Law::Mu, 0x00), -32_124);
        assert_eq!(decode(Law::A, 0xAA), 32_256);
        assert_eq!(decode(Law::A, 0x2A), -32_256);
        assert_eq!(encode(Law::Mu, i16::MIN), 0x00);
        assert_eq!(encode(Law::A, i16::MAX), 0xAA);
        assert_eq!(encode(Law::Mu, 0), Law::Mu.silence());
        assert_eq!(encode(Law::A, 0), Law::A.silence());
    }

    #[test]
    fn slices_of_unequal_length_stop_at_the_shorter() {
        let mut bytes = [0; 3];
        assert_eq!(encode_into(Law::A, &[0; 5], &mut bytes), 3);
        let mut samples = [7; 5];
        assert_eq!(decode_into(Law::Mu, &[0xFF; 2], &mut samples), 2);
        assert_eq!(samples, [0, 0, 7, 7, 7]);
    }

    #[test]
    fn transcoding_there_and_back_keeps_within_a_step() {
        for byte in 0..=255 {
            let mut a = [0];
            transcode_into(Law::Mu, Law::A, &[byte], &mut a);
            let (before, after) = (i32::from(decode(Law::Mu, byte)), i32::from(decode(Law::A, a[0])));
            assert!((before - after).abs() <= 16 + before.abs() / 16, "{byte}: {before} became {after}");
        }
    }
}
