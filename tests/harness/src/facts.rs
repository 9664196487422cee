//! What was told, in its order, and waiting for it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Everything that a telephone or a server has told so far. Clones share it.
#[derive(Clone)]
pub struct Facts {
    name: String,
    told: Arc<(Mutex<Told>, Condvar)>,
}

#[derive(Default)]
struct Told {
    facts: Vec<Value>,
    ended: bool,
}

impl Facts {
    /// Nothing yet, told by something of this name.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), told: Arc::default() }
    }

    /// Adds a fact.
    pub fn push(&self, fact: Value) {
        self.lock().facts.push(fact);
        self.told.1.notify_all();
    }

    /// Nothing more will come: who waits is told at once.
    pub fn end(&self) {
        self.lock().ended = true;
        self.told.1.notify_all();
    }

    /// All of it.
    pub fn all(&self) -> Vec<Value> {
        self.lock().facts.clone()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.lock().facts.len()
    }

    /// Those that fit.
    pub fn matching(&self, fits: impl Fn(&Value) -> bool) -> Vec<Value> {
        self.lock().facts.iter().filter(|fact| fits(fact)).cloned().collect()
    }

    /// The first that fits, of what was told and what will be.
    pub fn wait(&self, what: &str, limit: Duration, fits: impl Fn(&Value) -> bool) -> Value {
        self.wait_after(0, what, limit, fits).0
    }

    /// The first that fits from the place `after` on, with the place behind it.
    pub fn wait_after(
        &self,
        after: usize,
        what: &str,
        limit: Duration,
        fits: impl Fn(&Value) -> bool,
    ) -> (Value, usize) {
        match self.wait_until(after, Instant::now() + limit, &fits) {
            Some(found) => found,
            None => panic!("{}: {what} did not come within {limit:?}. It told:\n{}", self.name, self.last_lines()),
        }
    }

    /// As [`Facts::wait_after`]; `None` when it has not come by then.
    pub fn wait_until(&self, after: usize, until: Instant, fits: &impl Fn(&Value) -> bool) -> Option<(Value, usize)> {
        let mut told = self.lock();
        let mut place = after;
        loop {
            while let Some(fact) = told.facts.get(place) {
                place += 1;
                if fits(fact) {
                    return Some((fact.clone(), place));
                }
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || told.ended {
                return None;
            }
            told = self.told.1.wait_timeout(told, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn last_lines(&self) -> String {
        let told = self.lock();
        let from = told.facts.len().saturating_sub(SHOWN);
        let mut lines: Vec<String> = told.facts[from..].iter().map(|fact| format!("  {fact:.400}")).collect();
        if told.ended {
            lines.push("  (and has ended)".to_owned());
        }
        lines.join("\n")
    }

    fn lock(&self) -> MutexGuard<'_, Told> {
        self.told.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const SHOWN: usize = 40;
