//! All transactions, by key and by time.
//!
//! An entry goes as soon as its machine has ended. While it waits for its last timer it is small: a client keeps no
//! request, a server no more than the bytes of its response.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use super::key::{Branch, ServerKey};
use super::{
    Due, InviteClient, InviteServer, NonInviteClient, NonInviteServer, OnRequest, OnResponse, Timer, TimerTable,
};
use crate::endpoint::Output;
use crate::flow::Flow;
use crate::message::{Method, Request, Response, Via};
use crate::schedule::{Armed, Schedule};

/// A transaction of either side; numbers are never used twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransactionId(pub u64);

impl fmt::Debug for TransactionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "t{}", self.0)
    }
}

/// What a client transaction tells its owner besides responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientEvent {
    /// Nobody answered (timer B or F).
    TimedOut,
    /// The transport failed.
    TransportFailed,
    /// An INVITE that was answered with 2xx: no more of those will come (timer M).
    Ended,
}

/// Where a request belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// To no transaction; its owner must be found and one begun.
    New,
    /// To one that dealt with it.
    Absorbed,
    /// An ACK that belongs to no refusal: to a 2xx, or to nothing.
    AckForDialog,
    /// An INVITE that came before, another way (RFC 3261 8.2.2.2).
    Merged,
}

/// A server transaction to begin.
#[derive(Debug)]
pub struct NewServer<'a> {
    /// The request, with its topmost Via as the source was noted in it.
    pub request: &'a Request,
    /// Its topmost Via.
    pub via: &'a Via,
    /// Where responses go.
    pub reply: Flow,
}

/// All transactions. `O` says whose a client transaction is.
#[derive(Debug)]
pub struct Layer<O> {
    timers: TimerTable,
    limit: usize,
    last_id: u64,
    entries: BTreeMap<TransactionId, Entry<O>>,
    keys: BTreeMap<ServerKey, TransactionId>,
    /// INVITEs by Call-ID, From tag and CSeq.
    merged: BTreeMap<Box<str>, TransactionId>,
    /// Clients that wait for a final response, by flow.
    waiting: BTreeSet<(Flow, TransactionId)>,
    schedule: Schedule<TransactionId>,
    events: VecDeque<(TransactionId, O, ClientEvent)>,
}

#[derive(Debug)]
struct Entry<O> {
    flow: Flow,
    armed: Armed,
    role: Role<O>,
}

/// How far the CANCEL of an INVITE of ours is. It has the INVITE's branch, so it lives in its entry.
#[derive(Debug)]
enum Cancel {
    /// Not wanted.
    No,
    /// To be sent with the first provisional response (RFC 3261 9.1).
    Wanted,
    /// Sent; without a final response to the INVITE by `end` the INVITE is given up.
    Sent { machine: NonInviteClient<Bytes>, end: Instant },
}

impl Cancel {
    fn deadline(&self) -> Option<Instant> {
        match self {
            Self::No | Self::Wanted => None,
            Self::Sent { machine, end } => Some(machine.deadline().map_or(*end, |at| at.min(*end))),
        }
    }
}

type Bytes = Arc<[u8]>;

#[derive(Debug)]
enum Role<O> {
    InviteClient { machine: InviteClient<Bytes>, owner: O, token: u64, request: Option<Box<Request>>, cancel: Cancel },
    NonInviteClient { machine: NonInviteClient<Bytes>, owner: O, token: u64, method: Method },
    InviteServer { machine: InviteServer<Bytes>, key: ServerKey, merged: Box<str>, owner: O },
    NonInviteServer { machine: NonInviteServer<Bytes>, key: ServerKey },
}

impl<O: Copy> Layer<O> {
    /// No transactions, and no more than `limit` at any time.
    pub fn new(timers: TimerTable, limit: usize) -> Self {
        Self {
            timers,
            limit,
            last_id: 0,
            entries: BTreeMap::new(),
            keys: BTreeMap::new(),
            merged: BTreeMap::new(),
            waiting: BTreeSet::new(),
            schedule: Schedule::default(),
            events: VecDeque::new(),
        }
    }

