//! Endpoints on a virtual clock, joined by a wire that loses, repeats and reorders by seed.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use call_model::{AgentId, LegCommand, LegEvent, LegFailure, LegId};
use sip_stack::auth::Secret;
use sip_stack::message::{Message, Request, Response};
use sip_stack::{
    Chance, Endpoint, EndpointConfig, IncomingInvite, ListenerConfig, ListenerId, OutgoingInvite, Output, Target,
    Transport, TrunkConfig,
};

pub const A: usize = 0;
pub const B: usize = 1;
pub const UDP: ListenerId = ListenerId(1);

/// One message on the wire.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Packet {
    pub from: SocketAddr,
    pub to: SocketAddr,
    pub bytes: Vec<u8>,
}

impl Packet {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The method, or the status, with which it begins.
    pub fn is(&self, start: &str) -> bool {
        let text = self.text();
        let first = text.lines().next().unwrap_or_default();
        first.starts_with(&format!("{start} ")) || first.starts_with(&format!("SIP/2.0 {start} "))
    }

    /// A response with this status to this method.
    pub fn is_reply(&self, status: u16, method: &str) -> bool {
        match self.message() {
            Message::Response(response) => {
                response.status == status && response.cseq().unwrap().method.as_str() == method
            }
            Message::Request(_) => false,
        }
    }

    pub fn message(&self) -> Message {
        Message::parse_datagram(&self.bytes).unwrap()
    }

    pub fn request(&self) -> Request {
        match self.message() {
            Message::Request(request) => request,
            Message::Response(_) => panic!("not a request: {}", self.text()),
        }
    }

    pub fn response(&self) -> Response {
        match self.message() {
            Message::Response(response) => response,
            Message::Request(_) => panic!("not a response: {}", self.text()),
        }
    }
}

/// How bad the wire is, in packets of a thousand.
#[derive(Debug, Clone, Copy, Default)]
pub struct Trouble {
    pub lost: u64,
    pub repeated: u64,
    pub reordered: u64,
}

pub struct Side {
    pub endpoint: Endpoint,
    pub address: SocketAddr,
    pub events: Vec<(LegId, LegEvent)>,
    pub invites: Vec<(LegId, IncomingInvite)>,
    /// Everything else that the endpoint said.
    pub outputs: Vec<Output>,
}

type Filter = Box<dyn FnMut(&Packet) -> bool>;

pub struct World {
    pub now: Instant,
    pub sides: Vec<Side>,
    pub trouble: Trouble,
    /// Everything that was sent, lost or not.
    pub sent: Vec<Packet>,
    /// What arrived at addresses that are no endpoint's.
    pub strangers: Vec<Packet>,
    /// Addresses inside and outside of a relay that rewrites them.
    pub nat: Option<(SocketAddr, SocketAddr)>,
    /// Packets for which one of these is true are lost.
    pub filters: Vec<Filter>,
    /// Whether calls never keep their records, so that they do not let the answers to BYEs go.
    pub forgetful: bool,
    wire: BinaryHeap<Reverse<(Instant, u64, Packet)>>,
    count: u64,
    chance: Chance,
}

pub fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

pub fn sdp(text: &str) -> Arc<[u8]> {
    format!("v=0\r\ns={text}\r\n").into_bytes().into()
}

/// A configuration with one UDP listener at this address.
pub fn config_at(listen: SocketAddr) -> EndpointConfig {
    EndpointConfig {
        listeners: vec![ListenerConfig {
            id: UDP,
            transport: Transport::Udp,
            bind: listen,
            advertised_host: listen.ip().to_string(),
            advertised_port: listen.port(),
        }],
        domain: "callwright.test".to_owned(),
        agents: [(AgentId::new("anna"), Secret::Password("geheim".to_owned()))].into(),
        ..EndpointConfig::default()
    }
}

/// A trunk at this address, let in from there.
pub fn trunk_at(name: &str, peer: SocketAddr) -> TrunkConfig {
    TrunkConfig {
        port: Some(peer.port()),
        allowed: vec![peer.ip().into()],
        ..TrunkConfig::new(name, peer.ip().to_string())
    }
}

/// A response of a stranger, with Contact and perhaps a session description.
pub fn response(to: &Packet, status: u16, tag: &str, body: Option<Arc<[u8]>>) -> Response {
    let mut response = Response::reply(&to.request(), status, Some(tag));
    response.headers.push("Contact", format!("<sip:{}>", to.to)).unwrap();
    if let Some(body) = body {
        response.headers.push("Content-Type", "application/sdp").unwrap();
        response.body = body;
    }
    response
}

