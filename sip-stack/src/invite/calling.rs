//! We call, and nobody has answered yet (RFC 3261 13.2).

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use call_model::{Cause, LegCommand, LegEvent};

use super::body::{put_into_request, sdp_of};
use super::{Established, Head, Onward, is_misleading};
use crate::dialog::{Dialog, put};
use crate::endpoint::{ALLOW, Core, Found, Owner, Search};
use crate::flow::Flow;
use crate::message::{CSeq, Headers, Method, NameAddr, Request, Response, Uri};
use crate::targets::Answer;
use crate::transaction::{ClientEvent, TransactionId};

/// What is to be called, whichever way.
#[derive(Debug)]
pub(crate) struct Plan {
    /// `From`, with our tag.
    pub from: NameAddr,
    /// `To`.
    pub to: NameAddr,
    pub call_id: String,
    /// Headers of the call's own, checked.
    pub headers: Headers,
    pub sdp: Option<Arc<[u8]>>,
    /// When the ring time is over.
    pub ring_end: Instant,
}

/// One way to the called party.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    /// Request URI.
    pub uri: Uri,
    pub routes: Vec<NameAddr>,
    pub flow: Flow,
    /// Whether the whole dialog stays on this flow.
    pub pinned: bool,
}

/// The ways, the best first.
#[derive(Debug)]
pub(crate) enum WayOut {
    /// They are known.
    Known(VecDeque<Way>),
    /// They are found by RFC 3263.
    Lookup { uri: Uri, search: Box<Search> },
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Calling {
    plan: Plan,
    ways: WayOut,
    number: u32,
    state: State,
    /// Why the last way failed.
    failure: Failure,
    /// Whether anybody has sent a provisional response.
    heard: bool,
    /// Whether the call was told that it rings, and with which early media.
    rang: Option<Option<Arc<[u8]>>>,
    challenges: u8,
}

#[derive(Debug)]
enum State {
    /// The domain name system is asked.
    Finding,
    /// The INVITE is out.
    Inviting { id: TransactionId, request: Box<Request>, way: Box<Way> },
}

#[derive(Debug, Clone, Copy)]
struct Failure {
    cause: Cause,
    status: Option<u16>,
}

impl Calling {
    /// Nothing is sent before [`Calling::next_way`].
    pub fn new(plan: Plan, ways: WayOut) -> Self {
        Self {
            plan,
            ways,
            number: 0,
            state: State::Finding,
            failure: Failure { cause: Cause::Unreachable, status: None },
            heard: false,
            rang: None,
            challenges: 0,
        }
    }

    /// Tries the next way; without one the leg ends for the reason that the last one failed.
    pub fn next_way(&mut self, head: &mut Head, core: &mut Core, now: Instant) -> Onward {
        let way = match &mut self.ways {
            WayOut::Known(ways) => ways.pop_front(),
            WayOut::Lookup { uri, search } => match search.next(Owner::Leg(head.id), core) {
                Found::Flow(flow) => Some(Way { uri: uri.clone(), routes: Vec::new(), flow, pinned: false }),
                Found::Later => {
                    self.state = State::Finding;
                    return Onward::Stay;
                }
                Found::Nothing => None,
            },
        };
        let Some(way) = way else {
            let Failure { cause, status } = self.failure;
            head.end(core, cause, status, status.is_some());
            return Onward::Over;
        };
        self.invite(way, head, core, now);
        Onward::Stay
    }

    pub fn command(&mut self, command: &LegCommand, head: &mut Head, core: &mut Core, now: Instant) -> Onward {
        match command {
            LegCommand::End | LegCommand::Reject { .. } => self.end(Cause::Cancelled, head, core, now),
            LegCommand::Ring { .. }
            | LegCommand::Answer { .. }
            | LegCommand::AcknowledgeWith { .. }
            | LegCommand::Change { .. }
            | LegCommand::AcceptChange { .. }
            | LegCommand::RefuseChange { .. } => Onward::Stay,
        }
    }

    /// Gives up: with CANCEL as soon as it may be sent.
    pub fn end(&mut self, cause: Cause, head: &mut Head, core: &mut Core, now: Instant) -> Onward {
        head.end(core, cause, None, false);
        self.plan.sdp = None;
        match &self.state {
            State::Finding => Onward::Over,
            State::Inviting { id, .. } => {
                core.layer.cancel(*id, &mut core.out, now);
                Onward::Stay
            }
        }
    }

    pub fn on_response(
        &mut self,
        id: TransactionId,
        response: &Response,
        head: &mut Head,
        core: &mut Core,
        now: Instant,
    ) -> Onward {
        let State::Inviting { id: current, request, way } = &self.state else { return Onward::Stay };
        if *current != id {
            return Onward::Stay;
        }
        match response.status {
            ..=199 => {
                self.on_provisional(response, head, core);
                Onward::Stay
            }
            200..=299 => {
                let dialog = Dialog::of_client(request, response);
                let way = way.as_ref().clone();
                self.on_answer(id, dialog, response, &way, head, core, now)
            }
            _ if head.ended => Onward::Over,
            401 | 407 if self.challenges < MAX_CHALLENGES => {
                self.challenges += 1;
                let way = way.as_ref().clone();
                if head.auth.take_challenge(request, response).is_err() {
                    return Self::refused(response.status, head, core);
                }
                self.invite(way, head, core, now);
                Onward::Stay
            }
            // RFC 3263 4.3, and RFC 5626 for a phone whose flow is gone.
            503 | 430 => {
                self.failure =
                    Failure { cause: Cause::from_sip_status(response.status), status: Some(response.status) };
                self.next_way(head, core, now)
            }
            status => Self::refused(status, head, core),
        }
    }

