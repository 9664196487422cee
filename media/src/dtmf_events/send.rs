//! Pressing keys at the other side.

use std::collections::VecDeque;

use super::{EVENT, code_of};

/// Periods that a key is held: 100 ms.
pub const KEY_PERIODS: u16 = 5;
/// Periods between two keys: 80 ms, the ends of the one before included.
pub const KEY_GAP_PERIODS: u16 = 4;
/// Keys that may wait; further ones are not taken.
pub const MAX_WAITING_KEYS: usize = 64;
/// How often the end is sent (RFC 4733 2.5.1.4).
const ENDS: u16 = 3;
/// Samples of one period.
const PERIOD: u16 = 160;
/// -10 dBm0, as telephones send (RFC 4733 2.3.3).
const VOLUME: u8 = 10;

/// One period of sending keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// An event packet. `age` is how many samples ago the key began: the packet's time is the present less this.
    Event {
        /// The payload.
        payload: [u8; EVENT],
        /// Whether it is the first of the press.
        marker: bool,
        /// Samples since the press began.
        age: u32,
    },
    /// The pause between two keys: nothing is sent but sound.
    Pause,
}

/// The sender of one leg's events.
#[derive(Debug, Clone, Default)]
pub struct KeySender {
    waiting: VecDeque<u8>,
    pressed: Option<Pressed>,
}

#[derive(Debug, Clone, Copy)]
struct Pressed {
    code: u8,
    /// Periods since its first packet.
    periods: u16,
}

impl KeySender {
    /// Adds a key; `false` if it is none, or too many wait.
    pub fn press(&mut self, key: char) -> bool {
        match code_of(key) {
            Some(code) if self.waiting.len() < MAX_WAITING_KEYS => {
                self.waiting.push_back(code);
                true
            }
            Some(_) | None => false,
        }
    }

    /// Whether there is something to send.
    pub fn is_busy(&self) -> bool {
        self.pressed.is_some() || !self.waiting.is_empty()
    }

    /// What the period sends; `None` when there is nothing (more) to press.
    pub fn period(&mut self) -> Option<Sending> {
        let pressed = match self.pressed {
            Some(pressed) => pressed,
            None => Pressed { code: self.waiting.pop_front()?, periods: 0 },
        };
        let at = pressed.periods;
        let over = at + 1 >= KEY_PERIODS + KEY_GAP_PERIODS;
        self.pressed = (!over).then_some(Pressed { periods: at + 1, ..pressed });
        if at >= KEY_PERIODS - 1 + ENDS {
            return Some(Sending::Pause);
        }
        let end = at >= KEY_PERIODS - 1;
        let duration = (at.min(KEY_PERIODS - 1) + 1) * PERIOD;
        let [high, low] = duration.to_be_bytes();
        let payload = [pressed.code, u8::from(end) << 7 | VOLUME, high, low];
        Some(Sending::Event { payload, marker: at == 0, age: u32::from(at) * u32::from(PERIOD) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtmf_events::KeyReceiver;
    use crate::rtp::RtpPacket;

    #[test]
    fn a_key_is_sent_with_one_time_growing_duration_and_three_ends() {
        let mut sender = KeySender::default();
        assert!(sender.press('7'));
        let sent: Vec<Sending> = std::iter::from_fn(|| sender.period()).collect();
        assert_eq!(sent.len(), usize::from(KEY_PERIODS + KEY_GAP_PERIODS));
        let events: Vec<([u8; 4], bool, u32)> = sent
            .iter()
            .filter_map(|sending| match sending {
                Sending::Event { payload, marker, age } => Some((*payload, *marker, *age)),
                Sending::Pause => None,
            })
            .collect();
        assert_eq!(events.len(), 7);
        assert_eq!(events[0], ([7, 10, 0, 160], true, 0));
        assert_eq!(events[3], ([7, 10, 2, 128], false, 480));
        for (n, end) in events[4..].iter().enumerate() {
            assert_eq!(*end, ([7, 0x8a, 3, 32], false, 640 + 160 * n as u32));
        }
    }

    #[test]
    fn what_is_sent_is_received_key_by_key() {
        let mut sender = KeySender::default();
        let mut receiver = KeyReceiver::default();
        "1223#*aD".chars().for_each(|key| assert!(sender.press(key)));
        let mut heard = String::new();
        let mut now = 5_000u32;
        while let Some(sending) = sender.period() {
            if let Sending::Event { payload, marker, age } = sending {
                let timestamp = now - age;
                heard.extend(receiver.push(&RtpPacket {
                    marker,
                    payload_type: 101,
                    sequence: 0,
                    timestamp,
                    ssrc: 1,
                    payload: &payload,
                }));
            }
            now += 160;
        }
        assert_eq!(heard, "1223#*AD");
        assert!(!sender.is_busy());
    }

    #[test]
    fn too_many_keys_and_no_keys_are_not_taken() {
        let mut sender = KeySender::default();
        assert!(!sender.press('x'));
        (0..MAX_WAITING_KEYS).for_each(|_| assert!(sender.press('1')));
        assert!(!sender.press('1'));
    }
}
