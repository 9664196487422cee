//! Recognition models in the process of a command.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use asr::{Grammar, Model, Turn, TurnEvent};
use audio::{FRAME, Frame, Vad, VadConfig};
use call_model::{Heard, Language, ListenRequest};
use clap::Args;
use engine_vosk::VoskModel;
use ivr_flows::scripted::Ear;
use ivr_flows::{SentenceMeaning, Vocabulary};

use crate::cli::language_and_folder;
use crate::speech::Meanings;

/// The models that a command works with.
#[derive(Debug, Args)]
pub struct ModelArgs {
    /// A language and its model, such as `en=models/en`, for words that it does not know and for dialogues with sound.
    #[arg(long = "model", value_name = "LANGUAGE=FOLDER", value_parser = language_and_folder)]
    models: Vec<(String, PathBuf)>,
    /// A language and its model of meaning, such as `en=models/meaning-en`, by which intents are found besides words.
    #[arg(long = "meaning", value_name = "LANGUAGE=FOLDER", value_parser = language_and_folder)]
    meaning: Vec<(String, PathBuf)>,
    /// ONNX Runtime's library, for models of meaning; a bare name is found by the system.
    #[arg(long, value_name = "FILE", default_value = "libonnxruntime.so")]
    onnx_runtime: PathBuf,
}

/// Models loaded in this process: it listens to nobody, and a crash costs no call.
pub struct Models {
    heard: BTreeMap<String, Arc<VoskModel>>,
    meanings: Meanings,
}

impl Models {
    /// Loads the models of a command line.
    pub fn load(arguments: ModelArgs) -> Result<Self> {
        let meanings = Meanings::load(arguments.meaning, &arguments.onnx_runtime)?;
        Self::with(arguments.models, meanings)
    }

    /// Loads models, each with its language, beside models of meaning.
    pub fn with(models: Vec<(String, PathBuf)>, meanings: Meanings) -> Result<Self> {
        let mut heard = BTreeMap::new();
        for (language, folder) in models {
            let model = VoskModel::load(&folder).with_context(|| format!("the model for {language} cannot be used"))?;
            heard.insert(language, Arc::new(model));
        }
        Ok(Self { heard, meanings })
    }

    /// What the models know; `None` where there is no model at all.
    pub fn vocabulary(&self) -> Option<&dyn Vocabulary> {
        if self.heard.is_empty() && self.meanings.is_empty() { None } else { Some(self) }
    }

    /// Listens to the files of a folder.
    pub fn ear(&self, folder: PathBuf) -> SoundFiles<'_> {
        SoundFiles { models: self, folder }
    }

    fn hear(&self, file: &Path, request: &ListenRequest) -> Result<Heard> {
        let language = request.language.as_str();
        let model =
            self.heard.get(language).with_context(|| format!("no model listens: give `--model {language}=FOLDER`"))?;
        let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        let (samples, rate) = audio::wav::decode(&bytes).with_context(|| format!("cannot read {}", file.display()))?;
        let samples = audio::resample_all(&samples, rate, RATE);
        let grammar = Grammar::of(request)?;
        let recogniser = model.listen(&grammar)?;
        let mut turn = Turn::new(request, grammar, recogniser).listening_again(model.clone());
        let mut voice = Vad::new(VadConfig::default());
        for frame in frames(&samples) {
            let voiced = voice.push(&frame).voiced;
            if let Some(TurnEvent::Heard(heard)) = turn.push(&frame, voiced)? {
                return Ok(heard);
            }
        }
        anyhow::bail!("no speech was found in {}", file.display())
    }
}

impl Vocabulary for Models {
    fn speaks(&self, language: &Language) -> bool {
        // Whoever gives no model at all does not want to know which is missing.
        self.heard.is_empty() || self.heard.contains_key(language.as_str())
    }

    fn knows(&self, language: &Language, word: &str) -> bool {
        self.heard.get(language.as_str()).is_none_or(|model| model.knows(word))
    }

    fn nearest(&self, language: &Language, word: &str) -> Option<String> {
        self.heard.get(language.as_str()).and_then(|model| model.nearest(word))
    }

    fn meaning(&self, language: &Language) -> Option<Arc<dyn SentenceMeaning>> {
        self.meanings.get(language)
    }
}

/// The sound files of a folder, and the models that listen to them.
pub struct SoundFiles<'m> {
    models: &'m Models,
    folder: PathBuf,
}

impl Ear for SoundFiles<'_> {
    fn hear(&mut self, file: &str, request: &ListenRequest) -> Result<Heard, String> {
        self.models.hear(&self.folder.join(file), request).map_err(|error| format!("{error:#}"))
    }
}

/// The sound in frames, with silence before it, in which the voice detector learns the noise, and after it.
fn frames(samples: &[i16]) -> impl Iterator<Item = Frame> + '_ {
    let silence = |frames: usize| std::iter::repeat_n([0i16; FRAME], frames);
    let sound = samples.chunks(FRAME).map(|chunk| {
        let mut frame = [0i16; FRAME];
        frame[..chunk.len()].copy_from_slice(chunk);
        frame
    });
    silence(QUIET_FRAMES).chain(sound).chain(silence(LONGEST_FRAMES))
}

/// Samples a second of a telephone.
const RATE: u32 = 8_000;
/// 200 ms.
const QUIET_FRAMES: usize = 10;
/// 12 s: longer than any silence that ends a turn.
const LONGEST_FRAMES: usize = 600;
