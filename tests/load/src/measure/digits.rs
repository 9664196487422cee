//! Spoken digits of real people, one at a time, through real calls.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fs;
use std::path::PathBuf;
use std::rc::Rc;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;

use super::begin;
use crate::phone::{Order, Phone};
use crate::report::Row;
use crate::script::{Said, Script};
use crate::server::{Kind, Server};
use crate::setting::Setting;
use crate::sound::{self, Payload, Sounds, Utterance};
use crate::sys::{self, MS, Nanos, SECOND};

/// Where the digits are.
#[derive(Debug, Clone, Args)]
pub struct DigitOptions {
    /// A folder with files `{digit}_{speaker}_{take}.wav` at 8 kHz, such as the Free Spoken Digit Dataset.
    #[arg(long, env = "DIGITS")]
    pub digits: Option<PathBuf>,
    /// Calls at once.
    #[arg(long, default_value_t = 20)]
    pub callers: usize,
    /// The most digits.
    #[arg(long, default_value_t = 1500)]
    pub most: usize,
}

#[derive(Clone)]
struct Spoken {
    digit: char,
    utterance: Rc<Utterance>,
}

/// What one caller has said, and when.
type Sayings = Rc<RefCell<Vec<(char, Nanos)>>>;

/// Says one digit after each question; presses yes when asked back.
struct Reader {
    left: VecDeque<Spoken>,
    quiet: Rc<Vec<Payload>>,
    said: Sayings,
    doing: Doing,
    /// Packets since something else than silence was heard.
    silence: u32,
    heard: Option<Sounds>,
    packet: usize,
    clock: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Doing {
    Listening,
    Speaking,
    Confirming,
    Waiting(Nanos),
}

impl Reader {
    fn new(left: VecDeque<Spoken>, quiet: Rc<Vec<Payload>>, said: Sayings) -> Self {
        Self { left, quiet, said, doing: Doing::Listening, silence: 0, heard: None, packet: 0, clock: 0 }
    }

    fn next(&mut self, now: Nanos) {
        // A fifth of a second of silence after a prompt: then it is our turn.
        self.silence += 1;
        if self.silence < 10 {
            return;
        }
        self.doing = match self.heard.take() {
            Some(Sounds::Question) => Doing::Speaking,
            Some(Sounds::Other) => Doing::Confirming,
            _ => Doing::Waiting(now),
        };
        self.packet = 0;
    }
}

impl Script for Reader {
    fn say(&mut self, now: Nanos) -> Said<'_> {
        self.clock += 1;
        let silence = self.clock % self.quiet.len();
        if self.left.is_empty()
            && matches!(self.doing, Doing::Listening | Doing::Waiting(_))
            && self.heard == Some(Sounds::Question)
        {
            return Said::HangUp;
        }
        match self.doing {
            Doing::Listening if self.heard.is_some() => self.next(now),
            Doing::Waiting(_) if self.heard.is_some() => self.doing = Doing::Listening,
            _ => {}
        }
        let packet = self.packet;
        match self.doing {
            Doing::Speaking => {
                if packet == 0 {
                    self.said.borrow_mut().extend(self.left.front().map(|spoken| (spoken.digit, now)));
                }
                if self.left.front().is_none_or(|spoken| packet >= spoken.utterance.packets.len()) {
                    self.left.pop_front();
                    self.doing = Doing::Listening;
                    return Said::Sound(&self.quiet[silence]);
                }
                self.packet += 1;
                Said::Sound(self.left.front().map_or(&self.quiet[silence], |spoken| &spoken.utterance.packets[packet]))
            }
            Doing::Confirming => {
                self.packet += 1;
                if packet == 6 {
                    self.doing = Doing::Listening;
                }
                Said::Key { key: 1, held: 160 * (packet + 1).min(5) as u16, first: packet == 0, last: packet >= 4 }
            }
            Doing::Listening | Doing::Waiting(_) => Said::Sound(&self.quiet[silence]),
        }
    }

    fn hear(&mut self, sounds: Sounds, _: Nanos) {
        if sounds != Sounds::Silent && !matches!(self.doing, Doing::Speaking | Doing::Confirming) {
            self.silence = 0;
            // A voice has packets that sound like a tone or like nothing; a tone has none that sound like a voice but its last.
            self.heard = match (self.heard, sounds) {
                (Some(Sounds::Other), Sounds::Question) => Some(Sounds::Question),
                (Some(kept @ (Sounds::Question | Sounds::Answer | Sounds::Apology)), Sounds::Other) => Some(kept),
                _ => Some(sounds),
            };
        }
    }
}

fn read(options: &DigitOptions) -> Result<Vec<Spoken>> {
    let folder = options.digits.as_ref().context("no folder")?;
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .with_context(|| format!("cannot read {}", folder.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "wav"))
        .collect();
    files.sort();
    let mut found = Vec::new();
    // A part is spread over all digits and speakers.
    for path in files.iter().step_by(files.len().div_ceil(options.most.max(1)).max(1)) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Some(digit) = name.chars().next().filter(char::is_ascii_digit) else { continue };
        found.push(Spoken { digit, utterance: Rc::new(Utterance::new(&sound::read(path)?)) });
    }
    if found.is_empty() {
        bail!("{} holds no files such as 7_anna_0.wav", folder.display());
    }
    Ok(found)
}

