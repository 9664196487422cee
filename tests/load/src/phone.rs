//! Many callers in one thread: a tick each millisecond, by absolute time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::net::{IpAddr, SocketAddr, UdpSocket};

use anyhow::{Context, Result};
use socket2::{Domain, Socket, Type};

use crate::script::{Said, Script};
use crate::sip::{Dialog, EVENTS, Message};
use crate::sound::sounds;
use crate::stream::{self, Stream};
use crate::sys::{self, MS, Nanos, SECOND};

/// How a call is made.
pub struct Order {
    /// The number to dial.
    pub number: String,
    /// Our user name.
    pub user: String,
    /// Whether telephone events are offered.
    pub keys: bool,
    /// When to hang up, from the answer on; `None` is never.
    pub hold: Option<Nanos>,
    /// What is said and heard; `None` sends nothing and only counts what came.
    pub script: Option<Box<dyn Script>>,
    /// Whether arrivals are remembered.
    pub keep_arrivals: bool,
}

/// How a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Calling,
    Talking,
    Ending,
    Over,
}

/// One call.
pub struct Leg {
    dialog: Dialog,
    order: Order,
    stage: Stage,
    ports: Option<Ports>,
    /// What came in.
    pub stream: Stream,
    /// When the INVITE went out.
    pub invited: Nanos,
    /// When the 200 came in.
    pub answered: Option<Nanos>,
    /// When the last transaction ended.
    pub ended: Option<Nanos>,
    /// Why the call failed.
    pub failed: Option<String>,
    /// The packets that were sent.
    pub sent: u64,
    tries: u32,
    slot: usize,
    sequence: u16,
    stamp: u32,
    /// The time stamp of the key that is pressed.
    key_began: u32,
}

struct Ports {
    rtp: UdpSocket,
    /// Only taken, so that reports do not come back as errors.
    _rtcp: UdpSocket,
    number: u16,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Again,
    Hangup,
}

/// The callers.
pub struct Phone {
    sip: UdpSocket,
    run: u32,
    own: SocketAddr,
    server: SocketAddr,
    /// All calls of this run, by number.
    pub legs: BTreeMap<u32, Leg>,
    free: VecDeque<u16>,
    timers: BinaryHeap<Reverse<(Nanos, u32, Due)>>,
    slots: [Vec<u32>; 20],
    tick: Nanos,
    ticks: u64,
    next_call: u32,
    /// Requests sent again.
    pub repeated: u64,
    /// The greatest delay of a tick, in milliseconds.
    pub late: f64,
    buffer: Vec<u8>,
}

impl Phone {
    /// Callers at an address of their own, with RTP ports from 10000 to 18999.
    pub fn new(own: IpAddr, server: SocketAddr) -> Result<Self> {
        let own = SocketAddr::new(own, 5060);
        let sip = bind(own, Some(4 << 20)).with_context(|| format!("cannot bind {own}: is another bench running?"))?;
        Ok(Self {
            sip,
            run: (sys::now() / MS) as u32,
            own,
            server,
            legs: BTreeMap::new(),
            free: (10_000..19_000).step_by(2).collect(),
            timers: BinaryHeap::new(),
            slots: Default::default(),
            tick: sys::steady(),
            ticks: 0,
            next_call: 0,
            repeated: 0,
            late: 0.0,
            buffer: vec![0; 65_536],
        })
    }

    /// Begins a call and says its number.
    pub fn call(&mut self, order: Order) -> Result<u32> {
        let number = self.free.pop_front().context("all RTP ports are in use")?;
        let ports = self.ports(number)?;
        let rtp = SocketAddr::new(self.own.ip(), number);
        self.next_call += 1;
        let call = self.next_call;
        let dialog = Dialog {
            call,
            run: self.run,
            own: self.own,
            server: self.server,
            number: order.number.clone(),
            user: order.user.clone(),
            tag: String::new(),
            contact: String::new(),
        };
        let invite = dialog.invite(rtp, order.keys);
        let leg = Leg {
            stream: Stream::new(order.keep_arrivals),
            dialog,
            order,
            stage: Stage::Calling,
            ports: Some(ports),
            invited: sys::now(),
            answered: None,
            ended: None,
            failed: None,
            sent: 0,
            tries: 0,
            slot: usize::MAX,
            sequence: call as u16,
            stamp: call.wrapping_mul(7919),
            key_began: 0,
        };
        self.legs.insert(call, leg);
        let _ = self.sip.send_to(invite.as_bytes(), self.server);
        self.timers.push(Reverse((sys::steady() + T1, call, Due::Again)));
        Ok(call)
    }

    fn ports(&self, number: u16) -> Result<Ports> {
        let at = |port| SocketAddr::new(self.own.ip(), port);
        let rtp = bind(at(number), None)?;
        sys::stamp(&rtp)?;
        Ok(Ports { rtp, _rtcp: bind(at(number + 1), None)?, number })
    }

