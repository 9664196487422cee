//! As much HTTP as reading the API needs.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The server's API.
pub struct Api {
    address: SocketAddr,
}

impl Api {
    /// At an address.
    pub fn new(address: SocketAddr) -> Self {
        Self { address }
    }

    /// The body of an answer with 200.
    pub fn get(&self, path: &str) -> Result<String> {
        let mut stream = TcpStream::connect_timeout(&self.address, Duration::from_secs(2))?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        // HTTP/1.0, so that the body is not sent in chunks.
        write!(stream, "GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", self.address)?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        let (head, body) = text.split_once("\r\n\r\n").context("the API's answer has no end of its head")?;
        if head.split(' ').nth(1) != Some("200") {
            bail!("GET {path}: {}", head.lines().next().unwrap_or_default());
        }
        Ok(body.to_owned())
    }

    /// The events of the newest call of a caller.
    pub fn events_of(&self, user: &str) -> Result<Vec<Value>> {
        let page: Value = serde_json::from_str(&self.get(&format!("/api/v1/calls?number={user}&limit=1"))?)?;
        let call = page["calls"][0]["call"].as_str().with_context(|| format!("the API knows no call of {user}"))?;
        Ok(serde_json::from_str(&self.get(&format!("/api/v1/calls/{call}/events"))?)?)
    }

    /// How many calls were stored, and how many of them have ended, up to a thousand pages.
    pub fn stored_calls(&self) -> Result<(usize, usize)> {
        let (mut all, mut ended, mut before) = (0, 0, String::new());
        loop {
            let page: Value = serde_json::from_str(&self.get(&format!("/api/v1/calls?limit=500{before}"))?)?;
            let calls = page["calls"].as_array().context("a page of calls has no calls")?;
            all += calls.len();
            ended += calls.iter().filter(|call| !call["ended_at"].is_null()).count();
            match page["next"].as_str() {
                Some(next) => before = format!("&before={next}"),
                None => return Ok((all, ended)),
            }
        }
    }
}
