//! Prompts to a telephone, keys from and to it, barge-in, and what ends.
#![allow(clippy::unwrap_used, reason = "tests")]

mod phone;

use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use call_model::{BargeIn, LegId, OrderId, SoundFact, SoundFailure};
use media::dtmf_events::{KeyReceiver, key_of};
use media::rtp::RtpPacket;
use media::sdp::{Codec, Direction};
use media_runtime::{HeardFrame, MediaRuntime, OpenError, Play, RuntimeConfig, UnknownLeg};
use phone::{LIMIT, Phone, address, config, offer, payloads, prompt, runtime, sink, sockets};

use std::sync::Arc;

fn play(runtime: &MediaRuntime, phone: &Phone, order: u64, frames: usize, barge_in: BargeIn) {
    let play = Play::once(vec![prompt(frames, order as usize)], barge_in);
    runtime.play(phone.leg, OrderId(order), play).unwrap();
}

#[test]
fn a_prompt_arrives_exactly_and_complete() {
    for (codec, first_port) in [(Codec::Pcmu, 22_000), (Codec::Pcma, 22_040)] {
        let runtime = runtime(1, first_port);
        let mut phone = Phone::call(&runtime, 1, codec, true);
        let (one, two) = (prompt(20, 1), prompt(15, 9));
        let play = Play::once(vec![Arc::clone(&one), Arc::clone(&two)], BargeIn::BySpeech);
        runtime.play(phone.leg, OrderId(1), play).unwrap();
        let expected: Vec<Vec<u8>> = [payloads(&one, codec), payloads(&two, codec)].concat();
        let first = phone.receive();
        assert!(first.marker);
        assert_eq!(first.payload_type, codec.static_type());
        assert_eq!(first.payload, expected[0]);
        for (n, payload) in expected.iter().enumerate().skip(1) {
            let received = phone.receive();
            assert_eq!(&received.payload, payload, "frame {n}");
            assert_eq!(received.sequence, first.sequence.wrapping_add(n as u16));
            assert_eq!(received.timestamp, first.timestamp.wrapping_add(n as u32 * 160));
            assert_eq!((received.ssrc, received.marker), (first.ssrc, false));
        }
        assert_eq!(phone.facts.wait_closing(OrderId(1)), SoundFact::Finished { order: OrderId(1) });
        assert_eq!(phone.receive().payload, [codec.law().silence(); 160]);
    }
}

#[test]
fn packets_are_20_ms_apart() {
    let runtime = runtime(1, 22_080);
    let phone = Phone::call(&runtime, 1, Codec::Pcmu, true);
    play(&runtime, &phone, 1, 60, BargeIn::Never);
    phone.receive();
    let begin = Instant::now();
    (0..50).for_each(|_| _ = phone.receive());
    let elapsed = begin.elapsed();
    // The lower bound holds for a catching-up thread too, if it was late at the first packet by less than this.
    assert!(elapsed > Duration::from_millis(800), "{elapsed:?}");
}

#[test]
fn a_key_stops_the_prompt_and_is_told_once() {
    let runtime = runtime(1, 22_120);
    let mut phone = Phone::call(&runtime, 1, Codec::Pcmu, true);
    play(&runtime, &phone, 1, 1_000, BargeIn::ByKey);
    (0..5).for_each(|_| _ = phone.receive());
    phone.press(11);
    phone.press(5);
    let SoundFact::Stopped { played_ms, .. } = phone.facts.wait_closing(OrderId(1)) else { panic!("not stopped") };
    assert!((100..20_000).contains(&played_ms), "{played_ms}");
    assert_eq!([phone.facts.wait_digit(), phone.facts.wait_digit()], ['#', '5']);
    phone.receive_until(&[Codec::Pcmu.law().silence(); 160]);
    runtime.close(phone.leg);
    assert_eq!(phone.facts.wait_closed().keys, 2);
    assert_eq!(phone.facts.all(), []);
}

