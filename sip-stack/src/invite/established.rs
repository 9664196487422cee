//! The dialog is confirmed: a 2xx was sent or received (RFC 3261 13.2.2.4, 13.3.1.4, 14, 15).

use std::sync::Arc;
use std::time::{Duration, Instant};

use call_model::{Cause, LegCommand, LegEvent};

use super::body::{digit_of, put_into_request, sdp_of};
use super::change::Change;
use super::next_hop::NextHop;
use super::{Head, Onward};
use crate::dialog::{Dialog, put};
use crate::endpoint::{ALLOW, Core, Incoming, Owner};
use crate::flow::Flow;
use crate::message::{Method, NameAddr, Request, Response};
use crate::targets::Answer;
use crate::transaction::{ClientEvent, Resend, TransactionId};

/// See the module.
#[derive(Debug)]
pub(crate) struct Established {
    pub(super) dialog: Dialog,
    pub(super) hop: NextHop,
    /// INVITEs of ours that were answered: more 2xx may come until their transactions end.
    pub(super) answers: Vec<Answered>,
    /// Our 2xx, until the peer's ACK.
    pub(super) unacknowledged: Option<Unacknowledged>,
    pub(super) change: Change,
    /// Other branches of a forked INVITE that answered as well, and their ACKs.
    strays: Vec<Stray>,
    bye: Bye,
    /// Whether we made the call, and so its Call-ID.
    pub(super) is_caller: bool,
}

/// An INVITE of ours that was answered with 2xx.
#[derive(Debug)]
pub(super) struct Answered {
    pub id: TransactionId,
    pub number: u32,
    /// The ACK; `None` while it waits for our answer to the peer's offer.
    pub ack: Option<Arc<[u8]>>,
}

/// A 2xx of ours that was not acknowledged yet.
#[derive(Debug)]
pub(super) struct Unacknowledged {
    pub number: u32,
    /// The way back of the INVITE, which is not that of our requests.
    pub flow: Flow,
    pub bytes: Arc<[u8]>,
    pub resend: Resend,
    /// After this the peer is taken for dead.
    pub end: Instant,
    pub purpose: Purpose,
}

/// What our 2xx was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The call itself.
    Call,
    /// A change that the peer offered.
    Change,
    /// A change for which the peer asked our offer; its answer comes with the ACK.
    OwnOffer,
}

#[derive(Debug)]
struct Stray {
    tag: Box<str>,
    ack: Arc<[u8]>,
}

#[derive(Debug)]
enum Bye {
    No,
    /// To be sent when the ACK has come (RFC 3261 15).
    AfterAck,
    Sent {
        id: TransactionId,
        request: Request,
        challenged: bool,
    },
    /// The peer sent one. Its answer waits until the call's record is kept, but not for ever.
    Theirs {
        id: TransactionId,
        response: Response,
        until: Instant,
    },
    /// Answered.
    Done,
}

impl Established {
    /// We answered a call: `sent` is our 2xx and its way, to the INVITE with this number.
    pub fn answered(
        dialog: Dialog,
        flow: Flow,
        pinned: bool,
        number: u32,
        sent: (Flow, Arc<[u8]>),
        core: &Core,
        now: Instant,
    ) -> Self {
        let mut established = Self::begin(dialog, flow, pinned, false);
        established.expect_ack(number, sent, Purpose::Call, core, now);
        established
    }

    /// Our call was answered: `id` is the INVITE's transaction. The ACK is still owed.
    pub fn accepted(dialog: Dialog, flow: Flow, pinned: bool, id: TransactionId) -> Self {
        let number = dialog.local_cseq;
        let mut established = Self::begin(dialog, flow, pinned, true);
        established.answers.push(Answered { id, number, ack: None });
        established
    }

    /// Finds the way to the remote target.
    pub fn following(mut self, head: &Head, core: &mut Core) -> Self {
        self.hop.follow(&self.dialog, Owner::Leg(head.id), core);
        self
    }

    /// Sends the ACK of our call's 2xx, with our answer where the 2xx carried the offer.
    pub fn acknowledge(&mut self, sdp: Option<Arc<[u8]>>, core: &mut Core) {
        let Some(answered) = self.answers.iter_mut().find(|answered| answered.ack.is_none()) else { return };
        let mut ack = self.dialog.ack(answered.number);
        if let Some(sdp) = sdp {
            put_into_request(&mut ack, sdp);
        }
        answered.ack = Some(core.send_ack(ack, self.hop.flow));
    }

