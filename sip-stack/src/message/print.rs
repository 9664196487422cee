//! Writing messages.

use std::io::Write;

use super::headers::Headers;
use super::request::Request;
use super::response::Response;

impl Request {
    /// The request as it goes on the wire, with a Content-Length that fits.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(size_hint(&self.headers, &self.body));
        write!(out, "{} {} SIP/2.0\r\n", self.method, self.uri).expect("writing to a Vec cannot fail");
        write_rest(&mut out, &self.headers, &self.body);
        out
    }
}

impl Response {
    /// The response as it goes on the wire, with a Content-Length that fits.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(size_hint(&self.headers, &self.body));
        write!(out, "SIP/2.0 {} {}\r\n", self.status, self.reason()).expect("writing to a Vec cannot fail");
        write_rest(&mut out, &self.headers, &self.body);
        out
    }
}

fn size_hint(headers: &Headers, body: &[u8]) -> usize {
    let lines: usize = headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
    lines + body.len() + 160
}

fn write_rest(out: &mut Vec<u8>, headers: &Headers, body: &[u8]) {
    for (name, value) in headers.iter().filter(|(name, _)| *name != "Content-Length") {
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(value.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    write!(out, "Content-Length: {}\r\n\r\n", body.len()).expect("writing to a Vec cannot fail");
    out.extend_from_slice(body);
}
