//! Nothing that a call gives us can add a header or a line.

use call_model::LegId;
use sip_stack::{InviteError, OutgoingInvite, Target};

use crate::support::{A, B, World, ms, sdp, secs};

fn order(user: &str, display: &str) -> OutgoingInvite {
    OutgoingInvite {
        to: Target::Trunk { name: "peer".to_owned(), user: user.to_owned() },
        from_user: Some(user.to_owned()),
        display: Some(display.to_owned()),
        headers: vec![("X-Context-Id".to_owned(), "c-1".to_owned())],
        sdp: Some(sdp("offer")),
        call_id: None,
        ring_time: secs(10),
    }
}

#[test]
fn numbers_and_names_stay_where_they_belong() {
    for (leg, (user, display)) in [
        ("1@evil>\r\nRoute: <sip:evil>", "plain"),
        ("100;x=y", "quote \" and \\ and <sip:x>"),
        ("100", "line\r\nRoute: <sip:evil>"),
        ("100", ""),
        ("\u{0}\u{7f} ä", "Zoë, née Ä\u{0}"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut world = World::pair(1);
        world.order(A, leg as u64 + 1, order(user, display));
        world.run_for(ms(20));
        let invite = world.sent_with("INVITE")[0].request();
        assert!(invite.headers.get("Route").is_none(), "{user:?} {display:?}");
        let (_, told) = &world.sides[B].invites[0];
        assert_eq!(told.request_user.as_deref().unwrap_or_default(), user);
        assert_eq!(told.from_user.as_deref().unwrap_or_default(), user);
        assert_eq!(told.header("x-context-id"), Some("c-1"));
        let display = display.replace(char::is_control, " ");
        assert_eq!(told.from_display.as_deref().unwrap_or_default(), display);
    }
}

#[test]
fn without_a_number_nobody_is_called() {
    let mut world = World::pair(1);
    let now = world.now;
    let result = world.sides[A].endpoint.invite(LegId(1), order("", "x"), now);
    assert!(matches!(result, Err(InviteError::BadTarget(_))));
}

#[test]
fn a_header_with_a_line_break_is_refused() {
    let mut world = World::pair(1);
    let mut order = order("100", "x");
    order.headers.push(("X-Evil".to_owned(), "1\r\nRoute: <sip:evil>".to_owned()));
    let now = world.now;
    let result = world.sides[A].endpoint.invite(LegId(1), order, now);
    assert!(matches!(result, Err(InviteError::BadHeader { name, .. }) if name == "X-Evil"));
    assert!(world.sides[A].endpoint.poll_output().is_none());
}

#[test]
fn a_call_id_of_the_order_is_that_of_the_invite_and_brings_no_line_along() {
    let mut world = World::pair(1);
    let now = world.now;
    for call_id in ["a b", "a\r\nX-Evil: 1", "", &"a".repeat(129)] {
        let order = OutgoingInvite { call_id: Some(call_id.to_owned()), ..order("2000", "Alice") };
        let result = world.sides[A].endpoint.invite(LegId(900), order, now);
        assert!(matches!(result, Err(InviteError::BadCallId(_))), "{call_id:?}");
    }
    let call_id = "01a20d10-7944-7bc3-bfef-3a8b1ab5c4c5";
    world.order(A, 1, OutgoingInvite { call_id: Some(call_id.to_owned()), ..order("2000", "Alice") });
    world.run_for(ms(20));
    let (_, told) = &world.sides[B].invites[0];
    assert_eq!(told.call_id, call_id);
}
