//! Digest authentication (RFC 7616 with the algorithms of RFC 8760, RFC 3261 22), as client and as server.
//!
//! **As client** a [`ClientAuth`] holds the accounts and the challenges met so far. [`ClientAuth::take_challenge`]
//! reads a 401 or 407 and says why trying again would be of no use; [`ClientAuth::authorize`] signs a request with
//! every challenge held and counts the nonce up, so later requests need no challenge.
//!
//! **As server** an [`Authenticator`] writes challenges and checks answers. A nonce carries its own time and seal, so
//! that challenges to strangers cost no memory; only nonces that were answered rightly are remembered, to refuse an
//! answer heard twice. ACK and CANCEL cannot be challenged (RFC 3261 22.1): let them through with their INVITE.
//!
//! Time and chance are parameters; nothing here reads a clock.

mod algorithm;
mod challenge;
mod client;
mod credentials;
mod nonce;
mod server;
#[cfg(test)]
mod tests;
mod words;

pub use algorithm::{Algorithm, Counted};
pub use challenge::{Challenge, Qop};
pub use client::{Account, ChallengeRefused, ClientAuth};
pub use credentials::{Count, Credentials};
pub use server::{AuthConfig, Authenticator, Secret, Verdict};

/// Who challenges, which decides the header names (RFC 3261 22.2 and 22.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Challenger {
    /// The far end: 401, WWW-Authenticate, Authorization.
    UserAgent,
    /// A proxy on the way: 407, Proxy-Authenticate, Proxy-Authorization.
    Proxy,
}

impl Challenger {
    /// The status code of its challenge.
    pub fn status(self) -> u16 {
        match self {
            Self::UserAgent => 401,
            Self::Proxy => 407,
        }
    }

    /// The header its challenge stands in.
    pub fn challenge_header(self) -> &'static str {
        match self {
            Self::UserAgent => "WWW-Authenticate",
            Self::Proxy => "Proxy-Authenticate",
        }
    }

    /// The header the answer stands in.
    pub fn credentials_header(self) -> &'static str {
        match self {
            Self::UserAgent => "Authorization",
            Self::Proxy => "Proxy-Authorization",
        }
    }
}
