//! A recogniser that follows a script instead of hearing: words become known when so much sound has been pushed.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::sync::{Arc, atomic::AtomicU64, atomic::Ordering};

use asr::{Recogniser, RecogniserError};
use call_model::HeardWord;

/// What was done to a recogniser, to be looked at when the turn owns it.
#[derive(Clone, Default)]
pub struct Seen {
    samples: Arc<AtomicU64>,
    loudest: Arc<AtomicU64>,
    partials: Arc<AtomicU64>,
}

impl Seen {
    /// Milliseconds of sound that were decoded.
    pub fn decoded_ms(&self) -> u64 {
        self.samples.load(Ordering::Relaxed) / 16
    }

    /// The loudest sample.
    pub fn loudest(&self) -> u64 {
        self.loudest.load(Ordering::Relaxed)
    }

    /// How often it was asked for a partial result.
    pub fn partials(&self) -> u64 {
        self.partials.load(Ordering::Relaxed)
    }
}

/// Words with the milliseconds of sound after which each is known.
pub struct Scripted {
    pub words: Vec<(&'static str, u64)>,
    pub seen: Seen,
    /// Fails when so much sound has been pushed.
    pub fails_at: Option<u64>,
}

impl Scripted {
    pub fn boxed(words: &[(&'static str, u64)]) -> (Box<dyn Recogniser>, Seen) {
        let seen = Seen::default();
        (Box::new(Self { words: words.to_vec(), seen: seen.clone(), fails_at: None }), seen)
    }
}

impl Recogniser for Scripted {
    fn push(&mut self, samples_16k: &[i16]) -> Result<(), RecogniserError> {
        self.seen.samples.fetch_add(samples_16k.len() as u64, Ordering::Relaxed);
        let loudest = samples_16k.iter().map(|sample| u64::from(sample.unsigned_abs())).max().unwrap_or(0);
        self.seen.loudest.fetch_max(loudest, Ordering::Relaxed);
        match self.fails_at {
            Some(at) if self.seen.decoded_ms() >= at => Err(RecogniserError::Failed("the script says so".into())),
            _ => Ok(()),
        }
    }

    fn partial(&mut self) -> Result<String, RecogniserError> {
        self.seen.partials.fetch_add(1, Ordering::Relaxed);
        let now = self.seen.decoded_ms();
        let known: Vec<&str> = self.words.iter().filter(|(_, at)| *at <= now).map(|(word, _)| *word).collect();
        Ok(known.join(" "))
    }

    fn finish(&mut self) -> Result<Vec<HeardWord>, RecogniserError> {
        let now = self.seen.decoded_ms();
        let word = |&(word, at): &(&str, u64)| HeardWord {
            word: word.to_owned(),
            confidence: 1.0,
            start_ms: at.saturating_sub(200) as u32,
            end_ms: at as u32,
        };
        Ok(self.words.iter().filter(|(_, at)| *at <= now).map(word).collect())
    }
}
