//! What only the system can do: pin threads, sleep to a point of time, read a datagram with the kernel's time.
#![allow(unsafe_code, reason = "calls into libc, each with its reason beside it")]

use std::io;
use std::mem;
use std::net::UdpSocket;
use std::os::fd::AsRawFd;
use std::ptr;

/// Nanoseconds of a clock.
pub type Nanos = u64;

/// A millisecond.
pub const MS: Nanos = 1_000_000;

/// A second.
pub const SECOND: Nanos = 1_000_000_000;

/// The time of day, which is also the clock of the kernel's receive times.
pub fn now() -> Nanos {
    clock(libc::CLOCK_REALTIME)
}

/// The clock that never jumps, for pacing.
pub fn steady() -> Nanos {
    clock(libc::CLOCK_MONOTONIC)
}

fn clock(which: libc::clockid_t) -> Nanos {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a timespec of ours.
    unsafe { libc::clock_gettime(which, &mut time) };
    nanos(time)
}

fn nanos(time: libc::timespec) -> Nanos {
    time.tv_sec.unsigned_abs() * SECOND + time.tv_nsec.unsigned_abs()
}

/// Sleeps until a point of [`steady`].
pub fn sleep_until(at: Nanos) {
    let time = libc::timespec { tv_sec: (at / SECOND).cast_signed(), tv_nsec: (at % SECOND).cast_signed() };
    // SAFETY: the pointers are to a timespec of ours and null, which is allowed.
    while unsafe { libc::clock_nanosleep(libc::CLOCK_MONOTONIC, libc::TIMER_ABSTIME, &time, ptr::null_mut()) }
        == libc::EINTR
    {}
}

/// Keeps the calling thread, and what it starts from now on, on one core.
pub fn pin(core: usize) -> io::Result<()> {
    // SAFETY: a cpu_set_t of zeros is the empty set; CPU_SET stays within it, since cores are below its size.
    let outcome = unsafe {
        let mut set: libc::cpu_set_t = mem::zeroed();
        libc::CPU_SET(core, &mut set);
        libc::sched_setaffinity(0, mem::size_of::<libc::cpu_set_t>(), &set)
    };
    if outcome == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Asks for real-time scheduling of the calling thread; `false` where that is not permitted.
pub fn real_time(priority: i32) -> bool {
    // SAFETY: a sched_param of zeros is valid; 0 names the calling thread.
    unsafe {
        let mut parameters: libc::sched_param = mem::zeroed();
        parameters.sched_priority = priority;
        libc::sched_setscheduler(0, libc::SCHED_FIFO | libc::SCHED_RESET_ON_FORK, &parameters) == 0
    }
}

/// Lets the kernel write its receive time beside every datagram of a socket.
pub fn stamp(socket: &UdpSocket) -> io::Result<()> {
    let on: libc::c_int = 1;
    // SAFETY: the pointer and length describe `on`.
    let outcome = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_TIMESTAMPNS,
            ptr::from_ref(&on).cast(),
            mem::size_of::<libc::c_int>() as libc::socklen_t,
        )
    };
    if outcome == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[repr(align(8))]
struct Control([u8; 64]);

/// Reads one datagram without waiting: its length and when the kernel received it. `None` when there is none.
pub fn receive(socket: &UdpSocket, buffer: &mut [u8]) -> Option<(usize, Nanos)> {
    let mut control = Control([0; 64]);
    let mut part = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
    // SAFETY: a msghdr of zeros is valid, and every pointer put into it outlives the call.
    let length = unsafe {
        let mut header: libc::msghdr = mem::zeroed();
        header.msg_iov = &mut part;
        header.msg_iovlen = 1;
        header.msg_control = control.0.as_mut_ptr().cast();
        header.msg_controllen = control.0.len();
        libc::recvmsg(socket.as_raw_fd(), &mut header, libc::MSG_DONTWAIT)
    };
    let length = usize::try_from(length).ok()?;
    Some((length, stamp_of(&control).unwrap_or_else(now)))
}

fn stamp_of(control: &Control) -> Option<Nanos> {
    const HEADER: usize = mem::size_of::<libc::cmsghdr>();
    // SAFETY: the buffer is aligned and longer than a cmsghdr; zeros, where nothing was written, are a valid one.
    let header = unsafe { &*control.0.as_ptr().cast::<libc::cmsghdr>() };
    if header.cmsg_level != libc::SOL_SOCKET || header.cmsg_type != libc::SCM_TIMESTAMPNS {
        return None;
    }
    // SAFETY: a message of this kind holds a timespec behind its header, and the buffer has room for both.
    let time = unsafe { control.0.as_ptr().add(HEADER).cast::<libc::timespec>().read_unaligned() };
    Some(nanos(time))
}
