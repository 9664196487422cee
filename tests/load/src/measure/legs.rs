//! Many callers who hear a prompt, with sound both ways.

use std::rc::Rc;

use anyhow::Result;
use clap::Args;

use super::{begin, failures};
use crate::machine;
use crate::phone::{Order, Phone};
use crate::report::Row;
use crate::script::Quiet;
use crate::server::{Kind, Server};
use crate::setting::Setting;
use crate::sound;
use crate::spread::{Spread, percentile, sorted};
use crate::stream::Counts;
use crate::sys::{self, SECOND};
use crate::watch::{Watch, Windows};

/// How many, how long.
#[derive(Debug, Clone, Args)]
pub struct LegOptions {
    /// Callers at once.
    #[arg(long, default_value_t = 1000)]
    pub legs: usize,
    /// Seconds of each repetition.
    #[arg(long, default_value_t = 12.0)]
    pub seconds: f64,
    /// Only this one of the rows: `events`, `tones` or `recorded`.
    #[arg(long)]
    pub row: Option<String>,
}

/// One row: keys as events; keys as tones in the sound; recording and interruption by speech.
struct Case {
    name: &'static str,
    what: &'static str,
    number: &'static str,
    keys: bool,
    recorded: bool,
    /// Share of the core a leg, in percent.
    reach: Option<f64>,
}

const CASES: [Case; 3] = [
    Case {
        name: "events",
        what: "keys as telephone events",
        number: "100",
        keys: true,
        recorded: false,
        reach: Some(0.07),
    },
    Case {
        name: "tones",
        what: "keys sought in the sound",
        number: "100",
        keys: false,
        recorded: false,
        reach: Some(0.07),
    },
    Case {
        name: "recorded",
        what: "recorded, interrupted by speech",
        number: "200",
        keys: true,
        recorded: true,
        reach: None,
    },
];

/// Measures all rows.
pub fn legs(setting: &Setting, options: &LegOptions) -> Result<Vec<Row>> {
    let wanted = |case: &&Case| options.row.as_deref().is_none_or(|name| name == case.name);
    CASES.iter().filter(wanted).map(|case| one(setting, options, case)).collect()
}

struct Outcome {
    a_leg: f64,
    off_grid: f64,
    counts: Counts,
    sent: u64,
    overflows: u64,
}

fn one(setting: &Setting, options: &LegOptions, case: &Case) -> Result<Row> {
    let (server, mut phone) = begin(setting, Kind { recorded: case.recorded, speech: false })?;
    gather(&mut phone, options.legs, case)?;
    let mut outcomes = Vec::new();
    let mut all = Windows::default();
    let mut late = 0.0_f64;
    for _ in 0..setting.repetitions {
        let (outcome, windows) = repetition(setting, options, &server, &mut phone);
        late = late.max(phone.late);
        outcomes.push(outcome);
        all.all.extend(windows.all);
    }
    phone.hang_up_all();
    let (failed, reasons) = failures(&phone);
    Ok(row(options, case, &outcomes, &all, failed, &format!("{reasons}{}", foul(late, &server))))
}

fn foul(late: f64, server: &Server) -> String {
    let log = server.log();
    let warnings = log.lines().count();
    if warnings > 0 {
        println!("    the server's log ends: {}", log.lines().last().unwrap_or_default());
    }
    format!(
        "; the callers' latest tick {late:.1} ms{}",
        if warnings > 0 { format!("; {warnings} lines in the log") } else { String::new() }
    )
}

/// Calls come at 100 a second.
fn gather(phone: &mut Phone, legs: usize, case: &Case) -> Result<()> {
    // As loud as speech, so that no short way for silence is measured; but a caller who speaks would interrupt.
    let packets = Rc::new(if case.recorded { sound::quiet(50) } else { sound::noise(50, 4000) });
    phone.resume();
    let start = sys::steady();
    for n in 0..legs {
        phone.run_until(start + n as u64 * SECOND / 100);
        phone.call(Order {
            number: case.number.to_owned(),
            user: format!("leg{n}"),
            keys: case.keys,
            hold: None,
            script: Some(Box::new(Quiet::new(packets.clone(), n))),
            keep_arrivals: true,
        })?;
    }
    phone.run_for(2.0);
    Ok(())
}

fn repetition(setting: &Setting, options: &LegOptions, server: &Server, phone: &mut Phone) -> (Outcome, Windows) {
    phone.resume();
    for leg in phone.legs.values_mut() {
        leg.stream.forget();
        leg.sent = 0;
    }
    let overflows = machine::udp_overflows();
    let watch = Watch::start(server.pid(), setting.server_core, setting.own_core);
    phone.run_for(options.seconds);
    let windows = watch.stop();
    let judged = windows.judged();
    let mut counts = Counts::default();
    let mut off = Vec::new();
    for leg in phone.legs.values() {
        counts.add(leg.stream.counts());
        off.extend(leg.stream.off_grid().filter(|(at, _)| Windows::counts(&judged, *at)).map(|(_, off)| off));
    }
    let shares: Vec<f64> = judged.iter().map(|window| window.server).collect();
    let outcome = Outcome {
        a_leg: Spread::of(&shares).middle * 100.0 / options.legs as f64,
        off_grid: percentile(&sorted(off), 0.99),
        counts,
        sent: phone.legs.values().map(|leg| leg.sent).sum(),
        overflows: machine::udp_overflows() - overflows,
    };
    (outcome, windows)
}

fn row(options: &LegOptions, case: &Case, outcomes: &[Outcome], all: &Windows, failed: usize, reasons: &str) -> Row {
    let a_leg = Spread::of(&outcomes.iter().map(|outcome| outcome.a_leg).collect::<Vec<_>>());
    let off_grid = Spread::of(&outcomes.iter().map(|outcome| outcome.off_grid).collect::<Vec<_>>());
    let mut counts = Counts::default();
    outcomes.iter().for_each(|outcome| counts.add(outcome.counts));
    let sent: u64 = outcomes.iter().map(|outcome| outcome.sent).sum();
    let overflows: u64 = outcomes.iter().map(|outcome| outcome.overflows).sum();
    let whole = failed == 0 && counts.lost == 0;
    Row {
        what: format!("{} G.711 legs hearing a prompt, sound both ways; {}", options.legs, case.what),
        reach: case
            .reach
            .map(|reach| format!("{reach} % of a core a leg, none lost, p99 off the grid 5 ms"))
            .unwrap_or_default(),
        measured: format!(
            "{} a leg; {} lost of {}; off the grid p99 {}",
            a_leg.text(3, " %"),
            counts.lost,
            counts.received + counts.lost,
            off_grid.text(2, " ms"),
        ),
        reached: case.reach.map(|reach| a_leg.middle <= reach && whole && off_grid.middle <= 5.0),
        note: format!(
            "{}; {failed} calls failed {reasons}; {sent} packets sent, {overflows} thrown away in full buffers of the machine; {} doubled, {} reordered",
            all.left_out(),
            counts.doubled,
            counts.reordered
        ),
    }
}
