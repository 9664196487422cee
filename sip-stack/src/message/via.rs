//! The Via header (RFC 3261 20.42, RFC 3581, RFC 5118 4.5).

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use super::error::SyntaxError;
use super::host::{Host, parse_host_port};
use super::params::Params;
use super::text::{find_outside, is_token, trim};

/// A transport protocol as written in Via.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Transport {
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
    /// TLS over TCP.
    Tls,
    /// WebSocket (RFC 7118).
    Ws,
    /// WebSocket over TLS.
    Wss,
    /// Any other token.
    Other(Box<str>),
}

impl Transport {
    /// As it is written in Via: upper case.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Ws => "WS",
            Self::Wss => "WSS",
            Self::Other(name) => name,
        }
    }

    /// Whether messages are delivered without retransmission of our own (RFC 3261 17).
    pub fn is_reliable(&self) -> bool {
        !matches!(self, Self::Udp)
    }

    /// The port where none is written (RFC 3261 18.2.1, RFC 7118 5.5).
    pub fn default_port(&self) -> u16 {
        match self {
            Self::Udp | Self::Tcp | Self::Other(_) => 5060,
            Self::Tls => 5061,
            Self::Ws => 80,
            Self::Wss => 443,
        }
    }
}

impl FromStr for Transport {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        let known = [Self::Udp, Self::Tcp, Self::Tls, Self::Ws, Self::Wss];
        match known.into_iter().find(|transport| transport.as_str().eq_ignore_ascii_case(text)) {
            Some(transport) => Ok(transport),
            None if is_token(text) => Ok(Self::Other(text.into())),
            None => Err(SyntaxError("a transport is one token such as UDP")),
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One Via value: where the response goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Via {
    /// Transport the request was sent over.
    pub transport: Transport,
    /// Host of `sent-by`.
    pub host: Host,
    /// Port of `sent-by`, when written.
    pub port: Option<u16>,
    /// `branch`, `received`, `rport`, ...
    pub params: Params,
}

impl Via {
    /// A Via of our own, with `branch` and an empty `rport` (RFC 3581 3).
    pub fn new(transport: Transport, host: Host, port: Option<u16>, branch: &str) -> Self {
        let mut params = Params::new();
        params.set("branch", Some(branch));
        params.set("rport", None);
        Self { transport, host, port, params }
    }

    /// The `branch` parameter.
    pub fn branch(&self) -> Option<&str> {
        self.params.get("branch")
    }

    /// Whether the branch promises to be unique (RFC 3261 8.1.1.7).
    pub fn has_magic_cookie(&self) -> bool {
        self.branch().is_some_and(|branch| branch.get(..7).is_some_and(|cookie| cookie.eq_ignore_ascii_case("z9hG4bK")))
    }

    /// The address the request came from, as the receiving side noted it. Brackets round IPv6 are accepted.
    pub fn received(&self) -> Option<IpAddr> {
        self.params.get("received")?.parse::<Host>().ok()?.ip()
    }

    /// The port the request came from, as the receiving side noted it.
    pub fn rport(&self) -> Option<u16> {
        self.params.get("rport")?.parse().ok()
    }

    /// Whether the sender asked for `rport` (RFC 3581 4).
    pub fn wants_rport(&self) -> bool {
        self.params.has("rport")
    }

    /// Notes where the request came from: `received` when it differs from `sent-by` or `rport` was asked for,
    /// `rport` when asked for (RFC 3261 18.2.1, RFC 3581 4).
    pub fn note_source(&mut self, source: SocketAddr) {
        let wants_rport = self.wants_rport();
        if wants_rport {
            self.params.set("rport", Some(&source.port().to_string()));
        }
        if wants_rport || self.host.ip() != Some(source.ip()) {
            self.params.set("received", Some(&source.ip().to_string()));
        } else {
            self.params.remove("received");
        }
    }
}

impl FromStr for Via {
    type Err = SyntaxError;

    /// Reads one value; a comma list must be split first.
    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        let (protocol, rest) = text.split_once('/').ok_or(SYNTAX)?;
        let (version, rest) = rest.split_once('/').ok_or(SYNTAX)?;
        // Another version is read too, so that its request can be answered with 505.
        if !trim(protocol).eq_ignore_ascii_case("SIP") || !is_token(trim(version)) {
            return Err(SYNTAX);
        }
        let rest = trim(rest);
        let gap = rest.find([' ', '\t']).ok_or(SYNTAX)?;
        let transport = rest[..gap].parse()?;
        let rest = &rest[gap..];
        let (sent_by, params) = match find_outside(rest, b';') {
            Some(at) => (&rest[..at], &rest[at + 1..]),
            None => (rest, ""),
        };
        let (host, port) = parse_host_port(sent_by)?;
        Ok(Self { transport, host, port, params: Params::parse(params)? })
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIP/2.0/{} {}", self.transport, self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        self.params.fmt(f)
    }
}

const SYNTAX: SyntaxError = SyntaxError("Via is SIP/2.0/transport, a space, host:port and parameters");
