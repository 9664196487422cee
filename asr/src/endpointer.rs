//! When has the caller finished?
//!
//! A signal machine in sample time: it is fed one voice flag per 20 ms, and how the words understood so far lie in the
//! grammar. A turn that had speech always ends: by silence, earlier by a whole phrase, or by its length.

use std::time::Duration;

use audio::FRAME_MS;
use call_model::{ListenEnd, ListenRequest};

use crate::Match;

/// When a turn ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndpointerConfig {
    /// Silence after speech that ends the turn.
    pub end_silence: Duration,
    /// Silence after a whole phrase that no longer phrase begins with, which ends the turn; `None`: like any other.
    /// Not so short that it cuts a word of two syllables with a stop between them.
    pub whole_phrase_silence: Option<Duration>,
    /// The longest speech, pauses in it included.
    pub max_speech: Duration,
}

impl From<&ListenRequest> for EndpointerConfig {
    fn from(request: &ListenRequest) -> Self {
        Self {
            end_silence: request.end_silence,
            whole_phrase_silence: request.phrase_silence,
            max_speech: request.max_speech,
        }
    }
}

/// What the endpointer reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// The first frame with speech.
    SpeechStarted,
    /// The turn has ended.
    Ended(ListenEnd),
}

/// The endpointer of one turn.
#[derive(Debug, Clone)]
pub struct Endpointer {
    config: EndpointerConfig,
    state: State,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Waiting,
    /// Milliseconds since speech began, and of the silence at their end.
    Speaking {
        length_ms: u32,
        quiet_ms: u32,
    },
    Ended {
        speech_ms: u32,
    },
}

impl Endpointer {
    /// An endpointer that waits for speech, however long it takes.
    pub fn new(config: EndpointerConfig) -> Self {
        Self { config, state: State::Waiting }
    }

    /// Takes the voice flag of the next 20 ms.
    pub fn push(&mut self, voiced: bool) -> Option<Endpoint> {
        match self.state {
            State::Waiting if voiced => {
                self.state = State::Speaking { length_ms: FRAME_MS, quiet_ms: 0 };
                Some(Endpoint::SpeechStarted)
            }
            State::Waiting | State::Ended { .. } => None,
            State::Speaking { length_ms, quiet_ms } => {
                let length_ms = length_ms.saturating_add(FRAME_MS);
                let quiet_ms = if voiced { 0 } else { quiet_ms + FRAME_MS };
                self.state = State::Speaking { length_ms, quiet_ms };
                if !voiced && at_least(quiet_ms, self.config.end_silence) {
                    return Some(self.end(ListenEnd::EndOfSpeech));
                }
                at_least(length_ms, self.config.max_speech).then(|| self.end(ListenEnd::TooLong))
            }
        }
    }

    /// Takes how the words understood up to now lie in the grammar. Only what was understood in the silence after the
    /// last speech counts, since a later word may be on its way.
    pub fn understood(&mut self, matched: Match) -> Option<Endpoint> {
        (matched == Match::Whole && self.wants_words()).then(|| self.end(ListenEnd::WholePhrase))
    }

    /// Whether a whole phrase would end the turn now: the time to ask what has been understood.
    pub fn wants_words(&self) -> bool {
        match (self.state, self.config.whole_phrase_silence) {
            (State::Speaking { quiet_ms, .. }, Some(silence)) => quiet_ms > 0 && at_least(quiet_ms, silence),
            _ => false,
        }
    }

    /// Whether speech has begun and the turn not ended.
    pub fn is_speaking(&self) -> bool {
        matches!(self.state, State::Speaking { .. })
    }

    /// Whether the turn has ended.
    pub fn has_ended(&self) -> bool {
        matches!(self.state, State::Ended { .. })
    }

    /// Length of the speech so far, without the silence after it, in milliseconds.
    pub fn speech_ms(&self) -> u32 {
        match self.state {
            State::Waiting => 0,
            State::Speaking { length_ms, quiet_ms } => length_ms - quiet_ms,
            State::Ended { speech_ms } => speech_ms,
        }
    }

    fn end(&mut self, why: ListenEnd) -> Endpoint {
        self.state = State::Ended { speech_ms: self.speech_ms() };
        Endpoint::Ended(why)
    }
}

