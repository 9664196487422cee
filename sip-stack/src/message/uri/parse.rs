//! Reading URIs.

use std::str::FromStr;

use super::{SipUri, TelUri, Uri};
use crate::message::error::SyntaxError;
use crate::message::host::parse_host_port;
use crate::message::params::Params;

impl FromStr for Uri {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        if text.bytes().any(|byte| byte <= b' ' || matches!(byte, b'<' | b'>' | b'"' | 0x7f)) {
            return Err(SyntaxError("a URI holds no spaces, quotes, brackets or control characters"));
        }
        let (scheme, rest) = text.split_once(':').ok_or(SyntaxError("a URI begins with a scheme and a colon"))?;
        if scheme.eq_ignore_ascii_case("sip") {
            return parse_sip(rest, false).map(Self::Sip);
        }
        if scheme.eq_ignore_ascii_case("sips") {
            return parse_sip(rest, true).map(Self::Sip);
        }
        if scheme.eq_ignore_ascii_case("tel") {
            return parse_tel(rest).map(Self::Tel);
        }
        let mut bytes = scheme.bytes();
        let begins_with_letter = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic());
        if !begins_with_letter || !bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')) {
            return Err(SyntaxError("a URI scheme is a letter followed by letters, digits, +, - and ."));
        }
        if rest.is_empty() {
            return Err(SyntaxError("a URI has something after its scheme"));
        }
        Ok(Self::Other(text.into()))
    }
}

fn parse_sip(rest: &str, secure: bool) -> Result<SipUri, SyntaxError> {
    // The user part may hold `;` and `?`, so the @ is looked for first.
    let (user, password, rest) = match rest.split_once('@') {
        Some((userinfo, rest)) => {
            let (user, password) = parse_userinfo(userinfo)?;
            (Some(user), password, rest)
        }
        None => (None, None, rest),
    };
    let (rest, headers) = match rest.split_once('?') {
        Some((rest, headers)) => (rest, Some(headers.into())),
        None => (rest, None),
    };
    let (host_port, params) = rest.split_once(';').unwrap_or((rest, ""));
    let (host, port) = parse_host_port(host_port)?;
    Ok(SipUri { secure, user, password, host, port, params: Params::parse(params)?, headers })
}

type UserInfo = (Box<str>, Option<Box<str>>);

fn parse_userinfo(userinfo: &str) -> Result<UserInfo, SyntaxError> {
    let (user, password) = match userinfo.split_once(':') {
        Some((user, password)) => (user, Some(password.into())),
        None => (userinfo, None),
    };
    if user.is_empty() {
        return Err(SyntaxError("the user part before @ is empty"));
    }
    Ok((user.into(), password))
}

fn parse_tel(rest: &str) -> Result<TelUri, SyntaxError> {
    let (number, params) = rest.split_once(';').unwrap_or((rest, ""));
    let digits = number.strip_prefix('+').unwrap_or(number);
    let is_number =
        digits.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b'*' | b'#' | b'-' | b'.' | b'(' | b')' | b'%'));
    if digits.is_empty() || !is_number {
        return Err(SyntaxError("a tel URI holds digits with an optional + and separators"));
    }
    Ok(TelUri { number: number.into(), params: Params::parse(params)? })
}
