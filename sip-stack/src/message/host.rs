//! Hosts and ports (RFC 3261 25.1 `hostport`, RFC 5118).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use super::error::SyntaxError;
use super::text::trim;

/// A host: a name or an address. Reading makes names lower case, so that `==` compares as RFC 4343 says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Host {
    /// A domain name, in lower case.
    Name(Box<str>),
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 address, written in brackets.
    V6(Ipv6Addr),
}

impl Host {
    /// The address, when the host is one.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Name(_) => None,
            Self::V4(address) => Some(IpAddr::V4(*address)),
            Self::V6(address) => Some(IpAddr::V6(*address)),
        }
    }
}

impl From<IpAddr> for Host {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => Self::V6(address),
        }
    }
}

impl FromStr for Host {
    type Err = SyntaxError;

    /// Reads a name, an IPv4 address, or an IPv6 address with or without brackets.
    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        if let Some(inner) = text.strip_prefix('[') {
            let inner = inner.strip_suffix(']').ok_or(SyntaxError("an IPv6 address must end with ]"))?;
            return parse_v6(inner).map(Self::V6).ok_or(SyntaxError("between [ and ] stands no IPv6 address"));
        }
        if let Ok(address) = text.parse::<Ipv4Addr>() {
            return Ok(Self::V4(address));
        }
        if let Ok(address) = text.parse::<Ipv6Addr>() {
            return Ok(Self::V6(address));
        }
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')) {
            return Err(SyntaxError("a host is a domain name, an IPv4 address or an IPv6 address in brackets"));
        }
        Ok(Self::Name(text.to_ascii_lowercase().into()))
    }
}

/// The grammar of RFC 3261 allows `:::` before an embedded IPv4 address; it means `::` (RFC 5118 4.10).
fn parse_v6(text: &str) -> Option<Ipv6Addr> {
    match text.parse() {
        Ok(address) => Some(address),
        Err(_) if text.contains(":::") && text.contains('.') => text.replacen(":::", "::", 1).parse().ok(),
        Err(_) => None,
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::V4(address) => write!(f, "{address}"),
            Self::V6(address) => write!(f, "[{address}]"),
        }
    }
}

/// Reads `host` or `host:port`, with white space allowed round the colon.
pub(crate) fn parse_host_port(text: &str) -> Result<(Host, Option<u16>), SyntaxError> {
    let text = trim(text);
    let colon = match text.strip_prefix('[').and_then(|_| text.find(']')) {
        Some(close) => text[close..].find(':').map(|at| at + close),
        None => text.find(':'),
    };
    let Some(colon) = colon else {
        return Ok((text.parse()?, None));
    };
    let port = trim(&text[colon + 1..]);
    if port.is_empty() || port.len() > 5 || !port.bytes().all(|b| b.is_ascii_digit()) {
        return Err(SyntaxError("a port is a number from 0 to 65535"));
    }
    let port = port.parse().map_err(|_| SyntaxError("a port is a number from 0 to 65535"))?;
    Ok((trim(&text[..colon]).parse()?, Some(port)))
}
