//! Trunks: carriers and other peers that are known by their addresses.

mod ping;

use std::net::IpAddr;
use std::time::Duration;

pub(crate) use ping::Ping;

use crate::auth::Account;
use crate::flow::{ListenerId, Transport};
use crate::policy::AddressRange;
use crate::targets::Destination;

/// One trunk as it is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrunkConfig {
    /// Its name; unique.
    pub name: String,
    /// The host to send to: a name that is resolved by RFC 3263, or an address.
    pub host: String,
    /// The port, if it is fixed; then no SRV records are asked for.
    pub port: Option<u16>,
    /// The transport, if it is fixed.
    pub transport: Option<Transport>,
    /// The listener to send from, if it is fixed; otherwise the first that fits.
    pub listener: Option<ListenerId>,
    /// The domain of request URI, `From` and `To`, where it is not `host`.
    pub domain: Option<String>,
    /// The caller that is shown when an order names none.
    pub from_user: Option<String>,
    /// The addresses from which its calls are let in without a password.
    pub allowed: Vec<AddressRange>,
    /// What to answer when it demands a digest.
    pub account: Option<Account>,
    /// Whether and how we register there.
    pub register: Option<RegisterConfig>,
    /// How often it is asked with OPTIONS whether it is alive; `None` never, it counts as alive then.
    pub ping: Option<Duration>,
}

impl TrunkConfig {
    /// A trunk at a host, that is let in from nowhere, does not register and is not asked.
    pub fn new(name: impl Into<String>, host: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            host: host.into(),
            port: None,
            transport: None,
            listener: None,
            domain: None,
            from_user: None,
            allowed: Vec::new(),
            account: None,
            register: None,
            ping: None,
        }
    }

    /// Whether its calls may come from this address.
    pub fn allows(&self, address: IpAddr) -> bool {
        self.allowed.iter().any(|range| range.contains(address))
    }

    /// Where to send.
    pub(crate) fn destination(&self) -> Destination {
        Destination { host: self.host.clone(), port: self.port, transport: self.transport }
    }

    /// The domain that stands in its URIs.
    pub fn domain(&self) -> &str {
        self.domain.as_deref().unwrap_or(&self.host)
    }
}

/// How we register at a trunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterConfig {
    /// The user part of the address of record.
    pub user: String,
    /// How long a registration shall last; the trunk may shorten it.
    pub expires: Duration,
}
