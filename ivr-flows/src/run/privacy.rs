//! What is sensitive stays out of every record: events, transcripts, handover, recording.

use call_model::{CallEvent, Heard};

use super::secrets::Secret;
use super::{Core, Output};
use crate::language::Words;
use crate::node::Slot;
use crate::value::Value;

/// Values that no record may hold.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    known: Vec<Secret>,
    /// Whether the recording is muted.
    muted: bool,
}

impl Secrets {
    fn add(&mut self, text: &str) {
        if let Some(secret) = Secret::of(text).filter(|secret| !self.known.contains(secret)) {
            self.known.push(secret);
        }
    }

    /// A text without the secrets in it. `shown` says which digits are another value, one that may be shown.
    fn hide(&self, text: &str, words: &Words, shown: &dyn Fn(&str) -> bool) -> String {
        let mut hidden = text.to_owned();
        for secret in &self.known {
            for place in secret.places(&hidden, words, shown).into_iter().rev() {
                hidden.replace_range(place, WITHHELD);
            }
        }
        hidden
    }
}

impl Core {
    /// A text without what is sensitive.
    pub(crate) fn hide(&self, text: &str) -> String {
        let values = self.memory.texts();
        self.secrets.hide(text, self.flow.words, &|digits| values.values().any(|value| value.raw() == digits))
    }

    /// Takes what is sensitive out of an event.
    pub(crate) fn hide_in(&self, event: &mut CallEvent) {
        if self.secrets.known.is_empty() {
            return;
        }
        match event {
            CallEvent::PromptStarted { text } | CallEvent::FetchEnded { body: text, .. } => *text = self.hide(text),
            CallEvent::FlowFailed { reason, .. } => *reason = self.hide(reason),
            CallEvent::SlotFilled { value, .. } => *value = self.hide(value),
            CallEvent::TurnDecided { result, .. } => match result {
                call_model::TurnResult::Accepted { meaning, .. }
                | call_model::TurnResult::AskedBack { meaning, .. } => {
                    *meaning = self.hide(meaning);
                }
                call_model::TurnResult::NoMatch | call_model::TurnResult::NoInput => {}
            },
            _ => {}
        }
    }

    /// From now on a slot's value stays out of every record, if the slot is sensitive.
    pub(crate) fn conceal(&mut self, slot: Option<&Slot>, meaning: &str) {
        let Some(slot) = slot.filter(|slot| slot.sensitive) else { return };
        let words = self.flow.words;
        let value = slot.value(meaning);
        let raw = value.raw();
        self.secrets.add(&raw);
        if !matches!(Secret::of(&raw), Some(Secret::Digits(_))) {
            self.secrets.add(&value.spoken(words));
            self.secrets.add(&slot.spoken(meaning, words));
        }
    }

    /// Fills a slot; the value of a sensitive one is known to the flow alone.
    pub(crate) fn fill_slot(&mut self, slot: &Slot, meaning: &str, confirmed: bool) {
        let value: Value = slot.value(meaning);
        if slot.name.is_empty() {
            return;
        }
        if slot.sensitive {
            self.conceal(Some(slot), meaning);
            self.memory.set(slot.name.clone(), value);
            let told = self.told(&slot.name);
            self.event(CallEvent::SlotFilled { slot: told, value: WITHHELD.to_owned() });
        } else {
            self.fill(&slot.name, value, confirmed);
        }
    }

    /// Lets the recording hold silence, or sound again.
    pub(crate) fn mute_recording(&mut self, muted: bool) {
        if std::mem::replace(&mut self.secrets.muted, muted) != muted {
            self.order(Output::MuteRecording { muted });
        }
    }

    /// Tells what was heard.
    pub(crate) fn heard(&mut self, heard: &Heard, sensitive: bool, now: std::time::Instant) {
        let told = if sensitive { withheld(heard) } else { heard.clone() };
        if !sensitive {
            let said = self.hide(&heard.said());
            self.memory.caller_said(&said, now);
        }
        self.event(CallEvent::SpeechHeard { text: told.said().into_owned(), speech_ms: told.speech_ms, heard: told });
    }
}

/// What a record holds of an answer that stays out of it.
fn withheld(heard: &Heard) -> Heard {
    Heard {
        text: WITHHELD.to_owned(),
        words: Vec::new(),
        again: None,
        without_synonyms: None,
        free: None,
        ..heard.clone()
    }
}

/// Stands for a value that is kept out of a record.
pub(crate) const WITHHELD: &str = "[withheld]";
/// Stands for a key that is kept out of a record.
pub(crate) const WITHHELD_KEY: char = '?';
