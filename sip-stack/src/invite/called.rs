//! We are called, and have not answered yet (RFC 3261 13.3).

use std::sync::Arc;
use std::time::{Duration, Instant};

use call_model::{Cause, LegCommand, LegId};

use super::body::put_into_response;
use super::{Established, Head, Onward};
use crate::dialog::{Dialog, put};
use crate::endpoint::{ALLOW, Core, Incoming, Owner};
use crate::flow::Flow;
use crate::message::{Method, NameAddr, Request, Response};
use crate::transaction::TransactionId;

/// See the module.
#[derive(Debug)]
pub(crate) struct Called {
    invite: TransactionId,
    request: Request,
    dialog: Dialog,
    flow: Flow,
    pinned: bool,
    /// The last provisional response, sent again each minute (RFC 3261 13.3.1.1).
    rang: Option<(Response, Instant)>,
    /// When the caller's `Expires` is over (RFC 3261 13.3.1), or our own limit.
    expires: Instant,
    expiry_status: u16,
}

/// An INVITE that was let in.
#[derive(Debug)]
pub(crate) struct Invitation<'a> {
    pub incoming: Incoming<'a>,
    pub dialog: Dialog,
    /// Whether requests to the caller must go by the flow that this came by.
    pub pinned: bool,
}

impl Called {
    /// Begins the transaction.
    pub fn new(leg: LegId, invitation: Invitation<'_>, core: &mut Core, now: Instant) -> Self {
        let Invitation { incoming, dialog, pinned } = invitation;
        let invite = core.begin(&incoming, Owner::Leg(leg), now);
        let mut request = incoming.request.clone();
        let asked = request.headers.expires().ok().flatten().map(|seconds| Duration::from_secs(seconds.into()));
        let limit = core.config.answer_time;
        let expires = asked.map_or(limit, |asked| asked.min(limit));
        request.body = Arc::from([]);
        Self {
            invite,
            request,
            dialog,
            flow: incoming.flow,
            pinned,
            rang: None,
            expires: now + expires,
            expiry_status: if expires < limit { 487 } else { 480 },
        }
    }

    /// The early dialog.
    pub fn dialog(&self) -> &Dialog {
        &self.dialog
    }

    pub fn command(&mut self, command: LegCommand, head: &mut Head, core: &mut Core, now: Instant) -> Onward {
        match command {
            LegCommand::Ring { sdp } => self.ring(sdp, head, core, now),
            LegCommand::Answer { sdp } => return self.answer(sdp, head, core, now),
            LegCommand::Reject { status, retry_after } => {
                let status = if (400..=699).contains(&status) { status } else { 480 };
                self.refuse(status, retry_after, head, core, now);
                head.end(core, Cause::from_sip_status(status), Some(status), false);
                return Onward::Over;
            }
            LegCommand::End => return self.end(Cause::Cancelled, head, core, now),
            LegCommand::AcknowledgeWith { .. }
            | LegCommand::Change { .. }
            | LegCommand::AcceptChange { .. }
            | LegCommand::RefuseChange { .. } => {}
        }
        Onward::Stay
    }

    /// Refuses the INVITE for a reason of ours.
    pub fn end(&mut self, cause: Cause, head: &mut Head, core: &mut Core, now: Instant) -> Onward {
        let status = match cause {
            Cause::Overload | Cause::Shutdown | Cause::InternalError => 503,
            _ => 480,
        };
        let retry_after = (status == 503).then_some(core.config.limits.retry_after);
        self.refuse(status, retry_after, head, core, now);
        head.end(core, cause, Some(status), false);
        Onward::Over
    }

    /// A request within the early dialog; only BYE makes sense (RFC 3261 15).
    pub fn on_request(
        &mut self,
        incoming: &Incoming<'_>,
        head: &mut Head,
        core: &mut Core,
        now: Instant,
    ) -> (bool, Onward) {
        match incoming.request.method {
            Method::Bye => {
                core.reply(incoming, &core.response(incoming.request, 200, None), now);
                self.refuse(487, None, head, core, now);
                head.end(core, Cause::Cancelled, None, true);
                (true, Onward::Over)
            }
            Method::Ack => (true, Onward::Stay),
            _ => {
                let mut response = core.response(incoming.request, 500, None);
                response.headers.set_number("Retry-After", 1);
                core.reply(incoming, &response, now);
                (true, Onward::Stay)
            }
        }
    }

    pub fn on_cancel(&mut self, id: TransactionId, head: &mut Head, core: &mut Core, now: Instant) -> Onward {
        if id != self.invite {
            return Onward::Stay;
        }
        self.refuse(487, None, head, core, now);
        head.end(core, Cause::Cancelled, Some(487), true);
        Onward::Over
    }

    pub fn on_timeout(&mut self, head: &mut Head, core: &mut Core, now: Instant) -> Onward {
        if self.expires <= now {
            self.refuse(self.expiry_status, None, head, core, now);
            head.end(core, Cause::NoAnswer, Some(self.expiry_status), false);
            return Onward::Over;
        }
        if let Some((response, at)) = &mut self.rang
            && *at <= now
        {
            *at = now + RING_AGAIN;
            core.respond(self.invite, response, now);
        }
        Onward::Stay
    }

    pub fn deadline(&self) -> Option<Instant> {
        let again = self.rang.as_ref().map(|(_, at)| *at);
        Some(again.map_or(self.expires, |again| again.min(self.expires)))
    }

    fn ring(&mut self, sdp: Option<Arc<[u8]>>, head: &Head, core: &mut Core, now: Instant) {
        let status = if sdp.is_some() { 183 } else { 180 };
        let mut response = self.response(status, head, core);
        if let Some(sdp) = sdp {
            put_into_response(&mut response, sdp);
        }
        core.respond(self.invite, &response, now);
        self.rang = Some((response, now + RING_AGAIN));
    }

    fn answer(&mut self, sdp: Arc<[u8]>, head: &mut Head, core: &mut Core, now: Instant) -> Onward {
        let mut response = self.response(200, head, core);
        response.headers.set_static("Allow", ALLOW);
        put_into_response(&mut response, sdp);
        let Some(sent) = core.respond(self.invite, &response, now) else {
            head.end(core, Cause::InternalError, None, false);
            return Onward::Over;
        };
        let number = self.request.cseq().map_or(0, |cseq| cseq.number);
        let established = Established::answered(self.dialog.clone(), self.flow, self.pinned, number, sent, core, now);
        Onward::Established(Box::new(established.following(head, core)))
    }

    fn refuse(&mut self, status: u16, retry_after: Option<u32>, head: &Head, core: &mut Core, now: Instant) {
        let mut response = core.response(&self.request, status, Some(&head.tag.to_string()));
        if let Some(seconds) = retry_after {
            response.headers.set_number("Retry-After", seconds);
        }
        core.respond(self.invite, &response, now);
    }

    /// A response that makes a dialog: with our tag, Contact, and Record-Route as it came (RFC 3261 12.1.1).
    fn response(&self, status: u16, head: &Head, core: &Core) -> Response {
        let mut response = core.response(&self.request, status, Some(&head.tag.to_string()));
        response.headers.copy_from(&self.request.headers, "Record-Route");
        put(&mut response.headers, "Contact", &NameAddr::new(core.ways.contact(self.flow)));
        response
    }
}

/// A proxy gives up three minutes after the last provisional response.
const RING_AGAIN: Duration = Duration::from_secs(60);
