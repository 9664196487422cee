//! A caller who answers a question again and again, and takes the times of it.

use std::rc::Rc;

use crate::script::{Said, Script};
use crate::sound::{Payload, Sounds, Utterance};
use crate::sys::{MS, Nanos};

/// How the caller answers.
#[derive(Clone)]
pub enum Answer {
    /// By this key, while the question is still heard.
    Key(u8),
    /// By one phrase after the other.
    Speech(Rc<Vec<Utterance>>),
}

/// What one answer came to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Turn {
    /// When the key's first packet, or the first packet with voice, went out.
    pub began: Nanos,
    /// When the last packet with voice went out; for a key as `began`.
    pub ended: Nanos,
    /// When the last packet of the question came.
    pub question: Nanos,
    /// When the first packet of the answer came; 0 where it did not.
    pub answered: Nanos,
    /// Whether the server apologised instead.
    pub apologised: bool,
}

impl Turn {
    /// From the beginning until the question is heard no more, in milliseconds: its last packet plays for 20 ms.
    pub fn to_silence(&self) -> f64 {
        (self.question + 20 * MS).saturating_sub(self.began) as f64 / MS as f64
    }

    /// From the end of the last packet with voice until the answer, in milliseconds.
    pub fn to_answer(&self) -> Option<f64> {
        (self.answered > 0).then(|| self.answered.saturating_sub(self.ended + 20 * MS) as f64 / MS as f64)
    }
}

enum Doing {
    /// Waits until the question has been heard for a while.
    Listening { packets: u32 },
    /// Speaks or presses; the packet that is next.
    Answering { packet: usize },
    /// Waits for what comes.
    Waiting { since: Nanos },
}

/// The caller. Its turns are shared with whoever counts them.
pub struct Talker {
    answer: Answer,
    quiet: Rc<Vec<Payload>>,
    /// Packets of the question to hear first.
    patience: u32,
    doing: Doing,
    turn: Turn,
    turns: Rc<std::cell::RefCell<Vec<Turn>>>,
    done: usize,
    most: usize,
    clock: u64,
}

impl Talker {
    /// A caller for `most` turns, who listens to `patience` packets before each.
    pub fn new(
        answer: Answer,
        quiet: Rc<Vec<Payload>>,
        patience: u32,
        most: usize,
        turns: Rc<std::cell::RefCell<Vec<Turn>>>,
    ) -> Self {
        let doing = Doing::Listening { packets: 0 };
        Self { answer, quiet, patience, doing, turn: Turn::default(), turns, done: 0, most, clock: 0 }
    }

    fn finish(&mut self) {
        self.turns.borrow_mut().push(self.turn);
        self.turn = Turn::default();
        self.done += 1;
        self.doing = Doing::Listening { packets: 0 };
    }

    /// The patience differs from turn to turn, so that answers do not fall on one place of the grid.
    fn ready(&self, packets: u32) -> bool {
        packets > self.patience + (self.done as u32 * 7) % 23
    }
}

impl Script for Talker {
    fn say(&mut self, now: Nanos) -> Said<'_> {
        self.clock += 1;
        let silence = self.clock as usize % self.quiet.len();
        match self.doing {
            Doing::Listening { packets } => {
                if self.done >= self.most {
                    return Said::HangUp;
                }
                if self.ready(packets) {
                    self.doing = Doing::Answering { packet: 0 };
                }
                Said::Sound(&self.quiet[silence])
            }
            Doing::Answering { packet } => {
                self.doing = Doing::Answering { packet: packet + 1 };
                match &self.answer {
                    Answer::Key(key) => {
                        if packet == 0 {
                            (self.turn.began, self.turn.ended) = (now, now);
                        }
                        if packet + 1 == KEY_PACKETS {
                            self.doing = Doing::Waiting { since: now };
                        }
                        let last = packet + LAST_KEY_PACKETS >= KEY_PACKETS;
                        let held = 160 * (packet + 1).min(KEY_PACKETS - LAST_KEY_PACKETS + 1) as u16;
                        Said::Key { key: *key, held, first: packet == 0, last }
                    }
                    Answer::Speech(phrases) => {
                        let phrase = &phrases[self.done % phrases.len()];
                        if packet == phrase.first {
                            self.turn.began = now;
                        }
                        if packet <= phrase.last {
                            self.turn.ended = now;
                        }
                        if packet + 1 >= phrase.packets.len() {
                            self.doing = Doing::Waiting { since: now };
                        }
                        Said::Sound(&phrase.packets[packet])
                    }
                }
            }
            Doing::Waiting { since } => {
                if now > since + GIVE_UP {
                    self.finish();
                }
                Said::Sound(&self.quiet[silence])
            }
        }
    }

    fn hear(&mut self, sounds: Sounds, at: Nanos) {
        match (&mut self.doing, sounds) {
            (Doing::Listening { packets }, Sounds::Question) => {
                *packets += 1;
                self.turn.question = at;
            }
            (Doing::Answering { .. } | Doing::Waiting { .. }, Sounds::Question) => self.turn.question = at,
            (Doing::Answering { .. } | Doing::Waiting { .. }, Sounds::Answer) => {
                self.turn.answered = at;
                self.finish();
            }
            (Doing::Waiting { .. }, Sounds::Apology) => {
                self.turn.apologised = true;
                self.finish();
            }
            _ => {}
        }
    }
}

/// A key is held for 100 ms, its end is said three times.
const KEY_PACKETS: usize = 7;
const LAST_KEY_PACKETS: usize = 3;

/// When nothing at all follows.
const GIVE_UP: Nanos = 8_000 * MS;
