//! Legs on a virtual clock and a network of our making.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests; a base instant, virtual from there")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use audio::FRAME;
use audio::g711;
use call_model::{BargeIn, LegId, OrderId, SoundFact};
use media::rtcp::WallAnchor;
use media::rtp::RtpPacket;
use media::sdp::{Local, Negotiation};
use media::{Latching, Leg, LegConfig, Other, PromptAudio, bridge};
use proptest::prelude::*;

const PERIOD: Duration = Duration::from_millis(20);

/// A leg, its peer's stream, and the time.
struct Desk {
    leg: Leg,
    now: Instant,
    peer: SocketAddr,
    facts: Vec<SoundFact>,
}

/// What a period sent: payload type and payload.
type Sent = Option<(u8, Vec<u8>)>;

impl Desk {
    fn new(keys: bool) -> Self {
        Self::with(keys, "0", None)
    }

    fn with(keys: bool, payload_type: &str, silence_limit: Option<Duration>) -> Self {
        let now = Instant::now();
        let wall = WallAnchor { at: now, unix: Duration::from_secs(1_764_000_000) };
        let config = LegConfig { id: LegId(3), seed: 9, wall, latching: Latching::Learn, silence_limit };
        let mut leg = Leg::new(&config, now);
        leg.agree(agreement(keys, payload_type, ""), now);
        Self { leg, now, peer: "192.0.2.1:4000".parse().unwrap(), facts: Vec::new() }
    }

    fn packet(&mut self, payload_type: u8, number: u16, timestamp: u32, payload: &[u8]) {
        let packet = RtpPacket { marker: false, payload_type, sequence: number, timestamp, ssrc: 8, payload };
        let mut out = [0; 1_500];
        let length = packet.write(&mut out).unwrap();
        self.leg.handle_packet(self.peer, &out[..length], self.now, self.now);
        self.drain();
    }

    /// The numbered frame of sound.
    fn sound(&mut self, number: u16) {
        let code = g711::encode(g711::Law::Mu, i16::try_from(number).unwrap_or(9_000) * 16 + 64);
        self.packet(0, number, u32::from(number) * 160, &[code; FRAME]);
    }

    fn period(&mut self) -> Sent {
        let mut out = [0; 1_500];
        self.leg.hear(self.now);
        self.drain();
        let sent = self.leg.speak(Other::Nobody, &mut out);
        self.drain();
        self.now += PERIOD;
        sent.map(|transmit| {
            assert_eq!(transmit.to, self.peer);
            let packet = RtpPacket::parse(&out[..transmit.length]).unwrap();
            (packet.payload_type, packet.payload.to_vec())
        })
    }

    fn play(&mut self, order: u64, frames: usize, barge_in: BargeIn) {
        let prompt = Arc::new(PromptAudio::from_samples(&vec![5_000; frames * FRAME]));
        self.leg.play(OrderId(order), vec![prompt], barge_in, false, self.now);
        self.drain();
    }

    fn drain(&mut self) {
        self.facts.extend(std::iter::from_fn(|| self.leg.poll_fact()));
    }

    fn take(&mut self) -> Vec<SoundFact> {
        std::mem::take(&mut self.facts)
    }
}

fn agreement(keys: bool, payload_type: &str, attribute: &str) -> media::sdp::Agreement {
    let events = if keys { " 101" } else { "" };
    let offer = format!(
        "v=0\nc=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP {payload_type}{events}\na=rtpmap:101 telephone-event/8000\n{attribute}\n"
    );
    let local = Local { id: 1, address: "192.0.2.9".parse().unwrap(), port: 6_000 };
    Negotiation::new(local).answer(offer.as_bytes()).unwrap().0
}

fn is_silence(sent: &Sent) -> bool {
    sent.as_ref().is_some_and(|(kind, payload)| *kind == 0 && *payload == [0xff; FRAME])
}

#[test]
fn nothing_is_sent_before_there_is_something_to_say_or_hear() {
    let mut desk = Desk::new(true);
    assert!((0..10).all(|_| desk.period().is_none()));
    desk.sound(1);
    assert!(is_silence(&desk.period()));
}

#[test]
fn a_prompt_is_finished_when_its_last_frame_has_been_heard() {
    let mut desk = Desk::new(true);
    desk.play(1, 3, BargeIn::BySpeech);
    assert!((0..3).all(|_| !is_silence(&desk.period())));
    assert_eq!(desk.take(), []);
    assert!(is_silence(&desk.period()));
    assert_eq!(desk.take(), [SoundFact::Finished { order: OrderId(1) }]);
}

