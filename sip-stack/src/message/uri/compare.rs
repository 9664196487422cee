//! Equality of URIs by RFC 3261 19.1.4 and RFC 3966 4.

use std::borrow::Cow;

use super::escape::unescape_if;
use super::{SipUri, TelUri, Uri};

impl Uri {
    /// Whether both name the same resource (RFC 3261 19.1.4). Not transitive, by the standard's own rules.
    pub fn matches(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Sip(a), Self::Sip(b)) => sip_matches(a, b),
            (Self::Tel(a), Self::Tel(b)) => tel_matches(a, b),
            (Self::Other(a), Self::Other(b)) => a == b,
            (Self::Sip(_) | Self::Tel(_) | Self::Other(_), _) => false,
        }
    }
}

fn sip_matches(a: &SipUri, b: &SipUri) -> bool {
    a.secure == b.secure
        && a.host == b.host
        && a.port == b.port
        && a.user.as_deref().map(comparable) == b.user.as_deref().map(comparable)
        && a.password.as_deref().map(comparable) == b.password.as_deref().map(comparable)
        && params_match(a, b)
        && headers_match(a, b)
}

/// Parameters both carry must agree; some must not stand in one only.
fn params_match(a: &SipUri, b: &SipUri) -> bool {
    let agrees = |from: &SipUri, with: &SipUri| {
        from.params.iter().all(|(name, value)| match (with.params.has(name), value) {
            (false, _) => !MUST_STAND_IN_BOTH.iter().any(|must| name.eq_ignore_ascii_case(must)),
            (true, value) => same_value(value, with.params.get(name)),
        })
    };
    agrees(a, b) && agrees(b, a)
}

fn same_value(a: Option<&str>, b: Option<&str>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => comparable(a).eq_ignore_ascii_case(&comparable(b)),
        (None, Some(_)) | (Some(_), None) => false,
    }
}

/// Headers must be the same set, in any order.
fn headers_match(a: &SipUri, b: &SipUri) -> bool {
    let sorted = |uri: &SipUri| {
        let mut list: Vec<(String, String)> = uri
            .headers
            .as_deref()
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (comparable(name).to_ascii_lowercase(), comparable(value).into_owned()))
            .collect();
        list.sort();
        list
    };
    sorted(a) == sorted(b)
}

fn tel_matches(a: &TelUri, b: &TelUri) -> bool {
    let digits = |uri: &TelUri| -> String {
        let kept = uri.number.chars().filter(|c| !matches!(c, '-' | '.' | '(' | ')'));
        kept.map(|c| c.to_ascii_lowercase()).collect()
    };
    digits(a) == digits(b)
        && a.params.len() == b.params.len()
        && a.params.iter().all(|(name, value)| b.params.has(name) && same_value(value, b.params.get(name)))
}

/// A character and its escape are the same, but for reserved ones, which mean something else when bare.
fn comparable(text: &str) -> Cow<'_, str> {
    unescape_if(text, |byte| !matches!(byte, b';' | b'/' | b'?' | b':' | b'@' | b'&' | b'=' | b'+' | b'$' | b','))
}

/// RFC 3261 19.1.4: a URI that carries one of these never equals one without it.
const MUST_STAND_IN_BOTH: [&str; 5] = ["user", "ttl", "method", "maddr", "transport"];
