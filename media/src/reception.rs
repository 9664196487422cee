//! What a receiver counts of one stream: order, losses and jitter (RFC 3550 A.1, A.3, A.8).

use crate::rtp::RtpPacket;

/// A step forward of the sequence number beyond which it is a new count, not a loss.
const MAX_DROPOUT: i32 = 3_000;
/// How far behind the newest a packet may be and still count as reordered.
const WINDOW: i32 = 64;

/// How a packet stands to those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// The first of a new stream: a new source, or a sender that began to count anew.
    NewStream,
    /// The newest so far.
    Newest,
    /// Behind the newest, and not seen before.
    Reordered,
    /// Seen before, or so old that it may have been.
    Duplicate,
    /// So far off that it is believed only if the next one follows it.
    Doubtful,
}

/// The receiver's count of one stream.
#[derive(Debug, Clone, Default)]
pub struct Reception {
    ssrc: Option<u32>,
    /// The first and the newest sequence number, without wrapping.
    first: u64,
    newest: u64,
    /// Bit n: the packet n behind the newest has come.
    seen: u64,
    received: u64,
    doubtful_next: Option<u16>,
    /// Of streams before this one.
    earlier: Totals,
    duplicates: u64,
    last_transit: Option<i32>,
    /// In sixteenths of a sample.
    jitter: u32,
    expected_before: u64,
    received_before: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Totals {
    received: u64,
    lost: u64,
}

impl Reception {
    /// Takes a packet that came at `arrived`, in samples of 8 kHz on any clock.
    pub fn push(&mut self, packet: &RtpPacket<'_>, arrived: u32) -> Arrival {
        let arrival = self.place(packet);
        if matches!(arrival, Arrival::NewStream) {
            self.last_transit = None;
        }
        if matches!(arrival, Arrival::NewStream | Arrival::Newest) {
            self.measure(packet.timestamp, arrived);
        }
        arrival
    }

    /// The source whose packets are counted.
    pub fn ssrc(&self) -> Option<u32> {
        self.ssrc
    }

    /// Packets received, duplicates apart.
    pub fn received(&self) -> u64 {
        self.earlier.received + self.received
    }

    /// Packets that did not come.
    pub fn lost(&self) -> u64 {
        self.earlier.lost + self.lost_here()
    }

    /// Packets that came twice.
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// The mean deviation of the travelling time, in samples.
    pub fn jitter(&self) -> u32 {
        self.jitter >> 4
    }

    /// The newest sequence number with its wraps above it, as reports carry it.
    pub fn extended_highest(&self) -> u32 {
        (self.newest & 0xffff_ffff) as u32
    }

    /// Packets of the present stream that did not come.
    pub fn lost_here(&self) -> u64 {
        self.expected().saturating_sub(self.received)
    }

    /// The share lost since the last call, in 256ths (RFC 3550 6.4.1).
    pub fn take_fraction_lost(&mut self) -> u8 {
        let expected = self.expected() - self.expected_before.min(self.expected());
        let received = self.received - self.received_before.min(self.received);
        (self.expected_before, self.received_before) = (self.expected(), self.received);
        let lost = expected.saturating_sub(received);
        (lost << 8).checked_div(expected).unwrap_or(0).min(255) as u8
    }

    fn expected(&self) -> u64 {
        if self.ssrc.is_some() { self.newest - self.first + 1 } else { 0 }
    }

    fn place(&mut self, packet: &RtpPacket<'_>) -> Arrival {
        if self.ssrc != Some(packet.ssrc) {
            return self.begin(packet);
        }
        let step = i32::from(packet.sequence.wrapping_sub(self.newest as u16) as i16);
        match step {
            1..=MAX_DROPOUT => {
                self.newest += step as u64;
                self.seen = self.seen.checked_shl(step as u32).unwrap_or(0) | 1;
            }
            0 => return self.duplicate(),
            _ if step > -WINDOW && step < 0 => {
                let bit = 1 << -step;
                if self.seen & bit != 0 || self.newest - self.first < (-step) as u64 {
                    return self.duplicate();
                }
                self.seen |= bit;
                self.received += 1;
                return Arrival::Reordered;
            }
            _ if self.doubtful_next == Some(packet.sequence) => return self.begin(packet),
            _ => {
                self.doubtful_next = Some(packet.sequence.wrapping_add(1));
                return Arrival::Doubtful;
            }
        }
        self.doubtful_next = None;
        self.received += 1;
        Arrival::Newest
    }

