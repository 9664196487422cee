//! The handle: opens and closes legs, negotiates their descriptions, and passes orders to their threads.

use std::collections::HashMap;
use std::collections::hash_map::{Entry as MapEntry, RandomState};
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Instant, SystemTime};

use call_model::{LegId, OrderId, SoundFact, SoundFailure};
use media::rtcp::WallAnchor;
use media::sdp::{Direction, Local, Negotiation};
use media::{Leg, LegConfig};

use crate::config::RuntimeConfig;
use crate::counters::{Counters, Tally, add};
use crate::order::{OpenError, Play, UnknownLeg};
use crate::ports::PortPool;
use crate::recording::{self, NewTrack};
use crate::seat::Seat;
use crate::sink::{HeardSink, SharedSink};
use crate::thread::{Mailbox, MediaThread, Order};

/// The media side of a process: threads, sockets and recordings behind one handle that is cheap to clone.
///
/// No call here waits for a media thread. Orders are carried out within a millisecond or so; an order for a leg that is
/// open is closed by exactly one fact at the leg's sink. The threads end with [`MediaRuntime::shut_down`] or when the
/// last handle is dropped.
#[derive(Clone)]
pub struct MediaRuntime {
    inner: Arc<Inner>,
}

struct Inner {
    config: RuntimeConfig,
    wall: WallAnchor,
    ports: PortPool,
    chance: RandomState,
    tally: Arc<Tally>,
    threads: Vec<Mailbox>,
    registry: Mutex<Registry>,
}

struct Registry {
    legs: HashMap<LegId, Entry>,
    /// Legs of each thread.
    load: Vec<usize>,
    /// `None` after the shutdown.
    running: Option<Running>,
}

struct Running {
    writer: Sender<NewTrack>,
    joins: Vec<JoinHandle<()>>,
}

struct Entry {
    thread: usize,
    sink: SharedSink,
    negotiation: Negotiation,
}

impl MediaRuntime {
    /// Starts the threads.
    ///
    /// # Errors
    /// Where the system refuses a thread.
    pub fn start(config: RuntimeConfig) -> io::Result<Self> {
        let chance = RandomState::new();
        let tally = Arc::new(Tally::default());
        let (writer, new_tracks) = channel();
        let mut joins = Vec::new();
        let mut threads = Vec::new();
        for number in 0..config.threads.max(1) {
            let (mailbox, inbox, waiting) = Mailbox::new();
            let thread = MediaThread::new(inbox, waiting, Arc::clone(&tally));
            let real_time = config.real_time;
            let builder = std::thread::Builder::new().name(format!("media-{number}"));
            joins.push(builder.spawn(move || thread.run(real_time))?);
            threads.push(mailbox);
        }
        let builder = std::thread::Builder::new().name("recording".to_owned());
        joins.push(builder.spawn(move || recording::write_all(&new_tracks))?);
        let unix = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let ports = PortPool::new(config.bind, config.ports.clone(), draw(&chance, 0));
        let registry =
            Registry { legs: HashMap::new(), load: vec![0; threads.len()], running: Some(Running { writer, joins }) };
        let wall = WallAnchor { at: Instant::now(), unix };
        let inner = Inner { config, wall, ports, chance, tally, threads, registry: Mutex::new(registry) };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Opens a leg for the peer's offer and gives back our answer. Sound is received from now on.
    ///
    /// # Errors
    /// See [`OpenError`]; [`OpenError::sip_status`] says what to answer.
    pub fn open_answer(&self, leg: LegId, offer: &[u8], sink: SharedSink) -> Result<Vec<u8>, OpenError> {
        self.open(leg, sink, |negotiation, media, now| {
            let (agreement, answer) = negotiation.answer(offer)?;
            media.agree(agreement, now);
            Ok(answer)
        })
    }

    /// Opens a leg and gives back our offer. [`MediaRuntime::accept_answer`] follows when the peer has answered.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open_offer(&self, leg: LegId, sink: SharedSink) -> Result<Vec<u8>, OpenError> {
        self.open(leg, sink, |negotiation, _, _| Ok(negotiation.offer(Direction::SendRecv)))
    }

