//! Campaigns, uploaded lists, leads.

use std::collections::BTreeMap;

use call_model::{Disposition, LeadId};
use dialer::{CampaignSettings, CampaignState, LeadChange, LeadState, RefusedRow, RowRefusal, RowVerdict};
use storage::{ImportProgress, Missing, Store, StoreError};

use crate::on_both;
use crate::place::{accepted, after, campaign, noon, number, settings};

on_both! {
    async fn a_campaign_is_made_changed_and_found(place: &Place) {
        let store = place.open().await;
        let spring = campaign(&store, "spring").await;
        let found = store.campaign_named("spring").await.unwrap().unwrap();
        assert_eq!((found.campaign, found.state, &found.settings), (spring, CampaignState::Running, &settings("spring")));
        let again = store.create_campaign(call_model::CampaignId::from(77), &settings("spring"), noon()).await;
        assert!(matches!(again, Err(StoreError::NameTaken)), "{again:?}");

        let changed = CampaignSettings { at_once: 3, ..settings("summer") };
        store.update_campaign(spring, &changed).await.unwrap();
        store.set_campaign_state(spring, CampaignState::Paused, after(5)).await.unwrap();
        let found = store.campaign(spring).await.unwrap().unwrap();
        assert_eq!((found.state, found.settings, found.state_at), (CampaignState::Paused, changed, after(5)));
        assert!(store.campaign_named("spring").await.unwrap().is_none());
        assert_eq!(store.campaigns().await.unwrap().len(), 1);

        let unknown = store.set_campaign_state(call_model::CampaignId::from(5), CampaignState::Running, noon()).await;
        assert!(matches!(unknown, Err(StoreError::NotFound(Missing::Campaign))));
    }

    async fn every_row_of_a_list_becomes_a_lead_or_a_refusal(place: &Place) {
        let store = place.open().await;
        let spring = campaign(&store, "spring").await;
        let rows = (2..2502_u64).map(|line| if line.is_multiple_of(10) { refused(line) } else { accepted(line) });
        let mut told = Vec::new();
        let list = store.import_leads(spring, "people.csv", rows, noon(), |p| told.push(p)).await.unwrap();
        assert_eq!((list.accepted, list.refused), (2250, 250));
        assert_eq!(told.len(), 3);
        assert_eq!(told[0], ImportProgress { accepted: 900, refused: 100 });
        assert_eq!(store.lists(spring).await.unwrap(), vec![list.clone()]);

        let progress = store.campaign_progress(spring).await.unwrap();
        assert_eq!(progress.leads, BTreeMap::from([(LeadState::Waiting, 2250)]));
        assert_eq!((progress.refused_rows, progress.attempts), (250, 0));

        let refusals = store.refused_rows(list.list, 2400, 100).await.unwrap();
        assert_eq!((refusals.len(), refusals[0].line, refusals[0].reason.as_str()), (10, 2410, "not_a_number"));
        assert_eq!((refusals[0].written.as_str(), refusals[0].explanation.as_str()), ("12ab", "not a telephone number"));

        let (mut lines, mut last) = (Vec::new(), 0);
        loop {
            let page = store.results(list.list, last, 700).await.unwrap();
            let Some(row) = page.last() else { break };
            last = row.line;
            lines.extend(page.iter().map(|row| (row.line, row.status.clone())));
        }
        let status = |line: u64| if line.is_multiple_of(10) { "refused" } else { "waiting" };
        assert_eq!(lines, (2..2502).map(|line| (line, status(line).to_owned())).collect::<Vec<_>>());
    }

    async fn due_leads_come_longest_due_first_then_by_line(place: &Place) {
        let store = place.open().await;
        let spring = campaign(&store, "spring").await;
        store.import_leads(spring, "late.csv", (2..12).map(accepted), after(60), |_| ()).await.unwrap();
        store.import_leads(spring, "early.csv", (102..112).map(accepted), noon(), |_| ()).await.unwrap();
        let batch = store.due_leads(spring, after(30), 4).await.unwrap();
        let names: Vec<_> = batch.leads.iter().map(|l| l.variables["line"].as_str()).collect();
        assert_eq!(names, ["102", "103", "104", "105"]);
        assert_eq!((batch.next_due, batch.unfinished), (Some(after(60)), 20));
        let batch = store.due_leads(spring, after(60), 100).await.unwrap();
        assert_eq!((batch.leads.len(), batch.next_due), (20, None));
        assert_eq!(batch.leads[10].variables["line"], "2");
    }

    async fn a_list_that_breaks_off_leaves_nothing_behind(place: &Place) {
        let store = place.open().await;
        let spring = campaign(&store, "spring").await;
        let importing = {
            let store = store.clone();
            let (reached, wait) = tokio::sync::oneshot::channel();
            let mut reached = Some(reached);
            let task = tokio::spawn(async move {
                store.import_leads(spring, "people.csv", (2..500_000).map(accepted), noon(), move |p| {
                    if p.accepted >= 3000 && let Some(reached) = reached.take() {
                        reached.send(()).unwrap();
                    }
                }).await
            });
            wait.await.unwrap();
            task
        };
        assert_eq!(store.due_leads(spring, after(60), 10).await.unwrap().leads, vec![]);
        importing.abort();
        assert!(importing.await.unwrap_err().is_cancelled());
        assert_eq!(store.lists(spring).await.unwrap()[0].completed_at, None);
        assert!(store.campaign_progress(spring).await.unwrap().leads.is_empty());

        let recovered = store.recover(after(100)).await.unwrap();
        assert_eq!(recovered.lists.len(), 1);
        assert_eq!(store.lists(spring).await.unwrap(), vec![]);
        assert_eq!(store.due_leads(spring, after(60), 10).await.unwrap().unfinished, 0);
    }

    async fn a_list_for_an_unknown_campaign_is_refused(place: &Place) {
        let store = place.open().await;
        let unknown = call_model::CampaignId::from(5);
        let outcome = store.import_leads(unknown, "people.csv", (2..12).map(accepted), noon(), |_| ()).await;
        assert!(matches!(outcome, Err(StoreError::NotFound(Missing::Campaign))), "{outcome:?}");
    }

    async fn leads_are_listed_and_set_free_by_an_operator(place: &Place) {
        let store = place.open().await;
        let spring = campaign(&store, "spring").await;
        store.import_leads(spring, "people.csv", (2..12).map(accepted), noon(), |_| ()).await.unwrap();
        let all = store.leads(spring, None, None, 100).await.unwrap();
        assert_eq!(all.iter().map(|l| l.line).collect::<Vec<_>>(), (2..12).collect::<Vec<_>>());
        assert_eq!((&all[0].number, all[0].due), (&number(2), noon()));
        store.change_lead(all[0].lead, LeadChange::Close(LeadState::Done)).await.unwrap();
        store.change_lead(all[1].lead, LeadChange::DueAt(after(99))).await.unwrap();
        assert_eq!(states(&store, spring).await[..3], [LeadState::Done, LeadState::Waiting, LeadState::Waiting]);
        let waiting = store.leads(spring, Some(LeadState::Waiting), Some(all[0].lead), 3).await.unwrap();
        assert_eq!((waiting.len(), waiting[0].line, waiting[0].due), (3, 3, after(99)));
        let unknown = store.change_lead(LeadId::from(9), LeadChange::DueAt(noon())).await;
        assert!(matches!(unknown, Err(StoreError::NotFound(Missing::FreeLead))));
    }

    async fn numbers_on_the_do_not_call_list_are_blocked_when_they_are_uploaded(place: &Place) {
        let store = place.open().await;
        let spring = campaign(&store, "spring").await;
        store.add_do_not_call(crate::place::never(4)).await.unwrap();
        let list = store.import_leads(spring, "people.csv", (2..7).map(accepted), noon(), |_| ()).await.unwrap();
        use LeadState::{Blocked, Waiting};
        assert_eq!(states(&store, spring).await, [Waiting, Waiting, Blocked, Waiting, Waiting]);
        let results = store.results(list.list, 0, 10).await.unwrap();
        assert_eq!((results[2].status.as_str(), results[2].reason.as_str()), ("blocked", "do_not_call"));
        assert_eq!(results[2].disposition, None::<Disposition>);
    }

    async fn the_do_not_call_list_is_read_in_pages(place: &Place) {
        let store = place.open().await;
        for line in [5, 3, 9, 5] {
            store.add_do_not_call(crate::place::never(line)).await.unwrap();
        }
        let first = store.do_not_call(None, 2).await.unwrap();
        assert_eq!(first.iter().map(|e| e.number.clone()).collect::<Vec<_>>(), [number(3), number(5)]);
        assert_eq!(first[0], crate::place::never(3));
        let second = store.do_not_call(Some(&number(5)), 2).await.unwrap();
        assert_eq!(second.len(), 1);
        assert!(store.is_do_not_call(&number(9)).await.unwrap());
        assert!(store.remove_do_not_call(&number(9)).await.unwrap());
        assert!(!store.remove_do_not_call(&number(9)).await.unwrap());
        assert!(!store.is_do_not_call(&number(9)).await.unwrap());
        assert_eq!(store.counts().await.unwrap().do_not_call, 2);
    }
}

async fn states(store: &Store, campaign: call_model::CampaignId) -> Vec<LeadState> {
    store.leads(campaign, None, None, 100).await.unwrap().into_iter().map(|lead| lead.state).collect()
}

fn refused(line: u64) -> RowVerdict {
    RowVerdict::Refused(RefusedRow { line, written: "12ab".into(), reason: RowRefusal::NotANumber })
}
