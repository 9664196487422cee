//! Legs: one INVITE usage each (RFC 3261 13 to 15), from the first INVITE to the last timer.
//!
//! A leg is in one of three stages: we call ([`Calling`]), we are called ([`Called`]), or the dialog is confirmed
//! ([`Established`]). To its call it ends at once, with [`LegEvent::Ended`], whichever side ends it; what the wire
//! still needs (a CANCEL, a BYE, the ACK of a late 2xx) is done by the leg afterwards, silently, until it
//! [is over](Leg::is_over).

pub(crate) mod body;
mod called;
mod calling;
mod change;
mod established;
mod extra_headers;
mod next_hop;

use std::time::Instant;

use call_model::{Cause, LegCommand, LegEvent, LegFailure, LegId};

pub(crate) use called::{Called, Invitation};
pub(crate) use calling::{Calling, Plan, Way, WayOut};
pub(crate) use established::Established;
pub(crate) use extra_headers::check_extra_headers;
pub(crate) use next_hop::is_misleading;

use crate::auth::ClientAuth;
use crate::dialog::LocalTag;
use crate::endpoint::{Core, Incoming};
use crate::message::{Request, Response};
use crate::schedule::Armed;
use crate::targets::Answer;
use crate::transaction::{ClientEvent, TransactionId};

/// One leg.
#[derive(Debug)]
pub(crate) struct Leg {
    pub head: Head,
    stage: Stage,
}

/// What every stage has.
#[derive(Debug)]
pub(crate) struct Head {
    pub id: LegId,
    pub tag: LocalTag,
    /// Whether its call was told of its end; nothing is told after that.
    pub ended: bool,
    /// Answers to the peer's digest challenges.
    pub auth: ClientAuth,
    pub armed: Armed,
}

#[derive(Debug)]
enum Stage {
    Calling(Box<Calling>),
    Called(Box<Called>),
    Established(Box<Established>),
    Over,
}

/// What a stage leads to.
#[derive(Debug)]
pub(crate) enum Onward {
    /// The same stage goes on.
    Stay,
    /// The dialog is confirmed.
    Established(Box<Established>),
    /// Nothing is left to do.
    Over,
}

impl Head {
    pub fn new(id: LegId, tag: LocalTag, auth: ClientAuth) -> Self {
        Self { id, tag, ended: false, auth, armed: Armed::default() }
    }

    /// Tells the call, unless the leg has ended for it.
    pub fn tell(&self, core: &mut Core, event: LegEvent) {
        if !self.ended {
            core.tell(self.id, event);
        }
    }

    /// Tells the call of the end, once.
    pub fn end(&mut self, core: &mut Core, cause: Cause, sip_status: Option<u16>, by_peer: bool) {
        if !self.ended {
            self.ended = true;
            core.tell(self.id, LegEvent::Ended(LegFailure { cause, sip_status, by_peer }));
        }
    }
}

impl Leg {
    /// A leg that we call.
    pub fn calling(head: Head, calling: Calling) -> Self {
        Self { head, stage: Stage::Calling(Box::new(calling)) }
    }

    /// A leg that calls us.
    pub fn called(head: Head, called: Called) -> Self {
        Self { head, stage: Stage::Called(Box::new(called)) }
    }

    /// Begins to send, for a leg that we call.
    pub fn start(&mut self, core: &mut Core, now: Instant) {
        if let Stage::Calling(calling) = &mut self.stage {
            let onward = calling.next_way(&mut self.head, core, now);
            self.go(onward);
        }
    }

    /// The call commands. What does not fit the stage is ignored: it crossed something on the wire. To a leg that its
    /// peer has ended, [`LegCommand::End`] lets the answer to the BYE go.
    pub fn command(&mut self, command: LegCommand, core: &mut Core, now: Instant) {
        if self.head.ended {
            if let (Stage::Established(established), LegCommand::End) = (&mut self.stage, &command) {
                established.release_bye(core, now);
            }
            return;
        }
        let onward = match &mut self.stage {
            Stage::Calling(calling) => calling.command(&command, &mut self.head, core, now),
            Stage::Called(called) => called.command(command, &mut self.head, core, now),
            Stage::Established(established) => established.command(command, &mut self.head, core, now),
            Stage::Over => Onward::Stay,
        };
        self.go(onward);
    }

    /// Whether the answer to the peer's BYE waits for [`LegCommand::End`].
    pub fn owes_last_word(&self) -> bool {
        matches!(&self.stage, Stage::Established(established) if established.owes_last_word())
    }

