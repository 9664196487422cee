//! The registrar: where agents' telephones are (RFC 3261 10.3, RFC 3327, RFC 5626 in spirit).

use std::time::Duration;

/// How telephones may register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrarConfig {
    /// A telephone that asks for less is told this with 423.
    pub min_expires: Duration,
    /// A telephone that asks for more gets this.
    pub max_expires: Duration,
    /// What a telephone gets that does not ask.
    pub default_expires: Duration,
    /// Telephones an agent may have; a further one takes the place of the one refreshed longest ago.
    pub contacts_per_agent: usize,
}

impl Default for RegistrarConfig {
    fn default() -> Self {
        Self {
            min_expires: Duration::from_secs(60),
            max_expires: Duration::from_secs(3600),
            default_expires: Duration::from_secs(600),
            contacts_per_agent: 5,
        }
    }
}
