//! One listening turn, from the order to listen to what was heard.
//!
//! Nothing is decoded before somebody speaks: the last 300 ms are kept, and given to the recogniser when speech starts.
//! The first 200 ms of speech are held back as well, until their level is known, and are then decoded at once; as the
//! silence that ends a turn is longer than that, nobody waits for it.
//!
//! While nobody speaks the noise of the line is learnt; where there is much, it is taken out of what is decoded.

use std::collections::VecDeque;
use std::sync::Arc;

use audio::{FRAME_MS, Frame, Leveller, NoiseSuppressor, SILENCE, Upsampler};
use call_model::{Heard, HeardWord, ListenEnd, ListenRequest};

use crate::again::Again;
use crate::{Endpoint, Endpointer, EndpointerConfig, Grammar, Match, Model, Recogniser, RecogniserError};

/// What a turn reports.
#[derive(Debug, Clone, PartialEq)]
pub enum TurnEvent {
    /// What has been understood so far; only when it changed.
    Partial(String),
    /// The turn has ended. Nothing comes after it.
    Heard(Heard),
}

/// A recogniser with all that belongs around it.
pub struct Turn {
    grammar: Grammar,
    recogniser: Box<dyn Recogniser>,
    /// Hears the same sound without the grammar; given up when it fails.
    free: Option<Box<dyn Recogniser>>,
    /// Listens once more to what was not clear.
    again: Option<Again>,
    endpointer: Endpointer,
    suppressor: NoiseSuppressor,
    /// Whether there is enough noise to take it out.
    noisy: bool,
    leveller: Leveller,
    upsampler: Upsampler,
    /// Frames that have not been decoded, with their voice flags.
    held: VecDeque<(Frame, bool)>,
    stage: Stage,
    /// Frames taken in all.
    frames: u32,
    partial: String,
}

#[derive(Debug, Clone, Copy)]
enum Stage {
    /// Before speech: old frames are dropped.
    Waiting,
    /// Speech has begun, this many frames ago, and is held back to learn its level.
    Learning { frames: usize },
    /// Every frame is decoded as it comes; the recogniser's time began at frame `from`.
    Decoding { from: u32, since_partial: u32 },
    /// Over, by its end or by a failure.
    Over,
}

impl Turn {
    /// A turn that listens for the phrases of a request, and once more to what was not clear. Phrases with words that the
    /// model does not know, such as names that a service answered, are not listened for; the second part tells how many.
    ///
    /// # Errors
    ///
    /// The request is no grammar, or the model can listen for none of its phrases.
    pub fn open(request: &ListenRequest, model: &Arc<dyn Model>) -> Result<(Self, usize), RecogniserError> {
        let all = Grammar::of(request).map_err(|error| RecogniserError::NotMade(error.to_string()))?;
        let wanted = all.phrases().len();
        let (grammar, recogniser) = match model.listen(&all) {
            Ok(recogniser) => (all, recogniser),
            Err(error) => {
                let known = all.in_known_words(|word| model.knows(word)).ok_or(error)?;
                let recogniser = model.listen(&known)?;
                (known, recogniser)
            }
        };
        let left_out = wanted.saturating_sub(grammar.phrases().len());
        Ok((Self::new(request, grammar, recogniser).listening_again(model.clone()), left_out))
    }

    /// A turn that waits for speech. `grammar` holds the phrases of `request`, and `recogniser` was made for it.
    pub fn new(request: &ListenRequest, grammar: Grammar, recogniser: Box<dyn Recogniser>) -> Self {
        Self {
            grammar,
            recogniser,
            free: None,
            again: None,
            endpointer: Endpointer::new(EndpointerConfig::from(request)),
            suppressor: NoiseSuppressor::new(),
            noisy: false,
            leveller: Leveller::default(),
            upsampler: Upsampler::new(),
            held: VecDeque::with_capacity(PRE_ROLL + LEARNING + 1),
            stage: Stage::Waiting,
            frames: 0,
            partial: String::new(),
        }
    }

    /// Adds a recogniser that hears the same sound without the grammar.
    pub fn with_free(mut self, recogniser: Box<dyn Recogniser>) -> Self {
        self.free = Some(recogniser);
        self
    }

