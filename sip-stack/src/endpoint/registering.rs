//! REGISTER: agents' telephones.

use std::time::Instant;

use super::{Endpoint, Incoming, Output};
use crate::dialog::put;
use crate::message::Request;
use crate::registrar::{Refused, RegistrarEvent};

impl Endpoint {
    pub(super) fn on_register(&mut self, incoming: &Incoming<'_>, now: Instant) {
        let request = incoming.request;
        let to = request.to().ok();
        let user = to.as_ref().and_then(|to| to.uri.user()).unwrap_or_default();
        let agent = match self.authenticate(request, &user, now) {
            Ok(agent) => agent,
            Err(refusal) => return self.core.reply_stateless(incoming, &refusal),
        };
        if self.core.layer.is_full() {
            return self.refuse_register(incoming, 503);
        }
        match self.registrar.register(&agent, request, incoming.flow, now) {
            Ok(contacts) => {
                let mut response = self.core.tagged(request, 200);
                for contact in contacts {
                    put(&mut response.headers, "Contact", &contact);
                }
                // RFC 3327 5.3: the telephone learns which way it is reached.
                response.headers.copy_from(&request.headers, "Path");
                self.core.reply(incoming, &response, now);
            }
            Err(Refused::TooBrief(seconds)) => {
                let mut response = self.core.tagged(request, 423);
                response.headers.set_number("Min-Expires", seconds);
                self.core.reply(incoming, &response, now);
            }
            Err(Refused::Malformed) => self.refuse_register(incoming, 400),
            Err(Refused::OutOfOrder) => self.refuse_register(incoming, 500),
        }
        self.drain_registrar();
    }

    pub(super) fn drain_registrar(&mut self) {
        while let Some(event) = self.registrar.poll_event() {
            self.core.out.push_back(match event {
                RegistrarEvent::Registered { agent, contact, expires } => {
                    Output::Registered { agent, contact, expires }
                }
                RegistrarEvent::Unregistered { agent } => Output::Unregistered { agent },
            });
        }
    }

    /// Whether a request says to come from an agent of ours; nothing is proven by that.
    pub(super) fn claims_agent(&self, request: &Request) -> bool {
        let from = request.from().ok();
        let user = from.as_ref().and_then(|from| from.uri.user()).unwrap_or_default();
        self.core.config.agents.contains_key(&call_model::AgentId::new(user))
    }

    fn refuse_register(&mut self, incoming: &Incoming<'_>, status: u16) {
        let mut response = self.core.tagged(incoming.request, status);
        if status == 503 {
            response.headers.set_number("Retry-After", self.core.config.limits.retry_after);
        }
        self.core.reply_stateless(incoming, &response);
    }
}
