//! The stream that a leg sends: numbers, times, and the packets themselves.

use audio::FRAME;

use crate::rtcp::Sent;
use crate::rtp::RtpPacket;

/// Samples of one period.
const PERIOD: u32 = FRAME as u32;
/// A step of the relayed sequence number beyond which it is mapped anew.
const RELAY_STEP: i16 = 100;

/// The sender of one leg.
#[derive(Debug, Clone)]
pub(super) struct Mouth {
    pub(super) ssrc: u32,
    sequence: u16,
    /// The RTP time of the next frame.
    clock: u32,
    /// The next packet begins a spurt of sound.
    marker: bool,
    relay: Option<Relay>,
    packets: u64,
    octets: u64,
    /// Periods since the last relayed packet.
    quiet: u32,
}

/// How a relayed stream's numbers become ours.
#[derive(Debug, Clone, Copy)]
struct Relay {
    ssrc: u32,
    sequence_offset: u16,
    time_offset: u32,
    /// The newest number that was relayed, as it came.
    newest: u16,
    /// How far the newest is from the first, up to where it no longer matters.
    span: u16,
}

impl Mouth {
    pub(super) fn new(ssrc: u32, sequence: u16, clock: u32) -> Self {
        Self { ssrc, sequence, clock, marker: true, relay: None, packets: 0, octets: 0, quiet: 0 }
    }

    /// A period begins in which this side speaks for itself.
    pub(super) fn tick(&mut self) {
        self.quiet = self.quiet.saturating_add(1);
    }

    /// Periods since the last relayed packet.
    pub(super) fn quiet_periods(&self) -> u32 {
        self.quiet
    }

    /// The relayed stream has stopped for this many periods: our own goes on at the time that it is.
    pub(super) fn take_over(&mut self, periods: u32) {
        if self.relay.take().is_some() {
            self.clock = self.clock.wrapping_add(PERIOD * periods);
            self.marker = true;
        }
    }

    /// Writes a frame of sound; its time is the clock's, which moves on.
    pub(super) fn sound(&mut self, payload_type: u8, payload: &[u8; FRAME], out: &mut [u8]) -> Option<usize> {
        let marker = std::mem::take(&mut self.marker);
        let timestamp = self.clock;
        self.clock = self.clock.wrapping_add(PERIOD);
        self.write(marker, payload_type, timestamp, payload, out)
    }

    /// Writes a key event that began `age` samples ago; the clock moves on as for sound.
    pub(super) fn event(
        &mut self,
        payload_type: u8,
        payload: &[u8],
        marker: bool,
        age: u32,
        out: &mut [u8],
    ) -> Option<usize> {
        let timestamp = self.clock.wrapping_sub(age);
        self.clock = self.clock.wrapping_add(PERIOD);
        self.write(marker, payload_type, timestamp, payload, out)
    }

    /// A period in which nothing is sent: time goes on, and the next packet begins a spurt.
    pub(super) fn skip(&mut self) {
        self.clock = self.clock.wrapping_add(PERIOD);
        self.marker = true;
        self.relay = None;
    }

