//! What the runtime counts for `/metrics`.

use std::sync::atomic::{AtomicU64, Ordering};

/// A snapshot of the runtime's counts; all but `legs` only grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Legs open now.
    pub legs: u64,
    /// Legs opened since the start.
    pub legs_opened: u64,
    /// Datagrams received on RTP and RTCP ports.
    pub datagrams_received: u64,
    /// Datagrams sent.
    pub datagrams_sent: u64,
    /// Datagrams that the system refused to send.
    pub send_failures: u64,
    /// Slots of 1 ms that began more than 5 ms late.
    pub late_slots: u64,
    /// Slots that were left out after a standstill of more than a second.
    pub skipped_slots: u64,
    /// Orders refused because a thread's queue was full.
    pub orders_refused: u64,
    /// Frames of listening turns dropped because their queue was full.
    pub heard_dropped: u64,
    /// Recorded periods of 20 ms that became silence because the writer fell behind.
    pub recording_gaps: u64,
    /// Legs moved from one thread to another.
    pub legs_moved: u64,
    /// Groups of legs that were given up because of an error of ours.
    pub groups_lost: u64,
}

/// The counts that threads share; each thread adds what a slot brought, not packet by packet.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) legs: AtomicU64,
    pub(crate) legs_opened: AtomicU64,
    pub(crate) datagrams_received: AtomicU64,
    pub(crate) datagrams_sent: AtomicU64,
    pub(crate) send_failures: AtomicU64,
    pub(crate) late_slots: AtomicU64,
    pub(crate) skipped_slots: AtomicU64,
    pub(crate) orders_refused: AtomicU64,
    pub(crate) heard_dropped: AtomicU64,
    pub(crate) recording_gaps: AtomicU64,
    pub(crate) legs_moved: AtomicU64,
    pub(crate) groups_lost: AtomicU64,
}

impl Tally {
    pub(crate) fn snapshot(&self) -> Counters {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Counters {
            legs: read(&self.legs),
            legs_opened: read(&self.legs_opened),
            datagrams_received: read(&self.datagrams_received),
            datagrams_sent: read(&self.datagrams_sent),
            send_failures: read(&self.send_failures),
            late_slots: read(&self.late_slots),
            skipped_slots: read(&self.skipped_slots),
            orders_refused: read(&self.orders_refused),
            heard_dropped: read(&self.heard_dropped),
            recording_gaps: read(&self.recording_gaps),
            legs_moved: read(&self.legs_moved),
            groups_lost: read(&self.groups_lost),
        }
    }
}

/// Adds to a count.
pub(crate) fn add(count: &AtomicU64, more: u64) {
    if more > 0 {
        count.fetch_add(more, Ordering::Relaxed);
    }
}
