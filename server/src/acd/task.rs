//! The loop that owns the machine.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use acd::{Acd, AcdConfig, AgentSettings, IfNobodyReady, Input, Output, QueueSettings};
use call_control::{AcdOrder, OfferId};
use call_model::{AgentId, CallId, Cause, QueueId};
use tokio::sync::mpsc;

use super::view::{self, AcdSnapshot};
use crate::config::Config;
use crate::services::{LiveEvent, Services};

/// What the task is told.
#[derive(Debug)]
pub enum AcdMail {
    /// An agent's telephone is registered.
    Registered(AgentId),
    /// An agent's last telephone is gone.
    Unregistered(AgentId),
    /// An agent wants no calls.
    Paused(AgentId),
    /// An agent takes calls again.
    Ready(AgentId),
    /// A call's order.
    Call {
        /// The call.
        call: CallId,
        /// What it says.
        order: AcdOrder,
    },
    /// A call's task has ended.
    CallGone(CallId),
}

/// Speaks with the task.
#[derive(Clone)]
pub struct AcdHandle {
    mail: mpsc::Sender<AcdMail>,
    snapshot: Arc<RwLock<AcdSnapshot>>,
}

/// The receiving side of a handle, for [`spawn`].
pub struct AcdParts {
    mail: mpsc::Receiver<AcdMail>,
    snapshot: Arc<RwLock<AcdSnapshot>>,
}

impl AcdHandle {
    /// A handle and what the task is spawned with.
    pub fn new() -> (Self, AcdParts) {
        let (mail, queue) = mpsc::channel(MAIL_QUEUE);
        let snapshot = Arc::new(RwLock::new(AcdSnapshot::default()));
        (Self { mail, snapshot: snapshot.clone() }, AcdParts { mail: queue, snapshot })
    }

    /// Tells the task something.
    pub fn tell(&self, mail: AcdMail) {
        // The queue holds several facts for each call that may exist at once; beyond it the machine would lose track.
        if let Err(error) = self.mail.try_send(mail) {
            tracing::error!(%error, "the distribution of calls does not keep up");
        }
    }

    /// Passes a call's order on.
    pub fn order(&self, call: CallId, order: AcdOrder) {
        self.tell(AcdMail::Call { call, order });
    }

    /// A call's task has ended.
    pub fn call_gone(&self, call: CallId) {
        self.tell(AcdMail::CallGone(call));
    }

