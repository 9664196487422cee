//! Whole calls a second, and the time from INVITE to 200.

use anyhow::Result;
use clap::Args;

use super::{MOST_NOISY, begin, failures};
use crate::machine;
use crate::phone::{Order, Phone};
use crate::report::Row;
use crate::server::{Kind, Server};
use crate::setting::Setting;
use crate::spread::{Spread, percentile, sorted};
use crate::sys::{self, MS, SECOND};
use crate::watch::{Watch, Windows};

/// The rates.
#[derive(Debug, Clone, Args)]
pub struct RateOptions {
    /// The first rate, calls a second.
    #[arg(long, default_value_t = 200)]
    pub from: u64,
    /// The step from rate to rate.
    #[arg(long, default_value_t = 200)]
    pub step: u64,
    /// The last rate that is tried.
    #[arg(long, default_value_t = 1200)]
    pub to: u64,
    /// Seconds at each rate.
    #[arg(long, default_value_t = 8.0)]
    pub seconds: f64,
}

/// Rate and time.
#[derive(Debug, Clone, Args)]
pub struct SetupOptions {
    /// Calls a second.
    #[arg(long, default_value_t = 50)]
    pub rate: u64,
    /// Seconds of each repetition.
    #[arg(long, default_value_t = 12.0)]
    pub seconds: f64,
}

/// How long a call stands, as where RustPBX was measured.
const HOLD: u64 = 100 * MS;

struct Step {
    calls: usize,
    failed: usize,
    reasons: String,
    repeated: u64,
    /// Calls that heard nothing.
    silent: usize,
    core: f64,
    setups: Vec<f64>,
    windows: Windows,
}

/// Makes calls at a rate and waits until the last is over.
pub(super) fn offer(phone: &mut Phone, rate: u64, count: u64) -> Result<()> {
    phone.resume();
    let start = sys::steady();
    for n in 0..count {
        phone.run_until(start + n * SECOND / rate);
        phone.call(Order {
            number: "100".to_owned(),
            user: format!("caller{}", n % 1000),
            keys: true,
            hold: Some(HOLD),
            script: None,
            keep_arrivals: false,
        })?;
    }
    let patience = sys::steady() + 20 * SECOND;
    let mut turn = 0_u32;
    phone.run_while(patience, |phone| {
        turn += 1;
        !turn.is_multiple_of(64) || phone.open() > 0
    });
    Ok(())
}

fn step(setting: &Setting, server: &Server, phone: &mut Phone, rate: u64, seconds: f64) -> Result<Step> {
    phone.legs.clear();
    phone.repeated = 0;
    let watch = Watch::start(server.pid(), setting.server_core, setting.own_core);
    offer(phone, rate, (rate as f64 * seconds) as u64)?;
    let windows = watch.stop();
    let judged = windows.judged();
    let (failed, reasons) = failures(phone);
    let setups =
        phone.legs.values().filter(|leg| Windows::counts(&judged, leg.invited)).filter_map(|leg| leg.setup()).collect();
    let busy: Vec<f64> = judged.iter().map(|window| window.server).collect();
    let unended = phone.legs.values().filter(|leg| leg.ended.is_none()).count();
    Ok(Step {
        calls: phone.legs.len(),
        failed: failed + unended,
        reasons,
        repeated: phone.repeated,
        silent: phone.legs.values().filter(|leg| leg.stream.counts().received == 0).count(),
        core: Spread::of(&busy).middle * 100.0,
        setups: sorted(setups),
        windows,
    })
}

/// Raises the rate until calls fail.
pub fn rate(setting: &Setting, options: &RateOptions) -> Result<Vec<Row>> {
    let mut best = Vec::new();
    let mut notes = Vec::new();
    for _ in 0..setting.repetitions.min(2) {
        let (server, mut phone) = begin(setting, Kind::default())?;
        println!("    {}", machine::disk(server.folder.path())?);
        let (mut highest, mut made, mut again, mut noisy) = (0, 0, 0, 0);
        let mut rate = options.from;
        while rate <= options.to {
            let step = step(setting, &server, &mut phone, rate, options.seconds)?;
            made += step.calls;
            let told = format!(
                "{rate} a second: {} of {} failed, {} sent again, {} without sound, {:.0} % of the core, INVITE to 200 p50 {:.1} p99 {:.1} ms",
                step.failed,
                step.calls,
                step.repeated,
                step.silent,
                step.core,
                percentile(&step.setups, 0.5),
                percentile(&step.setups, 0.99)
            );
            println!("    {told}; {} {}", step.windows.left_out(), step.reasons);
            again += step.repeated;
            if step.failed + step.silent > 0 {
                // A call of 100 ms does not survive a host that is away for longer.
                if step.windows.stolen() && noisy < MOST_NOISY {
                    noisy += 1;
                    continue;
                }
                break;
            }
            highest = rate;
            rate += options.step;
            if rate > options.to {
                notes.push("the last rate that is tried".to_owned());
            }
        }
        std::thread::sleep(std::time::Duration::from_secs(2));
        let (stored, ended) = server.api.stored_calls()?;
        notes.push(format!(
            "{made} calls made, {again} requests sent again, {stored} stored, {ended} with their end, {noisy} times a rate was tried again because the host took time"
        ));
        best.push(highest as f64);
    }
    let best = Spread::of(&best);
    Ok(vec![Row {
        what: "whole calls a second (INVITE, 200, ACK, 100 ms, BYE; routing, media, stored record), one core"
            .to_owned(),
        reach: "600, none failed".to_owned(),
        measured: best.text(0, ""),
        reached: Some(best.least >= 600.0),
        note: format!("none failed, none without sound up to this rate; {}", notes.join("; ")),
    }])
}

/// INVITE to 200 at a steady rate.
pub fn setup(setting: &Setting, options: &SetupOptions) -> Result<Vec<Row>> {
    let (server, mut phone) = begin(setting, Kind::default())?;
    let disk = machine::disk(server.folder.path())?;
    offer(&mut phone, options.rate, options.rate * 2)?;
    let (mut middles, mut p99s, mut failed) = (Vec::new(), Vec::new(), 0);
    let mut all = Windows::default();
    for _ in 0..setting.repetitions {
        let step = step(setting, &server, &mut phone, options.rate, options.seconds)?;
        middles.push(percentile(&step.setups, 0.5));
        p99s.push(percentile(&step.setups, 0.99));
        failed += step.failed + step.silent;
        all.all.extend(step.windows.all);
    }
    let p99 = Spread::of(&p99s);
    Ok(vec![Row {
        what: format!("INVITE to 200 at {} calls a second, media started", options.rate),
        reach: "p99 5 ms".to_owned(),
        measured: format!("p50 {}; p99 {}", Spread::of(&middles).text(2, " ms"), p99.text(2, " ms")),
        reached: Some(p99.middle <= 5.0 && failed == 0),
        note: format!(
            "{}; {failed} calls failed or heard nothing; {disk} before, {} after",
            all.left_out(),
            machine::disk(server.folder.path())?
        ),
    }])
}
