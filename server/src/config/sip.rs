//! Signalling: listeners, limits and trunks.

use std::net::SocketAddr;

use serde::Deserialize;

use super::Period;

/// Signalling.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SipConfig {
    /// Sockets. Default: UDP and TCP on `0.0.0.0:5060`.
    #[serde(default = "default_listen")]
    pub listen: Vec<ListenConfig>,
    /// The domain of the agents' addresses and the realm of their passwords. Default `callwright`.
    #[serde(default = "default_domain")]
    pub domain: String,
    /// Calls at once; more are refused with 503. Default 2000.
    #[serde(default = "default_most_calls")]
    pub most_calls: u32,
    /// New calls a second; more are refused with 503. Default 1000.
    #[serde(default = "default_most_calls_a_second")]
    pub most_calls_a_second: u32,
    /// How long a telephone's registration may last at most. Default `1h`.
    #[serde(default = "default_registration")]
    pub longest_registration: Period,
}

impl Default for SipConfig {
    fn default() -> Self {
        Self {
            listen: default_listen(),
            domain: default_domain(),
            most_calls: default_most_calls(),
            most_calls_a_second: default_most_calls_a_second(),
            longest_registration: default_registration(),
        }
    }
}

/// One listening socket.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListenConfig {
    /// `udp` or `tcp`.
    pub transport: SipTransport,
    /// The address to bind, such as `0.0.0.0:5060`.
    pub address: SocketAddr,
    /// The host (or host:port) that peers reach it by, where NAT stands in between. Default: the address; where that
    /// is unspecified (`0.0.0.0`), the address of the interface that leads outside.
    #[serde(default)]
    pub advertise: Option<String>,
}

/// What carries SIP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SipTransport {
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
}

/// A carrier or another exchange.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrunkConfig {
    /// The name by which campaigns and routes speak of it.
    pub name: String,
    /// Where its calls go: a host, `host:port`, or a domain with SRV records.
    pub host: String,
    /// What carries them: `udp` (default) or `tcp`.
    #[serde(default = "default_trunk_transport")]
    pub transport: SipTransport,
    /// The addresses its calls come from: an address, or a network such as `198.51.100.0/24`. Default: none are let in
    /// but those that `host` names as an address.
    #[serde(default)]
    pub from: Vec<String>,
    /// User name, where it asks for a password.
    #[serde(default)]
    pub username: Option<String>,
    /// Password.
    #[serde(default)]
    pub password: Option<String>,
    /// Whether we register there. Default false.
    #[serde(default)]
    pub register: bool,
    /// How often it is asked with OPTIONS whether it lives. Default `30s`; `0s` never asks.
    #[serde(default = "default_ping")]
    pub ping: Period,
    /// The caller's number that calls by this trunk show, unless a campaign has one.
    #[serde(default)]
    pub caller_id: Option<String>,
}

fn default_listen() -> Vec<ListenConfig> {
    let address = SocketAddr::from(([0, 0, 0, 0], 5060));
    [SipTransport::Udp, SipTransport::Tcp]
        .map(|transport| ListenConfig { transport, address, advertise: None })
        .to_vec()
}

fn default_domain() -> String {
    "callwright".to_owned()
}

fn default_most_calls() -> u32 {
    2000
}

fn default_most_calls_a_second() -> u32 {
    1000
}

fn default_registration() -> Period {
    Period::from_secs(3600)
}

fn default_trunk_transport() -> SipTransport {
    SipTransport::Udp
}

fn default_ping() -> Period {
    Period::from_secs(30)
}
