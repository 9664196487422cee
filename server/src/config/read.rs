//! Reading and checking the file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{Config, LONGEST_TEXT};

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("cannot read the configuration {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is not YAML, or has a key or a value that is not known.
    #[error("{path}: {text}")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and excerpt.
        text: String,
    },
    /// Parts of it contradict each other.
    #[error("{path}:\n{}", .problems.join("\n"))]
    Contradictory {
        /// The file.
        path: PathBuf,
        /// Each problem, a line.
        problems: Vec<String>,
    },
}

/// Reads and checks a configuration.
pub fn load(path: &Path) -> Result<Config, ConfigError> {
    let text =
        std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    let mut config: Config = serde_saphyr::from_str(&text)
        .map_err(|error| ConfigError::Invalid { path: path.to_owned(), text: error.to_string() })?;
    config.folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let problems = problems(&config);
    if problems.is_empty() { Ok(config) } else { Err(ConfigError::Contradictory { path: path.to_owned(), problems }) }
}

fn problems(config: &Config) -> Vec<String> {
    let mut found = Vec::new();
    check_http(config, &mut found);
    check_names(config, &mut found);
    check_media(config, &mut found);
    check_messages(config, &mut found);
    found.extend(config.dialing.budget.problems().into_iter().map(|problem| format!("dialing.{problem}")));
    found
}

fn check_http(config: &Config, found: &mut Vec<String>) {
    let loopback = config.http.listen.ip().is_loopback();
    match &config.http.token {
        None if !loopback => found.push(format!(
            "http.listen is {}, which others can reach: set http.token (for example from `openssl rand -hex 24`) or listen on 127.0.0.1",
            config.http.listen
        )),
        Some(token) if token.len() < SHORTEST_TOKEN => {
            found.push(format!("http.token is too short: at least {SHORTEST_TOKEN} characters"));
        }
        _ => {}
    }
}

fn check_names(config: &Config, found: &mut Vec<String>) {
    let queues: BTreeSet<&str> = config.queues.iter().map(|queue| queue.name.as_str()).collect();
    unique("queue", config.queues.iter().map(|queue| queue.name.as_str()), found);
    unique("agent", config.agents.iter().map(|agent| agent.user.as_str()), found);
    unique("trunk", config.trunks.iter().map(|trunk| trunk.name.as_str()), found);
    for agent in &config.agents {
        for queue in agent.queues.iter().filter(|queue| !queues.contains(queue.as_str())) {
            found.push(format!("agent {} serves the queue {queue:?}, which is not among queues", agent.user));
        }
    }
}

fn unique<'a>(what: &str, names: impl Iterator<Item = &'a str>, found: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for name in names {
        if name.is_empty() {
            found.push(format!("a {what} has an empty name"));
        } else if !seen.insert(name) {
            found.push(format!("two {what}s are named {name:?}; names are unique"));
        }
    }
}

fn check_media(config: &Config, found: &mut Vec<String>) {
    let media = &config.media;
    if media.last_port <= media.first_port {
        found.push("media.last_port must be greater than media.first_port".to_owned());
    }
    if config.sip.listen.is_empty() {
        found.push("sip.listen is empty: without a listener no call can come or go".to_owned());
    }
}

fn check_messages(config: &Config, found: &mut Vec<String>) {
    let is_url = |url: &str| url.parse::<reqwest::Url>().is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    for (name, way) in &config.messages {
        if !is_url(&way.url) {
            found.push(format!("messages.{name}.url is no address; write one such as https://sms.example.com/send"));
        }
        if way.allow_private && !config.http.private_services {
            found.push(format!(
                "messages.{name}.allow_private needs http.private_services: true, which permits private addresses at all"
            ));
        }
    }
    if let Some(missed) = &config.missed_calls {
        if !config.messages.contains_key(&missed.by) {
            found.push(format!("missed_calls.by names {:?}, which is not under `messages`", missed.by));
        }
        if missed.text.trim().is_empty() || missed.text.chars().count() > LONGEST_TEXT {
            found.push(format!("missed_calls.text has no words, or more than {LONGEST_TEXT} characters"));
        }
    }
    if let Some(url) = config.http.public_url.as_ref().filter(|url| !is_url(url)) {
        found.push(format!("http.public_url {url:?} is no address; write one such as https://calls.example.com"));
    }
}

const SHORTEST_TOKEN: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("callwright.yaml");
        std::fs::write(&path, text).unwrap();
        load(&path)
    }

    #[test]
    fn an_empty_configuration_is_all_defaults() {
        let config = read("{}").unwrap();
        assert_eq!(config.http.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.sip.listen.len(), 2);
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line() {
        let error = read("sip:\n  most_cals: 3\n").unwrap_err().to_string();
        assert!(error.contains("most_cals") && error.contains("line 2"), "{error}");
    }

    #[test]
    fn an_open_api_needs_a_token() {
        let error = read("http: { listen: '0.0.0.0:8080' }").unwrap_err().to_string();
        assert!(error.contains("http.token"), "{error}");
        assert!(read("http: { listen: '0.0.0.0:8080', token: 0123456789abcdef0 }").is_ok());
    }

    #[test]
    fn a_way_of_sending_messages_needs_an_address_that_may_be_asked() {
        let error = read("messages: { sms: { url: sms.example.com } }").unwrap_err().to_string();
        assert!(error.contains("messages.sms.url"), "{error}");
        let private = "messages: { sms: { url: 'http://10.0.0.1/send', allow_private: true } }";
        let error = read(private).unwrap_err().to_string();
        assert!(error.contains("http.private_services"), "{error}");
        let missed = read("missed_calls: { by: fax, text: '' }").unwrap_err().to_string();
        assert!(missed.contains("missed_calls.by") && missed.contains("missed_calls.text"), "{missed}");
        let config = read("messages: { sms: { url: 'https://sms.example.com/send', secret: sms } }").unwrap();
        assert_eq!(config.messages["sms"].give_up_after.get().as_secs(), 86_400);
        assert_eq!(config.public_url(), "http://127.0.0.1:8080");
    }

    #[test]
    fn an_agent_cannot_serve_a_queue_that_is_not() {
        let error = read("agents: [ { user: alice, password: x, queues: [servce] } ]").unwrap_err().to_string();
        assert!(error.contains("servce"), "{error}");
    }
}
