//! RTP and RTCP from bytes, packet after packet into a leg that listens, is recorded and looks for keys in the sound.
//!
//! The input is cut into datagrams by a length byte before each.

#![no_main]

use std::time::{Duration, Instant};

use call_model::{LegId, OrderId};
use libfuzzer_sys::fuzz_target;
use media::rtcp::WallAnchor;
use media::sdp::{Local, Negotiation};
use media::{Latching, Leg, LegConfig, Other};

const OFFERS: [&[u8]; 2] = [
    b"v=0\nc=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 0 101\na=rtpmap:101 telephone-event/8000\na=rtcp-mux\n",
    b"v=0\nc=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 8\n",
];

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, mut rest)) = bytes.split_first() else { return };
    let mut now = Instant::now();
    let wall = WallAnchor { at: now, unix: Duration::from_secs(1_764_000_000) };
    let silence_limit = Some(Duration::from_secs(1));
    let config = LegConfig { id: LegId(1), seed: 7, wall, latching: Latching::Learn, silence_limit };
    let mut leg = Leg::new(&config, now);
    let local = Local { id: 1, address: [192, 0, 2, 9].into(), port: 16_384 };
    let (agreement, _) =
        Negotiation::new(local).answer(OFFERS[usize::from(choice & 1)]).expect("a description of ours");
    leg.agree(agreement, now);
    leg.set_recorded(choice & 2 != 0);
    leg.listen(OrderId(1), now);
    let peer = ([192, 0, 2, 1], 4_000 + u16::from(choice & 4 != 0)).into();
    let mut out = [0; 1_500];
    while let Some((length, more)) = rest.split_first() {
        let datagram;
        (datagram, rest) = more.split_at(usize::from(*length).min(more.len()));
        leg.handle_packet(peer, datagram, now, now);
        leg.handle_report(peer, datagram, now);
        leg.hear(now);
        leg.speak(Other::Nobody, &mut out);
        leg.report(now, &mut out);
        while leg.poll_fact().is_some() {}
        now += Duration::from_millis(20);
    }
    leg.end(now, &mut out);
});
