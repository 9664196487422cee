//! `verify`: lets the caller prove to be who he says, by a PIN, an identity card or a code that is sent.
//!
//! ```yaml
//! check:
//!   verify:
//!     by: pin
//!     who: "{{ member }}"
//!     slot: pin
//!     length: 4
//!     say: "Please key in your PIN."
//!     from: pin_check
//!     with: { member: "{{ member }}", pin: "{{ pin }}" }
//!     if_refused: desk
//!     if_failed: desk
//!     then: account
//! code:
//!   verify:
//!     by: code
//!     message: { by: sms, text: "Your code is {code}." }
//!     say: "We have sent you a code. Please key it in."
//!     if_refused: desk
//!     if_failed: desk
//!     then: account
//! ```
//!
//! What the caller gives is held against a service, which answers `right: yes_no`, against a text (`equals:`), or
//! against the code. It stands in no record. After `tries` (3) in this call the flow goes to `if_refused`; after
//! `lock_after` failures (5) in whatever calls, to `if_locked`, for `lock_for` (60 min). Where attempts cannot be
//! counted, nobody is let through: `if_failed`.
//!
//! The question is the node `check.ask`, the service `check.from`, what follows `check.judge`.

use std::time::{Duration, Instant};

use call_model::{CallEvent, Consult, ConsultResult, Consulted, Lock, Secret, Subject};

use super::form::Form;
use super::http::Http;
use super::manner::Manner;
use super::message::Letter;
use super::outside::Outside;
use super::play::Play;
use super::question::{Question, node_asides};
use super::slot::{Confirm, Slot, SlotKind, read_digits};
use super::{Kind, NodeId, Surroundings};
use crate::nearest::nearest;
use crate::reading::Reading;
use crate::run::{Consulting, Core, Step};
use crate::text::{Line, Template, Voice};
use crate::understand::SlotType;
use crate::value::{Type, Value};
use crate::yaml::{Fields, Text, list_of};

/// A node that verifies the caller.
#[derive(Debug)]
pub(crate) struct Verify {
    who: Who,
    code: Option<Code>,
    /// Where the caller is asked.
    asks: NodeId,
    if_locked: NodeId,
    if_failed: NodeId,
}

/// What follows the caller's answer.
#[derive(Debug)]
pub(crate) struct Judge {
    who: Who,
    slot: String,
    against: Against,
    tries: u32,
    /// Where the caller hears that it was wrong, and is asked again.
    again: NodeId,
    if_refused: NodeId,
    if_locked: NodeId,
    if_failed: NodeId,
    then: NodeId,
}

/// Whose attempts are counted, and when they are locked.
#[derive(Debug, Clone)]
struct Who {
    by: String,
    /// The caller's number, where nothing is written.
    who: Option<Template>,
    lock: Lock,
}

/// A code that is sent.
#[derive(Debug)]
struct Code {
    letter: Letter,
    length: u8,
    valid_s: u32,
}

/// What the caller's answer is held against.
#[derive(Debug)]
enum Against {
    /// What a service says: the variable.
    Service(String),
    /// A text that is known.
    Text(Template),
    /// The code that was sent.
    Code,
}

const WAYS: &[&str] = &["pin", "identity_card", "code"];

