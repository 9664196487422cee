//! What is counted.

use std::time::Duration;

use call_model::TurnResult;
use load_generator::report::Row;
use load_generator::tenths::Tenths;
use load_generator::wordings::{Manner, Utterance};

use crate::caller::Answered;

/// The counts.
#[derive(Debug, Default)]
pub struct Score {
    manners: [Count; 3],
    /// Of all that was taken or asked back.
    tenths: Tenths,
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
    pub fn count(&mut self, utterance: &Utterance, said: &Answered) {
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
        self.tenths.count(f64::from(certainty), utterance.intent.as_deref() == Some(meaning));
    }

    /// Prints what the rows sum up.
    pub fn print(&self) {
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
        self.tenths.print();
    }

    /// The rows of the table.
    pub fn rows(&self, what: &str, noisy: bool) -> Vec<Row> {
        let (wrapped, hesitating) = (self.manners[Manner::Wrapped as usize], self.manners[Manner::Hesitating as usize]);
        let foreign = self.manners[Manner::Foreign as usize];
        let valid = wrapped.all + hesitating.all;
        let right = share(wrapped.right + hesitating.right, valid);
        let asked_back = share(wrapped.asked_back + hesitating.asked_back, valid);
        let foreign_wrong = share(foreign.wrongly_taken, foreign.all);
        let wrong = share(wrapped.wrongly_taken + hesitating.wrongly_taken, valid);
        let goal = if noisy { RIGHT_IN_NOISE } else { RIGHT };
        let menus = Row {
            what: format!(
                "{} spoken utterances to a menu, {what}: right within two turns / asked back / wrongly taken of the foreign / of the valid",
                valid + foreign.all
            ),
            reach: format!("{goal} % / at most {ASKED_BACK} % / {WRONG} % / {WRONG} %"),
            measured: format!("{right:.1} % / {asked_back:.1} % / {foreign_wrong:.1} % / {wrong:.1} %"),
            reached: Some(right >= goal && asked_back <= ASKED_BACK && foreign_wrong <= WRONG && wrong <= WRONG),
            note: format!(
                "wrapped {:.1} %, hesitating {:.1} % right; decoded at {:.3} of real time",
                share(wrapped.right, wrapped.all),
                share(hesitating.right, hesitating.all),
                self.decoding.as_secs_f64() / self.sound.as_secs_f64().max(1e-9)
            ),
        };
        vec![menus, self.tenths.row(&format!("menus, {what}"))]
    }
}

/// In percent.
fn share(part: u64, all: u64) -> f64 {
    part as f64 * 100.0 / all.max(1) as f64
}

/// The goals, in percent.
const RIGHT: f64 = 97.0;
const RIGHT_IN_NOISE: f64 = 92.0;
const ASKED_BACK: f64 = 10.0;
const WRONG: f64 = 1.0;
