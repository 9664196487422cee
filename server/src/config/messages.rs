//! Ways of sending messages.

use serde::Deserialize;

use super::Period;

/// A way of sending messages: a webhook that is asked for each.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageWayConfig {
    /// Where a message is sent to by POST.
    pub url: String,
    /// The name of the secret that goes along as `Authorization: Bearer`, as under `http.secrets`. Default none.
    #[serde(default)]
    pub secret: Option<String>,
    /// Whether it may live at a private address; `http.private_services` must permit it, too. Default false.
    #[serde(default)]
    pub allow_private: bool,
    /// For how long a message that is not taken is tried again. Default `24h`.
    #[serde(default = "default_give_up_after")]
    pub give_up_after: Period,
}

/// The most characters that a message has.
pub const LONGEST_TEXT: usize = 4_000;

/// The message to callers whom no flow heard, since no flow answers the number that they called.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MissedCallConfig {
    /// By which way of `messages`.
    pub by: String,
    /// The words.
    pub text: String,
}

fn default_give_up_after() -> Period {
    Period::from_secs(86_400)
}
