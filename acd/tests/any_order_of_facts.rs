//! Whatever happens in whatever order: no agent gets two calls and no call is lost.
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use acd::{AgentStatus, IfAllTried, IfNobodyReady, Input, OfferId, Output, QueueSettings};
use call_model::{CallId, Cause};
use proptest::prelude::*;
use support::{Floor, agent, call, queue};

const AGENTS: [&str; 4] = ["ann", "ben", "cyd", "dan"];
const CAUSES: [Cause; 6] =
    [Cause::Rejected, Cause::Busy, Cause::NoAnswer, Cause::Unreachable, Cause::Cancelled, Cause::InternalError];

#[derive(Debug, Clone)]
enum Step {
    Register(usize),
    Unregister(usize),
    Pause(usize),
    Ready(usize),
    Queue,
    Leave(usize),
    Answer(usize),
    Accept(usize),
    Fail(usize, usize),
    End(usize),
    DeadFact(u64),
    Pass(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let n = 0usize..8;
    prop_oneof![
        3 => (0usize..4).prop_map(Step::Register),
        1 => (0usize..4).prop_map(Step::Unregister),
        1 => (0usize..4).prop_map(Step::Pause),
        1 => (0usize..4).prop_map(Step::Ready),
        4 => Just(Step::Queue),
        1 => n.clone().prop_map(Step::Leave),
        3 => n.clone().prop_map(Step::Answer),
        3 => n.clone().prop_map(Step::Accept),
        2 => (n.clone(), 0usize..6).prop_map(|(a, b)| Step::Fail(a, b)),
        3 => n.prop_map(Step::End),
        1 => (0u64..40).prop_map(Step::DeadFact),
        6 => prop_oneof![0u64..50, 900u64..40_000].prop_map(Step::Pass),
    ]
}

/// What the calls and telephones around the machine know.
struct World {
    floor: Floor,
    next_call: u128,
    waiting: BTreeSet<CallId>,
    /// Open offers: call, agent, whether cancelled.
    offers: BTreeMap<OfferId, (CallId, String, bool)>,
    talking: BTreeMap<CallId, String>,
    ended: BTreeMap<CallId, u32>,
}

impl World {
    fn new(settings: QueueSettings) -> Self {
        let config = acd::AcdConfig {
            queues: [(queue(), settings)].into(),
            agents: AGENTS.iter().map(|name| (agent(name), Default::default())).collect(),
        };
        Self {
            floor: Floor::of(config),
            next_call: 1,
            waiting: BTreeSet::new(),
            offers: BTreeMap::new(),
            talking: BTreeMap::new(),
            ended: BTreeMap::new(),
        }
    }

    fn tell(&mut self, input: Input) {
        self.floor.tell(input);
        self.look();
    }

    fn look(&mut self) {
        for order in self.floor.take() {
            match order {
                Output::Offer { call, agent, offer } => {
                    assert!(self.waiting.contains(&call), "offered a call that does not wait");
                    let name = agent.as_str().to_owned();
                    assert!(self.offers.values().all(|(_, a, _)| *a != name), "a second offer to {name}");
                    assert!(self.offers.values().all(|(c, _, _)| *c != call), "a second offer of one call");
                    assert!(self.talking.values().all(|a| *a != name), "an offer to {name}, who talks");
                    assert!(self.offers.insert(offer, (call, name, false)).is_none());
                }
                Output::CancelOffer { call, offer } => {
                    let open = self.offers.get_mut(&offer).expect("only open offers are cancelled");
                    assert_eq!((open.0, open.2), (call, false));
                    open.2 = true;
                }
                Output::NobodyReachable { call, .. } => {
                    assert!(self.waiting.remove(&call), "sent back a call that does not wait");
                    *self.ended.entry(call).or_default() += 1;
                }
                Output::Position { .. } | Output::AgentChanged(_) => unreachable!("sorted out before"),
            }
        }
        let shown: BTreeSet<CallId> = self.floor.waiting().into_iter().collect();
        assert_eq!(shown, self.waiting, "who waits");
        for (call, name) in &self.talking {
            let agents = self.floor.acd.agents();
            let view = agents.iter().find(|view| view.agent.as_str() == name).expect("a known agent");
            assert_eq!((view.state, view.call), (AgentStatus::OnCall, Some(*call)));
        }
    }

    fn pick_offer(&self, n: usize) -> Option<OfferId> {
        self.offers.keys().nth(n % self.offers.len().max(1)).copied()
    }

    fn accept(&mut self, offer: OfferId) {
        let (call, name, _) = self.offers.remove(&offer).expect("an open offer");
        if self.waiting.remove(&call) {
            self.talking.insert(call, name);
            *self.ended.entry(call).or_default() += 1;
        }
        self.tell(Input::OfferAccepted(offer));
    }

    fn fail(&mut self, offer: OfferId, cause: Cause) {
        self.offers.remove(&offer);
        self.tell(Input::OfferFailed { offer, cause });
    }

