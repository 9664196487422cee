//! Telephones: PJSIP in a process of its own.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::place::repository;
use crate::setup::password;
use crate::{Facts, Script, Server};

/// One SIP address with any number of users, and four calls at once; PJSIP refuses more with 486. The process ends when this is dropped.
pub struct Phone {
    process: Child,
    wire: Wire,
    host: String,
    port: u16,
    recordings: TempDir,
    calls: AtomicU32,
}

/// What is done with calls to a user.
#[derive(Debug, Clone)]
pub struct Serve {
    /// How long it rings.
    pub ring_ms: u32,
    /// What it answers then: 200, a refusal, or 0 to let it ring.
    pub status: u16,
    /// What is said then.
    pub script: Script,
}

/// A call of a telephone.
#[derive(Clone)]
pub struct Talk {
    wire: Wire,
    name: String,
    recording: PathBuf,
    /// The headers of the INVITE that came, by lower-case name; null for calls that were made.
    headers: Value,
}

/// Orders to the process, and what it tells.
#[derive(Clone)]
struct Wire {
    orders: Arc<Mutex<ChildStdin>>,
    facts: Facts,
}

impl Phone {
    /// Starts a telephone at an address such as 127.0.0.2.
    pub fn start(host: &str) -> Self {
        Self::start_with(host, &json!({}))
    }

    /// As [`Phone::start`], with more in its first order, such as `{"codecs": ["PCMA"]}`.
    pub fn start_with(host: &str, more: &Value) -> Self {
        let python = std::env::var_os("CALLWRIGHT_PYTHON_BIN").unwrap_or_else(|| "python3".into());
        let mut process = Command::new(python)
            .arg(repository().join("tests/harness/phone/phone.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(if std::env::var_os("CALLWRIGHT_PHONE_LOG").is_some() { Stdio::inherit() } else { Stdio::null() })
            .spawn()
            .unwrap_or_else(|error| panic!("the telephone cannot be started: python3: {error}; run `make setup`"));
        let facts = Facts::new(&format!("the telephone at {host}"));
        let told = facts.clone();
        let lines = BufReader::new(process.stdout.take().expect("the output is piped"));
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                if let Ok(fact) = serde_json::from_str(&line) {
                    told.push(fact);
                }
            }
            told.end();
        });
        let orders = Arc::new(Mutex::new(process.stdin.take().expect("the input is piped")));
        let wire = Wire { orders, facts };
        let mut order = json!({ "do": "start", "address": host });
        for (key, value) in more.as_object().into_iter().flatten() {
            order[key] = value.clone();
        }
        wire.order(&order);
        let limit = Duration::from_secs(30);
        let started = wire
            .facts
            .wait("its start", limit, |fact| ["started", "unusable", "error"].iter().any(|e| fact["event"] == *e));
        assert!(
            started["event"] == "started",
            "the telephone cannot be used: {}",
            started["why"].as_str().unwrap_or_default()
        );
        let port =
            started["ports"]["udp"].as_u64().and_then(|port| port.try_into().ok()).expect("a telephone tells its port");
        let recordings = tempfile::tempdir().expect("a temporary folder can be made");
        Self { process, wire, host: host.to_owned(), port, recordings, calls: AtomicU32::new(0) }
    }

    /// Its host.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Its host and UDP port.
    pub fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// What it has told.
    pub fn facts(&self) -> &Facts {
        &self.wire.facts
    }

    /// Registers a user with the server, by `udp` or `tcp`, and waits for the answer.
    pub fn register(&self, user: &str, server: &Server, transport: &str) {
        let parameter = if transport == "tcp" { ";transport=tcp" } else { "" };
        let registrar = format!("sip:{}{parameter}", server.sip_address());
        self.register_at(user, &password(user), &registrar, "callwright");
    }

    /// Registers a user anywhere.
    pub fn register_at(&self, user: &str, password: &str, registrar: &str, domain: &str) {
        let order = json!({
            "do": "line", "line": user, "user": user, "password": password, "domain": domain, "registrar": registrar,
        });
        self.wire.order(&order);
        let limit = Duration::from_secs(15);
        let answer = self
            .facts()
            .wait("the answer to REGISTER", limit, |fact| fact["event"] == "registration" && fact["line"] == user);
        assert!(answer["status"] == 200, "{user} is not registered: {answer}");
    }

    /// A line with a name and without registration, so that calls show a number.
    pub fn line(&self, user: &str) {
        self.wire.obeyed(json!({ "do": "line", "line": user, "user": user, "domain": self.host }));
    }

    /// Signs a user off.
    pub fn unregister(&self, user: &str) {
        let after = self.facts().count();
        self.wire.order(&json!({ "do": "unregister", "line": user }));
        let limit = Duration::from_secs(15);
        self.facts().wait_after(after, "the answer to REGISTER", limit, |fact| {
            fact["event"] == "registration" && fact["line"] == user
        });
    }

    /// Says what to do with calls to a user (`*`: to any other).
    pub fn serve(&self, user: &str, serve: &Serve) {
        self.wire.obeyed(json!({
            "do": "serve", "user": user, "ring_ms": serve.ring_ms, "status": serve.status, "steps": serve.script.steps(),
            "record": self.recordings.path().join(format!("{}.wav", user.replace('*', "any"))),
        }));
    }

    /// Calls, from a line (or "" for none).
    pub fn call(&self, line: &str, uri: &str, script: &Script) -> Talk {
        let number = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        let name = format!("call-{number}");
        let recording = self.recordings.path().join(format!("{name}.wav"));
        self.wire.order(&json!({
            "do": "call", "call": name, "line": line, "uri": uri, "steps": script.steps(), "record": recording,
        }));
        Talk { wire: self.wire.clone(), name, recording, headers: Value::Null }
    }

    /// The first call to a user that comes, or came, from the place `after` of the facts on.
    pub fn incoming(&self, user: &str, after: usize, limit: Duration) -> Talk {
        let what = format!("a call to {user}");
        let (fact, _) =
            self.facts().wait_after(after, &what, limit, |fact| fact["event"] == "incoming" && fact["user"] == user);
        Talk {
            wire: self.wire.clone(),
            name: fact["call"].as_str().unwrap_or_default().to_owned(),
            recording: fact["record"].as_str().unwrap_or_default().into(),
            headers: fact["headers"].clone(),
        }
    }

    /// All calls to a user so far.
    pub fn calls_to(&self, user: &str) -> Vec<Value> {
        self.facts().matching(|fact| fact["event"] == "incoming" && fact["user"] == user)
    }
}