    pub fn command(&mut self, command: LegCommand, head: &mut Head, core: &mut Core, now: Instant) -> Onward {
        match command {
            LegCommand::AcknowledgeWith { sdp } => self.acknowledge(Some(sdp), core),
            LegCommand::Change { sdp } => self.offer_change(sdp, head, core, now),
            LegCommand::AcceptChange { sdp } => self.accept_change(sdp, core, now),
            LegCommand::RefuseChange { status } => self.refuse_change(status, core, now),
            LegCommand::End => return self.end(Cause::Normal, head, core, now),
            LegCommand::Reject { .. } => return self.end(Cause::Rejected, head, core, now),
            LegCommand::Ring { .. } | LegCommand::Answer { .. } => {}
        }
        Onward::Stay
    }

    /// Ends the dialog: with BYE at once, or after the ACK that is still owed to us.
    pub fn end(&mut self, cause: Cause, head: &mut Head, core: &mut Core, now: Instant) -> Onward {
        head.end(core, cause, None, false);
        self.drop_change(487, core, now);
        // A 2xx whose ACK waits for an answer of the call's must be acknowledged all the same.
        self.acknowledge(None, core);
        match self.unacknowledged {
            Some(Unacknowledged { purpose: Purpose::Call, .. }) => self.bye = Bye::AfterAck,
            Some(_) | None => {
                self.unacknowledged = None;
                self.send_bye(head, core, now);
            }
        }
        Onward::Stay
    }

    pub fn on_response(
        &mut self,
        id: TransactionId,
        response: &Response,
        head: &mut Head,
        core: &mut Core,
        now: Instant,
    ) -> Onward {
        if let Bye::Sent { id: bye, .. } = &self.bye
            && *bye == id
        {
            self.on_bye_answered(response, head, core, now);
            return Onward::Stay;
        }
        if self.change.is_ours(id) {
            return self.on_change_response(id, response, head, core, now);
        }
        if response.is_success() && self.answers.iter().any(|answered| answered.id == id) {
            self.on_more_2xx(id, response, core, now);
        }
        Onward::Stay
    }

    pub fn on_client_event(
        &mut self,
        id: TransactionId,
        event: ClientEvent,
        head: &mut Head,
        core: &mut Core,
        now: Instant,
    ) -> Onward {
        if let Bye::Sent { id: bye, .. } = &self.bye
            && *bye == id
        {
            self.bye = Bye::Done;
        }
        match event {
            ClientEvent::Ended => self.answers.retain(|answered| answered.id != id),
            ClientEvent::TimedOut | ClientEvent::TransportFailed if self.change.is_ours(id) => {
                // RFC 3261 12.2.1.2: no answer to a request within the dialog ends it.
                self.change = Change::None;
                return self.end(Cause::Unreachable, head, core, now);
            }
            ClientEvent::TimedOut | ClientEvent::TransportFailed => {}
        }
        Onward::Stay
    }

    /// A request within the dialog. Says whether the dialog still exists.
    pub fn on_request(
        &mut self,
        incoming: &Incoming<'_>,
        head: &mut Head,
        core: &mut Core,
        now: Instant,
    ) -> (bool, Onward) {
        let request = incoming.request;
        let Ok(cseq) = request.cseq() else { return (false, Onward::Stay) };
        if request.method == Method::Ack {
            self.on_ack(cseq.number, request, head, core, now);
            return (true, Onward::Stay);
        }
        if head.ended && request.method != Method::Bye {
            return (false, Onward::Stay);
        }
        if !self.dialog.take_number(&cseq) {
            core.reply(incoming, &core.response(request, 500, None), now);
            return (true, Onward::Stay);
        }
        match request.method {
            Method::Bye => self.on_bye(incoming, head, core, now),
            Method::Invite => self.on_reinvite(incoming, head, core, now),
            Method::Info => self.on_info(incoming, head, core, now),
            Method::Options => core.reply(incoming, &core.capabilities(incoming), now),
            _ => core.reply(incoming, &core.method_not_allowed(request), now),
        }
        (true, Onward::Stay)
    }

    /// A CANCEL of a re-INVITE that is not answered yet.
    pub fn on_cancel(&mut self, id: TransactionId, core: &mut Core, now: Instant) -> Onward {
        if self.change.is_theirs(id) {
            self.drop_change(487, core, now);
        }
        Onward::Stay
    }

    pub fn on_resolved(&mut self, answer: Answer, head: &Head, core: &mut Core) -> Onward {
        self.hop.on_resolved(answer, Owner::Leg(head.id), core);
        Onward::Stay
    }

