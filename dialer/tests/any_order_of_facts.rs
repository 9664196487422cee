//! Whatever happens in whatever order: the limits hold and every reservation is finished exactly once.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::{Duration, Instant};

use call_model::Disposition;
use dialer::{
    AttemptBudget, CallingHours, CampaignSettings, CampaignState, DialerConfig, Input, LeadState, Retry, RetryTable,
};
use jiff::SignedDuration;
use proptest::prelude::*;
use support::{Plan, World, campaign, lead, settings};

#[derive(Debug, Clone)]
enum Step {
    Add(u128, u8),
    Start(u128),
    Pause(u128),
    Resume(u128),
    Stop(u128),
    DoNotCall(u128),
    DatabaseFails(u32),
    Slow(u64),
    Pass(u64),
    Shutdown,
}

fn step() -> impl Strategy<Value = Step> {
    let which = 1u128..3;
    prop_oneof![
        3 => (which.clone(), 1u8..20).prop_map(|(c, n)| Step::Add(c, n)),
        2 => which.clone().prop_map(Step::Start),
        1 => which.clone().prop_map(Step::Pause),
        2 => which.clone().prop_map(Step::Resume),
        1 => which.prop_map(Step::Stop),
        1 => (1u128..60).prop_map(Step::DoNotCall),
        1 => (0u32..4).prop_map(Step::DatabaseFails),
        1 => prop_oneof![Just(1u64), 1u64..3000].prop_map(Step::Slow),
        8 => prop_oneof![0u64..300, 300u64..20_000, 1_000_000u64..20_000_000].prop_map(Step::Pass),
    ]
}

fn some_settings() -> impl Strategy<Value = CampaignSettings> {
    (prop_oneof![0.2f64..3.0, 3.0f64..80.0], 1u32..12, 1u32..4, 0u64..20_000, 1u32..5, any::<bool>()).prop_map(
        |(rate, at_once, per_day, gap, total, always)| {
            let mut s = settings();
            s.attempts_per_second = rate;
            s.at_once = at_once;
            s.budget = AttemptBudget { per_day, min_gap: Duration::from_secs(gap), total };
            s.retry = RetryTable { no_answer: Retry::After(Duration::from_secs(600)), ..RetryTable::default() };
            s.calling_hours = if always { CallingHours::always() } else { CallingHours::default() };
            s
        },
    )
}

/// Dispositions, ringing and lengths from a number that moves on.
fn plans(mut chance: u64) -> Box<dyn FnMut(&dialer::Origination) -> Plan> {
    Box::new(move |_| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (a, b) = ((chance >> 33) as usize, chance >> 50);
        let ends = 20 + b;
        Plan {
            rings: (a % 3 > 0).then_some(ends / 4),
            answers: (a % 3 > 1).then_some(ends / 2),
            ends,
            disposition: Disposition::ALL[a % Disposition::ALL.len()],
        }
    })
}

impl World {
    fn step(&mut self, step: Step, settings: &[CampaignSettings]) {
        match step {
            Step::Add(c, n) => {
                let from = self.leads.len() as u128 + 1;
                self.add_leads(c, from..from + u128::from(n));
                self.tell(Input::LeadsAdded(campaign(c)));
            }
            Step::Start(c) if self.campaigns.contains_key(&campaign(c)) => {
                if self.campaigns[&campaign(c)].0 != CampaignState::Paused {
                    self.set_state(c, CampaignState::Running);
                }
            }
            Step::Start(c) => self.start_campaign(c, settings[c as usize - 1].clone()),
            Step::Pause(c) => self.wish(c, CampaignState::Paused),
            Step::Resume(c) => self.wish(c, CampaignState::Running),
            Step::Stop(c) => self.wish(c, CampaignState::Stopped),
            Step::DoNotCall(n) => {
                if let Some(row) = self.leads.get(&lead(n)) {
                    self.do_not_call.insert(row.number.clone());
                }
            }
            Step::DatabaseFails(n) => self.failures = n,
            Step::Slow(ms) => self.latency = Duration::from_millis(ms),
            Step::Pass(ms) => self.pass(ms),
            Step::Shutdown => self.tell(Input::ShutdownBegan),
        }
    }

