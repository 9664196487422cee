//! Legs that a call orders.

use std::collections::VecDeque;
use std::time::Instant;

use call_model::{AgentId, LegId};

use super::{Endpoint, InviteError, OutgoingInvite, Search, Target, destination_of};
use crate::auth::ClientAuth;
use crate::dialog::LocalTag;
use crate::flow::{ListenerId, Transport};
use crate::invite::{Calling, Head, Leg, Plan, Way, WayOut, check_extra_headers};
use crate::message::{Host, NameAddr, Uri};
use crate::targets::{Destination, Reach};

/// Where a call goes.
struct Route {
    to: Uri,
    /// The domain of `From`.
    from_host: Host,
    /// The caller that is shown when the order names none.
    from_user: Option<String>,
    ways: WayOut,
    auth: ClientAuth,
}

impl Endpoint {
    /// Calls someone. The leg's id is the caller's choice, below `first_incoming_leg` and never used before.
    ///
    /// # Errors
    /// [`InviteError`]: nothing was sent, and no event follows.
    pub fn invite(&mut self, leg: LegId, order: OutgoingInvite, now: Instant) -> Result<(), InviteError> {
        if self.stopping {
            return Err(InviteError::Stopping);
        }
        if self.legs.contains_key(&leg) {
            return Err(InviteError::LegExists(leg));
        }
        if self.living >= self.core.config.limits.legs || self.core.layer.is_full() {
            return Err(InviteError::Full);
        }
        let headers = check_extra_headers(&order.headers)?;
        let call_id = order.call_id.map(check_call_id).transpose()?;
        let route = match &order.to {
            Target::Trunk { name, user } => self.route_by_trunk(name, user)?,
            Target::Agent(agent) => self.route_to_agent(agent, now)?,
            Target::Uri(uri) => self.route_to_uri(uri)?,
        };
        let tag = LocalTag(self.core.chance.next_u64());
        let wished = order.from_user.as_deref().filter(|user| !user.is_empty());
        let user = wished.or(route.from_user.as_deref()).unwrap_or("anonymous");
        let mut from = NameAddr::new(Uri::sip(Some(user), route.from_host, None)).with_tag(&tag.to_string());
        if let Some(display) = order.display {
            from = from.with_display(&display.replace(char::is_control, " "));
        }
        let plan = Plan {
            from,
            to: NameAddr::new(route.to),
            call_id: call_id.unwrap_or_else(|| format!("{}{}", self.core.chance.hex(), self.core.chance.hex())),
            headers,
            sdp: order.sdp,
            ring_end: now + order.ring_time,
        };
        let head = Head::new(leg, tag, route.auth);
        self.add_leg(Leg::calling(head, Calling::new(plan, route.ways)));
        self.with_leg(leg, |leg, core| leg.start(core, now));
        Ok(())
    }

    fn route_by_trunk(&self, name: &str, user: &str) -> Result<Route, InviteError> {
        let number = self.core.config.trunks.iter().position(|trunk| trunk.name == name);
        let number = number.ok_or_else(|| InviteError::UnknownTrunk(name.to_owned()))?;
        if self.trunks.is_dead(number) {
            return Err(InviteError::TrunkDown(name.to_owned()));
        }
        if user.is_empty() {
            return Err(InviteError::BadTarget(format!("no number to call by trunk {name:?}")));
        }
        let trunk = &self.core.config.trunks[number];
        let domain: Host = trunk
            .domain()
            .parse()
            .map_err(|error| InviteError::BadTarget(format!("domain of trunk {name:?}: {error}")))?;
        let port = trunk.domain.is_none().then_some(trunk.port).flatten();
        let to = Uri::sip(Some(user), domain.clone(), port);
        let ways = self.lookup(to.clone(), trunk.destination(), trunk.listener)?;
        let auth = ClientAuth::new(trunk.account.iter().cloned().collect());
        Ok(Route { to, from_host: domain, from_user: trunk.from_user.clone(), ways, auth })
    }

    fn route_to_uri(&self, text: &str) -> Result<Route, InviteError> {
        let uri: Uri = text.parse().map_err(|error| InviteError::BadTarget(format!("{text:?}: {error}")))?;
        let destination = destination_of(&uri)
            .ok_or_else(|| InviteError::BadTarget(format!("{text:?}: not a sip: URI over UDP or TCP")))?;
        let ways = self.lookup(uri.clone(), destination, None)?;
        Ok(Route { to: uri, from_host: self.own_host(), from_user: None, ways, auth: ClientAuth::default() })
    }

    fn route_to_agent(&self, agent: &AgentId, now: Instant) -> Result<Route, InviteError> {
        let bindings = self.registrar.bindings(agent, now).into_iter();
        let ways: VecDeque<Way> = bindings
            .map(|binding| Way {
                uri: binding.contact.uri.clone(),
                routes: binding.path.clone(),
                flow: binding.flow,
                pinned: true,
            })
            .collect();
        if ways.is_empty() {
            return Err(InviteError::NotRegistered(agent.clone()));
        }
        let host = self.own_host();
        let to = Uri::sip(Some(agent.as_str()), host.clone(), None);
        Ok(Route { to, from_host: host, from_user: None, ways: WayOut::Known(ways), auth: ClientAuth::default() })
    }

    fn lookup(&self, uri: Uri, destination: Destination, listener: Option<ListenerId>) -> Result<WayOut, InviteError> {
        let reach = self.core.ways.reach();
        check_reach(&destination, reach)?;
        Ok(WayOut::Lookup { uri, search: Box::new(Search::new(destination, listener, &self.core)) })
    }

    /// The host that stands for us in `From` and `To`.
    fn own_host(&self) -> Host {
        self.core.config.domain.parse().unwrap_or_else(|_| Host::Name("callwright.invalid".into()))
    }
}

fn check_call_id(call_id: String) -> Result<String, InviteError> {
    let is_word = (1..=128).contains(&call_id.len())
        && call_id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._@".contains(&b));
    if is_word { Ok(call_id) } else { Err(InviteError::BadCallId(call_id)) }
}

fn check_reach(destination: &Destination, reach: Reach) -> Result<(), InviteError> {
    let has = match destination.transport {
        Some(Transport::Udp) => reach.udp4 || reach.udp6,
        Some(Transport::Tcp) => reach.tcp4 || reach.tcp6,
        None => reach != Reach::default(),
    };
    let name = destination.transport.map_or("UDP or TCP", Transport::as_via);
    if has { Ok(()) } else { Err(InviteError::NoListener(name.to_owned())) }
}