impl Verify {
    pub(crate) fn read(fields: &mut Fields<'_>, around: &Surroundings, reading: &mut Reading<'_>) -> Option<Self> {
        let by = fields.must_text("by", "add `by: pin`, `by: identity_card` or `by: code`", &mut reading.findings);
        let by = by.and_then(|by| known_way(by, reading))?;
        let who = Who::read(by.text.clone(), fields, reading);
        let code = if by.text == CODE { Some(Code::read(fields, reading)?) } else { None };
        let slot = read_slot(&by.text, code.as_ref(), fields, around, reading);
        let wrong = fields.text("say_wrong", &mut reading.findings).and_then(|text| reading.spoken(&text));
        let wrong = wrong.unwrap_or_else(|| Template::Fixed(reading.words.sorry.to_owned()));
        let tries = fields.count("tries", 1, 5, &mut reading.findings).map_or(DEFAULT_TRIES, |(_, tries)| tries);
        let fix = "add `if_refused:` with the node that comes next when it was wrong too often";
        let if_refused = reading.must_target(fields, "if_refused", fix);
        let if_locked = reading.target_or(fields, "if_locked", if_refused);
        let fix = "add `if_failed:` with the node that comes next when it cannot be checked";
        let if_failed = reading.must_target(fields, "if_failed", fix);
        let then = reading.must_target(fields, "then", "add `then:` with the node that comes next when it was right");
        let (against, http) = read_against(code.is_some(), if_failed, fields, around, reading)?;
        let (slot, manner, asides) = slot?;

        // The question leads on to what is brought after it, and that leads back: the ids are counted ahead.
        let ask = NodeId(reading.nodes.len());
        let again = reading_after(ask, 1);
        let judge = reading_after(ask, 2);
        let check = if http.is_some() { reading_after(ask, 3) } else { judge };
        let name = slot.name.clone();
        let form = Form::of_one(slot, manner, &asides, check, reading);
        let judged = Judge {
            who: who.clone(),
            slot: name,
            against,
            tries,
            again,
            if_refused: if_refused?,
            if_locked: if_locked?,
            if_failed: if_failed?,
            then: then?,
        };
        let brought = [
            Some(("ask", Kind::Form(form))),
            Some(("wrong", Kind::Play(Play::new(Line::Said(wrong), call_model::BargeIn::ByKey, ask)))),
            Some(("judge", Kind::Outside(Outside::Judge(judged)))),
            http.map(|http| ("from", Kind::Http(http.leading_to(judge)))),
        ];
        for (name, kind) in brought.into_iter().flatten() {
            reading.bring(name, kind);
        }
        Some(Self { who, code, asks: ask, if_locked: if_locked?, if_failed: if_failed? })
    }

    pub(crate) fn exits(&self) -> Vec<(NodeId, Vec<String>)> {
        [self.asks, self.if_locked, self.if_failed].map(|to| (to, Vec::new())).into()
    }

    pub(crate) fn enter(&self, id: NodeId, core: &mut Core, now: Instant) -> Step {
        core.verification_tries = 0;
        // What was typed before may have been seen: a secret counts from its question on.
        core.keys.flush();
        match self.request(core) {
            Ok(request) => Consulting::begin(id, request, &[], core, now),
            Err(reason) => Step::Broken(reason),
        }
    }

    fn request(&self, core: &mut Core) -> Result<Consult, String> {
        let (subject, lock) = (self.who.subject(core)?, self.who.lock);
        let Some(code) = &self.code else { return Ok(Consult::Attempts { subject, lock }) };
        let key = core.next_order();
        let message = code.letter.write(key, core)?;
        Ok(Consult::SendCode { subject, lock, message, length: code.length, valid_s: code.valid_s })
    }

    pub(crate) fn consulted(&self, result: &ConsultResult) -> Step {
        match result {
            Ok(Consulted::Attempts { locked_ms: Some(_), .. }) => Step::Goto(self.if_locked),
            Ok(Consulted::Attempts { .. }) => Step::Goto(self.asks),
            Ok(_) | Err(_) => Step::Goto(self.if_failed),
        }
    }
}

impl Judge {
    pub(crate) fn exits(&self) -> Vec<(NodeId, Vec<String>)> {
        let wrong = [self.again, self.if_refused, self.if_locked, self.if_failed].map(|to| (to, Vec::new()));
        std::iter::once((self.then, vec![VERIFIED.to_owned()])).chain(wrong).collect()
    }

    pub(crate) fn enter(&self, id: NodeId, core: &mut Core, now: Instant) -> Step {
        let request = self.request(core);
        core.memory.forget(&self.slot);
        match request {
            Ok(request) => Consulting::begin(id, request, &[], core, now),
            Err(reason) => Step::Broken(reason),
        }
    }

