//! What a caller does once the call is answered.

use crate::sound::{Payload, Sounds};
use crate::sys::Nanos;

/// What a caller sends in one packet.
pub enum Said<'a> {
    /// Sound.
    Sound(&'a Payload),
    /// A key by RFC 4733: which, how long so far in samples, the first packet or not, the end or not.
    Key {
        /// The key, 0 to 9.
        key: u8,
        /// How long it has been held, in samples.
        held: u16,
        /// Whether it is the first packet.
        first: bool,
        /// Whether it has been let go.
        last: bool,
    },
    /// Nothing more: hang up.
    HangUp,
}

/// A caller's behaviour. Asked for a packet each 20 ms, told every packet that comes.
pub trait Script {
    /// The next packet; `now` is when it goes out, by the kernel's clock.
    fn say(&mut self, now: Nanos) -> Said<'_>;

    /// Whether [`Script::hear`] wants to know.
    fn listens(&self) -> bool {
        true
    }

    /// A packet of sound came.
    fn hear(&mut self, sounds: Sounds, at: Nanos);
}

/// A caller on a quiet line who says nothing.
pub struct Quiet {
    packets: std::rc::Rc<Vec<Payload>>,
    at: usize,
}

impl Quiet {
    /// A quiet caller; `packets` may be shared.
    pub fn new(packets: std::rc::Rc<Vec<Payload>>, at: usize) -> Self {
        Self { packets, at }
    }
}

impl Script for Quiet {
    fn say(&mut self, _: Nanos) -> Said<'_> {
        self.at = (self.at + 1) % self.packets.len();
        Said::Sound(&self.packets[self.at])
    }

    fn listens(&self) -> bool {
        false
    }

    fn hear(&mut self, _: Sounds, _: Nanos) {}
}
