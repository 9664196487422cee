//! A leg in its seat on a media thread: the owned, sendable value that is moved when a leg changes threads.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use audio::SILENCE;
use call_model::{OrderId, SoundFact, SoundFailure};
use media::bridge;
use media::{Leg, Other, Transmit};

use crate::ports::Sockets;
use crate::recording::Track;
use crate::sink::{HeardFrame, HeardSink, SharedSink};
use crate::sys::{Datagram, Inbox};

/// Periods between two looks at the RTCP port: half a second. The receive time is the system's, so nothing is lost.
const REPORT_PERIODS: u8 = 25;
/// Rounds of receiving in one go, so that a flood costs others no more than this.
const MAX_ROUNDS: usize = 8;
/// The oldest receive time that is believed.
const OLDEST: Duration = Duration::from_secs(1);

/// What a thread lends to its seats: buffers, the time of this slot, and counts.
pub(crate) struct Bench {
    pub(crate) inbox: Inbox,
    pub(crate) out: Box<[u8; 1_500]>,
    pub(crate) now: Instant,
    pub(crate) unix: Duration,
    pub(crate) received: u64,
    pub(crate) sent: u64,
    pub(crate) send_failures: u64,
    pub(crate) heard_dropped: u64,
}

/// A leg with everything that belongs to it.
pub(crate) struct Seat {
    pub(crate) leg: Leg,
    pub(crate) sink: SharedSink,
    sockets: Sockets,
    connected: Option<SocketAddr>,
    listener: Option<Arc<dyn HeardSink>>,
    track: Option<Track>,
    /// Whether the recording holds silence.
    track_muted: bool,
    heard_dropped: u64,
    until_reports: u8,
    is_v6: bool,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self {
            inbox: Inbox::new(),
            out: Box::new([0; 1_500]),
            now: Instant::now(),
            unix: Duration::ZERO,
            received: 0,
            sent: 0,
            send_failures: 0,
            heard_dropped: 0,
        }
    }

    /// Takes the time for a slot.
    pub(crate) fn tell_time(&mut self) {
        self.now = Instant::now();
        self.unix = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    }

    /// The system's receive time on our clock.
    fn arrival(now: Instant, unix: Duration, datagram: &Datagram<'_>) -> Instant {
        let ago = datagram.received.and_then(|received| unix.checked_sub(received)).unwrap_or_default();
        now.checked_sub(ago.min(OLDEST)).unwrap_or(now)
    }
}

impl Seat {
    pub(crate) fn new(leg: Leg, sockets: Sockets, sink: SharedSink) -> Self {
        let is_v6 = sockets.rtp.local_addr().is_ok_and(|address| address.is_ipv6());
        // Seats look at their reports at different times.
        let until_reports = (sockets.port() / 2 % u16::from(REPORT_PERIODS)) as u8;
        Self {
            leg,
            sink,
            sockets,
            connected: None,
            listener: None,
            track: None,
            track_muted: false,
            heard_dropped: 0,
            until_reports,
            is_v6,
        }
    }

    /// Listens for a turn and gives its sound to `listener`.
    pub(crate) fn listen(&mut self, order: OrderId, listener: Arc<dyn HeardSink>, now: Instant) {
        self.leg.listen(order, now);
        self.listener = Some(listener);
    }

    /// Records from now on; what was recorded before is stopped.
    pub(crate) fn record(&mut self, track: Track) {
        if let Some(before) = self.track.replace(track) {
            before.stop();
        }
        self.leg.set_recorded(true);
    }

    /// Lets the recording hold silence of both sides, or sound again.
    pub(crate) fn mute_recording(&mut self, muted: bool) {
        self.track_muted = muted;
    }

    /// Stops whatever has this order.
    pub(crate) fn stop(&mut self, order: OrderId) {
        if self.track.as_ref().is_some_and(|track| track.order == order) {
            self.track.take().into_iter().for_each(Track::stop);
            self.leg.set_recorded(false);
        } else {
            self.leg.stop(order);
        }
        self.tell();
    }

    /// Whether both directions are recorded.
    pub(crate) fn is_recorded(&self) -> bool {
        self.track.is_some()
    }

    /// Takes all that waits at the RTP port; `other` hears it at once where packets are passed on.
    pub(crate) fn receive(&mut self, mut other: Option<(&mut Seat, bool)>, bench: &mut Bench) {
        for _ in 0..MAX_ROUNDS {
            let Bench { inbox, out, now, unix, received, sent, send_failures, .. } = bench;
            if !inbox.receive(&self.sockets.rtp) {
                break;
            }
            for datagram in inbox.datagrams() {
                *received += 1;
                let arrived = Bench::arrival(*now, *unix, &datagram);
                let incoming = self.leg.handle_packet(datagram.from, datagram.bytes, arrived, *now);
                let (Some(incoming), Some((other, relayed))) = (incoming, &mut other) else { continue };
                if let Some(transmit) = bridge::pass_on(&incoming, &mut other.leg, *relayed, &mut out[..]) {
                    other.transmit_rtp(transmit, &out[..], sent, send_failures);
                }
            }
            if !bench.inbox.is_full() {
                break;
            }
        }
        self.follow_source();
        self.tell();
    }

