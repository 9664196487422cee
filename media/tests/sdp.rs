//! Offer and answer between two of ours, and with the descriptions that telephones write.
#![allow(clippy::unwrap_used, reason = "tests")]

use media::sdp::{Agreement, Codec, Description, Direction, Local, Negotiation, PayloadTypes, SdpError};
use proptest::prelude::*;

fn ours(port: u16) -> Negotiation {
    Negotiation::new(Local { id: 77, address: "198.51.100.7".parse().unwrap(), port })
}

fn answer(offer: &str) -> (Agreement, String) {
    let (agreement, answer) = ours(16_384).answer(offer.as_bytes()).unwrap();
    (agreement, String::from_utf8(answer).unwrap())
}

#[test]
fn the_offer_of_a_telephone_is_answered_with_its_first_codec_of_ours() {
    let (agreement, answer) = answer(
        "v=0\r\no=- 3 3 IN IP4 192.0.2.5\r\ns=x\r\nc=IN IP4 192.0.2.5\r\nt=0 0\r\n\
         m=audio 40000 RTP/AVP 9 96 8 0 110 3\r\na=rtpmap:9 G722/8000\r\na=rtpmap:96 opus/48000/2\r\n\
         a=rtpmap:110 telephone-event/8000\r\na=fmtp:110 0-16\r\na=ptime:30\r\na=sendrecv\r\n",
    );
    assert_eq!((agreement.codec, agreement.sound), (Codec::Pcma, PayloadTypes { send: 8, receive: 8 }));
    assert_eq!(agreement.keys, Some(PayloadTypes { send: 110, receive: 110 }));
    assert_eq!(agreement.rtp, Some("192.0.2.5:40000".parse().unwrap()));
    assert_eq!(agreement.rtcp, Some("192.0.2.5:40001".parse().unwrap()));
    assert_eq!(agreement.peer_ptime, Some(30));
    assert!(answer.contains("m=audio 16384 RTP/AVP 8 110\r\n"), "{answer}");
    assert!(answer.contains("c=IN IP4 198.51.100.7\r\n"), "{answer}");
    assert!(answer.contains("a=fmtp:110 0-15\r\n"), "{answer}");
}

