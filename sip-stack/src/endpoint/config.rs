//! How an endpoint is set up.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use call_model::AgentId;

use crate::auth::Secret;
use crate::flow::{ListenerId, Transport};
use crate::message::Host;
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
    /// How long a call that comes in may wait for an answer before it is refused with 480, in case nobody decides.
    pub answer_time: Duration,
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
            answer_time: Duration::from_secs(180),
            change_time: Duration::from_secs(10),
        }
    }
}

/// What is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// There is nothing to listen on.
    #[error("no listeners; give at least one UDP or TCP address to listen on")]
    NoListener,
    /// Two listeners have the same number.
    #[error("two listeners are numbered {}; give each a number of its own", .0.0)]
    ListenerTwice(ListenerId),
    /// What stands in `Via` and `Contact` must be a host.
    #[error("listener {}: {host:?} cannot be advertised; write a host name or an address", .listener.0)]
    BadAdvertisedHost {
        /// The listener.
        listener: ListenerId,
        /// What was given.
        host: String,
    },
    /// The domain must be a host name or an address.
    #[error("{0:?} is not a domain; write a host name or an address")]
    BadDomain(String),
    /// Two trunks have the same name.
    #[error("two trunks are named {0:?}; give each a name of its own")]
    TrunkTwice(String),
    /// A trunk's host or domain must be a host name or an address.
    #[error("trunk {trunk:?}: {host:?} is not a host; write a host name or an address without port or sip:")]
    BadTrunkHost {
        /// The trunk.
        trunk: String,
        /// What was given.
        host: String,
    },
    /// A trunk names a listener that is not there.
    #[error("trunk {trunk:?} is to be reached by listener {}, which does not exist", .listener.0)]
    UnknownListener {
        /// The trunk.
        trunk: String,
        /// The number.
        listener: ListenerId,
    },
}

impl EndpointConfig {
    /// Whether an endpoint can work with it. [`Endpoint::new`](crate::Endpoint::new) takes what it gets and leaves
    /// alone what does not make sense, so check first.
    ///
    /// # Errors
    /// The first [`ConfigError`].
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.listeners.is_empty() {
            return Err(ConfigError::NoListener);
        }
        for (at, listener) in self.listeners.iter().enumerate() {
            if self.listeners[..at].iter().any(|other| other.id == listener.id) {
                return Err(ConfigError::ListenerTwice(listener.id));
            }
            if !is_host(&listener.advertised_host) {
                let host = listener.advertised_host.clone();
                return Err(ConfigError::BadAdvertisedHost { listener: listener.id, host });
            }
        }
        if !is_host(&self.domain) {
            return Err(ConfigError::BadDomain(self.domain.clone()));
        }
        for (at, trunk) in self.trunks.iter().enumerate() {
            if self.trunks[..at].iter().any(|other| other.name == trunk.name) {
                return Err(ConfigError::TrunkTwice(trunk.name.clone()));
            }
            for host in [&trunk.host, trunk.domain()] {
                if !is_host(host) {
                    return Err(ConfigError::BadTrunkHost { trunk: trunk.name.clone(), host: host.to_owned() });
                }
            }
            if let Some(listener) = trunk.listener
                && !self.listeners.iter().any(|other| other.id == listener)
            {
                return Err(ConfigError::UnknownListener { trunk: trunk.name.clone(), listener });
            }
        }
        Ok(())
    }
}

fn is_host(text: &str) -> bool {
    text.parse::<Host>().is_ok()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> EndpointConfig {
        let listener = |id, transport| ListenerConfig {
            id: ListenerId(id),
            transport,
            bind: "0.0.0.0:5060".parse().unwrap(),
            advertised_host: "sip.example.com".to_owned(),
            advertised_port: 5060,
        };
        EndpointConfig {
            listeners: vec![listener(1, Transport::Udp), listener(2, Transport::Tcp)],
            trunks: vec![TrunkConfig::new("a", "carrier.example"), TrunkConfig::new("b", "192.0.2.1")],
            ..EndpointConfig::default()
        }
    }

    #[test]
    fn a_good_configuration_passes() {
        assert_eq!(config().check(), Ok(()));
    }

    #[test]
    fn each_fault_is_named() {
        type Spoil = fn(&mut EndpointConfig);
        let faults: [(Spoil, &str); 7] = [
            (|config| config.listeners.clear(), "no listeners"),
            (|config| config.listeners[1].id = ListenerId(1), "two listeners are numbered 1"),
            (|config| config.listeners[0].advertised_host = "sip:x".to_owned(), "cannot be advertised"),
            (|config| config.domain = "a b".to_owned(), "is not a domain"),
            (|config| config.trunks[1].name = "a".to_owned(), "two trunks are named"),
            (|config| config.trunks[0].host = "carrier.example:5060".to_owned(), "without port"),
            (|config| config.trunks[0].listener = Some(ListenerId(9)), "listener 9, which does not exist"),
        ];
        for (spoil, words) in faults {
            let mut config = config();
            spoil(&mut config);
            let error = config.check().unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
