//! How an endpoint is set up.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use call_model::AgentId;

use crate::auth::Secret;
use crate::flow::{ListenerId, Transport};
use crate::policy::Limits;
use crate::registrar::RegistrarConfig;
use crate::transaction::TimerTable;
use crate::trunk::TrunkConfig;

/// All that an [`Endpoint`](crate::Endpoint) must know before it begins.
#[derive(Debug, Clone)]
pub struct EndpointConfig {
    /// Our sockets. The first that fits a target's transport and address family is taken for it.
    pub listeners: Vec<ListenerConfig>,
    /// What `User-Agent` and `Server` say.
    pub user_agent: String,
    /// The domain that stands in `From` of calls to agents, and the realm of the digest.
    pub domain: String,
    /// Incoming legs are numbered from here. The shell must give outgoing legs smaller numbers.
    pub first_incoming_leg: u64,
    /// The agents whose telephones may register and call, with their passwords.
    pub agents: BTreeMap<AgentId, Secret>,
    /// How telephones may register.
    pub registrar: RegistrarConfig,
    /// Carriers and other peers, by name.
    pub trunks: Vec<TrunkConfig>,
    /// How much is let in.
    pub limits: Limits,
    /// Requests whose `User-Agent` contains one of these (case does not matter) are dropped without an answer.
    pub scanners: Vec<String>,
    /// The values of T1, T2 and T4.
    pub timers: TimerTable,
    /// How long the call may take to answer a peer's re-INVITE before it is refused with 500.
    pub change_time: Duration,
}

impl Default for EndpointConfig {
    fn default() -> Self {
        Self {
            listeners: Vec::new(),
            user_agent: concat!("Callwright/", env!("CARGO_PKG_VERSION")).to_owned(),
            domain: "callwright.invalid".to_owned(),
            first_incoming_leg: 1 << 62,
            agents: BTreeMap::new(),
            registrar: RegistrarConfig::default(),
            trunks: Vec::new(),
            limits: Limits::default(),
            scanners: SCANNERS.iter().map(|name| (*name).to_owned()).collect(),
            timers: TimerTable::default(),
            change_time: Duration::from_secs(10),
        }
    }
}

/// One listening socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenerConfig {
    /// The number by which shell and endpoint speak of it.
    pub id: ListenerId,
    /// What it carries.
    pub transport: Transport,
    /// The address it is bound to.
    pub bind: SocketAddr,
    /// The host that stands in `Via` and `Contact`: a name, or an address that peers can reach.
    pub advertised_host: String,
    /// The port that stands in `Via` and `Contact`.
    pub advertised_port: u16,
}

/// Tools that scan the internet for open servers, by what they call themselves.
const SCANNERS: [&str; 6] = ["friendly-scanner", "sipvicious", "sipcli", "sip-scan", "pplsip", "sundayddr"];