    /// The first half of a period: 20 ms are taken out of the jitter buffer and given to whoever listens.
    pub(crate) fn hear(&mut self, bench: &mut Bench) {
        self.leg.hear(bench.now);
        if let (Some((order, samples, voiced)), Some(listener)) = (self.leg.heard(), &self.listener) {
            let frame = HeardFrame { leg: self.leg.id(), order, samples: *samples, voiced };
            if !listener.hear(&frame) {
                self.heard_dropped += 1;
                bench.heard_dropped += 1;
            }
        }
    }

    /// The second half: the next packet is sent, and the period is recorded.
    pub(crate) fn speak(&mut self, other: Other<'_>, bench: &mut Bench) {
        if let Some(transmit) = self.leg.speak(other, &mut bench.out[..]) {
            self.transmit_rtp(transmit, &bench.out[..], &mut bench.sent, &mut bench.send_failures);
        }
        let (said, heard) =
            if self.track_muted { (&SILENCE, &SILENCE) } else { (self.leg.sound_in(), self.leg.sound_out()) };
        if let Some(track) = &mut self.track
            && !track.push(said, heard)
        {
            self.track = None;
            self.leg.set_recorded(false);
        }
        self.reports(bench);
        self.tell();
    }

    /// Ends the leg: closes its orders, says goodbye, and frees its ports.
    pub(crate) fn end(mut self, bench: &mut Bench) {
        if let Some(transmit) = self.leg.end(bench.now, &mut bench.out[..]) {
            self.transmit_report(transmit, bench);
        }
        self.tell();
        let mut stats = self.leg.stats();
        stats.heard_dropped = self.heard_dropped;
        let Self { leg, sink, sockets, track, .. } = self;
        drop(sockets);
        drop(track);
        sink.closed(leg.id(), stats);
    }

    /// Closes an order that cannot be carried out.
    pub(crate) fn fail(&self, order: OrderId, why: SoundFailure) {
        self.sink.fact(SoundFact::Failed { order, why });
    }

    /// Hands the leg's facts to its sink.
    pub(crate) fn tell(&mut self) {
        while let Some(fact) = self.leg.poll_fact() {
            self.sink.fact(fact);
        }
        if self.listener.is_some() && !self.leg.is_listening() {
            self.listener = None;
        }
    }

    /// Connects the socket to the peer once nobody else can become it; opens it again when a new answer says so.
    pub(crate) fn follow_source(&mut self) {
        let settled = self.leg.settled_source();
        if settled == self.connected {
            return;
        }
        let followed = match settled {
            Some(source) => self.sockets.rtp.connect(fit(source, self.is_v6)),
            None => crate::sys::disconnect(&self.sockets.rtp),
        };
        match followed {
            Ok(()) => self.connected = settled,
            // Sending by address goes on; the leg itself refuses strangers.
            Err(error) => tracing::debug!(leg = %self.leg.id(), %error, "RTP socket not connected"),
        }
    }

    fn reports(&mut self, bench: &mut Bench) {
        if self.until_reports > 0 {
            self.until_reports -= 1;
            return;
        }
        self.until_reports = REPORT_PERIODS - 1;
        while bench.inbox.receive(&self.sockets.rtcp) {
            for datagram in bench.inbox.datagrams() {
                bench.received += 1;
                let arrived = Bench::arrival(bench.now, bench.unix, &datagram);
                self.leg.handle_report(datagram.from, datagram.bytes, arrived);
            }
            if !bench.inbox.is_full() {
                break;
            }
        }
        if let Some(transmit) = self.leg.report(bench.now, &mut bench.out[..]) {
            self.transmit_report(transmit, bench);
        }
    }

    fn transmit_rtp(&self, transmit: Transmit, out: &[u8], sent: &mut u64, failures: &mut u64) {
        let bytes = &out[..transmit.length];
        let to = (self.connected != Some(transmit.to)).then_some(transmit.to);
        if send(&self.sockets.rtp, bytes, to, self.is_v6) { *sent += 1 } else { *failures += 1 }
    }

    fn transmit_report(&self, transmit: Transmit, bench: &mut Bench) {
        let shared = self.leg.agreement().is_some_and(|agreement| agreement.rtcp_mux);
        if shared {
            self.transmit_rtp(transmit, &bench.out[..], &mut bench.sent, &mut bench.send_failures);
        } else if send(&self.sockets.rtcp, &bench.out[..transmit.length], Some(transmit.to), self.is_v6) {
            bench.sent += 1;
        } else {
            bench.send_failures += 1;
        }
    }
}

/// Sends a datagram; an earlier one that was refused (ECONNREFUSED) is told by the next call, which is repeated once.
fn send(socket: &UdpSocket, bytes: &[u8], to: Option<SocketAddr>, is_v6: bool) -> bool {
    let once = || match to {
        Some(to) => socket.send_to(bytes, fit(to, is_v6)),
        None => socket.send(bytes),
    };
    match once() {
        Ok(_) => true,
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => once().is_ok(),
        Err(_) => false,
    }
}

/// An IPv4 address as a socket of IPv6 wants it.
fn fit(address: SocketAddr, is_v6: bool) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(v4) if is_v6 => SocketAddr::new(v4.to_ipv6_mapped().into(), address.port()),
        IpAddr::V4(_) | IpAddr::V6(_) => address,
    }
}
