//! The client's side: challenges met, requests signed.

use std::fmt;

use thiserror::Error;

use super::Challenger;
use super::algorithm::{Algorithm, Counted};
use super::challenge::{Challenge, Qop};
use super::credentials::{Count, Credentials};
use crate::message::{RefusedHeader, Request, Response};

/// A user name and password, for one realm or for any.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Realm the account belongs to; `None` serves any realm.
    pub realm: Option<String>,
    /// User name.
    pub username: String,
    /// Password.
    pub password: String,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("realm", &self.realm).field("username", &self.username).finish_non_exhaustive()
    }
}

/// Why a challenge was not taken: sending the request again would be of no use.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChallengeRefused {
    /// The 401 or 407 carries no Digest challenge that can be read.
    #[error("the response carries no readable Digest challenge; the peer must send one")]
    NoChallenge,
    /// Every challenge asks for an algorithm or qop we do not have.
    #[error("realm {realm} asks for an algorithm or qop other than MD5, SHA-256 and auth")]
    Unsupported {
        /// The realm.
        realm: String,
    },
    /// No account fits the realm.
    #[error("no account is configured for realm {realm}; add one")]
    NoAccount {
        /// The realm.
        realm: String,
    },
    /// The account was tried and not accepted.
    #[error("realm {realm} does not accept user {username}; check user name and password")]
    WrongAccount {
        /// The realm.
        realm: String,
        /// The user name that was refused.
        username: String,
    },
}

/// The accounts of one peer and the challenges it has set.
#[derive(Debug, Clone, Default)]
pub struct ClientAuth {
    accounts: Vec<Account>,
    held: Vec<Held>,
}

/// A challenge that was taken.
#[derive(Debug, Clone)]
struct Held {
    challenger: Challenger,
    challenge: Challenge,
    algorithm: Algorithm,
    account: Account,
    /// Times the nonce was used.
    used: u32,
    /// Challenges in a row that called a first use stale.
    stale_in_row: u8,
}

impl ClientAuth {
    /// With the accounts to answer with; the first that fits a realm is taken.
    pub fn new(accounts: Vec<Account>) -> Self {
        Self { accounts, held: Vec::new() }
    }

    /// Reads the challenges of a 401 or 407 that answered a request signed by [`ClientAuth::authorize`] or an
    /// unsigned one. On `Ok`, sign the request again (with a new CSeq and branch) and send it.
    ///
    /// # Errors
    /// [`ChallengeRefused`]: give up, the reason is told.
    pub fn take_challenge(&mut self, request: &Request, response: &Response) -> Result<(), ChallengeRefused> {
        let challengers = [Challenger::UserAgent, Challenger::Proxy];
        let challengers = challengers.into_iter().filter(|challenger| match response.status {
            401 => *challenger == Challenger::UserAgent,
            407 => *challenger == Challenger::Proxy,
            _ => true,
        });
        let mut realms: Vec<String> = Vec::new();
        let mut first_refusal = None;
        for challenger in challengers {
            let values = response.headers.get_all(challenger.challenge_header());
            let challenges: Vec<Challenge> = values.filter_map(|value| value.parse().ok()).collect();
            for challenge in &challenges {
                if realms.contains(&challenge.realm) {
                    continue;
                }
                realms.push(challenge.realm.clone());
                // The server lists what it prefers first (RFC 8760 2.4).
                let of_realm = || challenges.iter().filter(|other| other.realm == challenge.realm);
                let usable = of_realm().find(|other| other.algorithm.is_some() && other.qop != Qop::Unknown);
                let taken = match usable {
                    Some(usable) => self.take(challenger, usable, request),
                    None => Err(ChallengeRefused::Unsupported { realm: challenge.realm.clone() }),
                };
                if let Err(refusal) = taken {
                    first_refusal.get_or_insert(refusal);
                }
            }
        }
        match first_refusal {
            Some(refusal) => Err(refusal),
            None if realms.is_empty() => Err(ChallengeRefused::NoChallenge),
            None => Ok(()),
        }
    }