    pub fn on_timeout(&mut self, head: &mut Head, core: &mut Core, now: Instant) -> Onward {
        if let Some(unacknowledged) = &mut self.unacknowledged {
            if unacknowledged.end <= now {
                // RFC 3261 13.3.1.4: without an ACK the session is ended.
                self.unacknowledged = None;
                head.end(core, Cause::Unreachable, None, false);
                self.drop_change(487, core, now);
                self.send_bye(head, core, now);
                return Onward::Stay;
            }
            if unacknowledged.resend.at <= now {
                let interval = core.layer.timers().doubled(unacknowledged.resend.interval);
                unacknowledged.resend = unacknowledged.resend.next(interval, now);
                core.transmit(unacknowledged.flow, unacknowledged.bytes.clone());
            }
        }
        self.on_change_timeout(head, core, now);
        if matches!(self.bye, Bye::Theirs { until, .. } if until <= now) {
            self.release_bye(core, now);
        }
        Onward::Stay
    }

    pub fn deadline(&self) -> Option<Instant> {
        let unacknowledged = self.unacknowledged.as_ref().map(|u| u.resend.at.min(u.end));
        let bye = match self.bye {
            Bye::Theirs { until, .. } => Some(until),
            Bye::No | Bye::AfterAck | Bye::Sent { .. } | Bye::Done => None,
        };
        [unacknowledged, self.change.deadline(), bye].into_iter().flatten().min()
    }

    /// Whether nothing is left to do, once the call was told of the end.
    pub fn is_over(&self) -> bool {
        let is_quiet = matches!(self.change, Change::None) && matches!(self.bye, Bye::Done);
        is_quiet && self.answers.is_empty() && self.unacknowledged.is_none()
    }

    pub(super) fn expect_ack(
        &mut self,
        number: u32,
        sent: (Flow, Arc<[u8]>),
        purpose: Purpose,
        core: &Core,
        now: Instant,
    ) {
        let t1 = core.layer.timers().t1;
        // The 2xx is sent again over reliable transports too: a hop behind may be unreliable.
        let resend = Resend { at: now + t1, interval: t1 };
        let (flow, bytes) = sent;
        self.unacknowledged = Some(Unacknowledged { number, flow, bytes, resend, end: now + t1 * 64, purpose });
    }

    fn begin(dialog: Dialog, flow: Flow, pinned: bool, is_caller: bool) -> Self {
        Self {
            dialog,
            hop: NextHop::new(flow, pinned),
            answers: Vec::new(),
            unacknowledged: None,
            change: Change::None,
            strays: Vec::new(),
            bye: Bye::No,
            is_caller,
        }
    }

    fn on_ack(&mut self, number: u32, request: &Request, head: &mut Head, core: &mut Core, now: Instant) {
        let Some(unacknowledged) = self.unacknowledged.take_if(|unacknowledged| unacknowledged.number == number) else {
            return;
        };
        let sdp = sdp_of(&request.headers, &request.body);
        match unacknowledged.purpose {
            Purpose::Call => head.tell(core, LegEvent::Answered { sdp }),
            Purpose::Change => {}
            Purpose::OwnOffer => {
                let result = sdp.ok_or(400);
                head.tell(core, LegEvent::ChangeAnswered { result });
            }
        }
        if matches!(self.bye, Bye::AfterAck) {
            self.send_bye(head, core, now);
        }
    }

    /// The call learns of it at once. The answer is the last word to the peer: it goes out with the call's
    /// [`LegCommand::End`], unless we had ended the leg before.
    fn on_bye(&mut self, incoming: &Incoming<'_>, head: &mut Head, core: &mut Core, now: Instant) {
        let response = core.response(incoming.request, 200, None);
        self.release_bye(core, now);
        if head.ended || core.layer.is_full() {
            core.reply(incoming, &response, now);
            self.bye = Bye::Done;
        } else {
            let id = core.begin(incoming, Owner::Nobody, now);
            self.bye = Bye::Theirs { id, response, until: now + BYE_PATIENCE };
        }
        head.end(core, Cause::Normal, None, true);
        // RFC 3261 15.1.2: what is pending is still answered.
        self.drop_change(487, core, now);
        self.acknowledge(None, core);
        self.unacknowledged = None;
    }

    /// Whether the answer to the peer's BYE waits.
    pub fn owes_last_word(&self) -> bool {
        matches!(self.bye, Bye::Theirs { .. })
    }

