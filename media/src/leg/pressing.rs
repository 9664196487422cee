//! Keys on their way to the other side: as events where it speaks them, else as tones in the sound.

use std::collections::VecDeque;
use std::sync::Arc;

use audio::dtmf;
use call_model::{BargeIn, OrderId};

use super::playing::Playing;
use crate::PromptAudio;
use crate::dtmf_events::{KeySender, Sending};

/// Milliseconds of a tone and of the pause behind it.
const TONE_MS: u32 = 100;
const PAUSE_MS: u32 = 80;
/// Orders that may wait.
const MAX_WAITING: usize = 16;

/// The keys that a leg presses, order by order.
#[derive(Debug, Default)]
pub(super) struct Pressing {
    waiting: VecDeque<Press>,
}

#[derive(Debug)]
struct Press {
    /// `None` for a key that a bridge passes on.
    order: Option<OrderId>,
    how: How,
}

#[derive(Debug)]
enum How {
    Events(KeySender),
    Tones(Playing),
}

/// What a period presses.
pub(super) enum Pressed<'a> {
    Event(Sending),
    Tone(&'a [u8; audio::FRAME]),
}

impl Pressing {
    /// Whether a key is being pressed.
    pub(super) fn is_busy(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Adds keys; `false` if one of them is no key or too many wait.
    pub(super) fn add(&mut self, order: Option<OrderId>, keys: &str, as_events: bool) -> bool {
        if self.waiting.len() == MAX_WAITING {
            return false;
        }
        let how = if as_events {
            let mut sender = KeySender::default();
            if !keys.chars().all(|key| sender.press(key)) {
                return false;
            }
            How::Events(sender)
        } else {
            let Some(parts) = tones(keys) else { return false };
            How::Tones(Playing::new(OrderId(0), parts, BargeIn::Never, false))
        };
        self.waiting.push_back(Press { order, how });
        true
    }

    /// The orders that wait, taken out, for a leg that ends.
    pub(super) fn take_orders(&mut self) -> impl Iterator<Item = OrderId> {
        self.waiting.drain(..).filter_map(|press| press.order)
    }

    /// What the period presses; orders that are done are given to `done`.
    pub(super) fn period(&mut self, law: audio::g711::Law, mut done: impl FnMut(OrderId)) -> Option<Pressed<'_>> {
        // Finished ones are taken away first, so that the borrow below is of the one that presses.
        while let Some(front) = self.waiting.front_mut() {
            match &mut front.how {
                How::Events(sender) => {
                    if let Some(sending) = sender.period() {
                        return Some(Pressed::Event(sending));
                    }
                }
                How::Tones(tones) => {
                    if tones.has_more() {
                        break;
                    }
                }
            }
            self.waiting.pop_front().and_then(|press| press.order).into_iter().for_each(&mut done);
        }
        match &mut self.waiting.front_mut()?.how {
            How::Tones(tones) => tones.next(law).map(Pressed::Tone),
            How::Events(_) => None,
        }
    }
}

fn tones(keys: &str) -> Option<Vec<Arc<PromptAudio>>> {
    let mut parts = Vec::new();
    for key in keys.chars() {
        parts.push(Arc::new(PromptAudio::from_samples(&dtmf::tone(key, TONE_MS)?)));
        parts.push(Arc::new(PromptAudio::silence(PAUSE_MS)));
    }
    Some(parts)
}
