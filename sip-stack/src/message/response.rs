//! Responses.

use std::borrow::Cow;
use std::sync::Arc;

use super::headers::Headers;
use super::name_addr::NameAddr;
use super::reason::reason_phrase;
use super::request::Request;
use super::text::is_token;

/// A response (RFC 3261 7.2).
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// Status code, 100 to 699.
    pub status: u16,
    /// Reason phrase, one line.
    reason: Cow<'static, str>,
    /// Headers.
    pub headers: Headers,
    /// Body; empty when there is none.
    pub body: Arc<[u8]>,
}

impl Response {
    /// A response without headers or body, with the usual reason phrase.
    pub fn new(status: u16) -> Self {
        Self { status, reason: Cow::Borrowed(reason_phrase(status)), headers: Headers::new(), body: Arc::from([]) }
    }

    /// The response to `request`: Via, From, To, Call-ID and CSeq are copied (RFC 3261 8.2.6), Timestamp too in a
    /// 100. `to_tag`, a token, is added to a To without tag; give none in a 100.
    pub fn reply(request: &Request, status: u16, to_tag: Option<&str>) -> Self {
        let mut response = Self::new(status);
        let headers = &mut response.headers;
        for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
            headers.copy_from(&request.headers, name);
        }
        if status == 100 {
            headers.copy_from(&request.headers, "Timestamp");
        }
        if let Some(tag) = to_tag {
            add_to_tag(headers, tag);
        }
        response
    }

    /// With another reason phrase; line breaks in it become spaces.
    pub fn with_reason(mut self, reason: &str) -> Self {
        self.reason = Cow::Owned(reason.replace(['\r', '\n', '\0'], " "));
        self
    }

    /// The reason phrase.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Whether the response is provisional (1xx).
    pub fn is_provisional(&self) -> bool {
        self.status < 200
    }

    /// Whether the response is a success (2xx).
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

fn add_to_tag(headers: &mut Headers, tag: &str) {
    let Some(to) = headers.get("To") else { return };
    if to.parse::<NameAddr>().is_ok_and(|to| to.tag().is_some()) || !is_token(tag) {
        return;
    }
    // Written behind what came, so that the peer finds its own To again.
    headers.append_token("To", &format!(";tag={tag}"));
}
