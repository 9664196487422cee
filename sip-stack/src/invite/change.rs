//! Changes of the media within a dialog: re-INVITE both ways (RFC 3261 14).

use std::sync::Arc;
use std::time::{Duration, Instant};

use call_model::{Cause, LegEvent};

use super::body::{is_acceptable, put_into_response, sdp_of};
use super::established::{Answered, Established, Purpose};
use super::{Head, Onward};
use crate::dialog::put;
use crate::endpoint::{ALLOW, Core, Incoming, Owner};
use crate::message::{NameAddr, Request, Response};
use crate::transaction::{Timer, TransactionId};

/// The change that is under way; there is one at most.
#[derive(Debug)]
pub(super) enum Change {
    None,
    /// Ours was sent; `end` is when it is cancelled for want of an answer.
    Ours {
        id: TransactionId,
        sdp: Arc<[u8]>,
        request: Request,
        tries: u8,
        end: Option<Instant>,
    },
    /// Ours crossed the peer's and waits for its random time (RFC 3261 14.1).
    OursLater {
        sdp: Arc<[u8]>,
        at: Instant,
        tries: u8,
    },
    /// The peer's waits for the call.
    Theirs {
        id: TransactionId,
        request: Request,
        asks_offer: bool,
        end: Instant,
    },
}

impl Change {
    pub fn is_ours(&self, transaction: TransactionId) -> bool {
        matches!(self, Self::Ours { id, .. } if *id == transaction)
    }

    pub fn is_theirs(&self, transaction: TransactionId) -> bool {
        matches!(self, Self::Theirs { id, .. } if *id == transaction)
    }

    /// Takes the peer's change out, if that is what is under way: its transaction, its request, and whether it asks
    /// for our offer.
    fn take_theirs(&mut self) -> Option<(TransactionId, Request, bool)> {
        match std::mem::replace(self, Self::None) {
            Self::Theirs { id, request, asks_offer, .. } => Some((id, request, asks_offer)),
            other => {
                *self = other;
                None
            }
        }
    }

    pub fn deadline(&self) -> Option<Instant> {
        match self {
            Self::None => None,
            Self::Ours { end, .. } => *end,
            Self::OursLater { at, .. } => Some(*at),
            Self::Theirs { end, .. } => Some(*end),
        }
    }
}

impl Established {
    /// The call offers other media. While another change or the first ACK is under way it is told 491.
    pub(super) fn offer_change(&mut self, sdp: Arc<[u8]>, head: &mut Head, core: &mut Core, now: Instant) {
        let unfinished = self.answers.iter().any(|answered| answered.ack.is_none());
        if !matches!(self.change, Change::None) || self.unacknowledged.is_some() || unfinished {
            head.tell(core, LegEvent::ChangeAnswered { result: Err(491) });
            return;
        }
        self.send_change(sdp, 1, head, core, now);
    }

    /// The call accepts what the peer offered.
    pub(super) fn accept_change(&mut self, sdp: Arc<[u8]>, core: &mut Core, now: Instant) {
        let Some((id, request, asks_offer)) = self.change.take_theirs() else { return };
        let mut response = core.response(&request, 200, None);
        put(&mut response.headers, "Contact", &NameAddr::new(core.ways.contact(self.hop.flow)));
        response.headers.set_static("Allow", ALLOW);
        put_into_response(&mut response, sdp);
        let number = request.cseq().map_or(0, |cseq| cseq.number);
        if let Some(sent) = core.respond(id, &response, now) {
            let purpose = if asks_offer { Purpose::OwnOffer } else { Purpose::Change };
            self.expect_ack(number, sent, purpose, core, now);
        }
    }

    /// The call refuses what the peer offered.
    pub(super) fn refuse_change(&mut self, status: u16, core: &mut Core, now: Instant) {
        let status = if (400..=699).contains(&status) { status } else { 488 };
        self.answer_theirs(status, core, now);
    }

    /// The dialog ends: what is pending is answered or forgotten.
    pub(super) fn drop_change(&mut self, status: u16, core: &mut Core, now: Instant) {
        match &mut self.change {
            Change::Theirs { .. } => self.answer_theirs(status, core, now),
            Change::OursLater { .. } => self.change = Change::None,
            // Its 2xx, should it come all the same, is acknowledged like any other.
            Change::Ours { id, end, .. } => {
                *end = None;
                core.layer.cancel(*id, &mut core.out, now);
            }
            Change::None => {}
        }
    }

