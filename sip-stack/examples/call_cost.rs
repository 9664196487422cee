//! What a call costs: `cargo run --release -p sip-stack --example call_cost`.
//!
//! Two endpoints in one process call each other (INVITE, 100 not needed, 200, ACK, BYE, 200); virtual time goes on by
//! 2 ms a call, so that as many transactions wait in their last timers as at 500 calls a second.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use call_model::{LegCommand, LegEvent, LegId};
use sip_stack::{
    Endpoint, EndpointConfig, ListenerConfig, ListenerId, OutgoingInvite, Output, Target, Transport, TrunkConfig,
};

const CALLS: u32 = 60_000;
const UDP: ListenerId = ListenerId(1);

fn endpoint(own: SocketAddr, peer: SocketAddr, now: Instant) -> Endpoint {
    let config = EndpointConfig {
        listeners: vec![ListenerConfig {
            id: UDP,
            transport: Transport::Udp,
            bind: own,
            advertised_host: own.ip().to_string(),
            advertised_port: own.port(),
        }],
        trunks: vec![TrunkConfig {
            port: Some(peer.port()),
            allowed: vec![peer.ip().into()],
            ..TrunkConfig::new("peer", peer.ip().to_string())
        }],
        ..EndpointConfig::default()
    };
    Endpoint::new(config, 1, now)
}

fn main() {
    let addresses: [SocketAddr; 2] = ["192.0.2.1:5060".parse().unwrap(), "192.0.2.2:5060".parse().unwrap()];
    let mut now = Instant::now();
    let mut sides = [endpoint(addresses[0], addresses[1], now), endpoint(addresses[1], addresses[0], now)];
    let mut spent = [Duration::ZERO; 2];
    let sdp: Arc<[u8]> = Arc::from(SDP.as_bytes());
    let mut ended = 0;
    for number in 0..CALLS {
        now += Duration::from_millis(2);
        let order = OutgoingInvite {
            to: Target::Trunk { name: "peer".to_owned(), user: "49301234567".to_owned() },
            from_user: Some("4940765432".to_owned()),
            display: None,
            headers: vec![],
            sdp: Some(sdp.clone()),
            call_id: None,
            ring_time: Duration::from_secs(30),
        };
        let begin = Instant::now();
        for side in &mut sides {
            side.handle_timeout(now);
        }
        sides[0].invite(LegId(u64::from(number)), order, now).unwrap();
        spent[0] += begin.elapsed();
        while let Some((from, output)) = (0..2).find_map(|side| sides[side].poll_output().map(|output| (side, output)))
        {
            let begin = Instant::now();
            let worker = match output {
                Output::Transmit { bytes, .. } => {
                    sides[1 - from].handle_datagram(UDP, addresses[from], &bytes, now);
                    1 - from
                }
                Output::IncomingInvite { leg, .. } => {
                    sides[from].command(leg, LegCommand::Answer { sdp: sdp.clone() }, now).unwrap();
                    from
                }
                Output::Leg { leg, event: LegEvent::Answered { sdp: None } } => {
                    sides[from].command(leg, LegCommand::End, now).unwrap();
                    from
                }
                Output::Leg { event: LegEvent::Ended(_), .. } => {
                    ended += 1;
                    from
                }
                _ => from,
            };
            spent[worker] += begin.elapsed();
        }
    }
    assert_eq!(ended, 2 * CALLS);
    for (side, name) in [(0, "caller"), (1, "called")] {
        let cost = spent[side] / CALLS;
        println!("{name}: {cost:?} a call, {:?}", sides[side].stats());
    }
}

const SDP: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0 8 101\r\n\
a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n";