fn at_least(milliseconds: u32, time: Duration) -> bool {
    u128::from(milliseconds) >= time.as_millis()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WHOLE_PHRASE_SILENCE: Duration = Duration::from_millis(180);

    fn config(whole: bool) -> EndpointerConfig {
        EndpointerConfig {
            end_silence: Duration::from_millis(500),
            whole_phrase_silence: whole.then_some(WHOLE_PHRASE_SILENCE),
            max_speech: Duration::from_secs(10),
        }
    }

    /// Pushes flags and gives the frame, counted from 1, at which the turn ended, and how.
    fn ended_at(endpointer: &mut Endpointer, voiced: impl IntoIterator<Item = bool>) -> Option<(usize, ListenEnd)> {
        voiced.into_iter().enumerate().find_map(|(n, voiced)| match endpointer.push(voiced) {
            Some(Endpoint::Ended(end)) => Some((n + 1, end)),
            _ => None,
        })
    }

    #[test]
    fn silence_before_speech_never_ends_a_turn() {
        let mut endpointer = Endpointer::new(config(true));
        assert_eq!(ended_at(&mut endpointer, [false; 10_000]), None);
        assert_eq!(endpointer.speech_ms(), 0);
        assert_eq!(endpointer.push(true), Some(Endpoint::SpeechStarted));
    }

    #[test]
    fn silence_after_speech_ends_it_to_the_frame() {
        let mut endpointer = Endpointer::new(config(false));
        assert_eq!(ended_at(&mut endpointer, [true; 20]), None);
        assert_eq!(ended_at(&mut endpointer, [false; 100]), Some((25, ListenEnd::EndOfSpeech)));
        assert_eq!(endpointer.speech_ms(), 400);
        assert_eq!(endpointer.push(true), None);
    }

    #[test]
    fn a_pause_between_words_does_not_end_it() {
        let mut endpointer = Endpointer::new(config(false));
        for _ in 0..3 {
            assert_eq!(ended_at(&mut endpointer, [true; 20]), None);
            assert_eq!(ended_at(&mut endpointer, [false; 24]), None);
        }
        assert_eq!(endpointer.speech_ms(), 3 * 400 + 2 * 480);
    }

    #[test]
    fn a_whole_phrase_ends_it_after_a_short_silence_only() {
        let mut endpointer = Endpointer::new(config(true));
        ended_at(&mut endpointer, [true; 20]);
        assert_eq!(endpointer.understood(Match::Whole), None);
        ended_at(&mut endpointer, [false; 8]);
        assert!(!endpointer.wants_words());
        assert_eq!(endpointer.understood(Match::Whole), None);
        endpointer.push(false);
        assert!(endpointer.wants_words());
        assert_eq!(endpointer.understood(Match::Whole), Some(Endpoint::Ended(ListenEnd::WholePhrase)));
        assert_eq!(endpointer.speech_ms(), 400);
        assert!(endpointer.has_ended());
        assert_eq!(endpointer.understood(Match::Whole), None);
    }

    #[test]
    fn a_phrase_that_may_go_on_waits_for_the_whole_silence() {
        for matched in [Match::WholeOrBeginning, Match::Beginning, Match::None] {
            let mut endpointer = Endpointer::new(config(true));
            ended_at(&mut endpointer, [true; 20]);
            ended_at(&mut endpointer, [false; 12]);
            assert_eq!(endpointer.understood(matched), None);
        }
    }

    #[test]
    fn a_caller_who_goes_on_after_a_hesitation_is_not_cut() {
        let mut endpointer = Endpointer::new(config(true));
        ended_at(&mut endpointer, [true; 20]);
        ended_at(&mut endpointer, [false; 10]);
        endpointer.push(true);
        assert_eq!(endpointer.understood(Match::Whole), None);
    }

    #[test]
    fn endless_speech_is_too_long() {
        let mut endpointer = Endpointer::new(config(true));
        assert_eq!(ended_at(&mut endpointer, [true; 1_000]), Some((500, ListenEnd::TooLong)));
        assert_eq!(endpointer.speech_ms(), 10_000);
    }

    proptest! {
        #[test]
        fn a_turn_that_had_speech_always_ends(
            flags in proptest::collection::vec(any::<bool>(), 0..2_000),
            end_ms in 0u64..2_000, max_ms in 0u64..20_000, whole in any::<bool>(), after in any::<bool>(),
        ) {
            let mut endpointer = Endpointer::new(EndpointerConfig {
                end_silence: Duration::from_millis(end_ms),
                whole_phrase_silence: whole.then_some(WHOLE_PHRASE_SILENCE),
                max_speech: Duration::from_millis(max_ms),
            });
            let mut ends = 0;
            let mut started = 0;
            // Whatever comes first, silence or speech without end must close it.
            for voiced in flags.into_iter().chain([true]).chain(std::iter::repeat_n(after, 1_001)) {
                match endpointer.push(voiced) {
                    Some(Endpoint::SpeechStarted) => started += 1,
                    Some(Endpoint::Ended(_)) => ends += 1,
                    None => {}
                }
            }
            prop_assert_eq!((started, ends), (1, 1));
            prop_assert!(endpointer.has_ended());
            prop_assert!(u64::from(endpointer.speech_ms()) <= max_ms.max(20) + 20);
        }
    }
}