    pub fn on_client_event(
        &mut self,
        id: TransactionId,
        event: ClientEvent,
        head: &mut Head,
        core: &mut Core,
        now: Instant,
    ) -> Onward {
        let State::Inviting { id: current, .. } = &self.state else { return Onward::Stay };
        if *current != id {
            return Onward::Stay;
        }
        match event {
            _ if head.ended => Onward::Over,
            ClientEvent::TimedOut | ClientEvent::TransportFailed => self.next_way(head, core, now),
            ClientEvent::Ended => Onward::Stay,
        }
    }

    pub fn on_resolved(&mut self, answer: Answer, head: &mut Head, core: &mut Core, now: Instant) -> Onward {
        let (State::Finding, WayOut::Lookup { search, .. }) = (&self.state, &mut self.ways) else {
            return Onward::Stay;
        };
        search.answered(answer, core);
        self.next_way(head, core, now)
    }

    pub fn on_timeout(&mut self, head: &mut Head, core: &mut Core, now: Instant) -> Onward {
        if head.ended || self.plan.ring_end > now {
            return Onward::Stay;
        }
        let cause = if self.heard { Cause::NoAnswer } else { Cause::Unreachable };
        self.end(cause, head, core, now)
    }

    pub fn deadline(&self, head: &Head) -> Option<Instant> {
        (!head.ended).then_some(self.plan.ring_end)
    }

    fn on_provisional(&mut self, response: &Response, head: &Head, core: &mut Core) {
        self.heard = true;
        if response.status == 100 {
            return;
        }
        let sdp = sdp_of(&response.headers, &response.body);
        // Provisional responses are repeated, and forked ones differ in nothing that the call cares for.
        let is_news = match &self.rang {
            None => true,
            Some(before) => sdp.is_some() && *before != sdp,
        };
        if is_news {
            self.rang = Some(sdp.clone());
            head.tell(core, LegEvent::Ringing { sdp });
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn on_answer(
        &mut self,
        id: TransactionId,
        dialog: Result<Dialog, crate::message::HeaderError>,
        response: &Response,
        way: &Way,
        head: &mut Head,
        core: &mut Core,
        now: Instant,
    ) -> Onward {
        let Ok(dialog) = dialog else {
            // It cannot be acknowledged, so the peer will end it.
            head.end(core, Cause::Unreachable, Some(response.status), true);
            return Onward::Over;
        };
        let pinned = way.pinned || is_misleading(&dialog, way.flow.remote.ip());
        let established = Established::accepted(dialog, way.flow, pinned, id);
        let mut established = established.following(head, core);
        if head.ended {
            // CANCEL crossed the 2xx.
            established.end(Cause::Cancelled, head, core, now);
        } else {
            if self.plan.sdp.is_some() {
                established.acknowledge(None, core);
            }
            head.tell(core, LegEvent::Answered { sdp: sdp_of(&response.headers, &response.body) });
        }
        Onward::Established(Box::new(established))
    }

    fn refused(status: u16, head: &mut Head, core: &mut Core) -> Onward {
        head.end(core, Cause::from_sip_status(status), Some(status), true);
        Onward::Over
    }

    fn invite(&mut self, way: Way, head: &mut Head, core: &mut Core, now: Instant) {
        self.number += 1;
        let mut request = Request::new(Method::Invite, way.uri.for_request_line());
        let headers = &mut request.headers;
        headers.set_number("Max-Forwards", 70);
        for route in &way.routes {
            put(headers, "Route", route);
        }
        put(headers, "From", &self.plan.from);
        put(headers, "To", &self.plan.to);
        put(headers, "Call-ID", &self.plan.call_id);
        put(headers, "CSeq", &CSeq { number: self.number, method: Method::Invite });
        put(headers, "Contact", &NameAddr::new(core.ways.contact(way.flow)));
        headers.set_static("Allow", ALLOW);
        for (name, value) in self.plan.headers.iter() {
            put(headers, name, &value);
        }
        if let Some(sdp) = &self.plan.sdp {
            put_into_request(&mut request, sdp.clone());
        }
        if head.auth.is_challenged() {
            let chance = core.chance.next_u64();
            if head.auth.authorize(&mut request, chance).is_err() {
                tracing::warn!(leg = head.id.0, "account of the trunk holds a line break; the INVITE goes unsigned");
            }
        }
        let id = core.send(request.clone(), way.flow, Owner::Leg(head.id), now);
        self.state = State::Inviting { id, request: Box::new(request), way: Box::new(way) };
    }
}

/// Challenges that one call answers, of all proxies on its way together.
const MAX_CHALLENGES: u8 = 4;
