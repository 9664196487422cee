//! A back end that flows ask: `GET /balance/{account}` answers `{"amount": ...}`, other paths what a test sets.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

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
    answers: BTreeMap<String, Value>,
    asked: Vec<String>,
}

impl Backend {
    /// Starts it at a port of its own; an account that is not set owes nothing.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("127.0.0.1 has a free port");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        let state = State {
            behaviour: Behaviour::Answer,
            balances: BTreeMap::new(),
            answers: BTreeMap::new(),
            asked: Vec::new(),
        };
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

    /// Sets what is answered at a path.
    pub fn answers(&self, path: &str, with: Value) {
        lock(&self.state).answers.insert(path.to_owned(), with);
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
    let mut read = BufReader::new(read);
    let mut first = String::new();
    if read.read_line(&mut first).is_err() || !read_rest(&mut read) {
        return;
    }
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let (behaviour, answer) = {
        let mut state = lock(state);
        state.asked.push(path.clone());
        let account = path.strip_prefix("/balance/").unwrap_or_default();
        let owed = || json!({ "amount": state.balances.get(account).copied().unwrap_or(0.0) });
        (state.behaviour.clone(), state.answers.get(&path).cloned().unwrap_or_else(owed))
    };
    let (status, body) = match behaviour {
        Behaviour::Answer => (200, answer.to_string()),
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

/// Reads the head's other lines and the body; tells whether all of it came.
fn read_rest(read: &mut BufReader<TcpStream>) -> bool {
    let mut length = 0;
    loop {
        let mut line = String::new();
        match read.read_line(&mut line) {
            Ok(1..) if line.trim().is_empty() => break,
            Ok(1..) => {}
            _ => return false,
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    read.read_exact(&mut vec![0; length]).is_ok()
}

fn lock(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
