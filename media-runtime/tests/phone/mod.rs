//! A telephone on a real socket, for tests: it waits on its socket and on facts with a limit, never by sleeping.
#![allow(dead_code, reason = "each test file uses its part")]

use std::net::{SocketAddr, UdpSocket};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use call_model::{LegId, OrderId, SoundFact};
use media::rtp::RtpPacket;
use media::sdp::{Codec, Description};
use media_runtime::{LegSink, LegStats, MediaRuntime, PromptAudio, RuntimeConfig, SharedSink};

/// How long anything may take on a loaded machine.
pub const LIMIT: Duration = Duration::from_secs(20);

/// A runtime of this many threads on loopback, with ports of its own.
pub fn runtime(threads: usize, first_port: u16) -> MediaRuntime {
    MediaRuntime::start(config(threads, first_port)).unwrap()
}

pub fn config(threads: usize, first_port: u16) -> RuntimeConfig {
    RuntimeConfig {
        threads,
        ports: first_port..=first_port + 39,
        bind: [127, 0, 0, 1].into(),
        advertised: [127, 0, 0, 1].into(),
        ..RuntimeConfig::default()
    }
}

/// A prompt whose frames can be told apart: a ramp that no two frames share.
pub fn prompt(frames: usize, seed: usize) -> Arc<PromptAudio> {
    let samples: Vec<i16> =
        (0..frames * 160).map(|at| (((at / 160 + seed) * 97 + at * 31) % 16_000) as i16 - 8_000).collect();
    Arc::new(PromptAudio::from_samples(&samples))
}

/// The payloads of a prompt.
pub fn payloads(prompt: &PromptAudio, codec: Codec) -> Vec<Vec<u8>> {
    (0..prompt.frames()).map(|at| prompt.frame(codec.law(), at).unwrap().to_vec()).collect()
}

/// A received packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub marker: bool,
    pub payload_type: u8,
    pub sequence: u16,
    pub timestamp: u32,
    pub ssrc: u32,
    pub payload: Vec<u8>,
}

/// What a phone's leg told.
pub struct Facts {
    facts: Receiver<SoundFact>,
    pub seen: Vec<SoundFact>,
    closed: Receiver<LegStats>,
}

struct Sink {
    facts: Sender<SoundFact>,
    closed: Sender<LegStats>,
}

impl LegSink for Sink {
    fn fact(&self, fact: SoundFact) {
        let _ = self.facts.send(fact);
    }

    fn closed(&self, _: LegId, stats: LegStats) {
        let _ = self.closed.send(stats);
    }
}

pub fn sink() -> (SharedSink, Facts) {
    let (facts, told) = channel();
    let (closed, ended) = channel();
    (Arc::new(Sink { facts, closed }), Facts { facts: told, seen: Vec::new(), closed: ended })
}

impl Facts {
    /// Waits for a fact; those before it are kept in `seen`.
    pub fn wait_for(&mut self, wanted: impl Fn(&SoundFact) -> bool) -> SoundFact {
        if let Some(at) = self.seen.iter().position(&wanted) {
            return self.seen.remove(at);
        }
        let until = Instant::now() + LIMIT;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let fact = self.facts.recv_timeout(left).unwrap_or_else(|_| panic!("no such fact; seen {:?}", self.seen));
            if wanted(&fact) {
                return fact;
            }
            self.seen.push(fact);
        }
    }

    pub fn wait_closing(&mut self, order: OrderId) -> SoundFact {
        self.wait_for(|fact| closes(fact, order))
    }

    pub fn wait_digit(&mut self) -> char {
        match self.wait_for(|fact| matches!(fact, SoundFact::DigitPressed { .. })) {
            SoundFact::DigitPressed { digit, .. } => digit,
            other => panic!("{other:?}"),
        }
    }

    pub fn wait_closed(&self) -> LegStats {
        self.closed.recv_timeout(LIMIT).expect("the leg does not close")
    }

    /// Everything told so far.
    pub fn all(&mut self) -> Vec<SoundFact> {
        self.seen.extend(self.facts.try_iter());
        std::mem::take(&mut self.seen)
    }
}

pub fn closes(fact: &SoundFact, wanted: OrderId) -> bool {
    match fact {
        SoundFact::Finished { order } | SoundFact::Stopped { order, .. } | SoundFact::Failed { order, .. } => {
            *order == wanted
        }
        _ => false,
    }
}

