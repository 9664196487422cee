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
    /// The second CRLF of a pair between messages: answer with a single CRLF (RFC 5626 4.4.1).
    Ping,
    /// A CRLF between messages: the answer to a ping of ours, or the first half of one of theirs. Either way the
    /// connection is alive.
    Pong,
}

/// Cuts messages out of the bytes of one connection. What comes out does not depend on how the bytes were cut.
///
/// After an error that leaves the place of the next message unknown the framer is [broken](Self::is_broken): answer
/// what the error lets answer, then close the connection.
#[derive(Debug)]
pub struct StreamFramer {
    buffer: Vec<u8>,
    /// Bytes of the buffer already handed out.
    taken: usize,
    state: State,
    limits: Limits,
}

/// What the framer waits for.
#[derive(Debug)]
enum State {
    /// The first byte of a message, or line ends.
    Between { after_line_end: bool },
    /// The empty line behind the headers; `scanned` bytes hold none.
    Head { scanned: usize },
    /// The body.
    Body(Box<Headed>),
    /// Nothing more: the place of the next message is lost.
    Broken,
}

/// A message whose body is not whole yet.
#[derive(Debug)]
struct Headed {
    message: Message,
    fault: Option<Fault>,
    length: usize,
}

impl Default for StreamFramer {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl StreamFramer {
    /// A framer for a new connection.
    pub fn new(limits: Limits) -> Self {
        Self { buffer: Vec::new(), taken: 0, state: State::Between { after_line_end: false }, limits }
    }

    /// Takes bytes as they arrive. Call [`StreamFramer::next`] until it gives `None` before pushing more: the buffer
    /// then never holds more than one message and one push.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.is_broken() {
            return;
        }
        self.buffer.drain(..self.taken);
        self.taken = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// Whether the stream cannot be read further; close the connection.
    pub fn is_broken(&self) -> bool {
        matches!(self.state, State::Broken)
    }

    /// The next whole item, or `None` until more bytes come.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Option<Result<FramedItem, ParseError>> {
        loop {
            match std::mem::replace(&mut self.state, State::Broken) {
                State::Between { after_line_end } => {
                    if let Some(item) = self.between(after_line_end)? {
                        return Some(Ok(item));
                    }
                }
                State::Head { scanned } => {
                    if let Err(error) = self.head(scanned)? {
                        return Some(Err(error));
                    }
                }
                State::Body(headed) => return self.body(headed),
                State::Broken => return None,
            }
        }
    }

    /// Outer `None`: wait. Inner `None`: a message begins.
    fn between(&mut self, after_line_end: bool) -> Option<Option<FramedItem>> {
        match &self.buffer[self.taken..] {
            [b'\r', b'\n', ..] => {
                self.taken += 2;
                self.state = State::Between { after_line_end: !after_line_end };
                Some(Some(if after_line_end { FramedItem::Ping } else { FramedItem::Pong }))
            }
            [] | [b'\r'] => {
                self.state = State::Between { after_line_end };
                None
            }
            _ => {
                self.state = State::Head { scanned: 0 };
                Some(None)
            }
        }
    }

    /// `None`: wait. After an error the framer stays broken.
    fn head(&mut self, scanned: usize) -> Option<Result<(), ParseError>> {
        let bytes = &self.buffer[self.taken..];
        // The end is at most three bytes long, so two of those scanned may belong to it.
        let from = scanned.saturating_sub(2);
        let found = find_head_end(&bytes[from..]).map(|(head, body)| (head + from, body + from));
        let Some((head_end, body_start)) = found.filter(|(head_end, _)| *head_end <= self.limits.head) else {
            if found.is_some() || bytes.len() > self.limits.head + 2 {
                return Some(Err(self.head_too_large()));
            }
            self.state = State::Head { scanned: bytes.len() };
            return None;
        };
        let mut fault = None;
        let message = match read_head(&bytes[..head_end], &self.limits, &mut fault) {
            Ok(message) => message,
            Err(error) => return Some(Err(error)),
        };
        // RFC 3261 18.3: over a stream the length must be told; without it the message has no body.
        let length = match content_length(message.headers()) {
            Ok(length) if length.unwrap_or(0) > self.limits.body => {
                Err(Fault::BodyTooLarge { limit: self.limits.body })
            }
            Ok(length) => Ok(length.unwrap_or(0)),
            Err(error) => Err(error.into()),
        };
        match length {
            Ok(length) => {
                self.taken += body_start;
                self.state = State::Body(Box::new(Headed { message, fault, length }));
                Some(Ok(()))
            }
            Err(fault) => Some(finish(message, Some(fault)).map(|_| ())),
        }
    }

    fn body(&mut self, mut headed: Box<Headed>) -> Option<Result<FramedItem, ParseError>> {
        let Some(body) = self.buffer.get(self.taken..self.taken + headed.length) else {
            self.state = State::Body(headed);
            return None;
        };
        set_body(&mut headed.message, body);
        self.taken += headed.length;
        self.state = State::Between { after_line_end: false };
        Some(finish(headed.message, headed.fault).map(FramedItem::Message))
    }

    /// The whole lines within the limit are read, so that the request can be answered.
    fn head_too_large(&self) -> ParseError {
        let fault = Fault::MessageTooLarge { limit: self.limits.head };
        let start = &self.buffer[self.taken..self.taken + self.limits.head];
        let end = start.iter().rposition(|byte| *byte == b'\n').map_or(start.len(), |at| at + 1);
        match read_head(&start[..end], &self.limits, &mut None) {
            Ok(Message::Request(request)) => ParseError::new(fault, Some(request)),
            Ok(Message::Response(_)) | Err(_) => ParseError::new(fault, None),
        }
    }
}