#[test]
fn a_prompt_without_barge_in_outlives_a_key() {
    let runtime = runtime(1, 22_160);
    let mut phone = Phone::call(&runtime, 1, Codec::Pcmu, true);
    play(&runtime, &phone, 1, 20, BargeIn::Never);
    phone.press(1);
    assert_eq!(phone.facts.wait_closing(OrderId(1)), SoundFact::Finished { order: OrderId(1) });
    assert_eq!(phone.facts.wait_digit(), '1');
}

#[test]
fn speech_stops_the_prompt_and_is_heard_period_by_period() {
    let runtime = runtime(1, 22_200);
    let mut phone = Phone::call(&runtime, 1, Codec::Pcmu, true);
    let (frames, heard) = sync_channel::<HeardFrame>(2_000);
    play(&runtime, &phone, 1, 2_000, BargeIn::BySpeech);
    runtime.listen(phone.leg, OrderId(2), Arc::new(frames)).unwrap();
    let speech = PromptSpeech::new();
    let mut stopped = None;
    for n in 0..400 {
        // What comes paces what goes.
        phone.receive();
        phone.speak(&speech.frame(n));
        stopped = phone.facts.all().into_iter().find(|fact| phone::closes(fact, OrderId(1))).or(stopped);
        if stopped.is_some() {
            break;
        }
    }
    assert!(matches!(stopped, Some(SoundFact::Stopped { .. })), "{stopped:?}");
    runtime.stop(phone.leg, OrderId(2));
    let SoundFact::Stopped { played_ms, .. } = phone.facts.wait_closing(OrderId(2)) else { panic!("not stopped") };
    let heard: Vec<HeardFrame> = heard.iter().collect();
    assert_eq!(heard.len() as u32 * 20, played_ms);
    assert!(heard.iter().all(|frame| (frame.order, frame.leg) == (OrderId(2), phone.leg)));
    assert!(heard.iter().any(|frame| frame.voiced));
}

/// A voice that needs no file: a buzz of 140 Hz with a moving formant, loud for 300 ms of every 400, after 0.6 s of calm.
struct PromptSpeech(Vec<i16>);

impl PromptSpeech {
    fn new() -> Self {
        let mut samples = Vec::new();
        let (mut y1, mut y2) = (0.0f32, 0.0f32);
        for n in 0..8_000 * 8 {
            let t = n as f32 / 8_000.0;
            let spoken = t > 0.6 && (t * 2.5).fract() < 0.75;
            let pitch = 140.0 + 20.0 * (t * 5.0).sin();
            let pulse = if (t * pitch).fract() < pitch / 8_000.0 { 9_000.0 } else { 0.0 };
            let formant = 600.0 + 300.0 * (t * 9.0).sin();
            let (r, w) = (0.94f32, std::f32::consts::TAU * formant / 8_000.0);
            let y = if spoken { pulse } else { 0.0 } + 2.0 * r * w.cos() * y1 - r * r * y2;
            (y2, y1) = (y1, y);
            samples.push(y.clamp(-30_000.0, 30_000.0) as i16);
        }
        Self(samples)
    }

    fn frame(&self, n: usize) -> Vec<u8> {
        self.0[n * 160..][..160].iter().map(|sample| audio::g711::encode(Codec::Pcmu.law(), *sample)).collect()
    }
}

