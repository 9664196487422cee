//! Bridges: both ways, across threads, with one codec and with two; legs that move in the middle of what they do.
#![allow(clippy::unwrap_used, reason = "tests")]

mod phone;

use std::collections::BTreeSet;
use std::sync::Arc;

use call_model::{BargeIn, OrderId, SoundFact, SoundFailure};
use media::sdp::Codec;
use media_runtime::{MediaRuntime, Play, UnknownLeg};
use phone::{Phone, offer, payloads, prompt, runtime};

/// A payload that tells who sent it and when; never silence.
fn words(phone: &Phone, n: usize) -> Vec<u8> {
    let mut payload = vec![phone.leg.0 as u8; 160];
    payload[0] = n as u8;
    payload[1] = (n >> 8) as u8;
    payload
}

/// Two phones that have been heard, so that their sockets are connected, on the threads asked for.
fn two_phones(runtime: &MediaRuntime, codecs: [Codec; 2]) -> [Phone; 2] {
    let mut phones = [1, 2].map(|leg| Phone::call(runtime, leg, codecs[leg as usize - 1], true));
    for phone in &mut phones {
        phone.press(0);
        assert_eq!(phone.facts.wait_digit(), '0');
    }
    phones
}

/// Sends `count` packets from one to the other, paced by what goes the other way, and gives back what came.
fn converse(a: &mut Phone, b: &mut Phone, count: usize) -> [Vec<phone::Received>; 2] {
    let mut heard = [Vec::new(), Vec::new()];
    for n in 0..count {
        let (to_b, to_a) = (words(a, n), words(b, n));
        a.speak(&to_b);
        b.speak(&to_a);
        heard[0].push(a.receive_until(&to_a));
        heard[1].push(b.receive_until(&to_b));
    }
    heard
}

fn assert_stream(heard: &[phone::Received]) {
    for pair in heard.windows(2) {
        assert_eq!(pair[1].ssrc, pair[0].ssrc);
        assert_eq!(pair[1].sequence, pair[0].sequence.wrapping_add(1));
        assert_eq!(pair[1].timestamp, pair[0].timestamp.wrapping_add(160));
    }
}

#[test]
fn two_legs_of_two_threads_hear_each_other_packet_by_packet() {
    let runtime = runtime(2, 22_700);
    let [mut a, mut b] = two_phones(&runtime, [Codec::Pcmu, Codec::Pcmu]);
    assert_ne!(runtime.thread_of(a.leg), runtime.thread_of(b.leg));
    runtime.play(b.leg, OrderId(1), Play::music(prompt(50, 3))).unwrap();
    b.receive_until(&payloads(&prompt(50, 3), Codec::Pcmu)[10]);
    runtime.bridge(OrderId(2), a.leg, b.leg).unwrap();
    assert!(matches!(b.facts.wait_closing(OrderId(1)), SoundFact::Stopped { .. }));
    assert_eq!(runtime.thread_of(a.leg), runtime.thread_of(b.leg));
    let [to_a, to_b] = converse(&mut a, &mut b, 50);
    assert_stream(&to_a);
    assert_stream(&to_b);
    assert_eq!(runtime.counters().legs_moved, 1);
    // A key goes through as it is and is told.
    a.press(9);
    assert_eq!(a.facts.wait_digit(), '9');
    assert_eq!(b.receive_until(&[9, 0x8a, 3, 32]).payload_type, 101);
    runtime.close(a.leg);
    assert_eq!(a.facts.wait_closing(OrderId(2)), SoundFact::Finished { order: OrderId(2) });
    b.receive_until(&[Codec::Pcmu.law().silence(); 160]);
    assert_eq!(a.facts.all(), []);
}

