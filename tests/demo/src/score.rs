//! What was to happen, and whether it did.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::stage::Stage;

/// What did not happen as it should.
#[derive(Default)]
pub struct Score {
    failures: Vec<String>,
    leads: usize,
    inbound: usize,
}

impl Score {
    /// Notes something that must be true.
    pub fn check(&mut self, holds: bool, what: &str) {
        if !holds {
            self.failed(what);
        }
    }

    /// Notes something that did not work.
    pub fn failed(&mut self, what: &str) {
        eprintln!("demo: not as it should be: {what}");
        self.failures.push(what.to_owned());
    }

    /// Plays a part; one that breaks off has failed, and the next is played.
    pub fn act(&mut self, what: &str, play: impl FnOnce(&mut Self)) {
        if catch_unwind(AssertUnwindSafe(|| play(&mut *self))).is_err() {
            self.failed(&format!("the part of {what} broke off"));
        }
    }

    /// A call came in.
    pub fn inbound(&mut self) {
        self.inbound += 1;
    }

    /// So many rows were uploaded.
    pub fn leads(&mut self, rows: usize) {
        self.leads += rows;
    }

    /// Whether nothing failed.
    pub fn is_clean(&self) -> bool {
        self.failures.is_empty()
    }

    /// The last line.
    pub fn line(&self, stage: &Stage) -> String {
        let recognised =
            stage.events.matching(|event| event["type"] == "turn_decided" && event["result"] == "accepted").len();
        let handed = stage.events.matching(|event| event["type"] == "bridged").len();
        format!(
            "demo: {} inbound, {} leads, {recognised} recognised, {handed} handed over, {} failed",
            self.inbound,
            self.leads,
            self.failures.len()
        )
    }
}