#[derive(Default)]
struct Score {
    said: usize,
    /// The recogniser's words are the digit.
    heard: usize,
    accepted: usize,
    accepted_wrong: usize,
    asked_back: usize,
    asked_back_wrong: usize,
    no_match: usize,
    unheard: usize,
}

/// Measures the share of digits that are understood.
pub fn digits(setting: &Setting, options: &DigitOptions) -> Result<Vec<Row>> {
    let mut row = Row {
        what: "spoken digits of the dataset, twenty calls at once, one at a time".to_owned(),
        reach: "95 %".to_owned(),
        measured: "not measured".to_owned(),
        reached: None,
        note: "name the folder of the Free Spoken Digit Dataset: `make bench DIGITS=...`".to_owned(),
    };
    if options.digits.is_none() {
        return Ok(vec![row]);
    }
    let spoken = read(options)?;
    let (server, mut phone) = begin(setting, Kind { speech: true, recorded: false })?;
    let score = ask(&server, &mut phone, options, &spoken)?;
    let share = |count: usize| count as f64 * 100.0 / score.said as f64;
    let right = score.accepted + score.asked_back;
    row.what = format!(
        "spoken digits of the dataset ({} calls at once, {} digits), one at a time",
        options.callers, score.said
    );
    row.measured = format!("{:.1} % understood", share(right));
    row.reached = Some(share(right) >= 95.0);
    row.note = format!(
        "taken at once {:.1} % and rightly asked back {:.1} %; wrongly taken {:.1} %, wrongly asked back {:.1} %, not understood {:.1} %, not heard {:.1} %; the recogniser's words alone are right in {:.1} %",
        share(score.accepted),
        share(score.asked_back),
        share(score.accepted_wrong),
        share(score.asked_back_wrong),
        share(score.no_match),
        share(score.unheard),
        share(score.heard)
    );
    Ok(vec![row])
}

fn ask(server: &Server, phone: &mut Phone, options: &DigitOptions, spoken: &[Spoken]) -> Result<Score> {
    let quiet = Rc::new(sound::quiet(50));
    let mut callers = Vec::new();
    phone.resume();
    for n in 0..options.callers {
        phone.run_for(0.15);
        // Dealt out, so that each caller says all digits by all speakers.
        let left: VecDeque<Spoken> = spoken.iter().skip(n).step_by(options.callers).cloned().collect();
        let said: Sayings = Rc::default();
        let user = format!("reader{n}");
        let call = phone.call(Order {
            number: "400".to_owned(),
            user: user.clone(),
            keys: true,
            hold: None,
            script: Some(Box::new(Reader::new(left, quiet.clone(), said.clone()))),
            keep_arrivals: false,
        })?;
        callers.push((call, user, said));
    }
    let patience = sys::steady() + (spoken.len().div_ceil(options.callers) as u64 * 8 + 30) * SECOND;
    let mut tick = 0_u32;
    phone.run_while(patience, |phone| {
        tick += 1;
        !tick.is_multiple_of(64) || phone.open() > 0
    });
    phone.hang_up_all();
    std::thread::sleep(std::time::Duration::from_secs(2));
    let mut score = Score::default();
    for (call, user, said) in callers {
        let invited = phone.legs.get(&call).map_or(0, |leg| leg.invited);
        let events = server.api.events_of(&user)?;
        count(&mut score, &said.borrow(), invited, &events);
    }
    Ok(score)
}

/// Finds, for each digit that was said, what was heard first after it and before the next.
fn count(score: &mut Score, said: &[(char, Nanos)], invited: Nanos, events: &[Value]) {
    for (n, (digit, at)) in said.iter().enumerate() {
        let until = said.get(n + 1).map_or(u64::MAX, |(_, next)| next.saturating_sub(invited) / MS);
        let from = at.saturating_sub(invited) / MS;
        let within = |event: &&Value| event["at_ms"].as_u64().is_some_and(|at| at >= from && at < until);
        let mut of = events.iter().filter(within);
        score.said += 1;
        let mut words = None;
        let decided = of.find(|event| {
            if event["type"] == "speech_heard" && words.is_none() {
                words = event["text"].as_str();
            }
            event["type"] == "turn_decided"
        });
        score.heard += usize::from(words.is_some_and(|words| WORDS.contains(&(words, *digit))));
        let right = decided.is_some_and(|event| event["meaning"].as_str() == Some(digit.encode_utf8(&mut [0; 4])));
        match (decided.map(|event| event["result"].as_str().unwrap_or_default()), right) {
            (Some("accepted"), true) => score.accepted += 1,
            (Some("accepted"), false) => score.accepted_wrong += 1,
            (Some("asked_back"), true) => score.asked_back += 1,
            (Some("asked_back"), false) => score.asked_back_wrong += 1,
            (Some("no_match"), _) => score.no_match += 1,
            _ => score.unheard += 1,
        }
    }
}

const WORDS: [(&str, char); 11] = [
    ("zero", '0'),
    ("oh", '0'),
    ("one", '1'),
    ("two", '2'),
    ("three", '3'),
    ("four", '4'),
    ("five", '5'),
    ("six", '6'),
    ("seven", '7'),
    ("eight", '8'),
    ("nine", '9'),
];