    /// Whether no more transactions may be begun. What ends a call is begun all the same.
    pub fn is_full(&self) -> bool {
        self.entries.len() >= self.limit
    }

    /// The number of transactions, those included that only absorb repetitions.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The values of the timers.
    pub fn timers(&self) -> &TimerTable {
        &self.timers
    }

    /// A number for a client transaction, to be begun with [`Layer::send`].
    pub fn new_branch(&mut self, chance: u64) -> Branch {
        self.last_id += 1;
        Branch { id: TransactionId(self.last_id), token: chance }
    }

    /// Begins a client transaction; the request carries the branch in its topmost Via.
    pub fn send(
        &mut self,
        branch: Branch,
        request: Request,
        flow: Flow,
        owner: O,
        out: &mut VecDeque<Output>,
        now: Instant,
    ) {
        let bytes: Bytes = request.to_bytes().into();
        out.push_back(Output::Transmit { flow, bytes: bytes.clone() });
        let reliable = flow.transport.is_reliable();
        let token = branch.token;
        let role = if request.method == Method::Invite {
            let machine = InviteClient::new(bytes, reliable, &self.timers, now);
            Role::InviteClient { machine, owner, token, request: Some(Box::new(request)), cancel: Cancel::No }
        } else {
            let machine = NonInviteClient::new(bytes, reliable, &self.timers, now);
            Role::NonInviteClient { machine, owner, token, method: request.method }
        };
        self.waiting.insert((flow, branch.id));
        self.insert(branch.id, Entry { flow, armed: Armed::default(), role });
    }

    /// A response came. Returns whose it is, if its owner is to see it.
    pub fn on_response(
        &mut self,
        response: &Response,
        via: &Via,
        out: &mut VecDeque<Output>,
        now: Instant,
    ) -> Option<(TransactionId, O)> {
        let branch = Branch::parse(via.branch()?)?;
        let entry = self.entries.get_mut(&branch.id)?;
        let cseq = response.cseq().ok()?;
        let (verdict, owner) = match &mut entry.role {
            Role::InviteClient { machine, owner, token, request, cancel } => {
                if *token != branch.token {
                    return None;
                }
                if let (Cancel::Sent { machine, .. }, Method::Cancel) = (&mut *cancel, &cseq.method) {
                    machine.on_response(response.status, &self.timers, now);
                    self.settle(branch.id);
                    return None;
                }
                if cseq.method != Method::Invite {
                    return None;
                }
                let ack = || request.as_ref().map_or_else(|| Arc::from([]), |request| refusal_ack(request, response));
                let verdict = machine.on_response(response.status, ack, &self.timers, now);
                if response.status >= 200 {
                    *request = None;
                    *cancel = Cancel::No;
                } else if matches!(cancel, Cancel::Wanted)
                    && let Some(invite) = request
                {
                    *cancel = begin_cancel(invite, entry.flow, &self.timers, out, now);
                }
                (verdict, *owner)
            }
            Role::NonInviteClient { machine, owner, token, method } => {
                if *token != branch.token || cseq.method != *method {
                    return None;
                }
                (machine.on_response(response.status, &self.timers, now), *owner)
            }
            Role::InviteServer { .. } | Role::NonInviteServer { .. } => return None,
        };
        let flow = entry.flow;
        if response.status >= 200 {
            self.waiting.remove(&(flow, branch.id));
        }
        let pass = match verdict {
            OnResponse::Pass => true,
            OnResponse::PassAndAcknowledge(bytes) => {
                out.push_back(Output::Transmit { flow, bytes });
                true
            }
            OnResponse::Acknowledge(bytes) => {
                out.push_back(Output::Transmit { flow, bytes });
                false
            }
            OnResponse::Drop => false,
        };
        self.settle(branch.id);
        pass.then_some((branch.id, owner))
    }

