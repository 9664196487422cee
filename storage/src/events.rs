//! The events of calls, numbered within their call and over all calls.

use call_model::{CallEvent, CallId, EventRecord, ProjectId};
use serde::Serialize;
use tokio::sync::{oneshot, watch};

use crate::dialect::{ColumnName, Connection, ManyRows, Row, Value, json_text, values};
use crate::error::StoreError;
use crate::open::Store;
use crate::writer::{CallJob, Job};

/// An event with its place among the events of all calls.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StoredEvent {
    /// Grows over all calls in the order of commit, with gaps.
    pub sequence: i64,
    /// The project of its call.
    pub project: ProjectId,
    /// The event.
    #[serde(flatten)]
    pub record: EventRecord,
}

impl Store {
    /// Writes events of calls that have begun and waits until they are on disk.
    ///
    /// # Errors
    /// [`StoreError::Busy`] at once when the queue is full; [`StoreError::Duplicate`] for a number that its call has
    /// used already.
    pub async fn append_events(&self, events: Vec<EventRecord>) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        self.queue.submit(Job::Call(CallJob {
            project: self.project,
            start: None,
            events,
            end: None,
            reply: Some(reply),
        }))?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Hands events to the writer without waiting. They are on disk before the answer to anything that is asked later;
    /// those that cannot be written are counted and logged.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when the queue is full, and nothing was taken.
    pub fn post_events(&self, events: Vec<EventRecord>) -> Result<(), StoreError> {
        self.queue.submit(Job::Call(CallJob { project: self.project, start: None, events, end: None, reply: None }))
    }

    /// The events of a call with numbers above `after`, in order, at most `limit`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn events(&self, call: CallId, after: u32, limit: u32) -> Result<Vec<EventRecord>, StoreError> {
        let sql = "SELECT sequence, project_id, call, number, at_ms, body FROM call_events \
                   WHERE call = $1 AND number > $2 AND project_id = $4 ORDER BY number LIMIT $3";
        let rows = self.readers.rows(sql, values![call, after, limit, self.project.0]).await?;
        rows.iter().map(|row| read_event(row).map(|event| event.record)).collect()
    }

    /// The events of all calls of the project with sequences above `after`, in order, at most `limit`: what a subscriber missed.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn events_after(&self, after: i64, limit: u32) -> Result<Vec<StoredEvent>, StoreError> {
        let sql = "SELECT sequence, project_id, call, number, at_ms, body FROM call_events \
                   WHERE sequence > $1 AND project_id = $3 ORDER BY sequence LIMIT $2";
        let rows = self.readers.rows(sql, values![after, limit, self.project.0]).await?;
        rows.iter().map(read_event).collect()
    }

    /// The sequence of the last event that this store committed; changes wake a subscriber, who then reads
    /// [`Store::events_after`]. Events of other servers on the same database do not wake.
    pub fn committed_events(&self) -> watch::Receiver<i64> {
        self.committed.clone()
    }
}

const INSERT: ManyRows = ManyRows {
    head: "INSERT INTO call_events (project_id, call, number, at_ms, body)",
    columns: 5,
    tail: "ON CONFLICT (call, number) DO NOTHING",
};

/// Adds the values of one row of [`insert`].
pub(crate) fn add_row(values: &mut Vec<Value>, project: ProjectId, event: &EventRecord) {
    values.extend(values![project.0, event.call, event.number, event.at_ms, json_text(&event.event)]);
}

/// Inserts events and returns the sequence of the last. A number that is there already is an error, unless the group is
/// written again.
pub(crate) async fn insert(tx: &mut Connection, values: Vec<Value>, again: bool) -> Result<Option<i64>, StoreError> {
    if values.is_empty() {
        return Ok(None);
    }
    let rows = (values.len() / INSERT.columns) as u64;
    let written = tx.execute_many(INSERT, values).await?;
    if written != rows && !again {
        return Err(StoreError::Duplicate { table: "call_events" });
    }
    Ok(Some(tx.last_counted(LAST_SEQUENCE).await?))
}

const LAST_SEQUENCE: &str = "SELECT COALESCE(MAX(sequence), 0) FROM call_events";

pub(crate) async fn last_sequence(tx: &mut Connection) -> Result<i64, StoreError> {
    let row = tx.row(LAST_SEQUENCE, Vec::new()).await?;
    Ok(row.map(|row| row.int(0)).transpose()?.unwrap_or_default())
}

fn read_event(row: &Row) -> Result<StoredEvent, StoreError> {
    let column = |name| ColumnName("call_events", name);
    let event: CallEvent = row.json(5, column("body"))?;
    Ok(StoredEvent {
        sequence: row.int(0)?,
        project: ProjectId(row.int(1)?),
        record: EventRecord {
            call: row.parsed(2, column("call"))?,
            number: row.count(3, column("number"))?,
            at_ms: row.count(4, column("at_ms"))?,
            event,
        },
    })
}
