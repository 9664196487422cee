//! Requests.

use std::sync::Arc;

use super::headers::Headers;
use super::method::Method;
use super::uri::Uri;

/// A request (RFC 3261 7.1).
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// Request-URI.
    pub uri: Uri,
    /// Headers.
    pub headers: Headers,
    /// Body; empty when there is none.
    pub body: Arc<[u8]>,
}

impl Request {
    /// A request without headers or body; see [`super::RequestBuilder`] for a whole one.
    pub fn new(method: Method, uri: Uri) -> Self {
        Self { method, uri, headers: Headers::new(), body: Arc::from([]) }
    }
}