#[test]
fn keys_pressed_for_the_other_side_come_as_events() {
    let runtime = runtime(1, 22_240);
    let mut phone = Phone::call(&runtime, 1, Codec::Pcma, true);
    runtime.press(phone.leg, OrderId(1), "19#D").unwrap();
    let mut receiver = KeyReceiver::default();
    let mut keys = String::new();
    let (mut ends, mut last) = (0, None);
    while keys.len() < 4 || ends < 12 {
        let received = phone.receive();
        if let Some(last) = last.replace(received.sequence) {
            assert_eq!(received.sequence, last.wrapping_add(1));
        }
        if received.payload_type == 101 {
            ends += u32::from(received.payload[1] & 0x80 != 0);
            keys.extend(receiver.push(&RtpPacket {
                marker: received.marker,
                payload_type: 101,
                sequence: received.sequence,
                timestamp: received.timestamp,
                ssrc: received.ssrc,
                payload: &received.payload,
            }));
        }
    }
    assert_eq!(keys, "19#D");
    assert_eq!(phone.facts.wait_closing(OrderId(1)), SoundFact::Finished { order: OrderId(1) });
    runtime.press(phone.leg, OrderId(2), "12x").unwrap();
    let why = SoundFailure::Overload;
    assert_eq!(phone.facts.wait_closing(OrderId(2)), SoundFact::Failed { order: OrderId(2), why });
}

#[test]
fn without_events_keys_go_and_come_as_tones() {
    let runtime = runtime(1, 22_280);
    let mut phone = Phone::call(&runtime, 1, Codec::Pcmu, false);
    runtime.press(phone.leg, OrderId(1), "73").unwrap();
    let tone = audio::dtmf::tone('8', 100).unwrap();
    let silence = vec![0i16; 1_600];
    let sound: Vec<i16> = [silence.clone(), tone, silence].concat();
    let mut detector = audio::DtmfDetector::new();
    let mut heard = String::new();
    for n in 0..60 {
        let received = phone.receive();
        assert_eq!(received.payload_type, 0);
        let mut frame = [0; 160];
        audio::g711::decode_into(Codec::Pcmu.law(), &received.payload, &mut frame);
        heard.extend(detector.push(&frame));
        let samples = sound.get(n * 160..n * 160 + 160).unwrap_or(&[0; 160]);
        let payload: Vec<u8> = samples.iter().map(|sample| audio::g711::encode(Codec::Pcmu.law(), *sample)).collect();
        phone.speak(&payload);
    }
    assert_eq!(heard, "73");
    assert_eq!(phone.facts.wait_digit(), '8');
    assert_eq!(phone.facts.wait_closing(OrderId(1)), SoundFact::Finished { order: OrderId(1) });
}

#[test]
fn every_order_of_a_closed_leg_is_closed() {
    let runtime = runtime(1, 22_320);
    let mut phone = Phone::call(&runtime, 1, Codec::Pcmu, true);
    let (frames, _heard) = sync_channel::<HeardFrame>(1);
    play(&runtime, &phone, 1, 1_000, BargeIn::Never);
    runtime.listen(phone.leg, OrderId(2), Arc::new(frames)).unwrap();
    runtime.press(phone.leg, OrderId(3), "123").unwrap();
    runtime.close(phone.leg);
    phone.facts.wait_closed();
    for order in [1, 2, 3].map(OrderId) {
        let why = SoundFailure::LegGone;
        assert_eq!(phone.facts.wait_closing(order), SoundFact::Failed { order, why });
    }
    assert_eq!(phone.facts.all(), []);
    let refused = runtime.play(phone.leg, OrderId(4), Play::once(vec![], BargeIn::Never));
    assert_eq!(refused, Err(UnknownLeg(phone.leg)));
    assert_eq!(runtime.counters().legs, 0);
}

#[test]
fn a_further_prompt_replaces_the_one_before_and_music_goes_on() {
    let runtime = runtime(1, 22_360);
    let mut phone = Phone::call(&runtime, 1, Codec::Pcmu, true);
    let music = prompt(3, 40);
    runtime.play(phone.leg, OrderId(1), Play::music(Arc::clone(&music))).unwrap();
    let turn = payloads(&music, Codec::Pcmu);
    for n in 0..12 {
        assert_eq!(phone.receive().payload, turn[n % 3]);
    }
    play(&runtime, &phone, 2, 2, BargeIn::Never);
    assert!(matches!(phone.facts.wait_closing(OrderId(1)), SoundFact::Stopped { .. }));
    assert_eq!(phone.facts.wait_closing(OrderId(2)), SoundFact::Finished { order: OrderId(2) });
}

