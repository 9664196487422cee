//! Session descriptions in messages: opaque bytes with their type.

use std::sync::Arc;

use crate::message::{Headers, Request, Response};

/// The type of a session description.
pub(crate) const SDP: &str = "application/sdp";

/// Puts a session description into a request.
pub(crate) fn put_into_request(request: &mut Request, sdp: Arc<[u8]>) {
    request.headers.set_static("Content-Type", SDP);
    request.body = sdp;
}

/// Puts a session description into a response.
pub(crate) fn put_into_response(response: &mut Response, sdp: Arc<[u8]>) {
    response.headers.set_static("Content-Type", SDP);
    response.body = sdp;
}

/// The session description that a message carries. A body without a type counts as one: RFC 3261 7.4.1 demands the
/// type, but some forget it.
pub(crate) fn sdp_of(headers: &Headers, body: &Arc<[u8]>) -> Option<Arc<[u8]>> {
    if body.is_empty() {
        return None;
    }
    match headers.content_type() {
        Some(content_type) if content_type != SDP => None,
        Some(_) | None => Some(body.clone()),
    }
}

/// Whether a body is of a type that an INVITE may carry here; otherwise 415.
pub(crate) fn is_acceptable(headers: &Headers, body: &[u8]) -> bool {
    body.is_empty() || headers.content_type().is_none_or(|content_type| content_type == SDP)
}

/// The key of an INFO body: `Signal=5` and `Duration=160` lines (`application/dtmf-relay`), or the key alone
/// (`application/dtmf`).
pub(crate) fn digit_of(headers: &Headers, body: &[u8]) -> Option<char> {
    let text = std::str::from_utf8(body).ok()?;
    let signal = match headers.content_type()?.as_str() {
        "application/dtmf-relay" => text.lines().find_map(|line| {
            let (name, value) = line.split_once('=')?;
            name.trim().eq_ignore_ascii_case("signal").then_some(value.trim())
        })?,
        "application/dtmf" => text.trim(),
        _ => return None,
    };
    // Some write the events of RFC 4733 instead of the keys.
    let key = match signal {
        "10" => '*',
        "11" => '#',
        _ => {
            let mut keys = signal.chars();
            let key = keys.next()?.to_ascii_uppercase();
            if keys.next().is_some() {
                return None;
            }
            key
        }
    };
    matches!(key, '0'..='9' | '*' | '#' | 'A'..='D').then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digit(content_type: &str, body: &str) -> Option<char> {
        let mut headers = Headers::new();
        headers.push("Content-Type", content_type).unwrap();
        digit_of(&headers, body.as_bytes())
    }

    #[test]
    fn keys_are_read_from_both_forms() {
        assert_eq!(digit("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n"), Some('5'));
        assert_eq!(digit("application/dtmf-relay", "Signal= *\r\nDuration= 250"), Some('*'));
        assert_eq!(digit("application/dtmf-relay", "signal=11"), Some('#'));
        assert_eq!(digit("application/dtmf", "7"), Some('7'));
        assert_eq!(digit("Application/DTMF; x=y", "d"), Some('D'));
    }

    #[test]
    fn what_is_no_key_is_none() {
        for (content_type, body) in [
            ("application/dtmf-relay", ""),
            ("application/dtmf-relay", "Signal="),
            ("application/dtmf-relay", "Signal=55"),
            ("application/dtmf", "x"),
            ("text/plain", "5"),
        ] {
            assert_eq!(digit(content_type, body), None, "{content_type} {body:?}");
        }
    }
}
