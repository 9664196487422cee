//! The jitter buffer: packets go in as they come, one frame of 20 ms comes out each period.
//!
//! G.711 has one byte a sample, so the buffer is a ring of bytes at their RTP time: packets of any length, in any order
//! and any number of copies find their place without a list and without allocating.
//!
//! Playing begins when as much is buffered as the measured jitter asks for (40 to 120 ms). Where the ring runs dry the
//! playing point waits, so that late packets are still heard, and the delay grows; where a second long there was more
//! than needed, one frame is dropped, in silence if there is any.

use audio::FRAME;
use audio::g711::{self, Law};

/// Samples that the ring spans: 512 ms.
const RING: usize = 4_096;
const MASK: usize = RING - 1;
const PERIOD: u32 = FRAME as u32;
/// The least and the greatest delay that is aimed at.
const LEAST_TARGET: u32 = 2 * PERIOD;
const GREATEST_TARGET: u32 = 6 * PERIOD;
/// Beyond this much in the ring the playing point jumps forward to the target.
const GREATEST_DEPTH: u32 = 10 * PERIOD;
/// Periods without a packet after which the next packet begins anew.
const DRY_PERIODS: u32 = 20;
/// Periods over which the least depth is watched before the delay is shortened.
const SHRINK_WINDOW: u32 = 50;
/// A packet further off than this (1 s) is a new count of time, if the next one agrees.
const FAR: i32 = 8_000;
/// A frame whose samples stay below this is silent enough to be dropped unheard (about -42 dBFS).
const QUIET: u16 = 256;

/// What a period brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Popped {
    /// A frame of received sound.
    Sound,
    /// A frame was due and has not come: conceal it.
    Missing,
    /// Nothing is being played: no stream, or it is still being buffered.
    Idle,
}

/// What became of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// It will be heard.
    Stored,
    /// Its time is over.
    Late,
    /// So far off that it is believed only if the next one agrees.
    Doubtful,
}

/// The jitter buffer of one leg: about 5 KB, fixed.
#[derive(Debug, Clone)]
pub struct JitterBuffer {
    ring: Box<[u8; RING]>,
    present: [u64; RING / 64],
    state: State,
    /// RTP time of the next frame out.
    next: u32,
    /// RTP time behind the newest sample.
    end: u32,
    lateness: Lateness,
    doubtful: bool,
    least_depth: u32,
    watched: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    /// Playing begins at the target depth, or after as many periods.
    Filling {
        periods: u32,
    },
    /// `dry`: periods since there was something to play.
    Playing {
        dry: u32,
    },
}

/// How much later than the quickest packets the slow ones come, in samples.
#[derive(Debug, Clone, Copy, Default)]
struct Lateness {
    quickest: Option<i32>,
    peak: i32,
    packets: u32,
}

impl Default for JitterBuffer {
    fn default() -> Self {
        Self {
            ring: Box::new([0; RING]),
            present: [0; RING / 64],
            state: State::Idle,
            next: 0,
            end: 0,
            lateness: Lateness::default(),
            doubtful: false,
            least_depth: u32::MAX,
            watched: 0,
        }
    }
}

impl JitterBuffer {
    /// Forgets the stream: the next packet begins anew.
    pub fn reset(&mut self) {
        self.state = State::Idle;
        self.lateness = Lateness::default();
        self.doubtful = false;
    }

    /// The delay that is aimed at, in samples.
    pub fn target(&self) -> u32 {
        let needed = PERIOD + self.lateness.peak.max(0) as u32;
        (needed.div_ceil(PERIOD) * PERIOD).clamp(LEAST_TARGET, GREATEST_TARGET)
    }

    /// Samples between the playing point and the newest one.
    pub fn depth(&self) -> u32 {
        if self.state == State::Idle { 0 } else { (self.end.wrapping_sub(self.next) as i32).max(0) as u32 }
    }

    /// Takes a packet's bytes at their RTP time; `arrived` is when it came, in samples on any clock.
    pub fn push(&mut self, timestamp: u32, codes: &[u8], arrived: u32) -> Placed {
        let codes = &codes[..codes.len().min(RING / 4)];
        let length = codes.len() as u32;
        if self.state == State::Idle {
            self.begin(timestamp);
        }
        let ahead = timestamp.wrapping_sub(self.next) as i32;
        if !(-FAR..=(RING as i32 - length as i32)).contains(&ahead) {
            if !std::mem::replace(&mut self.doubtful, true) {
                return Placed::Doubtful;
            }
            self.lateness = Lateness::default();
            self.begin(timestamp);
        }
        self.doubtful = false;
        self.lateness.measure(arrived.wrapping_sub(timestamp) as i32);
        if ahead < 0
            && matches!(self.state, State::Filling { .. })
            && self.end.wrapping_sub(timestamp) < GREATEST_TARGET
        {
            self.next = timestamp;
        }
        let behind = self.next.wrapping_sub(timestamp) as i32;
        if behind >= length as i32 {
            return Placed::Late;
        }
        let skipped = behind.max(0) as usize;
        self.store(timestamp.wrapping_add(skipped as u32), &codes[skipped..]);
        Placed::Stored
    }

