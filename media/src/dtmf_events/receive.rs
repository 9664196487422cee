//! One report a key press, whatever of its packets is lost, doubled or late.

use super::{EVENT, key_of};
use crate::rtp::RtpPacket;

/// The longest duration that the field holds; an event that lasts longer goes on under a new time (RFC 4733 2.5.1.3).
const LONGEST: u16 = u16::MAX;

/// The receiver of one leg's events.
#[derive(Debug, Clone, Default)]
pub struct KeyReceiver {
    last: Option<Event>,
}

#[derive(Debug, Clone, Copy)]
struct Event {
    code: u8,
    /// The RTP time of its beginning, which tells one press from the next.
    timestamp: u32,
    duration: u16,
    ended: bool,
}

impl KeyReceiver {
    /// Forgets what came, for a sender that counts time anew.
    pub fn reset(&mut self) {
        self.last = None;
    }

    /// Takes a packet of the event payload type; gives the key with the first packet of a press that gets through.
    pub fn push(&mut self, packet: &RtpPacket<'_>) -> Option<char> {
        let payload: &[u8; EVENT] = packet.payload.first_chunk()?;
        let event = Event {
            code: payload[0],
            timestamp: packet.timestamp,
            duration: u16::from_be_bytes([payload[2], payload[3]]),
            ended: payload[1] & 0x80 != 0,
        };
        let key = key_of(event.code)?;
        let Some(last) = &mut self.last else {
            self.last = Some(event);
            return Some(key);
        };
        let ahead = event.timestamp.wrapping_sub(last.timestamp) as i32;
        if ahead < 0 {
            // A packet of an earlier press, overtaken by this one.
            return None;
        }
        if ahead == 0 && event.code == last.code {
            last.ended |= event.ended;
            last.duration = last.duration.max(event.duration);
            return None;
        }
        let continues = last.continues_with(&event, packet.marker);
        *last = event;
        if continues { None } else { Some(key) }
    }
}

impl Event {
    /// Whether a packet with a later time is still the same press.
    fn continues_with(&self, next: &Self, marker: bool) -> bool {
        if self.code != next.code || self.ended || marker {
            return false;
        }
        let ahead = next.timestamp.wrapping_sub(self.timestamp);
        let next_segment = self.duration == LONGEST && ahead == u32::from(LONGEST);
        // Some senders wrongly move the time on with each packet: then time and duration grow alike.
        let moving = next.duration > self.duration && ahead == u32::from(next.duration - self.duration);
        next_segment || moving
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Copy, Debug)]
    struct Sent {
        marker: bool,
        timestamp: u32,
        payload: [u8; 4],
    }

    /// All packets of a press of `periods` periods: its updates and three ends.
    fn press(code: u8, timestamp: u32, periods: u16) -> Vec<Sent> {
        let packet = |n: u16, end: u8| {
            let duration = (n * 160).to_be_bytes();
            Sent { marker: n == 1, timestamp, payload: [code, end | 10, duration[0], duration[1]] }
        };
        (1..=periods).map(|n| packet(n, 0)).chain([packet(periods, 0x80); 3]).collect()
    }

    fn keys(receiver: &mut KeyReceiver, packets: impl IntoIterator<Item = Sent>) -> String {
        let mut keys = String::new();
        for sent in packets {
            keys.extend(receiver.push(&RtpPacket {
                marker: sent.marker,
                payload_type: 101,
                sequence: 0,
                timestamp: sent.timestamp,
                ssrc: 1,
                payload: &sent.payload,
            }));
        }
        keys
    }

    #[test]
    fn a_press_is_reported_once_and_at_its_start() {
        let mut receiver = KeyReceiver::default();
        let packets = press(5, 1_000, 5);
        assert_eq!(keys(&mut receiver, packets[..1].to_vec()), "5");
        assert_eq!(keys(&mut receiver, packets[1..].to_vec()), "");
        assert_eq!(keys(&mut receiver, press(5, 3_000, 5)), "5");
        assert_eq!(keys(&mut receiver, press(11, 5_000, 5)), "#");
    }

    #[test]
    fn the_same_key_twice_is_two_presses_though_end_and_beginning_are_lost() {
        let mut receiver = KeyReceiver::default();
        assert_eq!(keys(&mut receiver, press(1, 1_000, 5)[..2].to_vec()), "1");
        assert_eq!(keys(&mut receiver, press(1, 2_600, 5)[3..].to_vec()), "1");
    }

    #[test]
    fn a_late_packet_of_an_earlier_press_is_nothing() {
        let mut receiver = KeyReceiver::default();
        let (first, second) = (press(1, 1_000, 5), press(2, 3_000, 5));
        assert_eq!(keys(&mut receiver, first.clone()), "1");
        assert_eq!(keys(&mut receiver, second[..1].to_vec()), "2");
        assert_eq!(keys(&mut receiver, first[7..].to_vec()), "");
        assert_eq!(keys(&mut receiver, second[1..].to_vec()), "");
    }

    #[test]
    fn a_key_held_for_longer_than_the_field_counts_is_one_press() {
        let mut receiver = KeyReceiver::default();
        let held = |timestamp, marker, duration: u16| {
            let duration = duration.to_be_bytes();
            Sent { marker, timestamp, payload: [3, 10, duration[0], duration[1]] }
        };
        assert_eq!(keys(&mut receiver, [held(0, true, 160), held(0, false, 65_535), held(65_535, false, 160)]), "3");
    }

    #[test]
    fn a_sender_that_moves_the_time_within_a_press_makes_one_press() {
        let mut receiver = KeyReceiver::default();
        let moving = (1..6u16).map(|n| {
            let duration = (n * 160).to_be_bytes();
            Sent { marker: n == 1, timestamp: u32::from(n) * 160, payload: [7, 10, duration[0], duration[1]] }
        });
        assert_eq!(keys(&mut receiver, moving), "7");
    }

    #[test]
    fn what_is_no_key_is_nothing() {
        let mut receiver = KeyReceiver::default();
        assert_eq!(keys(&mut receiver, press(16, 0, 3)), "");
        let short = RtpPacket { marker: true, payload_type: 101, sequence: 0, timestamp: 0, ssrc: 1, payload: &[1, 2] };
        assert_eq!(receiver.push(&short), None);
    }

    proptest! {
        #[test]
        fn presses_of_which_anything_comes_through_are_each_reported_once(
            codes in proptest::collection::vec(0u8..16, 1..20),
            fates in proptest::collection::vec(0u8..3, 400),
        ) {
            let mut receiver = KeyReceiver::default();
            let mut fates = fates.into_iter();
            let mut expected = String::new();
            let mut heard = String::new();
            for (n, code) in codes.iter().enumerate() {
                let arriving: Vec<Sent> = press(*code, n as u32 * 1_600, 6)
                    .into_iter()
                    .flat_map(|sent| std::iter::repeat_n(sent, usize::from(fates.next().unwrap())))
                    .collect();
                if !arriving.is_empty() {
                    expected.extend(key_of(*code));
                }
                heard.push_str(&keys(&mut receiver, arriving));
            }
            prop_assert_eq!(heard, expected);
        }
    }
}
