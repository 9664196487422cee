//! A recording as it grows: when it ends, how much of it is kept, and its file.

use std::io::{self, SeekFrom};
use std::path::{Path, PathBuf};

use audio::{FRAME, FRAME_MS, Frame, RATE};
use call_model::{RecordRequest, RecordingEnd, RecordingId};
use tokio::fs::File;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};

/// Decides when a recording ends, from whether each period of 20 ms holds speech.
#[derive(Debug)]
pub(super) struct Ear {
    most: u32,
    silence: u32,
    /// Periods so far.
    heard: u32,
    /// Periods of speech without a pause up to now.
    run: u32,
    /// The period after the last one that belonged to speech.
    spoken: Option<u32>,
}

impl Ear {
    pub(super) fn new(request: &RecordRequest) -> Self {
        let periods = |ms: u32| (ms / FRAME_MS).max(1);
        Self {
            most: periods(request.max_ms),
            silence: periods(request.final_silence_ms),
            heard: 0,
            run: 0,
            spoken: None,
        }
    }

    /// Hears a period; says whether the recording ends with it.
    pub(super) fn hear(&mut self, voiced: bool) -> Option<RecordingEnd> {
        self.heard += 1;
        self.run = if voiced { self.run + 1 } else { 0 };
        if self.run >= SPEECH {
            self.spoken = Some(self.heard);
        }
        let allowed = match self.spoken {
            Some(_) => self.silence,
            // Callers gather their thoughts before they begin.
            None => self.silence.max(FIRST_PATIENCE),
        };
        if self.heard - self.spoken.unwrap_or(0) >= allowed {
            Some(RecordingEnd::Silence)
        } else {
            (self.heard >= self.most).then_some(RecordingEnd::Full)
        }
    }

    /// The periods that are kept: none where nothing was said, else up to a moment after the last word.
    pub(super) fn kept_frames(&self) -> u32 {
        self.spoken.map_or(0, |spoken| (spoken + AFTERWARDS).min(self.heard))
    }
}

/// A WAV file in the making: mono, 8,000 samples a second, 16 bit. It is called `NAME.wav.part` until it is complete; its
/// header is made right every second, so that a crash costs a second at most.
pub(super) struct SoundFile {
    path: PathBuf,
    part: PathBuf,
    file: File,
    waiting: Vec<u8>,
    /// Bytes of sound in the file.
    written: u32,
}

impl SoundFile {
    pub(super) async fn create(folder: &Path, id: RecordingId) -> io::Result<Self> {
        tokio::fs::create_dir_all(folder).await?;
        let (path, part) = (path_of(folder, id), folder.join(format!("{id}.wav.part")));
        let mut file = File::create(&part).await?;
        file.write_all(&header(0)).await?;
        Ok(Self { path, part, file, waiting: Vec::with_capacity(SECOND), written: 0 })
    }

    pub(super) async fn push(&mut self, frame: &Frame) -> io::Result<()> {
        self.waiting.extend(frame.iter().flat_map(|sample| sample.to_le_bytes()));
        if self.waiting.len() >= SECOND { self.write().await } else { Ok(()) }
    }

    /// Cuts the file to so many periods and gives it its name; without any it is removed. Gives back its length in ms.
    pub(super) async fn complete(mut self, frames: u32) -> io::Result<u32> {
        if frames == 0 {
            drop(self.file);
            tokio::fs::remove_file(&self.part).await?;
            return Ok(0);
        }
        self.write().await?;
        let length = self.written.min(frames.saturating_mul(FRAME_BYTES));
        self.file.set_len(u64::from(HEADER + length)).await?;
        self.file.seek(SeekFrom::Start(0)).await?;
        self.file.write_all(&header(length)).await?;
        self.file.flush().await?;
        self.file.sync_all().await?;
        tokio::fs::rename(&self.part, &self.path).await?;
        Ok(length / FRAME_BYTES * FRAME_MS)
    }

    async fn write(&mut self) -> io::Result<()> {
        self.file.seek(SeekFrom::End(0)).await?;
        self.file.write_all(&self.waiting).await?;
        self.written += u32::try_from(self.waiting.len()).unwrap_or(0);
        self.waiting.clear();
        self.file.seek(SeekFrom::Start(0)).await?;
        self.file.write_all(&header(self.written)).await?;
        self.file.flush().await
    }
}

/// Where the sound of a recording lies.
pub fn path_of(folder: &Path, id: RecordingId) -> PathBuf {
    folder.join(format!("{id}.wav"))
}

