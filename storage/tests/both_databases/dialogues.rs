//! What dialogues ask and tell.

use std::collections::BTreeMap;

use call_model::{Disposition, Lock, ProjectId, QueueId, RecordingId, ServiceKind, SlotValue, Subject, SurveyAnswer};
use storage::{
    CallStart, Direction, LockSearch, Missing, NewCode, NewFact, NewMessage, NewRisk, NewSurvey, NewTicket,
    NewVoicemail, RecordingRow, Standing, Store, StoreError, TicketSearch, Trial, VoicemailSearch,
};

use crate::on_both;
use crate::place::{after, chance, end, message, new_call, noon, start};

const CALLER: &str = "+12025550123";

fn ticket(key: &str, seed: u64) -> NewTicket {
    let fields = BTreeMap::from([("what".to_owned(), "no light, \"at all\"".to_owned())]);
    let (kind, caller, key) = ("fault".to_owned(), CALLER.to_owned(), key.to_owned());
    NewTicket { kind, call: new_call(noon()), caller, fields, key, seed, at: noon() }
}

fn trial(seconds: i64) -> Trial {
    let subject = Subject { by: "code".to_owned(), who: CALLER.to_owned() };
    Trial { subject, lock: Lock { after: 3, for_s: 900 }, at: after(seconds) }
}

fn code(digits: &str, key: &str, seconds: i64) -> NewCode {
    let message = NewMessage { at: after(seconds), ..message(key, "Your code is {code}.") };
    NewCode { code: digits.to_owned(), salt: format!("salt of {key}"), expires_at: after(seconds + 300), message }
}

async fn call_of(store: &Store, begun: CallStart, intent: &str) {
    let mut last = end(begun.call, begun.started_at);
    last.intent = Some(intent.to_owned());
    last.service = Some(ServiceKind::Query);
    store.begin_call(begun, vec![]).await.unwrap();
    store.end_call(last, vec![]).await.unwrap();
}