    fn request(&self, core: &Core) -> Result<Consult, String> {
        let (subject, lock) = (self.who.subject(core)?, self.who.lock);
        let given = core.memory.get(&self.slot).map(Value::raw).unwrap_or_default();
        let right = match &self.against {
            Against::Code => return Ok(Consult::CheckCode { subject, lock, code: Secret::new(given) }),
            Against::Service(variable) => core.memory.get(variable) == Some(&Value::YesNo(true)),
            Against::Text(text) => {
                let known: String = core.render(text, Voice::Service)?.split_whitespace().collect();
                !known.is_empty() && known.eq_ignore_ascii_case(&given)
            }
        };
        Ok(Consult::NoteAttempt { subject, lock, right })
    }

    pub(crate) fn consulted(&self, result: &ConsultResult, core: &mut Core) -> Step {
        let (right, locked) = match result {
            Ok(Consulted::Attempts { right, locked_ms, .. }) => (*right, locked_ms.is_some()),
            Ok(_) | Err(_) => return Step::Goto(self.if_failed),
        };
        if !right && !locked {
            core.verification_tries += 1;
            if core.verification_tries < self.tries {
                return Step::Goto(self.again);
            }
        }
        let node = core.flow.nodes[core.node().0].name.trim_end_matches(".judge").to_owned();
        core.verified = right;
        core.event(CallEvent::VerificationEnded { node, verified: right });
        Step::Goto(match (right, locked) {
            (true, _) => self.then,
            (false, true) => self.if_locked,
            (false, false) => self.if_refused,
        })
    }
}

