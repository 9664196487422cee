//! The library of recorded voices: sentences of flows, spoken by people, in place of the synthetic voice.
//!
//! A recording is `LANGUAGE/NAME.wav` in the library's folder, where the name comes from the sentence: its first words, for
//! people, and a digest, by which two sentences never share one. A sentence without a recording is spoken synthetically.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use call_model::Language;
use hound::WavReader;
use media::PromptAudio;
use tts::PromptKey;

use super::prompts::prompt_of;

/// The recordings that there are.
pub struct RecordedVoices {
    folder: PathBuf,
    sounds: RwLock<HashMap<PromptKey, Arc<PromptAudio>>>,
    uploads: AtomicU64,
}

/// Why a recording is not taken.
#[derive(Debug, thiserror::Error)]
pub enum RecordingRefused {
    /// It is no sound that can be played.
    #[error("{0}")]
    Unusable(String),
    /// It could not be written.
    #[error("the recording cannot be written: {0}")]
    Disk(#[from] io::Error),
}

impl RecordedVoices {
    /// The library in a folder, which need not be there.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, sounds: RwLock::default(), uploads: AtomicU64::new(0) }
    }

    /// The name of a sentence's recording, without its ending.
    pub fn name_of(language: &Language, text: &str) -> String {
        let digest = key(language, text).to_string();
        let words: Vec<String> = text
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .take(WORDS)
            .map(|word| word.chars().take(LETTERS).collect::<String>().to_ascii_lowercase())
            .collect();
        let words = words.join("-");
        if words.is_empty() { digest[..DIGITS].to_owned() } else { format!("{words}-{}", &digest[..DIGITS]) }
    }

    /// The file of a sentence's recording, below the library's folder.
    pub fn file_of(language: &Language, text: &str) -> String {
        format!("{}/{}.wav", language.as_str(), Self::name_of(language, text))
    }

    /// The recording of a sentence, once it was loaded or uploaded.
    pub fn get(&self, language: &Language, text: &str) -> Option<Arc<PromptAudio>> {
        self.sounds.read().unwrap_or_else(PoisonError::into_inner).get(&key(language, text)).cloned()
    }

    /// Loads the recording of a sentence, where there is one.
    ///
    /// # Errors
    /// What is wrong with a file that is there.
    pub fn load(&self, language: &Language, text: &str) -> Result<(), RecordingRefused> {
        let path = self.folder.join(Self::file_of(language, text));
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(RecordingRefused::Unusable(format!("{}: {error}", path.display()))),
        };
        let unusable = |error| RecordingRefused::Unusable(format!("{}: {error}", path.display()));
        let sound = prompt_of(&bytes).map_err(unusable)?;
        self.insert(language, text, sound);
        Ok(())
    }

    /// Takes a recording of a sentence, in the place of an older one. It is heard from the next prompt on.
    ///
    /// # Errors
    /// [`RecordingRefused`]; then the older one stays.
    pub fn keep(&self, language: &Language, text: &str, wav: &[u8]) -> Result<(), RecordingRefused> {
        check(wav).map_err(RecordingRefused::Unusable)?;
        let sound = prompt_of(wav).map_err(|error| RecordingRefused::Unusable(error.to_string()))?;
        self.write(&self.folder.join(Self::file_of(language, text)), wav)?;
        self.insert(language, text, sound);
        Ok(())
    }

    /// Removes the recording of a sentence; `false` where there is none.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn forget(&self, language: &Language, text: &str) -> io::Result<bool> {
        match std::fs::remove_file(self.folder.join(Self::file_of(language, text))) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let mut sounds = self.sounds.write().unwrap_or_else(PoisonError::into_inner);
        Ok(sounds.remove(&key(language, text)).is_some())
    }

    fn insert(&self, language: &Language, text: &str, sound: PromptAudio) {
        let mut sounds = self.sounds.write().unwrap_or_else(PoisonError::into_inner);
        sounds.insert(key(language, text), Arc::new(sound));
    }

    /// Written beside and renamed, so that half a file is never read.
    fn write(&self, path: &Path, wav: &[u8]) -> io::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        // Two uploads of one sentence at a time must not write into one file.
        let part = path.with_extension(format!("part{}", self.uploads.fetch_add(1, Ordering::Relaxed)));
        let written = std::fs::write(&part, wav).and_then(|()| std::fs::File::open(&part)?.sync_all());
        written.and_then(|()| std::fs::rename(&part, path)).inspect_err(|_| drop(std::fs::remove_file(&part)))
    }
}

fn key(language: &Language, text: &str) -> PromptKey {
    PromptKey::new("recorded", language, text)
}

/// Refuses what is no recording of a sentence, whatever could be made of it.
fn check(wav: &[u8]) -> Result<(), String> {
    let Ok(reader) = WavReader::new(wav) else {
        return Err(
            "it is no WAV file of PCM; convert it, for instance with `sox in.mp3 -r 16000 -c 1 out.wav`".to_owned()
        );
    };
    let spec = reader.spec();
    if spec.channels != 1 {
        return Err(format!("it has {} channels; record one", spec.channels));
    }
    if !(LOWEST_RATE..=HIGHEST_RATE).contains(&spec.sample_rate) {
        let rate = spec.sample_rate;
        return Err(format!("it has {rate} samples a second; {LOWEST_RATE} to {HIGHEST_RATE} are taken"));
    }
    let seconds = f64::from(reader.duration()) / f64::from(spec.sample_rate);
    if !(SHORTEST..=LONGEST).contains(&seconds) {
        return Err(format!("it is {seconds:.1} s long; {SHORTEST} to {LONGEST} s are taken"));
    }
    Ok(())
}

