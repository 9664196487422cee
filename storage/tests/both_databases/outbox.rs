//! Messages that must go out, and jobs whose results become messages.

use call_model::{JobId, Message};
use storage::{
    Delivery, JobResult, MessageSearch, MessageState, Missing, NewJob, NewMessage, ResultTaken, Store, StoreError,
};

use crate::on_both;
use crate::place::{after, chance, message, new_call, noon};

fn job(key: &str) -> NewJob {
    let text = "It costs {price}.".to_owned();
    NewJob {
        job: JobId::from_parts(1_700_000_000_000, chance()),
        key: key.to_owned(),
        name: "quote".to_owned(),
        call: new_call(noon()),
        number: "+12025550123".to_owned(),
        token: "the token".to_owned(),
        if_gone: Some(Message { by: "sms".into(), to: "+12025550123".into(), text, key: format!("{key} gone") }),
        waits_until: after(60),
        at: noon(),
        expires_at: after(3600),
    }
}

fn result() -> JobResult {
    JobResult { ok: true, result: r#"{"price":12}"#.to_owned() }
}

async fn texts(store: &Store) -> Vec<String> {
    let found = store.messages(&MessageSearch::default(), 100).await.unwrap();
    found.into_iter().map(|message| message.text).collect()
}

on_both! {
    async fn a_message_is_there_once_a_key_and_claimed_by_one(place: &Place) {
        let store = place.open().await;
        let other = place.open_as("there").await;
        for _ in 0..2 {
            store.put_message(message("key", "Hello")).await.unwrap();
        }
        let claimed = store.claim_messages(noon(), after(30), 10).await.unwrap();
        assert_eq!((claimed.len(), claimed[0].attempts), (1, 1));
        assert_eq!(claimed[0].message, message("key", "Hello").message);
        assert!(other.claim_messages(after(29), after(60), 10).await.unwrap().is_empty());
        // Whoever claimed it died: it is sent again, with the same key.
        let again = other.claim_messages(after(30), after(60), 10).await.unwrap();
        assert_eq!((again.len(), again[0].attempts, again[0].message.key.as_str()), (1, 2, "key"));
        other.message_delivered(again[0].id, Delivery::Sent, after(31)).await.unwrap();
        assert!(store.claim_messages(after(900), after(930), 10).await.unwrap().is_empty());
        let sent = store.messages(&MessageSearch { state: Some(MessageState::Sent), ..Default::default() }, 10).await.unwrap();
        assert_eq!((sent.len(), sent[0].ended_at), (1, Some(after(31))));
        // What comes late of the first does not undo it.
        let late = Delivery::GivenUp { trouble: "timed out".into() };
        other.message_delivered(sent[0].id, late, after(32)).await.unwrap();
        assert_eq!(store.messages(&MessageSearch::default(), 10).await.unwrap()[0].state, MessageState::Sent);
    }

    async fn whoever_posts_a_message_is_told_what_stands_under_its_key(place: &Place) {
        let store = place.open().await;
        let first = store.post_message(message("key", "Hello")).await.unwrap();
        assert_eq!((first.fresh, first.message.text.as_str(), first.message.attempts), (true, "Hello", 0));
        let again = store.post_message(message("key", "Bye")).await.unwrap();
        assert_eq!((again.fresh, &again.message), (false, &first.message));
        assert_eq!(texts(&store).await, ["Hello"]);
    }

    async fn a_message_that_was_not_taken_waits_and_may_be_given_up_and_tried_again(place: &Place) {
        let store = place.open().await;
        store.put_message(message("key", "Hello")).await.unwrap();
        let id = store.claim_messages(noon(), after(30), 10).await.unwrap()[0].id;
        let again = Delivery::Again { at: after(5), trouble: "503".into() };
        store.message_delivered(id, again, noon()).await.unwrap();
        assert!(store.claim_messages(after(4), after(34), 10).await.unwrap().is_empty());
        assert_eq!(store.claim_messages(after(5), after(35), 10).await.unwrap().len(), 1);
        store.message_delivered(id, Delivery::GivenUp { trouble: "410".into() }, after(6)).await.unwrap();
        let shown = store.messages(&MessageSearch::default(), 10).await.unwrap();
        assert_eq!((shown[0].state, shown[0].trouble.as_deref()), (MessageState::Failed, Some("410")));
        assert!(store.claim_messages(after(900), after(930), 10).await.unwrap().is_empty());
        store.retry_message(id, after(901)).await.unwrap();
        assert_eq!(store.claim_messages(after(901), after(930), 10).await.unwrap().len(), 1);
        let missing = store.retry_message(id + 100, after(902)).await;
        assert!(matches!(missing, Err(StoreError::NotFound(Missing::FailedMessage))), "{missing:?}");
    }

    async fn a_message_survives_the_end_of_the_process(place: &Place) {
        let store = place.open().await;
        let mut late = message("key", "Hello");
        late.call = None;
        store.put_message(NewMessage { ..late }).await.unwrap();
        drop(store);
        let store = place.open().await;
        assert_eq!(store.claim_messages(noon(), after(30), 10).await.unwrap().len(), 1);
    }

    async fn a_waiting_call_gets_the_result_of_its_job(place: &Place) {
        let store = place.open().await;
        let id = store.open_job(job("key")).await.unwrap();
        assert_eq!(store.open_job(job("key")).await.unwrap(), id, "the same key opens no second job");
        assert_eq!(store.await_job(id, after(30)).await.unwrap(), None);
        assert!(!store.job_has_ended(id).await.unwrap());
        let wrong = store.end_job(id, "guessed", result(), after(1)).await;
        assert!(matches!(wrong, Err(StoreError::NotFound(Missing::Job))), "{wrong:?}");
        let taken = store.end_job(id, "the token", result(), after(2)).await.unwrap();
        assert!(matches!(taken, ResultTaken::Kept { .. }));
        assert!(store.job_has_ended(id).await.unwrap());
        assert_eq!(store.give_up_job(id).await.unwrap(), Some(result()));
        assert_eq!(store.end_job(id, "the token", result(), after(3)).await.unwrap(), ResultTaken::Before);
        assert!(texts(&store).await.is_empty(), "the call has it");
        assert!(store.job(id).await.unwrap().unwrap().taken);
    }

    async fn a_result_that_nobody_waits_for_becomes_a_message(place: &Place) {
        let store = place.open().await;
        let id = store.open_job(job("key")).await.unwrap();
        assert_eq!(store.await_job(id, after(30)).await.unwrap(), None);
        assert_eq!(store.give_up_job(id).await.unwrap(), None);
        store.end_job(id, "the token", result(), after(40)).await.unwrap();
        assert_eq!(texts(&store).await, ["It costs 12."]);
        assert_eq!(store.leave_results(after(100)).await.unwrap(), 0);
    }

    async fn a_result_for_a_call_that_ended_becomes_a_message_once(place: &Place) {
        let store = place.open().await;
        let (ended, died) = (job("ended"), job("died"));
        let call = ended.call;
        let ended = store.open_job(ended).await.unwrap();
        let died = store.open_job(died).await.unwrap();
        store.end_job(ended, "the token", result(), after(1)).await.unwrap();
        store.end_job(died, "the token", result(), after(1)).await.unwrap();
        assert!(texts(&store).await.is_empty(), "both calls may still ask");
        store.call_waits_no_more(call, after(2)).await.unwrap();
        assert_eq!(texts(&store).await.len(), 1);
        assert_eq!(store.leave_results(after(59)).await.unwrap(), 0);
        assert_eq!(store.leave_results(after(60)).await.unwrap(), 1, "a call that died says nothing more");
        assert_eq!(texts(&store).await.len(), 2);
    }

    async fn a_result_that_comes_too_late_is_not_taken(place: &Place) {
        let store = place.open().await;
        let id = store.open_job(job("key")).await.unwrap();
        assert_eq!(store.end_job(id, "the token", result(), after(3600)).await.unwrap(), ResultTaken::Expired);
        let unknown = store.await_job(JobId::from_parts(1, chance()), after(1)).await;
        assert!(matches!(unknown, Err(StoreError::NotFound(Missing::Job))), "{unknown:?}");
    }
}