    fn pass(&mut self, ms: u64) {
        for part in (0..ms).step_by(1000) {
            self.floor.pass(1000.min(ms - part));
            self.look();
            let cancelled: Vec<OfferId> = self.offers.iter().filter(|(_, o)| o.2).map(|(id, _)| *id).collect();
            for offer in cancelled {
                // Now and then the accepting was under way already.
                if offer.0 % 5 == 0 { self.accept(offer) } else { self.fail(offer, Cause::Cancelled) }
            }
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Register(n) => self.tell(Input::AgentRegistered(agent(AGENTS[n]))),
            Step::Unregister(n) => self.tell(Input::AgentUnregistered(agent(AGENTS[n]))),
            Step::Pause(n) => self.tell(Input::AgentPaused(agent(AGENTS[n]))),
            Step::Ready(n) => self.tell(Input::AgentReady(agent(AGENTS[n]))),
            Step::Queue => {
                let id = call(self.next_call);
                self.next_call += 1;
                self.waiting.insert(id);
                self.tell(Input::CallQueued { call: id, queue: queue(), since: self.floor.now });
            }
            Step::Leave(n) => {
                let Some(id) = self.waiting.iter().nth(n % self.waiting.len().max(1)).copied() else { return };
                self.waiting.remove(&id);
                *self.ended.entry(id).or_default() += 1;
                self.tell(Input::CallLeft(id));
            }
            Step::Answer(n) => {
                let Some(offer) = self.pick_offer(n) else { return };
                self.tell(Input::OfferAnswered(offer));
            }
            Step::Accept(n) => {
                let Some(offer) = self.pick_offer(n) else { return };
                self.accept(offer);
            }
            Step::Fail(n, cause) => {
                let Some(offer) = self.pick_offer(n) else { return };
                self.fail(offer, CAUSES[cause]);
            }
            Step::End(n) => {
                let Some(id) = self.talking.keys().nth(n % self.talking.len().max(1)).copied() else { return };
                self.talking.remove(&id);
                self.tell(Input::CallEnded(id));
            }
            Step::DeadFact(n) => {
                if !self.offers.contains_key(&OfferId(n)) {
                    self.tell(Input::OfferAccepted(OfferId(n)));
                    self.tell(Input::OfferFailed { offer: OfferId(n), cause: Cause::Rejected });
                }
                self.tell(Input::CallEnded(call(1000 + u128::from(n))));
            }
            Step::Pass(ms) => self.pass(ms),
        }
    }
}

fn settings() -> impl Strategy<Value = QueueSettings> {
    (any::<bool>(), any::<bool>(), 1usize..20, 0u64..40, 0u32..3).prop_map(|(wait, leave, full, wrap_up, misses)| {
        QueueSettings {
            if_nobody_ready: if wait { IfNobodyReady::Wait } else { IfNobodyReady::LeaveAtOnce },
            if_all_tried: if leave { IfAllTried::Leave } else { IfAllTried::TryAgain },
            max_waiting: full,
            max_wait: Duration::from_secs(120),
            wrap_up: Duration::from_secs(wrap_up),
            max_misses: misses,
            ..QueueSettings::default()
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_agent_gets_two_calls_and_no_call_is_lost(
        settings in settings(),
        steps in proptest::collection::vec(step(), 1..120),
    ) {
        let mut world = World::new(settings);
        for step in steps {
            world.step(step);
        }
        // Everything that waits comes to its end by itself: taken, or sent back when the longest wait is over.
        world.pass(120_000 + 15_000 + 25_000 + 5_000);
        prop_assert_eq!(world.waiting.len(), 0);
        let queued = world.next_call - 1;
        prop_assert_eq!(world.ended.len() as u128, queued);
        prop_assert!(world.ended.values().all(|times| *times == 1));
    }

    #[test]
    fn the_longest_idle_agent_comes_first(steps in proptest::collection::vec((0u8..4, 0usize..4), 1..200)) {
        let settings = QueueSettings { wrap_up: Duration::ZERO, ..QueueSettings::default() };
        let mut floor = Floor::with(&AGENTS, settings);
        // The agents who are idle, longest first.
        let mut idle: Vec<String> = AGENTS.iter().map(|name| (*name).to_owned()).collect();
        let mut talking: Vec<(CallId, String)> = Vec::new();
        let mut next = 1;
        for (what, n) in steps {
            floor.pass(10);
            if what < 2 && !idle.is_empty() {
                floor.call_comes(next);
                let longest = idle.remove(0);
                let offer = floor.offered(next, &longest);
                floor.takes(offer);
                talking.push((call(next), longest));
                next += 1;
            } else if what == 2 && !talking.is_empty() {
                let (id, name) = talking.remove(n % talking.len());
                floor.tell(Input::CallEnded(id));
                idle.push(name);
            } else if what == 3 && !idle.is_empty() {
                let name = idle.remove(n % idle.len());
                floor.tell(Input::AgentPaused(agent(&name)));
                floor.pass(10);
                floor.tell(Input::AgentReady(agent(&name)));
                idle.push(name);
            }
        }
    }
}
