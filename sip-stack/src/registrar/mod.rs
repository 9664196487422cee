//! The registrar: where agents' telephones are (RFC 3261 10.3, RFC 3327).
//!
//! A binding keeps the flow that its REGISTER came by, and the `Path` of the proxies in between; requests to the
//! telephone go that way. So a telephone behind NAT and one behind a proxy are served alike.

mod binding;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use call_model::AgentId;

pub(crate) use binding::Binding;
use binding::{Asked, read_asked};

use crate::flow::{ConnectionId, Flow};
use crate::message::{NameAddr, Request};

/// How telephones may register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrarConfig {
    /// A telephone that asks for less is told this with 423.
    pub min_expires: Duration,
    /// A telephone that asks for more gets this.
    pub max_expires: Duration,
    /// What a telephone gets that does not ask.
    pub default_expires: Duration,
    /// Telephones an agent may have; a further one takes the place of the one refreshed longest ago.
    pub contacts_per_agent: usize,
}

impl Default for RegistrarConfig {
    fn default() -> Self {
        Self {
            min_expires: Duration::from_secs(60),
            max_expires: Duration::from_secs(3600),
            default_expires: Duration::from_secs(600),
            contacts_per_agent: 5,
        }
    }
}

/// What became of an agent's telephones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RegistrarEvent {
    Registered {
        agent: AgentId,
        contact: String,
        expires: Duration,
    },
    /// The last one is gone.
    Unregistered {
        agent: AgentId,
    },
}

/// Why a REGISTER is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// 400: the contacts make no sense.
    Malformed,
    /// 423, with the shortest time that is granted, in seconds.
    TooBrief(u32),
    /// 500: it was overtaken by a later one (RFC 3261 10.3, step 7).
    OutOfOrder,
}

/// See the module. Bounded by the agents that are configured and the contacts that each may have.
#[derive(Debug)]
pub(crate) struct Registrar {
    config: RegistrarConfig,
    bindings: BTreeMap<AgentId, Vec<Binding>>,
    due: BTreeSet<(Instant, AgentId)>,
    events: VecDeque<RegistrarEvent>,
}

impl Registrar {
    pub fn new(config: RegistrarConfig) -> Self {
        Self { config, bindings: BTreeMap::new(), due: BTreeSet::new(), events: VecDeque::new() }
    }

    /// Takes the REGISTER of an agent who has shown to be one. Returns the contacts that stand now, with the rest of
    /// their time.
    pub fn register(
        &mut self,
        agent: &AgentId,
        request: &Request,
        flow: Flow,
        now: Instant,
    ) -> Result<Vec<NameAddr>, Refused> {
        let asked = read_asked(request, &self.config)?;
        let mut bindings = self.bindings.get(agent).cloned().unwrap_or_default();
        let call_id = request.call_id().map_err(|_| Refused::Malformed)?;
        let number = request.cseq().map_err(|_| Refused::Malformed)?.number;
        let mut news = Vec::new();
        match asked {
            Asked::Nothing => {}
            Asked::RemoveAll => {
                check_order(bindings.iter(), call_id, number)?;
                bindings.clear();
            }
            Asked::Contacts(contacts) => {
                check_order(
                    bindings.iter().filter(|b| contacts.iter().any(|c| b.is_same(&c.contact))),
                    call_id,
                    number,
                )?;
                let path = request.headers.paths().map_err(|_| Refused::Malformed)?;
                for asked in contacts {
                    bindings.retain(|binding| !binding.is_same(&asked.contact));
                    if asked.expires.is_zero() {
                        continue;
                    }
                    news.push((asked.contact.uri.to_string(), asked.expires));
                    let expires = now + asked.expires;
                    bindings.push(Binding::new(asked.contact, path.clone(), flow, expires, call_id, number));
                }
                let surplus = bindings.len().saturating_sub(self.config.contacts_per_agent);
                bindings.drain(..surplus);
            }
        }
        let standing = bindings.iter().map(|binding| binding.as_contact(now)).collect();
        self.put(agent, bindings);
        for (contact, expires) in news {
            self.events.push_back(RegistrarEvent::Registered { agent: agent.clone(), contact, expires });
        }
        Ok(standing)
    }

    /// An agent's telephones, the preferred one first: by q, then the one refreshed last.
    pub fn bindings(&self, agent: &AgentId, now: Instant) -> Vec<&Binding> {
        let all = self.bindings.get(agent).map(Vec::as_slice).unwrap_or_default();
        let mut good: Vec<_> = all.iter().rev().filter(|binding| binding.expires > now).collect();
        good.sort_by_key(|binding| std::cmp::Reverse(binding.q));
        good
    }

    /// A connection is closed: telephones that registered by it cannot be reached any more.
    pub fn on_connection_closed(&mut self, connection: ConnectionId) {
        let by_it = |binding: &Binding| binding.flow.connection == Some(connection);
        let hit: Vec<AgentId> =
            self.bindings.iter().filter(|(_, all)| all.iter().any(by_it)).map(|(agent, _)| agent.clone()).collect();
        for agent in hit {
            let left = self.bindings[&agent].iter().filter(|binding| !by_it(binding)).cloned().collect();
            self.put(&agent, left);
        }
    }

    /// Forgets what has expired.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some((at, agent)) = self.due.first().cloned() {
            if at > now {
                return;
            }
            let all = self.bindings.get(&agent).cloned().unwrap_or_default();
            self.put(&agent, all.into_iter().filter(|binding| binding.expires > now).collect());
            self.due.remove(&(at, agent));
        }
    }

    /// When something expires next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.due.first().map(|(at, _)| *at)
    }

    /// The next thing to tell.
    pub fn poll_event(&mut self) -> Option<RegistrarEvent> {
        self.events.pop_front()
    }

    /// The number of telephones.
    pub fn len(&self) -> usize {
        self.bindings.values().map(Vec::len).sum()
    }

    fn put(&mut self, agent: &AgentId, bindings: Vec<Binding>) {
        let before = self.bindings.remove(agent).unwrap_or_default();
        for binding in &before {
            self.due.remove(&(binding.expires, agent.clone()));
        }
        for binding in &bindings {
            self.due.insert((binding.expires, agent.clone()));
        }
        if !bindings.is_empty() {
            self.bindings.insert(agent.clone(), bindings);
        } else if !before.is_empty() {
            self.events.push_back(RegistrarEvent::Unregistered { agent: agent.clone() });
        }
    }
}

fn check_order<'a>(mut bindings: impl Iterator<Item = &'a Binding>, call_id: &str, number: u32) -> Result<(), Refused> {
    let is_late = bindings.any(|binding| binding.call_id == *call_id && number <= binding.number);
    if is_late { Err(Refused::OutOfOrder) } else { Ok(()) }
}
