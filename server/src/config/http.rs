//! The API and the console.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde::Deserialize;

/// The API and the console.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpConfig {
    /// The address. Default `127.0.0.1:8080`. Another than a loopback address needs a token.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// What clients send as `Authorization: Bearer`. At least 16 characters.
    #[serde(default)]
    pub token: Option<String>,
    /// The address by which services reach the API from outside, such as `https://calls.example.com`: it stands in what a
    /// job's service is given. Default: `http://` and the address that is listened on.
    #[serde(default)]
    pub public_url: Option<String>,
    /// Services that flows ask may live at private addresses where they say `allow_private: true`. Default false, so
    /// that a flow cannot be made to reach into the network of the server; loopback counts as private.
    #[serde(default)]
    pub private_services: bool,
    /// Secrets of services, by the names that services' files use (`secret: name`). The environment beats them:
    /// `CALLWRIGHT_SECRET_` and the name in capitals.
    #[serde(default)]
    pub secrets: BTreeMap<String, String>,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            listen: default_listen(),
            token: None,
            public_url: None,
            private_services: false,
            secrets: BTreeMap::new(),
        }
    }
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}
