//! After a crash: what was open is closed, and nothing of it is dialled again by itself.

use call_model::{CallEvent, CallId, Cause, Disposition, EventRecord, ListId, Party, ProjectId, Termination};
use dialer::LeadState;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sqlx::AssertSqlSafe;

use crate::attempts::{self, AttemptState, StoredAttempt, read_attempt};
use crate::calls::{self, CallEnd};
use crate::dialect::{ColumnName, Connection, json_text, values};
use crate::error::StoreError;
use crate::events;
use crate::lists;
use crate::open::Store;
use crate::writer::Write;

/// What was found open and closed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Recovered {
    /// Calls that now have ended with [`Cause::ServerLost`].
    pub calls: Vec<CallId>,
    /// Attempts that now are [`AttemptState::Unresolved`], in their new state.
    pub attempts: Vec<StoredAttempt>,
    /// Uploads that broke off and were taken back.
    pub lists: Vec<ListId>,
}

impl Store {
    /// Closes what this server left open when it died, and what servers left whose lease is over: calls end as
    /// [`Cause::ServerLost`] at the time of their last event, attempts and their leads become unresolved, uploads are
    /// taken back. Call it at the start, before the first call.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn recover(&self, now: Timestamp) -> Result<Recovered, StoreError> {
        self.queue.write(Recover { server: self.server.as_str().to_owned(), now }).await
    }
}

struct Recover {
    server: String,
    now: Timestamp,
}

impl Write for Recover {
    type Output = Recovered;

    async fn run(&self, tx: &mut Connection) -> Result<Recovered, StoreError> {
        Ok(Recovered {
            calls: self.end_calls(tx).await?,
            attempts: self.leave_attempts(tx).await?,
            lists: self.take_lists_back(tx).await?,
        })
    }
}

/// This server, and those that gave no sign of life for longer than their lease.
const DEAD_SERVERS: &str = "server IN (SELECT id FROM servers WHERE lease_until < $2 UNION SELECT $1)";

impl Recover {
    async fn end_calls(&self, tx: &mut Connection) -> Result<Vec<CallId>, StoreError> {
        let sql = format!(
            "SELECT id, project_id, started_at, \
                    (SELECT COALESCE(MAX(number), 0) FROM call_events WHERE call = calls.id), \
                    (SELECT COALESCE(MAX(at_ms), 0) FROM call_events WHERE call = calls.id), \
                    (SELECT MIN(at_ms) FROM call_events WHERE call = calls.id AND body = $3) \
             FROM calls WHERE ended_at IS NULL AND {DEAD_SERVERS} ORDER BY id"
        );
        let answered = json_text(&CallEvent::Answered);
        let open = tx.rows(AssertSqlSafe(sql), values![self.server.as_str(), self.now, answered]).await?;
        let (mut ended, mut events, mut ends) = (Vec::new(), Vec::new(), Vec::new());
        for row in open {
            let call: CallId = row.parsed(0, ColumnName("calls", "id"))?;
            let last_number: u32 = row.count(3, ColumnName("call_events", "number"))?;
            let at_ms: u64 = row.count(4, ColumnName("call_events", "at_ms"))?;
            let started_at = row.time(2, ColumnName("calls", "started_at"))?;
            let since_start = |ms| started_at.checked_add(SignedDuration::from_millis(ms)).unwrap_or(started_at);
            let termination = Termination::new(Party::System, Cause::ServerLost);
            let event = CallEvent::Ended { termination, disposition: Disposition::Unresolved };
            let record = EventRecord { call, number: last_number + 1, at_ms, event };
            events::add_row(&mut events, ProjectId(row.int(1)?), &record);
            ends.push(CallEnd {
                answered_at: row.maybe_int(5)?.map(since_start),
                ended_at: since_start(i64::try_from(at_ms).unwrap_or(0)),
                ..CallEnd::unknown(call, termination)
            });
            ended.push(call);
        }
        events::insert(tx, events, false).await?;
        calls::finish(tx, &ends.iter().collect::<Vec<_>>(), false).await?;
        Ok(ended)
    }

    async fn leave_attempts(&self, tx: &mut Connection) -> Result<Vec<StoredAttempt>, StoreError> {
        let select = attempts::SELECT;
        let sql = format!("{select} WHERE state IN ('reserved', 'dialling') AND ({DEAD_SERVERS} OR lease_until < $2)");
        let rows = tx.rows(AssertSqlSafe(sql), values![self.server.as_str(), self.now]).await?;
        let mut left = Vec::new();
        for row in rows {
            let found = read_attempt(&row)?;
            let unresolved = Disposition::Unresolved;
            let sql = "UPDATE attempts SET state = 'unresolved', disposition = $2, ended_at = $3 WHERE id = $1";
            tx.execute(sql, values![found.attempt, unresolved.as_str(), self.now]).await?;
            let sql = "UPDATE leads SET state = $2, disposition = $3 WHERE id = $1 AND state = 'reserved'";
            let state = LeadState::Unresolved.as_str();
            tx.execute(sql, values![found.lead, state, unresolved.as_str()]).await?;
            left.push(StoredAttempt {
                state: AttemptState::Unresolved,
                disposition: Some(unresolved),
                ended_at: Some(self.now),
                ..found
            });
        }
        left.sort_by_key(|attempt| attempt.attempt);
        Ok(left)
    }

    async fn take_lists_back(&self, tx: &mut Connection) -> Result<Vec<ListId>, StoreError> {
        let sql = format!("SELECT id FROM lists WHERE completed_at IS NULL AND {DEAD_SERVERS}");
        let rows = tx.rows(AssertSqlSafe(sql), values![self.server.as_str(), self.now]).await?;
        let mut taken = Vec::new();
        for row in rows {
            let list = row.parsed(0, ColumnName("lists", "id"))?;
            lists::take_back(tx, list).await?;
            taken.push(list);
        }
        Ok(taken)
    }
}