    /// Takes the next frame's bytes out. `out` is written only for [`Popped::Sound`].
    pub fn pop(&mut self, law: Law, out: &mut [u8; FRAME]) -> Popped {
        match self.state {
            State::Idle => return Popped::Idle,
            State::Filling { periods } => {
                if self.depth() < self.target() && periods * PERIOD < self.target() {
                    self.state = State::Filling { periods: periods + 1 };
                    return Popped::Idle;
                }
                self.state = State::Playing { dry: 0 };
                (self.least_depth, self.watched) = (u32::MAX, 0);
            }
            State::Playing { .. } => {}
        }
        self.keep_delay_short(law);
        let held = self.count(self.next);
        if held == PERIOD {
            self.copy_out(out);
        } else if self.depth() <= PERIOD {
            return self.wait();
        } else if held > 0 {
            // A part is lost: silence there is less of a seam than made sound.
            out.fill(law.silence());
            self.copy_out(out);
        }
        self.advance();
        if held > 0 { Popped::Sound } else { Popped::Missing }
    }

    fn begin(&mut self, timestamp: u32) {
        self.present = [0; RING / 64];
        self.state = State::Filling { periods: 0 };
        (self.next, self.end) = (timestamp, timestamp);
    }

    /// Nothing to play: the playing point waits for what is late, up to [`DRY_PERIODS`].
    fn wait(&mut self) -> Popped {
        let State::Playing { dry } = self.state else { return Popped::Idle };
        self.state = if dry + 1 < DRY_PERIODS { State::Playing { dry: dry + 1 } } else { State::Idle };
        Popped::Missing
    }

    fn advance(&mut self) {
        self.clear(self.next, PERIOD);
        self.next = self.next.wrapping_add(PERIOD);
        self.state = State::Playing { dry: 0 };
    }

    /// Jumps forward where too much has gathered; drops one frame where there long was more than needed.
    fn keep_delay_short(&mut self, law: Law) {
        let depth = self.depth();
        if depth > GREATEST_DEPTH {
            let skip = depth - self.target();
            self.clear(self.next, skip);
            self.next = self.next.wrapping_add(skip);
            (self.least_depth, self.watched) = (u32::MAX, 0);
            return;
        }
        self.least_depth = self.least_depth.min(depth);
        self.watched += 1;
        if self.watched < SHRINK_WINDOW {
            return;
        }
        // At the worst moment of the window a whole frame more than the one to play and the one to spare.
        let excess = self.least_depth >= 3 * PERIOD && depth > self.target();
        if !excess {
            (self.least_depth, self.watched) = (u32::MAX, 0);
        } else if self.watched >= 3 * SHRINK_WINDOW || self.is_quiet(law) {
            self.clear(self.next, PERIOD);
            self.next = self.next.wrapping_add(PERIOD);
            (self.least_depth, self.watched) = (u32::MAX, 0);
        }
    }

    fn is_quiet(&self, law: Law) -> bool {
        (0..PERIOD).step_by(4).all(|at| {
            let code = self.ring[self.next.wrapping_add(at) as usize & MASK];
            g711::decode(law, code).unsigned_abs() < QUIET
        })
    }

    fn store(&mut self, timestamp: u32, codes: &[u8]) {
        let start = timestamp as usize & MASK;
        let first = codes.len().min(RING - start);
        self.ring[start..start + first].copy_from_slice(&codes[..first]);
        self.ring[..codes.len() - first].copy_from_slice(&codes[first..]);
        for_words(timestamp, codes.len() as u32, |word, mask| self.present[word] |= mask);
        let end = timestamp.wrapping_add(codes.len() as u32);
        if end.wrapping_sub(self.end) as i32 > 0 {
            self.end = end;
        }
    }

    fn clear(&mut self, from: u32, length: u32) {
        for_words(from, length.min(RING as u32), |word, mask| self.present[word] &= !mask);
    }

