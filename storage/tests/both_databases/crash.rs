//! What is found after the process died.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use call_model::{CallEvent, CallId, Cause, Disposition, Party, Termination};
use dialer::LeadState;
use storage::{AttemptState, CallSearch, Reservation, Store};

use crate::on_both;
use crate::place::{Place, accepted, after, campaign, end, event, new_call, noon, single, start, wish};

on_both! {
    async fn what_was_open_is_closed_and_not_dialled_again(place: &Place) {
        let (reserved, dialled, call, silent) = {
            let store = place.open().await;
            let spring = campaign(&store, "spring").await;
            store.import_leads(spring, "people.csv", (2..5).map(accepted), noon(), |_| ()).await.unwrap();
            let leads = store.leads(spring, None, None, 10).await.unwrap();
            let (a, b) = (wish(spring, leads[0].lead, 2, after(1)), wish(spring, leads[1].lead, 3, after(1)));
            let (reserved, dialled) = (a.attempt, b.attempt);
            assert_eq!(store.reserve(a).await.unwrap(), Reservation::Reserved);
            assert_eq!(store.reserve(b).await.unwrap(), Reservation::Reserved);
            let begun = start(after(2), "1000");
            let call = begun.call;
            store.mark_dialling(dialled, call, "abc@here", after(2)).await.unwrap();
            let events = vec![event(call, 1, CallEvent::Ringing), event(call, 2, CallEvent::Answered)];
            store.begin_call(begun, events).await.unwrap();
            store.append_events(vec![event(call, 3, CallEvent::SpeechStarted)]).await.unwrap();
            let other = start(after(3), "+12025550123");
            let silent = other.call;
            store.begin_call(other, vec![]).await.unwrap();
            (reserved, dialled, call, silent)
        };

        let store = place.open().await;
        let recovered = store.recover(after(100)).await.unwrap();
        assert_eq!(recovered.calls, vec![call, silent]);
        let attempts: Vec<_> = recovered.attempts.iter().map(|a| (a.attempt, a.state)).collect();
        assert_eq!(attempts, [(reserved, AttemptState::Unresolved), (dialled, AttemptState::Unresolved)]);
        assert_eq!(recovered.attempts[1].sip_call_id.as_deref(), Some("abc@here"));

        let lost = store.call(call).await.unwrap().unwrap();
        assert_eq!((lost.cause.as_deref(), lost.ended_by.as_deref()), (Some("server_lost"), Some("system")));
        assert_eq!(lost.disposition, Some(Disposition::Unresolved));
        let ms = jiff::SignedDuration::from_millis;
        assert_eq!((lost.answered_at, lost.ended_at), (Some(after(2) + ms(200)), Some(after(2) + ms(300))));
        let last = store.events(call, 3, 10).await.unwrap().remove(0);
        let termination = Termination::new(Party::System, Cause::ServerLost);
        assert_eq!((last.number, last.at_ms), (4, 300));
        assert_eq!(last.event, CallEvent::Ended { termination, disposition: Disposition::Unresolved });
        let never = store.call(silent).await.unwrap().unwrap();
        assert_eq!((never.answered_at, never.ended_at), (None, Some(after(3))));

        let spring = store.campaign_named("spring").await.unwrap().unwrap().campaign;
        let due = store.due_leads(spring, after(1_000_000), 10).await.unwrap();
        assert_eq!((due.leads.len(), due.unfinished), (1, 1));
        let progress = store.campaign_progress(spring).await.unwrap();
        assert_eq!(progress.leads, BTreeMap::from([(LeadState::Waiting, 1), (LeadState::Unresolved, 2)]));
        assert_eq!(store.attempts(Some(spring), AttemptState::Unresolved, 10).await.unwrap().len(), 2);
        assert_eq!(store.counts().await.unwrap().unresolved_attempts, 2);
        assert_eq!(store.recover(after(101)).await.unwrap(), storage::Recovered::default());
    }

    async fn another_server_is_only_declared_dead_when_its_lease_is_over(place: &Place) {
        let (here, there) = (place.open_as("here").await, place.open_as("there").await);
        there.renew_lease(after(0), after(60)).await.unwrap();
        let begun = start(after(1), "+12025550123");
        let call = begun.call;
        there.begin_call(begun, vec![]).await.unwrap();
        let mut request = single(2, after(1));
        request.server = "there".into();
        let attempt = request.attempt;
        assert_eq!(there.reserve(request).await.unwrap(), Reservation::Reserved);
        there.renew_lease(after(30), after(90)).await.unwrap();
        assert_eq!(here.recover(after(80)).await.unwrap(), storage::Recovered::default());
        let recovered = here.recover(after(91)).await.unwrap();
        assert_eq!((recovered.calls, recovered.attempts[0].attempt), (vec![call], attempt));
        // It was not dead after all: its own word about the attempt is better than ours.
        let outcome = dialer::AttemptOutcome::Ended(Disposition::SelfServed);
        there.finish_single_call(attempt, outcome, after(95)).await.unwrap();
        assert_eq!(there.attempt(attempt).await.unwrap().unwrap().disposition, Some(Disposition::SelfServed));
    }
}

