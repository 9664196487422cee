//! A queue of what is due when, for a parent with many children.
//!
//! A child is asked for its deadline after every event and armed with it. Entries are not taken out when a deadline
//! moves: a later one is found out when the old entry comes up, an earlier one gets a second entry. So there is about
//! one entry a child, and the queue is bounded by the bound of the children's table.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

/// The queue. `K` names a child; equal times come up in the order of `K`.
#[derive(Debug)]
pub struct Schedule<K> {
    heap: BinaryHeap<Reverse<(Instant, K)>>,
}

/// A child's place in the queue: for when it was armed last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Armed(Option<Instant>);

impl<K: Ord> Default for Schedule<K> {
    fn default() -> Self {
        Self { heap: BinaryHeap::new() }
    }
}

impl<K: Ord + Copy> Schedule<K> {
    /// Sees to it that the child comes up at its deadline at the latest.
    pub fn arm(&mut self, key: K, deadline: Option<Instant>, armed: &mut Armed) {
        let Some(deadline) = deadline else { return };
        if armed.0.is_none_or(|at| deadline < at) {
            armed.0 = Some(deadline);
            self.heap.push(Reverse((deadline, key)));
        }
    }

    /// The next child whose entry is due, if any. The caller compares the child's own deadline with `now`
    /// (after [`Armed::came_up`]), acts, and arms it again.
    pub fn pop_due(&mut self, now: Instant) -> Option<(Instant, K)> {
        let Reverse((at, _)) = self.heap.peek()?;
        if *at > now {
            return None;
        }
        let Reverse(entry) = self.heap.pop()?;
        if self.heap.capacity() > 1024 && self.heap.len() < self.heap.capacity() / 4 {
            self.heap.shrink_to(self.heap.capacity() / 2);
        }
        Some(entry)
    }

    /// When the next entry is due. It may turn out to be a stale one.
    pub fn next_due(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse((at, _))| *at)
    }
}

impl Armed {
    /// An entry of the queue came up: if it is the child's latest, the child is no longer armed.
    ///
    /// Says whether it was; a stale entry is to be ignored.
    pub fn came_up(&mut self, at: Instant) -> bool {
        let current = self.0 == Some(at);
        if current {
            self.0 = None;
        }
        current
    }
}
