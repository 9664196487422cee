//! What a transaction is found by (RFC 3261 17.1.3 and 17.2.3).

use std::fmt;

use super::TransactionId;
use crate::message::{Method, Request, Via};

/// The branch of a request of ours: the transaction's number, and chance that nobody can guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Branch {
    /// The client transaction.
    pub id: TransactionId,
    /// What makes it unforeseeable.
    pub token: u64,
}

impl Branch {
    /// Reads a branch of ours; `None` when it is not.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, token) = text.strip_prefix(MAGIC_COOKIE)?.split_once('-')?;
        if token.len() != 16 {
            return None;
        }
        let id = TransactionId(u64::from_str_radix(id, 16).ok()?);
        Some(Self { id, token: u64::from_str_radix(token, 16).ok()? })
    }
}

impl fmt::Display for Branch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{MAGIC_COOKIE}{:x}-{:016x}", self.id.0, self.token)
    }
}

/// What a server transaction is found by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerKey(Box<str>);

impl ServerKey {
    /// The key of a request. ACK and INVITE have the same one; so has the INVITE that a CANCEL means, by
    /// [`ServerKey::of_cancelled`].
    pub fn of(request: &Request, via: &Via) -> Self {
        match &request.method {
            Method::Ack => Self::with_method(request, via, Method::Invite.as_str()),
            method => Self::with_method(request, via, method.as_str()),
        }
    }

    /// The key of the INVITE that this CANCEL means (RFC 3261 9.2).
    pub fn of_cancelled(cancel: &Request, via: &Via) -> Self {
        Self::with_method(cancel, via, Method::Invite.as_str())
    }

    fn with_method(request: &Request, via: &Via, method: &str) -> Self {
        let port = via.port.unwrap_or_else(|| via.transport.default_port());
        let text = match via.branch() {
            Some(branch) if via.has_magic_cookie() => format!("{branch}|{}:{port}|{method}", via.host),
            // RFC 2543 had no unique branches. The To tag is left out: an ACK carries one that its INVITE did not.
            _ => {
                let header = |name| request.headers.get(name).unwrap_or_default();
                let from = request.from().ok();
                let tag = from.as_ref().and_then(|from| from.tag()).unwrap_or_default();
                let number = header("CSeq").split_ascii_whitespace().next().unwrap_or_default();
                format!("{}|{tag}|{}|{number}|{via}|{method}", request.uri, header("Call-ID"))
            }
        };
        Self(text.into_boxed_str())
    }
}

/// RFC 3261 8.1.1.7.
const MAGIC_COOKIE: &str = "z9hG4bK";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Message;

    fn request(text: &str) -> Request {
        match Message::parse_datagram(text.as_bytes()).unwrap() {
            Message::Request(request) => request,
            Message::Response(_) => panic!("a response"),
        }
    }

    fn key(method: &str, branch: &str, to: &str) -> ServerKey {
        let request = request(&format!(
            "{method} sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h:5060{branch}\r\nFrom: <sip:x@y>;tag=1\r\nTo: <sip:a@b>{to}\r\nCall-ID: c\r\nCSeq: 4 {method}\r\n\r\n"
        ));
        ServerKey::of(&request, &request.top_via().unwrap())
    }

    #[test]
    fn a_branch_survives_its_text() {
        let branch = Branch { id: TransactionId(77), token: 5 };
        assert_eq!(Branch::parse(&branch.to_string()), Some(branch));
        for text in ["", "z9hG4bK", "z9hG4bK4d-5", "z9hG4bKx-0000000000000005", "4d-0000000000000005"] {
            assert_eq!(Branch::parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_ack_finds_its_invite_and_a_bye_does_not() {
        for branch in [";branch=z9hG4bKabc", ";branch=1", ""] {
            assert_eq!(key("INVITE", branch, ""), key("ACK", branch, ";tag=9"), "{branch:?}");
            assert_ne!(key("INVITE", branch, ""), key("BYE", branch, ";tag=9"), "{branch:?}");
        }
        assert_ne!(key("INVITE", ";branch=z9hG4bKa", ""), key("INVITE", ";branch=z9hG4bKb", ""));
    }
}
