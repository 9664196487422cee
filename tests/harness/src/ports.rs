//! Ports that nobody uses.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU16, Ordering};

/// A port of 127.0.0.1 that is free for UDP and TCP. It lies below those that the system hands out, and no two calls of
/// one process get the same.
pub fn free_port() -> u16 {
    (0..PORTS).map(|_| next()).find(|port| is_free(*port)).expect("some port of 127.0.0.1 is free")
}

/// This port, if it is free, else another.
pub fn free_port_near(wanted: u16) -> u16 {
    if is_free(wanted) { wanted } else { free_port() }
}

/// The first of a row of ports for sound.
pub(crate) fn port_block() -> u16 {
    let block = BLOCK.fetch_add(1, Ordering::Relaxed) + process_number();
    FIRST_BLOCK + block % BLOCKS * BLOCK_SIZE
}

/// How many ports a row has.
pub(crate) const BLOCK_SIZE: u16 = 400;

fn next() -> u16 {
    FIRST + (NEXT.fetch_add(1, Ordering::Relaxed).wrapping_add(process_number().wrapping_mul(37))) % PORTS
}

fn process_number() -> u16 {
    (std::process::id() % 50_000) as u16 % 1_000
}

fn is_free(port: u16) -> bool {
    let address = (Ipv4Addr::LOCALHOST, port);
    UdpSocket::bind(address).is_ok() && TcpListener::bind(address).is_ok()
}

static NEXT: AtomicU16 = AtomicU16::new(0);
static BLOCK: AtomicU16 = AtomicU16::new(0);
const FIRST: u16 = 10_000;
const PORTS: u16 = 8_000;
const FIRST_BLOCK: u16 = 18_000;
const BLOCKS: u16 = 30;
