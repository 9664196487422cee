//! Sender and receiver reports of one leg (RFC 3550 6), on `rtc-rtcp`.

use std::time::{Duration, Instant};

use bytes::Bytes;
use rtc_rtcp::goodbye::Goodbye;
use rtc_rtcp::packet::{Packet, marshal, unmarshal};
use rtc_rtcp::receiver_report::ReceiverReport;
use rtc_rtcp::reception_report::ReceptionReport;
use rtc_rtcp::sender_report::SenderReport;
use rtc_rtcp::source_description::{SdesType, SourceDescription, SourceDescriptionChunk, SourceDescriptionItem};

use crate::reception::Reception;

/// The mean time between reports of a session of two (RFC 3550 6.2).
const INTERVAL: Duration = Duration::from_secs(5);
/// Seconds from 1900, where NTP begins, to 1970.
const NTP_EPOCH: u64 = 2_208_988_800;
/// The longest round trip that is believed.
const LONGEST_TRIP: Duration = Duration::from_secs(10);
/// Losses do not fit in more bits of a report (RFC 3550 6.4.1, signed 24 bits).
const MOST_LOST: u64 = 0x7f_ffff;

/// What the wall clock said at an instant.
#[derive(Debug, Clone, Copy)]
pub struct WallAnchor {
    /// The instant.
    pub at: Instant,
    /// Time since 1970 at that instant.
    pub unix: Duration,
}

impl WallAnchor {
    /// The 64-bit NTP time: seconds since 1900 and their fraction.
    fn ntp(&self, now: Instant) -> u64 {
        let unix = self.unix + now.saturating_duration_since(self.at);
        let fraction = (u64::from(unix.subsec_nanos()) << 32) / 1_000_000_000;
        (unix.as_secs() + NTP_EPOCH) << 32 | fraction
    }
}

/// What a leg has sent, as its sender reports tell it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sent {
    /// Packets.
    pub packets: u64,
    /// Bytes of their payloads.
    pub octets: u64,
    /// The RTP time of now.
    pub timestamp: u32,
}

/// The reports of one leg.
#[derive(Debug, Clone)]
pub struct Reports {
    ssrc: u32,
    cname: Bytes,
    wall: WallAnchor,
    chance: u64,
    due: Instant,
    reported_packets: u64,
    /// The middle 32 bits of the last sender report's NTP time, and when it came.
    last_sender_report: Option<(u32, Instant)>,
    peer: PeerView,
}

/// What the peer's reports say of our stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PeerView {
    /// Lost since its last report, in 256ths.
    pub fraction_lost: u8,
    /// Lost in total.
    pub lost: u32,
    /// The last measured round trip.
    pub round_trip: Option<Duration>,
}

impl Reports {
    /// Begins; the first report is sent after about half an interval.
    pub fn new(ssrc: u32, cname: &str, wall: WallAnchor, seed: u64, now: Instant) -> Self {
        let cname = Bytes::copy_from_slice(cname.as_bytes());
        let mut reports = Self {
            ssrc,
            cname,
            wall,
            chance: seed | 1,
            due: now,
            reported_packets: 0,
            last_sender_report: None,
            peer: PeerView::default(),
        };
        reports.due = now + reports.interval() / 2;
        reports
    }

    /// Whether a report is due.
    pub fn is_due(&self, now: Instant) -> bool {
        now >= self.due
    }

    /// What the peer said of our stream.
    pub fn peer(&self) -> PeerView {
        self.peer
    }

    /// Writes the report that is due (or the last one, with a BYE); gives back its length, `None` where it does not fit.
    pub fn write(
        &mut self,
        sent: Sent,
        reception: &mut Reception,
        leaving: bool,
        now: Instant,
        out: &mut [u8],
    ) -> Option<usize> {
        self.due = now + self.interval();
        let reports = self.reception_report(reception, now).into_iter().collect();
        let mut packets: Vec<Box<dyn Packet>> = Vec::with_capacity(3);
        if sent.packets > self.reported_packets {
            packets.push(Box::new(SenderReport {
                ssrc: self.ssrc,
                ntp_time: self.wall.ntp(now),
                rtp_time: sent.timestamp,
                packet_count: sent.packets as u32,
                octet_count: sent.octets as u32,
                reports,
                profile_extensions: Bytes::new(),
            }));
        } else {
            packets.push(Box::new(ReceiverReport { ssrc: self.ssrc, reports, profile_extensions: Bytes::new() }));
        }
        self.reported_packets = sent.packets;
        packets.push(Box::new(self.description()));
        if leaving {
            packets.push(Box::new(Goodbye { sources: vec![self.ssrc], reason: Bytes::new() }));
        }
        let written = marshal(&packets).ok()?;
        out.get_mut(..written.len())?.copy_from_slice(&written);
        Some(written.len())
    }

    /// Takes the peer's reports; what cannot be read is passed over.
    pub fn read(&mut self, bytes: &[u8], arrived: Instant) {
        let Ok(packets) = unmarshal(&mut &bytes[..]) else { return };
        for packet in &packets {
            if let Some(report) = packet.as_any().downcast_ref::<SenderReport>() {
                self.last_sender_report = Some(((report.ntp_time >> 16) as u32, arrived));
                self.read_reports(&report.reports, arrived);
            } else if let Some(report) = packet.as_any().downcast_ref::<ReceiverReport>() {
                self.read_reports(&report.reports, arrived);
            }
        }
    }

