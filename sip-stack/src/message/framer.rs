//! Cutting messages out of a stream (RFC 3261 18.3, RFC 5626 3.5.1).

use super::Message;
use super::error::{Fault, ParseError};
use super::limits::Limits;
use super::parse::{content_length, find_head_end, finish, read_head, set_body};

/// What a stream brought.
#[derive(Debug, Clone, PartialEq)]
pub enum FramedItem {
    /// A message.
    Message(Message),
    /// A double CRLF: answer with a single CRLF (RFC 5626 4.4.1).
    Ping,
    /// A single CRLF: the answer to a ping of ours.
    Pong,
}

/// Cuts messages out of the bytes of one connection.
///
/// After an error that leaves the place of the next message unknown the framer is [broken](Self::is_broken): answer
/// what the error lets answer, then close the connection.
#[derive(Debug, Default)]
pub struct StreamFramer {
    buffer: Vec<u8>,
    /// Bytes of the buffer already handed out.
    taken: usize,
    broken: bool,
    limits: Limits,
}

impl StreamFramer {
    /// A framer for a new connection.
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Takes bytes as they arrive. Call [`StreamFramer::next`] until it gives `None` before pushing more: the buffer
    /// then never holds more than one message and one push.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.broken {
            return;
        }
        self.buffer.drain(..self.taken);
        self.taken = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// Whether the stream cannot be read further; close the connection.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// The next whole item, or `None` until more bytes come.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Option<Result<FramedItem, ParseError>> {
        if self.broken {
            return None;
        }
        let bytes = &self.buffer[self.taken..];
        if bytes.starts_with(b"\r\n\r\n") {
            self.taken += 4;
            return Some(Ok(FramedItem::Ping));
        }
        if bytes.starts_with(b"\r\n") && bytes.len() > 2 && bytes[2] != b'\r' {
            self.taken += 2;
            return Some(Ok(FramedItem::Pong));
        }
        let Some((head_end, body_start)) = find_head_end(bytes) else {
            return (bytes.len() > self.limits.head).then(|| self.give_up(self.limits.head));
        };
        let mut fault = None;
        let mut message = match read_head(&bytes[..head_end], &self.limits, &mut fault) {
            Ok(message) => message,
            Err(error) => {
                self.broken = true;
                return Some(Err(error));
            }
        };
        // RFC 3261 18.3: over a stream the length must be told; without it the message has no body.
        let length = match content_length(message.headers()) {
            Ok(length) => length.unwrap_or(0),
            Err(error) => {
                self.broken = true;
                return Some(finish(message, Some(error.into())).map(FramedItem::Message));
            }
        };
        if length > self.limits.body {
            self.broken = true;
            let fault = Fault::BodyTooLarge { limit: self.limits.body };
            return Some(finish(message, Some(fault)).map(FramedItem::Message));
        }
        let body = bytes.get(body_start..body_start + length)?;
        set_body(&mut message, body);
        self.taken += body_start + length;
        Some(finish(message, fault).map(FramedItem::Message))
    }

    fn give_up(&mut self, limit: usize) -> Result<FramedItem, ParseError> {
        self.broken = true;
        Err(ParseError::new(Fault::MessageTooLarge { limit }, None))
    }
}
