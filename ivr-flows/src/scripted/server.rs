//! The server's own tables, as far as a dialogue on a virtual clock needs them: what one call writes, it reads again.

use std::collections::BTreeMap;

use call_model::{Consult, ConsultFailure, ConsultKind, ConsultResult, Consulted, Day, JobId, Lock, Subject, Ticket};
use serde_json::Value as Json;

/// The server of one dialogue.
#[derive(Debug, Clone, Default)]
pub struct VirtualServer {
    /// What it answers, whatever it is asked, by the kind of question.
    set: BTreeMap<ConsultKind, ConsultResult>,
    tickets: Vec<(String, Ticket)>,
    failures: BTreeMap<Subject, u32>,
    remembered: BTreeMap<(String, String), String>,
    /// What it was asked.
    asked: Vec<Consult>,
    today: Option<Day>,
}

impl VirtualServer {
    /// The day on which it is asked; 2 March 2026 where none was set.
    pub fn set_today(&mut self, today: Option<Day>) {
        self.today = today;
    }

    /// Lets it answer one kind of question always so.
    pub fn set(&mut self, kind: ConsultKind, result: ConsultResult) {
        self.set.insert(kind, result);
    }

    /// What it was asked so far.
    pub fn asked(&self) -> &[Consult] {
        &self.asked
    }

    /// Its answer to a question.
    pub fn answer(&mut self, question: &Consult) -> ConsultResult {
        self.asked.push(question.clone());
        if let Some(set) = self.set.get(&question.kind()) {
            return set.clone();
        }
        Ok(match question {
            Consult::History { .. } => Consulted::History { today: self.day()?, calls: Vec::new() },
            // The same call and intent count once.
            Consult::NoteRisk { times, .. } => Consulted::Risk { count: 1, flagged: *times <= 1 },
            Consult::OpenTicket { kind, number, fields, .. } => self.open_ticket(kind, number, fields)?,
            Consult::FindTicket { ticket, number } => {
                let own = |of: &String| number.as_ref().is_none_or(|number| number == of);
                let found = self.tickets.iter().find(|(of, known)| known.number == *ticket && own(of));
                Consulted::Ticket { ticket: found.map(|(_, ticket)| ticket.clone()) }
            }
            Consult::SaveSurvey { .. } | Consult::SendMessage { .. } | Consult::KeepVoicemail { .. } => Consulted::Done,
            Consult::Attempts { subject, lock } => self.stands(subject, *lock, false),
            Consult::NoteAttempt { subject, lock, right } => self.attempt(subject, *lock, *right),
            Consult::SendCode { subject, lock, .. } => self.stands(subject, *lock, false),
            Consult::CheckCode { subject, lock, code } => {
                let right = !code.reveal().is_empty() && CODE.starts_with(code.reveal());
                self.attempt(subject, *lock, right)
            }
            Consult::OpenJob { .. } => {
                Consulted::JobOpened { job: JobId::from_parts(0, 1), callback: CALLBACK.to_owned() }
            }
            Consult::AwaitJob { .. } => Consulted::JobRuns,
            Consult::Remember { number, fact, value, .. } => {
                self.remembered.insert((number.clone(), fact.clone()), value.clone());
                Consulted::Done
            }
            Consult::Recall { number, facts } => {
                let of = |fact: &String| self.remembered.get(&(number.clone(), fact.clone()));
                let known = facts.iter().filter_map(|fact| Some((fact.clone(), of(fact)?.clone())));
                Consulted::Recalled { facts: known.filter(|(_, value)| !value.is_empty()).collect() }
            }
        })
    }

    fn day(&self) -> Result<Day, ConsultFailure> {
        match self.today {
            Some(day) => Ok(day),
            None => Day::new(2026, 3, 2).map_err(|_| ConsultFailure::Failed),
        }
    }

    fn open_ticket(
        &mut self,
        kind: &str,
        number: &str,
        fields: &BTreeMap<String, String>,
    ) -> Result<Consulted, ConsultFailure> {
        let digits = FIRST_TICKET + self.tickets.len();
        let ticket = Ticket {
            number: digits.to_string().parse().map_err(|_| ConsultFailure::Failed)?,
            kind: kind.to_owned(),
            status: "open".to_owned(),
            opened: self.day()?,
            fields: fields.clone(),
        };
        self.tickets.push((number.to_owned(), ticket.clone()));
        Ok(Consulted::Ticket { ticket: Some(ticket) })
    }

    fn attempt(&mut self, subject: &Subject, lock: Lock, right: bool) -> Consulted {
        let failures = self.failures.entry(subject.clone()).or_default();
        let open = *failures < lock.after;
        *failures = if right && open { 0 } else { *failures + 1 };
        self.stands(subject, lock, right && open)
    }