    /// Has what was not clear heard once more by the model at the end of the turn, which takes some hundredths of its
    /// length: a sentence in which no phrase was made out, or a short one, for a few of the phrases, and one with a synonym
    /// without it.
    pub fn listening_again(mut self, model: Arc<dyn Model>) -> Self {
        self.again = self.grammar.may_be_heard_again().then(|| Again::new(model));
        self
    }

    /// Takes the next 20 ms and whether they hold speech. After [`TurnEvent::Heard`] or an error nothing more comes.
    pub fn push(&mut self, frame: &Frame, voiced: bool) -> Result<Option<TurnEvent>, RecogniserError> {
        if matches!(self.stage, Stage::Over) {
            return Ok(None);
        }
        let result = self.step(frame, voiced);
        if result.is_err() {
            self.stage = Stage::Over;
        }
        result
    }

    /// Whether speech has begun: from then on the recogniser works.
    pub fn is_speaking(&self) -> bool {
        self.endpointer.is_speaking()
    }

    /// Whether nothing more will come.
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    fn step(&mut self, frame: &Frame, voiced: bool) -> Result<Option<TurnEvent>, RecogniserError> {
        self.frames += 1;
        self.held.push_back((*frame, voiced));
        let ended = match self.endpointer.push(voiced) {
            Some(Endpoint::SpeechStarted) => {
                self.stage = Stage::Learning { frames: 0 };
                None
            }
            Some(Endpoint::Ended(end)) => Some(end),
            None => None,
        };
        match self.stage {
            Stage::Waiting => {
                if self.held.len() > PRE_ROLL
                    && let Some((frame, false)) = self.held.pop_front()
                {
                    self.suppressor.learn(&frame);
                }
            }
            Stage::Learning { frames } => self.learn(frame, voiced, frames)?,
            Stage::Decoding { .. } => self.decode()?,
            Stage::Over => {}
        }
        match ended {
            Some(end) => self.finish(end).map(Some),
            None => self.ask(),
        }
    }

    fn learn(&mut self, frame: &Frame, voiced: bool, frames: usize) -> Result<(), RecogniserError> {
        self.leveller.learn(frame, voiced);
        if frames < LEARNING {
            self.stage = Stage::Learning { frames: frames + 1 };
            return Ok(());
        }
        self.begin()
    }

    /// Sets the gain by what was learnt and decodes all that was held back.
    fn begin(&mut self) -> Result<(), RecogniserError> {
        self.leveller.settle();
        if self.suppressor.frames_learnt() < ENOUGH_NOISE {
            let quiet = self.held.iter().take(PRE_ROLL - SOFT_BEGINNING).filter(|(_, voiced)| !voiced);
            quiet.for_each(|(frame, _)| self.suppressor.learn(frame));
        }
        self.noisy = self.suppressor.noise_level() > QUIET_LINE;
        self.stage = Stage::Decoding { from: self.frames - self.held.len() as u32, since_partial: 0 };
        // What was learnt from is not learnt from again.
        while let Some((mut frame, voiced)) = self.held.pop_front() {
            self.clean(&mut frame);
            self.leveller.apply(&mut frame, voiced);
            self.recognise(&frame)?;
        }
        Ok(())
    }

    fn decode(&mut self) -> Result<(), RecogniserError> {
        while let Some((mut frame, voiced)) = self.held.pop_front() {
            self.leveller.learn(&frame, voiced);
            self.clean(&mut frame);
            self.leveller.apply(&mut frame, voiced);
            self.recognise(&frame)?;
        }
        Ok(())
    }

    fn clean(&mut self, frame: &mut Frame) {
        if self.noisy {
            self.suppressor.apply(frame);
        }
    }

    fn recognise(&mut self, frame: &Frame) -> Result<(), RecogniserError> {
        let samples = self.upsampler.push(frame);
        if self.free.as_mut().is_some_and(|free| free.push(samples).is_err()) {
            self.free = None;
        }
        if let Some(again) = &mut self.again {
            again.keep(samples);
        }
        self.recogniser.push(samples)
    }

