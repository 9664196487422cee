//! Call records and events.

use std::time::Duration;

use call_model::{AgentId, CallContext, CallEvent, Disposition, ProjectId, SlotValue};
use storage::{CallSearch, Direction, Missing, Settings, StoreError};

use crate::on_both;
use crate::place::{after, end, event, new_call, noon, start};

on_both! {
    async fn a_call_is_on_disk_from_its_beginning_to_its_end(place: &Place) {
        let store = place.open().await;
        let begun = start(noon(), "+12025550123");
        let call = begun.call;
        store.begin_call(begun, vec![event(call, 1, CallEvent::Ringing)]).await.unwrap();
        let open = store.call(call).await.unwrap().unwrap();
        assert_eq!((open.ended_at, open.seed, open.server.as_str()), (None, u64::MAX - 5, "here"));

        let mut last = end(call, after(30));
        last.agent = Some(AgentId::new("anna"));
        last.queue_wait_ms = Some(1200);
        store.end_call(last, vec![event(call, 2, CallEvent::Answered)]).await.unwrap();
        let ended = store.call(call).await.unwrap().unwrap();
        assert_eq!(ended.ended_at, Some(after(30)));
        assert_eq!((ended.ended_by.as_deref(), ended.cause.as_deref()), (Some("caller"), Some("normal")));
        assert_eq!((ended.agent, ended.queue_wait_ms, ended.sip_status), (Some(AgentId::new("anna")), Some(1200), Some(200)));
        let events = store.events(call, 0, 100).await.unwrap();
        assert_eq!(events, vec![event(call, 1, CallEvent::Ringing), event(call, 2, CallEvent::Answered)]);
        assert_eq!(store.events(call, 1, 100).await.unwrap().len(), 1);
    }

    async fn the_first_ending_of_a_call_counts(place: &Place) {
        let store = place.open().await;
        let begun = start(noon(), "+12025550123");
        let call = begun.call;
        store.begin_call(begun, vec![]).await.unwrap();
        store.end_call(end(call, after(1)), vec![]).await.unwrap();
        let second = store.end_call(end(call, after(2)), vec![]).await;
        assert!(matches!(second, Err(StoreError::NotFound(Missing::OpenCall))), "{second:?}");
        assert_eq!(store.call(call).await.unwrap().unwrap().ended_at, Some(after(1)));
    }

    async fn one_bad_job_of_a_group_spoils_no_other(place: &Place) {
        let store = place.open().await;
        let calls: Vec<_> = (0..40).map(|i| start(after(i), "+12025550123")).collect();
        let ids: Vec<_> = calls.iter().map(|c| c.call).collect();
        store.begin_call(calls[0].clone(), vec![event(ids[0], 1, CallEvent::Ringing)]).await.unwrap();
        let jobs = calls.into_iter().enumerate().map(|(i, begun)| {
            let store = store.clone();
            tokio::spawn(async move {
                // The first call exists already; every tenth gives an event number twice.
                let call = begun.call;
                let number = if i % 10 == 9 { 1 } else { 2 };
                let events = vec![event(call, 1, CallEvent::Ringing), event(call, number, CallEvent::Answered)];
                store.begin_call(begun, events).await
            })
        });
        let jobs: Vec<_> = jobs.collect();
        for (i, job) in jobs.into_iter().enumerate() {
            let outcome = job.await.unwrap();
            let bad = i == 0 || i % 10 == 9;
            assert_eq!(outcome.is_err(), bad, "{i}: {outcome:?}");
            let stored = store.call(ids[i]).await.unwrap().is_some();
            assert_eq!(stored, i == 0 || !bad, "{i}");
            assert_eq!(store.events(ids[i], 0, 10).await.unwrap().len(), if i == 0 { 1 } else if bad { 0 } else { 2 });
        }
    }

    async fn a_full_queue_refuses_at_once(place: &Place) {
        let settings = Settings { queue: 4, group: 2, ..Settings::default() };
        let store = place.open_with("here", settings).await;
        let outcomes: Vec<_> = (0..200).map(|i| {
            let begun = start(after(i), "+12025550123");
            (begun.call, store.post_events(vec![event(begun.call, 1, CallEvent::Ringing)]))
        }).collect();
        let refused = outcomes.iter().filter(|(_, o)| matches!(o, Err(StoreError::Busy))).count();
        assert!(refused > 100, "{refused}");
        assert_eq!(store.writer_counts().refused, refused as u64);
        // What nobody waited for and could not be written (these calls never began) is counted.
        store.close().await;
        assert_eq!(store.writer_counts().lost_events, (200 - refused) as u64);
    }

    async fn calls_are_found_newest_first_page_by_page(place: &Place) {
        let store = place.open().await;
        let mut ids = Vec::new();
        for i in 0..25 {
            let mut begun = start(after(i * 60), if i % 5 == 0 { "+12025550199" } else { "+12025550123" });
            if i % 2 == 0 {
                begun.direction = Direction::Outbound;
                begun.called = "+442071838750".to_owned();
            }
            let call = begun.call;
            ids.push(call);
            store.begin_call(begun, vec![]).await.unwrap();
            if i < 20 {
                let mut last = end(call, after(i * 60 + 5));
                last.disposition = if i % 4 == 0 { Disposition::NoAnswer } else { Disposition::SelfServed };
                store.end_call(last, vec![]).await.unwrap();
            }
        }
        ids.reverse();
        let mut found = Vec::new();
        let mut search = CallSearch::default();
        loop {
            let page = store.calls(&search, 10).await.unwrap();
            let Some(last) = page.last() else { break };
            search.before = Some(last.call);
            found.extend(page.iter().map(|c| c.call));
        }
        assert_eq!(found, ids);
        let count = async |search: CallSearch| store.calls(&search, 100).await.unwrap().len();
        assert_eq!(count(CallSearch { number: Some("+12025550199".into()), ..Default::default() }).await, 5);
        assert_eq!(count(CallSearch { number: Some("+442071838750".into()), ..Default::default() }).await, 13);
        let sip_call_id = Some("a84b4c76e66710@192.0.2.10".to_owned());
        assert_eq!(count(CallSearch { sip_call_id, ..Default::default() }).await, 25);
        assert_eq!(count(CallSearch { sip_call_id: Some("another".into()), ..Default::default() }).await, 0);
        assert_eq!(count(CallSearch { disposition: Some(Disposition::NoAnswer), ..Default::default() }).await, 5);
        assert_eq!(count(CallSearch { open: Some(true), ..Default::default() }).await, 5);
        assert_eq!(count(CallSearch { open: Some(false), direction: Some(Direction::Inbound), ..Default::default() }).await, 10);
        let time = CallSearch { from: Some(after(60)), until: Some(after(240)), ..Default::default() };
        assert_eq!(count(time).await, 3);
    }

    async fn projects_do_not_see_each_other(place: &Place) {
        place.open().await.close().await;
        place.by_hand("INSERT INTO projects (id, name) VALUES (2, 'second')").await;
        let first = place.open().await;
        let second = first.in_project(ProjectId(2));
        let begun = start(noon(), "+12025550123");
        let call = begun.call;
        second.begin_call(begun, vec![event(call, 1, CallEvent::Ringing)]).await.unwrap();
        assert!(first.call(call).await.unwrap().is_none() && first.events(call, 0, 10).await.unwrap().is_empty());
        assert!(first.events_after(0, 10).await.unwrap().is_empty());
        assert_eq!(second.call(call).await.unwrap().unwrap().project, ProjectId(2));
        assert_eq!(second.events_after(0, 10).await.unwrap()[0].project, ProjectId(2));
    }

    async fn a_subscriber_resumes_where_it_was(place: &Place) {
        let store = place.open().await;
        let mut woken = store.committed_events();
        let (a, b) = (start(noon(), "+12025550123"), start(noon(), "+12025550124"));
        let (call_a, call_b) = (a.call, b.call);
        store.begin_call(a, vec![event(call_a, 1, CallEvent::Ringing)]).await.unwrap();
        store.begin_call(b, vec![event(call_b, 1, CallEvent::Ringing)]).await.unwrap();
        tokio::time::timeout(Duration::from_secs(5), woken.changed()).await.expect("it is woken").unwrap();
        let first = store.events_after(0, 1).await.unwrap();
        assert_eq!(first[0].record.call, call_a);
        store.append_events((2..200).map(|n| event(call_a, n, CallEvent::Answered)).collect()).await.unwrap();
        let rest = store.events_after(first[0].sequence, 1000).await.unwrap();
        assert_eq!(rest.len(), 199);
        assert_eq!(rest[0].record, event(call_b, 1, CallEvent::Ringing));
        let numbers: Vec<_> = rest[1..].iter().map(|e| e.record.number).collect();
        assert_eq!(numbers, (2..200).collect::<Vec<_>>());
        assert_eq!(*store.committed_events().borrow(), rest.last().unwrap().sequence);
    }

    async fn the_context_of_a_call_can_be_asked_for(place: &Place) {
        let store = place.open().await;
        let begun = start(noon(), "+12025550123");
        let call = begun.call;
        let context = CallContext {
            call,
            caller: begun.caller.clone(),
            called: begun.called.clone(),
            campaign: None,
            intent: Some("bill".into()),
            service: None,
            slots: vec![SlotValue { name: "account".into(), value: "123".into(), confirmed: true }],
            transcript: vec![],
            whisper: Some("Bill enquiry, account one two three".into()),
            waited_ms: 5,
            history: vec![],
        };
        let unknown = store.save_context(&context).await;
        assert!(matches!(unknown, Err(StoreError::NotFound(Missing::Call))));
        store.begin_call(begun, vec![]).await.unwrap();
        assert_eq!(store.context(call).await.unwrap(), None);
        store.save_context(&context).await.unwrap();
        assert_eq!(store.context(call).await.unwrap(), Some(context));
        assert_eq!(store.context(new_call(noon())).await.unwrap(), None);
    }

    async fn what_was_answered_is_there_after_the_store_was_dropped(place: &Place) {
        let call = {
            let store = place.open().await;
            let begun = start(noon(), "+12025550123");
            let call = begun.call;
            store.begin_call(begun, vec![event(call, 1, CallEvent::Ringing)]).await.unwrap();
            store.post_events(vec![event(call, 2, CallEvent::Answered)]).unwrap();
            store.end_call(end(call, after(1)), vec![]).await.unwrap();
            call
        };
        let store = place.open().await;
        assert!(store.call(call).await.unwrap().unwrap().ended_at.is_some());
        assert_eq!(store.events(call, 0, 10).await.unwrap().len(), 2);
    }

    async fn a_closed_store_says_so(place: &Place) {
        let store = place.open().await;
        let begun = start(noon(), "+12025550123");
        let call = begun.call;
        store.begin_call(begun, vec![]).await.unwrap();
        store.post_events(vec![event(call, 1, CallEvent::Ringing)]).unwrap();
        store.close().await;
        assert!(matches!(store.append_events(vec![event(call, 2, CallEvent::Ringing)]).await, Err(StoreError::Closed)));
        assert_eq!(place.open().await.events(call, 0, 10).await.unwrap().len(), 1);
    }
}