    fn stands(&self, subject: &Subject, lock: Lock, right: bool) -> Consulted {
        let failures = self.failures.get(subject).copied().unwrap_or(0);
        let locked_ms = (failures >= lock.after).then_some(u64::from(lock.for_s) * 1000);
        Consulted::Attempts { right, failures, locked_ms }
    }
}

/// Reads an answer as it stands in a file: `failed`, `not_available`, `timed_out`, or the members of a [`Consulted`] as
/// JSON.
///
/// # Errors
///
/// What is wrong, and what to write instead.
pub(super) fn read_answer(kind: &str, answer: &str) -> Result<(ConsultKind, ConsultResult), (String, String)> {
    // "unknown variant `x`, expected one of ...": names what can be asked.
    let unknown = |error: serde_json::Error| ("the server is not asked such a thing".to_owned(), error.to_string());
    let kind: ConsultKind = serde_json::from_value(Json::String(kind.to_owned())).map_err(unknown)?;
    let result = match answer {
        "failed" => Err(ConsultFailure::Failed),
        "not_available" => Err(ConsultFailure::NotAvailable),
        "timed_out" => Err(ConsultFailure::TimedOut),
        _ => Ok(read(kind, answer).map_err(|error| {
            let fix = format!("write the answer's members as JSON, or `failed`: {error}");
            (format!("`{answer}` is no answer of the server"), fix)
        })?),
    };
    Ok((kind, result))
}

/// An answer from its members; which answer it is need only be written where a kind has several.
fn read(kind: ConsultKind, text: &str) -> serde_json::Result<Consulted> {
    let usual = match kind {
        ConsultKind::History => "history",
        ConsultKind::NoteRisk => "risk",
        ConsultKind::OpenTicket | ConsultKind::FindTicket => "ticket",
        ConsultKind::Attempts | ConsultKind::NoteAttempt | ConsultKind::SendCode | ConsultKind::CheckCode => "attempts",
        ConsultKind::OpenJob => "job_opened",
        ConsultKind::AwaitJob => "job_ended",
        ConsultKind::Recall => "recalled",
        ConsultKind::SaveSurvey | ConsultKind::SendMessage | ConsultKind::KeepVoicemail | ConsultKind::Remember => {
            "done"
        }
    };
    let mut answer: Json = serde_json::from_str(text)?;
    if let Some(members) = answer.as_object_mut() {
        members.entry("answer").or_insert_with(|| Json::String(usual.to_owned()));
    }
    serde_json::from_value(answer)
}

/// The code that every caller is sent, or its beginning.
const CODE: &str = "1234567890";
/// The number of the first ticket that a dialogue opens.
const FIRST_TICKET: usize = 100_001;
const CALLBACK: &str = "http://callwright.invalid/api/v1/jobs/1/result";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_call_writes_it_reads_again_and_a_lock_holds() {
        let mut server = VirtualServer::default();
        let subject = Subject { by: "pin".into(), who: "1".into() };
        let lock = Lock { after: 2, for_s: 60 };
        let mut note = |right| server.answer(&Consult::NoteAttempt { subject: subject.clone(), lock, right }).unwrap();
        assert_eq!(note(false), Consulted::Attempts { right: false, failures: 1, locked_ms: None });
        assert_eq!(note(false), Consulted::Attempts { right: false, failures: 2, locked_ms: Some(60_000) });
        assert_eq!(note(true), Consulted::Attempts { right: false, failures: 3, locked_ms: Some(60_000) });
        let open = Consult::OpenTicket { kind: "fault".into(), number: "1".into(), fields: [].into(), key: "k".into() };
        let Ok(Consulted::Ticket { ticket: Some(ticket) }) = server.answer(&open) else { panic!("a ticket") };
        let find = |number: &str| Consult::FindTicket { ticket: ticket.number.clone(), number: Some(number.into()) };
        assert_eq!(server.answer(&find("1")), Ok(Consulted::Ticket { ticket: Some(ticket.clone()) }));
        assert_eq!(server.answer(&find("2")), Ok(Consulted::Ticket { ticket: None }));
    }

    #[test]
    fn an_answer_can_be_set_by_its_members() {
        let mut server = VirtualServer::default();
        for (kind, answer) in [("note_risk", "{\"count\": 3, \"flagged\": true}"), ("send_message", "failed")] {
            let (kind, result) = read_answer(kind, answer).unwrap();
            server.set(kind, result);
        }
        let risk = Consult::NoteRisk { number: "1".into(), intent: "leave".into(), times: 3, days: 30 };
        assert_eq!(server.answer(&risk), Ok(Consulted::Risk { count: 3, flagged: true }));
        assert!(read_answer("not_risk", "failed").unwrap_err().1.contains("expected one of"));
        assert!(read_answer("note_risk", "{}").unwrap_err().1.contains("missing field"));
    }
}