    /// Runs until a moment by [`sys::steady`].
    pub fn run_until(&mut self, until: Nanos) {
        self.run_while(until, |_| true);
    }

    /// Runs for some seconds.
    pub fn run_for(&mut self, seconds: f64) {
        self.run_until(sys::steady() + (seconds * SECOND as f64) as Nanos);
    }

    /// Runs until a moment, or until `on` says no; `on` is asked before each tick.
    pub fn run_while(&mut self, until: Nanos, mut on: impl FnMut(&mut Self) -> bool) {
        while self.tick < until && on(self) {
            self.tick += MS;
            self.ticks += 1;
            let now = sys::steady();
            if now < self.tick {
                sys::sleep_until(self.tick);
            } else {
                self.late = self.late.max((now - self.tick) as f64 / MS as f64);
            }
            self.signal();
            self.expire();
            self.sound();
        }
    }

    /// Waits until the phone is in step with the clock again after other work.
    pub fn resume(&mut self) {
        self.tick = self.tick.max(sys::steady());
        self.late = 0.0;
    }

    /// Calls that are not over.
    pub fn open(&self) -> usize {
        self.legs.values().filter(|leg| leg.stage != Stage::Over).count()
    }

    /// Ends every call and waits until they are over, at most ten seconds.
    pub fn hang_up_all(&mut self) {
        let talking: Vec<u32> =
            self.legs.iter().filter(|(_, leg)| leg.stage == Stage::Talking).map(|(call, _)| *call).collect();
        let start = sys::steady();
        let mut rest = talking.into_iter();
        self.run_while(start + 10 * SECOND, |phone| {
            if let Some(call) = rest.next() {
                phone.hang_up(call);
            }
            phone.ticks % 16 != 0 || phone.open() > 0
        });
    }

    fn signal(&mut self) {
        let mut buffer = std::mem::take(&mut self.buffer);
        while let Some((length, at)) = sys::receive(&self.sip, &mut buffer) {
            if let Ok(text) = std::str::from_utf8(&buffer[..length])
                && let Some(message) = Message::read(text, self.run)
            {
                self.told(&message, at);
            }
        }
        self.buffer = buffer;
    }

    fn told(&mut self, message: &Message<'_>, at: Nanos) {
        let leg = message.call.and_then(|call| Some((call, self.legs.get_mut(&call)?)));
        match (message.status, leg) {
            (None, leg) => {
                if message.method != "ACK" {
                    let _ = self.sip.send_to(message.ok().as_bytes(), self.server);
                }
                if let Some((call, leg)) = leg
                    && message.method == "BYE"
                    && leg.stage == Stage::Talking
                {
                    leg.failed.get_or_insert_with(|| "the server hung up".to_owned());
                    self.over(call, at);
                }
            }
            (Some(100..=199), _) | (_, None) => {}
            (Some(status), Some((call, _))) if message.method == "INVITE" => self.answered(call, status, message, at),
            (Some(status), Some((call, leg))) if leg.stage == Stage::Ending => {
                if status != 200 {
                    leg.failed = Some(format!("BYE answered by {status}"));
                }
                self.over(call, at);
            }
            _ => {}
        }
    }

    fn answered(&mut self, call: u32, status: u16, message: &Message<'_>, at: Nanos) {
        let Some(leg) = self.legs.get_mut(&call) else { return };
        if leg.stage == Stage::Calling {
            message.tag().clone_into(&mut leg.dialog.tag);
            message.contact().unwrap_or_default().clone_into(&mut leg.dialog.contact);
            let connected = leg.ports.as_ref().zip(message.rtp()).map(|(ports, to)| ports.rtp.connect(to));
            if status >= 300 || !matches!(connected, Some(Ok(()))) {
                leg.failed = Some(format!("INVITE answered by {status}"));
                let ack = leg.dialog.ack(true);
                let _ = self.sip.send_to(ack.as_bytes(), self.server);
                return self.over(call, at);
            }
            leg.stage = Stage::Talking;
            leg.answered = Some(at);
            if let Some(hold) = leg.order.hold {
                self.timers.push(Reverse((sys::steady() + hold, call, Due::Hangup)));
            }
            if leg.order.script.is_some() {
                // The slots are filled evenly, as callers come at any time, and in no order that the server's may follow.
                let start = call as usize * 7;
                leg.slot =
                    (start..start + 20).map(|slot| slot % 20).min_by_key(|slot| self.slots[*slot].len()).unwrap_or(0);
                self.slots[leg.slot].push(call);
            }
        }
        let ack = leg.dialog.ack(false);
        let _ = self.sip.send_to(ack.as_bytes(), self.server);
    }

    fn expire(&mut self) {
        let now = sys::steady();
        while let Some(Reverse((at, ..))) = self.timers.peek()
            && *at <= now
            && let Some(Reverse((_, call, due))) = self.timers.pop()
        {
            match due {
                Due::Hangup => self.hang_up(call),
                Due::Again => self.again(call),
            }
        }
    }

