//! The outermost machine: everything that the SIP side of the service knows and does.
//!
//! Facts from the wire come in by [`Endpoint::handle_datagram`] and its siblings, orders of the calls by
//! [`Endpoint::invite`] and [`Endpoint::command`]; orders to the shell and events for the calls go out by
//! [`Endpoint::poll_output`]. A peer that misbehaves is answered on the wire, never by an error here.

mod admission;
mod config;
mod core;
mod incoming;
mod ordering;
mod orders;
mod output;
mod receive;
mod registering;
mod search;
mod trunks;
mod ways;

use std::collections::BTreeMap;
use std::time::Instant;

use call_model::{Cause, LegCommand, LegId};

pub use config::{ConfigError, EndpointConfig, ListenerConfig};
pub(crate) use core::{ALLOW, Core, Incoming, Owner};
pub use incoming::{IncomingInvite, Source};
pub use orders::{InviteError, OutgoingInvite, Target, UnknownLeg};
pub use output::Output;
pub(crate) use search::{Found, Search};
use trunks::{Fact, Trunks};
pub(crate) use ways::destination_of;

use crate::auth::{AuthConfig, Authenticator};
use crate::dialog::LocalTag;
use crate::flow::Flow;
use crate::invite::Leg;
use crate::policy::RateLimit;
use crate::registrar::Registrar;
use crate::schedule::Schedule;
use crate::targets::{Answer, ResolveId};
use crate::transaction::{ClientEvent, TransactionId};

/// See the module.
#[derive(Debug)]
pub struct Endpoint {
    core: Core,
    legs: BTreeMap<LegId, Leg>,
    tags: BTreeMap<LocalTag, LegId>,
    schedule: Schedule<LegId>,
    /// Legs that have not ended for their calls.
    living: usize,
    last_incoming: u64,
    new_calls: RateLimit,
    authenticator: Authenticator,
    registrar: Registrar,
    trunks: Trunks,
    stopping: bool,
}

/// How much there is of everything, for metrics and for tests that nothing leaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Legs that have not ended.
    pub legs: usize,
    /// Legs that have ended for their calls and wait for the wire.
    pub lingering_legs: usize,
    /// Transactions, those included that only absorb repetitions.
    pub transactions: usize,
    /// Telephones that are registered.
    pub telephones: usize,
    /// TCP connections.
    pub connections: usize,
    /// Questions to the domain name system without an answer.
    pub questions: usize,
}

impl Endpoint {
    /// An endpoint that knows nobody yet. `seed` must come from the operating system: tags, branches and nonces are
    /// made from it.
    pub fn new(mut config: EndpointConfig, seed: u64, now: Instant) -> Self {
        for scanner in &mut config.scanners {
            scanner.make_ascii_lowercase();
        }
        let limits = &config.limits;
        let new_calls = RateLimit::new(limits.calls_per_second, limits.burst, now);
        let (realm, last_incoming) = (config.domain.clone(), config.first_incoming_leg);
        let mut core = Core::new(config, seed);
        let mut key = [0; 32];
        for part in key.chunks_exact_mut(8) {
            part.copy_from_slice(&core.chance.next_u64().to_be_bytes());
        }
        let trunks = Trunks::new(&mut core, now);
        Self {
            registrar: Registrar::new(core.config.registrar.clone()),
            trunks,
            core,
            legs: BTreeMap::new(),
            tags: BTreeMap::new(),
            schedule: Schedule::default(),
            living: 0,
            last_incoming,
            new_calls,
            authenticator: Authenticator::new(AuthConfig::new(&realm, key), now),
            stopping: false,
        }
    }

    /// A call commands one of its legs. What crossed an event on its way is ignored.
    ///
    /// # Errors
    /// [`UnknownLeg`] when the leg is not there (any more).
    pub fn command(&mut self, leg: LegId, command: LegCommand, now: Instant) -> Result<(), UnknownLeg> {
        let alive = self.with_leg(leg, |leg, core| {
            let alive = !leg.head.ended || leg.owes_last_word();
            leg.command(command, core, now);
            alive
        });
        alive.filter(|alive| *alive).map(|_| ()).ok_or(UnknownLeg(leg))
    }

