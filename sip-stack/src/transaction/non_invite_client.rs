//! Non-INVITE client transaction (RFC 3261 17.1.2).

use std::time::Instant;

use super::timer::{Resend, Timer, TimerTable, earlier};
use super::{Due, OnResponse};

/// We sent a request other than INVITE and ACK.
#[derive(Debug)]
pub struct NonInviteClient<M> {
    state: State<M>,
    reliable: bool,
}

#[derive(Debug)]
enum State<M> {
    /// No final response; timers E and F run. After a provisional one E runs at T2.
    Waiting {
        request: M,
        resend: Option<Resend>,
        end: Instant,
        provisional: bool,
    },
    /// Answered; timer K runs.
    Completed {
        end: Instant,
    },
    Terminated,
}

impl<M: Clone> NonInviteClient<M> {
    /// The request is being sent at `now`.
    pub fn new(request: M, reliable: bool, timers: &TimerTable, now: Instant) -> Self {
        let resend = Resend::start(timers.duration(Timer::E, reliable), reliable, now);
        let end = now + timers.duration(Timer::F, reliable);
        Self { state: State::Waiting { request, resend, end, provisional: false }, reliable }
    }

    /// A response came.
    pub fn on_response(&mut self, status: u16, timers: &TimerTable, now: Instant) -> OnResponse<M> {
        match (&mut self.state, status) {
            (State::Waiting { provisional, .. }, 100..=199) => {
                *provisional = true;
                OnResponse::Pass
            }
            (State::Waiting { .. }, 200..) => {
                let absorb = timers.duration(Timer::K, self.reliable);
                self.state = if absorb.is_zero() { State::Terminated } else { State::Completed { end: now + absorb } };
                OnResponse::Pass
            }
            (State::Waiting { .. }, ..100) | (State::Completed { .. } | State::Terminated, _) => OnResponse::Drop,
        }
    }

    /// What is due at `now`.
    pub fn on_timeout(&mut self, timers: &TimerTable, now: Instant) -> Due<M> {
        match &mut self.state {
            State::Waiting { end, .. } if *end <= now => {
                self.state = State::Terminated;
                Due::TimedOut
            }
            State::Waiting { request, resend: Some(resend), provisional, .. } if resend.at <= now => {
                let interval = if *provisional { timers.t2 } else { timers.doubled(resend.interval) };
                *resend = resend.next(interval, now);
                Due::Send(request.clone())
            }
            State::Completed { end } if *end <= now => {
                self.state = State::Terminated;
                Due::Ended
            }
            State::Waiting { .. } | State::Completed { .. } | State::Terminated => Due::Nothing,
        }
    }

    /// The transport failed: the transaction has ended. Says whether a final response was still awaited.
    pub fn on_transport_error(&mut self) -> bool {
        let waiting = matches!(self.state, State::Waiting { .. });
        self.state = State::Terminated;
        waiting
    }

    /// When something is due next; `None` when it has ended.
    pub fn deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Waiting { resend, end, .. } => Some(earlier(*resend, *end)),
            State::Completed { end } => Some(*end),
            State::Terminated => None,
        }
    }

    /// Whether it has served its time.
    pub fn is_terminated(&self) -> bool {
        matches!(self.state, State::Terminated)
    }
}
