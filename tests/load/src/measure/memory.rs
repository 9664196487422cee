//! Memory a leg, and what stays after many calls.

use std::rc::Rc;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use clap::Args;

use super::calls::offer;
use super::{begin, failures};
use crate::phone::Order;
use crate::report::Row;
use crate::script::Quiet;
use crate::server::Kind;
use crate::setting::Setting;
use crate::sound;
use crate::sys::{self, SECOND};

/// How many.
#[derive(Debug, Clone, Args)]
pub struct MemoryOptions {
    /// Legs at once.
    #[arg(long, default_value_t = 1000)]
    pub legs: usize,
    /// Calls for what stays.
    #[arg(long, default_value_t = 50_000)]
    pub calls: u64,
    /// Their rate a second.
    #[arg(long, default_value_t = 600)]
    pub rate: u64,
    /// Seconds between the last BYE and the second look.
    #[arg(long, default_value_t = 40)]
    pub wait: u64,
}

/// Measures both.
pub fn memory(setting: &Setting, options: &MemoryOptions) -> Result<Vec<Row>> {
    Ok(vec![a_leg(setting, options)?, kept(setting, options)?])
}

fn a_leg(setting: &Setting, options: &MemoryOptions) -> Result<Row> {
    let (server, mut phone) = begin(setting, Kind::default())?;
    // What is loaded with the first calls is no leg's.
    offer(&mut phone, 20, 40)?;
    phone.legs.clear();
    let before = server.resident_kb();
    let packets = Rc::new(sound::quiet(50));
    let start = sys::steady();
    let mut half = 0.0;
    for n in 0..options.legs {
        phone.run_until(start + n as u64 * SECOND / 100);
        if n == options.legs / 2 {
            half = server.resident_kb();
        }
        phone.call(Order {
            number: "100".to_owned(),
            user: format!("leg{n}"),
            keys: true,
            hold: None,
            script: Some(Box::new(Quiet::new(packets.clone(), n))),
            keep_arrivals: false,
        })?;
    }
    phone.run_for(5.0);
    let full = server.resident_kb();
    phone.hang_up_all();
    let (failed, reasons) = failures(&phone);
    let a_leg = (full - before) / options.legs as f64;
    let upper = (full - half) / (options.legs - options.legs / 2) as f64;
    Ok(Row {
        what: "memory a leg, without recogniser".to_owned(),
        reach: "100 KB".to_owned(),
        measured: format!("{a_leg:.0} KB"),
        reached: Some(a_leg <= 100.0 && failed == 0),
        note: format!(
            "{} legs, {before:.0} KB before, {full:.0} KB with all; the second half {upper:.0} KB a leg; {failed} failed {reasons}",
            options.legs
        ),
    })
}

fn kept(setting: &Setting, options: &MemoryOptions) -> Result<Row> {
    let (server, mut phone) = begin(setting, Kind::default())?;
    let fresh = server.resident_kb();
    // The start is a server that has worked: its pools and caches are there.
    offer(&mut phone, options.rate, options.rate * 2)?;
    thread::sleep(Duration::from_secs(10));
    let before = server.resident_kb();
    let (mut failed, mut why, mut left) = (0, String::new(), options.calls);
    while left > 0 {
        let some = left.min(5000);
        phone.legs.clear();
        offer(&mut phone, options.rate, some)?;
        let (more, reasons) = failures(&phone);
        if more > 0 {
            why = reasons;
        }
        failed += more;
        left -= some;
    }
    let end = server.resident_kb();
    thread::sleep(Duration::from_secs(options.wait));
    let after = server.resident_kb();
    let grown = (after - before) / 1024.0;
    Ok(Row {
        what: format!("memory after {} calls, {} s after the last BYE, against the start", options.calls, options.wait),
        reach: "within 5 MB".to_owned(),
        measured: format!("{grown:+.1} MB"),
        reached: Some(grown <= 5.0 && failed == 0),
        note: format!(
            "start: after {} calls and 10 s, {before:.0} KB (fresh {fresh:.0} KB); {end:.0} KB at the last BYE, {after:.0} KB after; {failed} failed {why}",
            options.rate * 2
        ),
    })
}
