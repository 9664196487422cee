//! Methods that we do not serve: 405 with Allow (RFC 3261 8.2.1).

use crate::support::{World, address, config_at, ms, request};

#[test]
fn it_is_told_what_is_allowed() {
    let mut world = World::new(1);
    world.add(config_at(address("192.0.2.1:5060")), 1);
    let peer = address("192.0.2.9:5060");
    for method in ["MESSAGE", "SUBSCRIBE", "PUBLISH", "REFER", "FOO", "invite"] {
        world.send_raw(peer, address("192.0.2.1:5060"), &request(method, peer, 1, "", ""));
        world.run_for(ms(20));
        let response = world.take_stranger().response();
        assert_eq!(response.status, 405, "{method}");
        assert!(response.headers.lists("Allow", "INVITE") && response.headers.lists("Allow", "BYE"));
    }
    world.assert_empty();
}
