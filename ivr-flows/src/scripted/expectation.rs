//! What must be the case at a line of a dialogue: `= node bill`, `= slot account 123`.

use call_model::{CallEvent, Consult, Disposition, TurnResult};

use super::call::VirtualCall;
use super::parse::{Wrong, unquoted};
use super::pattern::Pattern;
use crate::nearest::nearest;
use crate::run::HttpRequest;
use crate::yaml::list_of;

/// What must be the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expectation {
    /// The dialogue has come to a node since the caller's last line.
    Node(String),
    /// A slot holds a value; `None` when it is empty.
    Slot(String, Option<String>),
    /// The intent, by name.
    Intent(String),
    /// The last turn was taken, as this meaning.
    Understood(String),
    /// The last turn was asked back, as this meaning.
    AskedBack(String),
    /// The last turn was not understood.
    NotUnderstood,
    /// The last turn brought nothing.
    NotHeard,
    /// The caller was put into a queue.
    Queue(String),
    /// What the agent hears.
    Whisper(Pattern),
    /// What the call meant.
    Disposition(String),
    /// The call has ended.
    Over,
    /// The server's own tables were asked so, as JSON.
    Server(Pattern),
    /// A service was asked so: method, address and body.
    Request(String, Pattern),
}

/// What an expectation is held against, besides the call.
pub(super) struct Seen<'a> {
    /// The events since the caller's last line.
    pub(super) since: &'a [CallEvent],
    /// The requests to services so far.
    pub(super) requests: &'a [HttpRequest],
    /// What the server was asked so far.
    pub(super) asked: &'a [Consult],
}

impl Expectation {
    /// Reads what stands behind `=`.
    pub(super) fn read(rest: &str) -> Result<Self, Wrong> {
        let (word, of) = rest.split_once(char::is_whitespace).map_or((rest, ""), |(word, of)| (word, of.trim()));
        let text = unquoted(of).unwrap_or(of).to_owned();
        let needs = |what: &str| Err((format!("`= {word}` does not say which"), format!("write `= {word} {what}`")));
        Ok(match word {
            "over" => Self::Over,
            "not" if of == "understood" => Self::NotUnderstood,
            "not" if of == "heard" => Self::NotHeard,
            "asked" if of.starts_with("back ") => Self::AskedBack(of["back ".len()..].trim().to_owned()),
            "node" | "intent" | "understood" | "queue" | "whisper" | "disposition" | "slot" | "request" | "server"
                if of.is_empty() =>
            {
                return needs("NAME");
            }
            "server" => Self::Server(Pattern::read(of)),
            "node" => Self::Node(text),
            "intent" => Self::Intent(text),
            "understood" => Self::Understood(text),
            "queue" => Self::Queue(text),
            "whisper" => Self::Whisper(Pattern::read(&text)),
            "disposition" => {
                let names: Vec<&str> = Disposition::ALL.iter().map(|known| known.as_str()).collect();
                if !names.contains(&text.as_str()) {
                    let fix = nearest(&text, names.iter().copied()).map_or_else(
                        || format!("write one of {}", list_of(&names)),
                        |known| format!("write `{known}`"),
                    );
                    return Err((format!("there is no disposition `{text}`"), fix));
                }
                Self::Disposition(text)
            }
            "slot" => match of.split_once(char::is_whitespace) {
                Some((name, "empty")) => Self::Slot(name.to_owned(), None),
                Some((name, value)) => {
                    let value = value.trim();
                    Self::Slot(name.to_owned(), Some(unquoted(value).unwrap_or(value).to_owned()))
                }
                None => {
                    return Err((
                        format!("`= slot {of}` has no value"),
                        format!("write `= slot {of} VALUE`, or `empty`"),
                    ));
                }
            },
            "request" => {
                let (name, shape) = of.split_once(char::is_whitespace).unwrap_or((of, "..."));
                Self::Request(name.to_owned(), Pattern::read(unquoted(shape.trim()).unwrap_or(shape.trim())))
            }
            _ => {
                let known = [
                    "node",
                    "slot",
                    "intent",
                    "understood",
                    "asked back",
                    "not understood",
                    "not heard",
                    "queue",
                    "whisper",
                    "disposition",
                    "request",
                    "server",
                    "over",
                ];
                let fix = nearest(word, known)
                    .map_or_else(|| format!("write one of {}", list_of(&known)), |known| format!("write `{known}`"));
                return Err((format!("`= {word}` means nothing"), fix));
            }
        })
    }

