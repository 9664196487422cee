//! Binding the listeners, before anything else starts: a port in use is told at once.

use std::net::{IpAddr, SocketAddr, UdpSocket as StdUdpSocket};

use anyhow::{Context, Result, bail};
use sip_stack::{ListenerConfig, ListenerId, Transport};
use tokio::net::{TcpListener, UdpSocket};

use crate::config::{ListenConfig, SipTransport};

/// A bound listener.
pub struct BoundListener {
    /// What the endpoint knows of it.
    pub config: ListenerConfig,
    /// The socket.
    pub socket: ListenerSocket,
}

/// A listener's socket.
pub enum ListenerSocket {
    /// For datagrams.
    Udp(UdpSocket),
    /// For connections.
    Tcp(TcpListener),
}

/// Binds every listener.
pub async fn bind(listen: &[ListenConfig]) -> Result<Vec<BoundListener>> {
    let mut bound = Vec::new();
    for (number, listener) in (0u32..).zip(listen) {
        bound.push(bind_one(ListenerId(number), listener).await?);
    }
    Ok(bound)
}

async fn bind_one(id: ListenerId, listen: &ListenConfig) -> Result<BoundListener> {
    let told =
        || format!("cannot listen for SIP on {} {}; is the port in use?", name(listen.transport), listen.address);
    let (socket, bind, transport) = match listen.transport {
        SipTransport::Udp => {
            let socket = udp_socket(listen.address).with_context(told)?;
            let bind = socket.local_addr().with_context(told)?;
            (ListenerSocket::Udp(socket), bind, Transport::Udp)
        }
        SipTransport::Tcp => {
            let socket = TcpListener::bind(listen.address).await.with_context(told)?;
            let bind = socket.local_addr().with_context(told)?;
            (ListenerSocket::Tcp(socket), bind, Transport::Tcp)
        }
    };
    let (advertised_host, advertised_port) = advertised(listen.advertise.as_deref(), bind)?;
    Ok(BoundListener { config: ListenerConfig { id, transport, bind, advertised_host, advertised_port }, socket })
}

/// Bursts of datagrams wait in the kernel while the task does something else.
fn udp_socket(address: SocketAddr) -> std::io::Result<UdpSocket> {
    let domain = if address.is_ipv4() { socket2::Domain::IPV4 } else { socket2::Domain::IPV6 };
    let socket = socket2::Socket::new(domain, socket2::Type::DGRAM, None)?;
    // The kernel grants less where its limit is lower; that is no error.
    socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    UdpSocket::from_std(StdUdpSocket::from(socket))
}

fn advertised(wanted: Option<&str>, bind: SocketAddr) -> Result<(String, u16)> {
    let Some(wanted) = wanted else { return Ok((reachable(bind.ip()).to_string(), bind.port())) };
    if let Ok(address) = wanted.parse::<SocketAddr>() {
        return Ok((address.ip().to_string(), address.port()));
    }
    if let Ok(address) = wanted.parse::<IpAddr>() {
        return Ok((address.to_string(), bind.port()));
    }
    match wanted.rsplit_once(':') {
        None => Ok((wanted.to_owned(), bind.port())),
        Some((host, port)) => match port.parse() {
            Ok(port) => Ok((host.to_owned(), port)),
            Err(_) => bail!("sip.listen: advertise {wanted:?} is neither a host nor host:port"),
        },
    }
}

/// For an unspecified address, the one of the interface that leads outside; loopback where none does.
pub fn reachable(bound: IpAddr) -> IpAddr {
    if !bound.is_unspecified() {
        return bound;
    }
    let (any, outside): (&str, &str) =
        if bound.is_ipv4() { ("0.0.0.0:0", "192.0.2.1:9") } else { ("[::]:0", "[2001:db8::1]:9") };
    let found = StdUdpSocket::bind(any).and_then(|socket| {
        // Connecting a datagram socket sends nothing; it only asks the routing table.
        socket.connect(outside)?;
        socket.local_addr()
    });
    match found {
        Ok(address) => address.ip(),
        Err(_) if bound.is_ipv4() => IpAddr::from([127, 0, 0, 1]),
        Err(_) => IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]),
    }
}

fn name(transport: SipTransport) -> &'static str {
    match transport {
        SipTransport::Udp => "UDP",
        SipTransport::Tcp => "TCP",
    }
}

const RECEIVE_BUFFER: usize = 4 << 20;
