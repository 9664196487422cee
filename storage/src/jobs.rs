//! Work that a service does while, or after, a caller waits.
//!
//! A result is taken once: by the call that waits for it, or by a message where none does. A call that has died says
//! nothing more; what it waited for is turned into messages by [`Store::leave_results`].

use call_model::{CallId, JobId, Message, ProjectId};
use jiff::Timestamp;
use serde::Serialize;

use crate::dialect::{ColumnName, Connection, Row, json_text, values};
use crate::error::{Missing, StoreError};
use crate::open::Store;
use crate::outbox::{self, NewMessage};
use crate::verification::{hash_of, same};
use crate::writer::Write;

/// A job to be registered. It has no `Debug`, lest its token be logged.
pub struct NewJob {
    /// The job.
    pub job: JobId,
    /// The same key opens no second job.
    pub key: String,
    /// Its name.
    pub name: String,
    /// The call.
    pub call: CallId,
    /// The number of the caller.
    pub number: String,
    /// What the service sends with the result.
    pub token: String,
    /// What is sent when nobody waits for the result.
    pub if_gone: Option<Message>,
    /// Until when the call is taken to wait.
    pub waits_until: Timestamp,
    /// Now.
    pub at: Timestamp,
    /// Until when a result is taken.
    pub expires_at: Timestamp,
}

/// A result that a service sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobResult {
    /// Whether it went well.
    pub ok: bool,
    /// A JSON object.
    pub result: String,
}

/// A job as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobRecord {
    /// The job.
    pub job: JobId,
    /// Its name.
    pub name: String,
    /// The call.
    pub call: CallId,
    /// The number of the caller.
    pub number: String,
    /// Whether the result is there.
    pub ended: bool,
    /// Whether a call or a message has taken the result.
    pub taken: bool,
    /// When it was registered.
    pub opened_at: Timestamp,
    /// Until when a result is taken.
    pub expires_at: Timestamp,
    /// When the result came.
    pub ended_at: Option<Timestamp>,
}

/// What became of a result that a service sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResultTaken {
    /// It is there now: a call may wait for it.
    Kept {
        /// The call that registered the job.
        call: CallId,
    },
    /// It was there already; the first counts.
    Before,
    /// It came too late.
    Expired,
}

impl Store {
    /// Registers a job; gives back the job that its key opened before, if one was.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn open_job(&self, job: NewJob) -> Result<JobId, StoreError> {
        self.queue.write(Open { project: self.project, job }).await
    }

    /// Takes a result. A wrong token is answered like a job that is not there.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] with [`Missing::Job`].
    pub async fn end_job(
        &self,
        job: JobId,
        token: &str,
        result: JobResult,
        at: Timestamp,
    ) -> Result<ResultTaken, StoreError> {
        let token = token.to_owned();
        self.queue.write(End { project: self.project, job, token, result, at }).await
    }

    /// Says that a call waits for a result until `until`, and gives back the result if it is there.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] with [`Missing::Job`].
    pub async fn await_job(&self, job: JobId, until: Timestamp) -> Result<Option<JobResult>, StoreError> {
        self.queue.write(Await { project: self.project, job, until: Some(until) }).await
    }

    /// Says that no call waits for a result any more, and gives back the result if it has come meanwhile: then it is
    /// taken.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] with [`Missing::Job`].
    pub async fn give_up_job(&self, job: JobId) -> Result<Option<JobResult>, StoreError> {
        self.queue.write(Await { project: self.project, job, until: None }).await
    }

    /// Whether the result of a job is there, without taking it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn job_has_ended(&self, job: JobId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM jobs WHERE project_id = $1 AND id = $2 AND state = 'ended'";
        Ok(self.readers.row(sql, values![self.project.0, job]).await?.is_some())
    }

    /// Says that a call is over: its jobs' results go by message from now on.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn call_waits_no_more(&self, call: CallId, now: Timestamp) -> Result<(), StoreError> {
        self.queue.write(Leave { project: self.project, call: Some(call), now }).await.map(drop)
    }

    /// Turns results that nobody waits for any more into messages, and says how many there were.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn leave_results(&self, now: Timestamp) -> Result<u64, StoreError> {
        let left = "SELECT 1 FROM jobs WHERE project_id = $1 AND state = 'ended' AND taken = 0 \
                    AND (waits_until IS NULL OR waits_until <= $2) LIMIT 1";
        if self.readers.row(left, values![self.project.0, now]).await?.is_none() {
            return Ok(0);
        }
        self.queue.write(Leave { project: self.project, call: None, now }).await
    }

    /// A job.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn job(&self, job: JobId) -> Result<Option<JobRecord>, StoreError> {
        let sql = "SELECT id, name, call, number, state, taken, opened_at, expires_at, ended_at FROM jobs \
                   WHERE project_id = $1 AND id = $2";
        let row = self.readers.row(sql, values![self.project.0, job]).await?;
        row.map(|row| read(&row)).transpose()
    }
}