    fn begin(&mut self, packet: &RtpPacket<'_>) -> Arrival {
        self.earlier = Totals { received: self.received(), lost: self.lost() };
        self.ssrc = Some(packet.ssrc);
        self.first = u64::from(packet.sequence);
        self.newest = self.first;
        self.seen = 1;
        self.received = 1;
        self.doubtful_next = None;
        (self.expected_before, self.received_before) = (0, 0);
        Arrival::NewStream
    }

    fn duplicate(&mut self) -> Arrival {
        self.duplicates += 1;
        Arrival::Duplicate
    }

    fn measure(&mut self, timestamp: u32, arrived: u32) {
        let transit = arrived.wrapping_sub(timestamp) as i32;
        if let Some(last) = self.last_transit {
            // A step of more than a second is the sender's clock, not the network.
            let deviation = transit.wrapping_sub(last).unsigned_abs().min(8_000);
            self.jitter = (self.jitter + deviation).saturating_sub((self.jitter + 8) >> 4);
        }
        self.last_transit = Some(transit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(sequence: u16, ssrc: u32) -> RtpPacket<'static> {
        RtpPacket { marker: false, payload_type: 0, sequence, timestamp: u32::from(sequence) * 160, ssrc, payload: &[] }
    }

    fn push(reception: &mut Reception, sequence: u16) -> Arrival {
        reception.push(&packet(sequence, 7), u32::from(sequence) * 160)
    }

    #[test]
    fn losses_are_counted_across_the_wrap_of_the_sequence_number() {
        let mut reception = Reception::default();
        for sequence in [65_533, 65_534, 1, 2] {
            push(&mut reception, sequence);
        }
        assert_eq!((reception.received(), reception.lost()), (4, 2));
        assert_eq!(reception.extended_highest(), 0x1_0002);
        assert_eq!(reception.take_fraction_lost(), (2 * 256 / 6) as u8);
        assert_eq!(reception.take_fraction_lost(), 0);
    }

    #[test]
    fn a_late_packet_is_no_loss_and_a_second_copy_no_packet() {
        let mut reception = Reception::default();
        let arrivals = [10, 12, 11, 11, 12, 13].map(|sequence| push(&mut reception, sequence));
        use Arrival::*;
        assert_eq!(arrivals, [NewStream, Newest, Reordered, Duplicate, Duplicate, Newest]);
        assert_eq!((reception.received(), reception.lost(), reception.duplicates()), (4, 0, 2));
    }

    #[test]
    fn a_far_jump_is_believed_only_when_it_goes_on() {
        let mut reception = Reception::default();
        let arrivals = [1, 30_000, 2, 40_000, 40_001, 40_002].map(|sequence| push(&mut reception, sequence));
        use Arrival::*;
        assert_eq!(arrivals, [NewStream, Doubtful, Newest, Doubtful, NewStream, Newest]);
        assert_eq!((reception.received(), reception.lost()), (4, 0));
    }

    #[test]
    fn a_new_source_keeps_the_totals() {
        let mut reception = Reception::default();
        push(&mut reception, 1);
        push(&mut reception, 3);
        assert_eq!(reception.push(&packet(900, 8), 0), Arrival::NewStream);
        assert_eq!((reception.received(), reception.lost(), reception.ssrc()), (3, 1, Some(8)));
    }

    #[test]
    fn jitter_is_the_smoothed_deviation() {
        let mut reception = Reception::default();
        for sequence in 0..1_000u16 {
            let off = if sequence % 2 == 0 { 0 } else { 80 };
            reception.push(&packet(sequence, 7), u32::from(sequence) * 160 + off);
        }
        assert!((75..=80).contains(&reception.jitter()), "{}", reception.jitter());
    }
}
