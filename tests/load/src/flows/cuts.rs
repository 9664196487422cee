//! When a turn ends: whoever stops to think is not cut off, and nobody waits long for the answer.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use audio::{FRAME_MS, Vad, VadConfig};
use call_model::{ListenEnd, ListenRequest};
use clap::Args;
use ivr_flows::Start;

use crate::dialogue::{Dialogue, Ears};
use crate::report::Row;
use crate::spread;
use crate::voices::{Speaker, Voice};
use crate::wordings::{Manner, Wordings};

/// What is spoken.
#[derive(Debug, Clone, Args)]
pub struct CutOptions {
    /// Wordings of menus; each has its flow beside it. The hesitating ones hold pauses of half a second.
    #[arg(long, default_values_t = ["tests/load/utterances/bank.txt".to_owned(), "tests/load/utterances/telecom.txt".to_owned()])]
    pub menus: Vec<String>,
    /// Utterances of each menu, of which a quarter hesitate.
    #[arg(long, default_value_t = 400)]
    pub count: usize,
}

/// How turns ended.
#[derive(Debug, Default)]
struct Ends {
    hesitating: u32,
    /// The utterances of which words were lost.
    cut: Vec<String>,
    /// From the end of the speech to the end of the turn, in ms, by a whole phrase and otherwise.
    by_phrase: Vec<f64>,
    by_silence: Vec<f64>,
    /// The silence that ends a turn, in ms.
    silence_ms: f64,
}

/// Measures how often a pause ends a turn, and how long after the end of the speech turns end.
pub fn cuts(ears: &Ears, options: &CutOptions) -> Result<Vec<Row>> {
    let mut speaker = Speaker::new(None);
    let mut ends = Ends::default();
    for menu in &options.menus {
        let path = PathBuf::from(menu);
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {menu}"))?;
        let wordings = Wordings::read(&text)?;
        let request = listens_for(ears, &path.with_extension("yaml"))?;
        for utterance in wordings.utterances(options.count) {
            if utterance.words.contains("...") && utterance.manner == Manner::Hesitating {
                ends.hesitating += 1;
                ends.say(ears, &request, &mut speaker, &utterance.words, &utterance.voice)?;
            } else if let Some(intent) = &utterance.intent {
                // A phrase by itself, such as a caller says who knows the menu.
                let words = wordings.plain(intent, utterance.number).unwrap_or(&utterance.words).to_owned();
                ends.say(ears, &request, &mut speaker, &words, &utterance.voice)?;
            }
        }
    }
    Ok(ends.rows())
}

/// What a flow's first question listens for.
fn listens_for(ears: &Ears, flow: &Path) -> Result<ListenRequest> {
    let flow = ears.flow(flow)?;
    Dialogue::new(flow, Start::default(), ears).request().context("the flow's first question does not listen")
}

impl Ends {
    fn say(
        &mut self,
        ears: &Ears,
        request: &ListenRequest,
        speaker: &mut Speaker,
        words: &str,
        voice: &Voice,
    ) -> Result<()> {
        self.silence_ms = request.end_silence.as_secs_f64() * 1000.0;
        let said = speaker.says(words, voice)?;
        let mut vad = Vad::new(VadConfig::default());
        let Some(ended) = ears.hear(&said.frames, request, &mut vad)? else { return Ok(()) };
        let Some(after) = ended.frames.checked_sub(said.end) else {
            self.cut.push(format!("{words}: {} ({:?})", ended.heard.text, ended.heard.end));
            return Ok(());
        };
        let after_ms = after as f64 * f64::from(FRAME_MS);
        match ended.heard.end {
            ListenEnd::WholePhrase => self.by_phrase.push(after_ms),
            ListenEnd::EndOfSpeech | ListenEnd::TooLong => self.by_silence.push(after_ms),
        }
        Ok(())
    }

    fn rows(&self) -> Vec<Row> {
        let share = self.cut.len() as f64 * 100.0 / f64::from(self.hesitating.max(1));
        let examples: Vec<&str> = self.cut.iter().take(3).map(String::as_str).collect();
        let note = if examples.is_empty() { String::new() } else { format!("said and heard: {examples:?}") };
        let cut = Row {
            what: format!("cut off in pauses of 500 ms ({} hesitating utterances)", self.hesitating),
            reach: format!("at most {MOST_CUT} %"),
            measured: format!("{share:.1} % ({} utterances)", self.cut.len()),
            reached: Some(share <= MOST_CUT),
            note,
        };
        let otherwise = self.silence_ms + BESIDE_SILENCE_MS;
        vec![
            cut,
            waited("end of speech to the turn's end, a whole phrase", WHOLE_PHRASE_MS, &self.by_phrase),
            waited("end of speech to the turn's end, otherwise", otherwise, &self.by_silence),
        ]
    }
}

fn waited(what: &str, reach_ms: f64, taken: &[f64]) -> Row {
    let taken = spread::sorted(taken.to_vec());
    let at = |share| spread::percentile(&taken, share);
    Row {
        what: what.to_owned(),
        reach: format!("p95 {reach_ms:.0} ms"),
        measured: format!("p50 {:.0} ms; p95 {:.0} ms; longest {:.0} ms", at(0.5), at(0.95), at(1.0)),
        reached: Some(at(0.95) <= reach_ms),
        note: format!(
            "{} turns, on the sound's own clock; `make bench` measures whole phrases with a server",
            taken.len()
        ),
    }
}

/// The goals.
const MOST_CUT: f64 = 2.0;
const WHOLE_PHRASE_MS: f64 = 600.0;
const BESIDE_SILENCE_MS: f64 = 250.0;
