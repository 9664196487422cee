//! The ways of a campaign, from its first lead to its last.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use call_model::Disposition;
use dialer::{CallingHours, CampaignState, DialerConfig, Input, LeadState, Refusal};
use support::{Plan, World, campaign, lead, settings};

#[test]
fn a_list_is_dialled_to_its_end() {
    let mut world = World::new();
    world.add_leads(1, 1..=8);
    world.start_campaign(1, settings());
    world.pass(5_000);
    assert_eq!(world.dialled_leads(), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert!((1..=8).all(|n| world.lead(n) == (LeadState::Done, 1)));
    assert_eq!(world.finished, [campaign(1)]);
    assert_eq!(world.dialer.open_attempts(), 0);
    assert_eq!(world.dialer.poll_timeout(), None);
    let (_, last) = world.progress.back().unwrap();
    assert_eq!((last.dialled, last.outcomes[&Disposition::SelfServed], last.unfinished), (8, 8, 0));
}

#[test]
fn an_empty_list_is_finished_at_once() {
    let mut world = World::new();
    world.start_campaign(1, settings());
    world.pass(10);
    assert_eq!(world.finished, [campaign(1)]);
}

#[test]
fn attempts_are_spread_evenly() {
    let mut world = World::new();
    world.add_leads(1, 1..=5);
    let mut slow = settings();
    slow.attempts_per_second = 0.5;
    world.start_campaign(1, slow);
    world.pass(20_000);
    let times: Vec<u64> = world.dialled.iter().map(|(at, _)| *at).collect();
    assert_eq!(times.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>(), [2000; 4]);
}

#[test]
fn no_more_than_allowed_are_in_progress_at_once() {
    let mut world = World::new();
    world.add_leads(1, 1..=6);
    let mut narrow = settings();
    narrow.at_once = 2;
    world.start_campaign(1, narrow);
    world.pass(900);
    assert_eq!(world.dialled.len(), 2);
    world.pass(1_000);
    assert_eq!(world.dialled.len(), 4);
    world.pass(5_000);
    assert_eq!(world.dialled.len(), 6);
    assert_eq!(world.finished.len(), 1);
}

#[test]
fn who_was_busy_is_tried_again_later_and_who_does_not_exist_is_not() {
    let mut world = World::new();
    world.add_leads(1, 1..=3);
    let mut times = 0;
    world.plan = Box::new(move |call| match call.lead.as_u128() {
        1 => {
            times += 1;
            Plan::ends(100, if times < 3 { Disposition::Busy } else { Disposition::HandedOver })
        }
        2 => Plan::ends(100, Disposition::InvalidNumber),
        _ => Plan::ends(100, Disposition::DoNotCall),
    });
    world.start_campaign(1, settings());
    world.pass(60_000);
    assert_eq!(world.dialled_leads(), [1, 2, 3]);
    assert_eq!((world.lead(2), world.lead(3)), ((LeadState::Done, 1), (LeadState::Blocked, 1)));
    assert_eq!(world.finished.len(), 0);
    world.pass(15 * 60_000);
    assert_eq!(world.dialled_leads(), [1, 2, 3, 1]);
    // The wait begins when the attempt ended.
    let again = world.dialled[3].0 - world.dialled[0].0;
    assert!((900_100..901_200).contains(&again), "{again}");
    world.pass(16 * 60_000);
    assert_eq!(world.lead(1), (LeadState::Done, 3));
    assert_eq!(world.finished.len(), 1);
}

#[test]
fn a_lead_that_uses_up_its_attempts_is_exhausted() {
    let mut world = World::new();
    world.add_leads(1, [1]);
    world.plan = Box::new(|_| Plan::ends(100, Disposition::Busy));
    let mut twice = settings();
    twice.budget.total = 2;
    world.start_campaign(1, twice);
    world.pass(40 * 60_000);
    assert_eq!((world.lead(1), world.dialled.len()), ((LeadState::Exhausted, 2), 2));
    assert_eq!(world.finished.len(), 1);
}

#[test]
fn who_asked_not_to_be_called_is_not_dialled_and_holds_nobody_up() {
    let mut world = World::new();
    world.add_leads(1, 1..=3);
    world.do_not_call.insert(world.leads[&lead(1)].number.clone());
    world.start_campaign(1, settings());
    world.pass(5_000);
    assert_eq!(world.dialled_leads(), [2, 3]);
    assert_eq!(world.lead(1), (LeadState::Blocked, 0));
    let (_, last) = world.progress.back().unwrap();
    assert_eq!(last.refusals, [(Refusal::DoNotCall.as_str(), 1)].into());
    assert_eq!(world.finished.len(), 1);
}

#[test]
fn a_list_that_is_started_at_night_waits_for_the_morning() {
    let mut world = World::with(DialerConfig::default(), "2026-01-14T23:00:00Z");
    world.add_leads(1, 1..=200);
    let mut day = settings();
    day.calling_hours = CallingHours::default();
    world.start_campaign(1, day);
    world.pass(9 * 3_600_000 + 3_599_000);
    assert_eq!((world.dialled.len(), world.refused), (0, 200));
    world.pass(60_000);
    assert_eq!(world.dialled.len(), 200);
    assert!(world.dialled[0].0 >= 10 * 3_600_000);
    assert_eq!(world.finished.len(), 1);
}

#[test]
fn the_hours_end_between_the_reservation_and_its_turn() {
    let mut world = World::with(DialerConfig::default(), "2026-01-14T19:59:58Z");
    world.latency = Duration::from_millis(400);
    world.add_leads(1, 1..=3);
    let mut slow = settings();
    slow.calling_hours = CallingHours::default();
    slow.attempts_per_second = 0.8;
    world.start_campaign(1, slow);
    world.pass(60_000);
    // Dialled at 19:59:58.8; the second is reserved at 19:59:59.95 and would be dialled at 20:00:00.05.
    assert_eq!((world.dialled.len(), world.released()), (1, 1));
    assert_eq!(world.leads[&lead(2)].due.to_string(), "2026-01-15T09:00:00Z");
    assert_eq!(world.lead(2), (LeadState::Waiting, 0));
    world.pass(14 * 3_600_000);
    assert_eq!(world.dialled.len(), 3);
}

#[test]
fn a_pause_dials_nobody_and_a_resumption_goes_on() {
    let mut world = World::new();
    world.add_leads(1, 1..=10);
    let mut slow = settings();
    slow.attempts_per_second = 1.0;
    world.start_campaign(1, slow);
    // The third is reserved ahead of its turn.
    world.pass(1_800);
    assert_eq!(world.dialled.len(), 2);
    world.set_state(1, CampaignState::Paused);
    world.pass(60_000);
    assert_eq!((world.dialled.len(), world.released()), (2, 1));
    assert_eq!(world.dialer.open_attempts(), 0);
    world.set_state(1, CampaignState::Running);
    world.pass(10_000);
    assert_eq!(world.dialled_leads().len(), 10);
    assert_eq!(world.finished.len(), 1);
}

#[test]
fn a_reservation_that_is_answered_after_the_pause_is_given_back() {
    let mut world = World::new();
    world.latency = Duration::from_millis(200);
    world.add_leads(1, [1]);
    world.start_campaign(1, settings());
    world.pass(300);
    // The reservation is on its way; the pause is written after it.
    world.tell(Input::CampaignPaused(campaign(1)));
    world.pass(1_000);
    assert_eq!((world.dialled.len(), world.released()), (0, 1));
    assert_eq!(world.lead(1), (LeadState::Waiting, 0));
}

#[test]
fn a_stop_ends_what_rings_and_lets_answered_calls_go_on() {
    let mut world = World::new();
    world.add_leads(1, 1..=20);
    world.plan = Box::new(|call| Plan {
        rings: Some(50),
        answers: (call.lead.as_u128() == 1).then_some(100),
        ends: 20_000,
        disposition: Disposition::HandedOver,
    });
    let mut narrow = settings();
    narrow.at_once = 3;
    world.start_campaign(1, narrow);
    world.pass(2_000);
    assert_eq!(world.dialled.len(), 3);
    let progress = &world.dialer.progress()[0];
    assert_eq!((progress.answered, progress.ringing, progress.dialling), (1, 2, 0));
    world.set_state(1, CampaignState::Stopped);
    assert_eq!(world.cancelled.len(), 2);
    world.pass(100);
    assert_eq!(world.dialer.open_attempts(), 1);
    world.pass(30_000);
    assert_eq!((world.dialer.open_attempts(), world.dialled.len()), (0, 3));
    assert_eq!(world.lead(1), (LeadState::Done, 1));
    assert!(world.dialer.progress().is_empty());
    assert_eq!(world.finished, []);
    // Started again, it goes on with what is due.
    world.set_state(1, CampaignState::Running);
    world.pass(1_000);
    assert_eq!(world.dialled.len(), 6);
}

#[test]
fn a_shutdown_dials_nobody_any_more_and_calls_in_progress_go_on() {
    let mut world = World::new();
    world.add_leads(1, 1..=100);
    world.plan = Box::new(|_| Plan::ends(5_000, Disposition::SelfServed));
    let mut slow = settings();
    slow.attempts_per_second = 1.0;
    world.start_campaign(1, slow);
    world.pass(2_800);
    assert_eq!(world.dialled.len(), 3);
    world.tell(Input::ShutdownBegan);
    assert_eq!((world.released(), world.dialer.open_attempts()), (1, 3));
    world.pass(60_000);
    assert_eq!((world.dialled.len(), world.dialer.open_attempts()), (3, 0));
    assert_eq!(world.cancelled, []);
    assert!(world.attempts.values().all(|attempt| attempt.outcomes.len() == 1));
    assert_eq!(world.dialer.poll_timeout(), None);
}

#[test]
fn two_campaigns_take_turns_at_the_limits_of_the_server() {
    let config = DialerConfig { attempts_per_second: 2.0, at_once: 4, ..DialerConfig::default() };
    let mut world = World::with(config, "2026-01-14T12:00:00Z");
    world.add_leads(1, 1..=10);
    world.add_leads(2, 101..=110);
    world.plan = Box::new(|_| Plan::ends(10_000, Disposition::SelfServed));
    world.start_campaign(1, settings());
    world.start_campaign(2, settings());
    world.pass(5_000);
    assert_eq!(world.dialled.len(), 4);
    world.pass(120_000);
    let of_second = world.dialled_leads()[..12].iter().filter(|n| **n > 100).count();
    assert!((5..=7).contains(&of_second), "{of_second}");
    assert_eq!(world.dialled.len(), 20);
    assert_eq!(world.finished.len(), 2);
}

#[test]
fn a_database_that_fails_is_asked_again_later() {
    let mut world = World::new();
    world.failures = 3;
    world.add_leads(1, 1..=3);
    world.start_campaign(1, settings());
    world.pass(30_000);
    assert_eq!(world.failures, 0);
    assert_eq!(world.dialled.len(), 3);
    assert_eq!(world.finished.len(), 1);
}

#[test]
fn a_campaign_that_the_database_knows_as_paused_is_not_asked_for_all_the_time() {
    let mut world = World::new();
    world.add_leads(1, 1..=1000);
    world.start_campaign(1, settings());
    world.campaigns.get_mut(&campaign(1)).unwrap().0 = CampaignState::Paused;
    world.pass(60_000);
    assert_eq!(world.dialled.len(), 0);
    assert!(world.refused <= 31 * 6, "{}", world.refused);
}

#[test]
fn rows_that_are_added_to_a_running_campaign_are_dialled_at_once() {
    let mut world = World::new();
    world.add_leads(1, [1]);
    world.plan = Box::new(|_| Plan::ends(20_000, Disposition::SelfServed));
    world.start_campaign(1, settings());
    world.pass(5_000);
    world.add_leads(1, [2]);
    world.tell(Input::LeadsAdded(campaign(1)));
    world.pass(200);
    assert_eq!(world.dialled_leads(), [1, 2]);
}

#[test]
fn a_long_list_passes_through_a_small_hopper() {
    let config = DialerConfig { hopper: 10, attempts_per_second: 500.0, ..DialerConfig::default() };
    let mut world = World::with(config, "2026-01-14T12:00:00Z");
    world.add_leads(1, 1..=2_000);
    let mut fast = settings();
    fast.attempts_per_second = 100.0;
    fast.at_once = 1_000;
    world.start_campaign(1, fast);
    world.pass(22_500);
    assert_eq!(world.dialled.len(), 2_000);
    let seconds = (world.dialled[1_999].0 - world.dialled[0].0) as f64 / 1000.0;
    assert!((19.9..20.5).contains(&seconds), "{seconds}");
    assert_eq!(world.finished.len(), 1);
}

#[test]
fn progress_is_told_at_most_once_a_second() {
    let mut world = World::new();
    world.add_leads(1, 1..=100);
    world.start_campaign(1, settings());
    world.pass(9_000);
    let times: Vec<_> = world.progress.iter().map(|(at, _)| *at).collect();
    assert!((8..=11).contains(&times.len()), "{}", times.len());
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_secs(1)));
}