    /// Takes the peer's answer to our last offer; a further one (of a fork, of the 200 after a 183) replaces it.
    ///
    /// # Errors
    /// [`OpenError::Sdp`] and [`OpenError::UnknownLeg`]; what was in force stays.
    pub fn accept_answer(&self, leg: LegId, answer: &[u8]) -> Result<(), OpenError> {
        self.change(leg, |negotiation| Ok((Some(negotiation.accept(answer)?), ())))
    }

    /// Answers a new offer of the peer (re-INVITE: hold, another codec or address).
    ///
    /// # Errors
    /// [`OpenError::Sdp`] and [`OpenError::UnknownLeg`]; what was in force stays.
    pub fn answer_change(&self, leg: LegId, offer: &[u8]) -> Result<Vec<u8>, OpenError> {
        self.change(leg, |negotiation| {
            let (agreement, answer) = negotiation.answer(offer)?;
            Ok((Some(agreement), answer))
        })
    }

    /// Makes a new offer of ours, to hold the peer (`SendOnly`, `Inactive`), to take it back (`SendRecv`), or because
    /// the peer asks for one. Nothing changes until its answer is accepted.
    ///
    /// # Errors
    /// [`OpenError::UnknownLeg`].
    pub fn offer_change(&self, leg: LegId, direction: Direction) -> Result<Vec<u8>, OpenError> {
        self.change(leg, |negotiation| Ok((None, negotiation.offer(direction))))
    }

    /// The peer refused our new offer: what was in force stays.
    pub fn change_refused(&self, leg: LegId) {
        // An unknown leg has nothing in force.
        let _ = self.change(leg, |negotiation| {
            negotiation.offer_refused();
            Ok((None, ()))
        });
    }

    /// Closes a leg: its open orders fail with `LegGone`, its bridge and its recording are finished, its ports free.
    pub fn close(&self, leg: LegId) {
        let mut registry = self.registry();
        if let Some(entry) = registry.legs.remove(&leg) {
            registry.load[entry.thread] -= 1;
            self.inner.tally.legs.fetch_sub(1, Ordering::Relaxed);
            self.send(entry.thread, Order::Close(leg));
        }
    }

    /// Plays a prompt or music to a leg. What it heard before is stopped.
    ///
    /// # Errors
    /// [`UnknownLeg`], and then no fact comes.
    pub fn play(&self, leg: LegId, order: OrderId, play: Play) -> Result<(), UnknownLeg> {
        let Play { parts, barge_in, repeat } = play;
        self.order(leg, order, Order::Play { leg, order, parts, barge_in, repeat })
    }

    /// Stops an order that plays, listens or records. Stopping what has ended is no error.
    pub fn stop(&self, leg: LegId, order: OrderId) {
        let registry = self.registry();
        if let Some(entry) = registry.legs.get(&leg) {
            // Never refused: a stop lost would leave an order open.
            self.send(entry.thread, Order::Stop { leg, order });
        }
    }

    /// Listens to a leg: every period of 20 ms goes to `listener` until a stop. Closed by `Stopped` or `Failed`, never by
    /// `Heard`, which is for whoever recognises to say.
    ///
    /// # Errors
    /// [`UnknownLeg`], and then no fact comes.
    pub fn listen(&self, leg: LegId, order: OrderId, listener: Arc<dyn HeardSink>) -> Result<(), UnknownLeg> {
        self.order(leg, order, Order::Listen { leg, order, listener })
    }

    /// Presses keys at the other side: as telephone events where it speaks them, else as tones. Closed by `Finished`.
    ///
    /// # Errors
    /// [`UnknownLeg`], and then no fact comes.
    pub fn press(&self, leg: LegId, order: OrderId, keys: &str) -> Result<(), UnknownLeg> {
        self.order(leg, order, Order::Press { leg, order, keys: keys.into() })
    }