    fn wish(&mut self, c: u128, state: CampaignState) {
        if self.campaigns.contains_key(&campaign(c)) {
            self.set_state(c, state);
        }
    }

    /// The limits of one campaign, over all that was dialled.
    fn check(&self, c: u128, settings: &CampaignSettings) {
        let of: Vec<_> = self.attempts.iter().filter(|(_, a)| a.campaign == campaign(c)).collect();
        let mut times: Vec<Instant> = of.iter().filter_map(|(_, a)| a.dialled).collect();
        times.sort_unstable();
        let burst = f64::from(dialer::pacing::Pacer::burst(settings.attempts_per_second));
        let mut lowest = f64::INFINITY;
        for (n, at) in times.iter().enumerate() {
            let above = n as f64 - settings.attempts_per_second * at.duration_since(self.start).as_secs_f64();
            lowest = lowest.min(above);
            assert!(above - lowest + 1.0 <= burst + 1e-3, "faster than {} a second", settings.attempts_per_second);
        }
        for (id, attempt) in &of {
            let Some(at) = attempt.dialled else { continue };
            let wall = self.wall() - SignedDuration::try_from(self.now - at).unwrap();
            let zones = dialer::zone::zones_of(&attempt.number);
            assert!(settings.calling_hours.is_open(wall, &zones), "dialled at {wall}");
            let earlier: Vec<_> =
                self.history(&attempt.number, **id).into_iter().filter(|a| a.at < attempt.at).collect();
            let verdict =
                settings.budget.ask(attempt.at, earlier.len().min(settings.budget.total as usize - 1) as u32, &earlier);
            assert_eq!(verdict, dialer::BudgetVerdict::Allowed);
            assert!((earlier.len() as u32) < settings.budget.total, "too many attempts");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_limits_hold_and_each_reservation_is_finished_once(
        all_settings in proptest::collection::vec(some_settings(), 2),
        steps in proptest::collection::vec(step(), 1..50),
        chance in any::<u64>(),
        hopper in prop_oneof![Just(3u32), Just(500)],
        server_at_once in 1u32..20,
        shutdown in any::<bool>(),
    ) {
        let config = DialerConfig { hopper, at_once: server_at_once, ..DialerConfig::default() };
        let mut world = World::with(config, "2026-03-27T08:00:00Z");
        world.plan = plans(chance);
        let most: Vec<u32> = all_settings.iter().map(|s| s.at_once).collect();
        for step in steps {
            world.step(step, &all_settings);
            prop_assert!(world.dialer.open_attempts() <= server_at_once as usize);
            for progress in world.dialer.progress() {
                let in_flight = progress.reserving + progress.dialling + progress.ringing + progress.answered;
                let n = if progress.campaign == campaign(1) { 0 } else { 1 };
                prop_assert!(in_flight <= most[n]);
            }
        }
        // Nothing stays open: not when the dialer goes on, nor when the server is being stopped.
        world.failures = 0;
        world.latency = Duration::from_millis(5);
        if shutdown {
            let dialled = world.dialled.len();
            world.step(Step::Shutdown, &all_settings);
            world.pass(60_000);
            prop_assert_eq!(world.dialled.len(), dialled);
            prop_assert_eq!(world.dialer.open_attempts(), 0);
        } else {
            for c in 1..3 {
                world.wish(c, CampaignState::Running);
                // What the dialer let go of unknowingly is found by looking again.
                world.pass(30 * 24 * 3_600_000);
            }
        }
        prop_assert!(world.attempts.values().all(|attempt| attempt.outcomes.len() == 1));
        for (n, settings) in all_settings.iter().enumerate() {
            world.check(n as u128 + 1, settings);
        }
        for row in world.leads.values() {
            prop_assert!(row.state != LeadState::Reserved);
            let running = world.campaigns.get(&row.campaign).is_some_and(|(state, _)| *state == CampaignState::Finished);
            prop_assert!(!running || row.state != LeadState::Waiting || shutdown, "a finished campaign left a lead waiting");
        }
        if !shutdown {
            // In a month every list that was started comes to its end.
            prop_assert!(world.campaigns.values().all(|(state, _)| *state == CampaignState::Finished));
        }
    }
}