impl Serve {
    /// Answers after ringing for a while, and goes through a script.
    pub fn answer(ring_ms: u32, script: Script) -> Self {
        Self { ring_ms, status: 200, script }
    }

    /// Refuses.
    pub fn refuse(status: u16) -> Self {
        Self { ring_ms: 0, status, script: Script::new() }
    }

    /// Lets it ring.
    pub fn ring() -> Self {
        Self { ring_ms: 0, status: 0, script: Script::new() }
    }
}

impl Talk {
    /// Its name in the facts of the telephone.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A header of the INVITE that came.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers[name.to_ascii_lowercase()][0].as_str()
    }

    /// Waits for a state: `early`, `confirmed`, `disconnected`.
    pub fn state(&self, state: &str, limit: Duration) -> Value {
        self.wait("state", &format!("the state {state}"), limit, |fact| fact["state"] == state)
    }

    /// Waits for its end.
    pub fn ended(&self) -> Value {
        self.state("disconnected", Duration::from_secs(90))
    }

    /// Waits for its end and its recording.
    pub fn recording(&self) -> PathBuf {
        let limit = Duration::from_secs(90);
        let what = format!("the recording of {}", self.name);
        let fits =
            |fact: &Value| fact["call"] == *self.name && (fact["event"] == "recorded" || fact["event"] == "unrecorded");
        let told = self.wire.facts.wait(&what, limit, fits);
        assert!(told["event"] == "recorded", "{} was never answered: {:?}", self.name, self.facts());
        self.recording.clone()
    }

    /// Waits for a step of the script.
    pub fn noted(&self, note: &str, limit: Duration) -> Value {
        self.wait("note", &format!("the note {note:?}"), limit, |fact| fact["note"] == note)
    }

    /// Waits for a fact of this call.
    pub fn wait(&self, event: &str, what: &str, limit: Duration, fits: impl Fn(&Value) -> bool) -> Value {
        let what = format!("{what} of {}", self.name);
        self.wire.facts.wait(&what, limit, |fact| fact["event"] == event && fact["call"] == *self.name && fits(fact))
    }

    /// All facts of this call.
    pub fn facts(&self) -> Vec<Value> {
        self.wire.facts.matching(|fact| fact["call"] == *self.name)
    }

    /// Goes on with these steps when the others are done.
    pub fn then(&self, script: &Script) {
        self.wire.order(&json!({ "do": "then", "call": self.name, "steps": script.steps() }));
    }

    /// Hangs up now.
    pub fn hang_up(&self) {
        self.wire.order(&json!({ "do": "hang_up", "call": self.name }));
    }
}

impl Wire {
    /// Gives an order and waits until it is obeyed, so that what comes by another way finds it so.
    fn obeyed(&self, mut order: Value) {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        order["number"] = number.into();
        self.order(&order);
        let answer =
            self.facts.wait("the answer to an order", Duration::from_secs(15), |fact| fact["number"] == number);
        assert!(answer["event"] == "obeyed", "{answer}");
    }

    fn order(&self, order: &Value) {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        // A telephone that has died shows by what it does not tell.
        let _ = writeln!(orders, "{order}");
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