    /// Agents and queues as they are.
    pub fn snapshot(&self) -> AcdSnapshot {
        self.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Starts the task.
pub fn spawn(parts: AcdParts, services: Arc<Services>) -> tokio::task::JoinHandle<()> {
    let task = AcdTask {
        acd: Acd::new(acd_config(&services.config), Instant::now()),
        services,
        offers: BTreeMap::new(),
        talking: BTreeMap::new(),
        known: BTreeSet::new(),
        snapshot: parts.snapshot,
    };
    tokio::spawn(task.run(parts.mail))
}

struct AcdTask {
    acd: Acd,
    services: Arc<Services>,
    /// Offers without their closing fact, by number.
    offers: BTreeMap<u64, CallId>,
    /// Offers that were accepted and whose call goes on.
    talking: BTreeMap<u64, CallId>,
    /// Calls that the machine knows.
    known: BTreeSet<CallId>,
    snapshot: Arc<RwLock<AcdSnapshot>>,
}

impl AcdTask {
    async fn run(mut self, mut mail: mpsc::Receiver<AcdMail>) {
        self.publish();
        loop {
            let due = self.acd.poll_timeout().unwrap_or_else(|| Instant::now() + IDLE);
            tokio::select! {
                mail = mail.recv() => match mail {
                    Some(mail) => self.take(mail),
                    None => return,
                },
                () = tokio::time::sleep_until(due.into()) => self.acd.handle_timeout(Instant::now()),
            }
            if self.carry_out() {
                self.publish();
            }
        }
    }

    fn take(&mut self, mail: AcdMail) {
        match mail {
            AcdMail::Registered(agent) => self.input(Input::AgentRegistered(agent)),
            AcdMail::Unregistered(agent) => self.input(Input::AgentUnregistered(agent)),
            AcdMail::Paused(agent) => self.input(Input::AgentPaused(agent)),
            AcdMail::Ready(agent) => self.input(Input::AgentReady(agent)),
            AcdMail::Call { call, order } => self.order(call, order),
            AcdMail::CallGone(call) => self.call_gone(call),
        }
    }

    fn input(&mut self, input: Input) {
        self.acd.handle_input(input, Instant::now());
    }

    fn order(&mut self, call: CallId, order: AcdOrder) {
        match order {
            AcdOrder::Join { queue, since } => {
                self.known.insert(call);
                self.input(Input::CallQueued { call, queue, since });
            }
            AcdOrder::Leave => self.input(Input::CallLeft(call)),
            AcdOrder::OfferAnswered { offer } => self.input(Input::OfferAnswered(acd::OfferId(offer.0))),
            AcdOrder::OfferAccepted { offer } => {
                if self.offers.remove(&offer.0).is_some() {
                    self.talking.insert(offer.0, call);
                    self.input(Input::OfferAccepted(acd::OfferId(offer.0)));
                }
            }
            AcdOrder::OfferFailed { offer, cause } => self.close_offer(offer.0, cause),
            AcdOrder::Released { offer } => {
                if self.talking.remove(&offer.0).is_some() {
                    self.input(Input::CallEnded(call));
                }
            }
        }
    }

    fn close_offer(&mut self, offer: u64, cause: Cause) {
        if self.offers.remove(&offer).is_some() {
            self.input(Input::OfferFailed { offer: acd::OfferId(offer), cause });
        }
    }

    /// Whatever a call's task left open is closed in its stead.
    fn call_gone(&mut self, call: CallId) {
        if !self.known.remove(&call) {
            return;
        }
        self.input(Input::CallLeft(call));
        let open: Vec<u64> = self.offers.iter().filter(|(_, of)| **of == call).map(|(offer, _)| *offer).collect();
        for offer in open {
            self.close_offer(offer, Cause::Cancelled);
        }
        let talking: Vec<u64> = self.talking.iter().filter(|(_, of)| **of == call).map(|(offer, _)| *offer).collect();
        for offer in talking {
            self.talking.remove(&offer);
            self.input(Input::CallEnded(call));
        }
    }

    /// Carries out every order. `true` when something that is shown has changed.
    fn carry_out(&mut self) -> bool {
        let mut changed = false;
        while let Some(output) = self.acd.poll_output() {
            changed = true;
            match output {
                Output::Offer { call, agent, offer } => self.offer(call, agent, offer.0),
                Output::CancelOffer { call, offer } => {
                    let told =
                        self.services.calls.tell(call, call_control::Input::OfferWithdrawn { offer: OfferId(offer.0) });
                    if !told {
                        self.close_offer(offer.0, Cause::Cancelled);
                    }
                }
                Output::Position { call, position } => {
                    self.services.calls.tell(call, call_control::Input::PositionTold { position });
                }
                Output::NobodyReachable { call, queue, reason } => {
                    tracing::info!(%call, %queue, reason = reason.as_str(), "no agent can be reached");
                    self.services.calls.tell(call, call_control::Input::NobodyReachable);
                }
                Output::AgentChanged(agent) => {
                    let shown = view::agent(agent, &self.services.config, &self.services.clock);
                    tracing::info!(agent = %shown.agent, state = shown.state, "an agent's state changed");
                    self.services.live.show(LiveEvent::Agent(Arc::new(shown)));
                }
            }
        }
        changed
    }

    fn offer(&mut self, call: CallId, agent: AgentId, offer: u64) {
        self.offers.insert(offer, call);
        let leg = self.services.calls.next_leg();
        let fact = call_control::Input::AgentOffered { offer: OfferId(offer), agent, leg };
        if !self.services.calls.tell(call, fact) {
            self.close_offer(offer, Cause::Cancelled);
        }
    }

    fn publish(&self) {
        let (config, clock) = (&self.services.config, &self.services.clock);
        let snapshot = AcdSnapshot {
            agents: self.acd.agents().into_iter().map(|agent| view::agent(agent, config, clock)).collect(),
            queues: self.acd.queues().into_iter().map(|queue| view::queue(queue, clock)).collect(),
        };
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = snapshot;
    }
}

fn acd_config(config: &Config) -> AcdConfig {
    let queues = config.queues.iter().map(|queue| {
        let if_nobody_ready = if queue.wait_without_agents { IfNobodyReady::Wait } else { IfNobodyReady::LeaveAtOnce };
        let settings = QueueSettings {
            ring_time: queue.ring_time.get(),
            wrap_up: queue.wrap_up.get(),
            max_wait: queue.longest_wait.get(),
            max_waiting: queue.most_waiting,
            if_nobody_ready,
            announce_every: queue.position_every.get(),
            ..QueueSettings::default()
        };
        (QueueId::new(&*queue.name), settings)
    });
    let agents = config.agents.iter().map(|agent| {
        let queues = agent.queues.iter().map(|queue| QueueId::new(&**queue)).collect();
        (AgentId::new(&*agent.user), AgentSettings { queues })
    });
    AcdConfig { queues: queues.collect(), agents: agents.collect() }
}

/// Several facts for each of two thousand calls.
const MAIL_QUEUE: usize = 16 * 1024;
const IDLE: Duration = Duration::from_secs(3600);