    /// Records a leg into `path` (a `.wav`; `path` with `.part` behind it while it grows): what it says on the left, what
    /// it hears on the right. Closed by `Finished` when the leg is closed, `Stopped` by a stop, once the file is complete.
    ///
    /// # Errors
    /// [`UnknownLeg`], and then no fact comes.
    pub fn record(&self, leg: LegId, order: OrderId, path: PathBuf) -> Result<(), UnknownLeg> {
        let registry = self.registry();
        let entry = registry.legs.get(&leg).ok_or(UnknownLeg(leg))?;
        let sink = Arc::clone(&entry.sink);
        let failed = |why| sink.fact(SoundFact::Failed { order, why });
        if self.is_full(entry.thread) {
            drop(registry);
            failed(SoundFailure::Overload);
            return Ok(());
        }
        let (track, new) = recording::track(order, path, Arc::clone(&sink), Arc::clone(&self.inner.tally));
        let taken = registry.running.as_ref().is_some_and(|running| running.writer.send(new).is_ok());
        if taken {
            self.send(entry.thread, Order::Record { leg, track: Box::new(track) });
        } else {
            drop(registry);
            failed(SoundFailure::LegGone);
        }
        Ok(())
    }

    /// Lets the recording of a leg hold silence of both sides, or sound again. Its length stays true.
    pub fn mute_recording(&self, leg: LegId, muted: bool) {
        let registry = self.registry();
        if let Some(entry) = registry.legs.get(&leg) {
            self.send(entry.thread, Order::MuteRecording { leg, muted });
        }
    }

    /// Bridges two legs; prompts to either stop. A leg of another thread is moved. Facts of the bridge go to `a`'s sink.
    ///
    /// # Errors
    /// [`UnknownLeg`], and then no fact comes.
    pub fn bridge(&self, order: OrderId, a: LegId, b: LegId) -> Result<(), UnknownLeg> {
        let mut registry = self.registry();
        let to = registry.legs.get(&a).ok_or(UnknownLeg(a))?.thread;
        let entry = registry.legs.get_mut(&b).ok_or(UnknownLeg(b))?;
        let from = std::mem::replace(&mut entry.thread, to);
        if from != to {
            registry.load[from] -= 1;
            registry.load[to] += 1;
            self.send(to, Order::Expect(b));
            self.send(from, Order::Detach(b, self.inner.threads[to].clone()));
        }
        self.send(to, Order::Bridge { order, a, b });
        Ok(())
    }

    /// Parts a leg and the one it is bridged with; each hears silence until told otherwise.
    pub fn unbridge(&self, leg: LegId) {
        let registry = self.registry();
        if let Some(entry) = registry.legs.get(&leg) {
            self.send(entry.thread, Order::Unbridge(leg));
        }
    }

    /// Moves a leg to another thread (counted from 0, wrapping around), in the middle of whatever it does. Its bridge, if
    /// it has one, is parted.
    ///
    /// # Errors
    /// [`UnknownLeg`].
    pub fn move_leg(&self, leg: LegId, thread: usize) -> Result<(), UnknownLeg> {
        let to = thread % self.inner.threads.len();
        let mut registry = self.registry();
        let entry = registry.legs.get_mut(&leg).ok_or(UnknownLeg(leg))?;
        let from = std::mem::replace(&mut entry.thread, to);
        if from != to {
            registry.load[from] -= 1;
            registry.load[to] += 1;
            self.send(to, Order::Expect(leg));
            self.send(from, Order::Detach(leg, self.inner.threads[to].clone()));
        }
        Ok(())
    }

    /// The thread a leg is on, counted from 0.
    pub fn thread_of(&self, leg: LegId) -> Option<usize> {
        self.registry().legs.get(&leg).map(|entry| entry.thread)
    }

    /// What has been counted.
    pub fn counters(&self) -> Counters {
        self.inner.tally.snapshot()
    }

    /// Closes every leg, completes every recording, and waits for the threads. Must not be called from a sink.
    pub fn shut_down(&self) {
        self.inner.shut_down();
    }