    fn read_reports(&mut self, reports: &[ReceptionReport], arrived: Instant) {
        let Some(report) = reports.iter().find(|report| report.ssrc == self.ssrc) else { return };
        self.peer.fraction_lost = report.fraction_lost;
        self.peer.lost = report.total_lost;
        if report.last_sender_report == 0 {
            return;
        }
        let now = (self.wall.ntp(arrived) >> 16) as u32;
        let trip = now.wrapping_sub(report.delay).wrapping_sub(report.last_sender_report);
        let trip = Duration::from_nanos((u64::from(trip) * 1_000_000_000) >> 16);
        if trip < LONGEST_TRIP {
            self.peer.round_trip = Some(trip);
        }
    }

    fn reception_report(&self, reception: &mut Reception, now: Instant) -> Option<ReceptionReport> {
        let (last_sender_report, delay) = match self.last_sender_report {
            Some((middle, came)) => {
                let since = now.saturating_duration_since(came);
                (middle, ((since.as_nanos() << 16) / 1_000_000_000) as u32)
            }
            None => (0, 0),
        };
        Some(ReceptionReport {
            ssrc: reception.ssrc()?,
            fraction_lost: reception.take_fraction_lost(),
            total_lost: reception.lost_here().min(MOST_LOST) as u32,
            last_sequence_number: reception.extended_highest(),
            jitter: reception.jitter(),
            last_sender_report,
            delay,
        })
    }

    fn description(&self) -> SourceDescription {
        let name = SourceDescriptionItem { sdes_type: SdesType::SdesCname, text: self.cname.clone() };
        SourceDescription { chunks: vec![SourceDescriptionChunk { source: self.ssrc, items: vec![name] }] }
    }

    /// Half to one and a half of the mean interval (RFC 3550 6.3.1), so that reports do not fall into step.
    fn interval(&mut self) -> Duration {
        self.chance = xorshift(self.chance);
        INTERVAL / 2 + INTERVAL.mul_f64((self.chance >> 11) as f64 / (1u64 << 53) as f64)
    }
}

/// The next of a row of numbers without pattern; never 0 for a start other than 0.
pub(crate) fn xorshift(mut x: u64) -> u64 {
    x ^= x << 13;
    x ^= x >> 7;
    x ^ x << 17
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a base instant; time is virtual from there")]
mod tests {
    use super::*;
    use crate::rtp::{RtpPacket, is_rtcp};

    fn reports(ssrc: u32, now: Instant) -> Reports {
        let wall = WallAnchor { at: now, unix: Duration::from_millis(1_764_000_000_250) };
        Reports::new(ssrc, "a@callwright", wall, 77, now)
    }

    fn heard(ssrc: u32) -> Reception {
        let mut reception = Reception::default();
        for sequence in [1u16, 2, 4] {
            let timestamp = u32::from(sequence) * 160;
            let packet = RtpPacket { marker: false, payload_type: 0, sequence, timestamp, ssrc, payload: &[] };
            reception.push(&packet, timestamp);
        }
        reception
    }

    #[test]
    fn two_sides_learn_losses_and_the_round_trip_from_each_other() {
        let start = Instant::now();
        let (mut a, mut b) = (reports(1, start), reports(2, start));
        let (mut a_hears, mut b_hears) = (heard(2), heard(1));
        let sent = Sent { packets: 4, octets: 640, timestamp: 800 };
        let mut out = [0; 256];
        let length = a.write(sent, &mut a_hears, false, start, &mut out).unwrap();
        assert!(is_rtcp(&out[..length]));
        b.read(&out[..length], start + Duration::from_millis(30));
        let length = b.write(sent, &mut b_hears, false, start + Duration::from_millis(530), &mut out).unwrap();
        a.read(&out[..length], start + Duration::from_millis(560));
        assert_eq!(a.peer().lost, 1);
        assert_eq!(a.peer().fraction_lost, 64);
        let trip = a.peer().round_trip.unwrap().as_micros();
        assert!((59_900..=60_100).contains(&trip), "{trip}");
    }

    #[test]
    fn who_has_sent_nothing_new_reports_as_receiver_and_leaves_with_a_bye() {
        let start = Instant::now();
        let mut reports = reports(1, start);
        let mut out = [0; 256];
        let length = reports.write(Sent::default(), &mut heard(2), true, start, &mut out).unwrap();
        let packets = unmarshal(&mut &out[..length]).unwrap();
        assert!(packets[0].as_any().is::<ReceiverReport>());
        assert!(packets[1].as_any().is::<SourceDescription>());
        assert_eq!(packets[2].as_any().downcast_ref::<Goodbye>().unwrap().sources, [1]);
    }

    #[test]
    fn reports_are_due_after_half_to_one_and_a_half_intervals() {
        let start = Instant::now();
        let mut reports = reports(1, start);
        for _ in 0..100 {
            reports.write(Sent::default(), &mut Reception::default(), false, start, &mut [0; 256]);
            assert!(!reports.is_due(start + INTERVAL / 2 - Duration::from_millis(1)));
            assert!(reports.is_due(start + INTERVAL * 3 / 2));
        }
    }

    proptest::proptest! {
        #[test]
        fn rubbish_is_passed_over(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200), kind in 200u8..208) {
            let start = Instant::now();
            let mut bytes = bytes;
            if bytes.len() > 2 { bytes[0] = bytes[0] & 0x3f | 0x80; bytes[1] = kind; }
            reports(1, start).read(&bytes, start);
        }
    }
}
