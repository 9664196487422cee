//! Our registration at a trunk (RFC 3261 10.2): kept fresh, tried again when it fails.

use std::time::{Duration, Instant};

use crate::auth::ClientAuth;
use crate::dialog::put;
use crate::endpoint::{Core, Found, Owner, Search};
use crate::flow::Flow;
use crate::message::{CSeq, Host, Method, NameAddr, Request, Response, Uri};
use crate::schedule::Armed;
use crate::targets::{Answer, Destination};
use crate::transaction::TransactionId;
use crate::trunk::{RegisterConfig, TrunkConfig};

/// How our registration at a trunk stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistrationState {
    /// The trunk knows us.
    Registered {
        /// For how long, without a refresh.
        expires: Duration,
    },
    /// The trunk refused, or did not answer; we try again by ourselves.
    Failed {
        /// The status that it refused with; `None` when nobody answered.
        status: Option<u16>,
        /// When we try again.
        retry_in: Duration,
    },
    /// We took our registration back, since the service is being stopped.
    Removed,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Registration {
    trunk: usize,
    config: RegisterConfig,
    destination: Destination,
    listener: Option<crate::flow::ListenerId>,
    domain: Host,
    auth: ClientAuth,
    call_id: String,
    tag: String,
    number: u32,
    /// What we ask for; a 423 may raise it.
    expires: Duration,
    state: State,
    failures: u32,
    removing: bool,
    pub armed: Armed,
}

#[derive(Debug)]
enum State {
    /// The next try or refresh.
    Waiting {
        at: Instant,
    },
    /// The domain name system is asked.
    Finding {
        search: Box<Search>,
    },
    /// REGISTER is out.
    Asking {
        id: TransactionId,
        request: Box<Request>,
        flow: Flow,
        search: Box<Search>,
        challenges: u8,
    },
    Removed,
}

impl Registration {
    /// `None` when the trunk is not registered at, or its domain is not a host.
    pub fn new(trunk: usize, config: &TrunkConfig, core: &mut Core, now: Instant) -> Option<Self> {
        let register = config.register.clone()?;
        Some(Self {
            trunk,
            destination: config.destination(),
            listener: config.listener,
            domain: config.domain().parse().ok()?,
            auth: ClientAuth::new(config.account.iter().cloned().collect()),
            call_id: format!("{}{}", core.chance.hex(), core.chance.hex()),
            tag: core.chance.hex(),
            number: 0,
            expires: register.expires,
            config: register,
            state: State::Waiting { at: now },
            failures: 0,
            removing: false,
            armed: Armed::default(),
        })
    }

    /// Takes the registration back. No other state follows but `Removed`.
    pub fn remove(&mut self, core: &mut Core, now: Instant) -> Option<RegistrationState> {
        if self.removing {
            return None;
        }
        self.removing = true;
        self.expires = Duration::ZERO;
        self.begin(core, now)
    }

    /// Does what is due.
    pub fn on_timeout(&mut self, core: &mut Core, now: Instant) -> Option<RegistrationState> {
        match self.state {
            State::Waiting { at } if at <= now => self.begin(core, now),
            State::Waiting { .. } | State::Finding { .. } | State::Asking { .. } | State::Removed => None,
        }
    }

