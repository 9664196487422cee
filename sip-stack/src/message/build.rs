//! Building requests.

use std::fmt::Display;
use std::sync::Arc;

use super::error::RefusedHeader;
use super::method::Method;
use super::number_headers::CSeq;
use super::request::Request;
use super::uri::Uri;

/// Puts a request together; the first refused header is told at the end.
#[derive(Debug)]
pub struct RequestBuilder {
    request: Request,
    refused: Option<RefusedHeader>,
}

impl RequestBuilder {
    /// Begins a request.
    pub fn new(method: Method, uri: Uri) -> Self {
        Self { request: Request::new(method, uri), refused: None }
    }

    /// Adds a header at the end: text, or a typed value such as `Via` or `NameAddr`.
    pub fn header(mut self, name: &str, value: impl Display) -> Self {
        if let Err(refused) = self.request.headers.push(name, value) {
            self.refused.get_or_insert(refused);
        }
        self
    }

    /// Adds a CSeq with the request's method.
    pub fn cseq(self, number: u32) -> Self {
        let cseq = CSeq { number, method: self.request.method.clone() };
        self.header("CSeq", cseq)
    }

    /// Adds a body and its Content-Type.
    pub fn body(mut self, content_type: &str, body: impl Into<Arc<[u8]>>) -> Self {
        self.request.body = body.into();
        self.header("Content-Type", content_type)
    }

    /// The request.
    ///
    /// # Errors
    /// The first header that was refused.
    pub fn build(self) -> Result<Request, RefusedHeader> {
        match self.refused {
            Some(refused) => Err(refused),
            None => Ok(self.request),
        }
    }
}
