//! Answers of services that stand in a dialogue's file.

use std::time::Duration;

use crate::run::{FetchFailure, FetchResult, HttpAnswer};

/// What a service answers in a dialogue: `200 {"amount": 42.1}`, `timeout`, `unreachable`, and a delay in front, as in
/// `after 2s 200 {}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    after: Option<Duration>,
    what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    Status(u16, String),
    TimedOut,
    Unreachable,
}

impl Answer {
    /// Reads an answer.
    ///
    /// # Errors
    ///
    /// What to write instead.
    pub fn read(text: &str) -> Result<Self, String> {
        let (after, rest) = match text.strip_prefix("after ") {
            Some(rest) => {
                let (time, rest) = rest.trim_start().split_once(' ').unwrap_or((rest.trim(), ""));
                (Some(crate::reading::parse_duration(time).ok_or_else(fix)?), rest.trim())
            }
            None => (None, text.trim()),
        };
        let (first, body) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let what = match first {
            "timeout" if body.is_empty() => What::TimedOut,
            "unreachable" if body.is_empty() => What::Unreachable,
            _ => match first.parse() {
                Ok(status @ 100..=599) => What::Status(status, body.trim().to_owned()),
                _ => return Err(fix()),
            },
        };
        Ok(Self { after, what })
    }

    /// When the answer comes, and what it is, for a service that is waited for so long.
    pub(crate) fn result(&self, timeout: Duration) -> (Duration, FetchResult) {
        let result = match &self.what {
            What::Status(status, body) => Ok(HttpAnswer { status: *status, body: body.clone() }),
            What::TimedOut => Err(FetchFailure::TimedOut),
            What::Unreachable => Err(FetchFailure::Unreachable),
        };
        let usual = if self.what == What::TimedOut { timeout } else { USUAL };
        match self.after {
            Some(after) if after > timeout => (timeout, Err(FetchFailure::TimedOut)),
            after => (after.unwrap_or(usual), result),
        }
    }
}

fn fix() -> String {
    "write a status and a body, as in `200 {\"amount\": 42.1}`, or `timeout`, or `unreachable`".to_owned()
}

/// A service that is well answers so soon.
const USUAL: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_and_a_late_one_is_none() {
        let long = Duration::from_secs(3);
        let answer = |text: &str| Answer::read(text).unwrap().result(long);
        let body = "{\"amount\": 1}".to_owned();
        assert_eq!(answer("200 {\"amount\": 1}"), (USUAL, Ok(HttpAnswer { status: 200, body })));
        assert_eq!(answer("timeout"), (long, Err(FetchFailure::TimedOut)));
        assert_eq!(answer("after 9s 200 {}"), (long, Err(FetchFailure::TimedOut)));
        assert_eq!(answer("after 1s 503").0, Duration::from_secs(1));
        for text in ["", "20", "yes", "timeout 3", "after 200 {}"] {
            assert!(Answer::read(text).is_err(), "{text}");
        }
    }
}
