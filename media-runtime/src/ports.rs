//! Pairs of ports for RTP and RTCP.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};

use crate::OpenError;
use crate::sys;

/// Pairs that are tried where other programs hold some.
const TRIES: usize = 64;

/// The free pairs by their even port: taken from the front, given back at the end, so that a late packet of a closed
/// call seldom meets a new one.
#[derive(Clone)]
pub(crate) struct PortPool {
    bind: IpAddr,
    free: Arc<Mutex<VecDeque<u16>>>,
}

/// A pair in use; free again when dropped, which must come after its sockets.
pub(crate) struct PortLease {
    port: u16,
    free: Arc<Mutex<VecDeque<u16>>>,
}

/// The two sockets of a leg. The order of the fields is the order of dropping.
pub(crate) struct Sockets {
    pub(crate) rtp: UdpSocket,
    pub(crate) rtcp: UdpSocket,
    lease: PortLease,
}

impl PortPool {
    /// All pairs of a range, begun somewhere in it.
    pub(crate) fn new(bind: IpAddr, range: RangeInclusive<u16>, chance: u64) -> Self {
        let last = *range.end();
        let mut free: VecDeque<u16> = range.filter(|port| port % 2 == 0 && *port > 0 && *port < last).collect();
        if !free.is_empty() {
            let begin = (chance % free.len() as u64) as usize;
            free.rotate_left(begin);
        }
        Self { bind, free: Arc::new(Mutex::new(free)) }
    }

    /// Opens both sockets of a free pair.
    pub(crate) fn open(&self) -> Result<Sockets, OpenError> {
        let mut last_error = None;
        for _ in 0..TRIES {
            let Some(port) = lock(&self.free).pop_front() else { break };
            let lease = PortLease { port, free: Arc::clone(&self.free) };
            let opened = self.socket(port).and_then(|rtp| Ok((rtp, self.socket(port + 1)?)));
            match opened {
                Ok((rtp, rtcp)) => return Ok(Sockets { rtp, rtcp, lease }),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                Err(error) => {
                    last_error = Some(error);
                    break;
                }
            }
        }
        Err(last_error.map_or(OpenError::NoPorts, OpenError::Socket))
    }

    fn socket(&self, port: u16) -> io::Result<UdpSocket> {
        let socket = UdpSocket::bind(SocketAddr::new(self.bind, port))?;
        socket.set_nonblocking(true)?;
        sys::ask_receive_time(&socket)?;
        Ok(socket)
    }
}

impl Sockets {
    /// The RTP port.
    pub(crate) fn port(&self) -> u16 {
        self.lease.port
    }
}

impl Drop for PortLease {
    fn drop(&mut self) {
        lock(&self.free).push_back(self.port);
    }
}

fn lock(free: &Mutex<VecDeque<u16>>) -> std::sync::MutexGuard<'_, VecDeque<u16>> {
    // Nothing that panics is done under this lock.
    free.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(range: RangeInclusive<u16>, chance: u64) -> PortPool {
        PortPool::new(IpAddr::from([127, 0, 0, 1]), range, chance)
    }

    #[test]
    fn pairs_are_even_and_odd_and_a_closed_pair_is_reused_last() {
        let pool = pool(23_001..=23_008, 0);
        let first = pool.open().unwrap();
        assert_eq!(first.port(), 23_002);
        assert_eq!(first.rtcp.local_addr().unwrap().port(), 23_003);
        drop(first);
        let ports = [pool.open().unwrap().port(), pool.open().unwrap().port()];
        assert_eq!(ports, [23_004, 23_006]);
        assert_eq!(pool.open().unwrap().port(), 23_002);
    }

    #[test]
    fn no_free_pair_is_an_error_until_one_is_closed() {
        let pool = pool(23_010..=23_013, 1);
        let held = [pool.open().unwrap(), pool.open().unwrap()];
        assert!(matches!(pool.open(), Err(OpenError::NoPorts)));
        drop(held);
        assert!(pool.open().is_ok());
    }

    #[test]
    fn a_pair_that_another_program_holds_is_passed_over() {
        let other = UdpSocket::bind("127.0.0.1:23021").unwrap();
        let pool = pool(23_020..=23_023, 0);
        assert_eq!(pool.open().unwrap().port(), 23_022);
        drop(other);
    }
}
