//! What every part of the endpoint works with: transactions, chance, outputs, and the ways to the wire.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use call_model::{LegEvent, LegId};
use sha2::{Digest, Sha256};

use super::ways::Ways;
use super::{EndpointConfig, Output};
use crate::chance::Chance;
use crate::dialog::put;
use crate::flow::{Flow, Transport};
use crate::message::{NameAddr, Request, Response, Transport as ViaTransport, Via};
use crate::targets::{Query, ResolveId};
use crate::transaction::{Layer, NewServer, TransactionId};

/// Whose a client transaction, or a question to the domain name system, is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    /// A leg's.
    Leg(LegId),
    /// Our registration at the trunk with this number.
    Registration(usize),
    /// The ping of the trunk with this number.
    Ping(usize),
    /// Nobody waits for the outcome.
    Nobody,
}

/// A request that began no transaction yet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Incoming<'a> {
    /// The request, with its source noted in the topmost Via.
    pub request: &'a Request,
    /// Its topmost Via.
    pub via: &'a Via,
    /// The flow it came by.
    pub flow: Flow,
    /// The flow that responses go by.
    pub reply: Flow,
}

/// What refusals' tags are made with, so that nobody can make them up.
#[derive(Debug, Clone, Copy)]
struct TagKey(u64);

impl TagKey {
    fn tag(self, parts: [&str; 4]) -> String {
        let mut hash = Sha256::new_with_prefix(self.0.to_be_bytes());
        for part in parts {
            hash.update(part);
            hash.update([0]);
        }
        hash.finalize()[..8].iter().fold(String::with_capacity(16), |mut tag, byte| {
            let _ = write!(tag, "{byte:02x}");
            tag
        })
    }
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Core {
    pub config: EndpointConfig,
    pub layer: Layer<Owner>,
    pub chance: Chance,
    pub out: VecDeque<Output>,
    pub ways: Ways,
    tag_key: TagKey,
    questions: BTreeMap<ResolveId, Owner>,
    last_question: u64,
}

impl Core {
    pub fn new(config: EndpointConfig, seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        Self {
            layer: Layer::new(config.timers, config.limits.transactions),
            tag_key: TagKey(chance.next_u64()),
            chance,
            out: VecDeque::new(),
            ways: Ways::new(config.listeners.clone(), config.limits.connections),
            questions: BTreeMap::new(),
            last_question: 0,
            config,
        }
    }

    /// Begins a client transaction. Via and User-Agent are added here.
    pub fn send(&mut self, mut request: Request, flow: Flow, owner: Owner, now: Instant) -> TransactionId {
        let flow = self.ways.revive(flow, &mut self.out);
        let branch = self.layer.new_branch(self.chance.next_u64());
        self.add_via(&mut request, flow, &branch.to_string());
        put(&mut request.headers, "User-Agent", &self.config.user_agent);
        self.layer.send(branch, request, flow, owner, &mut self.out, now);
        branch.id
    }

    /// Sends the ACK of a 2xx, which is no transaction; the bytes are returned to be sent again.
    pub fn send_ack(&mut self, mut request: Request, flow: Flow) -> Arc<[u8]> {
        let flow = self.ways.revive(flow, &mut self.out);
        let branch = self.layer.new_branch(self.chance.next_u64());
        self.add_via(&mut request, flow, &branch.to_string());
        let bytes: Arc<[u8]> = request.to_bytes().into();
        self.transmit(flow, bytes.clone());
        bytes
    }

    /// Sends bytes as they are.
    pub fn transmit(&mut self, flow: Flow, bytes: Arc<[u8]>) {
        self.out.push_back(Output::Transmit { flow, bytes });
    }

    /// Begins a server transaction.
    pub fn begin(&mut self, incoming: &Incoming<'_>, owner: Owner, now: Instant) -> TransactionId {
        let new = NewServer { request: incoming.request, via: incoming.via, reply: incoming.reply };
        self.layer.receive(&new, owner, now)
    }

