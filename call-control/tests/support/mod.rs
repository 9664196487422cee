//! A call on a virtual clock, with a small flow.
#![allow(dead_code, clippy::disallowed_methods, reason = "each test uses a part; the base instant is arbitrary")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use call_control::{AcdOrder, Call, CallRecord, CallStart, Direction, Input, Limits, OfferId, Output};
use call_model::{
    AgentId, CallEvent, CallId, Cause, Heard, HeardWord, LegCommand, LegEvent, LegFailure, LegId, ListenEnd, OrderId,
    SoundFact, SoundOrder,
};
use ivr_flows::{FilesInMemory, Flow};

pub const CALLER: LegId = LegId(1);
pub const AGENT: LegId = LegId(2);
pub const SDP: &[u8] = b"v=0";

pub const FLOW: &str = r#"
callwright: 1
flow: hotline
language: en
start: welcome
person: desk
nodes:
  welcome:
    menu:
      say: "Bill or nothing?"
      choices:
        bill: { hear: [my bill], press: "1", goto: desk }
        nothing: { hear: [nothing], press: "2", goto: bye }
  desk:
    queue: { name: service, whisper: "Bill enquiry", if_nobody: sorry }
  sorry:
    hang_up: { say: "Nobody is there." }
  bye:
    hang_up: { say: "Goodbye." }
"#;

/// A call under test: facts in, orders collected.
pub struct Stage {
    pub call: Call,
    pub now: Instant,
    pub orders: Vec<Output>,
}

impl Stage {
    pub fn inbound() -> Self {
        Self::new(Direction::Inbound { leg: CALLER, offer: Some(SDP.into()) })
    }

    pub fn outbound() -> Self {
        Self::new(Direction::Outbound {
            leg: CALLER,
            number: "+12025550123".parse().expect("a number"),
            trunk: "carrier".to_owned(),
            ring_time: Duration::from_secs(25),
            campaign: None,
            campaign_name: None,
            attempt: None,
        })
    }

    /// An inbound call with another flow.
    pub fn with_flow(yaml: &str) -> Self {
        Self::made(yaml, Direction::Inbound { leg: CALLER, offer: Some(SDP.into()) })
    }

    pub fn new(direction: Direction) -> Self {
        Self::made(FLOW, direction)
    }

    fn made(yaml: &str, direction: Direction) -> Self {
        let services = "note: { url: \"http://crm.example/note\", method: post }\n";
        let files = FilesInMemory::new().with("hotline.yaml", yaml).with("services.yaml", services);
        let flow = Flow::load("hotline.yaml", &files, None).unwrap_or_else(|diagnostics| {
            panic!("{}", diagnostics.iter().map(ToString::to_string).collect::<String>())
        });
        let start = CallStart {
            call: CallId::from_parts(1_764_000_000_000, 7),
            direction,
            caller: "+12025550123".to_owned(),
            called: "100".to_owned(),
            flow: Arc::new(flow),
            variables: BTreeMap::new(),
            seed: 1,
            local: None,
            history: Vec::new(),
            record: false,
            limits: Limits::default(),
        };
        let now = Instant::now();
        let mut stage = Self { call: Call::new(start, now), now, orders: Vec::new() };
        stage.drain();
        stage
    }

    pub fn tell(&mut self, input: Input) -> &mut Self {
        self.call.handle_input(input, self.now);
        self.drain();
        self
    }

    pub fn leg(&mut self, leg: LegId, event: LegEvent) -> &mut Self {
        self.tell(Input::Leg { leg, event })
    }

    pub fn pass(&mut self, time: Duration) -> &mut Self {
        let end = self.now + time;
        while let Some(at) = self.call.poll_timeout().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.call.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
        self
    }

    /// Forgets the orders so far.
    pub fn forget(&mut self) -> &mut Self {
        self.orders.clear();
        self
    }

    fn drain(&mut self) {
        while let Some(output) = self.call.poll_output() {
            self.orders.push(output);
        }
    }

    pub fn answered(mut self) -> Self {
        self.tell(Input::Begun);
        self.tell(Input::SoundReady { leg: CALLER, sdp: SDP.into() });
        self.leg(CALLER, LegEvent::Answered { sdp: None });
        self
    }

