//! Headers of the shape `value;name=value`: Session-Expires, Replaces, Reason, Retry-After, Event and others.

use std::fmt;
use std::str::FromStr;

use super::error::SyntaxError;
use super::number_headers::parse_u32;
use super::params::Params;
use super::text::{find_outside, trim, write_quoted};

/// A value and its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueWithParams {
    /// What stands before the first semicolon.
    pub value: Box<str>,
    /// Parameters.
    pub params: Params,
}

impl FromStr for ValueWithParams {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        let (value, params) = match find_outside(text, b';') {
            Some(at) => (&text[..at], &text[at + 1..]),
            None => (text, ""),
        };
        let value = trim(value);
        if value.is_empty() {
            return Err(SyntaxError("the value before the parameters is empty"));
        }
        Ok(Self { value: value.into(), params: Params::parse(params)? })
    }
}

impl fmt::Display for ValueWithParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.value, self.params)
    }
}

/// Who refreshes a session (RFC 4028 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refresher {
    /// Who sent the request.
    Uac,
    /// Who answered it.
    Uas,
}

/// Session-Expires (RFC 4028 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionExpires {
    /// Length of the session interval, seconds.
    pub seconds: u32,
    /// Who refreshes, when it is said.
    pub refresher: Option<Refresher>,
}

impl FromStr for SessionExpires {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        let parts: ValueWithParams = text.parse()?;
        let refresher = match parts.params.get("refresher") {
            None => None,
            Some(role) if role.eq_ignore_ascii_case("uac") => Some(Refresher::Uac),
            Some(role) if role.eq_ignore_ascii_case("uas") => Some(Refresher::Uas),
            Some(_) => return Err(SyntaxError("refresher is uac or uas")),
        };
        Ok(Self { seconds: parse_u32(&parts.value)?, refresher })
    }
}

impl fmt::Display for SessionExpires {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.seconds)?;
        match self.refresher {
            Some(Refresher::Uac) => f.write_str(";refresher=uac"),
            Some(Refresher::Uas) => f.write_str(";refresher=uas"),
            None => Ok(()),
        }
    }
}

/// Replaces (RFC 3891 6.1): the dialog an INVITE takes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaces {
    /// Call-ID of the dialog.
    pub call_id: Box<str>,
    /// The tag the receiver of the Replaces has in that dialog.
    pub to_tag: Box<str>,
    /// The tag the other side has in that dialog.
    pub from_tag: Box<str>,
    /// Only if the dialog is still early.
    pub early_only: bool,
}

impl FromStr for Replaces {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        let parts: ValueWithParams = text.parse()?;
        let tag = |name| parts.params.get(name).map(Into::into);
        let both = SyntaxError("Replaces carries to-tag and from-tag");
        Ok(Self {
            to_tag: tag("to-tag").ok_or(both)?,
            from_tag: tag("from-tag").ok_or(both)?,
            early_only: parts.params.has("early-only"),
            call_id: parts.value,
        })
    }
}

impl fmt::Display for Replaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{};to-tag={};from-tag={}", self.call_id, self.to_tag, self.from_tag)?;
        f.write_str(if self.early_only { ";early-only" } else { "" })
    }
}

/// Reason (RFC 3326): why a request or response was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// `SIP`, `Q.850`, ...
    pub protocol: Box<str>,
    /// The cause code of that protocol.
    pub cause: Option<u32>,
    /// Text for people.
    pub text: Option<Box<str>>,
}

impl FromStr for Reason {
    type Err = SyntaxError;

    /// Reads one value; a comma list must be split first.
    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        let parts: ValueWithParams = text.parse()?;
        Ok(Self {
            cause: parts.params.get("cause").map(parse_u32).transpose()?,
            text: parts.params.unquoted("text").map(|text| text.as_ref().into()),
            protocol: parts.value,
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.protocol)?;
        if let Some(cause) = self.cause {
            write!(f, ";cause={cause}")?;
        }
        match &self.text {
            Some(text) => f.write_str(";text=").and_then(|()| write_quoted(f, text)),
            None => Ok(()),
        }
    }
}

/// The seconds of a Retry-After, whose comment and parameters are passed over (RFC 3261 20.33).
pub(super) fn parse_retry_after(text: &str) -> Result<u32, SyntaxError> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    parse_u32(&text[..end])
}
