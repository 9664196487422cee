//! The four transaction machines under any order of events: no panic, and always an end.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use sip_stack::transaction::{
    Due, InviteClient, InviteServer, NonInviteClient, NonInviteServer, OnResponse, TimerTable,
};

/// What may happen to a machine.
#[derive(Debug, Clone)]
enum Event {
    /// A response comes (client) or the owner sends one (server).
    Status(u16),
    /// The request or its ACK comes again (server).
    Request,
    Ack,
    TransportError,
    /// Time passes, in milliseconds; the timer fires if it is due.
    Wait(u64),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => (100u16..700).prop_map(Event::Status),
        1 => Just(Event::Request),
        1 => Just(Event::Ack),
        1 => Just(Event::TransportError),
        4 => (0u64..40_000).prop_map(Event::Wait),
    ]
}

fn later(now: &mut Instant, wait: u64) -> Instant {
    *now += Duration::from_millis(wait);
    *now
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_invite_client_ends(events in prop::collection::vec(event(), 0..40), reliable: bool) {
        let table = TimerTable::default();
        let mut now = Instant::now();
        let mut machine = InviteClient::new(1, reliable, &table, now);
        let mut finals = 0;
        for event in events {
            match event {
                Event::Status(status) => {
                    let verdict = machine.on_response(status, || 2, &table, now);
                    if status >= 300 && matches!(verdict, OnResponse::PassAndAcknowledge(_)) {
                        finals += 1;
                    }
                    prop_assert!(status < 300 || verdict != OnResponse::Pass, "a refusal without ACK");
                }
                Event::Wait(wait) => {
                    let due = machine.on_timeout(&table, later(&mut now, wait));
                    prop_assert!(!reliable || !matches!(due, Due::Send(_)));
                }
                Event::TransportError => { machine.on_transport_error(); }
                Event::Request | Event::Ack => {}
            }
            prop_assert!(finals <= 1);
            prop_assert_eq!(machine.is_terminated(), machine.deadline().is_none() && !machine.is_proceeding());
        }
        if machine.is_proceeding() {
            machine.on_response(486, || 2, &table, now);
        }
        for _ in 0..100 {
            let Some(at) = machine.deadline() else { break };
            machine.on_timeout(&table, at);
        }
        prop_assert!(machine.is_terminated());
    }

    #[test]
    fn a_non_invite_client_ends(events in prop::collection::vec(event(), 0..40), reliable: bool) {
        let table = TimerTable::default();
        let mut now = Instant::now();
        let mut machine = NonInviteClient::new(1, reliable, &table, now);
        let mut finals = 0;
        for event in events {
            match event {
                Event::Status(status) => {
                    let passed = machine.on_response(status, &table, now) == OnResponse::Pass;
                    finals += usize::from(passed && status >= 200);
                }
                Event::Wait(wait) => { machine.on_timeout(&table, later(&mut now, wait)); }
                Event::TransportError => { machine.on_transport_error(); }
                Event::Request | Event::Ack => {}
            }
            prop_assert!(finals <= 1);
        }
        for _ in 0..100 {
            let Some(at) = machine.deadline() else { break };
            machine.on_timeout(&table, at);
        }
        prop_assert!(machine.is_terminated());
    }

    #[test]
    fn an_invite_server_ends(events in prop::collection::vec(event(), 0..40), reliable: bool) {
        let table = TimerTable::default();
        let mut now = Instant::now();
        let mut machine = InviteServer::new(1, reliable, &table, now);
        let mut finals = 0;
        for event in events {
            match event {
                Event::Status(status) => {
                    let sent = machine.respond(status, 2, &table, now);
                    finals += usize::from(sent && status >= 200);
                }
                Event::Request => { machine.on_request(); }
                Event::Ack => machine.on_ack(&table, now),
                Event::Wait(wait) => { machine.on_timeout(&table, later(&mut now, wait)); }
                Event::TransportError => {}
            }
            prop_assert!(finals <= 1);
        }
        machine.respond(486, 2, &table, now);
        for _ in 0..100 {
            let Some(at) = machine.deadline() else { break };
            machine.on_timeout(&table, at);
        }
        prop_assert!(machine.is_terminated());
    }

    #[test]
    fn a_non_invite_server_ends(events in prop::collection::vec(event(), 0..40), reliable: bool) {
        let table = TimerTable::default();
        let mut now = Instant::now();
        let mut machine = NonInviteServer::new(reliable, &table, now);
        let mut finals = 0;
        for event in events {
            match event {
                Event::Status(_) => finals += usize::from(machine.respond(2, &table, now)),
                Event::Request => { machine.on_request(); }
                Event::Wait(wait) => { machine.on_timeout(later(&mut now, wait)); }
                Event::Ack | Event::TransportError => {}
            }
            prop_assert!(finals <= 1);
        }
        for _ in 0..100 {
            let Some(at) = machine.deadline() else { break };
            machine.on_timeout(at);
        }
        prop_assert!(machine.is_terminated());
    }
}

#[test]
fn an_invite_is_sent_seven_times_in_32_seconds() {
    let table = TimerTable::default();
    let start = Instant::now();
    let mut machine = InviteClient::new(1, false, &table, start);
    let mut times = vec![0];
    while let Some(at) = machine.deadline() {
        match machine.on_timeout(&table, at) {
            Due::Send(_) => times.push((at - start).as_millis()),
            Due::TimedOut => {
                assert_eq!(at - start, Duration::from_secs(32));
                break;
            }
            due => panic!("{due:?}"),
        }
    }
    assert_eq!(times, [0, 500, 1500, 3500, 7500, 15_500, 31_500]);
}
