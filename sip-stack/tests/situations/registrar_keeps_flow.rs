//! A binding keeps the flow that its REGISTER came by, and its Path.

use call_model::{AgentId, LegCommand, LegEvent, LegId};
use sip_stack::auth::{Account, ClientAuth};
use sip_stack::message::Message;
use sip_stack::{InviteError, OutgoingInvite, Output, Target};

use crate::support::{A, Packet, World, address, config_at, ms, response, sdp, secs};

const US: &str = "192.0.2.1:5060";

/// A telephone in a private network, seen from outside at another address.
struct Telephone {
    seen_at: &'static str,
    auth: ClientAuth,
    number: u32,
    more: &'static str,
}

impl Telephone {
    fn new(seen_at: &'static str, more: &'static str) -> Self {
        let account = Account { realm: None, username: "anna".to_owned(), password: "geheim".to_owned() };
        Self { seen_at, auth: ClientAuth::new(vec![account]), number: 0, more }
    }

    /// Registers, answering one challenge; the last response.
    fn register(&mut self, world: &mut World, contact: &str) -> Packet {
        loop {
            self.number += 1;
            let text = format!(
                "REGISTER sip:callwright.test SIP/2.0\r\n\
                 Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKr{}{};rport\r\n\
                 From: <sip:anna@callwright.test>;tag=t\r\nTo: <sip:anna@callwright.test>\r\n\
                 Call-ID: register-of-{}\r\nCSeq: {} REGISTER\r\nContact: {contact}\r\n{}\r\n",
                self.number, self.seen_at, self.seen_at, self.number, self.more,
            );
            let Message::Request(mut request) = Message::parse_datagram(text.as_bytes()).unwrap() else { panic!() };
            self.auth.authorize(&mut request, u64::from(self.number)).unwrap();
            world.send_raw(address(self.seen_at), address(US), &String::from_utf8(request.to_bytes()).unwrap());
            world.run_for(ms(20));
            let packet = world.take_stranger();
            assert_eq!(packet.to, address(self.seen_at));
            if packet.response().status != 401 {
                return packet;
            }
            self.auth.take_challenge(&request, &packet.response()).unwrap();
        }
    }
}

fn world() -> World {
    let mut world = World::new(1);
    world.add(config_at(address(US)), 1);
    world
}

fn call_anna(world: &mut World, leg: u64) -> LegId {
    world.call_to(A, leg, Target::Agent(AgentId::new("anna")), Some(sdp("offer")))
}

#[test]
fn the_call_goes_back_by_the_flow() {
    let mut world = world();
    let mut telephone = Telephone::new("203.0.113.9:31234", "");
    let answer = telephone.register(&mut world, "<sip:anna@10.0.0.5:5060>").response();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers.contact().unwrap().expires(), Some(600));
    let leg = call_anna(&mut world, 1);
    world.run_for(ms(20));
    let invite = world.take_stranger();
    assert_eq!(invite.to, address("203.0.113.9:31234"));
    assert_eq!(invite.request().uri.to_string(), "sip:anna@10.0.0.5:5060");
    // Its Contact leads nowhere for us, so the whole dialog stays on the flow.
    let mut ok = response(&invite, 200, "phone", Some(sdp("answer")));
    ok.headers.set("Contact", "<sip:anna@10.0.0.5:5060>").unwrap();
    world.reply(&invite, &ok);
    world.run_for(ms(20));
    assert_eq!(world.events(A, leg), [LegEvent::Answered { sdp: Some(sdp("answer")) }]);
    world.command(A, leg, LegCommand::End);
    world.run_for(ms(20));
    for packet in world.take_strangers() {
        assert_eq!(packet.to, address("203.0.113.9:31234"), "{}", packet.text());
        assert_eq!(packet.request().uri.to_string(), "sip:anna@10.0.0.5:5060");
    }
}

#[test]
fn a_path_becomes_the_route() {
    let mut world = world();
    let path = "Path: <sip:edge1.example;lr>, <sip:edge2.example;lr>\r\nSupported: path\r\n";
    let mut telephone = Telephone::new("192.0.2.80:5060", path);
    let answer = telephone.register(&mut world, "<sip:anna@10.0.0.5:5060>").response();
    assert_eq!(answer.headers.paths().unwrap().len(), 2);
    call_anna(&mut world, 1);
    world.run_for(ms(20));
    let invite = world.take_stranger();
    assert_eq!(invite.to, address("192.0.2.80:5060"));
    let routes: Vec<String> = invite.request().headers.routes().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(routes, ["<sip:edge1.example;lr>", "<sip:edge2.example;lr>"]);
}

#[test]
fn the_preferred_telephone_first_and_the_next_when_it_is_silent() {
    let mut world = world();
    Telephone::new("192.0.2.81:5060", "").register(&mut world, "<sip:anna@10.0.0.1>;q=0.5");
    Telephone::new("192.0.2.82:5060", "").register(&mut world, "<sip:anna@10.0.0.2>;q=0.9");
    assert_eq!(world.sides[A].endpoint.stats().telephones, 2);
    let leg = call_anna(&mut world, 1);
    world.run_for(ms(20));
    let invite = world.take_stranger();
    assert_eq!(invite.to, address("192.0.2.82:5060"));
    world.reply(&invite, &response(&invite, 503, "x", None));
    world.run_for(ms(20));
    let arrived = world.take_strangers();
    assert!(arrived[0].is("ACK") && arrived[1].is("INVITE"), "{arrived:?}");
    assert_eq!(arrived[1].to, address("192.0.2.81:5060"));
    world.reply(&arrived[1], &response(&arrived[1], 486, "x", None));
    world.run_for(secs(1));
    assert_eq!(world.ending(A, leg).sip_status, Some(486));
}

#[test]
fn a_telephone_is_forgotten_in_time_or_by_its_wish() {
    let anna = AgentId::new("anna");
    let gone = Output::Unregistered { agent: anna.clone() };
    for (contact, wait) in [("<sip:anna@10.0.0.5>;expires=60", 61), ("<sip:anna@10.0.0.5>", 1)] {
        let mut world = world();
        let mut telephone = Telephone::new("203.0.113.9:31234", "");
        telephone.register(&mut world, contact);
        assert!(!world.sides[A].outputs.contains(&gone));
        if wait == 1 {
            assert_eq!(telephone.register(&mut world, "<sip:anna@10.0.0.5>;expires=0").response().status, 200);
        }
        world.run_for(secs(wait));
        assert_eq!(world.sides[A].outputs.last(), Some(&gone));
        let order = OutgoingInvite {
            to: Target::Agent(anna.clone()),
            from_user: None,
            display: None,
            headers: vec![],
            sdp: None,
            call_id: None,
            ring_time: secs(1),
        };
        let now = world.now;
        let result = world.sides[A].endpoint.invite(LegId(1), order, now);
        assert_eq!(result, Err(InviteError::NotRegistered(anna.clone())));
        assert_eq!(world.sides[A].endpoint.stats().telephones, 0);
    }
}

#[test]
fn telephones_of_an_agent_are_bounded() {
    let mut world = world();
    let mut telephone = Telephone::new("203.0.113.9:31234", "");
    for n in 0..9 {
        telephone.register(&mut world, &format!("<sip:anna@10.0.0.{n}>"));
    }
    assert_eq!(world.sides[A].endpoint.stats().telephones, 5);
    assert_eq!(telephone.register(&mut world, "*\r\nExpires: 0").response().status, 200);
    assert_eq!(world.sides[A].endpoint.stats().telephones, 0);
    assert_eq!(telephone.register(&mut world, "<sip:anna@10.0.0.1>;expires=5").response().status, 423);
}