    fn open<T>(
        &self,
        leg: LegId,
        sink: SharedSink,
        negotiate: impl FnOnce(&mut Negotiation, &mut Leg, Instant) -> Result<T, OpenError>,
    ) -> Result<T, OpenError> {
        let inner = &*self.inner;
        {
            let registry = self.registry();
            if registry.running.is_none() {
                return Err(OpenError::ShutDown);
            }
            if registry.legs.contains_key(&leg) {
                return Err(OpenError::AlreadyOpen(leg));
            }
        }
        // Sockets are opened outside the lock: only their owner waits for the system.
        let sockets = inner.ports.open()?;
        let seed = draw(&inner.chance, leg.0);
        let local = Local { id: seed >> 2, address: inner.config.advertised, port: sockets.port() };
        let mut negotiation = Negotiation::new(local);
        let now = Instant::now();
        let config = LegConfig {
            id: leg,
            seed,
            wall: inner.wall,
            latching: inner.config.latching,
            silence_limit: inner.config.silence_limit,
        };
        let mut media = Leg::new(&config, now);
        let opened = negotiate(&mut negotiation, &mut media, now)?;
        let seat = Box::new(Seat::new(media, sockets, Arc::clone(&sink)));
        let mut registry = self.registry();
        if registry.running.is_none() {
            return Err(OpenError::ShutDown);
        }
        let thread = registry.least_loaded();
        match registry.legs.entry(leg) {
            MapEntry::Occupied(_) => return Err(OpenError::AlreadyOpen(leg)),
            MapEntry::Vacant(place) => place.insert(Entry { thread, sink, negotiation }),
        };
        registry.load[thread] += 1;
        add(&inner.tally.legs, 1);
        add(&inner.tally.legs_opened, 1);
        self.send(thread, Order::Open(seat));
        Ok(opened)
    }

    fn change<T>(
        &self,
        leg: LegId,
        change: impl FnOnce(&mut Negotiation) -> Result<(Option<media::sdp::Agreement>, T), OpenError>,
    ) -> Result<T, OpenError> {
        let mut registry = self.registry();
        let entry = registry.legs.get_mut(&leg).ok_or(OpenError::UnknownLeg(leg))?;
        let (agreement, result) = change(&mut entry.negotiation)?;
        if let Some(agreement) = agreement {
            self.send(entry.thread, Order::Agree(leg, Box::new(agreement)));
        }
        Ok(result)
    }

    /// Passes an order on, or closes it where too many wait.
    fn order(&self, leg: LegId, order: OrderId, what: Order) -> Result<(), UnknownLeg> {
        let registry = self.registry();
        let entry = registry.legs.get(&leg).ok_or(UnknownLeg(leg))?;
        if self.is_full(entry.thread) {
            let sink = Arc::clone(&entry.sink);
            drop(registry);
            sink.fact(SoundFact::Failed { order, why: SoundFailure::Overload });
        } else {
            self.send(entry.thread, what);
        }
        Ok(())
    }

    fn is_full(&self, thread: usize) -> bool {
        let full = self.inner.threads[thread].waiting() >= self.inner.config.order_limit;
        add(&self.inner.tally.orders_refused, u64::from(full));
        full
    }

    /// Called with the registry locked, so that orders reach a thread in the order in which legs were moved.
    fn send(&self, thread: usize, order: Order) {
        // Only a thread that has shut down does not take it, and its legs have ended.
        let _ = self.inner.threads[thread].send(order);
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.inner.registry()
    }
}

impl Inner {
    fn registry(&self) -> MutexGuard<'_, Registry> {
        // The maps are whole after every statement, so that a panic under the lock leaves nothing half done.
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shut_down(&self) {
        let running = {
            let mut registry = self.registry();
            registry.legs.clear();
            registry.load.iter_mut().for_each(|load| *load = 0);
            registry.running.take()
        };
        let Some(Running { writer, joins }) = running else { return };
        self.threads.iter().for_each(|thread| _ = thread.send(Order::Shutdown));
        drop(writer);
        for join in joins {
            if join.join().is_err() {
                tracing::error!("a media thread ended by a panic; please report this");
            }
        }
        self.tally.legs.store(0, Ordering::Relaxed);
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.shut_down();
    }
}

impl Registry {
    fn least_loaded(&self) -> usize {
        (0..self.load.len()).min_by_key(|thread| self.load[*thread]).unwrap_or(0)
    }
}

/// A number that nobody can guess, from the keys of a random hasher.
fn draw(chance: &RandomState, number: u64) -> u64 {
    let mut hasher = chance.build_hasher();
    hasher.write_u64(number);
    hasher.finish()
}
