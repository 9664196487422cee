//! Our registration at a trunk: made with a digest, kept fresh, tried again, taken back.

use std::time::Duration;

use call_model::AgentId;
use sip_stack::auth::Account;
use sip_stack::{Output, RegisterConfig, RegistrationState};

use crate::support::{A, B, World, secs};

/// B registers at A as the agent `anna`.
pub fn registering(seed: u64, password: &'static str) -> World {
    World::pair_with(seed, |side, config| {
        if side == B {
            let trunk = &mut config.trunks[0];
            trunk.account = Some(Account { realm: None, username: "anna".to_owned(), password: password.to_owned() });
            trunk.register = Some(RegisterConfig { user: "anna".to_owned(), expires: secs(600) });
        }
    })
}

pub fn states(world: &World) -> Vec<RegistrationState> {
    let outputs = world.sides[B].outputs.iter();
    let states = outputs.filter_map(|output| match output {
        Output::TrunkRegistration { state, .. } => Some(state.clone()),
        _ => None,
    });
    states.collect()
}

fn registered() -> RegistrationState {
    RegistrationState::Registered { expires: secs(600) }
}

#[test]
fn it_is_refreshed_before_it_expires() {
    let mut world = registering(1, "geheim");
    world.run_for(secs(3600));
    let states = states(&world);
    assert!(states.len() >= 7 && states.iter().all(|state| *state == registered()), "{states:?}");
    assert!(!world.sides[A].outputs.iter().any(|output| matches!(output, Output::Unregistered { .. })));
    assert_eq!(world.sides[A].endpoint.stats().telephones, 1);
}

#[test]
fn lost_messages_do_no_harm() {
    let mut world = registering(2, "geheim");
    world.trouble.lost = 300;
    world.run_for(secs(3600));
    assert!(!world.sides[A].outputs.iter().any(|output| matches!(output, Output::Unregistered { .. })));
}

#[test]
fn a_wrong_password_is_tried_less_and_less_often() {
    let mut world = registering(3, "wrong");
    world.run_for(secs(7200));
    let waits: Vec<Duration> = states(&world)
        .into_iter()
        .map(|state| match state {
            RegistrationState::Failed { status: Some(_), retry_in } => retry_in,
            other => panic!("{other:?}"),
        })
        .collect();
    assert!((5..12).contains(&waits.len()), "{waits:?}");
    assert!(waits[0] <= secs(30) && *waits.last().unwrap() >= secs(900), "{waits:?}");
    assert_eq!(world.sides[A].endpoint.stats().telephones, 0);
}

#[test]
fn a_trunk_that_is_silent_is_tried_again_until_it_answers() {
    let mut world = registering(4, "geheim");
    world.filters.push(Box::new(|_| true));
    world.run_for(secs(100));
    assert!(matches!(states(&world)[0], RegistrationState::Failed { status: None, .. }));
    world.filters.clear();
    world.run_for(secs(200));
    assert_eq!(states(&world).last(), Some(&registered()));
}

#[test]
fn a_shorter_time_is_followed_and_a_longer_one_asked_for() {
    let mut world = World::pair_with(5, |side, config| {
        if side == A {
            config.registrar.max_expires = secs(120);
        } else {
            let account = Account { realm: None, username: "anna".to_owned(), password: "geheim".to_owned() };
            config.trunks[0].account = Some(account);
            config.trunks[0].register = Some(RegisterConfig { user: "anna".to_owned(), expires: secs(600) });
        }
    });
    world.run_for(secs(1000));
    assert!(states(&world).iter().all(|state| *state == RegistrationState::Registered { expires: secs(120) }));
    assert!(states(&world).len() >= 10);

    let mut world = World::pair_with(6, |side, config| {
        if side == B {
            let account = Account { realm: None, username: "anna".to_owned(), password: "geheim".to_owned() };
            config.trunks[0].account = Some(account);
            config.trunks[0].register = Some(RegisterConfig { user: "anna".to_owned(), expires: secs(10) });
        }
    });
    world.run_for(secs(5));
    assert_eq!(world.sent_with("423").len(), 1);
    assert_eq!(states(&world), [RegistrationState::Registered { expires: secs(60) }]);
}

#[test]
fn it_is_taken_back_when_the_service_stops() {
    let mut world = registering(7, "geheim");
    world.run_for(secs(5));
    let now = world.now;
    world.sides[B].endpoint.stop_accepting(now);
    world.flush(B);
    world.run_for(secs(5));
    assert_eq!(states(&world), [registered(), RegistrationState::Removed]);
    let gone = Output::Unregistered { agent: AgentId::new("anna") };
    assert!(world.sides[A].outputs.contains(&gone));
    world.run_out();
    world.assert_empty();
}