/// Runs itself as a child that writes as fast as it can, kills it in the middle, and looks for all that was answered.
mod nothing_that_was_answered_is_lost_when_the_process_is_killed {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn sqlite() {
        if let Ok(address) = std::env::var(CHILD) {
            return write_until_killed(&address).await;
        }
        kill_and_look(&Place::sqlite(), concat!(module_path!(), "::sqlite")).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn postgres() {
        if let Ok(address) = std::env::var(CHILD) {
            return write_until_killed(&address).await;
        }
        kill_and_look(&Place::postgres().await, concat!(module_path!(), "::postgres")).await;
    }
}

const CHILD: &str = "CALLWRIGHT_STORAGE_CHILD";

async fn kill_and_look(place: &Place, test: &str) {
    place.open().await.close().await;
    // The name of a test leaves out the crate.
    let test = test.split_once("::").expect("a module path has a crate").1;
    let mut lines_before_the_kill = 40;
    for round in 0..5 {
        let answered = run_child_until(place, test, lines_before_the_kill);
        lines_before_the_kill = (lines_before_the_kill * 7) % 311 + 20;
        let store = place.open().await;
        let recovered = store.recover(after(1000)).await.unwrap();
        look_for(&store, &answered, round).await;
        let open = store.calls(&CallSearch { open: Some(true), ..CallSearch::default() }, 10).await.unwrap();
        assert_eq!(open, vec![], "round {round}");
        for call in recovered.calls {
            let last = store.events(call, 0, 1000).await.unwrap().pop().expect("an event");
            assert!(matches!(last.event, CallEvent::Ended { .. }), "round {round}");
        }
        store.close().await;
    }
}

fn run_child_until(place: &Place, test: &str, lines: usize) -> Vec<(String, CallId)> {
    let mut child = Command::new(std::env::current_exe().expect("the test knows its file"))
        .args(["--exact", test, "--nocapture"])
        .env(CHILD, &place.address)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the test can be started again");
    let said = BufReader::new(child.stdout.take().expect("its output is piped"));
    let mut answered = Vec::new();
    let mut killed = false;
    for line in said.lines().map_while(Result::ok) {
        let Some((word, id)) = line.strip_prefix("answered ").and_then(|rest| rest.split_once(' ')) else { continue };
        answered.push((word.to_owned(), id.parse().expect("an id")));
        if answered.len() == lines && !killed {
            child.kill().expect("the child still runs");
            killed = true;
        }
    }
    child.wait().expect("the child can be waited for");
    assert!(killed, "the child ended by itself");
    answered
}

async fn look_for(store: &Store, answered: &[(String, CallId)], round: u32) {
    for (word, call) in answered {
        let stored = store.call(*call).await.unwrap().unwrap_or_else(|| panic!("round {round}: {call} is lost"));
        let events = store.events(*call, 0, 1000).await.unwrap().len();
        match word.as_str() {
            "begun" => assert!(events >= 1, "round {round}"),
            "told" => assert!(events >= 11, "round {round}"),
            "ended" => assert_eq!((stored.cause.as_deref(), events), (Some("normal"), 12), "round {round}"),
            other => panic!("an unknown word: {other}"),
        }
    }
}

async fn write_until_killed(address: &str) {
    let store = Store::open(address, storage::ServerId::new("here")).await.expect("the store opens");
    let writers: Vec<_> = (0..8).map(|_| tokio::spawn(write_calls(store.clone()))).collect();
    for writer in writers {
        writer.await.expect("it writes until it is killed");
    }
}

async fn write_calls(store: Store) {
    let clock = || jiff::Timestamp::now();
    loop {
        let begun = storage::CallStart { call: new_call(clock()), ..start(noon(), "+12025550123") };
        // Several processes count from one, so the process is part of the chance.
        let call = CallId::from(begun.call.as_u128() ^ u128::from(std::process::id()) << 20);
        let begun = storage::CallStart { call, ..begun };
        store.begin_call(begun, vec![event(call, 1, CallEvent::Ringing)]).await.expect("it is written");
        say("begun", call);
        let events = (2..12).map(|n| event(call, n, CallEvent::SpeechStarted)).collect();
        store.append_events(events).await.expect("it is written");
        say("told", call);
        store.end_call(end(call, after(1)), vec![event(call, 12, CallEvent::Ringing)]).await.expect("it is written");
        say("ended", call);
    }
}

fn say(word: &str, call: CallId) {
    let mut out = std::io::stdout().lock();
    // The parent may be reading no more.
    drop(writeln!(out, "answered {word} {call}").and_then(|()| out.flush()));
}
