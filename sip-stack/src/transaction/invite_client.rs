//! INVITE client transaction (RFC 3261 17.1.1 with RFC 6026 8.4).

use std::time::Instant;

use super::timer::{Resend, Timer, TimerTable, earlier};
use super::{Due, OnResponse};

/// We sent an INVITE.
#[derive(Debug)]
pub struct InviteClient<M> {
    state: State<M>,
    reliable: bool,
}

#[derive(Debug)]
enum State<M> {
    /// Nothing has come back; timers A and B run.
    Calling {
        request: M,
        resend: Option<Resend>,
        end: Instant,
    },
    /// A provisional response came; there is no limit here but the ring time of the owner.
    Proceeding,
    /// Refused; timer D runs.
    Completed {
        ack: M,
        end: Instant,
    },
    /// Answered; timer M runs.
    Accepted {
        end: Instant,
    },
    Terminated,
}

impl<M: Clone> InviteClient<M> {
    /// The request is being sent at `now`.
    pub fn new(request: M, reliable: bool, timers: &TimerTable, now: Instant) -> Self {
        let resend = Resend::start(timers.duration(Timer::A, reliable), reliable, now);
        let end = now + timers.duration(Timer::B, reliable);
        Self { state: State::Calling { request, resend, end }, reliable }
    }

    /// A response came. `ack` makes the ACK, should this be a first refusal.
    pub fn on_response(
        &mut self,
        status: u16,
        ack: impl FnOnce() -> M,
        timers: &TimerTable,
        now: Instant,
    ) -> OnResponse<M> {
        match (&self.state, status) {
            (State::Calling { .. } | State::Proceeding, 100..=199) => {
                self.state = State::Proceeding;
                OnResponse::Pass
            }
            (State::Calling { .. } | State::Proceeding, 200..=299) => {
                self.state = State::Accepted { end: now + timers.duration(Timer::M, self.reliable) };
                OnResponse::Pass
            }
            (State::Accepted { .. }, 200..=299) => OnResponse::Pass,
            (State::Calling { .. } | State::Proceeding, 300..) => {
                let ack = ack();
                let end = now + timers.duration(Timer::D, self.reliable);
                self.state = State::Completed { ack: ack.clone(), end };
                OnResponse::PassAndAcknowledge(ack)
            }
            (State::Completed { ack, .. }, 300..) => OnResponse::Acknowledge(ack.clone()),
            (State::Accepted { .. } | State::Completed { .. } | State::Terminated, _) => OnResponse::Drop,
            (State::Calling { .. } | State::Proceeding, ..100) => OnResponse::Drop,
        }
    }

    /// What is due at `now`.
    pub fn on_timeout(&mut self, timers: &TimerTable, now: Instant) -> Due<M> {
        let _ = timers;
        match &mut self.state {
            State::Calling { end, .. } if *end <= now => {
                self.state = State::Terminated;
                Due::TimedOut
            }
            State::Calling { request, resend: Some(resend), .. } if resend.at <= now => {
                *resend = resend.next(resend.interval * 2, now);
                Due::Send(request.clone())
            }
            State::Completed { end, .. } | State::Accepted { end } if *end <= now => {
                self.state = State::Terminated;
                Due::Ended
            }
            _ => Due::Nothing,
        }
    }

    /// The transport failed: the transaction has ended, if it still waited for a final response.
    pub fn on_transport_error(&mut self) -> bool {
        let waiting = matches!(self.state, State::Calling { .. } | State::Proceeding);
        if waiting || matches!(self.state, State::Completed { .. }) {
            self.state = State::Terminated;
        }
        waiting
    }

    /// Ends the transaction whatever its state; later responses find nothing.
    pub fn abandon(&mut self) {
        self.state = State::Terminated;
    }

    /// When something is due next; `None` while only the peer can move it or when it has ended.
    pub fn deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Calling { resend, end, .. } => Some(earlier(*resend, *end)),
            State::Completed { end, .. } | State::Accepted { end } => Some(*end),
            State::Proceeding | State::Terminated => None,
        }
    }

    /// Whether a provisional response came, so that CANCEL may be sent (RFC 3261 9.1).
    pub fn is_proceeding(&self) -> bool {
        matches!(self.state, State::Proceeding)
    }

    /// Whether it has served its time.
    pub fn is_terminated(&self) -> bool {
        matches!(self.state, State::Terminated)
    }
}
