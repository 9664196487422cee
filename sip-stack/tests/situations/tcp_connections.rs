//! SIP over TCP: opened when needed, used both ways, closed and opened again.

use std::net::SocketAddr;
use std::time::Instant;

use call_model::{Cause, LegCommand, LegEvent, LegId};
use sip_stack::{
    ConnectionId, Endpoint, ListenerConfig, ListenerId, OutgoingInvite, Output, Target, Transport, TrunkConfig,
};

use crate::support::{address, config_at, sdp, secs, trunk_at};

const TCP: ListenerId = ListenerId(2);

/// Two endpoints with TCP only, and the connection between them.
struct Streams {
    now: Instant,
    endpoints: [Endpoint; 2],
    addresses: [SocketAddr; 2],
    events: [Vec<(LegId, LegEvent)>; 2],
    invites: [Vec<LegId>; 2],
    /// The ids of an open connection on either side.
    open: Vec<[ConnectionId; 2]>,
    accepted: u64,
    /// Whether connections are refused.
    refuse: bool,
}

impl Streams {
    fn new() -> Self {
        let now = Instant::now();
        let addresses = [address("192.0.2.1:5060"), address("192.0.2.2:5060")];
        let endpoint = |side: usize| {
            let mut config = config_at(addresses[side]);
            config.listeners =
                vec![ListenerConfig { id: TCP, transport: Transport::Tcp, ..config.listeners[0].clone() }];
            config.trunks =
                vec![TrunkConfig { transport: Some(Transport::Tcp), ..trunk_at("peer", addresses[1 - side]) }];
            Endpoint::new(config, side as u64, now)
        };
        Self {
            now,
            endpoints: [endpoint(0), endpoint(1)],
            addresses,
            events: [vec![], vec![]],
            invites: [vec![], vec![]],
            open: vec![],
            accepted: 0,
            refuse: false,
        }
    }

    fn call(&mut self, leg: u64) -> LegId {
        let order = OutgoingInvite {
            to: Target::Trunk { name: "peer".to_owned(), user: "1".to_owned() },
            from_user: None,
            display: None,
            headers: vec![],
            sdp: Some(sdp("offer")),
            call_id: None,
            ring_time: secs(20),
        };
        self.endpoints[0].invite(LegId(leg), order, self.now).unwrap();
        self.pump();
        LegId(leg)
    }

    fn command(&mut self, side: usize, leg: LegId, command: LegCommand) {
        self.endpoints[side].command(leg, command, self.now).unwrap();
        self.pump();
    }

    /// Carries everything over, in small pieces.
    fn pump(&mut self) {
        while let Some((side, output)) =
            (0..2).find_map(|side| self.endpoints[side].poll_output().map(|output| (side, output)))
        {
            match output {
                Output::Connect { connection, listener, .. } => {
                    assert_eq!(listener, TCP);
                    if self.refuse {
                        self.endpoints[side].handle_stream_closed(connection, self.now);
                        continue;
                    }
                    self.accepted += 1;
                    let accepted = ConnectionId(self.accepted);
                    let mut ids = [connection; 2];
                    ids[1 - side] = accepted;
                    self.open.push(ids);
                    let mut from = self.addresses[side];
                    from.set_port(40_000 + self.accepted as u16);
                    self.endpoints[side].handle_stream_opened(connection, TCP, self.addresses[1 - side], self.now);
                    self.endpoints[1 - side].handle_stream_opened(accepted, TCP, from, self.now);
                }
                Output::Transmit { flow, bytes } => {
                    let id = flow.connection.expect("everything goes over TCP");
                    let Some(ids) = self.open.iter().find(|ids| ids[side] == id).copied() else { continue };
                    for piece in bytes.chunks(100) {
                        self.endpoints[1 - side].handle_stream_bytes(ids[1 - side], piece, self.now);
                    }
                }
                Output::IncomingInvite { leg, .. } => self.invites[side].push(leg),
                Output::Leg { leg, event } => self.events[side].push((leg, event)),
                _ => {}
            }
        }
    }

    fn close_all(&mut self) {
        for ids in std::mem::take(&mut self.open) {
            for side in [0, 1] {
                self.endpoints[side].handle_stream_closed(ids[side], self.now);
            }
        }
        self.pump();
    }

    fn confirmed(&mut self) -> (LegId, LegId) {
        let a = self.call(1);
        let b = self.invites[1][0];
        self.command(1, b, LegCommand::Answer { sdp: sdp("answer") });
        assert_eq!(self.events[0], [(a, LegEvent::Answered { sdp: Some(sdp("answer")) })]);
        assert_eq!(self.events[1], [(b, LegEvent::Answered { sdp: None })]);
        (a, b)
    }

    fn ended(&self, side: usize, leg: LegId) -> Cause {
        match self.events[side].last() {
            Some((last, LegEvent::Ended(failure))) if *last == leg => failure.cause,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn one_connection_carries_the_whole_call() {
    let mut streams = Streams::new();
    let (a, b) = streams.confirmed();
    streams.command(1, b, LegCommand::End);
    assert_eq!(streams.ended(0, a), Cause::Normal);
    assert_eq!(streams.accepted, 1);
    streams.now += secs(60);
    for endpoint in &mut streams.endpoints {
        endpoint.handle_timeout(streams.now);
        let stats = endpoint.stats();
        assert_eq!((stats.legs, stats.lingering_legs, stats.transactions, stats.connections), (0, 0, 0, 1));
    }
}

#[test]
fn a_connection_that_was_lost_is_opened_again() {
    let mut streams = Streams::new();
    let (a, b) = streams.confirmed();
    streams.close_all();
    streams.command(0, a, LegCommand::End);
    assert_eq!(streams.accepted, 2);
    assert_eq!(streams.ended(1, b), Cause::Normal);
}

#[test]
fn a_refused_connection_makes_the_peer_unreachable() {
    let mut streams = Streams::new();
    streams.refuse = true;
    let a = streams.call(1);
    assert_eq!(streams.ended(0, a), Cause::Unreachable);
    assert_eq!(streams.endpoints[0].stats().connections, 0);
}

#[test]
fn a_stream_without_an_end_is_closed() {
    let mut streams = Streams::new();
    let id = ConnectionId(77);
    streams.endpoints[0].handle_stream_opened(id, TCP, address("192.0.2.9:1"), streams.now);
    for _ in 0..100 {
        streams.endpoints[0].handle_stream_bytes(id, &[b'x'; 1000], streams.now);
    }
    assert_eq!(streams.endpoints[0].poll_output(), Some(Output::CloseConnection { connection: id }));
    assert_eq!(streams.endpoints[0].stats().connections, 0);
}