    /// The peer sent a re-INVITE.
    pub(super) fn on_reinvite(&mut self, incoming: &Incoming<'_>, head: &Head, core: &mut Core, now: Instant) {
        let request = incoming.request;
        let busy = match &self.change {
            Change::Ours { .. } => Some(491),
            Change::Theirs { .. } => Some(500),
            Change::None | Change::OursLater { .. } if self.unacknowledged.is_some() => Some(500),
            Change::None | Change::OursLater { .. } => None,
        };
        if let Some(status) = busy {
            let mut response = core.response(request, status, None);
            if status == 500 {
                // RFC 3261 14.2: a random time of up to ten seconds.
                let seconds = core.chance.below(11) as u32;
                response.headers.set_number("Retry-After", seconds);
            }
            core.reply(incoming, &response, now);
            return;
        }
        if !is_acceptable(&request.headers, &request.body) {
            let mut response = core.response(request, 415, None);
            response.headers.set_static("Accept", super::body::SDP);
            core.reply(incoming, &response, now);
            return;
        }
        if let Change::OursLater { .. } = self.change {
            // The peer was first; our offer may not fit any more, so the call decides again.
            self.change = Change::None;
            head.tell(core, LegEvent::ChangeAnswered { result: Err(491) });
        }
        self.dialog.refresh_target(request.headers.contact());
        self.hop.follow(&self.dialog, Owner::Leg(head.id), core);
        let sdp = sdp_of(&request.headers, &request.body);
        let id = core.begin(incoming, Owner::Leg(head.id), now);
        let mut request = request.clone();
        request.body = Arc::from([]);
        let end = now + core.config.change_time;
        self.change = Change::Theirs { id, request, asks_offer: sdp.is_none(), end };
        head.tell(core, LegEvent::ChangeOffered { sdp });
    }

    /// Our re-INVITE was answered.
    pub(super) fn on_change_response(
        &mut self,
        id: TransactionId,
        response: &Response,
        head: &mut Head,
        core: &mut Core,
        now: Instant,
    ) -> Onward {
        if response.is_provisional() {
            return Onward::Stay;
        }
        let Change::Ours { sdp, request, tries, .. } = std::mem::replace(&mut self.change, Change::None) else {
            return Onward::Stay;
        };
        let number = request.cseq().map_or(0, |cseq| cseq.number);
        match response.status {
            200..=299 => {
                self.dialog.refresh_target(response.headers.contact());
                self.hop.follow(&self.dialog, Owner::Leg(head.id), core);
                self.answers.push(Answered { id, number, ack: None });
                self.acknowledge(None, core);
                let result = sdp_of(&response.headers, &response.body).ok_or(response.status);
                head.tell(core, LegEvent::ChangeAnswered { result });
            }
            401 | 407 if tries < MAX_TRIES && !head.ended => match head.auth.take_challenge(&request, response) {
                Ok(()) => self.send_change(sdp, tries + 1, head, core, now),
                Err(_) => head.tell(core, LegEvent::ChangeAnswered { result: Err(response.status) }),
            },
            491 if tries < MAX_TRIES && !head.ended => {
                let wait = self.glare_wait(core);
                self.change = Change::OursLater { sdp, at: now + wait, tries: tries + 1 };
            }
            // RFC 3261 12.2.1.2: the peer does not know the dialog any more.
            481 | 408 => {
                let by_peer = response.status == 481;
                head.end(core, Cause::Unreachable, Some(response.status), by_peer);
                return self.end(Cause::Unreachable, head, core, now);
            }
            status => head.tell(core, LegEvent::ChangeAnswered { result: Err(status) }),
        }
        Onward::Stay
    }

    pub(super) fn on_change_timeout(&mut self, head: &mut Head, core: &mut Core, now: Instant) {
        match &mut self.change {
            Change::Ours { id, end, .. } if end.is_some_and(|end| end <= now) => {
                *end = None;
                core.layer.cancel(*id, &mut core.out, now);
            }
            Change::OursLater { sdp, at, tries } if *at <= now => {
                let (sdp, tries) = (sdp.clone(), *tries);
                if self.unacknowledged.is_some() {
                    // The peer's own change is still being acknowledged.
                    let wait = self.glare_wait(core);
                    self.change = Change::OursLater { sdp, at: now + wait, tries };
                    return;
                }
                self.send_change(sdp, tries, head, core, now);
            }
            Change::Theirs { end, .. } if *end <= now => self.answer_theirs(500, core, now),
            Change::None | Change::Ours { .. } | Change::OursLater { .. } | Change::Theirs { .. } => {}
        }
    }

    fn send_change(&mut self, sdp: Arc<[u8]>, tries: u8, head: &mut Head, core: &mut Core, now: Instant) {
        let request = self.reinvite(sdp.clone(), head, core);
        let id = core.send(request.clone(), self.hop.flow, Owner::Leg(head.id), now);
        let end = Some(now + core.layer.timers().duration(Timer::B, false));
        self.change = Change::Ours { id, sdp, request, tries, end };
    }

    fn answer_theirs(&mut self, status: u16, core: &mut Core, now: Instant) {
        let Some((id, request, _)) = self.change.take_theirs() else { return };
        let response = core.response(&request, status, None);
        core.respond(id, &response, now);
    }

    /// RFC 3261 14.1: who made the Call-ID waits longer.
    fn glare_wait(&self, core: &mut Core) -> Duration {
        let ms = Duration::from_millis;
        let (from, to) = if self.is_caller { (ms(2100), ms(4000)) } else { (ms(0), ms(2000)) };
        core.chance.wait(from, to, ms(10))
    }
}

/// Times one change is tried: challenged, crossed, or both.
const MAX_TRIES: u8 = 5;