#[test]
fn too_many_orders_are_refused_each_by_its_fact() {
    let config = RuntimeConfig { order_limit: 0, ..config(1, 22_400) };
    let runtime = MediaRuntime::start(config).unwrap();
    let mut phone = Phone::call(&runtime, 1, Codec::Pcmu, true);
    play(&runtime, &phone, 1, 2, BargeIn::Never);
    let why = SoundFailure::Overload;
    assert_eq!(phone.facts.wait_closing(OrderId(1)), SoundFact::Failed { order: OrderId(1), why });
    assert_eq!(runtime.counters().orders_refused, 1);
}

#[test]
fn a_stranger_is_refused_and_counted() {
    let runtime = runtime(1, 22_440);
    let mut phone = Phone::call(&runtime, 1, Codec::Pcmu, true);
    let (stranger, _) = sockets();
    let mut bytes = [0; 200];
    for n in 0..3u16 {
        let payload = &[0x55; 160];
        let packet = RtpPacket { marker: false, payload_type: 0, sequence: n * 9, timestamp: 0, ssrc: 66, payload };
        let length = packet.write(&mut bytes).unwrap();
        stranger.send_to(&bytes[..length], phone.server).unwrap();
    }
    phone.press(3);
    assert_eq!(phone.facts.wait_digit(), '3');
    for n in 0..20u16 {
        let event = &[9, 10, 0, 160];
        let packet = RtpPacket { marker: true, payload_type: 101, sequence: n, timestamp: 0, ssrc: 66, payload: event };
        let length = packet.write(&mut bytes).unwrap();
        stranger.send_to(&bytes[..length], phone.server).unwrap();
    }
    phone.press(4);
    assert_eq!(phone.facts.wait_digit(), '4');
    runtime.close(phone.leg);
    let stats = phone.facts.wait_closed();
    assert!(stats.strangers >= 3, "{stats:?}");
    assert_eq!((stats.packets_received, stats.keys), (16, 2));
}

#[test]
fn a_peer_behind_a_nat_is_learnt_and_spoken_to() {
    let runtime = runtime(1, 22_480);
    let mut phone = Phone::call(&runtime, 1, Codec::Pcmu, true);
    // The signalled port is not where its packets come from.
    let (elsewhere, _) = sockets();
    phone.rtp = elsewhere;
    play(&runtime, &phone, 1, 100, BargeIn::Never);
    (0..6).for_each(|_| phone.speak(&[0x7f; 160]));
    assert_eq!(phone.receive().payload.len(), 160);
    phone.press(2);
    assert_eq!(phone.facts.wait_digit(), '2');
}

#[test]
fn our_offer_is_answered_and_hold_stops_our_sound() {
    let runtime = runtime(1, 22_520);
    let (rtp, rtcp) = sockets();
    let (sink, facts) = sink();
    let leg = LegId(7);
    let ours = runtime.open_offer(leg, sink).unwrap();
    let port = rtp.local_addr().unwrap().port();
    runtime.accept_answer(leg, &offer(port, Codec::Pcma, true)).unwrap();
    let server = address(&ours);
    let mut phone = Phone { leg, rtp, rtcp, server, codec: Codec::Pcma, facts, sequence: 1, timestamp: 1, ssrc: 5 };
    let music = prompt(5, 2);
    runtime.play(leg, OrderId(1), Play::music(Arc::clone(&music))).unwrap();
    phone.receive_until(&payloads(&music, Codec::Pcma)[4]);
    // The peer holds us with another codec offered first: the one in force stays.
    let hold = String::from_utf8(offer(port, Codec::Pcma, true)).unwrap().replace("sendrecv", "sendonly");
    let answer = String::from_utf8(runtime.answer_change(leg, hold.as_bytes()).unwrap()).unwrap();
    assert!(answer.contains("a=recvonly"), "{answer}");
    phone.press(6);
    assert_eq!(phone.facts.wait_digit(), '6');
    phone.rtp.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    while phone.rtp.recv(&mut [0; 200]).is_ok() {}
    phone.rtp.set_read_timeout(Some(LIMIT)).unwrap();
    runtime.answer_change(leg, &offer(port, Codec::Pcmu, true)).unwrap();
    let resumed = phone.receive_until(&payloads(&music, Codec::Pcmu)[0]);
    assert_eq!(resumed.payload_type, 0);
    let ours = String::from_utf8(runtime.offer_change(leg, Direction::SendOnly).unwrap()).unwrap();
    assert!(ours.contains("a=sendonly") && ours.contains("RTP/AVP 0 8 101"), "{ours}");
    runtime.change_refused(leg);
    assert!(matches!(runtime.accept_answer(leg, &hold.into_bytes()), Err(OpenError::Sdp(_))));
}