    /// A request came: is it a repetition, or the ACK of a refusal?
    pub fn on_request(&mut self, request: &Request, via: &Via, out: &mut VecDeque<Output>, now: Instant) -> Received {
        let key = ServerKey::of(request, via);
        if let Some(id) = self.keys.get(&key).copied() {
            return self.on_repeated(id, request, out, now);
        }
        if request.method == Method::Ack {
            return Received::AckForDialog;
        }
        if request.method == Method::Invite && self.merged.contains_key(&merged_key(request)) {
            let is_initial = request.to().is_ok_and(|to| to.tag().is_none());
            if is_initial {
                return Received::Merged;
            }
        }
        Received::New
    }

    /// Begins a server transaction for a request that was [`Received::New`].
    pub fn receive(&mut self, new: &NewServer<'_>, owner: O, now: Instant) -> TransactionId {
        self.last_id += 1;
        let id = TransactionId(self.last_id);
        let key = ServerKey::of(new.request, new.via);
        self.keys.insert(key.clone(), id);
        let reliable = new.reply.transport.is_reliable();
        let role = if new.request.method == Method::Invite {
            let trying = Response::reply(new.request, 100, None).to_bytes().into();
            let merged = merged_key(new.request);
            self.merged.insert(merged.clone(), id);
            Role::InviteServer { machine: InviteServer::new(trying, reliable, &self.timers, now), key, merged, owner }
        } else {
            Role::NonInviteServer { machine: NonInviteServer::new(reliable, &self.timers, now), key }
        };
        self.insert(id, Entry { flow: new.reply, armed: Armed::default(), role });
        id
    }

    /// Responds to a request. Returns what was sent, and which way; `None` when the transaction is over or was answered.
    pub fn respond(
        &mut self,
        id: TransactionId,
        response: &Response,
        out: &mut VecDeque<Output>,
        now: Instant,
    ) -> Option<(Flow, Bytes)> {
        let entry = self.entries.get_mut(&id)?;
        let bytes: Bytes = response.to_bytes().into();
        let send = match &mut entry.role {
            Role::InviteServer { machine, .. } => machine.respond(response.status, bytes.clone(), &self.timers, now),
            Role::NonInviteServer { machine, .. } => machine.respond(bytes.clone(), &self.timers, now),
            Role::InviteClient { .. } | Role::NonInviteClient { .. } => false,
        };
        let flow = entry.flow;
        if send {
            out.push_back(Output::Transmit { flow, bytes: bytes.clone() });
        }
        self.settle(id);
        send.then_some((flow, bytes))
    }

    /// The INVITE that a CANCEL means, and whose it is. It may have been answered already.
    pub fn cancelled(&self, cancel: &Request, via: &Via) -> Option<(TransactionId, O)> {
        let id = self.keys.get(&ServerKey::of_cancelled(cancel, via)).copied()?;
        match &self.entries.get(&id)?.role {
            Role::InviteServer { owner, .. } => Some((id, *owner)),
            Role::InviteClient { .. } | Role::NonInviteClient { .. } | Role::NonInviteServer { .. } => None,
        }
    }

    /// Cancels an INVITE of ours: at once, or as soon as a provisional response comes (RFC 3261 9.1). Its owner goes on
    /// being told of responses, and of the end with [`ClientEvent::TimedOut`] if no final one comes.
    pub fn cancel(&mut self, id: TransactionId, out: &mut VecDeque<Output>, now: Instant) {
        let Some(Entry { flow, role: Role::InviteClient { machine, request: Some(invite), cancel, .. }, .. }) =
            self.entries.get_mut(&id)
        else {
            return;
        };
        if !matches!(cancel, Cancel::No) {
            return;
        }
        *cancel = match machine.is_proceeding() {
            true => begin_cancel(invite, *flow, &self.timers, out, now),
            false => Cancel::Wanted,
        };
        self.settle(id);
    }

