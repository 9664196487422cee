//! Sentences of one to three values, spoken to forms.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use call_model::{CallEvent, TurnResult};
use clap::Args;
use ivr_flows::{Flow, Start};

use crate::dialogue::{Dialogue, Ears};
use crate::report::Row;
use crate::voices::{Speaker, Voice};

/// Which sentences.
#[derive(Debug, Clone, Args)]
pub struct SlotOptions {
    /// The sentences; the flows lie beside them, named after its parts.
    #[arg(long, default_value = "tests/load/utterances/slots/sentences.txt")]
    pub sentences: PathBuf,
    /// Tell of each sentence that was not filled right what was heard.
    #[arg(long)]
    pub each: bool,
}

/// The values of slots by their names.
pub type Values = BTreeMap<String, String>;

/// A line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// The flow.
    pub trade: String,
    /// What is said.
    pub words: String,
    /// What it fills, and nothing else.
    pub slots: Values,
}

/// A file of sentences.
#[derive(Debug, Default)]
pub struct Sentences {
    /// Voices that the goal is for.
    voices: Vec<Voice>,
    /// Others, which are only told of.
    others: Vec<Voice>,
    list: Vec<Sentence>,
}

/// How many of some sentences were filled right.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    all: u32,
    right: u32,
}

/// What was counted of one list of voices.
#[derive(Debug, Default)]
struct Counts {
    by_voice: BTreeMap<String, Count>,
    by_trade: BTreeMap<String, Count>,
    single: Count,
    /// Seconds of decoding and of sound.
    decoding: f64,
    sound: f64,
}

/// Measures in how many sentences every slot is right after they were said once.
pub fn slots(ears: &Ears, options: &SlotOptions) -> Result<Vec<Row>> {
    let path = &options.sentences;
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let sentences = Sentences::read(&text)?;
    let flows = sentences.flows(ears, path.parent().unwrap_or(Path::new(".")))?;
    let (mut rows, mut speaker) = (Vec::new(), Speaker::new(None));
    for (voices, goal) in [(&sentences.voices, Some(GOAL)), (&sentences.others, None)] {
        if voices.is_empty() {
            continue;
        }
        let mut counts = Counts::default();
        for (number, sentence) in sentences.list.iter().enumerate() {
            // Voices go round at their own pace, so that every one says something of everything.
            let voice = &voices[(number + number / voices.len()) % voices.len()];
            let flow = flows.get(&sentence.trade).context("a flow")?;
            let start = Start { local: Some(CLOCK.parse()?), ..Start::default() };
            let mut dialogue = Dialogue::new(flow.clone(), start, ears);
            let events = dialogue.turn(&speaker.says(&sentence.words, voice)?.frames)?;
            counts.count(sentence, voice, &dialogue, &filled(&events), options.each);
        }
        rows.push(counts.row(goal));
    }
    Ok(rows)
}

impl Counts {
    /// Counts what a form made of a sentence.
    fn count(&mut self, sentence: &Sentence, voice: &Voice, dialogue: &Dialogue<'_>, filled: &Values, each: bool) {
        let right = *filled == sentence.slots;
        if each && !right {
            let heard: Vec<&str> = dialogue.heard.iter().map(|heard| heard.text.as_str()).collect();
            println!("  {} ({}): {}", sentence.trade, voice.name, sentence.words);
            println!("    heard {heard:?}\n    wanted {:?}\n    filled {filled:?}", sentence.slots);
        }
        self.by_voice.entry(format!("{} {}", voice.name, voice.speed)).or_default().count(right);
        self.by_trade.entry(sentence.trade.clone()).or_default().count(right);
        if sentence.slots.len() == 1 {
            self.single.count(right);
        }
        self.decoding += dialogue.decoding.as_secs_f64();
        self.sound += dialogue.sound.as_secs_f64();
    }

