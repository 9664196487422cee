//! What is known of a leg's sound at its end.

/// The counts of one leg, from its opening on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LegStats {
    /// RTP packets sent.
    pub packets_sent: u64,
    /// RTP packets received and accepted, duplicates apart.
    pub packets_received: u64,
    /// Packets that the peer sent and that did not come.
    pub packets_lost: u64,
    /// Packets that came after their time.
    pub packets_late: u64,
    /// Packets that came twice.
    pub duplicates: u64,
    /// Periods of 20 ms whose sound was made up.
    pub concealed: u64,
    /// The mean deviation of the travelling time at the end, in microseconds (RFC 3550 6.4.1).
    pub jitter_us: u32,
    /// Packets from sources that are not the peer. Once the socket is connected the system drops them uncounted.
    pub strangers: u64,
    /// Datagrams that were no RTP or of a payload type that was not agreed.
    pub unreadable: u64,
    /// What the peer says it lost of ours, in 256ths of its last report's time.
    pub peer_fraction_lost: u8,
    /// What the peer says it lost of ours in total.
    pub peer_lost: u32,
    /// The last measured round trip in microseconds, where the peer's reports allow it.
    pub round_trip_us: Option<u32>,
    /// Keys reported.
    pub keys: u32,
    /// Frames of listening turns that were dropped because their queue was full.
    pub heard_dropped: u64,
}
