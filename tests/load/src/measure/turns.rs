//! How soon a prompt is silent, how soon an answer comes, and how many callers one core hears.

use std::cell::RefCell;
use std::rc::Rc;

use anyhow::Result;
use clap::Args;

use super::{MOST_NOISY, begin};
use crate::phone::{Order, Phone};
use crate::report::Row;
use crate::server::{Kind, Server};
use crate::setting::Setting;
use crate::sound::{self, Utterance};
use crate::spread::{Spread, percentile, sorted};
use crate::sys::{self, SECOND};
use crate::talker::{Answer, Talker, Turn};
use crate::watch::{Watch, Windows};

/// How many turns.
#[derive(Debug, Clone, Args)]
pub struct TurnOptions {
    /// Callers at once. Each has another place within the server's 20 ms.
    #[arg(long, default_value_t = 7)]
    pub callers: usize,
    /// Turns of each in a repetition.
    #[arg(long, default_value_t = 8)]
    pub turns: usize,
}

/// How many callers.
#[derive(Debug, Clone, Args)]
pub struct ListenerOptions {
    /// Callers at once in the first step.
    #[arg(long, default_value_t = 10)]
    pub from: usize,
    /// The step.
    #[arg(long, default_value_t = 10)]
    pub step: usize,
    /// Callers at once in the last step.
    #[arg(long, default_value_t = 60)]
    pub to: usize,
    /// Turns of each.
    #[arg(long, default_value_t = 4)]
    pub turns: usize,
    /// An answer is on time within so many milliseconds from the end of the speech.
    #[arg(long, default_value_t = 1500.0)]
    pub on_time: f64,
}

const PHRASES: [&str; 4] = ["what do i owe", "i want to complain", "when are you open", "how much do i owe"];

fn phrases(server: &Server) -> Result<Rc<Vec<Utterance>>> {
    let spoken: Result<Vec<_>> = PHRASES.iter().map(|phrase| Utterance::spoken(phrase, server.folder.path())).collect();
    Ok(Rc::new(spoken?))
}

/// Lets callers answer, and gives what their turns came to.
fn talk(phone: &mut Phone, callers: usize, most: usize, patience: u32, answer: &Answer) -> Result<Vec<Turn>> {
    let quiet = Rc::new(sound::quiet(50));
    let turns = Rc::new(RefCell::new(Vec::new()));
    phone.resume();
    phone.legs.clear();
    let start = sys::steady();
    // The callers come spread over the length of about one turn.
    for n in 0..callers {
        phone.run_until(start + n as u64 * 4 * SECOND / callers as u64);
        phone.call(Order {
            number: "300".to_owned(),
            user: format!("talker{n}"),
            keys: true,
            hold: None,
            script: Some(Box::new(Talker::new(answer.clone(), quiet.clone(), patience, most, turns.clone()))),
            keep_arrivals: false,
        })?;
    }
    let patience = sys::steady() + (most as u64 * 12 + 20) * SECOND;
    let mut tick = 0_u32;
    phone.run_while(patience, |phone| {
        tick += 1;
        !tick.is_multiple_of(64) || phone.open() > 0
    });
    phone.hang_up_all();
    let turns = turns.borrow().clone();
    Ok(turns)
}

struct Times {
    silence: Vec<f64>,
    answer: Vec<f64>,
    turns: usize,
    apologies: usize,
    unanswered: usize,
}

fn times(turns: &[Turn], judged: &[crate::watch::Window]) -> Times {
    let counted: Vec<&Turn> = turns.iter().filter(|turn| Windows::counts(judged, turn.began)).collect();
    Times {
        silence: sorted(counted.iter().map(|turn| turn.to_silence()).collect()),
        answer: sorted(counted.iter().filter_map(|turn| turn.to_answer()).collect()),
        turns: turns.len(),
        apologies: turns.iter().filter(|turn| turn.apologised).count(),
        unanswered: turns.iter().filter(|turn| turn.answered == 0 && !turn.apologised).count(),
    }
}

