//! What dialogues ask of our own tables and tell the world: each question is answered here, one file a subject.
//!
//! A question comes from a call's task and is answered in a task of its own, so that a slow disk holds no call up. The
//! limits that a question names are checked first: whoever writes a flow may not keep or send without end.

mod code;
mod facts;
mod history;
mod jobs;
mod messages;
mod risks;
mod surveys;
#[cfg(test)]
mod tests;
mod tickets;
mod verification;
mod voicemails;

use std::sync::Arc;

use call_model::{CallId, Consult, ConsultFailure, ConsultResult, Day};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use storage::StoreError;

use crate::services::Services;

pub use jobs::{JobBell, JobTokens};

/// The call that asks.
#[derive(Clone)]
pub struct Asker {
    services: Arc<Services>,
    call: CallId,
    tokens: JobTokens,
}

impl Asker {
    /// The asker for one call.
    pub fn new(services: Arc<Services>, call: CallId) -> Self {
        Self { services, call, tokens: JobTokens::default() }
    }

    /// The tokens of the jobs that the call has opened.
    pub fn tokens(&self) -> &JobTokens {
        &self.tokens
    }

    /// Answers a question.
    pub async fn answer(&self, request: Consult) -> ConsultResult {
        let kind = request.kind();
        let result = self.carry_out(request).await;
        if let Err(failure) = &result {
            tracing::warn!(call = %self.call, consult = ?kind, %failure, "a dialogue's question got no answer");
        }
        result
    }

    async fn carry_out(&self, request: Consult) -> ConsultResult {
        match request {
            Consult::History { number, months, zone } => self.history(&number, months, zone.as_deref()).await,
            Consult::NoteRisk { number, intent, times, days } => self.note_risk(number, intent, times, days).await,
            Consult::OpenTicket { kind, number, fields, key } => self.open_ticket(kind, number, fields, key).await,
            Consult::FindTicket { ticket, number } => self.find_ticket(&ticket, number.as_deref()).await,
            Consult::SaveSurvey { survey, number, answers, complete } => {
                self.save_survey(survey, number, answers, complete).await
            }
            Consult::SendMessage { message } => self.send_message(message).await,
            Consult::Attempts { subject, lock } => self.attempts(subject, lock).await,
            Consult::NoteAttempt { subject, lock, right } => self.note_attempt(subject, lock, right).await,
            Consult::SendCode { subject, lock, message, length, valid_s } => {
                self.send_code(subject, lock, message, length, valid_s).await
            }
            Consult::CheckCode { subject, lock, code } => self.check_code(subject, lock, &code).await,
            Consult::KeepVoicemail { label, recording, length_ms } => {
                self.keep_voicemail(label, recording, length_ms).await
            }
            Consult::OpenJob { name, number, key, if_gone, expires_s } => {
                self.open_job(name, number, key, if_gone, expires_s).await
            }
            Consult::AwaitJob { job, within_ms } => self.await_job(job, within_ms).await,
            Consult::Remember { number, fact, value, days } => self.remember(number, fact, value, days).await,
            Consult::Recall { number, facts } => self.recall(&number, &facts).await,
        }
    }

    fn now(&self) -> Timestamp {
        self.services.clock.now()
    }
}

/// What a dialogue learns of an error of the database.
fn failed(error: &StoreError) -> ConsultFailure {
    tracing::error!(%error, "the database failed a dialogue's question");
    ConsultFailure::Failed
}

/// A question that is out of its limits.
fn refused(why: impl Into<String>) -> ConsultFailure {
    ConsultFailure::Refused { why: why.into() }
}

/// Refuses a number that is out of its limits.
fn within<T: PartialOrd + std::fmt::Display>(what: &str, given: T, least: T, most: T) -> Result<(), ConsultFailure> {
    if given < least || given > most {
        return Err(refused(format!("{what} is {given}; it must be {least} to {most}")));
    }
    Ok(())
}

/// Refuses a text that is empty or longer than anybody needs.
fn bounded(what: &str, text: &str, most: usize) -> Result<(), ConsultFailure> {
    if text.trim().is_empty() {
        return Err(refused(format!("{what} is empty")));
    }
    if text.chars().count() > most {
        return Err(refused(format!("{what} is longer than {most} characters")));
    }
    Ok(())
}

/// Whether a number is none: many callers look the same who show no number (RFC 3323 4.1.1.1).
fn is_nobody(number: &str) -> bool {
    let number = number.trim().to_ascii_lowercase();
    ["", "anonymous", "unknown", "unavailable", "restricted", "private"].contains(&number.as_str())
}

/// The day of a moment in a zone.
fn day_of(at: Timestamp, zone: &TimeZone) -> Option<Day> {
    let date = zone.to_datetime(at).date();
    let part = |number: i8| u8::try_from(number).ok();
    Day::new(u16::try_from(date.year()).ok()?, part(date.month())?, part(date.day())?).ok()
}

fn later(at: Timestamp, seconds: u64) -> Timestamp {
    let seconds = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    at.checked_add(seconds).unwrap_or(Timestamp::MAX)
}

fn earlier(at: Timestamp, seconds: u64) -> Timestamp {
    let seconds = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    at.checked_sub(seconds).unwrap_or(Timestamp::MIN)
}

const DAY_S: u64 = 86_400;
/// The longest name: an intent, a survey, a fact, a kind of ticket.
const LONGEST_NAME: usize = 200;
/// The longest value that is kept of one thing.
const LONGEST_VALUE: usize = 4000;
