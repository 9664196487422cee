//! The IPv6 torture messages of RFC 5118, with the verdicts of the corpus that brings them.

use std::net::IpAddr;

use sip_stack::message::{Fault, Message, Request};
use sipx_testkit::rfc5118::{self, Expect};

fn parse(name: &str) -> Result<Message, Fault> {
    let case = rfc5118::case(name).expect("the corpus holds the case");
    Message::parse_datagram(&case.wire()).map_err(|error| error.fault)
}

fn request(name: &str) -> Request {
    match parse(name) {
        Ok(Message::Request(request)) => request,
        other => panic!("{name}: {other:?}"),
    }
}

fn ip(text: &str) -> Option<IpAddr> {
    Some(text.parse().expect("an address"))
}

#[test]
fn every_verdict_of_the_corpus_holds() {
    for case in rfc5118::CASES {
        let parsed = parse(case.name);
        match case.expect {
            Expect::ParseOk => {
                let message = parsed.unwrap_or_else(|fault| panic!("{}: {fault}", case.name));
                let headers = message.headers();
                assert!(headers.vias().is_ok() && headers.contacts().is_ok(), "{}", case.name);
                let again = Message::parse_datagram(&message.to_bytes()).expect(case.name);
                assert_eq!(again.body(), message.body(), "{}", case.name);
            }
            Expect::ParseErr(_) => assert!(matches!(parsed, Err(Fault::StartLine(_))), "{}", case.name),
            _ => panic!("{}: a verdict this test does not know", case.name),
        }
    }
}

#[test]
fn the_port_stands_outside_the_brackets() {
    let inside = request("port-ambiguous");
    assert_eq!(inside.uri.host().and_then(|host| host.ip()), ip("2001:db8::10:5070"));
    assert_eq!(inside.uri.port(), None);
    let outside = request("port-unambiguous");
    assert_eq!(outside.uri.host().and_then(|host| host.ip()), ip("2001:db8::10"));
    assert_eq!(outside.uri.port(), Some(5070));
}

#[test]
fn received_is_read_with_and_without_brackets() {
    for name in ["via-received-param-with-delim", "via-received-param-no-delim"] {
        assert_eq!(request(name).top_via().expect("Via").received(), ip("2001:db8::9:255"), "{name}");
    }
}

#[test]
fn addresses_of_both_families_mix_in_one_message() {
    let vias = request("mult-ip-in-header").headers.vias().expect("Via");
    assert_eq!(vias[0].host.ip(), ip("2001:db8::9:1"));
    assert_eq!(vias[0].port, Some(6050));
    assert_eq!(vias[1].host.ip(), ip("192.0.2.1"));
    assert_eq!(vias[2].received(), ip("192.0.2.200"));
    let mapped = request("ipv4-mapped-ipv6").headers.contact().expect("Contact");
    assert_eq!(mapped.uri.host().and_then(|host| host.ip()), ip("::ffff:192.0.2.2"));
}

#[test]
fn three_colons_of_the_old_grammar_mean_two() {
    let three = request("ipv6-bug-abnf-3-colons");
    assert_eq!(three.uri, request("ipv6-correct-abnf-2-colons").uri);
    assert_eq!(three.uri.to_string(), "sip:user@[2001:db8::c000:201]");
}
