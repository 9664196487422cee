//! Extensions that we do not have: 420 with Unsupported (RFC 3261 8.2.2.3).

use crate::support::{World, address, config_at, ms, request, trunk_at};

#[test]
fn it_is_told_which_one() {
    let mut world = World::new(1);
    let peer = address("192.0.2.9:5060");
    let mut config = config_at(address("192.0.2.1:5060"));
    config.trunks = vec![trunk_at("peer", peer)];
    world.add(config, 1);
    let text = request("INVITE", peer, 1, "Require: precondition, sec-agree\r\n", "");
    world.send_raw(peer, address("192.0.2.1:5060"), &text);
    world.run_for(ms(20));
    let response = world.take_stranger().response();
    assert_eq!(response.status, 420);
    assert_eq!(response.headers.get("Unsupported"), Some("precondition, sec-agree"));
    world.assert_empty();
}