#[test]
fn two_codecs_are_transcoded() {
    let runtime = runtime(1, 22_740);
    let [mut a, mut b] = two_phones(&runtime, [Codec::Pcmu, Codec::Pcma]);
    runtime.bridge(OrderId(1), a.leg, b.leg).unwrap();
    let loud = audio::g711::encode(Codec::Pcmu.law(), 8_000);
    let expected = audio::g711::encode(Codec::Pcma.law(), audio::g711::decode(Codec::Pcmu.law(), loud));
    let mut came = 0;
    for _ in 0..40 {
        a.speak(&[loud; 160]);
        b.speak(&[expected; 160]);
        let received = b.receive();
        assert_eq!(received.payload_type, Codec::Pcma.static_type());
        came += usize::from(received.payload == [expected; 160]);
    }
    assert!(came > 25, "{came}");
    // A key cannot be passed on packet by packet, so it is pressed anew.
    a.press(4);
    loop {
        let received = b.receive();
        if received.payload_type == 101 {
            assert_eq!(received.payload[0], 4);
            break;
        }
    }
}

#[test]
fn a_prompt_to_a_bridged_leg_is_heard_instead_of_the_other() {
    let runtime = runtime(1, 22_780);
    let [mut a, mut b] = two_phones(&runtime, [Codec::Pcma, Codec::Pcma]);
    runtime.bridge(OrderId(1), a.leg, b.leg).unwrap();
    converse(&mut a, &mut b, 10);
    let notice = prompt(10, 5);
    runtime.play(b.leg, OrderId(2), Play::once(vec![Arc::clone(&notice)], BargeIn::Never)).unwrap();
    for payload in payloads(&notice, Codec::Pcma) {
        b.receive_until(&payload);
    }
    assert_eq!(b.facts.wait_closing(OrderId(2)), SoundFact::Finished { order: OrderId(2) });
    converse(&mut a, &mut b, 10);
    runtime.unbridge(b.leg);
    assert_eq!(a.facts.wait_closing(OrderId(1)), SoundFact::Finished { order: OrderId(1) });
}

#[test]
fn a_leg_that_moves_between_threads_loses_nothing() {
    let runtime = runtime(2, 22_820);
    let mut phone = Phone::call(&runtime, 1, Codec::Pcmu, true);
    let sound = prompt(150, 4);
    runtime.play(phone.leg, OrderId(1), Play::once(vec![Arc::clone(&sound)], BargeIn::Never)).unwrap();
    let mut last: Option<phone::Received> = None;
    for (n, payload) in payloads(&sound, Codec::Pcmu).into_iter().enumerate() {
        let received = phone.receive();
        assert_eq!(received.payload, payload, "frame {n}");
        if let Some(last) = &last {
            assert_eq!(received.sequence, last.sequence.wrapping_add(1));
            assert_eq!(received.timestamp, last.timestamp.wrapping_add(160));
        }
        last = Some(received);
        if n % 25 == 10 {
            runtime.move_leg(phone.leg, n / 25 + 1).unwrap();
            // Orders given at once follow it.
            phone.press(1);
            assert_eq!(phone.facts.wait_digit(), '1');
        }
    }
    assert_eq!(phone.facts.wait_closing(OrderId(1)), SoundFact::Finished { order: OrderId(1) });
    assert!(runtime.counters().legs_moved >= 5);
}

#[test]
fn orders_given_while_a_leg_moves_are_carried_out_in_order() {
    let runtime = runtime(2, 22_860);
    let [mut a, mut b] = two_phones(&runtime, [Codec::Pcmu, Codec::Pcmu]);
    for round in 0..40u64 {
        let [bridge, play, other] = [0, 1, 2].map(|n| OrderId(round * 10 + n + 1));
        runtime.move_leg(b.leg, round as usize).unwrap();
        runtime.bridge(bridge, a.leg, b.leg).unwrap();
        runtime.play(b.leg, play, Play::music(prompt(3, 1))).unwrap();
        runtime.stop(b.leg, play);
        runtime.unbridge(a.leg);
        runtime.move_leg(a.leg, round as usize / 2).unwrap();
        runtime.play(a.leg, other, Play::once(vec![prompt(1, 1)], BargeIn::Never)).unwrap();
        let stopped = b.facts.wait_closing(play);
        assert!(matches!(stopped, SoundFact::Stopped { .. }), "{stopped:?} in round {round}");
        assert_eq!(a.facts.wait_closing(bridge), SoundFact::Finished { order: bridge });
        assert_eq!(a.facts.wait_closing(other), SoundFact::Finished { order: other });
    }
    assert_eq!((a.facts.all(), b.facts.all()), (vec![], vec![]));
}