#[test]
fn a_key_stops_the_prompt_in_its_very_period() {
    let mut desk = Desk::new(true);
    desk.play(1, 100, BargeIn::ByKey);
    (0..7).for_each(|_| _ = desk.period());
    desk.packet(101, 1, 900, &[1, 10, 0, 160]);
    assert_eq!(
        desk.take(),
        [
            SoundFact::DigitPressed { leg: LegId(3), digit: '1' },
            SoundFact::Stopped { order: OrderId(1), played_ms: 140 }
        ]
    );
    assert!(is_silence(&desk.period()));
}

#[test]
fn keys_in_the_sound_are_told_only_where_events_were_not_agreed() {
    for (events, expected) in [(true, 0), (false, 1)] {
        let mut desk = Desk::new(events);
        desk.play(1, 200, BargeIn::ByKey);
        let tone = audio::dtmf::tone('6', 200).unwrap();
        for number in 0..40u16 {
            let samples = tone.get(usize::from(number) * FRAME..usize::from(number + 1) * FRAME).unwrap_or(&[0; FRAME]);
            let mut payload = [0; FRAME];
            g711::encode_into(g711::Law::Mu, samples, &mut payload);
            desk.packet(0, number, u32::from(number) * 160, &payload);
            desk.period();
        }
        let keys = desk.take().iter().filter(|fact| matches!(fact, SoundFact::DigitPressed { digit: '6', .. })).count();
        assert_eq!(keys, expected);
    }
}

#[test]
fn hold_stops_our_sound_but_not_the_clock_of_a_prompt() {
    let mut desk = Desk::new(true);
    desk.play(1, 10, BargeIn::Never);
    assert!(desk.period().is_some());
    desk.leg.agree(agreement(true, "0", "a=sendonly"), desk.now);
    assert!((0..9).all(|_| desk.period().is_none()));
    desk.period();
    assert_eq!(desk.take(), [SoundFact::Finished { order: OrderId(1) }]);
    desk.leg.agree(agreement(true, "0", ""), desk.now);
    assert!(desk.period().is_some());
}

#[test]
fn silence_of_the_peer_is_told_once_and_again_after_it_was_heard() {
    let mut desk = Desk::with(true, "0", Some(Duration::from_secs(2)));
    (0..200).for_each(|_| _ = desk.period());
    assert_eq!(desk.take(), [], "a leg that only rings owes nothing");
    desk.sound(1);
    (0..101).for_each(|_| _ = desk.period());
    assert_eq!(desk.take(), [SoundFact::SilentTooLong { leg: LegId(3) }]);
    (0..500).for_each(|_| _ = desk.period());
    assert_eq!(desk.take(), []);
    desk.sound(2);
    (0..101).for_each(|_| _ = desk.period());
    assert_eq!(desk.take(), [SoundFact::SilentTooLong { leg: LegId(3) }]);
    desk.leg.agree(agreement(true, "0", "a=inactive"), desk.now);
    (0..500).for_each(|_| _ = desk.period());
    assert_eq!(desk.take(), []);
}

#[test]
fn a_leg_that_ends_closes_what_is_open_and_says_goodbye() {
    let mut desk = Desk::new(true);
    desk.play(1, 100, BargeIn::Never);
    desk.leg.listen(OrderId(2), desk.now);
    desk.leg.press(OrderId(3), "12", desk.now);
    let mut out = [0; 1_500];
    let transmit = desk.leg.end(desk.now, &mut out).unwrap();
    assert_eq!(transmit.to, "192.0.2.1:4001".parse().unwrap());
    desk.drain();
    assert_eq!(desk.take().len(), 3);
}

#[test]
fn a_stopped_turn_tells_how_long_it_was() {
    let mut desk = Desk::new(true);
    desk.leg.listen(OrderId(2), desk.now);
    (0..25).for_each(|_| _ = desk.period());
    assert!(desk.leg.stop(OrderId(2)));
    assert!(!desk.leg.stop(OrderId(2)));
    desk.drain();
    assert_eq!(desk.take(), [SoundFact::Stopped { order: OrderId(2), played_ms: 500 }]);
    assert!(desk.leg.heard().is_none());
}