    /// A flow failed: all that wait for an answer by it are told.
    pub fn on_transport_error(&mut self, flow: Flow) {
        let range = (flow, TransactionId(0))..=(flow, TransactionId(u64::MAX));
        let failed: Vec<_> = self.waiting.range(range).map(|(_, id)| *id).collect();
        for id in failed {
            self.waiting.remove(&(flow, id));
            let Some(entry) = self.entries.get_mut(&id) else { continue };
            match &mut entry.role {
                Role::InviteClient { machine, owner, .. } => {
                    if machine.on_transport_error() {
                        self.events.push_back((id, *owner, ClientEvent::TransportFailed));
                    }
                }
                Role::NonInviteClient { machine, owner, .. } => {
                    if machine.on_transport_error() {
                        self.events.push_back((id, *owner, ClientEvent::TransportFailed));
                    }
                }
                Role::InviteServer { .. } | Role::NonInviteServer { .. } => {}
            }
            self.settle(id);
        }
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, out: &mut VecDeque<Output>, now: Instant) {
        while let Some((at, id)) = self.schedule.pop_due(now) {
            let Some(entry) = self.entries.get_mut(&id) else { continue };
            if !entry.armed.came_up(at) {
                continue;
            }
            let (due, owner) = match &mut entry.role {
                Role::InviteClient { machine, owner, cancel, .. } => {
                    (invite_client_due(machine, cancel, &self.timers, now), Some(*owner))
                }
                Role::NonInviteClient { machine, owner, .. } => (machine.on_timeout(&self.timers, now), Some(*owner)),
                Role::InviteServer { machine, .. } => (machine.on_timeout(&self.timers, now), None),
                Role::NonInviteServer { machine, .. } => (machine.on_timeout(now), None),
            };
            let is_invite = matches!(entry.role, Role::InviteClient { .. });
            let flow = entry.flow;
            match (due, owner) {
                (Due::Send(bytes), _) => out.push_back(Output::Transmit { flow, bytes }),
                (Due::TimedOut, Some(owner)) => {
                    self.waiting.remove(&(flow, id));
                    self.events.push_back((id, owner, ClientEvent::TimedOut));
                }
                (Due::Ended, Some(owner)) if is_invite => self.events.push_back((id, owner, ClientEvent::Ended)),
                (Due::Nothing | Due::TimedOut | Due::Ended, _) => {}
            }
            self.settle(id);
        }
    }

    /// When something is due next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.schedule.next_due()
    }

    /// The next thing to tell an owner. Drain to `None` after [`Layer::handle_timeout`] and
    /// [`Layer::on_transport_error`].
    pub fn poll_event(&mut self) -> Option<(TransactionId, O, ClientEvent)> {
        self.events.pop_front()
    }

    fn on_repeated(
        &mut self,
        id: TransactionId,
        request: &Request,
        out: &mut VecDeque<Output>,
        now: Instant,
    ) -> Received {
        let Some(entry) = self.entries.get_mut(&id) else {
            return Received::New;
        };
        let verdict = match &mut entry.role {
            Role::InviteServer { machine, .. } if request.method == Method::Ack => {
                // The ACK of a 2xx has a branch of its own, but old ones (RFC 2543) do not.
                let to_dialog = machine.is_accepted();
                machine.on_ack(&self.timers, now);
                self.settle(id);
                return if to_dialog { Received::AckForDialog } else { Received::Absorbed };
            }
            Role::InviteServer { machine, .. } => machine.on_request(),
            Role::NonInviteServer { machine, .. } => machine.on_request(),
            Role::InviteClient { .. } | Role::NonInviteClient { .. } => OnRequest::Absorb,
        };
        if let OnRequest::Respond(bytes) = verdict {
            out.push_back(Output::Transmit { flow: entry.flow, bytes });
        }
        self.settle(id);
        Received::Absorbed
    }

    fn insert(&mut self, id: TransactionId, entry: Entry<O>) {
        self.entries.insert(id, entry);
        self.settle(id);
    }

    /// Arms the entry again, or takes it out when its machine has ended.
    fn settle(&mut self, id: TransactionId) {
        let Some(entry) = self.entries.get_mut(&id) else { return };
        let (ended, deadline) = match &entry.role {
            Role::InviteClient { machine, cancel, .. } => {
                let deadline = [machine.deadline(), cancel.deadline()].into_iter().flatten().min();
                (machine.is_terminated(), deadline)
            }
            Role::NonInviteClient { machine, .. } => (machine.is_terminated(), machine.deadline()),
            Role::InviteServer { machine, .. } => (machine.is_terminated(), machine.deadline()),
            Role::NonInviteServer { machine, .. } => (machine.is_terminated(), machine.deadline()),
        };
        if !ended {
            self.schedule.arm(id, deadline, &mut entry.armed);
            return;
        }
        let Some(entry) = self.entries.remove(&id) else { return };
        match entry.role {
            Role::InviteServer { key, merged, .. } => {
                self.keys.remove(&key);
                if self.merged.get(&merged) == Some(&id) {
                    self.merged.remove(&merged);
                }
            }
            Role::NonInviteServer { key, .. } => {
                self.keys.remove(&key);
            }
            Role::InviteClient { .. } | Role::NonInviteClient { .. } => {
                self.waiting.remove(&(entry.flow, id));
            }
        }
    }
}

