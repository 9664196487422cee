//! How long a 900-byte INVITE takes to read and write: `cargo run --release -p sip-stack --example message_speed`.

#![allow(clippy::disallowed_methods)] // A measurement reads the clock.

use std::hint::black_box;
use std::time::Instant;

use sip_stack::message::Message;

const INVITE: &str = "INVITE sip:+34911000001@sip.example.com;user=phone SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKnashds8;rport\r\n\
    Max-Forwards: 70\r\n\
    From: \"Alice Example\" <sip:+34600000000@sip.example.com>;tag=1928301774\r\n\
    To: <sip:+34911000001@sip.example.com;user=phone>\r\n\
    Call-ID: a84b4c76e66710@192.0.2.10\r\n\
    CSeq: 314159 INVITE\r\n\
    Contact: <sip:+34600000000@192.0.2.10:5060;transport=udp>\r\n\
    Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK, UPDATE, REFER\r\n\
    Supported: timer, 100rel, replaces\r\n\
    Session-Expires: 1800;refresher=uac\r\n\
    Min-SE: 90\r\n\
    User-Agent: Example PBX 16.2\r\n\
    Content-Type: application/sdp\r\n\
    Content-Length: 252\r\n\r\n";

fn main() {
    let mut bytes = INVITE.as_bytes().to_vec();
    bytes.extend_from_slice(&[b'v'; 252]);
    let rounds = 200_000_u32;
    measure("read", rounds, || drop(black_box(Message::parse_datagram(black_box(&bytes)))));
    let message = Message::parse_datagram(&bytes).expect("the message is well-formed");
    measure("write", rounds, || drop(black_box(black_box(&message).to_bytes())));
    println!("{} bytes a message", bytes.len());
}

fn measure(what: &str, rounds: u32, work: impl Fn()) {
    let begun = Instant::now();
    (0..rounds).for_each(|_| work());
    println!("{what}: {:?} each", begun.elapsed() / rounds);
}
