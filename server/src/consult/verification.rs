//! Who proves to be somebody: attempts, locks, and codes by message.

use call_model::{ConsultFailure, ConsultResult, Consulted, Lock, Message, Secret, Subject};
use jiff::Timestamp;
use storage::{NewCode, Standing, Trial};

use super::{Asker, LONGEST_NAME, bounded, code, failed, later, refused, within};

impl Asker {
    /// How a subject stands.
    pub(super) async fn attempts(&self, subject: Subject, lock: Lock) -> ConsultResult {
        let trial = self.trial(subject, lock)?;
        let standing = self.services.store.standing(&trial).await.map_err(|error| failed(&error))?;
        Ok(told(standing, trial.at))
    }

    /// Notes an attempt that the dialogue has judged.
    pub(super) async fn note_attempt(&self, subject: Subject, lock: Lock, right: bool) -> ConsultResult {
        let (trial, attempt) = (self.trial(subject, lock)?, code::token()?);
        let at = trial.at;
        let standing = self.services.store.note_attempt(trial, attempt, right).await.map_err(|error| failed(&error))?;
        Ok(told(standing, at))
    }

    /// Makes a code and sends it.
    pub(super) async fn send_code(
        &self,
        subject: Subject,
        lock: Lock,
        message: Message,
        length: u8,
        valid_s: u32,
    ) -> ConsultResult {
        within("the code's length", length, 4, 10)?;
        within("the seconds for which a code works", valid_s, 30, 3600)?;
        if !message.text.contains("{code}") {
            return Err(refused("the message does not say where the code stands; write {code} into its text"));
        }
        let trial = self.trial(subject, lock)?;
        let at = trial.at;
        let new = NewCode {
            code: code::digits(length.into())?,
            salt: code::token()?,
            expires_at: later(at, valid_s.into()),
            message: self.new_message(message)?,
        };
        let standing = self.services.store.send_code(trial, new).await.map_err(|error| failed(&error))?;
        self.services.outbox.wake();
        Ok(told(standing, at))
    }

    /// Holds what the caller gave against the code that was sent.
    pub(super) async fn check_code(&self, subject: Subject, lock: Lock, given: &Secret) -> ConsultResult {
        let (trial, attempt) = (self.trial(subject, lock)?, code::token()?);
        let at = trial.at;
        let given = given.reveal().trim().to_owned();
        let standing = self.services.store.check_code(trial, attempt, given).await.map_err(|error| failed(&error))?;
        Ok(told(standing, at))
    }

    fn trial(&self, subject: Subject, lock: Lock) -> Result<Trial, ConsultFailure> {
        within("the failures that lock", lock.after, 1, 100)?;
        bounded("who is verified", &subject.who, LONGEST_NAME)?;
        bounded("by what is verified", &subject.by, LONGEST_NAME)?;
        Ok(Trial { subject, lock, at: self.now() })
    }
}

fn told(standing: Standing, now: Timestamp) -> Consulted {
    let Standing { right, failures, locked_until } = standing;
    let left = locked_until.map(|until| until.as_millisecond().saturating_sub(now.as_millisecond()));
    Consulted::Attempts { right, failures, locked_ms: left.map(|ms| u64::try_from(ms).unwrap_or(0)) }
}