    /// The domain name system answered an [`Output::Resolve`].
    pub fn handle_resolved(&mut self, id: ResolveId, answer: Answer, now: Instant) {
        match self.core.asked_by(id) {
            Some(Owner::Leg(leg)) => {
                self.with_leg(leg, |leg, core| leg.on_resolved(answer, core, now));
            }
            Some(owner @ (Owner::Registration(_) | Owner::Ping(_))) => {
                self.tell_trunk(owner, Fact::Resolved(answer), now);
            }
            Some(Owner::Nobody) | None => {}
        }
    }

    /// Nothing can be sent by this flow: an error of the socket, such as an unreachable network.
    pub fn handle_transport_error(&mut self, flow: Flow, now: Instant) {
        self.core.layer.on_transport_error(flow);
        self.drain_layer(now);
    }

    /// No new calls from now on, neither way, and our registrations are taken back; calls in progress go on.
    pub fn stop_accepting(&mut self, now: Instant) {
        self.stopping = true;
        self.trunks.stop(&mut self.core, now);
    }

    /// Ends all legs, with [`Cause::Shutdown`]. Keep the endpoint running until [`Stats::lingering_legs`] is 0 or a
    /// few seconds have passed, so that the peers hear of it.
    pub fn end_all(&mut self, now: Instant) {
        self.stop_accepting(now);
        let legs: Vec<LegId> = self.legs.keys().copied().collect();
        for leg in legs {
            self.with_leg(leg, |leg, core| leg.end(Cause::Shutdown, core, now));
        }
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.core.layer.handle_timeout(&mut self.core.out, now);
        self.drain_layer(now);
        self.trunks.handle_timeout(&mut self.core, now);
        self.registrar.handle_timeout(now);
        self.drain_registrar();
        while let Some((at, id)) = self.schedule.pop_due(now) {
            let Some(leg) = self.legs.get_mut(&id) else { continue };
            if leg.head.armed.came_up(at) {
                self.with_leg(id, |leg, core| leg.on_timeout(core, now));
            }
        }
    }

    /// When [`Endpoint::handle_timeout`] is to be called next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let deadlines = [
            self.core.layer.poll_timeout(),
            self.schedule.next_due(),
            self.trunks.poll_timeout(),
            self.registrar.poll_timeout(),
        ];
        deadlines.into_iter().flatten().min()
    }

    /// The next order or event. Drain to `None` after every other call.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.core.out.pop_front()
    }

    /// How much there is of everything.
    pub fn stats(&self) -> Stats {
        Stats {
            legs: self.living,
            lingering_legs: self.legs.len() - self.living,
            transactions: self.core.layer.len(),
            telephones: self.registrar.len(),
            connections: self.core.ways.connections(),
            questions: self.core.open_questions(),
        }
    }

    /// Does something with a leg, and forgets it when it is over. `None`: there is no such leg.
    fn with_leg<R>(&mut self, id: LegId, act: impl FnOnce(&mut Leg, &mut Core) -> R) -> Option<R> {
        let leg = self.legs.get_mut(&id)?;
        let was_ended = leg.head.ended;
        let result = act(leg, &mut self.core);
        if leg.head.ended && !was_ended {
            self.living -= 1;
        }
        if leg.is_over() {
            self.tags.remove(&leg.head.tag);
            self.legs.remove(&id);
        } else {
            let deadline = leg.deadline();
            self.schedule.arm(id, deadline, &mut leg.head.armed);
        }
        Some(result)
    }

    fn add_leg(&mut self, leg: Leg) {
        self.living += 1;
        self.tags.insert(leg.head.tag, leg.head.id);
        self.legs.insert(leg.head.id, leg);
    }

    fn drain_layer(&mut self, now: Instant) {
        while let Some((id, owner, event)) = self.core.layer.poll_event() {
            self.on_client_event(id, owner, event, now);
        }
    }

    fn on_client_event(&mut self, id: TransactionId, owner: Owner, event: ClientEvent, now: Instant) {
        match owner {
            Owner::Leg(leg) => {
                self.with_leg(leg, |leg, core| leg.on_client_event(id, event, core, now));
            }
            Owner::Registration(_) | Owner::Ping(_) => self.tell_trunk(owner, Fact::NoAnswer(id), now),
            Owner::Nobody => {}
        }
    }
}
