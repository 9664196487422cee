//! INVITE server transaction (RFC 3261 17.2.1 with RFC 6026 8.7).
//!
//! A 2xx is sent again by the owner until its ACK comes; the transaction only absorbs the INVITE's repetitions.

use std::time::Instant;

use super::timer::{Resend, Timer, TimerTable, earlier};
use super::{Due, OnRequest};

/// We received an INVITE.
#[derive(Debug)]
pub struct InviteServer<M> {
    state: State<M>,
    reliable: bool,
}

#[derive(Debug)]
enum State<M> {
    /// Nothing was sent yet; 100 follows if the owner is silent for 200 ms.
    Trying {
        trying: M,
        at: Instant,
    },
    /// A provisional response was sent.
    Proceeding {
        last: M,
    },
    /// Refused; timers G and H run until the ACK.
    Completed {
        response: M,
        resend: Option<Resend>,
        end: Instant,
    },
    /// The refusal was acknowledged; timer I runs.
    Confirmed {
        end: Instant,
    },
    /// Answered with 2xx; timer L runs.
    Accepted {
        end: Instant,
    },
    Terminated,
}

impl<M: Clone> InviteServer<M> {
    /// The INVITE came at `now`; `trying` is the 100 to send if nothing else is sent in time.
    pub fn new(trying: M, reliable: bool, timers: &TimerTable, now: Instant) -> Self {
        let at = now + timers.duration(Timer::Trying, reliable);
        Self { state: State::Trying { trying, at }, reliable }
    }

    /// The INVITE came again.
    pub fn on_request(&mut self) -> OnRequest<M> {
        match &self.state {
            State::Trying { trying, .. } => {
                let trying = trying.clone();
                self.state = State::Proceeding { last: trying.clone() };
                OnRequest::Respond(trying)
            }
            State::Proceeding { last } => OnRequest::Respond(last.clone()),
            State::Completed { response, .. } => OnRequest::Respond(response.clone()),
            State::Confirmed { .. } | State::Accepted { .. } | State::Terminated => OnRequest::Absorb,
        }
    }

    /// The ACK of a refusal came.
    pub fn on_ack(&mut self, timers: &TimerTable, now: Instant) {
        if let State::Completed { .. } = self.state {
            let absorb = timers.duration(Timer::I, self.reliable);
            self.state = if absorb.is_zero() { State::Terminated } else { State::Confirmed { end: now + absorb } };
        }
    }

    /// The owner responds. Says whether the response is to be sent: a second final one is not.
    pub fn respond(&mut self, status: u16, response: M, timers: &TimerTable, now: Instant) -> bool {
        let (State::Trying { .. } | State::Proceeding { .. }) = self.state else {
            return false;
        };
        self.state = match status {
            ..200 => State::Proceeding { last: response },
            200..=299 => State::Accepted { end: now + timers.duration(Timer::L, self.reliable) },
            300.. => State::Completed {
                response,
                resend: Resend::start(timers.duration(Timer::G, self.reliable), self.reliable, now),
                end: now + timers.duration(Timer::H, self.reliable),
            },
        };
        true
    }

    /// What is due at `now`.
    pub fn on_timeout(&mut self, timers: &TimerTable, now: Instant) -> Due<M> {
        match &mut self.state {
            State::Trying { trying, at } if *at <= now => {
                let trying = trying.clone();
                self.state = State::Proceeding { last: trying.clone() };
                Due::Send(trying)
            }
            State::Completed { end, .. } if *end <= now => {
                self.state = State::Terminated;
                Due::TimedOut
            }
            State::Completed { response, resend: Some(resend), .. } if resend.at <= now => {
                *resend = resend.next(timers.doubled(resend.interval), now);
                Due::Send(response.clone())
            }
            State::Confirmed { end } | State::Accepted { end } if *end <= now => {
                self.state = State::Terminated;
                Due::Ended
            }
            _ => Due::Nothing,
        }
    }

    /// When something is due next; `None` while only the owner can move it or when it has ended.
    pub fn deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Trying { at, .. } => Some(*at),
            State::Completed { resend, end, .. } => Some(earlier(*resend, *end)),
            State::Confirmed { end } | State::Accepted { end } => Some(*end),
            State::Proceeding { .. } | State::Terminated => None,
        }
    }

    /// Whether a final response is still owed.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Trying { .. } | State::Proceeding { .. })
    }

    /// Whether it was answered with 2xx, so that its ACK is the owner's matter.
    pub fn is_accepted(&self) -> bool {
        matches!(self.state, State::Accepted { .. })
    }

    /// Whether it has served its time.
    pub fn is_terminated(&self) -> bool {
        matches!(self.state, State::Terminated)
    }
}
