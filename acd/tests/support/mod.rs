//! A queue on a virtual clock.
#![allow(dead_code, clippy::disallowed_methods)]

use std::time::{Duration, Instant};

use acd::{Acd, AcdConfig, AgentSettings, AgentStatus, Input, OfferId, Output, QueueSettings};
use call_model::{AgentId, CallId, Cause, QueueId};

pub struct Floor {
    pub acd: Acd,
    pub now: Instant,
    /// Orders since they were last taken, without positions and agents' states.
    pub orders: Vec<Output>,
    pub positions: Vec<(CallId, u32)>,
    pub states: Vec<(AgentId, AgentStatus)>,
}

pub fn queue() -> QueueId {
    QueueId::new("service")
}

pub fn agent(name: &str) -> AgentId {
    AgentId::new(name)
}

pub fn call(n: u128) -> CallId {
    CallId::from(n)
}

impl Floor {
    /// A floor where `agents` are registered, one second after another, with these settings of the one queue.
    pub fn with(agents: &[&str], settings: QueueSettings) -> Self {
        let config = AcdConfig {
            queues: [(queue(), settings)].into(),
            agents: agents.iter().map(|name| (agent(name), AgentSettings::default())).collect(),
        };
        let mut floor = Self::of(config);
        for name in agents {
            floor.tell(Input::AgentRegistered(agent(name)));
            floor.pass(1000);
        }
        floor.states.clear();
        floor
    }

    pub fn of(config: AcdConfig) -> Self {
        let now = Instant::now();
        Self { acd: Acd::new(config, now), now, orders: vec![], positions: vec![], states: vec![] }
    }

    pub fn new(agents: &[&str]) -> Self {
        Self::with(agents, QueueSettings::default())
    }

    pub fn tell(&mut self, input: Input) {
        self.acd.handle_input(input, self.now);
        self.drain();
    }

    pub fn call_comes(&mut self, n: u128) {
        self.tell(Input::CallQueued { call: call(n), queue: queue(), since: self.now });
    }

    /// Lets time pass, with the timers that run out on the way.
    pub fn pass(&mut self, ms: u64) {
        let end = self.now + Duration::from_millis(ms);
        while let Some(at) = self.acd.poll_timeout().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.acd.handle_timeout(self.now);
            assert!(self.acd.poll_timeout().is_none_or(|next| next > self.now), "a timer that ran out came again");
            self.drain();
        }
        self.now = end;
    }

    fn drain(&mut self) {
        while let Some(output) = self.acd.poll_output() {
            match output {
                Output::Position { call, position } => self.positions.push((call, position)),
                Output::AgentChanged(view) => self.states.push((view.agent, view.state)),
                order => self.orders.push(order),
            }
        }
    }

    pub fn take(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.orders)
    }

    /// The only order since the last look is an offer of this call to this agent.
    #[track_caller]
    pub fn offered(&mut self, n: u128, name: &str) -> OfferId {
        let orders = self.take();
        let [Output::Offer { call: of, agent: to, offer }] = &orders[..] else { panic!("no single offer: {orders:?}") };
        assert_eq!((*of, to.as_str()), (call(n), name));
        *offer
    }

    #[track_caller]
    pub fn cancelled(&mut self, offer: OfferId) {
        let orders = self.take();
        assert!(matches!(&orders[..], [Output::CancelOffer { offer: o, .. }] if *o == offer), "{orders:?}");
    }

    pub fn fails(&mut self, offer: OfferId, cause: Cause) {
        self.tell(Input::OfferFailed { offer, cause });
    }

    pub fn takes(&mut self, offer: OfferId) {
        self.tell(Input::OfferAnswered(offer));
        self.tell(Input::OfferAccepted(offer));
    }

    pub fn state(&self, name: &str) -> AgentStatus {
        let agents = self.acd.agents();
        agents.iter().find(|view| view.agent.as_str() == name).map(|view| view.state).expect("a known agent")
    }

    pub fn waiting(&self) -> Vec<CallId> {
        self.acd.queues()[0].waiting.iter().map(|w| w.call).collect()
    }
}
