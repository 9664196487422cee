//! What callers say: voices, phrases, sentences around them, and sentences that belong to no choice.

use anyhow::{Result, bail};

use crate::voices::Voice;

/// A file of wordings.
#[derive(Debug, Default)]
pub struct Wordings {
    voices: Vec<Voice>,
    phrases: Vec<Phrase>,
    wrapped: Vec<Frame>,
    hesitating: Vec<Frame>,
    foreign: Vec<String>,
}

#[derive(Debug)]
struct Phrase {
    intent: String,
    form: String,
    words: String,
}

/// A sentence with a gap for a phrase of one form.
#[derive(Debug)]
struct Frame {
    form: String,
    words: String,
}

/// How an utterance says what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// A phrase within a sentence.
    Wrapped,
    /// With pauses and words that say nothing.
    Hesitating,
    /// What belongs to no choice.
    Foreign,
}

/// Something that a caller says; `...` is a pause.
#[derive(Debug)]
pub struct Utterance {
    /// How it says it.
    pub manner: Manner,
    /// The intent; `None` for what belongs to none.
    pub intent: Option<String>,
    /// The words.
    pub words: String,
    /// Who says it.
    pub voice: Voice,
    /// Its number.
    pub number: usize,
}

impl Wordings {
    /// Reads a file.
    pub fn read(text: &str) -> Result<Self> {
        let mut read = Self::default();
        let mut part = "";
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if line.starts_with('[') {
                part = line;
                continue;
            }
            let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
            match part {
                "[voices]" => read.voices.push(Voice::read(line)),
                "[phrases]" => {
                    let (form, words) = rest.split_once(' ').unwrap_or(("n", rest));
                    let (intent, form, words) = (first.to_owned(), form.to_owned(), words.to_owned());
                    read.phrases.push(Phrase { intent, form, words });
                }
                "[wrapped]" => read.wrapped.push(Frame { form: first.to_owned(), words: rest.to_owned() }),
                "[hesitating]" => read.hesitating.push(Frame { form: first.to_owned(), words: rest.to_owned() }),
                "[foreign]" => read.foreign.push(line.to_owned()),
                _ => bail!("the line {line:?} is in no part; write [voices], [phrases] and so on above"),
            }
        }
        if [read.voices.len(), read.phrases.len(), read.wrapped.len(), read.hesitating.len(), read.foreign.len()]
            .contains(&0)
        {
            bail!("the file needs [voices], [phrases], [wrapped], [hesitating] and [foreign]");
        }
        Ok(read)
    }

    /// So many utterances: half wrapped, a quarter hesitating, a quarter foreign; the same ones every time.
    pub fn utterances(&self, count: usize) -> Vec<Utterance> {
        let mut turns = [0_usize; 3];
        let mut all = Vec::new();
        for number in 0..count {
            let manner = [Manner::Wrapped, Manner::Hesitating, Manner::Wrapped, Manner::Foreign][number % 4];
            let turn = &mut turns[manner as usize];
            *turn += 1;
            let (intent, words) = self.wording(manner, *turn - 1);
            // Voices go round at their own pace, so that every one says something of everything.
            let voice = self.voices[(number + number / 4) % self.voices.len()].clone();
            all.push(Utterance { manner, intent, words, voice, number });
        }
        all
    }

    /// A phrase of an intent by itself, another one each time.
    pub fn plain(&self, intent: &str, number: usize) -> Option<&str> {
        let phrases: Vec<&Phrase> = self.phrases.iter().filter(|phrase| phrase.intent == intent).collect();
        Some(phrases.get(number % phrases.len().max(1))?.words.as_str())
    }

    fn wording(&self, manner: Manner, turn: usize) -> (Option<String>, String) {
        let frames = match manner {
            Manner::Wrapped => &self.wrapped,
            Manner::Hesitating => &self.hesitating,
            Manner::Foreign => return (None, self.foreign[turn % self.foreign.len()].clone()),
        };
        let phrase = &self.phrases[turn % self.phrases.len()];
        let fitting: Vec<&Frame> = frames.iter().filter(|frame| frame.form == phrase.form).collect();
        let round = turn / self.phrases.len() + turn;
        let words = match fitting.get(round % fitting.len().max(1)) {
            Some(frame) => frame.words.replace("{}", &phrase.words),
            None => phrase.words.clone(),
        };
        (Some(phrase.intent.clone()), words)
    }
}