#[test]
fn what_cannot_be_opened_says_why() {
    let runtime = runtime(1, 22_560);
    let (sink, _facts) = sink();
    let refuse = |offer: &[u8]| runtime.open_answer(LegId(1), offer, Arc::clone(&sink)).unwrap_err().sip_status();
    assert_eq!(refuse(b"nonsense"), 400);
    assert_eq!(refuse(b"v=0\nc=IN IP4 127.0.0.1\nm=audio 4000 RTP/AVP 9 18\n"), 488);
    runtime.open_offer(LegId(1), Arc::clone(&sink)).unwrap();
    assert!(matches!(runtime.open_offer(LegId(1), Arc::clone(&sink)), Err(OpenError::AlreadyOpen(_))));
    for leg in 2..=20 {
        runtime.open_offer(LegId(leg), Arc::clone(&sink)).unwrap();
    }
    assert_eq!(runtime.open_offer(LegId(21), Arc::clone(&sink)).unwrap_err().sip_status(), 503);
    runtime.shut_down();
    assert!(matches!(runtime.open_offer(LegId(22), sink), Err(OpenError::ShutDown)));
    assert_eq!(runtime.counters().legs, 0);
}

#[test]
fn silence_of_the_peer_is_told_once_and_not_on_hold() {
    let limit = Some(Duration::from_millis(200));
    let runtime = MediaRuntime::start(RuntimeConfig { silence_limit: limit, ..config(1, 22_600) }).unwrap();
    let mut phone = Phone::call(&runtime, 1, Codec::Pcmu, true);
    let mut held = Phone::call(&runtime, 2, Codec::Pcmu, true);
    let port = held.rtp.local_addr().unwrap().port();
    let hold = String::from_utf8(offer(port, Codec::Pcmu, true)).unwrap().replace("sendrecv", "inactive");
    runtime.answer_change(held.leg, hold.as_bytes()).unwrap();
    play(&runtime, &held, 2, 40, BargeIn::Never);
    play(&runtime, &phone, 1, 40, BargeIn::Never);
    phone.facts.wait_for(|fact| *fact == SoundFact::SilentTooLong { leg: LegId(1) });
    phone.facts.wait_closing(OrderId(1));
    held.facts.wait_closing(OrderId(2));
    assert_eq!((phone.facts.all(), held.facts.all()), (vec![], vec![]));
}

#[test]
fn reports_are_sent_and_a_goodbye_ends_the_leg() {
    let runtime = runtime(1, 22_640);
    let phone = Phone::call(&runtime, 1, Codec::Pcmu, true);
    play(&runtime, &phone, 1, 10, BargeIn::Never);
    phone.receive();
    runtime.close(phone.leg);
    let mut bytes = [0; 500];
    let length = phone.rtcp.recv(&mut bytes).unwrap();
    let packets = rtc_rtcp::packet::unmarshal(&mut &bytes[..length]).unwrap();
    assert!(packets.iter().any(|packet| packet.as_any().is::<rtc_rtcp::goodbye::Goodbye>()));
    assert_eq!(key_of(10), Some('*'));
}
