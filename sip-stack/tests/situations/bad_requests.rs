//! What strangers and broken programs send, and what they get for it.

use crate::support::{A, Packet, World, address, config_at, ms, request, trunk_at};

const PEER: &str = "192.0.2.9:5060";

fn world() -> World {
    let mut world = World::new(1);
    let mut config = config_at(address("192.0.2.1:5060"));
    config.trunks = vec![trunk_at("peer", address(PEER))];
    config.limits.body = 2000;
    world.add(config, 1);
    world
}

/// The statuses with which texts sent one after the other are answered.
fn answers(world: &mut World, from: &str, texts: &[String]) -> Vec<u16> {
    let mut statuses = Vec::new();
    for text in texts {
        world.send_raw(address(from), address("192.0.2.1:5060"), text);
        world.run_for(ms(20));
        // What was broken in the request is still broken in its answer, so only the status is read.
        let status = |packet: &Packet| packet.text().split(' ').nth(1).unwrap().parse::<u16>().unwrap();
        statuses.extend(world.take_strangers().iter().map(status));
    }
    statuses
}

fn invite(more: &str, body: &str) -> String {
    request("INVITE", address(PEER), 1, more, body)
}

#[test]
fn each_fault_has_its_status() {
    let sdp = "Content-Type: application/sdp\r\n";
    for (text, status) in [
        (invite("", "").replace("CSeq: 1 INVITE", "CSeq: x INVITE"), 400),
        (invite("", "").replace("CSeq: 1 INVITE", "CSeq: 1 BYE"), 400),
        (invite("", "").replace("Contact: <sip:stranger@192.0.2.9:5060>\r\n", ""), 400),
        (invite("Content-Type: text/html\r\n", "<p>"), 415),
        (invite(sdp, &"a=x\r\n".repeat(1000)), 413),
        (invite(sdp, "v=0").replace("Content-Length: 3", "Content-Length: 30"), 400),
        (invite("", "").replace("Max-Forwards: 70", "Max-Forwards: 0"), 483),
        (invite("", "").replace("INVITE sip:100@192.0.2.1", "INVITE mailto:a@b"), 416),
        (invite("", "").replace("INVITE sip:100@192.0.2.1", "INVITE sips:a@b"), 416),
        (invite("", "").replace("INVITE sip:100@192.0.2.1 SIP/2.0", "INVITE sip:100@192.0.2.1 SIP/7.0"), 505),
        (invite("", "").replace("To: <sip:100@192.0.2.1>", "To: <sip:100@192.0.2.1>;tag=0123456789abcdef"), 481),
        (request("BYE", address(PEER), 1, "", ""), 481),
        (request("CANCEL", address(PEER), 1, "", ""), 481),
    ] {
        let mut world = world();
        assert_eq!(answers(&mut world, PEER, std::slice::from_ref(&text)), [status], "{text}");
        assert!(world.sides[A].invites.is_empty(), "{text}");
        world.run_out();
        world.assert_empty();
    }
}

#[test]
fn garbage_is_dropped() {
    let mut world = world();
    for bytes in ["", "\r\n\r\n", "\0\0\0\0", "hello", "INVITE", "SIP/2.0 200 OK\r\n\r\n", "\u{ff}\u{fe}"] {
        assert_eq!(answers(&mut world, PEER, &[bytes.to_owned()]), [], "{bytes:?}");
    }
    let whole = invite("Content-Type: application/sdp\r\n", "v=0\r\n");
    for end in 0..whole.len() {
        world.send_raw(address(PEER), address("192.0.2.1:5060"), &whole[..end]);
    }
    world.run_for(ms(20));
}

#[test]
fn strangers_are_refused_and_scanners_hear_nothing() {
    let stranger = "203.0.113.5:5060";
    let mut world = world();
    let text = |method: &str, more: &str| request(method, address(stranger), 1, more, "");
    assert_eq!(answers(&mut world, stranger, &[text("INVITE", "")]), [403]);
    assert_eq!(answers(&mut world, stranger, &[text("OPTIONS", "")]), [403]);
    assert_eq!(answers(&mut world, stranger, &[text("REGISTER", "")]), [403]);
    let scanner = "User-Agent: friendly-scanner\r\n";
    assert_eq!(answers(&mut world, stranger, &[text("INVITE", scanner), text("OPTIONS", scanner)]), []);
    assert!(world.sides[A].invites.is_empty());
    assert_eq!(world.sides[A].endpoint.stats().transactions, 0);
}

#[test]
fn the_same_invite_by_another_way_is_a_loop() {
    let mut world = world();
    let first = invite("", "");
    let second = first.replace("branch=z9hG4bKINVITE1", "branch=z9hG4bKanother");
    world.send_raw(address(PEER), address("192.0.2.1:5060"), &first);
    world.send_raw(address(PEER), address("192.0.2.1:5060"), &second);
    world.run_for(ms(20));
    assert_eq!(world.take_stranger().response().status, 482);
    assert_eq!(world.sides[A].invites.len(), 1);
}

#[test]
fn a_repeated_invite_is_one_call() {
    let mut world = world();
    for _ in 0..5 {
        world.send_raw(address(PEER), address("192.0.2.1:5060"), &invite("", ""));
    }
    world.run_for(ms(20));
    assert_eq!(world.sides[A].invites.len(), 1);
    assert!(world.take_strangers().iter().all(|packet| packet.response().status == 100));
}

#[test]
fn refusals_to_repetitions_are_the_same() {
    let mut world = world();
    let text = request("INVITE", address("203.0.113.5:5060"), 1, "", "");
    for _ in 0..3 {
        world.send_raw(address("203.0.113.5:5060"), address("192.0.2.1:5060"), &text);
    }
    world.run_for(ms(20));
    let refusals = world.take_strangers();
    assert_eq!(refusals.len(), 3);
    assert!(refusals.windows(2).all(|pair| pair[0].bytes == pair[1].bytes));
}

#[test]
fn without_rport_the_answer_goes_to_the_port_in_via() {
    let mut world = world();
    let text = invite("", "").replace(";rport", "").replace("INVITE sip", "FOO sip").replace("1 INVITE", "1 FOO");
    world.send_raw(address("192.0.2.9:41000"), address("192.0.2.1:5060"), &text);
    world.run_for(ms(20));
    assert_eq!(world.take_stranger().to, address("192.0.2.9:5060"));
    world.send_raw(address("192.0.2.9:41000"), address("192.0.2.1:5060"), &text.replace("branch=", "rport;branch="));
    world.run_for(ms(20));
    let packet = world.take_stranger();
    assert_eq!(packet.to, address("192.0.2.9:41000"));
    assert_eq!(packet.response().top_via().unwrap().rport(), Some(41000));
}
