//! From whom a leg hears, and to where it sends: the signalled address, or one that is learnt.
//!
//! A packet from the signalled address settles the matter at once. Else, where [`Latching::Learn`] allows it, a source
//! that sends a few packets in good order within a window is learnt, as behind a NAT; for the rest of that window the
//! signalled address may still take over. Then the source is settled: nobody else is heard until a new answer opens the
//! question again. Strangers are counted and never heard.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Whether sources other than the signalled one may be learnt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Latching {
    /// Yes, after a few steady packets: peers behind a NAT are heard.
    #[default]
    Learn,
    /// No: only what comes from the signalled address is heard.
    SignalledOnly,
}

/// Packets in good order that make a source known.
pub const STEADY_PACKETS: u32 = 4;
/// How long whoever is watched stays watched without a packet, so that a crowd cannot keep the peer from being learnt.
const PATIENCE: Duration = Duration::from_millis(60);
/// How long learning may take, and how long the signalled address may take over from a learnt one.
pub const WINDOW: Duration = Duration::from_secs(3);

/// The source of one leg's packets.
#[derive(Debug, Clone)]
pub struct Source {
    latching: Latching,
    signalled: Option<SocketAddr>,
    state: State,
    strangers: u64,
}

#[derive(Debug, Clone)]
enum State {
    /// Nobody yet; perhaps someone who is watched.
    Open { candidate: Option<Candidate> },
    /// Someone other than signalled was learnt and can be displaced until then.
    Learnt { source: SocketAddr, until: Instant },
    /// Settled.
    Settled { source: SocketAddr },
}

#[derive(Debug, Clone, Copy)]
struct Candidate {
    source: SocketAddr,
    ssrc: u32,
    sequence: u16,
    steady: u32,
    since: Instant,
    last: Instant,
}

impl Source {
    /// Begins with nothing signalled.
    pub fn new(latching: Latching) -> Self {
        Self { latching, signalled: None, state: State::Open { candidate: None }, strangers: 0 }
    }

    /// An answer (or offer) named where the peer is: the question is open again, unless it names the settled source.
    pub fn signal(&mut self, signalled: Option<SocketAddr>) {
        let unchanged = signalled == self.signalled || signalled.is_some() && signalled == self.settled();
        self.signalled = signalled;
        if !unchanged {
            self.state = State::Open { candidate: None };
        }
    }

    /// Asks whether a packet is heard.
    pub fn admits(&mut self, from: SocketAddr, ssrc: u32, sequence: u16, now: Instant) -> bool {
        let admitted = match &self.state {
            State::Settled { source } => *source == from,
            _ if Some(from) == self.signalled => {
                self.state = State::Settled { source: from };
                true
            }
            State::Learnt { source, until } => {
                let (source, over) = (*source, now >= *until);
                if over {
                    self.state = State::Settled { source };
                }
                source == from
            }
            State::Open { candidate } => {
                let candidate = *candidate;
                self.latching == Latching::Learn && self.watch(candidate, from, ssrc, sequence, now)
            }
        };
        self.strangers += u64::from(!admitted);
        admitted
    }

    /// Where to send: whoever is heard, else the signalled address.
    pub fn target(&self) -> Option<SocketAddr> {
        match &self.state {
            State::Open { .. } => self.signalled,
            State::Learnt { source, .. } | State::Settled { source } => Some(*source),
        }
    }

    /// The source once nobody else can become it: a socket may be connected to it.
    pub fn settled(&self) -> Option<SocketAddr> {
        match &self.state {
            State::Settled { source } => Some(*source),
            State::Open { .. } | State::Learnt { .. } => None,
        }
    }

    /// Whether a report may come from here: any port of the host that we send to or that was signalled.
    pub fn admits_reports(&self, from: SocketAddr) -> bool {
        [self.target(), self.signalled].into_iter().flatten().any(|known| known.ip() == from.ip())
    }

    /// Packets refused so far.
    pub fn strangers(&self) -> u64 {
        self.strangers
    }

