//! A caller who stands at the menu.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use call_model::{CallEvent, Heard, TurnResult};
use ivr_flows::{Flow, Start};
use load_generator::dialogue::{Dialogue, Ears};
use load_generator::voices::Speaker;
use load_generator::wordings::{Utterance, Wordings};
use serde_json::{Value, json};

/// A caller in the menu's dialogue.
pub struct Caller<'m> {
    dialogue: Dialogue<'m>,
    intent: Option<String>,
}

/// What became of what was said.
#[derive(Debug)]
pub struct Answered {
    /// What became of the first turn.
    pub first: Option<TurnResult>,
    /// The intent that was taken within two turns.
    pub taken: Option<String>,
    /// What was heard, turn by turn.
    heard: Vec<Heard>,
    /// How long the first turn was decoded.
    pub decoding: Duration,
    /// How long its sound is.
    pub sound: Duration,
}

impl Answered {
    /// For a file.
    pub fn as_json(&self, utterance: &Utterance) -> Value {
        json!({
            "number": utterance.number,
            "manner": format!("{:?}", utterance.manner).to_lowercase(),
            "intent": utterance.intent,
            "words": utterance.words,
            "voice": utterance.voice.name,
            "first": self.first,
            "taken": self.taken,
            "heard": self.heard,
        })
    }
}

impl<'m> Caller<'m> {
    /// Calls a flow. With `free` every turn is listened to freely as well.
    pub fn calls(flow: Arc<Flow>, ears: &'m Ears, free: bool) -> Self {
        Self { dialogue: Dialogue::new(flow, Start::default(), ears).freely(free), intent: None }
    }

    /// Says something, and what is needed in one more turn.
    pub fn says(mut self, utterance: &Utterance, speaker: &mut Speaker, wordings: &Wordings) -> Result<Answered> {
        let said = speaker.says(&utterance.words, &utterance.voice)?;
        let mut first = self.turn(&said.frames)?;
        let (decoding, sound) = (self.dialogue.decoding, self.dialogue.sound);
        if let Some(result) = &mut first
            && self.intent.is_none()
        {
            let right = |meaning: &str| utterance.intent.as_deref() == Some(meaning);
            let answer = match result {
                TurnResult::AskedBack { meaning, .. } if right(meaning) => "yes",
                TurnResult::AskedBack { .. } => "no",
                _ => match &utterance.intent {
                    Some(intent) => wordings.plain(intent, utterance.number).context("an intent without phrases")?,
                    None => &utterance.words,
                },
            };
            let said = speaker.says(answer, &utterance.voice)?;
            self.turn(&said.frames)?;
        }
        let heard = std::mem::take(&mut self.dialogue.heard);
        Ok(Answered { first, taken: self.intent, heard, decoding, sound })
    }

    fn turn(&mut self, frames: &[audio::Frame]) -> Result<Option<TurnResult>> {
        let mut first = None;
        for event in self.dialogue.turn(frames)? {
            match event {
                CallEvent::TurnDecided { result, .. } if first.is_none() => first = Some(result),
                CallEvent::IntentFound { intent, .. } => self.intent = Some(intent),
                _ => {}
            }
        }
        if self.dialogue.enqueued && self.intent.is_none() {
            self.intent = Some("person".to_owned());
        }
        Ok(first)
    }
}