    /// When something is due next.
    pub fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Waiting { at } => Some(at),
            State::Finding { .. } | State::Asking { .. } | State::Removed => None,
        }
    }

    /// The domain name system answered.
    pub fn on_resolved(&mut self, answer: Answer, core: &mut Core, now: Instant) -> Option<RegistrationState> {
        let State::Finding { mut search } = self.take_state(now) else { return None };
        search.answered(answer, core);
        self.advance(search, None, core, now)
    }

    /// The trunk answered.
    pub fn on_response(
        &mut self,
        id: TransactionId,
        response: &Response,
        core: &mut Core,
        now: Instant,
    ) -> Option<RegistrationState> {
        if response.is_provisional() || !self.is_asking(id) {
            return None;
        }
        let State::Asking { request, flow, search, challenges, .. } = self.take_state(now) else { return None };
        match response.status {
            _ if self.removing && response.is_success() => self.removed(),
            200..=299 => Some(self.registered(response, flow, core, now)),
            401 | 407 if challenges < MAX_CHALLENGES && self.auth.take_challenge(&request, response).is_ok() => {
                self.ask(flow, search, challenges + 1, core, now);
                None
            }
            423 if challenges < MAX_CHALLENGES && !self.removing => {
                let least = response.headers.min_expires().ok().flatten().unwrap_or(0);
                self.expires = self.expires.max(Duration::from_secs(least.into()));
                self.ask(flow, search, challenges + 1, core, now);
                None
            }
            503 => self.advance(search, Some(response), core, now),
            _ => self.failed(Some(response), core, now),
        }
    }

    /// The trunk did not answer, or cannot be reached by this flow.
    pub fn on_no_answer(&mut self, id: TransactionId, core: &mut Core, now: Instant) -> Option<RegistrationState> {
        if !self.is_asking(id) {
            return None;
        }
        let State::Asking { search, .. } = self.take_state(now) else { return None };
        self.advance(search, None, core, now)
    }

    fn begin(&mut self, core: &mut Core, now: Instant) -> Option<RegistrationState> {
        let search = Box::new(Search::new(self.destination.clone(), self.listener, core));
        self.advance(search, None, core, now)
    }

    /// Tries the next address; `refusal` is what the last one answered.
    fn advance(
        &mut self,
        mut search: Box<Search>,
        refusal: Option<&Response>,
        core: &mut Core,
        now: Instant,
    ) -> Option<RegistrationState> {
        match search.next(Owner::Registration(self.trunk), core) {
            Found::Flow(flow) => {
                self.ask(flow, search, 0, core, now);
                None
            }
            Found::Later => {
                self.state = State::Finding { search };
                None
            }
            Found::Nothing => self.failed(refusal, core, now),
        }
    }

    fn ask(&mut self, flow: Flow, search: Box<Search>, challenges: u8, core: &mut Core, now: Instant) {
        self.number += 1;
        let registrar = Uri::sip(None, self.domain.clone(), None);
        let ours = NameAddr::new(Uri::sip(Some(&self.config.user), self.domain.clone(), None));
        let mut contact = core.ways.contact(flow);
        if let Some(sip) = contact.as_sip_mut() {
            sip.user = Some(crate::message::escape_user(&self.config.user).into());
        }
        let mut request = Request::new(Method::Register, registrar);
        let headers = &mut request.headers;
        headers.set_number("Max-Forwards", 70);
        put(headers, "From", &ours.clone().with_tag(&self.tag));
        put(headers, "To", &ours);
        put(headers, "Call-ID", &self.call_id);
        put(headers, "CSeq", &CSeq { number: self.number, method: Method::Register });
        put(headers, "Contact", &NameAddr::new(contact));
        headers.set_number("Expires", u32::try_from(self.expires.as_secs()).unwrap_or(u32::MAX));
        if self.auth.is_challenged() {
            let chance = core.chance.next_u64();
            if self.auth.authorize(&mut request, chance).is_err() {
                tracing::warn!(trunk = self.trunk, "account of the trunk holds a line break; REGISTER goes unsigned");
            }
        }
        let id = core.send(request.clone(), flow, Owner::Registration(self.trunk), now);
        self.state = State::Asking { id, request: Box::new(request), flow, search, challenges };
    }

    fn registered(&mut self, response: &Response, flow: Flow, core: &Core, now: Instant) -> RegistrationState {
        let expires = granted(response, &core.ways.contact(flow)).unwrap_or(self.expires);
        self.failures = 0;
        // Refreshed with a quarter of the time left, so that some lost messages do no harm.
        let refresh = (expires * 3 / 4).max(SHORTEST_REFRESH);
        self.state = State::Waiting { at: now + refresh };
        RegistrationState::Registered { expires }
    }

    fn failed(&mut self, refusal: Option<&Response>, core: &mut Core, now: Instant) -> Option<RegistrationState> {
        if self.removing {
            return self.removed();
        }
        // RFC 5626 4.5: doubled from 30 s to half an hour, by chance between half and the whole of it.
        let whole = (BACKOFF * 2u32.saturating_pow(self.failures.min(10))).min(LONGEST_BACKOFF);
        self.failures += 1;
        let backoff = core.chance.wait(whole / 2, whole, Duration::from_millis(10));
        let asked = refusal.and_then(|response| response.headers.get("Retry-After"));
        let asked = asked.and_then(|value| value.split([' ', ';', '(']).next()?.parse().ok());
        let retry_in = backoff.max(Duration::from_secs(asked.unwrap_or(0))).min(LONGEST_BACKOFF);
        self.state = State::Waiting { at: now + retry_in };
        Some(RegistrationState::Failed { status: refusal.map(|response| response.status), retry_in })
    }

    fn removed(&mut self) -> Option<RegistrationState> {
        self.state = State::Removed;
        Some(RegistrationState::Removed)
    }

    fn is_asking(&self, transaction: TransactionId) -> bool {
        matches!(&self.state, State::Asking { id, .. } if *id == transaction)
    }

    /// Takes the state out; what comes next puts another one in.
    fn take_state(&mut self, now: Instant) -> State {
        std::mem::replace(&mut self.state, State::Waiting { at: now + BACKOFF })
    }
}

/// How long the trunk knows us: as our own contact says, else any contact, else `Expires`.
fn granted(response: &Response, ours: &Uri) -> Option<Duration> {
    let contacts = match response.headers.contacts() {
        Ok(crate::message::Contacts::List(list)) => list,
        Ok(crate::message::Contacts::All) | Err(_) => Vec::new(),
    };
    let is_ours = |contact: &&NameAddr| contact.uri.host() == ours.host() && contact.uri.port() == ours.port();
    let of_contact = contacts.iter().find(is_ours).or(contacts.first()).and_then(NameAddr::expires);
    let seconds = of_contact.or(response.headers.expires().ok().flatten())?;
    Some(Duration::from_secs(seconds.into()))
}

const BACKOFF: Duration = Duration::from_secs(30);
const LONGEST_BACKOFF: Duration = Duration::from_secs(1800);
const SHORTEST_REFRESH: Duration = Duration::from_secs(5);
/// Challenges and other second tries at one address.
const MAX_CHALLENGES: u8 = 3;
