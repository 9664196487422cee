//! Prompts as sound that is ready to be played.
//!
//! What is known when a flow is loaded (its fixed sentences, its recorded files) is made ready then and kept; fixed
//! sentences are kept on disk as well, so that a restart does not speak them again. What changes from call to call is
//! synthesised by the voice thread, kept in bounded memory, and never written to disk.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use anyhow::{Context, Result};
use call_model::{Language, Prompt, PromptPart};
use media::PromptAudio;
use tokio::sync::oneshot;
use tts::PromptKey;

use super::recorded::RecordedVoices;
use super::voices::{Voices, be_nice};

/// What a prompt's sound is.
pub enum Resolved {
    /// Ready.
    Ready(Vec<Arc<PromptAudio>>),
    /// Being synthesised; `None` when that fails.
    Later(oneshot::Receiver<Option<Vec<Arc<PromptAudio>>>>),
    /// A recorded file that is not loaded, or a voice thread that is too busy.
    Missing,
}

/// All sound that calls can play.
pub struct PromptLibrary {
    sounds: Arc<Sounds>,
    jobs: SyncSender<Job>,
    voice_names: BTreeMap<String, String>,
    other_voice: String,
    music: Arc<PromptAudio>,
    recorded: RecordedVoices,
}

#[derive(Default)]
struct Sounds {
    fixed: RwLock<HashMap<PromptKey, Arc<PromptAudio>>>,
    files: RwLock<HashMap<PathBuf, Arc<PromptAudio>>>,
    recent: Mutex<Recent>,
}

/// The sentences of late, the oldest forgotten first.
#[derive(Default)]
struct Recent {
    sounds: HashMap<PromptKey, Arc<PromptAudio>>,
    order: VecDeque<PromptKey>,
    frames: usize,
}

struct Job {
    parts: Vec<Part>,
    reply: oneshot::Sender<Option<Vec<Arc<PromptAudio>>>>,
}

/// A part of a prompt on its way to sound.
enum Part {
    Sound(Arc<PromptAudio>),
    Say { key: PromptKey, text: String, language: Language, fixed: bool },
}

impl PromptLibrary {
    /// Starts the voice thread. `cache` is the folder for fixed sentences that it spoke; recorded voices beat it.
    pub fn start(voices: Voices, languages: &[Language], cache: PathBuf, recorded: RecordedVoices) -> Result<Self> {
        std::fs::create_dir_all(&cache).with_context(|| format!("cannot make the folder {}", cache.display()))?;
        let sounds = Arc::new(Sounds::default());
        let (jobs, queue) = sync_channel(JOB_QUEUE);
        let voice_names = languages.iter().map(|tag| (tag.as_str().to_owned(), voices.name_of(tag))).collect();
        let other_voice = voices.name_of(&Language::new(""));
        let thread = VoiceThread { voices, sounds: sounds.clone(), cache };
        std::thread::Builder::new().name("voice".to_owned()).spawn(move || thread.run(&queue))?;
        let music = Arc::new(PromptAudio::from_samples(&audio::music::hold_music()));
        Ok(Self { sounds, jobs, voice_names, other_voice, music, recorded })
    }

    /// Hold music.
    pub fn music(&self) -> Arc<PromptAudio> {
        self.music.clone()
    }

    /// The library of recorded voices.
    pub fn recorded(&self) -> &RecordedVoices {
        &self.recorded
    }

    /// The sound of a prompt; recorded files are relative to `folder`.
    pub fn resolve(&self, folder: &Path, prompt: &Prompt) -> Resolved {
        let mut parts = Vec::with_capacity(prompt.parts.len());
        for part in &prompt.parts {
            match self.part(folder, part) {
                Some(part) => parts.push(part),
                None => return Resolved::Missing,
            }
        }
        match all_sound(parts) {
            Ok(sounds) => Resolved::Ready(sounds),
            Err(parts) => self.order(parts),
        }
    }