    fn row(&self, goal: Option<f64>) -> Row {
        let all = self.by_trade.values().fold(Count::default(), |sum, count| sum.with(*count));
        let shares: Vec<f64> = self.by_voice.values().map(|count| count.share()).collect();
        let (least, most) =
            (shares.iter().copied().fold(f64::INFINITY, f64::min), shares.iter().copied().fold(0.0, f64::max));
        let trades: Vec<String> =
            self.by_trade.iter().map(|(trade, count)| format!("{trade} {:.0} %", count.share())).collect();
        let whose = if goal.is_some() { "" } else { ", the other voices" };
        Row {
            what: format!("all slots right in {} spoken sentences of one to three slots{whose}", all.all),
            reach: goal.map_or_else(String::new, |goal| format!("{goal} %")),
            measured: format!("{:.1} % (voices {least:.0} to {most:.0} %)", all.share()),
            reached: goal.map(|goal| all.share() >= goal),
            note: format!(
                "said once, before anything is read back; {} voices; {}; sentences of one slot {:.0} %; decoded at {:.3} of real time",
                self.by_voice.len(),
                trades.join(", "),
                self.single.share(),
                self.decoding / f64::max(self.sound, 1e-9)
            ),
        }
    }
}

impl Sentences {
    /// The sentences.
    pub fn list(&self) -> &[Sentence] {
        &self.list
    }

    /// Reads a file.
    pub fn read(text: &str) -> Result<Self> {
        let (mut read, mut part) = (Self::default(), "");
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                part = name;
                continue;
            }
            match part {
                "" => bail!("the line {line:?} is in no part; write [voices] or the name of a flow above"),
                "voices" => read.voices.push(Voice::read(line)),
                "other voices" => read.others.push(Voice::read(line)),
                trade => read.list.push(Sentence::read(trade, line)?),
            }
        }
        if read.voices.is_empty() || read.list.is_empty() {
            bail!("the file needs [voices] and sentences");
        }
        Ok(read)
    }

    /// Every flow that a sentence is said to.
    fn flows(&self, ears: &Ears, folder: &Path) -> Result<BTreeMap<String, Arc<Flow>>> {
        let mut flows = BTreeMap::new();
        for sentence in &self.list {
            if !flows.contains_key(&sentence.trade) {
                let flow = ears.flow(&folder.join(format!("{}.yaml", sentence.trade)))?;
                flows.insert(sentence.trade.clone(), flow);
            }
        }
        Ok(flows)
    }
}

impl Sentence {
    /// Of a line such as `two tickets to london | seats 2 | destination london`.
    fn read(trade: &str, line: &str) -> Result<Self> {
        let mut parts = line.split('|').map(str::trim);
        let words = parts.next().unwrap_or_default().to_owned();
        let slots: Option<Values> =
            parts.map(|part| part.split_once(' ').map(|(name, value)| (name.to_owned(), value.to_owned()))).collect();
        match slots {
            Some(slots) if !slots.is_empty() => Ok(Self { trade: trade.to_owned(), words, slots }),
            _ => {
                bail!("the line {line:?} does not say which slots it fills; write `sentence | slot value | slot value`")
            }
        }
    }
}

impl Count {
    fn count(&mut self, right: bool) {
        self.all += 1;
        self.right += u32::from(right);
    }

    fn with(self, other: Self) -> Self {
        Self { all: self.all + other.all, right: self.right + other.right }
    }

    /// In percent.
    fn share(self) -> f64 {
        f64::from(self.right) * 100.0 / f64::from(self.all.max(1))
    }
}

/// What a turn filled: what counts at once, and what is first asked back.
pub fn filled<'a>(events: impl IntoIterator<Item = &'a CallEvent>) -> Values {
    let mut filled = Values::new();
    for event in events {
        match event {
            CallEvent::SlotFilled { slot, value } => {
                filled.insert(slot.clone(), value.clone());
            }
            CallEvent::TurnDecided { result: TurnResult::Accepted { meaning, .. }, .. } => {
                let values = meaning.split(", ").filter_map(|part| part.split_once(": "));
                filled.extend(values.map(|(slot, value)| (slot.to_owned(), value.to_owned())));
            }
            _ => {}
        }
    }
    filled
}

/// What the clock says while sentences are spoken: a Wednesday.
pub const CLOCK: &str = "2027-05-05T10:00";
/// The goal, in percent.
const GOAL: f64 = 80.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_it_fills() {
        let text = "[voices]\nen-us 150\n[travel]\n# two\ntwo tickets to london | seats 2 | destination new york\n";
        let read = Sentences::read(text).unwrap();
        let [sentence] = read.list.as_slice() else { panic!("{read:?}") };
        assert_eq!((sentence.trade.as_str(), sentence.words.as_str()), ("travel", "two tickets to london"));
        assert_eq!(sentence.slots["destination"], "new york");
        assert!(Sentences::read("two tickets | seats 2").is_err());
        assert!(Sentences::read("[voices]\nen-us 150\n[travel]\ntwo tickets").is_err());
    }
}