    /// In the queue, wanted by saying "my bill".
    pub fn waiting(self) -> Self {
        let mut stage = self.answered();
        stage.say("my bill");
        let service = call_model::QueueId::new("service");
        assert!(stage.acd().iter().any(|order| matches!(order, AcdOrder::Join { queue, .. } if *queue == service)));
        stage
    }

    /// The agent hears the whisper.
    pub fn whispering(self) -> Self {
        let mut stage = self.waiting();
        stage.offer(1);
        stage.tell(Input::SoundReady { leg: AGENT, sdp: SDP.into() });
        stage.leg(AGENT, LegEvent::Answered { sdp: Some(SDP.into()) });
        stage
    }

    pub fn bridged(self) -> Self {
        let mut stage = self.whispering();
        stage.key(AGENT, '1');
        stage
    }

    pub fn offer(&mut self, offer: u64) -> &mut Self {
        self.tell(Input::AgentOffered { offer: OfferId(offer), agent: AgentId::new("alice"), leg: AGENT })
    }

    pub fn key(&mut self, leg: LegId, digit: char) -> &mut Self {
        self.tell(Input::Sound(SoundFact::DigitPressed { leg, digit }))
    }

    pub fn say(&mut self, text: &str) -> &mut Self {
        let order = self.listening().expect("the call listens");
        let word = |word: &str| HeardWord { word: word.to_owned(), confidence: 1.0, start_ms: 0, end_ms: 300 };
        let words = text.split(' ').map(word).collect();
        let heard = Heard {
            text: text.to_owned(),
            words,
            again: None,
            without_synonyms: None,
            free: None,
            speech_ms: 600,
            end: ListenEnd::EndOfSpeech,
        };
        self.tell(Input::Sound(SoundFact::Heard { order, heard }))
    }

    /// The prompt that plays on a leg comes to its end.
    pub fn prompt_ends(&mut self, leg: LegId) -> &mut Self {
        let order = self.playing(leg).expect("a prompt plays");
        self.tell(Input::Sound(SoundFact::Finished { order }))
    }

    pub fn playing(&self, on: LegId) -> Option<OrderId> {
        self.orders.iter().rev().find_map(|order| match order {
            Output::Sound(SoundOrder::Play { order, leg, .. }) if *leg == on => Some(*order),
            _ => None,
        })
    }

    pub fn said(&self, on: LegId) -> Vec<String> {
        let prompts = self.orders.iter().filter_map(|order| match order {
            Output::Sound(SoundOrder::Play { leg, prompt, .. }) if *leg == on => Some(prompt.transcript()),
            _ => None,
        });
        prompts.collect()
    }

    fn listening(&self) -> Option<OrderId> {
        self.orders.iter().rev().find_map(|order| match order {
            Output::Sound(SoundOrder::Listen { order, .. }) => Some(*order),
            _ => None,
        })
    }

    pub fn commands(&self, to: LegId) -> Vec<&LegCommand> {
        let commands = self.orders.iter().filter_map(|order| match order {
            Output::Leg { leg, command } if *leg == to => Some(command),
            _ => None,
        });
        commands.collect()
    }

    pub fn acd(&self) -> Vec<AcdOrder> {
        let orders = self.orders.iter().filter_map(|order| match order {
            Output::Acd(order) => Some(order.clone()),
            _ => None,
        });
        orders.collect()
    }

    pub fn events(&self) -> Vec<&CallEvent> {
        let events = self.orders.iter().filter_map(|order| match order {
            Output::Event(record) => Some(&record.event),
            _ => None,
        });
        events.collect()
    }

    pub fn record(&self) -> Option<&CallRecord> {
        self.orders.iter().find_map(|order| match order {
            Output::Finish(record) => Some(record),
            _ => None,
        })
    }

    pub fn is_over(&self) -> bool {
        self.orders.iter().any(|order| matches!(order, Output::Over))
    }

    pub fn has(&self, wanted: impl Fn(&Output) -> bool) -> bool {
        self.orders.iter().any(wanted)
    }
}

/// The peer hung up.
pub fn hung_up() -> LegEvent {
    LegEvent::Ended(LegFailure { cause: Cause::Normal, sip_status: None, by_peer: true })
}

/// The peer refused.
pub fn refused(status: u16) -> LegEvent {
    LegEvent::Ended(LegFailure { cause: Cause::from_sip_status(status), sip_status: Some(status), by_peer: true })
}