    /// Answers the peer's BYE, if that waits.
    pub fn release_bye(&mut self, core: &mut Core, now: Instant) {
        if let Bye::Theirs { id, response, .. } = &self.bye {
            core.respond(*id, response, now);
            self.bye = Bye::Done;
        }
    }

    fn on_info(&mut self, incoming: &Incoming<'_>, head: &Head, core: &mut Core, now: Instant) {
        let request = incoming.request;
        if let Some(digit) = digit_of(&request.headers, &request.body) {
            core.reply(incoming, &core.response(request, 200, None), now);
            head.tell(core, LegEvent::DigitByInfo { digit });
        } else if request.body.is_empty() {
            core.reply(incoming, &core.response(request, 200, None), now);
        } else {
            let mut response = core.response(request, 415, None);
            response.headers.set_static("Accept", "application/dtmf-relay, application/dtmf");
            core.reply(incoming, &response, now);
        }
    }

    fn send_bye(&mut self, head: &mut Head, core: &mut Core, now: Instant) {
        let (Bye::No | Bye::AfterAck) = self.bye else { return };
        let mut request = self.dialog.request(Method::Bye);
        self.sign(&mut request, head, core);
        let id = core.send(request.clone(), self.hop.flow, Owner::Leg(head.id), now);
        self.bye = Bye::Sent { id, request, challenged: false };
    }

    fn on_bye_answered(&mut self, response: &Response, head: &mut Head, core: &mut Core, now: Instant) {
        if response.is_provisional() {
            return;
        }
        let bye = std::mem::replace(&mut self.bye, Bye::Done);
        if let Bye::Sent { request, challenged: false, .. } = bye
            && matches!(response.status, 401 | 407)
            && head.auth.take_challenge(&request, response).is_ok()
        {
            let mut request = self.dialog.request(Method::Bye);
            self.sign(&mut request, head, core);
            let id = core.send(request.clone(), self.hop.flow, Owner::Leg(head.id), now);
            self.bye = Bye::Sent { id, request, challenged: true };
        }
    }

    /// A repeated 2xx gets its ACK again; one of another branch is acknowledged and ended (RFC 3261 13.2.2.4).
    fn on_more_2xx(&mut self, id: TransactionId, response: &Response, core: &mut Core, now: Instant) {
        let to = response.to().ok();
        let tag = to.as_ref().and_then(|to| to.tag()).unwrap_or_default();
        let Some(answered) = self.answers.iter().find(|answered| answered.id == id) else { return };
        if tag == &*self.dialog.remote_tag {
            if let Some(ack) = answered.ack.clone() {
                core.transmit(self.hop.flow, ack);
            }
            return;
        }
        if let Some(stray) = self.strays.iter().find(|stray| *stray.tag == *tag) {
            core.transmit(self.hop.flow, stray.ack.clone());
            return;
        }
        if self.strays.len() >= MAX_STRAYS {
            return;
        }
        let invite = self.dialog.ack(answered.number);
        let Ok(mut dialog) = Dialog::of_client(&invite, response) else { return };
        let ack = core.send_ack(dialog.ack(answered.number), self.hop.flow);
        core.send(dialog.request(Method::Bye), self.hop.flow, Owner::Nobody, now);
        self.strays.push(Stray { tag: tag.into(), ack });
    }

    /// Adds our answers to the digest challenges met so far.
    pub(super) fn sign(&self, request: &mut Request, head: &mut Head, core: &mut Core) {
        if head.auth.is_challenged() {
            let chance = core.chance.next_u64();
            if head.auth.authorize(request, chance).is_err() {
                tracing::warn!(leg = head.id.0, "account of the trunk holds a line break; the request goes unsigned");
            }
        }
    }

    /// An INVITE within the dialog, with Contact and our capabilities.
    pub(super) fn reinvite(&mut self, sdp: Arc<[u8]>, head: &mut Head, core: &mut Core) -> Request {
        let mut request = self.dialog.request(Method::Invite);
        put(&mut request.headers, "Contact", &NameAddr::new(core.ways.contact(self.hop.flow)));
        request.headers.set_static("Allow", ALLOW);
        put_into_request(&mut request, sdp);
        self.sign(&mut request, head, core);
        request
    }
}

/// A peer repeats its BYE for 32 s (timer F); a call that does not keep its record by now has told its operator so.
const BYE_PATIENCE: Duration = Duration::from_secs(10);
/// Branches of one forked INVITE that are ended; further ones end by themselves for want of an ACK.
const MAX_STRAYS: usize = 16;