    /// `Ok` when it holds; otherwise what was expected and what is.
    pub(super) fn check(&self, call: &VirtualCall, seen: &Seen<'_>) -> Result<(), (String, String)> {
        match self {
            Self::Node(name) => {
                let entered: Vec<&str> = seen.since.iter().filter_map(entered).collect();
                let holds = entered.contains(&name.as_str()) || call.node() == name;
                let came = if entered.is_empty() { call.node().to_owned() } else { entered.join(", ") };
                held(holds, format!("the node {name}"), format!("the nodes {came}"))
            }
            Self::Slot(name, value) => {
                let slots = call.handover().slots;
                let found = slots.into_iter().find(|slot| slot.name == *name).map(|slot| slot.value);
                let show = |value: &Option<String>| value.clone().unwrap_or_else(|| "(empty)".to_owned());
                held(found == *value, format!("{name} {}", show(value)), format!("{name} {}", show(&found)))
            }
            Self::Intent(name) => {
                let found = call.handover().intent.unwrap_or_else(|| "(none)".to_owned());
                held(found == *name, name.clone(), found)
            }
            Self::Understood(_) | Self::AskedBack(_) | Self::NotUnderstood | Self::NotHeard => self.check_turn(seen),
            Self::Queue(name) => {
                let found = call.queued().map_or("(no queue)", |(queue, _)| queue);
                held(found == name, format!("the queue {name}"), found.to_owned())
            }
            Self::Whisper(pattern) => {
                let found = call.queued().map_or("(no queue)", |(_, whisper)| whisper);
                held(pattern.fits(found), "the whisper as written".to_owned(), found.to_owned())
            }
            Self::Disposition(name) => {
                let found = call.disposition().map_or("(none)", |disposition| disposition.as_str());
                held(found == name, name.clone(), found.to_owned())
            }
            Self::Server(pattern) => {
                let asked: Vec<String> =
                    seen.asked.iter().filter_map(|asked| serde_json::to_string(asked).ok()).collect();
                let holds = asked.iter().any(|asked| pattern.fits(asked));
                held(holds, "a question to the server as written".to_owned(), asked.join("; "))
            }
            Self::Over => held(call.is_over(), "the end of the call".to_owned(), format!("still at {}", call.node())),
            Self::Request(name, pattern) => {
                let asked = seen.requests.iter().rev().find(|request| request.service == *name);
                let found = asked.map_or_else(|| "(not asked)".to_owned(), show);
                held(asked.is_some() && pattern.fits(&found), "the request as written".to_owned(), found)
            }
        }
    }

    fn check_turn(&self, seen: &Seen<'_>) -> Result<(), (String, String)> {
        let mut turns = seen.since.iter().rev().filter_map(|event| match event {
            CallEvent::TurnDecided { result, .. } => Some(result),
            _ => None,
        });
        let last = turns.next();
        let (holds, expected) = match (self, last) {
            (Self::Understood(name), Some(TurnResult::Accepted { meaning, .. })) => {
                (meaning == name, format!("taken as {name}"))
            }
            (Self::Understood(name), _) => (false, format!("taken as {name}")),
            (Self::AskedBack(name), Some(TurnResult::AskedBack { meaning, .. })) => {
                (meaning == name, format!("asked back as {name}"))
            }
            (Self::AskedBack(name), _) => (false, format!("asked back as {name}")),
            (Self::NotUnderstood, last) => (matches!(last, Some(TurnResult::NoMatch)), "not understood".to_owned()),
            (_, last) => (matches!(last, Some(TurnResult::NoInput)), "nothing heard".to_owned()),
        };
        held(holds, expected, last.map_or_else(|| "no turn was decided".to_owned(), shown_turn))
    }
}

/// A turn as people read it.
pub(super) fn shown_turn(turn: &TurnResult) -> String {
    match turn {
        TurnResult::Accepted { meaning, certainty } => format!("taken as {meaning}, certainty {certainty}"),
        TurnResult::AskedBack { meaning, certainty } => format!("asked back as {meaning}, certainty {certainty}"),
        TurnResult::NoMatch => "not understood".to_owned(),
        TurnResult::NoInput => "nothing heard".to_owned(),
    }
}

/// A request on one line.
pub(super) fn show(request: &HttpRequest) -> String {
    let body = request.body.as_deref().map(|body| format!(" {body}")).unwrap_or_default();
    format!("{} {}{body}", request.method.as_str(), request.url)
}

fn entered(event: &CallEvent) -> Option<&str> {
    match event {
        CallEvent::NodeEntered { node, .. } => Some(node),
        _ => None,
    }
}

fn held(holds: bool, expected: String, came: String) -> Result<(), (String, String)> {
    if holds { Ok(()) } else { Err((expected, came)) }
}