#[test]
fn other_media_lines_are_answered_with_port_0_in_their_order() {
    let (_, answer) = answer(
        "v=0\nc=IN IP4 192.0.2.5\nm=image 5000 udptl t38\nm=audio 5002 RTP/SAVP 0\nm=audio 5004 RTP/AVP 0\nm=video 5006 RTP/AVP 31 34\nm=audio 5008 RTP/AVP 0\n",
    );
    let lines: Vec<&str> = answer.lines().filter(|line| line.starts_with("m=")).collect();
    let expected = [
        "m=image 0 udptl t38",
        "m=audio 0 RTP/SAVP 0",
        "m=audio 16384 RTP/AVP 0",
        "m=video 0 RTP/AVP 31 34",
        "m=audio 0 RTP/AVP 0",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn hold_is_read_in_each_of_its_spellings() {
    let cases = [
        ("192.0.2.5", "a=sendonly", Direction::RecvOnly),
        ("192.0.2.5", "a=recvonly", Direction::SendOnly),
        ("192.0.2.5", "a=inactive", Direction::Inactive),
        ("192.0.2.5", "", Direction::SendRecv),
        ("0.0.0.0", "", Direction::RecvOnly),
        ("0.0.0.0", "a=sendonly", Direction::RecvOnly),
        ("0.0.0.0", "a=inactive", Direction::Inactive),
    ];
    for (address, attribute, expected) in cases {
        let (agreement, answer) = answer(&format!("v=0\nc=IN IP4 {address}\nm=audio 4000 RTP/AVP 0\n{attribute}\n"));
        assert_eq!(agreement.direction, expected, "{address} {attribute}");
        assert!(answer.contains(&format!("a={}\r\n", expected.name())), "{answer}");
        assert_eq!(agreement.rtp.is_some(), address != "0.0.0.0");
    }
}

#[test]
fn a_dynamic_type_for_our_codec_and_an_empty_rtpmap_are_read() {
    let (agreement, answer) = answer("v=0\nc=IN IP4 192.0.2.5\nm=audio 4000 RTP/AVP 97\na=rtpmap:97 pcmu/8000\n");
    assert_eq!((agreement.codec, agreement.sound.send, agreement.keys), (Codec::Pcmu, 97, None));
    assert!(answer.contains("a=rtpmap:97 PCMU/8000"), "{answer}");
    let (agreement, _) = answer_named("m=audio 4000 RTP/AVP 0");
    assert_eq!(agreement.rtp, None);
}

fn answer_named(line: &str) -> (Agreement, String) {
    answer(&format!("v=0\nc=IN IP4 phone.example.com\n{line}\n"))
}

#[test]
fn ipv6_and_shared_ports_are_agreed() {
    let (agreement, answer) = answer("v=0\nc=IN IP6 2001:db8::5\nm=audio 4000 RTP/AVPF 0\na=rtcp-mux\na=rtcp:4000\n");
    assert_eq!(agreement.rtp, Some("[2001:db8::5]:4000".parse().unwrap()));
    assert_eq!((agreement.rtcp, agreement.rtcp_mux), (agreement.rtp, true));
    assert!(answer.contains("RTP/AVPF 0") && answer.contains("a=rtcp-mux"), "{answer}");
    let (_, answer) = Negotiation::new(Local { id: 1, address: "2001:db8::1".parse().unwrap(), port: 2 })
        .answer(b"m=audio 4000 RTP/AVP 0\nc=IN IP4 192.0.2.1")
        .unwrap();
    assert!(String::from_utf8(answer).unwrap().contains("c=IN IP6 2001:db8::1"));
}

#[test]
fn no_codec_of_ours_is_488_and_leaves_what_was_agreed() {
    let mut ours = ours(2);
    ours.answer(b"m=audio 4000 RTP/AVP 0\nc=IN IP4 192.0.2.1").unwrap();
    let before = ours.agreed().cloned();
    for offer in ["m=audio 4000 RTP/AVP 9 18", "m=audio 0 RTP/AVP 0", "m=video 4000 RTP/AVP 31", "m=audio 4 RTP/SAVP 0"]
    {
        let error = ours.answer(offer.as_bytes()).unwrap_err();
        assert_eq!((error, error.sip_status()), (SdpError::NoCommonCodec, 488), "{offer}");
    }
    assert_eq!(ours.agreed().cloned(), before);
}

#[test]
fn a_change_keeps_the_codec_in_force_while_it_is_offered() {
    let mut ours = ours(2);
    ours.answer(b"m=audio 4000 RTP/AVP 8\nc=IN IP4 192.0.2.1").unwrap();
    let (agreement, _) = ours.answer(b"m=audio 4000 RTP/AVP 0 8\nc=IN IP4 192.0.2.1").unwrap();
    assert_eq!(agreement.codec, Codec::Pcma);
    let (agreement, _) = ours.answer(b"m=audio 4000 RTP/AVP 0\nc=IN IP4 192.0.2.1").unwrap();
    assert_eq!(agreement.codec, Codec::Pcmu);
}

#[test]
fn an_answer_is_read_only_for_an_offer_and_a_refusal_is_told() {
    let mut ours = ours(2);
    assert_eq!(ours.accept(b"m=audio 4000 RTP/AVP 0"), Err(SdpError::NoOffer));
    ours.offer(Direction::SendRecv);
    assert_eq!(ours.accept(b"v=0\nm=audio 0 RTP/AVP 0"), Err(SdpError::Refused));
    let early = ours.accept(b"c=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 8 0\na=rtcp-mux").unwrap();
    assert_eq!((early.codec, early.keys, early.rtcp_mux), (Codec::Pcma, None, false));
    let later = ours
        .accept(b"c=IN IP4 192.0.2.2\nm=audio 4004 RTP/AVP 0 96\na=rtpmap:96 telephone-event/8000\na=sendonly")
        .unwrap();
    assert_eq!(later.keys, Some(PayloadTypes { send: 96, receive: 101 }));
    assert_eq!(later.direction, Direction::RecvOnly);
}

#[test]
fn each_of_our_descriptions_has_a_higher_version() {
    let mut ours = ours(2);
    let mut versions: Vec<u64> = (0..3)
        .map(|_| {
            let offer = Description::parse(&ours.offer(Direction::SendRecv)).unwrap();
            offer.origin.unwrap().split(' ').nth(2).unwrap().parse().unwrap()
        })
        .collect();
    let (_, answer) = ours.answer(b"m=audio 4000 RTP/AVP 0").unwrap();
    let origin = Description::parse(&answer).unwrap().origin.unwrap();
    versions.push(origin.split(' ').nth(2).unwrap().parse().unwrap());
    assert!(versions.is_sorted_by(|a, b| a < b), "{versions:?}");
}

fn direction() -> impl Strategy<Value = Direction> {
    prop_oneof![
        Just(Direction::SendRecv),
        Just(Direction::SendOnly),
        Just(Direction::RecvOnly),
        Just(Direction::Inactive)
    ]
}

proptest! {
    #[test]
    fn two_of_ours_agree_on_the_same_seen_from_each_side(directions in proptest::collection::vec((direction(), any::<bool>()), 1..8)) {
        let mut sides = [ours(1_000), ours(2_000)];
        for (direction, first_offers) in directions {
            let [a, b] = &mut sides;
            let (offerer, answerer) = if first_offers { (a, b) } else { (b, a) };
            let offer = offerer.offer(direction);
            let (theirs, answer) = answerer.answer(&offer).unwrap();
            let mine = offerer.accept(&answer).unwrap();
            prop_assert_eq!(mine.codec, theirs.codec);
            prop_assert_eq!(mine.direction, theirs.direction.reversed());
            prop_assert_eq!(mine.direction, direction);
            prop_assert_eq!(mine.sound.send, theirs.sound.receive);
            let (mine_keys, their_keys) = (mine.keys.unwrap(), theirs.keys.unwrap());
            prop_assert_eq!((mine_keys.send, mine_keys.receive), (their_keys.receive, their_keys.send));
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = Description::parse(&bytes);
        let _ = ours(2).answer(&bytes);
    }

    #[test]
    fn any_lines_are_read_or_refused(lines in proptest::collection::vec(
        "(v=0|o=.{0,20}|c=IN IP[46] [0-9.:a-z/]{0,16}|m=audio [0-9/]{0,6} RTP/AVPF? [0-9 ]{0,12}|m=.{0,30}|a=(rtpmap|fmtp|ptime|rtcp|sendonly|inactive):?.{0,20}|.{0,40})",
        0..40,
    )) {
        let text = lines.join("\r\n");
        let mut negotiation = ours(2);
        if let Ok((agreement, answer)) = negotiation.answer(text.as_bytes()) {
            let answer = Description::parse(&answer).unwrap();
            let offer = Description::parse(text.as_bytes()).unwrap();
            prop_assert_eq!(answer.media.len(), offer.media.len());
            prop_assert_eq!(answer.media.iter().filter(|media| media.port != 0).count(), 1);
            prop_assert!(agreement.rtp.is_none_or(|address| address.port() != 0));
        }
        negotiation.offer(Direction::SendRecv);
        let _ = negotiation.accept(text.as_bytes());
    }
}
