//! Locks: who was wrong too often to prove to be somebody, and how an operator lets them try again.

use call_model::{ProjectId, Subject};
use jiff::Timestamp;
use serde::Serialize;

use crate::dialect::{ColumnName, Connection, Row, values};
use crate::error::{Missing, StoreError};
use crate::open::Store;
use crate::writer::Write;

/// A lock that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LockRecord {
    /// By what they tried to prove it: `pin`, `identity_card`, `code`.
    pub by: String,
    /// Who: the caller's number, or the member number.
    pub who: String,
    /// Failures without a success between them.
    pub failures: u32,
    /// When the last of them was.
    pub failed_at: Timestamp,
    /// Until when nothing is right.
    pub locked_until: Timestamp,
}

/// Which locks are wanted. What is `None` is not asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LockSearch {
    /// By what.
    pub by: Option<String>,
    /// Who.
    pub who: Option<String>,
    /// Only those after this one in the order of the list: the last of the page before.
    pub after: Option<Subject>,
}

impl Store {
    /// The locks that hold at `now`, in the order of their way and subject, at most `limit`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn locks(&self, search: &LockSearch, now: Timestamp, limit: u32) -> Result<Vec<LockRecord>, StoreError> {
        let sql = "SELECT way, subject, failures, failed_at, locked_until FROM verifications \
                   WHERE project_id = $1 AND locked_until > $2 AND ($3 IS NULL OR way = $3) \
                   AND ($4 IS NULL OR subject = $4) AND (way, subject) > ($5, $6) \
                   ORDER BY way, subject LIMIT $7";
        let (way, subject) = search.after.as_ref().map_or(("", ""), |after| (after.by.as_str(), after.who.as_str()));
        let asked = values![self.project.0, now, search.by.as_deref(), search.who.as_deref(), way, subject, limit];
        self.readers.rows(sql, asked).await?.iter().map(read).collect()
    }

    /// Ends a lock that holds at `now`: its failures are forgotten, and a code that was sent no longer works.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] with [`Missing::Lock`].
    pub async fn unlock(&self, subject: Subject, now: Timestamp) -> Result<(), StoreError> {
        self.queue.write(Unlock { project: self.project, subject, now }).await
    }
}

struct Unlock {
    project: ProjectId,
    subject: Subject,
    now: Timestamp,
}

impl Write for Unlock {
    type Output = ();

    async fn run(&self, tx: &mut Connection) -> Result<(), StoreError> {
        let (project, by, who) = (self.project.0, self.subject.by.as_str(), self.subject.who.as_str());
        let forget = "UPDATE verifications SET failures = 0, failed_at = NULL, locked_until = NULL \
                      WHERE project_id = $1 AND way = $2 AND subject = $3 AND locked_until > $4";
        if tx.execute(forget, values![project, by, who, self.now]).await? == 0 {
            return Err(StoreError::NotFound(Missing::Lock));
        }
        // One that nobody tried would count as a failure when the next is sent.
        let codes = "DELETE FROM one_time_codes WHERE project_id = $1 AND way = $2 AND subject = $3";
        tx.execute(codes, values![project, by, who]).await?;
        Ok(())
    }
}

fn read(row: &Row) -> Result<LockRecord, StoreError> {
    let column = |name| ColumnName("verifications", name);
    Ok(LockRecord {
        by: row.text(0)?,
        who: row.text(1)?,
        failures: row.count(2, column("failures"))?,
        failed_at: row.time(3, column("failed_at"))?,
        locked_until: row.time(4, column("locked_until"))?,
    })
}
