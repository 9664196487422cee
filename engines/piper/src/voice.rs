//! The voice.

use std::fmt;

use call_model::Language;
use tts::{Speech, Voice, VoiceError, sentences};

use crate::PiperConfig;
use crate::espeak::Phonemiser;
use crate::network::Network;
use crate::phonemes::{clauses, numbers};
use crate::settings::{self, Settings};

/// A loaded voice.
pub struct PiperVoice {
    name: String,
    settings: Settings,
    scales: [f32; 3],
    phonemiser: Phonemiser,
    network: Network,
}

/// The longest text that is spoken at once, in characters.
const LONGEST_TEXT: usize = 2_000;

/// Silence between two sentences, in thousandths of a second.
const BETWEEN_SENTENCES: u32 = 250;

/// Every sentence is brought to this peak, a good 2 dB below the largest sample.
const PEAK: f32 = 25_000.0;

/// A sentence quieter than this is silence, and stays it.
const SILENT: f32 = 0.01;

impl PiperVoice {
    /// Loads a voice: some seconds and a few hundred megabytes.
    ///
    /// # Errors
    ///
    /// [`VoiceError::ModelUnusable`] when the folder, the network or ONNX Runtime's library is missing or wrong.
    pub fn load(config: PiperConfig) -> Result<Self, VoiceError> {
        let (file, settings) = settings::find(&config.folder)?;
        let network = Network::load(&file, &settings, &config)?;
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let scales = [
            settings.inference.noise_scale,
            settings.inference.length_scale * config.length,
            settings.inference.noise_w,
        ];
        let phonemiser =
            Phonemiser { program: config.espeak, voice: settings.espeak.voice.clone(), limit: config.phonemes_limit };
        Ok(Self { name: format!("piper {stem} {}", config.length), settings, scales, phonemiser, network })
    }

    fn sentence(&mut self, sentence: &str) -> Result<Vec<i16>, VoiceError> {
        let clauses = clauses(sentence);
        let spoken = self.phonemiser.phonemes(&clauses)?;
        let numbers = numbers(&clauses, &spoken, &self.settings.phoneme_id_map);
        let failed = |why: String| VoiceError::Failed { voice: self.name.clone(), why };
        let samples = self.network.speak(numbers, self.scales).map_err(|error| failed(error.to_string()))?;
        if samples.iter().any(|sample| !sample.is_finite()) {
            return Err(failed("it made sound that is no number".to_owned()));
        }
        let peak = samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        let gain = PEAK / peak.max(SILENT);
        Ok(samples.into_iter().map(|sample| (sample * gain) as i16).collect())
    }
}

impl Voice for PiperVoice {
    fn name(&self) -> &str {
        &self.name
    }

    fn speaks(&self, language: &Language) -> bool {
        self.settings.speaks(language)
    }

    fn speak(&mut self, text: &str, language: &Language) -> Result<Speech, VoiceError> {
        if !self.speaks(language) {
            return Err(VoiceError::UnknownLanguage { voice: self.name.clone(), language: language.clone() });
        }
        let characters = text.chars().count();
        if characters > LONGEST_TEXT {
            return Err(VoiceError::TextTooLong { characters, limit: LONGEST_TEXT });
        }
        let rate = self.settings.audio.sample_rate;
        let mut samples = Vec::new();
        for sentence in sentences::sentences(text) {
            if !samples.is_empty() {
                let silence = rate as usize * BETWEEN_SENTENCES as usize / 1_000;
                samples.resize(samples.len() + silence, 0);
            }
            samples.extend(self.sentence(sentence)?);
        }
        Ok(Speech { samples, rate })
    }
}

impl fmt::Debug for PiperVoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PiperVoice").field("name", &self.name).finish_non_exhaustive()
    }
}