/// A request of a stranger from this address.
pub fn request(method: &str, from: SocketAddr, number: u32, more: &str, body: &str) -> String {
    format!(
        "{method} sip:100@192.0.2.1 SIP/2.0\r\n\
         Via: SIP/2.0/UDP {from};branch=z9hG4bK{method}{number};rport\r\n\
         Max-Forwards: 70\r\n\
         From: <sip:stranger@{from}>;tag=s1\r\n\
         To: <sip:100@192.0.2.1>\r\n\
         Call-ID: call-of-a-stranger\r\n\
         CSeq: {number} {method}\r\n\
         Contact: <sip:stranger@{from}>\r\n\
         {more}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// A second; the shortest way to say so.
pub fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A millisecond.
pub fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

impl World {
    pub fn new(seed: u64) -> Self {
        Self {
            now: Instant::now(),
            sides: Vec::new(),
            trouble: Trouble::default(),
            sent: Vec::new(),
            strangers: Vec::new(),
            nat: None,
            filters: Vec::new(),
            forgetful: false,
            wire: BinaryHeap::new(),
            count: 0,
            chance: Chance::new(seed ^ 0x5eed),
        }
    }

    /// Two endpoints that are each other's trunk `peer`.
    pub fn pair(seed: u64) -> Self {
        Self::pair_with(seed, |_, _| {})
    }

    pub fn pair_with(seed: u64, change: impl Fn(usize, &mut EndpointConfig)) -> Self {
        let mut world = Self::new(seed);
        let addresses = [address("192.0.2.1:5060"), address("192.0.2.2:5060")];
        for side in [A, B] {
            let mut config = config_at(addresses[side]);
            config.trunks = vec![trunk_at("peer", addresses[1 - side])];
            change(side, &mut config);
            world.add(config, seed.wrapping_mul(2) + side as u64);
        }
        world
    }

    pub fn add(&mut self, config: EndpointConfig, seed: u64) -> usize {
        let address = config.listeners[0].bind;
        let endpoint = Endpoint::new(config, seed, self.now);
        self.sides.push(Side { endpoint, address, events: vec![], invites: vec![], outputs: vec![] });
        self.flush(self.sides.len() - 1);
        self.sides.len() - 1
    }

    /// A calls B by the trunk `peer`.
    pub fn call(&mut self, leg: u64, sdp: Option<Arc<[u8]>>) -> LegId {
        let to = Target::Trunk { name: "peer".to_owned(), user: "100".to_owned() };
        self.call_to(A, leg, to, sdp)
    }

    pub fn call_to(&mut self, side: usize, leg: u64, to: Target, sdp: Option<Arc<[u8]>>) -> LegId {
        let order = OutgoingInvite {
            to,
            from_user: Some("4930123".to_owned()),
            display: None,
            headers: vec![],
            sdp,
            call_id: None,
            ring_time: Duration::from_secs(30),
        };
        self.order(side, leg, order)
    }

    pub fn order(&mut self, side: usize, leg: u64, order: OutgoingInvite) -> LegId {
        let leg = LegId(leg);
        self.sides[side].endpoint.invite(leg, order, self.now).unwrap();
        self.flush(side);
        leg
    }

    pub fn command(&mut self, side: usize, leg: LegId, command: LegCommand) {
        self.sides[side].endpoint.command(leg, command, self.now).unwrap();
        self.flush(side);
    }

    /// The leg by which the last INVITE came in.
    pub fn last_invite(&self, side: usize) -> LegId {
        self.sides[side].invites.last().expect("no INVITE came in").0
    }

    /// A confirmed call from A to B: the legs of A and of B.
    pub fn confirmed(&mut self, leg: u64) -> (LegId, LegId) {
        let a = self.call(leg, Some(sdp("offer")));
        self.run_for(Duration::from_millis(100));
        let b = self.last_invite(B);
        self.command(B, b, LegCommand::Answer { sdp: sdp("answer") });
        self.run_for(Duration::from_millis(100));
        assert_eq!(self.events(A, a).last(), Some(&LegEvent::Answered { sdp: Some(sdp("answer")) }));
        assert_eq!(self.events(B, b).last(), Some(&LegEvent::Answered { sdp: None }));
        (a, b)
    }

    pub fn events(&self, side: usize, leg: LegId) -> Vec<LegEvent> {
        self.sides[side].events.iter().filter(|(of, _)| *of == leg).map(|(_, event)| event.clone()).collect()
    }

    /// How a leg ended; it must have ended once, and last.
    pub fn ending(&self, side: usize, leg: LegId) -> LegFailure {
        let events = self.events(side, leg);
        let ends = events.iter().filter(|event| matches!(event, LegEvent::Ended(_))).count();
        match events.last() {
            Some(LegEvent::Ended(failure)) if ends == 1 => *failure,
            _ => panic!("leg {leg} should have ended once and last: {events:?}"),
        }
    }

    /// Sends from an address that is no endpoint's.
    pub fn send_raw(&mut self, from: SocketAddr, to: SocketAddr, text: &str) {
        self.post(Packet { from, to, bytes: text.as_bytes().to_vec() });
    }

    /// Sends bytes that need not be a message.
    pub fn send(&mut self, packet: Packet) {
        self.post(packet);
    }

    /// Answers a request that arrived at a stranger.
    pub fn reply(&mut self, to: &Packet, response: &Response) {
        self.post(Packet { from: to.to, to: to.from, bytes: response.to_bytes() });
    }

    /// The only packet that arrived at a stranger, taken out.
    pub fn take_stranger(&mut self) -> Packet {
        let mut packets = self.take_strangers();
        assert_eq!(packets.len(), 1, "one packet should have arrived: {packets:?}");
        packets.remove(0)
    }

    /// What was sent with this method or status.
    pub fn sent_with(&self, start: &str) -> Vec<&Packet> {
        self.sent.iter().filter(|packet| packet.is(start)).collect()
    }

    /// What arrived at a stranger's address, taken out.
    pub fn take_strangers(&mut self) -> Vec<Packet> {
        std::mem::take(&mut self.strangers)
    }

    /// Loses the next `count` packets that fit.
    pub fn lose(&mut self, count: usize, fits: impl Fn(&Packet) -> bool + 'static) {
        let mut left = count;
        self.filters.push(Box::new(move |packet| {
            let lose = left > 0 && fits(packet);
            left -= usize::from(lose);
            lose
        }));
    }

    /// Lets the time pass.
    pub fn run_for(&mut self, duration: Duration) {
        let end = self.now + duration;
        for _ in 0..1_000_000 {
            let arrival = self.wire.peek().map(|Reverse((at, _, _))| *at);
            let timer = self.sides.iter().filter_map(|side| side.endpoint.poll_timeout()).min();
            let Some(next) = [arrival, timer].into_iter().flatten().min().filter(|next| *next <= end) else {
                self.now = end;
                return;
            };
            self.now = self.now.max(next);
            self.step();
        }
        panic!("the endpoints never come to rest");
    }

    /// Lets enough time pass for every timer to run out.
    pub fn run_out(&mut self) {
        self.run_for(Duration::from_secs(400));
    }

    /// Nothing is left on either side.
    pub fn assert_empty(&self) {
        for (index, side) in self.sides.iter().enumerate() {
            let stats = side.endpoint.stats();
            let left = (stats.legs, stats.lingering_legs, stats.transactions);
            assert_eq!(left, (0, 0, 0), "side {index}: {:#?}", side.endpoint);
        }
    }

    pub fn flush(&mut self, side: usize) {
        while let Some(output) = self.sides[side].endpoint.poll_output() {
            match output {
                Output::Transmit { flow, bytes } => {
                    let from = self.sides[side].address;
                    self.post(Packet { from, to: flow.remote, bytes: bytes.to_vec() });
                }
                Output::Leg { leg, event } => {
                    if matches!(event, LegEvent::Ended(LegFailure { by_peer: true, .. })) && !self.forgetful {
                        // The record is kept; what ended otherwise than by BYE has nothing that waits for it.
                        let _ = self.sides[side].endpoint.command(leg, LegCommand::End, self.now);
                    }
                    self.sides[side].events.push((leg, event));
                }
                Output::IncomingInvite { leg, invite } => self.sides[side].invites.push((leg, *invite)),
                other => self.sides[side].outputs.push(other),
            }
        }
    }

    fn post(&mut self, mut packet: Packet) {
        self.sent.push(packet.clone());
        if let Some((inside, outside)) = self.nat {
            if packet.to == inside {
                // Nobody outside can reach it there.
                return;
            }
            if packet.from == inside {
                packet.from = outside;
            }
            if packet.to == outside {
                packet.to = inside;
            }
        }
        if self.filters.iter_mut().any(|filter| filter(&packet)) || self.happens(self.trouble.lost) {
            return;
        }
        let mut copies = 1;
        while copies < 4 && self.happens(self.trouble.repeated) {
            copies += 1;
        }
        for _ in 0..copies {
            let extra = if self.happens(self.trouble.reordered) { self.chance.below(40) } else { 0 };
            let at = self.now + Duration::from_millis(5 + extra);
            self.count += 1;
            self.wire.push(Reverse((at, self.count, packet.clone())));
        }
    }

    fn happens(&mut self, of_a_thousand: u64) -> bool {
        of_a_thousand > 0 && self.chance.below(1000) < of_a_thousand
    }

    fn step(&mut self) {
        while let Some(Reverse((at, _, _))) = self.wire.peek() {
            if *at > self.now {
                break;
            }
            let Some(Reverse((_, _, packet))) = self.wire.pop() else { break };
            match self.sides.iter().position(|side| side.address == packet.to) {
                Some(side) => {
                    self.sides[side].endpoint.handle_datagram(UDP, packet.from, &packet.bytes, self.now);
                    self.flush(side);
                }
                None => self.strangers.push(packet),
            }
        }
        for side in 0..self.sides.len() {
            if self.sides[side].endpoint.poll_timeout().is_some_and(|at| at <= self.now) {
                self.sides[side].endpoint.handle_timeout(self.now);
                self.flush(side);
            }
        }
    }
}
