//! Dialogs (RFC 3261 12): the ids, sequence numbers, route set and remote target that tie requests together.

mod route;
mod tag;

pub(crate) use route::RouteSet;
pub(crate) use tag::LocalTag;

use crate::message::{CSeq, HeaderError, Method, NameAddr, Request, Response, Uri};

/// A dialog, early or confirmed.
#[derive(Debug, Clone)]
pub(crate) struct Dialog {
    pub call_id: Box<str>,
    /// `From` of our requests, with our tag.
    local: Box<str>,
    /// `To` of our requests, with the peer's tag.
    remote: Box<str>,
    pub remote_tag: Box<str>,
    /// The number of our last request.
    pub local_cseq: u32,
    /// The number of the peer's last request.
    remote_cseq: Option<u32>,
    target: Uri,
    routes: RouteSet,
}

impl Dialog {
    /// The dialog that our response with `tag` to this request makes (RFC 3261 12.1.1).
    pub fn of_server(request: &Request, tag: LocalTag) -> Result<Self, HeaderError> {
        let from = request.headers.get("From").ok_or(HeaderError::Missing { name: "From" })?;
        let to = request.headers.get("To").ok_or(HeaderError::Missing { name: "To" })?;
        let local = if request.to()?.tag().is_some() { to.to_owned() } else { format!("{to};tag={tag}") };
        Ok(Self {
            call_id: request.call_id()?.into(),
            local: local.into_boxed_str(),
            remote: from.into(),
            remote_tag: request.from()?.tag().unwrap_or_default().into(),
            local_cseq: 0,
            remote_cseq: Some(request.cseq()?.number),
            target: request.headers.contact()?.uri,
            routes: RouteSet::of_request(request)?,
        })
    }

    /// The dialog that this response to our request makes (RFC 3261 12.1.2).
    pub fn of_client(request: &Request, response: &Response) -> Result<Self, HeaderError> {
        let value = |name| request.headers.get(name).ok_or(HeaderError::Missing { name });
        let to = response.headers.get("To").ok_or(HeaderError::Missing { name: "To" })?;
        Ok(Self {
            call_id: request.call_id()?.into(),
            local: value("From")?.into(),
            remote: to.into(),
            remote_tag: response.to()?.tag().unwrap_or_default().into(),
            local_cseq: request.cseq()?.number,
            remote_cseq: None,
            // A 2xx must have a Contact; where it has none the request URI is the best guess.
            target: response.headers.contact().map_or_else(|_| request.uri.clone(), |contact| contact.uri),
            routes: RouteSet::of_response(response)?,
        })
    }

    /// A request within the dialog with the next number, but for Via (RFC 3261 12.2.1.1).
    pub fn request(&mut self, method: Method) -> Request {
        self.local_cseq = self.local_cseq.saturating_add(1);
        self.request_with_number(method, self.local_cseq)
    }

    /// The ACK of a 2xx to the INVITE with this number (RFC 3261 13.2.2.4).
    pub fn ack(&self, number: u32) -> Request {
        self.request_with_number(Method::Ack, number)
    }

    /// Whether the peer's request comes in order; notes its number (RFC 3261 12.2.2).
    pub fn take_number(&mut self, cseq: &CSeq) -> bool {
        if self.remote_cseq.is_some_and(|last| cseq.number < last) {
            return false;
        }
        self.remote_cseq = Some(cseq.number);
        true
    }

    /// A target refresh request or its 2xx moved the peer (RFC 3261 12.2).
    pub fn refresh_target(&mut self, contact: Result<NameAddr, HeaderError>) {
        if let Ok(contact) = contact {
            self.target = contact.uri;
        }
    }

    /// The URI that decides where requests are sent: the first route or the remote target.
    pub fn next_hop(&self) -> &Uri {
        self.routes.next_hop(&self.target)
    }

    fn request_with_number(&self, method: Method, number: u32) -> Request {
        let (uri, routes) = self.routes.apply(&self.target);
        let mut request = Request::new(method, uri);
        let headers = &mut request.headers;
        headers.set_number("Max-Forwards", 70);
        for route in routes {
            put(headers, "Route", &route);
        }
        put(headers, "From", &self.local);
        put(headers, "To", &self.remote);
        put(headers, "Call-ID", &self.call_id);
        put(headers, "CSeq", &CSeq { number, method: request.method.clone() });
        request
    }
}

/// Adds a value that was read from the wire or made by us, and so is one line.
pub(crate) fn put(headers: &mut crate::message::Headers, name: &str, value: &impl std::fmt::Display) {
    let pushed = headers.push(name, value);
    debug_assert!(pushed.is_ok(), "{name} was checked before");
}
