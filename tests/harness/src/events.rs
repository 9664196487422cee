//! A subscription to the server's events.

use std::net::{SocketAddr, TcpStream};
use std::ops::Deref;
use std::time::Duration;

use serde_json::Value;
use tungstenite::Message;

use crate::Facts;

/// What the server has told since the subscription began. Waits as [`Facts`] do.
pub struct Events {
    facts: Facts,
    stream: TcpStream,
}

impl Events {
    /// Subscribes; from the beginning of all events with `after` 0.
    pub fn subscribe(address: SocketAddr, after: Option<i64>) -> Self {
        let stream = TcpStream::connect(address).unwrap_or_else(|error| panic!("no events from {address}: {error}"));
        let closer = stream.try_clone().expect("a socket can be shared");
        let query = after.map(|after| format!("?after={after}")).unwrap_or_default();
        let (mut socket, _) = tungstenite::client(format!("ws://{address}/api/v1/events{query}"), stream)
            .unwrap_or_else(|error| panic!("no events from {address}: {error}"));
        let facts = Facts::new("the server");
        let told = facts.clone();
        std::thread::spawn(move || {
            while let Ok(message) = socket.read() {
                if let Message::Text(text) = message
                    && let Ok(fact) = serde_json::from_str(&text)
                {
                    told.push(fact);
                }
            }
            told.end();
        });
        Self { facts, stream: closer }
    }

    /// The next event of a call with this type, within twenty seconds.
    pub fn of_call(&self, call: &str, kind: &str) -> Value {
        self.of_call_within(call, kind, Duration::from_secs(20))
    }

    /// The first event of a call with this type.
    pub fn of_call_within(&self, call: &str, kind: &str, limit: Duration) -> Value {
        self.facts.wait(&format!("the event {kind:?} of call {call}"), limit, |fact| {
            fact["call"] == call && fact["type"] == kind
        })
    }

    /// The id of the next call that begins from the place `after` on.
    pub fn call_begun(&self, after: usize) -> String {
        let limit = Duration::from_secs(20);
        let (event, _) =
            self.facts.wait_after(after, "the beginning of a call", limit, |fact| fact["type"] == "started");
        event["call"].as_str().expect("an event names its call").to_owned()
    }

    /// All events of a call.
    pub fn all_of(&self, call: &str) -> Vec<Value> {
        self.facts.matching(|fact| fact["call"] == call && fact["sequence"].is_i64())
    }
}

impl Deref for Events {
    type Target = Facts;
    fn deref(&self) -> &Facts {
        &self.facts
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
    }
}