#[test]
fn sound_in_the_other_law_is_understood() {
    let mut desk = Desk::new(true);
    desk.leg.set_recorded(true);
    let code = g711::encode(g711::Law::A, 8_000);
    for number in 0..6 {
        desk.packet(8, number, u32::from(number) * 160, &[code; FRAME]);
        desk.period();
    }
    let heard = desk.leg.sound_in()[80];
    assert!((7_500..8_500).contains(&heard), "{heard}");
}

#[test]
fn a_bridged_leg_whose_other_side_falls_silent_is_sent_silence() {
    let (mut a, mut b) = (Desk::new(true), Desk::new(true));
    bridge::join(&mut a.leg, &mut b.leg, a.now);
    let mut out = [0; 1_500];
    let mut sent = Vec::new();
    for period in 0..100u16 {
        let now = a.now + PERIOD * u32::from(period);
        if period < 50 {
            let timestamp = u32::from(period) * 160;
            let packet = RtpPacket {
                marker: false,
                payload_type: 0,
                sequence: period,
                timestamp,
                ssrc: 8,
                payload: &[7; FRAME],
            };
            let length = packet.write(&mut out).unwrap();
            let bytes = out[..length].to_vec();
            let incoming = b.leg.handle_packet(b.peer, &bytes, now, now).unwrap();
            let relayed = bridge::pass_on(&incoming, &mut a.leg, true, &mut out).unwrap();
            sent.push(
                RtpPacket::parse(&out[..relayed.length]).map(|packet| (packet.sequence, packet.timestamp)).unwrap(),
            );
        }
        a.leg.hear(now);
        b.leg.hear(now);
        if let Some(own) = a.leg.speak(bridge::other(&b.leg, true, false), &mut out) {
            sent.push(RtpPacket::parse(&out[..own.length]).map(|packet| (packet.sequence, packet.timestamp)).unwrap());
        }
    }
    assert_eq!(sent.len(), 91);
    let first = sent[0];
    for (n, (sequence, timestamp)) in sent.iter().enumerate() {
        let missed = if n < 50 { 0 } else { 9 };
        assert_eq!(*sequence, first.0.wrapping_add(n as u16));
        assert_eq!(*timestamp, first.1.wrapping_add((n as u32 + missed) * 160));
    }
}

#[test]
fn rubbish_and_unknown_types_are_counted_and_change_nothing() {
    let mut desk = Desk::new(true);
    desk.leg.handle_packet(desk.peer, b"hello", desk.now, desk.now);
    desk.leg.handle_packet(desk.peer, &[0; 200], desk.now, desk.now);
    desk.packet(96, 1, 0, &[0; 20]);
    desk.packet(0, 2, 0, &[0; 1_400]);
    assert_eq!(desk.leg.stats().unreadable, 4);
    assert!(desk.period().is_none());
}

proptest! {
    #[test]
    fn a_turn_hears_one_frame_a_period_whatever_the_network_does(
        fates in proptest::collection::vec((0u32..8, 0u8..3), 50..200),
    ) {
        let mut desk = Desk::new(true);
        desk.leg.listen(OrderId(1), desk.now);
        let mut heard = 0;
        for period in 0..fates.len() as u32 {
            for (number, (late, copies)) in fates.iter().enumerate() {
                if number as u32 + late == period {
                    (0..*copies).for_each(|_| desk.sound(number as u16));
                }
            }
            desk.period();
            heard += u32::from(desk.leg.heard().is_some());
        }
        prop_assert_eq!(heard, fates.len() as u32);
        desk.leg.stop(OrderId(1));
        desk.drain();
        let played_ms = heard * 20;
        let stopped = SoundFact::Stopped { order: OrderId(1), played_ms };
        prop_assert!(desk.take().contains(&stopped));
    }

    #[test]
    fn hostile_packets_never_break_a_leg(
        packets in proptest::collection::vec((proptest::collection::vec(any::<u8>(), 0..60), any::<bool>(), 0u8..2), 0..80),
    ) {
        let mut desk = Desk::new(false);
        desk.leg.set_recorded(true);
        desk.leg.listen(OrderId(1), desk.now);
        for (mut bytes, rtp, kind) in packets {
            if rtp && bytes.len() > 12 {
                bytes[0] = 0x80;
                bytes[1] = [0, 101][usize::from(kind)];
            }
            let peer = desk.peer;
            desk.leg.handle_packet(peer, &bytes, desk.now, desk.now);
            desk.leg.handle_report(peer, &bytes, desk.now);
            desk.period();
        }
    }
}
