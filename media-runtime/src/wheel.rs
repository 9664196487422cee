//! The wheel: twenty slots of 1 ms, each holding the groups whose period begins in it.

use std::collections::HashMap;

use call_model::LegId;

use crate::group::Group;
use crate::seat::Bench;

/// Slots of a period.
pub(crate) const SLOTS: usize = 20;
/// Slots between two receivings of a bridge.
const RELAY_STEP: usize = 5;

/// The groups of one thread.
#[derive(Default)]
pub(crate) struct Wheel {
    groups: Vec<Option<Place>>,
    free: Vec<usize>,
    by_leg: HashMap<LegId, usize>,
    slots: [Vec<usize>; SLOTS],
    relays: [Vec<usize>; SLOTS],
}

struct Place {
    group: Group,
    slot: usize,
}

impl Wheel {
    /// Whether nobody is here.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_leg.is_empty()
    }

    /// Where a leg is.
    pub(crate) fn find(&self, leg: LegId) -> Option<usize> {
        self.by_leg.get(&leg).copied()
    }

    /// The group at a place.
    pub(crate) fn group_mut(&mut self, at: usize) -> Option<&mut Group> {
        self.groups.get_mut(at)?.as_mut().map(|place| &mut place.group)
    }

    /// Puts a group into the slot asked for, else into the emptiest.
    pub(crate) fn insert(&mut self, mut group: Group, slot: Option<usize>) {
        let emptiest = || (0..SLOTS).min_by_key(|slot| self.slots[*slot].len()).unwrap_or(0);
        let slot = slot.unwrap_or_else(emptiest);
        let at = self.free.pop().unwrap_or_else(|| {
            self.groups.push(None);
            self.groups.len() - 1
        });
        for seat in group.seats_mut().into_iter().flatten() {
            self.by_leg.insert(seat.leg.id(), at);
        }
        self.slots[slot].push(at);
        if group.is_pair() {
            relay_slots(slot).for_each(|slot| self.relays[slot].push(at));
        }
        self.groups[at] = Some(Place { group, slot });
    }

    /// Takes a group out, with its slot.
    pub(crate) fn remove(&mut self, at: usize) -> Option<(Group, usize)> {
        let Place { mut group, slot } = self.groups.get_mut(at)?.take()?;
        self.free.push(at);
        for seat in group.seats_mut().into_iter().flatten() {
            self.by_leg.remove(&seat.leg.id());
        }
        take_out(&mut self.slots[slot], at);
        if group.is_pair() {
            relay_slots(slot).for_each(|slot| take_out(&mut self.relays[slot], at));
        }
        Some((group, slot))
    }

    /// The place of any group, to empty the wheel.
    pub(crate) fn any(&self) -> Option<usize> {
        self.by_leg.values().next().copied()
    }

    /// Runs the slot's periods, and the bridges that receive in it. Gives back places whose groups panicked.
    pub(crate) fn turn(&mut self, slot: usize, bench: &mut Bench) -> Vec<usize> {
        let Self { groups, slots, relays, .. } = self;
        let mut broken = Vec::new();
        let mut run = |at: usize, step: fn(&mut Group, &mut Bench)| {
            let Some(place) = groups[at].as_mut() else { return };
            let stepped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| step(&mut place.group, bench)));
            if stepped.is_err() {
                broken.push(at);
            }
        };
        relays[slot].iter().for_each(|at| run(*at, Group::relay));
        slots[slot].iter().for_each(|at| run(*at, Group::period));
        broken
    }
}

fn relay_slots(slot: usize) -> impl Iterator<Item = usize> {
    (RELAY_STEP..SLOTS).step_by(RELAY_STEP).map(move |later| (slot + later) % SLOTS)
}

fn take_out(slot: &mut Vec<usize>, at: usize) {
    if let Some(index) = slot.iter().position(|other| *other == at) {
        slot.swap_remove(index);
    }
}
