//! The voice.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use call_model::Language;
use tts::{Speech, Voice, VoiceError};

use crate::languages::{installed, voice_for};
use crate::process::{Ran, RunError, run};

/// How the program is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EspeakConfig {
    /// The program, by name or path.
    pub program: PathBuf,
    /// Speed, as the program counts it: words a minute.
    pub words_a_minute: u32,
    /// The longest that one sentence may take.
    pub limit: Duration,
}

impl Default for EspeakConfig {
    /// Debian's program, a little slower than its own 175 words a minute, which is hard to follow on a telephone.
    fn default() -> Self {
        Self { program: "espeak-ng".into(), words_a_minute: 155, limit: Duration::from_secs(10) }
    }
}

/// A voice that starts `espeak-ng` once a sentence.
#[derive(Debug)]
pub struct EspeakVoice {
    config: EspeakConfig,
    name: String,
    installed: BTreeSet<String>,
}

/// The longest text of one sentence, in characters.
const LONGEST_TEXT: usize = 2_000;

impl EspeakVoice {
    /// Asks the program which languages it speaks.
    ///
    /// # Errors
    ///
    /// [`VoiceError::ProgramMissing`] where it is not installed.
    pub fn new(config: EspeakConfig) -> Result<Self, VoiceError> {
        let name = format!("espeak-ng {}", config.words_a_minute);
        let mut voice = Self { config, name, installed: BTreeSet::new() };
        let ran = voice.run(&["--voices"], "")?;
        voice.installed = installed(&String::from_utf8_lossy(&ran.output));
        if voice.installed.is_empty() {
            return Err(voice.failed("it lists no voices; is espeak-ng-data installed?"));
        }
        Ok(voice)
    }

    fn run(&self, arguments: &[&str], text: &str) -> Result<Ran, VoiceError> {
        let program = &self.config.program;
        match run(program, arguments, text, self.config.limit) {
            Ok(ran) if ran.status.success() => Ok(ran),
            Ok(ran) => Err(self.failed(&format!("{} ({})", ran.complaint.trim(), ran.status))),
            Err(RunError::NotStarted(error)) => Err(VoiceError::ProgramMissing {
                program: program.display().to_string(),
                why: error.to_string(),
                package: "espeak-ng",
            }),
            Err(RunError::TimedOut) => Err(VoiceError::TimedOut { voice: self.name.clone(), limit: self.config.limit }),
            Err(RunError::Broken(error)) => Err(self.failed(&error.to_string())),
        }
    }

    fn failed(&self, why: &str) -> VoiceError {
        VoiceError::Failed { voice: self.name.clone(), why: why.to_owned() }
    }
}

impl Voice for EspeakVoice {
    fn name(&self) -> &str {
        &self.name
    }

    fn speaks(&self, language: &Language) -> bool {
        voice_for(language, &self.installed).is_some()
    }

    fn speak(&mut self, text: &str, language: &Language) -> Result<Speech, VoiceError> {
        let characters = text.chars().count();
        if characters > LONGEST_TEXT {
            return Err(VoiceError::TextTooLong { characters, limit: LONGEST_TEXT });
        }
        let unknown = || VoiceError::UnknownLanguage { voice: self.name.clone(), language: language.clone() };
        let voice = voice_for(language, &self.installed).ok_or_else(unknown)?;
        let speed = self.config.words_a_minute.to_string();
        let ran = self.run(&["--stdout", "--stdin", "-b", "1", "-v", &voice, "-s", &speed], &plain(text))?;
        if ran.output.is_empty() {
            // The program writes no header where there was nothing to say.
            return Ok(Speech { samples: Vec::new(), rate: 22_050 });
        }
        match audio::wav::decode(&ran.output) {
            Ok((samples, rate)) => Ok(Speech { samples, rate }),
            Err(audio::wav::WavError::Empty) => Ok(Speech { samples: Vec::new(), rate: 22_050 }),
            Err(error) => Err(self.failed(&error.to_string())),
        }
    }
}

/// Text without what the program takes for orders: phonemes in double brackets, and control characters.
fn plain(text: &str) -> String {
    let spaced = text.replace("[[", "[ [").replace("]]", "] ]");
    spaced.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voice() -> EspeakVoice {
        EspeakVoice::new(EspeakConfig::default()).expect("espeak-ng; run `make setup`")
    }

    #[test]
    fn a_sentence_becomes_sound_of_a_fitting_length() {
        let speech = voice().speak("You owe forty-two dollars.", &Language::new("en")).unwrap();
        assert_eq!(speech.rate, 22_050);
        assert!((0.8..4.0).contains(&speech.duration().as_secs_f32()), "{:?}", speech.duration());
        assert!(audio::dbfs(&speech.samples) > -30.0);
    }

    #[test]
    fn mandarin_is_spoken_and_not_spelt_in_english() {
        let mut voice = voice();
        let speech = voice.speak("您好，请问您要查账单吗？", &Language::new("zh-CN")).unwrap();
        // Ten syllables and a pause; the pinyin letters and tone numbers in English take twice as long.
        assert!((1.5..4.5).contains(&speech.duration().as_secs_f32()), "{:?}", speech.duration());
    }

    #[test]
    fn a_text_is_never_taken_for_an_option_or_an_order() {
        let mut voice = voice();
        let language = Language::new("en");
        let spoken = voice.speak("--version", &language).unwrap();
        assert!(spoken.duration() > Duration::from_millis(300));
        assert_eq!(plain("say [[h@'loU]]\nnow"), "say [ [h@'loU] ] now");
    }

    #[test]
    fn nothing_to_say_is_silence_of_no_length() {
        let speech = voice().speak("", &Language::new("en")).unwrap();
        assert!(speech.duration() < Duration::from_millis(500), "{:?}", speech.duration());
    }

    #[test]
    fn what_cannot_be_spoken_has_a_clear_error() {
        let mut voice = voice();
        let klingon = Language::new("tlh");
        assert!(!voice.speaks(&klingon) && voice.speaks(&Language::new("zh")));
        assert!(matches!(voice.speak("nuqneH", &klingon), Err(VoiceError::UnknownLanguage { .. })));
        let long = "word ".repeat(1_000);
        assert!(matches!(voice.speak(&long, &Language::new("en")), Err(VoiceError::TextTooLong { limit: 2_000, .. })));
    }

    #[test]
    fn a_machine_without_the_program_is_told_what_to_install() {
        let config = EspeakConfig { program: "/no/such/espeak-ng".into(), ..EspeakConfig::default() };
        let error = EspeakVoice::new(config).unwrap_err();
        assert!(error.to_string().contains("apt-get install espeak-ng"), "{error}");
    }

    #[test]
    fn a_program_that_fails_or_hangs_leaves_a_voice_that_goes_on() {
        let mut voice = voice();
        let language = Language::new("en");
        voice.config.program = "/bin/false".into();
        assert!(matches!(voice.speak("hello", &language), Err(VoiceError::Failed { .. })));
        voice.config.limit = Duration::ZERO;
        voice.config.program = "espeak-ng".into();
        assert!(matches!(voice.speak("hello", &language), Err(VoiceError::TimedOut { .. })));
        voice.config.limit = Duration::from_secs(20);
        assert!(voice.speak("hello", &language).is_ok());
    }
}