    /// Watches a possible source; `true` with the packet that makes it known.
    fn watch(&mut self, seen: Option<Candidate>, from: SocketAddr, ssrc: u32, sequence: u16, now: Instant) -> bool {
        let follows = |seen: &Candidate| {
            seen.source == from && seen.ssrc == ssrc && (1..=2).contains(&sequence.wrapping_sub(seen.sequence))
        };
        let in_window = |seen: &Candidate| now.saturating_duration_since(seen.since) < WINDOW;
        let patient = |seen: &Candidate| now.saturating_duration_since(seen.last) < PATIENCE;
        let candidate = match seen.filter(in_window) {
            Some(seen) if follows(&seen) => Candidate { sequence, steady: seen.steady + 1, last: now, ..seen },
            Some(seen) if seen.source != from && patient(&seen) => seen,
            Some(_) | None => Candidate { source: from, ssrc, sequence, steady: 1, since: now, last: now },
        };
        let known = candidate.source == from && candidate.steady >= STEADY_PACKETS;
        self.state = if !known {
            State::Open { candidate: Some(candidate) }
        } else if self.signalled.is_some() {
            State::Learnt { source: from, until: candidate.since + WINDOW }
        } else {
            State::Settled { source: from }
        };
        known
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a base instant; time is virtual from there")]
mod tests {
    use super::*;

    fn at(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], port))
    }

    fn signalled() -> Source {
        let mut source = Source::new(Latching::Learn);
        source.signal(Some(at(10)));
        source
    }

    #[test]
    fn the_signalled_address_is_heard_at_once_and_alone() {
        let (mut source, now) = (signalled(), Instant::now());
        assert!(source.admits(at(10), 1, 1, now));
        assert!((0..20).all(|n| !source.admits(at(66), 2, n, now)));
        assert_eq!((source.strangers(), source.settled()), (20, Some(at(10))));
    }

    #[test]
    fn a_steady_source_is_learnt_and_the_signalled_one_takes_over_within_the_window() {
        let (mut source, now) = (signalled(), Instant::now());
        let heard: Vec<bool> = (0..5).map(|n| source.admits(at(20), 1, n, now)).collect();
        assert_eq!(heard, [false, false, false, true, true]);
        assert_eq!((source.target(), source.settled()), (Some(at(20)), None));
        assert!(source.admits(at(10), 9, 1, now + Duration::from_secs(2)));
        assert!(!source.admits(at(20), 1, 5, now + Duration::from_secs(2)));
        assert_eq!(source.settled(), Some(at(10)));
    }

    #[test]
    fn a_learnt_source_is_settled_when_the_window_ends() {
        let (mut source, now) = (signalled(), Instant::now());
        for n in 0..4 {
            source.admits(at(20), 1, n, now);
        }
        assert!(source.admits(at(20), 1, 4, now + WINDOW));
        assert_eq!(source.settled(), Some(at(20)));
        assert!(!source.admits(at(10), 9, 1, now + WINDOW));
    }

    #[test]
    fn an_unsteady_source_and_a_slow_one_are_not_learnt() {
        let (mut source, now) = (signalled(), Instant::now());
        assert!((0..40u16).all(|n| !source.admits(at(20), 1, n * 7, now)));
        assert!((0..40u16).all(|n| !source.admits(at(20), 1, n, now + WINDOW * u32::from(n))));
    }

    #[test]
    fn a_spray_from_many_ports_does_not_keep_the_peer_from_being_learnt() {
        let (mut source, now) = (signalled(), Instant::now());
        let mut heard = 0;
        for n in 0..40u16 {
            heard += u32::from(source.admits(at(20), 1, n, now));
            assert!(!source.admits(at(1_000 + n), 2, n, now));
        }
        assert!(heard > 30, "{heard}");
    }

    #[test]
    fn nobody_is_learnt_where_only_the_signalled_address_counts() {
        let (mut source, now) = (Source::new(Latching::SignalledOnly), Instant::now());
        source.signal(Some(at(10)));
        assert!((0..40).all(|n| !source.admits(at(20), 1, n, now)));
        assert!(source.admits(at(10), 1, 1, now));
    }

    #[test]
    fn a_new_answer_opens_the_question_again() {
        let (mut source, now) = (signalled(), Instant::now());
        source.admits(at(10), 1, 1, now);
        source.signal(Some(at(10)));
        assert_eq!(source.settled(), Some(at(10)));
        source.signal(Some(at(30)));
        assert_eq!((source.settled(), source.target()), (None, Some(at(30))));
        assert!(source.admits(at(30), 1, 2, now));
    }

    #[test]
    fn without_a_signalled_address_the_first_steady_source_is_settled() {
        let (mut source, now) = (Source::new(Latching::Learn), Instant::now());
        source.signal(None);
        for n in 0..4 {
            source.admits(at(20), 1, n, now);
        }
        assert_eq!(source.settled(), Some(at(20)));
    }
}
