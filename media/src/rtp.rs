//! The header of RTP packets (RFC 3550 5.1).
//!
//! Nearly every packet of a telephone has the bare 12-byte header, which is read here without allocating. Packets with
//! contributing sources or extensions go through `rtc-rtp`, which is also what the tests compare with.

use rtc_rtp::header::Header;
use rtc_shared::marshal::Unmarshal;

/// Bytes of the header without contributing sources and extensions.
pub const HEADER: usize = 12;

/// A received packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RtpPacket<'a> {
    /// For sound: the first packet after a pause. For telephone events: the first of an event.
    pub marker: bool,
    /// The payload type, 0 to 127.
    pub payload_type: u8,
    /// The sequence number.
    pub sequence: u16,
    /// The time of the first sample, in samples.
    pub timestamp: u32,
    /// Who sends.
    pub ssrc: u32,
    /// The payload without padding.
    pub payload: &'a [u8],
}

impl<'a> RtpPacket<'a> {
    /// Reads a packet; `None` for what is no RTP of version 2.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        if bytes.len() < HEADER || bytes[0] >> 6 != 2 {
            return None;
        }
        let word = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let payload = if bytes[0] == 0x80 { &bytes[HEADER..] } else { payload_behind_long_header(bytes)? };
        Some(Self {
            marker: bytes[1] & 0x80 != 0,
            payload_type: bytes[1] & 0x7f,
            sequence: u16::from_be_bytes([bytes[2], bytes[3]]),
            timestamp: word(4),
            ssrc: word(8),
            payload,
        })
    }

    /// Writes the packet with a bare header; gives back its length, or `None` where it does not fit.
    pub fn write(&self, out: &mut [u8]) -> Option<usize> {
        let length = HEADER + self.payload.len();
        let out = out.get_mut(..length)?;
        out[0] = 0x80;
        out[1] = u8::from(self.marker) << 7 | (self.payload_type & 0x7f);
        out[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        out[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        out[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
        out[HEADER..].copy_from_slice(self.payload);
        Some(length)
    }
}

/// Whether a datagram on a shared port is RTCP (RFC 5761 4: packet types 192 to 223).
pub fn is_rtcp(bytes: &[u8]) -> bool {
    bytes.len() >= 8 && bytes[0] >> 6 == 2 && (192..=223).contains(&bytes[1])
}

/// The payload of a packet with contributing sources, an extension or padding.
fn payload_behind_long_header(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes;
    let header = Header::unmarshal(&mut rest).ok()?;
    if !header.padding {
        return Some(rest);
    }
    let padding = usize::from(*rest.last()?);
    if padding == 0 { None } else { rest.len().checked_sub(padding).map(|length| &rest[..length]) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_packet_reads_as_rtc_rtp_reads_it(bytes in proptest::collection::vec(any::<u8>(), 0..64), first in 0x80u8..0xc0) {
            let mut bytes = bytes;
            if let Some(byte) = bytes.first_mut() { *byte = first; }
            let ours = RtpPacket::parse(&bytes);
            let theirs = rtc_rtp::packet::Packet::unmarshal(&mut &bytes[..]).ok();
            if let Some(ours) = ours {
                let theirs = theirs.unwrap();
                prop_assert_eq!(ours.sequence, theirs.header.sequence_number);
                prop_assert_eq!(ours.timestamp, theirs.header.timestamp);
                prop_assert_eq!(ours.ssrc, theirs.header.ssrc);
                prop_assert_eq!(ours.marker, theirs.header.marker);
                prop_assert_eq!(ours.payload_type, theirs.header.payload_type);
                prop_assert_eq!(ours.payload, &theirs.payload[..]);
            }
        }

        #[test]
        fn what_is_written_is_read(marker: bool, payload_type in 0u8..128, sequence: u16, timestamp: u32, ssrc: u32,
            payload in proptest::collection::vec(any::<u8>(), 0..200)) {
            let packet = RtpPacket { marker, payload_type, sequence, timestamp, ssrc, payload: &payload };
            let mut out = [0; 256];
            let length = packet.write(&mut out).unwrap();
            prop_assert_eq!(RtpPacket::parse(&out[..length]), Some(packet));
        }
    }

    #[test]
    fn padding_and_extensions_are_left_out_of_the_payload() {
        let mut bytes = vec![0xb1, 0x00, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 9, 9, 9, 9, 0xbe, 0xde, 0, 1, 0x10, 7, 0, 0];
        bytes.extend([1, 2, 3, 0, 2]);
        assert_eq!(RtpPacket::parse(&bytes).unwrap().payload, [1, 2, 3]);
        bytes.pop();
        bytes.push(200);
        assert_eq!(RtpPacket::parse(&bytes), None);
    }

    #[test]
    fn too_long_a_payload_is_not_written() {
        let packet =
            RtpPacket { marker: false, payload_type: 0, sequence: 0, timestamp: 0, ssrc: 0, payload: &[0; 20] };
        assert_eq!(packet.write(&mut [0; 31]), None);
    }
}
