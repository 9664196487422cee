//! Nonces grow old: a stale one is replaced without anybody noticing; a replayed answer is of no use.

use sip_stack::{Output, RegistrationState};

use crate::support::{A, address, ms, secs};
use crate::trunk_registration_refresh::{registering, states};

#[test]
fn a_refresh_with_an_old_nonce_is_challenged_as_stale_and_comes_through() {
    let mut world = registering(1, "geheim");
    world.run_for(secs(2000));
    let stale = world
        .sent_with("401")
        .into_iter()
        .filter(|packet| packet.response().headers.get_all("WWW-Authenticate").any(|v| v.contains("stale=true")))
        .count();
    assert!(stale >= 3, "{stale} stale challenges");
    assert!(states(&world).iter().all(|state| matches!(state, RegistrationState::Registered { .. })));
}

#[test]
fn a_replayed_register_is_challenged() {
    let mut world = registering(2, "geheim");
    world.run_for(secs(2));
    let register = world.sent_with("REGISTER").last().unwrap().text();
    assert!(register.contains("Authorization: Digest"));
    let replayed = register.replace("z9hG4bK", "z9hG4bKreplayed");
    let thief = address("203.0.113.66:5060");
    let before = world.sides[A].outputs.len();
    world.send_raw(thief, address("192.0.2.1:5060"), &replayed);
    world.run_for(ms(20));
    assert_eq!(world.take_stranger().response().status, 401);
    let news = &world.sides[A].outputs[before..];
    assert!(!news.iter().any(|output| matches!(output, Output::Registered { .. })));
}
