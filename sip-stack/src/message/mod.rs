//! SIP messages: reading, writing and their typed headers (RFC 3261 7, 19, 20, 25).
//!
//! **Reading.** [`Message::parse_datagram`] takes one datagram, [`StreamFramer`] the bytes of a connection. Both read
//! what the wire brings: compact names, folded lines, spaces before the colon, `tel:` and unknown URIs, unknown
//! methods, IPv6, bodies that are not text. What every message must carry (Via, From, To, Call-ID, CSeq) is checked
//! there; the other headers are read when they are asked for. A request that is refused comes back inside
//! [`ParseError`], as far as it could be read, so that it can be answered.
//!
//! **Headers** are an ordered list of names and one-line values. Names are written in their usual spelling and
//! compare without case. A value with a line break or NUL cannot be put in, so no header can be smuggled.
//!
//! **Writing.** [`Message::to_bytes`] writes the headers as they stand and a Content-Length that fits the body.

mod build;
mod date;
mod error;
mod framer;
mod headers;
mod host;
mod limits;
mod method;
mod name;
mod name_addr;
mod number_headers;
mod params;
mod parse;
mod print;
mod reason;
mod request;
mod response;
mod rsip_bridge;
#[cfg(test)]
mod tests;
pub(crate) mod text;
mod typed;
mod uri;
mod via;
mod with_params;

pub use build::RequestBuilder;
pub use error::{Fault, HeaderError, ParseError, RefusedHeader, SyntaxError};
pub use framer::{FramedItem, StreamFramer};
pub use headers::Headers;
pub use host::Host;
pub use limits::Limits;
pub use method::Method;
pub use name_addr::{Contacts, NameAddr};
pub use number_headers::{CSeq, RAck};
pub use params::Params;
pub use reason::reason_phrase;
pub use request::Request;
pub use response::Response;
pub use uri::{SipUri, TelUri, Uri, escape_user, unescape};
pub use via::{Transport, Via};
pub use with_params::{Reason, Refresher, Replaces, SessionExpires, ValueWithParams};

/// A SIP message.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// A request.
    Request(Request),
    /// A response.
    Response(Response),
}

impl Message {
    /// Reads one datagram within the default [`Limits`].
    ///
    /// # Errors
    /// [`ParseError`] tells what is wrong and holds the request where it can be answered.
    pub fn parse_datagram(bytes: &[u8]) -> Result<Self, ParseError> {
        Self::parse_datagram_within(bytes, &Limits::default())
    }

    /// Reads one datagram within `limits`.
    ///
    /// # Errors
    /// [`ParseError`] tells what is wrong and holds the request where it can be answered.
    pub fn parse_datagram_within(bytes: &[u8], limits: &Limits) -> Result<Self, ParseError> {
        parse::datagram(bytes, limits)
    }

    /// The message as it goes on the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Request(request) => request.to_bytes(),
            Self::Response(response) => response.to_bytes(),
        }
    }

    /// The headers.
    pub fn headers(&self) -> &Headers {
        match self {
            Self::Request(request) => &request.headers,
            Self::Response(response) => &response.headers,
        }
    }

    /// The headers, to change.
    pub fn headers_mut(&mut self) -> &mut Headers {
        match self {
            Self::Request(request) => &mut request.headers,
            Self::Response(response) => &mut response.headers,
        }
    }

    /// The body; empty when there is none.
    pub fn body(&self) -> &[u8] {
        match self {
            Self::Request(request) => &request.body,
            Self::Response(response) => &response.body,
        }
    }
}

impl From<Request> for Message {
    fn from(request: Request) -> Self {
        Self::Request(request)
    }
}

impl From<Response> for Message {
    fn from(response: Response) -> Self {
        Self::Response(response)
    }
}