impl Who {
    fn read(by: String, fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Self {
        let who = fields.text("who", &mut reading.findings).and_then(|who| reading.template(&who));
        let after = fields.count("lock_after", 1, 100, &mut reading.findings);
        let longest = Duration::from_secs(7 * 24 * 3600);
        let for_s = reading.duration(fields, "lock_for", Duration::from_secs(60), longest).unwrap_or(DEFAULT_LOCK);
        let lock = Lock {
            after: after.map_or(DEFAULT_LOCK_AFTER, |(_, after)| after),
            for_s: u32::try_from(for_s.as_secs()).unwrap_or(u32::MAX),
        };
        Self { by, who, lock }
    }

    fn subject(&self, core: &Core) -> Result<Subject, String> {
        let who = match &self.who {
            Some(who) => core.render(who, Voice::Service)?,
            None => core.caller(),
        };
        Ok(Subject { by: self.by.clone(), who })
    }
}

impl Code {
    fn read(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let (place, file) = (fields.place, fields.file());
        let Some(tree) = fields.tree("message") else {
            let fix = "add `message: { by: sms, text: \"Your code is {code}.\" }`";
            reading.findings.error(place, "it is not said how the code is sent", fix);
            return None;
        };
        let at = fields.at(tree);
        let mut inner = reading.open(file, tree, "the message")?;
        let letter = Letter::read(&mut inner, reading);
        inner.finish(&mut reading.findings);
        let letter = letter?;
        if !letter.says("{code}") {
            reading.findings.error(at, "the message does not hold the code", "write `{code}` in its text");
        }
        let length = fields.count("length", 4, 10, &mut reading.findings).map_or(DEFAULT_LENGTH, |(_, length)| length);
        let (low, high) = (Duration::from_secs(30), Duration::from_secs(3600));
        let valid = reading.duration(fields, "valid", low, high).unwrap_or(DEFAULT_VALID);
        let valid_s = u32::try_from(valid.as_secs()).unwrap_or(u32::MAX);
        Some(Self { letter, length: u8::try_from(length).unwrap_or(u8::MAX), valid_s })
    }
}

fn known_way(by: Text, reading: &mut Reading<'_>) -> Option<Text> {
    if WAYS.contains(&by.text.as_str()) {
        return Some(by);
    }
    let fix = match nearest(&by.text, WAYS.iter().copied()) {
        Some(known) => format!("write `{known}`"),
        None => format!("write one of {}", list_of(WAYS)),
    };
    reading.findings.error(by.place, format!("nobody can be verified by `{}`", by.text), fix);
    None
}

/// The question, and how it is asked.
fn read_slot(
    by: &str,
    code: Option<&Code>,
    fields: &mut Fields<'_>,
    around: &Surroundings,
    reading: &mut Reading<'_>,
) -> Option<(Slot, Manner, super::aside::Asides)> {
    let asides = node_asides(fields, around, reading);
    let manner = Manner::read(fields, &around.manner, reading);
    let kind = match code {
        Some(code) => Some(super::slot::digits(usize::from(code.length), &asides, reading)),
        None if by == CARD && !LENGTHS.iter().any(|key| fields.has(key)) => {
            for key in LENGTHS {
                fields.tree(key);
            }
            Some(SlotKind::new(SlotType::IdentityCard, &asides, reading))
        }
        None => read_digits(fields, &asides, reading),
    };
    let question = Question::read(fields, "the question", manner.clone(), &asides, reading);
    let name = fields.text("slot", &mut reading.findings);
    let name = name.unwrap_or(Text { place: fields.place, text: DEFAULT_SLOT.to_owned() });
    let kind = kind?;
    let name = reading.declare(&name, kind.of.holds())?;
    let slot = Slot {
        label: name.replace('_', " "),
        name,
        kind,
        question: question?,
        when: None,
        patterns: Vec::new(),
        confirm: Confirm::Never,
        read_back: None,
        sensitive: true,
    };
    Some((slot, manner, asides))
}

/// What the answer is held against, with the service that is asked.
fn read_against(
    code: bool,
    if_failed: Option<NodeId>,
    fields: &mut Fields<'_>,
    around: &Surroundings,
    reading: &mut Reading<'_>,
) -> Option<(Against, Option<Http>)> {
    let place = fields.place;
    if code {
        return Some((Against::Code, None));
    }
    let from = fields.text("from", &mut reading.findings);
    let equals = fields.text("equals", &mut reading.findings);
    match (from, equals) {
        (Some(from), None) => {
            if let Some(known) = around.services.get(&from.text)
                && known.shape.fields.get(RIGHT) != Some(&Type::YesNo)
            {
                let fix = "add `fields: { right: yes_no }` to it in the services' file";
                let message = format!("the service `{}` does not answer whether it is `right`", from.text);
                reading.findings.error(from.place, message, fix);
                return None;
            }
            let variable = format!("{}.{RIGHT}", from.text);
            let http = Http::failing_to(if_failed, &[], from, fields, around, reading)?;
            Some((Against::Service(variable), Some(http)))
        }
        (None, Some(equals)) => Some((Against::Text(reading.template(&equals)?), None)),
        (from, _) => {
            let message = match from {
                Some(_) => "the answer is held against a service and a text",
                None => "the answer is held against nothing",
            };
            let fix = "write `from:` with a service that answers `right: yes_no`, or `equals: \"{{ customer.card }}\"`";
            reading.findings.error(place, message, fix);
            None
        }
    }
}

/// The id of a node that is brought so many nodes later.
fn reading_after(first: NodeId, count: usize) -> NodeId {
    NodeId(first.0 + count)
}

const CODE: &str = "code";
const CARD: &str = "identity_card";
/// What says how many digits there are.
const LENGTHS: [&str; 3] = ["length", "min", "max"];
const RIGHT: &str = "right";
const DEFAULT_SLOT: &str = "secret";
/// What is known on every way on which the caller has proved to be who he says; no variable can be named so.
pub(crate) const VERIFIED: &str = "(verified)";
const DEFAULT_TRIES: u32 = 3;
const DEFAULT_LOCK_AFTER: u32 = 5;
const DEFAULT_LOCK: Duration = Duration::from_secs(3600);
const DEFAULT_LENGTH: u32 = 6;
const DEFAULT_VALID: Duration = Duration::from_secs(600);
