//! The endpoint's configuration from ours.

use anyhow::{Context, Result};
use call_model::AgentId;
use sip_stack::{Account, AddressRange, EndpointConfig, Limits, RegisterConfig, Secret, Transport};

use crate::config::{Config, SipTransport, TrunkConfig};

/// The endpoint's configuration; its listeners are added when they are bound.
pub fn endpoint_config(config: &Config) -> Result<EndpointConfig> {
    let agents =
        config.agents.iter().map(|agent| (AgentId::new(&*agent.user), Secret::Password(agent.password.clone())));
    let mut endpoint = EndpointConfig {
        domain: config.sip.domain.clone(),
        agents: agents.collect(),
        trunks: config.trunks.iter().map(trunk).collect::<Result<_>>()?,
        limits: limits(config),
        ..EndpointConfig::default()
    };
    endpoint.registrar.max_expires = config.sip.longest_registration.get();
    Ok(endpoint)
}

fn limits(config: &Config) -> Limits {
    let calls = config.sip.most_calls as usize;
    let calls_per_second = config.sip.most_calls_a_second;
    let otherwise = Limits::default();
    // What gathers in the sockets while the host lets us stand still for half a second is no overload.
    let burst = otherwise.burst.max(calls_per_second / 2);
    // A call may have an agent's leg beside the caller's.
    Limits { legs: 2 * calls, calls_per_second, burst, ..otherwise }
}

fn trunk(trunk: &TrunkConfig) -> Result<sip_stack::TrunkConfig> {
    let (host, port) = host_and_port(&trunk.host).with_context(|| format!("trunk {}: host", trunk.name))?;
    let mut built = sip_stack::TrunkConfig::new(&trunk.name, host);
    built.port = port;
    built.transport = Some(match trunk.transport {
        SipTransport::Udp => Transport::Udp,
        SipTransport::Tcp => Transport::Tcp,
    });
    built.from_user = trunk.caller_id.clone();
    built.ping = Some(trunk.ping.get()).filter(|period| !period.is_zero());
    built.allowed = allowed(trunk)?;
    if let (Some(username), Some(password)) = (&trunk.username, &trunk.password) {
        built.account = Some(Account { realm: None, username: username.clone(), password: password.clone() });
        if trunk.register {
            built.register = Some(RegisterConfig { user: username.clone(), expires: REGISTRATION });
        }
    }
    Ok(built)
}

fn allowed(trunk: &TrunkConfig) -> Result<Vec<AddressRange>> {
    let mut allowed = Vec::new();
    for range in &trunk.from {
        allowed.push(range.parse().with_context(|| format!("trunk {}: from", trunk.name))?);
    }
    if let Ok((host, _)) = host_and_port(&trunk.host)
        && let Ok(address) = host.parse::<std::net::IpAddr>()
    {
        allowed.push(address.into());
    }
    Ok(allowed)
}

/// `host`, `host:port`, `192.0.2.1:5060` or `[2001:db8::1]:5060`.
fn host_and_port(text: &str) -> Result<(String, Option<u16>)> {
    if let Ok(address) = text.parse::<std::net::SocketAddr>() {
        return Ok((address.ip().to_string(), Some(address.port())));
    }
    if text.parse::<std::net::IpAddr>().is_ok() {
        return Ok((text.to_owned(), None));
    }
    match text.rsplit_once(':') {
        None => Ok((text.to_owned(), None)),
        Some((host, port)) => {
            let port = port.parse().with_context(|| format!("{text:?} is neither a host nor host:port"))?;
            Ok((host.to_owned(), Some(port)))
        }
    }
}

const REGISTRATION: std::time::Duration = std::time::Duration::from_secs(600);
