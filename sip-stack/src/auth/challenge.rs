//! WWW-Authenticate and Proxy-Authenticate (RFC 7616 3.3).

use std::fmt;
use std::str::FromStr;

use super::algorithm::Algorithm;
use super::words::Words;
use crate::message::SyntaxError;
use crate::message::text::{trim, write_quoted};

/// A Digest challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Realm the credentials belong to.
    pub realm: String,
    /// Server nonce.
    pub nonce: String,
    /// Text to send back as it came.
    pub opaque: Option<String>,
    /// Algorithm; `None` is one we do not know, so the challenge cannot be answered.
    pub algorithm: Option<Algorithm>,
    /// Whether the algorithm was written; without, the answer names none either (RFC 3261 22.4).
    pub algorithm_named: bool,
    /// Which protection is offered.
    pub qop: Qop,
    /// The nonce used was too old, the password was right.
    pub stale: bool,
}

/// The `qop` a challenge offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Qop {
    /// None named: the answer has no nonce count (RFC 2069).
    None,
    /// `auth`, perhaps among others.
    Auth,
    /// Only values we do not know; the challenge cannot be answered.
    Unknown,
}

impl FromStr for Challenge {
    type Err = SyntaxError;

    fn from_str(value: &str) -> Result<Self, SyntaxError> {
        let words = Words::parse(value)?;
        let qop = match words.get("qop") {
            None => Qop::None,
            Some(list) if list.split(',').any(|qop| trim(qop).eq_ignore_ascii_case("auth")) => Qop::Auth,
            Some(_) => Qop::Unknown,
        };
        Ok(Self {
            realm: words.need("realm", "a challenge names its realm")?,
            nonce: words.need("nonce", "a challenge carries a nonce")?,
            opaque: words.get("opaque").map(str::to_owned),
            algorithm: words.get("algorithm").map_or(Some(Algorithm::Md5), Algorithm::from_name),
            algorithm_named: words.get("algorithm").is_some(),
            qop,
            stale: words.get("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
        })
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest realm=")?;
        write_quoted(f, &self.realm)?;
        f.write_str(", nonce=")?;
        write_quoted(f, &self.nonce)?;
        if let Some(opaque) = &self.opaque {
            f.write_str(", opaque=")?;
            write_quoted(f, opaque)?;
        }
        if let (true, Some(algorithm)) = (self.algorithm_named, self.algorithm) {
            write!(f, ", algorithm={algorithm}")?;
        }
        if self.qop == Qop::Auth {
            f.write_str(", qop=\"auth\"")?;
        }
        if self.stale {
            f.write_str(", stale=true")?;
        }
        Ok(())
    }
}
