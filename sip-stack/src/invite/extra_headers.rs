//! Headers that a call adds to its INVITE: what they may be.

use crate::endpoint::InviteError;
use crate::message::Headers;

/// Checks the headers and returns them ready to be copied.
///
/// # Errors
/// [`InviteError::BadHeader`] names the first that breaks a rule.
pub(crate) fn check_extra_headers(headers: &[(String, String)]) -> Result<Headers, InviteError> {
    let mut checked = Headers::new();
    let bad = |name: &str, reason| InviteError::BadHeader { name: name.to_owned(), reason };
    if headers.len() > MAX_HEADERS {
        return Err(bad("", "there are more than 32 of them"));
    }
    for (name, value) in headers {
        if name.len() == 1 {
            return Err(bad(name, "compact names are not taken; write the long one"));
        }
        if is_own(name) {
            return Err(bad(name, "the stack writes this header itself"));
        }
        if checked.has(name) {
            return Err(bad(name, "it is given twice"));
        }
        if value.len() > MAX_VALUE {
            return Err(bad(name, "the value is longer than 1024 bytes"));
        }
        if value.chars().any(char::is_control) {
            return Err(bad(name, "the value holds a control character"));
        }
        if checked.push(name, value).is_err() {
            return Err(bad(name, "the name is not a token"));
        }
    }
    Ok(checked)
}

/// Whether the header belongs to dialog, routing, authentication, body or negotiation, or changes what the call is.
fn is_own(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.starts_with("content-") || lower.starts_with("proxy-") || OWN.contains(&lower.as_str())
}

const OWN: [&str; 28] = [
    "accept",
    "allow",
    "authorization",
    "call-id",
    "contact",
    "cseq",
    "event",
    "expires",
    "from",
    "max-forwards",
    "mime-version",
    "min-se",
    "path",
    "rack",
    "record-route",
    "refer-to",
    "replaces",
    "require",
    "route",
    "rseq",
    "server",
    "service-route",
    "session-expires",
    "supported",
    "to",
    "user-agent",
    "via",
    "www-authenticate",
];

const MAX_HEADERS: usize = 32;
const MAX_VALUE: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, value: &str) -> Result<Headers, InviteError> {
        check_extra_headers(&[(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn context_headers_pass() {
        assert!(check("X-Context-Id", "01920000-0000-7000-8000-000000000000").is_ok());
        assert!(check("User-to-User", "00c0ffee;encoding=hex;purpose=isdn-uui").is_ok());
    }

    #[test]
    fn nothing_can_be_smuggled_in() {
        for (name, value) in [
            ("X-A", "1\r\nRoute: <sip:evil>"),
            ("X-A", "1\nX-B: 2"),
            ("X-A", "a\0b"),
            ("X-A\r\nRoute", "<sip:evil>"),
            ("X A", "1"),
            ("", "1"),
            ("v", "SIP/2.0/UDP evil"),
            ("Route", "<sip:evil>"),
            ("content-type", "text/plain"),
            ("Proxy-Authorization", "Digest"),
            ("CALL-ID", "1"),
        ] {
            assert!(matches!(check(name, value), Err(InviteError::BadHeader { .. })), "{name:?}: {value:?}");
        }
    }

    #[test]
    fn a_double_is_refused() {
        let twice = [("X-A".to_owned(), "1".to_owned()), ("x-a".to_owned(), "2".to_owned())];
        assert!(check_extra_headers(&twice).is_err());
    }
}