#[test]
fn the_same_seed_gives_the_same_attempts() {
    let ids = |seed| {
        let mut world = World::with(DialerConfig { seed, ..DialerConfig::default() }, "2026-01-14T12:00:00Z");
        world.add_leads(1, 1..=3);
        world.start_campaign(1, settings());
        world.pass(5_000);
        world.attempts.keys().copied().collect::<Vec<_>>()
    };
    assert_eq!(ids(1), ids(1));
    assert_ne!(ids(1), ids(2));
}

#[test]
fn facts_about_attempts_that_are_not_known_are_ignored() {
    let mut world = World::new();
    let attempt = call_model::AttemptId::from(7);
    world.tell(Input::Reserved(attempt));
    world.tell(Input::Refused { attempt, refusals: vec![Refusal::DoNotCall] });
    world.tell(Input::AttemptRinging(attempt));
    world.tell(Input::AttemptEnded { attempt, disposition: Disposition::Busy });
    world.tell(Input::CampaignPaused(campaign(9)));
    assert!(world.attempts.is_empty());
}

#[test]
fn a_clock_that_is_put_right_counts_at_once() {
    let mut world = World::with(DialerConfig::default(), "2026-01-14T12:00:00Z");
    world.add_leads(1, [1]);
    let mut day = settings();
    day.calling_hours = CallingHours::default();
    // It is evening in truth: the reserved attempt is given back.
    day.attempts_per_second = 1.0;
    world.latency = Duration::from_millis(100);
    world.start_campaign(1, day);
    world.pass(150);
    world.dialer.handle_wall_time("2026-01-14T20:00:00Z".parse().unwrap(), world.now);
    world.pass(1_000);
    assert_eq!((world.dialled.len(), world.released()), (0, 1));
    assert_eq!(world.leads[&lead(1)].due.to_string(), "2026-01-15T09:00:00Z");
}