    fn take(
        &mut self,
        challenger: Challenger,
        challenge: &Challenge,
        request: &Request,
    ) -> Result<(), ChallengeRefused> {
        let realm = &challenge.realm;
        let fits = |account: &&Account| account.realm.as_ref().is_none_or(|wanted| wanted == realm);
        let account = self.accounts.iter().find(fits).cloned();
        let account = account.ok_or_else(|| ChallengeRefused::NoAccount { realm: realm.clone() })?;
        let algorithm = challenge.algorithm.unwrap_or(Algorithm::Md5);
        let at = self.held.iter().position(|held| held.challenger == challenger && held.challenge.realm == *realm);
        let stale_in_row = match at {
            Some(at) if was_first_use(&self.held[at], request) => {
                let count = self.held[at].stale_in_row + 1;
                if !challenge.stale || count > MOST_STALE_IN_ROW {
                    let username = account.username;
                    return Err(ChallengeRefused::WrongAccount { realm: realm.clone(), username });
                }
                count
            }
            Some(_) | None => 0,
        };
        let held = Held { challenger, challenge: challenge.clone(), algorithm, account, used: 0, stale_in_row };
        match at {
            Some(at) => self.held[at] = held,
            None if self.held.len() < MOST_HELD => self.held.push(held),
            None => {
                self.held.remove(0);
                self.held.push(held);
            }
        }
        Ok(())
    }

    /// Signs the request with every challenge held, in place of what it was signed with before. `chance` must be
    /// fresh each time; it becomes the client nonce. Without challenges the request stays as it is.
    ///
    /// # Errors
    /// [`RefusedHeader`] when an account holds a line break or NUL.
    pub fn authorize(&mut self, request: &mut Request, chance: u64) -> Result<(), RefusedHeader> {
        for challenger in [Challenger::UserAgent, Challenger::Proxy] {
            request.headers.remove(challenger.credentials_header());
        }
        let uri = request.uri.to_string();
        for held in &mut self.held {
            held.used = held.used.saturating_add(1);
            let credentials = held.sign(request.method.as_str(), &uri, chance);
            request.headers.push(held.challenger.credentials_header(), credentials)?;
        }
        Ok(())
    }

    /// Whether a challenge is held, so that [`ClientAuth::authorize`] will sign.
    pub fn is_challenged(&self) -> bool {
        !self.held.is_empty()
    }
}

impl Held {
    fn sign(&self, method: &str, uri: &str, chance: u64) -> Credentials {
        let Challenge { realm, nonce, opaque, .. } = &self.challenge;
        let ha1 = self.algorithm.ha1(&self.account.username, realm, &self.account.password);
        let counted =
            (self.challenge.qop == Qop::Auth).then(|| Count { nc: self.used, cnonce: format!("{chance:016x}") });
        let by_count = counted.as_ref().map(|count| Counted { nc: count.nc, cnonce: &count.cnonce });
        let response = self.algorithm.response(&ha1, nonce, by_count, method, uri);
        Credentials {
            username: self.account.username.clone(),
            realm: realm.clone(),
            nonce: nonce.clone(),
            uri: uri.to_owned(),
            response,
            algorithm: Some(self.algorithm),
            algorithm_named: self.challenge.algorithm_named,
            counted,
            opaque: opaque.clone(),
        }
    }
}

/// Whether the request used the held nonce and nothing was signed with it before: then a new challenge that does not
/// say stale means that the account is wrong, not that the nonce grew old.
fn was_first_use(held: &Held, request: &Request) -> bool {
    let used_it = |value: &str| {
        let credentials = value.parse::<Credentials>();
        credentials.is_ok_and(|have| {
            have.realm == held.challenge.realm
                && have.nonce == held.challenge.nonce
                && have.counted.is_none_or(|count| count.nc == 1)
        })
    };
    held.used == 1 && request.headers.get_all(held.challenger.credentials_header()).any(used_it)
}

/// A peer that calls every fresh nonce stale is not followed for ever.
const MOST_STALE_IN_ROW: u8 = 2;

/// Realms one peer may set; the oldest is forgotten beyond it.
const MOST_HELD: usize = 8;
