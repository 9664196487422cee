//! Two legs joined. With one codec their packets are passed on as they come, without the jitter buffers; with two each
//! side's sound is decoded, concealed and encoded again, a frame a period.

use std::time::Instant;

use audio::Frame;

use crate::leg::{Incoming, Leg, Other, Transmit};

/// Whether packets can be passed on as they are.
pub fn relays(a: &Leg, b: &Leg) -> bool {
    match (a.agreement(), b.agreement()) {
        (Some(a), Some(b)) => a.codec == b.codec,
        (None, _) | (_, None) => false,
    }
}

/// Joins two legs: prompts to either stop.
pub fn join(a: &mut Leg, b: &mut Leg, now: Instant) {
    let relayed = relays(a, b);
    let tapped = is_tapped(a, b, relayed);
    a.set_bridged(tapped, relayed, now);
    b.set_bridged(tapped, relayed, now);
}

/// Fits the bridge to what has changed: a codec, a recording.
pub fn refit(a: &mut Leg, b: &mut Leg) {
    let relayed = relays(a, b);
    let tapped = is_tapped(a, b, relayed);
    a.adjust_bridge(tapped, relayed);
    b.adjust_bridge(tapped, relayed);
}

/// Parts a leg from its bridge: it hears silence until told otherwise.
pub fn part(leg: &mut Leg) {
    leg.adjust_bridge(false, false);
}

/// Passes a packet that `from` received on to `to`, at once if they have one codec. Returns the packet to be sent.
pub fn pass_on(incoming: &Incoming<'_>, to: &mut Leg, relayed: bool, out: &mut [u8]) -> Option<Transmit> {
    if relayed {
        return to.relay(incoming, out);
    }
    if let Incoming::Key(_, pressed) = incoming {
        to.pass_key(*pressed);
    }
    None
}

/// What `leg` has for the other side's period, after its [`Leg::hear`].
pub fn other(leg: &Leg, relayed: bool, recorded: bool) -> Other<'_> {
    let frame: &Frame = leg.sound_in();
    if relayed { Other::Relayed(recorded.then_some(frame)) } else { Other::Voice(frame) }
}

fn is_tapped(a: &Leg, b: &Leg, relayed: bool) -> bool {
    !relayed || a.is_recorded() || b.is_recorded()
}