    /// Asks for the words so far every 100 ms, and oftener where a whole phrase would end the turn.
    fn ask(&mut self) -> Result<Option<TurnEvent>, RecogniserError> {
        let Stage::Decoding { from, since_partial } = self.stage else { return Ok(None) };
        let ending = self.endpointer.wants_words();
        let due = since_partial + 1 >= if ending { ENDING_PARTIAL } else { PARTIAL };
        self.stage = Stage::Decoding { from, since_partial: if due { 0 } else { since_partial + 1 } };
        if !due {
            return Ok(None);
        }
        let text = self.recogniser.partial()?;
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let matched = match self.grammar.matched(&text) {
            _ if text.is_empty() => Match::None,
            Match::Whole if self.is_hasty(&text) => Match::WholeOrBeginning,
            matched => matched,
        };
        if let Some(Endpoint::Ended(end)) = self.endpointer.understood(matched) {
            return self.finish(end).map(Some);
        }
        if text == self.partial {
            return Ok(None);
        }
        self.partial.clone_from(&text);
        Ok(Some(TurnEvent::Partial(text)))
    }

    /// Whether a word is heard in less time than it takes to say: in the "er" before a sentence, say, an "operator".
    fn is_hasty(&self, text: &str) -> bool {
        let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        let takes_ms = letters.saturating_mul(LETTER_MS);
        !self.grammar.in_sentences().is_empty() && !text.contains(' ') && self.endpointer.speech_ms() < takes_ms
    }

    fn finish(&mut self, end: ListenEnd) -> Result<TurnEvent, RecogniserError> {
        if matches!(self.stage, Stage::Learning { .. }) {
            self.begin()?;
        }
        let from = match self.stage {
            Stage::Decoding { from, .. } => from,
            Stage::Waiting | Stage::Learning { .. } | Stage::Over => self.frames,
        };
        // The filters still hold 10 ms each of the last word.
        let mut last = SILENCE;
        self.clean(&mut last);
        self.recognise(&last)?;
        let late = if self.noisy { 2 * FILTER_MS } else { FILTER_MS };
        let offset = (from * FRAME_MS).saturating_sub(late);
        let placed =
            |words: Vec<HeardWord>| -> Vec<HeardWord> { words.into_iter().map(|word| later(word, offset)).collect() };
        let words = placed(self.recogniser.finish()?);
        let free = self.free.take().and_then(|mut free| free.finish().ok()).map(|words| HeardWord::joined(&words));
        self.stage = Stage::Over;
        let text = HeardWord::joined(&words);
        let again = self.again.take();
        let listen = |to: Option<Grammar>| again.as_ref()?.listen(&to?).map(placed);
        let (again, without_synonyms) =
            (listen(self.grammar.to_hear_again(&text)), listen(self.grammar.without_synonyms(&text)));
        let speech_ms = self.endpointer.speech_ms();
        Ok(TurnEvent::Heard(Heard { text, words, again, without_synonyms, free, speech_ms, end }))
    }
}

/// From the recogniser's time to the turn's.
fn later(word: HeardWord, offset: u32) -> HeardWord {
    HeardWord { start_ms: word.start_ms.saturating_add(offset), end_ms: word.end_ms.saturating_add(offset), ..word }
}

/// Frames kept from before speech: 300 ms, in which the soft beginning of a word lies.
const PRE_ROLL: usize = 15;

/// Frames of speech from which its level is learnt: 200 ms.
const LEARNING: usize = 10;

/// Nobody says a word with less than this for each of its letters.
const LETTER_MS: u32 = 60;

/// Frames between partial results: 100 ms, and 40 ms in a silence that may end the turn.
const PARTIAL: u32 = 5;
const ENDING_PARTIAL: u32 = 2;

/// Frames of noise that tell what the line is like: 200 ms. Where fewer passed before speech, those of the pre-roll are
/// taken, too, but for the last 100 ms, in which a word may softly begin.
const ENOUGH_NOISE: usize = 10;
const SOFT_BEGINNING: usize = 5;

/// Noise up to this level, in dBFS, disturbs nobody: what is said over it is left as it is.
const QUIET_LINE: f32 = -62.0;

/// How late the upsampler gives sound, and the noise suppressor.
const FILTER_MS: u32 = 10;
