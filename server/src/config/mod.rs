//! The configuration: one YAML file whose every key is documented here, with every default in one place.
//!
//! Unknown keys are refused. Relative paths are relative to the file's folder.

mod agents;
mod dialing;
mod http;
mod media;
mod messages;
mod read;
mod routes;
mod sip;
mod speech;
mod time;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use agents::{AgentConfig, QueueConfig};
pub use dialing::DialingConfig;
pub use http::HttpConfig;
pub use media::{MediaConfig, RecordingConfig};
pub use messages::{LONGEST_TEXT, MessageWayConfig, MissedCallConfig};
pub use read::load;
pub use routes::RouteConfig;
pub use sip::{ListenConfig, SipConfig, SipTransport, TrunkConfig};
pub use speech::SpeechConfig;
pub use time::Period;

/// The whole configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The server's name: it marks the calls and attempts that it owns. Default `callwright-1`.
    #[serde(default = "default_server_name")]
    pub server_name: String,
    /// The database: a path for SQLite, or `postgres://user:password@host/name`. Default `callwright.db`.
    #[serde(default = "default_database")]
    pub database: String,
    /// Signalling.
    #[serde(default)]
    pub sip: SipConfig,
    /// Sound.
    #[serde(default)]
    pub media: MediaConfig,
    /// Recordings of calls.
    #[serde(default)]
    pub recordings: RecordingConfig,
    /// Recognisers and voices.
    #[serde(default)]
    pub speech: SpeechConfig,
    /// The API and the console.
    #[serde(default)]
    pub http: HttpConfig,
    /// Ways of sending messages, by the names that flows use: `sms`, or another.
    #[serde(default)]
    pub messages: BTreeMap<String, MessageWayConfig>,
    /// The message to callers whom no flow heard. Default none.
    #[serde(default)]
    pub missed_calls: Option<MissedCallConfig>,
    /// Limits of all campaigns together.
    #[serde(default)]
    pub dialing: DialingConfig,
    /// Carriers and other exchanges, by name.
    #[serde(default)]
    pub trunks: Vec<TrunkConfig>,
    /// People who take calls.
    #[serde(default)]
    pub agents: Vec<AgentConfig>,
    /// Where callers wait.
    #[serde(default)]
    pub queues: Vec<QueueConfig>,
    /// Which flow answers which number.
    #[serde(default)]
    pub routes: Vec<RouteConfig>,
    /// Flows that no route names, such as those of campaigns: each a path.
    #[serde(default)]
    pub flows: Vec<PathBuf>,
    /// How long calls in progress may go on after the order to stop. Default `30s`.
    #[serde(default = "default_drain")]
    pub drain: Period,
    /// The longest call. Default `2h`.
    #[serde(default = "default_longest_call")]
    pub longest_call: Period,
    /// The region of numbers in lists that are written without a country code, as ISO 3166 says it. Default `US`.
    #[serde(default = "default_region")]
    pub default_region: dialer::Region,
    /// The folder of the file, to which relative paths belong. Not a key.
    #[serde(skip)]
    pub folder: PathBuf,
}

impl Config {
    /// The trunk by which flows connect callers with numbers outside: `dialing.transfer_trunk`, else the first.
    pub fn transfer_trunk(&self) -> Option<&str> {
        let named = self.dialing.transfer_trunk.as_deref();
        named.or_else(|| self.trunks.first().map(|trunk| trunk.name.as_str()))
    }

    /// A path of the configuration as the process can open it.
    pub fn path(&self, path: &Path) -> PathBuf {
        if path.is_absolute() { path.to_owned() } else { self.folder.join(path) }
    }

    /// The address by which services reach the API, without a slash at its end.
    pub fn public_url(&self) -> String {
        let http = &self.http;
        let url = http.public_url.clone().unwrap_or_else(|| format!("http://{}", http.listen));
        url.trim_end_matches('/').to_owned()
    }
}

impl Default for Config {
    fn default() -> Self {
        serde_saphyr::from_str("{}").expect("every key has a default")
    }
}

fn default_server_name() -> String {
    "callwright-1".to_owned()
}

fn default_database() -> String {
    "callwright.db".to_owned()
}

fn default_drain() -> Period {
    Period::from_secs(30)
}

fn default_longest_call() -> Period {
    Period::from_secs(7200)
}

fn default_region() -> dialer::Region {
    "US".parse().expect("the United States have telephones")
}
