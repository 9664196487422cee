//! A media thread: it turns its wheel a slot a millisecond and carries out orders between the slots.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use call_model::{BargeIn, LegId, OrderId, SoundFact, SoundFailure};
use media::PromptAudio;
use media::sdp::Agreement;

use crate::counters::{Tally, add};
use crate::group::{Group, Pair};
use crate::recording::Track;
use crate::seat::{Bench, Seat};
use crate::sink::HeardSink;
use crate::sys;
use crate::wheel::{SLOTS, Wheel};

/// The length of a slot.
const SLOT: Duration = Duration::from_millis(1);
/// How late a slot may begin before it is counted.
const LATE: Duration = Duration::from_millis(5);
/// A standstill (a suspended machine) after which slots are left out rather than caught up.
const STANDSTILL: Duration = Duration::from_secs(1);
/// Orders carried out between two slots.
const ORDERS_A_SLOT: usize = 256;

/// What a thread is told. Orders that begin, end or move legs are always taken: there are few for each leg.
pub(crate) enum Order {
    Open(Box<Seat>),
    Agree(LegId, Box<Agreement>),
    Close(LegId),
    Play {
        leg: LegId,
        order: OrderId,
        parts: Vec<Arc<PromptAudio>>,
        barge_in: BargeIn,
        repeat: bool,
    },
    Stop {
        leg: LegId,
        order: OrderId,
    },
    Listen {
        leg: LegId,
        order: OrderId,
        listener: Arc<dyn HeardSink>,
    },
    Press {
        leg: LegId,
        order: OrderId,
        keys: Box<str>,
    },
    Record {
        leg: LegId,
        track: Box<Track>,
    },
    MuteRecording {
        leg: LegId,
        muted: bool,
    },
    Bridge {
        order: OrderId,
        a: LegId,
        b: LegId,
    },
    Unbridge(LegId),
    /// The leg comes by an `Attach`; what concerns it waits for it.
    Expect(LegId),
    /// The leg goes to another thread.
    Detach(LegId, Mailbox),
    /// A leg from another thread.
    Attach(Box<Seat>),
    Shutdown,
}

/// The way to a thread, with the count of what waits there.
#[derive(Clone)]
pub(crate) struct Mailbox {
    orders: Sender<Order>,
    waiting: Arc<AtomicUsize>,
}

impl Mailbox {
    /// A way to a thread, and what the thread needs of it.
    pub(crate) fn new() -> (Self, Receiver<Order>, Arc<AtomicUsize>) {
        let (orders, inbox) = channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        (Self { orders, waiting: Arc::clone(&waiting) }, inbox, waiting)
    }

    /// Orders that wait.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Gives an order; it comes back from a thread that has shut down.
    pub(crate) fn send(&self, order: Order) -> Result<(), Order> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.orders.send(order).map_err(|refused| {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            refused.0
        })
    }
}

/// What a thread is made of.
pub(crate) struct MediaThread {
    orders: Receiver<Order>,
    waiting: Arc<AtomicUsize>,
    tally: Arc<Tally>,
    wheel: Wheel,
    bench: Bench,
    expected: HashSet<LegId>,
    parked: VecDeque<Order>,
}

impl MediaThread {
    pub(crate) fn new(orders: Receiver<Order>, waiting: Arc<AtomicUsize>, tally: Arc<Tally>) -> Self {
        Self {
            orders,
            waiting,
            tally,
            wheel: Wheel::default(),
            bench: Bench::new(),
            expected: HashSet::new(),
            parked: VecDeque::new(),
        }
    }

    /// Runs until it is told to shut down.
    pub(crate) fn run(mut self, real_time: bool) {
        if real_time {
            let scheduling = sys::hurry();
            tracing::debug!(?scheduling, "media thread begun");
        }
        let mut origin = sys::monotonic();
        let mut tick = 0u32;
        loop {
            if self.wheel.is_empty() {
                if !self.wait_for_order() {
                    return;
                }
                (origin, tick) = (sys::monotonic(), 0);
            }
            self.bench.tell_time();
            if !self.carry_out_waiting() {
                return;
            }
            self.turn(tick as usize % SLOTS);
            tick += 1;
            let next = origin + SLOT * tick;
            let now = sys::monotonic();
            if now < next {
                sys::sleep_until(next);
            } else if now - next > STANDSTILL {
                let skipped = ((now - next).as_millis() as u32) / SLOTS as u32 * SLOTS as u32;
                add(&self.tally.skipped_slots, u64::from(skipped));
                origin += SLOT * skipped;
            } else if now - next > LATE {
                add(&self.tally.late_slots, 1);
            }
            if tick == u32::MAX / 2 {
                // 24 days: the count begins anew at a whole turn before it could overflow.
                let turns = tick / SLOTS as u32 * SLOTS as u32;
                origin += SLOT * turns;
                tick -= turns;
            }
        }
    }

