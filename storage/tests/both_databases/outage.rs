//! The database goes away, or its disk is full.

use std::time::Duration;

use call_model::{CallEvent, CallId};
use storage::{Settings, Store, StoreError};

use crate::place::{Place, after, end, event, noon, start};

const CUT_ALL: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                       WHERE datname = current_database() AND application_name = 'callwright'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_is_cut_costs_nothing() {
    let place = Place::postgres().await;
    let store = place.open().await;
    let calls: Vec<_> = (0..200)
        .map(|i| {
            let store = store.clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(i * 3)).await;
                let begun = start(noon(), "+12025550123");
                let call = begun.call;
                store.begin_call(begun, vec![event(call, 1, CallEvent::Ringing)]).await.unwrap();
                store.end_call(end(call, after(1)), vec![event(call, 2, CallEvent::Answered)]).await.unwrap();
                call
            })
        })
        .collect();
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        place.by_hand(CUT_ALL).await;
    }
    for call in calls {
        let call = call.await.unwrap();
        assert!(store.call(call).await.unwrap().unwrap().ended_at.is_some());
        assert_eq!(store.events(call, 0, 10).await.unwrap().len(), 2);
    }
    assert!(store.writer_counts().reconnects >= 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_stays_away_is_told_and_found_again() {
    let place = Place::postgres().await;
    let store = place.open_with("here", Settings { patience: Duration::from_millis(300), ..Settings::default() }).await;
    let begun = start(noon(), "+12025550123");
    let call = begun.call;
    store.begin_call(begun.clone(), vec![]).await.unwrap();

    place.beside(&format!("ALTER DATABASE {} ALLOW_CONNECTIONS false", place.database())).await;
    let cut = CUT_ALL.replace("current_database()", &format!("'{}'", place.database()));
    place.beside(&cut).await;
    let lost = store.end_call(end(call, after(1)), vec![]).await;
    assert!(matches!(lost, Err(StoreError::Disconnected(_))), "{lost:?}");
    assert!(matches!(store.health().await, Err(StoreError::Disconnected(_))));

    place.beside(&format!("ALTER DATABASE {} ALLOW_CONNECTIONS true", place.database())).await;
    store.health().await.unwrap();
    has_ended(&store, call).await;
    assert_eq!(store.writer_counts().lost_events, 0);
}

/// The writer stores it by itself, sooner or later.
async fn has_ended(store: &Store, call: CallId) {
    for _ in 0..200 {
        if store.call(call).await.unwrap().unwrap().ended_at.is_some() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the end of {call} was not stored");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_and_what_was_answered_stays() {
    let place = Place::sqlite();
    let store = place.open_with("here", Settings { largest_file: Some(600_000), ..Settings::default() }).await;
    let mut stored = Vec::new();
    let refused = loop {
        let begun = start(noon(), "+12025550123");
        let call = begun.call;
        let said = CallEvent::PromptStarted { text: "words ".repeat(500) };
        match store.begin_call(begun, vec![event(call, 1, said)]).await {
            Ok(()) => stored.push(call),
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, StoreError::DiskFull), "{refused:?}");
    assert!(stored.len() > 50, "{}", stored.len());
    for call in &stored {
        assert_eq!(store.events(*call, 0, 10).await.unwrap().len(), 1);
    }

    // What calls did meanwhile is owed.
    let last = *stored.last().unwrap();
    let said = CallEvent::PromptStarted { text: "words ".repeat(500) };
    let refused = store.end_call(end(last, after(1)), vec![event(last, 2, said)]).await;
    assert!(matches!(refused, Err(StoreError::DiskFull)), "{refused:?}");
    assert_eq!(store.writer_counts().owed, 2);

    // Room is made, and the writer goes on without being started again.
    place.by_hand("DELETE FROM call_events WHERE sequence < 20").await;
    for (at, call) in stored.iter().enumerate().take(20) {
        store.end_call(end(*call, after(1)), vec![event(*call, 2, CallEvent::Answered)]).await.unwrap();
        assert!(store.call(*call).await.unwrap().unwrap().ended_at.is_some(), "{at}");
    }
    has_ended(&store, last).await;
    assert_eq!(store.events(last, 0, 10).await.unwrap().len(), 2);
    assert_eq!((store.writer_counts().owed, store.writer_counts().lost_events), (0, 0));
    store.health().await.unwrap();
}
