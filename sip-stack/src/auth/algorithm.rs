//! Hash algorithms and the formula of the digest.

use std::fmt::{self, Write};

use md5::Md5;
use sha2::{Digest, Sha256};

/// A digest algorithm (RFC 7616 6.1, RFC 8760 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// MD5; also meant when a challenge names none.
    Md5,
    /// SHA-256.
    Sha256,
}

impl Algorithm {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }

    /// Reads the name without case.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Md5, Self::Sha256].into_iter().find(|algorithm| algorithm.as_str().eq_ignore_ascii_case(name))
    }

    /// The hash of the parts joined by colons, as lower-case hex.
    pub fn hash(self, parts: &[&str]) -> String {
        match self {
            Self::Md5 => hash_with::<Md5>(parts),
            Self::Sha256 => hash_with::<Sha256>(parts),
        }
    }

    /// `H(username:realm:password)`, which may be stored in place of the password.
    pub fn ha1(self, username: &str, realm: &str, password: &str) -> String {
        self.hash(&[username, realm, password])
    }

    /// The `response` of RFC 7616 3.4.1; without qop that of RFC 2069.
    pub fn response(self, ha1: &str, nonce: &str, count: Option<Counted<'_>>, method: &str, uri: &str) -> String {
        let ha2 = self.hash(&[method, uri]);
        match count {
            Some(Counted { nc, cnonce }) => self.hash(&[ha1, nonce, &format!("{nc:08x}"), cnonce, "auth", &ha2]),
            None => self.hash(&[ha1, nonce, &ha2]),
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What `qop=auth` adds to the digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted<'a> {
    /// How often the nonce was used, this time included.
    pub nc: u32,
    /// The client's own nonce.
    pub cnonce: &'a str,
}

fn hash_with<H: Digest>(parts: &[&str]) -> String {
    let mut hasher = H::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            hasher.update(b":");
        }
        hasher.update(part.as_bytes());
    }
    hex(&hasher.finalize())
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(out, "{byte:02x}").expect("writing to a String cannot fail");
    }
    out
}
