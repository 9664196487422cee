//! Who may prove to be somebody: failures, locks, and codes that work once.
//!
//! A failure counts as long as the next one follows within the time of the lock. From so many failures on the subject is
//! locked for that time after the last of them: nothing is right meanwhile. A success forgets the failures.

use call_model::{Lock, ProjectId, Subject};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::dialect::{ColumnName, Connection, Value, values};
use crate::error::StoreError;
use crate::open::Store;
use crate::outbox::{self, Carried, NewMessage};
use crate::writer::Write;

/// Who tries to prove to be somebody, and when that is locked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// Who, by what.
    pub subject: Subject,
    /// When it is locked.
    pub lock: Lock,
    /// Now.
    pub at: Timestamp,
}

/// How a subject stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// Whether the attempt was right; `false` where there was none or the subject is locked.
    pub right: bool,
    /// Failures since the last success.
    pub failures: u32,
    /// Until when it is locked.
    pub locked_until: Option<Timestamp>,
}

/// A code that works once. It has no `Debug`, lest it be logged.
pub struct NewCode {
    /// The digits.
    pub code: String,
    /// Chance, so that equal codes do not look equal.
    pub salt: String,
    /// Until when it works.
    pub expires_at: Timestamp,
    /// The message; `{code}` in its text stands for the code.
    pub message: NewMessage,
}

/// What an attempt is held against.
enum Proof {
    /// It was judged elsewhere.
    Judged(bool),
    /// It is a code.
    Code(String),
}

impl Store {
    /// How a subject stands.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn standing(&self, trial: &Trial) -> Result<Standing, StoreError> {
        let row = self.readers.row(SELECT, subject_of(self.project, &trial.subject)).await?;
        let past = row.map(|row| Past::read(&row)).transpose()?.unwrap_or_default();
        Ok(past.now(trial).standing(trial, false))
    }

    /// Notes an attempt that was judged elsewhere. `attempt` names it: noted again under the same name it counts once.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn note_attempt(&self, trial: Trial, attempt: String, right: bool) -> Result<Standing, StoreError> {
        let proof = Proof::Judged(right);
        self.queue.write(Attempt { project: self.project, trial, attempt, proof }).await
    }

    /// Holds a code against the one that was sent, and notes the attempt as [`Store::note_attempt`] does. A code is
    /// right once, until it expires.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn check_code(&self, trial: Trial, attempt: String, code: String) -> Result<Standing, StoreError> {
        let proof = Proof::Code(code);
        self.queue.write(Attempt { project: self.project, trial, attempt, proof }).await
    }

    /// Keeps a new code in the place of an older one and puts its message into the outbox, unless the subject is locked. An
    /// older one that was never tried counts as a failure. The same message's key does nothing more.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn send_code(&self, trial: Trial, code: NewCode) -> Result<Standing, StoreError> {
        self.queue.write(SendCode { project: self.project, trial, code }).await
    }
}

/// A row of `verifications`.
#[derive(Debug, Clone, Default)]
struct Past {
    failures: u32,
    failed_at: Option<Timestamp>,
    attempt: Option<String>,
    was_right: bool,
}

impl Past {
    fn read(row: &crate::dialect::Row) -> Result<Self, StoreError> {
        let column = |name| ColumnName("verifications", name);
        Ok(Self {
            failures: row.count(0, column("failures"))?,
            failed_at: row.maybe_time(1, column("failed_at"))?,
            attempt: row.maybe_text(2)?,
            was_right: row.maybe_int(3)?.is_some_and(|right| right != 0),
        })
    }

    /// Without failures that are too old.
    fn now(mut self, trial: &Trial) -> Self {
        let fresh = self.failed_at.is_some_and(|failed| after(failed, trial.lock.for_s) > trial.at);
        if !fresh {
            self.failures = 0;
        }
        self
    }

    fn locked_until(&self, trial: &Trial) -> Option<Timestamp> {
        let locked = self.failures >= trial.lock.after.max(1);
        self.failed_at.filter(|_| locked).map(|failed| after(failed, trial.lock.for_s))
    }

    fn standing(&self, trial: &Trial, right: bool) -> Standing {
        Standing { right, failures: self.failures, locked_until: self.locked_until(trial) }
    }

    fn fail(&mut self, at: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        self.failed_at = Some(at);
    }

    async fn write(&self, tx: &mut Connection, project: ProjectId, trial: &Trial) -> Result<(), StoreError> {
        let sql = "INSERT INTO verifications \
                   (project_id, way, subject, failures, failed_at, attempt, was_right, locked_until) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (project_id, way, subject) DO UPDATE SET \
                   failures = excluded.failures, failed_at = excluded.failed_at, attempt = excluded.attempt, \
                   was_right = excluded.was_right, locked_until = excluded.locked_until";
        let subject = &trial.subject;
        let row = values![
            project.0,
            subject.by.as_str(),
            subject.who.as_str(),
            self.failures,
            self.failed_at,
            self.attempt.as_deref(),
            self.was_right,
            self.locked_until(trial),
        ];
        tx.execute(sql, row).await?;
        Ok(())
    }
}

struct Attempt {
    project: ProjectId,
    trial: Trial,
    attempt: String,
    proof: Proof,
}

impl Write for Attempt {
    type Output = Standing;

