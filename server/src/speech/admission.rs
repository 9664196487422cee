//! Whether a recogniser process can take one more turn: by how it is doing, not by a number of turns.
//!
//! A process decodes one frame after the other, so a question that goes to it behind the sound comes back as late as sound
//! is decoded. Beside that delay it tells how long it was busy, and with what: that is what a free turn costs on this
//! machine. A turn that cannot be listened to in time is refused at once, and its caller hears the question for keys, or
//! for phrases, instead of silence.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use asr::wire::Work;

/// What is known of a process; written by its parent, read by whoever opens a turn.
#[derive(Debug, Default)]
pub struct WorkerLoad {
    /// Open turns.
    open: AtomicUsize,
    /// Those of them that are heard freely, too.
    free: AtomicUsize,
    /// How late sound is decoded, in milliseconds.
    delay_ms: AtomicU64,
    /// The share of the time in which it decodes turns with phrases only, in thousandths.
    phrases_busy: AtomicU64,
    /// The share of the time that one free turn takes while its caller speaks, in thousandths; 0: not measured yet.
    free_cost: AtomicU64,
}

/// What becomes of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It is listened to as it asks.
    Taken,
    /// It can be listened to by its phrases only.
    OnlyPhrases,
    /// It cannot be listened to.
    Refused,
}

/// The parent's measurements between two answers of its process.
#[derive(Debug)]
pub struct Watch {
    last: Option<(Instant, Work)>,
}

impl WorkerLoad {
    /// Whether one more turn can be taken; at most so many may be open.
    pub fn admits(&self, free: bool, most: usize) -> Admission {
        let delay = self.delay_ms.load(Ordering::Relaxed);
        if self.open() >= most || delay > LATEST_MS {
            return Admission::Refused;
        }
        if !free {
            return Admission::Taken;
        }
        let cost = match self.free_cost.load(Ordering::Relaxed) {
            0 => FREE_COST,
            measured => measured,
        };
        let turns = self.free.load(Ordering::Relaxed) as u64 + 1;
        let busy = self.phrases_busy.load(Ordering::Relaxed).saturating_add(cost.saturating_mul(turns));
        if delay > LATEST_FREE_MS || busy > MOST_BUSY { Admission::OnlyPhrases } else { Admission::Taken }
    }

    /// Open turns.
    pub fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Open turns that are heard freely.
    pub fn open_free(&self) -> usize {
        self.free.load(Ordering::Relaxed)
    }

    /// How late sound is decoded, in milliseconds.
    pub fn delay_ms(&self) -> u64 {
        self.delay_ms.load(Ordering::Relaxed)
    }

    /// What one free turn takes of a core while its caller speaks, in thousandths; 0 before the first.
    pub fn free_cost(&self) -> u64 {
        self.free_cost.load(Ordering::Relaxed)
    }

    pub(super) fn opened(&self, free: bool) {
        self.open.fetch_add(1, Ordering::Relaxed);
        self.free.fetch_add(usize::from(free), Ordering::Relaxed);
    }

    pub(super) fn closed(&self, free: bool) {
        self.open.fetch_sub(1, Ordering::Relaxed);
        self.free.fetch_sub(usize::from(free), Ordering::Relaxed);
    }

    pub(super) fn delayed(&self, delay: Duration) {
        self.delay_ms.store(u64::try_from(delay.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

impl Watch {
    pub(super) fn new() -> Self {
        Self { last: None }
    }

    /// Takes in what a process has done until now.
    pub(super) fn look(&mut self, work: Work, now: Instant, load: &WorkerLoad) {
        let Some((at, before)) = self.last else {
            self.last = Some((now, work));
            return;
        };
        let time = now.saturating_duration_since(at);
        if time < WINDOW {
            return;
        }
        self.last = Some((now, work));
        let free = work.free_busy_us.saturating_sub(before.free_busy_us);
        let phrases = work.busy_us.saturating_sub(before.busy_us).saturating_sub(free);
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1);
        load.phrases_busy.store(phrases.saturating_mul(1000) / micros, Ordering::Relaxed);
        let speech = work.free_speech_ms.saturating_sub(before.free_speech_ms);
        if speech >= ENOUGH_SPEECH_MS {
            // A quarter of the news at a time: one strange turn is not the rule.
            let cost = free / speech;
            let known = load.free_cost.load(Ordering::Relaxed);
            let cost = if known == 0 { cost } else { (known * 3 + cost) / 4 };
            load.free_cost.store(cost.max(1), Ordering::Relaxed);
        }
    }
}

/// Sound that is decoded later than this makes every answer late.
const LATEST_MS: u64 = 500;
/// Free turns are the first to go.
const LATEST_FREE_MS: u64 = 150;
/// The share of a core that decoding may take when every free caller speaks at once, in thousandths.
const MOST_BUSY: u64 = 850;
/// The cost of a free turn before one was measured, in thousandths of a core.
const FREE_COST: u64 = 250;
/// Time and speech over which is measured.
const WINDOW: Duration = Duration::from_secs(1);
const ENOUGH_SPEECH_MS: u64 = 500;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_turns_are_admitted_by_what_they_cost() {
        let load = WorkerLoad::default();
        let mut taken = 0;
        while load.admits(true, 40) == Admission::Taken {
            load.opened(true);
            taken += 1;
        }
        assert_eq!(taken, 3, "not measured yet");
        assert_eq!(load.admits(false, 40), Admission::Taken);
        let (mut watch, now) = (Watch::new(), Instant::now());
        watch.look(Work::default(), now, &load);
        let work = Work { busy_us: 400_000, free_busy_us: 200_000, free_speech_ms: 2_000 };
        watch.look(work, now + Duration::from_secs(2), &load);
        assert_eq!(load.free_cost(), 100);
        assert_eq!(load.admits(true, 40), Admission::Taken, "it costs less than was thought");
        load.closed(true);
        assert_eq!((load.open(), load.open_free()), (2, 2));
    }

    #[test]
    fn a_late_process_takes_no_turn() {
        let load = WorkerLoad::default();
        load.delayed(Duration::from_millis(200));
        assert_eq!(load.admits(true, 40), Admission::OnlyPhrases);
        assert_eq!(load.admits(false, 40), Admission::Taken);
        load.delayed(Duration::from_millis(700));
        assert_eq!(load.admits(false, 40), Admission::Refused);
        load.delayed(Duration::ZERO);
        assert_eq!(load.admits(false, 0), Admission::Refused);
    }
}
