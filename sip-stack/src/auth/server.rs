//! The server's side: challenges written, answers checked.

use std::fmt;
use std::time::{Duration, Instant};

use super::Challenger;
use super::algorithm::Algorithm;
use super::challenge::{Challenge, Qop};
use super::credentials::Credentials;
use super::nonce::{UsedNonces, issue, issued_at, same};
use crate::message::{Request, Response, Uri};

/// How a server challenges.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthConfig {
    /// Realm shown to users, one line.
    pub realm: String,
    /// Key that seals nonces; random at each start.
    pub key: [u8; 32],
    /// Algorithms offered, the preferred first.
    pub algorithms: Vec<Algorithm>,
    /// How long a nonce is good.
    pub nonce_life: Duration,
    /// How many used nonces are remembered.
    pub most_nonces: usize,
    /// Whether 401 or 407 is used.
    pub challenger: Challenger,
}

impl AuthConfig {
    /// SHA-256 before MD5 (RFC 8760 2.4), nonces good for five minutes, 65,536 remembered, 401.
    pub fn new(realm: &str, key: [u8; 32]) -> Self {
        Self {
            realm: realm.replace(['\r', '\n', '\0'], " "),
            key,
            algorithms: vec![Algorithm::Sha256, Algorithm::Md5],
            nonce_life: Duration::from_secs(300),
            most_nonces: 65_536,
            challenger: Challenger::UserAgent,
        }
    }
}

impl fmt::Debug for AuthConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthConfig").field("realm", &self.realm).finish_non_exhaustive()
    }
}

/// What a user proves to know.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// The password itself.
    Password(String),
    /// `H(username:realm:password)` in lower-case hex, by algorithm; one that is missing cannot be used.
    Ha1 {
        /// For MD5.
        md5: Option<String>,
        /// For SHA-256.
        sha256: Option<String>,
    },
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// What became of a request's credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The user is who the request says.
    Accepted {
        /// User name.
        username: String,
    },
    /// No credentials for our realm, or the nonce is too old or not ours, or its count was used before: challenge.
    Challenge {
        /// Whether the credentials were right but for the nonce, so that the client need not ask its user again.
        stale: bool,
    },
    /// The user does not exist or the digest is wrong: 403, or a challenge while attempts are counted.
    Wrong {
        /// User name that was tried.
        username: String,
    },
    /// The credentials were signed for another URI than the request's: 400.
    OtherUri,
    /// The credentials cannot be read: 400.
    Malformed,
}

/// Challenges and checks for one realm.
#[derive(Debug)]
pub struct Authenticator {
    config: AuthConfig,
    begun: Instant,
    used: UsedNonces,
}

impl Authenticator {
    /// Begins at `now`; nonces of an earlier beginning with another key are not recognised.
    pub fn new(config: AuthConfig, now: Instant) -> Self {
        let used = UsedNonces::new(config.most_nonces);
        Self { config, begun: now, used }
    }

    /// The challenges to answer with, one for each algorithm, the preferred first. `chance` must be fresh.
    pub fn challenges(&self, stale: bool, now: Instant, chance: u64) -> Vec<Challenge> {
        let age = now.saturating_duration_since(self.begun);
        let challenge = |algorithm: &Algorithm| Challenge {
            realm: self.config.realm.clone(),
            nonce: issue(&self.config.key, &self.config.realm, *algorithm, age, chance),
            opaque: None,
            algorithm: Some(*algorithm),
            algorithm_named: true,
            qop: Qop::Auth,
            stale,
        };
        self.config.algorithms.iter().map(challenge).collect()
    }

    /// The 401 or 407 to `request`.
    pub fn challenge(&self, request: &Request, to_tag: &str, stale: bool, now: Instant, chance: u64) -> Response {
        let mut response = Response::reply(request, self.config.challenger.status(), Some(to_tag));
        for challenge in self.challenges(stale, now, chance) {
            let pushed = response.headers.push(self.config.challenger.challenge_header(), challenge);
            debug_assert!(pushed.is_ok(), "the realm was made one line at construction");
        }
        response
    }

