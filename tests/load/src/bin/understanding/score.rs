//! What is counted.

use std::time::Duration;

use call_model::TurnResult;

use crate::caller::Said;
use crate::wordings::{Manner, Utterance};

/// The counts.
#[derive(Debug, Default)]
pub struct Score {
    manners: [Count; 3],
    /// By tenth of certainty: its sum, how many, how many right.
    tenths: [(u64, u64, u64); 10],
    decoding: Duration,
    sound: Duration,
}

#[derive(Debug, Default, Clone, Copy)]
struct Count {
    all: u64,
    /// Right within two turns.
    right: u64,
    asked_back: u64,
    wrongly_taken: u64,
    not_understood: u64,
}

impl Score {
    pub fn count(&mut self, utterance: &Utterance, said: &Said) {
        let count = &mut self.manners[utterance.manner as usize];
        count.all += 1;
        let right = said.taken.is_some() && said.taken == utterance.intent;
        count.right += u64::from(right);
        count.wrongly_taken += u64::from(said.taken.is_some() && !right);
        match &said.first {
            Some(TurnResult::Accepted { meaning, certainty }) => self.tenth(utterance, meaning, *certainty),
            Some(TurnResult::AskedBack { meaning, certainty }) => {
                count.asked_back += 1;
                self.tenth(utterance, meaning, *certainty);
            }
            Some(TurnResult::NoMatch | TurnResult::NoInput) | None => count.not_understood += 1,
        }
        self.decoding += said.decoding;
        self.sound += said.sound;
    }

    fn tenth(&mut self, utterance: &Utterance, meaning: &str, certainty: u8) {
        let (sum, all, right) = &mut self.tenths[usize::from(certainty / 10).min(9)];
        *sum += u64::from(certainty);
        *all += 1;
        *right += u64::from(utterance.intent.as_deref() == Some(meaning));
    }

    pub fn print(&self, what: &str) {
        let share = |part: u64, all: u64| part as f64 * 100.0 / all.max(1) as f64;
        for (name, manner) in
            [("wrapped", Manner::Wrapped), ("hesitating", Manner::Hesitating), ("foreign", Manner::Foreign)]
        {
            let count = self.manners[manner as usize];
            println!(
                "{name:<11} {:4}: right {:5.1} %, asked back {:5.1} %, wrongly taken {:5.1} %, first not understood {:5.1} %",
                count.all,
                share(count.right, count.all),
                share(count.asked_back, count.all),
                share(count.wrongly_taken, count.all),
                share(count.not_understood, count.all)
            );
        }
        println!("certainty: stated against true, of all that was taken or asked back");
        for (tenth, (sum, all, right)) in self.tenths.iter().enumerate().filter(|(_, (_, all, _))| *all > 0) {
            println!(
                "  from {tenth}0: stated {:.1}, right {:.1}, {all} turns",
                *sum as f64 / *all as f64,
                share(*right, *all)
            );
        }
        let (wrapped, hesitating) = (self.manners[Manner::Wrapped as usize], self.manners[Manner::Hesitating as usize]);
        let foreign = self.manners[Manner::Foreign as usize];
        let valid = wrapped.all + hesitating.all;
        println!(
            "\n| {} spoken utterances, {what}: right within two turns / asked back / wrongly taken of the foreign / of the valid | {:.1} % / {:.1} % / {:.1} % / {:.1} % | decoded at {:.3} of real time |",
            valid + foreign.all,
            share(wrapped.right + hesitating.right, valid),
            share(wrapped.asked_back + hesitating.asked_back, valid),
            share(foreign.wrongly_taken, foreign.all),
            share(wrapped.wrongly_taken + hesitating.wrongly_taken, valid),
            self.decoding.as_secs_f64() / self.sound.as_secs_f64().max(1e-9)
        );
    }
}