    fn turn(&mut self, slot: usize) {
        for at in self.wheel.turn(slot, &mut self.bench) {
            self.give_up(at);
        }
        let bench = &mut self.bench;
        add(&self.tally.datagrams_received, std::mem::take(&mut bench.received));
        add(&self.tally.datagrams_sent, std::mem::take(&mut bench.sent));
        add(&self.tally.send_failures, std::mem::take(&mut bench.send_failures));
        add(&self.tally.heard_dropped, std::mem::take(&mut bench.heard_dropped));
    }

    /// Sleeps while nobody is here. `false`: shut down.
    fn wait_for_order(&mut self) -> bool {
        loop {
            match self.orders.recv_timeout(Duration::from_secs(60)) {
                Ok(order) => {
                    self.waiting.fetch_sub(1, Ordering::Relaxed);
                    self.bench.tell_time();
                    if !self.carry_out(order) {
                        return false;
                    }
                    if !self.wheel.is_empty() {
                        return true;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
    }

    fn carry_out_waiting(&mut self) -> bool {
        for _ in 0..ORDERS_A_SLOT {
            let Ok(order) = self.orders.try_recv() else { break };
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            if !self.carry_out(order) {
                return false;
            }
        }
        true
    }

    /// `false`: shut down.
    fn carry_out(&mut self, order: Order) -> bool {
        if !self.expected.is_empty() && self.must_wait(&order) {
            self.parked.push_back(order);
            return true;
        }
        match order {
            Order::Open(seat) => self.wheel.insert(Group::Alone(seat), None),
            Order::Expect(leg) => _ = self.expected.insert(leg),
            Order::Attach(seat) => return self.attach(seat),
            Order::Detach(leg, to) => self.detach(leg, &to),
            Order::Close(leg) => self.close(leg),
            Order::Bridge { order, a, b } => self.bridge(order, a, b),
            Order::Unbridge(leg) => self.unbridge(leg),
            Order::Shutdown => {
                self.shut_down();
                return false;
            }
            Order::Agree(leg, agreement) => self.with_seat(leg, |seat, bench| {
                seat.leg.agree(*agreement, bench.now);
                seat.follow_source();
            }),
            Order::Play { leg, order, parts, barge_in, repeat } => self.with_seat(leg, |seat, bench| {
                seat.leg.play(order, parts, barge_in, repeat, bench.now);
            }),
            Order::Stop { leg, order } => self.with_seat(leg, |seat, _| seat.stop(order)),
            Order::Listen { leg, order, listener } => self.with_seat(leg, |seat, bench| {
                seat.listen(order, listener, bench.now);
            }),
            Order::Press { leg, order, keys } => self.with_seat(leg, |seat, bench| {
                seat.leg.press(order, &keys, bench.now);
            }),
            Order::MuteRecording { leg, muted } => self.with_seat(leg, |seat, _| seat.mute_recording(muted)),
            Order::Record { leg, track } => self.with_seat(leg, |seat, _| seat.record(*track)),
        }
        true
    }

    fn with_seat(&mut self, leg: LegId, work: impl FnOnce(&mut Seat, &Bench)) {
        let at = self.wheel.find(leg);
        match at.and_then(|at| self.wheel.group_mut(at)).and_then(|group| group.seat_mut(leg)) {
            Some(seat) => {
                work(seat, &self.bench);
                seat.tell();
            }
            // Only a group that was given up is missing; its orders were closed then.
            None => tracing::debug!(%leg, "an order for a leg that is not here"),
        }
    }

    /// Whether an order concerns a leg that is still on its way, or one that an order before it waits with.
    fn must_wait(&self, order: &Order) -> bool {
        let legs = order.legs();
        let held = |leg: &LegId| {
            self.expected.contains(leg) || self.parked.iter().any(|parked| parked.legs().contains(&Some(*leg)))
        };
        legs.iter().flatten().any(held)
    }

    fn attach(&mut self, seat: Box<Seat>) -> bool {
        self.expected.remove(&seat.leg.id());
        self.wheel.insert(Group::Alone(seat), None);
        add(&self.tally.legs_moved, 1);
        let parked = std::mem::take(&mut self.parked);
        parked.into_iter().all(|order| self.carry_out(order))
    }

    fn detach(&mut self, leg: LegId, to: &Mailbox) {
        let Some(seat) = self.take_out(leg) else { return };
        // Only a thread that has shut down does not take it.
        if let Err(Order::Attach(seat)) = to.send(Order::Attach(seat)) {
            seat.end(&mut self.bench);
        }
    }

    fn close(&mut self, leg: LegId) {
        if let Some(seat) = self.take_out(leg) {
            seat.end(&mut self.bench);
        }
    }

    /// Takes a leg out of its group; what is left of a bridge goes on alone.
    fn take_out(&mut self, leg: LegId) -> Option<Box<Seat>> {
        let (group, slot) = self.wheel.remove(self.wheel.find(leg)?)?;
        match group {
            Group::Alone(seat) => Some(seat),
            Group::Pair(pair) => {
                let (a, b) = pair.part();
                let (leaving, staying) = if a.leg.id() == leg { (a, b) } else { (b, a) };
                self.wheel.insert(Group::Alone(staying), Some(slot));
                Some(leaving)
            }
        }
    }

    fn bridge(&mut self, order: OrderId, a: LegId, b: LegId) {
        if a == b || self.wheel.find(a).is_none() || self.wheel.find(b).is_none() {
            for leg in [a, b] {
                if let Some(seat) = self.wheel.find(leg).and_then(|at| self.wheel.group_mut(at)?.seat_mut(leg)) {
                    return seat.fail(order, SoundFailure::LegGone);
                }
            }
            return;
        }
        self.unbridge(a);
        self.unbridge(b);
        let slot = self.wheel.find(a).and_then(|at| self.wheel.remove(at));
        let other = self.wheel.find(b).and_then(|at| self.wheel.remove(at));
        if let (Some((Group::Alone(a), slot)), Some((Group::Alone(b), _))) = (slot, other) {
            let pair = Pair::join(order, a, b, &self.bench);
            self.wheel.insert(Group::Pair(Box::new(pair)), Some(slot));
        }
    }

    fn unbridge(&mut self, leg: LegId) {
        let Some(at) = self.wheel.find(leg) else { return };
        if !self.wheel.group_mut(at).is_some_and(|group| group.is_pair()) {
            return;
        }
        if let Some((Group::Pair(pair), slot)) = self.wheel.remove(at) {
            let (a, b) = pair.part();
            self.wheel.insert(Group::Alone(a), Some(slot));
            self.wheel.insert(Group::Alone(b), Some(slot));
        }
    }

    /// A group that panicked: its legs are to be ended, and none of its orders stays open.
    fn give_up(&mut self, at: usize) {
        let Some((group, _)) = self.wheel.remove(at) else { return };
        add(&self.tally.groups_lost, 1);
        let seats = match group {
            Group::Alone(seat) => vec![seat],
            Group::Pair(pair) => {
                let (a, b) = pair.part();
                vec![a, b]
            }
        };
        for seat in seats {
            let leg = seat.leg.id();
            tracing::error!(%leg, "the sound of a leg broke down and is given up; please report this");
            seat.sink.fact(SoundFact::SilentTooLong { leg });
            let bench = std::panic::AssertUnwindSafe(&mut self.bench);
            let seat = std::panic::AssertUnwindSafe(seat);
            let ended = std::panic::catch_unwind(move || {
                // The wrappers are moved in whole, which is what makes the closure safe to unwind from.
                let (seat, bench) = (seat, bench);
                seat.0.end(bench.0);
            });
            drop(ended);
        }
    }

    fn shut_down(&mut self) {
        // Legs that came too late to be seated end as well.
        let late = self.orders.try_iter().chain(std::mem::take(&mut self.parked));
        for order in late.collect::<Vec<_>>() {
            if let Order::Open(seat) | Order::Attach(seat) = order {
                self.wheel.insert(Group::Alone(seat), None);
            }
        }
        while let Some(at) = self.wheel.any() {
            let Some((group, _)) = self.wheel.remove(at) else { break };
            match group {
                Group::Alone(seat) => seat.end(&mut self.bench),
                Group::Pair(pair) => {
                    let (a, b) = pair.part();
                    a.end(&mut self.bench);
                    b.end(&mut self.bench);
                }
            }
        }
    }
}

impl Order {
    /// The legs whose order among each other must be kept.
    fn legs(&self) -> [Option<LegId>; 2] {
        match self {
            Self::Open(_) | Self::Attach(_) | Self::Shutdown => [None, None],
            // A leg may be expected again before it has come and gone: in order, too.
            Self::Expect(leg) | Self::Agree(leg, _) | Self::Close(leg) | Self::Unbridge(leg) | Self::Detach(leg, _) => {
                [Some(*leg), None]
            }
            Self::Play { leg, .. }
            | Self::Stop { leg, .. }
            | Self::Listen { leg, .. }
            | Self::Press { leg, .. }
            | Self::Record { leg, .. }
            | Self::MuteRecording { leg, .. } => [Some(*leg), None],
            Self::Bridge { a, b, .. } => [Some(*a), Some(*b)],
        }
    }
}
