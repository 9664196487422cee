//! Sound and recordings.

use std::net::IpAddr;
use std::path::PathBuf;

use serde::Deserialize;

use super::Period;

/// Sound.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediaConfig {
    /// The address that RTP sockets bind. Default `0.0.0.0`.
    #[serde(default = "default_address")]
    pub address: IpAddr,
    /// The address that session descriptions name. Default: as for SIP.
    #[serde(default)]
    pub advertise: Option<IpAddr>,
    /// The first RTP port. Default 20000.
    #[serde(default = "default_first_port")]
    pub first_port: u16,
    /// The last RTP port. Default 29999. A leg takes two.
    #[serde(default = "default_last_port")]
    pub last_port: u16,
    /// Media threads. Default: one for every two cores, at least one.
    #[serde(default)]
    pub threads: Option<usize>,
    /// A call whose other side sends no sound for so long is ended. Default `60s`.
    #[serde(default = "default_silence")]
    pub silence: Period,
}

impl Default for MediaConfig {
    fn default() -> Self {
        Self {
            address: default_address(),
            advertise: None,
            first_port: default_first_port(),
            last_port: default_last_port(),
            threads: None,
            silence: default_silence(),
        }
    }
}

/// Recordings of calls.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordingConfig {
    /// Whether calls are recorded. Default false.
    #[serde(default)]
    pub enabled: bool,
    /// The folder for the files. Default `recordings`.
    #[serde(default)]
    pub folder: Option<PathBuf>,
}

impl RecordingConfig {
    /// The folder for the files.
    pub fn folder(&self) -> PathBuf {
        self.folder.clone().unwrap_or_else(|| PathBuf::from("recordings"))
    }
}

fn default_address() -> IpAddr {
    IpAddr::from([0, 0, 0, 0])
}

fn default_first_port() -> u16 {
    20_000
}

fn default_last_port() -> u16 {
    29_999
}

fn default_silence() -> Period {
    Period::from_secs(60)
}