    /// Checks the request's credentials. `secret_of` gives what the user of that name knows.
    pub fn verify(
        &mut self,
        request: &Request,
        now: Instant,
        secret_of: impl FnOnce(&str) -> Option<Secret>,
    ) -> Verdict {
        let credentials = match self.own_credentials(request) {
            Ok(Some(credentials)) => credentials,
            Ok(None) => return Verdict::Challenge { stale: false },
            Err(Unreadable) => return Verdict::Malformed,
        };
        let Some(algorithm) = credentials.algorithm.filter(|algorithm| self.config.algorithms.contains(algorithm))
        else {
            return Verdict::Challenge { stale: false };
        };
        if !same_place(&credentials.uri, &request.uri) {
            return Verdict::OtherUri;
        }
        let ha1 = self.ha1(algorithm, &credentials.username, secret_of(&credentials.username));
        let expected = credentials.expected(algorithm, ha1.as_deref().unwrap_or(NOBODY), request.method.as_str());
        // Both are looked at, so that an unknown user takes as long as a known one.
        let is_right = same(&expected, &credentials.response) & ha1.is_some();
        let issued = issued_at(&self.config.key, &self.config.realm, algorithm, &credentials.nonce);
        match (is_right, issued) {
            (true, Some(issued)) if self.is_fresh(&credentials, issued, now) => {
                Verdict::Accepted { username: credentials.username }
            }
            (true, Some(_) | None) => Verdict::Challenge { stale: true },
            (false, Some(_)) => Verdict::Wrong { username: credentials.username },
            (false, None) => Verdict::Challenge { stale: false },
        }
    }

    /// The credentials for our realm, in an algorithm of ours when there are several.
    fn own_credentials(&self, request: &Request) -> Result<Option<Credentials>, Unreadable> {
        let values = request.headers.get_all(self.config.challenger.credentials_header());
        let digests = values.filter(|value| value.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("Digest")));
        let mut found = None;
        for value in digests {
            let credentials: Credentials = value.parse().map_err(|_| Unreadable)?;
            if credentials.realm != self.config.realm {
                continue;
            }
            if credentials.algorithm.is_some_and(|algorithm| self.config.algorithms.contains(&algorithm)) {
                return Ok(Some(credentials));
            }
            found.get_or_insert(credentials);
        }
        Ok(found)
    }

    fn ha1(&self, algorithm: Algorithm, username: &str, secret: Option<Secret>) -> Option<String> {
        match (secret?, algorithm) {
            (Secret::Password(password), _) => Some(algorithm.ha1(username, &self.config.realm, &password)),
            (Secret::Ha1 { md5, .. }, Algorithm::Md5) => md5,
            (Secret::Ha1 { sha256, .. }, Algorithm::Sha256) => sha256,
        }
    }

    /// Whether the nonce is young enough and this use of it the first. Clients without qop do not count, so a nonce
    /// serves them once.
    fn is_fresh(&mut self, credentials: &Credentials, issued: Duration, now: Instant) -> bool {
        let age = now.saturating_duration_since(self.begun);
        self.used.forget_before(age.saturating_sub(self.config.nonce_life));
        if issued + self.config.nonce_life < age || issued > age || self.used.is_forgotten(issued) {
            return false;
        }
        let nc = credentials.counted.as_ref().map_or(1, |count| count.nc);
        self.used.note(&credentials.nonce, nc)
    }
}

struct Unreadable;

/// Whether the signed URI is the request's, but for parameters and port, which some phones leave out.
fn same_place(signed: &str, uri: &Uri) -> bool {
    let Ok(signed) = signed.parse::<Uri>() else { return false };
    match (signed.as_sip(), uri.as_sip()) {
        (Some(signed), Some(uri)) => signed.host == uri.host && signed.user_plain() == uri.user_plain(),
        (None, None) => signed.matches(uri),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Stands for the `HA1` of a user that does not exist.
const NOBODY: &str = "00000000000000000000000000000000";