struct Open {
    project: ProjectId,
    job: NewJob,
}

impl Write for Open {
    type Output = JobId;

    async fn run(&self, tx: &mut Connection) -> Result<JobId, StoreError> {
        let job = &self.job;
        let known = "SELECT id FROM jobs WHERE project_id = $1 AND key = $2";
        if let Some(row) = tx.row(known, values![self.project.0, job.key.as_str()]).await? {
            return row.parsed(0, ColumnName("jobs", "id"));
        }
        let sql = "INSERT INTO jobs (id, project_id, key, name, call, number, token_hash, state, if_gone, waits_until, \
                   taken, opened_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'running', $8, $9, 0, $10, $11)";
        let row = values![
            job.job,
            self.project.0,
            job.key.as_str(),
            job.name.as_str(),
            job.call,
            job.number.as_str(),
            hash_of("", &job.token),
            job.if_gone.as_ref().map(json_text),
            job.waits_until,
            job.at,
            job.expires_at,
        ];
        tx.execute(sql, row).await?;
        Ok(job.job)
    }
}

struct End {
    project: ProjectId,
    job: JobId,
    token: String,
    result: JobResult,
    at: Timestamp,
}

impl Write for End {
    type Output = ResultTaken;

    async fn run(&self, tx: &mut Connection) -> Result<ResultTaken, StoreError> {
        let sql = "SELECT token_hash, state, expires_at, call FROM jobs WHERE project_id = $1 AND id = $2";
        let row = tx.row(sql, values![self.project.0, self.job]).await?;
        let missing = StoreError::NotFound(Missing::Job);
        let Some(row) = row else { return Err(missing) };
        if !same(&hash_of("", &self.token), &row.text(0)?) {
            return Err(missing);
        }
        if row.text(1)? == ENDED {
            return Ok(ResultTaken::Before);
        }
        if row.time(2, ColumnName("jobs", "expires_at"))? <= self.at {
            return Ok(ResultTaken::Expired);
        }
        let end = "UPDATE jobs SET state = 'ended', ok = $3, result = $4, ended_at = $5 \
                   WHERE project_id = $1 AND id = $2";
        let JobResult { ok, result } = &self.result;
        tx.execute(end, values![self.project.0, self.job, *ok, result.as_str(), self.at]).await?;
        leave(tx, self.project, None, self.at).await?;
        Ok(ResultTaken::Kept { call: row.parsed(3, ColumnName("jobs", "call"))? })
    }
}

struct Await {
    project: ProjectId,
    job: JobId,
    until: Option<Timestamp>,
}

impl Write for Await {
    type Output = Option<JobResult>;

    async fn run(&self, tx: &mut Connection) -> Result<Option<JobResult>, StoreError> {
        let sql = "SELECT state, ok, result FROM jobs WHERE project_id = $1 AND id = $2";
        let Some(row) = tx.row(sql, values![self.project.0, self.job]).await? else {
            return Err(StoreError::NotFound(Missing::Job));
        };
        if row.text(0)? == ENDED {
            let take = "UPDATE jobs SET taken = 1, waits_until = NULL WHERE project_id = $1 AND id = $2";
            tx.execute(take, values![self.project.0, self.job]).await?;
            let ok = row.maybe_int(1)?.is_some_and(|ok| ok != 0);
            let result = row.maybe_text(2)?.unwrap_or_else(|| "{}".to_owned());
            return Ok(Some(JobResult { ok, result }));
        }
        let wait = "UPDATE jobs SET waits_until = $3 WHERE project_id = $1 AND id = $2";
        tx.execute(wait, values![self.project.0, self.job, self.until]).await?;
        Ok(None)
    }
}