    /// Makes prompts ready: loads recorded files and speaks fixed sentences. Gives the problems, each a line.
    pub fn prepare(&self, folder: &Path, prompts: &[Prompt], progress: &mut dyn FnMut(usize)) -> Vec<String> {
        let mut problems = Vec::new();
        for (done, prompt) in prompts.iter().enumerate() {
            for part in &prompt.parts {
                if let Err(error) = self.load_recording(folder, part) {
                    problems.push(format!("{error:#}"));
                }
            }
            let ready = match self.resolve(folder, prompt) {
                Resolved::Ready(_) => true,
                Resolved::Later(sound) => sound.blocking_recv().ok().flatten().is_some(),
                Resolved::Missing => false,
            };
            if !ready && problems.is_empty() {
                problems.push(format!("the prompt {:?} cannot be spoken; see the log", prompt.transcript()));
            }
            progress(done + 1);
        }
        problems
    }

    fn load_recording(&self, folder: &Path, part: &PromptPart) -> Result<()> {
        match part {
            PromptPart::Audio(file) => self.load(&folder.join(file)),
            PromptPart::Say { text, language, fixed: true } => Ok(self.recorded.load(language, text)?),
            PromptPart::Say { fixed: false, .. } | PromptPart::Silence(_) => Ok(()),
        }
    }

    fn load(&self, path: &Path) -> Result<()> {
        if read_lock(&self.sounds.files).contains_key(path) {
            return Ok(());
        }
        let bytes =
            std::fs::read(path).with_context(|| format!("cannot read the recorded prompt {}", path.display()))?;
        let sound = prompt_of(&bytes)
            .with_context(|| format!("{} cannot be played; make it a WAV file, best 8 kHz mono", path.display()))?;
        self.sounds.files.write().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), Arc::new(sound));
        Ok(())
    }

    fn part(&self, folder: &Path, part: &PromptPart) -> Option<Part> {
        match part {
            PromptPart::Audio(file) => read_lock(&self.sounds.files).get(&folder.join(file)).cloned().map(Part::Sound),
            PromptPart::Silence(milliseconds) => Some(Part::Sound(Arc::new(PromptAudio::silence(*milliseconds)))),
            PromptPart::Say { text, language, fixed } => {
                if let Some(sound) = self.recorded.get(language, text).filter(|_| *fixed) {
                    return Some(Part::Sound(sound));
                }
                let voice = self.voice_names.get(language.as_str()).unwrap_or(&self.other_voice);
                let key = PromptKey::new(voice, language, text);
                Some(match self.sounds.get(&key) {
                    Some(sound) => Part::Sound(sound),
                    None => Part::Say { key, text: text.clone(), language: language.clone(), fixed: *fixed },
                })
            }
        }
    }

    fn order(&self, parts: Vec<Part>) -> Resolved {
        let (reply, sound) = oneshot::channel();
        match self.jobs.try_send(Job { parts, reply }) {
            Ok(()) => Resolved::Later(sound),
            Err(error) => {
                tracing::warn!(%error, "the voice cannot keep up; a prompt is left out");
                Resolved::Missing
            }
        }
    }
}

impl Sounds {
    fn get(&self, key: &PromptKey) -> Option<Arc<PromptAudio>> {
        if let Some(sound) = read_lock(&self.fixed).get(key) {
            return Some(sound.clone());
        }
        self.recent.lock().unwrap_or_else(PoisonError::into_inner).sounds.get(key).cloned()
    }
}

impl Recent {
    fn insert(&mut self, key: PromptKey, sound: Arc<PromptAudio>) {
        self.frames += sound.frames();
        if self.sounds.insert(key, sound).is_none() {
            self.order.push_back(key);
        }
        while self.frames > MOST_RECENT_FRAMES
            && let Some(oldest) = self.order.pop_front()
        {
            if let Some(gone) = self.sounds.remove(&oldest) {
                self.frames -= gone.frames();
            }
        }
    }
}

/// Speaks, one job after the other.
struct VoiceThread {
    voices: Voices,
    sounds: Arc<Sounds>,
    cache: PathBuf,
}

