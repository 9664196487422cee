//! Who is let in: trunks by address, agents by digest, others refused; and how much, decided before any state is made.

use std::time::Instant;

use call_model::{AgentId, LegId};

use super::{Endpoint, Incoming, IncomingInvite, Output, Source};
use crate::auth::{ClientAuth, Verdict};
use crate::dialog::{Dialog, LocalTag};
use crate::invite::{Called, Head, Invitation, Leg, body, is_misleading};
use crate::message::{Request, Response, Uri};

/// What is answered to a request that is not let in.
type Refusal = Box<Response>;

impl Endpoint {
    pub(super) fn on_invite(&mut self, incoming: &Incoming<'_>, now: Instant) {
        if let Err(refusal) = self.admit(incoming, now) {
            self.core.reply_stateless(incoming, &refusal);
        }
    }

    /// OPTIONS outside of a dialog: for those whom we know (RFC 3261 11.2).
    pub(super) fn on_options(&mut self, incoming: &Incoming<'_>) {
        let is_known = self.trunk_at(incoming).is_some() || self.claims_agent(incoming.request);
        let response =
            if is_known { self.core.capabilities(incoming) } else { self.core.tagged(incoming.request, 403) };
        self.core.reply_stateless(incoming, &response);
    }

    fn admit(&mut self, incoming: &Incoming<'_>, now: Instant) -> Result<(), Refusal> {
        let request = incoming.request;
        if request.headers.max_forwards().ok().flatten() == Some(0) {
            // We stand between two legs, so a loop through us must end (RFC 7332).
            return Err(self.refuse(request, 483));
        }
        match &request.uri {
            Uri::Sip(uri) if !uri.secure => {}
            Uri::Tel(_) => {}
            Uri::Sip(_) | Uri::Other(_) => return Err(self.refuse(request, 416)),
        }
        let source = match self.trunk_at(incoming) {
            Some(trunk) => Source::Trunk(trunk),
            None => {
                let from = request.from().ok();
                let user = from.as_ref().and_then(|from| from.uri.user()).unwrap_or_default();
                Source::Agent(self.authenticate(request, &user, now)?)
            }
        };
        if !body::is_acceptable(&request.headers, &request.body) {
            let mut refusal = self.refuse(request, 415);
            refusal.headers.set_static("Accept", body::SDP);
            return Err(refusal);
        }
        let tag = LocalTag(self.core.chance.next_u64());
        let dialog = Dialog::of_server(request, tag)
            .map_err(|error| Box::new(self.core.tagged(request, 400).with_reason(&format!("Bad Request: {error}"))))?;
        self.check_limits(request, now)?;
        let is_agent = matches!(source, Source::Agent(_));
        let invite = describe(incoming, source);
        self.last_incoming += 1;
        let id = LegId(self.last_incoming);
        let seen = incoming.flow.remote.ip();
        let pinned = is_agent || is_behind_nat(incoming) || is_misleading(&dialog, seen);
        let invitation = Invitation { incoming: *incoming, dialog, pinned };
        let called = Called::new(id, invitation, &mut self.core, now);
        self.add_leg(Leg::called(Head::new(id, tag, ClientAuth::default()), called));
        self.with_leg(id, |_, _| ());
        self.core.out.push_back(Output::IncomingInvite { leg: id, invite: Box::new(invite) });
        Ok(())
    }

    /// The agent of this user name, if the digest shows it; others get 401 or 403.
    pub(super) fn authenticate(&mut self, request: &Request, user: &str, now: Instant) -> Result<AgentId, Refusal> {
        let agent = AgentId::new(user);
        if !self.core.config.agents.contains_key(&agent) {
            return Err(self.refuse(request, 403));
        }
        let agents = &self.core.config.agents;
        let verdict = self.authenticator.verify(request, now, |name| agents.get(&AgentId::new(name)).cloned());
        match verdict {
            Verdict::Accepted { username } if username == agent.as_str() => Ok(agent),
            Verdict::Accepted { .. } | Verdict::Wrong { .. } => Err(self.refuse(request, 403)),
            Verdict::Challenge { stale } => {
                let chance = self.core.chance.next_u64();
                let mut refusal = self.refuse(request, 401);
                for challenge in self.authenticator.challenges(stale, now, chance) {
                    crate::dialog::put(&mut refusal.headers, "WWW-Authenticate", &challenge);
                }
                Err(refusal)
            }
            Verdict::OtherUri | Verdict::Malformed => Err(self.refuse(request, 400)),
        }
    }

    /// The trunk whose address a request came from.
    pub(super) fn trunk_at(&self, incoming: &Incoming<'_>) -> Option<String> {
        let address = incoming.flow.remote.ip();
        let trunk = self.core.config.trunks.iter().find(|trunk| trunk.allows(address))?;
        Some(trunk.name.clone())
    }

    fn check_limits(&mut self, request: &Request, now: Instant) -> Result<(), Refusal> {
        let is_full = self.living >= self.core.config.limits.legs || self.core.layer.is_full();
        if self.stopping || is_full || !self.new_calls.take(now) {
            let mut refusal = self.refuse(request, 503);
            refusal.headers.set_number("Retry-After", self.core.config.limits.retry_after);
            return Err(refusal);
        }
        Ok(())
    }

    fn refuse(&self, request: &Request, status: u16) -> Refusal {
        Box::new(self.core.tagged(request, status))
    }
}

/// Whether the sender's own idea of its address is not where it is: then its Contact leads nowhere. With a proxy in
/// between the proxy cares.
fn is_behind_nat(incoming: &Incoming<'_>) -> bool {
    let is_direct = incoming.request.headers.get_all("Via").count() == 1;
    let said = incoming.via.host.ip();
    is_direct && said.is_some_and(|said| said != incoming.flow.remote.ip())
}

fn describe(incoming: &Incoming<'_>, source: Source) -> IncomingInvite {
    let request = incoming.request;
    let from = request.from().ok();
    let to = request.to().ok();
    let owned = |user: Option<std::borrow::Cow<'_, str>>| user.map(std::borrow::Cow::into_owned);
    let host = |uri: Option<&Uri>| uri.and_then(Uri::host).map(ToString::to_string).unwrap_or_default();
    let from_uri = from.as_ref().map(|from| &from.uri);
    IncomingInvite {
        source,
        request_user: owned(request.uri.user()),
        request_host: host(Some(&request.uri)),
        from_user: owned(from_uri.and_then(Uri::user)),
        from_host: host(from_uri),
        from_display: from.as_ref().and_then(|from| from.display.as_deref()).map(ToOwned::to_owned),
        to_user: owned(to.as_ref().and_then(|to| to.uri.user())),
        call_id: request.call_id().unwrap_or_default().to_owned(),
        headers: request
            .headers
            .iter()
            .filter(|(name, _)| is_of_interest(name))
            .take(MAX_HEADERS)
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        sdp: body::sdp_of(&request.headers, &request.body),
        flow: incoming.flow,
    }
}

fn is_of_interest(name: &str) -> bool {
    let is_extra = name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("X-"));
    is_extra || OF_INTEREST.iter().any(|known| known.eq_ignore_ascii_case(name))
}

const OF_INTEREST: [&str; 9] = [
    "User-to-User",
    "Diversion",
    "History-Info",
    "P-Asserted-Identity",
    "Privacy",
    "Alert-Info",
    "Call-Info",
    "Subject",
    "Identity",
];
const MAX_HEADERS: usize = 32;
