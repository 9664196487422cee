//! What the gate says of one attempt, and what becomes of its lead.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use call_model::{AttemptId, CampaignId, Disposition, LeadId};
use dialer::{
    AttemptBudget, BudgetVerdict, CallingHours, CampaignState, ContactLimits, LeadChange, LeadFacts, LeadState,
    PastAttempt, Purpose, Refusal, ReservationFacts, ReservationRequest, RetryTable, Verdict, decide,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A London number on a Wednesday at noon.
fn request() -> ReservationRequest {
    ReservationRequest {
        attempt: AttemptId::from(1),
        purpose: Purpose::Lead { campaign: CampaignId::from(1), lead: LeadId::from(1) },
        number: "+442079460000".parse().unwrap(),
        server: "a".to_owned(),
        lease: Duration::from_secs(90),
        now: at("2026-01-14T12:00:00Z"),
        limits: ContactLimits::default(),
    }
}

fn facts() -> ReservationFacts {
    ReservationFacts {
        do_not_call: false,
        campaign: Some(CampaignState::Running),
        lead: Some(LeadFacts { state: LeadState::Waiting, due: at("2026-01-14T12:00:00Z"), attempts: 0 }),
        open_attempt: false,
        attempts_of_number: vec![],
    }
}

fn past(hours_ago: i64, disposition: Disposition) -> PastAttempt {
    PastAttempt { at: request().now - SignedDuration::from_hours(hours_ago), disposition: Some(disposition) }
}

#[track_caller]
fn refused(request: &ReservationRequest, facts: &ReservationFacts, reasons: &[Refusal], change: LeadChange) {
    assert_eq!(decide(request, facts), Verdict::Refuse { refusals: reasons.to_vec(), lead: change });
}

#[test]
fn nothing_speaks_against_it() {
    assert_eq!(decide(&request(), &facts()), Verdict::Reserve);
    let single = ReservationRequest { purpose: Purpose::SingleCall, ..request() };
    assert_eq!(decide(&single, &ReservationFacts::default()), Verdict::Reserve);
}

#[test]
fn who_asked_not_to_be_called_is_not_called() {
    let listed = ReservationFacts { do_not_call: true, ..facts() };
    refused(&request(), &listed, &[Refusal::DoNotCall], LeadChange::Close(LeadState::Blocked));
    let single = ReservationRequest { purpose: Purpose::SingleCall, ..request() };
    let listed = ReservationFacts { do_not_call: true, ..ReservationFacts::default() };
    refused(&single, &listed, &[Refusal::DoNotCall], LeadChange::Keep);
}

#[test]
fn a_number_whose_hours_are_closed_waits_for_them() {
    let night = ReservationRequest { now: at("2026-01-14T21:00:00Z"), ..request() };
    let morning = at("2026-01-15T09:00:00Z");
    refused(&night, &facts(), &[Refusal::OutsideHours { not_before: Some(morning) }], LeadChange::DueAt(morning));
    // A satellite telephone may be anywhere.
    let anywhere = ReservationRequest { number: "+881612345678".parse().unwrap(), ..request() };
    let never = [Refusal::OutsideHours { not_before: None }];
    refused(&anywhere, &facts(), &never, LeadChange::Close(LeadState::Blocked));
    let limits = ContactLimits { hours: CallingHours::always(), ..ContactLimits::default() };
    assert_eq!(decide(&ReservationRequest { limits, ..anywhere }, &facts()), Verdict::Reserve);
}

#[test]
fn who_was_called_a_short_time_ago_is_left_alone() {
    let rang = ReservationFacts { attempts_of_number: vec![past(1, Disposition::NoAnswer)], ..facts() };
    let later = at("2026-01-14T15:00:00Z");
    refused(&request(), &rang, &[Refusal::TooSoon { not_before: later }], LeadChange::DueAt(later));
    // A busy line noticed nothing.
    let busy = ReservationFacts { attempts_of_number: vec![past(1, Disposition::Busy)], ..facts() };
    assert_eq!(decide(&request(), &busy), Verdict::Reserve);
}

#[test]
fn who_was_called_often_today_is_left_alone_whoever_called() {
    let busy = |hours| past(hours, Disposition::Busy);
    let thrice = ReservationFacts { attempts_of_number: vec![busy(2), busy(20), busy(5)], ..facts() };
    let later = at("2026-01-14T16:00:00Z");
    refused(&request(), &thrice, &[Refusal::TooSoon { not_before: later }], LeadChange::DueAt(later));
    let failed = ReservationFacts { attempts_of_number: vec![past(1, Disposition::Failed); 5], ..facts() };
    assert_eq!(decide(&request(), &failed), Verdict::Reserve, "failures of ours take nothing from the day");
}

#[test]
fn a_lead_whose_attempts_are_used_up_is_closed() {
    let lead = Some(LeadFacts { attempts: 6, ..facts().lead.unwrap() });
    let spent = ReservationFacts { lead, ..facts() };
    refused(&request(), &spent, &[Refusal::BudgetSpent], LeadChange::Close(LeadState::Exhausted));
}

#[test]
fn a_lead_that_is_not_due_stays_as_it_is() {
    for (state, due) in [
        (LeadState::Waiting, "2026-01-14T12:00:00.001Z"),
        (LeadState::Reserved, "2026-01-14T11:00:00Z"),
        (LeadState::Done, "2026-01-14T11:00:00Z"),
    ] {
        let facts = ReservationFacts { lead: Some(LeadFacts { state, due: at(due), attempts: 0 }), ..facts() };
        refused(&request(), &facts, &[Refusal::LeadNotDue], LeadChange::Keep);
    }
    refused(&request(), &ReservationFacts { lead: None, ..facts() }, &[Refusal::LeadNotDue], LeadChange::Keep);
}

#[test]
fn a_campaign_that_does_not_run_dials_nobody() {
    for campaign in [None, Some(CampaignState::Paused), Some(CampaignState::Stopped)] {
        let facts = ReservationFacts { campaign, do_not_call: true, ..facts() };
        refused(&request(), &facts, &[Refusal::DoNotCall, Refusal::CampaignNotRunning], LeadChange::Keep);
    }
}

#[test]
fn a_number_that_is_being_called_is_not_called_twice() {
    let open = ReservationFacts { open_attempt: true, ..facts() };
    refused(&request(), &open, &[Refusal::AlreadyReserved], LeadChange::DueAt(at("2026-01-14T12:05:00Z")));
}

#[test]
fn a_lead_waits_until_its_last_reason_ends() {
    let night = ReservationRequest { now: at("2026-01-14T20:30:00Z"), ..request() };
    let attempt = PastAttempt { at: at("2026-01-14T19:59:00Z"), disposition: Some(Disposition::NoAnswer) };
    let facts = ReservationFacts { open_attempt: true, attempts_of_number: vec![attempt], ..facts() };
    let Verdict::Refuse { refusals, lead } = decide(&night, &facts) else { panic!() };
    assert_eq!(refusals.len(), 3);
    assert_eq!(lead, LeadChange::DueAt(at("2026-01-15T09:00:00Z")));
}

#[test]
fn the_history_reaches_as_far_back_as_the_budget_asks() {
    assert_eq!(request().history_since(), at("2026-01-13T12:00:00Z"));
    let budget = AttemptBudget { min_gap: Duration::from_secs(72 * 3600), ..AttemptBudget::default() };
    assert_eq!(budget.history_since(at("2026-01-14T12:00:00Z")), at("2026-01-11T12:00:00Z"));
}

#[test]
fn an_outcome_says_when_to_try_again() {
    let table = RetryTable::default();
    let now = at("2026-01-14T12:00:00Z");
    for (disposition, attempts, change) in [
        (Disposition::Busy, 1, LeadChange::DueAt(at("2026-01-14T12:15:00Z"))),
        (Disposition::NoAnswer, 5, LeadChange::DueAt(at("2026-01-14T16:00:00Z"))),
        (Disposition::NoAnswer, 6, LeadChange::Close(LeadState::Exhausted)),
        (Disposition::HandedOver, 1, LeadChange::Close(LeadState::Done)),
        (Disposition::InvalidNumber, 1, LeadChange::Close(LeadState::Done)),
        (Disposition::DoNotCall, 1, LeadChange::Close(LeadState::Blocked)),
        (Disposition::Unresolved, 1, LeadChange::Close(LeadState::Unresolved)),
    ] {
        assert_eq!(table.change(disposition, now, attempts, 6), change, "{disposition}");
    }
}

proptest! {
    /// Asking again at the instant that was given is allowed, and asking a moment earlier is not.
    #[test]
    fn the_budget_gives_the_first_free_instant(
        ages in proptest::collection::vec((0i64..200_000, 0usize..Disposition::ALL.len() + 1), 0..12),
        per_day in 1u32..6,
        gap in 0u64..100_000,
    ) {
        let now = at("2026-01-14T12:00:00Z");
        let budget = AttemptBudget { per_day, min_gap: Duration::from_secs(gap), total: 100 };
        let attempts: Vec<PastAttempt> = ages
            .into_iter()
            .map(|(age, d)| PastAttempt {
                at: now - SignedDuration::from_secs(age),
                disposition: Disposition::ALL.get(d).copied(),
            })
            .collect();
        // Only what the database is asked for.
        let known = |now| -> Vec<PastAttempt> {
            attempts.iter().copied().filter(|a| a.at >= budget.history_since(now)).collect()
        };
        if let BudgetVerdict::NotBefore(next) = budget.ask(now, 0, &known(now)) {
            prop_assert!(next > now);
            prop_assert_eq!(budget.ask(next, 0, &known(next)), BudgetVerdict::Allowed);
            let before = next - SignedDuration::from_nanos(1);
            prop_assert_eq!(budget.ask(before, 0, &known(before)), BudgetVerdict::NotBefore(next));
        }
    }
}
