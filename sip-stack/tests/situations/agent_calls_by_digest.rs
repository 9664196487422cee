//! Agents call with their password; a wrong one, another's name and a stranger are refused.

use call_model::Cause;
use sip_stack::auth::Account;
use sip_stack::{OutgoingInvite, Source, Target};

use crate::support::{A, B, World, ms, sdp, secs};

/// B calls A, which does not know B's address, as this user with this account.
fn call(user: &str, account: (&str, &str)) -> (World, call_model::LegId) {
    let (name, password) = account;
    let mut world = World::pair_with(1, |side, config| {
        if side == A {
            config.trunks.clear();
        } else {
            config.trunks[0].account =
                Some(Account { realm: None, username: name.to_owned(), password: password.to_owned() });
        }
    });
    let order = OutgoingInvite {
        to: Target::Trunk { name: "peer".to_owned(), user: "200".to_owned() },
        from_user: Some(user.to_owned()),
        display: None,
        headers: vec![],
        sdp: Some(sdp("offer")),
        call_id: None,
        ring_time: secs(20),
    };
    let leg = world.order(B, 1, order);
    world.run_for(ms(100));
    (world, leg)
}

#[test]
fn the_right_password_lets_in() {
    let (world, _) = call("anna", ("anna", "geheim"));
    assert!(matches!(&world.sides[A].invites[0].1.source, Source::Agent(agent) if agent.as_str() == "anna"));
    assert_eq!(world.sent_with("401").len(), 1);
    assert_eq!(world.sent_with("INVITE").len(), 2);
}

#[test]
fn others_are_refused() {
    for (user, account, status) in
        [("anna", ("anna", "wrong"), 403), ("anna", ("bert", "geheim"), 403), ("bert", ("bert", "geheim"), 403)]
    {
        let (world, leg) = call(user, account);
        assert!(world.sides[A].invites.is_empty(), "{user} {account:?}");
        let ending = world.ending(B, leg);
        assert_eq!((ending.cause, ending.sip_status), (Cause::Rejected, Some(status)), "{user} {account:?}");
        assert_eq!(world.sides[A].endpoint.stats().transactions, 0);
    }
}
