//! The machine fails after a caller was promised a message.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use test_harness::{Setup, free_port};

#[test]
fn the_caller_gets_the_message_all_the_same() {
    let way = Way::start(503);
    let setup = Setup::new().without_speech().file("report.yaml", FLOW).route("*", "report.yaml");
    let trunk = json!([{ "name": "carrier", "host": "127.0.0.6:5060", "from": ["127.0.0.6"], "ping": "0s" }]);
    let messages = json!({ "sms": { "url": way.url, "allow_private": true } });
    let mut server = setup.change("/trunks", trunk).change("/messages", messages).start();
    call(&server.sip_address().to_string());
    let (first, letter) = way.waits_for(1)[0].clone();
    server.kill();
    way.status.store(200, Ordering::Relaxed);
    let before = way.taken.lock().expect("a list").len();
    server.start_again();
    let again = way.waits_for(before + 1);
    let (last, same) = &again[before];
    assert_eq!((last["idempotency-key"].as_str(), same), (first["idempotency-key"].as_str(), &letter));
    let tickets = server.api().get("/api/v1/tickets");
    let number = tickets["tickets"][0]["number"].as_str().expect("a ticket was opened");
    assert_eq!(letter["text"], format!("Your ticket is {number}."));
    let until = Instant::now() + Duration::from_secs(10);
    while server.api().get("/api/v1/messages?state=sent")["messages"][0].is_null() {
        assert!(Instant::now() < until, "the message was taken, but is not marked so");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// SIPp calls and waits until it is hung up.
fn call(target: &str) {
    let port = free_port().to_string();
    let arguments = ["-sn", "uac", "-i", "127.0.0.6", "-p", &port, "-s", "100", "-d", "3000", "-m", "1", "-nostdin"];
    let status = Command::new("sipp")
        .args(arguments)
        .args(["-timeout", "30s", target])
        .current_dir(std::env::temp_dir())
        .env("TERM", "dumb")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.unwrap_or_else(|error| panic!("sipp cannot be started ({error}): run `make setup`"));
}

type Taken = (BTreeMap<String, String>, Value);

/// A way of sending messages.
struct Way {
    url: String,
    status: Arc<AtomicU16>,
    taken: Arc<Mutex<Vec<Taken>>>,
}

impl Way {
    fn start(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("127.0.0.1 has a free port");
        let url = format!("http://{}/send", listener.local_addr().expect("a bound socket has an address"));
        let way = Self { url, status: Arc::new(AtomicU16::new(status)), taken: Arc::default() };
        let (status, taken) = (way.status.clone(), way.taken.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut reader = BufReader::new(stream);
                let Some(letter) = read(&mut reader) else { continue };
                taken.lock().expect("a list").push(letter);
                let status = status.load(Ordering::Relaxed);
                let head = format!("HTTP/1.1 {status} So\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                let _ = reader.get_mut().write_all(head.as_bytes());
            }
        });
        way
    }

    fn waits_for(&self, count: usize) -> Vec<Taken> {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let taken = self.taken.lock().expect("a list").clone();
            if taken.len() >= count {
                return taken;
            }
            assert!(Instant::now() < until, "{count} messages should have come: {taken:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Reads a request: its header fields and its JSON.
fn read(reader: &mut impl BufRead) -> Option<Taken> {
    let mut fields = BTreeMap::new();
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        fields.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let mut body = vec![0; fields.get("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some((fields, serde_json::from_slice(&body).ok()?))
}

const FLOW: &str = r#"
callwright: 1
flow: report
language: en
start: report
person: bye
nodes:
  report: { ticket: { open: fault, fields: { what: "no light" }, if_failed: bye, then: tell } }
  tell: { message: { by: sms, text: "Your ticket is {{ ticket }}.", if_failed: bye, then: bye } }
  bye: { hang_up: { say: "It is noted." } }
"#;