    async fn run(&self, tx: &mut Connection) -> Result<Standing, StoreError> {
        let trial = &self.trial;
        let mut past = past_of(tx, self.project, trial).await?;
        if past.attempt.as_deref() == Some(&self.attempt) {
            return Ok(past.standing(trial, past.was_right));
        }
        if past.locked_until(trial).is_some() {
            return Ok(past.standing(trial, false));
        }
        let right = match &self.proof {
            Proof::Judged(right) => *right,
            Proof::Code(code) => try_code(tx, self.project, trial, code).await?,
        };
        if right {
            past.failures = 0;
            past.failed_at = None;
        } else {
            past.fail(trial.at);
        }
        past.attempt = Some(self.attempt.clone());
        past.was_right = right;
        past.write(tx, self.project, trial).await?;
        Ok(past.standing(trial, right))
    }
}

struct SendCode {
    project: ProjectId,
    trial: Trial,
    code: NewCode,
}

impl Write for SendCode {
    type Output = Standing;

    async fn run(&self, tx: &mut Connection) -> Result<Standing, StoreError> {
        let Self { project, trial, code } = self;
        let mut past = past_of(tx, *project, trial).await?;
        let known = "SELECT 1 FROM messages WHERE project_id = $1 AND key = $2";
        if tx.row(known, values![project.0, code.message.message.key.as_str()]).await?.is_some() {
            return Ok(past.standing(trial, false));
        }
        if past.locked_until(trial).is_some() {
            return Ok(past.standing(trial, false));
        }
        let untried = "DELETE FROM one_time_codes WHERE project_id = $1 AND way = $2 AND subject = $3 AND tries = 0";
        if tx.execute(untried, subject_of(*project, &trial.subject)).await? > 0 {
            past.fail(trial.at);
            past.write(tx, *project, trial).await?;
        }
        if past.locked_until(trial).is_some() {
            return Ok(past.standing(trial, false));
        }
        let sql = "INSERT INTO one_time_codes (project_id, way, subject, salt, hash, tries, expires_at) \
                   VALUES ($1, $2, $3, $4, $5, 0, $6) ON CONFLICT (project_id, way, subject) DO UPDATE SET \
                   salt = excluded.salt, hash = excluded.hash, tries = 0, expires_at = excluded.expires_at";
        let mut row = subject_of(*project, &trial.subject);
        row.extend(values![code.salt.as_str(), hash_of(&code.salt, &code.code), code.expires_at]);
        tx.execute(sql, row).await?;
        let carried = Carried { code: &code.code, expires_at: code.expires_at };
        outbox::put(tx, *project, &code.message, Some(carried)).await?;
        Ok(past.standing(trial, false))
    }
}

/// Holds a code against the one of the subject; a right one is used up, a wrong one counted.
async fn try_code(tx: &mut Connection, project: ProjectId, trial: &Trial, code: &str) -> Result<bool, StoreError> {
    let sql = "SELECT salt, hash, expires_at FROM one_time_codes WHERE project_id = $1 AND way = $2 AND subject = $3";
    let Some(row) = tx.row(sql, subject_of(project, &trial.subject)).await? else { return Ok(false) };
    let expires_at = row.time(2, ColumnName("one_time_codes", "expires_at"))?;
    let right = same(&hash_of(&row.text(0)?, code), &row.text(1)?) && trial.at < expires_at;
    let sql = match right {
        true => "DELETE FROM one_time_codes WHERE project_id = $1 AND way = $2 AND subject = $3",
        false => "UPDATE one_time_codes SET tries = tries + 1 WHERE project_id = $1 AND way = $2 AND subject = $3",
    };
    tx.execute(sql, subject_of(project, &trial.subject)).await?;
    Ok(right)
}

async fn past_of(tx: &mut Connection, project: ProjectId, trial: &Trial) -> Result<Past, StoreError> {
    let row = tx.row(SELECT, subject_of(project, &trial.subject)).await?;
    Ok(row.map(|row| Past::read(&row)).transpose()?.unwrap_or_default().now(trial))
}

fn subject_of(project: ProjectId, subject: &Subject) -> Vec<Value> {
    values![project.0, subject.by.as_str(), subject.who.as_str()]
}

fn after(at: Timestamp, seconds: u32) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(seconds.into())).unwrap_or(Timestamp::MAX)
}

/// SHA-256 of a salt and a secret, in lower-case hexadecimal.
pub(crate) fn hash_of(salt: &str, secret: &str) -> String {
    let digest = Sha256::new().chain_update(salt).chain_update([0]).chain_update(secret).finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Compares without telling by its time where the texts differ.
pub(crate) fn same(given: &str, kept: &str) -> bool {
    let differences = given.bytes().zip(kept.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
    given.len() == kept.len() && differences == 0
}

const SELECT: &str = "SELECT failures, failed_at, attempt, was_right FROM verifications \
                      WHERE project_id = $1 AND way = $2 AND subject = $3";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_codes_do_not_look_equal() {
        assert_ne!(hash_of("a", "4711"), hash_of("b", "4711"));
        assert!(same(&hash_of("a", "4711"), &hash_of("a", "4711")));
        assert!(!same("ab", "abc") && !same("abd", "abc"));
    }
}
