//! Strings of six digits by real people, said and said again.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use call_model::{CallEvent, TurnResult};
use clap::Args;
use ivr_flows::Start;

use crate::dialogue::{Dialogue, Ears};
use crate::dice::Dice;
use crate::report::Row;
use crate::sound;
use crate::voices::{Speaker, Voice};

/// Which recordings.
#[derive(Debug, Clone, Args)]
pub struct StringOptions {
    /// A folder with files `{digit}_{speaker}_{take}.wav` at 8 kHz, such as the Free Spoken Digit Dataset.
    #[arg(long, env = "DIGITS")]
    pub digits: Option<PathBuf>,
    /// Strings of each speaker.
    #[arg(long, default_value_t = 100)]
    pub strings: usize,
    /// The flow that asks for a string and reads it back.
    #[arg(long, default_value = "tests/load/utterances/string.yaml")]
    pub flow: PathBuf,
}

/// The recordings of one speaker, by digit.
type Takes = BTreeMap<char, Vec<PathBuf>>;

/// What became of one speaker's strings.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    all: u32,
    /// Taken rightly after one attempt, and after at most two.
    first: u32,
    right: u32,
    /// Taken though it was another string.
    wrong: u32,
}

/// Measures how many strings are taken rightly within two attempts, by speech alone.
pub fn strings(ears: &Ears, options: &StringOptions) -> Result<Vec<Row>> {
    let what = "strings of six digits, by speech alone, within two attempts";
    let Some(folder) = &options.digits else {
        return Ok(vec![Row {
            what: what.to_owned(),
            reach: format!("{GOAL} %"),
            measured: "not measured".to_owned(),
            reached: None,
            note: "name the folder of the Free Spoken Digit Dataset: `make bench-flows DIGITS=...`".to_owned(),
        }]);
    };
    let flow = ears.flow(&options.flow)?;
    let mut speaker = Speaker::new(None);
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    for (name, takes) in read(folder)? {
        let count = counts.entry(name).or_default();
        'strings: for number in 0..options.strings {
            let digits = string(number, &takes);
            let mut dialogue = Dialogue::new(flow.clone(), Start::default(), ears);
            count.all += 1;
            for attempt in 0..2 {
                let sound = spoken(&digits, number + attempt, &takes)?;
                let mut events = dialogue.turn(&speaker.sends(&sound).frames)?;
                // What is read back wrongly is declined, and may be read back in another way; what is not understood is
                // asked for again by itself.
                while let Some(heard) = read_back(&events) {
                    let right = heard == digits;
                    let word = if right { "yes" } else { "no" };
                    events = dialogue.turn(&speaker.says(word, &Voice::read("en-us 150"))?.frames)?;
                    let filled = events.iter().any(|event| matches!(event, CallEvent::SlotFilled { .. }));
                    count.wrong += u32::from(filled && !right);
                    count.first += u32::from(filled && right && attempt == 0);
                    count.right += u32::from(filled && right);
                    if filled {
                        continue 'strings;
                    }
                }
            }
        }
    }
    Ok(vec![row(what, &counts)])
}

/// The string that the dialogue understood and reads back.
fn read_back(events: &[CallEvent]) -> Option<String> {
    events.iter().find_map(|event| match event {
        CallEvent::TurnDecided { result: TurnResult::AskedBack { meaning, .. }, .. } => Some(meaning.clone()),
        _ => None,
    })
}

/// A string that no pattern repeats: six digits of a sequence that jumps through all ten.
fn string(number: usize, takes: &Takes) -> String {
    let known: Vec<char> = takes.keys().copied().collect();
    let mut dice = Dice::new(number as u64, 7);
    (0..LENGTH).map(|_| known[dice.roll(known.len())]).collect()
}

/// A string as its recordings one after the other, other takes in each attempt, each brought to one level.
fn spoken(digits: &str, round: usize, takes: &Takes) -> Result<Vec<i16>> {
    let mut sound = Vec::new();
    for (place, digit) in digits.chars().enumerate() {
        let files = takes.get(&digit).context("a digit that the speaker says")?;
        let file = &files[(round * LENGTH + place * 7) % files.len()];
        if place > 0 {
            sound.extend(std::iter::repeat_n(0, BETWEEN));
        }
        sound.extend(sound::read(file)?);
    }
    Ok(sound)
}

/// Every speaker with the recordings of all ten digits.
fn read(folder: &Path) -> Result<BTreeMap<String, Takes>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    let mut speakers: BTreeMap<String, Takes> = BTreeMap::new();
    for path in files {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let mut parts = name.split('_');
        let (Some(digit), Some(speaker)) = (parts.next().and_then(|digit| digit.chars().next()), parts.next()) else {
            continue;
        };
        if digit.is_ascii_digit() && name.ends_with(".wav") {
            speakers.entry(speaker.to_owned()).or_default().entry(digit).or_default().push(path);
        }
    }
    if speakers.is_empty() {
        bail!("{} holds no files such as 7_anna_0.wav", folder.display());
    }
    Ok(speakers)
}

fn row(what: &str, counts: &BTreeMap<String, Count>) -> Row {
    let share = |part: u32, all: u32| f64::from(part) * 100.0 / f64::from(all.max(1));
    let sum = |of: fn(&Count) -> u32| counts.values().map(of).sum::<u32>();
    let all = sum(|count| count.all);
    let right = share(sum(|count| count.right), all);
    let by_speaker: Vec<String> =
        counts.iter().map(|(name, count)| format!("{name} {:.1} %", share(count.right, count.all))).collect();
    Row {
        what: format!("{what} ({all} strings)"),
        reach: format!("{GOAL} %"),
        measured: format!("{right:.1} % ({})", by_speaker.join(", ")),
        reached: Some(right >= GOAL),
        note: format!(
            "{:.1} % at the first attempt; taken wrongly {:.1} %; read back and agreed to by voice",
            share(sum(|count| count.first), all),
            share(sum(|count| count.wrong), all)
        ),
    }
}

const LENGTH: usize = 6;
/// The silence between two recordings: 200 ms.
const BETWEEN: usize = 1_600;
/// The goal, in percent.
const GOAL: f64 = 97.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_hold_every_digit_and_differ() {
        let takes: Takes = ('0'..='9').map(|digit| (digit, Vec::new())).collect();
        let all: Vec<String> = (0..100).map(|number| string(number, &takes)).collect();
        assert!(all.iter().all(|string| string.len() == LENGTH));
        assert!(('0'..='9').all(|digit| all.iter().filter(|string| string.contains(digit)).count() > 20));
        let different: std::collections::BTreeSet<&String> = all.iter().collect();
        assert!(different.len() > 95);
    }
}