    fn count(&self, from: u32) -> u32 {
        let mut held = 0;
        for_words(from, PERIOD, |word, mask| held += (self.present[word] & mask).count_ones());
        held
    }

    /// Copies what is present of the next frame.
    fn copy_out(&self, out: &mut [u8; FRAME]) {
        if self.count(self.next) == PERIOD {
            let start = self.next as usize & MASK;
            let first = FRAME.min(RING - start);
            out[..first].copy_from_slice(&self.ring[start..start + first]);
            out[first..].copy_from_slice(&self.ring[..FRAME - first]);
            return;
        }
        for (at, code) in out.iter_mut().enumerate() {
            let index = self.next.wrapping_add(at as u32) as usize & MASK;
            if self.present[index / 64] >> (index % 64) & 1 == 1 {
                *code = self.ring[index];
            }
        }
    }
}

impl Lateness {
    fn measure(&mut self, transit: i32) {
        self.packets = self.packets.wrapping_add(1);
        let quickest = self.quickest.map_or(transit, |quickest| {
            // Clocks drift: the quickest packet of long ago loses its say, a sample a second.
            let drifted = quickest.wrapping_add(i32::from(self.packets.is_multiple_of(50)));
            if transit.wrapping_sub(drifted) < 0 { transit } else { drifted }
        });
        self.quickest = Some(quickest);
        let late = transit.wrapping_sub(quickest).clamp(0, FAR);
        // Halves in some 7 s: rare peaks are remembered, a bad minute is not held against the next.
        let faded = self.peak - if self.packets.is_multiple_of(8) { self.peak / 64 } else { 0 };
        self.peak = faded.max(late);
    }
}

