//! Keys by INFO, and OPTIONS within and outside of a dialog.

use call_model::{LegCommand, LegEvent};

use crate::support::{A, World, address, ms, request, sdp};

const PEER: &str = "192.0.2.2:5060";

/// A call from a stranger's hands that is confirmed; gives the To of its further requests.
fn confirmed(world: &mut World) -> (call_model::LegId, String) {
    let (peer, us) = (address(PEER), address("192.0.2.1:5060"));
    world.send_raw(peer, us, &request("INVITE", peer, 1, "", ""));
    world.run_for(ms(20));
    let leg = world.last_invite(A);
    world.command(A, leg, LegCommand::Answer { sdp: sdp("offer") });
    world.run_for(ms(20));
    let to = world.take_strangers().pop().unwrap().response().headers.get("To").unwrap().to_owned();
    world.send_raw(peer, us, &within("ACK", 1, &to, "", ""));
    world.run_for(ms(20));
    (leg, to)
}

fn within(method: &str, number: u32, to: &str, more: &str, body: &str) -> String {
    request(method, address(PEER), number, more, body).replace("To: <sip:100@192.0.2.1>", &format!("To: {to}"))
}

fn world() -> World {
    let mut world = World::pair(1);
    // The second endpoint's place is taken by the stranger.
    world.sides.truncate(1);
    world
}

#[test]
fn a_key_is_told() {
    let mut world = world();
    let (leg, to) = confirmed(&mut world);
    let (peer, us) = (address(PEER), address("192.0.2.1:5060"));
    let key = "Content-Type: application/dtmf-relay\r\n";
    world.send_raw(peer, us, &within("INFO", 2, &to, key, "Signal=5\r\nDuration=160\r\n"));
    world.send_raw(peer, us, &within("INFO", 3, &to, "Content-Type: text/plain\r\n", "hello"));
    world.send_raw(peer, us, &within("INFO", 4, &to, "", ""));
    world.run_for(ms(20));
    let statuses: Vec<u16> = world.take_strangers().iter().map(|packet| packet.response().status).collect();
    assert_eq!(statuses, [200, 415, 200]);
    assert_eq!(world.events(A, leg).last(), Some(&LegEvent::DigitByInfo { digit: '5' }));
    assert_eq!(world.events(A, leg).len(), 2);
}

#[test]
fn a_repeated_info_is_one_key() {
    let mut world = world();
    let (leg, to) = confirmed(&mut world);
    let (peer, us) = (address(PEER), address("192.0.2.1:5060"));
    let info = within("INFO", 2, &to, "Content-Type: application/dtmf-relay\r\n", "Signal=#\r\n");
    for _ in 0..3 {
        world.send_raw(peer, us, &info);
    }
    world.run_for(ms(20));
    assert_eq!(world.take_strangers().len(), 3);
    assert_eq!(world.events(A, leg).len(), 2);
}

#[test]
fn options_are_answered_inside_and_outside() {
    let mut world = world();
    let (_, to) = confirmed(&mut world);
    let (peer, us) = (address(PEER), address("192.0.2.1:5060"));
    world.send_raw(peer, us, &within("OPTIONS", 2, &to, "", ""));
    world.send_raw(peer, us, &request("OPTIONS", peer, 9, "", ""));
    world.run_for(ms(20));
    for packet in world.take_strangers() {
        let response = packet.response();
        assert_eq!(response.status, 200);
        assert!(response.headers.lists("Allow", "INVITE"));
        assert!(response.to().unwrap().tag().is_some());
    }
}

#[test]
fn a_request_out_of_order_gets_500() {
    let mut world = world();
    let (_, to) = confirmed(&mut world);
    let (peer, us) = (address(PEER), address("192.0.2.1:5060"));
    world.send_raw(peer, us, &within("OPTIONS", 7, &to, "", ""));
    world.send_raw(peer, us, &within("INFO", 3, &to, "", ""));
    world.run_for(ms(20));
    let statuses: Vec<u16> = world.take_strangers().iter().map(|packet| packet.response().status).collect();
    assert_eq!(statuses, [200, 500]);
}
