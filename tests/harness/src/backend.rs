//! A back end that flows ask: `GET /balance/{account}` answers `{"amount": ...}`.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;

/// What the back end does with requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behaviour {
    /// Answers well.
    Answer,
    /// Takes the request and says nothing.
    Hang,
    /// Answers with this status.
    Fail(u16),
    /// Answers with something that is no JSON.
    Garbage,
}

/// The back end.
pub struct Backend {
    port: u16,
    state: Arc<Mutex<State>>,
}

struct State {
    behaviour: Behaviour,
    balances: BTreeMap<String, f64>,
    asked: Vec<String>,
}

impl Backend {
    /// Starts it at a port of its own; an account that is not set owes nothing.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("127.0.0.1 has a free port");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        let state = State { behaviour: Behaviour::Answer, balances: BTreeMap::new(), asked: Vec::new() };
        let state = Arc::new(Mutex::new(state));
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = shared.clone();
                std::thread::spawn(move || serve(stream, &state));
            }
        });
        Self { port, state }
    }

    /// Its address, such as `http://127.0.0.1:9180`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Sets what an account owes.
    pub fn owes(&self, account: &str, amount: f64) {
        lock(&self.state).balances.insert(account.to_owned(), amount);
    }

    /// Says what to do with requests from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        lock(&self.state).behaviour = behaviour;
    }

    /// The paths that were asked for, in their order.
    pub fn asked(&self) -> Vec<String> {
        lock(&self.state).asked.clone()
    }
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) {
    let Ok(read) = stream.try_clone() else { return };
    let mut lines = BufReader::new(read).lines();
    let Some(Ok(first)) = lines.next() else { return };
    // The head is read to its end; none of our requests has a body.
    while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let (behaviour, amount) = {
        let mut state = lock(state);
        state.asked.push(path.clone());
        let account = path.strip_prefix("/balance/").unwrap_or_default();
        (state.behaviour.clone(), state.balances.get(account).copied().unwrap_or(0.0))
    };
    let (status, body) = match behaviour {
        Behaviour::Answer => (200, json!({ "amount": amount }).to_string()),
        Behaviour::Fail(status) => (status, json!({ "error": "as ordered" }).to_string()),
        Behaviour::Garbage => (200, "<html>no JSON".to_owned()),
        Behaviour::Hang => {
            std::thread::sleep(Duration::from_secs(60));
            return;
        }
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} As ordered\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    let _ = stream.write_all((head + &body).as_bytes());
}

fn lock(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
