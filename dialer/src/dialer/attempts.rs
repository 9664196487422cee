//! The life of an attempt: reserved or refused, dialled, heard of, over.

use std::time::Instant;

use call_model::{AttemptId, CampaignId, Disposition, LeadId};

use super::campaign_run::Mode;
use super::orders::Output;
use super::{Attempt, Dialer, Hears, Stage};
use crate::lead::{AttemptOutcome, FinishAttempt, LeadChange};
use crate::reservation::Refusal;

impl Dialer {
    pub(super) fn reserved(&mut self, id: AttemptId, now: Instant) {
        let Some(Attempt { campaign, stage: Stage::Reserving(_) }) = self.attempts.get(&id) else { return };
        let campaign = *campaign;
        let Some(Attempt { stage: Stage::Reserving(lead), .. }) = self.attempts.remove(&id) else { return };
        self.attempts.insert(id, Attempt { campaign, stage: Stage::Reserved(lead) });
        let run = self.campaigns.get_mut(&campaign).expect("a campaign stays while it has attempts");
        run.reservation_made(id);
        if self.shutting_down || run.mode != Mode::Running {
            self.release(id, LeadChange::DueAt(self.clock.wall(now)));
            self.forget_if_over(campaign);
        }
    }

    pub(super) fn refused(&mut self, id: AttemptId, refusals: &[Refusal], now: Instant) {
        let Some((campaign, lead)) = self.take_reserving(id) else { return };
        let run = self.campaigns.get_mut(&campaign).expect("a campaign stays while it has attempts");
        run.reservation_refused(lead, refusals.iter().map(Refusal::as_str));
        if refusals.contains(&Refusal::CampaignNotRunning) {
            run.hold_reservations(now);
        }
        for refusal in refusals {
            match *refusal {
                Refusal::OutsideHours { not_before: Some(at) } | Refusal::TooSoon { not_before: at } => {
                    run.look_at(self.clock.instant_of(at, now));
                }
                Refusal::OutsideHours { not_before: None }
                | Refusal::DoNotCall
                | Refusal::BudgetSpent
                | Refusal::LeadNotDue
                | Refusal::CampaignNotRunning
                | Refusal::AlreadyReserved => {}
            }
        }
        run.look_if_idle(now);
        self.forget_if_over(campaign);
    }

    pub(super) fn reservation_failed(&mut self, id: AttemptId, now: Instant) {
        let Some((campaign, lead)) = self.take_reserving(id) else { return };
        let run = self.campaigns.get_mut(&campaign).expect("a campaign stays while it has attempts");
        run.reservation_refused(lead, std::iter::once("database_failed"));
        run.hold_reservations(now);
        self.forget_if_over(campaign);
    }

    pub(super) fn take_reserving(&mut self, id: AttemptId) -> Option<(CampaignId, LeadId)> {
        let attempt = self.attempts.get(&id)?;
        let Stage::Reserving(lead) = &attempt.stage else { return None };
        let found = (attempt.campaign, lead.lead);
        self.attempts.remove(&id);
        self.ahead -= 1;
        Some(found)
    }

    pub(super) fn heard(&mut self, id: AttemptId, hears: Hears) {
        let Some(attempt) = self.attempts.get_mut(&id) else { return };
        let Stage::Dialled(dialled) = &mut attempt.stage else { return };
        let run = self.campaigns.get_mut(&attempt.campaign).expect("a campaign stays while it has attempts");
        match (dialled.hears, hears) {
            (Hears::Nothing, Hears::Ringing) => run.ringing(),
            (Hears::Nothing | Hears::Ringing, Hears::Answer) => run.answered(dialled.hears == Hears::Ringing),
            _ => return,
        }
        dialled.hears = hears;
    }

    pub(super) fn attempt_ended(&mut self, id: AttemptId, disposition: Disposition, now: Instant) {
        let Some(Attempt { campaign, stage: Stage::Dialled(dialled) }) = self.attempts.get(&id) else { return };
        let campaign = *campaign;
        let run = self.campaigns.get_mut(&campaign).expect("a campaign stays while it has attempts");
        let wall = self.clock.wall(now);
        let change = run.settings.retry.change(disposition, wall, dialled.number, run.settings.budget.total);
        run.ended(dialled.lead, disposition, dialled.hears == Hears::Ringing, dialled.hears == Hears::Answer);
        if let LeadChange::DueAt(at) = change {
            run.look_at(self.clock.instant_of(at, now));
        }
        run.look_if_idle(now);
        let outcome = AttemptOutcome::Ended(disposition);
        let lead = dialled.lead;
        self.outputs.push_back(Output::FinishAttempt(FinishAttempt { attempt: id, campaign, lead, outcome, change }));
        self.attempts.remove(&id);
        self.forget_if_over(campaign);
    }

    /// Gives back all reserved attempts of a campaign that wait for their turn; their leads are due again at once.
    pub(super) fn release_reserved(&mut self, campaign: CampaignId, now: Instant) {
        let Some(run) = self.campaigns.get_mut(&campaign) else { return };
        run.empty_hopper();
        let waiting: Vec<AttemptId> = run.reserved.iter().copied().collect();
        for id in waiting {
            self.release(id, LeadChange::DueAt(self.clock.wall(now)));
        }
    }

    pub(super) fn release(&mut self, id: AttemptId, change: LeadChange) {
        let Some(Attempt { campaign, stage: Stage::Reserved(lead) }) = self.attempts.get(&id) else { return };
        let (campaign, lead) = (*campaign, lead.lead);
        let outcome = AttemptOutcome::Released;
        self.outputs.push_back(Output::FinishAttempt(FinishAttempt { attempt: id, campaign, lead, outcome, change }));
        self.attempts.remove(&id);
        self.ahead -= 1;
        let run = self.campaigns.get_mut(&campaign).expect("a campaign stays while it has attempts");
        run.released(id, lead);
    }
}
