//! What the situations share: the hotline with its telephones, and what one expects to hear.

use std::time::Duration;

use serde_json::Value;
use test_harness::{Backend, Events, Phone, Server, Setup};

/// A server with the sample hotline at 100 and the sample campaign, a carrier and the agents' telephones.
pub struct House {
    /// Callers and called people, at 127.0.0.2.
    pub carrier: Phone,
    /// The agents, at 127.0.0.3.
    pub desk: Phone,
    /// What the hotline asks for balances.
    pub backend: Backend,
    /// The server.
    pub server: Server,
    /// All that happened since its start.
    pub events: Events,
}

impl House {
    /// With these agents in the queue `service`, none of them signed in.
    pub fn new(agents: &[&str]) -> Self {
        Self::with(agents, |setup| setup)
    }

    /// As [`House::new`], with other settings.
    pub fn with(agents: &[&str], change: impl FnOnce(Setup) -> Setup) -> Self {
        let carrier = Phone::start("127.0.0.2");
        let desk = Phone::start("127.0.0.3");
        let backend = Backend::start();
        let mut setup = Setup::new().carrier(&carrier).queue("service").hotline(&backend).campaign();
        for agent in agents {
            setup = setup.agent(agent, "service");
        }
        let server = change(setup).start();
        let events = server.events();
        carrier.line(CALLER);
        Self { carrier, desk, backend, server, events }
    }

    /// Signs agents in, the first one by TCP, and waits until they are ready.
    pub fn sign_in(&self, agents: &[&str]) {
        for (place, agent) in agents.iter().enumerate() {
            self.desk.register(agent, &self.server, if place == 0 { "tcp" } else { "udp" });
            self.server.wait_for_agents(place + 1);
        }
    }

    /// Calls the hotline from the number [`CALLER`]; gives the talk and the id of the call.
    pub fn call(&self, script: &test_harness::Script) -> (test_harness::Talk, String) {
        let before = self.events.count();
        let talk = self.carrier.call(CALLER, &self.server.uri("100"), script);
        let call = self.events.call_begun(before);
        (talk, call)
    }

    /// What was taken in the turns of a call, in order: meaning and certainty.
    pub fn accepted(&self, call: &str) -> Vec<String> {
        let turns = self.events.all_of(call).into_iter().filter(|event| event["result"] == "accepted");
        turns.filter_map(|event| event["meaning"].as_str().map(str::to_owned)).collect()
    }
}

/// The number from which the carrier's telephone calls.
pub const CALLER: &str = "+12025550123";

/// Long enough for what a machine does at once.
pub const SOON: Duration = Duration::from_secs(10);

/// Long enough for some turns of a conversation.
pub const CONVERSATION: Duration = Duration::from_secs(60);

/// The types of events, in order.
pub fn types(events: &[Value]) -> Vec<&str> {
    events.iter().filter_map(|event| event["type"].as_str()).collect()
}
