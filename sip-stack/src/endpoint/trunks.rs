//! What we do at trunks besides calls: registrations and pings.

use std::time::Instant;

use super::{Core, Endpoint, Output, Owner};
use crate::message::Response;
use crate::registration::{Registration, RegistrationState};
use crate::schedule::Schedule;
use crate::targets::Answer;
use crate::transaction::TransactionId;
use crate::trunk::Ping;

/// The machines of all trunks, by the trunk's number in the configuration.
#[derive(Debug)]
pub(super) struct Trunks {
    registrations: Vec<Option<Registration>>,
    pings: Vec<Option<Ping>>,
    schedule: Schedule<Owner>,
}

/// A fact for one of them.
#[derive(Debug)]
pub(super) enum Fact<'a> {
    Due,
    Resolved(Answer),
    Response(TransactionId, &'a Response),
    NoAnswer(TransactionId),
    Stopping,
}

impl Trunks {
    pub fn new(core: &mut Core, now: Instant) -> Self {
        let configs = core.config.trunks.clone();
        let registrations = configs.iter().enumerate().map(|(n, trunk)| Registration::new(n, trunk, core, now));
        let mut trunks = Self {
            registrations: registrations.collect(),
            pings: configs.iter().enumerate().map(|(n, trunk)| Ping::new(n, trunk, now)).collect(),
            schedule: Schedule::default(),
        };
        for n in 0..configs.len() {
            trunks.arm(Owner::Registration(n));
            trunks.arm(Owner::Ping(n));
        }
        trunks
    }

    /// Whether the trunk with this number is known not to answer.
    pub fn is_dead(&self, trunk: usize) -> bool {
        self.pings.get(trunk).and_then(Option::as_ref).is_some_and(Ping::is_dead)
    }

    pub fn poll_timeout(&self) -> Option<Instant> {
        self.schedule.next_due()
    }

    pub fn handle_timeout(&mut self, core: &mut Core, now: Instant) {
        while let Some((at, owner)) = self.schedule.pop_due(now) {
            let current = match owner {
                Owner::Registration(n) => self.registrations[n].as_mut().is_some_and(|r| r.armed.came_up(at)),
                Owner::Ping(n) => self.pings[n].as_mut().is_some_and(|ping| ping.armed.came_up(at)),
                Owner::Leg(_) | Owner::Nobody => false,
            };
            if current {
                self.tell(owner, Fact::Due, core, now);
            }
        }
    }

    /// Takes our registrations back.
    pub fn stop(&mut self, core: &mut Core, now: Instant) {
        for n in 0..self.registrations.len() {
            self.tell(Owner::Registration(n), Fact::Stopping, core, now);
            self.pings[n] = None;
        }
    }

    pub fn tell(&mut self, owner: Owner, fact: Fact<'_>, core: &mut Core, now: Instant) {
        match owner {
            Owner::Registration(n) => {
                let Some(registration) = self.registrations.get_mut(n).and_then(Option::as_mut) else { return };
                if let Some(state) = tell_registration(registration, fact, core, now) {
                    let trunk = core.config.trunks[n].name.clone();
                    core.out.push_back(Output::TrunkRegistration { trunk, state });
                }
            }
            Owner::Ping(n) => {
                let Some(ping) = self.pings.get_mut(n).and_then(Option::as_mut) else { return };
                if let Some(alive) = tell_ping(ping, fact, core, now) {
                    let trunk = core.config.trunks[n].name.clone();
                    core.out.push_back(Output::TrunkState { trunk, alive });
                }
            }
            Owner::Leg(_) | Owner::Nobody => {}
        }
        self.arm(owner);
    }

    fn arm(&mut self, owner: Owner) {
        match owner {
            Owner::Registration(n) => {
                if let Some(registration) = self.registrations.get_mut(n).and_then(Option::as_mut) {
                    let deadline = registration.deadline();
                    self.schedule.arm(owner, deadline, &mut registration.armed);
                }
            }
            Owner::Ping(n) => {
                if let Some(ping) = self.pings.get_mut(n).and_then(Option::as_mut) {
                    let deadline = ping.deadline();
                    self.schedule.arm(owner, deadline, &mut ping.armed);
                }
            }
            Owner::Leg(_) | Owner::Nobody => {}
        }
    }
}

impl Endpoint {
    /// A fact for a registration or a ping.
    pub(super) fn tell_trunk(&mut self, owner: Owner, fact: Fact<'_>, now: Instant) {
        self.trunks.tell(owner, fact, &mut self.core, now);
    }
}

fn tell_registration(
    registration: &mut Registration,
    fact: Fact<'_>,
    core: &mut Core,
    now: Instant,
) -> Option<RegistrationState> {
    match fact {
        Fact::Due => registration.on_timeout(core, now),
        Fact::Resolved(answer) => registration.on_resolved(answer, core, now),
        Fact::Response(id, response) => registration.on_response(id, response, core, now),
        Fact::NoAnswer(id) => registration.on_no_answer(id, core, now),
        Fact::Stopping => registration.remove(core, now),
    }
}

fn tell_ping(ping: &mut Ping, fact: Fact<'_>, core: &mut Core, now: Instant) -> Option<bool> {
    match fact {
        Fact::Due => ping.on_timeout(core, now),
        Fact::Resolved(answer) => ping.on_resolved(answer, core, now),
        Fact::Response(id, response) => ping.on_response(id, response, core, now),
        Fact::NoAnswer(id) => ping.on_no_answer(id, core, now),
        Fact::Stopping => None,
    }
}
