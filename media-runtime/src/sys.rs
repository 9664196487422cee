//! The few system calls that the standard library does not offer.
#![allow(unsafe_code, reason = "calls into libc, each with its reason beside it")]

use std::io;
use std::mem::{self, MaybeUninit};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6, UdpSocket};
use std::os::fd::AsRawFd;
use std::ptr;
use std::time::Duration;

/// Datagrams taken with one call.
const BATCH: usize = 4;
/// The longest datagram that is taken whole; sound and reports are far shorter.
const LONGEST: usize = 1_500;
/// Room for the receive time.
const CONTROL: usize = 64;
/// The real-time priority of media threads: above everything ordinary, below the system's own.
const PRIORITY: i32 = 10;
/// The nice value asked for where real time is not permitted.
const NICE: i32 = -10;

/// A received datagram.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Datagram<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) from: SocketAddr,
    /// When the system received it, since 1970, if it said so.
    pub(crate) received: Option<Duration>,
}

/// The buffers that one thread receives into: some 7 KB, made once.
pub(crate) struct Inbox {
    slots: Box<[Slot; BATCH]>,
    filled: usize,
}

struct Slot {
    bytes: [u8; LONGEST],
    control: Control,
    name: libc::sockaddr_storage,
    length: usize,
    control_length: usize,
}

/// Control bytes where a header may lie.
#[repr(C, align(8))]
struct Control([u8; CONTROL]);

impl Inbox {
    pub(crate) fn new() -> Self {
        // SAFETY: all-zero bytes are a valid value of every field (arrays of bytes, integers and a plain C structure).
        let slots = Box::new(std::array::from_fn(|_| unsafe { MaybeUninit::<Slot>::zeroed().assume_init() }));
        Self { slots, filled: 0 }
    }

    /// Takes what waits at a socket without blocking, up to [`BATCH`] datagrams. `false` once nothing waited.
    pub(crate) fn receive(&mut self, socket: &UdpSocket) -> bool {
        self.filled = 0;
        // A refused packet of ours is told first (ECONNREFUSED) and then forgotten: the peer may not listen yet.
        for _ in 0..BATCH {
            match self.receive_once(socket) {
                Ok(filled) => {
                    self.filled = filled;
                    return filled > 0;
                }
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
                Err(_) => return false,
            }
        }
        false
    }

    /// Whether the last call filled every buffer, so that more may wait.
    pub(crate) fn is_full(&self) -> bool {
        self.filled == BATCH
    }

    /// What the last call brought.
    pub(crate) fn datagrams(&self) -> impl Iterator<Item = Datagram<'_>> {
        self.slots[..self.filled].iter().filter_map(Slot::datagram)
    }

    fn receive_once(&mut self, socket: &UdpSocket) -> io::Result<usize> {
        let mut parts: [libc::iovec; BATCH] = [libc::iovec { iov_base: ptr::null_mut(), iov_len: 0 }; BATCH];
        // SAFETY: all-zero bytes are a valid mmsghdr: null pointers with lengths of 0.
        let mut headers: [libc::mmsghdr; BATCH] = unsafe { mem::zeroed() };
        for ((slot, part), header) in self.slots.iter_mut().zip(&mut parts).zip(&mut headers) {
            part.iov_base = slot.bytes.as_mut_ptr().cast();
            part.iov_len = LONGEST;
            header.msg_hdr.msg_name = ptr::from_mut(&mut slot.name).cast();
            header.msg_hdr.msg_namelen = mem::size_of::<libc::sockaddr_storage>() as libc::socklen_t;
            header.msg_hdr.msg_iov = part;
            header.msg_hdr.msg_iovlen = 1;
            header.msg_hdr.msg_control = slot.control.0.as_mut_ptr().cast();
            header.msg_hdr.msg_controllen = CONTROL;
        }
        // SAFETY: every header points into `self.slots` and `parts`, which outlive the call, with their true lengths.
        let filled = unsafe {
            libc::recvmmsg(
                socket.as_raw_fd(),
                headers.as_mut_ptr(),
                BATCH as libc::c_uint,
                libc::MSG_DONTWAIT as _,
                ptr::null_mut(),
            )
        };
        let filled = usize::try_from(filled).map_err(|_| io::Error::last_os_error())?;
        for (slot, header) in self.slots.iter_mut().zip(&headers).take(filled) {
            slot.length = (header.msg_len as usize).min(LONGEST);
            slot.control_length = header.msg_hdr.msg_controllen.min(CONTROL);
        }
        Ok(filled)
    }
}

impl Slot {
    fn datagram(&self) -> Option<Datagram<'_>> {
        Some(Datagram { bytes: &self.bytes[..self.length], from: self.from()?, received: self.received() })
    }

    fn from(&self) -> Option<SocketAddr> {
        match i32::from(self.name.ss_family) {
            libc::AF_INET => {
                // SAFETY: the family says that the storage, which is large and aligned enough, holds this structure.
                let name = unsafe { &*ptr::from_ref(&self.name).cast::<libc::sockaddr_in>() };
                let address = Ipv4Addr::from(u32::from_be(name.sin_addr.s_addr));
                Some(SocketAddr::from((address, u16::from_be(name.sin_port))))
            }
            libc::AF_INET6 => {
                // SAFETY: as above.
                let name = unsafe { &*ptr::from_ref(&self.name).cast::<libc::sockaddr_in6>() };
                let address = Ipv6Addr::from(name.sin6_addr.s6_addr);
                let port = u16::from_be(name.sin6_port);
                Some(match address.to_ipv4_mapped() {
                    Some(mapped) => SocketAddr::from((mapped, port)),
                    None => SocketAddr::V6(SocketAddrV6::new(address, port, 0, name.sin6_scope_id)),
                })
            }
            _ => None,
        }
    }

    fn received(&self) -> Option<Duration> {
        const HEADER: usize = mem::size_of::<libc::cmsghdr>();
        const LENGTH: usize = HEADER + mem::size_of::<libc::timespec>();
        if self.control_length < LENGTH {
            return None;
        }
        // SAFETY: the control bytes are aligned for a cmsghdr (`align(8)`) and long enough, as just checked.
        let header = unsafe { &*self.control.0.as_ptr().cast::<libc::cmsghdr>() };
        if header.cmsg_level != libc::SOL_SOCKET || header.cmsg_type != libc::SCM_TIMESTAMPNS {
            return None;
        }
        // SAFETY: behind such a header lies a timespec; the length was checked, and unaligned reading needs no alignment.
        let time = unsafe { self.control.0.as_ptr().add(HEADER).cast::<libc::timespec>().read_unaligned() };
        Some(Duration::new(u64::try_from(time.tv_sec).ok()?, u32::try_from(time.tv_nsec).ok()?))
    }
}

