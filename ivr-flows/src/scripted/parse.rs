//! Reading a file of dialogues, line by line.

use call_model::TransferFailure;

use super::answer::Answer;
use super::expectation::Expectation;
use super::pattern::Pattern;
use super::script::{Act, Dialogue, Does, Given, People, Script, Step};
use super::server::read_answer;
use crate::diagnostic::{Diagnostic, Findings, Place};
use crate::nearest::nearest;
use crate::reading::parse_duration;
use crate::source::SourceFile;
use crate::yaml::list_of;

/// What is wrong with a line, and what to do.
pub(super) type Wrong = (String, String);

pub(super) fn parse(name: &str, text: &str) -> Result<Script, Vec<Diagnostic>> {
    let mut findings = Findings::default();
    let mut script = Script { flow: String::new(), dialogues: Vec::new() };
    let mut always: Vec<Step> = Vec::new();
    for (line, written) in (1u32..).zip(text.trim_start_matches('\u{feff}').lines()) {
        let content = written.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let step = |does| Step { line, written: content.to_owned(), does };
        match read_line(content) {
            Ok(Line::Flow(file)) => script.flow = file,
            Ok(Line::Test(name)) => {
                script.dialogues.push(Dialogue { name, line, steps: always.clone() });
            }
            Ok(Line::Step(mut does)) => {
                let before = script.dialogues.last().map_or(&always, |dialogue| &dialogue.steps).last();
                if let (Does::Service { name, in_turn, .. }, Some(before)) = (&mut does, before) {
                    let same = matches!(&before.does, Does::Service { name: other, .. } if other == name);
                    let starts = script.dialogues.last().is_some_and(|dialogue| dialogue.line > before.line);
                    *in_turn = same && !starts;
                }
                match script.dialogues.last_mut() {
                    Some(dialogue) => dialogue.steps.push(step(does)),
                    None if !does.is_setting() => {
                        let first = Dialogue { name: "the dialogue".to_owned(), line, steps: always.clone() };
                        script.dialogues.push(first);
                        script.dialogues.iter_mut().for_each(|dialogue| dialogue.steps.push(step(does.clone())));
                    }
                    None => always.push(step(does)),
                }
            }
            Err((message, fix)) => {
                let column = u32::try_from(written.chars().take_while(|c| c.is_whitespace()).count()).unwrap_or(0) + 1;
                findings.error(Place { file: 0, line, column }, message, fix);
            }
        }
    }
    let whole = Place::default();
    if script.flow.is_empty() && !findings.has_errors() {
        findings.error(
            whole,
            "the file does not say which flow it tests",
            "write `flow: hotline.yaml` as its first line",
        );
    }
    if script.dialogues.is_empty() && !findings.has_errors() {
        let fix = "write `test: its name`, and below it what the caller hears (`< ...`) and does (`> \"...\"`)";
        findings.error(whole, "the file has no dialogue", fix);
    }
    if findings.has_errors() {
        let file = SourceFile { name: name.to_owned(), text: text.to_owned() };
        return Err(findings.into_diagnostics(&[file]));
    }
    Ok(script)
}

/// A line as it is read.
pub(super) enum Line {
    Flow(String),
    Test(String),
    Step(Does),
}

pub(super) fn read_line(content: &str) -> Result<Line, Wrong> {
    let mut characters = content.chars();
    let mark = characters.next();
    let rest = characters.as_str().trim();
    match mark {
        Some('<' | '＜') => Ok(Line::Step(Does::Hears(Pattern::read(unquoted(rest).unwrap_or(rest))))),
        Some('>' | '＞') => read_act(rest).map(Line::Step),
        Some('=' | '＝') => Expectation::read(rest).map(|expectation| Line::Step(Does::Expects(expectation))),
        _ => read_setting(content),
    }
}

