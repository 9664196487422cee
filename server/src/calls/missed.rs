//! The message to whoever called and was heard by no flow.

use call_model::{CallId, Message};
use jiff::Timestamp;
use storage::NewMessage;

use crate::config::MissedCallConfig;
use crate::services::Services;

/// Puts the message about a call that no flow saw into the outbox, where the configuration has one: to one number once a
/// day, however often it calls.
pub async fn tell_caller(services: &Services, call: CallId, caller: &str) {
    let Some(missed) = &services.config.missed_calls else { return };
    let Some(message) = message(missed, call, caller, services.clock.now()) else { return };
    match services.store.put_message(message).await {
        Ok(()) => services.outbox.wake(),
        Err(error) => tracing::error!(%error, %call, "the message about a missed call is not stored"),
    }
}

fn message(missed: &MissedCallConfig, call: CallId, caller: &str, at: Timestamp) -> Option<NewMessage> {
    if !is_number(caller) {
        return None;
    }
    // A timestamp begins with its day, in UTC.
    let day: String = at.to_string().chars().take("2026-11-24".len()).collect();
    let key = format!("missed/{caller}/{day}");
    let message = Message { by: missed.by.clone(), to: caller.to_owned(), text: missed.text.clone(), key };
    Some(NewMessage { call: Some(call), message, at })
}

/// Whether a party is a number, and not the name of an agent or of nobody.
pub fn is_number(party: &str) -> bool {
    let digits = party.strip_prefix('+').unwrap_or(party);
    (SHORTEST_NUMBER..=LONGEST_NUMBER).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

const SHORTEST_NUMBER: usize = 3;
/// E.164 has 15 digits; some trunks put a prefix before them.
const LONGEST_NUMBER: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::tests::support::{Api, json};

    #[test]
    fn names_are_no_numbers() {
        assert!(is_number("+12025550123") && is_number("911"));
        assert!(!is_number("anonymous") && !is_number("alice") && !is_number("+") && !is_number(""));
    }

    #[test]
    fn a_number_is_told_once_a_day() {
        let missed = MissedCallConfig { by: "sms".to_owned(), text: "Our number is new.".to_owned() };
        let call = crate::chance::call_id(1);
        let key = |at: &str| {
            let at: Timestamp = at.parse().expect("a time");
            message(&missed, call, "+12025550123", at).expect("a message").message.key
        };
        assert_eq!(key("2026-11-24T00:00:00Z"), key("2026-11-24T23:59:59Z"));
        assert_ne!(key("2026-11-24T00:00:00Z"), key("2026-11-25T00:00:00Z"));
    }

    #[tokio::test]
    async fn whoever_was_missed_is_told_where_the_configuration_says_so() {
        let messages = "messages: { sms: { url: 'http://192.0.2.10/sms' } }";
        let outbox = async |configuration: &str| {
            let api = Api::of(configuration).await;
            for caller in ["+12025550123", "+12025550123", "anonymous"] {
                tell_caller(&api.services, crate::chance::call_id(1), caller).await;
            }
            json(api.get("/api/v1/messages")).await.1["messages"].as_array().expect("a list").clone()
        };
        let told = outbox(&format!("{messages}\nmissed_calls: {{ by: sms, text: Call 100. }}")).await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((&told[0]["to"], &told[0]["text"]), (&"+12025550123".into(), &"Call 100.".into()));
        assert!(outbox(messages).await.is_empty());
    }
}
