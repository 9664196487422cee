//! Non-INVITE server transaction (RFC 3261 17.2.2).
//!
//! RFC 4320 forbids provisional responses here before T2 and any 408; we answer every request at once and send
//! neither, so there is no state between the request and its final response but waiting.

use std::time::Instant;

use super::timer::{Timer, TimerTable};
use super::{Due, OnRequest};

/// We received a request other than INVITE and ACK.
#[derive(Debug)]
pub struct NonInviteServer<M> {
    state: State<M>,
    reliable: bool,
}

#[derive(Debug)]
enum State<M> {
    /// The owner has not answered yet. It must within timer F of the peer; then the peer has given up.
    Trying {
        end: Instant,
    },
    /// Answered; timer J runs.
    Completed {
        response: M,
        end: Instant,
    },
    Terminated,
}

impl<M: Clone> NonInviteServer<M> {
    /// The request came at `now`.
    pub fn new(reliable: bool, timers: &TimerTable, now: Instant) -> Self {
        Self { state: State::Trying { end: now + timers.duration(Timer::F, reliable) }, reliable }
    }

    /// The request came again.
    pub fn on_request(&mut self) -> OnRequest<M> {
        match &self.state {
            State::Completed { response, .. } => OnRequest::Respond(response.clone()),
            State::Trying { .. } | State::Terminated => OnRequest::Absorb,
        }
    }

    /// The owner answers with a final response. Says whether it is to be sent: a second one is not.
    pub fn respond(&mut self, response: M, timers: &TimerTable, now: Instant) -> bool {
        let State::Trying { .. } = self.state else {
            return false;
        };
        let absorb = timers.duration(Timer::J, self.reliable);
        self.state =
            if absorb.is_zero() { State::Terminated } else { State::Completed { response, end: now + absorb } };
        true
    }

    /// What is due at `now`.
    pub fn on_timeout(&mut self, now: Instant) -> Due<M> {
        match &self.state {
            State::Trying { end } | State::Completed { end, .. } if *end <= now => {
                self.state = State::Terminated;
                Due::Ended
            }
            State::Trying { .. } | State::Completed { .. } | State::Terminated => Due::Nothing,
        }
    }

    /// When something is due next; `None` when it has ended.
    pub fn deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Trying { end } | State::Completed { end, .. } => Some(*end),
            State::Terminated => None,
        }
    }

    /// Whether it has served its time.
    pub fn is_terminated(&self) -> bool {
        matches!(self.state, State::Terminated)
    }
}