/// Key to silence, speech to silence, end of speech to the answer.
pub fn turns(setting: &Setting, options: &TurnOptions) -> Result<Vec<Row>> {
    let (server, mut phone) = begin(setting, Kind { speech: true, recorded: false })?;
    let speech = Answer::Speech(phrases(&server)?);
    // What is loaded at the first turn is not measured.
    talk(&mut phone, 1, 2, 30, &speech)?;
    let mut measure = |answer: &Answer| -> Result<(Vec<Times>, Windows)> {
        let (mut all, mut found) = (Windows::default(), Vec::new());
        for _ in 0..setting.repetitions {
            let watch = Watch::start(server.pid(), setting.server_core, setting.own_core);
            let turns = talk(&mut phone, options.callers, options.turns, 30, answer)?;
            let windows = watch.stop();
            found.push(times(&turns, &windows.judged()));
            all.all.extend(windows.all);
        }
        Ok((found, all))
    };
    let (keys, key_windows) = measure(&Answer::Key(1))?;
    let (spoken, speech_windows) = measure(&speech)?;
    Ok(vec![
        row("key to silence of the prompt", 60.0, &keys, |times| &times.silence, &key_windows),
        row("speech to silence of the prompt", 200.0, &spoken, |times| &times.silence, &speech_windows),
        row(
            "end of speech to the first packet of the answer, a whole phrase of a menu",
            900.0,
            &spoken,
            |times| &times.answer,
            &speech_windows,
        ),
    ])
}

fn row(what: &str, reach: f64, found: &[Times], of: impl Fn(&Times) -> &Vec<f64>, windows: &Windows) -> Row {
    let at = |share| Spread::of(&found.iter().map(|times| percentile(of(times), share)).collect::<Vec<_>>());
    let sum = |of: fn(&Times) -> usize| found.iter().map(of).sum::<usize>();
    let (turns, apologies, unanswered) =
        (sum(|times| times.turns), sum(|times| times.apologies), sum(|times| times.unanswered));
    let counted: usize = found.iter().map(|times| of(times).len()).sum();
    Row {
        what: what.to_owned(),
        reach: format!("p95 {reach:.0} ms"),
        measured: format!("p50 {}; p95 {}", at(0.5).text(0, " ms"), at(0.95).text(0, " ms")),
        reached: Some(at(0.95).middle <= reach),
        note: format!(
            "{turns} turns, {counted} judged, {apologies} not understood, {unanswered} unanswered; {}",
            windows.left_out()
        ),
    }
}

/// How many callers with a grammar one core hears with every turn on time.
pub fn listeners(setting: &Setting, options: &ListenerOptions) -> Result<Vec<Row>> {
    let (server, mut phone) = begin(setting, Kind { speech: true, recorded: false })?;
    let speech = Answer::Speech(phrases(&server)?);
    talk(&mut phone, 1, 2, 30, &speech)?;
    let (mut reached, mut noisy, mut notes) = (0, 0, Vec::new());
    let mut callers = options.from;
    while callers <= options.to {
        let watch = Watch::start(server.pid(), setting.server_core, setting.own_core);
        // Two seconds of the question, then a phrase: a caller speaks about a quarter of the time.
        let turns = talk(&mut phone, callers, options.turns, 100, &speech)?;
        let windows = watch.stop();
        let times = times(&turns, &windows.all);
        let late = times.answer.iter().filter(|time| **time > options.on_time).count() + times.unanswered;
        let core = Spread::of(&windows.judged().iter().map(|window| window.server).collect::<Vec<_>>());
        let at = |share| percentile(&times.answer, share);
        println!(
            "    {callers} callers: {} turns, {late} late or unanswered, {} not understood, p50 {:.0} p95 {:.0} max {:.0} ms, core {:.0} % (up to {:.0}); {}",
            times.turns,
            times.apologies,
            at(0.5),
            at(0.95),
            at(1.0),
            core.middle * 100.0,
            core.greatest * 100.0,
            windows.left_out()
        );
        if late > 0 || times.turns < callers * options.turns {
            if windows.stolen() && noisy < MOST_NOISY {
                noisy += 1;
                continue;
            }
            notes.push(format!("at {callers} callers {late} of {} turns late, p95 {:.0} ms", times.turns, at(0.95)));
            break;
        }
        reached = callers;
        callers += options.step;
        notes = vec![format!("at {reached} callers p95 {:.0} ms, {} not understood", at(0.95), times.apologies)];
    }
    notes.push(format!("{noisy} times a number was tried again because the host took time"));
    Ok(vec![Row {
        what: "callers listening with a grammar on one core, all turns on time".to_owned(),
        reach: "40".to_owned(),
        measured: reached.to_string(),
        reached: Some(reached >= 40),
        note: format!("on time is {:.0} ms from the end of the speech; {}", options.on_time, notes.join("; ")),
    }])
}
