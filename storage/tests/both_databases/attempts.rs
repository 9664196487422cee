//! The gate before every attempt, and how attempts end.

use std::collections::BTreeMap;

use call_model::{CampaignId, Disposition, LeadId};
use dialer::{AttemptOutcome, CampaignState, FinishAttempt, LeadChange, LeadState, Refusal};
use storage::{AttemptState, Missing, Reservation, Store, StoreError};

use crate::on_both;
use crate::place::{Place, accepted, after, campaign, never, new_attempt, new_call, noon, number, single, wish};

on_both! {
    async fn an_attempt_goes_its_way(place: &Place) {
        let (store, spring, leads) = with_leads(place, 3).await;
        let request = wish(spring, leads[0], 2, after(1));
        let attempt = request.attempt;
        assert_eq!(store.reserve(request).await.unwrap(), Reservation::Reserved);
        assert_eq!(state_of(&store, spring, leads[0]).await, (LeadState::Reserved, 1));
        let call = new_call(after(2));
        store.mark_dialling(attempt, call, "abc@host", after(2)).await.unwrap();
        assert_eq!(store.counts().await.unwrap().open_attempts, 1);
        let busy = finish(attempt, spring, leads[0], Disposition::Busy, LeadChange::DueAt(after(900)));
        store.finish_attempt(busy, after(3)).await.unwrap();
        let stored = store.attempt(attempt).await.unwrap().unwrap();
        assert_eq!((stored.state, stored.disposition), (AttemptState::Ended, Some(Disposition::Busy)));
        assert_eq!((stored.call, stored.sip_call_id.as_deref()), (Some(call), Some("abc@host")));
        assert_eq!((stored.dialled_at, stored.ended_at), (Some(after(2)), Some(after(3))));
        assert_eq!(state_of(&store, spring, leads[0]).await, (LeadState::Waiting, 1));
        assert_eq!(store.due_leads(spring, after(10), 10).await.unwrap().next_due, Some(after(900)));
        let progress = store.campaign_progress(spring).await.unwrap();
        assert_eq!(progress.outcomes, BTreeMap::from([(Disposition::Busy, 1)]));
        assert_eq!((progress.attempts, progress.open_attempts), (1, 0));
        let list = store.lists(spring).await.unwrap()[0].list;
        let result = store.results(list, 0, 1).await.unwrap().remove(0);
        assert_eq!((result.call, result.last_attempt, result.attempts), (call.to_string(), Some(after(1)), 1));
        // A second end would be a defect of the asker, unless it says the same.
        store.finish_attempt(busy, after(3)).await.unwrap();
        let other = finish(attempt, spring, leads[0], Disposition::NoAnswer, LeadChange::Keep);
        assert!(matches!(store.finish_attempt(other, after(4)).await, Err(StoreError::NotFound(Missing::Attempt))));
        assert!(store.mark_dialling(attempt, call, "abc@host", after(5)).await.is_err());
    }

    async fn fifty_wishes_for_one_lead_get_one_attempt(place: &Place) {
        let (store, spring, leads) = with_leads(place, 1).await;
        let other = place.open_as("other").await;
        let wishes = (0..50).map(|i| {
            let store = if i % 2 == 0 { store.clone() } else { other.clone() };
            let request = wish(spring, leads[0], 2, after(1));
            tokio::spawn(async move { store.reserve(request).await.unwrap() })
        });
        let wishes: Vec<_> = wishes.collect();
        let mut reserved = 0;
        for wish in wishes {
            match wish.await.unwrap() {
                Reservation::Reserved => reserved += 1,
                Reservation::Refused(why) => {
                    assert!(why.contains(&Refusal::AlreadyReserved) && why.contains(&Refusal::LeadNotDue), "{why:?}");
                }
            }
        }
        assert_eq!(reserved, 1);
        assert_eq!(state_of(&store, spring, leads[0]).await, (LeadState::Reserved, 1));
        assert_eq!(store.attempts(Some(spring), AttemptState::Reserved, 100).await.unwrap().len(), 1);
    }

    async fn one_budget_holds_for_a_number_over_all_campaigns(place: &Place) {
        let (store, spring, leads) = with_leads(place, 1).await;
        let autumn = campaign(&store, "autumn").await;
        store.import_leads(autumn, "people.csv", (2..3).map(accepted), noon(), |_| ()).await.unwrap();
        let same_person = store.leads(autumn, None, None, 1).await.unwrap()[0].lead;

        let first = wish(spring, leads[0], 2, after(0));
        let attempt = first.attempt;
        assert_eq!(store.reserve(first).await.unwrap(), Reservation::Reserved);
        let refused = store.reserve(wish(autumn, same_person, 2, after(1))).await.unwrap();
        let Reservation::Refused(why) = refused else { panic!("reserved while another campaign calls") };
        assert!(why.contains(&Refusal::AlreadyReserved), "{why:?}");
        store.finish_attempt(finish(attempt, spring, leads[0], Disposition::NoAnswer, LeadChange::DueAt(after(0))), after(30)).await.unwrap();

        // Four hours must lie between two attempts that the person may have noticed, whoever made the first.
        let four_hours = after(4 * 3600);
        for refused in [
            store.reserve(wish(autumn, same_person, 2, after(3600))).await.unwrap(),
            store.reserve(single(2, after(3600))).await.unwrap(),
        ] {
            let Reservation::Refused(why) = refused else { panic!("reserved too soon") };
            assert!(why.contains(&Refusal::TooSoon { not_before: four_hours }), "{why:?}");
        }
        let lead = store.leads(autumn, None, None, 1).await.unwrap().remove(0);
        assert_eq!((lead.state, lead.due, lead.attempts), (LeadState::Waiting, four_hours, 0));
        assert_eq!(store.reserve(wish(autumn, same_person, 2, four_hours)).await.unwrap(), Reservation::Reserved);
    }

    async fn a_number_put_on_the_do_not_call_list_after_the_upload_is_not_dialled(place: &Place) {
        let (store, spring, leads) = with_leads(place, 3).await;
        // The dialer has taken the lead into its hopper already.
        store.add_do_not_call(never(2)).await.unwrap();
        assert_eq!(state_of(&store, spring, leads[0]).await, (LeadState::Blocked, 0));
        let Reservation::Refused(why) = store.reserve(wish(spring, leads[0], 2, after(1))).await.unwrap() else {
            panic!("reserved against the list");
        };
        assert!(why.contains(&Refusal::DoNotCall), "{why:?}");
        // An entry that came past the store, so that no lead was closed with it.
        place.by_hand(&format!(
            "INSERT INTO do_not_call (project_id, number, reason, source, added_at) VALUES (1, '{}', '', '', 0)", number(3)
        )).await;
        let refused = store.reserve(wish(spring, leads[1], 3, after(1))).await.unwrap();
        assert_eq!(refused, Reservation::Refused(vec![Refusal::DoNotCall]));
        assert_eq!(state_of(&store, spring, leads[1]).await, (LeadState::Blocked, 0));
        let list = store.lists(spring).await.unwrap()[0].list;
        assert_eq!(store.results(list, 2, 1).await.unwrap()[0].reason, "do_not_call");
    }

    async fn who_asks_never_to_be_called_again_is_not(place: &Place) {
        let (store, spring, leads) = with_leads(place, 2).await;
        let autumn = campaign(&store, "autumn").await;
        store.import_leads(autumn, "people.csv", (2..3).map(accepted), noon(), |_| ()).await.unwrap();
        let request = wish(spring, leads[0], 2, after(1));
        let attempt = request.attempt;
        store.reserve(request).await.unwrap();
        let change = LeadChange::Close(LeadState::Done);
        store.finish_attempt(finish(attempt, spring, leads[0], Disposition::DoNotCall, change), after(9)).await.unwrap();
        assert!(store.is_do_not_call(&number(2)).await.unwrap());
        assert_eq!(state_of(&store, spring, leads[0]).await, (LeadState::Done, 1));
        let there = store.leads(autumn, None, None, 1).await.unwrap().remove(0);
        assert_eq!(there.state, LeadState::Blocked);
    }

    async fn nothing_is_reserved_for_a_campaign_that_does_not_run(place: &Place) {
        let (store, spring, leads) = with_leads(place, 1).await;
        for state in [CampaignState::Paused, CampaignState::Stopped, CampaignState::Draft] {
            store.set_campaign_state(spring, state, after(0)).await.unwrap();
            let refused = store.reserve(wish(spring, leads[0], 2, after(1))).await.unwrap();
            assert_eq!(refused, Reservation::Refused(vec![Refusal::CampaignNotRunning]), "{state}");
        }
        assert_eq!(state_of(&store, spring, leads[0]).await, (LeadState::Waiting, 0));
    }

    async fn a_lead_is_only_called_at_the_number_it_has(place: &Place) {
        let (store, spring, leads) = with_leads(place, 2).await;
        let refused = store.reserve(wish(spring, leads[0], 3, after(1))).await.unwrap();
        assert_eq!(refused, Reservation::Refused(vec![Refusal::LeadNotDue]));
    }

    async fn a_released_attempt_was_never_there(place: &Place) {
        let (store, spring, leads) = with_leads(place, 1).await;
        let request = wish(spring, leads[0], 2, after(1));
        let attempt = request.attempt;
        store.reserve(request).await.unwrap();
        let change = LeadChange::DueAt(after(2));
        let release = FinishAttempt { outcome: AttemptOutcome::Released, ..finish(attempt, spring, leads[0], Disposition::Failed, change) };
        store.finish_attempt(release, after(2)).await.unwrap();
        assert_eq!(state_of(&store, spring, leads[0]).await, (LeadState::Waiting, 0));
        assert_eq!(store.attempt(attempt).await.unwrap(), None);
        assert_eq!(store.reserve(wish(spring, leads[0], 2, after(3))).await.unwrap(), Reservation::Reserved);
    }

    async fn a_single_call_passes_the_same_gate(place: &Place) {
        let store = place.open().await;
        let request = single(2, after(1));
        let attempt = request.attempt;
        assert_eq!(store.reserve(request).await.unwrap(), Reservation::Reserved);
        let second = store.reserve(single(2, after(2))).await.unwrap();
        assert!(matches!(&second, Reservation::Refused(why) if why.contains(&Refusal::AlreadyReserved)), "{second:?}");
        store.mark_dialling(attempt, new_call(after(2)), "x@y", after(2)).await.unwrap();
        store.finish_single_call(attempt, AttemptOutcome::Ended(Disposition::Busy), after(3)).await.unwrap();
        let ended = store.attempts(None, AttemptState::Ended, 10).await.unwrap();
        assert_eq!((ended.len(), ended[0].attempt, ended[0].lead), (1, attempt, None));
        store.add_do_not_call(never(2)).await.unwrap();
        let refused = store.reserve(single(2, after(86_400 * 2))).await.unwrap();
        assert_eq!(refused, Reservation::Refused(vec![Refusal::DoNotCall]));
        let night = store.reserve(single(3, after(12 * 3600))).await.unwrap();
        assert!(matches!(&night, Reservation::Refused(why) if matches!(why[..], [Refusal::OutsideHours { .. }])), "{night:?}");
    }

    async fn the_same_wish_asked_again_is_the_same_attempt(place: &Place) {
        let (store, spring, leads) = with_leads(place, 1).await;
        let request = wish(spring, leads[0], 2, after(1));
        assert_eq!(store.reserve(request.clone()).await.unwrap(), Reservation::Reserved);
        assert_eq!(store.reserve(request).await.unwrap(), Reservation::Reserved);
        assert_eq!(state_of(&store, spring, leads[0]).await, (LeadState::Reserved, 1));
        let unknown = store.mark_dialling(new_attempt(noon()), new_call(noon()), "x", noon()).await;
        assert!(matches!(unknown, Err(StoreError::NotFound(Missing::Attempt))));
    }
}

async fn with_leads(place: &Place, leads: u64) -> (Store, CampaignId, Vec<LeadId>) {
    let store = place.open().await;
    let spring = campaign(&store, "spring").await;
    store.import_leads(spring, "people.csv", (2..2 + leads).map(accepted), noon(), |_| ()).await.unwrap();
    let leads = store.leads(spring, None, None, 1000).await.unwrap();
    (store, spring, leads.into_iter().map(|lead| lead.lead).collect())
}

async fn state_of(store: &Store, campaign: CampaignId, lead: LeadId) -> (LeadState, u32) {
    let leads = store.leads(campaign, None, None, 1000).await.unwrap();
    let lead = leads.into_iter().find(|l| l.lead == lead).expect("the lead is there");
    (lead.state, lead.attempts)
}

fn finish(
    attempt: call_model::AttemptId,
    campaign: CampaignId,
    lead: LeadId,
    disposition: Disposition,
    change: LeadChange,
) -> FinishAttempt {
    FinishAttempt { attempt, campaign, lead, outcome: AttemptOutcome::Ended(disposition), change }
}
