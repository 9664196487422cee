//! The media of one leg: everything between its packets and its orders.
//!
//! The runtime calls it in this order. Whenever datagrams have come: [`Leg::handle_packet`], [`Leg::handle_report`].
//! Once each period of 20 ms: [`Leg::hear`], then [`Leg::speak`]; now and then [`Leg::report`]. After each of them
//! [`Leg::poll_fact`] is drained. Barge-in is decided inside: a key stops the prompt with its packet, speech with its
//! frame, so that the same period no longer sends the prompt.

mod ears;
mod mouth;
mod playing;
mod pressing;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use audio::g711::{self, Law};
use audio::{FRAME, FRAME_MS, Frame, SILENCE};
use call_model::{BargeIn, LegId, OrderId, SoundFact, SoundFailure};

use crate::dtmf_events::Sending;
use crate::prompt::silent_payload;
use crate::rtcp::{Reports, WallAnchor, xorshift};
use crate::rtp::{RtpPacket, is_rtcp};
use crate::sdp::Agreement;
use crate::{Latching, LegStats, PromptAudio};
use ears::{Ears, Impression, Need, Taken};
use mouth::Mouth;
use playing::Playing;
use pressing::{Pressed, Pressing};

/// Facts that may wait to be drained; keys beyond that are dropped.
const MAX_FACTS: usize = 64;
/// Periods without a relayed packet after which a bridged leg is sent silence: 200 ms.
const RELAY_QUIET: u32 = 10;

/// What a leg is made with.
#[derive(Debug, Clone)]
pub struct LegConfig {
    /// Its id, which facts carry.
    pub id: LegId,
    /// Chance for SSRC, first sequence number and time.
    pub seed: u64,
    /// The wall clock, for reports.
    pub wall: WallAnchor,
    /// Whether a source other than the signalled one may be learnt.
    pub latching: Latching,
    /// How long a peer that should send may be silent.
    pub silence_limit: Option<Duration>,
}

/// A datagram to send, already written into the caller's buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transmit {
    /// Where to.
    pub to: SocketAddr,
    /// Bytes of the buffer.
    pub length: usize,
}

