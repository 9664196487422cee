//! The loop that owns the machine.

use std::sync::Arc;
use std::time::{Duration, Instant};

use call_model::{CampaignId, Disposition};
use dialer::{CampaignState, Dialer, DialerConfig, DialerEvent, Input, Origination, Output, Progress};
use tokio::sync::mpsc;

use crate::calls::{Outbound, originate};
use crate::chance;
use crate::services::{LiveEvent, Services};

/// Speaks with the task.
#[derive(Clone)]
pub struct DialerHandle {
    mail: mpsc::Sender<Input>,
}

/// The receiving side of a handle, for [`spawn`].
pub struct DialerParts {
    mail: mpsc::Receiver<Input>,
}

impl DialerHandle {
    /// A handle and what the task is spawned with.
    pub fn new() -> (Self, DialerParts) {
        let (mail, queue) = mpsc::channel(MAIL_QUEUE);
        (Self { mail }, DialerParts { mail: queue })
    }

    /// Tells the machine a fact.
    pub fn tell(&self, fact: Input) {
        // The queue holds several facts for each attempt that may be in progress.
        if let Err(error) = self.mail.try_send(fact) {
            tracing::error!(%error, "the dialler does not keep up");
        }
    }
}

/// Starts the task; campaigns that ran when the server stopped go on.
pub fn spawn(parts: DialerParts, services: Arc<Services>) -> tokio::task::JoinHandle<()> {
    let config = DialerConfig {
        server: services.config.server_name.clone(),
        seed: chance::random_u64(),
        attempts_per_second: services.config.dialing.attempts_per_second,
        at_once: services.config.dialing.at_once,
        ..DialerConfig::default()
    };
    let machine = Dialer::new(config, services.clock.now(), Instant::now());
    let task = DialerTask { machine, mail: services.dialer.mail.clone(), services };
    tokio::spawn(task.run(parts.mail))
}

struct DialerTask {
    machine: Dialer,
    services: Arc<Services>,
    mail: mpsc::Sender<Input>,
}

impl DialerTask {
    async fn run(mut self, mut mail: mpsc::Receiver<Input>) {
        self.resume_campaigns().await;
        let mut wall = tokio::time::interval(WALL_EVERY);
        loop {
            let due = self.machine.poll_timeout().unwrap_or_else(|| Instant::now() + IDLE);
            tokio::select! {
                fact = mail.recv() => match fact {
                    Some(fact) => self.machine.handle_input(fact, Instant::now()),
                    None => return,
                },
                _ = wall.tick() => self.machine.handle_wall_time(jiff::Timestamp::now(), Instant::now()),
                () = tokio::time::sleep_until(due.into()) => self.machine.handle_timeout(Instant::now()),
            }
            self.carry_out();
        }
    }

    async fn resume_campaigns(&mut self) {
        match self.services.store.campaigns().await {
            Ok(campaigns) => {
                for campaign in campaigns.into_iter().filter(|campaign| campaign.state == CampaignState::Running) {
                    tracing::info!(campaign = %campaign.campaign, "a campaign goes on");
                    let settings = Arc::new(campaign.settings);
                    let fact = Input::CampaignStarted { campaign: campaign.campaign, settings };
                    self.machine.handle_input(fact, Instant::now());
                }
            }
            Err(error) => tracing::error!(%error, "campaigns do not go on"),
        }
        self.carry_out();
    }

    fn carry_out(&mut self) {
        while let Some(output) = self.machine.poll_output() {
            match output {
                Output::FetchDueLeads { campaign, limit } => self.fetch(campaign, limit),
                Output::Reserve(request) => self.reserve(request),
                Output::Originate(origination) => self.originate(origination),
                Output::Cancel(attempt) => self.services.calls.cancel_attempt(attempt),
                Output::FinishAttempt(finish) => self.finish(finish),
                Output::CampaignFinished(campaign) => self.finished(campaign),
                Output::Event(DialerEvent::Progress(progress)) => self.show(progress),
            }
        }
    }

    fn fetch(&self, campaign: CampaignId, limit: u32) {
        let (services, mail) = (self.services.clone(), self.mail.clone());
        tokio::spawn(async move {
            let fact = match services.store.due_leads(campaign, services.clock.now(), limit).await {
                Ok(batch) => Input::LeadsDue { campaign, batch },
                Err(error) => {
                    tracing::error!(%error, %campaign, "no due leads can be read");
                    Input::FetchFailed(campaign)
                }
            };
            let _ = mail.send(fact).await;
        });
    }

    fn reserve(&self, request: dialer::ReservationRequest) {
        let (services, mail) = (self.services.clone(), self.mail.clone());
        tokio::spawn(async move {
            let attempt = request.attempt;
            let fact = match services.store.reserve(request).await {
                Ok(storage::Reservation::Reserved) => Input::Reserved(attempt),
                Ok(storage::Reservation::Refused(refusals)) => Input::Refused { attempt, refusals },
                Err(error) => {
                    tracing::error!(%error, %attempt, "no attempt can be reserved");
                    Input::ReservationFailed(attempt)
                }
            };
            let _ = mail.send(fact).await;
        });
    }

    fn originate(&mut self, origination: Origination) {
        let Origination { campaign, attempt, number, ring_time, variables, settings, .. } = origination;
        let outbound = Outbound {
            attempt,
            number,
            trunk: settings.trunk.clone(),
            caller_id: settings.caller_id.as_str().to_owned(),
            flow: settings.flow.clone(),
            ring_time,
            campaign: Some((campaign, settings.name.clone())),
            variables,
        };
        if let Err(error) = originate(&self.services, outbound) {
            tracing::error!(%error, %campaign, %attempt, "an attempt cannot be dialled");
            let fact = Input::AttemptEnded { attempt, disposition: Disposition::Failed };
            self.machine.handle_input(fact, Instant::now());
        }
    }

    fn finish(&self, finish: dialer::FinishAttempt) {
        let services = self.services.clone();
        tokio::spawn(async move {
            let attempt = finish.attempt;
            for pause in FINISH_PAUSES {
                match services.store.finish_attempt(finish, services.clock.now()).await {
                    Ok(()) => return,
                    Err(error) => tracing::error!(%error, %attempt, "the end of an attempt is not stored yet"),
                }
                tokio::time::sleep(pause).await;
            }
            // The row stays open and becomes `unresolved` at the next start; it is not dialled again by itself.
            tracing::error!(%attempt, "the end of an attempt is lost");
        });
    }

    fn finished(&self, campaign: CampaignId) {
        let services = self.services.clone();
        tokio::spawn(async move {
            if let Err(error) =
                services.store.set_campaign_state(campaign, CampaignState::Finished, services.clock.now()).await
            {
                tracing::error!(%error, %campaign, "the end of a campaign is not stored");
            }
        });
    }

    fn show(&self, progress: Progress) {
        self.services.live.show(LiveEvent::Campaign(Arc::new(progress)));
    }
}

const MAIL_QUEUE: usize = 16 * 1024;
/// The system's clock may be set; calling hours follow it.
const WALL_EVERY: Duration = Duration::from_secs(60);
const IDLE: Duration = Duration::from_secs(3600);
const FINISH_PAUSES: [Duration; 4] =
    [Duration::from_millis(100), Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(10)];
