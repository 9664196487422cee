//! Sound that is ready to be sent: encoded once, shared by every call that plays it.

use std::fmt;

use audio::g711::{self, Law};
use audio::{FRAME, FRAME_MS};

/// A piece of sound in frames of 20 ms, ready in µ-law and in A-law. Shared as `Arc<PromptAudio>`.
#[derive(Clone, PartialEq, Eq)]
pub struct PromptAudio {
    sound: Sound,
}

#[derive(Clone, PartialEq, Eq)]
enum Sound {
    /// Both encodings, a whole number of frames each.
    Encoded { mu: Box<[[u8; FRAME]]>, a: Box<[[u8; FRAME]]> },
    /// This many frames of silence, which take no memory.
    Silence { frames: usize },
}

impl PromptAudio {
    /// Encodes samples of 8 kHz. The last frame is filled up with silence.
    pub fn from_samples(samples: &[i16]) -> Self {
        Self { sound: Sound::Encoded { mu: encode(Law::Mu, samples), a: encode(Law::A, samples) } }
    }

    /// Silence, rounded up to whole frames of 20 ms.
    pub fn silence(ms: u32) -> Self {
        Self { sound: Sound::Silence { frames: ms.div_ceil(FRAME_MS) as usize } }
    }

    /// How many frames it has.
    pub fn frames(&self) -> usize {
        match &self.sound {
            Sound::Encoded { mu, .. } => mu.len(),
            Sound::Silence { frames } => *frames,
        }
    }

    /// Its length in milliseconds.
    pub fn duration_ms(&self) -> u32 {
        u32::try_from(self.frames()).unwrap_or(u32::MAX).saturating_mul(FRAME_MS)
    }

    /// One frame's payload, `None` behind the end.
    pub fn frame(&self, law: Law, index: usize) -> Option<&[u8; FRAME]> {
        match (&self.sound, law) {
            (Sound::Encoded { mu, .. }, Law::Mu) => mu.get(index),
            (Sound::Encoded { a, .. }, Law::A) => a.get(index),
            (Sound::Silence { frames }, law) => (index < *frames).then(|| silent_payload(law)),
        }
    }
}

impl fmt::Debug for PromptAudio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PromptAudio({} frames)", self.frames())
    }
}

/// A frame of encoded silence.
pub fn silent_payload(law: Law) -> &'static [u8; FRAME] {
    const MU: [u8; FRAME] = [Law::Mu.silence(); FRAME];
    const A: [u8; FRAME] = [Law::A.silence(); FRAME];
    match law {
        Law::Mu => &MU,
        Law::A => &A,
    }
}

fn encode(law: Law, samples: &[i16]) -> Box<[[u8; FRAME]]> {
    samples
        .chunks(FRAME)
        .map(|chunk| {
            let mut payload = *silent_payload(law);
            g711::encode_into(law, chunk, &mut payload);
            payload
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_frame_is_filled_up_with_silence() {
        let prompt = PromptAudio::from_samples(&[8_000; FRAME + 1]);
        assert_eq!((prompt.frames(), prompt.duration_ms()), (2, 40));
        for law in [Law::Mu, Law::A] {
            assert_eq!(prompt.frame(law, 0), Some(&[g711::encode(law, 8_000); FRAME]));
            let last = prompt.frame(law, 1).unwrap();
            assert_eq!(last[0], g711::encode(law, 8_000));
            assert_eq!(last[1..], [law.silence(); FRAME - 1]);
            assert_eq!(prompt.frame(law, 2), None);
        }
    }

    #[test]
    fn silence_is_as_long_as_asked_for_and_takes_no_memory() {
        let silence = PromptAudio::silence(30);
        assert_eq!(silence.frames(), 2);
        assert_eq!(silence.frame(Law::A, 1), Some(&[Law::A.silence(); FRAME]));
        assert_eq!(silence.frame(Law::A, 2), None);
    }

    #[test]
    fn nothing_has_no_frames() {
        assert_eq!(PromptAudio::from_samples(&[]).frames(), 0);
        assert_eq!(PromptAudio::silence(0).frames(), 0);
    }
}