    fn hang_up(&mut self, call: u32) {
        let Some(leg) = self.legs.get_mut(&call) else { return };
        if leg.stage == Stage::Talking {
            if leg.order.script.is_none() {
                leg.read(&mut [0; 1500]);
            }
            leg.stage = Stage::Ending;
            leg.tries = 0;
            leave(&mut self.slots, leg, call);
            let _ = self.sip.send_to(leg.dialog.bye().as_bytes(), self.server);
            self.timers.push(Reverse((sys::steady() + T1, call, Due::Again)));
        }
    }

    /// Sends a request again that has no answer, or gives up.
    fn again(&mut self, call: u32) {
        let Some(leg) = self.legs.get_mut(&call) else { return };
        let text = match leg.stage {
            Stage::Calling => leg
                .dialog
                .invite(SocketAddr::new(self.own.ip(), leg.ports.as_ref().map_or(0, |p| p.number)), leg.order.keys),
            Stage::Ending => leg.dialog.bye(),
            Stage::Talking | Stage::Over => return,
        };
        leg.tries += 1;
        if leg.tries > TRIES {
            leg.failed = Some(format!("no answer while {:?}", leg.stage));
            return self.over(call, sys::now());
        }
        self.repeated += 1;
        let _ = self.sip.send_to(text.as_bytes(), self.server);
        self.timers.push(Reverse((sys::steady() + (T1 << leg.tries), call, Due::Again)));
    }

    fn over(&mut self, call: u32, at: Nanos) {
        let Some(leg) = self.legs.get_mut(&call) else { return };
        leg.stage = Stage::Over;
        leg.ended = Some(at);
        leave(&mut self.slots, leg, call);
        if let Some(ports) = leg.ports.take() {
            self.free.push_back(ports.number);
        }
    }

    /// Sends and reads the sound of the legs whose slot it is.
    fn sound(&mut self) {
        let slot = (self.ticks % 20) as usize;
        let mut ended = Vec::new();
        for call in &self.slots[slot] {
            if let Some(leg) = self.legs.get_mut(call)
                && !leg.turn()
            {
                ended.push(*call);
            }
        }
        for call in ended {
            self.hang_up(call);
        }
    }
}

impl Leg {
    /// Reads what came and sends one packet. `false` to hang up.
    fn turn(&mut self) -> bool {
        self.read(&mut [0; 1500]);
        let (Some(ports), Some(script)) = (&self.ports, &mut self.order.script) else { return true };
        let mut packet = [0_u8; 172];
        let (head, body) = packet.split_first_chunk_mut::<12>().expect("a packet is longer than its head");
        let said = script.say(sys::now());
        let length = match said {
            Said::HangUp => return false,
            Said::Sound(payload) => {
                stream::write_header(head, 0, false, self.sequence, self.stamp, self.dialog.call);
                body.copy_from_slice(payload);
                172
            }
            Said::Key { key, held, first, last } => {
                if first {
                    self.key_began = self.stamp;
                }
                stream::write_header(head, EVENTS, first, self.sequence, self.key_began, self.dialog.call);
                body[..4].copy_from_slice(&[key, if last { 0x8a } else { 10 }, (held >> 8) as u8, held as u8]);
                16
            }
        };
        self.sequence = self.sequence.wrapping_add(1);
        self.stamp = self.stamp.wrapping_add(160);
        self.sent += u64::from(ports.rtp.send(&packet[..length]).is_ok());
        true
    }

    /// Reads what came.
    fn read(&mut self, packet: &mut [u8]) {
        let Some(ports) = &self.ports else { return };
        while let Some((length, at)) = sys::receive(&ports.rtp, packet) {
            let Some((header, payload)) = stream::parse(&packet[..length]) else { continue };
            self.stream.take(header, at);
            if let Some(script) = self.order.script.as_mut().filter(|script| header.kind == 0 && script.listens()) {
                script.hear(sounds(payload), at);
            }
        }
    }

    /// From INVITE to 200, in milliseconds.
    pub fn setup(&self) -> Option<f64> {
        Some(self.answered?.saturating_sub(self.invited) as f64 / MS as f64)
    }
}

fn leave(slots: &mut [Vec<u32>; 20], leg: &mut Leg, call: u32) {
    if let Some(slot) = slots.get_mut(leg.slot) {
        slot.retain(|other| *other != call);
    }
    leg.slot = usize::MAX;
}

fn bind(at: SocketAddr, buffer: Option<usize>) -> Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(at), Type::DGRAM, None)?;
    if let Some(bytes) = buffer {
        socket.set_recv_buffer_size(bytes)?;
    }
    socket.bind(&at.into())?;
    socket.set_nonblocking(true)?;
    let socket: UdpSocket = socket.into();
    if buffer.is_some() {
        sys::stamp(&socket)?;
    }
    Ok(socket)
}

/// The wait before a request is sent again (RFC 3261, 17.1.1.1).
const T1: Nanos = 500 * MS;

/// How often a request is sent again before the call has failed.
const TRIES: u32 = 4;
