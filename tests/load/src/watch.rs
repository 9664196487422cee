//! Judges each second of a measurement: whether the machine was ours.
//!
//! A thread beside the server sleeps a millisecond at a time, and what it oversleeps is what the host took. A second in
//! which the host stole time from either core, in which that thread's p99 is over a millisecond, or in which other
//! programs used more than a twentieth of the server's core, takes no part in the verdict.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use crate::machine::{self, TICKS};
use crate::spread::{percentile, sorted};
use crate::sys::{self, MS, Nanos, SECOND};

/// One second.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// When it began, by [`sys::now`].
    pub began: Nanos,
    /// When it ended.
    pub ended: Nanos,
    /// Share of the core that the server used, 0 to 1.
    pub server: f64,
    /// Share of the server's core that other programs used.
    pub others: f64,
    /// What the control thread overslept, p99, in milliseconds.
    pub overslept: f64,
    /// Whether the host took time from either core.
    pub stolen: bool,
}

impl Window {
    /// Whether it counts.
    pub fn is_clean(&self) -> bool {
        !self.stolen && self.overslept <= OVERSLEPT && self.others <= OTHERS
    }
}

/// The windows of one measurement.
#[derive(Debug, Clone, Default)]
pub struct Windows {
    /// All of them.
    pub all: Vec<Window>,
}

impl Windows {
    /// The windows to judge by: the clean ones, or all where none is.
    pub fn judged(&self) -> Vec<Window> {
        let clean: Vec<Window> = self.all.iter().filter(|window| window.is_clean()).copied().collect();
        if clean.is_empty() { self.all.clone() } else { clean }
    }

    /// Whether a moment lies in a window to judge by.
    pub fn counts(judged: &[Window], at: Nanos) -> bool {
        let next = judged.partition_point(|window| window.began <= at);
        next.checked_sub(1).and_then(|before| judged.get(before)).is_some_and(|window| at < window.ended)
    }

    /// Whether the host took time in any of them.
    pub fn stolen(&self) -> bool {
        self.all.iter().any(|window| window.stolen)
    }

    /// What was wrong, by kinds.
    fn noises(&self) -> String {
        let count = |is: fn(&Window) -> bool| self.all.iter().filter(|window| is(window)).count();
        let stolen = count(|window| window.stolen);
        let overslept = count(|window| window.overslept > OVERSLEPT);
        let others = count(|window| window.others > OTHERS);
        format!("time stolen in {stolen}, overslept in {overslept}, other programs in {others}")
    }

    /// The share left out, for people.
    pub fn left_out(&self) -> String {
        let clean = self.all.iter().filter(|window| window.is_clean()).count();
        let (all, noisy) = (self.all.len(), self.all.len() - clean);
        match clean {
            0 if noisy > 0 => format!("all {all} s noisy, none left out ({})", self.noises()),
            _ if noisy == 0 => "no second left out".to_owned(),
            _ => format!("{noisy} of {all} s left out ({})", self.noises()),
        }
    }
}

/// A running watch.
pub struct Watch {
    over: Arc<AtomicBool>,
    thread: JoinHandle<Windows>,
}

impl Watch {
    /// Begins to watch a server on `server_core`, with the generator on `own_core`.
    pub fn start(server: u32, server_core: usize, own_core: usize) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let seen = over.clone();
        let thread = std::thread::spawn(move || {
            // Without the right to do so the thread measures from another core, and less exactly.
            let _ = sys::pin(server_core);
            sys::real_time(CONTROL_PRIORITY);
            watch(server, server_core, own_core, &seen)
        });
        Self { over, thread }
    }

    /// Ends it.
    pub fn stop(self) -> Windows {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().unwrap_or_default()
    }
}

fn watch(server: u32, server_core: usize, own_core: usize, over: &AtomicBool) -> Windows {
    let family = machine::family(server);
    let mut windows = Windows::default();
    while !over.load(Ordering::Relaxed) {
        let before = Reading::take(&family, server_core, own_core);
        let mut overslept = Vec::with_capacity(1000);
        let end = sys::steady() + SECOND;
        while sys::steady() < end && !over.load(Ordering::Relaxed) {
            let due = sys::steady() + MS;
            sys::sleep_until(due);
            overslept.push((sys::steady() - due) as f64 / MS as f64);
        }
        let after = Reading::take(&family, server_core, own_core);
        if after.at - before.at > SECOND / 2 {
            windows.all.push(before.until(&after, overslept));
        }
    }
    windows
}

struct Reading {
    at: Nanos,
    server: u64,
    busy: u64,
    stolen: u64,
}

impl Reading {
    fn take(family: &[u32], server_core: usize, own_core: usize) -> Self {
        let core = machine::core_time(server_core);
        let stolen = core.steal + machine::core_time(own_core).steal;
        Self { at: sys::now(), server: machine::used(family), busy: core.busy, stolen }
    }

    fn until(&self, after: &Self, overslept: Vec<f64>) -> Window {
        let ticks = (after.at - self.at) as f64 / SECOND as f64 * TICKS as f64;
        let server = (after.server - self.server) as f64 / ticks;
        let busy = (after.busy - self.busy) as f64 / ticks;
        Window {
            began: self.at,
            ended: after.at,
            server,
            others: (busy - server - CONTROL_SHARE).max(0.0),
            overslept: percentile(&sorted(overslept), 0.99),
            stolen: after.stolen > self.stolen,
        }
    }
}

/// The most that the control thread may oversleep, p99, in milliseconds.
const OVERSLEPT: f64 = 1.0;

/// The most that other programs may use of the server's core.
const OTHERS: f64 = 0.05;

const CONTROL_PRIORITY: i32 = 90;

/// What the control thread itself uses of the core, at most.
const CONTROL_SHARE: f64 = 0.01;
