//! What can be wrong with a message, and whose fault it was.

use thiserror::Error;

use super::{Method, Request, Response};

/// A value that does not follow its grammar. The text says what was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct SyntaxError(pub &'static str);

/// A header of a message read from the network is missing or not to be understood: the peer's fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HeaderError {
    /// The message carries no such header.
    #[error("the message has no {name} header; the peer must send one")]
    Missing {
        /// Canonical header name.
        name: &'static str,
    },
    /// The header does not follow its grammar.
    #[error("the {name} header is malformed: {problem}")]
    Malformed {
        /// Canonical header name.
        name: &'static str,
        /// What was expected.
        problem: &'static str,
    },
    /// The header stands more than once and must not.
    #[error("the {name} header stands more than once; the peer must send it once")]
    Repeated {
        /// Canonical header name.
        name: &'static str,
    },
}

/// A header that our own side wanted to write would break the message: our fault.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RefusedHeader {
    /// The name is not a token.
    #[error("`{name}` cannot be a header name; use letters, digits and -.!%*_+`'~ only")]
    Name {
        /// The name as given.
        name: Box<str>,
    },
    /// The value holds a carriage return, line feed or NUL, which could smuggle in other headers.
    #[error("the value for {name} holds a line break or NUL; remove it before sending")]
    Value {
        /// The header it was meant for.
        name: Box<str>,
    },
}

/// What was wrong with bytes that should have been a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Fault {
    /// Nothing but white space: a keep-alive, not a message.
    #[error("the datagram holds no message (keep-alive or empty); ignore it")]
    Empty,
    /// The first line is neither a request line nor a status line.
    #[error("the first line is malformed: {0}")]
    StartLine(&'static str),
    /// The request asks for another version than SIP/2.0.
    #[error("only SIP/2.0 is spoken here")]
    Version,
    /// A line of the head is not a header.
    #[error("a header line is malformed: {0}")]
    HeaderLine(&'static str),
    /// A header that every message must carry is missing, repeated or malformed.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The CSeq header names another method than the request line.
    #[error("the CSeq method differs from the request's method")]
    CseqMethod,
    /// Content-Length promises more bytes than the datagram holds.
    #[error("Content-Length promises {promised} bytes of body but {present} came")]
    BodyCut {
        /// Bytes promised.
        promised: usize,
        /// Bytes present.
        present: usize,
    },
    /// The body is larger than the limit.
    #[error("the body is larger than {limit} bytes; send a smaller one")]
    BodyTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The whole message, or its head, is larger than the limit, or has too many headers.
    #[error("the message is larger than the limit of {limit}; send a smaller one")]
    MessageTooLarge {
        /// The limit, in bytes or in header lines.
        limit: usize,
    },
}

impl Fault {
    /// The status code a request with this fault is answered with.
    pub fn status(&self) -> u16 {
        match self {
            Self::Version => 505,
            Self::BodyTooLarge { .. } => 413,
            Self::MessageTooLarge { .. } => 513,
            Self::Empty
            | Self::StartLine(_)
            | Self::HeaderLine(_)
            | Self::Header(_)
            | Self::CseqMethod
            | Self::BodyCut { .. } => 400,
        }
    }

    /// The reason phrase for [`Self::status`]; for 400 it names what is wrong (RFC 3261 21.4.1).
    pub fn reason(&self) -> String {
        match self.status() {
            400 => format!("Bad Request: {self}"),
            status => super::reason_phrase(status).to_owned(),
        }
    }
}

/// Bytes that are no valid message. The sender is at fault.
#[derive(Debug, Clone, PartialEq, Error)]
#[error("{fault}")]
pub struct ParseError {
    /// What was wrong.
    pub fault: Fault,
    /// The request as far as it could be read, when it holds what an answer needs.
    request: Option<Box<Request>>,
}

impl ParseError {
    pub(crate) fn new(fault: Fault, request: Option<Request>) -> Self {
        let request = request.filter(is_answerable).map(Box::new);
        Self { fault, request }
    }

    /// The faulty request, when its Via, From, To, Call-ID and CSeq could be read and it is no ACK.
    pub fn request(&self) -> Option<&Request> {
        self.request.as_deref()
    }

    /// The response the faulty request deserves (400, 413, 505 or 513); `to_tag` is put in its To.
    /// `None` when nothing can be answered: drop the bytes then.
    pub fn answer(&self, to_tag: &str) -> Option<Response> {
        let request = self.request()?;
        Some(Response::reply(request, self.fault.status(), Some(to_tag)).with_reason(&self.fault.reason()))
    }
}

fn is_answerable(request: &Request) -> bool {
    request.method != Method::Ack
        && request.top_via().is_ok()
        && ["From", "To", "Call-ID", "CSeq"].iter().all(|name| request.headers.get(name).is_some())
}
