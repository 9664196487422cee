//! What is left to be done when a call task ends, however it ends.
//!
//! A task that panics takes its machine along, but not the promises that others were given: the legs are ended, the
//! sound given back, the distribution of calls and the dialler told.

use std::sync::Arc;

use call_control::{CallStart, Direction};
use call_model::{AttemptId, CallId, Disposition, LegCommand, LegId};
use dialer::AttemptOutcome;

use crate::services::Services;
use crate::sip::SipOrder;

/// Dropped with the task.
pub(super) struct Departure {
    services: Arc<Services>,
    call: CallId,
    attempt: Option<Attempt>,
    outcome: Disposition,
    legs: Vec<LegId>,
    sounds: Vec<LegId>,
    complete: bool,
}

/// Who closes the call's attempt.
#[derive(Debug, Clone, Copy)]
enum Attempt {
    /// The dialler.
    OfCampaign(AttemptId),
    /// Nobody but us.
    Single(AttemptId),
}

impl Departure {
    pub(super) fn new(services: Arc<Services>, start: &CallStart) -> Self {
        let (legs, sounds) = (Vec::new(), Vec::new());
        let attempt = match &start.direction {
            Direction::Inbound { .. } => None,
            Direction::Outbound { attempt, campaign: Some(_), .. } => attempt.map(Attempt::OfCampaign),
            Direction::Outbound { attempt, campaign: None, .. } => attempt.map(Attempt::Single),
        };
        Self { services, call: start.call, attempt, outcome: Disposition::Failed, legs, sounds, complete: false }
    }

    pub(super) fn leg_began(&mut self, leg: LegId) {
        self.legs.push(leg);
    }

    pub(super) fn leg_ended(&mut self, leg: LegId) {
        self.legs.retain(|other| *other != leg);
    }

    pub(super) fn sound_opened(&mut self, leg: LegId) {
        self.sounds.push(leg);
    }

    pub(super) fn sound_closed(&mut self, leg: LegId) {
        self.sounds.retain(|other| *other != leg);
    }

    /// What the call came to, for its attempt.
    pub(super) fn outcome(&mut self, disposition: Disposition) {
        self.outcome = disposition;
    }

    /// The machine came to its end by itself.
    pub(super) fn complete(&mut self) {
        self.complete = true;
    }
}

impl Drop for Departure {
    fn drop(&mut self) {
        if !self.complete {
            tracing::error!(call = %self.call, "a call's task ended before its call");
        }
        for leg in self.legs.drain(..) {
            let _ = self.services.sip.order(SipOrder::Command { leg, command: LegCommand::End });
        }
        for leg in self.sounds.drain(..) {
            self.services.media.close(leg);
        }
        self.services.acd.call_gone(self.call);
        match self.attempt {
            Some(Attempt::OfCampaign(attempt)) => {
                self.services.dialer.tell(dialer::Input::AttemptEnded { attempt, disposition: self.outcome });
            }
            Some(Attempt::Single(attempt)) => finish_single(self.services.clone(), attempt, self.outcome),
            None => {}
        }
        self.services.calls.remove(self.call);
    }
}

fn finish_single(services: Arc<Services>, attempt: AttemptId, disposition: Disposition) {
    tokio::spawn(async move {
        let outcome = AttemptOutcome::Ended(disposition);
        if let Err(error) = services.store.finish_single_call(attempt, outcome, services.clock.now()).await {
            tracing::error!(%error, %attempt, "the end of a single call's attempt is not stored");
        }
    });
}