/// The header of a WAV file with so many bytes of sound.
fn header(length: u32) -> [u8; HEADER as usize] {
    let mut header = [0; HEADER as usize];
    header[..4].copy_from_slice(b"RIFF");
    header[4..8].copy_from_slice(&(length + HEADER - 8).to_le_bytes());
    header[8..16].copy_from_slice(b"WAVEfmt ");
    header[16..20].copy_from_slice(&16u32.to_le_bytes());
    // PCM, one side.
    header[20..22].copy_from_slice(&1u16.to_le_bytes());
    header[22..24].copy_from_slice(&1u16.to_le_bytes());
    header[24..28].copy_from_slice(&RATE.to_le_bytes());
    header[28..32].copy_from_slice(&(RATE * 2).to_le_bytes());
    header[32..34].copy_from_slice(&2u16.to_le_bytes());
    header[34..36].copy_from_slice(&16u16.to_le_bytes());
    header[36..40].copy_from_slice(b"data");
    header[40..].copy_from_slice(&length.to_le_bytes());
    header
}

const HEADER: u32 = 44;
const FRAME_BYTES: u32 = 2 * FRAME as u32;
/// Bytes of a second.
const SECOND: usize = 2 * RATE as usize;
/// Shorter noises are no speech: 60 ms.
const SPEECH: u32 = 3;
/// What is kept behind the last word: 300 ms.
const AFTERWARDS: u32 = 15;
/// The shortest silence at the beginning that ends a recording: 5 s.
const FIRST_PATIENCE: u32 = 250;

#[cfg(test)]
mod tests {
    use super::*;

    fn request(max_ms: u32, final_silence_ms: u32) -> RecordRequest {
        RecordRequest { beep: false, max_ms, final_silence_ms, key_ends: true, voicemail: None }
    }

    /// Hears pieces of speech and silence in ms; the end with the time at which it came.
    fn hear(ear: &mut Ear, pieces: &[(bool, u32)]) -> Option<(RecordingEnd, u32)> {
        let periods = pieces.iter().flat_map(|(voiced, ms)| (0..ms / FRAME_MS).map(|_| *voiced));
        periods.zip(1..).find_map(|(voiced, at)| Some((ear.hear(voiced)?, at * FRAME_MS)))
    }

    #[test]
    fn it_ends_with_silence_which_is_cut_off() {
        let mut ear = Ear::new(&request(60_000, 2000));
        let ended = hear(&mut ear, &[(false, 3000), (true, 1000), (false, 1900), (true, 500), (false, 5000)]);
        assert_eq!(ended, Some((RecordingEnd::Silence, 8400)));
        assert_eq!(ear.kept_frames() * FRAME_MS, 6400 + 300);
    }

    #[test]
    fn silence_from_the_beginning_keeps_nothing() {
        let mut ear = Ear::new(&request(60_000, 2000));
        // Clicks are no speech.
        let ended = hear(&mut ear, &[(false, 1000), (true, 40), (false, 9000)]);
        assert_eq!(ended, Some((RecordingEnd::Silence, 5000)));
        assert_eq!(ear.kept_frames(), 0);
    }

    #[test]
    fn it_ends_after_the_longest_time() {
        let mut ear = Ear::new(&request(3000, 2000));
        assert_eq!(hear(&mut ear, &[(true, 60_000)]), Some((RecordingEnd::Full, 3000)));
        assert_eq!(ear.kept_frames() * FRAME_MS, 3000);
    }

    #[tokio::test]
    async fn a_file_bears_its_name_only_when_complete_and_only_if_something_was_said() {
        let folder = tempfile::tempdir().unwrap();
        let id = RecordingId::from_parts(1, 2);
        let mut file = SoundFile::create(folder.path(), id).await.unwrap();
        for number in 0..120 {
            file.push(&[number; FRAME]).await.unwrap();
        }
        let read = |path: PathBuf| hound::WavReader::open(path).unwrap().into_samples::<i16>().count();
        assert_eq!(read(folder.path().join(format!("{id}.wav.part"))), 100 * FRAME, "whole up to its last second");
        assert_eq!(file.complete(110).await.unwrap(), 2200);
        assert_eq!(read(path_of(folder.path(), id)), 110 * FRAME);
        let file = SoundFile::create(folder.path(), id).await.unwrap();
        assert_eq!(file.complete(0).await.unwrap(), 0);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
