//! The stream that a leg receives: who sends it, in what order, and what it sounds like.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use audio::g711::{self, Law};
use audio::{Concealer, DtmfDetector, FRAME, Frame, SILENCE, Vad, VadConfig, VadEvent};

use crate::Latching;
use crate::dtmf_events::KeyReceiver;
use crate::jitter::{JitterBuffer, Placed, Popped};
use crate::reception::{Arrival, Reception};
use crate::rtp::RtpPacket;
use crate::sdp::{Agreement, Codec};
use crate::source::Source;

/// Periods without voice activity detection after which the detector begins anew.
const STALE_PERIODS: u64 = 50;
/// The longest payload that is taken: 120 ms.
const LONGEST_PAYLOAD: usize = 960;

/// What a packet was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// Sound in the agreed codec, or in the other law (then it cannot be relayed as it is).
    Sound { relayable: bool },
    /// A key event; the key if it is the first of its press.
    Key { pressed: Option<char> },
    /// Nothing that is heard.
    Nothing,
}

/// What one period sounded like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Impression {
    pub(super) voiced: bool,
    pub(super) speech_started: bool,
    /// A key found in the sound.
    pub(super) key: Option<char>,
}

/// What the period's sound is needed for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Need {
    /// Samples at all: recorded, transcoded or listened to.
    pub(super) samples: bool,
    pub(super) voice: bool,
    pub(super) keys: bool,
}

/// The receiver of one leg.
pub(super) struct Ears {
    pub(super) source: Source,
    pub(super) reception: Reception,
    jitter: JitterBuffer,
    keys: KeyReceiver,
    concealer: Option<Box<Concealer>>,
    voice: Option<Box<Vad>>,
    voice_at: u64,
    inband: Option<Box<DtmfDetector>>,
    frame: Box<Frame>,
    /// Whether packets go through the jitter buffer; a relayed leg that nobody listens to has none.
    buffered: bool,
    periods: u64,
    began: Instant,
    last_packet: Option<Instant>,
    pub(super) late: u64,
    pub(super) concealed: u64,
    pub(super) unreadable: u64,
}

impl Ears {
    pub(super) fn new(latching: Latching, now: Instant) -> Self {
        Self {
            source: Source::new(latching),
            reception: Reception::default(),
            jitter: JitterBuffer::default(),
            keys: KeyReceiver::default(),
            concealer: None,
            voice: None,
            voice_at: 0,
            inband: None,
            frame: Box::new(SILENCE),
            buffered: true,
            periods: 0,
            began: now,
            last_packet: None,
            late: 0,
            concealed: 0,
            unreadable: 0,
        }
    }

    /// When the last packet of the peer came.
    pub(super) fn last_packet(&self) -> Option<Instant> {
        self.last_packet
    }

    /// The last period's sound.
    pub(super) fn frame(&self) -> &Frame {
        &self.frame
    }

    /// Whether someone speaks, as far as the last frames tell.
    pub(super) fn is_speaking(&self) -> bool {
        self.periods - self.voice_at < STALE_PERIODS && self.voice.as_ref().is_some_and(|voice| voice.is_speaking())
    }

    /// Switches the jitter buffer; without it packets are only counted (and relayed by whoever asked).
    pub(super) fn set_buffered(&mut self, buffered: bool) {
        if self.buffered != buffered {
            self.buffered = buffered;
            self.jitter.reset();
        }
    }