    /// Responds within a server transaction; returns what was sent, and which way.
    pub fn respond(&mut self, id: TransactionId, response: &Response, now: Instant) -> Option<(Flow, Arc<[u8]>)> {
        self.layer.respond(id, response, &mut self.out, now)
    }

    /// Answers a request at once, within a transaction that absorbs its repetitions.
    pub fn reply(&mut self, incoming: &Incoming<'_>, response: &Response, now: Instant) {
        if self.layer.is_full() {
            self.transmit(incoming.reply, response.to_bytes().into());
            return;
        }
        let id = self.begin(incoming, Owner::Nobody, now);
        self.respond(id, response, now);
    }

    /// Answers a request and forgets it: a repetition is answered again, the same way (RFC 3261 8.2.7).
    pub fn reply_stateless(&mut self, incoming: &Incoming<'_>, response: &Response) {
        self.transmit(incoming.reply, response.to_bytes().into());
    }

    /// A response outside of dialogs, with a tag that is the same for each repetition of the request.
    pub fn tagged(&self, request: &Request, status: u16) -> Response {
        self.response(request, status, Some(&self.stateless_tag(request)))
    }

    /// 200 to OPTIONS (RFC 3261 11.2).
    pub fn capabilities(&self, incoming: &Incoming<'_>) -> Response {
        let request = incoming.request;
        let mut response = self.response(request, 200, Some(&self.stateless_tag(request)));
        response.headers.set_static("Allow", ALLOW);
        response.headers.set_static("Accept", "application/sdp");
        response.headers.set_static("Accept-Encoding", "identity");
        response.headers.set_static("Accept-Language", "en");
        put(&mut response.headers, "Contact", &NameAddr::new(self.ways.contact(incoming.flow)));
        response
    }

    /// 405 to a method that is not served here (RFC 3261 8.2.1).
    pub fn method_not_allowed(&self, request: &Request) -> Response {
        let mut response = self.tagged(request, 405);
        response.headers.set_static("Allow", ALLOW);
        response
    }

    /// A response with Server set.
    pub fn response(&self, request: &Request, status: u16, to_tag: Option<&str>) -> Response {
        let mut response = Response::reply(request, status, to_tag);
        put(&mut response.headers, "Server", &self.config.user_agent);
        response
    }

    /// Asks the domain name system for someone.
    pub fn ask(&mut self, query: Query, owner: Owner) {
        self.last_question += 1;
        let id = ResolveId(self.last_question);
        self.questions.insert(id, owner);
        self.out.push_back(Output::Resolve { id, query });
    }

    /// Who asked.
    pub fn asked_by(&mut self, id: ResolveId) -> Option<Owner> {
        self.questions.remove(&id)
    }

    /// The number of questions that are open.
    pub fn open_questions(&self) -> usize {
        self.questions.len()
    }

    /// Tells something of a leg.
    pub fn tell(&mut self, leg: LegId, event: LegEvent) {
        self.out.push_back(Output::Leg { leg, event });
    }

    fn stateless_tag(&self, request: &Request) -> String {
        let header = |name| request.headers.get(name).unwrap_or_default();
        self.tag_key.tag([header("Via"), header("Call-ID"), header("CSeq"), header("From")])
    }

    fn add_via(&mut self, request: &mut Request, flow: Flow, branch: &str) {
        let (host, port) = self.ways.sent_by(flow.listener);
        let transport = match flow.transport {
            Transport::Udp => ViaTransport::Udp,
            Transport::Tcp => ViaTransport::Tcp,
        };
        let via = Via::new(transport, host, port, branch);
        let pushed = request.headers.push_front("Via", via);
        debug_assert!(pushed.is_ok(), "the advertised host was read as a host");
    }
}

/// The methods that a dialog of ours understands.
pub(crate) const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO";
