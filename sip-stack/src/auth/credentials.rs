//! Authorization and Proxy-Authorization (RFC 7616 3.4).

use std::fmt;
use std::str::FromStr;

use super::algorithm::{Algorithm, Counted};
use super::words::Words;
use crate::message::SyntaxError;
use crate::message::text::write_quoted;

/// The answer to a Digest challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// User name.
    pub username: String,
    /// Realm of the challenge.
    pub realm: String,
    /// Nonce of the challenge.
    pub nonce: String,
    /// Request-URI as it was signed.
    pub uri: String,
    /// The digest, lower-case hex.
    pub response: String,
    /// Algorithm; `None` is one we do not know.
    pub algorithm: Option<Algorithm>,
    /// Whether the algorithm is written.
    pub algorithm_named: bool,
    /// Nonce count and client nonce under `qop=auth`; `None` without qop.
    pub counted: Option<Count>,
    /// Text of the challenge sent back.
    pub opaque: Option<String>,
}

/// Nonce count and client nonce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// How often the nonce was used, this time included.
    pub nc: u32,
    /// The client's own nonce.
    pub cnonce: String,
}

impl Credentials {
    /// The digest these credentials should carry for a request of `method` by who holds `ha1`.
    pub fn expected(&self, algorithm: Algorithm, ha1: &str, method: &str) -> String {
        let counted = self.counted.as_ref().map(|count| Counted { nc: count.nc, cnonce: &count.cnonce });
        algorithm.response(ha1, &self.nonce, counted, method, &self.uri)
    }
}

impl FromStr for Credentials {
    type Err = SyntaxError;

    fn from_str(value: &str) -> Result<Self, SyntaxError> {
        let words = Words::parse(value)?;
        Ok(Self {
            username: words.need("username", "credentials name their user")?,
            realm: words.need("realm", "credentials name their realm")?,
            nonce: words.need("nonce", "credentials carry the nonce")?,
            uri: words.need("uri", "credentials carry the request's URI")?,
            response: words.need("response", "credentials carry a response")?.to_ascii_lowercase(),
            algorithm: words.get("algorithm").map_or(Some(Algorithm::Md5), Algorithm::from_name),
            algorithm_named: words.get("algorithm").is_some(),
            counted: counted(&words)?,
            opaque: words.get("opaque").map(str::to_owned),
        })
    }
}

fn counted(words: &Words) -> Result<Option<Count>, SyntaxError> {
    match words.get("qop") {
        None => return Ok(None),
        Some(qop) if qop.eq_ignore_ascii_case("auth") => {}
        Some(_) => return Err(SyntaxError("only qop=auth is known here")),
    }
    let nc = words.get("nc").filter(|nc| nc.len() == 8).and_then(|nc| u32::from_str_radix(nc, 16).ok());
    let nc = nc.ok_or(SyntaxError("with qop the nonce count nc is eight hex digits"))?;
    Ok(Some(Count { nc, cnonce: words.need("cnonce", "with qop the client adds its cnonce")? }))
}

impl fmt::Display for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest username=")?;
        write_quoted(f, &self.username)?;
        f.write_str(", realm=")?;
        write_quoted(f, &self.realm)?;
        f.write_str(", nonce=")?;
        write_quoted(f, &self.nonce)?;
        f.write_str(", uri=")?;
        write_quoted(f, &self.uri)?;
        f.write_str(", response=")?;
        write_quoted(f, &self.response)?;
        if let (true, Some(algorithm)) = (self.algorithm_named, self.algorithm) {
            write!(f, ", algorithm={algorithm}")?;
        }
        if let Some(Count { nc, cnonce }) = &self.counted {
            f.write_str(", cnonce=")?;
            write_quoted(f, cnonce)?;
            write!(f, ", qop=auth, nc={nc:08x}")?;
        }
        if let Some(opaque) = &self.opaque {
            f.write_str(", opaque=")?;
            write_quoted(f, opaque)?;
        }
        Ok(())
    }
}