/// A received packet as a bridge may pass it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incoming<'a> {
    /// Sound in the leg's agreed codec.
    Sound(RtpPacket<'a>),
    /// A key event, and its key if this packet is the first of a press.
    Key(RtpPacket<'a>, Option<char>),
}

/// What the other side of a bridge gives a leg to say.
#[derive(Debug, Clone, Copy)]
pub enum Other<'a> {
    /// There is no other side.
    Nobody,
    /// Its sound of this period, to be encoded.
    Voice(&'a Frame),
    /// Its packets are passed on as they come; the sound, where it is known, is for the recording.
    Relayed(Option<&'a Frame>),
}

/// The media machine of one leg.
pub struct Leg {
    id: LegId,
    agreement: Option<Agreement>,
    ears: Ears,
    mouth: Mouth,
    reports: Reports,
    playing: Option<Playing>,
    pressing: Pressing,
    listening: Option<Listening>,
    recorded: bool,
    /// The bridge needs this leg's samples.
    tapped: bool,
    relayed: bool,
    /// Sound flows: something was ordered or heard, so silence is sent when there is nothing else.
    started: bool,
    said: Box<Frame>,
    impression: Impression,
    silence: SilenceWatch,
    facts: VecDeque<SoundFact>,
    keys: u32,
}

#[derive(Debug, Clone, Copy)]
struct Listening {
    order: OrderId,
    periods: u32,
    started: bool,
}

/// Watches for a peer that should send and does not.
#[derive(Debug, Clone, Copy)]
struct SilenceWatch {
    limit: Option<Duration>,
    since: Option<Instant>,
    told: bool,
}

impl Leg {
    /// Makes a leg that has agreed on nothing yet.
    pub fn new(config: &LegConfig, now: Instant) -> Self {
        let chance = xorshift(config.seed | 1);
        let more = xorshift(chance);
        let ssrc = (chance >> 32) as u32;
        let cname = format!("{:016x}@callwright", xorshift(more));
        Self {
            id: config.id,
            agreement: None,
            ears: Ears::new(config.latching, now),
            mouth: Mouth::new(ssrc, more as u16 & 0x7fff, (more >> 32) as u32),
            reports: Reports::new(ssrc, &cname, config.wall, more, now),
            playing: None,
            pressing: Pressing::default(),
            listening: None,
            recorded: false,
            tapped: false,
            relayed: false,
            started: false,
            said: Box::new(SILENCE),
            impression: Impression::default(),
            silence: SilenceWatch { limit: config.silence_limit, since: None, told: false },
            facts: VecDeque::new(),
            keys: 0,
        }
    }

    /// The leg's id.
    pub fn id(&self) -> LegId {
        self.id
    }

    /// Puts an agreement in force, the first or a changed one.
    pub fn agree(&mut self, agreement: Agreement, now: Instant) {
        self.ears.source.signal(agreement.rtp);
        if self.silence.since.is_some() {
            self.silence = SilenceWatch { since: Some(now), told: false, ..self.silence };
        }
        self.agreement = Some(agreement);
    }

    /// The agreement in force.
    pub fn agreement(&self) -> Option<&Agreement> {
        self.agreement.as_ref()
    }

    /// Plays parts one behind the other. What played before is stopped.
    pub fn play(
        &mut self,
        order: OrderId,
        parts: Vec<Arc<PromptAudio>>,
        barge_in: BargeIn,
        repeat: bool,
        now: Instant,
    ) {
        self.stop_playing();
        self.start(now);
        self.playing = Some(Playing::new(order, parts, barge_in, repeat));
    }

    /// Listens for one turn. A turn before is stopped.
    pub fn listen(&mut self, order: OrderId, now: Instant) {
        self.stop_listening();
        self.start(now);
        self.listening = Some(Listening { order, periods: 0, started: false });
    }

    /// Stops an order that plays or listens; `false` if it was neither.
    pub fn stop(&mut self, order: OrderId) -> bool {
        if self.playing.as_ref().is_some_and(|playing| playing.order == order) {
            self.stop_playing();
            true
        } else if self.listening.is_some_and(|listening| listening.order == order) {
            self.stop_listening();
            true
        } else {
            false
        }
    }

    /// Presses keys at the other side; closed by `Finished`, or `Failed(Overload)` for what are no keys or too many.
    pub fn press(&mut self, order: OrderId, keys: &str, now: Instant) {
        self.start(now);
        let as_events = self.agreement.as_ref().is_some_and(|agreement| agreement.keys.is_some());
        if !self.pressing.add(Some(order), keys, as_events) {
            self.tell(SoundFact::Failed { order, why: SoundFailure::Overload });
        }
    }

    /// Says whether both directions are recorded, for which their samples are needed.
    pub fn set_recorded(&mut self, recorded: bool) {
        self.recorded = recorded;
        self.fit_buffer();
    }

    /// Whether both directions are recorded.
    pub fn is_recorded(&self) -> bool {
        self.recorded
    }

    /// Begins a bridge: the prompt stops. `tapped`: this leg's samples are needed; `relayed`: the other's packets come by
    /// [`Leg::relay`].
    pub fn set_bridged(&mut self, tapped: bool, relayed: bool, now: Instant) {
        self.stop_playing();
        self.start(now);
        (self.tapped, self.relayed) = (tapped, relayed);
        self.fit_buffer();
    }

    /// Changes what a bridge needs without beginning it anew (a codec or a recording changed).
    pub fn adjust_bridge(&mut self, tapped: bool, relayed: bool) {
        (self.tapped, self.relayed) = (tapped, relayed);
        self.fit_buffer();
    }

    /// Takes a datagram of the RTP port. `arrived` is when the system received it.
    pub fn handle_packet<'a>(
        &mut self,
        from: SocketAddr,
        bytes: &'a [u8],
        arrived: Instant,
        now: Instant,
    ) -> Option<Incoming<'a>> {
        let agreement = self.agreement.as_ref()?;
        if is_rtcp(bytes) {
            if agreement.rtcp_mux {
                self.handle_report(from, bytes, arrived);
            }
            return None;
        }
        if !agreement.direction.receives() {
            return None;
        }
        let Some(packet) = RtpPacket::parse(bytes) else {
            self.ears.unreadable += 1;
            return None;
        };
        match self.ears.take(agreement, &packet, from, arrived, now) {
            Taken::Nothing => None,
            Taken::Sound { relayable } => {
                self.start(now);
                relayable.then_some(Incoming::Sound(packet))
            }
            Taken::Key { pressed } => {
                self.start(now);
                if let Some(key) = pressed {
                    self.key_pressed(key);
                }
                Some(Incoming::Key(packet, pressed))
            }
        }
    }

    /// Takes a datagram of the RTCP port.
    pub fn handle_report(&mut self, from: SocketAddr, bytes: &[u8], arrived: Instant) {
        if is_rtcp(bytes) && self.ears.source.admits_reports(from) {
            self.reports.read(bytes, arrived);
        }
    }

    /// Begins a period: takes 20 ms out of the jitter buffer and judges them as far as someone needs it.
    pub fn hear(&mut self, now: Instant) {
        self.watch_silence(now);
        if self.relayed {
            self.fit_buffer();
        }
        let need = self.need();
        self.impression = self.ears.hear(self.law(), need);
        if let Some(key) = self.impression.key {
            self.key_pressed(key);
        }
        let speaking = self.ears.is_speaking();
        if let Some(listening) = &mut self.listening {
            listening.periods += 1;
            if !listening.started && (self.impression.speech_started || speaking) {
                listening.started = true;
                let order = listening.order;
                self.tell(SoundFact::SpeechStarted { leg: self.id, order });
            }
        }
        let stops = |playing: &Playing| playing.barge_in == BargeIn::BySpeech;
        if self.impression.speech_started && self.playing.as_ref().is_some_and(stops) {
            self.stop_playing();
        }
    }

    /// The listening turn's period, after [`Leg::hear`]: its order, its sound, and whether it holds speech.
    pub fn heard(&self) -> Option<(OrderId, &Frame, bool)> {
        self.listening.map(|listening| (listening.order, self.ears.frame(), self.impression.voiced))
    }

    /// Whether a listening turn is open.
    pub fn is_listening(&self) -> bool {
        self.listening.is_some()
    }

    /// What came from the peer in this period; true sound only while someone needs it.
    pub fn sound_in(&self) -> &Frame {
        self.ears.frame()
    }

    /// What went to the peer in this period, while the leg is recorded.
    pub fn sound_out(&self) -> &Frame {
        &self.said
    }

    /// Ends a period: writes the next packet, if one is to be sent.
    pub fn speak(&mut self, other: Other<'_>, out: &mut [u8]) -> Option<Transmit> {
        self.mouth.tick();
        let law = self.law();
        if let Some(sent) = self.press_on(law, out) {
            return sent;
        }
        let mut payload = *silent_payload(law);
        if let Some(playing) = &mut self.playing {
            match playing.next(law) {
                Some(next) => payload = *next,
                None => {
                    let order = playing.order;
                    self.playing = None;
                    self.tell(SoundFact::Finished { order });
                }
            }
        }
        if self.playing.is_none() {
            match other {
                Other::Nobody => {}
                Other::Voice(frame) => g711::encode_frame(law, frame, &mut payload),
                Other::Relayed(frame) => {
                    self.remember(frame.unwrap_or(&SILENCE));
                    if self.mouth.quiet_periods() <= RELAY_QUIET {
                        return None;
                    }
                    // The first of them was the last packet's own.
                    self.mouth.take_over(RELAY_QUIET - 1);
                }
            }
        }
        if self.recorded && !matches!((other, &self.playing), (Other::Relayed(_), None)) {
            g711::decode_into(law, &payload, &mut self.said[..]);
        }
        self.send_sound(&payload, out)
    }

    /// Passes on a packet of the other side, where nothing of our own is being said. Both must have one codec.
    pub fn relay(&mut self, incoming: &Incoming<'_>, out: &mut [u8]) -> Option<Transmit> {
        let agreement = self.agreement.as_ref()?;
        let (packet, payload_type) = match incoming {
            Incoming::Sound(packet) => (packet, agreement.sound.send),
            Incoming::Key(packet, pressed) => match agreement.keys {
                Some(keys) => (packet, keys.send),
                None => {
                    self.pass_key(*pressed);
                    return None;
                }
            },
        };
        if !self.relayed || !agreement.direction.sends() || self.playing.is_some() || self.pressing.is_busy() {
            return None;
        }
        let to = self.ears.source.target()?;
        let length = self.mouth.relay(packet, payload_type, out)?;
        Some(Transmit { to, length })
    }

    /// Presses a key that the other side of a bridge pressed, where its packets cannot be passed on.
    pub fn pass_key(&mut self, key: Option<char>) {
        let as_events = self.agreement.as_ref().is_some_and(|agreement| agreement.keys.is_some());
        if let Some(key) = key {
            self.pressing.add(None, key.encode_utf8(&mut [0; 4]), as_events);
        }
    }

    /// Writes a report when one is due. Goes to the RTCP port, or to the RTP port where both share it.
    pub fn report(&mut self, now: Instant, out: &mut [u8]) -> Option<Transmit> {
        if self.reports.is_due(now) { self.write_report(false, now, out) } else { None }
    }

    /// Ends the leg: its open orders are closed, and the last report with a BYE is written.
    pub fn end(&mut self, now: Instant, out: &mut [u8]) -> Option<Transmit> {
        let playing = self.playing.take().map(|playing| playing.order);
        let listening = self.listening.take().map(|listening| listening.order);
        let pressing: Vec<OrderId> = self.pressing.take_orders().collect();
        for order in playing.into_iter().chain(listening).chain(pressing) {
            self.tell(SoundFact::Failed { order, why: SoundFailure::LegGone });
        }
        self.write_report(true, now, out)
    }

    /// The address that the RTP socket may be connected to, once nobody else can become the peer.
    pub fn settled_source(&self) -> Option<SocketAddr> {
        self.ears.source.settled()
    }

    /// The next fact.
    pub fn poll_fact(&mut self) -> Option<SoundFact> {
        self.facts.pop_front()
    }

    /// The counts so far.
    pub fn stats(&self) -> LegStats {
        let peer = self.reports.peer();
        LegStats {
            packets_sent: self.mouth.sent().packets,
            packets_received: self.ears.reception.received(),
            packets_lost: self.ears.reception.lost(),
            packets_late: self.ears.late,
            duplicates: self.ears.reception.duplicates(),
            concealed: self.ears.concealed,
            jitter_us: self.ears.reception.jitter() * 125,
            strangers: self.ears.source.strangers(),
            unreadable: self.ears.unreadable,
            peer_fraction_lost: peer.fraction_lost,
            peer_lost: peer.lost,
            round_trip_us: peer.round_trip.map(|trip| trip.as_micros() as u32),
            keys: self.keys,
            heard_dropped: 0,
        }
    }

    fn law(&self) -> Law {
        self.agreement.as_ref().map_or(Law::Mu, |agreement| agreement.codec.law())
    }

    /// Sound flows from now on, and the peer's silence counts.
    fn start(&mut self, now: Instant) {
        self.started = true;
        self.silence.since.get_or_insert(now);
    }

    fn need(&self) -> Need {
        let barge_in = self.playing.as_ref().is_some_and(|playing| playing.barge_in == BargeIn::BySpeech);
        let events = self.agreement.as_ref().is_none_or(|agreement| agreement.keys.is_some());
        Need {
            samples: self.recorded || self.tapped,
            voice: barge_in || self.listening.is_some(),
            keys: !events && self.ears.last_packet().is_some(),
        }
    }

    /// A relayed leg needs its jitter buffer only while someone wants its samples.
    fn fit_buffer(&mut self) {
        let need = self.need();
        self.ears.set_buffered(!self.relayed || need.samples || need.voice || need.keys);
    }

    fn key_pressed(&mut self, key: char) {
        self.keys = self.keys.saturating_add(1);
        if self.facts.len() < MAX_FACTS {
            self.tell(SoundFact::DigitPressed { leg: self.id, digit: key });
        }
        if self.playing.as_ref().is_some_and(|playing| playing.barge_in != BargeIn::Never) {
            self.stop_playing();
        }
    }

    fn stop_playing(&mut self) {
        if let Some(playing) = self.playing.take() {
            self.tell(SoundFact::Stopped { order: playing.order, played_ms: playing.played_ms() });
        }
    }

    fn stop_listening(&mut self) {
        if let Some(listening) = self.listening.take() {
            let played_ms = listening.periods.saturating_mul(FRAME_MS);
            self.tell(SoundFact::Stopped { order: listening.order, played_ms });
        }
    }

    fn tell(&mut self, fact: SoundFact) {
        self.facts.push_back(fact);
    }

    fn watch_silence(&mut self, now: Instant) {
        let (Some(limit), Some(since)) = (self.silence.limit, self.silence.since) else { return };
        let held = self.agreement.as_ref().is_none_or(|agreement| agreement.on_hold());
        if held {
            self.silence.since = Some(now);
            return;
        }
        let since = self.ears.last_packet().map_or(since, |last| last.max(since));
        if now.saturating_duration_since(since) < limit {
            self.silence.told = false;
        } else if !self.silence.told {
            self.silence.told = true;
            self.tell(SoundFact::SilentTooLong { leg: self.id });
        }
    }

    /// Presses the next piece of a key. `None`: nothing was left to press.
    fn press_on(&mut self, law: Law, out: &mut [u8]) -> Option<Option<Transmit>> {
        let facts = &mut self.facts;
        let pressed = self.pressing.period(law, |order| facts.push_back(SoundFact::Finished { order }))?;
        let mut tone = *silent_payload(law);
        let event = match pressed {
            Pressed::Tone(payload) => {
                tone = *payload;
                None
            }
            Pressed::Event(Sending::Event { payload, marker, age }) => Some((payload, marker, age)),
            Pressed::Event(Sending::Pause) => None,
        };
        if self.recorded {
            g711::decode_into(law, &tone, &mut self.said[..]);
        }
        let Some((payload, marker, age)) = event else { return Some(self.send_sound(&tone, out)) };
        let Some((to, payload_type)) = self.way_out().and_then(|(to, agreement)| Some((to, agreement.keys?.send)))
        else {
            self.mouth.skip();
            return Some(None);
        };
        let length = self.mouth.event(payload_type, &payload, marker, age, out);
        Some(length.map(|length| Transmit { to, length }))
    }

    fn send_sound(&mut self, payload: &[u8; FRAME], out: &mut [u8]) -> Option<Transmit> {
        let Some((to, payload_type)) = self.way_out().map(|(to, agreement)| (to, agreement.sound.send)) else {
            self.mouth.skip();
            return None;
        };
        let length = self.mouth.sound(payload_type, payload, out)?;
        Some(Transmit { to, length })
    }

    /// Where sound goes, if it may be sent at all.
    fn way_out(&self) -> Option<(SocketAddr, &Agreement)> {
        let agreement = self.agreement.as_ref().filter(|agreement| self.started && agreement.direction.sends())?;
        Some((self.ears.source.target()?, agreement))
    }

    fn remember(&mut self, frame: &Frame) {
        if self.recorded {
            *self.said = *frame;
        }
    }

    fn write_report(&mut self, leaving: bool, now: Instant, out: &mut [u8]) -> Option<Transmit> {
        let agreement = self.agreement.as_ref()?;
        let target = self.ears.source.target();
        let to = if agreement.rtcp_mux {
            target?
        } else if target.is_none() || target == agreement.rtp {
            agreement.rtcp?
        } else {
            // A peer that was learnt elsewhere than signalled: its reports' port is the one above.
            let learnt = target?;
            SocketAddr::new(learnt.ip(), learnt.port().checked_add(1)?)
        };
        let length = self.reports.write(self.mouth.sent(), &mut self.ears.reception, leaving, now, out)?;
        Some(Transmit { to, length })
    }
}