    /// Writes the other leg's packet as one of ours: its order, gaps and times are kept.
    pub(super) fn relay(&mut self, packet: &RtpPacket<'_>, payload_type: u8, out: &mut [u8]) -> Option<usize> {
        let mut marker = packet.marker;
        let known = self.relay.filter(|relay| {
            relay.ssrc == packet.ssrc
                && (packet.sequence.wrapping_sub(relay.newest) as i16).unsigned_abs() < RELAY_STEP as u16
        });
        let mut relay = known.unwrap_or_else(|| {
            marker |= std::mem::take(&mut self.marker);
            Relay {
                ssrc: packet.ssrc,
                sequence_offset: self.sequence.wrapping_sub(packet.sequence),
                time_offset: self.clock.wrapping_sub(packet.timestamp),
                newest: packet.sequence,
                span: 0,
            }
        });
        let step = packet.sequence.wrapping_sub(relay.newest) as i16;
        if step > 0 {
            relay.newest = packet.sequence;
            relay.span = relay.span.saturating_add(step as u16);
        } else if step.unsigned_abs() > relay.span {
            // It belongs before the first relayed one, where our own packets have the numbers.
            return None;
        }
        self.relay = Some(relay);
        let sequence = packet.sequence.wrapping_add(relay.sequence_offset);
        let timestamp = packet.timestamp.wrapping_add(relay.time_offset);
        if sequence.wrapping_sub(self.sequence) as i16 >= 0 {
            self.sequence = sequence.wrapping_add(1);
        }
        let end = timestamp.wrapping_add(packet.payload.len() as u32);
        if end.wrapping_sub(self.clock) as i32 > 0 {
            self.clock = end;
        }
        self.quiet = 0;
        self.count(packet.payload.len());
        RtpPacket { marker, payload_type, sequence, timestamp, ssrc: self.ssrc, payload: packet.payload }.write(out)
    }

    pub(super) fn sent(&self) -> Sent {
        Sent { packets: self.packets, octets: self.octets, timestamp: self.clock }
    }

    fn write(
        &mut self,
        marker: bool,
        payload_type: u8,
        timestamp: u32,
        payload: &[u8],
        out: &mut [u8],
    ) -> Option<usize> {
        self.relay = None;
        let sequence = self.sequence;
        self.sequence = sequence.wrapping_add(1);
        self.count(payload.len());
        RtpPacket { marker, payload_type, sequence, timestamp, ssrc: self.ssrc, payload }.write(out)
    }

    fn count(&mut self, octets: usize) {
        self.packets += 1;
        self.octets += octets as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incoming(sequence: u16, timestamp: u32) -> RtpPacket<'static> {
        RtpPacket { marker: false, payload_type: 8, sequence, timestamp, ssrc: 9, payload: &[0; FRAME] }
    }

    fn numbers(length: Option<usize>, out: &[u8]) -> (u16, u32, bool) {
        let packet = RtpPacket::parse(&out[..length.unwrap()]).unwrap();
        assert_eq!(packet.ssrc, 1);
        (packet.sequence, packet.timestamp, packet.marker)
    }

    #[test]
    fn a_relayed_stream_continues_ours_and_keeps_its_gaps() {
        let mut mouth = Mouth::new(1, 65_535, 1_000);
        let mut out = [0; 200];
        let length = mouth.sound(0, &[0; FRAME], &mut out);
        assert_eq!(numbers(length, &out), (65_535, 1_000, true));
        let sent: Vec<(u16, u32, bool)> = [(500, 8_000), (501, 8_160), (503, 8_480), (502, 8_320)]
            .map(|(sequence, time)| numbers(mouth.relay(&incoming(sequence, time), 8, &mut out), &out))
            .to_vec();
        assert_eq!(sent, [(0, 1_160, false), (1, 1_320, false), (3, 1_640, false), (2, 1_480, false)]);
        let length = mouth.sound(0, &[0; FRAME], &mut out);
        assert_eq!(numbers(length, &out), (4, 1_800, false));
    }

    #[test]
    fn what_comes_late_from_before_the_relay_is_not_sent() {
        let mut mouth = Mouth::new(1, 10, 0);
        let mut out = [0; 200];
        assert!(mouth.relay(&incoming(500, 8_000), 8, &mut out).is_some());
        assert!(mouth.relay(&incoming(499, 7_840), 8, &mut out).is_none());
    }

    #[test]
    fn a_jump_of_the_relayed_stream_is_no_jump_of_ours() {
        let mut mouth = Mouth::new(1, 10, 0);
        let mut out = [0; 200];
        mouth.relay(&incoming(500, 8_000), 8, &mut out);
        let length = mouth.relay(&incoming(9_000, 70_000), 8, &mut out);
        assert_eq!(numbers(length, &out).0, 11);
        assert_eq!(numbers(length, &out).1, 160);
    }
}