    /// Ends the leg for a reason of ours, if it has not ended.
    pub fn end(&mut self, cause: Cause, core: &mut Core, now: Instant) {
        if self.head.ended {
            return;
        }
        let onward = match &mut self.stage {
            Stage::Calling(calling) => calling.end(cause, &mut self.head, core, now),
            Stage::Called(called) => called.end(cause, &mut self.head, core, now),
            Stage::Established(established) => established.end(cause, &mut self.head, core, now),
            Stage::Over => Onward::Stay,
        };
        self.go(onward);
    }

    /// A response to a request of ours.
    pub fn on_response(&mut self, id: TransactionId, response: &Response, core: &mut Core, now: Instant) {
        let onward = match &mut self.stage {
            Stage::Calling(calling) => calling.on_response(id, response, &mut self.head, core, now),
            Stage::Established(established) => established.on_response(id, response, &mut self.head, core, now),
            Stage::Called(_) | Stage::Over => Onward::Stay,
        };
        self.go(onward);
    }

    /// A request of ours got no answer, or can get none any more.
    pub fn on_client_event(&mut self, id: TransactionId, event: ClientEvent, core: &mut Core, now: Instant) {
        let onward = match &mut self.stage {
            Stage::Calling(calling) => calling.on_client_event(id, event, &mut self.head, core, now),
            Stage::Established(established) => established.on_client_event(id, event, &mut self.head, core, now),
            Stage::Called(_) | Stage::Over => Onward::Stay,
        };
        self.go(onward);
    }

    /// Whether a request with our tag comes from the leg's peer: with its Call-ID and its tag.
    pub fn is_peer(&self, request: &Request) -> bool {
        let dialog = match &self.stage {
            Stage::Called(called) => called.dialog(),
            Stage::Established(established) => &established.dialog,
            Stage::Calling(_) | Stage::Over => return false,
        };
        let from = request.from().ok();
        let tag = from.as_ref().and_then(|from| from.tag()).unwrap_or_default();
        request.call_id().is_ok_and(|call_id| call_id == &*dialog.call_id) && tag == &*dialog.remote_tag
    }

    /// A request within the dialog. `false`: the dialog is not this one (481).
    pub fn on_request(&mut self, incoming: &Incoming<'_>, core: &mut Core, now: Instant) -> bool {
        let (known, onward) = match &mut self.stage {
            Stage::Called(called) => called.on_request(incoming, &mut self.head, core, now),
            Stage::Established(established) => established.on_request(incoming, &mut self.head, core, now),
            Stage::Calling(_) | Stage::Over => (false, Onward::Stay),
        };
        self.go(onward);
        known
    }

    /// A CANCEL of an INVITE whose server transaction is `id`.
    pub fn on_cancel(&mut self, id: TransactionId, core: &mut Core, now: Instant) {
        let onward = match &mut self.stage {
            Stage::Called(called) => called.on_cancel(id, &mut self.head, core, now),
            Stage::Established(established) => established.on_cancel(id, core, now),
            Stage::Calling(_) | Stage::Over => Onward::Stay,
        };
        self.go(onward);
    }

    /// The domain name system answered.
    pub fn on_resolved(&mut self, answer: Answer, core: &mut Core, now: Instant) {
        let onward = match &mut self.stage {
            Stage::Calling(calling) => calling.on_resolved(answer, &mut self.head, core, now),
            Stage::Established(established) => established.on_resolved(answer, &self.head, core),
            Stage::Called(_) | Stage::Over => Onward::Stay,
        };
        self.go(onward);
    }

    /// Does what is due.
    pub fn on_timeout(&mut self, core: &mut Core, now: Instant) {
        let onward = match &mut self.stage {
            Stage::Calling(calling) => calling.on_timeout(&mut self.head, core, now),
            Stage::Called(called) => called.on_timeout(&mut self.head, core, now),
            Stage::Established(established) => established.on_timeout(&mut self.head, core, now),
            Stage::Over => Onward::Stay,
        };
        self.go(onward);
    }

    /// When something is due next, besides its transactions.
    pub fn deadline(&self) -> Option<Instant> {
        match &self.stage {
            Stage::Calling(calling) => calling.deadline(&self.head),
            Stage::Called(called) => called.deadline(),
            Stage::Established(established) => established.deadline(),
            Stage::Over => None,
        }
    }

    /// Whether it can be forgotten.
    pub fn is_over(&self) -> bool {
        self.head.ended
            && match &self.stage {
                Stage::Calling(_) | Stage::Called(_) => false,
                Stage::Established(established) => established.is_over(),
                Stage::Over => true,
            }
    }

    fn go(&mut self, onward: Onward) {
        match onward {
            Onward::Stay => {}
            Onward::Established(established) => self.stage = Stage::Established(established),
            Onward::Over => self.stage = Stage::Over,
        }
    }
}