    /// Takes a packet of an agreed stream; `arrived` is when the system got it.
    pub(super) fn take(
        &mut self,
        agreement: &Agreement,
        packet: &RtpPacket<'_>,
        from: SocketAddr,
        arrived: Instant,
        now: Instant,
    ) -> Taken {
        let is_key = agreement.keys.is_some_and(|keys| keys.receive == packet.payload_type);
        let law = law_of(agreement, packet.payload_type);
        let is_noise = packet.payload_type == 13;
        if !is_key && !is_noise && (law.is_none() || packet.payload.len() > LONGEST_PAYLOAD) {
            self.unreadable += 1;
            return Taken::Nothing;
        }
        if !self.source.admits(from, packet.ssrc, packet.sequence, now) {
            return Taken::Nothing;
        }
        self.last_packet = Some(now);
        let arrived = samples_since(self.began, arrived);
        match self.reception.push(packet, arrived) {
            Arrival::Duplicate | Arrival::Doubtful => return Taken::Nothing,
            Arrival::NewStream => {
                self.jitter.reset();
                self.keys.reset();
            }
            Arrival::Newest | Arrival::Reordered => {}
        }
        if is_key {
            return Taken::Key { pressed: self.keys.push(packet) };
        }
        let Some(law) = law else { return Taken::Nothing };
        if self.buffered {
            self.place(agreement.codec.law(), law, packet, arrived);
        }
        Taken::Sound { relayable: law == agreement.codec.law() }
    }

    /// Takes the period's frame out of the jitter buffer and forms an impression of it, as far as someone needs it.
    pub(super) fn hear(&mut self, law: Law, need: Need) -> Impression {
        self.periods += 1;
        let mut codes = [0; FRAME];
        let popped = if self.buffered { self.jitter.pop(law, &mut codes) } else { Popped::Idle };
        if popped == Popped::Missing {
            self.concealed += 1;
        }
        if !(need.samples || need.voice || need.keys) {
            self.concealer = None;
            return Impression::default();
        }
        self.sound_out(law, popped, &codes);
        let mut impression = Impression::default();
        if need.voice {
            self.judge_voice(&mut impression);
        }
        if need.keys {
            impression.key = self.inband.get_or_insert_with(|| Box::new(DtmfDetector::new())).push(&self.frame);
        }
        impression
    }

    fn place(&mut self, ours: Law, law: Law, packet: &RtpPacket<'_>, arrived: u32) {
        let placed = if law == ours {
            self.jitter.push(packet.timestamp, packet.payload, arrived)
        } else {
            let mut codes = [0; LONGEST_PAYLOAD];
            let length = g711::transcode_into(law, ours, packet.payload, &mut codes);
            self.jitter.push(packet.timestamp, &codes[..length], arrived)
        };
        self.late += u64::from(placed == Placed::Late);
    }

    fn sound_out(&mut self, law: Law, popped: Popped, codes: &[u8; FRAME]) {
        match popped {
            Popped::Sound => {
                g711::decode_into(law, codes, &mut self.frame[..]);
                self.concealer.get_or_insert_with(|| Box::new(Concealer::new())).received(&mut self.frame);
            }
            Popped::Missing => {
                *self.frame = self.concealer.as_mut().map_or(SILENCE, |concealer| concealer.lost());
            }
            Popped::Idle => *self.frame = SILENCE,
        }
    }

    fn judge_voice(&mut self, impression: &mut Impression) {
        if self.periods - self.voice_at > STALE_PERIODS {
            self.voice = None;
        }
        self.voice_at = self.periods;
        let voice = self.voice.get_or_insert_with(|| Box::new(Vad::new(VadConfig::default()))).push(&self.frame);
        impression.voiced = voice.voiced;
        impression.speech_started = voice.event == Some(VadEvent::SpeechStarted);
    }
}

/// The law of a sound payload type: the agreed one, or either static one, since some peers change without asking.
fn law_of(agreement: &Agreement, payload_type: u8) -> Option<Law> {
    if payload_type == agreement.sound.receive {
        return Some(agreement.codec.law());
    }
    [Codec::Pcmu, Codec::Pcma].into_iter().find(|codec| codec.static_type() == payload_type).map(Codec::law)
}

/// Time as a count of samples, for jitter; it wraps as RTP time does.
fn samples_since(began: Instant, at: Instant) -> u32 {
    let since: Duration = at.saturating_duration_since(began);
    (since.as_micros() * 8 / 1_000) as u32
}