#[test]
fn every_order_has_one_closing_fact_whatever_happens_to_its_leg() {
    let runtime = runtime(2, 22_900);
    let mut phones: Vec<Phone> = (1..=8).map(|leg| Phone::call(&runtime, leg, Codec::Pcmu, true)).collect();
    let mut orders = BTreeSet::new();
    for n in 0..400u64 {
        let at = (n * 7 % 8) as usize;
        let order = OrderId(n);
        let (leg, other) = (phones[at].leg, phones[(at + 3) % 8].leg);
        let taken = match n % 5 {
            0 => runtime.bridge(order, leg, other),
            1 => runtime.press(leg, order, "12"),
            2 => runtime.move_leg(leg, n as usize).and_then(|()| runtime.play(leg, order, Play::music(prompt(2, 1)))),
            _ => runtime.play(leg, order, Play::once(vec![prompt(1, 1)], BargeIn::ByKey)),
        };
        if taken == Ok(()) {
            orders.insert((order, leg));
        } else {
            assert!(matches!(taken, Err(UnknownLeg(_))));
        }
        if n % 50 == 49 {
            runtime.close(phones[(n / 50) as usize].leg);
        }
    }
    phones.iter().for_each(|phone| _ = phone.facts.wait_closed());
    for phone in &mut phones {
        for fact in phone.facts.all() {
            let (SoundFact::Finished { order } | SoundFact::Stopped { order, .. } | SoundFact::Failed { order, .. }) =
                fact
            else {
                panic!("{fact:?}");
            };
            assert!(orders.remove(&(order, phone.leg)), "{order:?} closed twice or never given");
        }
    }
    assert_eq!(orders, BTreeSet::new());
}

#[test]
fn a_leg_is_not_bridged_with_itself_nor_with_one_that_is_gone() {
    let runtime = runtime(1, 22_940);
    let [mut a, b] = two_phones(&runtime, [Codec::Pcmu, Codec::Pcmu]);
    runtime.bridge(OrderId(1), a.leg, a.leg).unwrap();
    let why = SoundFailure::LegGone;
    assert_eq!(a.facts.wait_closing(OrderId(1)), SoundFact::Failed { order: OrderId(1), why });
    runtime.close(b.leg);
    assert_eq!(runtime.bridge(OrderId(2), a.leg, b.leg), Err(UnknownLeg(b.leg)));
}

#[test]
fn hold_and_a_change_of_codec_in_the_middle_of_a_bridge() {
    let runtime = runtime(1, 22_980);
    let [mut a, mut b] = two_phones(&runtime, [Codec::Pcmu, Codec::Pcmu]);
    runtime.bridge(OrderId(1), a.leg, b.leg).unwrap();
    converse(&mut a, &mut b, 10);
    let port = b.rtp.local_addr().unwrap().port();
    runtime.answer_change(b.leg, &offer(port, Codec::Pcma, true)).unwrap();
    b.codec = Codec::Pcma;
    let mut changed = 0;
    for n in 0..40 {
        a.speak(&words(&a, n));
        b.speak(&words(&b, n));
        changed += usize::from(b.receive().payload_type == Codec::Pcma.static_type());
        assert_eq!(a.receive().payload_type, Codec::Pcmu.static_type());
    }
    assert!(changed > 25, "{changed}");
    runtime.answer_change(b.leg, &offer(port, Codec::Pcmu, true)).unwrap();
    b.codec = Codec::Pcmu;
    b.receive_until(&[Codec::Pcmu.law().silence(); 160]);
    converse(&mut a, &mut b, 10);
}