/// Calls `each` with the words of the presence map and the bits in them that a stretch of samples covers.
fn for_words(from: u32, length: u32, mut each: impl FnMut(usize, u64)) {
    let mut at = from as usize & MASK;
    let mut left = length as usize;
    while left > 0 {
        let bit = at % 64;
        let here = left.min(64 - bit);
        let ones = if here == 64 { u64::MAX } else { (1 << here) - 1 };
        each(at / 64, ones << bit);
        at = (at + here) & MASK;
        left -= here;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A packet whose bytes tell its number.
    fn push(buffer: &mut JitterBuffer, number: u32, arrived: u32) -> Placed {
        buffer.push(number.wrapping_mul(160), &[(number % 251) as u8; 160], arrived)
    }

    fn pop(buffer: &mut JitterBuffer) -> (Popped, u8) {
        let mut out = [0; FRAME];
        let popped = buffer.pop(Law::Mu, &mut out);
        (popped, out[0])
    }

    /// Runs one period for each entry: the numbers of the packets that come in it.
    fn run(periods: &[&[u32]]) -> Vec<(Popped, u8)> {
        let mut buffer = JitterBuffer::default();
        let mut heard = Vec::new();
        for (period, packets) in periods.iter().enumerate() {
            for number in *packets {
                push(&mut buffer, *number, period as u32 * 160);
            }
            heard.push(pop(&mut buffer));
        }
        heard
    }

    #[test]
    fn playing_begins_with_two_frames_and_goes_on_without_a_gap() {
        let heard = run(&[&[1], &[2], &[3], &[4]]);
        assert_eq!(heard, [(Popped::Idle, 0), (Popped::Sound, 1), (Popped::Sound, 2), (Popped::Sound, 3)]);
    }

    #[test]
    fn reordered_and_doubled_packets_are_heard_once_in_order() {
        let heard = run(&[&[1], &[3, 3], &[2, 4, 1], &[5]]);
        assert_eq!(heard[1..], [(Popped::Sound, 1), (Popped::Sound, 2), (Popped::Sound, 3)]);
    }

    #[test]
    fn a_lost_packet_is_missing_and_the_next_is_in_time() {
        let heard = run(&[&[1], &[2], &[], &[4], &[5]]);
        assert_eq!(heard[1..], [(Popped::Sound, 1), (Popped::Sound, 2), (Popped::Missing, 0), (Popped::Sound, 4)]);
    }

    #[test]
    fn a_packet_that_comes_while_the_ring_is_dry_is_still_heard() {
        let heard = run(&[&[1], &[2], &[], &[], &[3], &[4, 5], &[6]]);
        let sound: Vec<u8> =
            heard.iter().filter(|(popped, _)| *popped == Popped::Sound).map(|(_, code)| *code).collect();
        assert_eq!(sound, [1, 2, 3, 4, 5]);
    }

    #[test]
    fn packets_of_30_ms_fill_frames_of_20_ms() {
        let mut buffer = JitterBuffer::default();
        let mut heard = Vec::new();
        for n in 0..30u32 {
            if n % 3 != 2 {
                let packet = n / 3 * 2 + n % 3;
                buffer.push(packet * 240, &[packet as u8; 240], n * 160);
            }
            let mut out = [0; FRAME];
            if buffer.pop(Law::Mu, &mut out) == Popped::Sound {
                heard.extend(out);
            }
        }
        let expected: Vec<u8> = (0..).flat_map(|packet| [packet; 240]).take(heard.len()).collect();
        assert!(heard.len() > 20 * 160, "{}", heard.len());
        assert_eq!(heard, expected);
    }

    #[test]
    fn jitter_makes_the_delay_longer_and_calm_makes_it_shorter_again() {
        let mut buffer = JitterBuffer::default();
        let mut depths = Vec::new();
        let mut next = 0;
        for period in 0..3_000u32 {
            // For 20 s every tenth packet holds up those behind it for 80 ms.
            let late = if period < 1_000 { period % 10 % 5 } else { 0 };
            while next + late <= period {
                push(&mut buffer, next, period * 160);
                next += 1;
            }
            pop(&mut buffer);
            depths.push(buffer.depth() / 160);
        }
        assert!(buffer.target() <= 4 * 160, "{}", buffer.target());
        assert!(depths[900..1_000].iter().max() >= Some(&4), "{:?}", &depths[900..1_000]);
        assert!(depths[2_900..].iter().max() <= Some(&2), "{:?}", &depths[2_900..]);
    }

    #[test]
    fn a_burst_after_an_outage_does_not_leave_a_long_delay() {
        let mut buffer = JitterBuffer::default();
        for period in 0..400u32 {
            let outage = (100..118).contains(&period);
            let first = if period == 118 { 100 } else { period };
            if !outage {
                (first..=period).for_each(|number| _ = push(&mut buffer, number, period * 160));
            }
            pop(&mut buffer);
        }
        assert!(buffer.depth() <= GREATEST_TARGET, "{}", buffer.depth());
    }

    #[test]
    fn a_sender_that_counts_time_anew_is_heard_again() {
        let mut buffer = JitterBuffer::default();
        for number in 0..20 {
            push(&mut buffer, number, number * 160);
            pop(&mut buffer);
        }
        assert_eq!(push(&mut buffer, 1_000_000, 0), Placed::Doubtful);
        assert_eq!(push(&mut buffer, 1_000_001, 160), Placed::Stored);
        push(&mut buffer, 1_000_002, 320);
        assert_eq!(pop(&mut buffer), (Popped::Sound, (1_000_001 % 251) as u8));
    }

    proptest! {
        #[test]
        fn sound_comes_out_in_order_whatever_the_network_does(
            start: u32,
            packets in proptest::collection::vec((0u32..12, 0u32..4), 1..300),
        ) {
            // Packet n is sent in period n, comes late by the first number, as many times as the second says.
            let mut buffer = JitterBuffer::default();
            let mut newest = None;
            for period in 0..packets.len() as u32 + 12 {
                for (number, (late, copies)) in packets.iter().enumerate() {
                    if number as u32 + late == period {
                        let timestamp = start.wrapping_add(number as u32 * 160);
                        for _ in 0..*copies {
                            buffer.push(timestamp, &[(number % 251) as u8; 160], period.wrapping_mul(160));
                        }
                    }
                }
                let before = buffer.next;
                let (popped, code) = pop(&mut buffer);
                if popped == Popped::Sound {
                    let number = buffer.next.wrapping_sub(start) / 160 - 1;
                    prop_assert_eq!(code, (number % 251) as u8);
                    prop_assert!(newest.is_none_or(|newest| number > newest), "{} after {:?}", number, newest);
                    newest = Some(number);
                } else if popped == Popped::Missing {
                    // A jump leaves the target in the ring, however far off its newest packet is.
                    prop_assert!(buffer.next.wrapping_sub(before) < RING as u32);
                }
                prop_assert!(buffer.depth() <= RING as u32);
            }
        }

        #[test]
        fn hostile_times_and_lengths_never_break_it(
            packets in proptest::collection::vec((any::<u32>(), 0usize..1_500, any::<u32>()), 0..100),
        ) {
            let mut buffer = JitterBuffer::default();
            let codes = [0u8; 1_500];
            for (timestamp, length, arrived) in packets {
                buffer.push(timestamp, &codes[..length], arrived);
                pop(&mut buffer);
                prop_assert!((LEAST_TARGET..=GREATEST_TARGET).contains(&buffer.target()));
            }
        }
    }
}
