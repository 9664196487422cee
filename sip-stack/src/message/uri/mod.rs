//! URIs: `sip:`, `sips:` (RFC 3261 19.1), `tel:` (RFC 3966) and whatever else comes in.

mod compare;
mod escape;
mod parse;
mod print;

pub use escape::{escape_user, unescape};

use std::borrow::Cow;
use std::net::SocketAddr;

use super::host::Host;
use super::params::Params;

/// A URI. `==` compares what is written; [`Uri::matches`] compares by RFC 3261 19.1.4.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Uri {
    /// `sip:` or `sips:`.
    Sip(SipUri),
    /// `tel:`.
    Tel(TelUri),
    /// Any other scheme, as written; answered with 416 where it cannot be used.
    Other(Box<str>),
}

/// A `sip:` or `sips:` URI.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SipUri {
    /// Whether the scheme is `sips`.
    pub secure: bool,
    /// User part as written, with its escapes; see [`SipUri::user_plain`].
    pub user: Option<Box<str>>,
    /// Password as written.
    pub password: Option<Box<str>>,
    /// Host.
    pub host: Host,
    /// Port, when written.
    pub port: Option<u16>,
    /// Parameters (`transport`, `lr`, `maddr`, ...).
    pub params: Params,
    /// What follows the question mark, as written: `Replaces=...&Subject=...`.
    pub headers: Option<Box<str>>,
}

/// A `tel:` URI.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TelUri {
    /// The number as written, with its visual separators.
    pub number: Box<str>,
    /// Parameters (`phone-context`, `ext`, ...).
    pub params: Params,
}

impl Uri {
    /// A `sip:` URI; `user` is escaped as needed.
    pub fn sip(user: Option<&str>, host: Host, port: Option<u16>) -> Self {
        Self::Sip(SipUri {
            secure: false,
            user: user.map(|user| escape_user(user).into()),
            password: None,
            host,
            port,
            params: Params::new(),
            headers: None,
        })
    }

    /// A `sip:` URI that points at a socket address.
    pub fn sip_at(user: Option<&str>, address: SocketAddr) -> Self {
        Self::sip(user, address.ip().into(), Some(address.port()))
    }

    /// The SIP form, when it is one.
    pub fn as_sip(&self) -> Option<&SipUri> {
        match self {
            Self::Sip(uri) => Some(uri),
            Self::Tel(_) | Self::Other(_) => None,
        }
    }

    /// The SIP form to change, when it is one.
    pub fn as_sip_mut(&mut self) -> Option<&mut SipUri> {
        match self {
            Self::Sip(uri) => Some(uri),
            Self::Tel(_) | Self::Other(_) => None,
        }
    }

    /// The scheme in lower case: `sip`, `sips`, `tel`, or another as written.
    pub fn scheme(&self) -> &str {
        match self {
            Self::Sip(uri) if uri.secure => "sips",
            Self::Sip(_) => "sip",
            Self::Tel(_) => "tel",
            Self::Other(text) => text.split(':').next().unwrap_or_default(),
        }
    }

    /// The user part of a SIP URI or the number of a `tel:` URI, without escapes.
    pub fn user(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Sip(uri) => uri.user_plain(),
            Self::Tel(uri) => Some(Cow::Borrowed(&uri.number)),
            Self::Other(_) => None,
        }
    }

    /// The host of a SIP URI.
    pub fn host(&self) -> Option<&Host> {
        self.as_sip().map(|uri| &uri.host)
    }

    /// The port of a SIP URI, when written.
    pub fn port(&self) -> Option<u16> {
        self.as_sip().and_then(|uri| uri.port)
    }

    /// The parameters of a SIP or `tel:` URI.
    pub fn params(&self) -> Option<&Params> {
        match self {
            Self::Sip(uri) => Some(&uri.params),
            Self::Tel(uri) => Some(&uri.params),
            Self::Other(_) => None,
        }
    }

    /// Whether the URI carries `lr` (RFC 3261 16.12: a loose router).
    pub fn is_loose_router(&self) -> bool {
        self.params().is_some_and(|params| params.has("lr"))
    }

    /// The URI without what must not stand in a Request-URI (RFC 3261 19.1.1): headers and `method`.
    pub fn for_request_line(&self) -> Self {
        let mut uri = self.clone();
        if let Self::Sip(sip) = &mut uri {
            sip.headers = None;
            sip.params.remove("method");
        }
        uri
    }
}

impl SipUri {
    /// The user part without escapes.
    pub fn user_plain(&self) -> Option<Cow<'_, str>> {
        self.user.as_deref().map(unescape)
    }

    /// The `transport` parameter as written (RFC 3261 19.1.1).
    pub fn transport(&self) -> Option<&str> {
        self.params.get("transport")
    }

    /// One header of the part after the question mark, without escapes; names compare without case.
    pub fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        self.headers.as_deref()?.split('&').find_map(|pair| {
            let (have, value) = pair.split_once('=').unwrap_or((pair, ""));
            unescape(have).eq_ignore_ascii_case(name).then(|| unescape(value))
        })
    }
}