pub(super) fn read_setting(content: &str) -> Result<Line, Wrong> {
    let known = [
        "flow",
        "test",
        "caller",
        "called",
        "local",
        "given",
        "service",
        "server",
        "queue",
        "transfer",
        "recogniser",
        "recorder",
    ];
    let (name, value) = content.split_once([':', '：']).unwrap_or((content, ""));
    let (name, value) = (name.trim(), value.trim());
    let (word, of) = name.split_once(' ').map_or((name, ""), |(word, of)| (word, of.trim()));
    if value.is_empty() && known.contains(&word) {
        return Err((format!("`{name}` has no value"), format!("write it after a colon: `{name}: ...`")));
    }
    let text = unquoted(value).unwrap_or(value).to_owned();
    let step = match (word, of.is_empty()) {
        ("flow", true) => return Ok(Line::Flow(text)),
        ("test", true) => return Ok(Line::Test(text)),
        ("caller", true) => Does::Given(Given::Caller, text),
        ("called", true) => Does::Given(Given::Called, text),
        ("local", true) => match text.parse() {
            Ok(local) => Does::Local(local),
            Err(_) => {
                let message = format!("`{text}` is no wall time");
                return Err((message, "write a day and a time, as in `local: 2026-03-02 10:00`".to_owned()));
            }
        },
        ("server", false) => {
            let (kind, result) = read_answer(of, value)?;
            Does::Server(kind, result)
        }
        ("recorder", true) => Does::CannotRecord(match value {
            "broken" => true,
            "works" => false,
            _ => return Err((format!("the recorder cannot be `{value}`"), "write `broken` or `works`".to_owned())),
        }),
        ("given", false) => Does::Given(Given::Variable(of.to_owned()), text),
        ("service", false) => {
            let wrong = |fix| (format!("`{value}` is no answer of a service"), fix);
            let answer = Answer::read(value).map_err(wrong)?;
            Does::Service { name: of.to_owned(), answer, in_turn: false }
        }
        ("queue" | "transfer", false) => Does::Queue(
            of.to_owned(),
            match value {
                "wait" => People::Wait,
                _ => match TransferFailure::ALL.into_iter().find(|why| why.as_str() == value) {
                    Some(why) => People::Fail(why),
                    None => {
                        let mut known = vec!["wait"];
                        known.extend(TransferFailure::ALL.iter().map(|why| why.as_str()));
                        return Err((
                            format!("people cannot be `{value}`"),
                            format!("write one of {}", list_of(&known)),
                        ));
                    }
                },
            },
        ),
        ("recogniser", true) => Does::Deaf(match value {
            "busy" => true,
            "free" => false,
            _ => return Err((format!("the recogniser cannot be `{value}`"), "write `busy` or `free`".to_owned())),
        }),
        ("given" | "service" | "server" | "queue" | "transfer", true) => {
            return Err((format!("`{word}` does not say which"), format!("write `{word} NAME: ...`")));
        }
        _ => {
            let fix = match nearest(word, known) {
                Some(known) => format!("write `{known}`"),
                None => format!(
                    "begin the line with `>` (the caller), `<` (the flow), `=` (what must be), or one of {}",
                    list_of(&known)
                ),
            };
            return Err((format!("the line begins with `{word}`, which means nothing"), fix));
        }
    };
    Ok(Line::Step(step))
}

/// What the caller does.
pub(super) fn read_act(rest: &str) -> Result<Does, Wrong> {
    let (interrupts, rest) = match rest.strip_prefix("interrupt ") {
        Some(rest) => (true, rest.trim()),
        None => (false, rest),
    };
    let acts = |act| Ok(Does::Acts { act, interrupts });
    if let Some(text) = unquoted(rest) {
        return acts(Act::Says(text.to_owned()));
    }
    let (word, of) = rest.split_once(' ').map_or((rest, ""), |(word, of)| (word, of.trim()));
    let wrong = |fix: &str| Err((format!("the caller cannot do `{rest}`"), fix.to_owned()));
    match (word, of) {
        ("silence", "") => acts(Act::IsSilent),
        ("hang", "up") => acts(Act::HangsUp),
        ("wait", time) => match parse_duration(time) {
            Some(time) => acts(Act::Waits(time)),
            None => wrong("write a time: `> wait 10s`"),
        },
        ("key" | "keys", keys) => {
            let keys: String = keys.chars().filter(|c| !c.is_whitespace() && *c != '"').collect();
            if keys.is_empty() || !keys.chars().all(|c| matches!(c, '0'..='9' | '*' | '#' | 'A'..='D')) {
                return wrong("write the keys that are pressed: `> key 1` or `> keys 123#`");
            }
            acts(Act::Presses(keys))
        }
        ("unclear", text) => match unquoted(text) {
            Some(text) => acts(Act::Mumbles(text.to_owned())),
            None => wrong("write what is said in quotes: `> unclear \"my bill\"`"),
        },
        ("sound", file) if !file.is_empty() => acts(Act::Sound(unquoted(file).unwrap_or(file).to_owned())),
        _ => wrong(
            "write what the caller says in quotes, or `key 1`, `keys 123#`, `silence`, `wait 10s`, `sound file.wav`, \
             `unclear \"...\"`, `hang up`; `interrupt` in front does it before the prompt has ended",
        ),
    }
}

/// What stands between quotes of any kind.
pub(super) fn unquoted(text: &str) -> Option<&str> {
    let inner = text.strip_prefix(['"', '“', '”', '「'])?;
    inner.strip_suffix(['"', '”', '“', '」'])
}
