//! Prints what happens, as it happens: what the server tells by its event stream, and what the telephones do.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use test_harness::{Events, Facts, Phone, words_of};

use crate::cast::name_of;
use crate::telling;

/// Prints from threads of its own.
#[derive(Clone)]
pub struct Narrator {
    shared: Arc<Shared>,
    sources: Vec<Source>,
}

#[derive(Default)]
struct Shared {
    /// Calls of the server and of the telephones, by their ids: whose they are.
    names: Mutex<BTreeMap<String, String>>,
}

/// One row of facts with how far it is printed.
#[derive(Clone)]
struct Source {
    facts: Facts,
    printed: Arc<AtomicUsize>,
}

impl Narrator {
    /// Begins.
    pub fn start(events: &Events, carrier: &Phone, desk: &Phone) -> Self {
        let shared = Arc::new(Shared::default());
        let events: Facts = (**events).clone();
        let mut sources = Vec::new();
        let server = Source::follow(events, {
            let shared = shared.clone();
            move |event| shared.of_server(event)
        });
        sources.push(server);
        for phone in [carrier, desk] {
            let shared = shared.clone();
            let mut waiting = BTreeMap::new();
            sources.push(Source::follow(phone.facts().clone(), move |fact| shared.of_telephone(fact, &mut waiting)));
        }
        Self { shared, sources }
    }

    /// A line between the parts.
    pub fn title(&self, text: &str) {
        println!("\n== {text}");
    }

    /// Says whose a call of a telephone is.
    pub fn is_called(&self, call: &str, name: &str) {
        self.shared.set_name(call, name);
    }

    /// Prints a line of a call.
    pub fn line(&self, name: &str, at_ms: Option<u64>, text: &str) {
        line(name, at_ms, text);
    }

    /// Waits until everything so far is printed.
    pub fn catch_up(&self) {
        let until = Instant::now() + Duration::from_secs(5);
        thread::sleep(Duration::from_millis(300));
        while Instant::now() < until && !self.sources.iter().all(Source::is_printed) {
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Source {
    fn follow(facts: Facts, mut print: impl FnMut(&Value) + Send + 'static) -> Self {
        let source = Self { printed: Arc::new(AtomicUsize::new(facts.count())), facts };
        let followed = source.clone();
        thread::spawn(move || {
            loop {
                let place = followed.printed.load(Ordering::Acquire);
                let until = Instant::now() + Duration::from_secs(3600);
                let Some((fact, next)) = followed.facts.wait_until(place, until, &|_: &Value| true) else { return };
                print(&fact);
                followed.printed.store(next, Ordering::Release);
            }
        });
        source
    }

    fn is_printed(&self) -> bool {
        self.printed.load(Ordering::Acquire) >= self.facts.count()
    }
}

impl Shared {
    fn set_name(&self, call: &str, name: &str) {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).insert(call.to_owned(), name.to_owned());
    }

    fn name(&self, call: &str) -> String {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).get(call).cloned().unwrap_or_default()
    }

    fn of_server(&self, event: &Value) {
        let Some(call) = event["call"].as_str() else { return };
        if event["type"] == "started" {
            self.set_name(call, name_of(event["caller"].as_str().unwrap_or_default()));
        }
        if let Some(text) = telling::of_event(event) {
            line(&self.name(call), event["at_ms"].as_u64(), &text);
        }
    }

    /// `waiting` holds when the last word or key of a call ended, until its answer is heard.
    fn of_telephone(&self, fact: &Value, waiting: &mut BTreeMap<String, f64>) {
        let Some(call) = fact["call"].as_str() else { return };
        let at = fact["at"].as_f64().unwrap_or_default();
        match fact["event"].as_str().unwrap_or_default() {
            "incoming" => {
                let name = name_of(fact["user"].as_str().unwrap_or_default()).to_owned();
                line(&name, None, "the telephone rings");
                self.set_name(call, &name);
            }
            "step" if fact["what"] == "began" => self.step_began(call, &fact["step"]),
            "step" if fact["step"]["play"].is_string() => {
                waiting.insert(call.to_owned(), at - SOUND_BEHIND_WORDS);
            }
            "step" if fact["step"]["keys"].is_string() => {
                waiting.insert(call.to_owned(), at - PAUSE_BEHIND_KEY);
            }
            "hears" if fact["what"] == "speech" => {
                if let Some(since) = waiting.remove(call) {
                    let ms = ((at - since) * 1000.0).max(0.0);
                    line(&self.name(call), None, &format!("    (hears the answer {ms:.0} ms later)"));
                }
            }
            _ => {}
        }
    }

    fn step_began(&self, call: &str, step: &Value) {
        if let Some(words) = step["play"].as_str().and_then(|file| words_of(Path::new(file))) {
            line(&self.name(call), None, &format!("says:   \"{words}\""));
        } else if let Some(keys) = step["keys"].as_str() {
            line(&self.name(call), None, &format!("presses: {keys}"));
        }
    }
}

fn line(name: &str, at_ms: Option<u64>, text: &str) {
    let time = at_ms.map(|ms| format!("{:.1} s", ms as f64 / 1000.0)).unwrap_or_default();
    println!("{name:>6} {time:>7}  {text}");
}

/// Seconds of silence at the end of a spoken file, with those that the telephone waits.
const SOUND_BEHIND_WORDS: f64 = 0.16;
/// Seconds that the telephone counts for the pause behind a key.
const PAUSE_BEHIND_KEY: f64 = 0.09;
