//! Listeners and connections: which way to an address, and what we call ourselves there.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;

use super::{ListenerConfig, Output};
use crate::flow::{ConnectionId, Flow, ListenerId, Transport};
use crate::message::{Host, StreamFramer, Uri};
use crate::targets::{Address, Destination, Reach};

/// See the module.
#[derive(Debug)]
pub(crate) struct Ways {
    listeners: Vec<Listener>,
    connections: BTreeMap<ConnectionId, Connection>,
    /// The connection to take for a remote address, the newest.
    by_remote: BTreeMap<(ListenerId, SocketAddr), ConnectionId>,
    last_ordered: u64,
    limit: usize,
}

#[derive(Debug)]
struct Listener {
    config: ListenerConfig,
    host: Host,
}

/// An open TCP connection, or one that is being opened.
#[derive(Debug)]
pub(crate) struct Connection {
    pub listener: ListenerId,
    pub remote: SocketAddr,
    pub framer: StreamFramer,
}

impl Ways {
    pub fn new(listeners: Vec<ListenerConfig>, limit: usize) -> Self {
        let listeners = listeners.into_iter().map(|config| Listener {
            // A host that cannot be read is not fit for a Via; the address bound to is better than nothing.
            host: config.advertised_host.parse().unwrap_or_else(|_| Host::from(config.bind.ip())),
            config,
        });
        Self {
            listeners: listeners.collect(),
            connections: BTreeMap::new(),
            by_remote: BTreeMap::new(),
            last_ordered: ConnectionId::ORDERED,
            limit,
        }
    }

    /// What our listeners can reach.
    pub fn reach(&self) -> Reach {
        let has = |transport, v6| {
            self.listeners.iter().any(|l| l.config.transport == transport && l.config.bind.is_ipv6() == v6)
        };
        Reach {
            udp4: has(Transport::Udp, false),
            udp6: has(Transport::Udp, true),
            tcp4: has(Transport::Tcp, false),
            tcp6: has(Transport::Tcp, true),
        }
    }

    /// Host and port for a Via of ours.
    pub fn sent_by(&self, listener: ListenerId) -> (Host, Option<u16>) {
        match self.listener(listener) {
            Some(listener) => (listener.host.clone(), Some(listener.config.advertised_port)),
            None => (Host::from(std::net::IpAddr::from([0, 0, 0, 0])), None),
        }
    }

    /// Our Contact at a listener.
    pub fn contact(&self, flow: Flow) -> Uri {
        let (host, port) = self.sent_by(flow.listener);
        let mut uri = Uri::sip(None, host, port);
        if let (Transport::Tcp, Some(sip)) = (flow.transport, uri.as_sip_mut()) {
            sip.params.set("transport", Some("tcp"));
        }
        uri
    }

    /// The flow to an address, by the wished or the first fitting listener. Orders a TCP connection where there is
    /// none.
    pub fn flow_to(
        &mut self,
        address: Address,
        wished: Option<ListenerId>,
        out: &mut VecDeque<Output>,
    ) -> Option<Flow> {
        let fits = |l: &&Listener| {
            l.config.transport == address.transport
                && l.config.bind.is_ipv6() == address.remote.is_ipv6()
                && wished.is_none_or(|wished| wished == l.config.id)
        };
        let listener = self.listeners.iter().find(fits)?.config.id;
        match address.transport {
            Transport::Udp => Some(Flow::udp(listener, address.remote)),
            Transport::Tcp => self.connection_to(listener, address.remote, out),
        }
    }

    /// The flow itself, or where its connection is gone one over a new connection to the same address.
    pub fn revive(&mut self, flow: Flow, out: &mut VecDeque<Output>) -> Flow {
        match flow.connection {
            Some(connection) if !self.connections.contains_key(&connection) => {
                self.connection_to(flow.listener, flow.remote, out).unwrap_or(flow)
            }
            Some(_) | None => flow,
        }
    }

    /// A connection was accepted by the shell, or one that we ordered came about. `false`: there are too many.
    pub fn opened(&mut self, id: ConnectionId, listener: ListenerId, remote: SocketAddr, framer: StreamFramer) -> bool {
        if self.connections.contains_key(&id) {
            return true;
        }
        if self.connections.len() >= self.limit {
            return false;
        }
        self.connections.insert(id, Connection { listener, remote, framer });
        self.by_remote.insert((listener, remote), id);
        true
    }

    /// A connection is gone; returns its flow.
    pub fn closed(&mut self, id: ConnectionId) -> Option<Flow> {
        let connection = self.connections.remove(&id)?;
        let key = (connection.listener, connection.remote);
        if self.by_remote.get(&key) == Some(&id) {
            self.by_remote.remove(&key);
        }
        Some(Flow::tcp(connection.listener, connection.remote, id))
    }

    /// A connection by its id.
    pub fn connection(&mut self, id: ConnectionId) -> Option<&mut Connection> {
        self.connections.get_mut(&id)
    }

    /// The number of connections.
    pub fn connections(&self) -> usize {
        self.connections.len()
    }

    fn listener(&self, id: ListenerId) -> Option<&Listener> {
        self.listeners.iter().find(|listener| listener.config.id == id)
    }

    fn connection_to(&mut self, listener: ListenerId, remote: SocketAddr, out: &mut VecDeque<Output>) -> Option<Flow> {
        if let Some(id) = self.by_remote.get(&(listener, remote)) {
            return Some(Flow::tcp(listener, remote, *id));
        }
        if self.connections.len() >= self.limit {
            return None;
        }
        self.last_ordered += 1;
        let id = ConnectionId(self.last_ordered);
        self.opened(id, listener, remote, StreamFramer::default());
        out.push_back(Output::Connect { connection: id, listener, remote });
        Some(Flow::tcp(listener, remote, id))
    }
}

/// Where a URI says that requests to it go (RFC 3263 4).
pub(crate) fn destination_of(uri: &Uri) -> Option<Destination> {
    let sip = uri.as_sip().filter(|sip| !sip.secure)?;
    let host = match sip.params.get("maddr") {
        Some(maddr) => maddr.parse().ok()?,
        None => sip.host.clone(),
    };
    let host = match host {
        Host::Name(name) => name.into_string(),
        Host::V4(address) => address.to_string(),
        Host::V6(address) => address.to_string(),
    };
    let transport = match sip.transport() {
        None => None,
        Some(name) if name.eq_ignore_ascii_case("udp") => Some(Transport::Udp),
        Some(name) if name.eq_ignore_ascii_case("tcp") => Some(Transport::Tcp),
        // Others come later; asking for them by name finds no listener.
        Some(_) => return None,
    };
    Some(Destination { host, port: sip.port, transport })
}
