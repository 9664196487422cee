//! The way a message came or shall go: listener, transport, remote address and, for TCP, the connection.

use std::fmt;
use std::net::SocketAddr;

/// One of our listening sockets, numbered by the shell in [`EndpointConfig`](crate::EndpointConfig).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListenerId(pub u32);

/// One TCP connection.
///
/// The shell numbers those it accepts from 1; those that the endpoint orders with
/// [`Output::Connect`](crate::Output::Connect) have the highest bit set, so the two never collide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

impl ConnectionId {
    /// The bit that the endpoint sets in the ids of connections that it orders.
    pub const ORDERED: u64 = 1 << 63;
}

/// What carries SIP messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// Datagrams; lost ones are sent again by the transactions.
    Udp,
    /// A byte stream, framed by `Content-Length`.
    Tcp,
}

impl Transport {
    /// Whether the transport itself repairs loss, so that transactions need not (RFC 3261 17).
    pub fn is_reliable(self) -> bool {
        match self {
            Self::Udp => false,
            Self::Tcp => true,
        }
    }

    /// The name as it stands in `Via`.
    pub fn as_via(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_via())
    }
}

/// The way to a peer. Answers, and requests to a registered telephone, go back by the flow of what came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flow {
    /// The listener of ours.
    pub listener: ListenerId,
    /// What carries the messages.
    pub transport: Transport,
    /// The peer's address as seen on the wire.
    pub remote: SocketAddr,
    /// The connection, for TCP.
    pub connection: Option<ConnectionId>,
}

impl Flow {
    /// A flow of datagrams.
    pub fn udp(listener: ListenerId, remote: SocketAddr) -> Self {
        Self { listener, transport: Transport::Udp, remote, connection: None }
    }

    /// A flow over a TCP connection.
    pub fn tcp(listener: ListenerId, remote: SocketAddr, connection: ConnectionId) -> Self {
        Self { listener, transport: Transport::Tcp, remote, connection: Some(connection) }
    }
}