/// A telephone with its leg.
pub struct Phone {
    pub leg: LegId,
    pub rtp: UdpSocket,
    pub rtcp: UdpSocket,
    pub server: SocketAddr,
    pub codec: Codec,
    pub facts: Facts,
    pub sequence: u16,
    pub timestamp: u32,
    pub ssrc: u32,
}

/// Binds an RTP socket and the RTCP socket one above.
pub fn sockets() -> (UdpSocket, UdpSocket) {
    static LOCK: Mutex<u16> = Mutex::new(0);
    let mut next = LOCK.lock().unwrap();
    loop {
        *next += 2;
        let base = 27_000 + (std::process::id() % 500) as u16 * 8 + *next % 4_000;
        let bind = |port| UdpSocket::bind(("127.0.0.1", port));
        if let (Ok(rtp), Ok(rtcp)) = (bind(base), bind(base + 1)) {
            rtp.set_read_timeout(Some(LIMIT)).unwrap();
            rtcp.set_read_timeout(Some(LIMIT)).unwrap();
            return (rtp, rtcp);
        }
    }
}

/// An offer from this port.
pub fn offer(port: u16, codec: Codec, keys: bool) -> Vec<u8> {
    let (number, name) = (codec.static_type(), codec.name());
    let (types, map) = if keys { (" 101", "a=rtpmap:101 telephone-event/8000\r\n") } else { ("", "") };
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP {number}{types}\r\na=rtpmap:{number} {name}/8000\r\n{map}a=sendrecv\r\n"
    )
    .into_bytes()
}

/// The address that a description names.
pub fn address(sdp: &[u8]) -> SocketAddr {
    let read = Description::parse(sdp).unwrap();
    SocketAddr::new(read.host(&read.media[0]).unwrap().ip().unwrap(), read.media[0].port)
}

impl Phone {
    /// Calls the server.
    pub fn call(runtime: &MediaRuntime, leg: u64, codec: Codec, keys: bool) -> Self {
        let (rtp, rtcp) = sockets();
        let (sink, facts) = sink();
        let offer = offer(rtp.local_addr().unwrap().port(), codec, keys);
        let answer = runtime.open_answer(LegId(leg), &offer, sink).unwrap();
        let server = address(&answer);
        Self {
            leg: LegId(leg),
            rtp,
            rtcp,
            server,
            codec,
            facts,
            sequence: 100,
            timestamp: 5_000,
            ssrc: 1_000 + leg as u32,
        }
    }

    /// Sends one packet; the next number is used.
    pub fn send(&mut self, payload_type: u8, marker: bool, timestamp: u32, payload: &[u8]) {
        let packet = RtpPacket { marker, payload_type, sequence: self.sequence, timestamp, ssrc: self.ssrc, payload };
        let mut out = [0; 1_500];
        let length = packet.write(&mut out).unwrap();
        self.rtp.send_to(&out[..length], self.server).unwrap();
        self.sequence = self.sequence.wrapping_add(1);
    }

    /// Sends a frame of sound.
    pub fn speak(&mut self, payload: &[u8]) {
        self.send(self.codec.static_type(), false, self.timestamp, payload);
        self.timestamp = self.timestamp.wrapping_add(160);
    }

    /// Sends all packets of a key press.
    pub fn press(&mut self, code: u8) {
        let begin = self.timestamp;
        for n in 1..=5u16 {
            let duration = (n * 160).to_be_bytes();
            self.send(101, n == 1, begin, &[code, 10, duration[0], duration[1]]);
        }
        for _ in 0..3 {
            self.send(101, false, begin, &[code, 0x8a, 3, 32]);
        }
        self.timestamp = begin.wrapping_add(1_600);
    }

    /// The next packet.
    pub fn receive(&self) -> Received {
        let mut bytes = [0; 1_500];
        let (length, _) = self.rtp.recv_from(&mut bytes).expect("no packet came");
        let packet = RtpPacket::parse(&bytes[..length]).unwrap();
        Received {
            marker: packet.marker,
            payload_type: packet.payload_type,
            sequence: packet.sequence,
            timestamp: packet.timestamp,
            ssrc: packet.ssrc,
            payload: packet.payload.to_vec(),
        }
    }

    /// Receives until a packet has this payload.
    pub fn receive_until(&self, payload: &[u8]) -> Received {
        let until = Instant::now() + LIMIT;
        loop {
            let received = self.receive();
            if received.payload == payload {
                return received;
            }
            assert!(Instant::now() < until, "no such packet came");
        }
    }
}
