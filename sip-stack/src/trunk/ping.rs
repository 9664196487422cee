//! Whether a trunk answers: OPTIONS every so often (RFC 3261 11.1).

use std::time::{Duration, Instant};

use super::TrunkConfig;
use crate::dialog::put;
use crate::endpoint::{Core, Found, Owner, Search};
use crate::flow::Flow;
use crate::message::{CSeq, Host, Method, NameAddr, Request, Response, Uri};
use crate::schedule::Armed;
use crate::targets::Answer;
use crate::transaction::TransactionId;

/// The pings of one trunk.
#[derive(Debug)]
pub(crate) struct Ping {
    trunk: usize,
    config: TrunkConfig,
    domain: Host,
    interval: Duration,
    state: State,
    /// `None` until the first ping was answered or given up.
    alive: Option<bool>,
    pub armed: Armed,
}

#[derive(Debug)]
enum State {
    Waiting {
        at: Instant,
    },
    /// The domain name system is asked.
    Finding {
        search: Search,
    },
    /// OPTIONS is out.
    Asking {
        id: TransactionId,
        search: Search,
    },
}

impl Ping {
    /// `None` when the trunk is not to be asked, or its domain is not a host.
    pub fn new(trunk: usize, config: &TrunkConfig, now: Instant) -> Option<Self> {
        Some(Self {
            trunk,
            interval: config.ping?.max(SHORTEST_INTERVAL),
            domain: config.domain().parse().ok()?,
            config: config.clone(),
            state: State::Waiting { at: now },
            alive: None,
            armed: Armed::default(),
        })
    }

    /// Whether it is known not to answer.
    pub fn is_dead(&self) -> bool {
        self.alive == Some(false)
    }

    /// Does what is due. Like the others it returns the new state, if it changed.
    pub fn on_timeout(&mut self, core: &mut Core, now: Instant) -> Option<bool> {
        match self.state {
            State::Waiting { at } if at <= now => {
                let search = Search::new(self.config.destination(), self.config.listener, core);
                self.advance(search, core, now)
            }
            State::Waiting { .. } | State::Finding { .. } | State::Asking { .. } => None,
        }
    }

    /// When something is due next.
    pub fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Waiting { at } => Some(at),
            State::Finding { .. } | State::Asking { .. } => None,
        }
    }

    /// The domain name system answered.
    pub fn on_resolved(&mut self, answer: Answer, core: &mut Core, now: Instant) -> Option<bool> {
        let State::Finding { mut search } = self.take_state(now) else { return None };
        search.answered(answer, core);
        self.advance(search, core, now)
    }

    /// The trunk answered: any answer shows life, but 503 and a proxy's 408 for it.
    pub fn on_response(
        &mut self,
        id: TransactionId,
        response: &Response,
        core: &mut Core,
        now: Instant,
    ) -> Option<bool> {
        if response.is_provisional() || !self.is_asking(id) {
            return None;
        }
        if matches!(response.status, 503 | 408) {
            return self.on_no_answer(id, core, now);
        }
        self.conclude(true, now)
    }

    /// The trunk did not answer by this address.
    pub fn on_no_answer(&mut self, id: TransactionId, core: &mut Core, now: Instant) -> Option<bool> {
        if !self.is_asking(id) {
            return None;
        }
        let State::Asking { search, .. } = self.take_state(now) else { return None };
        self.advance(search, core, now)
    }

    fn advance(&mut self, mut search: Search, core: &mut Core, now: Instant) -> Option<bool> {
        match search.next(Owner::Ping(self.trunk), core) {
            Found::Flow(flow) => {
                let request = self.options(flow, core);
                let id = core.send(request, flow, Owner::Ping(self.trunk), now);
                self.state = State::Asking { id, search };
                None
            }
            Found::Later => {
                self.state = State::Finding { search };
                None
            }
            Found::Nothing => self.conclude(false, now),
        }
    }

    fn conclude(&mut self, alive: bool, now: Instant) -> Option<bool> {
        self.state = State::Waiting { at: now + self.interval };
        (self.alive.replace(alive) != Some(alive)).then_some(alive)
    }

    fn options(&self, flow: Flow, core: &mut Core) -> Request {
        let uri = Uri::sip(None, self.domain.clone(), None);
        let ours = NameAddr::new(core.ways.contact(flow)).with_tag(&core.chance.hex());
        let call_id = format!("{}{}", core.chance.hex(), core.chance.hex());
        let mut request = Request::new(Method::Options, uri.clone());
        let headers = &mut request.headers;
        headers.set_number("Max-Forwards", 70);
        put(headers, "From", &ours);
        put(headers, "To", &NameAddr::new(uri));
        put(headers, "Call-ID", &call_id);
        put(headers, "CSeq", &CSeq { number: 1, method: Method::Options });
        put(headers, "Contact", &NameAddr::new(core.ways.contact(flow)));
        headers.set_static("Accept", "application/sdp");
        request
    }

    fn is_asking(&self, transaction: TransactionId) -> bool {
        matches!(&self.state, State::Asking { id, .. } if *id == transaction)
    }

    /// Takes the state out; what comes next puts another one in.
    fn take_state(&mut self, now: Instant) -> State {
        std::mem::replace(&mut self.state, State::Waiting { at: now + self.interval })
    }
}

const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);