struct Leave {
    project: ProjectId,
    call: Option<CallId>,
    now: Timestamp,
}

impl Write for Leave {
    type Output = u64;

    async fn run(&self, tx: &mut Connection) -> Result<u64, StoreError> {
        leave(tx, self.project, self.call, self.now).await
    }
}

/// Turns results that nobody waits for into messages; those of `call` whether or not it was taken to wait.
async fn leave(
    tx: &mut Connection,
    project: ProjectId,
    call: Option<CallId>,
    now: Timestamp,
) -> Result<u64, StoreError> {
    if let Some(call) = call {
        let sql = "UPDATE jobs SET waits_until = NULL WHERE project_id = $1 AND call = $2";
        tx.execute(sql, values![project.0, call]).await?;
    }
    let sql = "SELECT id, call, if_gone, result FROM jobs WHERE project_id = $1 AND state = 'ended' AND taken = 0 \
               AND (waits_until IS NULL OR waits_until <= $2)";
    let rows = tx.rows(sql, values![project.0, now]).await?;
    let column = |name| ColumnName("jobs", name);
    for row in &rows {
        let id: JobId = row.parsed(0, column("id"))?;
        if let Some(if_gone) = row.maybe_text(2)? {
            let message: Message = serde_json::from_str(&if_gone).map_err(|_| column("if_gone").unreadable())?;
            let text = filled(&message.text, &row.maybe_text(3)?.unwrap_or_default());
            let message = Message { text, ..message };
            let new = NewMessage { call: Some(row.parsed(1, column("call"))?), message, at: now };
            outbox::put(tx, project, &new, None).await?;
        }
        tx.execute("UPDATE jobs SET taken = 1 WHERE project_id = $1 AND id = $2", values![project.0, id]).await?;
    }
    Ok(rows.len() as u64)
}

/// A text with each `{name}` replaced by that member of a JSON object; a member that is not there is left out.
fn filled(text: &str, result: &str) -> String {
    let members: serde_json::Map<String, serde_json::Value> = serde_json::from_str(result).unwrap_or_default();
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        filled.push_str(before);
        let name_end = from[1..].find(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(from.len(), |end| end + 1);
        if name_end > 1 && from[name_end..].starts_with('}') {
            match members.get(&from[1..name_end]) {
                Some(serde_json::Value::String(value)) => filled.push_str(value),
                Some(serde_json::Value::Null) | None => {}
                Some(value) => filled.push_str(&value.to_string()),
            }
            rest = &from[name_end + 1..];
        } else {
            filled.push('{');
            rest = &from[1..];
        }
    }
    filled.push_str(rest);
    filled
}

fn read(row: &Row) -> Result<JobRecord, StoreError> {
    let column = |name| ColumnName("jobs", name);
    Ok(JobRecord {
        job: row.parsed(0, column("id"))?,
        name: row.text(1)?,
        call: row.parsed(2, column("call"))?,
        number: row.text(3)?,
        ended: row.text(4)? == ENDED,
        taken: row.flag(5)?,
        opened_at: row.time(6, column("opened_at"))?,
        expires_at: row.time(7, column("expires_at"))?,
        ended_at: row.maybe_time(8, column("ended_at"))?,
    })
}

const ENDED: &str = "ended";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_members_of_the_result() {
        let result = r#"{ "price": 12.5, "place": "Berlin {x}", "none": null }"#;
        assert_eq!(filled("{place}: {price} €{none}{other}.", result), "Berlin {x}: 12.5 €.");
        assert_eq!(filled("a { b } {} {", result), "a { b } {} {");
        assert_eq!(filled("{价格}", r#"{ "价格": "五" }"#), "五");
    }
}