/// Asks for the receive time of every datagram.
pub(crate) fn ask_receive_time(socket: &UdpSocket) -> io::Result<()> {
    let on: libc::c_int = 1;
    // SAFETY: the option's value is an int, given with its size, and outlives the call.
    let result = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_TIMESTAMPNS,
            ptr::from_ref(&on).cast(),
            mem::size_of::<libc::c_int>() as libc::socklen_t,
        )
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Takes back a `connect`, so that packets from anyone are received again.
pub(crate) fn disconnect(socket: &UdpSocket) -> io::Result<()> {
    // SAFETY: all-zero bytes are a valid sockaddr; only its family is read for AF_UNSPEC.
    let mut nobody: libc::sockaddr = unsafe { mem::zeroed() };
    nobody.sa_family = libc::AF_UNSPEC as libc::sa_family_t;
    // SAFETY: the address outlives the call and is given with its size.
    let result =
        unsafe { libc::connect(socket.as_raw_fd(), &nobody, mem::size_of::<libc::sockaddr>() as libc::socklen_t) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// The monotonic clock, since some start.
pub(crate) fn monotonic() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the structure is ours to be written.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut time) };
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}

/// Sleeps until a time of [`monotonic`].
pub(crate) fn sleep_until(time: Duration) {
    let time = libc::timespec { tv_sec: time.as_secs() as libc::time_t, tv_nsec: time.subsec_nanos().into() };
    loop {
        // SAFETY: the time outlives the call; with TIMER_ABSTIME no remainder is written.
        let result =
            unsafe { libc::clock_nanosleep(libc::CLOCK_MONOTONIC, libc::TIMER_ABSTIME, &time, ptr::null_mut()) };
        if result != libc::EINTR {
            return;
        }
    }
}

/// How a thread is scheduled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheduling {
    RealTime,
    Nice,
    Ordinary,
}

/// Asks for real-time scheduling of this thread, else for a better nice value.
pub(crate) fn hurry() -> Scheduling {
    // SAFETY: all-zero bytes are a valid sched_param.
    let mut parameters: libc::sched_param = unsafe { mem::zeroed() };
    parameters.sched_priority = PRIORITY;
    // SAFETY: the parameters outlive the call; 0 is the calling thread.
    if unsafe { libc::sched_setscheduler(0, libc::SCHED_FIFO, &parameters) } == 0 {
        return Scheduling::RealTime;
    }
    // SAFETY: no pointers; on Linux 0 is the calling thread.
    if unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, NICE) } == 0 { Scheduling::Nice } else { Scheduling::Ordinary }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datagrams_come_with_sender_and_time_and_a_disconnected_socket_hears_all_again() {
        // A named port, as legs have: one that the system chose would be given back with the connection.
        let socket = UdpSocket::bind("127.0.0.1:23031").unwrap();
        let (one, two) = (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
        ask_receive_time(&socket).unwrap();
        let mut inbox = Inbox::new();
        assert!(!inbox.receive(&socket));
        let here = socket.local_addr().unwrap();
        socket.connect(one.local_addr().unwrap()).unwrap();
        two.send_to(b"stranger", here).unwrap();
        one.send_to(b"peer", here).unwrap();
        assert!(inbox.receive(&socket));
        let heard: Vec<_> = inbox.datagrams().map(|datagram| (datagram.bytes.to_vec(), datagram.from)).collect();
        assert_eq!(heard, [(b"peer".to_vec(), one.local_addr().unwrap())]);
        assert!(inbox.datagrams().all(|datagram| datagram.received.is_some()));
        disconnect(&socket).unwrap();
        two.send_to(b"welcome", here).unwrap();
        assert!(inbox.receive(&socket));
        assert_eq!(inbox.datagrams().next().unwrap().from, two.local_addr().unwrap());
    }

    #[test]
    fn a_refused_packet_does_not_hide_what_came() {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = peer.local_addr().unwrap();
        drop(peer);
        socket.connect(address).unwrap();
        socket.send(b"nobody there").unwrap();
        let peer = UdpSocket::bind(address).unwrap();
        peer.send_to(b"here now", socket.local_addr().unwrap()).unwrap();
        let mut inbox = Inbox::new();
        assert!(inbox.receive(&socket));
        assert_eq!(inbox.datagrams().next().unwrap().bytes, b"here now");
    }

    #[test]
    fn sleeping_until_a_time_does_not_end_before_it() {
        let time = monotonic() + Duration::from_millis(2);
        sleep_until(time);
        assert!(monotonic() >= time);
    }
}
