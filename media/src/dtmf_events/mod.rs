//! Keys as `telephone-event` packets (RFC 4733), received and sent.

mod receive;
mod send;

pub use receive::KeyReceiver;
pub use send::{KEY_GAP_PERIODS, KEY_PERIODS, KeySender, MAX_WAITING_KEYS, Sending};

/// Bytes of one event's payload.
pub const EVENT: usize = 4;

/// The key of an event code (RFC 4733 3.2): 0-9, `*`, `#`, A-D.
pub fn key_of(code: u8) -> Option<char> {
    KEYS.get(usize::from(code)).map(|key| char::from(*key))
}

/// The event code of a key; letters in either case.
pub fn code_of(key: char) -> Option<u8> {
    let key = key.to_ascii_uppercase();
    KEYS.iter().position(|known| char::from(*known) == key).map(|code| code as u8)
}

const KEYS: &[u8; 16] = b"0123456789*#ABCD";
