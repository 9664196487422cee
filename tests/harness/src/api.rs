//! A small client of the server's API: one request a connection.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// Speaks with the API at one address.
#[derive(Debug, Clone, Copy)]
pub struct Api {
    address: SocketAddr,
}

/// An answer of the API.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Api {
    /// The API at an address.
    pub fn new(address: SocketAddr) -> Self {
        Self { address }
    }

    /// The address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Asks for JSON, which must come.
    pub fn get(&self, path: &str) -> Value {
        self.ask("GET", path, None).expect_success(path).json()
    }

    /// Asks for text, which must come.
    pub fn text(&self, path: &str) -> String {
        String::from_utf8_lossy(&self.ask("GET", path, None).expect_success(path).body).into_owned()
    }

    /// Sends JSON, which must be accepted.
    pub fn post(&self, path: &str, body: &Value) -> Value {
        self.ask("POST", path, Some(("application/json", body.to_string().as_bytes()))).expect_success(path).json()
    }

    /// Uploads a list, which must be read.
    pub fn upload(&self, path: &str, csv: &str) -> Value {
        self.ask("POST", path, Some(("text/csv", csv.as_bytes()))).expect_success(path).json()
    }

    /// Asks for anything; the answer may be a refusal.
    pub fn ask(&self, method: &str, path: &str, body: Option<(&str, &[u8])>) -> Answer {
        self.try_ask(method, path, body)
            .unwrap_or_else(|error| panic!("{method} {path}: no answer from the server: {error}"))
    }

    /// As [`Api::ask`], of a server that may not be there.
    pub fn try_ask(&self, method: &str, path: &str, body: Option<(&str, &[u8])>) -> std::io::Result<Answer> {
        let mut stream = TcpStream::connect_timeout(&self.address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let (kind, body) = body.unwrap_or(("", b""));
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.address);
        if !kind.is_empty() {
            request += &format!("content-type: {kind}\r\n");
        }
        if method != "GET" {
            request += &format!("content-length: {}\r\n", body.len());
        }
        request += "\r\n";
        stream.write_all(request.as_bytes())?;
        stream.write_all(body)?;
        read_answer(&mut BufReader::new(stream))
    }
}

impl Answer {
    /// The body as JSON; `null` when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// Itself, if the request was accepted.
    pub fn expect_success(self, path: &str) -> Self {
        let text = String::from_utf8_lossy(&self.body).into_owned();
        assert!((200..300).contains(&self.status), "{path}: the server answered {}: {text}", self.status);
        self
    }
}

fn read_answer(reader: &mut impl BufRead) -> std::io::Result<Answer> {
    let broken = |what: &str| std::io::Error::other(what.to_owned());
    let first = read_line(reader)?;
    let status = first.split(' ').nth(1).and_then(|word| word.parse().ok()).ok_or_else(|| broken("no HTTP status"))?;
    let (mut length, mut chunked) = (None, false);
    loop {
        let line = read_line(reader)?.to_ascii_lowercase();
        match line.split_once(':') {
            None => break,
            Some(("content-length", value)) => length = value.trim().parse::<usize>().ok(),
            Some(("transfer-encoding", value)) => chunked = value.trim() == "chunked",
            Some(_) => {}
        }
    }
    let mut body = Vec::new();
    if chunked {
        loop {
            let size =
                usize::from_str_radix(read_line(reader)?.trim(), 16).map_err(|_| broken("a chunk without size"))?;
            let start = body.len();
            body.resize(start + size, 0);
            reader.read_exact(&mut body[start..])?;
            read_line(reader)?;
            if size == 0 {
                break;
            }
        }
    } else if let Some(length) = length {
        body.resize(length, 0);
        reader.read_exact(&mut body)?;
    } else {
        reader.read_to_end(&mut body)?;
    }
    Ok(Answer { status, body })
}

fn read_line(reader: &mut impl BufRead) -> std::io::Result<String> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}

const PATIENCE: Duration = Duration::from_secs(20);