/// What is due for an INVITE of ours and for its CANCEL.
fn invite_client_due(
    machine: &mut InviteClient<Bytes>,
    cancel: &mut Cancel,
    timers: &TimerTable,
    now: Instant,
) -> Due<Bytes> {
    if let Cancel::Sent { machine: cancelling, end } = cancel {
        if *end <= now {
            *cancel = Cancel::No;
            machine.abandon();
            return Due::TimedOut;
        }
        if let Due::Send(bytes) = cancelling.on_timeout(timers, now) {
            return Due::Send(bytes);
        }
    }
    machine.on_timeout(timers, now)
}

fn begin_cancel(invite: &Request, flow: Flow, timers: &TimerTable, out: &mut VecDeque<Output>, now: Instant) -> Cancel {
    let to = invite.headers.get("To").unwrap_or_default();
    let bytes: Bytes = derived(invite, Method::Cancel, to).to_bytes().into();
    out.push_back(Output::Transmit { flow, bytes: bytes.clone() });
    let machine = NonInviteClient::new(bytes, flow.transport.is_reliable(), timers, now);
    Cancel::Sent { machine, end: now + timers.duration(Timer::B, true) }
}

/// The ACK of a refusal (RFC 3261 17.1.1.3).
fn refusal_ack(invite: &Request, response: &Response) -> Bytes {
    derived(invite, Method::Ack, response.headers.get("To").unwrap_or_default()).to_bytes().into()
}

/// A request hop by hop with an INVITE: its URI, topmost Via, Route, From, Call-ID and CSeq number.
fn derived(invite: &Request, method: Method, to: &str) -> Request {
    let mut request = Request::new(method, invite.uri.clone());
    let number = invite.cseq().map_or(1, |cseq| cseq.number);
    let headers = &mut request.headers;
    headers.copy_from(&invite.headers, "Via");
    headers.set_number("Max-Forwards", 70);
    headers.copy_from(&invite.headers, "Route");
    headers.copy_from(&invite.headers, "From");
    // What was read from the wire or built by us is one line.
    let _ = headers.push("To", to);
    headers.copy_from(&invite.headers, "Call-ID");
    let _ = headers.push("CSeq", format_args!("{number} {}", request.method));
    request
}

fn merged_key(request: &Request) -> Box<str> {
    let header = |name| request.headers.get(name).unwrap_or_default();
    let from = request.from().ok();
    let tag = from.as_ref().and_then(|from| from.tag()).unwrap_or_default();
    format!("{}|{tag}|{}", header("Call-ID"), header("CSeq")).into_boxed_str()
}