on_both! {
    async fn a_ticket_is_opened_once_a_key_and_found_by_its_number(place: &Place) {
        let store = place.open().await;
        let first = store.open_ticket(ticket("call-1", 7)).await.unwrap();
        assert_eq!((first.number.as_str().len(), first.status.as_str()), (6, "open"));
        let again = store.open_ticket(ticket("call-1", 8)).await.unwrap();
        assert_eq!(again, first);
        // The same chance draws the same number first, which is taken.
        let second = store.open_ticket(ticket("call-2", 7)).await.unwrap();
        assert_ne!(second.number, first.number);
        assert_eq!(store.ticket(&first.number, Some(CALLER)).await.unwrap().as_ref(), Some(&first));
        assert_eq!(store.ticket(&first.number, Some("+12025550199")).await.unwrap(), None, "another's ticket");
        assert_eq!(store.ticket(&"999".repeat(3).parse().unwrap(), None).await.unwrap(), None);
        let solved = store.set_ticket_status(&first.number, "solved", after(60)).await.unwrap();
        assert_eq!((solved.status.as_str(), solved.changed_at), ("solved", after(60)));
        let open = TicketSearch { status: Some("open".into()), ..TicketSearch::default() };
        assert_eq!(store.tickets(&open, 10).await.unwrap(), vec![second.clone()]);
        let older = TicketSearch { before: Some(second.id), ..TicketSearch::default() };
        assert_eq!(store.tickets(&older, 10).await.unwrap(), vec![solved]);
        let unknown = store.set_ticket_status(&"123456789".parse().unwrap(), "x", noon()).await;
        assert!(matches!(unknown, Err(StoreError::NotFound(Missing::Ticket))), "{unknown:?}");
    }

    async fn a_caller_who_hangs_up_in_the_middle_has_answered_the_first_questions(place: &Place) {
        let store = place.open().await;
        let answer = |question: &str, answer: &str| SurveyAnswer { question: question.into(), answer: answer.into() };
        let mut survey = NewSurvey {
            call: new_call(noon()),
            survey: "service".into(),
            number: CALLER.into(),
            answers: vec![answer("how", "5")],
            complete: false,
            at: noon(),
        };
        store.save_survey(survey.clone()).await.unwrap();
        survey.answers.push(answer("why", "quick & kind"));
        survey.complete = true;
        store.save_survey(survey.clone()).await.unwrap();
        let kept = store.surveys(Some("service"), None, 10).await.unwrap();
        assert_eq!(kept.len(), 1);
        assert_eq!((&kept[0].answers, kept[0].complete), (&survey.answers, true));
        assert!(store.surveys(Some("other"), None, 10).await.unwrap().is_empty());
    }

    async fn the_same_intent_often_enough_is_flagged(place: &Place) {
        let store = place.open().await;
        let risk = |day: i64, intent: &str| NewRisk {
            call: new_call(after(day * 86_400)),
            number: CALLER.into(),
            intent: intent.into(),
            at: after(day * 86_400),
            since: after((day - 30) * 86_400),
            times: 3,
        };
        assert_eq!(store.note_risk(risk(0, "leave")).await.unwrap(), (1, false));
        assert_eq!(store.note_risk(risk(10, "leave")).await.unwrap(), (2, false));
        assert_eq!(store.note_risk(risk(10, "complain")).await.unwrap(), (1, false));
        let third = risk(20, "leave");
        assert_eq!(store.note_risk(third.clone()).await.unwrap(), (3, true));
        assert_eq!(store.note_risk(third).await.unwrap(), (3, true), "the same call counts once");
        assert_eq!(store.note_risk(risk(35, "leave")).await.unwrap(), (3, true));
        assert_eq!(store.note_risk(risk(90, "leave")).await.unwrap(), (1, false), "long ago no longer counts");
        assert_eq!(store.risks(true, Some(CALLER), None, 10).await.unwrap().len(), 2);
        assert_eq!(store.risks(false, None, None, 10).await.unwrap().len(), 6);
    }

    async fn three_failures_lock_and_a_success_forgets(place: &Place) {
        let store = place.open().await;
        let note = async |seconds: i64, right: bool| {
            store.note_attempt(trial(seconds), format!("at {seconds}"), right).await.unwrap()
        };
        assert_eq!(store.standing(&trial(0)).await.unwrap(), Standing::default());
        assert_eq!(note(0, false).await.failures, 1);
        assert_eq!(note(1, false).await.failures, 2);
        assert_eq!(note(1, false).await.failures, 2, "an attempt that is written again counts once");
        assert_eq!(note(2, true).await, Standing { right: true, failures: 0, locked_until: None });
        for seconds in 3..6 {
            note(seconds, false).await;
        }
        let locked = Standing { right: false, failures: 3, locked_until: Some(after(905)) };
        assert_eq!(store.standing(&trial(904)).await.unwrap(), locked);
        assert_eq!(note(904, true).await, locked, "nothing is right while it is locked");
        assert_eq!(note(905, true).await, Standing { right: true, failures: 0, locked_until: None });
        note(906, false).await;
        assert_eq!(store.standing(&trial(1806)).await.unwrap().failures, 0, "an old failure no longer counts");
    }

    async fn a_lock_is_found_and_an_operator_ends_it(place: &Place) {
        let store = place.open().await;
        let of = |who: &str, seconds: i64| Trial {
            subject: Subject { by: "pin".to_owned(), who: who.to_owned() },
            ..trial(seconds)
        };
        let fail = async |who: &str, seconds: i64| {
            store.note_attempt(of(who, seconds), format!("{who} at {seconds}"), false).await.unwrap()
        };
        for seconds in 0..3 {
            fail("4711", seconds).await;
            fail("4712", seconds).await;
        }
        fail("4713", 0).await;
        store.send_code(trial(0), code("1234", "untried", 0)).await.unwrap();
        for seconds in 3..6 {
            store.check_code(trial(seconds), format!("at {seconds}"), "0".to_owned()).await.unwrap();
        }

        let found = async |search: LockSearch, seconds: i64, limit: u32| {
            let found = store.locks(&search, after(seconds), limit).await.unwrap();
            found.into_iter().map(|lock| (lock.by, lock.who)).collect::<Vec<_>>()
        };
        let lock = |by: &str, who: &str| (by.to_owned(), who.to_owned());
        let all = [lock("code", CALLER), lock("pin", "4711"), lock("pin", "4712")];
        assert_eq!(found(LockSearch::default(), 6, 10).await, all);
        let first = found(LockSearch::default(), 6, 2).await;
        assert_eq!(first, all[..2]);
        let last = Subject { by: "pin".to_owned(), who: "4711".to_owned() };
        assert_eq!(found(LockSearch { after: Some(last.clone()), ..LockSearch::default() }, 6, 2).await, all[2..]);
        assert_eq!(found(LockSearch { who: Some(CALLER.to_owned()), ..LockSearch::default() }, 6, 10).await, all[..1]);
        assert_eq!(found(LockSearch { by: Some("pin".to_owned()), ..LockSearch::default() }, 6, 10).await, all[1..]);
        assert_eq!(found(LockSearch::default(), 902, 10).await, all[..1], "the others ended by themselves");
        let told = store.locks(&LockSearch::default(), after(6), 10).await.unwrap().remove(1);
        assert_eq!((told.failures, told.failed_at, told.locked_until), (3, after(2), after(902)));

        store.unlock(last.clone(), after(7)).await.unwrap();
        assert_eq!(found(LockSearch::default(), 7, 10).await, [all[0].clone(), all[2].clone()]);
        assert_eq!(fail("4711", 8).await.failures, 1, "all were forgotten");
        let again = store.unlock(last, after(9)).await;
        assert!(matches!(again, Err(StoreError::NotFound(Missing::Lock))), "{again:?}");
        let gone = Subject { by: "pin".to_owned(), who: "4712".to_owned() };
        assert!(store.unlock(gone, after(902)).await.is_err(), "it ended by itself");

        store.unlock(trial(7).subject, after(7)).await.unwrap();
        let sent = store.send_code(trial(8), code("5678", "fresh", 8)).await.unwrap();
        assert_eq!(sent, Standing::default(), "the code from before does not count as untried");
        let right = store.check_code(trial(9), "right".to_owned(), "5678".to_owned()).await.unwrap();
        assert!(right.right);
        assert!(found(LockSearch { by: Some("code".to_owned()), ..LockSearch::default() }, 9, 10).await.is_empty());
    }

    async fn a_code_works_once_until_it_expires(place: &Place) {
        let store = place.open().await;
        let check = async |seconds: i64, digits: &str| {
            let attempt = format!("{digits} at {seconds}");
            store.check_code(trial(seconds), attempt, digits.to_owned()).await.unwrap()
        };
        store.send_code(trial(0), code("4711", "first", 0)).await.unwrap();
        assert_eq!(check(1, "0815").await, Standing { right: false, failures: 1, locked_until: None });
        assert!(check(2, "4711").await.right);
        assert!(check(2, "4711").await.right, "an attempt that is written again has the same answer");
        assert!(!check(3, "4711").await.right, "it works once");
        store.send_code(trial(10), code("1234", "second", 10)).await.unwrap();
        assert!(!check(311, "1234").await.right, "it has expired");
    }

    async fn codes_that_nobody_tries_lock_lest_a_telephone_be_flooded(place: &Place) {
        let store = place.open().await;
        let send = async |seconds: i64| {
            let key = format!("code {seconds}");
            store.send_code(trial(seconds), code("4711", &key, seconds)).await.unwrap()
        };
        assert_eq!(send(0).await.failures, 0);
        assert_eq!(send(0).await.failures, 0, "the same message is sent once");
        assert_eq!(send(1).await.failures, 1);
        assert_eq!(send(2).await.failures, 2);
        assert_eq!(send(3).await.locked_until, Some(after(903)));
        assert_eq!(send(4).await.locked_until, Some(after(903)));
        let sent = store.claim_messages(after(5), after(35), 10).await.unwrap();
        assert_eq!(sent.len(), 3, "to a locked subject nothing is sent");
        assert_eq!(sent[2].message.text, "Your code is 4711.");
    }

    async fn a_code_is_nowhere_in_the_clear_once_it_was_sent(place: &Place) {
        let store = place.open().await;
        store.send_code(trial(0), code("471108", "first", 0)).await.unwrap();
        let claimed = store.claim_messages(noon(), after(30), 10).await.unwrap();
        store.message_delivered(claimed[0].id, storage::Delivery::Sent, after(1)).await.unwrap();
        let shown = store.messages(&storage::MessageSearch::default(), 10).await.unwrap();
        assert_eq!(shown[0].text, "Your code is {code}.");
        place.by_hand("DELETE FROM one_time_codes WHERE hash LIKE '%471108%'").await;
        assert!(store.check_code(trial(2), "a".into(), "471108".into()).await.unwrap().right);
    }

    async fn a_fact_is_remembered_until_it_is_replaced_forgotten_or_old(place: &Place) {
        let store = place.open().await;
        let remember = async |fact: &str, value: &str, seconds: i64| {
            let (number, fact, value) = (CALLER.into(), fact.into(), value.into());
            store.remember(NewFact { number, fact, value, at: noon(), until: after(seconds) }).await.unwrap();
        };
        remember("language", "en", 100).await;
        remember("language", "zh", 100).await;
        remember("branch", "north", 50).await;
        let known = store.recall(CALLER, noon()).await.unwrap();
        assert_eq!(known, BTreeMap::from([("branch".into(), "north".into()), ("language".into(), "zh".into())]));
        assert_eq!(store.recall(CALLER, after(50)).await.unwrap().len(), 1);
        remember("language", "", 100).await;
        assert_eq!(store.recall(CALLER, noon()).await.unwrap().len(), 1);
        assert!(store.recall("+12025550199", noon()).await.unwrap().is_empty());
    }

    async fn the_past_calls_of_a_number_tell_its_habit(place: &Place) {
        let store = place.open().await;
        call_of(&store, start(after(-200), CALLER), "too old").await;
        for day in 0..3 {
            call_of(&store, start(after(day * 86_400), CALLER), "bill").await;
        }
        let mut by_us = start(after(100), "+442071838750");
        (by_us.direction, by_us.called) = (Direction::Outbound, CALLER.to_owned());
        call_of(&store, by_us, "offer").await;
        call_of(&store, start(noon(), "+12025550199"), "another's").await;
        let this = start(after(3 * 86_400), CALLER);
        store.begin_call(this.clone(), vec![]).await.unwrap();
        let open = start(after(3 * 86_400), CALLER);
        store.begin_call(open, vec![]).await.unwrap();
        let past = store.calls_of_number(CALLER, this.call, after(-100), 200).await.unwrap();
        let intents: Vec<_> = past.iter().filter_map(|call| call.intent.as_deref()).collect();
        assert_eq!(intents, ["bill", "bill", "offer", "bill"]);
        assert_eq!((past[0].service, past[0].disposition), (Some(ServiceKind::Query), Disposition::SelfServed));
        assert_eq!(past[0].started_at, after(2 * 86_400));
        assert_eq!(store.calls_of_number(CALLER, this.call, after(-100), 2).await.unwrap().len(), 2);
    }

    async fn a_voicemail_is_kept_once_with_its_context(place: &Place) {
        let store = place.open().await;
        let recording = RecordingId::from_parts(1_700_000_000_000, chance());
        let call = new_call(noon());
        let row = RecordingRow { recording, call, length_ms: 4200, made_at: noon() };
        store.save_recording(row).await.unwrap();
        store.save_recording(row).await.unwrap();
        assert_eq!(store.recording(recording).await.unwrap(), Some(row));
        let slot = SlotValue { name: "city".into(), value: "Berlin".into(), confirmed: true };
        let voicemail = NewVoicemail {
            recording,
            queue: QueueId::new("service"),
            call,
            number: CALLER.into(),
            intent: Some("fault".into()),
            slots: vec![slot.clone()],
            length_ms: 4200,
            at: noon(),
        };
        store.keep_voicemail(voicemail.clone()).await.unwrap();
        store.keep_voicemail(voicemail).await.unwrap();
        let waiting = VoicemailSearch { queue: Some(QueueId::new("service")), done: Some(false), before: None };
        let kept = store.voicemails(&waiting, 10).await.unwrap();
        assert_eq!((kept.len(), &kept[0].slots, kept[0].intent.as_deref()), (1, &vec![slot], Some("fault")));
        store.set_voicemail_done(recording, Some(after(60))).await.unwrap();
        assert!(store.voicemails(&waiting, 10).await.unwrap().is_empty());
        assert_eq!(store.voicemail(recording).await.unwrap().unwrap().done_at, Some(after(60)));
        let other = RecordingId::from_parts(1, chance());
        let unknown = store.set_voicemail_done(other, None).await;
        assert!(matches!(unknown, Err(StoreError::NotFound(Missing::Voicemail))), "{unknown:?}");
    }

    async fn what_one_project_keeps_another_does_not_see(place: &Place) {
        let store = place.open().await;
        place.by_hand("INSERT INTO projects (id, name) VALUES (2, 'other')").await;
        let other = store.in_project(ProjectId(2));
        let mine = store.open_ticket(ticket("key", 7)).await.unwrap();
        let theirs = other.open_ticket(ticket("key", 7)).await.unwrap();
        assert_eq!(mine.number, theirs.number, "numbers are unique in a project only");
        assert_ne!(mine.id, theirs.id);
        assert_eq!(other.tickets(&TicketSearch::default(), 10).await.unwrap(), vec![theirs]);
        store.note_attempt(trial(0), "a".into(), false).await.unwrap();
        assert_eq!(other.standing(&trial(0)).await.unwrap().failures, 0);
        store.put_message(message("key", "Hello")).await.unwrap();
        assert!(other.claim_messages(noon(), after(30), 10).await.unwrap().is_empty());
    }
}
