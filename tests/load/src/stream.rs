//! What comes in on one leg: lost, doubled and reordered packets, and how far each is off the 20 ms grid.

use crate::sys::{MS, Nanos};

/// What an RTP packet says of itself.
#[derive(Debug, Clone, Copy)]
pub struct Header {
    /// The payload type.
    pub kind: u8,
    /// The sequence number.
    pub sequence: u16,
    /// The time stamp, in samples.
    pub stamp: u32,
}

/// Reads a packet; its payload begins behind twelve bytes, since the server has no reason to send contributors.
pub fn parse(packet: &[u8]) -> Option<(Header, &[u8])> {
    let (head, payload) = packet.split_first_chunk::<12>()?;
    let [first, kind, s0, s1, t0, t1, t2, t3, ..] = *head;
    (first == 0x80).then_some((
        Header {
            kind: kind & 0x7f,
            sequence: u16::from_be_bytes([s0, s1]),
            stamp: u32::from_be_bytes([t0, t1, t2, t3]),
        },
        payload,
    ))
}

/// Writes the head of a packet.
pub fn write_header(packet: &mut [u8; 12], kind: u8, marker: bool, sequence: u16, stamp: u32, source: u32) {
    packet[0] = 0x80;
    packet[1] = kind | if marker { 0x80 } else { 0 };
    packet[2..4].copy_from_slice(&sequence.to_be_bytes());
    packet[4..8].copy_from_slice(&stamp.to_be_bytes());
    packet[8..12].copy_from_slice(&source.to_be_bytes());
}

/// Counts of one or many streams.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Packets that came.
    pub received: u64,
    /// Packets that never came.
    pub lost: u64,
    /// Packets that came again.
    pub doubled: u64,
    /// Packets that came after a later one.
    pub reordered: u64,
}

impl Counts {
    /// Adds another stream's.
    pub fn add(&mut self, other: Self) {
        self.received += other.received;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.reordered += other.reordered;
    }
}

/// One stream.
#[derive(Debug, Default)]
pub struct Stream {
    first: Option<First>,
    /// Which of the last 64 numbers have come, the highest in the lowest bit.
    seen: u64,
    highest: i64,
    received: u64,
    doubled: u64,
    reordered: u64,
    /// When each packet came, and how far that was from the first packet's grid, in microseconds.
    arrivals: Vec<(Nanos, i32)>,
    keep: bool,
}

#[derive(Debug, Clone, Copy)]
struct First {
    at: Nanos,
    sequence: u16,
    stamp: u32,
}

impl Stream {
    /// A stream; `keep` remembers every arrival.
    pub fn new(keep: bool) -> Self {
        Self { keep, ..Self::default() }
    }

    /// Begins again, so that what was before does not count.
    pub fn forget(&mut self) {
        *self = Self::new(self.keep);
    }

    /// Takes a packet that came at a moment.
    pub fn take(&mut self, header: Header, at: Nanos) {
        let first = *self.first.get_or_insert(First { at, sequence: header.sequence, stamp: header.stamp });
        self.number(header.sequence.wrapping_sub(first.sequence));
        if self.keep {
            let due = i64::from(header.stamp.wrapping_sub(first.stamp).cast_signed()) * 125;
            let off = (at.cast_signed() - first.at.cast_signed()) / 1000 - due;
            self.arrivals.push((at, off as i32));
        }
    }

    /// Counts a packet by its distance from the first one's number.
    fn number(&mut self, from_first: u16) {
        if self.received == 0 {
            (self.highest, self.seen, self.received) = (0, 1, 1);
            return;
        }
        let forward = i64::from(from_first.wrapping_sub(self.highest as u16).cast_signed());
        if forward > 0 {
            self.seen = if forward < 64 { self.seen << forward | 1 } else { 1 };
            self.highest += forward;
            self.received += 1;
        } else if -forward < 64 && self.seen >> -forward & 1 == 1 {
            self.doubled += 1;
        } else {
            if -forward < 64 {
                self.seen |= 1 << -forward;
            }
            self.reordered += 1;
            self.received += 1;
        }
    }

    /// The counts.
    pub fn counts(&self) -> Counts {
        let due = if self.received == 0 { 0 } else { self.highest.unsigned_abs() + 1 };
        Counts {
            received: self.received,
            lost: due.saturating_sub(self.received),
            doubled: self.doubled,
            reordered: self.reordered,
        }
    }

    /// When each packet came and how far that was off the grid, in milliseconds. The grid's origin is the middle of all
    /// arrivals, so that a late first packet does not shift it.
    pub fn off_grid(&self) -> impl Iterator<Item = (Nanos, f64)> {
        let mut offs: Vec<i32> = self.arrivals.iter().map(|(_, off)| *off).collect();
        let middle = offs.len() / 2;
        let origin = if offs.is_empty() { 0 } else { *offs.select_nth_unstable(middle).1 };
        self.arrivals.iter().map(move |(at, off)| (*at, f64::from((off - origin).abs()) * 1000.0 / MS as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(stream: &mut Stream, numbers: &[u16]) {
        for number in numbers {
            stream.take(Header { kind: 0, sequence: *number, stamp: 0 }, 0);
        }
    }

    #[test]
    fn lost_doubled_and_reordered_packets_are_counted_across_the_wrap() {
        let mut stream = Stream::new(false);
        take(&mut stream, &[65_533, 65_534, 0, 65_535, 0, 3]);
        assert_eq!(stream.counts(), Counts { received: 5, lost: 2, doubled: 1, reordered: 1 });
    }

    #[test]
    fn only_the_late_packet_is_off_the_grid() {
        let mut stream = Stream::new(true);
        for (n, late) in [3, 0, 0, 7, 0].into_iter().enumerate() {
            let at = (n as u64 * 20 + late) * MS;
            stream.take(Header { kind: 0, sequence: n as u16, stamp: n as u32 * 160 }, at);
        }
        let off: Vec<f64> = stream.off_grid().map(|(_, off)| off).collect();
        assert_eq!(off, [3.0, 0.0, 0.0, 7.0, 0.0]);
    }
}
