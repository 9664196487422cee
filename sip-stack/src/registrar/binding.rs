//! One telephone of an agent, and what its REGISTER asks for.

use std::time::{Duration, Instant};

use super::{Refused, RegistrarConfig};
use crate::flow::Flow;
use crate::message::{Contacts, NameAddr, Request};

/// Where one telephone is.
#[derive(Debug, Clone)]
pub(crate) struct Binding {
    /// Its contact as it gave it, without `expires`.
    pub contact: NameAddr,
    /// The proxies between it and us (RFC 3327), the nearest to us first.
    pub path: Vec<NameAddr>,
    /// The flow that its REGISTER came by.
    pub flow: Flow,
    /// Preference in thousandths.
    pub q: u16,
    pub expires: Instant,
    pub(super) call_id: String,
    pub(super) number: u32,
}

impl Binding {
    pub fn new(
        mut contact: NameAddr,
        path: Vec<NameAddr>,
        flow: Flow,
        expires: Instant,
        call_id: &str,
        number: u32,
    ) -> Self {
        let q = contact.q().unwrap_or(1000);
        contact.params.remove("expires");
        Self { contact, path, flow, q, expires, call_id: call_id.to_owned(), number }
    }

    /// Whether a contact means this telephone: by its instance, else by its address (RFC 3261 10.2.4, RFC 5626 6).
    pub fn is_same(&self, contact: &NameAddr) -> bool {
        match (self.contact.instance(), contact.instance()) {
            (Some(a), Some(b)) => a == b && self.contact.reg_id() == contact.reg_id(),
            _ => self.contact.uri.matches(&contact.uri),
        }
    }

    /// As it stands in the 200 to a REGISTER, with the rest of its time.
    pub fn as_contact(&self, now: Instant) -> NameAddr {
        let mut contact = self.contact.clone();
        let rest = self.expires.saturating_duration_since(now).as_secs();
        contact.params.set("expires", Some(&rest.to_string()));
        contact
    }
}

/// What a REGISTER asks for.
#[derive(Debug)]
pub(super) enum Asked {
    /// The contacts that stand.
    Nothing,
    /// That all be forgotten.
    RemoveAll,
    /// That these be bound, or forgotten where the time is zero.
    Contacts(Vec<AskedContact>),
}

#[derive(Debug)]
pub(super) struct AskedContact {
    pub contact: NameAddr,
    pub expires: Duration,
}

pub(super) fn read_asked(request: &Request, config: &RegistrarConfig) -> Result<Asked, Refused> {
    let common = request.headers.expires().ok().flatten();
    let list = match request.headers.contacts().map_err(|_| Refused::Malformed)? {
        Contacts::All if common == Some(0) => return Ok(Asked::RemoveAll),
        Contacts::All => return Err(Refused::Malformed),
        Contacts::List(list) if list.is_empty() => return Ok(Asked::Nothing),
        Contacts::List(list) => list,
    };
    let grant = |contact: NameAddr| {
        let asked = contact.expires().or(common).map(|seconds| Duration::from_secs(seconds.into()));
        let expires = asked.unwrap_or(config.default_expires).min(config.max_expires);
        if !expires.is_zero() && expires < config.min_expires {
            return Err(Refused::TooBrief(u32::try_from(config.min_expires.as_secs()).unwrap_or(u32::MAX)));
        }
        if contact.uri.as_sip().is_none() {
            return Err(Refused::Malformed);
        }
        Ok(AskedContact { contact, expires })
    };
    list.into_iter().map(grant).collect::<Result<_, _>>().map(Asked::Contacts)
}