/// Of a sentence in its recording's name.
const WORDS: usize = 5;
const LETTERS: usize = 12;
const DIGITS: usize = 12;
/// Hz.
const LOWEST_RATE: u32 = 8_000;
const HIGHEST_RATE: u32 = 48_000;
/// Seconds.
const SHORTEST: f64 = 0.1;
const LONGEST: f64 = 120.0;

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A WAV file of so many milliseconds.
    pub(crate) fn wav(channels: u16, rate: u32, milliseconds: u32) -> Vec<u8> {
        let spec = hound::WavSpec {
            channels,
            sample_rate: rate,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut bytes = io::Cursor::new(Vec::new());
        let mut writer = hound::WavWriter::new(&mut bytes, spec).expect("a header");
        for n in 0..rate / 1000 * milliseconds * u32::from(channels) {
            writer.write_sample(if n % 40 < 20 { 8_000_i16 } else { -8_000 }).expect("room");
        }
        writer.finalize().expect("room");
        bytes.into_inner()
    }

    fn english() -> Language {
        Language::new("en")
    }

    #[test]
    fn a_recording_is_named_by_its_sentence() {
        let name = RecordedVoices::name_of(&english(), "Hello, this is North Wind. How are you?");
        assert!(name.starts_with("hello-this-is-north-wind-"), "{name}");
        assert_ne!(name, RecordedVoices::name_of(&english(), "Hello, this is North Wind. Who are you?"));
        assert_ne!(name, RecordedVoices::name_of(&Language::new("ko"), "Hello, this is North Wind. How are you?"));
        let chinese = RecordedVoices::file_of(&Language::new("zh"), "您好。");
        assert_eq!(chinese.len(), "zh/.wav".len() + DIGITS, "{chinese}");
        assert!(!RecordedVoices::name_of(&english(), "../../etc/passwd").contains(['/', '.']));
    }

    #[test]
    fn a_recording_is_kept_over_a_restart_and_can_be_removed() {
        let folder = tempfile::tempdir().unwrap();
        let voices = RecordedVoices::new(folder.path().join("library"));
        voices.load(&english(), "Hello.").unwrap();
        assert!(voices.get(&english(), "Hello.").is_none());
        voices.keep(&english(), "Hello.", &wav(1, 16_000, 500)).unwrap();
        assert_eq!(voices.get(&english(), "Hello.").unwrap().frames(), 25);
        voices.keep(&english(), "Hello.", &wav(1, 16_000, 700)).unwrap();
        assert_eq!(voices.get(&english(), "Hello.").unwrap().frames(), 35);
        let files = std::fs::read_dir(folder.path().join("library/en")).unwrap().count();
        assert_eq!(files, 1, "nothing is left beside it");

        let later = RecordedVoices::new(folder.path().join("library"));
        later.load(&english(), "Hello.").unwrap();
        assert_eq!(later.get(&english(), "Hello.").unwrap().frames(), 35);
        assert!(later.get(&Language::new("ko"), "Hello.").is_none());
        assert!(later.forget(&english(), "Hello.").unwrap());
        assert!(later.get(&english(), "Hello.").is_none());
        assert!(!later.forget(&english(), "Hello.").unwrap());
        assert_eq!(std::fs::read_dir(folder.path().join("library/en")).unwrap().count(), 0);
    }

    #[test]
    fn what_is_no_recording_of_a_sentence_is_refused_and_the_old_one_stays() {
        let folder = tempfile::tempdir().unwrap();
        let voices = RecordedVoices::new(folder.path().to_owned());
        voices.keep(&english(), "Hello.", &wav(1, 8_000, 200)).unwrap();
        let mut damaged = wav(1, 8_000, 200);
        damaged.truncate(30);
        let cases = [
            (b"ID3".to_vec(), "no WAV"),
            (damaged, "no WAV"),
            (wav(2, 16_000, 500), "2 channels"),
            (wav(1, 4_000, 500), "4000 samples"),
            (wav(1, 96_000, 500), "96000 samples"),
            (wav(1, 8_000, 50), "0.1 to 120"),
            (wav(1, 8_000, 121_000), "121.0 s"),
        ];
        for (bytes, told) in cases {
            let refused = voices.keep(&english(), "Hello.", &bytes).unwrap_err();
            assert!(refused.to_string().contains(told), "{refused} should tell {told}");
        }
        assert_eq!(voices.get(&english(), "Hello.").unwrap().frames(), 10);
        std::fs::write(folder.path().join(RecordedVoices::file_of(&english(), "Bye.")), b"nothing").unwrap();
        let unusable = voices.load(&english(), "Bye.").unwrap_err();
        assert!(unusable.to_string().contains("bye-"), "{unusable}");
    }
}