impl VoiceThread {
    fn run(mut self, jobs: &Receiver<Job>) {
        be_nice();
        while let Ok(job) = jobs.recv() {
            // A call that has gone meanwhile needs no voice.
            if !job.reply.is_closed() {
                let sound = job.parts.into_iter().map(|part| self.sound(part)).collect();
                let _ = job.reply.send(sound);
            }
        }
    }

    fn sound(&mut self, part: Part) -> Option<Arc<PromptAudio>> {
        let (key, text, language, fixed) = match part {
            Part::Sound(sound) => return Some(sound),
            Part::Say { key, text, language, fixed } => (key, text, language, fixed),
        };
        if let Some(sound) = self.sounds.get(&key) {
            return Some(sound);
        }
        let file = self.cache.join(format!("{key}.wav"));
        let kept = if fixed { read_cached(&file) } else { None };
        let samples = match kept {
            Some(samples) => samples,
            None => {
                let samples = self.speak(&text, &language)?;
                if fixed {
                    write_cached(&file, &samples);
                }
                samples
            }
        };
        let sound = Arc::new(PromptAudio::from_samples(&samples));
        if fixed {
            self.sounds.fixed.write().unwrap_or_else(PoisonError::into_inner).insert(key, sound.clone());
        } else {
            self.sounds.recent.lock().unwrap_or_else(PoisonError::into_inner).insert(key, sound.clone());
        }
        Some(sound)
    }

    fn speak(&mut self, text: &str, language: &Language) -> Option<Vec<i16>> {
        let spoken = tts::spoken::speakable(text, language);
        let voice = self.voices.of(language);
        let mut samples = Vec::new();
        for sentence in tts::sentences::sentences(&spoken) {
            match voice.speak(sentence, language) {
                Ok(speech) => samples.extend(audio::resample_all(&speech.samples, speech.rate, audio::RATE)),
                Err(error) => {
                    tracing::error!(%error, "a prompt cannot be spoken");
                    return None;
                }
            }
        }
        Some(samples)
    }
}

fn all_sound(parts: Vec<Part>) -> Result<Vec<Arc<PromptAudio>>, Vec<Part>> {
    if parts.iter().any(|part| matches!(part, Part::Say { .. })) {
        return Err(parts);
    }
    let sounds = parts.into_iter().filter_map(|part| match part {
        Part::Sound(sound) => Some(sound),
        Part::Say { .. } => None,
    });
    Ok(sounds.collect())
}

/// A WAV file as a prompt.
pub(super) fn prompt_of(wav: &[u8]) -> Result<PromptAudio, audio::wav::WavError> {
    let (samples, rate) = audio::wav::decode(wav)?;
    Ok(PromptAudio::from_samples(&audio::resample_all(&samples, rate, audio::RATE)))
}

fn read_cached(file: &Path) -> Option<Vec<i16>> {
    let bytes = std::fs::read(file).ok()?;
    let (samples, rate) = audio::wav::decode(&bytes).ok()?;
    (rate == audio::RATE).then_some(samples)
}

/// Written beside and renamed, so that half a file is never read. A cache that cannot be written is only slower.
fn write_cached(file: &Path, samples: &[i16]) {
    let part = file.with_extension("part");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: audio::RATE,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let written = hound::WavWriter::create(&part, spec).and_then(|mut writer| {
        samples.iter().try_for_each(|sample| writer.write_sample(*sample))?;
        writer.finalize()
    });
    let kept = written.map_err(std::io::Error::other).and_then(|()| std::fs::rename(&part, file));
    if let Err(error) = kept {
        tracing::warn!(%error, "a spoken prompt is not kept on disk");
    }
}

fn read_lock<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

/// Sentences that wait to be spoken; beyond it prompts are left out.
const JOB_QUEUE: usize = 256;
/// Ten minutes of changing sentences.
const MOST_RECENT_FRAMES: usize = 10 * 60 * 50;
