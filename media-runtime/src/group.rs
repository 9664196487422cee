//! What a slot of the wheel holds: a leg alone, or two that are bridged.

use call_model::{LegId, OrderId, SoundFact};
use media::Other;
use media::bridge;

use crate::seat::{Bench, Seat};
use crate::sink::SharedSink;

/// A group: receive all, hear all, send all.
pub(crate) enum Group {
    Alone(Box<Seat>),
    Pair(Box<Pair>),
}

/// Two bridged legs.
pub(crate) struct Pair {
    pub(crate) a: Box<Seat>,
    pub(crate) b: Box<Seat>,
    order: OrderId,
    owner: SharedSink,
}

impl Pair {
    /// Bridges two legs.
    pub(crate) fn join(order: OrderId, mut a: Box<Seat>, mut b: Box<Seat>, bench: &Bench) -> Self {
        bridge::join(&mut a.leg, &mut b.leg, bench.now);
        a.tell();
        b.tell();
        let owner = a.sink.clone();
        Self { a, b, order, owner }
    }

    /// Parts them; the bridge's order is finished.
    pub(crate) fn part(self) -> (Box<Seat>, Box<Seat>) {
        let Self { mut a, mut b, order, owner } = self;
        bridge::part(&mut a.leg);
        bridge::part(&mut b.leg);
        owner.fact(SoundFact::Finished { order });
        (a, b)
    }

    /// Receives on both sides and passes packets on; called several times a period where packets are relayed.
    pub(crate) fn receive(&mut self, bench: &mut Bench) {
        let relayed = bridge::relays(&self.a.leg, &self.b.leg);
        self.a.receive(Some((&mut self.b, relayed)), bench);
        self.b.receive(Some((&mut self.a, relayed)), bench);
        self.a.tell();
    }

    fn period(&mut self, bench: &mut Bench) {
        self.receive(bench);
        bridge::refit(&mut self.a.leg, &mut self.b.leg);
        let relayed = bridge::relays(&self.a.leg, &self.b.leg);
        let recorded = self.a.is_recorded() || self.b.is_recorded();
        self.a.hear(bench);
        self.b.hear(bench);
        self.a.speak(bridge::other(&self.b.leg, relayed, recorded), bench);
        self.b.speak(bridge::other(&self.a.leg, relayed, recorded), bench);
    }
}

impl Group {
    /// One period of 20 ms.
    pub(crate) fn period(&mut self, bench: &mut Bench) {
        match self {
            Self::Alone(seat) => {
                seat.receive(None, bench);
                seat.hear(bench);
                seat.speak(Other::Nobody, bench);
            }
            Self::Pair(pair) => pair.period(bench),
        }
    }

    /// Receives between two periods, where that shortens the way from one leg to the other.
    pub(crate) fn relay(&mut self, bench: &mut Bench) {
        match self {
            Self::Alone(_) => {}
            Self::Pair(pair) => pair.receive(bench),
        }
    }

    /// The seat of a leg of the group.
    pub(crate) fn seat_mut(&mut self, leg: LegId) -> Option<&mut Seat> {
        self.seats_mut().into_iter().flatten().find(|seat| seat.leg.id() == leg)
    }

    /// Every seat.
    pub(crate) fn seats_mut(&mut self) -> [Option<&mut Seat>; 2] {
        match self {
            Self::Alone(seat) => [Some(seat), None],
            Self::Pair(pair) => [Some(&mut pair.a), Some(&mut pair.b)],
        }
    }

    /// Whether packets are passed on between periods.
    pub(crate) fn is_pair(&self) -> bool {
        matches!(self, Self::Pair(_))
    }
}
